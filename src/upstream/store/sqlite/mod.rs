//! The store of one user's processes: a SQLite file in the user's cache folder.
//!
//! One thread owns the connection, so that no async worker waits for the disk. The file is opened by the first call
//! that needs it.

mod file;
mod queries;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

use super::{
    Backend, Contents, Key, Limit, PastCall, Reply, Reservation, Slot, SlotEnd, Swapped,
    Unavailable,
};
use file::File;

/// Work for the thread of the connection.
type Job = Box<dyn FnOnce(&mut File) + Send>;

/// The longest a caller waits for the thread: four processes on one file need 8 ms, seldom 100.
const ANSWER: Duration = Duration::from_secs(1);

/// A SQLite file.
pub(crate) struct Sqlite {
    path: PathBuf,
    max_bytes: u64,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
}

impl Sqlite {
    /// A file that is opened when it is needed and holds at most so many bytes.
    pub(crate) fn new(path: PathBuf, max_bytes: u64) -> Self {
        Self {
            path,
            max_bytes,
            jobs: Mutex::default(),
        }
    }

    fn sender(&self) -> Result<mpsc::Sender<Job>, Unavailable> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*jobs {
            return Ok(sender.clone());
        }
        let (sender, receiver) = mpsc::channel::<Job>();
        let mut file = File::new(self.path.clone(), self.max_bytes);
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                for job in receiver {
                    job(&mut file);
                }
            })
            .map_err(|error| Unavailable(format!("no thread: {error}")))?;
        *jobs = Some(sender.clone());
        Ok(sender)
    }

    /// Runs work on the file. Work that is not waited for any more still runs.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut File) -> Result<T, Unavailable> + Send + 'static,
    ) -> Reply<'_, T> {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |file| {
            let _ = done.send(work(file));
        });
        let sent = self.sender().and_then(|sender| {
            let gone = |_| Unavailable("its thread has ended".to_owned());
            sender.send(job).map_err(gone)
        });
        async move {
            sent?;
            match tokio::time::timeout(ANSWER, answer).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) => Err(Unavailable("its thread has ended".to_owned())),
                Err(_) => Err(Unavailable("the disk is too slow".to_owned())),
            }
        }
        .boxed()
    }
}

impl Backend for Sqlite {
    fn reserve<'a>(&'a self, slot: &'a Slot, max_wait: Duration) -> Reply<'a, Reservation> {
        let slot = slot.clone();
        self.run(move |file| file.write(|tx| queries::reserve(tx, &slot, max_wait)))
    }

    fn settle<'a>(&'a self, slot: &'a Slot, end: SlotEnd) -> Reply<'a, ()> {
        let slot = slot.clone();
        self.run(move |file| file.write(|tx| queries::settle(tx, &slot, end)))
    }

    fn record<'a>(&'a self, calls: &'a [PastCall]) -> Reply<'a, ()> {
        let calls = calls.to_vec();
        self.run(move |file| file.write(|tx| queries::record(tx, &calls)))
    }

    fn block<'a>(&'a self, limit: &'a Limit, asked: Option<Duration>) -> Reply<'a, Duration> {
        let limit = limit.clone();
        self.run(move |file| file.write(|tx| queries::block(tx, &limit, asked)))
    }

    fn available<'a>(&'a self, limits: &'a [Limit]) -> Reply<'a, Vec<usize>> {
        let limits = limits.to_vec();
        self.run(move |file| file.read(|db| queries::available(db, &limits)))
    }

    fn get<'a>(&'a self, keys: &'a [Key]) -> Reply<'a, Vec<Option<Vec<u8>>>> {
        let keys = keys.to_vec();
        self.run(move |file| file.read(|db| queries::get(db, &keys)))
    }

    fn put<'a>(&'a self, key: &'a Key, value: &'a [u8], keep: Option<Duration>) -> Reply<'a, ()> {
        let (key, value) = (key.clone(), value.to_vec());
        self.run(move |file| {
            file.make_space(value.len())?;
            file.write(|tx| queries::put(tx, &key, &value, keep))
        })
    }

    fn swap<'a>(
        &'a self,
        key: &'a Key,
        expected: Option<&'a [u8]>,
        value: Option<&'a [u8]>,
        keep: Duration,
    ) -> Reply<'a, Swapped> {
        let key = key.clone();
        let (expected, value) = (expected.map(<[u8]>::to_vec), value.map(<[u8]>::to_vec));
        self.run(move |file| {
            file.write(|tx| queries::swap(tx, &key, expected.as_deref(), value.as_deref(), keep))
        })
    }

    fn contents(&self) -> Reply<'_, Contents> {
        self.run(|file| {
            let bytes = file.bytes();
            let contents = file.read(queries::contents)?;
            Ok(Contents { bytes, ..contents })
        })
    }

    fn clear(&self) -> Reply<'_, u64> {
        self.run(|file| {
            let count = file.write(queries::clear)?;
            file.shrink();
            Ok(count)
        })
    }
}

#[cfg(test)]
mod tests;
