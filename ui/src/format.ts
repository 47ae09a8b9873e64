// Numbers, times and durations for people. Times stay in the zone that the answer gives them in.

import { t, tag } from './text';

const formats = new Map<string, Intl.NumberFormat>();

/**
 * A number in the reader's language. Making a format costs more than using it: each is made once.
 * Of a number that is no longer exact (beyond 2^53) the size is written, not digits that were never sent.
 */
function number(value: number, most: number, least = 0, notation: 'standard' | 'compact' | 'scientific' = 'standard'): string {
  if (!Number.isFinite(value)) return '–';
  const kind = Math.abs(value) > Number.MAX_SAFE_INTEGER ? 'scientific' : notation;
  const key = [tag(), most, least, kind].join();
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(tag(), { minimumFractionDigits: least, maximumFractionDigits: most, notation: kind })));
  return format.format(value);
}

let collator: Intl.Collator | undefined;

/** Orders texts, versions by their numbers. */
export const byNumber = (a: string, b: string): number => (collator ??= new Intl.Collator(undefined, { numeric: true })).compare(a, b);

/** `412,031`; a value and its unit stay in one line. */
export const count = (value: number | undefined): string => (value === undefined ? '–' : number(value, 1));

/** `412 k`, for axes. */
export const compact = (value: number): string => number(value, 1, 0, 'compact');

/** A part of one as per cent with three significant digits: `0.476 %`. */
export function percent(ratio: number | undefined, digits = 3): string {
  if (ratio === undefined || !Number.isFinite(ratio)) return '–';
  const value = ratio * 100;
  if (value === 0) return '0\u00a0%';
  const places = Math.max(0, Math.min(6, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
  return `${number(value, places, places)}\u00a0%`;
}

/** `×13`, `+53 %`, `−22 %` */
export function change(ratio: number): string {
  if (ratio >= 2) return times(ratio + 1);
  const value = Math.round(Math.abs(ratio) * 1000) / 10;
  return `${ratio < 0 ? '−' : '+'}${number(value, value < 10 ? 1 : 0)}\u00a0%`;
}

/** `2.3 GB` */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let index = 0;
  let amount = value;
  while (Math.abs(amount) >= 1024 && index < units.length - 1) {
    amount /= 1024;
    index += 1;
  }
  const digits = amount < 10 && index > 0 ? 1 : 0;
  return `${number(amount, digits)}\u00a0${units[index]}`;
}

/** `38 min`, `2 h 5 min`, `38 分钟` */
export function duration(seconds: number): string {
  const part = (n: number, unit: 'day' | 'hour' | 'minute' | 'second') => `${number(n, 1)}\u00a0${t(unit)}`;
  const whole = Math.round(Math.abs(seconds));
  if (whole < 60) return part(Math.abs(seconds) < 10 ? Math.round(Math.abs(seconds) * 10) / 10 : whole, 'second');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return part(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return part(Math.floor(hours / 24), 'day');
  return minutes % 60 === 0 ? part(hours, 'hour') : `${part(hours, 'hour')} ${part(minutes % 60, 'minute')}`;
}

/** `98 devices`, `98 台设备` */
export const devices = (n: number | undefined): string => t('nDevices', { n: count(n) });

/** How many times as many: `×309`, `×1.4`, `×0.47`. */
export function times(ratio: number): string {
  const digits = ratio >= 10 ? 0 : ratio >= 1 ? 1 : 2;
  return `×${number(ratio, digits)}`;
}

const STAMP = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?$/;

/** Seconds of a wall clock as if it were UTC: the axis then reads in the answer's own zone. */
export function wall(stamp: string): number | undefined {
  const found = STAMP.exec(stamp);
  if (!found) return undefined;
  const part = (index: number) => Number(found[index] ?? 0);
  return Date.UTC(part(1), part(2) - 1, part(3), part(4), part(5), part(6)) / 1000;
}

const two = (value: number) => String(value).padStart(2, '0');

/** `11-28` or `11-28 20:00` of wall seconds. */
export function wallText(seconds: number, withTime: boolean): string {
  const at = new Date(seconds * 1000);
  const day = `${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  return withTime ? `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}` : day;
}

/** `2026-11-28 20:59`, as the answer writes it; anything else unchanged. */
export function time(stamp: string | undefined, precise = false): string {
  if (stamp === undefined) return '–';
  const found = STAMP.exec(stamp);
  if (!found) return stamp;
  const day = `${found[1]}-${found[2]}-${found[3]}`;
  if (found[4] === undefined) return day;
  return `${day} ${found[4]}:${found[5]}${precise ? `:${found[6] ?? '00'}` : ''}`;
}

/** A moment in UTC, read in an offset such as `+08:00`: `20:59`. */
export function clock(stamp: string, offset: string): string {
  const at = Date.parse(stamp);
  const found = /^([+-])(\d\d):(\d\d)$/.exec(offset);
  if (Number.isNaN(at) || !found) return time(stamp);
  const shift = (Number(found[2]) * 60 + Number(found[3])) * 60 * (found[1] === '-' ? -1 : 1);
  return wallText(at / 1000 + shift, true);
}

/** `2026-11-22 – 11-28 +08:00` of a range whose end is the moment after it. */
export function range(from: string, to: string, offset: string): string {
  const [first, end] = [wall(from), wall(to)];
  if (first === undefined || end === undefined) return `${from} – ${to}`;
  const midnight = (seconds: number) => seconds % 86_400 === 0;
  if (midnight(first) && midnight(end)) {
    const last = end - 86_400;
    return last <= first ? `${time(from).slice(0, 10)} ${offset}` : `${time(from).slice(0, 10)} – ${wallText(last, false)} ${offset}`;
  }
  const sameDay = time(from).slice(0, 10) === time(to).slice(0, 10);
  return `${time(from)} – ${sameDay ? time(to).slice(11) : time(to).slice(5)} ${offset}`;
}

/** The offset of a time zone at a moment: `+08:00`. */
export function offsetOf(zone: string | undefined, at: string): string {
  try {
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(new Date(at));
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
    return /[+-]\d\d:\d\d/.exec(name)?.[0] ?? '+00:00';
  } catch {
    return '+00:00';
  }
}

/** The function of a raw frame: `UStarMovement::Tick` of `#00 pc 0a1b libUE4.so UStarMovement::Tick(float) (D:/a.cpp:4)`. */
export function frameName(frame: string | undefined): string {
  if (!frame) return '';
  let text = (frame.split('\n')[0] ?? '').replace(/^#\d+\s+(?:pc\s+)?(?:0x)?[0-9a-fA-F]+\s+\S+\s+/, '').replace(/^\d+\s+(?:\S+!|\S+\s+0x[0-9a-fA-F]+\s+)/, '');
  const end = text.search(/\(| \[|\s\+\s?\d/);
  if (end > 0) text = text.slice(0, end);
  // Without a symbol, its module says most.
  if (text.startsWith('[')) return /[^\s/\\]+\.(?:so|dll|exe|dylib)[^\s/\\]*/.exec(frame)?.[0] ?? frame;
  return text.trim() || frame;
}

/** A field's name as words: `free_memory_bytes` as `Free memory`. */
export function words(name: string): string {
  const known = t.field(name);
  if (known) return known;
  const text = name.replace(/_(bytes|s|ms)$/, '').replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
