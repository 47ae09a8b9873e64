//! Accounts and projects of `config.toml`, and its errors.

use super::*;

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
    assert!(
        settings
            .projects
            .service_app(ProviderId::Agora, None)
            .is_ok()
    );
}

#[test]
fn one_project_reaches_all_three_services() {
    let keys = [("CN_KEY", "k"), ("RTC_SECRET", "r"), ("PUSH_SECRET", "p")];
    let parsed = parse(TEAM, &keys).unwrap();
    let projects = Projects {
        accounts: parsed.accounts,
        projects: parsed.projects,
        simulated: false,
        restricted: false,
    };
    let name: crate::args::ProjectName = serde_json::from_value("安卓正式服".into()).unwrap();
    let calls = projects
        .service_app(ProviderId::Agora, Some(&name))
        .unwrap();
    assert_eq!(
        (
            calls.label.as_str(),
            calls.id.as_str(),
            &*calls.account.name
        ),
        ("starfall-android", "a", "rtc")
    );
    let pushes = projects.service_app(ProviderId::Getui, None).unwrap();
    assert_eq!((pushes.id.as_str(), pushes.is_default), ("g1", true));
    let arcade = serde_json::from_value("arcade".into()).unwrap();
    let none = projects
        .service_app(ProviderId::Getui, Some(&arcade))
        .unwrap_err();
    assert!(none.to_string().contains("[projects.arcade]"), "{none}");
}

#[test]
fn the_symbol_uploader_is_set_with_the_key_of_an_app() {
    let symbols = "[symbols]\ntool = \"tool.jar\"\n";
    let app = "[symbols.apps.starfall-android]\nsettings_file = \"uploader.txt\"\n";
    let read = |more: &str, pairs: &[(&str, &str)]| {
        let folder = folder_with(&format!("{TEAM}\n{more}"));
        let config = Config::read(Some(&folder.join("config.toml")), &|name| {
            let mut pairs = pairs.iter();
            let found = pairs.find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        std::fs::remove_dir_all(&folder).unwrap();
        config.map(|config| (config.symbol_uploader, folder))
    };
    let (uploader, folder) = read(&format!("{symbols}{app}"), &[]).unwrap();
    let uploader = uploader.unwrap();
    assert_eq!(uploader.tool, folder.join("tool.jar"));
    let app = uploader.app("starfall-android").unwrap();
    assert_eq!(app.settings_file, Some(folder.join("uploader.txt")));
    assert!(read(symbols, &[]).unwrap().0.is_none(), "no key of an app");
    assert!(read("", &[]).unwrap().0.is_none());
    let (uploader, _) = read(symbols, &[("CRASHSIGHT_APP_KEY", "hush-hush-hush")]).unwrap();
    let uploader = uploader.unwrap();
    assert!(!format!("{uploader:?}").contains("hush"));
    let app = uploader.app("starfall-android").unwrap();
    assert!(app.settings_file.is_none() && app.app_key.as_ref().unwrap().is_ok());
    let unknown = format!("{symbols}[symbols.apps.x]\n");
    let problem = read(&unknown, &[]).unwrap_err().to_string();
    assert!(
        problem.contains("symbols.apps.x: no project has this name"),
        "{problem}"
    );
    let problem = read("[symbols]\njar = 1\n", &[]).unwrap_err().to_string();
    assert!(problem.contains("line"), "{problem}");
}

#[test]
fn tickets_are_recognised_as_the_project_says() {
    let read = |tickets: &str| {
        let section = "[projects.arcade]\n";
        let file = TEAM.replace(section, &format!("{section}{tickets}\n"));
        let parsed = parse(&file, &[("CN_KEY", "k")])?;
        let arcade = parsed.projects.iter().find(|one| one.name == "arcade");
        anyhow::Ok(arcade.map(|project| project.tickets.len()))
    };
    let one = "tickets = { pattern = 'STAR-\\d+', url = 'https://t.example/{id}' }";
    assert_eq!(read(one).unwrap(), Some(1));
    let several = "tickets = [{ pattern = 'A-\\d+' }, { pattern = 'B-\\d+' }]";
    assert_eq!(read(several).unwrap(), Some(2));
    assert_eq!(read("").unwrap(), Some(0));
    let refused = read("tickets = { pattern = '(' }").unwrap_err().to_string();
    let problem = "projects.arcade.tickets: `pattern` is no regular expression";
    assert!(refused.contains(problem), "{refused}");
}
