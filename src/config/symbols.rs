//! The vendor's symbol uploader: the section `[symbols]`, or variables for the default project.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::environment::{Variables, expand_tilde, read_secret, secret};
use crate::project::{Project, Projects, SymbolApp, SymbolUploader};

/// `[symbols]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SymbolsTable {
    tool: String,
    #[serde(default)]
    apps: BTreeMap<String, Spanned<SymbolAppTable>>,
}

/// `[symbols.apps.PROJECT]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SymbolAppTable {
    app_key_file: Option<String>,
    settings_file: Option<String>,
}

impl SymbolsTable {
    /// Reads the section. Relative paths start at the folder of the configuration file.
    pub(super) fn read(
        &self,
        projects: &[Project],
        folder: &Path,
        variables: Variables<'_>,
    ) -> Result<SymbolUploader, (Range<usize>, String)> {
        let path = |text: &String| folder.join(expand_tilde(text, variables));
        let mut apps = Vec::new();
        for (name, table) in &self.apps {
            if !projects.iter().any(|project| project.name == *name) {
                let problem = format!("symbols.apps.{name}: no project has this name");
                return Err((table.span(), problem));
            }
            let table = table.get_ref();
            let app_key = table.app_key_file.as_ref().map(|file| {
                read_secret(&path(file))
                    .map_err(|problem| format!("symbols.apps.{name}.app_key_file: {problem:#}"))
            });
            apps.push(SymbolApp {
                project: name.clone(),
                app_key,
                settings_file: table.settings_file.as_ref().map(path),
            });
        }
        Ok(SymbolUploader {
            tool: path(&self.tool),
            apps,
        })
    }
}

/// Adds what the environment says of the uploader and of the default project.
pub(super) fn add_environment(
    uploader: Option<SymbolUploader>,
    projects: &Projects,
    variables: Variables<'_>,
) -> Option<SymbolUploader> {
    let path = |name: &str| variables(name).map(|path| expand_tilde(&path, variables));
    let mut uploader = match (path("CRASHSIGHT_SYMBOL_TOOL"), uploader) {
        (Some(tool), Some(uploader)) => SymbolUploader { tool, ..uploader },
        (Some(tool), None) => SymbolUploader {
            tool,
            apps: Vec::new(),
        },
        (None, uploader) => uploader?,
    };
    let app_key = secret("CRASHSIGHT_APP_KEY", variables).map(|key| key.value);
    let settings_file = path("CRASHSIGHT_SYMBOL_SETTINGS");
    if let Some(default) = projects.default_project()
        && (app_key.is_some() || settings_file.is_some())
    {
        uploader.apps.retain(|app| app.project != default.name);
        uploader.apps.push(SymbolApp {
            project: default.name.clone(),
            app_key,
            settings_file,
        });
    }
    // Without the key of an app there is nothing to upload with.
    (!uploader.apps.is_empty()).then_some(uploader)
}
