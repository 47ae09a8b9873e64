//! The time that the processes of one machine agree on: it does not jump when the clock is set.

/// Milliseconds since the machine started, also while it slept. Where the system has no such clock, of the Unix epoch.
pub(super) fn now() -> i64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
    let clock = rustix::time::ClockId::Monotonic;
    #[cfg(unix)]
    {
        let at = rustix::time::clock_gettime(clock);
        at.tv_sec
            .saturating_mul(1000)
            .saturating_add(at.tv_nsec / 1_000_000)
    }
    #[cfg(not(unix))]
    crate::clock::Clock::System.now().as_millisecond()
}
