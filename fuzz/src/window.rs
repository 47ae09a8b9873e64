//! Time ranges in words.

use crashsight_mcp::testing;

/// The first byte chooses a zone, the rest is the range.
pub(crate) fn run(bytes: &[u8]) {
    let Some((zone, text)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let zones = ["+08:00", "UTC", "America/New_York", "-12:00", "+14:00"];
    let zone = zones[usize::from(*zone) % zones.len()];
    for title in testing::windows(text, zone) {
        assert!(title.len() < 200, "{title}");
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    [
        "today",
        "yesterday",
        "7d",
        "24h",
        "this_week",
        "last_month",
        "since monday",
        "2026-11-01..2026-11-07",
        "11-20T08..11-20T12",
        "2026-11-22T16:08:30+08:00..now",
        "november",
        "2026-W47",
        "1795334910",
        "last 3 days",
        "08:00..09:30",
    ]
    .iter()
    .enumerate()
    .map(|(zone, text)| {
        let zone = u8::try_from(zone).unwrap_or_default();
        [&[zone], text.as_bytes()].concat()
    })
    .collect()
}
