//! The tables of a library file: how they are made, and what leaves them with a document.
//!
//! What stands in them is told in `sqlite`, of those of notes in `sqlite_notes`.

use std::ops::Range;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior, params};

use super::record::ContentHash;

/// "CARL" in ASCII.
pub(super) const APPLICATION_ID: i64 = 0x4341_524c;
/// Version of the tables and of the records in them.
pub(super) const VERSION: i64 = 11;
/// How long a locked file is waited for.
pub(super) const PATIENCE: Duration = Duration::from_millis(5_000);
/// Bytes of a page of the file. What a block's parts leave unused of their last pages is a tenth of the text;
/// in pages of 16 KiB it was a quarter.
const PAGE_BYTES: i64 = 4 << 10;
/// Rows that a block has at most, and which of them the pieces of its text are.
pub(super) const ROWS: i64 = 64;
pub(super) const TEXT_ROWS: Range<i64> = 8..ROWS;
/// Pages that a directory has at most. A run has at most 1,024 blocks of some 55 KB, and a directory of
/// words that all differ takes about as much as its text: some thirty thousand pages, and a thousand of pairs.
pub(super) const PAGES: i64 = 1 << 16;

const SCHEMA: &str = "
    CREATE TABLE block(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, owner TEXT NOT NULL);
    CREATE TABLE part(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE directory(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE,
                           owner TEXT NOT NULL);
    CREATE TABLE page(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE document(position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
                          record BLOB NOT NULL);
    CREATE TABLE document_block(document INTEGER NOT NULL, block INTEGER NOT NULL,
                                PRIMARY KEY(document, block)) WITHOUT ROWID;
    CREATE TABLE document_directory(document INTEGER NOT NULL, directory INTEGER NOT NULL,
                                    PRIMARY KEY(document, directory)) WITHOUT ROWID;
    CREATE INDEX needed ON document_block(block);
    CREATE INDEX owned ON block(owner);
    CREATE INDEX needed_directory ON document_directory(directory);
    CREATE INDEX owned_directory ON directory(owner);
";

/// Makes the tables of a new file.
pub(super) fn create(connection: &mut Connection) -> rusqlite::Result<()> {
    use_write_ahead_log(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have made them between the look and the lock.
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()
}

/// Changing the journal's mode fails at once while another process holds the new file: SQLite
/// calls no busy handler there, so the waiting is done here.
fn use_write_ahead_log(connection: &Connection) -> rusqlite::Result<()> {
    let started = Instant::now();
    loop {
        match connection
            .execute_batch(&format!("PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL"))
        {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && started.elapsed() < PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            done => return done,
        }
    }
}

/// Notes the document `name`, its blocks and its directories as leaving, and takes its claim on them
/// away.
pub(super) fn leave(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS leaving(name TEXT);
         CREATE TEMP TABLE IF NOT EXISTS leaving_block(id INTEGER);
         CREATE TEMP TABLE IF NOT EXISTS leaving_directory(id INTEGER);
         DELETE FROM leaving; DELETE FROM leaving_block; DELETE FROM leaving_directory;",
    )?;
    connection.execute("INSERT INTO leaving VALUES(?1)", [name])?;
    let of_name = "document IN (SELECT position FROM document WHERE name = ?1)";
    for kind in ["block", "directory"] {
        let claims = format!("document_{kind} WHERE {of_name}");
        let note = format!("INSERT INTO leaving_{kind} SELECT {kind} FROM {claims}");
        connection.execute(&note, [name])?;
        connection.execute(&format!("DELETE FROM {claims}"), [name])?;
    }
    Ok(())
}

/// Drops the blocks and directories that no document needs and that who is leaving put or used.
pub(super) fn drop_unneeded(connection: &Connection) -> rusqlite::Result<()> {
    for (kind, pieces, in_one) in [("block", "part", ROWS), ("directory", "page", PAGES)] {
        connection.execute_batch(&format!(
            "CREATE TEMP TABLE IF NOT EXISTS unneeded(id INTEGER PRIMARY KEY);
             DELETE FROM unneeded;
             INSERT INTO unneeded SELECT id FROM {kind}
                 WHERE (owner = (SELECT name FROM leaving)
                        OR id IN (SELECT id FROM leaving_{kind}))
                 AND NOT EXISTS (SELECT 1 FROM document_{kind} WHERE {kind} = {kind}.id);
             DELETE FROM {pieces} WHERE id / {in_one} IN (SELECT id FROM unneeded);
             DELETE FROM {kind} WHERE id IN (SELECT id FROM unneeded);"
        ))?;
    }
    Ok(())
}

/// Claims the block or directory `hash` for the document `name`; `false` if there is none.
pub(super) fn claim(
    connection: &Connection,
    kind: &str,
    name: &str,
    hash: ContentHash,
) -> rusqlite::Result<bool> {
    let claimed = connection
        .prepare_cached(&format!(
            "INSERT OR IGNORE INTO document_{kind} SELECT document.position, {kind}.id
             FROM document, {kind} WHERE document.name = ?1 AND {kind}.hash = ?2"
        ))?
        .execute(params![name, hash.0])?;
    // What the document holds twice is claimed once.
    Ok(claimed == 1 || has(connection, kind, hash)?)
}

pub(super) fn has(
    connection: &Connection,
    kind: &str,
    hash: ContentHash,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(&format!("SELECT 1 FROM {kind} WHERE hash = ?1"))?
        .exists(params![hash.0])
}

/// Whether there is a table of notes; the index made last tells that all are there.
pub(super) fn has_notes(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM sqlite_schema WHERE name = 'note_terms'")?.exists([])
}

/// Drops the notes of `owner`, if there are any.
pub(super) fn drop_notes(connection: &Connection, owner: &str) -> rusqlite::Result<()> {
    if !has_notes(connection)? {
        return Ok(());
    }
    connection.execute(
        "DELETE FROM note_term WHERE note IN (SELECT id FROM note WHERE owner = ?1)",
        [owner],
    )?;
    connection.execute("DELETE FROM note WHERE owner = ?1", [owner])?;
    Ok(())
}
