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

const VIEWS: Record<string, View> = {
  crashsight_report_overview: overview,
  crashsight_compare: compare,
  crashsight_rank_issues: issues,
  crashsight_find_same_crash: sameCrash,
  crashsight_find_player: player,
  crashsight_report_inspection: inspection,
  crashsight_get_issue_breakdown: breakdown,
  crashsight_investigate_change: investigate,
  crashsight_list_top_issues: issues,
  crashsight_list_hourly_top_issues: issues,
  crashsight_search_issues: issues,
  crashsight_search_stacks: issues,
  crashsight_get_issue: issue,
  crashsight_get_issue_trend: issueTrend,
  crashsight_get_crash: crash,
  crashsight_get_last_crash: crash,
  crashsight_read_crash: readCrash,
  crashsight_list_issue_crashes: crashes,
  crashsight_search_crashes: crashes,
  crashsight_get_daily_trend: trend,
  crashsight_get_hourly_trend: trend,
  crashsight_get_advanced_trend: trend,
  crashsight_get_cumulative_trend: trend,
  crashsight_get_cumulative_trend_basic: trend,
  crashsight_get_hourly_trend_basic: trend,
  crashsight_get_minute_trend: minutes,
  agora_get_live_experience: calls,
  agora_get_live_network: calls,
  agora_get_live_scale: calls,
  agora_get_call: call,
  getui_get_push_report: push,
  getui_get_daily_push_report: push,
  getui_get_task_group_report: push,
  getui_get_push_losses: push,
};

export const viewOf = (tool: string): View => (Object.hasOwn(VIEWS, tool) ? VIEWS[tool]! : generic);
