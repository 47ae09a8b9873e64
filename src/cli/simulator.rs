//! The simulator behind `--demo`, and its options.

#[cfg(feature = "demo")]
mod enabled {
    use std::time::Duration;

    use clap::Args;
    pub(crate) use crashsight_simulator::Simulator;

    use crate::project::Projects;

    /// Options of the simulator.
    #[derive(Args, Clone)]
    pub(crate) struct SimulatorOptions {
        /// Simulator rate limit per minute, or `off`, which also turns off the client's own limit.
        #[arg(
            long,
            global = true,
            hide = true,
            value_name = "CALLS|off",
            default_value = "25",
            value_parser = quota
        )]
        pub(in crate::cli) sim_quota: Quota,
        /// Latency of every simulator response in milliseconds.
        #[arg(
            long,
            global = true,
            hide = true,
            value_name = "MS",
            default_value_t = 0
        )]
        sim_latency: u64,
    }

    impl SimulatorOptions {
        /// Starts the simulator on a free port.
        pub(crate) async fn start(&self) -> anyhow::Result<(Simulator, Projects)> {
            let simulator = Simulator::start(crashsight_simulator::Options {
                quota: self.sim_quota.0,
                latency: Duration::from_millis(self.sim_latency),
                ..crashsight_simulator::Options::default()
            })
            .await?;
            let projects = crate::demo_projects::all(&simulator.base_url());
            Ok((simulator, projects))
        }

        /// Whether calls are rate-limited.
        pub(crate) fn limits_rate(&self) -> bool {
            self.sim_quota.0.is_some()
        }
    }

    /// Calls a minute; `None` is no limit.
    #[derive(Clone, Copy)]
    pub(crate) struct Quota(pub(crate) Option<u32>);

    /// Reads a number of calls, or `off`.
    pub(crate) fn quota(text: &str) -> Result<Quota, String> {
        match text {
            "off" => Ok(Quota(None)),
            number => number
                .parse()
                .ok()
                .filter(|calls| *calls > 0)
                .map(|calls| Quota(Some(calls)))
                .ok_or_else(|| "expected a number of calls per minute, or `off`".to_owned()),
        }
    }
}

#[cfg(not(feature = "demo"))]
mod disabled {
    use clap::Args;

    use crate::cli::exit::UsageError;
    use crate::project::Projects;

    /// A build without the simulator has no options for it.
    #[derive(Args, Clone)]
    pub(crate) struct SimulatorOptions {}

    impl SimulatorOptions {
        #[expect(clippy::unused_async, reason = "as with the simulator")]
        pub(crate) async fn start(&self) -> anyhow::Result<(Simulator, Projects)> {
            let reason = "this build has no simulator: `--demo` needs the cargo feature `demo`";
            Err(UsageError(reason.to_owned()).into())
        }

        #[expect(clippy::unused_self, reason = "as with the simulator")]
        pub(crate) fn limits_rate(&self) -> bool {
            true
        }
    }

    /// There is none.
    pub(crate) enum Simulator {}

    impl Simulator {
        pub(crate) fn base_url(&self) -> String {
            match *self {}
        }
    }
}

#[cfg(not(feature = "demo"))]
pub(crate) use disabled::{Simulator, SimulatorOptions};
#[cfg(feature = "demo")]
pub(crate) use enabled::{Quota, Simulator, SimulatorOptions, quota};
