//! Completion of projects, versions, section names, time ranges and languages.

use std::sync::Arc;
use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};
use serde_json::{Map, Value};

use crate::prompts;
use crate::tools::crashsight::app::GetAppOptions;
use crate::tools::crashsight::crash_report::SECTION_NAMES;
use crate::tools::tool::Query as _;
use crate::tools::{Caller, Toolbox};

const WINDOWS: &[&str] = &[
    "today",
    "yesterday",
    "7d",
    "30d",
    "24h",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
];

const LANGUAGES: &[&str] = &["English", "中文", "日本語", "한국어"];

/// The longest wait for completions.
const COMPLETION_TIMEOUT: Duration = Duration::from_secs(3);

/// Values that start with the typed text, or else contain it.
pub(super) async fn complete(
    params: &CompleteRequestParams,
    toolbox: &Arc<Toolbox>,
    caller: &Caller,
) -> Result<CompleteResult, ErrorData> {
    let argument = params.argument.name.as_str();
    if let Reference::Prompt(reference) = &params.r#ref {
        let known = prompts::all()
            .iter()
            .find(|prompt| prompt.name == reference.name);
        let Some(prompt) = known else {
            return Err(ErrorData::invalid_params("no prompt has this name", None));
        };
        if !prompt.arguments.iter().any(|known| known.name == argument) {
            return Err(ErrorData::invalid_params(
                "the prompt has no such argument",
                None,
            ));
        }
    }
    let owned = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    let candidates = match argument {
        "project" => toolbox.project_names(caller),
        "window" => owned(WINDOWS),
        "section" => owned(SECTION_NAMES),
        "language" => owned(LANGUAGES),
        "version" | "new" | "old" => {
            let before = params.context.as_ref();
            let before = before.and_then(|context| context.arguments.as_ref());
            let project = before.and_then(|arguments| arguments.get("project"));
            // A slow response is cached for the next request.
            let asked = tokio::spawn(versions(
                Arc::clone(toolbox),
                caller.clone(),
                project.cloned(),
            ));
            let versions = tokio::time::timeout(COMPLETION_TIMEOUT, asked).await;
            versions
                .ok()
                .and_then(Result::ok)
                .flatten()
                .unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let typed = params.argument.value.to_lowercase();
    let mut values: Vec<String> = candidates
        .into_iter()
        .filter(|word| word.to_lowercase().contains(&typed))
        // A name that a reader cannot see as it is completes nothing.
        .filter(|word| crate::reply::inline(word, 100) == *word)
        // Nor does one that begins with a mark of Markdown.
        .filter(|word| word.starts_with(char::is_alphanumeric))
        .collect();
    values.sort_by_key(|word| !word.to_lowercase().starts_with(&typed));
    values.truncate(CompletionInfo::MAX_VALUES);
    let info = CompletionInfo::with_all_values(values)
        .map_err(|error| ErrorData::internal_error(error, None))?;
    Ok(CompleteResult::new(info))
}

/// The versions of a project, at most one upstream call per hour; empty if the tool is not available.
async fn versions(
    toolbox: Arc<Toolbox>,
    caller: Caller,
    project: Option<String>,
) -> Option<Vec<String>> {
    let project = project.filter(|name| !name.is_empty());
    let mut arguments = Map::new();
    arguments.insert("limit".to_owned(), Value::from(500));
    arguments.extend(project.map(|name| ("project".to_owned(), Value::String(name))));
    let outcome = toolbox.call(&caller, GetAppOptions::NAME, arguments).await;
    let data = outcome.ok()?.result.ok()?.data();
    let versions = data["answer"]["versions"].as_array()?.iter();
    Some(
        versions
            .filter_map(|row| row["version"].as_str())
            .map(str::to_owned)
            .collect(),
    )
}
