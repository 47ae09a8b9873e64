//! CrashSight's codes in words (docs/vendor/crashsight.md §8). Unknown codes are shown as numbers.

use crate::json::JsonRef;
use crate::reply::{Cell, Untrusted};
use crash_digest::frame::{Frame, Language};

/// The code of an issue that is processed.
pub(super) const PROCESSED: i64 = 1;

/// Issue state, where the code is known (docs/vendor/crashsight.md).
pub(super) fn state_word(code: i64) -> Option<&'static str> {
    Some(match code {
        0 => "unprocessed",
        PROCESSED => "processed",
        2 => "in progress",
        _ => return None,
    })
}

/// An issue's state for a reader.
pub(crate) fn state_cell(code: Option<i64>) -> Cell {
    code.map_or(Cell::Missing, |code| {
        Cell::text(state_word(code).map_or_else(|| format!("state {code}"), str::to_owned))
    })
}

/// Report type: inferred from the older client of the same family and from samples.
pub(super) fn report_type(code: &str) -> Option<&'static str> {
    Some(match code {
        "100" => "app crash",
        "101" => "native crash",
        "102" => "caught error",
        "103" => "ANR",
        "104" => "Unity or C# error",
        "106" => "Lua or custom error",
        "107" => "JS error",
        "108" => "other error",
        _ => return None,
    })
}

/// Symbolication, as the vendor's `retraceStatus` tells it (Chinese document, line 2288).
pub(super) fn retrace(code: i64) -> String {
    match code {
        0 => "symbolicated by the service",
        1 => "the service needs a mapping file",
        -1 => "the service failed to symbolicate",
        -2 => "the symbols do not match this build",
        -3 => "no symbols were uploaded for this build",
        -4 => "no system symbols match",
        -5 => "no system symbols",
        -6 | -7 => "the symbol service was busy",
        -8 => "the report holds too little to symbolicate",
        -9 => "no symbols",
        -10 => "symbols are still being fetched",
        -11 => "no app information for symbolication",
        -12 => "nothing to symbolicate",
        other => return format!("symbolication status {other}"),
    }
    .to_owned()
}

/// `SIGSEGV SEGV_ACCERR · physx::visualiseConstraint`: what broke, and where.
pub(crate) fn what_and_where(
    name: Option<&str>,
    message: Option<&str>,
    key_stack: Option<&str>,
) -> Cell {
    let head = [name, message]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let place = key_stack.map(place).unwrap_or_default();
    match (head.is_empty(), place.is_empty()) {
        (true, true) => Cell::Missing,
        (false, true) => Cell::from_untrusted(head),
        (true, false) => Cell::from_untrusted(place),
        (false, false) => {
            let head = short_addresses(&head);
            Cell::from_untrusted(format!("{} · {place}", crate::reply::inline(&head, 50)))
        }
    }
}

/// Addresses without the zeros before their first digit: `0x0000000000000018` as `0x18`.
fn short_addresses(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let zeros = part.len() - part.trim_start_matches('0').len();
        let digit = part[zeros..].starts_with(|next: char| next.is_ascii_hexdigit());
        // The last zero stays where no digit follows.
        let dropped = if digit {
            zeros
        } else {
            zeros.saturating_sub(1)
        };
        short.push_str("0x");
        short.push_str(&part[dropped..]);
    }
    short
}

/// The first frame of a key stack, short enough for a row.
pub(super) fn place(key_stack: &str) -> String {
    let line = key_stack
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    // An address or a number in front costs the function's name.
    if let Some(frame) = Frame::parse(line)
        && frame.function.is_some()
    {
        // A qualified name says enough by itself.
        let qualified = frame.name().contains("::");
        let module = frame
            .module_name()
            .filter(|_| frame.language == Language::Native && !qualified);
        let module = module
            .map(|module| format!("{module} "))
            .unwrap_or_default();
        return format!("{module}{}", frame.name());
    }
    // `#00 pc 0000000002f0248c libUE4.so Reset (D:/…/SparseArray.h:254) [arm64-v8a]`
    let rest = match line.split_once(" pc ") {
        Some((index, rest)) if index.starts_with('#') => {
            rest.split_once(' ').map_or(rest, |(_, rest)| rest)
        }
        _ => line,
    };
    without_arguments(rest).trim().to_owned()
}

/// `a::(anonymous namespace)::f(int) (file.cpp:3)` without what follows the function's name.
fn without_arguments(frame: &str) -> &str {
    for (at, _) in frame.match_indices('(') {
        let before = frame[..at].trim_end();
        // These brackets belong to a name.
        if !before.is_empty() && !before.ends_with("::") && !before.ends_with("operator") {
            return before;
        }
    }
    frame
}

/// Vendor words in one cell.
pub(super) fn words_cell<'a>(words: impl Iterator<Item = &'a Untrusted>) -> Cell {
    let words: Vec<&str> = words.map(Untrusted::raw).collect();
    if words.is_empty() {
        return Cell::Missing;
    }
    Cell::from_untrusted(words.join(", "))
}

/// Tag names, from a list of names or of objects.
pub(super) fn tag_names(node: JsonRef<'_>) -> Vec<Untrusted> {
    match node.untrusted() {
        Some(names) => vec![names],
        None => node
            .list()
            .filter_map(|tag| tag.untrusted().or_else(|| tag.get("tagName").untrusted()))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_leading_zeros() {
        for (text, short) in [
            ("fault addr 0x0000000000000018", "fault addr 0x18"),
            ("fault addr 0x0000000000000000", "fault addr 0x0"),
            ("at 0x00000072a91f4c08, 0x", "at 0x72a91f4c08, 0x"),
            ("no address", "no address"),
        ] {
            assert_eq!(short_addresses(text), short);
        }
    }

    #[test]
    fn a_place_is_the_functions_name() {
        for (stack, expected) in [
            (
                "#00 pc 0000000002f0248c libUE4.so Reset (D:/x/SparseArray.h:254) [arm64-v8a]",
                "libUE4.so Reset",
            ),
            (
                "#00 pc 0000000002f0248c libUE4.so AShip::Fire(int) (D:/x/Ship.cpp:31) [arm64-v8a]",
                "AShip::Fire",
            ),
            ("\n com.a.B.c(B.java:12)\nd", "com.a.B.c"),
            (
                "a::(anonymous namespace)::f(int) (file.cpp:3)",
                "a::(anonymous namespace)::f",
            ),
            ("(anonymous namespace)::f(int)", "(anonymous namespace)::f"),
            ("ns::Less::operator()(int, int)", "ns::Less::operator()"),
            ("<lambda_1>", "<lambda_1>"),
            ("", ""),
        ] {
            assert_eq!(place(stack), expected, "{stack}");
        }
    }
}
