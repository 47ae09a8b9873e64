//! The upload of symbols, by the vendor's own program.

use std::path::Path;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::command::{self, Build, Kind};
use crate::args::{LongText, ProjectName, ShortText};
use crate::error::Error;
use crate::project::{CrashSightApp, Platform, SymbolApp};
use crate::reply::{Cell, Code, Fact, Reply, Untrusted, counted};
use crate::tools::context::CallContext;
use crate::tools::output::Output;
use crate::tools::tool::Tool;
use crate::upstream::api::Api;
use crate::upstream::symbol_uploader::{Ended, UploadRun};

/// Uploads the symbols of one version with the vendor's uploader on this machine; returns its exit code and last lines.
/// Without a settings file for it, only the command is returned. The first call only shows what would run.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadSymbols {
    project: Option<ProjectName>,
    version: ShortText,
    /// bundle id or package name
    bundle: ShortText,
    build: Option<ShortText>,
    /// folder with the symbols, on this machine
    folder: LongText<1_000>,
    /// mapping.txt
    mapping: Option<LongText<1_000>>,
}

/// An upload, or the command for one.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SymbolUpload {
    /// Whether the uploader ran.
    ran: bool,
    /// Without the key.
    command: String,
    /// Absent where it did not run, or a signal ended it.
    exit_code: Option<i32>,
    /// The last lines that it printed.
    lines: Vec<Untrusted>,
    line_count: usize,
}

/// An upload may take minutes.
const DEADLINE: Duration = Duration::from_secs(600);

impl UploadSymbols {
    fn arguments(&self, app: &CrashSightApp) -> Result<Vec<String>, Error> {
        let plain = |name: &str, text: &ShortText| match command::word(Some(text.as_str())) {
            Some(_) => Ok(()),
            None => Err(Error::invalid_arguments(format!(
                "{name}: expected letters, digits, `.`, `_`, `-` and `+`, as in `3.7.0`, not `{}`",
                crate::reply::inline(text.as_str(), 60)
            ))),
        };
        plain("version", &self.version)?;
        plain("bundle", &self.bundle)?;
        if let Some(build) = &self.build {
            plain("build", build)?;
        }
        let build = Build {
            bundle: Some(self.bundle.as_str()),
            version: Some(self.version.as_str()),
            number: self.build.as_ref().map(ShortText::as_str),
        };
        command::arguments(app, build).map_err(Error::invalid_arguments)
    }

    /// The paths, which must exist before anything runs.
    fn paths(&self) -> Result<Vec<String>, Error> {
        let missing = |name: &str, path: &str, what: &str| {
            let path = crate::reply::inline(path, 200);
            Error::invalid_arguments(format!("{name}: no {what} at `{path}` on this machine"))
        };
        let folder = self.folder.as_str();
        if !Path::new(folder).is_dir() {
            return Err(missing("folder", folder, "folder"));
        }
        let mut arguments = vec!["-i".to_owned(), folder.to_owned()];
        if let Some(mapping) = self.mapping.as_ref().map(LongText::as_str) {
            if !Path::new(mapping).is_file() {
                return Err(missing("mapping", mapping, "file"));
            }
            arguments.extend(["-mapping".to_owned(), mapping.to_owned()]);
        }
        Ok(arguments)
    }

    /// The command without a settings file: the user adds the key.
    fn unrun(&self, app: &CrashSightApp) -> SymbolUpload {
        let kind = match self.mapping {
            Some(_) => Kind::Mapping,
            None => Kind::Symbols,
        };
        let build = Build {
            bundle: Some(self.bundle.as_str()),
            version: Some(self.version.as_str()),
            number: self.build.as_ref().map(ShortText::as_str),
        };
        SymbolUpload {
            ran: false,
            command: command::line(app, build, kind).unwrap_or_default(),
            exit_code: None,
            lines: Vec::new(),
            line_count: 0,
        }
    }
}

