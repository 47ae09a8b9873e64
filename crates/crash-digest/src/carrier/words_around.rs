//! What a person wrote above and below a report that was pasted: a greeting, what happened when, `Here's the error:`. Formats
//! look at a text's first lines, and none of these is the report's.

use memchr::memmem;

use super::{addr2line, whole_log};
use crate::{grammar, log_prefix, model, text};

/// So many lines are read; what a person writes above a report is shorter.
const MOST: usize = 80;
/// A paragraph on one line is no longer.
const LONGEST: usize = 1000;
/// A line this long was broken by an editor, and its sentence goes on below.
const BROKEN: usize = 60;

/// The text without them; all of it where no report is left.
pub(crate) fn without_speech(text: &str) -> &str {
    let (text, fenced) = behind(text);
    above(text, fenced)
}

/// The text in front of what a person says below it: `Any help is appreciated.`, or a form asks there; and of the end of the
/// quotation that it was `fenced` in.
fn above(text: &str, fenced: bool) -> &str {
    let mut end = text.len();
    // What stands below a form's heading is an answer; below what a person says nothing but more of it.
    let mut answers = false;
    let mut sure = true;
    for line in text.lines().rev().take(MOST) {
        let said = line.trim();
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        if said.is_empty() {
            continue;
        }
        let spoken =
            !answers && said.len() < LONGEST && !is_of_program(said) && model::is_spoken(said);
        if spoken || is_heading(said) == Some(Section::Answer) || is_expectation(said) {
            (end, answers) = (start, false);
            sure &= model::is_surely_spoken(said);
        } else if fenced && said == "```" {
            // Other quotations may stand below the report's.
            return &text[..start];
        } else if is_answer(said) {
            answers = true;
        } else {
            break;
        }
    }
    let front = &text[..end];
    // The last line of a paragraph may be more of what a program said.
    let apart = sure
        || front.trim_end_matches([' ', '\t', '\r']).ends_with("\n\n")
        || front.ends_with("\n\r\n")
        || front.trim_end().ends_with("```")
        || is_heading(text[end..].lines().next().unwrap_or_default().trim()).is_some();
    if !apart || front.trim().is_empty() {
        text
    } else {
        front
    }
}

/// The text from the report on, and whether it is a quotation of Markdown.
fn behind(text: &str) -> (&str, bool) {
    let mut end = 0;
    let mut at = 0;
    let mut goes_on = false;
    let (mut form, mut labels, mut fenced) = (false, false, false);
    for line in text.split_inclusive('\n').take(MOST) {
        at += line.len();
        let said = line.trim();
        if said.is_empty() {
            goes_on = false;
            if std::mem::take(&mut labels) {
                end = at;
            }
            continue;
        }
        // Settings that stand above the report in a paragraph of their own.
        if is_setting(said) {
            (labels, goes_on) = (true, false);
            continue;
        }
        // What follows is quoted.
        if end > 0
            && said.starts_with("```")
            && memmem::find_iter(text.as_bytes(), b"\n```").take(3).count() <= 2
        {
            // Text may stand behind the mark, too: "```Native stacktrace:".
            let marks = if is_fence(said) {
                line.len()
            } else {
                line.find("```").map_or(0, |at| at + 3)
            };
            (end, fenced) = (at - line.len() + marks, true);
            break;
        }
        if let Some(section) = is_heading(said).or_else(|| is_label(said)) {
            form = section == Section::Answer;
            (end, goes_on) = (at, false);
            continue;
        }
        let spoken = said.len() < LONGEST
            && (form && is_answer(said)
                // What a tool was asked for stays with its answers.
                || model::is_prompt(said) && !addr2line::is_call(said)
                || !is_of_program(said)
                    && (model::is_spoken(said) || goes_on && !model::tells_of_crash(said)));
        if !spoken {
            break;
        }
        // What was typed has its line for itself.
        goes_on = said.len() >= BROKEN && !said.ends_with([':', '：']) && !model::is_prompt(said);
        end = at;
    }
    let rest = text[end..].trim_start_matches(['\r', '\n']);
    if end > 0 && (fenced || is_report(rest)) {
        (rest, fenced)
    } else {
        (text, false)
    }
}

/// The text from an object on, without the command above that was typed to see it: `# hisysevent -l`.
pub(super) fn behind_command(text: &str) -> &str {
    let Some((command, below)) = text.split_once('\n') else {
        return text;
    };
    let prompt = ["# ", "$ ", "% "]
        .iter()
        .any(|prompt| command.starts_with(prompt));
    let below = below.trim_start();
    if prompt && below.starts_with("{\"") {
        below
    } else {
        text
    }
}

