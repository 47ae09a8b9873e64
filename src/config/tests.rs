use super::*;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

fn read(pairs: &[(&str, &str)]) -> anyhow::Result<Config> {
    let variables: HashMap<String, String> = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Config::read(None, &|name| variables.get(name).cloned())
}

fn parse(text: &str, pairs: &[(&str, &str)]) -> anyhow::Result<file::ConfigFile> {
    let variables: HashMap<String, String> = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    file::parse(text, Path::new("config.toml"), &|name| {
        variables.get(name).cloned()
    })
}

/// A folder of its own with this `config.toml`.
fn folder_with(text: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let own = format!(
        "crashsight-settings-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let folder = std::env::temp_dir().join(own);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
    folder
}

const TEAM: &str = r#"zone = "Asia/Shanghai"

[accounts.cn]
provider = "crashsight"
site = "cn"
user_id = "12453"
api_key_env = "CN_KEY"

[accounts.rtc]
provider = "agora"
customer_id = "c"
customer_secret_env = "RTC_SECRET"

[accounts.push]
provider = "getui"
app_id = "g1"
app_key = "gk"
master_secret_env = "PUSH_SECRET"

[projects.starfall-android]
aliases = ["安卓正式服", "android prod"]
default = true
crashsight = { account = "cn", app = "d98b9f7eec", platform = "android" }
agora = { account = "rtc", app = "a" }
getui = { account = "push" }
source = { own = ["Game/", "com.studio."], strip = ["D:/build/ws/"] }

[projects.arcade]
crashsight = { account = "cn", app = "aaaa", platform = 10 }
"#;

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
        (target.app.as_str(), target.platform),
        ("d98b9f7eec", Platform::Android)
    );
    assert_eq!(target.account.base, "https://crashsight.qq.com");
    assert!(target.default);
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
fn a_team_file_is_parsed() {
    let parsed = parse(TEAM, &[("CN_KEY", "k")]).unwrap();
    assert_eq!(parsed.accounts.len(), 3);
    assert_eq!(parsed.projects[0].name, "starfall-android");
    assert_eq!(parsed.projects[0].source.own, ["Game/", "com.studio."]);
    assert_eq!(
        parsed.projects[1].crashsight.as_ref().unwrap().platform,
        Platform::Pc
    );
    assert_eq!(parsed.zone.as_deref(), Some("Asia/Shanghai"));
}

