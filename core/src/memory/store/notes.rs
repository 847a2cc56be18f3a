//! Notes: what a model wrote about a place of a document, kept beside the document.
//!
//! A note belongs to the document `owner` and is about a place in it: a block and the ordinal of a
//! sentence, or anything else that has a hash. It is put whole or not at all, in the stead of the
//! note that was there, and found by the hashes of its words. What its lines are, the store does not
//! know. Notes leave with their document; an edit leaves them, so that what was written of a text that
//! did not change can be taken over, until [`Notes::keep_notes`] is called.

use std::collections::BTreeSet;

use super::record::ContentHash;
use crate::error::Result;

/// What a model wrote about a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Hash of the text that was read, of the model and of what it was told.
    pub content: ContentHash,
    /// Name of the model.
    pub author: String,
    /// The lines, encoded.
    pub lines: Vec<u8>,
}

/// Where a note stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// A block, or something else with a hash.
    pub of: ContentHash,
    /// Ordinal of a sentence of the block.
    pub first: u32,
}

/// A note and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedNote {
    /// Name of the document.
    pub owner: String,
    /// Where.
    pub place: Place,
    /// The note.
    pub note: Note,
}

/// Where a library keeps notes.
pub trait Notes {
    /// Puts a note of the document `owner` in one step, in the stead of the one at that place; `terms` are
    /// the hashes of its words.
    ///
    /// # Errors
    /// If the backing cannot be written; nothing was kept then.
    fn put_note(&mut self, owner: &str, place: Place, note: &Note, terms: &[u64]) -> Result<()>;

    /// The notes of the document `owner` about `of`, by their sentence.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn notes_of(&self, owner: &str, of: ContentHash) -> Result<Vec<(u32, Note)>>;

    /// A note with this content, wherever it stands.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn note_of_content(&self, content: ContentHash) -> Result<Option<Note>>;

    /// Numbers of the notes that hold a word with the hash `term`, in ascending order.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn notes_with(&self, term: u64) -> Result<Vec<u64>>;

    /// The note with this number.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn placed_note(&self, number: u64) -> Result<Option<PlacedNote>>;

    /// Number of notes.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn n_notes(&self) -> Result<u64>;

    /// Drops the notes of the document `owner` that stand at none of `places`.
    ///
    /// # Errors
    /// If the backing cannot be written; nothing was dropped then.
    fn keep_notes(&mut self, owner: &str, places: &BTreeSet<Place>) -> Result<()>;

    /// Bytes that the lines of all notes take together.
    ///
    /// # Errors
    /// If the backing cannot be read.
    fn note_bytes(&self) -> Result<u64>;
}
