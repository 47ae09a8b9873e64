//! Credentials and app ids from the headers of a request.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::HeaderMap;
use jiff::tz::TimeZone;

use crate::project::{
    Account, App, CredentialSource, Credentials, Platform, Project, Projects, ServiceApp,
    SourceRules, app_id,
};
use crate::request::ProviderId;
use crate::secret::{Secret, sha256_hex};

/// All headers that are read. The digest of an identity is computed over them in this order.
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

/// The name of the project when `X-CrashSight-Project` is not set.
const NAME: &str = "caller";

/// Base URLs for requests that are signed with credentials from headers. A header never sets a URL, because the
/// server would send the credentials to it.
#[derive(Debug, Clone)]
pub struct BaseUrls {
    /// CrashSight `cn`, the default of `X-CrashSight-Site`.
    pub cn: String,
    /// CrashSight `global`.
    pub global: String,
    /// The zone in which CrashSight and Getui count days.
    pub zone: TimeZone,
    /// Agora.
    pub agora: String,
    /// Getui.
    pub getui: String,
}

/// The values of the headers that are set.
pub(super) struct HeaderCredentials(BTreeMap<&'static str, Secret>);

impl HeaderCredentials {
    /// Reads and validates the headers. Errors go to the client and contain no value.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, String> {
        let mut values = BTreeMap::new();
        for &name in HEADERS {
            let mut all = headers.get_all(name).iter();
            let value = match (all.next(), all.next()) {
                (None, _) => continue,
                (Some(value), None) => value.to_str().ok().filter(|value| value.len() <= 256),
                (Some(_), Some(_)) => return Err(format!("{name} is sent twice")),
            };
            let value =
                value.ok_or_else(|| format!("{name} must be at most 256 ASCII characters"))?;
            let value = Secret::new(value);
            if !value.is_empty() {
                values.insert(name, value);
            }
        }
        let credentials = Self(values);
        if !matches!(
            credentials.get("X-CrashSight-Site"),
            None | Some("cn" | "global")
        ) {
            return Err("X-CrashSight-Site must be `cn` or `global`".to_owned());
        }
        if credentials.get("X-CrashSight-Project").is_some() && credentials.app().is_none() {
            let words = "X-CrashSight-Project must be `appId@platform` (android, ios or pc)";
            return Err(words.to_owned());
        }
        // Getui's app id becomes a part of URL paths.
        for name in ["X-Agora-App-Id", "X-Getui-App-Id"] {
            if credentials
                .get(name)
                .is_some_and(|app| app_id(app).is_err())
            {
                return Err(format!("{name} must have only letters, digits, - and _"));
            }
        }
        Ok(credentials)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Secret::expose)
    }

    /// `appId@platform`.
    fn app(&self) -> Option<(String, Platform)> {
        let (app, platform) = self.get("X-CrashSight-Project")?.rsplit_once('@')?;
        Some((app_id(app).ok()?.to_owned(), Platform::parse(platform)?))
    }

    /// A digest that differs between identities. Header values have no line breaks, so joining them is unambiguous.
    pub(super) fn digest(&self) -> String {
        let values = HEADERS
            .iter()
            .map(|name| self.get(name).unwrap_or_default());
        sha256_hex(&values.collect::<Vec<_>>().join("\n"))
    }

    /// The values of headers that are required together; `Err` names the missing ones.
    fn require_all<const N: usize>(&self, names: [&str; N]) -> Result<[Secret; N], String> {
        let missing: Vec<&str> = names
            .into_iter()
            .filter(|name| self.get(name).is_none())
            .collect();
        if missing.is_empty() {
            return Ok(names.map(|name| Secret::new(self.get(name).unwrap_or_default())));
        }
        Err(format!(
            "this server signs with credentials from request headers\n\
             hint: send {}",
            missing.join(" and ")
        ))
    }

    fn any_present(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(name).is_some())
    }

    /// The accounts of this identity, and its project if an app is named.
    pub(super) fn projects(&self, base_urls: &BaseUrls) -> Projects {
        let mut project = Project {
            has_section: false,
            name: NAME.to_owned(),
            aliases: Vec::new(),
            default: true,
            crashsight: None,
            service_apps: Vec::new(),
            source: SourceRules::default(),
            tickets: Vec::new(),
        };
        if let Some((id, platform)) = self.app() {
            project.name = format!("{id}@{}", platform.as_str());
            project.crashsight = Some(App {
                account: ProviderId::CrashSight.as_str().into(),
                id,
                platform,
            });
        }
        let mut accounts = vec![Arc::new(self.crashsight(base_urls))];
        for account in [self.agora(base_urls), self.getui(base_urls)]
            .into_iter()
            .flatten()
        {
            let (account, app) = account;
            project.service_apps.push(ServiceApp {
                provider: account.provider,
                account: Arc::clone(&account.name),
                app,
            });
            accounts.push(Arc::new(account));
        }
        let named = project.crashsight.is_some() || !project.service_apps.is_empty();
        Projects {
            accounts,
            projects: named.then_some(project).into_iter().collect(),
            simulated: false,
            restricted: false,
        }
    }

    fn crashsight(&self, base_urls: &BaseUrls) -> Account {
        let base = match self.get("X-CrashSight-Site") {
            Some("global") => &base_urls.global,
            _ => &base_urls.cn,
        };
        let names = ["X-CrashSight-User-Id", "X-CrashSight-Api-Key"];
        let pair = self.require_all(names);
        let credentials = pair.map(|[user_id, api_key]| Credentials::CrashSight {
            user_id: user_id.expose().to_owned(),
            api_key,
        });
        account(
            ProviderId::CrashSight,
            base,
            &base_urls.zone,
            &names,
            credentials,
        )
    }

    fn agora(&self, base_urls: &BaseUrls) -> Option<(Account, String)> {
        let names = [
            "X-Agora-Customer-Id",
            "X-Agora-Customer-Secret",
            "X-Agora-App-Id",
        ];
        if !self.any_present(&names) {
            return None;
        }
        let all = self.require_all(names);
        let credentials = all.map(|[customer_id, customer_secret, _]| Credentials::Agora {
            customer_id: customer_id.expose().to_owned(),
            customer_secret,
        });
        let app = self.get("X-Agora-App-Id").unwrap_or_default().to_owned();
        let account = account(
            ProviderId::Agora,
            &base_urls.agora,
            &TimeZone::UTC,
            &names[..2],
            credentials,
        );
        Some((account, app))
    }

    fn getui(&self, base_urls: &BaseUrls) -> Option<(Account, String)> {
        let names = ["X-Getui-App-Id", "X-Getui-App-Key", "X-Getui-Master-Secret"];
        if !self.any_present(&names) {
            return None;
        }
        let app = self.get("X-Getui-App-Id").unwrap_or_default().to_owned();
        let all = self.require_all(names);
        let credentials = all.map(|[app_id, app_key, master_secret]| Credentials::Getui {
            app_id: app_id.expose().to_owned(),
            app_key,
            master_secret,
        });
        let account = account(
            ProviderId::Getui,
            &base_urls.getui,
            &base_urls.zone,
            &names,
            credentials,
        );
        Some((account, app))
    }
}

fn account(
    provider: ProviderId,
    base: &str,
    zone: &TimeZone,
    headers: &[&str],
    credentials: Result<Credentials, String>,
) -> Account {
    Account {
        name: provider.as_str().into(),
        provider,
        base: base.to_owned(),
        source: CredentialSource::headers(headers),
        credentials,
        zone: zone.clone(),
    }
}