#[test]
fn errors_give_the_line() {
    let problem = |old: &str, new: &str| {
        parse(&TEAM.replace(old, new), &[("CN_KEY", "k")])
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    for (old, new, line, words) in [
        (
            "zone = \"Asia/Shanghai\"",
            "zone = \"Mars\"",
            1,
            "a zone is an offset",
        ),
        ("user_id =", "userid =", 3, "unknown field `userid`"),
        (
            "site = \"cn\"",
            "site = \"mars\"",
            3,
            "a site is `cn`, `global`",
        ),
        (
            "account = \"cn\", app = \"aaaa\"",
            "account = \"xx\", app = \"aaaa\"",
            29,
            "unknown CrashSight account `xx`",
        ),
        ("platform = 10", "platform = \"amiga\"", 29, "not `amiga`"),
        (
            "aliases = [\"安卓正式服\", \"android prod\"]",
            "aliases = 3",
            21,
            "expected a list, not a number",
        ),
        (
            "[accounts.cn]",
            "[accounts.env]",
            3,
            "reserved for the account of the environment",
        ),
        (
            "[projects.arcade]",
            "[projects.Starfall-Android]",
            28,
            "duplicate project name `Starfall-Android` (also projects.starfall-android)",
        ),
        (
            "[projects.arcade]",
            "[projects.arcade]\naliases = [\"Android Prod \"]",
            28,
            "duplicate project name `Android Prod ` (also projects.starfall-android)",
        ),
        (
            "app = \"aaaa\"",
            "app = \"a b/c?x=1\"",
            29,
            "letters and digits",
        ),
        (
            "[projects.arcade]",
            "[projects.arcade]\ndefault = true",
            28,
            "only one project can be the default",
        ),
        ("[accounts.rtc]", "[accounts.rtc", 9, ""),
        (
            "account = \"rtc\"",
            "account = \"cn\"",
            24,
            "projects.starfall-android: unknown Agora account `cn`",
        ),
        (
            "account = \"push\"",
            "account = \"rtc\"",
            25,
            "unknown Getui account `rtc`",
        ),
        (
            "app = \"a\"",
            "app = \" \"",
            24,
            "the Agora app id is empty",
        ),
        ("app_key =", "appkey =", 14, "unknown field `appkey`"),
        (
            "app_id = \"g1\"",
            "app_id = \"g1\"\nbase_url = \"getui.example\"",
            14,
            "a base URL starts with",
        ),
    ] {
        let problem = problem(old, new);
        assert!(
            problem.contains(&format!("line {line}:")),
            "{new}: {problem}"
        );
        assert!(problem.contains(words), "{new}: {problem}");
    }
}

#[test]
fn no_value_of_the_file_is_in_an_error() {
    for (old, new, words) in [
        (
            "user_id =",
            "api_key = 998877665544\nuser_id =",
            "line 3: expected text, not a number",
        ),
        (
            "[accounts.cn]",
            "accounts.x = \"99887766\"\n[accounts.cn]",
            "expected a table, not text",
        ),
        (
            "user_id = \"12453\"",
            "user_id = 99887766.5",
            "expected text",
        ),
    ] {
        let error = parse(&TEAM.replace(old, new), &[]).map(|_| ()).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains(words), "{error}");
        for hidden in ["998877", "Table", "enum", "Word"] {
            assert!(!error.contains(hidden), "{error}");
        }
    }
}

#[test]
fn ids_of_digits_need_no_quotes() {
    let text = TEAM.replace("user_id = \"12453\"", "user_id = 12453");
    let parsed = parse(&text, &[("CN_KEY", "k")]).unwrap();
    let Credentials::CrashSight { user_id, .. } = parsed.accounts[0].credentials().unwrap() else {
        unreachable!("the account is CrashSight's");
    };
    assert_eq!(user_id, "12453");
}

#[test]
fn a_missing_key_is_reported_by_the_call() {
    let parsed = parse(TEAM, &[]).unwrap();
    let failure = parsed.accounts[0].credentials().unwrap_err().to_string();
    assert!(failure.contains("CN_KEY"), "{failure}");
    for (line, words) in [
        (
            "api_key_file = \"gone.key\"",
            "api_key_file: cannot read the key file: team/gone.key",
        ),
        (
            "api_key_file = \"~/gone.key\"",
            "cannot read the key file: /nowhere/gone.key",
        ),
        ("api_key = \" \"", "accounts.cn.api_key is empty"),
        (
            "api_key_env = \"hush-hush\"",
            "accounts.cn.api_key_env must be the name of an environment variable",
        ),
        (
            "api_key = \"hush\\nhush\"",
            "accounts.cn.api_key has a line break",
        ),
    ] {
        let text = TEAM.replace("api_key_env = \"CN_KEY\"", line);
        let parsed = file::parse(&text, Path::new("team/config.toml"), &|name| {
            (name == "HOME").then(|| "/nowhere".to_owned())
        })
        .unwrap();
        let failure = parsed.accounts[0].credentials().unwrap_err().to_string();
        assert!(
            failure.contains(words) && !failure.contains("hush"),
            "{failure}"
        );
    }
    let settings = read(&[
        ("CRASHSIGHT_USER_ID", "1"),
        ("CRASHSIGHT_API_KEY_FILE", "/nowhere/a.key"),
        ("AGORA_CUSTOMER_ID", "c"),
        ("AGORA_CUSTOMER_SECRET", "s"),
        ("AGORA_APP_ID", "a"),
    ])
    .unwrap();
    let failure = settings.projects.crashsight(None).unwrap_err().to_string();
    assert!(
        failure.contains("CRASHSIGHT_API_KEY_FILE: cannot read the key file: /nowhere/a.key"),
        "{failure}"
    );
    assert!(settings.projects.companion(ProviderId::Agora, None).is_ok());
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

/// The team's settings with Agora's account first, and these variables.
fn team_with(pairs: &[(&str, &str)]) -> Config {
    let (head, rest) = TEAM.split_once("[accounts.cn]").unwrap();
    let (cn, rest) = rest.split_once("[accounts.rtc]").unwrap();
    let (rtc, rest) = rest.split_once("[accounts.push]").unwrap();
    let text = format!("{head}[accounts.rtc]{rtc}[accounts.cn]{cn}[accounts.push]{rest}");
    let folder = folder_with(&text);
    let settings = Config::read(Some(&folder.join("config.toml")), &|name| match name {
        "CN_KEY" | "RTC_SECRET" | "PUSH_SECRET" => Some("k".to_owned()),
        _ => pairs
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned()),
    });
    std::fs::remove_dir_all(&folder).unwrap();
    settings.unwrap()
}

