// A crash report: what broke, its stack, its threads and locks, its log, its keys. Also any part of one, in full.

import { badge } from '../charts/marks';
import { dataTable } from '../charts/table';
import { h, type Child } from '../dom';
import { bytes, count, duration, time, words } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { lockChain } from './locks';
import { logLines } from './log';
import { actions, facts, opens, section, view } from './parts';
import { stackLines, type StackLine } from './stack';

type Crash = Answer<'crashsight_get_crash'> & { issue?: string };
type Report = NonNullable<Crash['report']>;
type Contents = NonNullable<Crash['contents']>;

export function crash(answer: Crash, page: Page): HTMLElement {
  const { report, stack, contents, crash: id } = answer;
  if (!answer.found || !report) return h('p', { class: 'empty' }, t('nothing'));
  const part = (name: string) => () => page.open('crashsight_read_crash', { crash: id, section: name });
  const reads = page.can.call && id !== undefined;
  const issue = report.issue ?? answer.issue;
  const { exception } = report;
  return view(
    h(
      'div',
      { class: 'crash-head' },
      h('h2', null, exception.name ?? t('exception'), ' ', exception.kind && badge(t.phrase(exception.kind))),
      exception.message && h('p', { class: 'message' }, exception.message),
      [...exception.facts, ...exception.causes].map((line) => h('p', { class: 'message' }, line)),
      id && h('p', { class: 'id' }, id),
    ),
    reportFacts(report),
    actions(
      id !== undefined && !contents && opens(page, t('wholeReport'), 'crashsight_get_crash', { crash: id }),
      issue && opens(page, t('issue'), 'crashsight_get_issue', { issue }),
      issue && opens(page, t('inCommon'), 'crashsight_get_issue_breakdown', { issue }),
      reads && h('button', { click: part('device') }, t('device')),
    ),
    contents && contents.waits.length > 0 && section(t('lockChain'), lockChain(contents.waits)),
    stack && stackSection(stack, answer.missing_symbols, reads ? id : undefined, page),
    contents && crashContents(contents, id, page),
  );
}

/** Threads, logs and keys beside the stack. */
export function crashContents(contents: Contents, id: string | undefined, page: Page, project?: string): Child {
  const reads = page.can.call && id !== undefined;
  const part = (name: string) => () => page.open('crashsight_read_crash', { ...(project ? { project } : {}), crash: id, section: name });
  return [
    contents.thread_groups.length > 0 && section([t('threads'), ' ', h('small', null, count(contents.threads))], threads(contents, reads ? (index) => part(`thread:${index}`) : undefined)),
    contents.logs.map((log) =>
      section(
        [t('log'), ' ', h('small', null, log.name)],
        h('p', { class: 'hint' }, t('logCounts', { lines: count(log.lines), errors: count(log.errors), warnings: count(log.warnings) })),
        log.excerpt.length > 0 && logLines(log.excerpt),
        reads && actions(h('button', { click: part(`log:${log.index}`) }, t('wholeLog'))),
      ),
    ),
    contents.custom_keys.length > 0 && section(t('keys'), facts(contents.custom_keys.map((key) => [key.name, key.value]))),
  ];
}

function reportFacts(report: Report): Child {
  const { device } = report;
  const pair = (free?: number, all?: number) =>
    free !== undefined && all !== undefined ? t('memoryFree', { free: bytes(free), all: bytes(all) }) : undefined;
  const launch = report.after_launch_s !== undefined && h('small', { class: 'below' }, t('afterLaunch', { time: duration(report.after_launch_s) }));
  return facts([
    [t('crashedAt'), report.crashed_at && [time(report.crashed_at, true), launch]],
    [t('version'), [report.version, report.build].filter(Boolean).join(' · ')],
    [words('model'), [device.brand, device.model].filter(Boolean).join(' ')],
    [words('os'), device.os],
    [words('cpu_name'), [device.cpu_name, device.cpu_name && device.cpu_type && ' · ', device.cpu_type && h('span', { class: 'one' }, device.cpu_type)].filter(Boolean)],
    [words('gpu'), device.gpu],
    [words('memory'), pair(device.free_memory_bytes, device.memory_bytes)],
    [words('storage'), pair(device.free_storage_bytes, device.storage_bytes)],
    [words('thread'), report.thread],
    [words('user'), report.user],
    [words('country'), report.country],
    [words('battery'), device.battery_percent !== undefined && `${count(device.battery_percent)} %`],
  ]);
}

