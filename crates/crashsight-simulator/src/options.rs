//! How a simulator behaves.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::crashsight::Envelopes;
use crate::faults::FaultRule;

/// How a simulator behaves. The default is a healthy service with the vendor's quota.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data set grows from this number: the same seed and UTC+8 day give the same data.
    pub seed: u64,
    /// The port on loopback; 0 takes a free one.
    pub port: u16,
    /// A fixed time; `None` reads the system clock at each request.
    pub now: Option<Timestamp>,
    /// Added to the clock for the data only: signatures, tokens and the `Date` header keep to the clock.
    pub data_offset: SignedDuration,
    /// CrashSight calls per sliding minute, all operations together. `None` lifts every limit, also those
    /// of Agora and Getui.
    pub quota: Option<u32>,
    /// Added to the time of every answer.
    pub latency: Duration,
    /// The envelopes of CrashSight's answers.
    pub envelopes: Envelopes,
    /// Whether answers are compressed for clients that accept gzip.
    pub compression: bool,
    /// CrashSight operations that are answered with 404, as where a site does not offer them.
    pub without: Vec<String>,
    /// Faults that recur; none by default.
    pub faults: Vec<FaultRule>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            port: 0,
            now: None,
            data_offset: SignedDuration::ZERO,
            quota: Some(25),
            latency: Duration::ZERO,
            envelopes: Envelopes::Seed,
            compression: true,
            without: Vec::new(),
            faults: Vec::new(),
        }
    }
}
