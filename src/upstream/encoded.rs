//! What a text of the service holds, such as an attachment: text as it is, base64, gzip, or gzip in base64. Decoded within
//! bounds, because a file of a few bytes may expand without end.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::secret::base64_decoded;

/// Bytes that the attachments of a crash have together at most, as they are sent and decoded.
pub(crate) const MAX_BYTES: usize = 16 << 20;

/// Encodings around each other that are taken off.
const MAX_LAYERS: usize = 4;

/// Shorter text is no base64, whatever its letters.
const SHORTEST_BASE64: usize = 8;

/// A decoded attachment.
#[derive(Debug, PartialEq)]
pub(crate) struct Content {
    /// The text; `None` where it is none, or larger than what is read.
    pub(crate) text: Option<String>,
    /// The encodings that were taken off, the outer one first.
    pub(crate) encodings: Vec<&'static str>,
    /// What it is.
    pub(crate) kind: &'static str,
    /// Bytes after decoding, as far as it was decoded.
    pub(crate) bytes: usize,
    /// What is wrong with it, in words.
    pub(crate) problem: Option<String>,
}

/// Decodes an attachment of which so many bytes may be read.
pub(crate) fn decode(content: &str, budget: usize) -> Content {
    let mut bytes = Cow::Borrowed(content.as_bytes());
    let mut decoded = Content {
        text: None,
        encodings: Vec::new(),
        kind: "text",
        bytes: bytes.len(),
        problem: None,
    };
    // A third more for base64.
    if bytes.len() > budget.saturating_mul(4) / 3 + 4 {
        return decoded.refused(budget);
    }
    for _ in 0..MAX_LAYERS {
        if let Some(inner) = unbase64(&bytes) {
            decoded.encodings.push("base64");
            bytes = Cow::Owned(inner);
            continue;
        }
        if !is_gzip(&bytes) {
            break;
        }
        decoded.encodings.push("gzip");
        let mut inner = Vec::new();
        let most = u64::try_from(budget).unwrap_or(u64::MAX).saturating_add(1);
        let read = MultiGzDecoder::new(&*bytes)
            .take(most)
            .read_to_end(&mut inner);
        if inner.len() > budget {
            decoded.bytes = inner.len();
            return decoded.refused(budget);
        }
        if read.is_err() {
            decoded.problem =
                Some("the gzip data is damaged; what precedes the damage is shown".to_owned());
        }
        bytes = Cow::Owned(inner);
    }
    decoded.bytes = bytes.len();
    if bytes.len() > budget {
        return decoded.refused(budget);
    }
    decoded.kind = kind(&bytes);
    if decoded.kind == "text" {
        decoded.text = Some(match bytes {
            Cow::Owned(bytes) => String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            Cow::Borrowed(_) => content.to_owned(),
        });
    }
    decoded
}

impl Content {
    /// The same, not read for its size.
    fn refused(self, budget: usize) -> Self {
        let size = |bytes: usize| crate::reply::size(i64::try_from(bytes).unwrap_or(i64::MAX));
        let left = size(budget);
        Self {
            text: None,
            problem: Some(format!(
                "not read: larger than the {left} left of the {} that are read of the files of a crash",
                size(MAX_BYTES)
            )),
            ..self
        }
    }
}

/// Whether a text may be an encoded one, by its characters.
pub(crate) fn may_be_encoded(text: &str) -> bool {
    let is_letter = |byte| is_base64(byte) || matches!(byte, b'\r' | b'\n');
    text.len() >= SHORTEST_BASE64 && text.bytes().all(is_letter)
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

fn kind(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"PK\x03\x04") {
        return "zip archive";
    }
    if bytes.starts_with(b"MDMP") {
        return "minidump";
    }
    // Logs in other encodings than UTF-8 are still mostly readable; data is full of control characters.
    let controls = |byte: &&u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    let count = bytes.iter().filter(controls).count();
    if bytes.contains(&0) || count > bytes.len() / 50 {
        return "binary";
    }
    "text"
}

