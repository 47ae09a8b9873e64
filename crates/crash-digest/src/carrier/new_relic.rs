//! New Relic's page, copied: what was thrown, what it said and where, each behind a label of its own.

use std::fmt::Write as _;

use crate::model;
use crate::text;

/// What is in such a text.
pub(super) const MARK: &str = "\nMessage: ";
const THROWN: &str = "Exception: ";

/// The text with the exception as its runtime prints it, or the signal of a native crash; `None` where no label names a class.
pub(super) fn render(document: &str) -> Option<String> {
    let value = |label: &str| text::lines(document).find_map(|line| line.strip_prefix(label));
    let class = value(THROWN).map(str::trim)?;
    let fits = class.matches('.').count() >= 2
        && !class.contains([' ', ':', '('])
        && model::names_exception(class);
    fits.then_some(())?;
    let message = value(&MARK[1..])?.trim();
    let mut out = String::with_capacity(document.len());
    let mut place = None;
    for line in text::lines(document) {
        if line.starts_with(THROWN) && line[THROWN.len()..].trim() == class {
            match message
                .split_once(' ')
                .filter(|_| message.starts_with("SIG"))
            {
                Some((signal, rest)) => {
                    let _ = writeln!(out, "Signal: {signal}");
                    let (_, address) = text::rsplit_once(rest, " at ").unwrap_or_default();
                    if text::hex(address).is_some() {
                        let _ = writeln!(out, "Crash address: {address}");
                    }
                }
                None => {
                    let _ = writeln!(out, "{class}: {message}");
                }
            }
            if let Some(place) = place.take() {
                let _ = writeln!(out, "{place}");
            }
        } else if let Some(frame) = line.strip_prefix("Location: ").and_then(located) {
            place = Some(frame);
        } else if !line.starts_with(&MARK[1..]) {
            out.extend([line, "\n"]);
        }
    }
    Some(out)
}

/// `Dock.java line 31 in com.acme.Dock.open`, `/system/lib64/libc.so line -2 in 0x74ce94fd18.abort` as frames.
fn located(place: &str) -> Option<String> {
    let (file, rest) = text::split_once(place.trim(), " line ")?;
    let (line, call) = text::split_once(rest, " in ")?;
    if let Some((address, name)) = call.split_once('.')
        && address.starts_with("0x")
        && file.starts_with('/')
    {
        return Some(format!("#00 {address} {file} ({name})"));
    }
    (!call.contains(' ') && !file.contains(' ')).then(|| format!("\tat {call}({file}:{line})"))
}
