//! The facts of a report: what broke, when, on what, in which state.

use crash_digest::merge::Death;
use crash_digest::stack::Stack;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::report::{Report, instant};
use crate::json::JsonRef;
use crate::reply::{Block, Cell, Fact, Reply, Untrusted};
use crate::tools::crashsight::codes;
use crate::tools::crashsight::symbols::command::Build;
use crate::tools::output::Time;

/// Characters of an exception's name and of its message that survive any cut.
const NAME: usize = 200;
const MESSAGE: usize = 300;

/// Further facts that the text has on how it died, and causes, as text.
const MOST_FACTS: usize = 6;
const MOST_CAUSES: usize = 8;

/// Dearer than anything else of a reply.
const PRIORITY: u8 = 9;

/// What is known of a crash beside its stack and its files.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReportFacts {
    /// The issue it belongs to.
    pub(crate) issue: Option<Untrusted>,
    exception: Exception,
    /// By the device's clock.
    crashed_at: Option<Time>,
    started_at: Option<Time>,
    after_launch_s: Option<i64>,
    uploaded_at: Option<Time>,
    version: Option<Untrusted>,
    build: Option<Untrusted>,
    bundle: Option<Untrusted>,
    process: Option<Untrusted>,
    sdk_version: Option<Untrusted>,
    channel: Option<Untrusted>,
    /// The crashed thread.
    thread: Option<Untrusted>,
    in_background: Option<bool>,
    rooted: Option<bool>,
    emulator: Option<bool>,
    device: Device,
    user: Option<Untrusted>,
    device_id: Option<Untrusted>,
    country: Option<Untrusted>,
}

/// What broke.
#[derive(Debug, Serialize, JsonSchema)]
struct Exception {
    name: Option<Untrusted>,
    message: Option<Untrusted>,
    /// What kind of report it is, in words and as the service's code.
    kind: Option<&'static str>,
    kind_code: Option<Untrusted>,
    /// The faulting address or place, as the client reported it.
    address: Option<Untrusted>,
    /// Whether that place is the first frame of the stack.
    #[serde(skip)]
    address_is_first_frame: bool,
    /// What it was caused by, the root last.
    causes: Vec<Untrusted>,
    /// Signal, fault address, abort message, termination: what name and message do not say.
    facts: Vec<Untrusted>,
}

/// What it ran on.
#[derive(Debug, Serialize, JsonSchema)]
struct Device {
    model: Option<Untrusted>,
    brand: Option<Untrusted>,
    os: Option<Untrusted>,
    rom: Option<Untrusted>,
    cpu_type: Option<Untrusted>,
    cpu_name: Option<Untrusted>,
    gpu: Option<Untrusted>,
    gpu_driver: Option<Untrusted>,
    free_memory_bytes: Option<i64>,
    memory_bytes: Option<i64>,
    free_storage_bytes: Option<i64>,
    storage_bytes: Option<i64>,
    battery_percent: Option<i64>,
}

impl ReportFacts {
    /// Reads a report, with the stack that its text has.
    pub(crate) fn read(
        report: &Report<'_>,
        stack: &Stack<'_>,
        site: &TimeZone,
        zone: &TimeZone,
    ) -> Self {
        let (crash, detail) = (report.sources.crash, report.sources.detail);
        let time = |fields: &[&str]| instant(crash, fields, site);
        let crashed = report.crashed_at(site);
        let started = time(&["startTimestamp", "startTime"]);
        // `launchTime` is in seconds from start to crash, and is beside crashMap in crashDoc.
        let reported = [report.sources.launch, crash.get("launchTime")];
        let after_launch = reported
            .iter()
            .find_map(|node| node.count())
            .or_else(|| Some(crashed?.as_second() - started?.as_second()));
        let thread = crash.get("threadName").text().or(stack.facts.thread);
        Self {
            issue: crash.get("issueId").untrusted(),
            exception: Exception::read(report, stack),
            crashed_at: Time::of(crashed, zone),
            started_at: Time::of(started, zone),
            after_launch_s: after_launch.filter(|seconds| *seconds > 0),
            uploaded_at: Time::of(time(&["uploadTimestamp", "uploadTime"]), zone),
            version: known(crash.get("productVersion")),
            build: known(crash.get("buildNumber")),
            bundle: known(crash.get("bundleId")),
            process: known(crash.get("processName")),
            sdk_version: known(crash.get("sdkVersion")),
            channel: known(crash.get("channelId")),
            thread: thread.map(Untrusted::from),
            in_background: crash.get("appInBack").flag(),
            rooted: crash.get("isRooted").flag(),
            // 320 is met where other reports have 1: anything but 0.
            emulator: crash.get("isVirtualMachine").flag(),
            device: Device::read(crash, detail),
            user: known(crash.get("userId")),
            device_id: known(crash.get("deviceId")),
            country: known(crash.any(&["country", "countryOrRegion"])),
        }
    }

