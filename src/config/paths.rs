//! Where things lie on this machine: the folders that programs agree on, and where settings come from.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Variables, default_path, file_read, process};

/// Systems with customs of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    /// Linux, and what follows its customs.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// The user's folders.
#[derive(Debug, Clone)]
pub struct UserDirs {
    /// Whose customs hold.
    pub os: Os,
    /// The user's folder.
    pub home: PathBuf,
    /// Where command line programs keep settings: `~/.config`, or `%APPDATA%`.
    pub config: PathBuf,
    /// Where desktop programs keep them: the same, but on macOS `~/Library/Application Support`.
    pub applications: PathBuf,
    /// Where the user's own programs lie: `~/.local/bin`, or a folder of ours below `%LOCALAPPDATA%`.
    pub bin: PathBuf,
    /// Codex's folder: `CODEX_HOME`, or `~/.codex`.
    pub codex: PathBuf,
    /// Where Claude Code's `.claude.json` lies: `CLAUDE_CONFIG_DIR`, or the user's folder.
    pub claude: PathBuf,
    /// Where Gemini's `.gemini` lies: `GEMINI_CLI_HOME`, or the user's folder.
    pub gemini: PathBuf,
    /// The folder this program was started in.
    pub here: PathBuf,
    /// Where programs are looked for.
    path: Vec<PathBuf>,
}

impl UserDirs {
    /// The folders of this process's user.
    pub fn of_process() -> anyhow::Result<Self> {
        let os = if cfg!(windows) {
            Os::Windows
        } else if cfg!(target_os = "macos") {
            Os::MacOs
        } else {
            Os::Linux
        };
        let here = std::env::current_dir().context("the current folder is not known")?;
        Self::read(os, here, &process)
    }

    /// The folders that these variables name.
    pub fn read(os: Os, here: PathBuf, variables: Variables<'_>) -> anyhow::Result<Self> {
        let folder = |name: &str| variables(name).map(PathBuf::from);
        let home = match os {
            Os::Windows => folder("USERPROFILE").or_else(|| folder("HOME")),
            Os::Linux | Os::MacOs => folder("HOME"),
        }
        .context("the user's folder is not known: HOME (USERPROFILE on Windows) is not set")?;
        let roaming = || folder("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming"));
        let (config, applications, bin) = match os {
            Os::Linux => {
                let config = folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
                (config.clone(), config, home.join(".local").join("bin"))
            }
            Os::MacOs => (
                home.join(".config"),
                home.join("Library").join("Application Support"),
                home.join(".local").join("bin"),
            ),
            Os::Windows => (
                roaming(),
                roaming(),
                folder("LOCALAPPDATA")
                    .unwrap_or_else(|| home.join("AppData").join("Local"))
                    .join("Programs")
                    .join("crashsight-mcp"),
            ),
        };
        Ok(Self {
            os,
            codex: folder("CODEX_HOME").unwrap_or_else(|| home.join(".codex")),
            claude: folder("CLAUDE_CONFIG_DIR").unwrap_or_else(|| home.clone()),
            gemini: folder("GEMINI_CLI_HOME").unwrap_or_else(|| home.clone()),
            config,
            applications,
            bin,
            here,
            path: variables("PATH")
                .map(|path| std::env::split_paths(&path).collect())
                .unwrap_or_default(),
            home,
        })
    }

    /// The program that a command names: a path, or a name to look up. `None` when there is none.
    pub fn program(&self, command: &str) -> Option<PathBuf> {
        let named = Path::new(command);
        if named.components().count() > 1 {
            let full = self.home_of(command);
            return [full.clone(), full.with_extension("exe")]
                .into_iter()
                .take(if self.os == Os::Windows { 2 } else { 1 })
                .find(|path| starts(path));
        }
        self.path
            .iter()
            .map(|folder| folder.join(self.file_name(command)))
            .find(|path| starts(path))
    }

    /// A program's file name here.
    pub fn file_name(&self, program: &str) -> String {
        match self.os {
            Os::Windows if !program.to_lowercase().ends_with(".exe") => format!("{program}.exe"),
            _ => program.to_owned(),
        }
    }

    fn home_of(&self, path: &str) -> PathBuf {
        match path.strip_prefix("~/") {
            Some(rest) => self.home.join(rest),
            None => self.here.join(path),
        }
    }

    /// A path as people write it, made independent of the folder this program was started in.
    pub fn absolute(&self, path: &str) -> String {
        if path.starts_with("~/") || Path::new(path).is_absolute() {
            path.to_owned()
        } else {
            self.here.join(path).display().to_string()
        }
    }
}

