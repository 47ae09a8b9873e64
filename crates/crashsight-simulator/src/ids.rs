//! The ids of crashes, devices and users, each of which can be read back without a store.

use crate::calendar::Hour;
use crate::hash_random::{hash, scramble, unscramble};
use crate::projects::{Platform, Project};

/// Which crash: enough to compute everything about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CrashKey {
    pub(crate) project: Project,
    /// The issue's position in its project.
    pub(crate) issue: u64,
    /// The hour of its upload.
    pub(crate) hour: Hour,
    pub(crate) ordinal: u32,
}

const ORDINAL_BITS: u32 = 14;
const HOUR_BITS: u32 = 24;
const ISSUE_BITS: u32 = 8;

impl CrashKey {
    /// 32 hexadecimal digits: the scrambled key, then check digits.
    pub(crate) fn id(self, seed: u64) -> String {
        let packed = ((self.project.number() << ISSUE_BITS | self.issue) << HOUR_BITS
            | u64::from(self.hour.0))
            << ORDINAL_BITS
            | u64::from(self.ordinal);
        cased(self.project, digits(packed, seed))
    }

    /// The crash with this id, with or without colons, in either case.
    pub(crate) fn parse(id: &str, seed: u64) -> Option<Self> {
        let packed = packed(&without_colons(id), seed)?;
        let low = |shift: u32, bits: u32| packed >> shift & ((1 << bits) - 1);
        Some(Self {
            project: Project::by_number(packed >> (ORDINAL_BITS + HOUR_BITS + ISSUE_BITS))?,
            issue: low(ORDINAL_BITS + HOUR_BITS, ISSUE_BITS),
            hour: Hour(u32::try_from(low(ORDINAL_BITS, HOUR_BITS)).ok()?),
            ordinal: u32::try_from(low(0, ORDINAL_BITS)).ok()?,
        })
    }
}

/// The id of a device, in the form of a UUID.
pub(crate) fn device_id(project: Project, device: u32) -> String {
    let text = digits(u64::from(device), device_key(project)).to_ascii_lowercase();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

/// The device with this id.
pub(crate) fn parse_device(project: Project, id: &str) -> Option<u32> {
    let device = packed(&id.replace('-', ""), device_key(project))?;
    u32::try_from(device)
        .ok()
        .filter(|device| *device < project.devices())
}

/// User ids begin here, so that all have 17 digits.
const FIRST_USER: u64 = 10_000_000_000_000_000;
/// An odd factor and its inverse modulo 2^52.
const FACTOR: u64 = 0x5_a7fa_11c0_ffe7;
const USER_BITS: u32 = 52;

/// The id of a user: a number, as game accounts have it.
pub(crate) fn user_id(user: u32) -> String {
    let scattered = u64::from(user).wrapping_mul(FACTOR) & ((1 << USER_BITS) - 1);
    (FIRST_USER + scattered).to_string()
}

/// The user with this id.
pub(crate) fn parse_user(project: Project, id: &str) -> Option<u32> {
    let scattered = id.parse::<u64>().ok()?.checked_sub(FIRST_USER)?;
    let user = scattered.wrapping_mul(inverse(FACTOR)) & ((1 << USER_BITS) - 1);
    let user = u32::try_from(user)
        .ok()
        .filter(|user| *user < project.devices())?;
    (user_id(user) == id).then_some(user)
}

/// The inverse of an odd number modulo 2^64: each step doubles the bits that are right.
fn inverse(odd: u64) -> u64 {
    (0..6).fold(odd, |guess, _| {
        guess.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(guess)))
    })
}

/// Upper case, but lower case on PC, as the vendor's own ids are.
pub(crate) fn cased(project: Project, id: String) -> String {
    match project.platform() {
        Platform::Pc => id.to_ascii_lowercase(),
        Platform::Android | Platform::Ios | Platform::Harmony => id,
    }
}

/// `A2844950…` as `A2:84:49:50:…`.
pub(crate) fn with_colons(id: &str) -> String {
    let digits: Vec<char> = id.chars().collect();
    let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    pairs.join(":")
}

/// An id as it was before [`with_colons`].
pub(crate) fn without_colons(id: &str) -> String {
    id.replace(':', "")
}

fn device_key(project: Project) -> u64 {
    hash([0xde_f1ce, project.number()])
}

fn digits(number: u64, key: u64) -> String {
    format!("{:016X}{:016X}", scramble(number, key), check(number, key))
}

fn packed(digits: &str, key: u64) -> Option<u64> {
    if digits.len() != 32 || !digits.is_ascii() {
        return None;
    }
    let (scrambled, checked) = digits.split_at(16);
    let number = unscramble(u64::from_str_radix(scrambled, 16).ok()?, key);
    (u64::from_str_radix(checked, 16).ok()? == check(number, key)).then_some(number)
}

fn check(number: u64, key: u64) -> u64 {
    hash([number, key, 0xc4ec])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_id_is_read_back_in_all_its_spellings() {
        for project in Project::ALL {
            let key = CrashKey {
                project,
                issue: 40,
                hour: Hour(498_904),
                ordinal: 8_191,
            };
            let id = key.id(9);
            assert_eq!(id.len(), 32);
            assert_eq!(CrashKey::parse(&id, 9), Some(key));
            assert_eq!(CrashKey::parse(&with_colons(&id), 9), Some(key));
            assert_eq!(CrashKey::parse(&id, 10), None);
            assert_eq!(CrashKey::parse(&id.replace(['0', '1'], "2"), 9), None);
        }
        assert_eq!(CrashKey::parse("", 9), None);
    }

    #[test]
    fn devices_and_users_are_read_back() {
        for device in [0, 1, 77, 299_999] {
            let project = Project::Pc;
            assert_eq!(
                parse_device(project, &device_id(project, device)),
                Some(device)
            );
            assert_eq!(parse_user(project, &user_id(device)), Some(device));
        }
        assert_eq!(parse_device(Project::Ios, &device_id(Project::Pc, 1)), None);
        assert_eq!(parse_user(Project::Pc, "Unknown"), None);
        assert_eq!(user_id(5).len(), 17);
    }

    #[test]
    fn colons_stand_after_every_two_digits() {
        // docs/vendor/crashsight.md §7.
        let hash = "A2:84:49:50:BA:6B:2A:2D:9F:42:EB:C2:F1:F6:4E:77";
        assert_eq!(with_colons("A2844950BA6B2A2D9F42EBC2F1F64E77"), hash);
        assert_eq!(without_colons(hash), "A2844950BA6B2A2D9F42EBC2F1F64E77");
    }
}
