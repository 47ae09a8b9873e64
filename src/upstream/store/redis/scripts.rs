//! The scripts, which the server keeps after the first call of each.

use ::redis::Script;

/// The scripts.
pub(super) struct Scripts {
    pub(super) reserve: Script,
    pub(super) settle: Script,
    pub(super) record: Script,
    pub(super) block: Script,
    pub(super) available: Script,
    pub(super) swap: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        let on_window = |text: &str| Script::new(&format!("{}{text}", include_str!("window.lua")));
        Self {
            reserve: on_window(include_str!("reserve.lua")),
            settle: on_window(include_str!("settle.lua")),
            record: on_window(include_str!("record.lua")),
            block: on_window(include_str!("block.lua")),
            available: on_window(include_str!("available.lua")),
            swap: Script::new(include_str!("swap.lua")),
        }
    }
}
