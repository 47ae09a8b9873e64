//! The demo accounts: what a client signs in with at each service. All values are made up.

/// The CrashSight user id that the simulator accepts.
pub const USER_ID: &str = "10001";
/// The OpenAPI key of [`USER_ID`].
pub const API_KEY: &str = "00000000-demo-demo-demo-000000000000";

/// The Agora customer id that the simulator accepts.
pub const AGORA_CUSTOMER_ID: &str = "demo-customer";
/// The secret of [`AGORA_CUSTOMER_ID`].
pub const AGORA_CUSTOMER_SECRET: &str = "demo-customer-secret";
/// The game's app at Agora; its calls join players of all platforms.
pub const AGORA_APP: &str = "57a2fa11c0de4c0a8f3b5d7e9a1c2b4d";

/// The game's app at Getui, for phones of both systems.
pub const GETUI_APP_ID: &str = "demoStarfallGt01";
/// The key of [`GETUI_APP_ID`].
pub const GETUI_APP_KEY: &str = "demo-getui-app-key";
/// The master secret of [`GETUI_APP_ID`].
pub const GETUI_MASTER_SECRET: &str = "demo-getui-master-secret";

/// A service that the simulator stands in for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Tencent CrashSight, under `/uniform/openapi/`.
    CrashSight,
    /// Agora Analytics, under `/beta/`.
    Agora,
    /// Getui, under `/v2/`.
    Getui,
}

impl Service {
    /// Lower-case name: `crashsight`, `agora` or `getui`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CrashSight => "crashsight",
            Self::Agora => "agora",
            Self::Getui => "getui",
        }
    }
}

/// What signs the requests to one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    /// `userSecret` in the query: HMAC-SHA256 under the key.
    CrashSight {
        /// `localUserId`.
        user_id: &'static str,
        /// `userOpenapiKey`.
        api_key: &'static str,
    },
    /// HTTP Basic.
    Agora {
        /// The user name.
        customer_id: &'static str,
        /// The password.
        customer_secret: &'static str,
    },
    /// A login that returns a token.
    Getui {
        /// Part of every path.
        app_id: &'static str,
        /// Part of the login.
        app_key: &'static str,
        /// Signs the login.
        master_secret: &'static str,
    },
}

/// An account at one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoAccount {
    /// A name for a configuration.
    pub name: &'static str,
    /// What signs its requests.
    pub credentials: Credentials,
    /// Hours by which the service's days are ahead of UTC.
    pub utc_offset_hours: i8,
}

impl DemoAccount {
    /// The service of this account.
    pub const fn service(&self) -> Service {
        match self.credentials {
            Credentials::CrashSight { .. } => Service::CrashSight,
            Credentials::Agora { .. } => Service::Agora,
            Credentials::Getui { .. } => Service::Getui,
        }
    }
}

/// One account for each service.
pub const ACCOUNTS: [DemoAccount; 3] = [
    DemoAccount {
        name: "demo",
        credentials: Credentials::CrashSight {
            user_id: USER_ID,
            api_key: API_KEY,
        },
        utc_offset_hours: 8,
    },
    DemoAccount {
        name: "demo-calls",
        credentials: Credentials::Agora {
            customer_id: AGORA_CUSTOMER_ID,
            customer_secret: AGORA_CUSTOMER_SECRET,
        },
        utc_offset_hours: 0,
    },
    DemoAccount {
        name: "demo-push",
        credentials: Credentials::Getui {
            app_id: GETUI_APP_ID,
            app_key: GETUI_APP_KEY,
            master_secret: GETUI_MASTER_SECRET,
        },
        utc_offset_hours: 8,
    },
];
