//! What a library holds, as of one moment: made once for all questions until a document is put or removed.

use std::ops::Range;
use std::sync::OnceLock;

use super::record::{BlockRef, ContentHash, DocumentRecord};
use crate::error::{MemoryError, Result};

/// Where a block lies in the library.
#[derive(Debug, Clone, Copy)]
pub struct BlockPlace {
    /// Ordinal of its document.
    pub document: usize,
    /// The block.
    pub block: BlockRef,
    /// Characters of the document before it.
    pub first_char: u64,
    /// Sentences of the library before it.
    pub first_sentence: u32,
}

/// A run of blocks.
#[derive(Debug, Clone)]
pub struct Run {
    /// Ordinals of its blocks in the library.
    pub blocks: Range<u32>,
    /// The directory of their terms; short runs have none.
    pub directory: Option<ContentHash>,
}

/// The documents of a library and where their blocks lie.
#[derive(Debug, Default)]
pub struct Contents {
    /// The documents, in the order in which they were first added.
    pub documents: Vec<DocumentRecord>,
    /// The blocks of all documents, in order.
    pub blocks: Vec<BlockPlace>,
    /// The runs of blocks of all documents, in order.
    pub runs: Vec<Run>,
    /// Number of words in all blocks.
    pub n_words: u64,
    /// Number of sentences in all blocks.
    pub n_sentences: u64,
    /// Number of passages in all blocks.
    pub n_passages: u64,
    /// Whether the longest document is made of lines that stand by themselves, once a plan has looked.
    pub is_guide: OnceLock<bool>,
}

impl Contents {
    /// The contents of a library of these documents.
    pub fn of(documents: Vec<DocumentRecord>) -> Self {
        let mut contents = Self::default();
        for (document, record) in documents.iter().enumerate() {
            for run in record.runs() {
                let begin = contents.blocks.len() as u32;
                let blocks = begin..begin + run.len() as u32;
                contents.runs.push(Run { blocks, directory: ContentHash::of_directory(run) });
                for block in run {
                    let before = contents.blocks.last().filter(|last| last.document == document);
                    let first_char =
                        before.map_or(0, |last| last.first_char + u64::from(last.block.chars));
                    let first_sentence = contents.n_sentences as u32;
                    let place = BlockPlace { document, block: *block, first_char, first_sentence };
                    contents.blocks.push(place);
                    contents.n_words += u64::from(block.words);
                    contents.n_sentences += u64::from(block.sentences);
                    contents.n_passages += u64::from(block.passages);
                }
            }
        }
        contents.documents = documents;
        contents
    }

    /// The number of the run that block `block` belongs to.
    pub fn run_of(&self, block: u32) -> usize {
        self.runs.partition_point(|run| run.blocks.end <= block)
    }

    /// The part of it that the documents `names` are.
    ///
    /// # Errors
    /// If one of them is not there.
    pub fn only(&self, names: &[String]) -> Result<Self> {
        for name in names {
            if !self.documents.iter().any(|document| document.name == *name) {
                return Err(MemoryError::UnknownDocument { document: name.clone() }.into());
            }
        }
        let named = self.documents.iter().filter(|document| names.contains(&document.name));
        Ok(Self::of(named.cloned().collect()))
    }
}
