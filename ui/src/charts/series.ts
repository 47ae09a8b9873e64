// A chart over time, drawn by uPlot, with what a canvas has not: values by keyboard, a table, picking a range.

import uPlot from 'uplot';
import { h } from '../dom';
import { compact, wallText } from '../format';
import { t } from '../text';
import { color, fonts } from '../theme';
import { apart } from './places';
import { dataTable } from './table';

export interface Line {
  label: string;
  /** A colour of the style sheet, without its dashes. */
  color: string;
  values: (number | null)[];
  shape: 'bars' | 'line' | 'dashed';
}

export interface Mark {
  /** Wall seconds. */
  at: number;
  label: string;
}

export interface Series {
  label: string;
  /** Wall seconds in order. */
  times: number[];
  lines: Line[];
  /** Which points have not ended. */
  partial?: boolean[];
  marks?: Mark[];
  /** Whether a time of day belongs to a point's name. */
  hours: boolean;
  value(value: number): string;
  axis?(value: number): string;
  height?: number;
  /** Zero is the bottom of the axis, unless the values are all far above it. */
  fromZero?: boolean;
  onPick?(first: number, last: number): void;
}

const REDRAW = 'redraw';
/** What is left of A4 between its margins, in CSS pixels. */
const PAPER = 688;
let onPaper = false;

/** Draws the charts of the page again: a canvas keeps the colours and the width it was drawn in. */
export function redrawCharts(paper: boolean): void {
  onPaper = paper;
  for (const canvas of document.querySelectorAll('.canvas')) canvas.dispatchEvent(new Event(REDRAW));
}

/** What cannot be drawn as a number is a gap. */
const number = (value: unknown) => (typeof value === 'number' && Math.abs(value) < 1e15 ? value : null);

export function seriesChart(given: Series): HTMLElement {
  const series = { ...given, lines: given.lines.map((line) => ({ ...line, values: line.values.map(number) })) };
  const { times, lines, hours } = series;
  if (times.length === 0 || !times.every(Number.isFinite)) return h('p', { class: 'empty' }, t('nothing'));
  const name = (index: number) => wallText(times[index] ?? 0, hours);
  const readout = h('p', { class: 'readout' });
  const canvas = h('div', {
    class: 'canvas',
    tabindex: 0,
    role: 'slider',
    'aria-label': series.label,
    'aria-valuemin': 0,
    'aria-valuemax': times.length - 1,
    'aria-valuenow': times.length - 1,
    'aria-description': t('chartHelp'),
  });

  let plot: uPlot | undefined;
  let at = times.length - 1;
  let anchor: number | undefined;
  const valueText = (index: number) =>
    lines
      .map((line) => {
        const value = line.values[index];
        const text = value === null || value === undefined ? '–' : series.value(value);
        return lines.length > 1 ? `${line.label} ${text}` : text;
      })
      .join(' · ');
  const say = (index: number) => {
    const key = series.partial?.[index] ? 'notOver' : 'point';
    return t(key, { at: name(index), value: valueText(index) });
  };
  const show = (index: number) => {
    at = index;
    canvas.setAttribute('aria-valuenow', String(index));
    canvas.setAttribute('aria-valuetext', say(index));
    const swatches = lines.map((line) => {
      const value = line.values[index];
      return h(
        'span',
        { class: 'value' },
        h('i', { class: `swatch ${line.shape}`, style: `--swatch: var(--${line.color})`, 'aria-hidden': 'true' }),
        lines.length > 1 && `${line.label} `,
        h('b', null, value === null || value === undefined ? '–' : series.value(value)),
      );
    });
    const partial = series.partial?.[index] ? h('span', { class: 'badge quiet' }, t('partial')) : null;
    readout.replaceChildren(h('span', { class: 'when' }, name(index)), ...swatches, ...(partial ? [partial] : []));
  };
  const move = (index: number, extend: boolean) => {
    const next = Math.max(0, Math.min(times.length - 1, index));
    if (extend && series.onPick) anchor ??= at;
    show(next);
    plot?.setCursor({ left: plot.valToPos(times[next]!, 'x'), top: 10 }, false);
    if (!extend) anchor = undefined;
    const [first, last] = [Math.min(anchor ?? next, next), Math.max(anchor ?? next, next)];
    if (plot) {
      const half = lines[0]?.shape === 'bars' ? ((times[1] ?? 0) - (times[0] ?? 0)) / 2 : 0;
      const [left, right] = [plot.valToPos(times[first]! - half, 'x'), plot.valToPos(times[last]! + half, 'x')];
      plot.setSelect({ left, width: right - left, top: 0, height: anchor === undefined ? 0 : plot.over.clientHeight }, false);
    }
    if (anchor !== undefined) series.onPick?.(first, last);
  };
  canvas.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, Home: -times.length, End: times.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(at + step, event.shiftKey);
  });

  const height = series.height ?? 190;
  canvas.style.height = `${height}px`;
  const draw = (width: number) => {
    plot?.destroy();
    plot = new uPlot(options(series, width, height, show), [times, ...lines.map((line) => line.values)] as uPlot.AlignedData, canvas);
  };
  // The width is known once the element is in the page.
  const observer = new ResizeObserver(() => {
    const width = Math.floor(canvas.clientWidth);
    if (width === 0) return;
    if (!plot) draw(width);
    else if (plot.width !== width && !onPaper) plot.setSize({ width, height });
  });
  observer.observe(canvas);
  canvas.addEventListener(REDRAW, () => plot && draw(onPaper ? PAPER : Math.floor(canvas.clientWidth) || plot.width));
  const marks = (series.marks ?? []).map((mark, index) =>
    h('li', null, h('b', null, String(index + 1)), ' ', h('span', { class: 'when' }, wallText(mark.at, hours)), ' ', mark.label),
  );
  show(at);
  return h(
    'figure',
    { class: 'chart' },
    readout,
    canvas,
    marks.length > 0 && h('ol', { class: 'mark-list' }, marks),
    tableOf(series, name),
  );
}

