// Trends by day, hour and minute, with versions overlaid and events marked on demand.

import { seriesChart, type Line, type Mark } from '../charts/series';
import { h, type Child } from '../dom';
import { compact, count, percent, wall, wallText } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { actions, opens, rateStat, stat, view } from './parts';

type Trend = Answer<'crashsight_get_daily_trend'>;
type Point = Trend['points'][number];
type Metric = 'rate' | 'devices' | 'reports';

const VALUE: Record<Metric, (point: Point) => number | null> = {
  rate: (point) => point.devices.rate ?? null,
  devices: (point) => point.devices.affected,
  reports: (point) => point.reports ?? null,
};
const COLORS = ['series-2', 'series-3', 'series-4'];

export function trend(answer: Trend, page: Page): HTMLElement {
  // Versions or countries that the service counts apart are lines of their own.
  const groups = new Map<string, Point[]>();
  for (const point of answer.points) {
    const name = [point.version, point.country].filter(Boolean).join(' · ');
    groups.set(name, [...(groups.get(name) ?? []), point]);
  }
  const starts = [...new Set(answer.points.map((point) => point.start))].sort();
  const hours = starts.some((start) => start.includes('T'));
  const partial = starts.map((start) => answer.points.some((point) => point.start === start && point.partial));
  const overlays = new Map<string, Point[]>();
  let marks: Mark[] = [];
  let metric: Metric = 'rate';
  let picked: [number, number] | undefined;

  const chart = h('div', null);
  const pick = h('div', { class: 'picked', 'aria-live': 'polite' });
  const values = (points: Point[]) => {
    const at = new Map(points.map((point) => [point.start, VALUE[metric](point)]));
    return starts.map((start) => at.get(start) ?? null);
  };
  const draw = () => {
    const own = [...groups].map(([label, points], index): Line => ({
      label: label || t(metric),
      color: groups.size > 1 ? ['accent', ...COLORS][index % 4]! : 'accent',
      values: values(points),
      shape: groups.size === 1 && starts.length <= 45 ? 'bars' : 'line',
    }));
    const over = [...overlays].map(([label, points], index): Line => ({
      label,
      color: COLORS[index % COLORS.length]!,
      values: values(points),
      shape: 'line',
    }));
    if (over.length > 0 && own[0]) own[0].label = groups.size > 1 ? own[0].label : t('all');
    const rate = metric === 'rate';
    chart.replaceChildren(
      seriesChart({
        label: t(metric),
        times: starts.map((start) => wall(start) ?? 0),
        lines: [...own, ...over],
        partial,
        marks,
        hours,
        value: rate ? (value) => percent(value) : (value) => count(value),
        axis: rate ? (value) => percent(value, 2) : (value) => compact(value),
        onPick: page.can.call ? (first, last) => { picked = [first, last]; drawPick(); } : undefined,
      }),
    );
  };
  const drawPick = () => {
    if (!picked) return pick.replaceChildren();
    const [first, last] = picked.map((index) => starts[index] ?? '') as [string, string];
    const clip = (start: string) => (hours ? start.slice(0, 13) : start);
    const window = first === last ? clip(first) : `${clip(first)}..${clip(last)}`;
    const name = (start: string) => wallText(wall(start) ?? 0, hours);
    const open = (tool: string) => () => page.open(tool, { ...page.args, window, kind: answer.kind });
    pick.replaceChildren(
      h('span', null, t('picked', { range: first === last ? name(first) : `${name(first)} – ${name(last)}` })),
      h('button', { click: open('crashsight_list_top_issues') }, t('issuesOfRange')),
      ...(hours ? [] : [h('button', { click: open('crashsight_get_hourly_trend') }, t('hoursOfRange'))]),
      h('button', { class: 'quiet', click: () => { picked = undefined; draw(); drawPick(); } }, t('clearPick')),
    );
  };
  const setMetric = (to: Metric) => () => {
    metric = to;
    for (const [name, button] of buttons) button.setAttribute('aria-pressed', String(name === to));
    draw();
  };
  const buttons = new Map(
    (['rate', 'devices', 'reports'] as const).map((name) => [name, h('button', { 'aria-pressed': String(name === metric), click: setMetric(name) }, t(name))]),
  );
  draw();
  const { comparison } = answer;
  const total = answer.reports;
  return view(
    h(
      'div',
      { class: 'stats' },
      comparison &&
        rateStat(t('ended'), comparison.current, comparison.change, comparison.days_before === 1 ? t('againstDay') : t('against', { days: comparison.days_before })),
      answer.peak && stat(t('peakDevices'), count(answer.peak.affected), wallText(wall(answer.peak.start) ?? 0, hours)),
      total !== undefined && stat(t('reports'), count(total)),
    ),
    h(
      'div',
      { class: 'bar-of-controls' },
      h('div', { class: 'segments', role: 'group', 'aria-label': t('value') }, [...buttons.values()]),
      page.can.call && groups.size === 1 && further(answer, page, (name, points) => {
        if (points) overlays.set(name, points);
        else overlays.delete(name);
        draw();
      }, (found) => {
        // Before the first day there is no place for a mark.
        const first = Math.floor((wall(starts[0] ?? '') ?? 0) / 86_400) * 86_400;
        marks = [...marks, ...found].filter((mark) => mark.at >= first).sort((a, b) => a.at - b.at);
        draw();
      }),
    ),
    chart,
    pick,
  );
}

