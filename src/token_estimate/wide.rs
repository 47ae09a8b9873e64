//! Characters outside ASCII: which kinds differ in cost, and what a run of one kind costs.

use super::pieces::{Class, Piece, TOKEN, class, run};

/// The kinds of characters outside ASCII that differ in cost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Chinese characters.
    Ideograph,
    /// Kana and Hangul.
    Syllable,
    /// Letters of all other scripts.
    Letter,
    Mark,
    /// Beyond the basic plane: emoji and rare characters.
    Far,
}

/// A run of characters of one kind outside ASCII.
pub(super) fn piece(bytes: &[u8], at: usize) -> Piece {
    let (kind, length) = kind_at(bytes, at);
    let (mut end, mut count) = (at + length, 1);
    while class(bytes, end) == Class::Wide {
        let (next, length) = kind_at(bytes, end);
        if next != kind {
            break;
        }
        end += length;
        count += 1;
    }
    let cost = match kind {
        Kind::Ideograph if count < 3 => 70 + count * 30,
        Kind::Ideograph => 20 + count * 70,
        Kind::Syllable => (30 + count * 60).max(TOKEN),
        Kind::Letter => (50 + count * 30).max(TOKEN),
        Kind::Mark => {
            end = run(bytes, end, Class::Break);
            75 + count * 25
        }
        Kind::Far => count * 2 * TOKEN,
    };
    Piece { end, cost }
}

/// Kind and length in bytes of the character outside ASCII that starts at `at`.
pub(super) fn kind_at(bytes: &[u8], at: usize) -> (Kind, usize) {
    let byte = |offset: usize| u32::from(bytes.get(at + offset).copied().unwrap_or_default());
    match byte(0) {
        first @ ..0xe0 => {
            let code = (first & 0x1f) << 6 | byte(1) & 0x3f;
            (
                if matches!(code, ..0xc0 | 0xd7 | 0xf7) {
                    Kind::Mark
                } else {
                    Kind::Letter
                },
                2,
            )
        }
        first @ 0xe0..0xf0 => {
            let code = (first & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | byte(2) & 0x3f;
            let kind = match code {
                0x2000..=0x2bff | 0x3000..=0x303f | 0xfe10..=0xffef => Kind::Mark,
                0x2e80..=0x2fff | 0x3400..=0x9fff | 0xf900..=0xfaff => Kind::Ideograph,
                0x3040..=0x30ff | 0xac00..=0xd7a3 => Kind::Syllable,
                _ => Kind::Letter,
            };
            (kind, 3)
        }
        _ => (Kind::Far, 4),
    }
}
