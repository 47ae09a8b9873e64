//! Every integration test in one binary, which links once.

mod agora_getui;
mod agora_getui_errors;
mod architecture;
mod bodies;
mod cases;
mod catalogue;
mod cli;
mod crash_report;
mod doctor;
mod elicitation;
mod faults;
mod hostile;
mod http;
mod install;
mod simulate;
mod spoiled;
mod stdio;
mod symbols;
mod telemetry;
mod upstream;
mod writes;
