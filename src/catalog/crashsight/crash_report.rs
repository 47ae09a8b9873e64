//! A crash report as blocks of a reply: head, stack, threads, keys, logs.

use crate::answer::Node;
use crate::operation::CallContext;
use crate::project::Target;
use crate::reply::{Cell, Code, Fact, Reply};

use super::words;

/// What is known of a report: `crashMap` (or lastCrashInfo's data), `detailMap`, and appDetailCrash.
pub struct Report<'a> {
    /// The report's own fields.
    pub crash: Node<'a>,
    /// Its attachments as crashDoc brings them.
    pub detail: Node<'a>,
    /// Its attachments as appDetailCrash brings them.
    pub more: Node<'a>,
}

/// Frames shown until the digest says which ones tell.
const FRAMES: usize = 20;

/// Exception, times, version, device, memory, state.
pub fn tell_head(reply: &mut Reply, ctx: &CallContext<'_>, target: &Target, report: &Report<'_>) {
    let site = &target.account.zone;
    let crash = report.crash;
    reply.facts([
        Fact::new(
            "exception",
            Cell::data(crash.any(&["expName", "exceptionName"]).text()),
        ),
        Fact::new(
            "message",
            Cell::data(crash.any(&["expMessage", "exceptionMessage"]).text()),
        ),
    ]);
    let at = |names: [&str; 2]| names.iter().find_map(|name| crash.get(name).instant(site));
    let kind = crash.get("type").label();
    reply.facts([
        Fact::new(
            "kind",
            match kind.as_deref() {
                Some(code) => Cell::word(
                    words::report_type(code).map_or(format!("type {code}"), str::to_owned),
                ),
                None => Cell::Missing,
            },
        ),
        Fact::new(
            "crashed",
            Cell::instant(at(["crashTimestamp", "crashTime"]), ctx.zone),
        ),
        // Seconds from start to crash (FACTS 1.6, proved from seed 000).
        Fact::new(
            "",
            crash
                .get("launchTime")
                .count()
                .filter(|s| *s > 0)
                .map_or(Cell::Missing, Cell::Seconds),
        )
        .unit("after launch"),
        Fact::new(
            "uploaded",
            Cell::instant(at(["uploadTimestamp", "uploadTime"]), ctx.zone),
        ),
    ]);
    reply.facts([
        Fact::new("version", Cell::data(crash.get("productVersion").text())),
        Fact::new(
            "device",
            Cell::data(
                crash
                    .any(&["modelOriginalName", "hardware", "model"])
                    .text(),
            ),
        ),
        Fact::new("OS", Cell::data(crash.any(&["osVer", "osVersion"]).text())),
        Fact::new("CPU", Cell::data(crash.get("cpuType").text())),
        Fact::new("country", Cell::data(crash.get("country").text())),
    ]);
    reply.facts([
        Fact::new("process", Cell::data(crash.get("processName").text())),
        Fact::new("thread", Cell::data(crash.get("threadName").text())),
        Fact::new("user", Cell::data(crash.get("userId").text())),
        Fact::new(
            "",
            match crash.get("appInBack").flag() {
                Some(true) => Cell::word("in background"),
                Some(false) => Cell::word("in foreground"),
                None => Cell::Missing,
            },
        ),
        Fact::new(
            "crash",
            Cell::id(crash.any(&["crashId", "crashHash"]).text()),
        ),
    ]);
}

/// The crashed thread's stack: after symbolication where there is one.
pub fn tell_stack(reply: &mut Reply, _target: &Target, report: &Report<'_>) {
    let crash = report.crash;
    if let Some(code) = crash.get("retraceStatus").count() {
        reply.note(words::retrace(code));
    }
    let Some(stack) = crash.any(&["retraceCrashDetail", "callStack"]).text() else {
        reply.note("the report holds no stack");
        return;
    };
    let mut code = Code::head("stack", stack);
    code.keep_lines(FRAMES);
    reply.code(code);
}

/// Threads, keys and logs.
pub fn tell_files(reply: &mut Reply, report: &Report<'_>) {
    let files: Vec<Node<'_>> = report
        .detail
        .get("fileList")
        .list()
        .chain(report.more.get("attachList").list())
        .collect();
    let threads = files
        .iter()
        .filter(|file| file.get("fileType").count() == Some(2))
        .count();
    let keys: Vec<Fact> = files
        .iter()
        .filter(|file| matches!(file.get("fileType").count(), Some(6 | 7)))
        .filter_map(|file| {
            let name = crate::reply::inline(file.get("fileName").text()?, 40);
            Some(Fact::new(
                name,
                Cell::data(file.any(&["fileContent", "content"]).text()),
            ))
        })
        .collect();
    reply.facts([Fact::new(
        "threads",
        Cell::Count(i64::try_from(threads).unwrap_or_default()),
    )]);
    reply.facts(keys);
    for file in files
        .iter()
        .filter(|file| file.get("fileType").count() == Some(1))
    {
        let Some(text) = file.any(&["fileContent", "content"]).text() else {
            continue;
        };
        let mut code = Code::tail("log", text);
        code.keep_lines(10);
        reply.code(code);
    }
}