function tableOf(series: Series, name: (index: number) => string): HTMLElement {
  const body = h('div', null);
  const fill = () => {
    if (body.childElementCount > 0) return;
    const rows = series.times.map((_, index) => index);
    const columns = [
      { label: t('when'), cell: (index: number) => name(index) + (series.partial?.[index] ? ` (${t('partial')})` : '') },
      ...series.lines.map((line) => ({
        label: line.label,
        number: true,
        cell: (index: number) => {
          const value = line.values[index];
          return value === null || value === undefined ? '–' : series.value(value);
        },
      })),
    ];
    body.append(dataTable({ label: series.label, rows, columns }));
  };
  const details = h('details', { class: 'as-table', toggle: fill }, h('summary', null, t('table')), body);
  return details;
}

/** A colour's hatching, for what has not ended. */
function hatched(base: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  const size = Math.round(7 * devicePixelRatio);
  tile.width = tile.height = size;
  const pen = tile.getContext('2d');
  if (!pen) return base;
  pen.globalAlpha = 0.22;
  pen.fillStyle = base;
  pen.fillRect(0, 0, size, size);
  pen.globalAlpha = 1;
  pen.strokeStyle = base;
  pen.lineWidth = size / 3.4;
  for (const offset of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(offset - 1, size + 1);
    pen.lineTo(offset + size + 1, -1);
    pen.stroke();
  }
  return pen.createPattern(tile, 'repeat') ?? base;
}

