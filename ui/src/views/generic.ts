// Any answer at all: facts, tables and trees, by the shape of the data.

import { seriesChart } from '../charts/series';
import { dataTable, type Column } from '../charts/table';
import { h, type Child } from '../dom';
import { bytes, compact, count, duration, percent, time, wall, words } from '../format';
import type { Page } from '../page';
import { t } from '../text';
import { crashName, facts, section, view } from './parts';

type Data = string | number | boolean | null | undefined | Data[] | { [name: string]: Data };
type Record_ = { [name: string]: Data };

const isRecord = (value: Data): value is Record_ => typeof value === 'object' && value !== null && !Array.isArray(value);
/** An object of a few plain values fits into a cell. */
const isSmall = (value: Record_) => Object.keys(value).length <= 4 && Object.values(value).every((field) => typeof field !== 'object');
/** What costs nothing to leave out. */
const HIDDEN = new Set(['cost', 'console_url', 'offset', 'of_other_issues']);

/** Fields whose values are words of the server. */
const WORDS = new Set(['kind', 'state', 'issue_state', 'status', 'judgement', 'mark', 'activity', 'platform', 'found_in']);

export function generic(answer: Data, page: Page): HTMLElement {
  return view(draw(answer, page, 0));
}

function draw(value: Data, page: Page, depth: number): Child {
  if (Array.isArray(value)) return list(value, '', page);
  if (!isRecord(value)) return h('p', null, scalar('', value));
  const entries = Object.entries(value).filter(([name, field]) => field !== undefined && field !== null && !HIDDEN.has(name));
  const plain = entries.filter(([, field]) => !isLarge(field));
  const large = entries.filter(([, field]) => isLarge(field) && !(Array.isArray(field) && field.length === 0));
  const empty = entries.filter(([, field]) => Array.isArray(field) && field.length === 0);
  return [
    facts(plain.map(([name, field]) => [words(name), cell(name, field)])),
    large.map(([name, field]) => section(depth + plain.length === 0 && large.length === 1 ? null : words(name), depth > 4 ? h('pre', { class: 'reply' }, JSON.stringify(field, null, 1)) : Array.isArray(field) ? list(field, name, page, value) : draw(field, page, depth + 1))),
    plain.length + large.length === 0 && h('p', { class: 'empty' }, empty.length > 0 ? `${words(empty[0]![0])}: ${t('nothing')}` : t('nothing')),
  ];
}

const isLarge = (field: Data) => (Array.isArray(field) ? !field.every((item) => typeof item !== 'object') || field.length > 8 || field.length === 0 : isRecord(field) && !isSmall(field));

function list(items: Data[], name: string, page: Page, around: Record_ = {}): Child {
  if (items.length === 0) return h('p', { class: 'empty' }, t('nothing'));
  if (!items.some(isRecord)) return h('ul', { class: 'plain' }, items.map((item) => h('li', null, scalar(name, item))));
  const rows = items.filter(isRecord);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((field) => !HIDDEN.has(field) && !field.endsWith('_code'))
    // A fact above the table is not repeated in each of its rows.
    .filter((field) => around[field] === undefined || typeof around[field] === 'object' || rows.some((row) => row[field] !== around[field]));
  const used = names.filter((field) => rows.some((row) => { const value = row[field]; return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0); }));
  // An exception with its message and frame is one name, in the row or in the issue that the row has.
  const named = (row: Record_) => (isRecord(row['issue']) ? row['issue'] : row);
  const isNamed = rows.some((row) => typeof named(row)['exception'] === 'string');
  const parts = isNamed ? ['exception', 'message', 'key_stack', ...(rows.some((row) => isRecord(row['issue'])) ? ['issue'] : [])] : [];
  const naming: Column<Record_>[] = isNamed ? [{ label: t('exception'), class: 'grow name', cell: (row) => crashName(named(row) as { exception?: string }) }] : [];
  const columns = used.filter((field) => !parts.includes(field)).map((field): Column<Record_> => {
    const all = (type: string) => rows.every((row) => row[field] === undefined || typeof row[field] === type);
    const numeric = all('number');
    return {
      label: words(field),
      number: numeric,
      class: numeric || all('boolean') ? undefined : 'clip',
      cell: (row) => cell(field, row[field]),
      sort: (row) => { const value = row[field]; return typeof value === 'number' || typeof value === 'string' ? value : undefined; },
    };
  });
  const chart = timeChart(rows, used, name);
  // A chart has a table of its own two columns.
  if (chart && used.length === 2) return chart;
  return [chart, dataTable({ label: words(name), rows, columns: [...naming, ...columns], first: 50, cards: naming.length + columns.length > 3, open: (row) => opener(row, page) })];
}

