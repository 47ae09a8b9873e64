//! The result of an endpoint, and the time range of a request.

use serde_json::Value;

use crate::params::Params;
use crate::world::World;

/// A code and its message, as the service prints them in an error body.
pub(crate) type ServiceError = (i64, &'static str);
/// The fields of a good answer beside its code.
pub(crate) type Answer = Result<Value, ServiceError>;

/// Start and end in Unix seconds, the end no later than now. `retention` is how many seconds back data
/// reach. Milliseconds are answered as the service does (docs/vendor/agora.md §2).
pub(crate) fn range(
    world: World,
    params: &Params,
    retention: i64,
) -> Result<(i64, i64), ServiceError> {
    let number = |names: [&str; 2]| names.iter().find_map(|name| params.number(name));
    let (Some(start), Some(end)) = (number(["start_ts", "startTs"]), number(["end_ts", "endTs"]))
    else {
        return Err((400, "parameter : startTs can not be null"));
    };
    if start > 100_000_000_000 || end > 100_000_000_000 {
        return Err((500, "Unknown Error"));
    }
    if end <= start {
        return Err((400, "end_ts must be later than start_ts"));
    }
    // One minute of tolerance: a request spends time on its way.
    if start < world.now_ms / 1000 - retention - 60 {
        return Err((300, "query time range limit error"));
    }
    Ok((start, end.min(world.now_ms / 1000)))
}
