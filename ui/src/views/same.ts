// Where else a crash is known: what was looked for, and the issues that are the same, surely or probably.

import { badge, bar } from '../charts/marks';
import { dataTable } from '../charts/table';
import { h, type Child } from '../dom';
import { count, percent, time } from '../format';
import type { Answer, Page } from '../page';
import { t } from '../text';
import { crashName, section, stat, versionSpan, view } from './parts';
import { stackLines } from './stack';

type Same = Answer<'crashsight_find_same_crash'>;
type Candidate = Same['candidates'][number];

const VERDICTS: Record<string, string> = { same: 'worse', probably: 'back' };

export function sameCrash(answer: Same, page: Page): HTMLElement {
  const { looked_for: wanted, candidates, searched } = answer;
  const close = candidates.filter((row) => row.verdict !== 'not');
  const projects = new Set(close.map((row) => row.project)).size;
  return view(
    section(
      [t('lookedFor'), ' ', wanted.exception && badge(wanted.exception)],
      wanted.frames.length > 0 && stackLines(wanted.frames.map((text, index) => ({ text, index, own: wanted.own_code }))),
    ),
    h('div', { class: 'stats' }, stat(t('issues'), count(close.length), t('found', { n: count(projects) }))),
    section(t('candidates'), candidateTable(candidates, page)),
    searched.length > 0 &&
      h(
        'details',
        { class: 'part' },
        h('summary', null, `${t('searched')} (${searched.length})`),
        dataTable({
          label: t('searched'),
          rows: searched,
          columns: [
            { label: t('projects'), cell: (row) => row.project, sort: (row) => row.project },
            { label: t('text'), class: 'grow break', cell: (row) => h('code', null, row.text) },
            { label: t('issues'), number: true, cell: (row) => count(row.matching), sort: (row) => row.matching },
          ],
        }),
      ),
  );
}

function candidateTable(rows: Candidate[], page: Page): HTMLElement {
  const verdict = (row: Candidate): Child => [badge(t.word(row.verdict), VERDICTS[row.verdict] ?? 'quiet'), row.is_given && [' ', badge(t('given'))]];
  const first = ({ issue }: Candidate) => (issue.versions ?? []).map((one) => one.first_report_at).filter((at) => at !== undefined).sort()[0];
  return dataTable({
    label: t('candidates'),
    rows,
    open: (row) => (page.can.call && row.issue.issue ? () => page.open('crashsight_get_issue', { project: row.project, issue: row.issue.issue }) : undefined),
    columns: [
      { label: t('issue'), class: 'grow', cell: (row) => [h('span', { class: 'above' }, row.project), crashName(row.issue, verdict(row))], sort: (row) => row.project },
      { label: t('similarity'), class: 'share', cell: (row) => [percent(row.similarity, 2), bar(row.similarity, 'series-3')], sort: (row) => row.similarity },
      { label: t('devices'), number: true, cell: ({ issue }) => count(issue.devices), sort: ({ issue }) => issue.devices },
      { label: t('state'), wide: true, class: 'nowrap', cell: ({ issue }) => issue.state && t.word(issue.state), sort: ({ issue }) => issue.state },
      { label: t('versions'), wide: true, class: 'nowrap', cell: ({ issue }) => versionSpan(issue.versions) },
      { label: t('firstSeen'), wide: true, class: 'nowrap', cell: (row) => time(first(row)).slice(0, 10), sort: first },
    ],
  });
}
