//! A read-only view of all blocks of a library in order, with the few that are being read at hand.
//!
//! Sentences are addressed by the ordinal of their block in the library and their ordinal in the
//! block, so that comparing addresses compares places. Of at most [`CACHED`] blocks the text is held, and of
//! as many what is searched.

use std::cell::RefCell;
use std::ops::Range;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use super::pages::Firsts;
use crate::error::{MemoryError, Result};
use crate::memory::segment::layout::Layout;
use crate::memory::store::{BlockRef, Contents, Notes, Part, Run, Store};

/// Blocks whose text, and whose index, is held at a time, as many as the facts of a chain may stand in: bounds the
/// memory of a question.
const CACHED: usize = 12;
/// Pages of directories that are held at a time: the plans of a question look the same words up.
const CACHED_PAGES: usize = 32;

/// Address of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SentenceId {
    /// Ordinal of the block in the library.
    pub block: u32,
    /// Ordinal of the sentence in the block.
    pub sentence: u32,
}

/// What is said of a layout that its text does not bear out.
pub const MISFIT: &str = "the layout does not fit the text";

/// Text and layout of one block.
#[derive(Debug)]
pub struct Block {
    /// The text.
    pub text: String,
    /// Its sentences and passages.
    pub layout: Rc<Layout>,
}

/// What is searched of one block, as it is stored.
#[derive(Debug)]
pub struct BlockIndex {
    layout: Vec<u8>,
    /// The part `terms`.
    pub terms: Vec<u8>,
    /// The part `positions`.
    pub positions: Vec<u8>,
}

/// What was read last, at most `limit` of it.
#[derive(Debug)]
struct Recent<K, T> {
    limit: usize,
    held: RefCell<Vec<(K, Rc<T>)>>,
}

impl<K: Copy + PartialEq, T> Recent<K, T> {
    fn new(limit: usize) -> Self {
        Self { limit, held: RefCell::new(Vec::new()) }
    }

    /// What is held under `key`, which was used last from now on.
    fn get(&self, key: K) -> Option<Rc<T>> {
        let mut held = self.held.borrow_mut();
        let at = held.iter().position(|(of, _)| *of == key)?;
        held[at..].rotate_left(1);
        held.last().map(|(_, value)| Rc::clone(value))
    }

    /// Holds `value` under `key` instead of what was not used for longest.
    fn keep(&self, key: K, value: T) -> Rc<T> {
        let mut held = self.held.borrow_mut();
        if held.len() == self.limit {
            held.remove(0);
        }
        let value = Rc::new(value);
        held.push((key, Rc::clone(&value)));
        value
    }
}

impl Block {
    /// A block's text as it is stored, compared with what its document says of it; what is wrong where it
    /// differs. `layout` is that of a text of this length.
    pub fn checked(
        text: Vec<u8>,
        layout: Rc<Layout>,
        place: &BlockRef,
    ) -> std::result::Result<Self, &'static str> {
        let text = utf8(text).ok_or("the text is not UTF-8")?;
        if text.len() != place.bytes as usize {
            return Err("the text has another length than its document says");
        }
        // What is quoted must be what was read, so a changed bit may not pass.
        if crc32fast::hash(text.as_bytes()) != place.checksum {
            return Err("the text is not what was put there");
        }
        if !layout.sentences.iter().all(|s| text.is_char_boundary(s.start as usize)) {
            return Err("a sentence begins inside a character");
        }
        Ok(Self { text, layout })
    }

    /// Text of the sentences `range`, with the blank space between and behind them.
    pub fn sentences(&self, range: Range<usize>) -> &str {
        match (self.layout.sentences.get(range.start), range.end.checked_sub(1)) {
            (Some(first), Some(last)) if last >= range.start => {
                let last = self.layout.sentences[last.min(self.layout.sentences.len() - 1)];
                &self.text[first.start as usize..last.end as usize]
            }
            _ => "",
        }
    }
}

