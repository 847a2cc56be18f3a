//! A read-only view of all blocks of a library in order, with the few that are being read at hand.
//!
//! Sentences are addressed by the ordinal of their block in the library and their ordinal in the
//! block, so that comparing addresses compares places. Of at most `CACHED` blocks the text is held, of
//! as many what is searched, and `CACHED_PASSAGES` passages, from question to question: who asks on often asks about
//! the same places.

use std::cell::RefCell;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::outline::{self, Outline};
use super::packing::PAGE_BYTES;
use super::pages::Firsts;
use super::told::{Lookups, MOST_HELD};
use crate::error::{MemoryError, Result};
use crate::memory::segment::layout::Layout;
use crate::memory::store::{BlockRef, ContentHash, Contents, Notes, Part, Store};

/// Blocks whose text, and whose index, is held at a time, as many as the facts of a chain may stand in: bounds the
/// memory of a question.
const CACHED: usize = 12;
/// Passages whose text is held at a time, of some thousand bytes each.
const CACHED_PASSAGES: usize = 96;
/// Layouts that are held at a time: passages are found by them, in many blocks of a long book.
const CACHED_LAYOUTS: usize = 48;
/// Pages of directories that are held at a time: the plans of a question look the same words up.
const CACHED_PAGES: usize = 96;
/// Pages of outlines that are held at a time.
const CACHED_OUTLINES: usize = 4;
/// Directories whose first pages are held from question to question.
const CACHED_FIRSTS: usize = 8;

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
    pub layout: Arc<Layout>,
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

/// What was read last of one kind, at most `limit` of it.
#[derive(Debug)]
pub(super) struct Recent<K, T> {
    limit: usize,
    held: RefCell<Vec<(K, Arc<T>)>>,
}

impl<K: Copy + PartialEq, T> Recent<K, T> {
    fn new(limit: usize) -> Self {
        Self { limit, held: RefCell::new(Vec::new()) }
    }

    /// What is held under `key`, which was used last from now on.
    pub(super) fn get(&self, key: K) -> Option<Arc<T>> {
        let mut held = self.held.borrow_mut();
        // What was used last is asked for most.
        let at = held.iter().rposition(|(of, _)| *of == key)?;
        held[at..].rotate_left(1);
        held.last().map(|(_, value)| Arc::clone(value))
    }

    /// Holds `value` under `key` instead of what was not used for longest.
    pub(super) fn keep(&self, key: K, value: T) -> Arc<T> {
        let mut held = self.held.borrow_mut();
        if held.len() == self.limit {
            held.remove(0);
        }
        let value = Arc::new(value);
        held.push((key, Arc::clone(&value)));
        value
    }
}

/// What was read last of a library. All is found by the hash of its content, so it stays right whatever is
/// written meanwhile.
#[derive(Debug)]
pub struct Recents {
    firsts: Recent<ContentHash, Firsts>,
    pages: Recent<(ContentHash, u32), Vec<u8>>,
    outlines: Recent<(ContentHash, u32), Vec<u8>>,
    blocks: Recent<ContentHash, Block>,
    pub(super) passages: Recent<(ContentHash, u32), String>,
    layouts: Recent<ContentHash, Layout>,
    indexes: Recent<ContentHash, BlockIndex>,
    pub(super) lookups: Lookups,
}

impl Default for Recents {
    fn default() -> Self {
        Self {
            firsts: Recent::new(CACHED_FIRSTS),
            pages: Recent::new(CACHED_PAGES),
            outlines: Recent::new(CACHED_OUTLINES),
            blocks: Recent::new(CACHED),
            passages: Recent::new(CACHED_PASSAGES),
            layouts: Recent::new(CACHED_LAYOUTS),
            indexes: Recent::new(CACHED),
            lookups: Lookups::default(),
        }
    }
}

impl Block {
    /// A block's text as it is stored, compared with what its document says of it; what is wrong where it
    /// differs. `layout` is that of a text of this length.
    pub fn checked(
        text: Vec<u8>,
        layout: Arc<Layout>,
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
pub(super) fn utf8(bytes: Vec<u8>) -> Option<String> {
    if bytes.is_ascii() {
        return String::from_utf8(bytes).ok();
    }
    simdutf8::basic::from_utf8(&bytes).ok().map(str::to_owned)
}

/// The blocks of a library.
pub struct Corpus<'a> {
    pub(super) store: &'a dyn Store,
    /// What it is a view of.
    pub contents: Arc<Contents>,
    /// What was read of the directories' first pages, by run.
    firsts: RefCell<Vec<Option<Arc<Firsts>>>>,
    pub(super) recents: &'a Recents,
}

impl<'a> Corpus<'a> {
    /// A view of what `store` holds now, or of the documents `only` where some are named. What `recents` holds
    /// of it is not read again.
    ///
    /// # Errors
    /// If the store cannot be read or one of the named documents is not there.
    pub fn of(store: &'a dyn Store, recents: &'a Recents, only: &[String]) -> Result<Self> {
        store.begin_read()?;
        // From here on the view ends the read when it is dropped, whatever happens below.
        let mut corpus =
            Self { store, contents: Arc::default(), firsts: RefCell::new(Vec::new()), recents };
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
        self.store.part(self.hash(block), part)
    }

