//! Erlang's and Elixir's reports of a process that crashed: terms over many lines, a logger's one line, what caused an exit.
//!
//! They are printed again with the reason and each frame on a line of its own, as the shell does.

use std::fmt::Write as _;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::erlang_lines::{
    Report, child, class, crasher, is_label, kernel, logged, named, of_term,
};
use super::erlang_terms::{reason_and_stack, stack, words_and_stack};
use super::log_field::FURTHER;
use crate::text;

/// What such reports have, one or another.
pub(super) const MARKS: [&str; 9] = [
    "crasher: initial call: ",
    "Reason for termination",
    "REPORT====",
    " with reason",
    "Kernel pid terminated",
    "** (EXIT) ",
    "exception error: ",
    "exception exit: ",
    "exception throw: ",
];
/// All of them are looked for at once.
static MARKED: LazyLock<AhoCorasick> = LazyLock::new(|| text::searcher(&MARKS));

/// A longer text is no report of a crash.
const LONGEST: usize = 1 << 23;
/// Lines that one term takes at most.
const MOST_LINES: usize = 2000;
/// Of a message that a process worked on so much is told.
const MOST_SAID: usize = 200;
/// Reports that are told apart.
const MOST: usize = 20;
/// Reports of supervisors that are told.
const MOST_SUPERVISORS: usize = 4;

/// The reports in front of all other lines; `None` where the text has none.
pub(super) fn render(text: &str) -> Option<String> {
    if text.len() > LONGEST || !MARKED.is_match(text) {
        return None;
    }
    let mut reading = Reading {
        lines: text::lines(text).collect(),
        at: 0,
        reports: Vec::new(),
        process: String::new(),
        message: String::new(),
        head: String::new(),
        supervisors: Vec::new(),
        others: String::new(),
    };
    while reading.at < reading.lines.len() {
        reading.line();
    }
    reading.printed()
}

struct Reading<'a> {
    lines: Vec<&'a str>,
    at: usize,
    reports: Vec<Report>,
    /// The process that the report names before its reason.
    process: String,
    /// The message that it was working on.
    message: String,
    /// What stands above the first report and tells whom it served.
    head: String,
    /// What supervisors say of it: `disco_main: child_terminated, …`.
    supervisors: Vec<String>,
    /// Lines of no report.
    others: String,
}

