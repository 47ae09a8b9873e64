//! Argument types: each parses leniently where that is harmless (`"20"` for 20, one value for a list),
//! refuses the rest in words, and writes the schema that says the same.

mod choice;
mod enums;
mod ids;
mod lenient;
mod numbers;
mod text;

pub(crate) use choice::{Choice, ChoiceSet};
pub(crate) use enums::{Devices, ReportKind, Sort, Status, StepArg, SystemExits};
pub(crate) use ids::{ConsolePage, CrashId, IssueId};
pub(crate) use numbers::{LenientBool, Limit, Offset, Uid};
pub(crate) use text::{List, LongText, PastedText, ProjectName, ShortText, WebAddress};
