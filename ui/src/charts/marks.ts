// Small drawings inside text: sparklines, bars, changes, badges.

import { h, svg, type Child } from '../dom';
import { change as changeText, percent } from '../format';
import { t } from '../text';

/** A line without axes; its values are beside it in words. The last part is dashed where it is not over. */
export function sparkline(values: readonly number[], label: string, bottom = 0, partial = false): Element {
  const [width, height] = [72, 20];
  values = values.filter(Number.isFinite);
  const top = Math.max(...values, 1e-12);
  const x = (index: number) => (values.length > 1 ? (index / (values.length - 1)) * (width - 4) + 2 : width / 2);
  const y = (value: number) => height - 2 - ((value - bottom) / (top - bottom || 1)) * (height - 4);
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  return svg(
    'svg',
    { class: 'sparkline', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': label },
    svg('polygon', { points: `${x(0)},${height} ${points.join(' ')} ${x(values.length - 1)},${height}` }),
    svg('polyline', { points: points.slice(0, partial ? -1 : undefined).join(' ') }),
    partial && svg('polyline', { points: points.slice(-2).join(' '), 'stroke-dasharray': '2 3' }),
  );
}

/** A bar of a length between 0 and 1; its value is beside it in words. */
export function bar(length: number, color = 'accent', mark?: number): HTMLElement {
  const clamp = (value: number) => `${(Math.max(0, Math.min(1, value)) * 100).toFixed(2)}%`;
  return h(
    'span',
    { class: 'bar', 'aria-hidden': 'true' },
    length > 0 && h('i', { style: `width: ${clamp(length)}; --bar: var(--${color})` }),
    mark !== undefined && h('u', { style: `left: ${clamp(mark)}` }),
  );
}

export interface Change {
  ratio?: number;
  confidence?: string;
}

/** How a rate changed: coloured only where the difference means anything. */
export function changeBadge(change: Change | undefined): Child {
  if (!change) return null;
  const { ratio, confidence } = change;
  if (ratio === undefined) return null;
  const clear = confidence === 'clear';
  const kind = !clear ? 'even' : ratio > 0 ? 'worse' : 'better';
  const why = confidence === 'too_few_devices' ? t('tooFew') : clear ? '' : t('withinChance');
  return h('span', { class: `change ${kind}`, title: [t('perDevice'), why].filter(Boolean).join(' · ') }, changeText(ratio), why && h('small', null, why));
}

export function badge(text: string, kind = 'quiet'): HTMLElement {
  return h('span', { class: `badge ${kind}` }, text);
}

/** `new` and `back`, and the reasons of an overview. */
export function reasonBadge(why: string | undefined): Child {
  if (!why) return null;
  const kinds: Record<string, string> = { new: 'new', back: 'back', rising: 'worse', falling: 'better', only_a: 'new', only_b: 'quiet', worse: 'worse', better: 'better' };
  const texts: Record<string, string> = { only_a: t('onlyA'), only_b: t('onlyB'), worse: t('worse'), better: t('better') };
  return badge(texts[why] ?? t.word(why), kinds[why] ?? 'quiet');
}

export interface Rate {
  affected?: number;
  active?: number;
  rate?: number;
}

/** Labelled bars of rates on one scale. */
export function rateBars(rows: { label: Child; rate: Rate | undefined; color?: string; after?: Child }[]): HTMLElement {
  const top = Math.max(...rows.map((row) => row.rate?.rate ?? 0), 1e-12);
  return h(
    'dl',
    { class: 'rate-bars' },
    rows.map(({ label, rate, color, after }) => [
      h('dt', null, label),
      h('dd', null, bar((rate?.rate ?? 0) / top, color), h('b', null, percent(rate?.rate)), after),
    ]),
  );
}