function stackSection(stack: NonNullable<Crash['stack']>, symbols: Crash['missing_symbols'], id: string | undefined, page: Page): HTMLElement {
  const holder = h('div', null);
  const unfold = async () => {
    const got = await page.fetch('crashsight_read_crash', { crash: id, section: 'stack' });
    const lines = got.answer.part?.texts[0]?.lines ?? [];
    holder.replaceChildren(stackLines(lines.map((line): StackLine => ({ ...line, kind: 'frame', index: line.number - 1 }))));
  };
  const press = id === undefined ? undefined : () => void unfold().catch((error: Error) => holder.append(h('p', { class: 'failed', role: 'alert' }, error.message)));
  holder.append(stack.lines.length > 0 ? stackLines(stack.lines, press) : h('pre', { class: 'reply' }, stack.text.join('\n')));
  const folded = stack.lines.some((line) => line.kind === 'fold' || line.kind === 'repeat');
  return section(
    [t('stack'), ' ', h('small', null, `${t.phrase(stack.format)} · ${t('frames', { n: stack.frames })}`)],
    h('p', { class: 'hint' }, t.phrase(stack.symbols)),
    holder,
    folded && press && actions(h('button', { click: press }, t('fullStack'))),
    stack.related.map((other) => [h('h3', null, [t.phrase(other.kind), other.thread].filter(Boolean).join(' ')), stackLines(other.lines)]),
    symbols && symbols.modules.length > 0 && facts(symbols.modules.map((module) => [module.module, [module.build_id, t('frames', { n: module.frames })].filter(Boolean).join(' · ')])),
  );
}

function threads(contents: Contents, open?: (index: number) => () => void): HTMLElement {
  return dataTable({
    label: t('threads'),
    rows: contents.thread_groups,
    first: 8,
    open: (group) => open?.(group.first_index),
    columns: [
      { label: t('name'), cell: (group) => [group.names, group.names.includes(', ') && h('small', { class: 'below' }, t('sameStack', { n: group.threads }))] },
      { label: t('state'), cell: (group) => badge(t.word(group.activity), group.activity.includes('lock') ? 'worse' : 'quiet') },
      { label: t('stack'), wide: true, class: 'grow', cell: (group) => group.at && h('code', { class: group.own ? 'own' : null }, group.at) },
    ],
  });
}

type Read = Answer<'crashsight_read_crash'>;

export function readCrash(answer: Read, page: Page): HTMLElement {
  const { part, crash: id } = answer;
  if (!part) return h('p', { class: 'empty' }, t('nothing'));
  const open = (name: string) => (page.can.call ? () => page.open('crashsight_read_crash', { crash: id, section: name }) : undefined);
  const earlier = (text: (typeof part.texts)[number]) => {
    const from = text.lines[0]?.number ?? 1;
    const name = page.args['section'];
    if (from <= 1 || !page.can.call || typeof name !== 'string') return null;
    const lines = `${Math.max(1, from - 200)}..${from - 1}`;
    return actions(h('button', { click: () => page.open('crashsight_read_crash', { crash: id, section: name, lines }) }, t('earlier')));
  };
  return view(
    id && h('p', { class: 'id' }, id),
    part.texts.map((text) => {
      const { lines } = text;
      const place = t('lines', { from: lines[0]?.number ?? 0, to: lines.at(-1)?.number ?? 0, total: text.lines_total ?? lines.length });
      const stack = lines.some((line) => line.own !== undefined);
      return section(
        [t(text.kind === 'log' ? 'log' : text.kind === 'keys' ? 'keys' : stack ? 'stack' : 'text'), ' ', h('small', null, text.name)],
        h('p', { class: 'hint' }, place),
        text.kind === 'log' && earlier(text),
        stack ? stackLines(lines.map((line) => ({ ...line, index: line.number - 1 }))) : logLines(lines),
      );
    }),
    part.threads.length > 0 &&
      section(
        t('threads'),
        dataTable({
          label: t('threads'),
          rows: part.threads,
          open: (row) => open(`thread:${row.index}`),
          columns: [
            { label: t('name'), cell: (row) => [row.name, ' ', row.crashed && badge(t('crashed'), 'worse')], sort: (row) => row.name },
            { label: t('state'), cell: (row) => row.activity && badge(t.word(row.activity), row.activity.includes('lock') ? 'worse' : 'quiet'), sort: (row) => row.activity },
            { label: t('stack'), wide: true, class: 'grow', cell: (row) => row.at && h('code', null, row.at) },
            { label: words('frames'), number: true, wide: true, cell: (row) => count(row.frames), sort: (row) => row.frames },
          ],
        }),
      ),
    part.files.length > 0 &&
      section(
        words('files'),
        dataTable({
          label: words('files'),
          rows: part.files,
          open: (row) => (part.kind === 'logs' ? open(`log:${row.index}`) : part.kind === 'files' ? open(`file:${row.index}`) : open(`attachment:${row.index}`)),
          columns: [
            { label: t('name'), class: 'grow', cell: (row) => row.name, sort: (row) => row.name },
            { label: words('kind'), wide: true, cell: (row) => row.holds, sort: (row) => row.holds },
            { label: words('size'), number: true, cell: (row) => (row.size_bytes === undefined ? '–' : bytes(row.size_bytes)), sort: (row) => row.size_bytes },
            { label: words('lines'), number: true, cell: (row) => count(row.lines), sort: (row) => row.lines },
          ],
        }),
      ),
    part.fields.length > 0 &&
      section(t('device'), dataTable({ label: t('device'), rows: part.fields, columns: [{ label: t('field'), cell: (row) => row.name, sort: (row) => row.name }, { label: t('value'), class: 'grow break', cell: (row) => String(row.value) }] })),
  );
}
