// Tables: sortable, keyboard-friendly, one look. A long one is laid out only where it is looked at.

import { h, type Child } from '../dom';
import { byNumber, count } from '../format';
import { t } from '../text';

export interface Column<R> {
  label: Child;
  cell(row: R): Child;
  /** Sorts by it, where given. */
  sort?(row: R): number | string | undefined;
  number?: boolean;
  /** Hidden where there is little width. */
  wide?: boolean;
  class?: string;
  /** Its head is for screen readers only. */
  bare?: boolean;
}

export interface Table<R> {
  label: string;
  rows: readonly R[];
  columns: readonly Column<R>[];
  /** Opens a row, where it can be. */
  open?(row: R): (() => void) | undefined;
  /** Rows drawn at first. */
  first?: number;
  /** A list of values with their names where there is little width. */
  cards?: boolean;
}

/** Rows drawn before the first look: more than a screen of them. The others follow once these are painted. */
const CHUNK = 25;
/** Rows that a long table lays out together. */
const GROUP = 25;

export function dataTable<R>({ label, rows, columns, open, first = 200, cards }: Table<R>): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'empty' }, t('nothing'));
  let shown = Math.min(first, rows.length);
  let sorted: readonly R[] = rows;
  let by = -1;
  let down = true;
  /** Height of a row in pixels, once the table is a long one. */
  let long = 0;

  const kinds = columns.map((column) => ({ class: [column.number && 'number', column.wide && 'wide', column.class].filter(Boolean).join(' ') || null }));
  const cellKinds = columns.map((column, index) => ({ ...kinds[index], 'data-label': cards && String(column.label) }));
  const rowOf = (row: R) => {
    const opens = open?.(row) !== undefined;
    const cells = columns.map((column, index) => {
      const content = column.cell(row);
      return h('td', cellKinds[index], opens && index === 0 ? h('button', { class: 'row-link' }, content) : content);
    });
    return h('tr', opens ? { class: 'opens' } : null, cells);
  };
  // One listener for all rows: a button in a row has its own.
  const clicked = ({ target }: MouseEvent) => {
    const row = target instanceof Element && target.closest('tr');
    const pressed = row && target.closest('button, a, summary');
    if (!row || row.rowIndex < 1 || (pressed && !pressed.classList.contains('row-link')) || (!pressed && getSelection()?.toString())) return;
    open?.(sorted[row.rowIndex - 1]!)?.();
  };
  const head = h('tr', null);
  const table = h('table', { class: cards && 'cards', click: open && clicked }, h('thead', null, head));
  let filling = 0;
  const fill = () => {
    for (const body of [...table.tBodies]) body.remove();
    addRows(0, (filling += 1));
    more.hidden = shown >= rows.length;
    more.textContent = t('more', { n: count(rows.length - shown) });
  };
  const group = (from: number, to: number) => {
    const body = h('tbody', long ? { style: `contain-intrinsic-height: auto ${long * (to - from)}px` } : null, sorted.slice(from, to).map(rowOf));
    if (long) withRoles(body);
    return body;
  };
  // The first rows at once, the others after they are painted: a long list does not hold up the first look at it.
  const addRows = (from: number, turn: number) => {
    if (turn !== filling) return;
    const to = from > 0 ? shown : Math.min(CHUNK, shown);
    for (let at = from; at < to; at += GROUP) table.append(group(at, Math.min(at + GROUP, to)));
    if (to < shown) requestAnimationFrame(() => setTimeout(() => addRows(to, turn)));
  };
  const more = h('button', {
    class: 'quiet more',
    click: () => {
      shown = rows.length;
      more.hidden = true;
      lengthen();
      addRows(table.rows.length - 1, (filling += 1));
    },
  });
  // Laying out cells is what long tables cost. The columns keep the widths that they have, so that groups of rows need
  // nothing of each other, and a browser leaves out those that are not in sight.
  const lengthen = () => {
    const bodies = [...table.tBodies];
    const measured = bodies.slice(0, Math.ceil(first / GROUP));
    table.classList.remove('long');
    table.style.minWidth = '';
    bodies.forEach((body, index) => (body.hidden = index >= measured.length));
    const widths = heads.map((one) => one.offsetWidth).filter((width) => width > 0);
    const sum = (of: (body: HTMLTableSectionElement) => number) => measured.reduce((all, body) => all + of(body), 0);
    long = Math.round(sum((body) => body.offsetHeight) / sum((body) => body.rows.length)) || 1;
    if (table.offsetWidth > frame.clientWidth) table.style.minWidth = `${table.offsetWidth}px`;
    bodies.forEach((body) => (body.hidden = false));
    table.style.setProperty('--columns', widths.map((width) => `minmax(0, ${width}fr)`).join(' '));
    table.classList.add('long');
    withRoles(table);
    const width = frame.clientWidth;
    new ResizeObserver((_, observer) => {
      if (frame.clientWidth === width) return;
      observer.disconnect();
      if (table.isConnected) lengthen();
    }).observe(frame);
  };
  const heads = columns.map((column, index) => {
    const { sort } = column;
    if (!sort || rows.length < 2) return h('th', { scope: 'col', ...kinds[index] }, column.bare ? h('span', { class: 'unseen' }, column.label) : column.label);
    const one = h('th', { scope: 'col', 'aria-sort': 'none', ...kinds[index] });
    const press = () => {
      down = by === index ? !down : true;
      by = index;
      sorted = [...rows].sort((a, b) => compare(sort(a), sort(b)) * (down ? -1 : 1));
      heads.forEach((other) => other.hasAttribute('aria-sort') && other.setAttribute('aria-sort', 'none'));
      one.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      fill();
    };
    one.append(h('button', { class: 'sort', click: press }, column.label));
    return one;
  });
  head.append(...heads);
  fill();
  const frame = h('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': label }, table, more);
  return frame;
}

const ROLES: Record<string, string> = { TABLE: 'table', THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TH: 'columnheader', TD: 'cell' };

/** What is laid out as no table is still one to a screen reader. */
function withRoles(root: Element): void {
  for (const one of [root, ...root.querySelectorAll('thead, tbody, tr, th, td')]) one.setAttribute('role', ROLES[one.tagName]!);
}

function compare(a: number | string | undefined, b: number | string | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return byNumber(String(a), String(b));
}
