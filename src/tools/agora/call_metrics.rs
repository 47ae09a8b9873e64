//! The metrics of a call: their ids, words, units, and which end is the bad one.

use crate::args::ChoiceSet;

/// One metric.
#[derive(Debug)]
pub(super) struct CallMetric {
    /// Its word in arguments and data.
    pub(super) word: &'static str,
    /// The service's id, `mid`.
    pub(super) code: i64,
    /// Its name for people.
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) worst: Worst,
}

/// Which end of the values is the bad one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worst {
    High,
    Low,
}

impl CallMetric {
    /// The metric of an id, where it is documented.
    pub(super) fn of(code: i64) -> Option<&'static Self> {
        let documented = CallMetrics::ITEMS.iter().map(|(_, metric)| metric);
        documented.chain(LATER).find(|metric| metric.code == code)
    }
}

const fn high(
    word: &'static str,
    code: i64,
    name: &'static str,
    unit: &'static str,
) -> (&'static str, CallMetric) {
    (word, metric(word, code, name, unit, Worst::High))
}

const fn low(
    word: &'static str,
    code: i64,
    name: &'static str,
    unit: &'static str,
) -> (&'static str, CallMetric) {
    (word, metric(word, code, name, unit, Worst::Low))
}

const fn metric(
    word: &'static str,
    code: i64,
    name: &'static str,
    unit: &'static str,
    worst: Worst,
) -> CallMetric {
    CallMetric {
        word,
        code,
        name,
        unit,
        worst,
    }
}

/// The metrics of the manual (docs/vendor/agora.md §6), by the words that select them.
pub(super) struct CallMetrics;

impl ChoiceSet for CallMetrics {
    type Item = CallMetric;
    const ITEMS: &'static [(&'static str, CallMetric)] = &[
        high("app_cpu", 20001, "app CPU", "%"),
        high("system_cpu", 20002, "system CPU", "%"),
        low("audio_sent", 20003, "audio sent", "kbps"),
        low("audio_received", 20004, "audio received", "kbps"),
        high("audio_freeze", 20005, "audio freeze", "ms"),
        low("video_sent", 20006, "video sent", "kbps"),
        low("fps_captured", 20007, "video captured", "fps"),
        low("fps_sent", 20008, "video sent", "fps"),
        low("video_received", 20009, "video received", "kbps"),
        low("fps_received", 20010, "video received", "fps"),
        high("video_freeze", 20011, "video freeze", "ms"),
        high("blur", 20013, "blur (lower is clearer)", ""),
        high("audio_loss_up", 20015, "audio uplink loss", "%"),
        high("audio_loss", 20016, "audio loss end to end", "%"),
        high("video_loss_up", 20017, "video uplink loss", "%"),
        high("video_loss", 20018, "video loss end to end", "%"),
        low("width", 20019, "video width", "px"),
        low("height", 20020, "video height", "px"),
        high("sdk_delay", 20021, "SDK task delay", "ms"),
        high("router_rtt", 20022, "round trip to the router", "ms"),
    ];
}

/// Metrics that later revisions add (docs/vendor/agora.md §6). None of them has a bad end.
const LATER: &[CallMetric] = &[
    metric(
        "low_stream_fps",
        20023,
        "low stream sent",
        "fps",
        Worst::High,
    ),
    metric(
        "high_stream_bitrate",
        20024,
        "high stream sent",
        "kbps",
        Worst::High,
    ),
    metric("volume_sent", 20025, "volume sent", "", Worst::High),
    metric("volume_played", 20026, "volume played", "", Worst::High),
    metric("width_sent", 20027, "width sent", "px", Worst::High),
    metric("height_sent", 20028, "height sent", "px", Worst::High),
];
