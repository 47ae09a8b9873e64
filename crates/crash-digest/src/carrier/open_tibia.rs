//! The log of Open Tibia's servers: above an error of Lua which interface ran which script's function, on lines of their own:
//! `Lua Script Error: [Action Interface]`, `in a timer event called from:`, `data/actions/dock.lua:onUse`.

use super::log_field::{ALSO, FURTHER, LOGGED};
use crate::text;

/// The first of these lines, in newer ones `[Error - Action Interface]`, and a `Description:` at the end.
const MARK: &str = "Lua Script Error: [";
const NEWER: &str = "[Error - ";
pub(super) const MARKS: [&str; 2] = [MARK, NEWER];

/// What newer ones put in front of the message.
const DESCRIBED: &str = "Description:";

/// The text with these lines in one, above the first error or in front of what a further one says; `None` where there are none.
pub(super) fn render(document: &str) -> Option<String> {
    let mut out = String::with_capacity(document.len() + 64);
    let mut lines = text::lines(document).peekable();
    let mut found = false;
    while let Some(line) = lines.next() {
        let head = text::trim(line);
        let newer = || text::find(head, NEWER).filter(|_| head.ends_with(" Interface]"));
        let at = if head.starts_with(MARK) && head.ends_with(']') {
            Some(0)
        } else {
            newer()
        };
        let Some(at) = at else {
            out.extend([line, "\n"]);
            continue;
        };
        let mut label = head[at..].to_owned();
        while let Some(script) = lines.next_if(|next| is_of_head(text::trim(next))) {
            let said = text::trim(script);
            if said != DESCRIBED {
                label.extend([" ", said]);
            }
        }
        let said = lines.peek().map_or("", |next| text::trim(next));
        if found {
            out.extend(["\n", ALSO, &label, "\n", FURTHER, said, "\n"]);
            if !said.starts_with("stack traceback") {
                lines.next();
            }
        } else {
            out.extend([LOGGED, &label, "\n"]);
        }
        found = true;
    }
    found.then_some(out)
}

/// Whether a line tells of the script: its function, or the timer that called it.
fn is_of_head(line: &str) -> bool {
    let function = || {
        let (file, name) = line.rsplit_once(':')?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let named = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(plain);
        let of_lua = matches!(file.as_bytes(), [.., b'.', b'l', b'u', b'a']);
        (named && of_lua).then_some(())
    };
    line.starts_with("in a timer event called from:")
        || line.starts_with("in callback: ")
        || matches!(line, "(Unknown scriptfile)" | DESCRIBED)
        || function().is_some()
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn heads_are_one_line() {
        let text = "Lua Script Error: [Action Interface] \na.lua:onUse\na.lua:5: no bay\nstack traceback:\n\n\
                    Lua Script Error: [Main Interface] \nin a timer event called from: \n(Unknown scriptfile)\nb.lua:7: no hold\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "Logged as: Lua Script Error: [Action Interface] a.lua:onUse\na.lua:5: no bay\nstack traceback:\n\n\n\
                 Also logged: Lua Script Error: [Main Interface] in a timer event called from: (Unknown scriptfile)\n\
                 Logged next: b.lua:7: no hold\n"
            )
        );
        assert_eq!(render("Lua Script Error: [Action Interface\n"), None);
    }
}
