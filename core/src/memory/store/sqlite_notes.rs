//! The notes of a library file.
//!
//! ```text
//! note(id, owner, place, first, content, author, lines)   one row a note; (owner, place, first) unique
//! note_term(term, note)                                    which notes hold a word, by its hash
//! ```
//! The tables are made with the first note, so that a library without notes is what it was before
//! there were any, and one with them can be opened by programs that know nothing of them.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::notes::{Note, Notes, Place, PlacedNote};
use super::record::ContentHash;
use super::sqlite::SqliteStore;
use super::sqlite_tables::has_notes;
use crate::error::Result;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS note(
        id INTEGER PRIMARY KEY, owner TEXT NOT NULL, place BLOB NOT NULL, first INTEGER NOT NULL,
        content BLOB NOT NULL, author TEXT NOT NULL, lines BLOB NOT NULL,
        UNIQUE(owner, place, first));
    CREATE INDEX IF NOT EXISTS note_content ON note(content);
    CREATE TABLE IF NOT EXISTS note_term(term INTEGER NOT NULL, note INTEGER NOT NULL,
                                         PRIMARY KEY(term, note)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS note_terms ON note_term(note);
";

fn hash_of(row: &Row, column: &str) -> rusqlite::Result<ContentHash> {
    row.get(column).map(ContentHash)
}

fn note_of(row: &Row) -> rusqlite::Result<Note> {
    Ok(Note {
        content: hash_of(row, "content")?,
        author: row.get("author")?,
        lines: row.get("lines")?,
    })
}

impl SqliteStore {
    /// Runs `steps` if there is a table of notes.
    fn read_notes<T: Default>(
        &self,
        steps: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let read = |connection: &Connection| {
            if has_notes(connection)? { steps(connection) } else { Ok(T::default()) }
        };
        read(self.connection()).map_err(self.failed("reading notes"))
    }
}

impl Notes for SqliteStore {
    fn put_note(&mut self, owner: &str, place: Place, note: &Note, terms: &[u64]) -> Result<()> {
        self.write("putting a note", |connection| {
            if !has_notes(connection)? {
                connection.execute_batch(SCHEMA)?;
            }
            let there = params![owner, place.of.0, place.first];
            connection
                .prepare_cached(
                    "DELETE FROM note_term WHERE note IN
                     (SELECT id FROM note WHERE owner = ?1 AND place = ?2 AND first = ?3)",
                )?
                .execute(there)?;
            connection
                .prepare_cached("DELETE FROM note WHERE owner = ?1 AND place = ?2 AND first = ?3")?
                .execute(there)?;
            connection
                .prepare_cached(
                    "INSERT INTO note(owner, place, first, content, author, lines)
                     VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    owner,
                    place.of.0,
                    place.first,
                    note.content.0,
                    note.author,
                    note.lines
                ])?;
            let id = connection.last_insert_rowid();
            let mut insert =
                connection.prepare_cached("INSERT OR IGNORE INTO note_term VALUES(?1, ?2)")?;
            for term in terms {
                insert.execute(params![term.cast_signed(), id])?;
            }
            Ok(())
        })
    }

    fn notes_of(&self, owner: &str, of: ContentHash) -> Result<Vec<(u32, Note)>> {
        self.read_notes(|connection| {
            connection
                .prepare_cached(
                    "SELECT first, content, author, lines FROM note
                     WHERE owner = ?1 AND place = ?2 ORDER BY first",
                )?
                .query_map(params![owner, of.0], |row| Ok((row.get(0)?, note_of(row)?)))?
                .collect()
        })
    }

    fn note_of_content(&self, content: ContentHash) -> Result<Option<Note>> {
        self.read_notes(|connection| {
            connection
                .prepare_cached(
                    "SELECT content, author, lines FROM note WHERE content = ?1 LIMIT 1",
                )?
                .query_row([content.0], note_of)
                .optional()
        })
    }

    fn notes_with(&self, term: u64) -> Result<Vec<u64>> {
        self.read_notes(|connection| {
            connection
                .prepare_cached("SELECT note FROM note_term WHERE term = ?1 ORDER BY note")?
                .query_map([term.cast_signed()], |row| row.get(0).map(i64::cast_unsigned))?
                .collect()
        })
    }

    fn placed_note(&self, number: u64) -> Result<Option<PlacedNote>> {
        self.read_notes(|connection| {
            connection
                .prepare_cached("SELECT * FROM note WHERE id = ?1")?
                .query_row([number.cast_signed()], |row| {
                    Ok(PlacedNote {
                        owner: row.get("owner")?,
                        place: Place { of: hash_of(row, "place")?, first: row.get("first")? },
                        note: note_of(row)?,
                    })
                })
                .optional()
        })
    }

    fn n_notes(&self) -> Result<u64> {
        self.read_notes(|connection| {
            connection
                .query_row("SELECT count(*) FROM note", [], |row| row.get(0))
                .map(i64::cast_unsigned)
        })
    }

    fn keep_notes(&mut self, owner: &str, places: &BTreeSet<Place>) -> Result<()> {
        if !self.read_notes(|_| Ok(true))? {
            return Ok(());
        }
        self.write("dropping notes", |connection| {
            let ids = |row: &Row| {
                let place = Place { of: hash_of(row, "place")?, first: row.get("first")? };
                Ok((row.get::<_, i64>("id")?, place))
            };
            let all: Vec<(i64, Place)> = connection
                .prepare_cached("SELECT id, place, first FROM note WHERE owner = ?1")?
                .query_map([owner], ids)?
                .collect::<rusqlite::Result<_>>()?;
            for (id, place) in all {
                if !places.contains(&place) {
                    connection
                        .prepare_cached("DELETE FROM note_term WHERE note = ?1")?
                        .execute([id])?;
                    connection.prepare_cached("DELETE FROM note WHERE id = ?1")?.execute([id])?;
                }
            }
            Ok(())
        })
    }

    fn note_bytes(&self) -> Result<u64> {
        self.read_notes(|connection| {
            connection
                .query_row("SELECT coalesce(sum(length(lines)), 0) FROM note", [], |row| row.get(0))
                .map(i64::cast_unsigned)
        })
    }
}
