// How projects are doing: rate beside the same part before, newest version or the one asked for, issues that stand out.

import { changeBadge, rateBars, reasonBadge } from '../charts/marks';
import { dataTable } from '../charts/table';
import { h, type Child } from '../dom';
import { count, devices, percent } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { actions, crashName, opens, rateStat, section, stat, view } from './parts';

type Overview = Answer<'crashsight_report_overview'>;
type Project = Overview['projects'][number];

export function overview(answer: Overview, page: Page): HTMLElement {
  const { projects } = answer;
  return view(
    projects.length > 1 && summary(projects, page),
    projects.map((project) => drawProject(project, projects.length > 1, answer.kind, page)),
  );
}

function summary(projects: Project[], page: Page): HTMLElement {
  return section(
    t('projects'),
    dataTable({
      label: t('projects'),
      rows: projects,
      open: (row) => (page.can.call ? () => page.open('crashsight_report_overview', { project: row.project }) : undefined),
      columns: [
        { label: t('projects'), cell: (row) => row.project, sort: (row) => row.project },
        { label: t('rate'), number: true, cell: (row) => percent(row.affected?.rate), sort: (row) => row.affected?.rate },
        { label: t('change'), number: true, cell: (row) => changeBadge(row.comparison?.change), sort: (row) => row.comparison?.change.ratio },
        { label: t('devices'), number: true, wide: true, cell: (row) => count(row.affected?.affected), sort: (row) => row.affected?.affected },
        { label: t('reports'), number: true, wide: true, cell: (row) => count(row.reports), sort: (row) => row.reports },
      ],
    }),
  );
}

function drawProject(project: Project, named: boolean, kind: string, page: Page): Child {
  // Of one version that was asked for there is no newest.
  const { comparison, version: asked, newest_version: newest = asked, project: name, unusual = [] } = project;
  const of = { project: name, kind, versions: asked && [asked.version] };
  return [
    named && h('h2', { class: 'project-name' }, name),
    h(
      'div',
      { class: 'stats' },
      rateStat(t.word(kind), project.affected, comparison?.change),
      stat(t('reports'), count(project.reports)),
    ),
    actions(
      opens(page, t('hours'), 'crashsight_get_hourly_trend', of),
      opens(page, t('daily'), 'crashsight_get_daily_trend', { ...of, window: '7d' }),
      opens(page, t('topIssues'), 'crashsight_list_top_issues', of),
    ),
    h(
      'div',
      { class: 'columns' },
      comparison &&
        section(
          comparison.days_before === 1 ? t('sameDayBefore') : t('sameBefore', { days: comparison.days_before }),
          rateBars([
            { label: t('now'), rate: comparison.current, after: devicesOf(comparison.current) },
            { label: t('before'), rate: comparison.before, color: 'before', after: devicesOf(comparison.before) },
          ]),
        ),
      newest &&
        section(
          [t(asked ? 'versions' : 'newestVersion'), ' ', changeBadge(newest.change)],
          rateBars([
            { label: newest.version, rate: newest.devices, color: 'series-2', after: h('small', null, t('share', { share: percent(newest.share, 2) })) },
            ...(newest.previous_version
              ? [{ label: newest.previous_version, rate: newest.previous_devices, color: 'before', after: devicesOf(newest.previous_devices) }]
              : []),
          ]),
        ),
      project.other_kinds.length > 0 &&
        section(
          t('otherKinds'),
          rateBars(project.other_kinds.map((other) => ({ label: t.word(other.kind), rate: other.devices, color: 'series-3', after: devicesOf(other.devices) }))),
        ),
      unusual.length > 0 &&
        section(
          t('unusual'),
          h(
            'ul',
            { class: 'plain' },
            unusual.map((row) => h('li', null, h('span', { class: 'label' }, t.word(row.kind)), ' ', h('b', null, row.value), ' ', percent(row.devices.rate), ' ', changeBadge(row.change))),
          ),
        ),
    ),
    project.issues.length > 0 &&
      section(
        t('standsOut'),
        dataTable({
          label: t('standsOut'),
          rows: project.issues,
          open: (row) => (page.can.call ? () => page.open('crashsight_get_issue', { project: name, issue: row.issue }) : undefined),
          columns: [
            { label: t('issue'), class: 'grow', cell: (row) => crashName(row, reasonBadge(row.why)) },
            { label: t('devices'), number: true, cell: (row) => count(row.devices), sort: (row) => row.devices },
            { label: t('change'), number: true, cell: (row) => changeBadge(row.change), sort: (row) => row.change?.ratio },
            { label: t('versions'), wide: true, cell: (row) => row.only_version },
          ],
        }),
      ),
  ];
}

const devicesOf = (rate: { affected: number } | undefined): Child => rate && h('small', null, devices(rate.affected));
