// The daily round: what was reported in a range, without a ticket and with one, by project, issue and version.

import { badge, bar } from '../charts/marks';
import { dataTable } from '../charts/table';
import { h, type Child } from '../dom';
import { count, time } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { actions, crashName, link, section, stat, view } from './parts';

type Inspection = Answer<'crashsight_report_inspection'>;
type Row = Inspection['missed'][number];
/** Rows of one issue, one per version. */
type Issue = [Row, ...Row[]];

/** A device can upload an address: only those of the project's settings and of linked bugs are followed. */
function ticket(page: Page, { id, url, is_link, found_in }: NonNullable<Row['ticket']>): Child {
  return link(page, id ?? t('linkedBug'), is_link || found_in === 'bug' ? url : undefined);
}

const MARKS: Record<string, string> = { new: 'new', probably_gone: 'better' };

export function inspection(answer: Inspection, page: Page): HTMLElement {
  const { projects, total_rows: total, offset } = answer;
  const shown = answer.missed.length + answer.filed.length;
  const sum = (field: 'missed' | 'filed' | 'new' | 'probably_gone') => projects.reduce((all, project) => all + project[field], 0);
  const more = { from: offset + shown + 1, to: Math.min(total, offset + shown * 2), total: count(total) };
  return view(
    h(
      'div',
      { class: 'stats' },
      stat(t('missed'), count(sum('missed')), t('rowsOf', { n: count(sum('missed')), total: count(sum('missed') + sum('filed')) })),
      stat(t('filed'), count(sum('filed'))),
      stat(t('new'), count(sum('new'))),
      stat(t('probablyGone'), count(sum('probably_gone'))),
    ),
    projects.length > 1 && section(t('projects'), summary(projects, page)),
    lists(t('missed'), answer.missed, projects.length > 1, page),
    lists(t('filed'), answer.filed, projects.length > 1, page),
    shown > 0 && offset + shown < total && actions(page.can.call && h('button', { click: () => page.open('crashsight_report_inspection', { ...page.args, limit: shown, offset: offset + shown }) }, t('moreRows', more))),
  );
}

function summary(projects: Inspection['projects'], page: Page): HTMLElement {
  return dataTable({
    label: t('projects'),
    rows: projects,
    open: (row) => (page.can.call ? () => page.open('crashsight_report_inspection', { ...page.args, projects: [row.project], offset: undefined }) : undefined),
    columns: [
      { label: t('projects'), class: 'grow', cell: (row) => [row.project, row.incomplete && h('small', { class: 'below failed' }, t.phrase(row.incomplete))], sort: (row) => row.project },
      { label: t('issues'), number: true, wide: true, cell: (row) => count(row.issues), sort: (row) => row.issues },
      { label: t('missed'), number: true, cell: (row) => count(row.missed), sort: (row) => row.missed },
      { label: t('filed'), number: true, cell: (row) => count(row.filed), sort: (row) => row.filed },
      { label: t('filed'), bare: true, wide: true, class: 'share', cell: (row) => bar(row.rows > 0 ? row.filed / row.rows : 0, 'series-4') },
      { label: t('new'), number: true, cell: (row) => count(row.new), sort: (row) => row.new },
      { label: t('probablyGone'), number: true, wide: true, cell: (row) => count(row.probably_gone), sort: (row) => row.probably_gone },
      { label: t('otherVersions'), number: true, wide: true, cell: (row) => count(row.other_versions), sort: (row) => row.other_versions },
    ],
  });
}

/** A list by project, each with its issues and their versions. */
function lists(title: string, rows: Row[], named: boolean, page: Page): Child {
  if (rows.length === 0) return null;
  const projects = groupBy(rows, (row) => row.project).map((own) => groupBy(own, (row) => row.issue));
  return section(
    title,
    projects.map((issues) => {
      const { project } = issues[0]![0];
      const all = issues.reduce((sum, issue) => sum + issue.length, 0);
      return [named && h('h3', null, project, ' ', h('small', null, t('inspected', { issues: count(issues.length), rows: count(all) }))), issueTable(`${title} · ${project}`, issues, page)];
    }),
  );
}

function issueTable(label: string, issues: Issue[], page: Page): HTMLElement {
  const people = ([row]: Issue) => row.assignees.map((one) => one.name ?? one.id?.slice(0, 8)).filter(Boolean).join(' ');
  return dataTable({
    label,
    rows: issues,
    open: ([row]) => (page.can.call ? () => page.open('crashsight_get_issue', { project: row.project, issue: row.issue }) : undefined),
    columns: [
      { label: t('issue'), class: 'grow', cell: ([row]) => [crashName(row), h('span', { class: 'reasons' }, `${t('firstSeen')} `, h('span', { class: 'one' }, time(row.first_report_at).slice(0, 10)), row.first_version && ` · ${row.first_version}`)], sort: ([row]) => row.exception },
      ...(issues.some(([row]) => row.ticket) ? [{ label: t('ticket'), class: 'nowrap', cell: ([row]: Issue) => row.ticket && ticket(page, row.ticket), sort: ([row]: Issue) => row.ticket?.id }] : []),
      { label: [t('versions'), h('span', { class: 'wide' }, t('everReports'))], class: 'nowrap', cell: (issue) => h('ul', { class: 'versions' }, issue.map(version)) },
      { label: t('devices'), number: true, cell: ([row]) => `≤ ${count(row.devices_in_range_at_most)}`, sort: ([row]) => row.devices_in_range_at_most },
      { label: t('reports'), number: true, wide: true, cell: ([row]) => count(row.reports_in_range), sort: ([row]) => row.reports_in_range },
      { label: t('state'), wide: true, class: 'nowrap', cell: (issue) => [issue[0].state && t.word(issue[0].state), people(issue) && h('small', { class: 'below', title: t('assignees') }, people(issue))], sort: ([row]) => row.state },
    ],
  });
}

/** A version of an issue: its reports of all time, and what became of it. */
function version(row: Row): HTMLElement {
  const kind = MARKS[row.judgement];
  return h(
    'li',
    { title: row.goes_on_in.length > 0 ? row.goes_on_in.join(', ') : null },
    h('b', null, row.version ?? '–'),
    h('small', null, count(row.version_reports_all_time)),
    kind && badge(t.word(row.judgement), kind),
  );
}

function groupBy(rows: Row[], key: (row: Row) => string | undefined): Issue[] {
  const groups = new Map<string, Issue>();
  for (const row of rows) {
    const name = key(row) ?? '';
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return [...groups.values()];
}
