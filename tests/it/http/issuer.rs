//! An OAuth issuer on loopback: its metadata, its keys, and tokens signed with them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) const RESOURCE: &str = "http://localhost/mcp";

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key pair of the issuer.
pub(crate) enum Key {
    Ed(String, Ed25519KeyPair),
    Ec(String, EcdsaKeyPair),
}

impl Key {
    pub(crate) fn ed(id: &str) -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
        Self::Ed(id.to_owned(), pair)
    }

    pub(crate) fn ec(id: &str) -> Self {
        let random = SystemRandom::new();
        let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(curve, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(curve, document.as_ref(), &random).unwrap();
        Self::Ec(id.to_owned(), pair)
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed(..) => "EdDSA",
            Self::Ec(..) => "ES256",
        }
    }

    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Ed(id, _) | Self::Ec(id, _) => id,
        }
    }

    pub(crate) fn public(&self) -> &[u8] {
        match self {
            Self::Ed(_, pair) => pair.public_key().as_ref(),
            Self::Ec(_, pair) => pair.public_key().as_ref(),
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        let public = self.public();
        let mut jwk = match self {
            Self::Ed(..) => json!({"kty": "OKP", "crv": "Ed25519", "x": encode(public)}),
            Self::Ec(..) => {
                let (x, y) = (encode(&public[1..33]), encode(&public[33..]));
                json!({"kty": "EC", "crv": "P-256", "x": x, "y": y})
            }
        };
        jwk["kid"] = self.id().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm().into();
        jwk
    }

    /// A token with this header and these claims.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = match self {
            Self::Ed(_, pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
            Self::Ec(_, pair) => {
                let signed = pair.sign(&SystemRandom::new(), message.as_bytes());
                signed.unwrap().as_ref().to_vec()
            }
        };
        format!("{message}.{}", encode(signature))
    }

    pub(crate) fn header(&self) -> Value {
        json!({"alg": self.algorithm(), "typ": "at+jwt", "kid": self.id()})
    }

    /// A valid token of this issuer with these scopes.
    pub(crate) fn token(&self, issuer: &str, scope: &str) -> String {
        let mut claims = claims(issuer);
        claims["scope"] = scope.into();
        self.sign(&self.header(), &claims)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tokens are valid at the time of the server, which is that of the machine"
)]
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Valid claims without scope.
pub(crate) fn claims(issuer: &str) -> Value {
    json!({
        "iss": issuer, "aud": RESOURCE, "sub": "mei", "iat": now(), "exp": now() + 600, "client_id": "desktop",
    })
}

/// Serves the metadata and these keys, in place of all it served.
pub(crate) async fn publish(server: &MockServer, keys: &[&Key]) {
    server.reset().await;
    let metadata = json!({"issuer": server.uri(), "jwks_uri": format!("{}/keys", server.uri())});
    let at = "/.well-known/openid-configuration";
    respond(server, at, &metadata).await;
    // Keys of other kinds, of no use and malformed are skipped.
    let mut all = vec![
        json!({"kty": "oct", "k": encode("a shared secret"), "kid": "shared"}),
        json!({"kty": "RSA", "kid": "half"}),
        json!({"kty": "EC", "crv": "P-999", "kid": "other"}),
        json!(7),
    ];
    all.extend(keys.iter().map(|key| key.jwk()));
    respond(server, "/keys", &json!({"keys": all})).await;
}

pub(crate) async fn respond(server: &MockServer, at: &str, body: &Value) {
    Mock::given(method("GET"))
        .and(path(at))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

/// How often the keys were fetched since they were published.
pub(crate) async fn fetches(server: &MockServer) -> usize {
    let requests = server.received_requests().await.unwrap();
    let keys = requests
        .iter()
        .filter(|request| request.url.path() == "/keys");
    keys.count()
}
