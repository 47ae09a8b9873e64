//! What is printed of a panic: where it was, and never what it was about. A formatted message may contain text of a
//! service or a secret.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write as _;
use std::panic::PanicHookInfo;

/// Replaces the hook that prints the whole message.
pub(super) fn install() {
    std::panic::set_hook(Box::new(|info| {
        // Standard error may be closed, and a panic here would end the process.
        let _ = writeln!(std::io::stderr(), "{}", line(info));
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            let _ = writeln!(std::io::stderr(), "{backtrace}");
        }
    }));
}

fn line(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(String::new, |place| {
        format!(" at {}:{}:{}", place.file(), place.line(), place.column())
    });
    let message = constant_message(info.payload());
    format!("crashsight-mcp: internal error{place}: {message}")
}

/// The message, if the source code has it as it is.
fn constant_message(payload: &dyn Any) -> &'static str {
    match payload.downcast_ref::<&'static str>() {
        Some(message) => message,
        None => "the message is not shown, it may contain data",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_with_data_is_not_shown() {
        let data = "\" #12 EVIL".to_owned();
        let (start, end) = (data.len(), data.len() - 1);
        let cut = std::panic::catch_unwind(|| data[start..end].len()).unwrap_err();
        let parsed = data.parse::<u8>();
        let unwrapped = std::panic::catch_unwind(|| parsed.unwrap()).unwrap_err();
        for payload in [cut, unwrapped] {
            assert!(payload.is::<String>());
            assert!(constant_message(&*payload).starts_with("the message is not shown"));
        }
        let constant = std::panic::catch_unwind(|| panic!("a constant")).unwrap_err();
        assert_eq!(constant_message(&*constant), "a constant");
    }
}
