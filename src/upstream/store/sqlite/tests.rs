use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::upstream::store::Kind;
use crate::upstream::store::contract::{self, key, slot};
use crate::upstream::store::shared::Store;

/// A folder that does not exist yet, below one that is removed when dropped.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("cache").join("store.db")
    }

    fn store(&self) -> Sqlite {
        Sqlite::new(self.file(), 256 << 20)
    }
}

async fn take(store: &Sqlite, id: &str) -> Reservation {
    store
        .reserve(&slot(id, "cn", 25), Duration::ZERO)
        .await
        .unwrap()
}

async fn left(store: &Sqlite) -> usize {
    store.available(&slot("", "cn", 25).limits).await.unwrap()[0]
}

#[tokio::test]
async fn it_holds_the_contract() {
    let folder = Folder::new();
    contract::holds(&folder.store()).await;
}

#[tokio::test]
async fn nothing_is_opened_before_it_is_needed() {
    let folder = Folder::new();
    let store = folder.store();
    assert!(!folder.file().parent().unwrap().exists());
    take(&store, "a").await;
    assert!(folder.file().exists());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_user_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let store = folder.store();
    take(&store, "a").await;
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.file()), 0o600);
    assert_eq!(mode(folder.file().parent().unwrap()), 0o700);
    for entry in folder.file().parent().unwrap().read_dir().unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn processes_count_together_and_find_what_others_put() {
    let folder = Folder::new();
    let (one, other) = (folder.store(), folder.store());
    take(&one, "a").await;
    take(&other, "b").await;
    assert_eq!((left(&one).await, left(&other).await), (23, 23));
    let answer = key(Kind::Answer, "x");
    one.put(&answer, b"sealed", None).await.unwrap();
    let found = other.get(std::slice::from_ref(&answer)).await.unwrap();
    assert_eq!(found, [Some(b"sealed".to_vec())]);
    drop((one, other));
    assert_eq!(left(&folder.store()).await, 23, "after a restart");
}

#[tokio::test]
async fn many_processes_at_once_take_no_more_than_the_limit() {
    let folder = Folder::new();
    let stores: Vec<Sqlite> = (0..4).map(|_| folder.store()).collect();
    let calls = (0..60).map(|number| {
        let store = &stores[number % 4];
        async move {
            let slot = slot(&number.to_string(), "cn", 25);
            // A busy file is tried again by the caller.
            loop {
                match store.reserve(&slot, Duration::ZERO).await {
                    Ok(Reservation::Taken { .. }) => return true,
                    Ok(Reservation::Full(_)) => return false,
                    Err(_) => tokio::task::yield_now().await,
                }
            }
        }
    });
    let taken = futures_util::future::join_all(calls).await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 25);
}

#[tokio::test]
async fn a_file_that_is_deleted_or_truncated_is_begun_anew() {
    let folder = Folder::new();
    let (one, other) = (folder.store(), folder.store());
    take(&one, "a").await;
    assert_eq!(left(&other).await, 24);
    std::fs::remove_file(folder.file()).unwrap();
    take(&one, "b").await;
    take(&other, "c").await;
    assert_eq!((left(&one).await, left(&other).await), (23, 23));
    let file = std::fs::OpenOptions::new().write(true).open(folder.file());
    file.unwrap().set_len(0).unwrap();
    take(&one, "d").await;
    take(&other, "e").await;
    assert_eq!((left(&one).await, left(&other).await), (23, 23));
}

/// Two that make it at the same time would each have a file, and a minute, of their own.
#[cfg(unix)]
#[tokio::test]
async fn what_another_process_is_making_is_not_made_again() {
    use rustix::fs::{FlockOperation, flock};
    let folder = Folder::new();
    std::fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    std::fs::write(folder.file(), "").unwrap();
    let lock = std::fs::File::create(folder.file().with_extension("db.lock")).unwrap();
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    let store = folder.store();
    let limits = slot("", "cn", 25).limits;
    let reason = store.available(&limits).await.unwrap_err().0;
    assert_eq!(reason, "another process is making it");
    assert_eq!(folder.file().metadata().unwrap().len(), 0);
    drop(lock);
    assert_eq!(left(&store).await, 25);
}

#[tokio::test]
async fn a_file_that_is_no_store_is_moved_aside() {
    for content in [
        &b"this is no database, and long enough to be one ......"[..],
        &[7; 8192],
    ] {
        let folder = Folder::new();
        std::fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
        std::fs::write(folder.file(), content).unwrap();
        take(&folder.store(), "a").await;
        let aside = folder.file().with_extension("db.broken");
        assert_eq!(std::fs::read(aside).unwrap(), content);
    }
}