    /// Ordinals of the runs of document `document`.
    pub fn runs_of(&self, document: usize) -> impl Iterator<Item = usize> {
        let is_of = move |run: &usize| {
            self.contents.blocks[self.contents.runs[*run].blocks.start as usize].document
                == document
        };
        (0..self.contents.runs.len()).filter(is_of)
    }

    /// The directory of run `run`; `None` if the run is too short for one.
    ///
    /// # Errors
    /// If the store cannot be read or the first page is damaged.
    pub fn directory(&self, run: usize) -> Result<Option<DirectoryView<'_>>> {
        let Some(hash) = self.contents.runs[run].directory else { return Ok(None) };
        let view = |firsts| Ok(Some(DirectoryView { corpus: self, run, hash, firsts }));
        if let Some(firsts) = &self.firsts.borrow()[run] {
            return view(Arc::clone(firsts));
        }
        let firsts = match self.recents.firsts.get(hash) {
            Some(firsts) => firsts,
            None => {
                let firsts =
                    Firsts::decode(self.store.directory_page(hash, 0)?).ok_or_else(|| {
                        self.damaged_run(run, hash, "the list of its pages is cut short")
                    })?;
                self.recents.firsts.keep(hash, firsts)
            }
        };
        self.firsts.borrow_mut()[run] = Some(Arc::clone(&firsts));
        view(firsts)
    }

    fn hash(&self, block: u32) -> ContentHash {
        self.contents.blocks[block as usize].block.hash
    }

    /// What is searched of block `block`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn index(&self, block: u32) -> Result<Arc<BlockIndex>> {
        let hash = self.hash(block);
        if let Some(index) = self.recents.indexes.get(hash) {
            return Ok(index);
        }
        let parts = self.store.parts(hash, Part::Layout, Part::Positions)?;
        let [layout, terms, positions] = <[Vec<u8>; 3]>::try_from(parts)
            .map_err(|_| self.damaged(block, "a part is missing"))?;
        Ok(self.recents.indexes.keep(hash, BlockIndex { layout, terms, positions }))
    }

    /// The layout of block `block`, without its text.
    ///
    /// # Errors
    /// If the store cannot be read or the layout is damaged.
    pub fn layout(&self, block: u32) -> Result<Arc<Layout>> {
        let hash = self.hash(block);
        if let Some(layout) = self.recents.layouts.get(hash) {
            return Ok(layout);
        }
        let place = &self.contents.blocks[block as usize].block;
        let layout = match self.recents.indexes.get(hash) {
            Some(index) => Layout::decode(&index.layout, place.bytes as usize),
            None => Layout::decode(&self.part(block, Part::Layout)?, place.bytes as usize),
        };
        let layout = layout.filter(|layout| layout.chars == place.chars);
        let layout = layout.ok_or_else(|| self.damaged(block, MISFIT))?;
        Ok(self.recents.layouts.keep(hash, layout))
    }

    /// The outline of block `block` of run `run`, from a page of its directory where that is enough.
    ///
    /// # Errors
    /// If the store cannot be read or the page is damaged.
    pub fn outline(&self, run: usize, block: u32) -> Result<Outline> {
        let run_blocks = &self.contents.runs[run].blocks;
        let in_run = (block - run_blocks.start) as usize;
        if let Some(directory) = self.directory(run)?
            && directory.firsts.by_sentences()
        {
            let page = directory.outlines(in_run / outline::BLOCKS)?;
            let first = block as usize - in_run % outline::BLOCKS;
            let n_sentences = |at: usize| self.contents.blocks[first + at].block.sentences as usize;
            let outline = Outline::read(page, in_run % outline::BLOCKS, n_sentences)
                .ok_or_else(|| directory.damaged("an outline is cut short"))?;
            if !outline.is_vague() {
                return Ok(outline);
            }
        }
        Ok(Outline::Laid(self.layout(block)?))
    }

    /// Text and layout of block `block`.
    ///
    /// # Errors
    /// If the store cannot be read or the block is damaged.
    pub fn block(&self, block: u32) -> Result<Arc<Block>> {
        let hash = self.hash(block);
        if let Some(held) = self.recents.blocks.get(hash) {
            return Ok(held);
        }
        let (layout, text) = (self.layout(block)?, self.part(block, Part::Text)?);
        let checked = Block::checked(text, layout, &self.contents.blocks[block as usize].block);
        let checked = checked.map_err(|problem| self.damaged(block, problem))?;
        Ok(self.recents.blocks.keep(hash, checked))
    }

    /// Characters of the document before byte `byte` of block `block`.
    ///
    /// # Errors
    /// If the store cannot be read or the block is damaged.
    pub fn char_offset(&self, block: u32, byte: usize) -> Result<u64> {
        let sentence = self.layout(block)?.sentence_at(byte);
        let excerpt = self.excerpt(block, sentence..sentence + 1)?;
        Ok(self.contents.blocks[block as usize].first_char + excerpt.chars_before(byte) as u64)
    }

    /// Bytes that a search holds at its peak: of the blocks kept the text, the layout and the index, and one more of each;
    /// and passages, the pages of directories and what they told.
    pub fn peak_bytes(&self) -> u64 {
        let largest = self.contents.blocks.iter().map(|place| u64::from(place.block.bytes)).max();
        // A layout takes about a quarter of its text in memory, what is searched half of it, a passage a fortieth.
        let n_blocks = CACHED * 3 / 2 + CACHED_LAYOUTS / 4 + CACHED_PASSAGES / 40 + 2;
        let told = MOST_HELD * size_of::<u32>();
        largest.unwrap_or(0) * n_blocks as u64 + (CACHED_PAGES * PAGE_BYTES + told) as u64
    }

    /// The error for a damaged block.
    pub fn damaged(&self, block: u32, problem: &str) -> crate::Error {
        let place = format!("block {}", self.hash(block));
        self.damaged_place(block, place, problem)
    }

    fn damaged_run(&self, run: usize, hash: ContentHash, problem: &str) -> crate::Error {
        let first = self.contents.runs[run].blocks.start;
        self.damaged_place(first, format!("directory {hash}"), problem)
    }

    fn damaged_place(&self, block: u32, place: String, problem: &str) -> crate::Error {
        let document = &self.contents.documents[self.contents.blocks[block as usize].document];
        let problem = problem.to_owned();
        MemoryError::CorruptLibrary { path: PathBuf::from(&document.name), place, problem }.into()
    }
}

