//! The token of a login: of this process, of another one, or a new one.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::provider::Login;
use super::store::{Key, Kind};
use super::{Upstream, token_cache};
use crate::error::Error;
use crate::project::Account;
use crate::request::AccessToken;

impl Upstream {
    /// A valid token, cached or new; `rejected` is the one that the service has just turned down.
    pub(super) async fn token(
        &self,
        account: &Account,
        login: &dyn Login,
        rejected: Option<&Arc<AccessToken>>,
    ) -> Result<Arc<AccessToken>, Error> {
        let request = Box::pin(async {
            let now = self.clock.now();
            if let Some(token) = self.shared_token(account, rejected, now).await {
                return Ok(token);
            }
            let mut response = self
                .execute(
                    account,
                    "login",
                    login.request(account, now)?,
                    &Arc::default(),
                )
                .await?;
            let token = login.parse(account, &mut response, now)?;
            self.share_token(account, &token, now).await;
            Ok(token)
        });
        self.tokens
            .token(&account.name, self.clock.now(), rejected, request)
            .await
    }

    fn token_key(&self, account: &Account) -> Key {
        Key {
            kind: Kind::Token,
            name: self.vault(account).name("token"),
        }
    }

    /// A token of another process that holds and is not the rejected one.
    async fn shared_token(
        &self,
        account: &Account,
        rejected: Option<&Arc<AccessToken>>,
        now: Timestamp,
    ) -> Option<AccessToken> {
        if !self.store.is_shared() {
            return None;
        }
        let key = self.token_key(account);
        let sealed = self.store.get_one(&key).await?;
        let token = AccessToken::from_bytes(&self.vault(account).open(&key.name, sealed)?)?;
        let is_rejected = |old: &Arc<AccessToken>| old.value.expose() == token.value.expose();
        let usable = token_cache::holds(&token, now) && !rejected.is_some_and(is_rejected);
        usable.then_some(token)
    }

    async fn share_token(&self, account: &Account, token: &AccessToken, now: Timestamp) {
        let key = self.token_key(account);
        let life = Duration::try_from(token.until.duration_since(now)).unwrap_or_default();
        if let Some(sealed) = self.vault(account).seal(&key.name, token.to_bytes())
            && self.store.is_shared()
        {
            self.store.put(&key, &sealed, Some(life)).await;
        }
    }
}
