// Lines of a stack: own frames stand out, folded runs open.

import { breakable, h, type Child } from '../dom';
import { t } from '../text';

export interface StackLine {
  kind?: string;
  index?: number;
  own?: boolean;
  resolved?: boolean;
  text: string;
}

/** `unfold` is given where the host lets the page read the rest. */
export function stackLines(lines: readonly StackLine[], unfold?: () => void): HTMLElement {
  return h('ol', { class: 'stack', tabindex: 0, 'aria-label': t('stack') }, lines.map((line) => stackLine(line, unfold)));
}

/** `… 7 frames: 5 engine, 2 system` in the reader's language. */
const foldText = (text: string) => t.phrase(text).replace(/(\d+) (own|engine|third party|runtime|system|plumbing|unknown)\b/g, (_, n: string, kind: string) => `${n} ${t.word(kind)}`);

function stackLine(line: StackLine, unfold?: () => void): Child {
  switch (line.kind) {
    case 'fold':
    case 'repeat':
      return h('li', { class: 'fold' }, unfold ? h('button', { click: unfold, title: t('fold') }, foldText(line.text)) : foldText(line.text));
    case 'heading':
      return h('li', { class: 'heading' }, line.text);
  }
  // Name and place are two spaces apart.
  const [name = '', place = ''] = line.text.split(/ {2,}/, 2);
  return h(
    'li',
    { class: line.own ? 'own' : line.resolved === false ? 'unresolved' : null },
    h('span', { class: 'number', 'aria-hidden': 'true' }, Number.isFinite(line.index) && line.index),
    h('span', null, h('span', { class: 'frame' }, breakable(name)), place && [' ', h('span', { class: 'place' }, breakable(place))]),
  );
}
