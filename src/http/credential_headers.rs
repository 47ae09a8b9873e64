//! What a request's headers bring: whose credentials sign for it, and which app is meant.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::HeaderMap;
use jiff::tz::TimeZone;

use super::identity::BaseUrls;
use crate::project::{
    Account, App, Credentials, Platform, Project, Projects, ServiceApp, SourceRules, app_id,
};
use crate::request::ProviderId;
use crate::secret::{Secret, sha256_hex};

/// Every header that is read. The digest of an identity is made of all of them, in this order.
pub(super) const HEADERS: &[&str] = &[
    "X-CrashSight-User-Id",
    "X-CrashSight-Api-Key",
    "X-CrashSight-Site",
    "X-CrashSight-Project",
    "X-Agora-Customer-Id",
    "X-Agora-Customer-Secret",
    "X-Agora-App-Id",
    "X-Getui-App-Id",
    "X-Getui-App-Key",
    "X-Getui-Master-Secret",
];

/// The account's name, and the project's where none is named.
const NAME: &str = "caller";

pub(super) struct HeaderCredentials(BTreeMap<&'static str, Secret>);

impl HeaderCredentials {
    /// Reads and checks the headers; an error is told to the client, and quotes none of them.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, String> {
        let mut values = BTreeMap::new();
        for &name in HEADERS {
            let mut all = headers.get_all(name).iter();
            let value = match (all.next(), all.next()) {
                (None, _) => continue,
                (Some(value), None) => value.to_str().ok().filter(|value| value.len() <= 256),
                (Some(_), Some(_)) => return Err(format!("{name} comes twice")),
            };
            let value = value.ok_or_else(|| format!("{name} is at most 256 ASCII characters"))?;
            let value = Secret::new(value);
            if !value.is_empty() {
                values.insert(name, value);
            }
        }
        let brought = Self(values);
        if !matches!(
            brought.get("X-CrashSight-Site"),
            None | Some("cn" | "global")
        ) {
            return Err("X-CrashSight-Site is `cn` or `global`".to_owned());
        }
        if brought.get("X-CrashSight-Project").is_some() && brought.app().is_none() {
            let words = "X-CrashSight-Project is `appId@platform` (android, ios or pc)";
            return Err(words.to_owned());
        }
        // Getui's stands in the paths of its calls.
        for name in ["X-Agora-App-Id", "X-Getui-App-Id"] {
            if brought.get(name).is_some_and(|app| app_id(app).is_err()) {
                return Err(format!("{name} is letters, digits, - and _"));
            }
        }
        Ok(brought)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Secret::expose)
    }

    /// `appId@platform`.
    fn app(&self) -> Option<(String, Platform)> {
        let (app, platform) = self.get("X-CrashSight-Project")?.rsplit_once('@')?;
        Some((app_id(app).ok()?.to_owned(), Platform::parse(platform)?))
    }

    /// Another for each identity. Headers cannot hold a line end, so no two make the same text.
    pub(super) fn digest(&self) -> String {
        let values = HEADERS
            .iter()
            .map(|name| self.get(name).unwrap_or_default());
        sha256_hex(&values.collect::<Vec<_>>().join("\n"))
    }

    /// The values of headers that go together; `Err` says which are missing.
    fn together<const N: usize>(&self, names: [&str; N]) -> Result<[Secret; N], String> {
        let missing: Vec<&str> = names
            .into_iter()
            .filter(|name| self.get(name).is_none())
            .collect();
        if missing.is_empty() {
            return Ok(names.map(|name| Secret::new(self.get(name).unwrap_or_default())));
        }
        Err(format!(
            "this server signs with the caller's own credentials\n\
             hint: the client sends them as headers, and {} is missing",
            missing.join(" and ")
        ))
    }

    fn some(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(name).is_some())
    }

    /// The accounts of this identity, and the one project that its headers name.
    pub(super) fn projects(&self, sites: &BaseUrls) -> Projects {
        let mut project = Project {
            name: NAME.to_owned(),
            aliases: Vec::new(),
            default: true,
            crashsight: None,
            companions: Vec::new(),
            source: SourceRules::default(),
        };
        if let Some((id, platform)) = self.app() {
            project.name = format!("{id}@{}", platform.word());
            project.crashsight = Some(App {
                account: ProviderId::CrashSight.word().into(),
                id,
                platform,
            });
        }
        let mut accounts = vec![Arc::new(self.crashsight(sites))];
        for account in [self.agora(sites), self.getui(sites)].into_iter().flatten() {
            let (account, app) = account;
            project.companions.push(ServiceApp {
                provider: account.provider,
                account: Arc::clone(&account.name),
                app,
            });
            accounts.push(Arc::new(account));
        }
        let named = project.crashsight.is_some() || !project.companions.is_empty();
        Projects {
            accounts,
            projects: named.then_some(project).into_iter().collect(),
            closed: false,
        }
    }

    fn crashsight(&self, sites: &BaseUrls) -> Account {
        let base = match self.get("X-CrashSight-Site") {
            Some("global") => &sites.global,
            _ => &sites.cn,
        };
        let names = ["X-CrashSight-User-Id", "X-CrashSight-Api-Key"];
        let pair = self.together(names);
        let credentials = pair.map(|[user_id, api_key]| Credentials::CrashSight {
            user_id: user_id.expose().to_owned(),
            api_key,
        });
        account(ProviderId::CrashSight, base, &sites.zone, credentials)
    }

    fn agora(&self, sites: &BaseUrls) -> Option<(Account, String)> {
        let names = [
            "X-Agora-Customer-Id",
            "X-Agora-Customer-Secret",
            "X-Agora-App-Id",
        ];
        if !self.some(&names) {
            return None;
        }
        let all = self.together(names);
        let credentials = all.map(|[customer_id, customer_secret, _]| Credentials::Agora {
            customer_id: customer_id.expose().to_owned(),
            customer_secret,
        });
        let app = self.get("X-Agora-App-Id").unwrap_or_default().to_owned();
        let account = account(ProviderId::Agora, &sites.agora, &TimeZone::UTC, credentials);
        Some((account, app))
    }

    fn getui(&self, sites: &BaseUrls) -> Option<(Account, String)> {
        let names = ["X-Getui-App-Id", "X-Getui-App-Key", "X-Getui-Master-Secret"];
        if !self.some(&names) {
            return None;
        }
        let app = self.get("X-Getui-App-Id").unwrap_or_default().to_owned();
        let all = self.together(names);
        let credentials = all.map(|[app_id, app_key, master_secret]| Credentials::Getui {
            app_id: app_id.expose().to_owned(),
            app_key,
            master_secret,
        });
        let account = account(ProviderId::Getui, &sites.getui, &sites.zone, credentials);
        Some((account, app))
    }
}

fn account(
    provider: ProviderId,
    base: &str,
    zone: &TimeZone,
    credentials: Result<Credentials, String>,
) -> Account {
    Account {
        name: provider.word().into(),
        provider,
        base: base.to_owned(),
        credentials,
        zone: zone.clone(),
    }
}