#[test]
fn an_app_of_the_environment_matches_its_project_of_the_file() {
    let settings = team_with(&[("CRASHSIGHT_PROJECT", "aaaa@pc")]);
    assert_eq!(settings.projects.projects.len(), 2);
    assert_eq!(settings.projects.default_project().unwrap().name, "arcade");
    let settings = team_with(&[("CRASHSIGHT_PROJECT", "d98b9f7eec@android")]);
    assert!(settings.projects.companion(ProviderId::Agora, None).is_ok());
}

#[test]
fn an_app_of_the_environment_uses_an_account_of_its_service() {
    let settings = team_with(&[("CRASHSIGHT_PROJECT", "bbbb@ios")]);
    let target = settings.projects.crashsight(None).unwrap();
    assert_eq!((&*target.account.name, target.app.as_str()), ("cn", "bbbb"));
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
fn one_project_reaches_all_three_services() {
    let keys = [("CN_KEY", "k"), ("RTC_SECRET", "r"), ("PUSH_SECRET", "p")];
    let parsed = parse(TEAM, &keys).unwrap();
    let projects = Projects {
        accounts: parsed.accounts,
        projects: parsed.projects,
        closed: false,
    };
    let name: crate::args::ProjectName = serde_json::from_value("安卓正式服".into()).unwrap();
    let calls = projects.companion(ProviderId::Agora, Some(&name)).unwrap();
    assert_eq!(
        (
            calls.label.as_str(),
            calls.app.as_str(),
            &*calls.account.name
        ),
        ("starfall-android", "a", "rtc")
    );
    let pushes = projects.companion(ProviderId::Getui, None).unwrap();
    assert_eq!((pushes.app.as_str(), pushes.default), ("g1", true));
    let arcade = serde_json::from_value("arcade".into()).unwrap();
    let none = projects
        .companion(ProviderId::Getui, Some(&arcade))
        .unwrap_err();
    assert!(none.to_string().contains("[projects.arcade]"), "{none}");
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
        .companion(ProviderId::Agora, None)
        .unwrap();
    assert_eq!(calls.label, "d98b9f7eec@android");
    assert_eq!(calls.account.base, "https://api.sd-rtn.com");
    let pushes = settings
        .projects
        .companion(ProviderId::Getui, None)
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
    assert!(settings.projects.companion(ProviderId::Agora, None).is_ok());
    let crashes = settings.projects.crashsight(None).unwrap_err().to_string();
    assert!(crashes.contains("CRASHSIGHT_USER_ID"), "{crashes}");
}

#[test]
fn missing_agora_and_getui_settings_are_named() {
    let failure = |pairs: &[(&str, &str)], provider| {
        let settings = read(pairs).unwrap();
        let failure = settings.projects.companion(provider, None).unwrap_err();
        (failure.word(), failure.to_string())
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
            "arguments",
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
            .of_provider(provider)
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