/// The directory of a run, to be read page by page.
pub struct DirectoryView<'a> {
    corpus: &'a Corpus<'a>,
    run: usize,
    hash: ContentHash,
    /// The first terms of its pages.
    pub firsts: Arc<Firsts>,
}

impl DirectoryView<'_> {
    /// Page `page`, unpacked.
    ///
    /// # Errors
    /// If the store cannot be read or the page is damaged.
    pub fn page(&self, page: usize) -> Result<Arc<Vec<u8>>> {
        let key = (self.hash, page as u32);
        if let Some(held) = self.corpus.recents.pages.get(key) {
            return Ok(held);
        }
        let stored = self.corpus.store.directory_page(self.hash, page as u32)?;
        let bytes = self.firsts.unpacked(page, stored);
        let bytes = bytes.ok_or_else(|| self.damaged("a page cannot be unpacked"))?;
        Ok(self.corpus.recents.pages.keep(key, bytes))
    }

    /// Page `page` of the outlines.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn outlines(&self, page: usize) -> Result<Arc<Vec<u8>>> {
        let key = (self.hash, (self.firsts.n_pages() + 2 + page) as u32);
        if let Some(held) = self.corpus.recents.outlines.get(key) {
            return Ok(held);
        }
        let stored = self.corpus.store.directory_page(self.hash, key.1)?;
        Ok(self.corpus.recents.outlines.keep(key, stored))
    }

    /// The error where a page is damaged.
    pub fn damaged(&self, problem: &str) -> crate::Error {
        self.corpus.damaged_run(self.run, self.hash, problem)
    }
}

impl Drop for Corpus<'_> {
    fn drop(&mut self) {
        self.store.end_read();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Library, Source};

    #[test]
    fn what_was_read_is_held_for_the_next_question_until_it_is_edited() {
        let mut library = Library::in_memory();
        let text = |end: &str| "The keeper counts his lamps.\n\n".repeat(20_000) + end;
        library.open_document(&Source::text("one", text("The lamp burns."))).unwrap();
        let read = |library: &Library| {
            let corpus = library.corpus(&[]).unwrap();
            let run = corpus.contents.runs.iter().position(|run| run.directory.is_some());
            let directory = corpus.directory(run.unwrap()).unwrap().unwrap();
            let last = corpus.contents.blocks.len() as u32 - 1;
            let (block, index) = (corpus.block(last).unwrap(), corpus.index(last).unwrap());
            (block, index, directory.page(1).unwrap(), Arc::clone(&directory.firsts))
        };
        let (first, next) = (read(&library), read(&library));
        assert!(Arc::ptr_eq(&first.0, &next.0) && Arc::ptr_eq(&first.1, &next.1));
        assert!(Arc::ptr_eq(&first.2, &next.2) && Arc::ptr_eq(&first.3, &next.3));
        library.open_document(&Source::text("one", text("The lamp is out."))).unwrap();
        let edited = read(&library);
        assert!(edited.0.text.ends_with("The lamp is out."));
        assert!(edited.1.terms != first.1.terms && edited.2 != first.2);
    }

    #[test]
    fn what_was_not_used_for_longest_is_given_up() {
        let recent = Recent::new(2);
        recent.keep(1, "one");
        recent.keep(2, "two");
        assert_eq!(recent.get(1).as_deref(), Some(&"one"));
        recent.keep(3, "three");
        assert!(recent.get(2).is_none() && recent.get(1).is_some() && recent.get(3).is_some());
    }
}
