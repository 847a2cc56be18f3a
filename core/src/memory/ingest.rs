//! Ingestion: from a source to the blocks and the record of a document, without a model.
//!
//! One pass: the reader pushes text, the cutter makes blocks, each block is indexed and put into the
//! store unless it is there already; then the directories of runs of blocks, and the record last.
//! Memory is bounded by one block and one directory. A killed or cancelled ingestion leaves whole
//! blocks and directories, which the next attempt finds by their hashes.

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::documents::{self, Flow, Format, Limits, Source, TextSink};
use super::index::ledger::record::NamesBuilder;
use super::index::merging::Blocks;
use super::index::pages;
use super::index::postings::PostingsBuilder;
use super::index::summary;
use super::segment::blocks::BlockCutter;
use super::segment::layout::Layout;
use super::segment::paragraphs;
use super::store::{BlockParts, BlockRef, ContentHash, DocumentRecord, Part, Section, Store};
use crate::error::{MemoryError, Result};

/// Longest section title in characters; the rest of a longer heading is left out.
const LONGEST_TITLE: usize = 160;
/// Most sections kept of one document.
const MOST_SECTIONS: usize = 20_000;

/// How far an ingestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of text done.
    pub text_bytes: u64,
    /// Length of the source in bytes; for packed formats less than its text.
    pub source_bytes: u64,
    /// Blocks indexed in this run.
    pub blocks_indexed: usize,
    /// Blocks that were there already.
    pub blocks_kept: usize,
}

/// How an ingestion ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ingested {
    /// The document is in the library.
    Added(DocumentRecord),
    /// The same source is in the library under this name already; nothing was done.
    Unchanged(DocumentRecord),
    /// The caller stopped it; blocks done so far are kept for the next attempt.
    Cancelled,
}

/// Ingests `source` into `store`, reporting to `progress` after every block and every directory.
///
/// # Errors
/// If the source cannot be read as a document or the store cannot be written.
pub fn ingest(
    store: &mut dyn Store,
    source: &Source,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Ingested> {
    let source_bytes = source.checked_length(limits)?;
    let format = source.format(limits)?;
    let hash = source.hash()?;
    let contents = store.contents()?;
    let known = contents.documents.iter().find(|document| document.name == source.name());
    if let Some(record) = known
        && record.source == hash
        && record.format == format.name()
    {
        let mut complete = is_current(store, record)?;
        for block in &record.blocks {
            complete &= store.has_block(block.hash)?;
        }
        if complete {
            return Ok(Ingested::Unchanged(record.clone()));
        }
    }
    let mut pipeline = Pipeline {
        store: &mut *store,
        progress: &mut *progress,
        owner: source.name(),
        find_headings: matches!(format, Format::Text | Format::Markdown),
        cutter: BlockCutter::new(),
        postings: PostingsBuilder::default(),
        names: NamesBuilder::default(),
        title: String::new(),
        blocks: Vec::new(),
        sections: Vec::new(),
        pages: Vec::new(),
        pushed_chars: 0,
        done_chars: 0,
        state: Progress { text_bytes: 0, source_bytes, blocks_indexed: 0, blocks_kept: 0 },
    };
    let summary = documents::read(source, limits, &mut pipeline)?;
    if summary.stopped || pipeline.drain(true)? == Flow::Stop {
        return Ok(Ingested::Cancelled);
    }
    let (record, state) = pipeline.finish(hash, format, summary.guessed_encoding);
    for (directory, run) in record.directories() {
        if put_directory(store, &record.name, directory, run)? && progress(state).is_break() {
            return Ok(Ingested::Cancelled);
        }
    }
    store.put_document(&record)?;
    Ok(Ingested::Added(record))
}

/// Whether the parts of a document's blocks were derived by today's rules: the hash of its first block is the
/// one that its text has today.
fn is_current(store: &dyn Store, record: &DocumentRecord) -> Result<bool> {
    let Some(block) = record.blocks.first() else { return Ok(true) };
    if !store.has_block(block.hash)? {
        return Ok(false);
    }
    let text = store.part(block.hash, Part::Text)?;
    Ok(std::str::from_utf8(&text).is_ok_and(|text| ContentHash::of_block(text) == block.hash))
}

/// Makes the directory of a run of blocks of the document `owner`; `false` if it was there.
fn put_directory(
    store: &mut dyn Store,
    owner: &str,
    directory: ContentHash,
    blocks: &[BlockRef],
) -> Result<bool> {
    if store.has_directory(directory)? {
        return Ok(false);
    }
    store.put_directory(owner, directory, &mut |store, put| {
        let damaged = || {
            crate::Error::from(MemoryError::CorruptLibrary {
                path: PathBuf::from(owner),
                place: format!("directory {directory}"),
                problem: "the dictionary of a block is cut short".to_owned(),
            })
        };
        let built = pages::build(&mut StoredRun { store, blocks, damaged: &damaged }, put)?;
        built.ok_or_else(damaged)
    })?;
    Ok(true)
}

/// The blocks of a run that are in the store.
struct StoredRun<'a> {
    store: &'a dyn Store,
    blocks: &'a [BlockRef],
    damaged: &'a dyn Fn() -> crate::Error,
}

