//! The pages of a directory: the merged dictionaries of a run of blocks, as they are made and read.
//!
//! ```text
//! page 0     four times the number of pages with entries, and two more if their lists are by sentences, one more if they
//!            are packed; the number of sentences if lists are by them; the ends of the pages' first terms; those terms, one
//!            behind the other
//! page       entries in byte order of their terms; if the pages are packed, how many bytes they take, and they packed
//! entry      lengths of the prefix shared with the term before (0 for a page's first) and of the
//!            rest, as in `postings`; the rest; for a term that stands in the run once twice the ordinal of its
//!            block or sentence, else one more than twice the bytes of its list, and the list (`lists`); where lists are
//!            by sentences one more than four times the bytes, and two more if it is by blocks all the same
//! last page  the most frequent words, those first: count, bytes of the word, the word; the `outline`s of the
//!            blocks follow where lists are by sentences, else the rows of `pairs`
//! ```
//! The numbers of page 0 have four bytes, so that it is searched as it is; all others are LEB128. Lists that
//! nobody looks for are skipped unread. The pages are packed (`packing`) where the dictionaries of most blocks are. Lists
//! are by sentences where most blocks are prose of words between blanks. Which pages a question needs, `directory` knows.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::beginnings::{Beginnings, Step};
use super::lists::{self, List, ListBuilder};
use super::merging::{Blocks, merge};
use super::packing::{self, PAGE_BYTES, Packer, Unpacker};
use super::postings::{self, ByteSet};
use super::{outline, pairs};
use crate::error::Result;
use crate::memory::segment::layout::Layout;
use crate::memory::store::PutPage;
use crate::memory::store::varint::{Reader, put};

/// Words on the last page, and the share of all words that they are at most, as one in so many.
const MOST_FREQUENT: usize = 1_024;
const FREQUENT_SHARE: usize = 32;

/// Blocks from which on the lists of a run are by sentences: fewer are soon read.
const LEAST_BLOCKS: usize = 16;

/// Makes the directory of a run: merges the dictionaries of its blocks and puts the pages. `None` comes back where a part
/// is damaged.
///
/// # Errors
/// What `blocks` and `put` answer.
pub fn build(blocks: &mut dyn Blocks, put: &mut PutPage) -> Result<Option<()>> {
    let n_blocks = blocks.n_blocks();
    let mut first: ByteSet = [0; 4];
    let (mut n_packed, mut n_prose) = (0, 0);
    for block in 0..n_blocks {
        let part = blocks.terms(block)?;
        let (Some(own), Some(packed), Some(prose)) =
            (postings::first_bytes(&part), postings::is_packed(&part), postings::is_prose(&part))
        else {
            return Ok(None);
        };
        first.iter_mut().zip(own).for_each(|(all, own)| *all |= own);
        n_packed += usize::from(packed);
        n_prose += usize::from(prose);
    }
    let by_sentences = 2 * n_prose > n_blocks && n_blocks >= LEAST_BLOCKS;
    let mut sentences = Sentences::default();
    for block in 0..if by_sentences { n_blocks } else { 0 } {
        sentences.add(&blocks.layout(block)?);
    }
    let n_sentences = by_sentences.then_some(sentences.first_words.len() as u32);
    let kind = Kind { is_packed: 2 * n_packed > n_blocks, n_sentences };
    let mut pages = PageBuilder::new(put, kind);
    for byte in (0..=u8::MAX).filter(|byte| first[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1) {
        let (mut last, mut list) = (Vec::new(), ListBuilder::default());
        let is_wanted = |term: &[u8]| by_sentences && lists::is_by_sentence(term);
        let merged = merge(blocks, byte, is_wanted, |merged| {
            if last != merged.term {
                pages.add(&last, &mut list)?;
                last.clear();
                last.extend_from_slice(merged.term);
                list.begin(n_sentences.filter(|_| !merged.words.is_empty()));
            }
            if merged.words.is_empty() {
                list.add_block(merged.block, merged.count);
            } else {
                sentences.for_each_of(merged.block, merged.words, |at| list.add_sentence(at));
            }
            Ok(())
        })?;
        if merged.is_none() {
            return Ok(None);
        }
        pages.add(&last, &mut list)?;
    }
    let next = pages.finish()?;
    if by_sentences {
        outline::build(n_blocks, |at| blocks.layout(at), next, put)?;
        return Ok(Some(()));
    }
    pairs::build(n_blocks, |at| Ok((blocks.terms(at)?, blocks.positions(at)?)), next, put)
}

/// What kind of directory it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    is_packed: bool,
    /// Number of sentences of the run if its lists are by them.
    n_sentences: Option<u32>,
}

