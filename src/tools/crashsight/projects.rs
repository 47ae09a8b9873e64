//! The configured projects; no call to any service.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::error::Error;
use crate::reply::{Cell, Reply, Table};
use crate::tools::CallContext;
use crate::tools::legacy::Workflow;
use crate::upstream::api::Api;

/// The configured projects: names, aliases, platforms, accounts, zones, and where their calls and pushes are. Costs no upstream call.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListProjects {}

impl Workflow for ListProjects {
    const NAME: &'static str = "crashsight_list_projects";
    const UPSTREAM: &'static [&'static str] = &[];

    async fn answer(self, ctx: &CallContext, _: &Api<'_>) -> Result<Reply, Error> {
        let reader = ctx.now.to_zoned(ctx.zone.clone());
        let mut reply = Reply::with_title([
            "Projects".to_owned(),
            format!("now {}", reader.strftime("%Y-%m-%d %H:%M %:z")),
        ]);
        let default = ctx
            .projects
            .default_project()
            .map(|project| project.name.as_str());
        let mut table = Table::new(&[
            "project", "default", "aliases", "platform", "app", "account", "days at", "also at",
        ]);
        for project in &ctx.projects.projects {
            let app = project.crashsight.as_ref();
            let account = app.and_then(|app| ctx.projects.account(&app.account));
            let zone = account.map(|account| ctx.now.to_zoned(account.zone.clone()));
            let service_apps: Vec<String> = project
                .service_apps
                .iter()
                .map(|companion| {
                    format!(
                        "{} ({})",
                        companion.provider.display_name(),
                        companion.account
                    )
                })
                .collect();
            table.rows.push(vec![
                Cell::text(&project.name),
                if default == Some(project.name.as_str()) {
                    Cell::text("yes")
                } else {
                    Cell::Missing
                },
                if project.aliases.is_empty() {
                    Cell::Missing
                } else {
                    Cell::text(project.aliases.join(", "))
                },
                app.map_or(Cell::Missing, |app| Cell::text(app.platform.display_name())),
                app.map_or(Cell::Missing, |app| Cell::text(&app.id)),
                app.map_or(Cell::Missing, |app| {
                    Cell::text(match account.map(|account| account.credentials.is_ok()) {
                        Some(true) => app.account.to_string(),
                        _ => format!("{} (no credentials)", app.account),
                    })
                }),
                zone.map_or(Cell::Missing, |zone| {
                    Cell::text(zone.strftime("%:z").to_string())
                }),
                if service_apps.is_empty() {
                    Cell::Missing
                } else {
                    Cell::text(service_apps.join(", "))
                },
            ]);
        }
        reply.table(
            table,
            "no project is configured: every tool takes `project` as `appId@platform` (android, ios or pc)",
        );
        for account in &ctx.projects.accounts {
            if let Err(failure) = account.credentials() {
                reply.note(failure.to_string());
            }
        }
        Ok(reply)
    }
}
