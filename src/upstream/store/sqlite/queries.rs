//! What is asked of the file, each in one transaction.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::clock::Clock;
use crate::upstream::store::machine_clock;
use crate::upstream::store::sliding_window::{Counted, milliseconds, span};
use crate::upstream::store::{
    Contents, Key, Kind, Limit, PastCall, Reservation, Slot, SlotEnd, Swapped,
};

type Answer<T> = rusqlite::Result<T>;

/// A call later than this from now was written before the machine was started anew.
const LONGEST_WAIT: i64 = 120_000;

/// How seldom a value's last use is written, in milliseconds: reading must not write each time.
const USE_STEP: i64 = 3_600_000;

fn unix_now() -> i64 {
    Clock::System.now().as_millisecond()
}

/// The calls of a limit that count, those before the machine was started anew left out.
fn counted(db: &Connection, key: &Key, now: i64) -> Answer<Counted> {
    let mut statement = db.prepare_cached("SELECT at FROM calls WHERE name = ? ORDER BY at")?;
    let taken = statement
        .query_map([&key.name], |row| row.get::<_, i64>(0))?
        .filter(|at| at.as_ref().map_or(true, |at| *at <= now + LONGEST_WAIT))
        .collect::<Answer<Vec<i64>>>()?;
    let until = db
        .prepare_cached("SELECT until FROM closed WHERE name = ?")?
        .query_row([&key.name], |row| row.get::<_, i64>(0))
        .optional()?;
    let day = 24 * 3_600_000;
    Ok(Counted {
        taken,
        blocked_until: until.filter(|until| *until <= now + day).unwrap_or(0),
    })
}

/// Removes the calls of a limit that no longer count, and those of this slot.
fn prune(db: &Connection, limit: &Limit, id: &str, now: i64) -> Answer<()> {
    db.prepare_cached("DELETE FROM calls WHERE name = ?1 AND (at < ?2 OR at > ?3 OR id = ?4)")?
        .execute(params![
            limit.key.name,
            now - span(limit.rate.per),
            now + LONGEST_WAIT,
            id
        ])?;
    Ok(())
}

fn insert_call(db: &Connection, name: &str, id: &str, at: i64) -> Answer<()> {
    db.prepare_cached("INSERT OR REPLACE INTO calls (name, id, at) VALUES (?, ?, ?)")?
        .execute(params![name, id, at])?;
    Ok(())
}

pub(super) fn reserve(
    tx: &Transaction<'_>,
    slot: &Slot,
    max_wait: Duration,
) -> Answer<Reservation> {
    let now = machine_clock::now();
    let mut all = Vec::with_capacity(slot.limits.len());
    for limit in &slot.limits {
        prune(tx, limit, &slot.id, now)?;
        all.push(counted(tx, &limit.key, now)?);
    }
    let mut at = now;
    // Until no limit moves it any more: a moment that fits one may be too early for another.
    loop {
        let before = at;
        for (limit, counted) in slot.limits.iter().zip(&all) {
            at = counted.earliest(limit, 1, at);
        }
        if at == before {
            break;
        }
    }
    let wait = Duration::from_millis(u64::try_from(at - now).unwrap_or(0));
    if wait > max_wait {
        return Ok(Reservation::Full(wait));
    }
    let mut left = Vec::with_capacity(all.len());
    for (limit, counted) in slot.limits.iter().zip(&all) {
        insert_call(tx, &limit.key.name, &slot.id, at)?;
        left.push(counted.left(limit, 1, now).saturating_sub(1));
    }
    Ok(Reservation::Taken { wait, left })
}

pub(super) fn settle(tx: &Transaction<'_>, slot: &Slot, end: SlotEnd) -> Answer<()> {
    let now = machine_clock::now();
    for limit in &slot.limits {
        match end {
            SlotEnd::Arrived => insert_call(tx, &limit.key.name, &slot.id, now)?,
            SlotEnd::Released => {
                tx.prepare_cached("DELETE FROM calls WHERE name = ? AND id = ?")?
                    .execute(params![limit.key.name, slot.id])?;
            }
        }
    }
    Ok(())
}

pub(super) fn record(tx: &Transaction<'_>, calls: &[PastCall]) -> Answer<()> {
    let now = machine_clock::now();
    for call in calls {
        insert_call(tx, &call.key.name, &call.id, now - milliseconds(call.age))?;
    }
    Ok(())
}

pub(super) fn block(
    tx: &Transaction<'_>,
    limit: &Limit,
    asked: Option<Duration>,
) -> Answer<Duration> {
    let now = machine_clock::now();
    prune(tx, limit, "", now)?;
    let wait = counted(tx, &limit.key, now)?.closed_for(limit.rate.per, asked, now);
    // Of two answers the longer wait counts, unless it is from before the machine was started anew.
    tx.prepare_cached(
        "INSERT INTO closed (name, until) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE
         SET until = CASE WHEN until BETWEEN ?2 AND ?3 THEN until ELSE ?2 END",
    )?
    .execute(params![
        limit.key.name,
        now + milliseconds(wait),
        now + 24 * 3_600_000
    ])?;
    Ok(wait)
}

