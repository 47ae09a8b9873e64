//! How a project's tickets are recognised in tags and texts: patterns of the settings, and shapes of two trackers.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// Size of a compiled pattern.
const MOST_COMPILED: usize = 1 << 20;

/// A ticket's pattern and address.
#[derive(Debug, Clone)]
pub struct TicketPattern {
    /// The first group is the id, or the whole match where there is none.
    pattern: Regex,
    /// Address with `{id}` for the id.
    url: Option<String>,
}

/// A ticket as a text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The tracker's id.
    pub(crate) id: String,
    /// Its address, from the settings or from the text.
    pub(crate) url: Option<String>,
    /// Whether the settings made the address, and not the author of the text.
    pub(crate) by_settings: bool,
}

/// Where a text is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A tag, which people write.
    Tag,
    /// A title or message, in which `#12` is more often something else.
    Text,
}

impl TicketPattern {
    /// A pattern and the address of a ticket, with `{id}` for its id.
    pub fn new(pattern: &str, url: Option<String>) -> Result<Self, String> {
        let compiled = RegexBuilder::new(pattern)
            .size_limit(MOST_COMPILED)
            .build()
            .map_err(|error| format!("`pattern` is no regular expression: {error}"))?;
        if compiled.is_match("") {
            return Err("`pattern` matches every text".to_owned());
        }
        if let Some(url) = &url
            && !url.contains("{id}")
        {
            return Err("`url` has no `{id}`".to_owned());
        }
        Ok(Self {
            pattern: compiled,
            url,
        })
    }

    fn find(&self, text: &str) -> Option<Found> {
        let groups = self.pattern.captures(text)?;
        let found = groups.get(1).or_else(|| groups.get(0))?.as_str();
        Some(Found {
            id: found.to_owned(),
            url: self.url.as_ref().map(|url| {
                let id = percent_encoding::utf8_percent_encode(
                    found,
                    percent_encoding::NON_ALPHANUMERIC,
                );
                url.replace("{id}", &id.to_string())
            }),
            by_settings: self.url.is_some(),
        })
    }
}

/// Addresses of tickets, and how commit messages name them: TAPD and Redmine.
static ADDRESSES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let shapes = [
        r"https?://\S*tapd\S*?(?:bug_id=|story_id=|task_id=|/view/|/detail/)(\d{5,22})",
        r"https?://\S+/issues/(\d{1,9})\b",
        r"--(?:bug|story|task)=(\d{5,22})",
        r"(?i:\btapd)[\s:#_-]{0,3}(\d{5,22})\b",
        r"(?i:\bredmine)[\s:#_-]{0,3}(\d{1,9})\b",
    ];
    Regex::new(&shapes.join("|")).ok()
});

/// `#1234` in a tag, as Redmine writes it.
static NUMBERED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|\s)#(\d{1,9})\b").ok());

/// The ticket that a text names: the settings' patterns first, then addresses and names of TAPD and Redmine.
pub(crate) fn find(patterns: &[TicketPattern], text: &str, place: Place) -> Option<Found> {
    if let Some(found) = patterns.iter().find_map(|pattern| pattern.find(text)) {
        return Some(found);
    }
    if let Some(groups) = ADDRESSES.as_ref().and_then(|known| known.captures(text)) {
        let whole = groups.get(0)?.as_str();
        let id = (1..groups.len())
            .find_map(|group| groups.get(group))?
            .as_str();
        return Some(Found {
            id: id.to_owned(),
            url: whole.starts_with("http").then(|| whole.to_owned()),
            by_settings: false,
        });
    }
    let numbered = NUMBERED.as_ref().filter(|_| place == Place::Tag)?;
    let id = numbered.captures(text)?.get(1)?.as_str();
    Some(Found {
        id: format!("#{id}"),
        url: None,
        by_settings: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str, place: Place) -> Option<(String, Option<String>)> {
        find(&[], text, place).map(|found| (found.id, found.url))
    }

    #[test]
    fn tickets_of_known_trackers_are_found() {
        let tapd = "https://www.tapd.cn/20041/bugtrace/bugs/view?bug_id=1020041001072";
        for (text, expected, url) in [
            (tapd, "1020041001072", Some(tapd)),
            ("fix --bug=1072345 --user=x", "1072345", None),
            ("TAPD-1072345", "1072345", None),
            (
                "see https://redmine.example.com/issues/4711 for it",
                "4711",
                Some("https://redmine.example.com/issues/4711"),
            ),
            ("Redmine #4711", "4711", None),
        ] {
            let expected = Some((expected.to_owned(), url.map(str::to_owned)));
            assert_eq!(id(text, Place::Text), expected, "{text}");
            assert_eq!(id(text, Place::Tag), expected, "{text}");
        }
    }

    #[test]
    fn a_bare_number_is_a_ticket_in_a_tag_alone() {
        assert_eq!(id("#4711", Place::Tag), Some(("#4711".to_owned(), None)));
        for text in ["#00 pc 0004a1f0 libgame.so", "#4711", "slot 3 of 12"] {
            assert_eq!(id(text, Place::Text), None, "{text}");
        }
        assert_eq!(id("watch", Place::Tag), None);
    }

    #[test]
    fn a_pattern_of_the_settings_comes_first_and_makes_an_address() {
        let url = Some("https://tracker.example.com/b/{id}".to_owned());
        let pattern = TicketPattern::new(r"\b(STAR-\d+)\b", url).unwrap();
        let found = find(&[pattern], "crash of STAR-12, Redmine #4", Place::Text).unwrap();
        assert_eq!(found.id, "STAR-12");
        assert!(found.by_settings);
        assert_eq!(
            found.url.as_deref(),
            Some("https://tracker.example.com/b/STAR%2D12")
        );
    }

    #[test]
    fn a_pattern_that_cannot_work_is_refused() {
        let problem = |pattern, url: Option<&str>| {
            TicketPattern::new(pattern, url.map(str::to_owned)).unwrap_err()
        };
        assert!(problem("(", None).contains("no regular expression"));
        assert_eq!(problem("x*", None), "`pattern` matches every text");
        assert_eq!(problem("x", Some("https://a")), "`url` has no `{id}`");
    }
}
