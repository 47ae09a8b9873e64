// Log lines with their levels, filtered by level and text.

import { h } from '../dom';
import { t } from '../text';

interface Line {
  number: number;
  text: string;
  times?: number;
}

type Level = 'error' | 'warning' | 'other';

const LETTER = /^(?:[-+\d.:/ TZs]+\s+)?(?:\d+\s+)*([VDIWEF])(?:[ /(]|$)/;
const WORD = /\b(?:(error|fatal|exception|assert)|(warn(?:ing)?))\b/i;

export function level(text: string): Level {
  const letter = LETTER.exec(text)?.[1];
  if (letter) return letter === 'E' || letter === 'F' ? 'error' : letter === 'W' ? 'warning' : 'other';
  const word = WORD.exec(text.slice(0, 120));
  return word ? (word[1] ? 'error' : 'warning') : 'other';
}

export function logLines(lines: readonly Line[]): HTMLElement {
  const rows = lines.map((line) => {
    const kind = level(line.text);
    return { kind, text: line.text.toLowerCase(), row: h('li', { class: kind }, h('span', { class: 'number', 'aria-hidden': 'true' }, line.number), h('span', null, line.text)) };
  });
  const list = h('ol', { class: 'log', tabindex: 0, 'aria-label': t('log') }, rows.map((line) => line.row));
  // The end of a log is nearest to the crash.
  if ((lines[0]?.number ?? 1) > 1) requestAnimationFrame(() => { list.scrollTop = list.scrollHeight; });
  if (lines.length < 8) return list;
  let wanted: Level | 'all' = 'all';
  let needle = '';
  const filter = () => {
    for (const line of rows) {
      const hit = wanted === 'all' || line.kind === wanted || (wanted === 'warning' && line.kind === 'error');
      line.row.hidden = !hit || !line.text.includes(needle);
    }
  };
  const search = h('input', {
    type: 'search',
    placeholder: t('search'),
    'aria-label': t('search'),
    input: () => {
      needle = search.value.toLowerCase();
      filter();
    },
  });
  const levels: [Level | 'all', string][] = [['all', t('all')], ['warning', t('levelWarning')], ['error', t('levelError')]];
  const buttons = levels.map(([name, label]) => {
    const button: HTMLButtonElement = h('button', {
      'aria-pressed': String(name === wanted),
      click: () => {
        wanted = name;
        buttons.forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
        filter();
      },
    }, label);
    return button;
  });
  return h('div', null, h('div', { class: 'bar-of-controls' }, search, h('div', { class: 'segments', role: 'group', 'aria-label': t('level') }, buttons)), list);
}