/// Whether a line above a log may be what a person calls it: no program printed it, and it names nothing that was thrown.
pub(super) fn is_title(line: &str) -> bool {
    const THROWN: [&str; 6] = ["rror: ", "xception", "atal", "FATAL", "panic", "ssert"];
    line.len() < LONGEST && !is_of_program(line) && !THROWN.iter().any(|word| text::has(line, word))
}

/// Whether a quotation of Markdown begins: "```text".
fn is_fence(line: &str) -> bool {
    line.strip_prefix("```").is_some_and(|kind| {
        kind.len() <= 12 && kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// A setting as people list them above a report: `OS: Windows 11`.
fn is_setting(line: &str) -> bool {
    #[rustfmt::skip]
    const LABELS: [&str; 12] = [
        "OS", "GPU", "CPU", "RAM", "Version", "Device", "Platform", "Phone", "Android", "iOS", "Game version", "System",
    ];
    let label = line.trim_start_matches(['-', '*', ' ']).split_once(':');
    line.len() <= 80
        && label.is_some_and(|(label, _)| LABELS.contains(&label.trim_end_matches(['*', ' '])))
}

/// What a form asks for below a heading.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// What a person does and sees.
    Answer,
    /// What a program printed.
    Quotation,
}

/// A form's heading in Markdown: `**Describe the bug**`, `### Steps to reproduce`, `## Logs`.
fn is_heading(line: &str) -> Option<Section> {
    #[rustfmt::skip]
    const ANSWERS: &[&str] = &[
        "describe", "reproduc", "steps", "expected", "behavior", "behaviour", "environment", "version", "device",
        "platform", "context", "checklist", "summary", "description", "happened", "screenshot", "system", "information",
        "additional", "prerequisites", "desktop", "smartphone", "specification", "hardware", "solution", "related",
        "issue", "problem", "configuration", "setup", "frequency", "note", "comment",
    ];
    #[rustfmt::skip]
    const QUOTATIONS: &[&str] = &[
        "log", "trace", "output", "error", "crash", "exception", "console", "stack", "report", "dump", "message",
    ];
    let heading = match line.as_bytes() {
        [b'#', ..] => line.trim_start_matches('#').strip_prefix(' ')?,
        [b'*', b'*', ..] => line
            .trim_end_matches(':')
            .strip_prefix("**")?
            .strip_suffix("**")?,
        _ => return None,
    };
    let heading = heading.trim().trim_end_matches([':', '?']);
    let plain =
        |c: char| c.is_alphabetic() || matches!(c, ' ' | '/' | '\'' | ',' | '(' | ')' | '&' | '-');
    if heading.is_empty() || heading.len() > 60 || !heading.chars().all(plain) {
        return None;
    }
    let heading = heading.to_lowercase();
    let asks = |words: &[&str]| words.iter().any(|word| heading.contains(word));
    if asks(QUOTATIONS) {
        Some(Section::Quotation)
    } else {
        asks(ANSWERS).then_some(Section::Answer)
    }
}

/// The same without marks, in a line of its own: `Steps to reproduce:`, `Result:`. What a program writes above its own words is
/// none, `Error:`.
fn is_label(line: &str) -> Option<Section> {
    #[rustfmt::skip]
    const ANSWERS: [&str; 14] = [
        "Steps", "Steps to reproduce", "Reproduction", "Reproduce", "To reproduce", "How to reproduce", "Description", "Environment", "Expected",
        "Expected result", "Expected behavior", "Expected behaviour", "Problem", "Issue",
    ];
    #[rustfmt::skip]
    const QUOTATIONS: [&str; 16] = [
        "Result", "Results", "Actual result", "Actual", "Actual behavior", "Actual behaviour", "Log", "Logs", "Logcat", "Output", "Console",
        "Error log", "Crash log", "Console log", "Log file", "Logfile",
    ];
    let label = line.strip_suffix(':')?.trim_end();
    if QUOTATIONS.contains(&label) {
        Some(Section::Quotation)
    } else {
        ANSWERS.contains(&label).then_some(Section::Answer)
    }
}

/// What somebody expects, behind the label: `Expected: it works`. Tests name a value so.
fn is_expectation(line: &str) -> bool {
    let said = [
        "Expected: ",
        "Expected result: ",
        "Expected behavior: ",
        "Expected behaviour: ",
    ]
    .iter()
    .find_map(|label| line.strip_prefix(label));
    said.is_some_and(|said| {
        let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '\'');
        said.chars().all(plain) && said.split(' ').count() >= 2
    })
}

/// Whether a line may be an answer in a form: a row of a list, a few words, `- OS: Windows 11`.
fn is_answer(line: &str) -> bool {
    let row = line
        .trim_start_matches(['-', '*', '+', ' '])
        .trim_start_matches("[x] ")
        .trim_start_matches("[ ] ");
    // `1. Start it`
    let row = crate::text::digits(row)
        .and_then(|(_, rest)| rest.strip_prefix(['.', ')']))
        .unwrap_or(row)
        .trim_start();
    let said = ["It ", "The ", "App ", "Game ", "No ", "A "]
        .iter()
        .any(|word| row.starts_with(word));
    // A number alone begins a console's list of frames.
    let counted = row.bytes().all(|byte| byte.is_ascii_digit());
    !counted
        && !line.starts_with("```")
        && line.len() < LONGEST
        && !is_of_program(row)
        && (said || is_wish(row) || model::is_spoken(row) || !model::tells_of_crash(row))
}

/// Whether a few words say what should be, or not be: `no crash`, `should not throw an exception`.
fn is_wish(row: &str) -> bool {
    const FIRST: [&str; 7] = [
        "no",
        "not",
        "without",
        "should",
        "doesn't",
        "does",
        "shouldn't",
    ];
    let (first, rest) = text::word(row);
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | ',' | '.' | '\'' | '!');
    FIRST.iter().any(|word| word.eq_ignore_ascii_case(first))
        && !rest.is_empty()
        && row.split(' ').count() <= 10
        && row.chars().all(plain)
}