/// Where the sentences of the blocks of a run begin, while its directory is made.
#[derive(Debug, Default)]
struct Sentences {
    /// The first word of every sentence in its block, block after block.
    first_words: Vec<u16>,
    /// The ordinal in the run of the first sentence of every block.
    firsts: Vec<u32>,
}

impl Sentences {
    fn add(&mut self, layout: &Layout) {
        self.firsts.push(self.first_words.len() as u32);
        // A block has less than twice as many bytes as a number here counts words.
        let first_words = layout.sentences.iter().map(|s| s.first_word.min(u16::MAX.into()) as u16);
        self.first_words.extend(first_words);
    }

    /// Calls `visit` with the ordinal in the run of the sentence of each of `words` of a block, which are in order.
    fn for_each_of(&self, block: usize, words: &[u32], mut visit: impl FnMut(usize)) {
        let start = self.firsts[block] as usize;
        let end = self.firsts.get(block + 1).map_or(self.first_words.len(), |next| *next as usize);
        let own = &self.first_words[start..end];
        let mut from = 0;
        for word in words {
            let behind = own[from..].partition_point(|first| u32::from(*first) <= *word);
            from += behind.saturating_sub(1);
            visit(start + from);
        }
    }
}

/// Cuts entries into pages.
struct PageBuilder<'p, 'f> {
    put: &'p mut PutPage<'f>,
    n_sentences: Option<u32>,
    /// What packs the pages, if they are packed.
    packer: Option<Packer>,
    /// The first terms of the pages, and where each of them ends.
    firsts: Vec<u8>,
    ends: Vec<u32>,
    page: Vec<u8>,
    previous: Vec<u8>,
    n_words: usize,
    /// The word of the last term, and how often it stands in the run, tied or not.
    word: (Vec<u8>, u64),
    /// The most frequent words before, of these the least frequent and then the last on top.
    frequent: BinaryHeap<(Reverse<u64>, Box<[u8]>)>,
}

impl<'p, 'f> PageBuilder<'p, 'f> {
    fn new(put: &'p mut PutPage<'f>, kind: Kind) -> Self {
        Self {
            put,
            n_sentences: kind.n_sentences,
            packer: kind.is_packed.then(Packer::default),
            firsts: Vec::new(),
            ends: Vec::new(),
            page: Vec::new(),
            previous: Vec::new(),
            n_words: 0,
            word: (Vec::new(), 0),
            frequent: BinaryHeap::new(),
        }
    }

    /// Adds the next term with its blocks, if there are any.
    fn add(&mut self, term: &[u8], list: &mut ListBuilder) -> Result<()> {
        if list.total() == 0 {
            return Ok(());
        }
        let (word, _) = postings::word_of(term);
        if self.word.0 != word {
            self.end_word();
            self.word.0.extend_from_slice(word);
        }
        self.word.1 += list.total();
        if self.page.len() + term.len() + list.n_bytes() > PAGE_BYTES {
            self.end_page()?;
        }
        if self.page.is_empty() {
            self.previous.clear();
            self.firsts.extend_from_slice(term);
            self.ends.push(self.firsts.len() as u32);
        }
        let shared = self.previous.iter().zip(term).take_while(|(a, b)| a == b).count();
        postings::put_head(&mut self.page, shared, term.len() - shared);
        self.page.extend_from_slice(&term[shared..]);
        list.encode(self.n_sentences.is_some(), &mut self.page);
        self.previous.clear();
        self.previous.extend_from_slice(term);
        Ok(())
    }

