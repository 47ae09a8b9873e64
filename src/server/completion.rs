//! Completion: projects, kinds of sections, time ranges, languages.

use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};

use crate::prompts;
use crate::toolbox::{Caller, Toolbox};

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

const SECTIONS: &[&str] = &[
    "stack",
    "threads",
    "thread:0",
    "logs",
    "log:0",
    "keys",
    "device",
    "attachments",
    "attachment:0",
    "raw",
];

const LANGUAGES: &[&str] = &["English", "中文", "日本語", "한국어"];

/// Values that begin with, or hold, what was typed.
pub(super) fn complete(
    params: &CompleteRequestParams,
    toolbox: &Toolbox,
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
        "section" => owned(SECTIONS),
        "language" => owned(LANGUAGES),
        _ => Vec::new(),
    };
    let typed = params.argument.value.to_lowercase();
    let mut values: Vec<String> = candidates
        .into_iter()
        .filter(|word| word.to_lowercase().contains(&typed))
        .collect();
    values.sort_by_key(|word| !word.to_lowercase().starts_with(&typed));
    values.truncate(CompletionInfo::MAX_VALUES);
    let info = CompletionInfo::with_all_values(values)
        .map_err(|error| ErrorData::internal_error(error, None))?;
    Ok(CompleteResult::new(info))
}
