//! A script's calls in the message of React Native's exception, which consoles print in one line:
//! `no bay, stack: open@31:7 <unknown>@12:4`.

use crate::grammar;
use crate::text;

/// What stands between the message and the calls.
pub(super) const HEADING: &str = ", stack: ";
/// Fewer calls are words.
const FEWEST: usize = 2;

/// The text with the calls on lines of their own; `None` where there are none in a row.
pub(super) fn render(document: &str) -> Option<String> {
    let at = text::find(document, HEADING)?;
    let (front, behind) = document.split_at_checked(at + HEADING.len())?;
    let end = text::find(behind, "\n").unwrap_or(behind.len());
    let (row, rest) = behind.split_at_checked(end)?;
    let calls: Vec<&str> = row.split_whitespace().collect();
    let is_call = |call: &&&str| call.contains('@') && grammar::read(call).is_some();
    let read = calls.iter().filter(is_call).count();
    // The last one may be cut off.
    if read < FEWEST || read + 1 < calls.len() {
        return None;
    }
    let mut out = String::with_capacity(document.len() + 16);
    out.push_str(front.trim_end());
    for call in calls {
        out.push('\n');
        // A function without a name has none in front of the place.
        out.push_str(call.strip_prefix("<unknown>").unwrap_or(call));
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn calls_in_a_row_come_apart() {
        assert_eq!(
            render("x: no bay, stack: open@31:7 <unknown>@12:4 o@\na.b.C.d (C.java:1)\n")
                .as_deref(),
            Some("x: no bay, stack:\nopen@31:7\n@12:4\no@\na.b.C.d (C.java:1)\n")
        );
        for other in [
            "no bay, stack: see below@home\n",
            "no bay, stack: open@31:7\n",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
