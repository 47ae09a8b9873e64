//! An older answer in place of a call that may not be made yet.

use std::time::Duration;

use crate::error::Error;
use crate::reply::Reply;
use crate::tools::tool::{Call, CallContext};
use crate::upstream::cache::CachedResponse;

/// Tells an older answer as it was told when it came, and how old it is.
pub(super) fn tell(
    call: &dyn Call,
    ctx: &CallContext<'_>,
    kept: &CachedResponse,
    wait: Duration,
) -> Result<Reply, Error> {
    let then = CallContext {
        now: kept.at,
        ..*ctx
    };
    // A range that lies after the older answer cannot be told from it.
    let mut reply = call
        .reply(&then, &kept.data)
        .map_err(|_| Error::RateLimited { retry_after: wait })?;
    let age = ctx.now.duration_since(kept.at).as_secs();
    reply.title_more(format!("as of {} ago", crate::reply::duration(age)));
    reply.note(format!(
        "the service limits this endpoint: the next call is possible in {}",
        crate::reply::duration(
            i64::try_from(wait.as_secs())
                .unwrap_or(i64::MAX)
                .saturating_add(1)
        )
    ));
    Ok(reply)
}