/// Bytes as a text. The standard library checks what is not ASCII character by character, which took a
/// seventh of the time of an answer from a long Chinese document; a check in wide steps is worth a copy.
fn utf8(bytes: Vec<u8>) -> Option<String> {
    if bytes.is_ascii() {
        return String::from_utf8(bytes).ok();
    }
    simdutf8::basic::from_utf8(&bytes).ok().map(str::to_owned)
}

/// The blocks of a library.
pub struct Corpus<'a> {
    store: &'a dyn Store,
    /// What it is a view of.
    pub contents: Arc<Contents>,
    /// What was read of the directories' first pages, by run.
    firsts: RefCell<Vec<Option<Rc<Firsts>>>>,
    recent_pages: Recent<(usize, u32), Vec<u8>>,
    recent_blocks: Recent<u32, Block>,
    recent_layouts: Recent<u32, Layout>,
    recent_indexes: Recent<u32, BlockIndex>,
}

impl<'a> Corpus<'a> {
    /// A view of what `store` holds now, or of the documents `only` where some are named.
    ///
    /// # Errors
    /// If the store cannot be read or one of the named documents is not there.
    pub fn of(store: &'a dyn Store, only: &[String]) -> Result<Self> {
        store.begin_read()?;
        // From here on the view ends the read when it is dropped, whatever happens below.
        let mut corpus = Self {
            store,
            contents: Arc::default(),
            firsts: RefCell::new(Vec::new()),
            recent_pages: Recent::new(CACHED_PAGES),
            recent_blocks: Recent::new(CACHED),
            recent_layouts: Recent::new(CACHED),
            recent_indexes: Recent::new(CACHED),
        };
        corpus.contents = store.contents()?;
        if !only.is_empty() {
            corpus.contents = Arc::new(corpus.contents.only(only)?);
        }
        corpus.firsts.replace(vec![None; corpus.contents.runs.len()]);
        Ok(corpus)
    }

    /// The notes about the documents of the library.
    pub fn notes(&self) -> &dyn Notes {
        self.store
    }

