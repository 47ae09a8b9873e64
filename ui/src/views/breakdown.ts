// What the reports of an issue have in common: shares here beside shares in all crashes.

import { bar } from '../charts/marks';
import { h, type Child } from '../dom';
import { count, percent } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { actions, crashName, facts, opens, section, view } from './parts';

type Breakdown = Answer<'crashsight_get_issue_breakdown'>;
type Share = Breakdown['shares'][number];

export function breakdown(answer: Breakdown, page: Page): HTMLElement {
  const common = answer.shares.filter((share) => share.common);
  const others = answer.shares.filter((share) => !share.common);
  const lifted = others.filter(isLifted);
  const rest = others.filter((share) => !isLifted(share));
  return view(
    h('div', { class: 'crash-head' }, h('h2', null, crashName({ ...answer, key_stack: answer.fault_frame })), h('p', { class: 'id' }, answer.issue)),
    h('p', { class: 'hint' }, t('sample', { reports: count(answer.reports), matching: count(answer.matching ?? answer.reports), devices: count(answer.devices) })),
    common.length > 0 && section([t('commonTo'), legend()], shares(common)),
    lifted.length > 0 && section(t('moreFrequent'), shares(lifted)),
    rest.length > 0 && h('details', { class: 'part' }, h('summary', null, `${t('otherShares')} (${rest.length})`), shares(rest)),
    answer.other_keys.length > 0 && section(t('keys'), facts(answer.other_keys.map((key) => [key.key, values(key)]))),
    actions(opens(page, t('newestCrash'), 'crashsight_get_last_crash', { issue: answer.issue }), opens(page, t('issue'), 'crashsight_get_issue', { issue: answer.issue })),
  );
}

/** The frequent values of a custom key, or the span of its numbers; nothing for ids of single reports. */
const values = ({ range, values }: Breakdown['other_keys'][number]): string =>
  range ? range.join(' – ') : values.map((one) => (one.documents > 1 ? `${one.value} ×${one.documents}` : one.value)).join(', ');

/** More frequent here than in all crashes, by more than chance. */
const isLifted = (share: Share) => share.confidence === 'clear' && (share.lift ?? 0) > 1;

/** Fields whose values are words of the server. */
const WORDED = new Set(['app', 'after launch', 'emulator', 'memory', 'free memory']);

const legend = (): Child =>
  h('span', { class: 'legend' }, h('i', { class: 'swatch', style: '--swatch: var(--accent)', 'aria-hidden': 'true' }), t('here'), ' ', h('i', { class: 'tick', 'aria-hidden': 'true' }), t('inAll'));

/** A field of a report, or a custom key by its name. */
const field = (name: string) => (name.startsWith('key ') ? `${t.word('key')} ${name.slice(4)}` : t.word(name));

function shares(rows: Share[]): HTMLElement {
  return h(
    'ul',
    { class: 'shares' },
    rows.map((share) => {
      const strong = share.common || isLifted(share);
      return h(
        'li',
        null,
        h('span', { class: 'share-name' }, h('small', null, field(share.field)), h('b', null, WORDED.has(share.field) ? t.phrase(share.value) : share.value)),
        bar(share.ratio, strong ? 'accent' : 'before', share.in_all?.ratio),
        h('span', { class: 'share-value' }, percent(share.ratio, 2), h('small', null, t('of', { part: count(share.count), whole: count(share.of) }))),
        h('span', { class: 'lift' }, share.lift !== undefined && `×${share.lift}`, share.in_all && h('small', null, t('shareInAll', { share: percent(share.in_all.ratio, 2) }))),
      );
    }),
  );
}
