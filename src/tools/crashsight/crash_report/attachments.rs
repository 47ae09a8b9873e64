//! What a report carries beside its stack: threads, custom keys, logs.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Report, fenced};
use crate::project::CrashSightApp;
use crate::reply::{Block, Cell, Code, End, Fact, Reply, counted, inline};
use crash_digest::excerpt::Line;
use crash_digest::log::Log;
use crash_digest::threads::{ActivityGroup, StackGroup, ThreadDump};
use crash_digest::wait_graph;

/// Tokens of each part in a reply.
const THREADS: usize = 120;
const KEYS: usize = 250;
const LOG: usize = 170;

/// Logs told, and lines of each.
const MOST_LOGS: usize = 3;
const LOG_LINES: usize = 8;

/// Characters of a key's value, and of a log line.
const VALUE: usize = 80;
const LINE: usize = 120;

impl Report<'_> {
    /// Counts first, which survive any cut; then the parts.
    pub fn tell_files(&self, reply: &mut Reply, target: &CrashSightApp) {
        let (threads, keys, logs) = (self.threads(), self.keys(), self.logs());
        let count = |n: usize| {
            if n == 0 {
                Cell::Missing
            } else {
                Cell::Count(i64::try_from(n).unwrap_or(i64::MAX))
            }
        };
        let lines: usize = logs.iter().map(|log| Log::new(log.text).len()).sum();
        let counts: Vec<Fact> = [
            Fact::new("threads", count(threads.threads.len())),
            Fact::new("log lines", count(lines)),
            Fact::new("custom keys", count(keys.len())),
        ]
        .into_iter()
        .filter(|fact| fact.value != Cell::Missing)
        .collect();
        if counts.is_empty() {
            reply.note("no threads, logs or keys came with this report");
            return;
        }
        reply.push(9, Block::Facts(counts));
        self.tell_threads(reply, target, &threads);
        if !keys.is_empty() {
            let lines: Vec<String> = keys
                .iter()
                .map(|key| format!("{} = {}", inline(key.name, 60), inline(key.value, VALUE)))
                .collect();
            let rest = "crashsight_read_crash with section `keys`";
            reply.push(
                8,
                Block::Code(fenced(
                    "custom keys".to_owned(),
                    &lines,
                    KEYS,
                    End::Head,
                    rest,
                )),
            );
        }
        let crashed = self.crashed_at(&target.account.zone);
        if let Some(more @ 1..) = logs.len().checked_sub(MOST_LOGS) {
            let more = counted(more, "more log");
            reply.note(format!("{more}: crashsight_read_crash with section `logs`"));
        }
        for (index, log) in logs.iter().enumerate().take(MOST_LOGS) {
            reply.push(
                6,
                Block::Code(tell_log(index, log.text, crashed, &target.account.zone)),
            );
        }
    }

    fn tell_threads(&self, reply: &mut Reply, target: &CrashSightApp, dump: &ThreadDump<'_>) {
        if dump.threads.len() < 2 {
            return;
        }
        let mut chains = Vec::new();
        if let Some(chain) = self
            .faulting(dump)
            .filter(|_| self.is_anr())
            .and_then(|at| dump.wait_chain(at))
        {
            chains.extend(chain.describe(dump).lines().map(|line| inline(line, LINE)));
            // Where the last one is: what everybody waits for.
            if let wait_graph::End::Holder(last) = chain.end
                && let Some(thread) = dump.threads.get(last)
                && let Some(key) = thread.stack().key_frame(&self.rules(target))
            {
                let lines = thread.stack().select(&self.rules(target), 1);
                chains.extend(lines.into_iter().find_map(|line| match line {
                    Line::Frame { index, text, .. } if index == key => {
                        Some(format!("  at {}", inline(&text, LINE)))
                    }
                    _ => None,
                }));
            }
        }
        for deadlock in dump.deadlocks() {
            let lines: Vec<String> = deadlock
                .describe(dump)
                .lines()
                .map(|line| inline(line, LINE))
                .collect();
            if !lines.iter().all(|line| chains.contains(line)) {
                chains.extend(lines);
            }
        }
        if !chains.is_empty() {
            let rest = "crashsight_read_crash with section `threads`";
            reply.push(
                8,
                Block::Code(fenced(
                    "who waits for whom, [index] name(id)".to_owned(),
                    &chains,
                    220,
                    End::Head,
                    rest,
                )),
            );
        }
        let groups = dump.groups(&self.rules(target));
        let faulting = self.faulting(dump).is_some();
        let groups: Vec<&ActivityGroup> = groups
            .iter()
            .filter(|group| !(group.faulting && faulting))
            .collect();
        let lines: Vec<String> = groups.iter().flat_map(|group| group_lines(group)).collect();
        if lines.is_empty() {
            return;
        }
        let rest = "crashsight_read_crash with section `threads`, or `thread:<index>` for one";
        let caption = "threads [index] name: what tells most".to_owned();
        let mut code = fenced(caption, &lines, THREADS, End::Head, rest);
        // Where not every stack has its line, the counts say what the others do.
        if code.cut > 0 || groups.iter().any(|group| group.stacks.len() > STACKS) {
            code.cut = 0;
            // The crashed thread is a group of its own, and does what others may do too.
            let mut sums: Vec<(usize, String)> = Vec::new();
            for group in &groups {
                let activity = group.activity.to_string();
                match sums.iter_mut().find(|(_, known)| *known == activity) {
                    Some((count, _)) => *count += group.len(),
                    None => sums.push((group.len(), activity)),
                }
            }
            let counts: Vec<String> = sums
                .iter()
                .map(|(count, activity)| format!("{count} {activity}"))
                .collect();
            let whose = if faulting { "other threads" } else { "threads" };
            reply.push(8, Block::Note(format!("{whose}: {}", counts.join(", "))));
        }
        reply.push(5, Block::Code(code));
    }
}

