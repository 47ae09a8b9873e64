//! A call of a command that has no deadline as a client has: it waits for the limit.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::tools::{CallOptions, Caller, Outcome, Toolbox, UnknownTool};

/// The longest wait, of all tries.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// The tool's outcome. When the limit is reached, waits until the next call is possible, and says so.
#[expect(clippy::print_stderr, reason = "who waits learns why")]
pub(super) async fn call_within_limit(
    toolbox: &Toolbox,
    caller: &Caller,
    tool: &str,
    arguments: Map<String, Value>,
    options: CallOptions<'_>,
) -> Result<Outcome, UnknownTool> {
    let mut left = LONGEST_WAIT;
    loop {
        let outcome = toolbox
            .call_with(caller, tool, arguments.clone(), options)
            .await?;
        let Err(Error::RateLimited {
            retry_after: Some(wait),
        }) = outcome.result
        else {
            return Ok(outcome);
        };
        let wait = wait + Duration::from_millis(1);
        let Some(less) = left.checked_sub(wait) else {
            return Ok(outcome);
        };
        left = less;
        eprintln!("rate limit reached: waiting {} s", wait.as_secs() + 1);
        tokio::time::sleep(wait).await;
    }
}
