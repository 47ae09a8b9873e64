//! Repeatable chance: hashes instead of a random generator, so that nothing has to be remembered.

/// The finaliser of `SplitMix64`: every bit of the result depends on every bit of `x`.
pub(crate) const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A hash of several numbers, in order.
pub(crate) fn hash<const N: usize>(parts: [u64; N]) -> u64 {
    parts
        .into_iter()
        .fold(0x9e37_79b9_7f4a_7c15, |state, part| {
            mix(state.rotate_left(5) ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        })
}

/// A hash of a text (FNV-1a, then mixed).
pub(crate) fn hash_text(text: &str) -> u64 {
    mix(text.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}

/// One entry of a list; `None` never happens for a list that has entries.
pub(crate) fn pick<T>(list: &[T], draw: u64) -> Option<&T> {
    let length = u64::try_from(list.len()).ok()?;
    list.get(index(draw.checked_rem(length)?))
}

/// A small number as a list index.
pub(crate) fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A stream of draws from one start.
#[derive(Debug, Clone)]
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) const fn new(start: u64) -> Self {
        Self(start)
    }

    /// The next draw.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// One entry of a list of texts, or nothing of an empty one.
    pub(crate) fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        pick(list, self.next()).copied().unwrap_or_default()
    }
}

/// Rounds of the Feistel network; four are enough to look like chance.
const ROUNDS: [u64; 4] = [0x51a7, 0xfa11, 0xc0de, 0xbeef];

/// A reversible scramble of 64 bits, see [`unscramble`].
pub(crate) fn scramble(number: u64, key: u64) -> u64 {
    let (mut left, mut right) = (number >> 32, number & 0xffff_ffff);
    for round in ROUNDS {
        (left, right) = (right, left ^ (hash([right, round, key]) & 0xffff_ffff));
    }
    left << 32 | right
}

/// The inverse of [`scramble`].
pub(crate) fn unscramble(number: u64, key: u64) -> u64 {
    let (mut left, mut right) = (number >> 32, number & 0xffff_ffff);
    for round in ROUNDS.into_iter().rev() {
        (left, right) = (right ^ (hash([left, round, key]) & 0xffff_ffff), left);
    }
    left << 32 | right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scramble_is_undone_by_its_own_key_only() {
        for number in [0, 1, 0xdead_beef, u64::MAX, 1 << 42] {
            assert_eq!(unscramble(scramble(number, 7), 7), number);
            assert_ne!(unscramble(scramble(number, 7), 8), number);
        }
    }

    #[test]
    fn hashes_depend_on_order() {
        assert_ne!(hash([1, 2]), hash([2, 1]));
        assert_ne!(hash_text("ab"), hash_text("ba"));
    }
}
