//! Parses the command line and hands over.

fn main() -> std::process::ExitCode {
    crashsight_mcp::cli::main()
}
