//! Tokens of services that trade a signature for one: kept for their life, renewed before it ends, asked
//! for once however many calls wait. Nothing here prints one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex as TokenSlot;
use tokio::time::Instant;

use crate::error::Error;
use crate::request::AccessToken;

/// A token is renewed when this is left of it, or a tenth of its life where that is less.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// What the last login of an account arrived to, and when.
type LoginResult = Option<(Instant, Result<Arc<AccessToken>, Error>)>;

/// The tokens of all accounts.
#[derive(Debug, Default)]
pub(super) struct TokenCache {
    accounts: Mutex<HashMap<Arc<str>, Arc<TokenSlot<LoginResult>>>>,
}

impl TokenCache {
    /// A token that holds at `now` and is not `rejected`; `login` is run when there is none. Those who
    /// arrived while a login was under way share what it arrived to, a failure too.
    pub(super) async fn token(
        &self,
        account: &Arc<str>,
        now: Timestamp,
        rejected: Option<&Arc<AccessToken>>,
        login: impl Future<Output = Result<AccessToken, Error>>,
    ) -> Result<Arc<AccessToken>, Error> {
        let arrived = Instant::now();
        let slot = {
            let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(accounts.entry(Arc::clone(account)).or_default())
        };
        let mut outcome = slot.lock().await;
        match &*outcome {
            Some((_, Ok(token)))
                if holds(token, now) && rejected.is_none_or(|old| !Arc::ptr_eq(old, token)) =>
            {
                return Ok(Arc::clone(token));
            }
            Some((at, Err(failure))) if *at > arrived => return Err(failure.clone()),
            _ => {}
        }
        let token = login.await.map(Arc::new);
        *outcome = Some((Instant::now(), token.clone()));
        token
    }
}

/// Whether a token can be used now, and for a while.
pub(super) fn holds(token: &AccessToken, now: Timestamp) -> bool {
    let life = token.until.duration_since(token.since);
    now.checked_add(MARGIN.min(life / 10))
        .is_ok_and(|soon| soon < token.until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + seconds).unwrap()
    }

    struct Peer {
        sessions: TokenCache,
        logins: AtomicUsize,
        life: i64,
    }

    impl Peer {
        fn new(life: i64) -> Self {
            Self {
                sessions: TokenCache::default(),
                logins: AtomicUsize::new(0),
                life,
            }
        }

        async fn token(
            &self,
            seconds: i64,
            rejected: Option<&Arc<AccessToken>>,
        ) -> Arc<AccessToken> {
            let login = async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                let number = self.logins.fetch_add(1, Ordering::SeqCst);
                Ok(AccessToken {
                    value: Secret::new(&format!("t{number}")),
                    since: at(seconds),
                    until: at(seconds + self.life),
                })
            };
            let account = "gt".into();
            self.sessions
                .token(&account, at(seconds), rejected, login)
                .await
                .unwrap()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_share_one_login() {
        let peer = Peer::new(86_400);
        tokio::join!(
            peer.token(0, None),
            peer.token(0, None),
            peer.token(0, None)
        );
        assert_eq!(peer.logins.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_before_it_ends() {
        let peer = Peer::new(86_400);
        peer.token(0, None).await;
        assert_eq!(peer.token(85_700, None).await.value.expose(), "t0");
        assert_eq!(peer.token(85_900, None).await.value.expose(), "t1");
        let brief = Peer::new(60);
        brief.token(0, None).await;
        assert_eq!(brief.token(50, None).await.value.expose(), "t0");
        assert_eq!(brief.token(55, None).await.value.expose(), "t1");
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_renewed_once_for_all() {
        let peer = Peer::new(86_400);
        let old = peer.token(0, None).await;
        let (a, b) = tokio::join!(peer.token(1, Some(&old)), peer.token(1, Some(&old)));
        assert_eq!((a.value.expose(), b.value.expose()), ("t1", "t1"));
        assert_eq!(peer.logins.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn those_who_wait_share_a_failed_login_and_the_next_tries_again() {
        let sessions = TokenCache::default();
        let tries = AtomicUsize::new(0);
        let account: Arc<str> = "gt".into();
        let ask = || {
            sessions.token(&account, at(0), None, async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                tries.fetch_add(1, Ordering::SeqCst);
                Err(Error::unreachable("down"))
            })
        };
        let (a, b) = tokio::join!(ask(), ask());
        assert!(a.is_err() && b.is_err());
        assert_eq!(tries.load(Ordering::SeqCst), 1);
        assert!(ask().await.is_err());
        assert_eq!(tries.load(Ordering::SeqCst), 2);
    }
}
