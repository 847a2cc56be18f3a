//! A library file: the store in SQLite, through `rusqlite` with SQLite built in.
//!
//! ```text
//! block(id, hash unique, owner)          one row per block
//! part(id = block * 64 + row, bytes)     its parts, a row each, so that one is read without the others; of its text a row
//!                                        for each piece, so that a sentence is read without the rest
//! directory(id, hash unique, owner)      one row per run of blocks, but for short ones
//! page(id = directory * 65536 + page, bytes)
//! document(position, name unique, record)
//! document_block(document, block)        which documents need a block
//! document_directory(document, directory)
//! note, note_term                        notes, if there are any: `sqlite_notes`
//! ```
//! The file is told by its application id and the version of the format. It is in WAL mode with
//! `synchronous = NORMAL`: a transaction that was committed survives a killed process; a power cut
//! can lose the last ones, but damages nothing. A locked file is waited for, then reported.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{
    Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};

use super::contents::Contents;
use super::contract::{MakePages, Store};
use super::record::{BlockParts, ContentHash, DocumentRecord, Part};
use super::sqlite_tables::{
    APPLICATION_ID, PAGES, PATIENCE, ROWS, TEXT_ROWS, VERSION, claim, create, drop_notes,
    drop_unneeded, has, leave,
};
use crate::error::{Error, MemoryError, Result};
use crate::memory::segment::blocks::MOST;

/// Bytes of a piece of text: as many as fit a page of the file with what stands before them.
const PIECE_BYTES: u32 = 4_000;
const _: () = assert!(MOST as i64 <= PIECE_BYTES as i64 * (TEXT_ROWS.end - TEXT_ROWS.start));
/// Pages that the log holds before they are brought home: 4 MB.
const LOG_PAGES: i64 = 1_024;
/// Ids of blocks and of directories that are kept.
const MOST_KNOWN: usize = 1 << 10;
/// SQLite's page cache in KiB: bounds what reading a library of any size keeps in memory.
const CACHE_KIB: i64 = 256;

/// A store in one file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    connection: Connection,
    readers: Cell<u32>,
    known: RefCell<Known>,
}

/// What was read of the file and holds until somebody writes to it.
#[derive(Debug, Default)]
struct Known {
    /// SQLite's number of the state that other connections left.
    version: Option<i64>,
    contents: Option<Arc<Contents>>,
    /// Ids of directories and of blocks, at most [`MOST_KNOWN`] of either.
    directories: BTreeMap<ContentHash, i64>,
    blocks: BTreeMap<ContentHash, i64>,
}

