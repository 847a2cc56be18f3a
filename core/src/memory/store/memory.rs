//! A store in memory: for a document that is asked once and dropped, and for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{BlockParts, ContentHash, DocumentRecord, Part, Store};
use crate::error::{MemoryError, Result};

/// Keeps everything in ordinary maps; grows with its documents.
#[derive(Debug, Default)]
pub struct MemoryStore {
    documents: Vec<DocumentRecord>,
    blocks: BTreeMap<ContentHash, (String, BlockParts)>,
}

impl MemoryStore {
    fn drop_unneeded(&mut self, owner: &str, candidates: &BTreeSet<ContentHash>) {
        let needed: BTreeSet<ContentHash> = self
            .documents
            .iter()
            .flat_map(|document| document.blocks.iter().map(|block| block.hash))
            .collect();
        self.blocks.retain(|hash, (block_owner, _)| {
            needed.contains(hash) || !(block_owner == owner || candidates.contains(hash))
        });
    }
}

impl Store for MemoryStore {
    fn documents(&self) -> Result<Vec<DocumentRecord>> {
        Ok(self.documents.clone())
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
            None => Err(MemoryError::CorruptLibrary {
                path: PathBuf::from("(in memory)"),
                place: format!("block {hash}"),
                problem: "is missing".to_owned(),
            }
            .into()),
        }
    }

    fn part_bytes(&self, part: Part) -> Result<u64> {
        Ok(self.blocks.values().map(|(_, parts)| parts.part(part).len() as u64).sum())
    }

    fn put_document(&mut self, record: &DocumentRecord) -> Result<()> {
        let mut replaced = BTreeSet::new();
        match self.documents.iter_mut().find(|document| document.name == record.name) {
            Some(document) => {
                replaced = document.blocks.iter().map(|block| block.hash).collect();
                *document = record.clone();
            }
            None => self.documents.push(record.clone()),
        }
        self.drop_unneeded(&record.name, &replaced);
        Ok(())
    }

    fn remove_document(&mut self, name: &str) -> Result<bool> {
        let Some(at) = self.documents.iter().position(|document| document.name == name) else {
            return Ok(false);
        };
        let removed = self.documents.remove(at);
        let blocks = removed.blocks.iter().map(|block| block.hash).collect();
        self.drop_unneeded(name, &blocks);
        Ok(true)
    }
}