/// Different stacks shown of each kind.
const STACKS: usize = 3;

/// A line for each different stack that says something: own code first, idle pools last.
fn group_lines(group: &ActivityGroup) -> Vec<String> {
    let line = |same: &StackGroup| {
        let first = same.threads.first().copied().unwrap_or_default();
        let at = same
            .at
            .as_deref()
            .map(|at| format!(": {}", inline(at, 80)))
            .unwrap_or_default();
        let mark = if same.own { '>' } else { ' ' };
        format!(
            "{mark} [{first}] {} {}{at}",
            inline(&same.names, 60),
            group.activity
        )
    };
    group.stacks.iter().take(STACKS).map(line).collect()
}

/// The lines of a log that matter, with their numbers.
pub(super) fn tell_log(
    index: usize,
    text: &str,
    crashed: Option<Timestamp>,
    zone: &TimeZone,
) -> Code {
    let log = Log::new(text);
    let offset = zone.to_offset(crashed.unwrap_or(Timestamp::UNIX_EPOCH));
    // Fewer lines, chosen again by what they tell, until they fit: a cut would take those chosen away.
    let mut most = LOG_LINES;
    let (digest, lines) = loop {
        let digest = log.digest(crashed, offset, most);
        let lines: Vec<String> = digest
            .lines
            .iter()
            .map(|line| inline(&line.to_string(), LINE))
            .collect();
        let cost: usize = lines
            .iter()
            .map(|line| crate::token_estimate::estimate_capped(line, LOG) + 1)
            .sum();
        if cost <= LOG || most <= 2 {
            break (digest, lines);
        }
        most -= 1;
    };
    let mut parts = vec![counted(digest.total, "line")];
    for (count, what) in [(digest.errors, "error"), (digest.warnings, "warning")] {
        if count > 0 {
            parts.push(counted(count, what));
        }
    }
    if digest.after > 0 {
        parts.push(format!("{} written after the crash", digest.after));
    }
    let caption = format!("log {index}: {}", parts.join(", "));
    let rest = format!("crashsight_read_crash with section `log:{index}`");
    let shown: usize = lines.len();
    let mut code = fenced(caption, &lines, LOG, End::Tail, &rest);
    // CallMetricsGuard against the whole log, not against the lines that were chosen.
    code.cut += digest.total.saturating_sub(shown);
    code
}
