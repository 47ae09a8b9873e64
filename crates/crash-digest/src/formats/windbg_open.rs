//! A row of `WinDbg`'s whose arguments go on over lines, each of them on one of its own, as `kP` prints them.

use crate::grammar::{self, Printers};
use crate::model::Builder;
use crate::text;

/// Such a row is no longer, in bytes.
const LONGEST: usize = 4000;

/// The row that is open.
#[derive(Default)]
pub(super) struct Open<'a>(Option<&'a str>);

impl<'a> Open<'a> {
    /// A row was read: `0018f9b0 00d51a2c orbit!Dock::open(`.
    pub(super) fn row(&mut self, row: &'a str) {
        self.0 = Some(row).filter(|row| row.ends_with('('));
    }

    /// Takes an argument; behind the last one, `int n = 0n3)+0x14 [d:\\ws\\dock.cpp @ 31]`, the frame is read as a whole.
    pub(super) fn line(&mut self, out: &mut Builder<'a>, line: &'a str) -> bool {
        let Some(first) = self.0 else {
            return false;
        };
        let whole = out.span(first, line);
        if whole.len() > LONGEST || whole.len() < first.len() {
            self.0 = None;
            return false;
        }
        if line.ends_with(',') {
            return true;
        }
        self.0 = None;
        let ends = text::has(line, ")+0x") || line.ends_with(')');
        let frame = Some(whole)
            .filter(|_| ends)
            .and_then(|whole| grammar::read_as(Printers::Windbg, whole));
        let (Some(frame), Some(last)) = (frame, out.last_frame()) else {
            return false;
        };
        *last = frame;
        true
    }
}
