//! Personal data in answers as stable pseudonyms, and pseudonyms in requests as what they stand for.
//!
//! Ids of users and devices are known by their fields, and replaced in every text of the same answer; e-mail addresses,
//! phone numbers and IP addresses are found in texts. A pseudonym is a digest under the credential's own key: the same
//! in every process, and the store knows the way back.

mod patterns;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use self::patterns::{DIGITS, Originals, Personal};
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
            own.texts(&mut data, ids.as_ref(), &mut originals);
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
                before_send,
                retry_after,
            } => Error::Unreachable {
                message: text(&message),
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
                for (name, value) in fields {
                    match (&columns, value) {
                        (Some(columns), Value::Array(rows)) if name == "values" => {
                            self.rows(columns, rows, originals);
                        }
                        (_, value) => self.field(name, value, originals),
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

    fn field(&self, name: &str, value: &mut Value, originals: &mut Originals) {
        match (Personal::of_field(name), &mut *value) {
            (Some(kind), Value::String(text)) if is_id(text) => {
                *text = self.pseudonym(kind, text, originals);
            }
            (Some(Personal::User), Value::Number(number))
                if number.is_u64() && Personal::may_be_number(name) =>
            {
                *value = self.number(&number.to_string(), originals).into();
            }
            _ => self.fields(value, originals),
        }
    }

    /// Replaces what texts say of people. Versions look like addresses, and are none.
    fn texts(&self, value: &mut Value, ids: Option<&patterns::Ids>, originals: &mut Originals) {
        match value {
            Value::String(text) => *text = self.text(text, ids, originals),
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| self.texts(item, ids, originals)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    if !name.to_lowercase().contains("version") {
                        self.texts(value, ids, originals);
                    }
                }
            }
            _ => {}
        }
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
