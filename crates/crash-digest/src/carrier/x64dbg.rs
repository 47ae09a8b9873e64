//! `x64dbg`: what its log says of an exception and its window of calls, written as `WinDbg` would. Pasted text has its addresses
//! as links: `[7F2ADE50](x64dbg://localhost/address32#7F2ADE50)`.

use std::fmt::Write as _;

use crate::text;

/// What such a text has.
pub(super) const MARKS: [&str; 2] = ["](x64dbg://", "EXCEPTION_DEBUG_INFO:"];
const LINK: &str = "](x64dbg://";

/// The text without links and with rows of calls as `WinDbg` prints them; `None` where nothing is to do.
pub(super) fn render(document: &str) -> Option<String> {
    if !MARKS.iter().any(|mark| text::has(document, mark)) {
        return None;
    }
    let mut out = String::with_capacity(document.len());
    let (mut table, mut rows) = (false, 0_usize);
    // What the program wanted at the address: `ExceptionInformation[00]: 00000000 Read`.
    let mut wanted = "";
    for line in text::lines(document) {
        let line = without_links(line);
        let said = line.trim();
        if said.starts_with("Thread ID") && text::has(said, "Comment") {
            table = true;
            continue;
        }
        if table && let Some(row) = Row::read(said) {
            if rows == 0 {
                out.push_str("\n # ChildEBP RetAddr\n");
            }
            let _ = writeln!(out, "{rows:02x} {} {} {}", row.stack, row.to, row.place());
            rows += 1;
        } else if table && is_number(said) {
            // Another thread's calls are not the same stack.
            if rows > 0 {
                table = false;
            } else {
                let _ = writeln!(out, "Thread ID: {said}");
            }
        } else if let Some(information) = said.strip_prefix("ExceptionInformation[") {
            match information.rsplit_once(' ') {
                Some((_, "Read")) => wanted = "read from",
                Some((_, "Write")) => wanted = "write to",
                Some((_, "Execute" | "DEP")) => wanted = "execute non-executable",
                _ => {}
            }
            let unreached = information.strip_suffix(" Inaccessible Address");
            let address = unreached.and_then(|said| said.rsplit(' ').next());
            if let Some(address) = address.filter(|_| !wanted.is_empty()) {
                let _ = writeln!(out, "Attempt to {wanted} address {address}");
            }
        } else if !is_noise(said) {
            out.extend([line.as_str(), "\n"]);
        }
    }
    Some(out)
}

/// A row of the window of calls: `05364E44 7F2AC8BF 7F2ADE50 5A8  User hull.Dock_open+F0`.
struct Row<'a> {
    stack: &'a str,
    /// Where the call returns to.
    to: &'a str,
    comment: &'a str,
}

impl<'a> Row<'a> {
    fn read(row: &'a str) -> Option<Self> {
        let address = |word: &str| matches!(word.len(), 8 | 16) && text::hex(word).is_some();
        let mut rest = row;
        let mut words = [""; 5];
        for into in &mut words {
            (*into, rest) = text::word(rest);
        }
        let [stack, to, from, size, party] = words;
        let fits = [stack, to, from].into_iter().all(address)
            && text::hex(size).is_some()
            && party.chars().all(char::is_alphabetic)
            && !rest.is_empty();
        fits.then_some(Self {
            stack,
            to,
            comment: rest.trim(),
        })
    }

    /// `hull!Dock_open+0xF0`, of a place without a name `hull+0x…` is not known: its address stands alone.
    fn place(&self) -> String {
        let (module, symbol) = self.comment.split_once('.').unwrap_or((self.comment, ""));
        match symbol.rsplit_once('+') {
            Some((name, offset)) if text::hex(offset).is_some() => {
                format!("{module}!{name}+0x{offset}")
            }
            _ if text::hex(symbol).is_some() => format!("{module}!0x{symbol}"),
            _ => format!("{module}!{symbol}"),
        }
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.len() <= 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What says nothing that the lines around it do not.
fn is_noise(line: &str) -> bool {
    const STARTS: [&str; 5] = [
        "EXCEPTION_DEBUG_INFO:",
        "dwFirstChance:",
        "ExceptionFlags:",
        "NumberParameters:",
        "First chance exception on ",
    ];
    STARTS.iter().any(|start| line.starts_with(start))
}

/// The line with the words of its links alone.
fn without_links(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = text::find(rest, LINK) {
        let (front, address) = rest.split_at(at);
        let Some(end) = address.find(')') else {
            break;
        };
        match front.rsplit_once('[') {
            Some((front, words)) => out.extend([front, words]),
            None => out.push_str(front),
        }
        rest = &address[end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn rows_are_windbgs() {
        let text = "EXCEPTION_DEBUG_INFO:\n ExceptionCode: [C0000005](x64dbg://localhost/address32#C0000005) (EXCEPTION_ACCESS_VIOLATION)\n\
                    ExceptionInformation[00]: 00000000 Read\nExceptionInformation[01]: 00000018 Inaccessible Address\n\
                    Thread ID  Address  To  From  Size Party Comment\n480\n 05364E44 7F2AC8BF 7F2ADE50 5A8  User hull.Dock_open+F0\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                " ExceptionCode: C0000005 (EXCEPTION_ACCESS_VIOLATION)\nAttempt to read from address 00000018\n\
                 Thread ID: 480\n\n # ChildEBP RetAddr\n00 05364E44 7F2AC8BF hull!Dock_open+0xF0\n"
            )
        );
        assert_eq!(render("no exception\n"), None);
    }
}
