//! The notes of a store in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::memory::MemoryStore;
use super::notes::{Note, Notes, Place, PlacedNote};
use super::record::ContentHash;
use crate::error::Result;

/// Notes in ordinary maps.
#[derive(Debug, Default)]
pub struct NoteMaps {
    last: u64,
    notes: BTreeMap<u64, PlacedNote>,
    terms: BTreeMap<u64, BTreeSet<u64>>,
}

impl NoteMaps {
    /// Drops the notes that `stays` does not want.
    pub fn retain(&mut self, stays: impl Fn(&PlacedNote) -> bool) {
        self.notes.retain(|_, placed| stays(placed));
        for numbers in self.terms.values_mut() {
            numbers.retain(|number| self.notes.contains_key(number));
        }
        self.terms.retain(|_, numbers| !numbers.is_empty());
    }
}

impl Notes for MemoryStore {
    fn put_note(&mut self, owner: &str, place: Place, note: &Note, terms: &[u64]) -> Result<()> {
        let maps = &mut self.notes;
        maps.retain(|placed| placed.owner != owner || placed.place != place);
        maps.last += 1;
        let placed = PlacedNote { owner: owner.to_owned(), place, note: note.clone() };
        maps.notes.insert(maps.last, placed);
        for term in terms {
            maps.terms.entry(*term).or_default().insert(maps.last);
        }
        Ok(())
    }

    fn notes_of(&self, owner: &str, of: ContentHash) -> Result<Vec<(u32, Note)>> {
        let mut found: Vec<(u32, Note)> = self
            .notes
            .notes
            .values()
            .filter(|placed| placed.owner == owner && placed.place.of == of)
            .map(|placed| (placed.place.first, placed.note.clone()))
            .collect();
        found.sort_by_key(|(first, _)| *first);
        Ok(found)
    }

    fn note_of_content(&self, content: ContentHash) -> Result<Option<Note>> {
        let notes = self.notes.notes.values().map(|placed| &placed.note);
        Ok(notes.into_iter().find(|note| note.content == content).cloned())
    }

    fn notes_with(&self, term: u64) -> Result<Vec<u64>> {
        Ok(self.notes.terms.get(&term).into_iter().flatten().copied().collect())
    }

    fn placed_note(&self, number: u64) -> Result<Option<PlacedNote>> {
        Ok(self.notes.notes.get(&number).cloned())
    }

    fn n_notes(&self) -> Result<u64> {
        Ok(self.notes.notes.len() as u64)
    }

    fn keep_notes(&mut self, owner: &str, places: &BTreeSet<Place>) -> Result<()> {
        self.notes.retain(|placed| placed.owner != owner || places.contains(&placed.place));
        Ok(())
    }

    fn note_bytes(&self) -> Result<u64> {
        Ok(self.notes.notes.values().map(|placed| placed.note.lines.len() as u64).sum())
    }
}
