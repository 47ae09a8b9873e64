//! WordPress' mail to who keeps a site: `An error of type E_ERROR was caused in line 31 of the file /srv/dock.php. Error
//! message: Uncaught Error: no bay in /srv/dock.php:31`.

use crate::text;

/// How the sentence begins.
pub(super) const MARK: &str = "An error of type E_";
const FILE: &str = " of the file ";
const MESSAGE: &str = ". Error message: ";

/// The text with the sentence in PHP's own words; `None` where there is none.
pub(super) fn render(document: &str) -> Option<String> {
    text::has(document, MARK).then_some(())?;
    let mut found = false;
    let mut out = String::with_capacity(document.len());
    for line in text::lines(document) {
        if let Some(error) = error(line) {
            found = true;
            error.write(&mut out);
        } else {
            out.extend([line, "\n"]);
        }
    }
    found.then_some(out)
}

struct Error<'a> {
    kind: &'a str,
    line: &'a str,
    file: &'a str,
    message: &'a str,
}

fn error(line: &str) -> Option<Error<'_>> {
    let rest = &line[text::find(line, MARK)? + MARK.len()..];
    let (kind, rest) = text::split_once(rest, " was caused in line ")?;
    let (line, rest) = text::digits(rest)?;
    let (file, message) = text::split_once(rest.strip_prefix(FILE)?, MESSAGE)?;
    Some(Error {
        kind,
        line,
        file,
        message,
    })
}

impl Error<'_> {
    fn write(&self, out: &mut String) {
        let Self {
            kind,
            line,
            file,
            message,
        } = self;
        out.push_str(if *kind == "PARSE" {
            "PHP Parse error:  "
        } else {
            "PHP Fatal error:  "
        });
        out.push_str(message);
        // What was thrown says where by itself.
        if !message.starts_with("Uncaught ") {
            out.extend([" in ", file, " on line ", line]);
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn the_sentence_becomes_a_line_of_php() {
        let text = "An error of type E_ERROR was caused in line 31 of the file /srv/dock.php. Error message: Allowed memory size of 9 bytes exhausted\n";
        assert_eq!(
            render(text).as_deref(),
            Some(
                "PHP Fatal error:  Allowed memory size of 9 bytes exhausted in /srv/dock.php on line 31\n"
            )
        );
        assert_eq!(render("An error of type E_ERROR was seen\n"), None);
    }
}
