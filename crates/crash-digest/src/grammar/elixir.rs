//! Elixir: `(orbit 0.1.0) lib/orbit/ship.ex:88: Orbit.Ship.fire(nil)`, and calls of its machine that have no place.

use crate::frame::{Frame, Language};
use crate::text;

/// Elixir: `(orbit 0.1.0) lib/orbit/ship.ex:88: Orbit.Ship.fire(nil)`.
pub(super) fn elixir(line: &str) -> Option<Frame<'_>> {
    let rest = match line.strip_prefix('(') {
        Some(rest) => text::split_once(rest, ") ")?.1,
        None => line,
    };
    let Some((place, call)) = text::split_once(rest, ": ").filter(|_| !rest.starts_with(':'))
    else {
        return of_machine(rest);
    };
    let (file, number) = text::file_line(place);
    // What was typed has no file: `iex:11: Orbit.Ship.fire/1`.
    let typed = matches!(file, "iex" | "nofile")
        && call.starts_with(|c: char| c.is_ascii_uppercase())
        && text::rsplit_once(call, "/").is_some_and(|(name, arity)| {
            name.contains('.')
                && !name.contains(' ')
                && text::digits(arity).is_some_and(|(_, rest)| rest.is_empty())
        });
    let known = typed
        || [".ex", ".exs", ".erl"]
            .iter()
            .any(|end| file.ends_with(end));
    // What a macro made has a name in quotes: `Orbit.Endpoint."call (overridable 3)"/2`.
    let quoted = text::split_once(call, ".\"")
        .filter(|(module, _)| !module.contains('('))
        .and_then(|(module, rest)| Some(module.len() + 2 + rest.find('"')? + 1));
    let from = quoted.unwrap_or_default();
    let end = call[from..].find('(').map_or(call.len(), |at| from + at);
    let name = &call[..end];
    (known && !name.is_empty() && !file.contains(' ')).then_some(Frame {
        function: Some(name),
        file: Some(file),
        line: Some(number?),
        language: Language::Script,
        ..Frame::default()
    })
}

/// What is no Elixir is called by its atom: `:ets.lookup(:bays, 7)`, `:gen_server.try_dispatch/4`.
pub(super) fn of_machine(line: &str) -> Option<Frame<'_>> {
    let rest = line.strip_prefix(':')?;
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let end = rest.find(['(', '/'])?;
    let (module, name) = rest[..end].split_once('.')?;
    let behind = &rest[end..];
    let whole = if behind.starts_with('(') {
        behind.ends_with(')')
    } else {
        text::digits(&behind[1..]).is_some_and(|(_, more)| more.is_empty())
    };
    let function = if behind.starts_with('(') {
        &line[..=end]
    } else {
        line
    };
    (whole && is_name(module) && is_name(name)).then_some(Frame {
        function: Some(function),
        language: Language::Script,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_without_a_place() {
        let function = |line| elixir(line).and_then(|frame| frame.function);
        assert_eq!(
            function("(stdlib 5.2) :ets.lookup(:bays, 7)"),
            Some(":ets.lookup")
        );
        assert_eq!(
            function(":erlang.binary_to_existing_atom(\"bay\", :utf8)"),
            Some(":erlang.binary_to_existing_atom")
        );
        assert_eq!(function("(stdlib) :ets.lookup/2"), Some(":ets.lookup/2"));
        assert_eq!(function("(orbit) :no place at all"), None);
        assert_eq!(function(":smile: (yes)"), None);
    }
}