impl Reading<'_> {
    fn line(&mut self) {
        let line = self.lines[self.at];
        let bare = text::trim(line);
        self.at += 1;
        if let Some(head) = bare.strip_prefix("** ") {
            if self.head(head) {
                return;
            }
        } else if is_heading(bare) || self.of_crasher(bare, line) || self.server(bare) {
            return;
        }
        if self.supervised(bare) {
            return;
        }
        // Whom a process served stands above what it ended for.
        if self.reports.is_empty()
            && (bare.ends_with(" terminated") || bare.starts_with("Request: "))
        {
            self.head.push_str(bare);
            self.head.push('\n');
            return;
        }
        let spoken = bare.strip_prefix("** ").unwrap_or(bare);
        if let Some((class, message)) = class(spoken) {
            return self.exception(class, message);
        }
        if let Some(report) = logged(bare)
            .or_else(|| kernel(bare))
            .or_else(|| crasher(bare))
        {
            return self.add(report);
        }
        self.others.push_str(line);
        self.others.push('\n');
    }

    /// Lines that begin with two stars; `false` where it is none of theirs.
    fn head(&mut self, head: &str) -> bool {
        if let Some(rest) = head.strip_prefix("Reason for termination") {
            let mut term = rest.trim_start_matches([' ', '=', ':']).trim().to_owned();
            if term.is_empty()
                && let Some(next) = self.lines.get(self.at).map(|line| text::trim(line))
            {
                self.at += 1;
                next.trim_start_matches("** ").clone_into(&mut term);
            }
            if let Some((class, message)) = class(&term) {
                let (class, message) = (class.to_owned(), message.to_owned());
                self.exception(&class, &message);
                return true;
            }
            self.go_on(&mut term, false);
            let report = of_term(&term);
            self.add(report);
            return true;
        }
        if head.starts_with("Generic server ") || head.starts_with("State machine ") {
            head.trim_end().clone_into(&mut self.process);
            return true;
        }
        if let Some(rest) = head.strip_prefix("Last message in was") {
            let mut message = rest.trim().to_owned();
            self.go_on(&mut message, false);
            // What a message holds in bytes tells nobody anything.
            let words = ["<<0", "<<1", "<<2"]
                .iter()
                .filter_map(|mark| text::find(&message, mark));
            message.truncate(words.min().unwrap_or(message.len()));
            self.message = text::head(&message, MOST_SAID).to_owned();
            return true;
        }
        if head.starts_with("Stacktrace") {
            self.stacktrace();
            return true;
        }
        let skipped = [
            "Last event",
            "When Server state",
            "When server state",
            "When handler state",
            "Callback modules",
            "Callback mode",
            "Queued",
            "Postponed",
            "Time-outs",
            "Client ",
            "[{gen,",
        ]
        .iter()
        .any(|start| head.starts_with(start));
        if skipped {
            self.go_on(&mut String::new(), false);
            return true;
        }
        for class in ["stop", "exit"] {
            let rest = head
                .strip_prefix('(')
                .and_then(|rest| rest.strip_prefix(class));
            if let Some(message) = rest.and_then(|rest| rest.strip_prefix(") exited in: ")) {
                return self.exited(class, message);
            }
        }
        false
    }

    /// `** Stacktrace =`, and on the next line `**  [{dock,open,3,[{file,"dock.erl"},{line,7}]},` of the reason above it.
    fn stacktrace(&mut self) {
        let mut term = String::new();
        let next = self.lines.get(self.at).map(|line| text::trim(line));
        if let Some(list) = next.and_then(|next| next.strip_prefix("** "))
            && list.trim_start().starts_with("[{")
        {
            self.at += 1;
            list.clone_into(&mut term);
        }
        self.go_on(&mut term, false);
        if let Some(last) = self.reports.last_mut()
            && last.frames.is_empty()
            && let Some(frames) = stack(term.trim())
        {
            last.frames = frames;
        }
    }

    /// A supervisor tells whose end it saw, and why: `Supervisor: {local,orbit_sup}`, `Context: child_terminated`, `Reason: …`,
    /// `Offender: …`, in newer systems with small letters and `errorContext: `.
    fn supervised(&mut self, bare: &str) -> bool {
        let labelled = |label: &str| {
            let (found, rest) = bare.split_once(':')?;
            found.eq_ignore_ascii_case(label).then(|| rest.trim())
        };
        if let Some(name) = labelled("supervisor") {
            bare.clone_into(&mut self.process);
            self.supervisors.push(format!("Supervisor {name}"));
            self.supervisors.truncate(MOST_SUPERVISORS);
            return true;
        }
        let saw = self.supervisors.last_mut();
        if let Some((saw, offender)) = saw.zip(labelled("offender")) {
            saw.push_str(&child(offender, &self.lines[self.at..]));
            return false;
        }
        if !self.process.starts_with(['s', 'S']) {
            return false;
        }
        if let Some(reason) = labelled("reason") {
            let mut term = reason.to_owned();
            let until = self.lines.len().min(self.at + MOST_LINES);
            while self.at < until {
                let bare = text::trim(self.lines[self.at]);
                let ends = bare.is_empty()
                    || is_heading(bare)
                    || bare.starts_with("Offender:")
                    || bare.starts_with("offender:");
                if ends {
                    break;
                }
                if term.len() < 1 << 16 {
                    term.push(' ');
                    term.push_str(bare);
                }
                self.at += 1;
            }
            let saw = self.supervisors.last_mut();
            if let Some(saw) = saw.filter(|_| !term.contains(['{', ' '])) {
                saw.extend([", ", &term]);
            }
            self.add(of_term(&term));
            return true;
        }
        let context = labelled("context").or_else(|| labelled("errorContext"));
        if let Some((saw, context)) = self.supervisors.last_mut().zip(context) {
            saw.extend([": ", context]);
        }
        context.is_some()
    }

    /// Behind a log's stamp: `… [error] ** Generic server dock terminating`, `… [error] GenServer Orbit.Dock terminating`.
    fn server(&mut self, bare: &str) -> bool {
        const KINDS: [&str; 3] = ["Generic server ", "GenServer ", "Task #PID<"];
        let name = bare.strip_suffix(" terminating");
        let name = name.and_then(|name| match text::split_once(name, "[error] ") {
            Some((_, name)) => {
                let at = KINDS.iter().find_map(|kind| text::find(name, kind))?;
                Some(&name[at..])
            }
            // The stamp came off before.
            None => KINDS[1..]
                .iter()
                .any(|kind| name.starts_with(kind))
                .then_some(name),
        });
        if let Some(name) = name {
            self.process = format!("{name} terminating");
        }
        name.is_some()
    }

    /// What follows of a term: up to another line of the report, or a blank one; of an exception up to its frames.
    fn go_on(&mut self, out: &mut String, to_frames: bool) {
        let until = self.lines.len().min(self.at + MOST_LINES);
        while self.at < until {
            let bare = text::trim(self.lines[self.at]);
            let ends = bare.is_empty()
                || bare.starts_with("** ")
                || bare.starts_with("20") && text::has(bare, " [error] ")
                || is_heading(bare)
                || to_frames && (is_call(bare) || is_label(bare));
            if ends {
                return;
            }
            if out.len() < 1 << 16 {
                out.push(' ');
                out.push_str(bare);
            }
            self.at += 1;
        }
    }

    /// `exception error: no function clause matching dock:open(7) (src/dock.erl, line 3)`, and the frames below it.
    fn exception(&mut self, class: &str, message: &str) {
        let mut message = message.to_owned();
        self.go_on(&mut message, true);
        let mut report = Report {
            name: class.to_owned(),
            message,
            ..Report::default()
        };
        // Of a function that was not found fitting the place stands behind its arguments.
        let place = report.message.trim_end().strip_suffix(')');
        if let Some((front, place)) = place.and_then(|front| text::rsplit_once(front, " ("))
            && text::has(place, ".erl")
            && let Some((_, call)) = text::split_once(front, " matching ")
        {
            let name = call.split('(').next().unwrap_or(call).trim();
            report.frames.push(format!("in function {name} ({place})"));
            front.to_owned().clone_into(&mut report.message);
        }
        let reason = reason_and_stack(&report.message);
        while let Some(line) = self.lines.get(self.at).map(|line| text::trim(line))
            && is_call(line)
        {
            self.at += 1;
            let mut frame = line.to_owned();
            // The place may stand on a line of its own.
            while let Some(rest) = self.lines.get(self.at).map(|line| line.trim())
                && (rest.starts_with('(') || frame.ends_with(','))
                && !rest.is_empty()
            {
                frame.push(' ');
                frame.push_str(rest);
                self.at += 1;
            }
            report.frames.push(frame);
        }
        if let Some((reason, frames)) = reason {
            (report.name, report.message) = named(&reason);
            report.frames = frames;
        } else if let Some((words, frames)) = words_and_stack(&report.message) {
            report.frames = frames;
            report.message.truncate(words);
        }
        self.add(report);
    }

    /// What a crash report says of the process besides.
    fn of_crasher(&mut self, bare: &str, line: &str) -> bool {
        if !line.starts_with(' ') || !is_label(bare) {
            return false;
        }
        if let Some(name) = bare.strip_prefix("registered_name: ")
            && name != "[]"
        {
            self.process = format!("Process {name} crashed");
        }
        // The supervisors above it.
        if let Some(above) = bare.strip_prefix("ancestors: [")
            && self.supervisors.is_empty()
            && above.len() > 1
        {
            self.supervisors.push(format!("Ancestors: [{above}"));
        }
        // What has no name is told by its number, and by what it began with.
        if let Some(call) = bare.strip_prefix("initial call: ")
            && self.process.is_empty()
        {
            self.process = format!("Process of {call} crashed");
        }
        if let Some(pid) = bare.strip_prefix("pid: ")
            && let Some(call) = self.process.strip_prefix("Process of ")
        {
            self.process = format!("Process {pid} of {call}");
        }
        let indent = indent(line);
        while let Some(next) = self.lines.get(self.at)
            && !next.trim().is_empty()
            && self::indent(next) > indent
            && !is_label(next.trim())
            && class(next.trim()).is_none()
        {
            self.at += 1;
        }
        true
    }

    /// Elixir's exit in a call, which the callee's own exception caused: its lines are indented further.
    fn exited(&mut self, class: &str, message: &str) -> bool {
        let Some(cause) = self.lines.get(self.at) else {
            return false;
        };
        let Some(why) = cause.trim().strip_prefix("** (EXIT) ") else {
            return false;
        };
        let outer = indent(cause);
        self.at += 1;
        let mut inner = Vec::new();
        while let Some(line) = self.lines.get(self.at)
            && indent(line) > outer
        {
            inner.push(line.trim());
            self.at += 1;
        }
        let mut report = Report {
            process: std::mem::take(&mut self.process),
            name: class.to_owned(),
            message: format!("exited in: {message}"),
            frames: Vec::new(),
        };
        while let Some(line) = self.lines.get(self.at).map(|line| line.trim())
            && line.starts_with('(')
        {
            report.frames.push(line.to_owned());
            self.at += 1;
        }
        let mut inner = inner.into_iter();
        let first = inner.next().unwrap_or(why);
        let first = first.trim_start_matches("** ");
        let cause = match first
            .strip_prefix('(')
            .and_then(|rest| rest.split_once(") "))
        {
            Some((name, message)) => format!("Caused by: {name}: {message}"),
            None => format!("Caused by: {first}"),
        };
        report.frames.push(cause);
        report.frames.extend(inner.map(str::to_owned));
        self.reports.push(report);
        true
    }

    fn add(&mut self, mut report: Report) {
        if report.process.is_empty() {
            report.process = std::mem::take(&mut self.process);
        }
        // A server's crash is told again by its process and by its supervisor.
        let same = self.reports.iter().position(|known| {
            known.message == report.message && known.name == report.name
                || !report.frames.is_empty() && known.frames.first() == report.frames.first()
        });
        match same {
            Some(at) if self.reports[at].frames.len() < report.frames.len() => {
                self.reports[at].frames = report.frames;
            }
            None if self.reports.len() < MOST => self.reports.push(report),
            _ => {}
        }
    }

    fn printed(self) -> Option<String> {
        let first = self
            .reports
            .iter()
            .position(|report| !report.frames.is_empty())
            .unwrap_or(0);
        let report = self.reports.get(first)?;
        let mut out = self.head;
        if !report.process.is_empty() {
            let _ = writeln!(out, "** {}", report.process);
        }
        let _ = writeln!(out, "** ({}) {}", report.name, report.message.trim());
        let frames = |report: &Report, out: &mut String| {
            for frame in &report.frames {
                out.push_str(frame);
                out.push('\n');
            }
        };
        frames(report, &mut out);
        if !self.message.is_empty() {
            let _ = writeln!(out, "Last message: {}", self.message);
        }
        for saw in &self.supervisors {
            let _ = writeln!(out, "** {saw}");
        }
        for report in self.reports.iter().skip(first + 1) {
            if !report.frames.is_empty() {
                let _ = writeln!(out, "{FURTHER}{}: {}", report.name, report.message.trim());
                frames(report, &mut out);
            }
        }
        out.push('\n');
        out.push_str(&self.others);
        Some(out)
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// `=ERROR REPORT==== 2-Jan-2026::03:04:05 ===`, behind a time or not.
fn is_heading(line: &str) -> bool {
    text::has(line, " REPORT====") && text::has(line, "=") || line == "crasher:"
}

fn is_call(line: &str) -> bool {
    line.starts_with("in function ") || line.starts_with("in call from ")
}
