// Calls whose answers the tests and screenshots draw: all from the simulator behind `--demo`.

const PUSH = 'RASL_season7_3f9c2a7b51d04e86';

/** Each case as `[name, tool, arguments]`; ids are taken from answers, as a user would. */
export async function cases(ask) {
  const top = (await ask('crashsight_list_top_issues')).answer.issues;
  const issue = top[0].issue;
  const anrIssue = (await ask('crashsight_list_top_issues', { kind: 'anr' })).answer.issues[0].issue;
  const newest = async (of) => (await ask('crashsight_get_last_crash', { issue: of })).answer.crash;
  const crash = await newest(issue);
  const user = (await ask('crashsight_list_most_reporting_users')).answer.users[0].user;
  const call = (await ask('agora_search_calls')).answer.calls[0].call;
  return [
    // First: when few calls are left, it does without its issues.
    ['investigate', 'crashsight_investigate_change', {}],
    ['overview', 'crashsight_report_overview', {}],
    ['overview-week', 'crashsight_report_overview', { window: '7d' }],
    ['overview-version', 'crashsight_report_overview', { versions: ['3.7.0'] }],
    ['daily', 'crashsight_get_daily_trend', {}],
    ['hourly', 'crashsight_get_hourly_trend', {}],
    ['rank', 'crashsight_rank_issues', {}],
    ['same-crash', 'crashsight_find_same_crash', { issue }],
    ['inspection', 'crashsight_report_inspection', { limit: 40 }],
    ['inspection-filed', 'crashsight_report_inspection', { tickets: 'filed', limit: 40 }],
    ['player', 'crashsight_find_player', { user: [user] }],
    ['minutes', 'crashsight_get_minute_trend', {}],
    ['top', 'crashsight_list_top_issues', {}],
    ['hour-top', 'crashsight_list_hourly_top_issues', {}],
    ['search', 'crashsight_search_issues', {}],
    ['compare', 'crashsight_compare', { a: '3.7.0', b: '3.6.2' }],
    ['compare-weeks', 'crashsight_compare', { a: 'this_week', b: 'last_week' }],
    ['investigate-issue', 'crashsight_investigate_change', { issue }],
    ['issue', 'crashsight_get_issue', { issue }],
    ['issue-old', 'crashsight_get_issue', { issue: top[1].issue }],
    ['issue-trend', 'crashsight_get_issue_trend', { issues: [issue, top[1].issue] }],
    ['breakdown', 'crashsight_get_issue_breakdown', { issue }],
    ['crash', 'crashsight_get_crash', { crash }],
    ['crash-anr', 'crashsight_get_crash', { crash: await newest(anrIssue) }],
    ['crash-newest', 'crashsight_get_last_crash', { issue }],
    ['read-stack', 'crashsight_read_crash', { crash, section: 'stack' }],
    ['read-threads', 'crashsight_read_crash', { crash, section: 'threads' }],
    ['read-log', 'crashsight_read_crash', { crash, section: 'log:0' }],
    ['read-device', 'crashsight_read_crash', { crash, section: 'device' }],
    ['call-quality', 'agora_get_live_experience', {}],
    ['call', 'agora_get_call', { call }],
    ['push', 'getui_get_push_report', { tasks: [PUSH], by_brand: true }],
    ['push-losses', 'getui_get_push_losses', { tasks: [PUSH] }],
    ['push-day', 'getui_get_daily_push_report', {}],
    ['projects', 'crashsight_list_projects', {}],
    ['crashes', 'crashsight_list_issue_crashes', { issue }],
    ['crash-search', 'crashsight_search_crashes', {}],
    ['players', 'crashsight_list_most_reporting_users', {}],
    ['online', 'getui_get_online_users', {}],
  ];
}

/** The answers of all cases: `[name, arguments, result]`. */
export async function answers(stage) {
  const ask = async (tool, args) => (await stage.answer(tool, args)).structuredContent;
  const drawn = [];
  for (const [name, tool, args] of await cases(ask)) drawn.push([name, args, await stage.answer(tool, args)]);
  return drawn;
}

/** A copy with every text and number replaced. */
export function replaced(value, leaf, name = '') {
  if (Array.isArray(value)) return value.map((item) => replaced(item, leaf, name));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, key === 'tool' ? field : replaced(field, leaf, key)]));
  return leaf(value, name);
}

/** What a user does next in the view of a case, each drawn on its own: `[case, what it shows, act]`. */
export const STEPS = [
  ['top', 'courses', async (frame) => {
    await frame.locator('.view > div > .actions button').click();
    await frame.waitForSelector('.sparkline');
  }],
  ['daily', 'compared', async (frame) => {
    await frame.locator('.chips button').first().click();
    await frame.locator('.chip').first().click();
    await frame.waitForFunction(() => document.querySelectorAll('.readout .value').length === 2);
    await frame.locator('.chip').nth(1).click();
    await frame.waitForFunction(() => document.querySelectorAll('.readout .value').length === 3);
    await frame.locator('.chips button').last().click();
    await frame.waitForFunction(() => document.querySelectorAll('.mark-list li').length > 3);
  }],
  ['daily', 'picked', async (frame) => {
    await frame.focus('.canvas');
    for (const key of ['Home', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight']) await frame.press('.canvas', key);
  }],
  ['crash', 'unfolded', async (frame) => {
    await frame.locator('.stack .fold button').first().click();
    await frame.waitForFunction(() => !document.querySelector('.stack .fold'));
  }],
  ['hourly', 'table', (frame) => frame.click('.as-table summary')],
  ['breakdown', 'all', (frame) => frame.click('details.part summary')],
];
