//! Where the server is: `redis://` or `rediss://`, with a password that is never part of the address.

use anyhow::{Context as _, bail};

use ::redis::{Client, ConnectionInfo, IntoConnectionInfo as _};

use crate::secret::Secret;

/// A server and what it takes to enter.
pub(crate) struct Target {
    info: ConnectionInfo,
    shown: String,
}

impl Target {
    /// Reads `redis://[user@]host[:port][/number]` or `rediss://…`. The password comes from elsewhere: an address is
    /// seen in process lists and in the settings of clients.
    pub(crate) fn read(address: &str, password: Option<&Secret>) -> anyhow::Result<Self> {
        let expected = "expected redis://HOST:PORT/NUMBER, or rediss:// for TLS";
        let info = address.into_connection_info();
        // The error may repeat a password.
        let info = info.ok().context(expected)?;
        let settings = info.redis_settings().clone();
        if settings.password().is_some() {
            bail!(
                "the password is not part of the address: --store-password-file names a file with it"
            );
        }
        let shown = match address.split_once('?') {
            Some((address, _)) => address.to_owned(),
            None => address.to_owned(),
        };
        let info = match password {
            Some(password) => info.set_redis_settings(settings.set_password(password.expose())),
            None => info,
        };
        Ok(Self { info, shown })
    }

    /// The address, which holds no secret.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// A client that has not connected yet.
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        // A second installation is an error that changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::open(self.info.clone()).context("the address of Redis")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_address_is_refused_and_not_repeated() {
        for address in [
            "redis://:hunter2@localhost",
            "rediss://a:hunter2@b:1/2",
            "hunter2",
        ] {
            let problem = Target::read(address, None)
                .err()
                .map(|error| format!("{error:#}"));
            assert!(!problem.unwrap().contains("hunter2"), "{address}");
        }
        let target = Target::read("redis://team@localhost:6380/3", None).unwrap();
        assert_eq!(target.shown(), "redis://team@localhost:6380/3");
        assert!(Target::read("rediss://cache.example:6390", None).is_ok());
    }
}
