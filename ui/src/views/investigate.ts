// Since when it is worse, which issues carry the change, and what else happened then.

import { badge, rateBars, reasonBadge } from '../charts/marks';
import { dataTable } from '../charts/table';
import { h } from '../dom';
import { count, devices, time, times } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { actions, crashName, opens, section, view } from './parts';

type Investigation = Answer<'crashsight_investigate_change'>;

export function investigate(answer: Investigation, page: Page): HTMLElement {
  const { change, spike } = answer;
  const window = page.args['window'] ?? '7d';
  const byTime = [...answer.events].sort((a, b) => (a.hour ?? a.day).localeCompare(b.hour ?? b.day));
  return view(
    change
      ? section(
          t('began', { at: time(change.from) }),
          h('p', { class: 'figure' }, t('times', { times: times(change.times) })),
          rateBars([
            { label: t('before'), rate: change.before, color: 'before', after: h('small', null, devices(change.before.affected)) },
            { label: t('now'), rate: change.after, after: h('small', null, devices(change.after.affected)) },
          ]),
        )
      : h('p', { class: 'lead' }, spike ? `${t.word(spike.kind)} ${time(spike.value)}` : t('noChange')),
    actions(opens(page, t('hours'), 'crashsight_get_hourly_trend', { window, kind: answer.kind })),
    byTime.length > 0 &&
      section(
        t('events'),
        h('ol', { class: 'timeline' }, byTime.map((event) => h('li', { class: event.hour !== undefined && event.hour === answer.around ? 'around' : null }, h('time', null, time(event.hour ?? event.day).slice(5)), badge(t.word(event.kind)), h('span', null, t.phrase(event.what))))),
      ),
    answer.issues.length > 0 &&
      section(
        t('topIssues'),
        dataTable({
          label: t('topIssues'),
          rows: answer.issues,
          open: (row) => (page.can.call && row.issue ? () => page.open('crashsight_get_issue', { issue: row.issue }) : undefined),
          columns: [
            { label: t('issue'), class: 'grow', cell: (row) => crashName(row, reasonBadge(row.mark)) },
            { label: t('when'), class: 'nowrap', cell: (row) => row.change && time(row.change.from).slice(5), sort: (row) => row.change?.from },
            { label: t('change'), number: true, cell: (row) => row.change && times(row.change.times), sort: (row) => row.change?.times },
            { label: t('devices'), number: true, wide: true, cell: (row) => `${count(row.devices_before)} → ${count(row.devices_after)}`, sort: (row) => row.devices_after },
          ],
        }),
      ),
  );
}