pub(super) fn available(db: &Connection, limits: &[Limit]) -> Answer<Vec<usize>> {
    let now = machine_clock::now();
    let each = limits.iter();
    each.map(|limit| Ok(counted(db, &limit.key, now)?.left(limit, 1, now)))
        .collect()
}

pub(super) fn get(db: &Connection, keys: &[Key]) -> Answer<Vec<Option<Vec<u8>>>> {
    let now = unix_now();
    keys.iter()
        .map(|key| {
            let found = value(db, key, now)?;
            let Some((bytes, used)) = found else {
                return Ok(None);
            };
            if used + USE_STEP < now {
                // Another process may write: the time of use is not worth waiting for.
                let _ = db
                    .prepare_cached("UPDATE entries SET used = ?3 WHERE kind = ?1 AND name = ?2")?
                    .execute(params![key.kind.as_str(), key.name, now]);
            }
            Ok(Some(bytes))
        })
        .collect()
}

/// A value that has not expired, and its last use.
fn value(db: &Connection, key: &Key, now: i64) -> Answer<Option<(Vec<u8>, i64)>> {
    db.prepare_cached(
        "SELECT value, used FROM entries
         WHERE kind = ? AND name = ? AND (expires IS NULL OR expires > ?)",
    )?
    .query_row(params![key.kind.as_str(), key.name, now], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
    .optional()
}

pub(super) fn put(
    tx: &Transaction<'_>,
    key: &Key,
    value: &[u8],
    keep: Option<Duration>,
) -> Answer<()> {
    let now = unix_now();
    let expires = keep.map(|keep| now.saturating_add(milliseconds(keep)));
    tx.prepare_cached(
        "INSERT OR REPLACE INTO entries (kind, name, value, expires, used) VALUES (?, ?, ?, ?, ?)",
    )?
    .execute(params![key.kind.as_str(), key.name, value, expires, now])?;
    Ok(())
}

pub(super) fn swap(
    tx: &Transaction<'_>,
    key: &Key,
    expected: Option<&[u8]>,
    new: Option<&[u8]>,
    keep: Duration,
) -> Answer<Swapped> {
    let found = value(tx, key, unix_now())?.map(|(bytes, _)| bytes);
    if found.as_deref() != expected {
        return Ok(Swapped::Found(found));
    }
    match new {
        Some(new) => put(tx, key, new, Some(keep))?,
        None => {
            tx.prepare_cached("DELETE FROM entries WHERE kind = ? AND name = ?")?
                .execute(params![key.kind.as_str(), key.name])?;
        }
    }
    Ok(Swapped::Done)
}

pub(super) fn contents(db: &Connection) -> Answer<Contents> {
    let mut statement = db.prepare_cached(
        "SELECT kind, COUNT(*), SUM(LENGTH(value)) FROM entries
         WHERE expires IS NULL OR expires > ? GROUP BY kind",
    )?;
    let rows = statement.query_map([unix_now()], |row| {
        let kind: String = row.get(0)?;
        Ok((kind, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    })?;
    let mut kinds = Vec::new();
    for row in rows {
        let (word, count, bytes) = row?;
        let known = Kind::ALL.into_iter().find(|kind| kind.as_str() == word);
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        kinds.extend(known.map(|kind| (kind, number(count), number(bytes))));
    }
    let now = machine_clock::now();
    let calls: i64 = db.query_row(
        "SELECT COUNT(DISTINCT id) FROM calls WHERE at > ?1 - 60000 AND at <= ?1",
        [now],
        |row| row.get(0),
    )?;
    Ok(Contents {
        kinds,
        bytes: None,
        calls: u64::try_from(calls).unwrap_or(0),
    })
}

pub(super) fn clear(tx: &Transaction<'_>) -> Answer<u64> {
    let mut removed = 0;
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.outlasts_clear()) {
        removed += tx.execute("DELETE FROM entries WHERE kind = ?", [kind.as_str()])?;
    }
    Ok(removed as u64)
}

/// Removes what has expired, then what was used least recently, until so many bytes of pages are free. Returns whether
/// anything was removed.
pub(super) fn evict(tx: &Transaction<'_>, bytes: u64) -> Answer<bool> {
    let expired = tx.execute("DELETE FROM entries WHERE expires <= ?", [unix_now()])?;
    if expired > 0 {
        return Ok(true);
    }
    let mut statement = tx.prepare(
        "SELECT rowid, LENGTH(value) FROM entries WHERE kind IN (?, ?) ORDER BY used, rowid",
    )?;
    let mut rows = statement.query([Kind::Answer.as_str(), Kind::Pseudonym.as_str()])?;
    let (mut freed, mut least_used) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        if freed >= bytes {
            break;
        }
        least_used.push(row.get::<_, i64>(0)?);
        freed += u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0) + 256;
    }
    drop(rows);
    drop(statement);
    for id in &least_used {
        tx.execute("DELETE FROM entries WHERE rowid = ?", [id])?;
    }
    Ok(!least_used.is_empty())
}
