//! A Dart error as pages of services print it: what was said, the error's name below it, then the frames.

use crate::text;

/// What Dart's frames are in.
pub(super) const PLACES: [&str; 2] = ["(package:", "(dart:"];
/// Lines between message and name, and between name and frames, where they are blank.
const HEAD: usize = 6;

/// The text with the name in front of its message; `None` where it does not begin with such lines.
pub(super) fn join(document: &str) -> Option<String> {
    let mut lines = text::lines(document)
        .take(HEAD)
        .filter(|line| !line.trim().is_empty());
    let (message, name, first) = (lines.next()?, lines.next()?, lines.next()?);
    let message = text::trim(message);
    let name = text::trim(name);
    let fits = is_error(name)
        && !message.starts_with(name)
        && !message.starts_with('#')
        && text::trim(first).starts_with("#0 ")
        && PLACES.iter().any(|place| text::has(first, place));
    let at = fits.then(|| text::place(document, first)).flatten()?;
    Some(format!("{name}: {message}\n{}", document.get(at..)?))
}

/// The name of a class that is thrown, alone: `_CastError`, `FormatException`.
fn is_error(name: &str) -> bool {
    name.len() <= 80
        && (name.ends_with("Error") || name.ends_with("Exception"))
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn only_a_name_alone_between_words_and_frames() {
        let frames = "#0      Dock.open (package:orbit/dock.dart:31)\n";
        let text = format!("No bay\n_CastError\n{frames}");
        assert_eq!(join(&text), Some(format!("_CastError: No bay\n{frames}")));
        for head in [
            "No bay\n",
            "No bay\nat the dock\n",
            "_CastError: no\n_CastError\n",
        ] {
            assert_eq!(join(&format!("{head}{frames}")), None, "{head}");
        }
    }
}
