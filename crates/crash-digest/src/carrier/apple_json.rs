//! Apple's `.ips` files: a line of JSON for the head, and a document of JSON for the report, written as the text report
//! that older systems print.

use std::fmt::Write as _;

use serde_json::Value;

use super::json_document;

/// The report as text; `None` when the document is another.
pub(super) fn render(document: &str) -> Option<String> {
    let mut values = json_document::parse_all(document)?;
    let first = values.next()?.ok()?;
    let (head, report) = match values.next() {
        Some(Ok(second)) => (first, second),
        // Only the report, without its line of head.
        None => (Value::Null, first),
        Some(Err(_)) => return None,
    };
    // A panic of the kernel is a text in a field.
    for name in ["panicString", "macOSPanicString"] {
        if let Some(panic) = text(&report, name) {
            return Some(panic.to_owned());
        }
    }
    report.get("threads").and_then(Value::as_array)?;
    if report.get("usedImages").is_none() && report.get("exception").is_none() {
        return None;
    }
    Some(write(&head, &report))
}

/// The report as text, with what there is of it.
pub(super) fn write(head: &Value, report: &Value) -> String {
    let mut out = String::new();
    write_head(&mut out, head, report);
    let images: Vec<&Value> = list(report, "usedImages");
    if let Some(frames) = report
        .get("lastExceptionBacktrace")
        .and_then(Value::as_array)
    {
        out.push_str("\nLast Exception Backtrace:\n");
        for (at, frame) in frames.iter().enumerate() {
            write_frame(&mut out, at, frame, &images);
        }
    }
    // A Mac's are text, of the exceptions that were under way.
    let thrown = list(report, "asiBacktraces");
    if let Some(Value::String(frames)) = thrown.first()
        && report.get("lastExceptionBacktrace").is_none()
    {
        let _ = writeln!(out, "\nApplication Specific Backtrace 1:\n{frames}");
    }
    let faulting = report.get("faultingThread").and_then(Value::as_u64);
    // The crashed thread may be cut off.
    let threads = list(report, "threads").len() as u64;
    if let Some(index) = faulting.filter(|index| *index >= threads) {
        let _ = writeln!(out, "\nTriggered by Thread: {index}");
    }
    for (index, thread) in list(report, "threads").into_iter().enumerate() {
        let triggered = thread
            .get("triggered")
            .and_then(Value::as_bool)
            .unwrap_or(false)
            || faulting == Some(index as u64);
        let name = text(thread, "name").or_else(|| text(thread, "queue"));
        out.push('\n');
        if let Some(name) = name {
            let _ = writeln!(out, "Thread {index} name:  {}", line(name));
        }
        let _ = writeln!(
            out,
            "Thread {index}{}:",
            if triggered { " Crashed" } else { "" }
        );
        for (at, frame) in list(thread, "frames").into_iter().enumerate() {
            write_frame(&mut out, at, frame, &images);
        }
    }
    out.push_str("\nBinary Images:\n");
    for image in &images {
        let base = number(image, "base");
        let size = number(image, "size").max(1);
        let name = text(image, "name").unwrap_or("???");
        let _ = writeln!(
            out,
            "0x{base:x} - 0x{:x} {} {} <{}> {}",
            base.saturating_add(size - 1),
            line(name),
            text(image, "arch").unwrap_or("arm64"),
            text(image, "uuid").unwrap_or_default(),
            line(text(image, "path").unwrap_or(name)),
        );
    }
    out
}

/// A line with a label, where there is a value.
fn write_label(out: &mut String, label: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        let _ = writeln!(out, "{label}: {}", line(value));
    }
}

