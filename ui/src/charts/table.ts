// Tables: sortable, keyboard-friendly, one look.

import { h, type Child } from '../dom';
import { count } from '../format';
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
}

/** Rows drawn before the first look. The others follow at once: every batch lays the whole table out anew. */
const CHUNK = 60;

export function dataTable<R>({ label, rows, columns, open, first = 200 }: Table<R>): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'empty' }, t('nothing'));
  const body = h('tbody', null);
  let shown = Math.min(first, rows.length);
  let sorted: readonly R[] = rows;
  let by = -1;
  let down = true;

  const rowOf = (row: R) => {
    const press = open?.(row);
    const cells = columns.map((column, index) => {
      const content = column.cell(row);
      const link = press && index === 0 && h('button', { class: 'row-link', click: press }, content);
      return h('td', { class: classes(column) }, link || content);
    });
    const clicked = (event: MouseEvent) => {
      const { target } = event;
      if (target instanceof Element && !target.closest('button, a, summary') && !getSelection()?.toString()) press?.();
    };
    return h('tr', press ? { class: 'opens', click: clicked } : null, cells);
  };
  let filling = 0;
  const fill = () => {
    body.replaceChildren();
    addRows(0, (filling += 1));
    more.hidden = shown >= rows.length;
    more.textContent = t('more', { n: count(rows.length - shown) });
  };
  // The first rows at once, the others after they are painted: a long list does not hold up the first look at it.
  const addRows = (from: number, turn: number) => {
    if (turn !== filling) return;
    const drawn = document.createDocumentFragment();
    const to = from > 0 ? shown : Math.min(CHUNK, shown);
    for (const row of sorted.slice(from, to)) drawn.append(rowOf(row));
    body.append(drawn);
    if (to < shown) requestAnimationFrame(() => setTimeout(() => addRows(to, turn)));
  };
  const more = h('button', {
    class: 'quiet more',
    click: () => {
      const from = shown;
      shown = rows.length;
      more.hidden = true;
      addRows(from, filling);
    },
  });
  const heads = columns.map((column, index) => {
    const { sort } = column;
    if (!sort || rows.length < 2) return h('th', { scope: 'col', class: classes(column) }, column.bare ? h('span', { class: 'unseen' }, column.label) : column.label);
    const head = h('th', { scope: 'col', class: classes(column), 'aria-sort': 'none' });
    const press = () => {
      down = by === index ? !down : true;
      by = index;
      sorted = [...rows].sort((a, b) => compare(sort(a), sort(b)) * (down ? -1 : 1));
      heads.forEach((other) => other.hasAttribute('aria-sort') && other.setAttribute('aria-sort', 'none'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      fill();
    };
    head.append(h('button', { class: 'sort', click: press }, column.label));
    return head;
  });
  fill();
  return h(
    'div',
    { class: 'table', tabindex: 0, role: 'region', 'aria-label': label },
    h('table', null, h('thead', null, h('tr', null, heads)), body),
    more,
  );
}

/** Versions by their numbers; making one for each comparison would cost more than the drawing. */
const collator = new Intl.Collator(undefined, { numeric: true });

const classes = <R>(column: Column<R>) =>
  [column.number && 'number', column.wide && 'wide', column.class].filter(Boolean).join(' ') || null;

function compare(a: number | string | undefined, b: number | string | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
