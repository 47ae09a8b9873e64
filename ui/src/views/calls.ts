// Call quality minute by minute, and one call by its users.

import { sparkline } from '../charts/marks';
import { seriesChart } from '../charts/series';
import { dataTable } from '../charts/table';
import { h } from '../dom';
import { count, duration, time, wall, wallText, words } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { actions, facts, opens, section, view } from './parts';

type Live = Answer<'agora_get_live_experience'>;

const withUnit = (unit: string | undefined) => (value: number) => `${count(value)}${unit ? ` ${unit}` : ''}`;
const minute = (at: string) => wallText(wall(at) ?? 0, true).slice(6);

export function calls(answer: Live, page: Page): HTMLElement {
  return view(
    h(
      'div',
      { class: 'multiples' },
      answer.metrics.map((metric, index) => {
        const value = withUnit(metric.unit);
        const extreme = (label: string, point: { at: string; value: number } | undefined) => point && h('span', null, label, ' ', h('b', null, value(point.value)), ' ', minute(point.at));
        const name = t.phrase(metric.name);
        return section(
          name,
          h('p', { class: 'hint extremes' }, extreme(t('latest'), metric.latest), extreme(t('lowest'), metric.lowest), extreme(t('highest'), metric.highest)),
          seriesChart({
            label: name,
            times: metric.points.map((point) => wall(point.at) ?? 0),
            lines: [{ label: name, color: ['accent', 'series-2', 'series-3', 'series-4'][index % 4]!, shape: 'line', values: metric.points.map((point) => point.value) }],
            hours: true,
            value,
            axis: value,
            height: 130,
            fromZero: false,
          }),
        );
      }),
    ),
    actions(opens(page, t('diagnoses'), 'agora_list_diagnoses', {}), opens(page, t('users'), 'agora_search_calls', {})),
  );
}

export function call(answer: Answer<'agora_get_call'>, _page: Page): HTMLElement {
  return view(
    h('p', { class: 'id' }, [answer.channel, answer.call].filter(Boolean).join(' · ')),
    answer.users.map((user) =>
      section(
        user.user ?? user.session,
        facts([
          [t('when'), [time(user.joined_at, true), user.stayed_s !== undefined && h('small', { class: 'below' }, duration(user.stayed_s))]],
          [t('device'), [user.platform, user.device].filter(Boolean).join(' · ')],
          ['SDK', user.sdk_version],
          [words('network'), user.network],
        ]),
        dataTable({
          label: user.user ?? user.session ?? t('users'),
          rows: user.metrics,
          first: 12,
          columns: [
            { label: t('metric'), class: 'grow', cell: (row) => [t.phrase(row.name ?? ''), row.unit && h('small', null, ` ${row.unit}`)] },
            { label: t('course'), cell: (row) => row.course.length > 1 && sparkline(row.course, row.course.map(count).join(', '), Math.min(...row.course) * 0.8) },
            { label: t('lowest'), number: true, wide: true, cell: (row) => count(row.lowest) },
            { label: t('median'), number: true, cell: (row) => count(row.median) },
            { label: t('highest'), number: true, wide: true, cell: (row) => count(row.highest) },
          ],
        }),
      ),
    ),
  );
}
