// Who waits for whom, as a chain of threads with the lock between them.

import { h } from '../dom';
import { t } from '../text';

const WAIT = /^\[(\d+)\] (.+) waits for (\S+)(?: \((.+?)\))?(?: held by \[(\d+)\] (.+))?$/;

export function lockChain(waits: readonly string[]): HTMLElement {
  let previous = '';
  const items = waits.map((line) => {
    const found = WAIT.exec(line);
    if (!found) return h('li', { class: 'plain' }, t.phrase(line));
    const [, index, name, lock, kind, holder, holderName] = found;
    const waiting = previous === index ? null : thread(index!, name!);
    previous = holder ?? '';
    return h(
      'li',
      null,
      waiting,
      h('span', { class: 'wait' }, h('span', { class: 'arrow', 'aria-hidden': 'true' }), t('waitsFor'), ' ', h('code', null, lock), kind && h('small', null, ` ${kind}`), holder && ` ${t('heldBy')}`),
      holder && thread(holder, holderName!),
    );
  });
  return h('ol', { class: 'locks' }, items);
}

const thread = (index: string, name: string) => h('span', { class: 'thread' }, h('small', null, index), ' ', name);
