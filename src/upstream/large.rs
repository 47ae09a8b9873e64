//! Work on large responses, away from the async workers: small calls and health checks are answered meanwhile.
//!
//! Keeping a core free as well was measured: four reports of 44 MB at once took 1.7 times as long on two cores, and
//! the longest wait of a health check was no shorter.

use crate::error::Error;

/// Larger responses are not read on an async worker.
const INLINE: usize = 256 << 10;

/// Runs the reading of responses of so many bytes in all. A panic in large work becomes an error of this call.
pub(crate) async fn read_sized<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    if bytes <= INLINE {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await.map_err(|_| {
        Error::unexpected_response(anyhow::anyhow!("a fault while reading a large response"))
    })
}