/// Whether a report follows, or at least a line that says what happened or that a program printed.
fn is_report(text: &str) -> bool {
    const NEAR: usize = 40;
    let tells = |line: &str| model::tells_of_crash(line) || is_of_program(line.trim());
    whole_log::is_report(text) || text.lines().take(NEAR).any(tells)
}

/// Whether a program printed it: an exception, a frame, a log's line, or code.
fn is_of_program(line: &str) -> bool {
    const CODE: [&str; 9] = ["0x", "::", "()", "=>", "->", "\t", " = ", "==", "  "];
    CODE.iter().any(|code| line.contains(code))
        || line.ends_with([';', '{', '}', ',']) && !line.contains(' ')
        || line.starts_with("***")
        || line.starts_with(['{', '[', '<', '(', '#', '=', '|', '>'])
        || model::signal_in(line).is_some()
        || model::quoted(line).is_some()
        || model::read_exception(line).name.is_some()
        || grammar::read(line).is_some()
        // `I` may be the level of a line as well.
        || !line.starts_with("I ") && log_prefix::read(line).is_some()
}

#[cfg(test)]
mod tests {
    use super::without_speech;

    const REPORT: &str = "panic: no ship\n\ngoroutine 1 [running]:\n";

    #[test]
    fn words_above_a_report_are_left_out() {
        for words in [
            "Here's the error:\n",
            "Here is a better example.\n",
            "Hi all,\n\nI updated the game and it closes when the map opens, on two machines of\nmine and on no other.\nAny ideas?\n\n",
            "Since the last update it closes for some of our players.\n\n",
            "更新之后打开地图就闪退，日志如下：\n",
            "Console output:\n",
            "Recently noticed the following crash in the harbour.\n",
            "The exception only occurs when two docks are open at once.\n",
            "The error:\n",
            "Hallo zusammen,\nseit dem letzten Update stürzt es beim Laden ab. Hier der Log:\n",
            "The game runs fine in the editor, but the exported build stops with this:\n\n",
            "Steps to reproduce:\n1) open it\n2) close it\n\nResult:\n",
        ] {
            assert_eq!(
                without_speech(&format!("{words}{REPORT}")),
                REPORT,
                "{words}"
            );
        }
    }

    #[test]
    fn words_below_a_report_are_left_out() {
        let asked = format!("{REPORT}\nAny help is appreciated. Thanks!\n");
        assert_eq!(without_speech(&asked).trim_end(), REPORT.trim_end());
    }

    #[test]
    fn what_is_surely_spoken_needs_no_blank_line() {
        for words in ["Thanks!\n", "and that's all...\nwhat am i doing wrong?\n"] {
            let text = format!("Orbit.LostError: no dock\n{words}");
            assert_eq!(without_speech(&text).trim_end(), "Orbit.LostError: no dock");
        }
    }

    #[test]
    fn what_a_program_said_stays() {
        for text in [
            format!("Unhandled exception:\n{REPORT}"),
            format!("My Orbit has stopped unexpectedly\n{REPORT}"),
            format!("The following assertion was thrown building Dock:\n{REPORT}"),
            format!("Server crashed while executing orbit.amx\n{REPORT}"),
            format!("I get SIGABRT on my phone.\n{REPORT}"),
            "I tried it twice and it is slow on my machine.\n\nAny ideas?\n".to_owned(),
            format!("Lua error:\n{REPORT}"),
            format!("Exception thrown while executing UI block:\n{REPORT}"),
            "Assert.Equal() Failure\n\nExpected: 3\nActual: 4\n".to_owned(),
            "Fatal: no hull\nWe tried three docks, this happens when all are full.\n".to_owned(),
        ] {
            assert_eq!(without_speech(&text), text);
        }
    }
}
