//! Personal data in answers as stable pseudonyms, and pseudonyms in requests as what they stand for.
//!
//! Ids of users and devices are known by their fields, and replaced in every text of the same answer, encoded ones too;
//! e-mail addresses, phone numbers and IP addresses are found in texts. A pseudonym is a digest under the credential's own key: the same
//! in every process, and the store knows the way back.

mod patterns;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

pub(crate) use self::patterns::is_pseudonym;
use self::patterns::{DIGITS, Originals, Personal};
use super::encoded;
use super::large::read_sized;
use super::store::shared::Store;
use super::store::{Key, Kind};
use crate::error::Error;
use crate::request::Request;
use crate::secret::vault::Vault;

/// How long the way back from a pseudonym is known after an answer last showed it.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 3600);

/// Ids that are numbers stay numbers, from here on.
const FIRST_NUMBER: u64 = 1_000_000_000;

/// Names under which a count by value may have its value.
const VALUES: [&str; 5] = ["key", "value", "term", "name", "bucketKey"];

/// Longer texts without a space are no words.
const WORD: usize = 64;

/// In place of an encoded text that is too large to be searched.
const NOT_SEARCHED: &str = "[too large to redact]";

/// Pseudonyms of one credential.
#[derive(Clone)]
pub(super) struct Redactor {
    store: Arc<Store>,
    vault: Arc<Vault>,
}

impl Redactor {
    /// With the keys of a credential; the way back is in the store.
    pub(super) fn new(store: &Arc<Store>, vault: Arc<Vault>) -> Self {
        Self {
            store: Arc::clone(store),
            vault,
        }
    }

    /// An answer with pseudonyms.
    pub(super) async fn redact(&self, data: &Value, bytes: usize) -> Result<Value, Error> {
        let (own, mut data) = (self.clone(), data.clone());
        let redacted = read_sized(bytes, move || {
            let mut originals = Originals::new();
            own.fields(&mut data, &mut originals);
            let ids = patterns::Ids::new(&originals);
            let mut decoded = encoded::MAX_BYTES;
            own.texts(&mut data, ids.as_ref(), &mut originals, &mut decoded);
            (data, originals)
        });
        let (data, originals) = redacted.await?;
        for (pseudonym, original) in originals {
            self.remember(&pseudonym, original);
        }
        Ok(data)
    }

    /// A failure in words with pseudonyms: vendor text may name people.
    pub(super) fn redact_error(&self, error: Error) -> Error {
        let text = |message: &str| self.text(message, None, &mut Originals::new());
        match error {
            Error::Rejected {
                code,
                message,
                trace,
            } => Error::Rejected {
                code,
                message: text(&message),
                trace,
            },
            Error::Unreachable {
                message,
                advice,
                before_send,
                retry_after,
            } => Error::Unreachable {
                message: text(&message),
                advice,
                before_send,
                retry_after,
            },
            Error::Credentials { provider, hint } => Error::Credentials {
                provider,
                hint: text(&hint),
            },
            Error::UnexpectedResponse(error) => {
                Error::unexpected_response(anyhow::anyhow!(text(&format!("{error:#}"))))
            }
            other => other,
        }
    }