    fn end_word(&mut self) {
        let (word, total) = (&self.word.0, self.word.1);
        let beaten = |(least, _): &(Reverse<u64>, Box<[u8]>)| total <= least.0;
        if total > 0 {
            self.n_words += 1;
            if self.frequent.len() < MOST_FREQUENT || !self.frequent.peek().is_some_and(beaten) {
                self.frequent.push((Reverse(total), word.as_slice().into()));
                if self.frequent.len() > MOST_FREQUENT {
                    self.frequent.pop();
                }
            }
        }
        self.word.0.clear();
        self.word.1 = 0;
    }

    fn end_page(&mut self) -> Result<()> {
        if self.page.is_empty() {
            return Ok(());
        }
        let number = self.ends.len() as u32;
        match &mut self.packer {
            Some(packer) => {
                let mut page = Vec::with_capacity(self.page.len());
                put(&mut page, self.page.len() as u64);
                page.extend(packer.pack(&self.page));
                (self.put)(number, &page)?;
            }
            None => (self.put)(number, &self.page)?,
        }
        self.page.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<u32> {
        self.end_page()?;
        self.end_word();
        let n_pages = self.ends.len() as u32;
        let (packed, sentences) = (self.packer.is_some(), self.n_sentences.is_some());
        let head = n_pages << 2 | u32::from(sentences) << 1 | u32::from(packed);
        let numbers = [head, self.n_sentences.unwrap_or(0)].into_iter().chain(self.ends);
        let mut page: Vec<u8> = numbers.flat_map(u32::to_le_bytes).collect();
        page.extend_from_slice(&self.firsts);
        (self.put)(0, &page)?;
        page.clear();
        let n_listed = self.n_words.div_ceil(FREQUENT_SHARE);
        for (Reverse(count), term) in self.frequent.into_sorted_vec().iter().take(n_listed) {
            put(&mut page, *count);
            put(&mut page, term.len() as u64);
            page.extend_from_slice(term);
        }
        (self.put)(n_pages + 1, &page)?;
        Ok(n_pages + 2)
    }
}

/// The first terms of the pages of a directory: its page 0.
#[derive(Debug)]
pub struct Firsts {
    page: Vec<u8>,
    n_pages: usize,
    kind: Kind,
}

/// Bytes of a number of page 0.
const NUMBER: usize = 4;

impl Firsts {
    /// Page 0 as it is stored; `None` if it is damaged.
    pub fn decode(page: Vec<u8>) -> Option<Self> {
        let head = number_at(&page, 0)?;
        let sentences = number_at(&page, NUMBER)?;
        let n_sentences = (head & 2 == 2).then_some(sentences as u32);
        let kind = Kind { is_packed: head & 1 == 1, n_sentences };
        let n_pages = head >> 2;
        let firsts = Self { page, n_pages, kind };
        let terms = firsts.page.len().checked_sub(NUMBER.checked_mul(n_pages.checked_add(2)?)?)?;
        let mut last = 0;
        for at in 0..n_pages {
            let end = number_at(&firsts.page, NUMBER * (at + 2))?;
            if end < last {
                return None;
            }
            last = end;
        }
        (last == terms).then_some(firsts)
    }

    /// Number of pages with entries behind page 0.
    pub fn n_pages(&self) -> usize {
        self.n_pages
    }

    /// Whether lists are by sentences.
    pub fn by_sentences(&self) -> bool {
        self.kind.n_sentences.is_some()
    }

    /// Number of all pages of the directory of a run of `n_blocks` blocks.
    pub fn n_all_pages(&self, n_blocks: usize) -> usize {
        let behind =
            if self.by_sentences() { outline::n_pages(n_blocks) } else { pairs::n_pages(n_blocks) };
        self.n_pages + 2 + behind
    }