/// Everything that must not be in what the uploader printed.
fn secrets(app: &CrashSightApp, settings: &SymbolApp) -> Result<Vec<String>, Error> {
    let mut secrets = app.account.credentials()?.secrets();
    match &settings.app_key {
        Some(Ok(key)) => secrets.push(key.expose().to_owned()),
        Some(Err(problem)) => return Err(Error::Misconfigured(problem.clone())),
        None => {}
    }
    Ok(secrets)
}

impl Tool for UploadSymbols {
    const NAME: &'static str = "crashsight_upload_symbols";
    const UPSTREAM: &'static [&'static str] = &[];
    const WRITES: &'static [&'static str] = &["uploadSymbol"];
    const UPLOADER: bool = true;
    // The tool's own deadline ends first.
    const DEADLINE: Option<Duration> = Some(Duration::from_secs(DEADLINE.as_secs() + 30));
    const CHECK: &'static str =
        "look with crashsight_get_last_crash whether new reports have names,";
    type Answer = SymbolUpload;

    async fn answer(self, ctx: &CallContext, api: &Api<'_>) -> Result<Output<SymbolUpload>, Error> {
        let app = ctx.app(self.project.as_ref())?;
        let mut arguments = self.arguments(&app)?;
        let uploader = ctx
            .symbol_uploader
            .as_deref()
            .ok_or_else(|| Error::Misconfigured("no symbol uploader is set".to_owned()))?;
        let settings = uploader.app(&app.label);
        let Some((settings, file)) =
            settings.and_then(|app| Some((app, app.settings_file.as_ref()?)))
        else {
            let mut output = Output::new("Symbols not uploaded", &app, self.unrun(&app));
            output.note(format!(
                "not run: no settings file for the uploader is set for {}, and a key on a command line is seen by \
                 every process; run the command yourself, or set `settings_file` in [symbols.apps]",
                app.label
            ));
            return Ok(output);
        };
        if app.platform == Platform::Pc && !cfg!(windows) {
            return Err(Error::invalid_arguments(
                "the vendor's uploader reads the symbols of PC apps on Windows only",
            ));
        }
        arguments.extend(self.paths()?);
        let run = UploadRun {
            tool: uploader.tool.clone(),
            arguments,
            settings_file: file.clone(),
            secrets: secrets(&app, settings)?,
        };
        let command = run.line();
        let ended = tokio::time::timeout(DEADLINE, api.upload(&app.account, run)).await;
        let Ended {
            code,
            lines,
            line_count,
        } = ended.map_err(|_| {
            Error::outcome_unknown(Error::unreachable(format!(
                "the uploader did not end within {} s and was stopped",
                DEADLINE.as_secs()
            )))
        })??;
        let title = match code {
            Some(0) => "Symbol uploader ended with exit code 0".to_owned(),
            Some(code) => format!("Symbol uploader failed with exit code {code}"),
            None => "Symbol uploader was ended by a signal".to_owned(),
        };
        let answer = SymbolUpload {
            ran: true,
            command,
            exit_code: code,
            lines: lines.into_iter().map(Untrusted::new).collect(),
            line_count,
        };
        let mut output = Output::new(title, &app, answer);
        output.note(
            "the vendor does not document the uploader's exit codes: its last lines and the next new report decide",
        );
        output.suggest("crashsight_list_missing_symbols", json!({}));
        Ok(output)
    }

    fn render(output: &Output<SymbolUpload>, reply: &mut Reply) {
        let answer = &output.answer;
        if !answer.ran {
            reply.code(Code::head("command, without the key", &answer.command));
            return;
        }
        let code = answer.exit_code.map(|code| Cell::text(code.to_string()));
        reply.facts([Fact::new("exit code", code.unwrap_or(Cell::Missing))]);
        let lines: Vec<&str> = answer.lines.iter().map(Untrusted::raw).collect();
        let caption = match answer.line_count - lines.len().min(answer.line_count) {
            0 => "output".to_owned(),
            _ => format!("last lines of {}", counted(answer.line_count, "line")),
        };
        if !lines.is_empty() {
            reply.code(Code::tail(caption, lines.join("\n")));
        }
    }
}
