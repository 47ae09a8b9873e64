//! What a report carries beside its stack: threads, custom keys, logs.

use crash_digest::excerpt::Line;
use crash_digest::log::{Log, LogLine};
use crash_digest::ownership::OwnershipRules;
use crash_digest::threads::ThreadDump;
use crash_digest::wait_graph;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::report::{Report, SYSTEM_LOG, USER_LOG, fenced};
use crate::reply::{Block, Cell, Code, End, Fact, Reply, Untrusted, counted};

/// Tokens of each part in a reply.
const THREADS: usize = 120;
const WAITS: usize = 220;
const KEYS: usize = 250;
const LOG: usize = 170;

/// Logs shown, and lines of each.
const MOST_LOGS: usize = 3;
const LOG_LINES: usize = 8;

/// Characters of a key's name and value, and of a line of a log.
const KEY: usize = 60;
const VALUE: usize = 80;
const LOG_LINE: usize = 80;

/// Characters of a line about a thread that waits.
const WAIT_LINE: usize = 120;

/// Different stacks shown of each kind of thread.
const STACKS: usize = 3;

/// Characters of a key's value as data; section `keys` of crashsight_read_crash has all.
const DATA_VALUE: usize = 1_000;

/// Threads, custom keys and logs of a report.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Contents {
    threads: usize,
    /// Whether the crashed thread is among them.
    has_crashed_thread: bool,
    /// Threads of other processes in the same trace, which are no part of the crash; the raw text has them.
    threads_elsewhere: usize,
    /// Who waits for whom: for an ANR from its main thread on, and deadlocks.
    waits: Vec<Untrusted>,
    /// What the threads do, those with the same stack together; the crashed one is left out.
    thread_groups: Vec<ThreadGroup>,
    custom_keys: Vec<CustomKey>,
    logs: Vec<LogSummary>,
    /// Lines of all logs.
    log_lines: usize,
}

/// Threads with the same stack.
#[derive(Debug, Serialize, JsonSchema)]
struct ThreadGroup {
    /// What they do.
    activity: String,
    threads: usize,
    /// The index of the first, for crashsight_read_crash.
    first_index: usize,
    /// Their names, counted.
    names: Untrusted,
    /// The frame that says most.
    at: Option<Untrusted>,
    own: bool,
}

/// A custom key.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CustomKey {
    name: Untrusted,
    value: Untrusted,
}

/// A log in short.
#[derive(Debug, Serialize, JsonSchema)]
struct LogSummary {
    /// Its index, for crashsight_read_crash.
    index: usize,
    name: Untrusted,
    lines: usize,
    errors: usize,
    warnings: usize,
    /// Lines written after the crash.
    after_crash: usize,
    /// The lines that matter: none of the logs after the third.
    excerpt: Vec<LogExcerpt>,
}

/// A line of a log that matters.
#[derive(Debug, Serialize, JsonSchema)]
struct LogExcerpt {
    /// Its number, from 1.
    number: usize,
    /// How long after the crash it was written, negative before.
    since_crash_s: Option<f64>,
    /// How many lines say the same but for their numbers.
    times: usize,
    /// Time before the crash, level and message.
    text: Untrusted,
}

impl Contents {
    /// Reads what a report carries; `site` is the zone of times without an offset.
    pub(crate) fn read(report: &Report<'_>, site: &TimeZone) -> Self {
        let dump = report.threads();
        let faulting = report.faulting(&dump);
        let logs = report.logs();
        let crashed = report.crashed_at(site);
        let summaries: Vec<LogSummary> = logs
            .iter()
            .enumerate()
            .map(|(index, log)| LogSummary::read(index, log.name, &log.text, crashed, site))
            .collect();
        Self {
            threads: dump.threads.len(),
            has_crashed_thread: faulting.is_some(),
            threads_elsewhere: dump.elsewhere,
            waits: waits(report, &dump, faulting),
            thread_groups: thread_groups(&dump, faulting, &report.rules),
            custom_keys: custom_keys(report),
            log_lines: summaries.iter().map(|log| log.lines).sum(),
            logs: summaries,
        }
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.threads == 0 && self.custom_keys.is_empty() && self.logs.is_empty()
    }

    /// The section of crashsight_read_crash worth reading next.
    pub(crate) fn next_section(&self) -> Option<&'static str> {
        if self.threads > 1 {
            return Some("threads");
        }
        (!self.logs.is_empty()).then_some("log:0")
    }

    /// Tokens that the custom keys cost as text.
    pub(crate) fn keys_cost(&self) -> usize {
        let lines = self.custom_keys.iter().map(CustomKey::line);
        let mut cost = 0;
        for line in lines {
            cost += crate::token_estimate::estimate(&line) + 1;
            if cost >= KEYS {
                return KEYS;
            }
        }
        cost
    }
}

impl CustomKey {
    fn line(&self) -> String {
        format!("{} = {}", self.name.line(KEY), self.value.line(VALUE))
    }
}