    /// Replaces the values of fields that hold personal data.
    fn fields(&self, value: &mut Value, originals: &mut Originals) {
        match value {
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| self.fields(item, originals)),
            Value::Object(fields) => {
                let columns = fields.get("columns").and_then(Value::as_array).cloned();
                let counted = fields.get("name").and_then(Value::as_str);
                let counted = counted.and_then(Personal::of_field);
                for (name, value) in fields {
                    match (&columns, counted, value) {
                        (Some(columns), _, Value::Array(rows)) if name == "values" => {
                            self.rows(columns, rows, originals);
                        }
                        (_, Some(kind), Value::Array(counts)) if name == "bucketList" => {
                            self.counts(kind, counts, originals);
                        }
                        (.., value) => self.field(name, value, originals),
                    }
                }
            }
            _ => {}
        }
    }

    /// Replaces the cells of a table, whose columns have names.
    fn rows(&self, columns: &[Value], rows: &mut [Value], originals: &mut Originals) {
        let names: Vec<&str> = columns
            .iter()
            .map(|name| name.as_str().unwrap_or(""))
            .collect();
        for cells in rows.iter_mut().filter_map(Value::as_array_mut) {
            for (name, cell) in names.iter().zip(cells) {
                self.field(name, cell, originals);
            }
        }
    }

    /// Replaces the values of a count by value.
    fn counts(&self, kind: Personal, counts: &mut [Value], originals: &mut Originals) {
        for row in counts {
            let Value::Object(fields) = row else { continue };
            for (name, value) in fields {
                match value {
                    Value::String(text) if VALUES.contains(&name.as_str()) => {
                        *text = self.ids(kind, text, originals);
                    }
                    value => self.field(name, value, originals),
                }
            }
        }
    }

    fn field(&self, name: &str, value: &mut Value, originals: &mut Originals) {
        let kind = match value {
            Value::Array(_) => Personal::of_list(name),
            _ => Personal::of_field(name),
        };
        match (kind, &mut *value) {
            (Some(kind), Value::String(text)) => *text = self.ids(kind, text, originals),
            (Some(kind), Value::Array(items)) => {
                for item in items {
                    match item {
                        Value::String(text) => *text = self.ids(kind, text, originals),
                        item => self.fields(item, originals),
                    }
                }
            }
            (Some(Personal::User), Value::Number(number))
                if number.is_u64() && Personal::may_be_number(name) =>
            {
                *value = self.number(&number.to_string(), originals).into();
            }
            _ => self.fields(value, originals),
        }
    }

    /// An id, or several with semicolons between them.
    fn ids(&self, kind: Personal, text: &str, originals: &mut Originals) -> String {
        let mut one = |id: &str| {
            if is_id(id) {
                self.pseudonym(kind, id, originals)
            } else {
                id.to_owned()
            }
        };
        text.split(';').map(&mut one).collect::<Vec<_>>().join(";")
    }

    /// Replaces what texts say of people. Versions look like addresses, and are none. Encoded texts are read as long as
    /// `left` bytes are not used up.
    fn texts(
        &self,
        value: &mut Value,
        ids: Option<&patterns::Ids>,
        originals: &mut Originals,
        left: &mut usize,
    ) {
        match value {
            Value::String(text) => {
                *text = match self.encoded(text, ids, originals, left) {
                    Some(decoded) => decoded,
                    None => self.text(text, ids, originals),
                }
            }
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| self.texts(item, ids, originals, left)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    if !name.to_lowercase().contains("version") {
                        self.texts(value, ids, originals, left);
                    }
                }
            }
            _ => {}
        }
    }

    /// What replaces an encoded text that names people: the text in it. A word that may be one by chance stays.
    fn encoded(
        &self,
        text: &str,
        ids: Option<&patterns::Ids>,
        originals: &mut Originals,
        left: &mut usize,
    ) -> Option<String> {
        if !encoded::may_be_encoded(text) {
            return None;
        }
        let content = encoded::decode(text, *left);
        if !content.encodings.is_empty() {
            *left = left.saturating_sub(content.bytes);
        }
        // What was not read here is not read elsewhere.
        let is_refused = content.text.is_none() && content.kind == "text";
        if is_refused && text.len() > WORD {
            return Some(NOT_SEARCHED.to_owned());
        }
        let plain = content.text.filter(|_| !content.encodings.is_empty())?;
        let redacted = self.text(&plain, ids, originals);
        (redacted != plain).then_some(redacted)
    }

    fn text(&self, text: &str, ids: Option<&patterns::Ids>, originals: &mut Originals) -> String {
        let known = match ids {
            Some(ids) => ids.replace(text),
            None => text.to_owned(),
        };
        patterns::replace(&known, &mut |kind, found| {
            self.pseudonym(kind, found, originals)
        })
    }

    fn pseudonym(&self, kind: Personal, original: &str, originals: &mut Originals) -> String {
        if patterns::is_pseudonym(original) {
            return original.to_owned();
        }
        let kind = kind.as_str();
        let digest = self.vault.name(&format!("pseudonym {kind} {original}"));
        let pseudonym = format!("{kind}-{}", digest.get(..DIGITS).unwrap_or_default());
        originals.insert(pseudonym.clone(), original.to_owned());
        pseudonym
    }

    fn number(&self, original: &str, originals: &mut Originals) -> u64 {
        let digest = self.vault.name(&format!("pseudonym number {original}"));
        let digest = digest.get(..15).unwrap_or_default();
        let number = u64::from_str_radix(digest, 16).unwrap_or(0) % FIRST_NUMBER + FIRST_NUMBER;
        originals.insert(number.to_string(), original.to_owned());
        number
    }

    fn key(&self, pseudonym: &str) -> Key {
        Key {
            kind: Kind::Pseudonym,
            name: self.vault.name(&format!("original of {pseudonym}")),
        }
    }

    fn remember(&self, pseudonym: &str, original: String) {
        let key = self.key(pseudonym);
        if self.store.remembers(&key) {
            return;
        }
        if let Some(sealed) = self.vault.seal(&key.name, original.into_bytes()) {
            self.store.put_in_background(key, sealed, Some(KNOWN));
        }
    }

    async fn original(&self, pseudonym: &str) -> Option<String> {
        let key = self.key(pseudonym);
        let sealed = self.store.get_near(&key).await?;
        String::from_utf8(self.vault.open(&key.name, sealed)?).ok()
    }

    /// A request for what its pseudonyms stand for, as far as the store knows them.
    pub(super) async fn restore(&self, mut request: Request) -> Request {
        self.restore_text(&mut request.path).await;
        for (_, value) in &mut request.query {
            self.restore_text(value).await;
        }
        if let Some(body) = &mut request.body {
            for value in body.values_mut() {
                Box::pin(self.restore_value(value)).await;
            }
        }
        if let Some(fallback) = request.fallback.take() {
            request.fallback = Some(Box::new(Box::pin(self.restore(*fallback)).await));
        }
        request
    }

    async fn restore_value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.restore_text(text).await,
            Value::Number(number) => {
                let is_pseudonym = number
                    .as_u64()
                    .is_some_and(|number| (FIRST_NUMBER..2 * FIRST_NUMBER).contains(&number));
                if is_pseudonym
                    && let Some(original) = self.original(&number.to_string()).await
                    && let Ok(original) = original.parse::<u64>()
                {
                    *value = original.into();
                }
            }
            Value::Array(items) => {
                for item in items {
                    Box::pin(self.restore_value(item)).await;
                }
            }
            Value::Object(fields) => {
                for field in fields.values_mut() {
                    Box::pin(self.restore_value(field)).await;
                }
            }
            _ => {}
        }
    }

    async fn restore_text(&self, text: &mut String) {
        for pseudonym in patterns::pseudonyms(text) {
            if let Some(original) = self.original(&pseudonym).await {
                *text = text.replace(&pseudonym, &original);
            }
        }
    }
}

/// Whether a text names a person or a device: an empty mark does not.
fn is_id(text: &str) -> bool {
    let text = text.trim();
    let empty = ["", "-", "0", "null", "unknown", "none"];
    !empty.iter().any(|mark| text.eq_ignore_ascii_case(mark))
}

#[cfg(test)]
mod tests;
