-- Values, sealed by the credential they belong to; the key shows only what a value is for.
CREATE TABLE IF NOT EXISTS entries (
    kind    TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    value   BLOB    NOT NULL,
    expires INTEGER,              -- Unix milliseconds; NULL until evicted
    used    INTEGER NOT NULL,     -- Unix milliseconds, to the hour
    PRIMARY KEY (kind, name)
);
CREATE INDEX IF NOT EXISTS entries_by_use ON entries (used);

-- Calls that were made, or will be, in milliseconds of the machine's own clock.
CREATE TABLE IF NOT EXISTS calls (
    name TEXT    NOT NULL,
    id   TEXT    NOT NULL,
    at   INTEGER NOT NULL,
    PRIMARY KEY (name, id)
) WITHOUT ROWID;

-- Limits that the service closed.
CREATE TABLE IF NOT EXISTS closed (
    name  TEXT    PRIMARY KEY,
    until INTEGER NOT NULL
) WITHOUT ROWID;
