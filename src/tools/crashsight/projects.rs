//! The configured projects; no call to any service.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::project::{App, Platform, Project, ServiceApp};
use crate::reply::{Cell, Reply, Table};
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;

/// The configured projects: names, aliases, platforms, accounts, zones, and where their calls and pushes are. Costs no upstream call.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListProjects {}

/// The projects that the caller may use, in the order of the configuration.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ProjectList {
    projects: Vec<ListedProject>,
    /// What is wrong with accounts that have no credentials.
    account_problems: Vec<String>,
}

/// A configured project.
#[derive(Serialize, JsonSchema)]
struct ListedProject {
    project: String,
    /// Whether calls without `project` mean it.
    is_default: bool,
    aliases: Vec<String>,
    crashsight: Option<ListedApp>,
    /// Its apps at the other services.
    services: Vec<ListedService>,
}

/// The app of a project at CrashSight.
#[derive(Serialize, JsonSchema)]
struct ListedApp {
    app: String,
    /// As in `appId@platform`.
    platform: String,
    platform_code: u16,
    account: String,
    /// Whether the account has credentials.
    has_credentials: bool,
    /// The offset of the zone in which the service counts days.
    offset: Option<String>,
}

/// The app of a project at another service.
#[derive(Serialize, JsonSchema)]
struct ListedService {
    service: &'static str,
    account: String,
    app: String,
}

impl Tool for ListProjects {
    const NAME: &'static str = "crashsight_list_projects";
    const UPSTREAM: &'static [&'static str] = &[];
    type Answer = ProjectList;

    async fn answer(self, ctx: &CallContext, _: &Api<'_>) -> Result<Output<ProjectList>, Error> {
        let default = ctx
            .projects
            .default_project()
            .map(|project| project.name.as_str());
        let listed = |project: &Project| ListedProject {
            project: project.name.clone(),
            is_default: default == Some(project.name.as_str()),
            aliases: project.aliases.clone(),
            crashsight: project.crashsight.as_ref().map(|app| listed_app(app, ctx)),
            services: project.service_apps.iter().map(listed_service).collect(),
        };
        let problems = ctx
            .projects
            .accounts
            .iter()
            .filter_map(|account| account.credentials().err());
        let answer = ProjectList {
            projects: ctx.projects.projects.iter().map(listed).collect(),
            account_problems: problems.map(|problem| problem.to_string()).collect(),
        };
        let now = ctx.now.to_zoned_datetime(ctx.zone.clone());
        let now = format!("now {}", now.strftime("%Y-%m-%d %H:%M %:z"));
        Ok(Output::general("Projects", answer).heading([now]))
    }

    fn render(output: &Output<ProjectList>, reply: &mut Reply) {
        let mut table = Table::new(&[
            "project", "default", "aliases", "platform", "app", "account", "days at", "also at",
        ]);
        for project in &output.answer.projects {
            let app = project.crashsight.as_ref();
            let services = project.services.iter();
            let services = services.map(|at| format!("{} ({})", at.service, at.account));
            table.rows.push(vec![
                Cell::text(&project.project),
                text(project.is_default.then(|| "yes".to_owned())),
                joined(&project.aliases),
                text(app.and_then(|app| Some(Platform::parse(&app.platform)?.display_name()))),
                text(app.map(|app| app.app.clone())),
                text(app.map(|app| {
                    if app.has_credentials {
                        app.account.clone()
                    } else {
                        format!("{} (no credentials)", app.account)
                    }
                })),
                text(app.and_then(|app| app.offset.clone())),
                joined(&services.collect::<Vec<_>>()),
            ]);
        }
        reply.table(
            table,
            "no project is configured: every tool takes `project` as `appId@platform` (android, ios or pc)",
        );
        for problem in &output.answer.account_problems {
            reply.note(problem);
        }
    }
}

fn listed_app(app: &App, ctx: &CallContext) -> ListedApp {
    let account = ctx.projects.account(&app.account);
    ListedApp {
        app: app.id.clone(),
        platform: app.platform.as_str(),
        platform_code: app.platform.number(),
        account: app.account.to_string(),
        has_credentials: account.is_some_and(|account| account.credentials.is_ok()),
        offset: account.map(|account| {
            let now = ctx.now.to_zoned_datetime(account.zone.clone());
            now.strftime("%:z").to_string()
        }),
    }
}

fn listed_service(app: &ServiceApp) -> ListedService {
    ListedService {
        service: app.provider.display_name(),
        account: app.account.to_string(),
        app: app.app.clone(),
    }
}

fn text(text: Option<String>) -> Cell {
    text.map_or(Cell::Missing, Cell::text)
}

fn joined(words: &[String]) -> Cell {
    text((!words.is_empty()).then(|| words.join(", ")))
}
