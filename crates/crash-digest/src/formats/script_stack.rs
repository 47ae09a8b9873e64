//! Unreal's calls of blueprints: rows of names below `Script Stack:`, in front of a crash's own banner or behind it.

use crate::frame::{Frame, Language};
use crate::model::{Builder, RelatedKind};

/// So many calls are kept.
const MOST: usize = 64;

/// Calls that were read so far.
#[derive(Default)]
pub(super) struct ScriptStack<'a> {
    heading: &'a str,
    open: bool,
    rows: Vec<&'a str>,
}

impl<'a> ScriptStack<'a> {
    /// Takes the heading, `Script Stack (2 frames) :`, and the rows below it; `false` where a line is neither.
    pub(super) fn line(&mut self, line: &'a str) -> bool {
        if is_heading(line) {
            // The text's own stack is the first: those of later ones are other checks'.
            self.open = self.rows.is_empty();
            if self.open {
                self.heading = line;
            }
            return true;
        }
        if !self.open {
            return false;
        }
        self.open = is_row(line);
        if self.open && self.rows.len() < MOST && !self.rows.contains(&line) {
            self.rows.push(line);
        }
        self.open
    }

    /// A blank line ends the rows, where there are some.
    pub(super) fn blank(&mut self) {
        self.open &= self.rows.is_empty();
    }

    /// The calls are the crash's own where it has no others.
    pub(super) fn end(&mut self, out: &mut Builder<'a>) {
        if self.rows.is_empty() {
            return;
        }
        if out.has_frames() {
            out.related(RelatedKind::Managed, self.heading, None);
        } else {
            out.crash();
            out.cut();
        }
        for row in self.rows.drain(..) {
            out.frame(Frame {
                raw: row,
                function: Some(name(row)),
                language: Language::Script,
                ..Frame::default()
            });
        }
    }
}

fn is_heading(line: &str) -> bool {
    line.strip_prefix("Script Stack")
        .and_then(|rest| rest.trim_end().strip_suffix(':'))
        .is_some_and(|rest| {
            let rest = rest.trim();
            rest.is_empty() || rest.starts_with('(') && rest.ends_with(" frames)")
        })
}

/// `W_Dock_C.ExecuteUbergraph_W_Dock`, `/Game/Docks/W_Dock.W_Dock_C:OnClicked`, in older engines behind `Function `.
fn is_row(line: &str) -> bool {
    let row = line.strip_prefix("Function ").unwrap_or(line);
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || byte >= 0x80
            || matches!(byte, b'_' | b'.' | b':' | b'/' | b'-')
    };
    row.len() <= 400
        && row.contains(['.', ':'])
        && !row.ends_with(['.', ':'])
        && row.bytes().all(plain)
}

/// The name without the folders of its package: `W_Dock.W_Dock_C:OnClicked`.
fn name(row: &str) -> &str {
    let row = row.strip_prefix("Function ").unwrap_or(row);
    row.rsplit('/').next().unwrap_or(row)
}
