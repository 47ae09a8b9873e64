//! The known name closest to what was typed.

/// The known name closest to what was typed, if any is close.
pub(crate) fn closest_match<'a>(
    typed: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed = typed.trim().to_lowercase();
    known
        .map(|name| {
            let lower = name.to_lowercase();
            // A word that is part of the other is close however long the rest is.
            let inside =
                typed.chars().count() >= 3 && (lower.contains(&typed) || typed.contains(&lower));
            let score = strsim::jaro_winkler(&typed, &lower) + if inside { 0.2 } else { 0.0 };
            (score, name)
        })
        .filter(|(score, _)| *score > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// Words for one environment each, in the languages in which projects are named.
const ENVIRONMENTS: &[&[&str]] = &[
    &["正式", "线上", "live", "prod", "release", "online"],
    &["体验", "测试", "test", "beta", "staging", "uat", "qa"],
    &["开发", "内网", "dev", "trunk"],
    &["预发", "预发布", "preview", "pre"],
];

/// The environments that a name mentions.
fn environments(name: &str) -> Vec<usize> {
    let name = name.to_lowercase();
    let mentions = |word: &&str| {
        if word.is_ascii() {
            name.split(|c: char| !c.is_ascii_alphanumeric())
                .any(|part| part == *word)
        } else {
            name.contains(*word)
        }
    };
    ENVIRONMENTS
        .iter()
        .enumerate()
        .filter(|(_, words)| words.iter().any(mentions))
        .map(|(index, _)| index)
        .collect()
}

/// The closest project: never one of another environment than the one that was named.
pub(super) fn closest_project<'a>(
    typed: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = environments(typed);
    closest_match(
        typed,
        known.filter(|name| wanted.is_empty() || environments(name) == wanted),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_inside_another_is_close() {
        assert_eq!(
            closest_match("isue", ["issue", "window"].into_iter()),
            Some("issue")
        );
        assert_eq!(closest_match("zzz", ["issue", "window"].into_iter()), None);
    }

    #[test]
    fn another_environment_is_never_suggested() {
        let known = ["安卓", "starfall-android", "安卓体验服"];
        assert_eq!(closest_project("安卓正式服", known.into_iter()), None);
        assert_eq!(
            closest_project("安卓体验", known.into_iter()),
            Some("安卓体验服")
        );
        assert_eq!(
            closest_project("starfall-androd", known.into_iter()),
            Some("starfall-android")
        );
        assert_eq!(
            closest_project("starfall-android-live", known.into_iter()),
            None
        );
    }
}
