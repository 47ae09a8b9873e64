//! What few texts hold, told by a mark of its own each.

use super::{
    apple, consoles, dart, elixir, games, hosts, java, listed, lua, plain, report_rows, ruby,
    runtimes, script, stack_walker, visual_studio, windows,
};
use crate::frame::Frame;
use crate::text;

/// Reads a line that has such a mark.
pub(super) fn read(line: &str) -> Option<Frame<'_>> {
    if text::has(line, ":0x")
        && let Some(frame) = plain::blender(line)
    {
        return Some(frame);
    }
    match line.as_bytes() {
        [.., b']'] if text::has(line, "@0x") => plain::address_and_image(line),
        [b'f', b'r', b'o', b'm', b' ', ..] => {
            runtimes::ruby(line).or_else(|| games::crystal(&line[5..]))
        }
        [.., b'\''] if text::has(line, ".rb:") => runtimes::ruby_place(line),
        [.., b'\''] if line.starts_with("app/") || ruby::names_template(line) => ruby::view(line),
        // Elixir of the program itself: `lib/orbit/dock.ex:31: Orbit.Dock.open(nil)`.
        [.., b')' | b'0'..=b'9'] if text::has(line, ".ex:") || text::has(line, ".exs:") => {
            elixir::elixir(line)
        }
        [b'i', b'e', b'x', b':', .., b'0'..=b'9']
        | [b'n', b'o', b'f', b'i', b'l', b'e', b':', .., b'0'..=b'9'] => elixir::elixir(line),
        _ if dart::may_have_columns(line) => dart::columns(line),
        _ if text::has(line, " function ") => lua::dotted(line),
        [.., b')'] if text::has(line, ".swift:") => apple::alone(line),
        [.., b')'] if text::has(line, " @ ") => hosts::godot(line),
        [b'I', b'n', b' ', .., b'0'..=b'9'] if text::has(line, ".hx: ") => {
            hosts::haxe_in_file(line)
        }
        [.., b')' | b'a'..=b'z' | b'A'..=b'Z'] if text::has(line, ".lua (") => lua::giants(line),
        [.., b')']
            if [".js:", ".ts:", ".tsx:", ".jsx:"]
                .iter()
                .any(|end| text::has(line, end)) =>
        {
            script::safari(line)
        }
        // Dart's first one, whose number was lost: `Dock.open (package:orbit/dock.dart:31:5)`.
        [.., b')'] if text::has(line, " (package:") => dart::without_number(line),
        [.., b')'] if text::has(line, "(dart:") => dart::of_its_library(line),
        [.., b'0'..=b'9' | b'A'..=b'F'] if text::has(line, ") : ") => games::generals(line),
        [.., b']'] if text::has(line, " [0x") => {
            games::d(line).or_else(|| games::chromium_of_windows(line))
        }
        [.., b')'] if text::has(line, "] (") && text::has(line, " [0x") => {
            games::chromium_of_windows(line)
        }
        [.., b']', b')'] if text::has(line, " (0x") => listed::openj9(line),
        [.., b'0'..=b'9'] if text::has(line, ".java:") || text::has(line, ".kt:") => {
            java::spaced(line)
        }
        [.., b']'] if text::has(line, " Address = 0x") => windows::unreal_apple(line),
        [.., b')'] if text::has(line, ") (") => {
            consoles::called_at(line).or_else(|| consoles::columns(line))
        }
        // React Native's functions without a name: `index.android.bundle:31:7`.
        [.., b'0'..=b'9'] if text::has(line, "bundle:") => script::address(line),
        _ if text::has(line, ";") && text::has(line, ".m") => consoles::semicolons(line),
        [.., b'0'..=b'9'] if text::has(line, ".as:") => hosts::urho(line),
        _ if text::has(line, " - ") && text::has(line, ":") => java::behind_place(line)
            .or_else(|| runtimes::ruby_listed(line))
            .or_else(|| text::has(line, ": 0x").then(|| runtimes::zig(line))?),
        _ if text::has(line, ": 0x") => runtimes::zig(line),
        _ if text::has(line, " http") => runtimes::console(line),
        _ if text::has(line, " at ") => script::at_position(line).or_else(|| script::perl(line)),
        _ => consoles::columns(line)
            .or_else(|| report_rows::logical(line))
            .or_else(|| stack_walker::row(line))
            .or_else(|| games::file_first(line))
            .or_else(|| hosts::module_offset(line)),
    }
}

/// Behind a bracket: a counter, a kind of frame, an address or a place.
pub(super) fn bracketed(line: &str) -> Option<Frame<'_>> {
    if let Some(rest) = line.strip_prefix("[Callstack]") {
        let rest = rest.trim_start();
        return windows::addressed(rest).or_else(|| windows::unreal_numbered(rest));
    }
    // A game's own handler: `[bt]: (6) lib/orbit.so : Ship::fire()+0x4f6 [0x7f5cbe731526]`.
    if let Some((_, rest)) = line.strip_prefix("[bt]: (").and_then(text::digits) {
        return listed::own_handler(rest.strip_prefix(") ")?);
    }
    if line.starts_with(visual_studio::INLINE) || visual_studio::inlined_in(line).is_some() {
        return visual_studio::read(line);
    }
    lua::read(line)
        .or_else(|| script::at_sign(line))
        .or_else(|| hosts::bracketed(line))
        .or_else(|| hosts::wren(line))
        .or_else(|| listed::bracketed(line))
        .or_else(|| consoles::barred(line))
        .or_else(|| dart::walk(line))
        .or_else(|| java::read(line))
        .or_else(|| plain::glibc(line))
}
