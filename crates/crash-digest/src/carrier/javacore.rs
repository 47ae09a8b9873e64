//! Javacores of OpenJ9: every row begins with a tag, `4XESTACKTRACE                at java/lang/Object.wait(Native Method)`.
//! Rendered as `HotSpot` prints such a dump, with the signal's rows as OpenJ9 prints them on the console.

use std::fmt::Write as _;

use crate::text;

/// The dump without its tags; `None` for other texts.
pub(super) fn render(document: &str) -> Option<String> {
    let begins = |line: &str| line.contains("1TISIGINFO ") || line.starts_with("3XMTHREADINFO ");
    if !text::lines(document).take(200).any(begins) {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    let mut current = false;
    // The current thread is printed first, and again in the list of all.
    let (mut first, mut again) = (None, false);
    let mut waits = String::new();
    for line in text::lines(document) {
        let (tag, rest) = text::word(line.trim_start_matches(['`', ' ']));
        let rest = rest.trim();
        match tag {
            "1TISIGINFO" => event(&mut out, rest),
            "1XHEXCPCODE" | "1XHEXCPMODULE" => {
                if let Some((label, value)) = rest.split_once(": ") {
                    let _ = writeln!(out, "{label}={value}");
                }
            }
            "1XMCURTHDINFO" => current = true,
            "1XMTHDINFO" => current = false,
            "3XMTHREADINFO" if rest.starts_with('"') => {
                again = !current && first == Some(rest);
                if current {
                    first = Some(rest);
                }
                if !again {
                    heading(&mut out, rest, current);
                }
            }
            "4XESTACKTRACE" | "4XENATIVESTACK" | "5XESTACKTRACE" | "3XMTHREADBLOCK" if again => {}
            "4XESTACKTRACE" => {
                java(&mut out, rest);
                out.push_str(&std::mem::take(&mut waits));
            }
            // The lock stands in front of the frames here, and below the first elsewhere.
            "3XMTHREADBLOCK" => waits = lock(rest).unwrap_or_default(),
            "5XESTACKTRACE" => {
                let entered = rest
                    .trim_matches(['(', ')'])
                    .strip_prefix("entered lock: ")
                    .and_then(|rest| object("- locked", rest));
                out.push_str(&entered.unwrap_or_default());
            }
            "4XENATIVESTACK" => {
                let _ = writeln!(out, "{rest}");
            }
            _ => {}
        }
    }
    Some(out)
}

/// `Blocked on: com/acme/Dock@0x0000000023B153C8 Owned by: "loader" (J9VMThread:0x…)`, as `HotSpot` prints it.
fn lock(rest: &str) -> Option<String> {
    let (how, lock) = rest.split_once(" on: ")?;
    object(
        match how {
            "Blocked" => "- waiting to lock",
            "Parked" => "- parking to wait for ",
            _ => "- waiting on",
        },
        lock,
    )
}

/// `com/acme/Dock@0x0000000023B153C8`
fn object(what: &str, lock: &str) -> Option<String> {
    let (class, address) = lock.split_once('@')?;
    let address = address.split([' ', ',']).next()?;
    let class = class.replace('/', ".");
    Some(format!("\t{what} <{address}> (a {class})\n"))
}

/// `Dump Event "systhrow" (00040000) Detail "java/lang/OutOfMemoryError" "Java heap space" received`.
fn event(out: &mut String, rest: &str) {
    let quoted: Vec<&str> = rest.split('"').skip(1).step_by(2).collect();
    let _ = match quoted[..] {
        ["systhrow" | "throw" | "uncaught", class, ref message @ ..] => {
            let message = message.first().unwrap_or(&"");
            writeln!(out, "{}: {message}", class.replace('/', "."))
        }
        ["gpf", ..] => writeln!(out, "Type=Segmentation error"),
        ["abort", ..] => writeln!(out, "Type=Abort"),
        _ => Ok(()),
    };
}

/// `"worker-3" J9VMThread:0x00…, omrthread_t:0x00…, java/lang/Thread:0x00…, state:R, prio=5`.
fn heading(out: &mut String, rest: &str, current: bool) {
    let name = rest[1..].split("\" ").next().unwrap_or_default();
    let state = text::after(rest, "state:", b",").unwrap_or_default();
    let state = match state {
        "R" => "Runnable",
        "B" => "Blocked",
        "CW" | "P" => "Waiting",
        "S" => "Suspended",
        "Z" => "Terminated",
        other => other,
    };
    let id = text::after(rest, "J9VMThread:", b",").unwrap_or("0");
    let mark = if current { " crashed" } else { "" };
    let _ = writeln!(out, "\n\"{name}\" prio=5 tid={id} {state}{mark}");
}

/// `at com/acme/Dock.open(Dock.java:12(Compiled Code))`, `at java/lang/A.b(Bytecode PC:9)`.
fn java(out: &mut String, rest: &str) {
    let rest = rest.replace("(Compiled Code))", ")");
    let Some((method, place)) = rest.rsplit_once('(') else {
        return;
    };
    let place = if place.starts_with("Bytecode PC:") {
        "Unknown Source)"
    } else {
        place
    };
    let _ = writeln!(out, "\t{}({place}", method.replace('/', "."));
}
