// Two sides, and the issues that moved.

import { bar, changeBadge, reasonBadge } from '../charts/marks';
import { dataTable } from '../charts/table';
import { h, type Child } from '../dom';
import { count, percent } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { crashName, section, view } from './parts';

type Compare = Answer<'crashsight_compare'>;
type Side = Compare['a'];

export function compare(answer: Compare, page: Page): HTMLElement {
  const { a, b } = answer;
  const top = Math.max(a.affected?.rate ?? 0, b.affected?.rate ?? 0, 1e-12);
  const named = a.project !== b.project;
  const worst = Math.max(...answer.issues.flatMap((row) => [row.a?.rate ?? 0, row.b?.rate ?? 0]), 1e-12);
  return view(
    h(
      'div',
      { class: 'sides' },
      drawSide('A', a, b, 'accent', top, named, changeBadge(answer.change)),
      drawSide('B', b, a, 'before', top, named),
    ),
    h('p', { class: 'hint' }, t('days', { n: answer.days })),
    section(
      t('whatMoved'),
      dataTable({
        label: t('whatMoved'),
        rows: answer.issues,
        open: (row) => (page.can.call && row.issue ? () => page.open('crashsight_get_issue', { project: row.what === 'only_b' ? b.project : a.project, issue: row.issue }) : undefined),
        columns: [
          { label: t('issue'), class: 'grow', cell: (row) => crashName(row, reasonBadge(row.what)) },
          {
            label: 'A / B',
            class: 'pair',
            cell: (row) => [pair('A', row.a?.rate, worst, 'accent'), pair('B', row.b?.rate, worst, 'before')],
            sort: (row) => (row.a?.rate ?? 0) - (row.b?.rate ?? 0),
          },
          { label: t('change'), number: true, cell: (row) => changeBadge(row.change), sort: (row) => row.change?.ratio },
          { label: t('devices'), number: true, wide: true, cell: (row) => `${count(row.a?.affected ?? 0)} / ${count(row.b?.affected ?? 0)}`, sort: (row) => row.a?.affected ?? 0 },
        ],
      }),
    ),
  );
}

function pair(side: string, rate: number | undefined, top: number, color: string): Child {
  return h('span', { class: 'pair-row' }, h('small', null, side), bar((rate ?? 0) / top, color), h('span', null, rate === undefined ? '–' : percent(rate)));
}

/** What sets a side apart is its name: what both share is left out. */
function drawSide(letter: string, side: Side, other: Side, color: string, top: number, named: boolean, after?: Child): HTMLElement {
  const dates = side.from === side.to ? side.from : `${side.from} – ${side.to}`;
  const parts = [named && side.project, ...side.versions, ...side.countries, side.devices_counted].filter(Boolean).join(' · ');
  const same = side.from === other.from && side.to === other.to;
  return h(
    'section',
    { class: 'side' },
    h('p', { class: 'label' }, h('i', { class: 'swatch', style: `--swatch: var(--${color})`, 'aria-hidden': 'true' }), t('side', { name: letter })),
    h('h2', null, parts || dates),
    (parts || same) && h('p', { class: 'hint' }, dates),
    h('p', { class: 'figure' }, percent(side.affected?.rate), ' ', after),
    bar((side.affected?.rate ?? 0) / top, color),
    h('p', { class: 'after' }, t('affectedOf', { affected: count(side.affected?.affected), active: count(side.affected?.active) })),
  );
}
