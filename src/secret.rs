//! Secrets and the digests made with them. Only this room knows `hmac`, `sha2`, `base64` and `hex`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// A credential: printed as `[secret]`, never serialised, wiped when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a secret, without the white space and line end that files and clipboards add.
    pub fn new(value: &str) -> Self {
        Self(SecretString::from(bare(value)))
    }

    /// Takes a secret that somebody wrote down; `Err` says what is wrong with it, without it.
    pub fn read(value: &str) -> Result<Self, &'static str> {
        let value = bare(value);
        if value.is_empty() {
            return Err("is empty");
        }
        if value.chars().any(char::is_control) {
            return Err(
                "has a line break or another control character inside: it holds the key alone",
            );
        }
        Ok(Self::new(value))
    }

    /// The secret itself, for computing a signature and nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// Without white space, line end and byte order mark around it.
fn bare(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

/// HMAC-SHA256 of `message` under `key`, as 64 lowercase hexadecimal digits.
#[expect(
    clippy::missing_panics_doc,
    reason = "the expectation is the algorithm's own"
)]
pub fn hmac_sha256_hex(key: &Secret, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(message.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// SHA-256 of `text`, as 64 lowercase hexadecimal digits.
pub fn sha256_hex(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// A digest of a secret, for comparing without keeping it: the time a comparison takes tells nothing.
#[derive(Clone)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The SHA-256 of a text.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(digits: &str) -> Option<Self> {
        let bytes = hex::decode(digits.trim()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Whether both are of the same text.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[fingerprint]")
    }
}

/// Standard base64 with padding.
pub fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_shows_itself() {
        let secret = Secret::new(" hunter2\n");
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(format!("{secret:?}"), "[secret]");
    }

    #[test]
    fn what_an_editor_adds_is_no_part_of_a_secret() {
        assert_eq!(
            Secret::read("\u{feff}hunter2\r\n").unwrap().expose(),
            "hunter2"
        );
        for (text, words) in [
            (" \n", "empty"),
            ("\u{feff}", "empty"),
            ("hunter2\nhunter3", "inside"),
        ] {
            let problem = Secret::read(text).unwrap_err();
            assert!(
                problem.contains(words) && !problem.contains("hunter"),
                "{problem}"
            );
        }
    }

    #[test]
    fn a_fingerprint_is_read_and_compared() {
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
