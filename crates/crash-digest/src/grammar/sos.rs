//! Stacks of the extension with which `WinDbg`, lldb and `dotnet-dump` show .NET: `!clrstack`, with native frames `-f`.

use super::shared::{named, path_of};
use super::{csharp, module_names};
use crate::frame::Frame;
use crate::text;

/// What a row is.
pub(super) enum Row<'a> {
    Frame(Frame<'a>),
    /// A mark of the run time's that names no method: `[GCFrame: 000000a1b2b7e900]`.
    Mark,
}

impl<'a> Row<'a> {
    pub(super) const fn frame(self) -> Option<Frame<'a>> {
        match self {
            Self::Frame(frame) => Some(frame),
            Self::Mark => None,
        }
    }
}

/// `000000A1B2B7E6F0 00007FF8C0D31234 Orbit.Dock.Open(Int32) [C:\ws\Dock.cs @ 31]`: stack pointer, instruction, method. A mark
/// of the run time may have no instruction.
pub(super) fn row(line: &str) -> Option<Row<'_>> {
    // Nearly all lines end here.
    if ![8, 16]
        .iter()
        .any(|end| line.as_bytes().get(*end) == Some(&b' '))
    {
        return None;
    }
    let (pointer, rest) = text::word(line);
    column(pointer)?;
    let (at, call) = text::word(rest);
    let (address, call) = match column(at) {
        Some(address) => (Some(address), call),
        None => (None, rest),
    };
    if let Some(mark) = call.strip_prefix('[') {
        return marked(mark, address);
    }
    let address = address?;
    let (front, file, number) = place(call);
    let (front, offset) = plus(front);
    let (module, function) = match front.split_once('!') {
        Some((module, function)) if is_module(module) => (Some(module), function),
        Some(_) => return None,
        None => (None, front),
    };
    let managed = function.ends_with(')')
        && !text::has(function, "::")
        && module.is_none_or(|module| [".dll", ".exe"].iter().any(|end| module.ends_with(end)));
    if managed {
        let frame = csharp::read(function, false)?;
        return Some(Row::Frame(Frame {
            module,
            address: Some(address),
            file,
            line: number,
            ..frame
        }));
    }
    // The offset in other digits is another debugger's.
    let native = module.is_some() && offset.is_some();
    native.then(|| {
        Row::Frame(Frame {
            module,
            function: named(function),
            address: Some(address),
            offset,
            file,
            line: number,
            ..Frame::default()
        })
    })
}

/// Where the debugger's thread is: `(MethodDesc 00007ff8c0d34512 +0x4b Orbit.Dock.Open(Int32))`.
pub(super) fn current(place: &str) -> Option<Frame<'_>> {
    let method = place.strip_prefix("(MethodDesc ")?.strip_suffix(')')?;
    let (address, method) = text::word(method);
    text::hex(address)?;
    let method = match method.strip_prefix("+0x") {
        Some(method) => text::word(method).1,
        None => method,
    };
    csharp::read(method, false)
}

/// An address in all of its digits: `000000A1B2B7E6F0`, of 32 bits `0012f3f0`.
fn column(word: &str) -> Option<u64> {
    let fits = matches!(word.len(), 8 | 16) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| text::hex(word))?
}

/// Behind the bracket of a mark: `HelperMethodFrame_1OBJ: 000000a1b2b7e900] System.Threading.Monitor.Enter(System.Object)`.
fn marked(mark: &str, address: Option<u64>) -> Option<Row<'_>> {
    let (kind, rest) = mark.split_once(": ")?;
    let (pointer, method) = rest.split_once(']')?;
    let fits = text::has(kind, "Frame")
        && kind
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text::hex(pointer).is_some();
    if !fits {
        return None;
    }
    let (method, file, line) = place(method.trim());
    Some(match csharp::read(method, false) {
        Some(frame) => Row::Frame(Frame {
            file,
            line,
            address,
            ..frame
        }),
        None => Row::Mark,
    })
}

/// Splits the source off: ` [C:\ws\Dock.cs @ 31]`, of a native frame ` at C:\ws\excep.cpp:3114`.
fn place(call: &str) -> (&str, Option<&str>, Option<u32>) {
    if call.ends_with(']') {
        return module_names::place(call);
    }
    let placed = text::rsplit_once(call, " at ").and_then(|(front, place)| {
        let (file, line) = text::file_line(place);
        Some((front, path_of(file)?, line?))
    });
    placed.map_or((call, None, None), |(front, file, line)| {
        (front, Some(file), Some(line))
    })
}

/// Splits the offset off, which has decimal digits: `IL_Throw + 1126`.
fn plus(call: &str) -> (&str, Option<u64>) {
    let split = text::rsplit_once(call, " + ")
        .and_then(|(front, offset)| Some((front.trim_end(), offset.parse().ok()?)));
    split.map_or((call, None), |(front, offset)| (front, Some(offset)))
}

fn is_module(module: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
    !module.is_empty() && module.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::super::read;

    #[test]
    fn rows_of_a_stack_of_net() {
        for (row, function, module, line) in [
            (
                r"000000A1B2B7E6F0 00007FF8C0D31234 Orbit.Dock.Open(Int32) [C:\ws\Dock.cs @ 31]",
                "Orbit.Dock.Open",
                None,
                Some(31),
            ),
            (
                "0012f3f0 7c90e514 Orbit.Dock.Open(System.Object, Int32)",
                "Orbit.Dock.Open",
                None,
                None,
            ),
            (
                r"000000A1B2B7E6F0 00007FF8C0D31234 CoreCLR!Thread::Run + 883 at c:\ws\clr\vm\excep.cpp:3114",
                "Thread::Run",
                Some("CoreCLR"),
                Some(3114),
            ),
            (
                "000000A1B2B7E6F0 00007FF8C0D31234 libcoreclr.so!CallDescrWorkerInternal + 124",
                "CallDescrWorkerInternal",
                Some("libcoreclr.so"),
                None,
            ),
            (
                r"000000A1B2B7E6F0 00007FF8C0D31234 Orbit.exe!Orbit.Dock.Open() + 133 [C:\ws\Dock.cs @ 31]",
                "Orbit.Dock.Open",
                Some("Orbit.exe"),
                Some(31),
            ),
            (
                "00007FFD28B42C58 00007fb22c1a8ed9 [HelperMethodFrame_1OBJ: 00007ffd28b42c58] System.Threading.Monitor.Enter(System.Object)",
                "System.Threading.Monitor.Enter",
                None,
                None,
            ),
        ] {
            let frame = read(row).unwrap_or_else(|| panic!("{row}"));
            assert_eq!(
                (frame.function, frame.module, frame.line),
                (Some(function), module, line),
                "{row}"
            );
        }
        for other in [
            "00007FFD28B43210 00007fb22aa9cedf [GCFrame: 00007ffd28b43210]",
            "000000d11fbcd1a8                  [HelperMethodFrame: 000000d11fbcd1a8] ",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
