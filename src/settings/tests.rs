use super::*;
use std::collections::HashMap;

fn read(pairs: &[(&str, &str)]) -> anyhow::Result<Settings> {
    let variables: HashMap<String, String> = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    Settings::read(None, &|name| variables.get(name).cloned())
}

fn parse(text: &str, pairs: &[(&str, &str)]) -> anyhow::Result<file::Parsed> {
    let variables: HashMap<String, String> = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    file::parse(text, Path::new("config.toml"), &|name| {
        variables.get(name).cloned()
    })
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
fn sites_have_names_and_addresses() {
    assert_eq!(
        base(Some("global")).unwrap(),
        "https://crashsight.wetest.net"
    );
    assert_eq!(
        base(Some("https://cs.example/uniform/")).unwrap(),
        "https://cs.example"
    );
    assert!(base(Some("mars")).is_err());
}

#[test]
fn a_team_file_is_read_whole() {
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
fn a_mistake_is_named_with_its_line() {
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
            "no CrashSight account is called `xx`",
        ),
        ("platform = 10", "platform = \"amiga\"", 29, "not `amiga`"),
        (
            "aliases = [\"安卓正式服\", \"android prod\"]",
            "aliases = 3",
            21,
            "invalid type",
        ),
        (
            "[projects.arcade]",
            "[projects.arcade]\ndefault = true",
            28,
            "a second default",
        ),
        ("[accounts.rtc]", "[accounts.rtc", 9, ""),
        (
            "account = \"rtc\"",
            "account = \"cn\"",
            24,
            "projects.starfall-android: no Agora account is called `cn`",
        ),
        (
            "account = \"push\"",
            "account = \"rtc\"",
            25,
            "no Getui account is called `rtc`",
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
fn a_key_that_is_not_there_is_told_at_the_call() {
    let parsed = parse(TEAM, &[]).unwrap();
    let failure = parsed.accounts[0].credentials().unwrap_err().to_string();
    assert!(failure.contains("CN_KEY"), "{failure}");
}

#[test]
fn a_project_of_the_environment_beats_the_files_default() {
    let folder = std::env::temp_dir().join(format!("crashsight-settings-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("config.toml");
    std::fs::write(&path, TEAM).unwrap();
    let settings = Settings::read(Some(&path), &|name| match name {
        "CN_KEY" => Some("k".to_owned()),
        "CRASHSIGHT_PROJECT" => Some("arcade".to_owned()),
        _ => None,
    })
    .unwrap();
    assert_eq!(settings.projects.default_project().unwrap().name, "arcade");
    std::fs::remove_dir_all(&folder).unwrap();
    let missing = Settings::read(Some(&path), &|_| None).unwrap_err();
    assert!(missing.to_string().contains("not readable"), "{missing}");
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
fn companions_of_the_environment_serve_the_project_of_the_environment() {
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
fn companions_alone_leave_crashsight_without_a_project() {
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
fn what_a_companion_lacks_is_named() {
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
