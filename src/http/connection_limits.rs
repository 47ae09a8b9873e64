//! How many connections may be open: in all, and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Open connections; further ones wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 1024;
/// Open connections of one address. Behind a proxy all have the proxy's.
const MAX_PER_ADDRESS: usize = 256;
/// Descriptors that stay free for requests to the services, files and pipes.
const RESERVED_DESCRIPTORS: usize = 128;
/// Fewer connections are of no use.
const MIN_CONNECTIONS: usize = 16;

/// Counts open connections.
pub(super) struct ConnectionLimits {
    all: Arc<Semaphore>,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
    per_address: usize,
}

/// An open connection; dropping it frees its place.
pub(super) struct OpenConnection {
    address: IpAddr,
    by_address: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionLimits {
    /// As many as the process may have descriptors for.
    pub(super) fn new(behind_proxy: bool) -> Self {
        Self {
            all: Arc::new(Semaphore::new(max_connections(descriptors()))),
            by_address: Arc::default(),
            per_address: if behind_proxy {
                usize::MAX
            } else {
                MAX_PER_ADDRESS
            },
        }
    }

    /// Waits until one more connection may be open.
    pub(super) async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.all).acquire_owned().await.ok()
    }

    /// The same without waiting.
    pub(super) fn try_wait(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.all).try_acquire_owned().ok()
    }

    /// Counts the connection of an address; `None` if it has too many open.
    pub(super) fn open(
        &self,
        address: IpAddr,
        permit: OwnedSemaphorePermit,
    ) -> Option<OpenConnection> {
        let mut by_address = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let open = by_address.entry(address).or_default();
        if *open >= self.per_address {
            return None;
        }
        *open += 1;
        Some(OpenConnection {
            address,
            by_address: Arc::clone(&self.by_address),
            _permit: permit,
        })
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let mut by_address = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = by_address.get_mut(&self.address) {
            *open -= 1;
            if *open == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

/// The soft limit of descriptors, where the system has one.
fn descriptors() -> Option<usize> {
    #[cfg(unix)]
    {
        let (soft, _) = rlimit::Resource::NOFILE.get().ok()?;
        usize::try_from(soft).ok()
    }
    #[cfg(not(unix))]
    None
}

fn max_connections(descriptors: Option<usize>) -> usize {
    let most = descriptors.map_or(MAX_CONNECTIONS, |all| {
        all.saturating_sub(RESERVED_DESCRIPTORS)
    });
    most.clamp(MIN_CONNECTIONS, MAX_CONNECTIONS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_stay_free_for_the_services() {
        for (descriptors, expected) in [
            (None, 1024),
            (Some(64), 16),
            (Some(1024), 896),
            (Some(65_536), 1024),
        ] {
            assert_eq!(max_connections(descriptors), expected, "{descriptors:?}");
        }
    }

    #[tokio::test]
    async fn one_address_cannot_take_every_connection() {
        let limits = ConnectionLimits::new(false);
        let (one, other): (IpAddr, IpAddr) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        let mut open = Vec::new();
        for _ in 0..MAX_PER_ADDRESS {
            let permit = limits.wait().await.unwrap();
            open.push(limits.open(one, permit).unwrap());
        }
        let permit = limits.wait().await.unwrap();
        assert!(limits.open(one, permit).is_none());
        let permit = limits.wait().await.unwrap();
        assert!(limits.open(other, permit).is_some());
        open.pop();
        let permit = limits.wait().await.unwrap();
        assert!(limits.open(one, permit).is_some());
        drop(open);
        assert!(limits.by_address.lock().unwrap().is_empty());
    }
}
