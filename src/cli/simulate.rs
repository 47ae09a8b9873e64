//! `simulate`: the simulator alone, for SDKs and scripts.

use anyhow::Context as _;
use clap::Args;
use crashsight_simulator::{
    ACCOUNTS, Credentials, DemoProject, Envelopes, FaultRule, Options, PROJECTS, Service,
    Simulator, operations,
};
use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};

use super::exit::Exit;
use super::output::print_line;
use super::serve::shutdown_signal;
use super::simulator::{Quota, quota};
use crate::clock::Clock;
use crate::project::Platform;

/// Options of `simulate`.
#[derive(Args)]
pub(super) struct Simulate {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Date, or date and time, of the data in UTC+8; time goes on from there [default: now].
    #[arg(long, value_name = "YYYY-MM-DD[THH:MM]", value_parser = start)]
    date: Option<DateTime>,
    /// Calls per minute, or `off`, which lifts every limit.
    #[arg(long, value_name = "CALLS|off", default_value = "25", value_parser = quota)]
    quota: Quota,
    /// Recurring faults, comma-separated: `rate-limit:30@5` answers every fifth request with 429. Faults:
    /// status:CODE, html:CODE, spring:CODE, truncated, gzip, redirect:URL, delay:MS, flood:MB, dropped,
    /// skew:SECONDS, rate-limit[:SECONDS].
    #[arg(long, value_name = "FAULT[@N]", value_delimiter = ',')]
    faults: Vec<FaultRule>,
    /// Envelopes of the answers: each operation's own (seed), or one for all (sdk).
    #[arg(long, value_name = "seed|sdk", default_value = "seed")]
    envelopes: Envelopes,
    /// CrashSight operations to answer with 404, comma-separated.
    #[arg(long, value_name = "OPERATIONS", value_delimiter = ',', value_parser = operation)]
    without: Vec<String>,
    /// Send every answer uncompressed.
    #[arg(long)]
    no_compression: bool,
    /// Number that the data grows from.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

impl Simulate {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let data_offset = self.date.map_or(SignedDuration::ZERO, |date| {
            data_offset(date, Clock::System.now())
        });
        let simulator = Simulator::start(Options {
            seed: self.seed,
            port: self.port,
            data_offset,
            quota: self.quota.0,
            envelopes: self.envelopes,
            faults: self.faults,
            compression: !self.no_compression,
            without: self.without,
            ..Options::default()
        })
        .await
        .with_context(|| format!("cannot listen on 127.0.0.1:{}", self.port))?;
        let now = Clock::System.now() + data_offset;
        print_line(&description(&simulator.base_url(), now));
        shutdown_signal().await?;
        Ok(Exit::Success)
    }
}

/// Reads a date, or a date and time. A date alone starts at noon.
fn start(text: &str) -> Result<DateTime, String> {
    let date_time = text.parse::<DateTime>();
    let date = text.parse::<Date>().map(|date| date.at(12, 0, 0, 0));
    match (text.contains(['T', ' ']), date_time, date) {
        (true, Ok(date_time), _) | (false, _, Ok(date_time)) => Ok(date_time),
        _ => Err("expected a date such as 2026-11-22 or 2026-11-22T16:08".to_owned()),
    }
}

/// Reads the name of a CrashSight operation.
fn operation(text: &str) -> Result<String, String> {
    operations()
        .any(|(service, name)| service == Service::CrashSight && name == text)
        .then(|| text.to_owned())
        .ok_or_else(|| "not a CrashSight operation of the simulator".to_owned())
}

/// From the clock to the time of the data.
fn data_offset(date: DateTime, now: Timestamp) -> SignedDuration {
    let zone = TimeZone::fixed(offset(8));
    let start = date.to_zoned_datetime(zone).map(|start| start.timestamp());
    start.map_or(SignedDuration::ZERO, |start| start.duration_since(now))
}

/// Addresses, ids and keys as comments, then the environment, in the syntax of a shell.
fn description(base: &str, now: Timestamp) -> String {
    let now = now.to_zoned_datetime(TimeZone::fixed(offset(8)));
    let mut lines = vec![
        format!("# The simulator serves {base} until Ctrl-C."),
        // A client asks for days of its own clock: with `--date` it has to name the day.
        format!(
            "# Its data end at {} UTC+8.",
            now.strftime("%Y-%m-%d %H:%M")
        ),
        format!(
            "# {} operations of CrashSight, Agora Analytics and Getui. Ids and keys are made up.",
            operations().count()
        ),
        "#".to_owned(),
        "# project                     app id      platform  address".to_owned(),
    ];
    lines.extend(PROJECTS.iter().map(|project| {
        format!(
            "# {:<27} {:<11} {:<9} {base}/uniform/openapi/",
            project.alias, project.app, project.platform
        )
    }));
    lines.push(
        "# No source states the platform number of HarmonyOS: the one here is made up.".to_owned(),
    );
    lines.push("#".to_owned());
    for (name, value) in environment(base) {
        lines.push(format!("export {name}='{value}'"));
    }
    lines.join("\n")
}

/// The settings of the first project and of every account.
fn environment(base: &str) -> Vec<(&'static str, String)> {
    let text = str::to_owned;
    let mut settings = vec![("CRASHSIGHT_SITE", text(base))];
    settings.extend(
        PROJECTS
            .first()
            .map(|project| ("CRASHSIGHT_PROJECT", address(project))),
    );
    for account in ACCOUNTS {
        settings.extend(match account.credentials {
            Credentials::CrashSight { user_id, api_key } => vec![
                ("CRASHSIGHT_USER_ID", text(user_id)),
                ("CRASHSIGHT_API_KEY", text(api_key)),
            ],
            Credentials::Agora {
                customer_id,
                customer_secret,
            } => vec![
                ("AGORA_BASE_URL", text(base)),
                ("AGORA_CUSTOMER_ID", text(customer_id)),
                ("AGORA_CUSTOMER_SECRET", text(customer_secret)),
            ],
            Credentials::Getui {
                app_id,
                app_key,
                master_secret,
            } => vec![
                ("GETUI_BASE_URL", text(base)),
                ("GETUI_APP_ID", text(app_id)),
                ("GETUI_APP_KEY", text(app_key)),
                ("GETUI_MASTER_SECRET", text(master_secret)),
            ],
        });
    }
    let agora = PROJECTS.iter().find_map(|project| project.agora);
    settings.extend(agora.map(|app| ("AGORA_APP_ID", text(app))));
    settings
}

/// `appId@platform`.
fn address(project: &DemoProject) -> String {
    let platform = Platform::parse(&project.platform.to_string());
    let word = platform.map(Platform::as_str).unwrap_or_default();
    format!("{}@{word}", project.app)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_or_refused() {
        let noon = "2026-11-22T12:00".parse::<DateTime>();
        assert_eq!(start("2026-11-22"), noon.map_err(|error| error.to_string()));
        assert!(start("2026-11-22T16:08").is_ok());
        for text in ["", "tomorrow", "2026-13-01", "2026-11-22T25:00"] {
            assert!(start(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_data_begin_at_the_date_in_the_zone_of_the_service() {
        let now = Timestamp::from_second(1_795_334_880).expect("a time");
        let date = start("2026-11-22T16:08").expect("a date");
        assert_eq!(data_offset(date, now), SignedDuration::ZERO);
        let date = start("2026-11-21T16:08").expect("a date");
        assert_eq!(data_offset(date, now), SignedDuration::from_hours(-24));
    }
}