function options(series: Series, width: number, height: number, show: (index: number) => void): uPlot.Options {
  const { times, lines, hours } = series;
  const ink = color('ink-3');
  const font = `11px ${fonts()}`;
  const bars = lines.some((line) => line.shape === 'bars');
  const beside = bars ? 0.6 : times.length <= 31 ? 0.3 : 0;
  const step = times.length > 1 ? Math.min(...times.slice(1).map((at, index) => at - times[index]!)) : 86_400;
  const top = Math.max(0, ...lines.flatMap((line) => line.values.map((value) => value ?? 0)));
  const all = lines.flatMap((line) => line.values.filter((value): value is number => value !== null));
  const low = Math.min(...all);
  const scale: [number, number] =
    series.fromZero === false && low > top * 0.5 ? [low - (top - low || top * 0.02) * 0.25, top + (top - low || top * 0.02) * 0.15] : [0, top > 0 ? top * 1.12 : 1];
  const draw = lines.map((line): uPlot.Series => {
    const stroke = color(line.color);
    const hatch = hatched(stroke);
    if (line.shape === 'bars') {
      const fills = times.map((_, index) => (series.partial?.[index] ? hatch : stroke));
      return {
        label: line.label,
        stroke,
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars!({
          size: [0.72, 56, 1],
          radius: 0.14,
          disp: { fill: { unit: 3, values: () => fills as never } },
        } as uPlot.Series.BarsPathBuilderOpts),
      };
    }
    // An area says how much there is, from zero on.
    const area = lines.length === 1 && scale[0] === 0;
    return {
      label: line.label,
      stroke,
      width: line.shape === 'dashed' ? 1.5 : 2,
      ...(line.shape === 'dashed' ? { dash: [5, 4] } : {}),
      ...(area ? { fill: `color-mix(in srgb, ${stroke} 13%, transparent)` } : {}),
      spanGaps: false,
      points: { show: times.length <= 40 && bars, size: 6, fill: color('surface'), width: 2 },
    };
  });
  return {
    width,
    height,
    padding: [14, 22, 0, 0],
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: !bars, size: 9 },
      drag: { x: series.onPick !== undefined, y: false, setScale: false },
    },
    scales: {
      x: { time: true, range: (_, min, max) => [min - step * beside, max + step * beside] },
      y: { range: () => scale },
    },
    axes: [
      {
        stroke: ink,
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 28,
        gap: 8,
        space: 64,
        ...(step >= 86_400 ? { incrs: [1, 2, 3, 5, 7, 14, 30].map((days) => days * 86_400) } : {}),
        values: (_, ticks) => tickTexts(ticks, hours),
      },
      {
        stroke: ink,
        font,
        size: 50,
        gap: 6,
        space: height < 170 ? 24 : 34,
        grid: { stroke: color('line'), width: 1 },
        ticks: { show: false },
        values: (_, ticks) => ticks.map((tick) => (series.axis ?? compact)(tick)),
      },
    ],
    series: [{}, ...draw],
    hooks: {
      setCursor: [
        (plot) => {
          if (typeof plot.cursor.idx === 'number' && (plot.cursor.left ?? -1) >= 0) show(plot.cursor.idx);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width: picked } = plot.select;
          if (picked < 4) return;
          series.onPick?.(plot.posToIdx(left), plot.posToIdx(left + picked));
        },
      ],
      drawClear: bars ? [] : [(plot) => hatchPartial(plot, series, step)],
      draw: [(plot) => drawMarks(plot, series)],
    },
  };
}

/** The day is named where it changes. */
function tickTexts(ticks: number[], hours: boolean): string[] {
  let day = '';
  return ticks.map((tick) => {
    if (!hours) return wallText(tick, false);
    const text = wallText(tick, true);
    const [date = '', clock = ''] = text.split(' ');
    const first = date !== day;
    day = date;
    return first && clock === '00:00' ? date : clock;
  });
}

function hatchPartial(plot: uPlot, series: Series, step: number): void {
  const first = series.partial?.indexOf(true) ?? -1;
  if (first < 0) return;
  const { ctx, bbox } = plot;
  const start = (series.times[first] ?? 0) - step * 0.5;
  const left = Math.max(bbox.left, plot.valToPos(start, 'x', true));
  ctx.save();
  ctx.globalAlpha = 0.35;
  ctx.fillStyle = hatched(color('ink-3'));
  ctx.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height);
  ctx.restore();
}

function drawMarks(plot: uPlot, series: Series): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const places = (series.marks ?? []).map((mark) => Math.round(plot.valToPos(mark.at, 'x', true)));
  const flags = apart(places, 17 * ratio, bbox.left + bbox.width + 12 * ratio);
  places.forEach((x, index) => {
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.save();
    ctx.strokeStyle = color('mark');
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.setLineDash([]);
    const flag = flags[index]!;
    ctx.fillStyle = color('mark');
    ctx.beginPath();
    ctx.arc(flag, bbox.top - 5 * ratio, 8 * ratio, 0, 7);
    ctx.fill();
    ctx.fillStyle = color('surface');
    ctx.font = `600 ${10 * ratio}px ${fonts()}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(String(index + 1), flag, bbox.top - 4.5 * ratio);
    ctx.restore();
  });
}
