//! A window's text as Windows copies it: its title, its parts under headings, its buttons.

use crate::text;

/// More than this is no window.
const LONGEST: usize = 1 << 16;

/// What the window says; `None` where the text is none.
pub(super) fn render(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    if text.starts_with("[Window Title]") {
        return headed(text);
    }
    ruled(text)
}

/// `[Window Title]`, `[Main Instruction]`, `[Content]` on lines of their own, and the buttons as `[OK] [Cancel]`.
fn headed(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut title = false;
    for line in text::lines(text) {
        match line.trim() {
            "[Window Title]" => title = true,
            "[Main Instruction]" | "[Content]" | "[Expanded Information]" => title = false,
            button if is_button(button) => {}
            // A title of one word says no more than that it is one.
            word if title && (word == "Error" || !crate::model::tells_of_crash(word)) => {}
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    (!out.trim().is_empty()).then_some(out)
}

fn is_button(line: &str) -> bool {
    let short = line.len() <= 60 && line.starts_with('[') && line.ends_with(']');
    short
        && line
            .split("] [")
            .all(|name| name.trim_matches(['[', ']']).split(' ').count() <= 3)
        && !line.contains([':', '/', '.', '"', '='])
}

/// Rules of dashes around title, text and buttons.
fn ruled(text: &str) -> Option<String> {
    let is_rule = |line: &str| line.len() >= 20 && line.bytes().all(|byte| byte == b'-');
    let lines: Vec<&str> = text::lines(text.trim()).map(str::trim_end).collect();
    let [first, _title, second, .., third, _buttons, last] = lines[..] else {
        return None;
    };
    let fits = [first, second, third, last].into_iter().all(is_rule);
    let inner = lines.get(3..lines.len() - 3).filter(|_| fits)?;
    Some(inner.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_text_of_a_window() {
        let rule = "---------------------------";
        assert_eq!(
            render(&format!(
                "{rule}\nOrbit\n{rule}\nIt died:\nno ship\n{rule}\nOK   \n{rule}\n"
            ))
            .as_deref(),
            Some("It died:\nno ship\n")
        );
        assert_eq!(
            render("[Window Title]\nOrbit\n\n[Content]\nno ship\n\n[OK] [Cancel]\n").as_deref(),
            Some("no ship\n\n")
        );
        assert_eq!(render("no ship\n"), None);
    }
}
