//! Every integration test in one binary, which links once.

mod agora_getui;
mod agora_getui_errors;
mod agreement;
mod apps;
mod architecture;
mod bodies;
#[cfg(target_os = "linux")]
mod bombs;
mod cases;
mod catalogue;
mod cli;
mod command_line;
mod crash_report;
mod doctor;
mod elicitation;
mod faults;
mod hostile;
mod hostile_surfaces;
mod http;
mod install;
mod questions;
mod shared_ranges;
mod simulate;
mod spoiled;
mod stdio;
mod symbols;
mod telemetry;
mod terminal;
mod upstream;
mod writes;
