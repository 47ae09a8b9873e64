//! Runs the vendor's symbol uploader: no shell, no key on its command line, and its last output, with every secret that
//! is known taken out.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

use crate::error::Error;

/// A run of the uploader.
#[derive(Debug, Clone)]
pub(crate) struct UploadRun {
    /// The vendor's program.
    pub(crate) tool: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// Its settings file, with the key of the app in it.
    pub(crate) settings_file: PathBuf,
    /// What must not be shown.
    pub(crate) secrets: Vec<String>,
}

/// How the uploader ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// Its last lines, standard output and error in the order in which they arrived.
    pub(crate) lines: Vec<String>,
    /// All its lines.
    pub(crate) line_count: usize,
}

/// Bytes kept of the output, from its end.
const KEPT: usize = 16 << 10;

/// Lines kept of it.
const MOST_LINES: usize = 20;

/// The largest settings file that is searched for secrets.
const SETTINGS: u64 = 64 << 10;

impl UploadRun {
    /// Program and arguments: a `.jar` runs with `java`.
    pub(crate) fn command(&self) -> Vec<String> {
        let tool = self.tool.display().to_string();
        let is_jar = self.tool.extension().is_some_and(|end| end == "jar");
        let mut words = if is_jar {
            vec!["java".to_owned(), "-jar".to_owned(), tool]
        } else {
            vec![tool]
        };
        words.extend(self.arguments.iter().cloned());
        words.extend(["-s".to_owned(), self.settings_file.display().to_string()]);
        words
    }

    /// The command in a line for a reader; a word with anything unusual in it is quoted.
    pub(crate) fn line(&self) -> String {
        let plain = |c: char| c.is_alphanumeric() || "-_./:\\@+=".contains(c);
        let quoted = |word: String| {
            if word.chars().all(plain) {
                word
            } else {
                format!("{word:?}")
            }
        };
        let words: Vec<String> = self.command().into_iter().map(quoted).collect();
        words.join(" ")
    }

    /// Runs it to its end. Dropping the future kills it. `progress` receives the number of lines so far.
    ///
    /// # Errors
    ///
    /// The settings file cannot be read, or the program does not start: then nothing was uploaded.
    pub(crate) async fn run(
        mut self,
        progress: Option<&(dyn Fn(usize) + Send + Sync)>,
    ) -> Result<Ended, Error> {
        let found = secrets_of(&self.settings_file).await?;
        self.secrets.extend(found);
        let words = self.command();
        let (program, arguments) = words
            .split_first()
            .ok_or_else(|| not_started("no program"))?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| not_started(&format!("cannot start `{program}`: {error}")))?;
        let mut output = child.stdout.take();
        let mut errors = child.stderr.take();
        let mut tail = Tail::default();
        while output.is_some() || errors.is_some() {
            let (mut one, mut other) = ([0; 4096], [0; 4096]);
            tokio::select! {
                read = next(&mut output, &mut one) => tail.push(&one[..read]),
                read = next(&mut errors, &mut other) => tail.push(&other[..read]),
            }
            if let Some(progress) = progress {
                progress(tail.newlines);
            }
        }
        let status = child.wait().await;
        let status =
            status.map_err(|error| Error::unreachable(format!("the uploader: {error}")))?;
        let (lines, line_count) = tail.lines(&self.secrets);
        Ok(Ended {
            code: status.code(),
            lines,
            line_count,
        })
    }
}

/// Reads what there is, and forgets a stream that ended. Without a stream this never returns.
async fn next(stream: &mut Option<impl AsyncRead + Unpin>, buffer: &mut [u8]) -> usize {
    let Some(open) = stream else {
        return std::future::pending().await;
    };
    let read = open.read(buffer).await.unwrap_or(0);
    if read == 0 {
        *stream = None;
    }
    read
}

fn not_started(problem: &str) -> Error {
    Error::Misconfigured(format!(
        "the symbol uploader did not run: {problem}\n\
         hint: check `symbols` in the configuration file, or CRASHSIGHT_SYMBOL_TOOL and CRASHSIGHT_SYMBOL_SETTINGS"
    ))
}

/// The end of an output of any length.
#[derive(Default)]
struct Tail {
    bytes: Vec<u8>,
    newlines: usize,
    cut: bool,
}

impl Tail {
    fn push(&mut self, more: &[u8]) {
        self.newlines += more.split(|byte| *byte == b'\n').count() - 1;
        self.bytes.extend_from_slice(more);
        // Cut rarely: a talkative program writes millions of small pieces.
        if self.bytes.len() > 4 * KEPT {
            self.bytes.drain(..self.bytes.len() - KEPT);
            self.cut = true;
        }
    }

    /// The last lines without secrets, and how many there were.
    fn lines(self, secrets: &[String]) -> (Vec<String>, usize) {
        let unfinished = self.bytes.last().is_some_and(|last| *last != b'\n');
        let mut text = String::from_utf8_lossy(&self.bytes).into_owned();
        if self.cut {
            // The first line is a part of one, perhaps of a secret.
            text = text
                .split_once('\n')
                .map_or_else(String::new, |(_, rest)| rest.to_owned());
        }
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret.as_str(), "…");
        }
        let lines: Vec<&str> = text.lines().collect();
        let first = lines.len().saturating_sub(MOST_LINES);
        let lines = lines[first..].iter().map(|line| (*line).to_owned());
        (lines.collect(), self.newlines + usize::from(unfinished))
    }
}

/// Whatever in a settings file may be a key: its format is in no public source, so every long word counts.
async fn secrets_of(file: &Path) -> Result<Vec<String>, Error> {
    let refused = |problem: String| {
        let file = file.display();
        Error::Misconfigured(format!(
            "the symbol uploader's settings file {file}: {problem}"
        ))
    };
    let size = tokio::fs::metadata(file).await;
    let size = size.map_err(|error| refused(error.to_string()))?.len();
    if size > SETTINGS {
        return Err(refused(format!("{size} bytes are no settings")));
    }
    let bytes = tokio::fs::read(file).await;
    let bytes = bytes.map_err(|error| refused(error.to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    let part_of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let words = text.split(|c: char| !part_of_key(c));
    let is_key = |word: &&str| word.len() >= 12 && word.bytes().any(|b| b.is_ascii_digit());
    Ok(words.filter(is_key).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_endless_output_is_kept_without_secrets() {
        let mut tail = Tail::default();
        for number in 0..100_000 {
            tail.push(format!("line {number} hunter2-hunter2\n").as_bytes());
        }
        tail.push(b"last");
        assert!(tail.bytes.len() <= 4 * KEPT);
        let (lines, count) = tail.lines(&["hunter2-hunter2".to_owned()]);
        assert_eq!(count, 100_001);
        assert_eq!(lines.len(), MOST_LINES);
        assert_eq!(lines[MOST_LINES - 1], "last");
        assert_eq!(lines[MOST_LINES - 2], "line 99999 …");
    }

    #[test]
    fn a_jar_runs_with_java() {
        let run = |tool: &str| UploadRun {
            tool: tool.into(),
            arguments: vec!["-u".to_owned()],
            settings_file: "s".into(),
            secrets: Vec::new(),
        };
        assert_eq!(
            run("a.jar").command(),
            ["java", "-jar", "a.jar", "-u", "-s", "s"]
        );
        assert_eq!(run("./a").command(), ["./a", "-u", "-s", "s"]);
        assert_eq!(run("./a b").line(), "\"./a b\" -u -s s");
    }
}
