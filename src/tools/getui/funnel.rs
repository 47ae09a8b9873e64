//! The way of pushes in numbers: sendable, sent, received, shown, clicked, each as a part of the step before.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::Serialize;

use super::codes;
use crate::json::JsonRef;
use crate::reply::{Cell, Fact, Reply, Table, Untrusted};
use crate::tools::output::ratio;

/// What became of a push, or of many together.
#[derive(Serialize, JsonSchema)]
pub(super) struct PushReport {
    pub(super) total: Funnel,
    /// The largest first.
    channels: Vec<ChannelCounts>,
    /// The app's own events.
    actions: Vec<ActionCount>,
}

/// Counts of the steps.
#[derive(Clone, Copy, Serialize, JsonSchema)]
pub(super) struct Funnel {
    /// Messages that could be sent; totals only.
    pub(super) sendable: Option<i64>,
    pub(super) sent: Option<Step>,
    received: Option<Step>,
    shown: Option<Step>,
    clicked: Option<Step>,
    /// Whether displays are counted; where they are not, clicks are a part of what was received.
    counts_displays: Option<bool>,
}

/// One step, as a part of the one before.
#[derive(Clone, Copy, Serialize, JsonSchema)]
pub(super) struct Step {
    count: i64,
    /// The step that it is a part of.
    of: Option<i64>,
    /// `count / of`.
    rate: Option<f64>,
}

/// Counts of one channel.
#[derive(Serialize, JsonSchema)]
struct ChannelCounts {
    /// The channel in words.
    channel: Option<&'static str>,
    channel_code: Untrusted,
    #[serde(flatten)]
    counts: Funnel,
    /// The brands within the Getui channel, the largest first.
    brands: Vec<BrandCounts>,
}

/// Counts of one phone brand.
#[derive(Serialize, JsonSchema)]
struct BrandCounts {
    brand: Untrusted,
    #[serde(flatten)]
    counts: Funnel,
}

/// How often an event of the app was reported.
#[derive(Serialize, JsonSchema)]
struct ActionCount {
    action: Untrusted,
    times: Option<i64>,
}

impl Step {
    /// A count as a part of the step before, where that is known and not zero.
    pub(super) fn of(count: i64, of: Option<i64>) -> Self {
        let of = of.filter(|of| *of > 0);
        let rate = of.map(|of| ratio(count, of));
        Self { count, of, rate }
    }

    pub(super) fn new(count: Option<i64>, of: Option<i64>) -> Option<Self> {
        count.map(|count| Self::of(count, of))
    }

    pub(super) fn count(self) -> i64 {
        self.count
    }

    pub(super) fn is_part(self) -> bool {
        self.of.is_some()
    }

    /// With its percentage.
    pub(super) fn cell(self) -> Cell {
        match self.of {
            Some(whole) => Cell::FunnelStep {
                part: self.count,
                whole,
            },
            None => Cell::Count(self.count),
        }
    }
}

fn step_cell(step: Option<Step>) -> Cell {
    step.map_or(Cell::Missing, Step::cell)
}

/// The service's counts of a channel, a brand or a total.
#[derive(Clone, Copy)]
struct Counts {
    sendable: Option<i64>,
    sent: Option<i64>,
    received: Option<i64>,
    /// -1 means that displays are not counted (docs/vendor/getui.md §5).
    shown: Option<i64>,
    clicked: Option<i64>,
}

impl Counts {
    const NONE: Self = Self {
        sendable: None,
        sent: None,
        received: None,
        shown: None,
        clicked: None,
    };

    fn read(node: JsonRef<'_>) -> Option<Self> {
        let count = |field| node.get(field).count();
        let counts = Self {
            sendable: count("msg_num"),
            sent: count("target_num"),
            received: count("receive_num"),
            shown: count("display_num"),
            clicked: count("click_num"),
        };
        let Self {
            sendable,
            sent,
            received,
            shown,
            clicked,
        } = counts;
        let all = [sendable, sent, received, shown, clicked];
        all.iter().any(Option::is_some).then_some(counts)
    }

    fn counts_displays(self) -> Option<bool> {
        self.shown.map(|shown| shown >= 0)
    }

    fn funnel(self) -> Funnel {
        let shown = self.shown.filter(|shown| *shown >= 0);
        Funnel {
            sendable: self.sendable,
            sent: Step::new(self.sent, self.sendable),
            received: Step::new(self.received, self.sent),
            shown: Step::new(shown, self.received),
            clicked: Step::new(self.clicked, shown.or(self.received)),
            counts_displays: self.counts_displays(),
        }
    }

    /// The total of these channels. Where some do not count displays, what was shown is a part of what the
    /// others received, and clicks, which all count, are a part of nothing.
    fn total(self, channels: &[Self]) -> Funnel {
        let mut funnel = self.funnel();
        let counting = |counts: &&Self| counts.counts_displays() != Some(false);
        if channels.iter().any(|counts| !counting(&counts)) {
            let received: i64 = channels
                .iter()
                .filter(counting)
                .filter_map(|counts| counts.received)
                .sum();
            funnel.shown = funnel.shown.map(|shown| {
                // A part larger than its whole is none.
                let of = Some(received).filter(|all| *all >= shown.count);
                Step::of(shown.count, of)
            });
            funnel.clicked = Step::new(self.clicked, None);
        }
        funnel
    }
}

