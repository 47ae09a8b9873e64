//! Dart: names and places as JavaScript prints them, obfuscated builds by address alone, and the virtual machine's dump.

use super::far::LONGEST;
use super::shared::{is_library, named, plus};
use crate::frame::{Frame, Language};
use crate::text;

/// Behind the number: `abs 0000007af0e21bf8 virt 000000000013ebf8 _kDartIsolateSnapshotInstructions+0x692a8`.
pub(super) fn relative(rest: &str) -> Option<Frame<'_>> {
    let rest = rest.strip_prefix("abs ")?;
    let (absolute, rest) = text::word(rest.trim_start());
    let absolute = text::hex(absolute)?;
    let (virt, rest) = match rest.strip_prefix("virt ") {
        Some(rest) => {
            let (virt, rest) = text::word(rest.trim_start());
            (Some(text::hex(virt)?), rest)
        }
        None => (None, rest),
    };
    // The snapshot is the app's own code; its name says only where the offset counts from.
    let (symbol, offset) = plus(rest.trim());
    let nameless = symbol.is_empty() || symbol == "<invalid Dart instruction address>";
    Some(Frame {
        // `virt` counts from the start of the library that holds the snapshot.
        module: Some(if virt.is_some() || nameless {
            "libapp.so"
        } else {
            symbol
        }),
        address: Some(virt.unwrap_or(absolute)),
        offset: virt.or(offset),
        ..Frame::default()
    })
}

/// `pc 0xd0732289 fp 0xf69ea998 /data/app/x/libflutter.so+0x1532289`, `pc 0xef73 fp 0xf69e android::Looper::poll(int)+0x28`.
pub(super) fn vm(line: &str) -> Option<Frame<'_>> {
    let rest = line.strip_prefix("pc 0x")?;
    let (address, rest) = text::word(rest);
    let rest = rest.strip_prefix("fp 0x")?;
    let (_, rest) = text::word(rest);
    let address = Some(text::hex(address)?);
    let (symbol, offset) = plus(rest.trim());
    if symbol.starts_with('/') || is_library(symbol) {
        return Some(Frame {
            address,
            module: Some(symbol),
            offset,
            ..Frame::default()
        });
    }
    // A snapshot's begin, and an export far away, say only where the offset counts from.
    let far = offset.is_some_and(|offset| offset >= LONGEST);
    if offset.is_some() && (far || named(symbol).is_none() && text::has(symbol, "Snapshot")) {
        return Some(Frame {
            address,
            module: Some(symbol),
            offset,
            ..Frame::default()
        });
    }
    Some(Frame {
        address,
        function: named(symbol),
        offset,
        ..Frame::default()
    })
}

/// The virtual machine's own walk below them: `[dart     : sp(0x76e3) fp(0x76e4) pc(0x76b8) *package:orbit/dock.dart_Dock_open ]`,
/// between them `[stub     : sp(0x76e3) fp(0x76e4) pc(0x76d4)]`. The star says that the code was optimized.
pub(super) fn walk(line: &str) -> Option<Frame<'_>> {
    let (kind, rest) = text::split_once(line.strip_prefix('[')?, ": sp(")?;
    let kind = kind.trim_end();
    if !matches!(kind, "dart" | "stub" | "entry") {
        return None;
    }
    let (_, rest) = text::split_once(rest, ") pc(0x")?;
    let (address, name) = rest.strip_suffix(']')?.split_once(')')?;
    let address = Some(text::hex(address)?);
    let name = name.trim().trim_start_matches('*');
    if kind != "dart" {
        return Some(Frame {
            function: Some(kind),
            address,
            language: Language::Script,
            ..Frame::default()
        });
    }
    // The library stands in front of the name: `dart:convert_`, `dart:_http_`, `package:orbit/dock.dart_`.
    let end = text::find(name, ".dart_").map(|at| at + ".dart".len());
    let end = end.or_else(|| {
        let library = name.strip_prefix("dart:")?;
        Some("dart:".len() + 1 + library.get(1..)?.find('_')?)
    });
    let (file, function) = end.map_or((None, name), |end| (Some(&name[..end]), &name[end + 1..]));
    Some(Frame {
        function: named(function),
        file,
        address,
        language: Language::Script,
        ..Frame::default()
    })
}

