//! Keys derived from a credential: they name and seal what is stored for it, so that a stolen store shows neither
//! questions nor answers, and another credential opens nothing.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use sha2::Sha256;

use super::Secret;

/// Bytes of a derived key.
const KEY_LEN: usize = 32;

/// Separates these keys from every other use of the credential, and from another version of the format.
const SALT: &[u8] = b"crashsight-mcp store 1";

/// The keys of one credential at one service.
pub(crate) struct Vault {
    names: [u8; KEY_LEN],
    seal: LessSafeKey,
}

impl Vault {
    /// Derives the keys by HKDF-SHA256. `context` is what else belongs to the identity: service, base URL, user.
    pub(crate) fn new(secret: &Secret, context: &str) -> Self {
        let root = Salt::new(HKDF_SHA256, SALT).extract(secret.expose().as_bytes());
        let key = UnboundKey::new(&CHACHA20_POLY1305, &derive(&root, context, "seal"))
            .expect("a derived key has the length of a key");
        Self {
            names: derive(&root, context, "names"),
            seal: LessSafeKey::new(key),
        }
    }

    /// A name for a text, as 64 hexadecimal digits: without the credential it cannot be guessed back.
    pub(crate) fn name(&self, text: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.names).expect("HMAC takes a key of any length");
        mac.update(text.as_bytes());
        let digest = mac.finalize().into_bytes();
        digest
            .iter()
            .fold(String::with_capacity(2 * KEY_LEN), |mut out, byte| {
                // Writing to a `String` cannot fail.
                let _ = write!(out, "{byte:02x}");
                out
            })
    }

    /// Encrypts what is stored under a name. `None` when the system has no randomness.
    pub(crate) fn seal(&self, name: &str, mut plain: Vec<u8>) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name),
                &mut plain,
            )
            .ok()?;
        plain.extend_from_slice(&nonce);
        Some(plain)
    }

    /// Decrypts what was stored under this name; `None` when another credential sealed it, or it was changed.
    pub(crate) fn open(&self, name: &str, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = sealed.split_off(sealed.len().checked_sub(NONCE_LEN)?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let length = self
            .seal
            .open_in_place(nonce, Aad::from(name), &mut sealed)
            .ok()?
            .len();
        sealed.truncate(length);
        Some(sealed)
    }
}

fn derive(root: &Prk, context: &str, purpose: &str) -> [u8; KEY_LEN] {
    let mut key = [0; KEY_LEN];
    let info = [context.as_bytes(), b"\n", purpose.as_bytes()];
    root.expand(&info, HKDF_SHA256)
        .and_then(|output| output.fill(&mut key))
        .expect("HKDF-SHA256 gives 32 bytes");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(secret: &str, context: &str) -> Vault {
        Vault::new(&Secret::new(secret), context)
    }

    #[test]
    fn only_the_same_credential_and_name_open_a_seal() {
        let own = vault("key", "crashsight https://a 1");
        let sealed = own.seal("n", b"a crash".to_vec()).unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"crash"));
        assert_eq!(
            own.open("n", sealed.clone()).as_deref(),
            Some(&b"a crash"[..])
        );
        assert_eq!(own.open("m", sealed.clone()), None);
        for other in [
            vault("kez", "crashsight https://a 1"),
            vault("key", "crashsight https://b 1"),
            vault("key", "crashsight https://a 2"),
        ] {
            assert_eq!(other.open("n", sealed.clone()), None);
            assert_ne!(other.name("question"), own.name("question"));
        }
        for damaged in [Vec::new(), vec![0; 11], vec![0; 40]] {
            assert_eq!(own.open("n", damaged), None);
        }
    }

    #[test]
    fn two_seals_of_the_same_text_differ() {
        let own = vault("key", "a");
        assert_ne!(own.seal("n", vec![1; 20]), own.seal("n", vec![1; 20]));
        assert_eq!(own.name("a").len(), 64);
    }
}
