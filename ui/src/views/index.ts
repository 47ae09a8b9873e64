// Which view draws the answer of which tool.

import type { View } from '../page';
import { breakdown } from './breakdown';
import { call, calls } from './calls';
import { compare } from './compare';
import { crash, readCrash } from './crash';
import { crashes } from './crashes';
import { generic } from './generic';
import { inspection } from './inspection';
import { investigate } from './investigate';
import { issue, issueTrend } from './issue';
import { issues } from './issues';
import { overview } from './overview';
import { player } from './player';
import { push } from './push';
import { sameCrash } from './same';
import { minutes, trend } from './trend';

/** By tool, without the prefix that most names have. */
const VIEWS: Record<string, View> = {
  report_overview: overview,
  compare: compare,
  rank_issues: issues,
  find_same_crash: sameCrash,
  find_player: player,
  report_inspection: inspection,
  get_issue_breakdown: breakdown,
  investigate_change: investigate,
  list_top_issues: issues,
  list_hourly_top_issues: issues,
  search_issues: issues,
  search_stacks: issues,
  get_issue: issue,
  get_issue_trend: issueTrend,
  get_crash: crash,
  get_last_crash: crash,
  read_crash: readCrash,
  list_issue_crashes: crashes,
  search_crashes: crashes,
  get_daily_trend: trend,
  get_hourly_trend: trend,
  get_advanced_trend: trend,
  get_cumulative_trend: trend,
  get_cumulative_trend_basic: trend,
  get_hourly_trend_basic: trend,
  get_minute_trend: minutes,
  agora_get_live_experience: calls,
  agora_get_live_network: calls,
  agora_get_live_scale: calls,
  agora_get_call: call,
  getui_get_push_report: push,
  getui_get_daily_push_report: push,
  getui_get_task_group_report: push,
  getui_get_push_losses: push,
};

export function viewOf(tool: string): View {
  const name = tool.replace(/^crashsight_/, '');
  return Object.hasOwn(VIEWS, name) ? VIEWS[name]! : generic;
}
