//! .NET's record in the event log, copied from a list or a table that joined its lines: `Application: orbit.exe CoreCLR
//! Version: 8.0.1 Description: … Exception Info: System.NullReferenceException: no bay`.

use crate::text;

/// What the record ends with, behind another label.
pub(super) const MARK: &str = " Exception Info: ";
/// Labels that begin a line of their own.
const LABELS: [&str; 6] = [
    " Framework Version: ",
    " CoreCLR Version: ",
    " .NET Version: ",
    " Description: ",
    " Message: ",
    MARK,
];
/// A joined record is at most so long.
const LONGEST: usize = 4000;

/// The text with each label on its own line; `None` where no record is joined.
pub(super) fn render(document: &str) -> Option<String> {
    let joined = |line: &str| {
        line.starts_with("Application: ")
            && text::has(text::head(line, LONGEST), MARK)
            && text::has(text::head(line, LONGEST), " Description: ")
    };
    text::has(document, MARK).then_some(())?;
    text::lines(document)
        .any(|line| joined(text::trim(line)))
        .then_some(())?;
    let mut out = String::with_capacity(document.len() + 64);
    for line in text::lines(document) {
        if !joined(text::trim(line)) {
            out.extend([line, "\n"]);
            continue;
        }
        let mut rest = text::trim(line);
        for label in LABELS {
            if let Some(at) = text::find(rest, label) {
                let (front, behind) = rest.split_at(at);
                out.extend([front.trim_end(), "\n"]);
                rest = behind.trim_start();
            }
        }
        out.extend([rest, "\n"]);
    }
    Some(out)
}

/// What the second line of a record of .NET's Framework has in every language: `Framework 版本: v4.0.30319`.
pub(super) const FRAMEWORK: &str = "v4.0.30319";
/// Lines below it that are looked at.
const BELOW: usize = 4;

/// The text with the labels of such records in English; `None` where there are none in another language.
pub(super) fn in_english(document: &str) -> Option<String> {
    let mut out = String::with_capacity(document.len());
    // Where the last line begins, and the one above it.
    let mut begins = [0, 0];
    // Lines of a record that are left.
    let mut left = 0;
    let mut records = 0;
    for line in text::lines(document) {
        let said = text::trim(line);
        let [last, above] = begins;
        if labelled(said) == Some(FRAMEWORK)
            && !said.starts_with("Framework Version:")
            && let Some(program) = program(&out[last..])
        {
            let program = format!("Application: {program}\n");
            // The heading of a list's columns is none of it.
            let columns = above < last && is_of_columns(&out[above..last]);
            out.truncate(if columns { above } else { last });
            out.extend([&program, "Framework Version: ", FRAMEWORK]);
            (left, records) = (BELOW, records + 1);
        } else if left > 0
            && let Some(info) = labelled(said).and_then(info)
        {
            out.extend(["Exception Info: ", &info]);
            left = 0;
        } else {
            left = if said.is_empty() {
                0
            } else {
                left.saturating_sub(1)
            };
            out.push_str(line);
        }
        out.push('\n');
        let last = out[..out.len() - 1].rfind('\n').map_or(0, |at| at + 1);
        begins = [last, begins[0].min(last)];
    }
    (records > 0).then_some(out)
}

/// What stands behind the last mark of a label.
fn labelled(line: &str) -> Option<&str> {
    let (at, mark) = line
        .char_indices()
        .rfind(|(_, c)| matches!(c, ':' | '：'))?;
    Some(line[at + mark.len_utf8()..].trim())
}

/// The program of the line above, perhaps behind a list's columns: `…   Aucun   Application : quay.exe`.
fn program(line: &str) -> Option<&str> {
    labelled(text::trim(line))
        .filter(|value| text::has_in_any_case(value, ".exe") && !value.contains('\\'))
}

/// The exception, or the code and the address of a crash outside of .NET.
fn info(value: &str) -> Option<String> {
    let name = value.split(['\r', '\n', ' ']).next().unwrap_or_default();
    if name.contains('.') && crate::model::read_exception(name).name.is_some() {
        return Some(value.to_owned());
    }
    let mut codes = value
        .split([' ', ',', '，', '、'])
        .filter(|word| matches!(word.len(), 8 | 16) && text::hex(word).is_some());
    let code = codes.next().filter(|code| code.len() == 8)?;
    let address = codes.next()?;
    Some(format!(
        "exception code {code}, exception address {address}"
    ))
}

/// The names of a list's columns: `Niveau  Date et heure   Source  …`.
fn is_of_columns(line: &str) -> bool {
    let line = text::trim(line);
    let columns = line.split("  ").flat_map(|part| part.split('\t'));
    !line.contains([':', '：']) && columns.filter(|column| !column.trim().is_empty()).count() >= 4
}

#[cfg(test)]
mod tests {
    use super::{in_english, render};

    #[test]
    fn labels_of_any_language_are_english() {
        let text = "应用程序: quay.exe\nFramework 版本: v4.0.30319\n说明: 进程终止。\n异常信息: System.TypeLoadException\n堆栈:\n   在 Quay.Run()\n";
        assert_eq!(
            in_english(text).as_deref(),
            Some(
                "Application: quay.exe\nFramework Version: v4.0.30319\n说明: 进程终止。\nException Info: System.TypeLoadException\n堆栈:\n   在 Quay.Run()\n"
            )
        );
        assert_eq!(
            in_english("Application: quay.exe\nFramework Version: v4.0.30319\n"),
            None
        );
    }

    #[test]
    fn labels_get_lines_of_their_own() {
        let text = "Application: quay.exe Framework Version: v4.0.30319 Description: It ended. Exception Info: System.Exception\n   at Quay.Run()\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "Application: quay.exe\nFramework Version: v4.0.30319\nDescription: It ended.\nException Info: System.Exception\n   at Quay.Run()\n"
            )
        );
        assert_eq!(render("Application: quay.exe\nException Info: x\n"), None);
    }
}
