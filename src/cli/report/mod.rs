//! `report`: the overview, the ranked issues and the crashes that matter most, for a team's channel or a release gate.

mod parts;
mod print;
mod thresholds;

use clap::Args;
use serde_json::{Map, Value, json};

use self::parts::{Asked, Part};
use self::print::Format;
use self::thresholds::{FailOn, Thresholds};
use super::exit::Exit;
use super::options::Options;
use super::store_options::DefaultStore;

/// Issues whose newest crash is part of a report.
const MOST_CRASHES: usize = 3;

/// What `report` takes.
#[derive(Args)]
pub(super) struct Report {
    /// A project's name or alias; may be given several times [default: the default project].
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    project: Vec<String>,
    /// Every configured project.
    #[arg(long)]
    all: bool,
    /// The time range: yesterday, today, 7d, last_week, 2026-11-01..2026-11-07
    /// [default: yesterday; with --inspection since noon yesterday].
    #[arg(long, value_name = "RANGE")]
    window: Option<String>,
    /// The kind of report.
    #[arg(long, value_name = "KIND", default_value = "crash")]
    kind: String,
    /// How it is printed. Markdown uses what WeCom, Feishu, Slack and GitHub all show.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the HTML to a file and open it, instead of printing it.
    #[arg(long)]
    open: bool,
    /// Print every issue of the range and its ticket, of all projects unless some are named.
    #[arg(long)]
    inspection: bool,
    /// With --inspection: app versions, as `*trunk*`; may be given several times.
    #[arg(long, value_name = "PATTERN", requires = "inspection")]
    version_pattern: Vec<String>,
    /// Exit with 4 where more of the active devices are affected, as in 0.5%.
    #[arg(long, value_name = "RATE")]
    fail_above: Option<String>,
    /// Exit with 4 where an issue is of this kind; may be given several times.
    #[arg(long, value_enum, value_name = "KIND")]
    fail_on: Vec<FailOn>,
}

impl Report {
    /// Calls the tools, prints what they answer, and measures it against the thresholds.
    pub(super) async fn report(&self, options: &Options) -> anyhow::Result<Exit> {
        let thresholds = Thresholds::new(self.fail_above.as_deref(), &self.fail_on)?;
        let setup = options.set_up(DefaultStore::Sqlite).await?;
        let asked = Asked::new(&setup.toolbox);
        let parts = if self.inspection {
            vec![
                asked
                    .part("crashsight_report_inspection", self.inspected())
                    .await,
            ]
        } else {
            self.parts(&asked).await
        };
        // What is not stored yet is stored before the process ends.
        setup.toolbox.upstream().flush().await;
        let failed = parts.iter().find_map(Part::error);
        if let Some(error) = failed.filter(|_| parts[0].error().is_some()) {
            return print::failed(error, self.format);
        }
        if self.open {
            print::open(&parts)?;
        } else {
            print::parts(&parts, self.format)?;
        }
        let met = thresholds.met(&parts);
        print::thresholds(&met);
        match (met.is_empty(), failed) {
            (false, _) => Ok(Exit::Threshold),
            (true, Some(error)) => Ok(error.into()),
            (true, None) => Ok(Exit::Success),
        }
    }

    /// Overview, ranked issues of each project, and the newest crashes of those that matter most.
    async fn parts(&self, asked: &Asked<'_>) -> Vec<Part> {
        let window = self.window.as_deref().unwrap_or("yesterday");
        let mut base = Map::new();
        base.insert("window".to_owned(), json!(window));
        base.insert("kind".to_owned(), json!(self.kind));
        let mut overview = base.clone();
        if self.all {
            overview.insert("projects".to_owned(), json!(["all"]));
        } else if !self.project.is_empty() {
            overview.insert("projects".to_owned(), json!(self.project));
        }
        let mut parts = vec![asked.part("crashsight_report_overview", overview).await];
        let projects = parts[0].projects();
        let mut urgent = Vec::new();
        for project in projects {
            if self.as_page() {
                let arguments = json!({"project": project, "kind": self.kind, "window": "7d"});
                if let Value::Object(arguments) = arguments {
                    parts.push(asked.part("crashsight_get_daily_trend", arguments).await);
                }
            }
            let mut ranked = base.clone();
            ranked.insert("project".to_owned(), json!(project));
            let ranked = asked.part("crashsight_rank_issues", ranked).await;
            urgent.extend(ranked.urgent(&project));
            parts.push(ranked);
        }
        urgent.sort_by(|left, right| right.score.total_cmp(&left.score));
        for issue in urgent.into_iter().take(MOST_CRASHES) {
            let arguments = json!({"project": issue.project, "issue": issue.issue});
            if let Value::Object(arguments) = arguments {
                parts.push(asked.part("crashsight_get_crash", arguments).await);
            }
        }
        parts
    }

    /// Whether it is drawn, not read.
    fn as_page(&self) -> bool {
        self.open || self.format == Format::Html
    }

    /// The arguments of an inspection: every row.
    fn inspected(&self) -> Map<String, Value> {
        let mut arguments = Map::new();
        arguments.insert("kind".to_owned(), json!(self.kind));
        arguments.insert("limit".to_owned(), json!(2_000));
        if !self.project.is_empty() {
            arguments.insert("projects".to_owned(), json!(self.project));
        }
        if let Some(window) = &self.window {
            arguments.insert("window".to_owned(), json!(window));
        }
        if !self.version_pattern.is_empty() {
            arguments.insert("versions".to_owned(), json!(self.version_pattern));
        }
        arguments
    }
}