/// The bytes of a base64 text. Words without spaces have the same letters: only text or a known format is taken for
/// one's content.
fn unbase64(bytes: &[u8]) -> Option<Vec<u8>> {
    let plain: Cow<'_, [u8]> = if bytes.iter().any(|b| matches!(b, b'\r' | b'\n')) {
        let is_letter = |b: &&u8| !matches!(b, b'\r' | b'\n');
        // Text with line breaks and other characters is not copied.
        if !bytes.iter().filter(is_letter).all(|b| is_base64(*b)) {
            return None;
        }
        bytes.iter().filter(is_letter).copied().collect()
    } else {
        Cow::Borrowed(bytes)
    };
    if plain.len() < SHORTEST_BASE64 || !plain.iter().all(|b| is_base64(*b)) {
        return None;
    }
    let inner = base64_decoded(&plain)?;
    let is_text = || {
        let text = std::str::from_utf8(&inner);
        text.is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
    };
    (is_gzip(&inner) || kind(&inner) == "zip archive" || is_text()).then_some(inner)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::base64;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    const LOG: &str = "11-22 08:14:02 I UE4: loaded\n11-22 08:14:03 E UE4: null";

    #[test]
    fn every_encoding_is_taken_off() {
        let twice = base64(&gzip(base64(&gzip(LOG.as_bytes())).as_bytes()));
        let encoded = base64(LOG);
        let (begin, end) = encoded.split_at(16);
        let wrapped = format!("{begin}\r\n{end}\n");
        for (content, encodings) in [
            (LOG.to_owned(), vec![]),
            (base64(LOG), vec!["base64"]),
            (base64(LOG).trim_end_matches('=').to_owned(), vec!["base64"]),
            (wrapped, vec!["base64"]),
            (base64(&gzip(LOG.as_bytes())), vec!["base64", "gzip"]),
            (twice, vec!["base64", "gzip", "base64", "gzip"]),
        ] {
            let decoded = decode(&content, MAX_BYTES);
            assert_eq!(decoded.encodings, encodings, "{content}");
            assert_eq!(decoded.text.as_deref(), Some(LOG), "{content}");
            assert_eq!(decoded.problem, None, "{content}");
        }
    }

    #[test]
    fn words_are_no_base64() {
        for text in [
            "DEADBEEFDEADBEEF",
            "Assertion",
            "testtest",
            "AAAAAAAA\nBBBBBBBB",
            "",
            "com/studio/Game",
            "0123456789abcdef0123456789abcdef",
        ] {
            let decoded = decode(text, MAX_BYTES);
            assert_eq!(decoded.text.as_deref(), Some(text));
            assert!(decoded.encodings.is_empty(), "{text}");
        }
    }

    #[test]
    fn what_expands_without_end_is_refused_in_words() {
        let bomb = base64(&gzip(&vec![b'a'; 4 << 20]));
        let decoded = decode(&bomb, 1 << 20);
        assert_eq!(decoded.text, None);
        assert!(decoded.bytes <= (1 << 20) + 1, "{} bytes", decoded.bytes);
        assert!(
            decoded
                .problem
                .unwrap()
                .starts_with("not read: larger than the 1")
        );
        let long = "x y ".repeat(1 << 20);
        assert_eq!(decode(&long, 1 << 20).text, None);
        assert!(decode(&long, 4 << 20).text.is_some());
    }

    #[test]
    fn what_is_no_text_is_named() {
        let archive = base64(b"PK\x03\x04\x14\0\0\0");
        assert_eq!(decode(&archive, MAX_BYTES).kind, "zip archive");
        let data: Vec<u8> = (0..=255).collect();
        let data = decode(&base64(&gzip(&data)), MAX_BYTES);
        assert_eq!((data.kind, data.text), ("binary", None));
        let mut damaged = gzip(LOG.repeat(100).as_bytes());
        damaged.truncate(damaged.len() - 9);
        let damaged = decode(&base64(&damaged), MAX_BYTES);
        assert!(damaged.problem.unwrap().contains("damaged"));
        assert!(damaged.text.is_some());
        let gbk = [b"log \xd6\xd0\xce\xc4".as_slice(), LOG.as_bytes()].concat();
        let gbk = decode(&base64(&gzip(&gbk)), MAX_BYTES);
        assert!(gbk.text.unwrap().ends_with(LOG));
    }
}
