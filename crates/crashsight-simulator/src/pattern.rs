//! Version patterns: `*` matches any text.

use crate::projects::{Project, RELEASES};

/// The releases that match one of the patterns; all of them when there is none.
pub(crate) fn releases(project: Project, patterns: &[String]) -> [bool; RELEASES] {
    let mut taken = [patterns.is_empty(); RELEASES];
    for (taken, release) in taken.iter_mut().zip(project.releases()) {
        *taken |= patterns
            .iter()
            .any(|pattern| glob(pattern, release.version));
    }
    taken
}

/// Whether `text` as a whole matches `pattern`, in which `*` is anything.
///
/// The part between two stars is searched once, from the left: the time is linear in the text
/// for each of them, however many stars there are.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inner = text
        .strip_prefix(head)
        .and_then(|text| text.strip_suffix(tail));
    let found = |text: &str, part: &str| text.find(part).map(|at| at + part.len());
    let mut left = inner;
    for part in middle.split('*') {
        left = left.and_then(|text| text.get(found(text, part)?..));
    }
    left.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_anything() {
        assert!(glob("3.6.*", "3.6.2"));
        assert!(glob("*", ""));
        assert!(glob("a*b*c", "axxbc"));
        assert!(!glob("3.6.*", "3.7.0"));
        assert!(!glob("3.7", "3.7.0"));
        assert!(glob("**b**", "abc") && glob("a*", "a") && glob("*中*", "x中y"));
        assert!(!glob("ab*bc", "abc") && !glob("*a*b*", "ba"));
        assert_eq!(
            releases(Project::Android, &["3.6.*".into()]),
            [false, true, true, false]
        );
        assert_eq!(releases(Project::Android, &[]), [true; RELEASES]);
    }
}
