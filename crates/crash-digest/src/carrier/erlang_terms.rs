//! Erlang's terms as they are printed: their parts, and the stack inside of a reason.

use std::fmt::Write as _;

use crate::text;

/// Terms inside of one another that are looked into.
const DEEPEST: usize = 8;
/// Parts at the end of a cut term that are tried without.
const MOST_CUT: usize = 4;

/// The parts of a tuple or a list; `None` where it is none, or is cut off.
pub(super) fn parts(term: &str) -> Option<Vec<&str>> {
    let term = term.trim();
    let close = match term.as_bytes().first()? {
        b'{' => b'}',
        b'[' => b']',
        _ => return None,
    };
    let bytes = term.as_bytes();
    let mut parts = Vec::new();
    let (mut depth, mut start, mut at) = (0_usize, 1, 0);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => at = behind_quote(bytes, at + 1, quote)?,
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    let ends = bytes[at] == close && at + 1 == bytes.len();
                    let last = term[start..at].trim();
                    if !last.is_empty() {
                        parts.push(last);
                    }
                    return ends.then_some(parts);
                }
            }
            b',' if depth == 1 => {
                parts.push(term[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where a quotation ends that begins in front of `at`.
fn behind_quote(bytes: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            byte if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// A reason and its stack, as a line each: `{{badmatch,x},[{dock,open,3,[{file,"dock.erl"},{line,7}]}]}`.
pub(super) fn reason_and_stack(term: &str) -> Option<(String, Vec<String>)> {
    if let Some(found) = within(term, 0) {
        return Some(found);
    }
    // Cut at its end: what is whole of it tells as much.
    let mut rest = term;
    for _ in 0..MOST_CUT {
        if let Some(found) = within(&closed(rest)?, 0) {
            return Some(found);
        }
        rest = &rest[..=text::rfind(rest, "},")?];
    }
    None
}

/// The term with its quotation and its brackets closed; `None` where all of them are.
fn closed(term: &str) -> Option<String> {
    let bytes = term.as_bytes();
    let mut open = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                let Some(end) = behind_quote(bytes, at + 1, quote) else {
                    open.push(char::from(quote));
                    break;
                };
                at = end;
            }
            b'{' => open.push('}'),
            b'[' => open.push(']'),
            b'(' => open.push(')'),
            b'}' | b']' | b')' => {
                open.pop()?;
            }
            _ => {}
        }
        at += 1;
    }
    let ends: String = open.into_iter().rev().collect();
    (!ends.is_empty()).then(|| term.trim_end().to_owned() + &ends)
}

fn within(term: &str, depth: usize) -> Option<(String, Vec<String>)> {
    if depth > DEEPEST {
        return None;
    }
    let parts = parts(term)?;
    if let Some((last, reason)) = parts.split_last()
        && !reason.is_empty()
        && let Some(mut frames) = stack(last)
    {
        frames.extend(cause(last, depth));
        // `{{{badmatch,x},Stack},Outer}`: the innermost is where it went wrong.
        return reason
            .iter()
            .find_map(|part| within(part, depth + 1))
            .or_else(|| Some((reason.join(","), frames)));
    }
    parts.iter().find_map(|part| within(part, depth + 1))
}

/// What a server ended for, where its own end failed: its `terminate` was called with that reason.
fn cause(list: &str, depth: usize) -> Vec<String> {
    let reason = || {
        let list = parts(list)?;
        let call = parts(list.first()?)?;
        let arguments = parts(call.get(2).filter(|_| call[1] == "terminate")?)?;
        within(arguments.first()?, depth + 1)
    };
    let Some((reason, frames)) = reason() else {
        return Vec::new();
    };
    let mut lines = vec![format!("Caused by: {reason}")];
    lines.extend(frames);
    lines
}

/// How long the words are that a stack stands behind, and its frames: `bad argument: [{ets,lookup,[dock,7],[]},{dock,open,1,[{file,"dock.erl"},{line,7}]}]`.
pub(super) fn words_and_stack(message: &str) -> Option<(usize, Vec<String>)> {
    let (words, _) = text::split_once(message, ": [{")?;
    let list = message.get(words.len() + 2..)?;
    stack(list.trim_end()).map(|frames| (words.len(), frames))
}

/// The frames of a list that is a stack.
pub(super) fn stack(list: &str) -> Option<Vec<String>> {
    if !list.starts_with("[{") {
        return None;
    }
    let frames: Option<Vec<String>> = parts(list)?.into_iter().map(call).collect();
    frames.filter(|frames| !frames.is_empty())
}

/// `{dock,open,3,[{file,"src/dock.erl"},{line,377}]}` as the shell prints it; of arguments only their number is kept.
fn call(tuple: &str) -> Option<String> {
    let parts = parts(tuple).filter(|_| tuple.starts_with('{'))?;
    let (module, function, arguments, place) = match parts[..] {
        [module, function, arguments] => (module, function, arguments, ""),
        [module, function, arguments, place] => (module, function, arguments, place),
        _ => return None,
    };
    let atom = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase() || c == '\'')
            && !text.contains([' ', '(', '{'])
    };
    if !atom(module) || !atom(function) || !(place.is_empty() || place.starts_with('[')) {
        return None;
    }
    let arity = match arguments.parse::<u8>() {
        Ok(arity) => usize::from(arity),
        Err(_) => self::parts(arguments)?.len(),
    };
    let name = module.trim_matches('\'');
    let mut out = format!(
        "in call from {name}:{}/{arity}",
        function.trim_matches('\'')
    );
    if let Some(file) = text::after(place, "{file,", b"}") {
        let line = text::after(place, "{line,", b"}").unwrap_or("0");
        let _ = write!(out, " ({}, line {line})", file.trim_matches('"'));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_come_apart() {
        assert_eq!(
            parts("{a, \"b,}\", [c,{d}], <<\"x\">>}"),
            Some(vec!["a", "\"b,}\"", "[c,{d}]", "<<\"x\">>"])
        );
        assert_eq!(parts("[]"), Some(vec![]));
        assert_eq!(parts("{a,b"), None);
        assert_eq!(parts("{a}} b"), None);
        let (reason, frames) = reason_and_stack(
            "{{{badmatch,x},[{dock,open,[1,2],[{file,\"src/dock.erl\"},{line,7}]},{gen,call,4}]},{gen_server,call,[a]}}",
        )
        .unwrap();
        assert_eq!(reason, "{badmatch,x}");
        assert_eq!(
            frames,
            [
                "in call from dock:open/2 (src/dock.erl, line 7)",
                "in call from gen:call/4"
            ]
        );
    }
}