    /// One stored part of block `block`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn part(&self, block: u32, part: Part) -> Result<Vec<u8>> {
        self.store.part(self.contents.blocks[block as usize].block.hash, part)
    }

    /// Ordinals of the runs of document `document`.
    pub fn runs_of(&self, document: usize) -> impl Iterator<Item = usize> {
        let is_of = move |run: &usize| {
            self.contents.blocks[self.contents.runs[*run].blocks.start as usize].document
                == document
        };
        (0..self.contents.runs.len()).filter(is_of)
    }

    /// Page `page` of the directory of run `run`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn directory_page(&self, run: usize, page: u32) -> Result<Rc<Vec<u8>>> {
        if let Some(held) = self.recent_pages.get((run, page)) {
            return Ok(held);
        }
        let bytes = self.store.directory_page(self.contents.runs[run].hash, page)?;
        Ok(self.recent_pages.keep((run, page), bytes))
    }

    /// The first terms of the pages of the directory of run `run`; read once.
    ///
    /// # Errors
    /// If the store cannot be read or the page is damaged.
    pub fn firsts(&self, run: usize) -> Result<Rc<Firsts>> {
        if let Some(firsts) = &self.firsts.borrow()[run] {
            return Ok(Rc::clone(firsts));
        }
        let page = self.store.directory_page(self.contents.runs[run].hash, 0)?;
        let firsts = Firsts::decode(page)
            .map(Rc::new)
            .ok_or_else(|| self.damaged_run(run, "the list of its pages is cut short"))?;
        self.firsts.borrow_mut()[run] = Some(Rc::clone(&firsts));
        Ok(firsts)
    }

    /// What is searched of block `block`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn index(&self, block: u32) -> Result<Rc<BlockIndex>> {
        if let Some(index) = self.recent_indexes.get(block) {
            return Ok(index);
        }
        let hash = self.contents.blocks[block as usize].block.hash;
        let parts = self.store.parts(hash, Part::Layout, Part::Positions)?;
        let [layout, terms, positions] = <[Vec<u8>; 3]>::try_from(parts)
            .map_err(|_| self.damaged(block, "a part is missing"))?;
        Ok(self.recent_indexes.keep(block, BlockIndex { layout, terms, positions }))
    }

    /// The layout of block `block`, without its text.
    ///
    /// # Errors
    /// If the store cannot be read or the layout is damaged.
    pub fn layout(&self, block: u32) -> Result<Rc<Layout>> {
        if let Some(layout) = self.recent_layouts.get(block) {
            return Ok(layout);
        }
        let n_bytes = self.contents.blocks[block as usize].block.bytes as usize;
        let layout = match self.recent_indexes.get(block) {
            Some(index) => Layout::decode(&index.layout, n_bytes),
            None => Layout::decode(&self.part(block, Part::Layout)?, n_bytes),
        };
        let layout = layout.ok_or_else(|| self.damaged(block, MISFIT))?;
        Ok(self.recent_layouts.keep(block, layout))
    }

    /// Text and layout of block `block`.
    ///
    /// # Errors
    /// If the store cannot be read or the block is damaged.
    pub fn block(&self, block: u32) -> Result<Rc<Block>> {
        if let Some(held) = self.recent_blocks.get(block) {
            return Ok(held);
        }
        let (text, layout) = (self.part(block, Part::Text)?, self.layout(block)?);
        let checked = Block::checked(text, layout, &self.contents.blocks[block as usize].block);
        let checked = checked.map_err(|problem| self.damaged(block, problem))?;
        Ok(self.recent_blocks.keep(block, checked))
    }

    /// The text of one sentence, without the blank space around it.
    ///
    /// # Errors
    /// If the store cannot be read or the block is damaged.
    pub fn sentence(&self, id: SentenceId) -> Result<String> {
        let block = self.block(id.block)?;
        let at = id.sentence as usize;
        Ok(block.sentences(at..at + 1).trim().to_owned())
    }

    /// Characters of the document before byte `byte` of block `block`.
    ///
    /// # Errors
    /// If the store cannot be read or the block is damaged.
    pub fn char_offset(&self, block: u32, byte: usize) -> Result<u64> {
        let place = &self.contents.blocks[block as usize];
        let text = &self.block(block)?.text;
        Ok(place.first_char + text[..byte].chars().count() as u64)
    }

    /// Bytes that a search holds at its peak: of the blocks kept the text and the index, and one more of each.
    pub fn peak_bytes(&self) -> u64 {
        let largest = self.contents.blocks.iter().map(|place| u64::from(place.block.bytes)).max();
        // A layout takes about a quarter of its text in memory, what is searched half of it.
        largest.unwrap_or(0) * (CACHED as u64 * 7 / 4 + 2)
    }

    /// The error for a damaged block.
    pub fn damaged(&self, block: u32, problem: &str) -> crate::Error {
        let place = format!("block {}", self.contents.blocks[block as usize].block.hash);
        self.damaged_place(block, place, problem)
    }

    /// The error for the damaged directory of a run.
    pub fn damaged_run(&self, run: usize, problem: &str) -> crate::Error {
        let Run { blocks, hash } = &self.contents.runs[run];
        self.damaged_place(blocks.start, format!("directory {hash}"), problem)
    }

    fn damaged_place(&self, block: u32, place: String, problem: &str) -> crate::Error {
        let document = &self.contents.documents[self.contents.blocks[block as usize].document];
        let problem = problem.to_owned();
        MemoryError::CorruptLibrary { path: PathBuf::from(&document.name), place, problem }.into()
    }
}

impl Drop for Corpus<'_> {
    fn drop(&mut self) {
        self.store.end_read();
    }
}
