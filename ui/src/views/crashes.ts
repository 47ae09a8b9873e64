// Crashes one a row: when, what, on which device. Lenient: each column is drawn where rows have it.

import { dataTable, type Column } from '../charts/table';
import { h } from '../dom';
import { count, duration, time } from '../format';
import type { Page } from '../page';
import { t } from '../text';
import { crashName, stat, view } from './parts';

interface Row {
  crash?: string;
  crashed_at?: string;
  uploaded_at?: string;
  exception?: string;
  message?: string;
  fault_frame?: string;
  version?: string;
  brand?: string;
  model?: string;
  os?: string;
  country?: string;
  user?: string;
  after_launch_s?: number;
}

interface List {
  issue?: string;
  total?: number;
  matching?: number;
  crashes?: Row[];
}

export function crashes(answer: List, page: Page): HTMLElement {
  const rows = answer.crashes ?? [];
  const total = answer.total ?? answer.matching;
  return view(
    answer.issue && h('p', { class: 'id' }, answer.issue),
    total !== undefined && h('div', { class: 'stats' }, stat(t('crashList'), count(total), t('rowsOf', { n: count(rows.length), total: count(total) }))),
    dataTable({
      label: t('crashList'),
      rows,
      open: (row) => (page.can.call && row.crash ? () => page.open('crashsight_get_crash', { crash: row.crash }) : undefined),
      columns: columns(rows),
    }),
  );
}

function columns(rows: readonly Row[]): Column<Row>[] {
  const any = (field: keyof Row) => rows.some((row) => row[field] !== undefined);
  const at = (row: Row) => row.crashed_at ?? row.uploaded_at;
  const when: Column<Row> = {
    label: t('crashedAt'),
    class: 'nowrap',
    cell: (row) => [time(at(row)), row.after_launch_s !== undefined && h('small', { class: 'below' }, t('afterLaunch', { time: duration(row.after_launch_s) }))],
    sort: at,
  };
  const all: (Column<Row> | false)[] = [
    any('exception') && { label: t('issue'), class: 'grow', cell: (row) => crashName({ exception: row.exception, message: row.message, key_stack: row.fault_frame }), sort: (row) => row.exception },
    when,
    any('version') && { label: t('version'), cell: (row) => row.version, sort: (row) => row.version },
    { label: t('device'), wide: any('exception'), class: any('exception') ? 'clip' : 'grow', cell: (row) => [[row.brand, row.model].filter(Boolean).join(' '), row.os && h('small', { class: 'below' }, row.os)], sort: (row) => row.model },
    any('user') && { label: t('users'), wide: true, class: 'nowrap', cell: (row) => [row.user, row.country && h('small', { class: 'below' }, row.country)], sort: (row) => row.user },
    !any('exception') && { label: t('crash'), wide: true, cell: (row) => h('code', { class: 'hash' }, row.crash) },
  ];
  return all.filter((column) => column !== false);
}