/// What a total means where a channel does not count displays.
pub(super) const SILENT: &str = "channels without display counts: click rate is relative to received; in the total, \
     shown is relative to what the other channels received, and clicks have no rate";

/// Fields of a report that are no channels.
const NOT_CHANNELS: [&str; 3] = ["total", "actionCntMap", "failed_detail"];

impl PushReport {
    /// Reads a report; what is not recognised in it is counted. A report of nothing known is none.
    pub(super) fn read(report: JsonRef<'_>, unrecognized: &mut usize) -> Option<Self> {
        let mut counts = Vec::new();
        let mut channels = Vec::new();
        for (code, node) in report.entries() {
            if NOT_CHANNELS.contains(&code) || !node.exists() {
                continue;
            }
            let Some(channel) = Counts::read(node) else {
                *unrecognized += 1;
                continue;
            };
            counts.push(channel);
            channels.push(ChannelCounts {
                channel: codes::channel(code),
                channel_code: code.into(),
                counts: channel.funnel(),
                brands: brands(node),
            });
        }
        channels.sort_by_key(|channel| Reverse(channel.counts.sent.map(|sent| sent.count)));
        let total = Counts::read(report.get("total"));
        let known = NOT_CHANNELS.iter().any(|field| report.has(field));
        if !known && channels.is_empty() {
            return None;
        }
        Some(Self {
            total: total.unwrap_or(Counts::NONE).total(&counts),
            channels,
            actions: actions(report.get("actionCntMap")),
        })
    }

    /// Whether a channel does not count displays.
    pub(super) fn has_silent_channel(&self) -> bool {
        let silent = |channel: &ChannelCounts| channel.counts.counts_displays == Some(false);
        self.channels.iter().any(silent)
    }

    /// The total on a line.
    fn render_total(&self, reply: &mut Reply) {
        let mut cells = self.total.cells().into_iter();
        let mut fact = |label| Fact::new(label, cells.next().unwrap_or(Cell::Missing));
        reply.facts([
            Fact::new("sendable", Cell::count(self.total.sendable)),
            fact("sent"),
            fact("received"),
            fact("shown"),
            fact("clicked"),
        ]);
    }

    /// The total on a line, then the counts of each channel without their rates.
    pub(super) fn render_counts(&self, reply: &mut Reply) {
        self.render_total(reply);
        let mut table = Table::new(&["channel", "sent", "received", "shown", "clicked"]);
        for channel in &self.channels {
            let counts = channel.counts;
            let count = |step: Option<Step>| Cell::count(step.map(Step::count));
            table.rows.push(vec![
                codes::cell(channel.channel, &channel.channel_code),
                count(counts.sent),
                count(counts.received),
                count(counts.shown),
                count(counts.clicked),
            ]);
        }
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
    }

    /// The total on a line, then a row per channel and brand, and the app's own events.
    pub(super) fn render(&self, reply: &mut Reply) {
        self.render_total(reply);
        let mut table = Table::new(&[
            "channel",
            "sent",
            "received (of sent)",
            "shown (of received)",
            "clicked (of shown)",
        ]);
        for channel in &self.channels {
            let name = codes::cell(channel.channel, &channel.channel_code);
            table.rows.push(channel.counts.row(name));
            for brand in &channel.brands {
                let name = match codes::channel(brand.brand.raw()) {
                    Some(word) => Cell::text(format!("on {word}")),
                    None => Cell::text(format!("on {}", brand.brand.line(40))),
                };
                table.rows.push(brand.counts.row(name));
            }
        }
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
        let mut table = Table::new(&["action", "times"]);
        for action in &self.actions {
            let name = Cell::Untrusted(action.action.clone());
            table.rows.push(vec![name, Cell::count(action.times)]);
        }
        if !table.rows.is_empty() {
            reply.table(table, "");
        }
    }
}

impl Funnel {
    /// Sent, received, shown, clicked.
    fn cells(self) -> Vec<Cell> {
        let shown = match self.counts_displays {
            Some(false) => Cell::text("not offered"),
            _ => step_cell(self.shown),
        };
        vec![
            step_cell(self.sent),
            step_cell(self.received),
            shown,
            step_cell(self.clicked),
        ]
    }

    fn row(self, name: Cell) -> Vec<Cell> {
        let mut row = vec![name];
        row.extend(self.cells());
        row
    }
}

/// A row per task: its total.
pub(super) fn totals<'a>(reports: impl Iterator<Item = (&'a Untrusted, &'a PushReport)>) -> Table {
    let mut table = Table::new(&["task", "sendable", "sent", "received", "shown", "clicked"]);
    for (task, report) in reports {
        let mut row = vec![
            Cell::Untrusted(task.clone()),
            Cell::count(report.total.sendable),
        ];
        row.extend(report.total.cells());
        table.rows.push(row);
    }
    table
}

/// Brands are objects beside a channel's own counts.
fn brands(node: JsonRef<'_>) -> Vec<BrandCounts> {
    let mut brands: Vec<BrandCounts> = node
        .entries()
        .filter_map(|(brand, counts)| {
            Some(BrandCounts {
                brand: brand.into(),
                counts: Counts::read(counts)?.funnel(),
            })
        })
        .collect();
    brands.sort_by_key(|brand| Reverse(brand.counts.sent.map(|sent| sent.count)));
    brands
}

fn actions(map: JsonRef<'_>) -> Vec<ActionCount> {
    map.entries()
        .map(|(action, times)| ActionCount {
            action: action.into(),
            times: times.count(),
        })
        .collect()
}
