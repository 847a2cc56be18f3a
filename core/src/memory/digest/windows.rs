//! The windows of documents, and the pieces of them that a model's context holds.

use std::path::PathBuf;
use std::sync::Arc;

use super::writer::{FACTS, Writer};
use crate::error::{MemoryError, Result};
use crate::memory::answer::one_line;
use crate::memory::index::{corpus, summary};
use crate::memory::segment::layout::Layout;
use crate::memory::store::{ContentHash, DocumentRecord, Part, Store};

/// A window to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Ordinal of its document among those of the pass.
    pub document: u32,
    /// Ordinal of its block in the document.
    pub block: u32,
    /// Its first sentence.
    pub first: u32,
    /// One past its last sentence.
    pub end: u32,
    /// Sentences at its beginning that the window before it has too.
    pub overlap: u8,
    /// What its best sentence is worth.
    pub worth: u8,
}

/// A block in hand.
pub struct Block {
    /// Its hash.
    pub hash: ContentHash,
    /// Its text and its sentences.
    pub held: corpus::Block,
}

/// What a model is shown at once.
pub struct Piece {
    /// The sentence where its note stands: the first that no piece before it has.
    pub first: u32,
    /// Ordinals of the sentences shown.
    pub ordinals: Vec<u32>,
    /// The sentences, each on one line.
    pub shown: Vec<String>,
}

/// Reads block `block` of a document.
///
/// # Errors
/// If it is gone, damaged, or the store cannot be read.
pub fn open(store: &dyn Store, record: &DocumentRecord, block: u32) -> Result<Block> {
    let place = &record.blocks[block as usize];
    if !store.has_block(place.hash)? {
        return Err(MemoryError::DocumentChanged { document: record.name.clone() }.into());
    }
    let (text, layout) =
        (store.part(place.hash, Part::Text)?, store.part(place.hash, Part::Layout)?);
    let layout = Layout::decode(&layout, place.bytes as usize).ok_or(corpus::MISFIT);
    let held = layout.and_then(|layout| corpus::Block::checked(text, Arc::new(layout), place));
    let held = held.map_err(|problem| MemoryError::CorruptLibrary {
        path: PathBuf::from(&record.name),
        place: format!("block {}", place.hash),
        problem: problem.to_owned(),
    })?;
    Ok(Block { hash: place.hash, held })
}

/// The windows of `records`, in order.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn windows(store: &dyn Store, records: &[DocumentRecord]) -> Result<Vec<Window>> {
    let mut out = Vec::new();
    for (document, record) in records.iter().enumerate() {
        for block in 0..record.blocks.len() as u32 {
            let Block { hash, held } = open(store, record, block)?;
            let summary = store.part(hash, Part::Summary)?;
            let n_sentences = held.layout.sentences.len() as u32;
            let worth = summary::worth_of_windows(&summary, n_sentences).unwrap_or_default();
            let mut before = 0;
            for (at, range) in held.layout.windows(&held.text).into_iter().enumerate() {
                out.push(Window {
                    document: document as u32,
                    block,
                    first: range.start as u32,
                    end: range.end as u32,
                    overlap: (before as usize).saturating_sub(range.start) as u8,
                    worth: worth.get(at).copied().unwrap_or(0),
                });
                before = range.end as u32;
            }
        }
    }
    Ok(out)
}

/// The pieces of a window: one, unless the model's context is too small. A sentence that it does not hold
/// even alone is left out.
pub fn pieces(block: &Block, window: &Window, writer: &Writer) -> Vec<Piece> {
    let mut ordinals = Vec::new();
    let mut shown = Vec::new();
    for at in window.first..window.end {
        let range = at as usize..at as usize + 1;
        let text = one_line(block.held.sentences(range));
        if !text.is_empty() {
            ordinals.push(at);
            shown.push(text);
        }
    }
    let own = window.first + u32::from(window.overlap);
    let mut out = Vec::new();
    while !shown.is_empty() {
        let holds = writer.holds(&shown, FACTS);
        let taken = holds.max(1);
        let rest = (ordinals.split_off(taken), shown.split_off(taken));
        let first = if out.is_empty() { own.max(ordinals[0]) } else { ordinals[0] };
        // What only repeats the window before it is no piece.
        if holds > 0 && ordinals[taken - 1] >= own {
            out.push(Piece { first, ordinals, shown });
        }
        (ordinals, shown) = rest;
    }
    out
}
