//! Which bytes follow each other in a text: what rules most searches out without looking through the text again.

use crate::text;

/// Shorter texts are looked through at once.
const SHORTEST: usize = 16 << 10;

/// All pairs of bytes of a text. It is read once, where each search for a word would read it again.
pub(super) struct Pairs(Option<Vec<bool>>);

impl Pairs {
    /// Of a text.
    pub(super) fn of(text: &str) -> Self {
        if text.len() < SHORTEST {
            return Self(None);
        }
        let mut found = vec![false; 1 << 16];
        let mut pair = 0_u16;
        for byte in text.bytes() {
            pair = pair << 8 | u16::from(byte);
            found[usize::from(pair)] = true;
        }
        Self(Some(found))
    }

    /// Whether the text may hold the word; if not, it does not. A word has two bytes at least.
    pub(super) fn may_hold(&self, word: &str) -> bool {
        let follows = |pair: &[u8]| {
            let pair = u16::from_be_bytes([pair[0], pair[1]]);
            self.0.as_ref().is_none_or(|found| found[usize::from(pair)])
        };
        word.as_bytes().windows(2).all(follows)
    }

    /// Whether it holds one of the words, where that is worth a search; where there are none, nothing is known.
    pub(super) fn holds_any(&self, text: &str, words: &[&str]) -> bool {
        let held = |word: &&str| self.0.is_none() || text::holds(text, word);
        words.is_empty() || words.iter().any(|word| self.may_hold(word) && held(word))
    }

    /// Whether it may hold one of the words; where there are none, nothing is known.
    pub(super) fn may_hold_any(&self, words: &[&str]) -> bool {
        words.is_empty() || words.iter().any(|word| self.may_hold(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_holds_is_never_ruled_out() {
        let line = "\tat com.acme.orbit.Dock.open(Dock.kt:12) → »\n";
        let text = line.repeat(1000);
        let (long, short) = (Pairs::of(&text), Pairs::of(line));
        for (start, _) in line.char_indices() {
            for (end, _) in line.char_indices().filter(|(end, _)| *end > start) {
                assert!(long.may_hold(&line[start..end]), "{}", &line[start..end]);
            }
        }
        assert!(!long.may_hold("```") && !long.may_hold("Object \""));
        assert!(short.may_hold("```"));
        assert!(long.may_hold_any(&[]) && !long.may_hold_any(&["```", "<pre"]));
        assert!(long.may_hold_any(&["```", "(Dock"]));
    }
}
