//! Ranges for the tests of what reads them.

use super::{Granularity, Window, WindowSpec, Zones, zone};

/// A range as it is at 2026-11-22 08:08 UTC, a Sunday, of a service and a reader at +08:00.
pub(crate) fn window(text: &str, grain: Granularity) -> Window {
    let zones = Zones {
        service: zone("+08:00").unwrap(),
        display: zone("+08:00").unwrap(),
    };
    let spec = WindowSpec::try_from(text.to_owned()).unwrap();
    let now = "2026-11-22T08:08:30Z".parse().unwrap();
    spec.resolve(grain, now, &zones).unwrap()
}
