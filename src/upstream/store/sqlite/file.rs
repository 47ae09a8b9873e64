//! The file: made private, opened, checked, moved aside when it is broken, kept below its size.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::queries;
use crate::upstream::store::Unavailable;

/// The schema's version. A file of another version is moved aside.
const VERSION: i64 = 1;

const SCHEMA: &str = include_str!("schema.sql");

/// How long SQLite waits for another process: four on one file need 8 ms, seldom 100.
const BUSY: Duration = Duration::from_millis(250);

/// How long a process waits for one that opens or replaces the file.
const ALONE: Duration = Duration::from_millis(750);

/// The pause between two looks at whether it still does.
const PAUSE: Duration = Duration::from_millis(10);

/// How often a file that another process holds is tried before it is moved aside.
const TRIES: u32 = 3;

/// A SQLite file, opened when it is needed.
pub(super) struct File {
    path: PathBuf,
    max_bytes: u64,
    open: Option<Open>,
}

struct Open {
    db: Connection,
    /// The device and number of the file: another file may be at its path by now.
    identity: Option<(u64, u64)>,
}

impl File {
    pub(super) fn new(path: PathBuf, max_bytes: u64) -> Self {
        Self {
            path,
            max_bytes,
            open: None,
        }
    }

    /// Reads.
    pub(super) fn read<T>(
        &mut self,
        work: impl Fn(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Unavailable> {
        self.attempt(|db| work(db))
    }

    /// Writes in one transaction.
    pub(super) fn write<T>(
        &mut self,
        work: impl Fn(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Unavailable> {
        self.attempt(|db| {
            let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = work(&tx)?;
            tx.commit()?;
            Ok(answer)
        })
    }

    /// Runs work, once more on a new file where the old one is broken.
    fn attempt<T>(
        &mut self,
        work: impl Fn(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Unavailable> {
        let first = work(self.connection()?);
        match first {
            Err(error) if is_broken(&error) => {
                self.move_aside(&error.to_string());
                work(self.connection()?).map_err(|error| unavailable(&error))
            }
            other => other.map_err(|error| unavailable(&error)),
        }
    }

    fn connection(&mut self) -> Result<&mut Connection, Unavailable> {
        let replaced = self
            .open
            .as_ref()
            .is_some_and(|open| open.identity != identity(&self.path));
        if replaced {
            self.abandon();
        }
        if self.open.is_none() {
            let db = self.open_or_replace()?;
            self.open = Some(Open {
                db,
                identity: identity(&self.path),
            });
        }
        match &mut self.open {
            Some(open) => Ok(&mut open.db),
            None => Err(Unavailable("it is not open".to_owned())),
        }
    }

    /// Forgets a file that was deleted, truncated or moved. Closing it would remove the log at its path, which by now
    /// may be another file's.
    fn abandon(&mut self) {
        if let Some(open) = self.open.take() {
            std::mem::forget(open.db);
        }
    }

    fn open_or_replace(&mut self) -> Result<Connection, Unavailable> {
        let alone = Alone::wait(&self.path);
        if !alone.may_replace && is_empty(&self.path) {
            return Err(Unavailable("another process is making it".to_owned()));
        }
        prepare(&self.path).map_err(Unavailable)?;
        match open(&self.path) {
            Err(error) if alone.may_replace && (is_broken(&error) || is_busy(&error)) => {
                self.move_aside(&error.to_string());
                prepare(&self.path).map_err(Unavailable)?;
                open(&self.path).map_err(|error| unavailable(&error))
            }
            other => other.map_err(|error| unavailable(&error)),
        }
    }

    /// Another process may have done so already: then there is nothing to move.
    fn move_aside(&mut self, reason: &str) {
        let moved_already = self
            .open
            .as_ref()
            .is_some_and(|open| open.identity != identity(&self.path));
        self.abandon();
        if moved_already {
            return;
        }
        let aside = beside(&self.path, ".broken");
        tracing::warn!(
            file = %self.path.display(),
            moved_to = %aside.display(),
            reason,
            "the store's file cannot be used; it is moved aside and a new one is begun"
        );
        let _ = std::fs::rename(&self.path, &aside);
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(&self.path, suffix));
        }
    }

    /// The bytes of the file and its log.
    pub(super) fn bytes(&self) -> Option<u64> {
        let size = |path: &Path| path.metadata().map(|about| about.len()).ok();
        Some(size(&self.path)? + size(&beside(&self.path, "-wal")).unwrap_or(0))
    }

    /// Evicts values so that so many more bytes keep the file below its size.
    pub(super) fn make_space(&mut self, more: usize) -> Result<(), Unavailable> {
        let number = |db: &mut Connection, name: &str| -> rusqlite::Result<u64> {
            let value: i64 = db.pragma_query_value(None, name, |row| row.get(0))?;
            Ok(u64::try_from(value).unwrap_or(0))
        };
        let max_bytes = self.max_bytes;
        // A value may need more than its bytes, and one round removes only what has expired.
        for _ in 0..4 {
            let used = self.attempt(|db| {
                let pages = number(db, "page_count")?.saturating_sub(number(db, "freelist_count")?);
                Ok(pages * number(db, "page_size")?)
            })?;
            let needed = (used + more as u64).saturating_sub(max_bytes);
            if needed == 0 {
                return Ok(());
            }
            // A twentieth more, so that not every value evicts another.
            let target = needed + max_bytes / 20;
            if !self.write(|tx| queries::evict(tx, target))? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Limits the pages, as a full disk would.
    #[cfg(test)]
    pub(super) fn limit_pages(&mut self, pragma: &str) -> Result<(), Unavailable> {
        self.attempt(|db| db.query_row(pragma, [], |_| Ok(())))
    }

    /// Gives free pages back to the disk.
    pub(super) fn shrink(&mut self) {
        let _ = self.attempt(|db| {
            db.execute_batch("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")
        });
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let about = path.metadata().ok().filter(|about| about.len() > 0)?;
    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<(u64, u64)> {
    path.exists().then_some((0, 0))
}

/// Makes the folder and an empty file that only the user may read. SQLite gives its other files the same mode.
fn prepare(path: &Path) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let problem = |what: &str, at: &Path, error: std::io::Error| {
        format!("cannot {what} {}: {error}", at.display())
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| problem("create", folder, error))?;
    if let Some(name) = without_shared_memory(folder) {
        return Err(format!(
            "{} is on {name}, where processes cannot share a file safely",
            folder.display()
        ));
    }
    if is_empty(path) {
        // What is left of another file would be read as this one's, and one that was truncated is still locked by those
        // who have it open.
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(beside(path, suffix));
        }
    }
    // A file that exists is not opened here: closing it would drop the locks of this process.
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        other => drop(other.map_err(|error| problem("write", path, error))?),
    }
    make_private(path).map_err(|error| problem("protect", path, error))
}

/// Whether there is no file, or none with anything in it.
fn is_empty(path: &Path) -> bool {
    path.metadata().map_or(true, |about| about.len() == 0)
}

#[cfg(unix)]
fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = path.metadata()?.permissions().mode();
    // No right of others.
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o700))
}

#[cfg(not(unix))]
fn make_private(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Only one process at a time opens, replaces or moves the file.
struct Alone {
    /// Whether no other process is at it. Two that make the file at the same time would each have their own.
    may_replace: bool,
    #[cfg(unix)]
    _lock: Option<std::fs::File>,
}

impl Alone {
    /// Waits for the others, at most for a moment: one that hangs holds up no other.
    fn wait(path: &Path) -> Self {
        #[cfg(unix)]
        {
            use rustix::fs::{FlockOperation, flock};
            let mut options = std::fs::OpenOptions::new();
            options.create(true).truncate(false).write(true);
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let lock = options.open(beside(path, ".lock")).ok();
            let until = Instant::now() + ALONE;
            // A folder or file system without locks has no other process that holds one.
            let is_held_elsewhere = |lock: &std::fs::File| {
                flock(lock, FlockOperation::NonBlockingLockExclusive)
                    == Err(rustix::io::Errno::WOULDBLOCK)
            };
            let mut may_replace = true;
            while lock.as_ref().is_some_and(is_held_elsewhere) {
                may_replace = Instant::now() < until;
                if !may_replace {
                    break;
                }
                std::thread::sleep(PAUSE);
            }
            Self {
                may_replace,
                _lock: lock,
            }
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            Self { may_replace: true }
        }
    }
}

/// The file system of a folder, where it is one that offers no memory shared between machines.
fn without_shared_memory(folder: &Path) -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    {
        const REMOTE: &[(i64, &str)] = &[
            (0x6969, "NFS"),
            (0xff53_4d42, "CIFS"),
            (0xfe53_4d42, "SMB"),
            (0x517b, "SMB"),
            (0x0102_1997, "9p"),
            (0x6573_5546, "FUSE"),
            (0x7375_7245, "Coda"),
            (0x5346_414f, "AFS"),
        ];
        let kind = rustix::fs::statfs(folder).ok()?.f_type;
        REMOTE
            .iter()
            .find(|(number, _)| i128::from(kind) == i128::from(*number))
            .map(|(_, name)| *name)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        None
    }
}

/// Opens the file, makes the tables, and checks that it is one of ours.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut tries = 0;
    loop {
        let opened = Connection::open_with_flags(path, flags).and_then(|mut db| {
            set_up(&mut db)?;
            Ok(db)
        });
        match opened {
            Err(error) if is_busy(&error) && tries < TRIES => tries += 1,
            other => return other,
        }
    }
}

fn set_up(db: &mut Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY)?;
    // Before the first table: it cannot be changed later.
    db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(refused(ErrorCode::CannotOpen, "no write-ahead log here"));
    }
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "journal_size_limit", 8 << 20)?;
    let version = |db: &Connection| -> rusqlite::Result<i64> {
        db.pragma_query_value(None, "user_version", |row| row.get(0))
    };
    if version(db)? == VERSION {
        return Ok(());
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match version(&tx)? {
        VERSION => {}
        0 => {
            tx.execute_batch(SCHEMA)?;
            tx.pragma_update(None, "user_version", VERSION)?;
        }
        _ => return Err(refused(ErrorCode::NotADatabase, "another schema version")),
    }
    tx.commit()
}

fn refused(code: ErrorCode, words: &str) -> rusqlite::Error {
    let error = rusqlite::ffi::Error {
        code,
        extended_code: 0,
    };
    rusqlite::Error::SqliteFailure(error, Some(words.to_owned()))
}

fn is_broken(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    let missing_table =
        matches!(code, Some(ErrorCode::Unknown)) && error.to_string().contains("no such table");
    missing_table
        || matches!(
            code,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        )
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn unavailable(error: &rusqlite::Error) -> Unavailable {
    Unavailable(error.to_string())
}
