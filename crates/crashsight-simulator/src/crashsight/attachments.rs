//! `fetchCrashAttachments`: files of crashes as text, as base64, and as gzip in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::envelope::Refusal;
use super::query::{Answer, Query};
use crate::compression::gzip;
use crate::issues::Kind;
use crate::report::{Context, FileType};

/// Files of some crashes. If there are none by these names, the refusal has the vendor's words.
pub(crate) fn fetch(query: &Query<'_>) -> Answer {
    let ids = query.params.list("crashIdList");
    if ids.is_empty() {
        return Err(Refusal::parameter("crashIdList is required"));
    }
    let mut names = query.params.list("attachmentFilenameList");
    if names.is_empty() {
        names = vec!["SDK_LOG".to_owned()];
    }
    let mut rows = Vec::new();
    let mut count = 0;
    for id in &ids {
        let (issue, crash) = query
            .world
            .crash(id)
            .filter(|(issue, _)| issue.project == query.project)
            .ok_or_else(|| Refusal::not_found("crash not found"))?;
        let context = Context::new(issue, &crash, query.world.seed);
        let files = names.iter();
        let files: Vec<Value> = files
            .filter_map(|name| file(&context, issue.kind(), name))
            .collect();
        count += files.len();
        let id = crash.key.id(query.world.seed);
        rows.push(json!({"crashId": id, "expUid": id, "attachments": files}));
    }
    if count == 0 {
        return Err(Refusal::parameter("attachmentFilenameList is empty"));
    }
    Ok(json!({"crashIdAndAttachmentsList": rows}))
}

/// One file of a crash, if there is one by this name. The encoding of a file is not documented, so each
/// name has another one.
fn file(context: &Context<'_>, kind: Kind, name: &str) -> Option<Value> {
    let find = |wanted: FileType| {
        let mut files = context.attachments().into_iter();
        Some(files.find(|file| file.kind == wanted)?.content)
    };
    let text = match name {
        "SDK_LOG" => STANDARD.encode(gzip(find(FileType::Log)?.as_bytes()).ok()?),
        "CustomizedLogFile.log" => STANDARD.encode(find(FileType::Log)?),
        "extraMessage.txt" => find(FileType::Others)?,
        "anrMessage.txt" if kind == Kind::Anr => context.stack(),
        _ => return None,
    };
    Some(json!({"fileName": name, "fileType": FileType::Log.code(), "content": text}))
}
