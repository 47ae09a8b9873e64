//! What an app's id tells of its code: `com.starfall.game`.

use crate::code_tables;

/// The telling words of a bundle id: `com.starfall.game` has `starfall`.
pub(super) fn telling_words(id: &str) -> Vec<String> {
    let parts = id.split(['.', '-', '_', ':']);
    parts
        .filter(|word| {
            let common = |common: &&str| common.eq_ignore_ascii_case(word);
            word.len() >= 4 && !code_tables::COMMON_WORDS.iter().any(common)
        })
        .map(str::to_owned)
        .collect()
}

/// Whether a Java name starts with the bundle id's own part: two parts of three, three of more.
pub(super) fn shares_package(name: &str, bundle: &str) -> bool {
    let parts = bundle.split('.').count();
    let needed = if parts <= 3 { 2.min(parts) } else { 3 };
    let shared = name
        .split('.')
        .zip(bundle.split('.'))
        .take_while(|(left, right)| left == right)
        .count();
    shared >= needed
}
