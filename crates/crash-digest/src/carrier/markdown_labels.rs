//! What people write into a tracker's form in bold: ``**error**: `PlatformException(…)` `` and `**stack trace**:` below it.

use crate::text;

/// How such a label ends.
pub(super) const ENDS: [&str; 2] = ["**:", ":**"];
/// How such a label of a service's form ends.
pub(super) const MARK: &str = ":** `";
/// The label of the file that a script failed in.
pub(super) const FILE: &str = "**File";
/// What an exception stands behind.
const ERRORS: [&str; 4] = ["error", "exception", "error message", "crash"];
/// What frames stand behind or below.
const STACKS: [&str; 6] = [
    "stack trace",
    "stacktrace",
    "stack",
    "backtrace",
    "trace",
    "logs",
];

/// What the type of an exception stands behind, where its message has a label of its own.
const TYPES: [&str; 6] = [
    "error type",
    "exception type",
    "error class",
    "exception class",
    "type",
    "class",
];
/// What the message stands behind.
const MESSAGES: [&str; 3] = ["error message", "exception message", "message"];

/// The stack below the exception, whose type and message stand behind labels of their own, ``**Error type:** `KeyError` `` and
/// ``**Error message:** `no bay` ``, in a form that a service filled in; what else it holds stands last.
pub(super) fn typed(document: &str) -> Option<String> {
    let name = text::lines(document)
        .filter_map(|line| labelled(line, &TYPES))
        .find(|name| !name.contains(' ') && crate::model::names_exception(name))?;
    let message = text::lines(document).find_map(|line| labelled(line, &MESSAGES))?;
    let (mut out, mut others, mut stack) = (String::new(), String::new(), false);
    for line in text::lines(document) {
        if let Some(first) = labelled(line, &STACKS) {
            stack = true;
            out.extend([first, "\n"]);
        } else if stack {
            // Marks of code around it.
            if !text::trim(line).starts_with("```") {
                out.extend([line, "\n"]);
            }
        } else if labelled(line, &TYPES).is_none() && labelled(line, &MESSAGES).is_none() {
            others.extend([line, "\n"]);
        }
    }
    // Python names what was thrown behind its frames.
    let named = format!("{name}: {message}\n");
    stack.then(|| {
        if text::has(&out, "Traceback (most recent") {
            [out.trim_end(), "\n", &named, "\n", &others].concat()
        } else {
            named + &out + &others
        }
    })
}

/// The text from the exception on, without the labels; `None` where no exception has one, or the stack has none.
pub(super) fn render(document: &str) -> Option<String> {
    if !ENDS.iter().any(|end| text::has(document, end)) {
        return None;
    }
    let is_stack = |line: &str| labelled(line, &STACKS).is_some();
    if !text::lines(document).any(is_stack) {
        return None;
    }
    let mut lines = text::lines(document);
    let error = lines.find_map(|line| {
        let value = labelled(line, &ERRORS)?;
        is_exception(value).then_some(value)
    })?;
    let mut out = String::with_capacity(document.len());
    out.push_str(error);
    for line in lines {
        out.push('\n');
        out.push_str(labelled(line, &STACKS).unwrap_or(line));
    }
    out.push('\n');
    Some(out)
}

/// The same of a script's own page, which has the place in two labels: `**Error**: no bay`, `**File**: /srv/Dock.php`,
/// `**Line**: 31`. The label is the type, as PHP's `Error` and `Exception` are; labels of other things stand last.
pub(super) fn placed(document: &str) -> Option<String> {
    if !text::has(document, FILE) {
        return None;
    }
    let (mut head, mut out, mut others) = (None, String::new(), String::new());
    let (mut file, mut number, mut stack) = (None, None, false);
    for line in text::lines(document) {
        let is = |name: &str| labelled(line, &[name]).filter(|value| !value.is_empty());
        if let Some(first) = labelled(line, &STACKS).filter(|_| head.is_some()) {
            stack = true;
            out.extend([first, "\n"]);
        } else if let Some(said) = is("Error").filter(|_| head.is_none()) {
            head = Some(("Error", said));
        } else if let Some(said) = is("Exception").filter(|_| head.is_none()) {
            head = Some(("Exception", said));
        } else if let Some(path) = is("File").filter(|_| !stack) {
            file = Some(path);
        } else if let Some(line) = is("Line").filter(|_| !stack) {
            number = Some(line).filter(|line| line.bytes().all(|byte| byte.is_ascii_digit()));
        } else if stack {
            // Marks of code around it.
            if !text::trim(line).starts_with("```") {
                out.extend([line, "\n"]);
            }
        } else {
            others.extend([line, "\n"]);
        }
    }
    let ((name, said), file, number) = (head?, file?, number?);
    stack.then(|| format!("{name}: {said} in {file}:{number}\n{out}\n{others}"))
}

/// What stands behind one of these labels, without marks of code.
fn labelled<'a>(line: &'a str, labels: &[&str]) -> Option<&'a str> {
    let inner = text::trim(line).strip_prefix("**")?;
    let (label, value) = ENDS.iter().find_map(|end| inner.split_once(end))?;
    let fits = labels
        .iter()
        .any(|name| label.trim().eq_ignore_ascii_case(name));
    fits.then(|| value.trim().trim_matches('`').trim())
}

/// Whether a name in front is that of a thing thrown: `PlatformException(…`, `StateError: …`.
fn is_exception(value: &str) -> bool {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$');
    let name = value
        .split(|c: char| !in_name(c))
        .next()
        .unwrap_or_default();
    let thrown = ["Exception", "Error"].iter().any(|end| name.ends_with(end));
    thrown && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn labels_of_a_form_go() {
        let text = "found it\n**Error**: `StateError: no bay`\n**Stack trace**: ```\nDock.open (package:orbit/dock.dart:31:5)\n";
        assert_eq!(
            render(text).as_deref(),
            Some("StateError: no bay\n\nDock.open (package:orbit/dock.dart:31:5)\n")
        );
        for other in [
            "**Error**: it hangs\n**Stack trace**: none\n",
            "**Error**: StateError: no bay\nbelow\n",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
