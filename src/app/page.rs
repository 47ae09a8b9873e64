//! The built page, carried compressed.

use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

/// What `npm run build` in `ui/` writes.
static PACKED: &[u8] = include_bytes!("page.html.gz");

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let mut page = String::new();
    GzDecoder::new(PACKED)
        .read_to_string(&mut page)
        .expect("the page is compressed UTF-8; a test reads it");
    page
});

/// The page as HTML: no request to anywhere, all script and style inside.
pub(crate) fn page() -> &'static str {
    &PAGE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_one_small_file_that_loads_nothing() {
        assert!(PAGE.len() <= 160_000, "{}", PAGE.len());
        assert!(PACKED.len() <= 60_000, "{}", PACKED.len());
        for attribute in [" src=", " href=", "@import", "url(http", "eval("] {
            assert!(!PAGE.contains(attribute), "{attribute}");
        }
        assert_eq!(PAGE.matches("<script").count(), 1);
    }
}