fn custom_keys(report: &Report<'_>) -> Vec<CustomKey> {
    let keys = report.keys().into_iter();
    keys.map(|key| CustomKey {
        name: Untrusted::from(head(key.name)),
        value: Untrusted::from(head(key.value)),
    })
    .collect()
}

fn head(text: &str) -> &str {
    let end = text.char_indices().nth(DATA_VALUE);
    end.map_or(text, |(at, _)| &text[..at])
}

fn waits(report: &Report<'_>, dump: &ThreadDump<'_>, faulting: Option<usize>) -> Vec<Untrusted> {
    if dump.threads.len() < 2 {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    let chain = faulting
        .filter(|_| report.is_anr())
        .and_then(|at| dump.wait_chain(at));
    if let Some(chain) = chain {
        lines.extend(chain.describe(dump).lines().map(str::to_owned));
        // Where the last one is: what everybody waits for.
        if let wait_graph::End::Holder(last) = chain.end
            && let Some(at) = dump
                .threads
                .get(last)
                .and_then(|thread| key_line(&thread.stack(), &report.rules))
        {
            lines.push(format!("  at {at}"));
        }
    }
    for deadlock in dump.deadlocks() {
        let described = deadlock.describe(dump);
        let own: Vec<String> = described.lines().map(str::to_owned).collect();
        if !own.iter().all(|line| lines.contains(line)) {
            lines.extend(own);
        }
    }
    lines.into_iter().map(Untrusted::new).collect()
}

/// Name and place of the frame that says most.
fn key_line(stack: &crash_digest::stack::Stack<'_>, rules: &OwnershipRules) -> Option<String> {
    let key = stack.key_frame(rules)?;
    let mut lines = stack.select(rules, 1).into_iter();
    lines.find_map(|line| match line {
        Line::Frame { index, text, .. } if index == key => Some(text),
        _ => None,
    })
}

fn thread_groups(
    dump: &ThreadDump<'_>,
    faulting: Option<usize>,
    rules: &OwnershipRules,
) -> Vec<ThreadGroup> {
    if dump.threads.len() < 2 {
        return Vec::new();
    }
    let mut groups = Vec::new();
    for group in dump.groups(rules) {
        if group.faulting && faulting.is_some() {
            continue;
        }
        let activity = group.activity.to_string();
        groups.extend(group.stacks.into_iter().map(|same| ThreadGroup {
            activity: activity.clone(),
            threads: same.threads.len(),
            first_index: same.threads.first().copied().unwrap_or_default(),
            names: Untrusted::new(same.names),
            at: same.at.map(Untrusted::new),
            own: same.own,
        }));
    }
    groups
}

impl LogSummary {
    /// The lines of a log that matter, with their numbers.
    fn read(
        index: usize,
        name: &str,
        text: &str,
        crashed: Option<Timestamp>,
        zone: &TimeZone,
    ) -> Self {
        let log = Log::new(text);
        let offset = zone.to_offset(crashed.unwrap_or(Timestamp::UNIX_EPOCH));
        let mut summary = Self {
            index,
            name: Untrusted::from(head(name)),
            lines: log.len(),
            errors: 0,
            warnings: 0,
            after_crash: 0,
            excerpt: Vec::new(),
        };
        if index >= MOST_LOGS {
            return summary;
        }
        // Fewer lines, chosen again by what they say, until they fit: a cut would take the chosen ones away.
        let mut most = LOG_LINES;
        loop {
            let digest = log.digest(crashed, offset, most);
            let excerpt: Vec<LogExcerpt> = digest.lines.iter().map(LogExcerpt::read).collect();
            let costs = excerpt
                .iter()
                .map(|line| crate::token_estimate::estimate_capped(&line.line(), LOG) + 1);
            if costs.sum::<usize>() <= LOG || most <= 2 {
                summary.errors = digest.errors;
                summary.warnings = digest.warnings;
                summary.after_crash = digest.after;
                summary.excerpt = excerpt;
                return summary;
            }
            most -= 1;
        }
    }

    fn code(&self) -> Code {
        let mut parts = vec![counted(self.lines, "line")];
        for (count, what) in [(self.errors, "error"), (self.warnings, "warning")] {
            if count > 0 {
                parts.push(counted(count, what));
            }
        }
        if self.after_crash > 0 {
            parts.push(format!("{} written after the crash", self.after_crash));
        }
        // Logs that are no files are known by what they are.
        let name = match self.name.raw() {
            name @ (SYSTEM_LOG | USER_LOG) => format!(" ({name})"),
            _ => String::new(),
        };
        let caption = format!("log {}{name}: {}", self.index, parts.join(", "));
        let rest = format!("crashsight_read_crash with section `log:{}`", self.index);
        let lines: Vec<String> = self.excerpt.iter().map(LogExcerpt::line).collect();
        let mut code = fenced(caption, &lines, LOG, End::Tail, &rest);
        // Counted against the whole log, not against the lines that were chosen.
        code.cut += self.lines.saturating_sub(lines.len());
        code
    }
}

impl LogExcerpt {
    fn read(line: &LogLine<'_>) -> Self {
        let number = line.number.to_string();
        let text = line.to_string();
        let text = text.strip_prefix(&number).unwrap_or(&text).trim_start();
        Self {
            number: line.number,
            since_crash_s: line.since.map(|since| since.as_secs_f64()),
            times: line.times,
            text: Untrusted::from(head(text)),
        }
    }

    fn line(&self) -> String {
        let text = format!("{} {}", self.number, self.text.raw());
        crate::reply::inline(&text, LOG_LINE)
    }
}

/// Shows the counts, which survive any cut, then the parts.
pub(crate) fn show_contents(contents: &Contents, reply: &mut Reply) {
    let count = |count: usize| {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        Cell::count(Some(count).filter(|count| *count > 0))
    };
    let counts: Vec<Fact> = [
        Fact::new("threads", count(contents.threads)),
        Fact::new(
            "threads of other processes, left out:",
            count(contents.threads_elsewhere),
        ),
        Fact::new("log lines", count(contents.log_lines)),
        Fact::new("custom keys", count(contents.custom_keys.len())),
    ]
    .into_iter()
    .filter(|fact| fact.value != Cell::Missing)
    .collect();
    if counts.is_empty() {
        reply.note("no threads, logs or custom keys in this report");
        return;
    }
    reply.push(9, Block::Facts(counts));
    show_threads(contents, reply);
    if !contents.custom_keys.is_empty() {
        let lines: Vec<String> = contents.custom_keys.iter().map(CustomKey::line).collect();
        let rest = "crashsight_read_crash with section `keys`";
        let code = fenced("custom keys".to_owned(), &lines, KEYS, End::Head, rest);
        reply.push(9, Block::Code(code));
    }
    if let Some(more @ 1..) = contents.logs.len().checked_sub(MOST_LOGS) {
        let more = counted(more, "more log");
        reply.note(format!("{more}: crashsight_read_crash with section `logs`"));
    }
    for log in contents.logs.iter().take(MOST_LOGS) {
        reply.push(6, Block::Code(log.code()));
    }
}

/// Shows what happened before the crash: custom keys and the first log.
pub(crate) fn show_before(contents: &Contents, reply: &mut Reply) {
    if !contents.custom_keys.is_empty() {
        let lines: Vec<String> = contents.custom_keys.iter().map(CustomKey::line).collect();
        let rest = "crashsight_read_crash with section `keys`";
        let code = fenced("custom keys".to_owned(), &lines, LOG, End::Head, rest);
        reply.push(6, Block::Code(code));
    }
    if let Some(log) = contents.logs.first() {
        reply.push(6, Block::Code(log.code()));
    }
}

fn show_threads(contents: &Contents, reply: &mut Reply) {
    if !contents.waits.is_empty() {
        let rest = "crashsight_read_crash with section `threads`";
        let line = |wait: &Untrusted| {
            let indent = if wait.raw().starts_with(' ') {
                "  "
            } else {
                ""
            };
            format!("{indent}{}", wait.line(WAIT_LINE))
        };
        let lines: Vec<String> = contents.waits.iter().map(line).collect();
        let caption = "who waits for whom, [index] name(id)".to_owned();
        reply.push(
            8,
            Block::Code(fenced(caption, &lines, WAITS, End::Head, rest)),
        );
    }
    if contents.thread_groups.is_empty() {
        return;
    }
    // What each does, in order of first appearance: activities of several groups are added up.
    let mut activities: Vec<(&str, usize, usize)> = Vec::new();
    let mut lines = Vec::new();
    for group in &contents.thread_groups {
        let at = activities
            .iter()
            .position(|(activity, ..)| *activity == group.activity);
        let at = at.unwrap_or_else(|| {
            activities.push((&group.activity, 0, 0));
            activities.len() - 1
        });
        activities[at].1 += group.threads;
        activities[at].2 += 1;
        if activities[at].2 <= STACKS {
            lines.push(group.line());
        }
    }
    let rest = "crashsight_read_crash with section `threads`, or `thread:<index>` for one";
    let caption = "threads [index]".to_owned();
    let mut code = fenced(caption, &lines, THREADS, End::Head, rest);
    // Where not every stack has its line, the counts say what the others do.
    if code.cut > 0 || activities.iter().any(|(.., stacks)| *stacks > STACKS) {
        code.cut = 0;
        let counts: Vec<String> = activities
            .iter()
            .map(|(activity, threads, _)| format!("{threads} {activity}"))
            .collect();
        let whose = if contents.has_crashed_thread {
            "other threads"
        } else {
            "threads"
        };
        reply.push(8, Block::Note(format!("{whose}: {}", counts.join(", "))));
    }
    reply.push(5, Block::Code(code));
}

impl ThreadGroup {
    fn line(&self) -> String {
        let at = self.at.as_ref();
        let at = at.map_or_else(String::new, |at| format!(": {}", at.line(80)));
        let mark = if self.own { '>' } else { ' ' };
        format!(
            "{mark} [{}] {} {}{at}",
            self.first_index,
            self.names.line(60),
            self.activity
        )
    }
}
