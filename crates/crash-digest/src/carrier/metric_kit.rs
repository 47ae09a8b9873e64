//! Apple's MetricKit: diagnostics as JSON, a call stack a tree whose root is the innermost frame.

use std::fmt::Write as _;

use serde_json::Value;

use super::apple_json::text;
use super::json_document;
use crate::code_tables::signal_name;

/// Deeper trees are cut: a stack that deep is a recursion.
const DEEPEST: usize = 1000;

/// The first crash of a payload, or its hang, as a report in text; `None` when the document is another.
pub(super) fn render(document: &str) -> Option<String> {
    if !document.contains("callStackTree") {
        return None;
    }
    let payload: Value = json_document::parse(document)?;
    let kinds = [
        "crashDiagnostics",
        "hangDiagnostics",
        "cpuExceptionDiagnostics",
        "diskWriteExceptionDiagnostics",
    ];
    let diagnostic = kinds
        .iter()
        .find_map(|kind| payload.get(*kind)?.get(0))
        .unwrap_or(&payload);
    let stacks = diagnostic
        .get("callStackTree")?
        .get("callStacks")?
        .as_array()?;
    let mut out = String::new();
    if let Some(meta) = diagnostic.get("diagnosticMetaData") {
        head(&mut out, meta);
    }
    let attributed = stacks
        .iter()
        .position(|stack| stack.get("threadAttributed") == Some(&Value::Bool(true)));
    for (thread, stack) in stacks.iter().enumerate() {
        let crashed = attributed.unwrap_or(0) == thread;
        let _ = writeln!(
            out,
            "\nThread {thread}{}:",
            if crashed { " Crashed" } else { "" }
        );
        frames(&mut out, stack);
    }
    Some(out)
}

fn head(out: &mut String, meta: &Value) {
    let number = |name: &str| meta.get(name).and_then(Value::as_i64);
    for (label, name) in [
        ("Identifier", "bundleIdentifier"),
        ("Version", "appVersion"),
        ("OS Version", "osVersion"),
        ("Termination Reason", "terminationReason"),
        ("VM Region Info", "virtualMemoryRegionInfo"),
    ] {
        if let Some(value) = text(meta, name) {
            let _ = writeln!(out, "{label}: {value}");
        }
    }
    let exception = number("exceptionType").map(|kind| match kind {
        1 => "EXC_BAD_ACCESS",
        2 => "EXC_BAD_INSTRUCTION",
        3 => "EXC_ARITHMETIC",
        5 => "EXC_SOFTWARE",
        6 => "EXC_BREAKPOINT",
        10 => "EXC_CRASH",
        11 => "EXC_RESOURCE",
        12 => "EXC_GUARD",
        _ => "exception of an unknown type",
    });
    let signal = number("signal").map(|signal| signal_name(signal).unwrap_or("another signal"));
    match (exception, signal) {
        (Some(exception), Some(signal)) => {
            let _ = writeln!(out, "Exception Type: {exception} ({signal})");
        }
        (Some(one), None) | (None, Some(one)) => {
            let _ = writeln!(out, "Exception Type: {one}");
        }
        (None, None) => {}
    }
}

/// From the root on, of several branches the one with the most samples.
fn frames(out: &mut String, stack: &Value) {
    let mut branches = stack.get("callStackRootFrames");
    for index in 0..DEEPEST {
        let samples = |frame: &&Value| frame.get("sampleCount").and_then(Value::as_u64);
        let Some(frame) = branches
            .and_then(Value::as_array)
            .and_then(|frames| frames.iter().rev().max_by_key(samples))
        else {
            return;
        };
        let number = |name: &str| frame.get(name).and_then(Value::as_u64).unwrap_or_default();
        let image = text(frame, "binaryName").unwrap_or("???");
        let image = image.split_whitespace().next().unwrap_or("???");
        let _ = writeln!(
            out,
            "{index}   {image}   0x{:x} {image} + {}",
            number("address"),
            number("offsetIntoBinaryTextSegment")
        );
        branches = frame.get("subFrames");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_innermost_frame() {
        let json = r#"{"crashDiagnostics":[{"callStackTree":{"callStacks":[{"threadAttributed":true,
            "callStackRootFrames":[{"binaryName":"Orbit","address":4376100860,"offsetIntoBinaryTextSegment":356604,
            "subFrames":[{"binaryName":"UIKitCore","address":16,"offsetIntoBinaryTextSegment":4}]}]}]},
            "diagnosticMetaData":{"exceptionType":1,"signal":11}}]}"#;
        let report = render(json).unwrap();
        assert_eq!(
            report,
            "Exception Type: EXC_BAD_ACCESS (SIGSEGV)\n\nThread 0 Crashed:\n\
             0   Orbit   0x104d5fffc Orbit + 356604\n1   UIKitCore   0x10 UIKitCore + 4\n"
        );
        assert_eq!(render("{\"callStackTree\": 1}"), None);
    }
}
