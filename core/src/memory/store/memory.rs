//! A store in memory: for a document that is asked once and dropped, and for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::contents::Contents;
use super::contract::{MakePages, Store};
use super::memory_notes::NoteMaps;
use super::record::{BlockParts, ContentHash, DocumentRecord, Part};
use crate::error::{MemoryError, Result};

/// Keeps everything in ordinary maps; grows with its documents.
#[derive(Debug, Default)]
pub struct MemoryStore {
    contents: Arc<Contents>,
    /// By hash, with their owner.
    blocks: BTreeMap<ContentHash, (String, BlockParts)>,
    /// The pages of directories by the hash of the run, with their owner.
    directories: BTreeMap<ContentHash, (String, BTreeMap<u32, Vec<u8>>)>,
    pub(super) notes: NoteMaps,
}

impl MemoryStore {
    fn drop_unneeded(&mut self, owner: &str, candidates: &BTreeSet<ContentHash>) {
        let needed: BTreeSet<ContentHash> =
            self.contents.documents.iter().flat_map(hashes).collect();
        let stays = |hash: &ContentHash, of: &str| {
            needed.contains(hash) || !(of == owner || candidates.contains(hash))
        };
        self.blocks.retain(|hash, (of, _)| stays(hash, of));
        self.directories.retain(|hash, (of, _)| stays(hash, of));
    }

    fn missing(what: String) -> crate::Error {
        MemoryError::CorruptLibrary {
            path: PathBuf::from("(in memory)"),
            place: what,
            problem: "is missing".to_owned(),
        }
        .into()
    }
}

/// The hashes of the blocks and of the directories of a document.
fn hashes(document: &DocumentRecord) -> impl Iterator<Item = ContentHash> {
    let blocks = document.blocks.iter().map(|block| block.hash);
    blocks.chain(document.directories().map(|(directory, _)| directory))
}

impl Store for MemoryStore {
    fn contents(&self) -> Result<Arc<Contents>> {
        Ok(Arc::clone(&self.contents))
    }

    fn begin_read(&self) -> Result<()> {
        // Nobody else can write to this store.
        Ok(())
    }

    fn end_read(&self) {}

    fn has_block(&self, hash: ContentHash) -> Result<bool> {
        Ok(self.blocks.contains_key(&hash))
    }

    fn put_block(&mut self, owner: &str, hash: ContentHash, parts: &BlockParts) -> Result<()> {
        self.blocks.entry(hash).or_insert_with(|| (owner.to_owned(), parts.clone()));
        Ok(())
    }

    fn part(&self, hash: ContentHash, part: Part) -> Result<Vec<u8>> {
        match self.blocks.get(&hash) {
            Some((_, parts)) => Ok(parts.part(part).to_vec()),
            None => Err(Self::missing(format!("block {hash}"))),
        }
    }

    fn text(&self, hash: ContentHash, range: Range<u32>) -> Result<Vec<u8>> {
        let text = self.blocks.get(&hash).map(|(_, parts)| parts.text.as_bytes());
        let bytes = text.and_then(|text| text.get(range.start as usize..range.end as usize));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| Self::missing(format!("block {hash}")))
    }

    fn parts(&self, hash: ContentHash, first: Part, last: Part) -> Result<Vec<Vec<u8>>> {
        let between = Part::ALL.into_iter().filter(|part| (first..=last).contains(part));
        between.map(|part| self.part(hash, part)).collect()
    }

    fn part_bytes(&self, part: Part) -> Result<u64> {
        Ok(self.blocks.values().map(|(_, parts)| parts.part(part).len() as u64).sum())
    }

    fn has_directory(&self, run: ContentHash) -> Result<bool> {
        Ok(self.directories.contains_key(&run))
    }

    fn put_directory(&mut self, owner: &str, run: ContentHash, make: &mut MakePages) -> Result<()> {
        let mut pages: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        make(self, &mut |page, bytes| {
            pages.insert(page, bytes.to_vec());
            Ok(())
        })?;
        self.directories.entry(run).or_insert_with(|| (owner.to_owned(), pages));
        Ok(())
    }

    fn directory_page(&self, run: ContentHash, page: u32) -> Result<Vec<u8>> {
        self.directories
            .get(&run)
            .and_then(|(_, pages)| pages.get(&page).cloned())
            .ok_or_else(|| Self::missing(format!("page {page} of directory {run}")))
    }

    fn directory_bytes(&self) -> Result<u64> {
        let pages = self.directories.values().flat_map(|(_, pages)| pages.values());
        Ok(pages.map(|page| page.len() as u64).sum())
    }

    fn put_document(&mut self, record: &DocumentRecord) -> Result<()> {
        let mut replaced = BTreeSet::new();
        let mut documents = self.contents.documents.clone();
        match documents.iter_mut().find(|document| document.name == record.name) {
            Some(document) => {
                replaced = hashes(document).collect();
                *document = record.clone();
            }
            None => documents.push(record.clone()),
        }
        self.contents = Arc::new(Contents::of(documents));
        self.drop_unneeded(&record.name, &replaced);
        Ok(())
    }

    fn remove_document(&mut self, name: &str) -> Result<bool> {
        let mut documents = self.contents.documents.clone();
        let Some(at) = documents.iter().position(|document| document.name == name) else {
            return Ok(false);
        };
        let removed = documents.remove(at);
        self.contents = Arc::new(Contents::of(documents));
        self.notes.retain(|placed| placed.owner != name);
        self.drop_unneeded(name, &hashes(&removed).collect());
        Ok(true)
    }
}
