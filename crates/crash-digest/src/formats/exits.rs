//! What whoever started a program says below its output: that it ended, and with which code; and the prompt that a shell shows
//! again. None of it is more of the program's own message.

use super::handlers::signal_called;
use crate::model::is_prompt_again;
use crate::text;

/// What a line below a program's output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    /// How the program ended: `orbit-1 exited with code 137`.
    Ended,
    /// Nothing that is told: a prompt, a runner's own lines.
    Nothing,
}

/// Which one; `None` where the line may be the program's own.
pub(super) fn below(line: &str) -> Option<Below> {
    const LONGEST: usize = 300;
    if line.len() > LONGEST {
        return None;
    }
    if ends_with_code(line) || is_signal(line) || is_job(line) {
        Some(Below::Ended)
    } else if is_runner(line) || is_prompt_again(line) {
        Some(Below::Nothing)
    } else {
        None
    }
}

/// Whether a line tells of a program that ended with a code other than 0.
pub(super) fn ends_with_code(line: &str) -> bool {
    // A debugger says of each thread how it ended, also where the program goes on.
    !line.starts_with("The thread ")
        && code(line).is_some_and(|code| code.bytes().any(|digit| digit != b'0'))
}

/// A code at the end: `Process finished with exit code 1`, `exit status 2`, `orbit-1 exited with code 0 (restarting)`,
/// `[process exited with code 1 (0x00000001)]`, `dependency failed to start: container orbit-db-1 exited (1)`.
fn code(line: &str) -> Option<&str> {
    /// Digits of a code.
    const MOST: usize = 10;
    const WORDS: [&str; 6] = [
        "ExitCode",
        "exited with",
        "exit code",
        "exit status",
        " code",
        " status",
    ];
    let said = line.trim_end_matches(['.', ']', ' ']);
    // A note behind it.
    let said = match text::rsplit_once(said, " (") {
        Some((front, note))
            if note.ends_with(')') && front.ends_with(|c: char| c.is_ascii_digit()) =>
        {
            front
        }
        _ => said.trim_end_matches([')', '\'']),
    };
    let front = said.trim_end_matches(|c: char| c.is_ascii_digit());
    let code = &said[front.len()..];
    let words = front.trim_end_matches(['(', '-', '\'', ':', '[', ' ', '=']);
    let told = WORDS.iter().any(|end| words.ends_with(end)) && text::has_in_any_case(words, "exit")
        || words.ends_with(" exited") && front.ends_with('(')
        || words.ends_with(" returned a non-zero code");
    (told && (1..=MOST).contains(&code.len()) && words.len() < front.len()).then_some(code)
}

/// What a shell says of a program that ran beside it: `[1]    4711 abort (core dumped)  ./orbit`.
fn is_job(line: &str) -> bool {
    const ENDS: [&str; 6] = [
        "abort",
        "segmentation fault",
        "killed",
        "terminated",
        "bus error",
        "exit ",
    ];
    let said = line
        .strip_prefix('[')
        .and_then(text::digits)
        .and_then(|(_, rest)| rest.strip_prefix(']'))
        .map(|rest| {
            rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-'))
        });
    said.is_some_and(|said| {
        ENDS.iter().any(|end| {
            said.get(..end.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(end))
        })
    })
}

/// What a shell prints of a program that a signal ended.
fn is_signal(line: &str) -> bool {
    let said = line.strip_suffix(" (core dumped)").unwrap_or(line);
    said == "Terminated" || signal_called(said).is_some()
}

/// How tools begin that run programs: `npm ERR! code ELIFECYCLE`, `make: *** [Makefile:31: run] Error 1`.
fn is_runner(line: &str) -> bool {
    const STARTS: [&str; 14] = [
        "[Finished in ",
        "[Process completed]",
        "[nodemon] ",
        "Press any key to continue",
        "Press Enter to ",
        "Press enter to ",
        "Command exited with ",
        "Main process exited, code=",
        "make: *** [",
        "gmake: *** [",
        "ninja: build stopped",
        "npm ERR! ",
        "npm error ",
        "info Visit https://yarnpkg.com",
    ];
    let line = line.strip_prefix("systemd[1]: ").unwrap_or(line);
    STARTS.iter().any(|start| line.starts_with(start))
        || code(line).is_some()
        || line
            .strip_prefix("make[")
            .and_then(text::digits)
            .is_some_and(|(_, rest)| rest.starts_with("]: *** ["))
        || line.split_once(".service: ").is_some_and(|(unit, said)| {
            !unit.contains(' ')
                && (said.starts_with("Main process exited, ")
                    || said.starts_with("Failed with result "))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_a_programs_output() {
        for line in [
            "orbit exited with code 1",
            "orbit-api-1 exited with code 137",
            "[1]    4711 abort (core dumped)  ./orbit",
            "[1]+  Aborted                 ./orbit",
            "Process finished with exit code 1",
            "Process finished with exit code -1073741819 (0xC0000005)",
            "exit status 2",
            "Took 2.7s to run OrbitBuild.exe, ExitCode=5",
            "Tool exiting with ExitCode=5 (5)",
            "command terminated with exit code 137",
            "Error: Process completed with exit code 1.",
            "##[error]Bash exited with code '1'.",
            "ERROR: Job failed: exit code 1",
            "[process exited with code 1 (0x00000001)]",
            "error Command failed with exit code 1.",
            "dependency failed to start: container orbit-db-1 exited (1)",
            "The terminal process \"bash\" terminated with exit code: 1.",
            "The command '/bin/sh -c python x.py' returned a non-zero code: 1",
            "Aborted (core dumped)",
            "Killed",
        ] {
            assert_eq!(below(line), Some(Below::Ended), "{line}");
        }
        for line in [
            "[Finished in 0.5s]",
            "make: *** [Makefile:31: run] Error 1",
            "orbit exited with code 0 (restarting)",
            "make[2]: *** [Makefile:31: run] Error 1",
            "npm ERR! code ELIFECYCLE",
            "[nodemon] app crashed - waiting for file changes before starting...",
            "orbit.service: Main process exited, code=exited, status=1/FAILURE",
            "root@pier:/srv#",
            "ann@pier:~/orbit$ ls",
            "(venv) ann@pier:~/orbit$",
            "[ann@pier orbit]$",
            "(venv) PS C:\\orbit>",
            "C:\\Users\\ann>",
        ] {
            assert_eq!(below(line), Some(Below::Nothing), "{line}");
        }
        for line in [
            "no bay with status 4",
            "the dock answered with code 7",
            "exit the harbour at 7",
            "mail ann@acme.com: costs 3$ a day",
            "C:\\orbit\\dock.py: no bay",
            "Killed by the harbour",
        ] {
            assert_eq!(below(line), None, "{line}");
        }
    }
}
