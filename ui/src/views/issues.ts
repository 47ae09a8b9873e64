// Lists of issues: the top of a range, a search, a ranking. Lenient: each column is drawn where rows have it.

import { changeBadge, reasonBadge, sparkline, type Change, type Rate } from '../charts/marks';
import { dataTable, type Column } from '../charts/table';
import { h, type Child } from '../dom';
import { count, time } from '../format';
import type { Page } from '../page';
import { t } from '../text';
import { crashName, rateStat, section, stat, versionSpan, view } from './parts';

interface Row {
  rank?: number;
  issue?: string;
  exception?: string;
  message?: string;
  key_stack?: string;
  devices?: number | Rate;
  affected?: number | Rate;
  reports?: number;
  previous_day_devices?: number;
  change?: Change;
  mark?: string;
  why?: unknown;
  reasons?: unknown;
  state?: string;
  score?: number;
  first_report_at?: string;
  last_report_at?: string;
  versions?: ({ version?: string } | string)[];
  only_version?: string;
  trend?: { buckets?: { devices?: number; crashes?: number; partial?: boolean }[] } | number[];
  daily_devices?: number[];
}

interface List {
  kind?: string;
  affected?: Rate;
  comparison?: { change?: Change; days_before?: number };
  issues?: Row[];
  rows?: Row[];
  matching?: number;
  returned?: number;
  below?: Row[];
}

export function issues(answer: List, page: Page): HTMLElement {
  const rows = (answer.issues ?? answer.rows ?? []).filter((row) => typeof row === 'object' && row !== null);
  const total = answer.matching ?? answer.returned;
  const { comparison } = answer;
  return view(
    (answer.affected || total !== undefined) &&
      h(
        'div',
        { class: 'stats' },
        answer.affected && rateStat(t.word(answer.kind ?? 'crash'), answer.affected, comparison?.change),
        total !== undefined && stat(t('issues'), count(total), t('rowsOf', { n: count(rows.length), total: count(total) })),
      ),
    list(rows, page),
    answer.below && answer.below.length > 0 && section(t('belowRows'), dataTable({ label: t('belowRows'), rows: answer.below, open: opener(page), columns: columns(answer.below) })),
  );
}

/** How many issues the trend of several takes in one call. */
const TREND_LIMIT = 20;

/** The table, and a button that adds the course of each row where the answer has none. */
function list(rows: Row[], page: Page): HTMLElement {
  const table = () => dataTable({ label: t('issues'), rows, open: opener(page), columns: columns(rows) });
  const ids = rows.map((row) => row.issue).filter((id) => typeof id === 'string').slice(0, TREND_LIMIT);
  const holder = h('div', null, table());
  if (!page.can.call || ids.length === 0 || rows.some(days)) return holder;
  const button: HTMLButtonElement = h('button', {
    click: () => {
      button.disabled = true;
      page
        .fetch('crashsight_get_issue_trend', { issues: ids, window: '7d' })
        .then(({ answer }) => {
          const courses = new Map(answer.issues.map((one) => [one.issue, one]));
          for (const row of rows) row.trend = courses.get(row.issue ?? '');
          holder.replaceChildren(table());
        })
        .catch((error: Error) => button.replaceWith(h('span', { class: 'failed', role: 'alert' }, error.message)));
    },
  }, t('courses'));
  holder.prepend(h('div', { class: 'actions' }, button));
  return holder;
}

const opener = (page: Page) => (row: Row) =>
  page.can.call && row.issue ? () => page.open('crashsight_get_issue', { issue: row.issue }) : undefined;

/** Devices of a row, given as a number or as a rate. */
const devices = (row: Row) => {
  const value = row.devices ?? row.affected;
  return typeof value === 'object' ? value?.affected : value;
};

const days = (row: Row): number[] | undefined => {
  const found = row.daily_devices ?? (Array.isArray(row.trend) ? row.trend : row.trend?.buckets?.map((bucket) => bucket.devices ?? bucket.crashes ?? 0));
  return found && found.length > 1 ? found : undefined;
};

const course = (row: Row): Child => {
  const values = days(row);
  return values && sparkline(values, values.join(', '), 0, !Array.isArray(row.trend) && row.trend?.buckets?.at(-1)?.partial);
};

const versions = (row: Row): string => versionSpan(row.versions) || (row.only_version ?? '');

function reasons(row: Row): string {
  const list = Array.isArray(row.reasons) ? row.reasons : Array.isArray(row.why) ? row.why : [];
  return list.filter((reason) => typeof reason === 'string').map((reason) => t.phrase(reason)).join(' · ');
}

function columns(rows: readonly Row[]): Column<Row>[] {
  const any = (has: (row: Row) => unknown) => rows.some((row) => { const value = has(row); return value !== undefined && value !== false && value !== ''; });
  const mark = (row: Row) => reasonBadge(row.mark ?? (typeof row.why === 'string' ? row.why : undefined));
  const all: (Column<Row> | false)[] = [
    { label: t('issue'), class: 'grow', sort: (row) => row.exception, cell: (row) => [crashName(row, mark(row)), reasons(row) && h('span', { class: 'reasons' }, reasons(row))] },
    any((row) => row.score) && { label: t('score'), number: true, cell: (row) => row.score?.toFixed(1), sort: (row) => row.score },
    { label: t('devices'), number: true, cell: (row) => count(devices(row)), sort: devices },
    any((row) => row.change?.ratio) && { label: t('change'), number: true, cell: (row) => changeBadge(row.change), sort: (row) => row.change?.ratio },
    any(days) && { label: t('week'), cell: course },
    any((row) => row.reports) && !any((row) => row.score) && { label: t('reports'), number: true, wide: true, cell: (row) => count(row.reports), sort: (row) => row.reports },
    any((row) => row.state) && { label: t('state'), wide: true, class: 'nowrap', cell: (row) => row.state && t.word(row.state), sort: (row) => row.state },
    any(versions) && { label: t('versions'), wide: true, class: 'nowrap', cell: versions, sort: versions },
    any((row) => row.first_report_at) && { label: t('firstSeen'), wide: true, class: 'nowrap', cell: (row) => time(row.first_report_at).slice(0, 10), sort: (row) => row.first_report_at },
  ];
  return all.filter((column) => column !== false);
}