impl SqliteStore {
    /// Opens the library in the file `path`, or makes it.
    ///
    /// # Errors
    /// If the file is not a library, is damaged, of another version, or kept busy.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |operation| move |error| translate(path, operation, error);
        let mut connection = connect(path).map_err(failed("opening"))?;
        let pragma = |connection: &Connection, name: &str| {
            connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
        };
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(failed("reading the schema"))?;
        if tables == 0 {
            create(&mut connection).map_err(failed("making the tables"))?;
        }
        let id = pragma(&connection, "application_id").map_err(failed("reading the header"))?;
        if id != APPLICATION_ID {
            return Err(MemoryError::ForeignLibrary { path: path.to_owned() }.into());
        }
        let found = pragma(&connection, "user_version").map_err(failed("reading the header"))?;
        if found != VERSION {
            return Err(MemoryError::LibraryVersion {
                path: path.to_owned(),
                found,
                supported: VERSION,
            }
            .into());
        }
        connection
            .execute_batch(&format!(
                "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -{CACHE_KIB}; \
                 PRAGMA wal_autocheckpoint = {LOG_PAGES}"
            ))
            .map_err(failed("opening"))?;
        let known = RefCell::default();
        Ok(Self { path: path.to_owned(), connection, readers: Cell::new(0), known })
    }

    /// Forgets what is known if another connection has written since.
    fn refresh(&self) -> rusqlite::Result<()> {
        let version = self
            .connection
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get::<_, i64>(0))?;
        let mut known = self.known.borrow_mut();
        if known.version != Some(version) {
            *known = Known { version: Some(version), ..Known::default() };
        }
        Ok(())
    }

    /// The id that `select` finds for a hash, if there is one, kept among those of `known` while something is read.
    fn id_of(
        &self,
        known: fn(&mut Known) -> &mut BTreeMap<ContentHash, i64>,
        select: &str,
        hash: ContentHash,
    ) -> rusqlite::Result<Option<i64>> {
        if let Some(id) = known(&mut self.known.borrow_mut()).get(&hash) {
            return Ok(Some(*id));
        }
        let mut statement = self.connection.prepare_cached(select)?;
        let id = statement.query_row([hash.0], |row| row.get(0)).optional()?;
        if let (Some(id), true) = (id, self.readers.get() > 0) {
            let mut held = self.known.borrow_mut();
            let ids = known(&mut held);
            if ids.len() == MOST_KNOWN {
                ids.clear();
            }
            ids.insert(hash, id);
        }
        Ok(id)
    }

    /// The id of the directory of a run, if there is one.
    fn directory_id(&self, run: ContentHash) -> rusqlite::Result<Option<i64>> {
        let select = "SELECT id FROM directory WHERE hash = ?1";
        self.id_of(|known| &mut known.directories, select, run)
    }

    /// The id of a block, if there is one.
    fn block_id(&self, hash: ContentHash) -> rusqlite::Result<Option<i64>> {
        self.id_of(|known| &mut known.blocks, "SELECT id FROM block WHERE hash = ?1", hash)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn failed(&self, operation: &'static str) -> impl Fn(rusqlite::Error) -> Error + '_ {
        move |error| translate(&self.path, operation, error)
    }

    fn corrupt(&self, place: String, problem: &str) -> Error {
        MemoryError::CorruptLibrary { path: self.path.clone(), place, problem: problem.to_owned() }
            .into()
    }

    fn missing(&self, hash: ContentHash) -> Error {
        self.corrupt(format!("block {hash}"), "is missing")
    }

    /// Those of the rows `rows` of a block that there are, in order.
    fn rows(&self, hash: ContentHash, rows: Range<i64>) -> Result<Vec<Vec<u8>>> {
        let failed = self.failed("reading a block");
        let id = self.block_id(hash).map_err(&failed)?.ok_or_else(|| self.missing(hash))?;
        self.connection
            .prepare_cached("SELECT bytes FROM part WHERE id >= ?1 AND id < ?2 ORDER BY id")
            .and_then(|mut statement| {
                let wanted = params![id * ROWS + rows.start, id * ROWS + rows.end];
                statement.query_map(wanted, |row| row.get(0))?.collect()
            })
            .map_err(failed)
    }

    /// Runs `steps` in one write transaction.
    pub(super) fn write<T>(
        &mut self,
        operation: &'static str,
        steps: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let path = self.path.clone();
        let failed = |error| translate(&path, operation, error);
        *self.known.get_mut() = Known::default();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let value = steps(&transaction).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(value)
    }
}

/// SQLite's error as one of ours.
fn translate(path: &Path, operation: &'static str, error: rusqlite::Error) -> Error {
    let path = path.to_owned();
    let problem = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => MemoryError::ForeignLibrary { path },
        Some(ErrorCode::DiskFull) => MemoryError::DiskFull { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            MemoryError::LibraryBusy { path, waited_ms: PATIENCE.as_millis() as u64 }
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            MemoryError::CorruptLibrary { path, place: operation.to_owned(), problem }
        }
        Some(ErrorCode::ReadOnly) => {
            let problem = "the library can be read, but not be written here";
            return Error::file(path, std::io::Error::new(ErrorKind::PermissionDenied, problem));
        }
        Some(ErrorCode::CannotOpen) => {
            return Error::file(path, std::io::Error::other(problem));
        }
        _ => MemoryError::Storage {
            path,
            operation,
            code: error.sqlite_error().map_or(0, |error| error.extended_code),
            problem,
        },
    }
    .into()
}

/// A connection to the file `path`, which is made if there is none. Where nothing can be written, as on a
/// medium that is only read, SQLite cannot share the file with anybody, so it is taken as one that does not change.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let usable = |connection: Connection| {
        connection.busy_timeout(PATIENCE)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    };
    Connection::open(path).and_then(usable).or_else(|error: rusqlite::Error| {
        let is_sealed =
            matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen));
        // What is still in the log would be overlooked.
        let log = std::fs::metadata(beside(path, "-wal"));
        let is_whole = path.is_file() && log.map_or(true, |log| log.len() == 0);
        match path.to_str().filter(|_| is_sealed && is_whole) {
            None => Err(error),
            Some(text) => {
                let text = text.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
                Connection::open_with_flags(format!("file:{text}?immutable=1"), flags)
                    .and_then(usable)
            }
        }
    })
}

/// The file that SQLite keeps beside the library.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The rows of a part of a block.
fn rows_of(part: Part) -> Range<i64> {
    match part {
        Part::Text => TEXT_ROWS,
        other => other as i64..other as i64 + 1,
    }
}

