// Words in the reader's language.

import { en } from './en';
import { zh } from './zh';

export type Words = { [K in keyof typeof en]: (typeof en)[K] extends string ? string : (typeof en)[K] };
export type Key = { [K in keyof Words]: Words[K] extends string ? K : never }[keyof Words];

let words: Words = en;
let language = 'en';

/** Chinese for every `zh` locale, English for all others. */
export function useLocale(locale: string | undefined): void {
  const chinese = /^zh\b/i.test(locale ?? '');
  words = chinese ? zh : en;
  language = chinese ? 'zh-CN' : 'en';
  document.documentElement.lang = language;
}

/** The locale of numbers. */
export const tag = (): string => (language === 'en' ? 'en-GB' : language);

/** A text; `{name}` in it becomes a value. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

const own = (table: Record<string, string>, name: string) => (Object.hasOwn(table, name) ? table[name] : undefined);

/** Chinese puts words together without more. */
function composed(name: string): string | undefined {
  const parts = name.replace(/_(bytes|s|ms)$/, '').split('_').map((word) => own(zh.fields, word) ?? own(zh.fields, word.replace(/s$/, '')));
  return parts.includes(undefined) ? undefined : parts.join('');
}

/** A tool's title, where it has one here; the tables leave out the prefix that most names have. */
t.tool = (name: string) => own(words.tools, name.replace(/^crashsight_/, ''));
/** A field's title. */
t.field = (name: string) => own(words.fields, name) ?? (words === zh ? composed(name) : undefined);
/** A word of an answer (a state, a reason), else itself. */
t.word = (word: string) => own(words.values, word) ?? word.replaceAll('_', ' ');
/** A sentence of the server, where it is known here; else as it is. */
t.phrase = (text: string) =>
  own(words.values, text) ?? words.phrases.reduce((known, [pattern, translated]) => known.replace(pattern, translated), text).replace(/(?<=\d) (?=%)/g, '\u00a0');