/** Buttons that ask for more series: versions, and what happened meanwhile. */
function further(
  answer: Trend,
  page: Page,
  overlay: (name: string, points: Point[] | undefined) => void,
  mark: (marks: Mark[]) => void,
): Child {
  const holder = h('div', { class: 'chips' });
  const failed = (error: Error) => holder.append(h('span', { class: 'failed', role: 'alert' }, error.message));
  const asBusy = (button: HTMLButtonElement, work: () => Promise<void>) => {
    button.disabled = true;
    work().catch(failed).finally(() => (button.disabled = false));
  };
  const versionChip = (version: string) => {
    const chip: HTMLButtonElement = h('button', {
      class: 'chip',
      'aria-pressed': 'false',
      click: () => {
        const on = chip.getAttribute('aria-pressed') === 'true';
        chip.setAttribute('aria-pressed', String(!on));
        if (on) return overlay(version, undefined);
        asBusy(chip, async () => {
          const tool = page.data.tool as 'crashsight_get_daily_trend';
          const got = await page.fetch(tool, { ...page.args, versions: [version] });
          overlay(version, got.answer.points);
        });
      },
    }, version);
    return chip;
  };
  const versions: HTMLButtonElement = h('button', {
    class: 'quiet',
    click: () =>
      asBusy(versions, async () => {
        const got = await page.fetch('crashsight_list_versions', {});
        const newest = got.answer.versions.slice(0, 3);
        mark(newest.map((row) => ({ at: wall(row.first_seen ?? '') ?? 0, label: `${t('version')} ${row.version}` })));
        versions.replaceWith(...newest.map((row) => versionChip(row.version)));
      }),
  }, t('overlay'));
  const events: HTMLButtonElement = h('button', {
    class: 'quiet',
    click: () =>
      asBusy(events, async () => {
        const got = await page.fetch('crashsight_investigate_change', { window: page.args['window'] ?? '7d', kind: answer.kind });
        mark(got.answer.events.map((event) => ({ at: wall(event.hour ?? event.day) ?? 0, label: t.phrase(event.what) })));
        events.remove();
      }),
  }, t('marks'));
  holder.append(versions, events);
  return holder;
}

type Minutes = Answer<'crashsight_get_minute_trend'>;

export function minutes(answer: Minutes, page: Page): HTMLElement {
  const rows = answer.minutes;
  const { peak } = answer;
  return view(
    h('div', { class: 'stats' }, peak && stat(t('peakDevices'), count(peak.devices?.affected), wallText(wall(peak.at) ?? 0, true).slice(6), ' · ', percent(peak.devices?.rate))),
    seriesChart({
      label: t('minutes'),
      times: rows.map((row) => wall(row.at) ?? 0),
      lines: [{ label: t('rate'), color: 'accent', shape: 'line', values: rows.map((row) => row.devices?.rate ?? null) }],
      hours: true,
      value: (value) => percent(value),
      axis: (value) => percent(value, 2),
    }),
    actions(opens(page, t('topIssues'), 'crashsight_list_hourly_top_issues', {})),
  );
}