impl Store for SqliteStore {
    fn contents(&self) -> Result<Arc<Contents>> {
        let failed = self.failed("reading the documents");
        if self.readers.get() == 0 {
            self.refresh().map_err(&failed)?;
        }
        if let Some(contents) = &self.known.borrow().contents {
            return Ok(Arc::clone(contents));
        }
        let mut statement = self
            .connection
            .prepare_cached("SELECT record FROM document ORDER BY position")
            .map_err(&failed)?;
        let records = statement
            .query_map([], |row| row.get::<_, Vec<u8>>(0))
            .map_err(&failed)?
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(&failed)?;
        let decoded = records.iter().enumerate().map(|(at, bytes)| {
            DocumentRecord::decode(bytes)
                .ok_or_else(|| self.corrupt(format!("document {at}"), "cannot be decoded"))
        });
        let contents = Arc::new(Contents::of(decoded.collect::<Result<_>>()?));
        self.known.borrow_mut().contents = Some(Arc::clone(&contents));
        Ok(contents)
    }

    fn begin_read(&self) -> Result<()> {
        let failed = self.failed("beginning to read");
        let is_first = self.readers.get() == 0;
        if is_first {
            self.connection.execute_batch("BEGIN").map_err(&failed)?;
        }
        self.readers.set(self.readers.get() + 1);
        if is_first && let Err(error) = self.refresh() {
            self.end_read();
            return Err(failed(error));
        }
        Ok(())
    }

    fn end_read(&self) {
        let readers = self.readers.get().saturating_sub(1);
        self.readers.set(readers);
        if readers > 0 {
            return;
        }
        if let Err(error) = self.connection.execute_batch("COMMIT") {
            // A read transaction holds nothing that could be lost.
            log::debug!("ending a read of {}: {error}", self.path.display());
        }
    }

    fn has_block(&self, hash: ContentHash) -> Result<bool> {
        has(&self.connection, "block", hash).map_err(self.failed("looking for a block"))
    }

    fn put_block(&mut self, owner: &str, hash: ContentHash, parts: &BlockParts) -> Result<()> {
        self.write("putting a block", |connection| {
            let new = connection
                .prepare_cached("INSERT OR IGNORE INTO block(hash, owner) VALUES(?1, ?2)")?
                .execute(params![hash.0, owner])?;
            if new == 1 {
                let block = connection.last_insert_rowid();
                let mut insert =
                    connection.prepare_cached("INSERT INTO part(id, bytes) VALUES(?1, ?2)")?;
                let mut put =
                    |row: i64, bytes: &[u8]| insert.execute(params![block * ROWS + row, bytes]);
                // In the order of the rows, so that they fill the pages of the file.
                for part in Part::ALL.into_iter().filter(|part| *part != Part::Text) {
                    put(part as i64, parts.part(part))?;
                }
                for (row, piece) in
                    TEXT_ROWS.zip(parts.part(Part::Text).chunks(PIECE_BYTES as usize))
                {
                    put(row, piece)?;
                }
            }
            Ok(())
        })
    }

    fn part(&self, hash: ContentHash, part: Part) -> Result<Vec<u8>> {
        let mut rows = self.rows(hash, rows_of(part))?;
        match (rows.len(), part) {
            (0, _) => Err(self.missing(hash)),
            (1, _) => Ok(rows.remove(0)),
            _ => Ok(rows.concat()),
        }
    }

    fn text(&self, hash: ContentHash, range: Range<u32>) -> Result<Vec<u8>> {
        let first = range.start / PIECE_BYTES;
        let row = |piece: u32| TEXT_ROWS.start + i64::from(piece);
        let rows = self.rows(hash, row(first)..row(range.end.div_ceil(PIECE_BYTES)))?;
        let before = first * PIECE_BYTES;
        let start = (range.start - before) as usize;
        // A damaged layout can say that a range ends before it begins.
        let end = range.end.checked_sub(before).ok_or_else(|| self.missing(hash))? as usize;
        let bytes = match rows.as_slice() {
            [piece] => piece.get(start..end).map(<[u8]>::to_vec),
            pieces => pieces.concat().get(start..end).map(<[u8]>::to_vec),
        };
        bytes.ok_or_else(|| self.missing(hash))
    }

    fn parts(&self, hash: ContentHash, first: Part, last: Part) -> Result<Vec<Vec<u8>>> {
        let rows = first as i64..last as i64 + 1;
        let parts = self.rows(hash, rows.clone())?;
        if parts.len() as i64 != rows.end - rows.start {
            return Err(self.missing(hash));
        }
        Ok(parts)
    }

    fn part_bytes(&self, part: Part) -> Result<u64> {
        self.connection
            .query_row(
                "SELECT coalesce(sum(length(bytes)), 0) FROM part
                 WHERE id % ?1 >= ?2 AND id % ?1 < ?3",
                [ROWS, rows_of(part).start, rows_of(part).end],
                |row| row.get::<_, i64>(0),
            )
            .map(|bytes| bytes as u64)
            .map_err(self.failed("measuring the library"))
    }

    fn has_directory(&self, run: ContentHash) -> Result<bool> {
        has(&self.connection, "directory", run).map_err(self.failed("looking for a directory"))
    }

