//! Accounts and projects of the environment, alone and with a file.

use super::*;

#[test]
fn two_variables_are_enough() {
    let settings = read(&[
        ("CRASHSIGHT_USER_ID", "12453"),
        ("CRASHSIGHT_API_KEY", "k"),
        ("CRASHSIGHT_PROJECT", "d98b9f7eec@android"),
    ])
    .unwrap();
    let target = settings.projects.crashsight(None).unwrap();
    assert_eq!(
        (target.id.as_str(), target.platform),
        ("d98b9f7eec", Platform::Android)
    );
    assert_eq!(target.account.base, "https://crashsight.qq.com");
    assert!(target.is_default);
}

#[test]
fn without_credentials_each_call_names_the_settings() {
    for (pairs, expected) in [
        (&[][..], "set CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY"),
        (
            &[("CRASHSIGHT_USER_ID", "1")][..],
            "CRASHSIGHT_API_KEY is not set",
        ),
        (
            &[("CRASHSIGHT_API_KEY", "k")][..],
            "CRASHSIGHT_USER_ID is not set",
        ),
    ] {
        let failure = read(pairs).unwrap().projects.crashsight(None).unwrap_err();
        assert!(failure.to_string().contains(expected), "{failure}");
        assert!(failure.to_string().contains("--demo"), "{failure}");
    }
}

#[test]
fn errors_of_the_environment_name_the_variable() {
    for (name, value) in [
        ("CRASHSIGHT_ZONE", "Mars"),
        ("CRASHSIGHT_SITE_ZONE", "Mars"),
        ("CRASHSIGHT_SITE", "https://"),
        ("CRASHSIGHT_PROJECT", "a b/c?x=1@android"),
    ] {
        let error = format!("{:#}", read(&[(name, value)]).unwrap_err());
        assert!(error.starts_with(name), "{error}");
    }
}

#[test]
fn an_app_of_the_environment_matches_its_project_of_the_file() {
    let settings = team_with(&[("CRASHSIGHT_PROJECT", "aaaa@pc")]);
    assert_eq!(settings.projects.projects.len(), 2);
    assert_eq!(settings.projects.default_project().unwrap().name, "arcade");
    let settings = team_with(&[("CRASHSIGHT_PROJECT", "d98b9f7eec@android")]);
    assert!(
        settings
            .projects
            .service_app(ProviderId::Agora, None)
            .is_ok()
    );
}

#[test]
fn an_app_of_the_environment_uses_an_account_of_its_service() {
    let settings = team_with(&[("CRASHSIGHT_PROJECT", "bbbb@ios")]);
    let target = settings.projects.crashsight(None).unwrap();
    assert_eq!((&*target.account.name, target.id.as_str()), ("cn", "bbbb"));
}

#[test]
fn a_project_of_the_environment_overrides_the_default_of_the_file() {
    let folder = folder_with(TEAM);
    let path = folder.join("config.toml");
    let settings = Config::read(Some(&path), &|name| match name {
        "CN_KEY" => Some("k".to_owned()),
        "CRASHSIGHT_PROJECT" => Some("arcade".to_owned()),
        _ => None,
    })
    .unwrap();
    assert_eq!(settings.projects.default_project().unwrap().name, "arcade");
    std::fs::remove_dir_all(&folder).unwrap();
    let missing = Config::read(Some(&path), &|_| None).unwrap_err();
    assert!(missing.to_string().contains("cannot read"), "{missing}");
}

#[test]
fn apps_of_the_environment_belong_to_the_project_of_the_environment() {
    let settings = read(&[
        ("CRASHSIGHT_USER_ID", "1"),
        ("CRASHSIGHT_API_KEY", "k"),
        ("CRASHSIGHT_PROJECT", "d98b9f7eec@android"),
        ("AGORA_CUSTOMER_ID", "c"),
        ("AGORA_CUSTOMER_SECRET", "s"),
        ("AGORA_APP_ID", "a"),
        ("AGORA_BASE_URL", "https://api.sd-rtn.com/"),
        ("GETUI_APP_ID", "g"),
        ("GETUI_APP_KEY", "gk"),
        ("GETUI_MASTER_SECRET", "gs"),
        ("GETUI_BASE_URL", "https://restapi.getui.com/v2/g"),
    ])
    .unwrap();
    let calls = settings
        .projects
        .service_app(ProviderId::Agora, None)
        .unwrap();
    assert_eq!(calls.label, "d98b9f7eec@android");
    assert_eq!(calls.account.base, "https://api.sd-rtn.com");
    let pushes = settings
        .projects
        .service_app(ProviderId::Getui, None)
        .unwrap();
    assert_eq!(pushes.account.base, "https://restapi.getui.com");
    assert!(settings.projects.crashsight(None).is_ok());
}

