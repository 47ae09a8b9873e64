//! The JSON reports of KSCrash and of kits built on it, written as Apple's text report.

use std::fmt::Write as _;

use serde_json::Value;

use super::apple_json::{line, list, number, text};
use super::json_document;

/// The report as text; `None` when the document is another.
pub(super) fn render(document: &str) -> Option<String> {
    let value: Value = json_document::parse(document)?;
    // Kits send one report, or a list of them.
    let value = match &value {
        Value::Array(reports) => reports.first()?,
        other => other,
    };
    write(value)
}

/// A report as text; `None` where it is none.
pub(super) fn write(value: &Value) -> Option<String> {
    let crash = value.get("crash")?;
    let threads = list(crash, "threads");
    let error = crash.get("error").unwrap_or(&Value::Null);
    if threads.is_empty() && error.is_null() {
        return None;
    }
    let mut out = String::new();
    let system = value.get("system").unwrap_or(&Value::Null);
    let mut label = |label: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(out, "{label}: {}", line(value));
        }
    };
    label(
        "Process",
        text(system, "process_name").or_else(|| text(system, "CFBundleExecutable")),
    );
    label("Path", text(system, "CFBundleExecutablePath"));
    label("Identifier", text(system, "CFBundleIdentifier"));
    let mach = error.get("mach").unwrap_or(&Value::Null);
    let signal = error.get("signal").unwrap_or(&Value::Null);
    let kind = match (text(mach, "exception_name"), text(signal, "name")) {
        (Some(mach), Some(signal)) => Some(format!("{mach} ({signal})")),
        (one, other) => one.or(other).map(str::to_owned),
    };
    label("Exception Type", kind.as_deref());
    let address = number(error, "address");
    match text(mach, "code_name").filter(|code| code.starts_with("KERN")) {
        Some(code) => label(
            "Exception Subtype",
            Some(&format!("{code} at 0x{address:016x}")),
        ),
        None => label(
            "Crash address",
            error
                .get("address")
                .map(|_| format!("0x{address:x}"))
                .as_deref()
                .filter(|_| address > 0),
        ),
    }
    let nsexception = error.get("nsexception").unwrap_or(&Value::Null);
    let cpp = error.get("cpp_exception").unwrap_or(&Value::Null);
    let user = error.get("user_reported").unwrap_or(&Value::Null);
    let name = [nsexception, cpp, user]
        .into_iter()
        .find_map(|exception| text(exception, "name"));
    let reason = text(error, "reason").or_else(|| text(nsexception, "reason"));
    match (name, reason) {
        (Some(name), reason) => {
            let reason = reason.unwrap_or_default();
            label("Exception Reason", Some(&format!("{name}: {reason}")));
        }
        (None, reason) => label("Exception Reason", reason),
    }
    if let Some(diagnosis) = text(crash, "diagnosis") {
        // The second line names a frame, which the stack shows.
        let first = diagnosis.lines().next().unwrap_or_default();
        let told = if threads.is_empty() { diagnosis } else { first };
        label("Diagnosis", Some(told));
    }
    for thread in threads {
        write_thread(&mut out, thread);
    }
    write_images(&mut out, value);
    Some(out)
}

fn write_thread(out: &mut String, thread: &Value) {
    let index = number(thread, "index");
    // A logged dictionary has numbers for what is true.
    let crashed = thread
        .get("crashed")
        .is_some_and(|crashed| crashed.as_bool().unwrap_or(crashed.as_u64() == Some(1)));
    out.push('\n');
    if let Some(name) = text(thread, "name").or_else(|| text(thread, "dispatch_queue")) {
        let _ = writeln!(out, "Thread {index} name:  {}", line(name));
    }
    let _ = writeln!(
        out,
        "Thread {index}{}:",
        if crashed { " Crashed" } else { "" }
    );
    let backtrace = thread.get("backtrace").unwrap_or(&Value::Null);
    for (at, frame) in list(backtrace, "contents").into_iter().enumerate() {
        let module = text(frame, "object_name").unwrap_or("???");
        let address = number(frame, "instruction_addr");
        let base = number(frame, "object_addr");
        let _ = write!(out, "{at:<3} {:<30} 0x{address:016x} ", line(module));
        let symbol = text(frame, "symbol_name").filter(|name| *name != "<redacted>");
        match symbol {
            Some(symbol) => {
                let offset = address.saturating_sub(number(frame, "symbol_addr"));
                let _ = writeln!(out, "{} + {offset}", line(symbol));
            }
            None => {
                let _ = writeln!(out, "0x{base:x} + {}", address.saturating_sub(base));
            }
        }
    }
}

fn write_images(out: &mut String, value: &Value) {
    let images = list(value, "binary_images");
    if images.is_empty() {
        return;
    }
    out.push_str("\nBinary Images:\n");
    for image in images {
        let start = number(image, "image_addr");
        let end = start.saturating_add(number(image, "image_size").max(1) - 1);
        let path = text(image, "name").unwrap_or("???");
        let name = path.rsplit('/').next().unwrap_or(path);
        let uuid = text(image, "uuid").unwrap_or_default();
        let _ = writeln!(
            out,
            "0x{start:x} - 0x{end:x} {} arm64 <{}> {}",
            line(name),
            line(uuid),
            line(path)
        );
    }
}