    fn put_directory(&mut self, owner: &str, run: ContentHash, make: &mut MakePages) -> Result<()> {
        let failed = self.failed("putting a directory");
        // Dropped before its end, it takes back what it did.
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
                .map_err(&failed)?;
        let new = transaction
            .prepare_cached("INSERT OR IGNORE INTO directory(hash, owner) VALUES(?1, ?2)")
            .and_then(|mut statement| statement.execute(params![run.0, owner]))
            .map_err(&failed)?;
        if new == 1 {
            let first = transaction.last_insert_rowid() * PAGES;
            let mut insert = transaction
                .prepare_cached("INSERT INTO page(id, bytes) VALUES(?1, ?2)")
                .map_err(&failed)?;
            make(self, &mut |page, bytes| {
                let id = first + i64::from(page).min(PAGES - 1);
                insert.execute(params![id, bytes]).map(drop).map_err(&failed)
            })?;
        }
        transaction.commit().map_err(&failed)
    }

    fn directory_page(&self, run: ContentHash, page: u32) -> Result<Vec<u8>> {
        let failed = self.failed("reading a directory");
        let missing = || self.corrupt(format!("page {page} of directory {run}"), "is missing");
        let id = self.directory_id(run).map_err(&failed)?.ok_or_else(missing)?;
        let bytes = self
            .connection
            .prepare_cached("SELECT bytes FROM page WHERE id = ?1")
            .and_then(|mut statement| {
                let id = id * PAGES + i64::from(page).min(PAGES - 1);
                statement.query_row([id], |row| row.get::<_, Vec<u8>>(0)).optional()
            })
            .map_err(&failed)?;
        bytes.ok_or_else(missing)
    }

    fn directory_bytes(&self) -> Result<u64> {
        self.connection
            .query_row("SELECT coalesce(sum(length(bytes)), 0) FROM page", [], |row| {
                row.get::<_, i64>(0)
            })
            .map(|bytes| bytes as u64)
            .map_err(self.failed("measuring the library"))
    }

    fn put_document(&mut self, record: &DocumentRecord) -> Result<()> {
        let path = self.path.clone();
        let complete = self.write("putting a document", |connection| {
            leave(connection, &record.name)?;
            connection.execute(
                "INSERT INTO document(name, record) VALUES(?1, ?2)
                 ON CONFLICT(name) DO UPDATE SET record = excluded.record",
                params![record.name, record.encode()],
            )?;
            let mut complete = true;
            for block in &record.blocks {
                complete &= claim(connection, "block", &record.name, block.hash)?;
            }
            for (run, _) in record.directories() {
                complete &= claim(connection, "directory", &record.name, run)?;
            }
            if !complete {
                return Err(rusqlite::Error::QueryReturnedNoRows);
            }
            drop_unneeded(connection)
        });
        complete.map_err(|error| match error {
            Error::Memory(MemoryError::Storage { code: 0, .. }) => MemoryError::Storage {
                path,
                operation: "putting a document",
                code: 0,
                problem: "another process removed blocks of this document meanwhile".to_owned(),
            }
            .into(),
            other => other,
        })
    }

    fn remove_document(&mut self, name: &str) -> Result<bool> {
        self.write("removing a document", |connection| {
            leave(connection, name)?;
            drop_notes(connection, name)?;
            let removed = connection.execute("DELETE FROM document WHERE name = ?1", [name])?;
            drop_unneeded(connection)?;
            Ok(removed > 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{AskOptions, Library, Source};

    fn text(lines: usize) -> String {
        (0..lines).map(|n| format!("Keeper {n} wrote figure {}.\n\n", n * 31)).collect()
    }

    #[test]
    fn a_full_disk_is_said_and_nothing_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library");
        Library::open(&path).unwrap().open_document(&Source::text("one", text(1_000))).unwrap();
        let store = SqliteStore::open(&path).unwrap();
        let pages: i64 =
            store.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        store.connection.pragma_update(None, "max_page_count", pages + 20).unwrap();
        let mut library = Library::with_store(Box::new(store));
        let hash = library.index_hash().unwrap();
        let two = Source::text("two", text(50_000));
        let full = library.open_document(&two);
        assert!(matches!(full, Err(Error::Memory(MemoryError::DiskFull { .. }))), "{full:?}");
        assert_eq!(library.index_hash().unwrap(), hash);
        let answer =
            library.ask("What figure did keeper 77 write?", &AskOptions::default()).unwrap();
        assert!(answer.answer.contains("2387"), "{answer:?}");
        drop(library);

        // With room again, the same library takes the document.
        let mut library = Library::open(&path).unwrap();
        library.open_document(&two).unwrap();
        assert_eq!(library.documents().unwrap().len(), 2);
    }
}