    /// The build it is of. What the service calls `buildNumber` may be the device's, and is no part of it.
    pub(crate) fn build(&self) -> Build<'_> {
        Build {
            bundle: self.bundle.as_ref().map(Untrusted::raw),
            version: self.version.as_ref().map(Untrusted::raw),
            number: None,
        }
    }

    /// Tokens that name and message cost as text.
    pub(crate) fn exception_cost(&self) -> usize {
        let line = |text: &Option<Untrusted>, most: usize| {
            text.as_ref()
                .map_or(0, |text| crate::token_estimate::estimate(&text.line(most)))
        };
        let Exception {
            name,
            message,
            causes,
            facts,
            ..
        } = &self.exception;
        let more = causes.iter().take(MOST_CAUSES);
        let more = more.chain(facts.iter().take(MOST_FACTS));
        line(name, NAME)
            + line(message, MESSAGE)
            + more
                .map(|text| crate::token_estimate::estimate(&text.line(MESSAGE)))
                .sum::<usize>()
    }
}

impl Exception {
    fn read(report: &Report<'_>, stack: &Stack<'_>) -> Self {
        let mut death = Death::of(stack, &report.reported());
        if death.name.is_empty() {
            // An exception without a type is its message.
            death.name = std::mem::take(&mut death.message);
        }
        let text = |text: String| Some(Untrusted::new(text)).filter(|text| !text.is_empty());
        let all = |texts: Vec<String>| texts.into_iter().filter_map(text).collect();
        let code = report.sources.crash.get("type").untrusted();
        let address = known(report.sources.crash.get("expAddr"));
        let first = stack.frames.first().map(crash_digest::frame::Frame::name);
        Self {
            address_is_first_frame: address.as_ref().zip(first).is_some_and(|(address, first)| {
                !first.is_empty() && address.raw().contains(&*first)
            }),
            kind: code
                .as_ref()
                .and_then(|code| codes::report_type(code.raw())),
            kind_code: code,
            address,
            causes: all(death.causes),
            facts: all(death.facts),
            name: text(death.name),
            message: text(death.message),
        }
    }

    /// The address where nothing else of the exception has it.
    fn new_address(&self) -> Option<&Untrusted> {
        let address = self.address.as_ref()?;
        if self.address_is_first_frame {
            return None;
        }
        let digits = address.raw().trim().trim_start_matches("0x");
        let digits = digits.trim_start_matches('0');
        let shown = [&self.name, &self.message];
        let texts = shown.into_iter().flatten().chain(&self.facts);
        let repeated = !digits.is_empty()
            && texts
                .into_iter()
                .any(|text| text.raw().to_lowercase().contains(&digits.to_lowercase()));
        (!repeated).then_some(address)
    }
}

