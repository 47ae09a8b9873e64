//! Runs: the same frames over and over, as recursion prints them.

use std::hash::{BuildHasherDefault, Hasher};

use super::frame::Frame;

/// Recursion through more functions than this is not recognised.
const LONGEST_PERIOD: usize = 24;

/// `period` frames from `first`, `times` times in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// Index of the first frame.
    pub first: usize,
    /// How many frames repeat.
    pub period: usize,
    /// How often they stand there; 1 for a frame that does not repeat.
    pub times: usize,
}

/// A frame's identity as a number: addresses and lines do not count.
pub(crate) fn key(frame: &Frame<'_>) -> u64 {
    let (function, file) = frame.identity();
    hash_mix(hash_mix(0, function.as_bytes()), file.as_bytes())
}

/// Mixes a text into a number, sixteen bytes at a time: each step waits for the one before. Whoever writes a dump can make
/// two stacks look the same; all that is lost is a line of their own.
pub(crate) fn hash_mix(hash: u64, text: &[u8]) -> u64 {
    let (pairs, rest) = text.as_chunks::<16>();
    let hash = pairs
        .iter()
        .fold(step(hash, text.len() as u64), |hash, pair| {
            let pair = u128::from_be_bytes(*pair);
            #[expect(clippy::cast_possible_truncation, reason = "each half by itself")]
            let (first, second) = ((pair >> 64) as u64, pair as u64);
            fold(hash ^ first ^ ODD, second ^ ODD)
        });
    let (words, rest) = rest.as_chunks::<8>();
    let hash = words
        .iter()
        .fold(hash, |hash, word| step(hash, u64::from_be_bytes(*word)));
    step(
        hash,
        rest.iter()
            .fold(0, |word, &byte| word << 8 | u64::from(byte)),
    )
}

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes a number into another.
fn step(hash: u64, word: u64) -> u64 {
    fold(hash ^ word ^ ODD, ODD)
}

/// The product of two numbers, which every bit of both has a part in.
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "both halves of the product are folded together"
    )]
    let folded = (product >> 64) as u64 ^ product as u64;
    folded
}

/// Places in memory, which no text chooses, need no better hash than this.
pub(crate) type ByPlace = BuildHasherDefault<PlaceHasher>;

/// Mixes numbers.
#[derive(Debug, Default)]
pub(crate) struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_mix(self.0, bytes);
    }

    fn write_usize(&mut self, number: usize) {
        self.0 = step(self.0, number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Cuts a list into runs. Two in a row stay two: overloads call each other.
pub(crate) fn cut(keys: &[u64]) -> impl Iterator<Item = Run> {
    let mut first = 0;
    std::iter::from_fn(move || {
        if first >= keys.len() {
            return None;
        }
        let end = (first + 1 + LONGEST_PERIOD).min(keys.len());
        let again = keys[first + 1..end].contains(&keys[first]);
        let run = (1..=LONGEST_PERIOD)
            .take_while(|_| again)
            .map(|period| Run {
                first,
                period,
                times: repeats(&keys[first..], period),
            })
            .find(|run| run.times >= 3)
            .unwrap_or(Run {
                first,
                period: 1,
                times: 1,
            });
        first += run.period * run.times;
        Some(run)
    })
}

/// How often the first `period` keys stand at the front.
fn repeats(keys: &[u64], period: usize) -> usize {
    if period * 3 > keys.len() {
        return 1;
    }
    let same = keys
        .iter()
        .zip(&keys[period..])
        .take_while(|(left, right)| left == right)
        .count();
    same / period + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_fold_and_pairs_do_not() {
        let run = |first, period, times| Run {
            first,
            period,
            times,
        };
        let list = |keys: &[u64]| cut(keys).collect::<Vec<_>>();
        assert_eq!(
            list(&[1, 2, 2, 3]),
            [run(0, 1, 1), run(1, 1, 1), run(2, 1, 1), run(3, 1, 1)]
        );
        assert_eq!(
            list(&[7, 1, 2, 1, 2, 1, 2, 9]),
            [run(0, 1, 1), run(1, 2, 3), run(7, 1, 1)]
        );
        assert_eq!(list(&[5; 100]), [run(0, 1, 100)]);
    }
}
