//! The user's folders, by operating system convention.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::environment::{Variables, env_var};

/// Operating systems with their own conventions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Os {
    /// Linux and other Unix systems.
    Linux,
    /// macOS.
    Mac,
    /// Windows.
    Windows,
}

/// The user's folders.
#[derive(Debug, Clone)]
pub(crate) struct UserDirs {
    /// The operating system.
    pub os: Os,
    /// The user's home folder.
    pub home: PathBuf,
    /// Configuration of command line programs: `~/.config`, or `%APPDATA%`.
    pub config: PathBuf,
    /// Configuration of desktop programs: the same, except on macOS `~/Library/Application Support`.
    pub applications: PathBuf,
    /// Files that can be made anew: `~/.cache`, `~/Library/Caches`, or `%LOCALAPPDATA%`.
    pub cache: PathBuf,
    /// The user's executables: `~/.local/bin`, or `%LOCALAPPDATA%\Programs\crashsight-mcp`.
    pub bin: PathBuf,
    /// `CODEX_HOME`, or `~/.codex`.
    pub codex: PathBuf,
    /// The folder of Claude Code's `.claude.json`: `CLAUDE_CONFIG_DIR`, or the home folder.
    pub claude: PathBuf,
    /// The folder of Gemini's `.gemini`: `GEMINI_CLI_HOME`, or the home folder.
    pub gemini: PathBuf,
    /// The working directory.
    pub cwd: PathBuf,
    /// `PATH`, split.
    path: Vec<PathBuf>,
}

impl UserDirs {
    /// The folders of the user who runs this process.
    pub(crate) fn of_process() -> anyhow::Result<Self> {
        let os = if cfg!(windows) {
            Os::Windows
        } else if cfg!(target_os = "macos") {
            Os::Mac
        } else {
            Os::Linux
        };
        let cwd = std::env::current_dir().context("cannot determine the working directory")?;
        Self::read(os, cwd, &env_var)
    }

    /// The folders for these environment variables.
    pub(crate) fn read(os: Os, cwd: PathBuf, variables: Variables<'_>) -> anyhow::Result<Self> {
        let folder = |name: &str| variables(name).map(PathBuf::from);
        let home = match os {
            Os::Windows => folder("USERPROFILE").or_else(|| folder("HOME")),
            Os::Linux | Os::Mac => folder("HOME"),
        }
        .context("cannot determine the home folder: HOME (USERPROFILE on Windows) is not set")?;
        let roaming = || folder("APPDATA").unwrap_or_else(|| home.join("AppData").join("Roaming"));
        let (config, applications, bin) = match os {
            Os::Linux => {
                let config = folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
                (config.clone(), config, home.join(".local").join("bin"))
            }
            Os::Mac => (
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
        let cache = match os {
            Os::Linux => folder("XDG_CACHE_HOME").unwrap_or_else(|| home.join(".cache")),
            Os::Mac => home.join("Library").join("Caches"),
            Os::Windows => {
                folder("LOCALAPPDATA").unwrap_or_else(|| home.join("AppData").join("Local"))
            }
        };
        Ok(Self {
            os,
            cache,
            codex: folder("CODEX_HOME").unwrap_or_else(|| home.join(".codex")),
            claude: folder("CLAUDE_CONFIG_DIR").unwrap_or_else(|| home.clone()),
            gemini: folder("GEMINI_CLI_HOME").unwrap_or_else(|| home.clone()),
            config,
            applications,
            bin,
            cwd,
            path: variables("PATH")
                .map(|path| std::env::split_paths(&path).collect())
                .unwrap_or_default(),
            home,
        })
    }

    /// Finds the executable for a command, which is a path or a name in `PATH`.
    pub(crate) fn program(&self, command: &str) -> Option<PathBuf> {
        let named = Path::new(command);
        if named.components().count() > 1 {
            let full = self.expand(command);
            return [full.clone(), full.with_extension("exe")]
                .into_iter()
                .take(if self.os == Os::Windows { 2 } else { 1 })
                .find(|path| is_executable(path));
        }
        self.path
            .iter()
            .map(|folder| folder.join(self.file_name(command)))
            .find(|path| is_executable(path))
    }

    /// A program's file name on this operating system.
    pub(crate) fn file_name(&self, program: &str) -> String {
        match self.os {
            Os::Windows if !program.to_lowercase().ends_with(".exe") => format!("{program}.exe"),
            _ => program.to_owned(),
        }
    }

    fn expand(&self, path: &str) -> PathBuf {
        match path.strip_prefix("~/") {
            Some(rest) => self.home.join(rest),
            None => self.cwd.join(path),
        }
    }

    /// Makes a path independent of the working directory; `~/` stays.
    pub(crate) fn absolute(&self, path: &str) -> String {
        if path.starts_with("~/") || Path::new(path).is_absolute() {
            path.to_owned()
        } else {
            self.cwd.join(path).display().to_string()
        }
    }
}

/// Whether this is a file with permission to execute it.
fn is_executable(path: &Path) -> bool {
    let Ok(about) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    let allowed = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let allowed = true;
    about.is_file() && allowed
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
    fn folders_follow_the_conventions_of_the_system() {
        let linux = read(Os::Linux, &[("HOME", "/home/a")]);
        assert_eq!(linux.applications, Path::new("/home/a/.config"));
        assert_eq!(linux.bin, Path::new("/home/a/.local/bin"));
        assert_eq!(linux.cache, Path::new("/home/a/.cache"));
        let moved = [("HOME", "/home/a"), ("XDG_CONFIG_HOME", "/etc/a")];
        assert_eq!(read(Os::Linux, &moved).config, Path::new("/etc/a"));
        assert_eq!(read(Os::Mac, &moved).config, Path::new("/home/a/.config"));
        let mac = read(Os::Mac, &[("HOME", "/Users/a")]);
        assert_eq!(mac.cache, Path::new("/Users/a/Library/Caches"));
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
    fn a_missing_home_is_an_error() {
        let error = UserDirs::read(Os::Linux, PathBuf::from("/"), &|_| None).unwrap_err();
        assert!(error.to_string().contains("HOME"), "{error}");
    }
}
