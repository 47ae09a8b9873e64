//! What a `project` argument comes to.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::*;
use crate::args::ProjectName;
use crate::error::Error;
use crate::request::ProviderId;
use crate::secret::Secret;
use serde_json::json;

fn projects() -> Projects {
    let account = |name: &str, credentials| {
        Arc::new(Account {
            name: name.into(),
            provider: ProviderId::CrashSight,
            base: "http://localhost".to_owned(),
            source: CredentialSource::Simulator,
            credentials,
            zone: TimeZone::UTC,
        })
    };
    let project = |name: &str, alias: &str, default, id: &str, account: &str| Project {
        name: name.to_owned(),
        aliases: vec![alias.to_owned()],
        default,
        crashsight: Some(App {
            account: account.into(),
            id: id.to_owned(),
            platform: Platform::Android,
        }),
        service_apps: Vec::new(),
        has_section: true,
        source: SourceRules::default(),
        tickets: Vec::new(),
    };
    let key = Credentials::CrashSight {
        user_id: "1".to_owned(),
        api_key: Secret::new("k"),
    };
    Projects {
        accounts: vec![
            account("cn", Ok(key)),
            account("sg", Err("set CRASHSIGHT_API_KEY".to_owned())),
        ],
        projects: vec![
            project("starfall-android", "安卓正式服", true, "aaa", "cn"),
            project("moonrise", "moon", false, "bbb", "sg"),
        ],
        restricted: false,
        simulated: false,
    }
}

fn resolve(name: &str) -> Result<CrashSightApp, Error> {
    let name: ProjectName = serde_json::from_value(json!(name)).unwrap();
    projects().crashsight(Some(&name))
}

#[test]
fn a_project_answers_to_its_names() {
    for name in [
        "starfall-android",
        "Starfall-Android",
        "安卓正式服",
        "aaa@android",
        "aaa@1",
    ] {
        assert_eq!(resolve(name).unwrap().label, "starfall-android", "{name}");
    }
    let bare = resolve("zzz@pc").unwrap();
    assert_eq!((bare.label.as_str(), &*bare.account.name), ("zzz@pc", "cn"));
    assert_eq!(
        projects().crashsight(None).unwrap().label,
        "starfall-android"
    );
}

#[test]
fn a_limited_view_is_closed() {
    let view = projects().restrict_to(&["moon".to_owned()]).unwrap();
    let resolve = |name: &str| {
        let name: ProjectName = serde_json::from_value(json!(name)).unwrap();
        view.crashsight(Some(&name)).unwrap_err().to_string()
    };
    for name in ["starfall-android", "aaa@android", "zzz@pc"] {
        let error = resolve(name);
        assert!(
            error.contains("`moonrise`") && !error.contains("安卓"),
            "{error}"
        );
    }
    assert!(projects().restrict_to(&["sun".to_owned()]).is_err());
}

#[test]
fn a_wrong_name_gets_the_closest_match() {
    let error = resolve("starfal-android").unwrap_err().to_string();
    assert!(
        error.contains("did you mean `starfall-android`?"),
        "{error}"
    );
    assert!(
        resolve("aaa@amiga")
            .unwrap_err()
            .to_string()
            .contains("android, ios, pc or")
    );
    assert!(
        resolve("a/../b@pc")
            .unwrap_err()
            .to_string()
            .contains("letters and digits")
    );
}

#[test]
fn an_account_without_a_key_names_the_setting() {
    let error = resolve("moon").unwrap_err();
    assert_eq!(error.kind(), "credentials");
    assert!(error.to_string().contains("CRASHSIGHT_API_KEY"));
}
