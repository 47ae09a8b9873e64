//! The facts of a report: what broke, when, on what, in which state.

use super::Report;
use crate::project::CrashSightApp;
use crate::reply::{Block, Cell, Fact, Reply, inline};
use crate::tools::CallContext;
use crate::tools::crashsight::codes;
use crash_digest::CrashText;
use crash_digest::merge::Death;
use crash_digest::stack::Stack;

/// Characters of an exception's name and of its message that survive any cut (TOOLS.md, A crash).
const NAME: usize = 200;
const MESSAGE: usize = 300;

/// Further facts that the text says of how it died.
const MOST_FACTS: usize = 6;

/// Dearer than anything else of a reply.
const PRIORITY: u8 = 9;

impl Report<'_> {
    /// Exception, times, version, device, memory, state.
    pub fn tell_head(&self, reply: &mut Reply, ctx: &CallContext, target: &CrashSightApp) {
        let crash = self.crash;
        let crash_text = self.crash_text();
        let stack = crash_text
            .as_ref()
            .map(CrashText::stack)
            .unwrap_or_default();
        let mut push = |facts: Vec<Fact>| {
            let facts: Vec<Fact> = facts
                .into_iter()
                .filter(|fact| fact.value != Cell::Missing)
                .collect();
            if !facts.is_empty() {
                reply.push(PRIORITY, Block::Facts(facts));
            }
        };
        push(self.exception(&stack));
        push(self.times(ctx, target));
        push(vec![
            Fact::new("version", data(crash.get("productVersion").text())),
            Fact::new("device", data(self.device().as_deref())),
            Fact::new("OS", data(crash.any(&["osVer", "osVersion"]).text())),
            Fact::new("CPU", data(crash.get("cpuType").text())),
            Fact::new("free memory", self.of("freeMem", "memSize")),
            Fact::new("free storage", self.of("freeStorage", "diskSize")),
        ]);
        push(self.state(&stack));
        push(vec![
            Fact::new(
                "user",
                crash
                    .get("userId")
                    .label()
                    .map_or(Cell::Missing, Cell::from_untrusted),
            ),
            Fact::new(
                "device id",
                crash
                    .get("deviceId")
                    .label()
                    .map_or(Cell::Missing, Cell::from_untrusted),
            ),
            Fact::new("country", data(crash.get("country").text())),
        ]);
    }

    fn exception(&self, stack: &Stack<'_>) -> Vec<Fact> {
        let mut death = Death::of(stack, &self.reported());
        if death.name.is_empty() {
            // An exception without a type is its message.
            death.name = std::mem::take(&mut death.message);
        }
        let code = self.crash.get("type").label();
        let kind = code.as_deref().map(|code| {
            codes::report_type(code).map_or_else(|| format!("report type {code}"), str::to_owned)
        });
        let causes = death
            .causes
            .iter()
            .map(|cause| Fact::new("caused by", Cell::Text(inline(cause, MESSAGE))));
        let facts = death
            .facts
            .iter()
            .take(MOST_FACTS)
            .map(|fact| Fact::new("", Cell::Text(inline(fact, MESSAGE))));
        let mut all = vec![
            Fact::new("exception", Cell::Text(inline(&death.name, NAME))),
            Fact::new("message", Cell::Text(inline(&death.message, MESSAGE))),
            Fact::new("kind", kind.map_or(Cell::Missing, Cell::Text)),
        ];
        all.extend(causes);
        all.extend(facts);
        all.into_iter()
            .filter(|fact| fact.value != Cell::Text(String::new()))
            .collect()
    }

    fn times(&self, ctx: &CallContext, target: &CrashSightApp) -> Vec<Fact> {
        let site = &target.account.zone;
        let crashed = self.crashed_at(site);
        let uploaded = ["uploadTimestamp", "uploadTime"]
            .iter()
            .find_map(|name| self.crash.get(name).instant(site));
        let started = ["startTimestamp", "startTime"]
            .iter()
            .find_map(|name| self.crash.get(name).instant(site));
        // `launchTime` is in seconds from start to crash, and stands beside crashMap in crashDoc
        // (FACTS 1.6, proved from seed 000).
        let told = [self.launch, self.crash.get("launchTime")];
        let since = told
            .iter()
            .find_map(|node| node.count())
            .or_else(|| Some(crashed?.as_second() - started?.as_second()));
        vec![
            Fact::new("crashed", Cell::instant(crashed, &ctx.zone)),
            Fact::new(
                "",
                since
                    .filter(|s| *s > 0)
                    .map_or(Cell::Missing, Cell::Seconds),
            )
            .unit("after launch"),
            Fact::new("uploaded", Cell::instant(uploaded, &ctx.zone)),
        ]
    }

    fn state(&self, stack: &Stack<'_>) -> Vec<Fact> {
        let crash = self.crash;
        let flag = |name: &str, yes: &str, no: &str| match crash.get(name).flag() {
            Some(true) => Cell::text(yes),
            Some(false) if !no.is_empty() => Cell::text(no),
            _ => Cell::Missing,
        };
        let thread = crash.get("threadName").text().or(stack.facts.thread);
        vec![
            Fact::new("thread", data(thread)),
            Fact::new("", flag("appInBack", "in background", "in foreground")),
            Fact::new("", flag("isRooted", "rooted", "")),
            // 320 was seen where others say 1 (seed 000 line 2730): anything but 0.
            Fact::new("", flag("isVirtualMachine", "emulator", "")),
            Fact::new(
                "battery",
                self.detail
                    .get("battery")
                    .count()
                    .filter(|n| *n > 0)
                    .map_or(Cell::Missing, Cell::Count),
            )
            .unit("%"),
        ]
    }

    fn device(&self) -> Option<String> {
        let model = self
            .crash
            .any(&["modelOriginalName", "hardware", "model"])
            .text()?;
        let brand = self
            .crash
            .get("brand")
            .text()
            .filter(|brand| !model.to_lowercase().contains(&brand.to_lowercase()));
        Some(brand.map_or_else(|| model.to_owned(), |brand| format!("{brand} {model}")))
    }

    fn of(&self, part: &str, whole: &str) -> Cell {
        let count = |name: &str| self.crash.get(name).count().filter(|n| *n > 0);
        match (count(part), count(whole)) {
            (Some(part), Some(whole)) => Cell::BytesOf { part, whole },
            (Some(part), None) => Cell::Bytes(part),
            _ => Cell::Missing,
        }
    }
}

/// Vendor text; "fail" and "unknown" are what the client writes when it could not find out.
fn data(text: Option<&str>) -> Cell {
    Cell::untrusted(
        text.filter(|text| !matches!(text.to_lowercase().as_str(), "fail" | "unknown" | "-1")),
    )
}