#[tokio::test]
async fn a_file_of_another_schema_is_moved_aside() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    let db = rusqlite::Connection::open(folder.file()).unwrap();
    db.execute_batch("CREATE TABLE entries (other TEXT); PRAGMA user_version = 9;")
        .unwrap();
    drop(db);
    take(&folder.store(), "a").await;
    assert!(folder.file().with_extension("db.broken").exists());
}

#[tokio::test]
async fn a_file_that_breaks_under_way_is_begun_anew() {
    use std::io::{Seek as _, Write as _};
    let folder = Folder::new();
    let store = folder.store();
    for number in 0..200 {
        let name = key(Kind::Answer, &number.to_string());
        store.put(&name, &[7; 4000], None).await.unwrap();
    }
    store.clear().await.unwrap();
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .open(folder.file())
        .unwrap();
    file.seek(std::io::SeekFrom::Start(0)).unwrap();
    file.write_all(&[0x55; 8192]).unwrap();
    drop(file);
    // Whatever SQLite finds first, in the end it works on a new file.
    let other = folder.store();
    take(&other, "a").await;
    assert_eq!(left(&other).await, 24);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_a_reason_and_no_failed_call() {
    let folder = Folder::new();
    // A file where the folder would be: no right of any user helps.
    std::fs::write(folder.0.path().join("cache"), b"").unwrap();
    let sqlite = folder.store();
    let problem = sqlite.contents().await.unwrap_err();
    assert!(problem.0.contains("cannot"), "{problem:?}");
    let store = Store::over("sqlite".to_owned(), Arc::new(sqlite), 1, None);
    let slot = slot("a", "cn", 1);
    assert_eq!(
        store.reserve(&slot, Duration::ZERO).await,
        Ok(Duration::ZERO)
    );
    let status = store.status();
    assert!(status.unavailable.is_some());
    assert_eq!(status.outages, 1);
}

#[tokio::test]
async fn what_was_used_least_recently_is_evicted() {
    let folder = Folder::new();
    let store = Sqlite::new(folder.file(), 2 << 20);
    let confirmation = key(Kind::Confirmation, "kept");
    store
        .put(&confirmation, b"1", Some(Duration::from_secs(60)))
        .await
        .unwrap();
    let name = |number: usize| key(Kind::Answer, &number.to_string());
    for number in 0..100 {
        store
            .put(&name(number), &vec![7; 100_000], None)
            .await
            .unwrap();
    }
    let contents = store.contents().await.unwrap();
    let (_, count, bytes) = contents
        .kinds
        .iter()
        .find(|(kind, ..)| *kind == Kind::Answer)
        .unwrap();
    assert!(*bytes <= 2 << 20 && *count >= 10, "{contents:?}");
    let found = store.get(&[name(0), name(99), confirmation]).await.unwrap();
    assert!(found[0].is_none() && found[1].is_some() && found[2].is_some());
}

#[tokio::test]
async fn a_machine_that_was_started_anew_forgets_the_calls_of_the_future() {
    let folder = Folder::new();
    take(&folder.store(), "a").await;
    let db = rusqlite::Connection::open(folder.file()).unwrap();
    db.execute_batch(
        "UPDATE calls SET at = at + 1000000000;
         INSERT INTO closed SELECT name, at + 1000000000 FROM calls;",
    )
    .unwrap();
    drop(db);
    let store = folder.store();
    assert_eq!(left(&store).await, 25);
    take(&store, "b").await;
    assert_eq!(left(&store).await, 24);
}

#[tokio::test]
async fn a_full_disk_fails_no_call() {
    let folder = Folder::new();
    let store = folder.store();
    take(&store, "a").await;
    let db = rusqlite::Connection::open(folder.file()).unwrap();
    let pages: i64 = db
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    drop(db);
    // SQLite's own limit gives the same error as a full disk.
    let limit = format!("PRAGMA max_page_count = {pages}");
    let limited = store.run(move |file| file.limit_pages(&limit)).await;
    limited.unwrap();
    let shared = Store::over("sqlite".to_owned(), Arc::new(store), 1, None);
    for number in 0..50 {
        let name = key(Kind::Token, &number.to_string());
        shared.put(&name, &[7; 2000], None).await;
        assert!(shared.get_one(&name).await.is_some(), "{number}");
    }
    assert!(shared.status().outages > 0);
    for number in 0..10 {
        let slot = slot(&number.to_string(), "full", 25);
        shared.reserve(&slot, Duration::ZERO).await.unwrap();
    }
}
