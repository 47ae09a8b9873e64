//! What `WinDbg`'s analysis measured, in lines of two: `Key  : AV.Fault`, `Value: Read`.

use crate::model::{Builder, Facts};
use crate::windows_exceptions::windows_exception;

/// The keys that say how the program ended; others are of the analysis itself.
const TOLD: [&str; 7] = [
    "AV.Fault",
    "AV.Type",
    "FailFast.Name",
    CODE,
    BUCKET,
    FILE,
    LINE,
];
const CODE: &str = "Failure.Exception.Code";
const BUCKET: &str = "Failure.Bucket";
const FILE: &str = "Failure.Source.FilePath";
const LINE: &str = "Failure.Source.FileLine";

/// What was told so far.
#[derive(Default)]
pub(super) struct Keys<'a> {
    /// The key whose value stands in the next line.
    key: Option<&'static str>,
    /// A key of an access violation was seen.
    violation: bool,
    /// How the memory was accessed, which the record of the exception may tell with the address.
    access: Option<&'a str>,
    /// The exception's code, what the failure is sorted under, and its place in the source.
    code: Option<&'a str>,
    bucket: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<&'a str>,
}

impl<'a> Keys<'a> {
    /// Takes a key or its value; `false` where the line is none.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        if let Some(key) = labelled(line, "Key") {
            self.key = TOLD.into_iter().find(|told| *told == key);
            self.violation |= key.starts_with("AV.");
            return true;
        }
        let Some(value) = labelled(line, "Value") else {
            return false;
        };
        match self.key.take() {
            Some("AV.Fault" | "AV.Type") => self.access = self.access.or(Some(value)),
            Some(CODE) => self.code = Some(value),
            Some(BUCKET) => self.bucket = Some(value),
            Some(FILE) => self.file = Some(value),
            Some(LINE) => self.line = Some(value),
            Some(key) => out.stack.facts.reason(key, value),
            None => {}
        }
        true
    }

    /// What nothing else said.
    pub(super) fn end(&self, facts: &mut Facts<'a>, has_frames: bool) {
        if !self.violation {
            return self.failure(facts, has_frames);
        }
        facts.signal = facts.signal.or(Some("Access violation"));
        let told = facts
            .reasons
            .iter()
            .any(|reason| reason.text.starts_with("Attempt to "));
        if let Some(access) = self.access.filter(|_| !told) {
            facts.reason("access", access);
        }
        self.failure(facts, has_frames);
    }

    /// How the failure is sorted, of a part of the analysis that has neither the exception nor the stack.
    fn failure(&self, facts: &mut Facts<'a>, has_frames: bool) {
        if facts.signal.is_none()
            && let Some(code) = self.code
        {
            facts.signal = windows_exception(code).or(Some(code));
        }
        if has_frames {
            return;
        }
        for (label, value) in [
            ("failure bucket", self.bucket),
            ("source file", self.file),
            ("source line", self.line),
        ] {
            facts.reason(label, value.unwrap_or_default());
        }
    }
}

/// Whether a line is a key of the analysis: `Key  : Analysis.Init.CPU.mSec`.
pub(super) fn is_key(line: &str) -> bool {
    let key = line.strip_prefix("Key  : ");
    key.is_some_and(|key| key.contains('.') && !key.contains([' ', '\\', '/', ':']))
}

/// The value behind a label and the blanks in front of its colon.
fn labelled<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(label)?.trim_start();
    Some(rest.strip_prefix(':')?.trim())
}