fn write_head(out: &mut String, head: &Value, report: &Value) {
    let mut label = |label: &str, value: Option<&str>| write_label(out, label, value);
    label(
        "Process",
        text(report, "procName").or_else(|| text(head, "app_name")),
    );
    label("Path", text(report, "procPath"));
    label("Identifier", text(head, "bundleID"));
    label("Version", text(head, "app_version"));
    label("OS Version", text(head, "os_version"));
    let exception = report.get("exception").unwrap_or(&Value::Null);
    if let Some(kind) = text(exception, "type") {
        let signal = text(exception, "signal")
            .map(|signal| format!(" ({signal})"))
            .unwrap_or_default();
        label("Exception Type", Some(&format!("{kind}{signal}")));
    }
    label("Exception Subtype", text(exception, "subtype"));
    label("Exception Message", text(exception, "message"));
    label("Exception Codes", text(exception, "codes"));
    write_termination(out, report.get("termination").unwrap_or(&Value::Null));
    let mut label = |label: &str, value: Option<&str>| write_label(out, label, value);
    label("VM Region Info", text(report, "vmregioninfo"));
    if let Some(reason) = report.get("exceptionReason") {
        let name = text(reason, "name")
            .or_else(|| text(reason, "type"))
            .unwrap_or("NSException");
        let message = text(reason, "composed_message").unwrap_or_default();
        label("Exception Reason", Some(&format!("{name}: {message}")));
    }
    if let Some(information) = report.get("asi").and_then(Value::as_object) {
        let lines: Vec<&str> = information
            .values()
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if !lines.is_empty() {
            out.push_str("\nApplication Specific Information:\n");
            for sentence in lines {
                let _ = writeln!(out, "{}", line(sentence));
            }
        }
    }
}

/// Who ended the process, and why.
fn write_termination(out: &mut String, termination: &Value) {
    if let Some(namespace) = text(termination, "namespace") {
        let indicator = text(termination, "indicator").unwrap_or_default();
        let code = number(termination, "code");
        // Codes that are words are known by their hexadecimal form: `0x8badf00d`.
        let word = if code > 0xff_ffff {
            format!("(0x{code:x}) ")
        } else {
            String::new()
        };
        write_label(
            out,
            "Termination Reason",
            Some(&format!("{namespace} {code} {word}{indicator}")),
        );
    }
    if let Some(process) = text(termination, "byProc") {
        let number = number(termination, "byPid");
        let value = format!("{process} [{number}]");
        write_label(out, "Terminating Process", Some(&value));
    }
    let mut context = String::new();
    for reason in list(termination, "details")
        .into_iter()
        .chain(list(termination, "reasons"))
        .filter_map(Value::as_str)
    {
        // The context of a termination is one text over several of them.
        if !context.is_empty() || reason.starts_with("<RBSTerminateContext|") {
            context.push_str(&line(reason));
            context.push('\n');
        } else {
            write_label(out, "Termination Description", Some(reason));
        }
    }
    out.push_str(&context);
}

fn write_frame(out: &mut String, index: usize, frame: &Value, images: &[&Value]) {
    let number_of = frame.get("imageIndex").and_then(Value::as_u64);
    let image = number_of.and_then(|at| images.get(usize::try_from(at).ok()?).copied());
    let base = image.map_or(0, |image| number(image, "base"));
    let offset = number(frame, "imageOffset");
    let address = base.saturating_add(offset);
    let module = match (image, number_of) {
        (Some(image), _) => line(text(image, "name").unwrap_or("???")),
        // The list of images is cut off.
        (None, Some(number)) => format!("image {number}"),
        (None, None) => "???".to_owned(),
    };
    let _ = write!(out, "{index:<3} {module:<30} 0x{address:016x} ");
    match text(frame, "symbol") {
        Some(symbol) => {
            let _ = write!(
                out,
                "{} + {}",
                line(symbol),
                number(frame, "symbolLocation")
            );
        }
        None => {
            let _ = write!(out, "0x{base:x} + {offset}");
        }
    }
    if let Some(file) = text(frame, "sourceFile") {
        let _ = write!(out, " ({}:{})", line(file), number(frame, "sourceLine"));
    }
    if frame
        .get("inline")
        .and_then(Value::as_bool)
        .unwrap_or(false)
    {
        out.push_str(" [inlined]");
    }
    out.push('\n');
}

/// Text of a field.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// A number of a field, 0 without one.
pub(super) fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// The members of a list, none where it is something else.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> Vec<&'v Value> {
    value
        .get(name)
        .and_then(Value::as_array)
        .map(|list| list.iter().collect())
        .unwrap_or_default()
}

/// A text on one line: a field cannot make lines of its own.
pub(super) fn line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
