//! A crash report as the service has it, read part by part: each part is parsed once, and borrows from the response.
//!
//! `facts` reads what is known of crash and device, `stack` the crashed thread, `contents` threads, keys and logs,
//! `part` any part in full.

mod contents;
mod excerpt;
mod facts;
mod part;
mod raw;
mod report;
mod section;
mod stack;

pub(crate) use contents::{Contents, show_before, show_contents};
pub(crate) use facts::{ReportFacts, show_facts};
pub(crate) use part::{CrashPart, Wanted, show_part};
pub(crate) use report::{File, Report, Sources};
pub(crate) use section::{SECTION_ARGUMENT, SECTION_NAMES, Section};
pub(crate) use stack::{
    KeyFrames, StackSummary, key_frames, show_key_frames, show_missing_stack, show_stack,
};
