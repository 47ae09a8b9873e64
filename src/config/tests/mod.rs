//! Tests of the configuration, by source.

mod environment;
mod toml_file;

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
