//! Methods with their types, as maps of ProGuard's restore them: `com.acme.Ship.void fire(int)(Ship.java:31)`.

use crate::grammar;
use crate::text;

/// What stands between the parameters and the place.
pub(super) const BETWEEN: &str = ")(";
/// What a method without a class hands back.
const PRIMITIVES: [&str; 9] = [
    "void", "boolean", "int", "long", "float", "double", "byte", "char", "short",
];

/// The text with such methods as Java prints them; `None` where there is none.
pub(super) fn render(document: &str) -> Option<String> {
    if !text::has(document, BETWEEN) {
        return None;
    }
    text::lines(document).find_map(plain)?;
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        match plain(line) {
            Some(frame) => out.push_str(&frame),
            None => out.push_str(line),
        }
        out.push('\n');
    }
    Some(out)
}

/// The method without its types; `None` where the line is no such frame.
fn plain(line: &str) -> Option<String> {
    let line = text::trim(line);
    if !line.ends_with(')') || !text::has(line, BETWEEN) {
        return None;
    }
    let (front, place) = text::last_group(line, b'(', b')')?;
    let (name, _) = text::last_group(front, b'(', b')')?;
    let (at, name) = match name.strip_prefix("at ") {
        Some(name) => ("at ", name.trim_start()),
        None => ("", name),
    };
    let (front, method) = name.split_once(' ')?;
    let word = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._$<>[]".contains(&byte);
        !part.is_empty() && part.bytes().all(plain)
    };
    let class = class_of(front).filter(|_| word(front) && word(method) && !method.contains('.'))?;
    let frame = format!("{at}{class}.{method}({place})");
    let java = grammar::read(&frame).is_some_and(|frame| frame.function.is_some());
    java.then_some(frame)
}

/// The class in front of the type that is handed back: `com.acme.Ship.void`, `com.acme.Ship.java.lang.String`.
fn class_of(front: &str) -> Option<&str> {
    let front = front.trim_end_matches("[]");
    let (class, returned) = front.rsplit_once('.')?;
    if PRIMITIVES.contains(&returned) {
        return Some(class);
    }
    // The package of the second name begins behind the first one with a capital.
    let mut end = 0;
    for part in front.split('.') {
        end += part.len();
        if part.starts_with(|c: char| c.is_ascii_uppercase()) {
            break;
        }
        end += 1;
    }
    front.get(..end).filter(|class| class.len() < front.len())
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn types_go_and_other_brackets_stay() {
        let text = "no bay\ncom.acme.a$3.void open(android.view.View)(SourceFile:31)\n  at com.acme.Dock.java.lang.String name(int[])(Dock.java:7)\n";
        assert_eq!(
            render(text).as_deref(),
            Some("no bay\ncom.acme.a$3.open(SourceFile:31)\nat com.acme.Dock.name(Dock.java:7)\n")
        );
        for other in [
            "#0 0x1 in std::function<void (int)>::operator()(int) (this=0x1)\n",
            "void (*)(Dock.java:7)\n",
            "see (this)(that)\n",
        ] {
            assert_eq!(render(other), None, "{other}");
        }
    }
}
