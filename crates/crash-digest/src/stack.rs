//! One stack: frames in print order, grouped by the exception they belong to, and the facts around them.

use crate::formats;
pub use crate::model::{
    Exception, ExceptionFrames, Facts, Image, Lock, LockKind, Part, Reason, Related, RelatedKind,
    Stack,
};

/// Reads a stack. Of a report with several threads, the crashed one, or else the first.
///
/// The text must be free of what a log put around it: [`CrashText`](crate::CrashText) takes that off.
pub fn parse(text: &str) -> Stack<'_> {
    formats::read(text, formats::detect(text), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_chain_and_the_innermost_is_the_root() {
        let stack = parse(
            "java.lang.RuntimeException: cannot start\n\tat com.starfall.Main.go(Main.kt:3)\n\
             Caused by: java.lang.NullPointerException: ship\nis null\n\tat com.starfall.Ship.fly(Ship.kt:9)\n\t... 1 more\n",
        );
        assert_eq!(stack.frames.len(), 2);
        assert_eq!(stack.root(), Some(1));
        assert_eq!(stack.sections[1].exception.message, "ship\nis null");
        assert_eq!(stack.sections[1].elided, 1);
        assert_eq!(
            stack.exception().unwrap().name,
            Some("java.lang.RuntimeException")
        );
    }

    #[test]
    fn mono_prints_the_inner_exception_first() {
        let stack = parse(
            "System.TypeLoadException: outer ---> System.NullReferenceException: inner\n  at Starfall.A.B () [0x0] in <a>:0\n   \
             --- End of inner exception stack trace ---\n  at Starfall.C.D () [0x0] in <a>:0\n",
        );
        assert_eq!(stack.root(), Some(0));
        assert_eq!(stack.sections[0].exception.message, "inner");
        assert_eq!(stack.exception().unwrap().message, "outer");
        assert_eq!(stack.sections[1].frames, 1..2);
    }

    #[test]
    fn of_a_report_with_threads_the_crashed_one_is_read() {
        let stack = parse(
            "Exception Type:  EXC_BAD_ACCESS (SIGSEGV)\n\nThread 0:\n0   A  0x01 f + 1\n\nThread 1 name:  Render\n\
             Thread 1 Crashed:\n0   B  0x02 g + 2\n1   B  0x03 h + 2\n\nThread 2:\n0   C  0x04 i + 1\n",
        );
        let names: Vec<_> = stack
            .frames
            .iter()
            .map(|frame| frame.name().into_owned())
            .collect();
        assert_eq!(names, ["g", "h"]);
        assert_eq!(stack.facts.thread, Some("Render"));
    }
}
