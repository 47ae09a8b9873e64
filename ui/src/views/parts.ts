// Pieces that several views have in common.

import { changeBadge, type Change, type Rate } from '../charts/marks';
import { breakable, h, type Child } from '../dom';
import { byNumber, count, frameName, percent } from '../format';
import { isLink, type Page } from '../page';
import { t } from '../text';

/** A number that matters, with what it counts. */
export function stat(label: Child, value: Child, ...after: Child[]): HTMLElement {
  return h('div', { class: 'stat' }, h('p', { class: 'label' }, label), h('p', { class: 'figure' }, value), after.length > 0 && h('p', { class: 'after' }, after));
}

/** A rate with its change, what that is against, and its devices. */
export function rateStat(label: Child, rate: Rate | undefined, change?: Change, against?: string): HTMLElement {
  const devices =
    rate?.active !== undefined
      ? t('affectedOf', { affected: count(rate.affected), active: count(rate.active) })
      : t('affected', { affected: count(rate?.affected) });
  return stat(label, [percent(rate?.rate), ' ', changeBadge(change), change?.ratio !== undefined && against && h('small', { class: 'against' }, ` ${against}`)], devices);
}

export function section(title: Child, ...children: Child[]): HTMLElement {
  return h('section', { class: 'part' }, title && h('h2', null, title), children);
}

/** Buttons that lead further. */
export function actions(...buttons: Child[]): Child {
  const drawn = buttons.flat().filter(Boolean);
  return drawn.length > 0 && h('div', { class: 'actions' }, drawn);
}

/** A button that opens the answer of a tool. */
export function opens(page: Page, label: string, tool: string, args: Record<string, unknown>): Child {
  return page.can.call && h('button', { 'data-opens': tool, click: () => page.open(tool, args) }, label);
}

/** Exception, place and message of an issue, in two lines. */
export function crashName(row: { exception?: string; message?: string; key_stack?: string }, after?: Child): Child {
  const place = frameName(row.key_stack);
  return h(
    'span',
    { class: 'crash-name' },
    h('span', { class: 'exception' }, breakable(row.exception ?? t('exception')), ' ', after),
    place && h('code', { title: row.key_stack }, breakable(place)),
    row.message && h('span', { class: 'message', title: row.message }, row.message),
  );
}

/** A link of an answer as a button that the host follows; only its text where it may not. */
export function link(page: Page, label: string, url: unknown): Child {
  return page.can.links && isLink(url) ? h('button', { class: 'link', title: url, click: () => page.openLink(url) }, label) : label;
}

/** The oldest and the newest of versions: the service lists the one first or the other, by tool. */
export function versionSpan(versions: readonly ({ version?: string } | string)[] | undefined): string {
  const names = (versions ?? []).map((version) => (typeof version === 'string' ? version : (version?.version ?? '')));
  const sorted = names.filter(Boolean).sort(byNumber);
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)];
  return first === last ? first : `${first} – ${last}`;
}

/** Facts as label and value; absent ones are left out. */
export function facts(rows: [Child, Child][]): Child {
  const known = rows.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '');
  return known.length > 0 && h('dl', { class: 'facts' }, known.map(([label, value]) => h('div', null, h('dt', null, label), h('dd', null, value))));
}

export function view(...children: Child[]): HTMLElement {
  const drawn = h('div', { class: 'view' }, children);
  if (!drawn.firstChild) drawn.append(h('p', { class: 'empty' }, t('nothing')));
  return drawn;
}
