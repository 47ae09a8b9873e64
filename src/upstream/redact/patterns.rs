//! What personal data looks like: names of fields, and patterns in texts.

use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Hexadecimal digits of a pseudonym.
pub(super) const DIGITS: usize = 10;

/// Shorter ids are not looked for in texts: they are part of too many words.
const MIN_IN_TEXT: usize = 6;

/// More ids of one answer are not looked for in its texts.
const MAX_IN_TEXT: usize = 500;

/// The originals that were replaced, by pseudonym.
pub(super) type Originals = BTreeMap<String, String>;

/// What is replaced, as the first part of its pseudonym.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Personal {
    User,
    Device,
    Mail,
    Phone,
    Ip,
}

impl Personal {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Device => "device",
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Ip => "ip",
        }
    }

    /// What a field of this name holds, case and underscores ignored.
    pub(super) fn of_field(name: &str) -> Option<Self> {
        let name: String = name
            .chars()
            .filter(|c| *c != '_')
            .flat_map(char::to_lowercase)
            .collect();
        match name.as_str() {
            "user" | "userid" | "newuserid" | "openid" | "uid" | "peeruid" | "teacheruid"
            | "studentuid" | "abnormaluid" | "username" | "hostuser" | "processor"
            | "processors" | "owner" | "currentowner" | "creator" | "reporter" => Some(Self::User),
            "deviceid" | "imei" | "imsi" | "mac" | "androidid" | "idfa" | "idfv" | "cid"
            | "oaid" => Some(Self::Device),
            "srcip" | "ip" | "clientip" | "uploadip" => Some(Self::Ip),
            "email" | "mail" => Some(Self::Mail),
            "phone" | "mobile" | "tel" => Some(Self::Phone),
            _ => None,
        }
    }

    /// What the items of a list of this name are: `userIdList`, `deviceIds`.
    pub(super) fn of_list(name: &str) -> Option<Self> {
        let endings = ["", "List", "list", "_list", "s"];
        let mut stems = endings.iter().filter_map(|end| name.strip_suffix(end));
        stems.find_map(Self::of_field)
    }

    /// Whether an id in a field of this name may be a number; elsewhere a number counts something.
    pub(super) fn may_be_number(name: &str) -> bool {
        let name = name.to_lowercase();
        name.ends_with("uid") || name.ends_with("userid") || name.ends_with("user_id")
    }
}

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant that tests compile")
}

/// One pattern, so that a text is read once. What surrounds a match is checked apart.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(concat!(
        r"(?P<mail>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})",
        r"|(?P<v4>\d{1,3}(?:\.\d{1,3}){3})",
        r"|(?P<v6>[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){3,7})",
        r"|(?P<phone>\+\d{1,3}[ -]?\d{3,4}(?:[ -]?\d{2,4}){2,3}|1[3-9]\d{9})",
    ))
});

static PSEUDONYM: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"\b(?:user|device|mail|phone|ip)-[0-9a-f]{10}\b|\b1\d{9}\b"));

/// Whether a text is a pseudonym already.
pub(crate) fn is_pseudonym(text: &str) -> bool {
    PSEUDONYM
        .find(text)
        .is_some_and(|found| found.len() == text.len() && text.contains('-') && text.len() > DIGITS)
}

/// The pseudonyms in a text of a request, each once.
pub(super) fn pseudonyms(text: &str) -> Vec<String> {
    let mut found: Vec<String> = PSEUDONYM
        .find_iter(text)
        .map(|found| found.as_str().to_owned())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// Replaces every match in a text.
pub(super) fn replace(text: &str, with: &mut dyn FnMut(Personal, &str) -> String) -> String {
    let replaced = PERSONAL.replace_all(text, |captures: &Captures<'_>| {
        let Some(whole) = captures.get(0) else {
            return String::new();
        };
        let found = whole.as_str();
        let part_of = |c: char| c.is_alphanumeric() || matches!(c, '.' | ':' | '_');
        let before = text
            .get(..whole.start())
            .and_then(|text| text.chars().next_back());
        let mut after = text.get(whole.end()..).unwrap_or_default().chars();
        let (next, second) = (after.next(), after.next());
        // A full stop ends a sentence, and a colon comes before a port.
        let goes_on = match next {
            Some('.') => second.is_some_and(char::is_alphanumeric),
            Some(':') => captures.name("v6").is_some(),
            other => other.is_some_and(part_of),
        };
        let is_whole = !before.is_some_and(part_of) && !goes_on;
        let kind = if captures.name("mail").is_some() {
            Some(Personal::Mail)
        } else if !is_whole {
            None
        } else if captures.name("v4").is_some() {
            let address = found.parse::<Ipv4Addr>().ok();
            address
                .filter(|address| !address.is_loopback() && !address.is_unspecified())
                .map(|_| Personal::Ip)
        } else if captures.name("v6").is_some() {
            let address = found.parse::<Ipv6Addr>().ok();
            address
                .filter(|address| !address.is_loopback())
                .map(|_| Personal::Ip)
        } else {
            Some(Personal::Phone)
        };
        kind.map_or_else(|| found.to_owned(), |kind| with(kind, found))
    });
    replaced.into_owned()
}

/// The ids of an answer, to be found in its texts.
pub(super) struct Ids {
    pattern: Regex,
    pseudonyms: HashMap<String, String>,
}

impl Ids {
    /// Of the originals found in fields; `None` where none can be looked for.
    pub(super) fn new(originals: &Originals) -> Option<Self> {
        let pseudonyms: HashMap<String, String> = originals
            .iter()
            .filter(|(_, original)| original.len() >= MIN_IN_TEXT)
            .take(MAX_IN_TEXT)
            .map(|(pseudonym, original)| (original.clone(), pseudonym.clone()))
            .collect();
        let mut words: Vec<String> = pseudonyms.keys().map(|id| regex::escape(id)).collect();
        // Of two that begin alike the longer one is meant.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let pattern = Regex::new(&words.join("|"))
            .ok()
            .filter(|_| !words.is_empty())?;
        Some(Self {
            pattern,
            pseudonyms,
        })
    }

    /// A text with their pseudonyms.
    pub(super) fn replace(&self, text: &str) -> String {
        let pseudonym = |captures: &Captures<'_>| {
            let found = captures.get(0).map_or("", |found| found.as_str());
            self.pseudonyms.get(found).cloned().unwrap_or_default()
        };
        self.pattern.replace_all(text, pseudonym).into_owned()
    }
}