/// Crashlytics' form of Dart's frames, without a package: `PageState.build.<fn>(page.dart:38)`.
pub(super) fn in_form_of_java(frame: &mut Frame<'_>) {
    let file = frame.file.map(str::as_bytes);
    if let Some([.., b'.', b'd', b'a', b'r', b't']) = file {
        frame.language = Language::Script;
    }
}

/// A name and a package's file with its line: `Dock.open.<anonymous closure> (package:orbit/dock.dart:31:5)`.
pub(super) fn without_number(line: &str) -> Option<Frame<'_>> {
    let (name, place) = text::split_once(line, " (package:")?;
    let name = name.strip_prefix("new ").unwrap_or(name);
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"._$<>=[]&".contains(&byte);
    let mut parts = name.split("<anonymous closure>");
    let fits =
        !name.is_empty() && parts.all(|part| part.bytes().all(word)) && text::has(place, ".dart:");
    fits.then(|| super::script::javascript(line)).flatten()
}

/// The same of Dart's own library: `Iterable.lastWhere(dart:core)`, `ListBase.lastWhere (dart:collection)`.
pub(super) fn of_its_library(rest: &str) -> Option<Frame<'_>> {
    let (function, place) = text::last_group(rest, b'(', b')')?;
    let library = place.strip_prefix("dart:")?;
    let function = function.trim_end();
    let fits = !library.contains(':') && !function.is_empty() && !function.contains(' ');
    fits.then(|| Frame {
        function: named(function),
        file: Some(place),
        language: Language::Script,
        ..Frame::default()
    })
}

/// Whether a line may be of such columns.
pub(super) fn may_have_columns(line: &str) -> bool {
    line.starts_with("dart:") || text::has(line, ".dart ") || text::has(line, ".dart.lib.js ")
}

/// Dart in a browser, and what its package for stacks makes of others, in columns: `packages/orbit/dock.dart 31:5     Dock.open`,
/// `dart-sdk/lib/async/zone.dart 1106:7  runUnary`, `dart:sdk_internal 24563:25   elementAt`, `dart:async   new Future`.
pub(super) fn columns(line: &str) -> Option<Frame<'_>> {
    let (place, rest) = line.split_once(' ')?;
    let stem = place.strip_suffix(".lib.js").unwrap_or(place);
    let library = place.starts_with("dart:");
    let source = matches!(stem.as_bytes(), [.., b'.', b'd', b'a', b'r', b't']);
    if !library && !source || place.contains(['(', '"', '\'', ',', '=']) {
        return None;
    }
    let (position, behind) = text::word(rest);
    let (number, name) = match position.split_once(':') {
        Some((line, column)) if column.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(line.parse().ok()?), behind)
        }
        // A place without a line needs its column: words may begin so.
        _ if rest.starts_with(' ') => (None, rest),
        _ => return None,
    };
    let name = name.trim();
    let member = ["new ", "get ", "set ", "[] "]
        .iter()
        .find_map(|kind| name.strip_prefix(kind))
        .unwrap_or(name);
    let fits = !member.is_empty()
        && member.len() <= 400
        && !member.contains(|c: char| c.is_whitespace() || matches!(c, '"' | ';' | '{' | '}'));
    fits.then(|| Frame {
        function: named(name).filter(|name| *name != "<fn>"),
        file: Some(place),
        line: number,
        language: Language::Script,
        ..Frame::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn obfuscated_frames_carry_their_address() {
        let frame = relative(
            "abs 0000007af0e21bf8 virt 000000000013ebf8 _kDartIsolateSnapshotInstructions+0x692a8",
        )
        .unwrap();
        assert_eq!(
            (frame.module, frame.offset, frame.symbolicated()),
            (Some("libapp.so"), Some(0x13_ebf8), false)
        );
        let frame = vm("pc 0xef737b88 fp 0xf69ea248 android::Looper::pollInner(int)+0x28").unwrap();
        assert_eq!(frame.function, Some("android::Looper::pollInner(int)"));
    }
}