    /// Calls `visit` with every term of a page and its list, in byte order, until it answers `None`, as it
    /// does where the page is damaged.
    pub fn for_each_term(
        &self,
        page: &[u8],
        mut visit: impl FnMut(&[u8], List<'_>) -> Option<()>,
    ) -> Option<()> {
        let mut reader = Reader::new(page);
        let mut term = Vec::new();
        while !reader.is_at_end() {
            let (shared, rest) = postings::read_head(&mut reader)?;
            if shared > term.len() {
                return None;
            }
            term.truncate(shared);
            term.extend_from_slice(reader.bytes(rest)?);
            let list = List::read(&mut reader, self.kind.n_sentences)?;
            visit(&term, list)?;
        }
        Some(())
    }

    /// Calls `visit` with every term of a page that begins with one of `beginnings` and its list, in byte order;
    /// `None` if what was read of the page is damaged, or `visit` answers so.
    pub fn for_each_beginning(
        &self,
        page: &[u8],
        beginnings: &[&[u8]],
        mut visit: impl FnMut(&[u8], List<'_>) -> Option<()>,
    ) -> Option<()> {
        let Some(mut terms) = Beginnings::of(beginnings) else { return Some(()) };
        let mut reader = Reader::new(page);
        while !reader.is_at_end() {
            let (shared, rest) = postings::read_head(&mut reader)?;
            let rest = reader.bytes(rest)?;
            let list = List::read(&mut reader, self.kind.n_sentences)?;
            match terms.next(shared, rest)? {
                Step::Other => {}
                Step::Found => visit(terms.term(), list)?,
                Step::Past => break,
            }
        }
        Some(())
    }

    /// Page `page` as it is stored, as it is read; `None` if it is damaged.
    pub fn unpacked(&self, page: usize, stored: Vec<u8>) -> Option<Vec<u8>> {
        if !self.kind.is_packed || !(1..=self.n_pages).contains(&page) {
            return Some(stored);
        }
        let mut reader = Reader::new(&stored);
        let length = reader.count(packing::LONGEST)?;
        let packed = reader.rest();
        Some(Unpacker::default().unpack(packed, length)?.to_vec())
    }

    /// First term of the page behind `at` others.
    fn term(&self, at: usize) -> &[u8] {
        let end = |at: usize| number_at(&self.page, NUMBER * (at + 1)).unwrap_or(0);
        let start = if at == 0 { 0 } else { end(at) };
        let terms = NUMBER * (self.n_pages + 2);
        self.page.get(terms + start..terms + end(at + 1)).unwrap_or_default()
    }

    /// Number of the pages whose first term is not greater than `term`.
    fn n_up_to(&self, term: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.n_pages);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.term(middle) <= term {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Notes in `wanted`, by page from page 1 on, those that can hold a term of `range`.
    pub fn note(&self, range: &TermRange, wanted: &mut [bool]) {
        let (low, longer) = match range {
            TermRange::Word(word) => (*word, false),
            TermRange::Prefix(prefix) => (*prefix, true),
        };
        let up_to = self.n_up_to(low);
        let holds = |at: &usize| {
            let first = self.term(*at);
            if longer { first.starts_with(low) } else { postings::word_of(first).0 == low }
        };
        let behind = (up_to..self.n_pages).take_while(holds);
        behind.chain(up_to.checked_sub(1)).for_each(|page| wanted[page] = true);
    }
}

/// The number at byte `at` of page 0.
fn number_at(page: &[u8], at: usize) -> Option<usize> {
    let bytes = page.get(at..at.checked_add(NUMBER)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
}

/// Terms that a pattern may match, by byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermRange<'a> {
    /// This word, whatever follows it.
    Word(&'a [u8]),
    /// Terms that begin so.
    Prefix(&'a [u8]),
}

/// The words of the last page and how often each stands in the run, most often first and those that stand
/// as often in byte order; `None` if the page is damaged.
pub fn most_frequent(page: &[u8]) -> Option<Vec<(&[u8], u64)>> {
    let mut reader = Reader::new(page);
    let mut terms = Vec::new();
    while !reader.is_at_end() {
        let count = reader.number()?;
        let length = reader.count(page.len())?;
        terms.push((reader.bytes(length)?, count));
    }
    Some(terms)
}

#[cfg(test)]
mod tests;
