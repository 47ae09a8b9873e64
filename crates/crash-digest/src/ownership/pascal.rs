//! Units that come with Delphi and C++Builder, and those of their crash handlers: `Forms`, `Vcl.Forms`, `madExcept`.

use super::origin::CodeOrigin;
use crate::name_table::NameTable;

/// The language's own units.
#[rustfmt::skip]
static RUNTIME: NameTable = NameTable::new(&[
    "System", "SysInit", "System.*", "SysUtils", "Classes", "TypInfo", "Variants", "VarUtils", "StrUtils", "DateUtils",
    "IniFiles", "Contnrs", "SyncObjs", "RTLConsts", "Math", "Rtti",
]);

/// Units of windows and data, and of handlers.
#[rustfmt::skip]
static LIBRARIES: NameTable = NameTable::new(&[
    "Vcl.*", "FMX.*", "Winapi.*", "Data.*", "Datasnap.*", "FireDAC.*", "Soap.*", "Xml.*", "Windows", "Messages", "Forms", "Controls",
    "StdCtrls", "ExtCtrls", "ComCtrls", "Buttons", "Menus", "Dialogs", "Graphics", "Grids", "ActnList", "ToolWin", "DBGrids",
    "DBCtrls", "ADODB", "ComObj", "OleCtrls", "AxCtrls", "madExcept", "madStackTrace", "madCodeHook", "EMemLeaks", "EException*",
    "JclDebug", "JclHookExcept", "FastMM4", "FastMM5",
]);

/// Whose code a unit is, which has neither folder nor ending; `None` where nothing tells.
pub(super) fn origin(unit: &str) -> Option<CodeOrigin> {
    if unit.contains(['/', '\\']) {
        None
    } else if RUNTIME.has(unit) {
        Some(CodeOrigin::Runtime)
    } else {
        LIBRARIES.has(unit).then_some(CodeOrigin::ThirdParty)
    }
}
