//! Places in the views of Rails' and in files of Ruby's that do not end in `.rb`.

use super::runtimes::ruby_place;
use crate::frame::Frame;
use crate::text;

/// A view of Rails', whose function is a name that was made of its path:
/// `app/views/docks/_row.html.erb:13:in `_app_views_docks__row_html_erb__2537_1723'`.
pub(super) fn view(line: &str) -> Option<Frame<'_>> {
    let frame = ruby_place(line)?;
    let made = |name: &&str| {
        let name = name.rsplit([' ', '#']).next().unwrap_or(name);
        name.starts_with("_app_")
    };
    let function = frame.function.filter(|name| !made(name));
    Some(Frame { function, ..frame })
}

/// Whether a line holds a place in a template of Rails': `.html.haml:31:in `.
pub(super) fn names_template(line: &str) -> bool {
    #[rustfmt::skip]
    const ENDS: [&str; 10] = [
        ".erb:", ".haml:", ".slim:", ".jbuilder:", ".builder:", ".rabl:", ".arb:", ".rake:", ".ru:", ".gemspec:",
    ];
    let Some(at) = text::find(line, ":in ") else {
        return false;
    };
    let file = line[..at].trim_end_matches(|c: char| c.is_ascii_digit());
    ENDS.iter().any(|end| file.ends_with(end))
}
