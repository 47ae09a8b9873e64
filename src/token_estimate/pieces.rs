//! Classes of bytes, and the pieces that the pre-tokenizer cuts.

/// Costs are counted in hundredths of a token.
pub(super) const TOKEN: usize = 100;

/// What the pre-tokenizer cuts off in one go. In ASCII merges do not cross its ends, so costs add up;
/// that they do now and then elsewhere is in the averages.
pub(super) struct Piece {
    pub(super) end: usize,
    pub(super) cost: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Lower,
    Upper,
    Digit,
    Blank,
    Break,
    Mark,
    /// A byte of a character outside ASCII.
    Wide,
    /// Past the end of the text.
    End,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Wide; 256];
    let mut byte: u8 = 0;
    while byte < 0x80 {
        classes[byte as usize] = match byte {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t' | 0x0b | 0x0c => Class::Blank,
            b'\r' | b'\n' => Class::Break,
            _ => Class::Mark,
        };
        byte += 1;
    }
    classes
};

pub(super) fn class(bytes: &[u8], at: usize) -> Class {
    bytes
        .get(at)
        .map_or(Class::End, |&byte| CLASSES[usize::from(byte)])
}

pub(super) fn is_letter(class: Class) -> bool {
    matches!(class, Class::Lower | Class::Upper)
}

/// The end of the bytes of one class that start at `at`.
pub(super) fn run(bytes: &[u8], mut at: usize, of: Class) -> usize {
    while class(bytes, at) == of {
        at += 1;
    }
    at
}