#[test]
fn agora_credentials_do_not_make_a_crashsight_project() {
    let settings = read(&[
        ("AGORA_CUSTOMER_ID", "c"),
        ("AGORA_CUSTOMER_SECRET", "s"),
        ("AGORA_APP_ID", "a"),
    ])
    .unwrap();
    assert!(
        settings
            .projects
            .service_app(ProviderId::Agora, None)
            .is_ok()
    );
    let crashes = settings.projects.crashsight(None).unwrap_err().to_string();
    assert!(crashes.contains("CRASHSIGHT_USER_ID"), "{crashes}");
}

#[test]
fn missing_agora_and_getui_settings_are_named() {
    let failure = |pairs: &[(&str, &str)], provider| {
        let settings = read(pairs).unwrap();
        let failure = settings.projects.service_app(provider, None).unwrap_err();
        (failure.kind(), failure.to_string())
    };
    for (pairs, provider, word, says) in [
        (
            &[("AGORA_CUSTOMER_ID", "c"), ("AGORA_APP_ID", "a")][..],
            ProviderId::Agora,
            "credentials",
            "AGORA_CUSTOMER_SECRET is not set",
        ),
        (
            &[("AGORA_CUSTOMER_ID", "c"), ("AGORA_CUSTOMER_SECRET", "s")],
            ProviderId::Agora,
            "invalid_arguments",
            "set AGORA_APP_ID",
        ),
        (
            &[("GETUI_APP_ID", "g")],
            ProviderId::Getui,
            "credentials",
            "GETUI_APP_KEY and GETUI_MASTER_SECRET are not set",
        ),
        (&[], ProviderId::Getui, "credentials", "no account"),
    ] {
        let (found, text) = failure(pairs, provider);
        assert_eq!(found, word, "{text}");
        assert!(text.contains(says), "{text}");
    }
    assert!(read(&[("AGORA_APP_ID", "a"), ("AGORA_BASE_URL", "agora.example")]).is_err());
}

#[test]
fn every_account_knows_where_its_credentials_came_from() {
    let folder = folder_with("");
    let key = folder.join("key");
    std::fs::write(&key, "k").unwrap();
    let key = key.display().to_string();
    let env = |pairs: &[(&str, &str)], provider| {
        let settings = read(pairs).unwrap();
        settings
            .projects
            .first_account(provider)
            .unwrap()
            .source
            .to_string()
    };
    for (pairs, provider, expected) in [
        (
            &[("CRASHSIGHT_USER_ID", "1"), ("CRASHSIGHT_API_KEY", "k")][..],
            ProviderId::CrashSight,
            "CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY",
        ),
        (
            &[
                ("CRASHSIGHT_USER_ID", "1"),
                ("CRASHSIGHT_API_KEY_FILE", &key),
            ],
            ProviderId::CrashSight,
            "CRASHSIGHT_USER_ID and CRASHSIGHT_API_KEY_FILE",
        ),
        (
            &[
                ("AGORA_CUSTOMER_ID", "c"),
                ("AGORA_CUSTOMER_SECRET_FILE", &key),
            ],
            ProviderId::Agora,
            "AGORA_CUSTOMER_ID and AGORA_CUSTOMER_SECRET_FILE",
        ),
        (
            &[
                ("GETUI_APP_ID", "g"),
                ("GETUI_APP_KEY", "k"),
                ("GETUI_MASTER_SECRET_FILE", &key),
            ],
            ProviderId::Getui,
            "GETUI_APP_ID, GETUI_APP_KEY and GETUI_MASTER_SECRET_FILE",
        ),
    ] {
        assert_eq!(env(pairs, provider), expected);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let parsed = parse(TEAM, &[("CN_KEY", "k")]).unwrap();
    let sources: Vec<_> = parsed
        .accounts
        .iter()
        .map(|account| account.source.to_string())
        .collect();
    assert_eq!(
        sources,
        [
            "user_id and api_key_env of [accounts.cn]",
            "customer_id and customer_secret_env of [accounts.rtc]",
            "app_id, app_key and master_secret_env of [accounts.push]",
        ]
    );
}
