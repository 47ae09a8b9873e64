// A player or device: crashes in every project, devices and users seen together, what happened before the newest.

import { dataTable } from '../charts/table';
import { h } from '../dom';
import { count, duration, time } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { crashContents } from './crash';
import { lockChain } from './locks';
import { crashName, section, stat, view } from './parts';

type Player = Answer<'crashsight_find_player'>;

export function player(answer: Player, page: Page): HTMLElement {
  const { reports, seen_with: seen, before_newest: before } = answer;
  const ids = [...answer.users, ...answer.devices];
  const newest = reports[0];
  const projects = new Set(reports.map((row) => row.project)).size;
  return view(
    h('p', { class: 'id' }, ids.join(' · ')),
    h(
      'div',
      { class: 'stats' },
      stat(t('reports'), count(answer.found), answer.may_have_more ? t('mayHaveMore') : t('found', { n: count(projects) })),
      answer.launches !== undefined && stat(t('launches'), count(answer.launches), answer.launches_crashed !== undefined && t('launchesCrashed', { n: count(answer.launches_crashed) })),
    ),
    section(
      t('crashList'),
      dataTable({
        label: t('crashList'),
        rows: reports,
        first: 20,
        open: (row) => (page.can.call && row.crash ? () => page.open('crashsight_get_crash', { project: row.project, crash: row.crash }) : undefined),
        columns: [
          { label: t('issue'), class: 'grow', cell: (row) => crashName({ exception: row.exception, message: row.message, key_stack: row.fault_frame }), sort: (row) => row.exception },
          { label: t('crashedAt'), class: 'nowrap', cell: (row) => [time(row.crashed_at), row.after_launch_s !== undefined && h('small', { class: 'below' }, t('afterLaunch', { time: duration(row.after_launch_s) }))], sort: (row) => row.crashed_at },
          { label: t('version'), wide: true, class: 'nowrap', cell: (row) => [row.version, projects > 1 && h('small', { class: 'below' }, row.project)], sort: (row) => row.version },
          { label: t('device'), wide: true, cell: (row) => [row.brand, row.model].filter(Boolean).join(' ') },
          { label: t('state'), wide: true, class: 'nowrap', cell: (row) => row.issue_state && t.word(row.issue_state), sort: (row) => row.issue_state },
        ],
      }),
    ),
    seen.length > 0 &&
      section(
        t('seenWith'),
        dataTable({
          label: t('seenWith'),
          rows: seen,
          columns: [
            { label: t('name'), class: 'grow', cell: (row) => [h('code', null, row.id), h('small', { class: 'below' }, [row.model, row.os].filter(Boolean).join(' · '))] },
            { label: t('reports'), number: true, cell: (row) => count(row.reports), sort: (row) => row.reports },
            { label: t('launches'), number: true, wide: true, cell: (row) => count(row.launches), sort: (row) => row.launches },
            { label: t('latest'), class: 'nowrap', cell: (row) => time(row.latest), sort: (row) => row.latest },
          ],
        }),
      ),
    before && [h('h2', { class: 'project-name' }, t('beforeNewest')), before.waits.length > 0 && section(t('lockChain'), lockChain(before.waits)), crashContents(before, newest?.crash, page, newest?.project)],
  );
}
