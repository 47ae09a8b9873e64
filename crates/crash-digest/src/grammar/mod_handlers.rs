//! Rows of the handlers that mods of old games bring: `=>0x004092F4 sub_409210+0xe4 in orbit.exe (+0x92f4)`.

use super::shared::named;
use crate::frame::Frame;
use crate::text;

/// A row without its arrow: address, nearest function, module, offset in the module.
pub(super) fn row(row: &str) -> Option<Frame<'_>> {
    let (address, rest) = text::word(row);
    let address = text::hex(address.strip_prefix("0x")?)?;
    let (front, offset) = rest.strip_suffix(')')?.rsplit_once(" (+0x")?;
    let offset = text::hex(offset)?;
    let (symbol, module) = match front.strip_prefix("in ") {
        Some(module) => ("", module),
        None => text::rsplit_once(front, " in ")?,
    };
    let name = text::rsplit_once(symbol, "+0x").map_or(symbol, |(name, _)| name);
    (!module.is_empty()).then_some(Frame {
        address: Some(address),
        module: Some(module),
        offset: Some(offset),
        function: named(name),
        ..Frame::default()
    })
}
