//! A store that several threads hold and that stops when a flag is set.
//!
//! Everything that the room does passes through its store, so this is where work of any kind can be
//! stopped at once: after the flag is set, every call fails with [`MemoryError::Stopped`]. What was
//! put before stays, as after a kill; whoever set the flag knows what the failure means.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::contents::Contents;
use super::contract::{MakePages, Store};
use super::notes::{Note, Notes, Place, PlacedNote};
use super::record::{BlockParts, ContentHash, DocumentRecord, Part};
use crate::cancel::CancelFlag;
use crate::error::{MemoryError, Result};

/// A store shared by several threads, each call of which is whole.
pub type SharedStore = Arc<Mutex<dyn Store>>;

/// A view of a shared store that ends with a flag.
pub struct WatchedStore {
    store: SharedStore,
    cancel: CancelFlag,
}

impl WatchedStore {
    /// A view of `store` until `cancel` is set.
    pub fn new(store: SharedStore, cancel: CancelFlag) -> Self {
        Self { store, cancel }
    }

    fn store(&self) -> Result<MutexGuard<'_, dyn Store + 'static>> {
        if self.cancel.is_cancelled() {
            return Err(MemoryError::Stopped.into());
        }
        Ok(self.locked())
    }

    fn locked(&self) -> MutexGuard<'_, dyn Store + 'static> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for WatchedStore {
    fn contents(&self) -> Result<Arc<Contents>> {
        self.store()?.contents()
    }

    fn begin_read(&self) -> Result<()> {
        self.store()?.begin_read()
    }

    fn end_read(&self) {
        self.locked().end_read();
    }

    fn has_block(&self, hash: ContentHash) -> Result<bool> {
        self.store()?.has_block(hash)
    }

    fn put_block(&mut self, owner: &str, hash: ContentHash, parts: &BlockParts) -> Result<()> {
        self.store()?.put_block(owner, hash, parts)
    }

    fn part(&self, hash: ContentHash, part: Part) -> Result<Vec<u8>> {
        self.store()?.part(hash, part)
    }

    fn text(&self, hash: ContentHash, range: Range<u32>) -> Result<Vec<u8>> {
        self.store()?.text(hash, range)
    }

    fn parts(&self, hash: ContentHash, first: Part, last: Part) -> Result<Vec<Vec<u8>>> {
        self.store()?.parts(hash, first, last)
    }

    fn part_bytes(&self, part: Part) -> Result<u64> {
        self.store()?.part_bytes(part)
    }

    fn has_directory(&self, run: ContentHash) -> Result<bool> {
        self.store()?.has_directory(run)
    }

    fn put_directory(&mut self, owner: &str, run: ContentHash, make: &mut MakePages) -> Result<()> {
        let cancel = self.cancel.clone();
        self.store()?.put_directory(owner, run, &mut |store, put| {
            make(store, &mut |page, bytes| {
                if cancel.is_cancelled() {
                    return Err(MemoryError::Stopped.into());
                }
                put(page, bytes)
            })
        })
    }

    fn directory_page(&self, run: ContentHash, page: u32) -> Result<Vec<u8>> {
        self.store()?.directory_page(run, page)
    }

    fn directory_bytes(&self) -> Result<u64> {
        self.store()?.directory_bytes()
    }

    fn put_document(&mut self, record: &DocumentRecord) -> Result<()> {
        self.store()?.put_document(record)
    }

    fn remove_document(&mut self, name: &str) -> Result<bool> {
        self.store()?.remove_document(name)
    }
}

impl Notes for WatchedStore {
    fn put_note(&mut self, owner: &str, place: Place, note: &Note, terms: &[u64]) -> Result<()> {
        self.store()?.put_note(owner, place, note, terms)
    }

    fn notes_of(&self, owner: &str, of: ContentHash) -> Result<Vec<(u32, Note)>> {
        self.store()?.notes_of(owner, of)
    }

    fn note_of_content(&self, content: ContentHash) -> Result<Option<Note>> {
        self.store()?.note_of_content(content)
    }

    fn notes_with(&self, term: u64) -> Result<Vec<u64>> {
        self.store()?.notes_with(term)
    }

    fn placed_note(&self, number: u64) -> Result<Option<PlacedNote>> {
        self.store()?.placed_note(number)
    }

    fn n_notes(&self) -> Result<u64> {
        self.store()?.n_notes()
    }

    fn keep_notes(&mut self, owner: &str, places: &BTreeSet<Place>) -> Result<()> {
        self.store()?.keep_notes(owner, places)
    }

    fn note_bytes(&self) -> Result<u64> {
        self.store()?.note_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::memory::store::MemoryStore;
    use crate::memory::{AskOptions, Library, Source};

    #[test]
    fn a_flag_stops_reading_and_what_was_put_stays() {
        let shared: SharedStore = Arc::new(Mutex::new(MemoryStore::default()));
        let watched = |cancel: &CancelFlag| {
            Library::with_store(Box::new(WatchedStore::new(shared.clone(), cancel.clone())))
        };
        let cancel = CancelFlag::new();
        let source = Source::text("log.txt", "The lamp is blue. Omar lit it.");
        watched(&cancel).open_document(&source).unwrap();
        cancel.cancel();
        let stopped = watched(&cancel).ask("Who lit the lamp?", &AskOptions::default());
        assert!(matches!(stopped, Err(Error::Memory(MemoryError::Stopped))), "{stopped:?}");
        let library = watched(&CancelFlag::new());
        assert_eq!(library.documents().unwrap().len(), 1);
        library.ask("Who lit the lamp?", &AskOptions::default()).unwrap();
    }
}
