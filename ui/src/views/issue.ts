// One issue: what it is, its course, its versions, and where to go from here. Also the trend of several issues.

import { badge, bar } from '../charts/marks';
import { seriesChart } from '../charts/series';
import { dataTable } from '../charts/table';
import { h } from '../dom';
import { compact, count, time, wall } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { actions, facts, opens, section, stat, view } from './parts';
import { stackLines } from './stack';

type Trend = Answer<'crashsight_get_issue_trend'>['issues'][number];
type Buckets = Trend['buckets'];
/** Servers differ in whether an issue carries its own trend and console page. */
type Issue = Answer<'crashsight_get_issue'> & { console_url?: string; details?: { trend?: Pick<Trend, 'buckets'> } };
type Details = NonNullable<Issue['details']>;

export function issue(answer: Issue, page: Page): HTMLElement {
  const { details } = answer;
  if (!details) return h('p', { class: 'empty' }, t('nothing'));
  const id = answer.issue;
  const project = page.data.project ?? '';
  const url = answer.console_url;
  return view(
    h(
      'div',
      { class: 'crash-head' },
      h('h2', null, details.exception ?? t('exception'), ' ', details.state && badge(t.word(details.state))),
      details.message && h('p', { class: 'message' }, details.message),
      h('p', { class: 'id' }, id),
    ),
    details.key_frames && stackLines(details.key_frames.lines),
    h(
      'div',
      { class: 'stats' },
      stat(t('devices'), count(details.devices)),
      stat(t('reports'), count(details.reports)),
      details.first_report_at && stat(t('firstSeen'), time(details.first_report_at).slice(0, 10), time(details.first_report_at).slice(11)),
      details.last_report_at && stat(t('lastSeen'), time(details.last_report_at).slice(0, 10), time(details.last_report_at).slice(11)),
    ),
    actions(
      opens(page, t('newestCrash'), 'crashsight_get_last_crash', { issue: id }),
      opens(page, t('inCommon'), 'crashsight_get_issue_breakdown', { issue: id }),
      !details.trend && opens(page, t('daily'), 'crashsight_get_issue_trend', { issues: [id] }),
      opens(page, t('crashes'), 'crashsight_list_issue_crashes', { issue: id }),
      page.can.message && h('button', { class: 'quiet', click: () => page.ask(t('processMessage', { issue: id, project })) }, t('markProcessed')),
      page.can.message && h('button', { class: 'quiet', click: () => page.ask(t('noteMessage', { issue: id, project })) }, t('writeNote')),
      url && page.can.links && h('button', { class: 'quiet', click: () => page.openLink(url) }, t('openConsole')),
    ),
    details.trend && section(t('daily'), bucketChart(details.trend.buckets)),
    details.versions.length > 0 && section(t('versions'), versionTable(details.versions)),
    facts([
      [t('assignees'), details.assignees.map((one) => one.name ?? one.id).join(', ')],
      [t('tags'), details.tags.length > 0 && details.tags.map((tag) => [badge(tag), ' '])],
      [t('bugs'), details.bugs.map((bug) => [bug.id, bug.title].filter(Boolean).join(' ')).join(', ')],
    ]),
  );
}

function versionTable(versions: Details['versions']): HTMLElement {
  const top = Math.max(...versions.map((row) => row.devices ?? 0), 1);
  return dataTable({
    label: t('versions'),
    rows: versions,
    first: 12,
    columns: [
      { label: t('version'), cell: (row) => row.version, sort: (row) => row.version },
      { label: t('value'), bare: true, class: 'grow', cell: (row) => bar((row.devices ?? 0) / top) },
      { label: t('devices'), number: true, cell: (row) => count(row.devices), sort: (row) => row.devices },
      { label: t('reports'), number: true, cell: (row) => count(row.reports), sort: (row) => row.reports },
      { label: t('firstSeen'), wide: true, class: 'nowrap', cell: (row) => time(row.first_report_at), sort: (row) => row.first_report_at },
      { label: t('lastSeen'), wide: true, class: 'nowrap', cell: (row) => time(row.last_report_at), sort: (row) => row.last_report_at },
    ],
  });
}

function bucketChart(buckets: Buckets): HTMLElement {
  return seriesChart({
    label: t('devices'),
    times: buckets.map((bucket) => wall(bucket.at) ?? 0),
    partial: buckets.map((bucket) => bucket.partial),
    lines: [{ label: t('devices'), color: 'accent', shape: buckets.length <= 45 ? 'bars' : 'line', values: buckets.map((bucket) => bucket.devices ?? null) }],
    hours: buckets.some((bucket) => bucket.at.includes('T')),
    value: count,
    axis: compact,
    height: 150,
  });
}

const COLORS = ['accent', 'series-2', 'series-3', 'series-4'];
const lineColor = (index: number): string => COLORS[index % COLORS.length]!;

export function issueTrend(answer: Answer<'crashsight_get_issue_trend'>, page: Page): HTMLElement {
  const starts = [...new Set(answer.issues.flatMap((row) => row.buckets.map((bucket) => bucket.at)))].sort();
  const partial = new Set(answer.issues.flatMap((row) => row.buckets.filter((bucket) => bucket.partial).map((bucket) => bucket.at)));
  const short = (id: string) => `${id.slice(0, 8)}…`;
  return view(
    seriesChart({
      label: t('devices'),
      times: starts.map((start) => wall(start) ?? 0),
      partial: starts.map((start) => partial.has(start)),
      lines: answer.issues.map((row, index) => {
        const at = new Map(row.buckets.map((bucket) => [bucket.at, bucket.devices ?? bucket.crashes ?? null]));
        return {
          label: short(row.issue),
          color: lineColor(index),
          shape: answer.issues.length === 1 && starts.length <= 45 ? ('bars' as const) : ('line' as const),
          values: starts.map((start) => at.get(start) ?? null),
        };
      }),
      hours: starts.some((start) => start.includes('T')),
      value: count,
      axis: compact,
    }),
    dataTable({
      label: t('issue'),
      rows: answer.issues,
      open: (row) => (page.can.call ? () => page.open('crashsight_get_issue', { issue: row.issue }) : undefined),
      columns: [
        { label: t('issue'), class: 'grow', cell: (row) => [h('i', { class: 'swatch', style: `--swatch: var(--${lineColor(answer.issues.indexOf(row))})`, 'aria-hidden': 'true' }), h('code', { class: 'hash', title: row.issue }, row.issue)] },
        { label: t('reports'), number: true, cell: (row) => count(row.crashes), sort: (row) => row.crashes },
        { label: t('peak'), number: true, cell: (row) => row.peak && time(row.peak.at).slice(5) },
      ],
    }),
  );
}