impl Device {
    fn read(crash: JsonRef<'_>, detail: JsonRef<'_>) -> Self {
        let positive = |node: JsonRef<'_>| node.count().filter(|count| *count > 0);
        let reserved = crash.get("reservedMap");
        let gpu = [
            crash.any(&["gpu", "gpuName"]),
            reserved.any(&["GPU_NAME_0", "display_card_names"]),
        ];
        let driver = [
            crash.get("gpuDriverVersion"),
            reserved.get("gpuDriverVersion"),
        ];
        let first = |nodes: [JsonRef<'_>; 2]| nodes.into_iter().find_map(known);
        Self {
            model: known(crash.any(&["modelOriginalName", "hardware", "model"])),
            brand: known(crash.get("brand")),
            os: known(crash.any(&["osVer", "osVersion"])),
            rom: known(crash.get("rom")),
            cpu_type: known(crash.get("cpuType")),
            cpu_name: known(crash.get("cpuName")),
            gpu: first(gpu),
            gpu_driver: first(driver),
            free_memory_bytes: positive(crash.get("freeMem")),
            memory_bytes: positive(crash.get("memSize")),
            free_storage_bytes: positive(crash.get("freeStorage")),
            storage_bytes: positive(crash.get("diskSize")),
            battery_percent: positive(detail.get("battery")),
        }
    }

    /// Brand and model, the brand where the model does not name it.
    fn name(&self) -> Cell {
        let Some(model) = &self.model else {
            return Cell::Missing;
        };
        let lower = model.raw().to_lowercase();
        match &self.brand {
            Some(brand) if !lower.contains(&brand.raw().to_lowercase()) => {
                Cell::from_untrusted(format!("{} {}", brand.raw(), model.raw()))
            }
            _ => Cell::Untrusted(model.clone()),
        }
    }
}

/// Text that says something; "fail" and "unknown" are what the client writes when it could not find out.
fn known(node: JsonRef<'_>) -> Option<Untrusted> {
    node.untrusted().filter(|text| {
        let word = text.raw().to_lowercase();
        !matches!(word.as_str(), "fail" | "unknown" | "-1" | "fail%2ffail")
    })
}

/// Shows the facts in lines: exception, times, device, state, user.
pub(crate) fn show_facts(facts: &ReportFacts, reply: &mut Reply) {
    let mut push = |facts: Vec<Fact>| {
        let shown = facts.into_iter().filter(|fact| fact.value != Cell::Missing);
        let shown: Vec<Fact> = shown.collect();
        if !shown.is_empty() {
            reply.push(PRIORITY, Block::Facts(shown));
        }
    };
    push(exception_line(&facts.exception));
    push(vec![
        Fact::new("crashed", time(facts.crashed_at.as_ref())),
        Fact::new(
            "",
            facts.after_launch_s.map_or(Cell::Missing, Cell::Seconds),
        )
        .unit("after launch"),
        Fact::new(
            "uploaded",
            time_beside(facts.uploaded_at.as_ref(), facts.crashed_at.as_ref()),
        ),
    ]);
    let device = &facts.device;
    push(vec![
        Fact::new("version", cell(facts.version.as_ref())),
        Fact::new("device", device.name()),
        Fact::new("OS", cell(device.os.as_ref())),
        Fact::new("CPU", cell(device.cpu_type.as_ref())),
        Fact::new("GPU", cell(device.gpu.as_ref())),
        Fact::new("driver", cell(device.gpu_driver.as_ref())),
        Fact::new(
            "free memory",
            part_of(device.free_memory_bytes, device.memory_bytes),
        ),
        Fact::new(
            "free storage",
            part_of(device.free_storage_bytes, device.storage_bytes),
        ),
    ]);
    push(vec![
        Fact::new("thread", cell(facts.thread.as_ref())),
        Fact::new(
            "",
            flag(facts.in_background, "in background", "in foreground"),
        ),
        Fact::new("", flag(facts.rooted, "rooted", "")),
        Fact::new("", flag(facts.emulator, "emulator", "")),
        Fact::new("battery", Cell::count(device.battery_percent)).unit("%"),
    ]);
    push(vec![
        Fact::new("user", cell(facts.user.as_ref())),
        Fact::new("device id", cell(facts.device_id.as_ref())),
        Fact::new("country", cell(facts.country.as_ref())),
    ]);
}

fn exception_line(exception: &Exception) -> Vec<Fact> {
    let line = |text: Option<&Untrusted>, most: usize| {
        text.map_or(Cell::Missing, |text| Cell::Text(text.line(most)))
    };
    let kind = match (exception.kind, &exception.kind_code) {
        (Some(kind), _) => Cell::text(kind),
        (None, Some(code)) => Cell::text(format!("report type {}", code.line(20))),
        (None, None) => Cell::Missing,
    };
    let mut facts = vec![
        Fact::new("exception", line(exception.name.as_ref(), NAME)),
        Fact::new("message", line(exception.message.as_ref(), MESSAGE)),
        Fact::new("kind", kind),
        Fact::new("at", line(exception.new_address(), 120)),
    ];
    let causes = exception.causes.iter().take(MOST_CAUSES);
    facts.extend(causes.map(|cause| Fact::new("caused by", line(Some(cause), MESSAGE))));
    let more = exception.facts.iter().take(MOST_FACTS);
    facts.extend(more.map(|fact| Fact::new("", line(Some(fact), MESSAGE))));
    facts
}

fn cell(text: Option<&Untrusted>) -> Cell {
    text.cloned().map_or(Cell::Missing, Cell::Untrusted)
}

fn time(time: Option<&Time>) -> Cell {
    time.map_or(Cell::Missing, Time::cell)
}

/// A moment on a line that has another: its offset only where it is another.
fn time_beside(at: Option<&Time>, first: Option<&Time>) -> Cell {
    let zoned = |time: &Time| time.at.to_zoned_datetime(time.zone.clone());
    match (at.map(zoned), first.map(zoned)) {
        (Some(at), Some(first)) if at.offset() == first.offset() => {
            Cell::Text(at.strftime("%Y-%m-%d %H:%M:%S").to_string())
        }
        _ => time(at),
    }
}

fn flag(flag: Option<bool>, yes: &str, no: &str) -> Cell {
    match flag {
        Some(true) => Cell::text(yes),
        Some(false) if !no.is_empty() => Cell::text(no),
        _ => Cell::Missing,
    }
}

fn part_of(part: Option<i64>, whole: Option<i64>) -> Cell {
    match (part, whole) {
        (Some(part), Some(whole)) => Cell::BytesOf { part, whole },
        (Some(part), None) => Cell::Bytes(part),
        _ => Cell::Missing,
    }
}