/** Rows that are moments with a number each are a course: drawn above their table. */
function timeChart(rows: Record_[], fields: string[], name: string): Child {
  const at = fields.find((field) => rows.every((row) => typeof row[field] === 'string' && wall(row[field]) !== undefined));
  const numbers = fields.filter((field) => field !== 'rank' && rows.every((row) => typeof row[field] === 'number'));
  const [shown] = numbers;
  if (!at || !shown || rows.length < 5 || fields.length > 4) return null;
  const times = rows.map((row) => wall(row[at] as string)!);
  if (times.some((time, index) => index > 0 && time <= times[index - 1]!)) return null;
  return seriesChart({
    label: `${words(name)} · ${words(shown)}`,
    times,
    lines: [{ label: words(shown), color: 'series-2', shape: 'line', values: rows.map((row) => row[shown] as number) }],
    hours: rows.some((row) => (row[at] as string).includes('T')),
    value: count,
    axis: compact,
  });
}

/** A row that names something opens it. */
function opener(row: Record_, page: Page): (() => void) | undefined {
  if (!page.can.call) return undefined;
  const { crash, call } = row;
  const issue = isRecord(row['issue']) ? row['issue']['issue'] : row['issue'];
  const project = typeof row['project'] === 'string' ? { project: row['project'] } : {};
  if (typeof crash === 'string') return () => page.open('crashsight_get_crash', { ...project, crash });
  if (typeof issue === 'string') return () => page.open('crashsight_get_issue', { ...project, issue });
  if (typeof call === 'string' && page.data.tool.startsWith('agora_')) return () => page.open('agora_get_call', { call });
  return undefined;
}

function cell(name: string, value: Data): Child {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) return value.map((item) => String(item)).join(', ');
    return value.map((item) => Object.values(item as Record_).find((field) => typeof field === 'string') as string).filter(Boolean).join(', ') || count(value.length);
  }
  if (isRecord(value)) {
    if ('affected' in value && typeof value['rate'] === 'number') return `${percent(value['rate'])} (${count(value['affected'] as number)})`;
    return Object.entries(value).filter(([field]) => !field.endsWith('_code')).map(([field, item]) => h('span', { class: 'line' }, h('small', null, `${words(field)} `), scalar(field, item)));
  }
  return scalar(name, value);
}

function scalar(name: string, value: Data): Child {
  switch (typeof value) {
    case 'number':
      if (name.endsWith('_bytes')) return bytes(value);
      if (name.endsWith('_s')) return duration(value);
      if (/(^|_)(rate|ratio|share)$/.test(name)) return percent(value);
      if (name.endsWith('_code')) return String(value);
      return count(value);
    case 'boolean':
      return value ? '✓' : '–';
    case 'string':
      if (/^[0-9A-Fa-f-]{32,36}$/.test(value)) return h('code', { class: 'hash', title: value }, value);
      return /^\d{4}-\d\d-\d\d(T|$)/.test(value) ? time(value) : WORDS.has(name) ? t.word(value) : value;
    default:
      return '–';
  }
}
