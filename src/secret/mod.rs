//! Secrets and digests. Only this module uses `hmac`, `sha2`, `base64`, `hex` and `ring`.

pub(crate) mod vault;

use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A credential: printed as `[secret]`, never serialised, wiped when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// A secret, without surrounding whitespace.
    pub fn new(value: &str) -> Self {
        Self(SecretString::from(trim(value)))
    }

    /// Validates a secret from a file or variable. The error does not contain it.
    pub fn read(value: &str) -> Result<Self, &'static str> {
        let value = trim(value);
        if value.is_empty() {
            return Err("is empty");
        }
        if value.chars().any(char::is_control) {
            return Err(
                "has a line break or another control character: it must contain only the key",
            );
        }
        Ok(Self::new(value))
    }

    /// The value, only for computing a signature.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// Removes surrounding whitespace and byte order marks.
fn trim(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// HMAC-SHA256 of `message` under `key`, as 64 lowercase hexadecimal digits.
#[expect(clippy::missing_panics_doc, reason = "HMAC accepts keys of any length")]
pub fn hmac_sha256_hex(key: &Secret, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(message.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// SHA-256 of `text`, as 64 lowercase hexadecimal digits.
pub(crate) fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// The SHA-256 of a secret, compared in constant time.
#[derive(Clone)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Computes the SHA-256 of a text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Parses 64 hexadecimal digits.
    pub fn parse(digits: &str) -> Option<Self> {
        let bytes = hex::decode(digits.trim()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Whether both are equal.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[fingerprint]")
    }
}

/// SHA-256 of `text` in base64, as a content security policy names it.
pub(crate) fn sha256_base64(text: &str) -> String {
    base64(&Sha256::digest(text))
}

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &(impl AsRef<[u8]> + ?Sized)) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of base64 text in either alphabet, padded or not.
pub(crate) fn base64_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .into_iter()
        .find_map(|letters| GeneralPurpose::new(letters, lenient).decode(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_redacts_the_secret() {
        let secret = Secret::new(" hunter2\n");
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(format!("{secret:?}"), "[secret]");
    }

    #[test]
    fn whitespace_and_byte_order_marks_are_trimmed() {
        assert_eq!(
            Secret::read("\u{feff}hunter2\r\n").unwrap().expose(),
            "hunter2"
        );
        for (text, words) in [
            (" \n", "empty"),
            ("\u{feff}", "empty"),
            ("hunter2\nhunter3", "line break"),
        ] {
            let problem = Secret::read(text).unwrap_err();
            assert!(
                problem.contains(words) && !problem.contains("hunter"),
                "{problem}"
            );
        }
    }

    #[test]
    fn fingerprints_are_parsed_and_compared() {
        let one = Fingerprint::of("hunter2");
        assert!(one.matches(&Fingerprint::parse(&sha256_hex("hunter2")).unwrap()));
        assert!(!one.matches(&Fingerprint::of("hunter3")));
        assert!(Fingerprint::parse("ab").is_none());
    }

    #[test]
    fn digests_agree_with_the_published_vectors() {
        // RFC 4231, test case 2, and the empty string of FIPS 180-4.
        assert_eq!(
            hmac_sha256_hex(&Secret::new("Jefe"), "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            sha256_hex(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
