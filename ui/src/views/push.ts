// Pushes as a funnel: what was sent, received, shown, clicked, by channel, and what was lost.

import { bar } from '../charts/marks';
import { dataTable, type Column } from '../charts/table';
import { h, type Child } from '../dom';
import { count, percent } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { section, view } from './parts';

type Push = Answer<'getui_get_push_losses'>;
type Report = NonNullable<Push['tasks'][number]['report']>;
type Funnel = Pick<Report['total'], 'sendable' | 'sent' | 'received' | 'shown' | 'clicked'>;
type Loss = Push['losses'][number];

interface Answers {
  tasks?: { task?: string; report?: Report }[];
  day?: string;
  group?: string;
  report?: Report;
  losses?: Loss[];
}

const STAGES = ['sent', 'received', 'shown', 'clicked'] as const;

export function push(answer: Answers, _page: Page): HTMLElement {
  const reports: [string, Report][] = [];
  for (const { task, report } of answer.tasks ?? []) if (report) reports.push([task ?? '', report]);
  if (answer.report) reports.push([answer.day ?? answer.group ?? '', answer.report]);
  const losses = answer.losses ?? [];
  return view(
    reports.length === 0 && losses.length === 0 && h('p', { class: 'empty' }, t('nothing')),
    reports.map(([name, report]) => [h('p', { class: 'id' }, name), funnel(report.total), channels(report)]),
    losses.length > 0 && section(t('losses'), lossTable(losses)),
  );
}

function funnel(total: Funnel): HTMLElement {
  const rows: { name: string; value: number; rate?: number }[] = [];
  if (total.sendable !== undefined) rows.push({ name: t('sendable'), value: total.sendable });
  for (const stage of STAGES) {
    const part = total[stage];
    if (part) rows.push({ name: t(stage), value: part.count, rate: part.rate });
  }
  const top = Math.max(...rows.map((row) => row.value), 1);
  return h(
    'ol',
    { class: 'funnel', 'aria-label': t('funnel'), title: t('ofStage') },
    rows.map((row) =>
      h('li', null, h('span', { class: 'stage' }, row.name), h('span', { class: 'block', 'aria-hidden': 'true' }, h('i', { style: `width: ${((row.value / top) * 100).toFixed(2)}%` })), h('b', null, count(row.value)), h('small', null, row.rate !== undefined ? percent(row.rate) : '')),
    ),
  );
}

function stages<R extends Funnel>(): Column<R>[] {
  return STAGES.map((stage) => ({
    label: t(stage),
    number: true,
    wide: stage === 'sent' || stage === 'shown',
    sort: (row: R) => row[stage]?.count,
    cell: (row: R): Child => {
      const part = row[stage];
      return part ? [count(part.count), part.rate !== undefined && h('small', { class: 'below' }, percent(part.rate))] : '–';
    },
  }));
}

function channels(report: Report): Child {
  if (report.channels.length === 0) return null;
  const branded = report.channels.filter((channel) => (channel.brands?.length ?? 0) > 0);
  const name = (channel: Report['channels'][number]) => t.phrase(channel.channel ?? channel.channel_code);
  return [
    section(t('channels'), dataTable({ label: t('channels'), rows: report.channels, columns: [{ label: t('channel'), class: 'grow', cell: name, sort: name }, ...stages<Report['channels'][number]>()] })),
    branded.map((channel) =>
      h('details', { class: 'part' }, h('summary', null, t('brands', { channel: name(channel) })), dataTable({ label: t('brands', { channel: name(channel) }), rows: channel.brands, columns: [{ label: t('name'), class: 'grow', cell: (row) => row.brand, sort: (row) => row.brand }, ...stages<(typeof channel.brands)[number]>()] })),
    ),
  ];
}

function lossTable(losses: Loss[]): HTMLElement {
  const top = Math.max(...losses.map((row) => row.lost.count), 1);
  return dataTable({
    label: t('losses'),
    rows: losses,
    columns: [
      { label: t('reason'), class: 'name', cell: (row) => [h('b', null, row.reason === undefined ? row.reason_code : t.phrase(row.reason)), h('small', { class: 'below' }, [row.stage ?? row.stage_code, row.detail ?? row.detail_code].filter((word) => word !== undefined).map((word) => t.phrase(word)).join(' · '))] },
      { label: t('channel'), class: 'nowrap', cell: (row) => row.channel === undefined ? row.channel_code : t.phrase(row.channel), sort: (row) => row.channel ?? row.channel_code },
      { label: t('value'), bare: true, class: 'grow', wide: true, cell: (row) => bar(row.lost.count / top, 'worse') },
      { label: t('losses'), number: true, cell: (row) => [count(row.lost.count), row.lost.rate !== undefined && h('small', { class: 'below' }, percent(row.lost.rate))], sort: (row) => row.lost.count },
    ],
  });
}
