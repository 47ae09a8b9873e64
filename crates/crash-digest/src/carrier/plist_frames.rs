//! A script's frames as Objective-C prints a dictionary, which React Native's log has of the calls that it was given: fields on
//! lines of their own between braces, `column = 17;`, `file = "http://host/index.bundle";`, `lineNumber = 31;`,
//! `methodName = open;`. They are written as JavaScriptCore prints a frame: `open@http://host/index.bundle:31:17`.

use crate::text;

/// What each of them has.
pub(super) const MARK: &str = "methodName = ";
/// Lines between the braces: others are no frame.
const MOST: usize = 12;

/// The text with the frames on lines of their own; `None` where there are none.
pub(super) fn render(document: &str) -> Option<String> {
    let mut out = String::with_capacity(document.len());
    let mut found = false;
    let mut lines = text::lines(document);
    while let Some(line) = lines.next() {
        if text::trim(line) != "{" {
            out.extend([line, "\n"]);
            continue;
        }
        // Fields up to the brace; of one that is cut off nothing is known.
        let mut block = vec![line];
        let mut closed = false;
        for line in lines.by_ref().take(MOST) {
            block.push(line);
            closed = text::trim(line).starts_with('}');
            if closed {
                break;
            }
        }
        if let Some(frame) = frame(&block).filter(|_| closed) {
            out.extend([frame.as_str(), "\n"]);
            found = true;
        } else {
            for line in block {
                out.extend([line, "\n"]);
            }
        }
    }
    found.then_some(out)
}

/// `open@http://host/index.bundle:31:17` of the fields of a frame.
fn frame(block: &[&str]) -> Option<String> {
    let field = |name: &str| {
        block.iter().find_map(|line| {
            let (key, value) = text::split_once(text::trim(line), " = ")?;
            let value = value.strip_suffix(';').unwrap_or(value);
            (key.trim_matches('"') == name).then(|| value.trim_matches('"'))
        })
    };
    let name = field("methodName")?;
    let name = if name == "<null>" { "" } else { name };
    let (file, line) = (field("file")?, field("lineNumber")?);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !number(line) || file.is_empty() || file.contains(' ') || name.contains(' ') {
        return None;
    }
    let column = field("column").filter(|column| number(column));
    let mut out = [name, "@", file, ":", line].concat();
    if let Some(column) = column {
        out.extend([":", column]);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn fields_become_a_frame() {
        let block = "(\n    {\n  column = 17;\n  file = \"http://h/a.bundle\";\n  lineNumber = 31;\n  methodName = open;\n },\n)\n";
        assert_eq!(
            render(block).as_deref(),
            Some("(\nopen@http://h/a.bundle:31:17\n)\n")
        );
        let cut = &block[..block.len() - 7];
        assert_eq!(render(cut), None);
    }
}