/// Whether this is a file that may be started.
fn starts(path: &Path) -> bool {
    let Ok(about) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    let allowed = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let allowed = true;
    about.is_file() && allowed
}

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct ConfigSources {
    /// The configuration file that is read.
    pub file: Option<PathBuf>,
    /// Where the user's own would be.
    pub own_file: Option<PathBuf>,
    /// The same for a process that lacks what a shell's profile sets.
    plain_file: Option<PathBuf>,
    /// Variables that are set and hold no secret, with their values.
    pub plain: Vec<(&'static str, String)>,
    /// Variables that are set and hold a secret: their names alone.
    pub secret: Vec<&'static str>,
}

/// Variables that say who, where and what.
const PLAIN: &[&str] = &[
    "CRASHSIGHT_USER_ID",
    "CRASHSIGHT_API_KEY_FILE",
    "CRASHSIGHT_SITE",
    "CRASHSIGHT_SITE_ZONE",
    "CRASHSIGHT_PROJECT",
    "CRASHSIGHT_ZONE",
    "AGORA_CUSTOMER_ID",
    "AGORA_CUSTOMER_SECRET_FILE",
    "AGORA_APP_ID",
    "AGORA_BASE_URL",
    "GETUI_APP_ID",
    "GETUI_APP_KEY_FILE",
    "GETUI_MASTER_SECRET_FILE",
    "GETUI_BASE_URL",
];

/// Variables that hold a secret; each has a twin that names a file instead.
const SECRET: &[&str] = &[
    "CRASHSIGHT_API_KEY",
    "AGORA_CUSTOMER_SECRET",
    "GETUI_APP_KEY",
    "GETUI_MASTER_SECRET",
];

impl ConfigSources {
    /// Where this process's settings come from, with this file named on the command line.
    pub fn of_process(config: Option<&Path>) -> Self {
        Self::read(config, &process)
    }

    /// Where settings come from among these variables.
    pub fn read(config: Option<&Path>, variables: Variables<'_>) -> Self {
        Self {
            file: file_read(config, variables),
            own_file: default_path(variables),
            plain_file: default_path(&|name| match name {
                "XDG_CONFIG_HOME" => None,
                _ => variables(name),
            }),
            plain: PLAIN
                .iter()
                .filter_map(|name| Some((*name, variables(name)?)))
                .collect(),
            secret: SECRET
                .iter()
                .copied()
                .filter(|name| variables(name).is_some())
                .collect(),
        }
    }

    /// Whether a variable that holds no secret is set.
    pub fn sets(&self, name: &str) -> bool {
        self.plain.iter().any(|(known, _)| *known == name)
    }

    /// The file, when it is not the one that every process of the user finds.
    pub fn named_file(&self) -> Option<&Path> {
        self.file
            .as_deref()
            .filter(|file| self.plain_file.as_deref() != Some(file))
    }

    /// Where a key file would lie: beside the configuration.
    pub fn key_file(&self, name: &str) -> Option<PathBuf> {
        Some(self.own_file.as_ref()?.with_file_name(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(os: Os, pairs: &[(&str, &str)]) -> UserDirs {
        let variables = |name: &str| {
            pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        };
        UserDirs::read(os, PathBuf::from("/work"), &variables).unwrap()
    }

    #[test]
    fn every_system_has_its_customs() {
        let linux = read(Os::Linux, &[("HOME", "/home/a")]);
        assert_eq!(linux.applications, Path::new("/home/a/.config"));
        assert_eq!(linux.bin, Path::new("/home/a/.local/bin"));
        let moved = [("HOME", "/home/a"), ("XDG_CONFIG_HOME", "/etc/a")];
        assert_eq!(read(Os::Linux, &moved).config, Path::new("/etc/a"));
        assert_eq!(read(Os::MacOs, &moved).config, Path::new("/home/a/.config"));
        let mac = read(Os::MacOs, &[("HOME", "/Users/a")]);
        assert_eq!(
            mac.applications,
            Path::new("/Users/a/Library/Application Support")
        );
        let windows = read(
            Os::Windows,
            &[("USERPROFILE", "C:/Users/a"), ("APPDATA", "C:/Roaming")],
        );
        assert_eq!(windows.applications, Path::new("C:/Roaming"));
        assert_eq!(windows.file_name("crashsight-mcp"), "crashsight-mcp.exe");
    }

    #[test]
    fn without_a_home_there_is_no_place() {
        let error = UserDirs::read(Os::Linux, PathBuf::from("/"), &|_| None).unwrap_err();
        assert!(error.to_string().contains("HOME"), "{error}");
    }

    #[test]
    fn secrets_are_named_and_not_read() {
        let sources = ConfigSources::read(None, &|name| match name {
            "HOME" => Some("/home/a".to_owned()),
            "CRASHSIGHT_API_KEY" => Some("hush".to_owned()),
            "CRASHSIGHT_USER_ID" => Some("7".to_owned()),
            _ => None,
        });
        assert_eq!(sources.secret, ["CRASHSIGHT_API_KEY"]);
        assert_eq!(sources.plain, [("CRASHSIGHT_USER_ID", "7".to_owned())]);
        assert!(!format!("{sources:?}").contains("hush"));
    }
}