impl Blocks for StoredRun<'_> {
    fn n_blocks(&self) -> usize {
        self.blocks.len()
    }

    fn terms(&mut self, at: usize) -> Result<Vec<u8>> {
        self.store.part(self.blocks[at].hash, Part::Terms)
    }

    fn positions(&mut self, at: usize) -> Result<Vec<u8>> {
        self.store.part(self.blocks[at].hash, Part::Positions)
    }

    fn layout(&mut self, at: usize) -> Result<Layout> {
        let BlockRef { hash, bytes, .. } = self.blocks[at];
        let part = self.store.part(hash, Part::Layout)?;
        Layout::decode(&part, bytes as usize).ok_or_else(self.damaged)
    }
}

struct Pipeline<'a> {
    store: &'a mut dyn Store,
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    owner: &'a str,
    /// Whether headings are told from the text; other formats mark them.
    find_headings: bool,
    cutter: BlockCutter,
    postings: PostingsBuilder,
    names: NamesBuilder,
    title: String,
    blocks: Vec<BlockRef>,
    sections: Vec<Section>,
    pages: Vec<u64>,
    /// Characters received from the reader.
    pushed_chars: u64,
    /// Characters in finished blocks.
    done_chars: u64,
    state: Progress,
}

impl TextSink for Pipeline<'_> {
    fn text(&mut self, text: &str) -> Result<Flow> {
        self.cutter.push(text);
        self.pushed_chars += text.chars().count() as u64;
        self.drain(false)
    }

    fn title(&mut self, title: &str) {
        self.title = short_title(title);
    }

    fn heading(&mut self, level: u8, title: &str) {
        let start = self.pushed_chars;
        self.add_section(level, start, title);
    }

    fn page(&mut self) {
        if self.pages.is_empty() && self.pushed_chars > 0 {
            self.pages.push(0);
        }
        self.pages.push(self.pushed_chars);
    }
}

impl Pipeline<'_> {
    /// The record of what went through. The buffers of blocks go before directories are made.
    fn finish(
        self,
        source: ContentHash,
        format: Format,
        guessed_encoding: bool,
    ) -> (DocumentRecord, Progress) {
        let record = DocumentRecord {
            name: self.owner.to_owned(),
            title: self.title,
            source,
            format: format.name().to_owned(),
            guessed_encoding,
            blocks: self.blocks,
            sections: self.sections,
            pages: self.pages,
        };
        (record, self.state)
    }

    fn drain(&mut self, complete: bool) -> Result<Flow> {
        while let Some(text) = self.cutter.next_block(complete) {
            self.finish_block(text)?;
            if (self.progress)(self.state).is_break() {
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }

    fn finish_block(&mut self, text: String) -> Result<()> {
        let hash = ContentHash::of_block(&text);
        let layout = Layout::of(&text);
        let chars = text.chars().count() as u32;
        if self.find_headings {
            self.find_sections(&text, &layout);
        }
        self.done_chars += u64::from(chars);
        self.state.text_bytes += text.len() as u64;
        self.blocks.push(BlockRef {
            hash,
            bytes: text.len() as u32,
            chars,
            words: layout.words,
            sentences: layout.sentences.len() as u32,
            passages: layout.passages.len() as u32,
            checksum: crc32fast::hash(text.as_bytes()),
        });
        if self.store.has_block(hash)? {
            self.state.blocks_kept += 1;
            return Ok(());
        }
        let (terms, positions) = self.postings.build(&text);
        let names = self.names.build(&text, &layout);
        let windows = layout.windows(&text);
        let parts = BlockParts {
            layout: layout.encode(),
            summary: summary::build(&text, &layout, &windows, &names, &self.postings),
            names: names.encode(),
            text,
            terms,
            positions,
        };
        // SQLite copies the longest part while it is put.
        drop((layout, windows));
        self.store.put_block(self.owner, hash, &parts)?;
        self.state.blocks_indexed += 1;
        Ok(())
    }

    fn find_sections(&mut self, text: &str, layout: &Layout) {
        let (mut byte, mut chars) = (0, 0);
        for sentence in layout.sentences.iter().filter(|sentence| sentence.heading) {
            let (start, end) = (sentence.start as usize, sentence.end as usize);
            chars += text[byte..start].chars().count() as u64;
            byte = start;
            // A heading of several sentences ("CHAPTER I. The Storm.") is one section.
            if sentence.opens_paragraph {
                let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
                let line = text[start..line_end.max(end)].trim();
                let level = paragraphs::heading_level(line).unwrap_or(1);
                let title = line.lines().next().unwrap_or("").trim_start_matches('#').trim();
                self.add_section(level, self.done_chars + chars, title);
            }
        }
    }

    fn add_section(&mut self, level: u8, start: u64, title: &str) {
        let title = short_title(title);
        if !title.is_empty() && self.sections.len() < MOST_SECTIONS {
            self.sections.push(Section { level, start, title });
        }
    }
}

/// A title without line breaks, cut to [`LONGEST_TITLE`].
fn short_title(title: &str) -> String {
    let words: Vec<&str> = title.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_TITLE).collect()
}
