//! The terms of the dictionaries of many blocks in byte order, as directories are made from them: a merge of all
//! blocks at once by a heap (Knuth, "The art of computer programming", volume 3, 5.4.1) that holds a small piece of each
//! dictionary.
//!
//! One group of terms is merged at a time. A piece that was walked through is followed by the next of the same group, for
//! which the dictionary is read again: some bytes of each block are held, whatever the terms are.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::packing::Unpacker;
use super::postings::{self, Entry, LONGEST_ENTRY};
use crate::error::Result;
use crate::memory::segment::layout::Layout;
use crate::memory::store::varint::Reader;

/// Bytes of the entries of all pieces, and as many of their lists: bounds the memory that a directory takes while it
/// is made. Few in tests, so that small texts have several pieces.
const MOST_HELD: usize = if cfg!(test) { 1_000 } else { 160 << 10 };

/// The blocks of a run, from which its directory is made.
pub trait Blocks {
    /// Number of blocks.
    fn n_blocks(&self) -> usize;

    /// The part `terms` of block `at`.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn terms(&mut self, at: usize) -> Result<Vec<u8>>;

    /// The part `positions` of block `at`.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn positions(&mut self, at: usize) -> Result<Vec<u8>>;

    /// The layout of block `at`.
    ///
    /// # Errors
    /// If the store cannot be read or the layout is damaged.
    fn layout(&mut self, at: usize) -> Result<Layout>;
}

/// A term of a block, as it is merged.
pub struct Merged<'a> {
    /// The term.
    pub term: &'a [u8],
    /// Ordinal of the block.
    pub block: usize,
    /// How often the term stands there.
    pub count: u32,
    /// The ordinals of its words in the block, if they are wanted.
    pub words: &'a [u32],
}

/// Calls `visit` with every term of the blocks that begins with the byte `first`, in byte order, and with every
/// block that holds it, in order, and how often it stands there; with the words of the terms of which `is_wanted` says so.
/// `None` comes back where a block is damaged.
///
/// # Errors
/// What `blocks` and `visit` answer.
pub fn merge(
    blocks: &mut dyn Blocks,
    first: u8,
    is_wanted: impl Fn(&[u8]) -> bool,
    mut visit: impl FnMut(Merged) -> Result<()>,
) -> Result<Option<()>> {
    let n_blocks = blocks.n_blocks();
    let limit = (MOST_HELD / n_blocks.max(1)).max(LONGEST_ENTRY);
    let mut unpacker = Unpacker::default();
    let mut heap = BinaryHeap::with_capacity(n_blocks);
    for block in 0..n_blocks {
        let mut piece = Piece { block, ..Piece::default() };
        let mut fill = |piece: &mut Piece| {
            let part = blocks.terms(piece.block)?;
            Ok(piece.fill(&part, first, limit, &mut unpacker))
        };
        match piece.next(&mut fill)? {
            Some(true) => heap.push(Reverse(piece)),
            Some(false) => {}
            None => return Ok(None),
        }
    }
    let (mut words, mut wanted) = (Vec::new(), (Vec::new(), false));
    while let Some(mut least) = heap.peek_mut() {
        let piece = &mut least.0;
        if wanted.0 != piece.term {
            wanted.1 = is_wanted(&piece.term);
            wanted.0.clear();
            wanted.0.extend_from_slice(&piece.term);
        }
        words.clear();
        if wanted.1 && piece.words(blocks, limit, &mut words)?.is_none() {
            return Ok(None);
        }
        let Piece { term, block, entry, .. } = &*piece;
        let count = entry.map_or(0, |entry| entry.count);
        visit(Merged { term, block: *block, count, words: &words })?;
        let mut fill = |piece: &mut Piece| {
            let part = blocks.terms(piece.block)?;
            Ok(piece.fill(&part, first, limit, &mut unpacker))
        };
        match piece.next(&mut fill)? {
            Some(true) => {}
            Some(false) => drop(PeekMut::pop(least)),
            None => return Ok(None),
        }
    }
    Ok(Some(()))
}

/// A piece of the group of a block, and the term in it that comes next.
#[derive(Debug, Default)]
struct Piece {
    term: Vec<u8>,
    block: usize,
    entry: Option<Entry>,
    /// Some entries of the group, the last perhaps cut short, and where the next begins.
    entries: Vec<u8>,
    at: usize,
    /// Bytes of the group before the next entry.
    before: usize,
    /// Whether the group ends with these entries.
    is_last: bool,
    /// Where the lists of the group begin, and that of the next entry behind them.
    lists: usize,
    next_list: usize,
    /// Some bytes of the lists, from this one on.
    held: Vec<u8>,
    held_from: usize,
}

impl Piece {
    /// Goes to the next term; `false` at the end of the group, and `None` where the dictionary is damaged.
    fn next(
        &mut self,
        fill: &mut impl FnMut(&mut Self) -> Result<Option<()>>,
    ) -> Result<Option<bool>> {
        if let Some(more) = self.step() {
            return Ok(Some(more));
        }
        match self.is_last {
            true => Ok(None),
            false => Ok(fill(self)?.and_then(|()| self.step())),
        }
    }

    /// As [`Self::next`], in the entries that are held.
    fn step(&mut self) -> Option<bool> {
        let left = &self.entries[self.at..];
        if self.is_last && left.is_empty() {
            return Some(false);
        }
        let mut reader = Reader::new(left);
        let mut next_list = self.next_list;
        let entry = postings::read_entry(&mut reader, &mut self.term, &mut next_list)?;
        (self.entry, self.next_list) = (Some(entry), next_list);
        let length = left.len() - reader.rest().len();
        self.at += length;
        self.before += length;
        Some(true)
    }

    /// Holds the entries from the next on.
    fn fill(
        &mut self,
        terms: &[u8],
        first: u8,
        limit: usize,
        unpacker: &mut Unpacker,
    ) -> Option<()> {
        let (group, lists) = postings::entries(terms, first, unpacker)?;
        let left = group.get(self.before..)?;
        self.lists = lists;
        self.is_last = left.len() <= limit;
        self.entries.clear();
        self.entries.extend_from_slice(&left[..left.len().min(limit)]);
        self.at = 0;
        Some(())
    }

    /// Appends the words of the entry to `out`; `None` where its list is damaged.
    fn words(
        &mut self,
        blocks: &mut dyn Blocks,
        limit: usize,
        out: &mut Vec<u32>,
    ) -> Result<Option<()>> {
        let Some(entry) = self.entry else { return Ok(None) };
        let Some(range) = entry.list() else {
            return Ok(postings::positions_in(&[], entry, out));
        };
        let is_held =
            range.start >= self.held_from && range.end <= self.held_from + self.held.len();
        if !is_held {
            let part = blocks.positions(self.block)?;
            let lists = part.get(self.lists..).unwrap_or_default();
            if range.len() > limit {
                let list = lists.get(range);
                return Ok(list.and_then(|list| postings::positions_in(list, entry, out)));
            }
            let end = lists.len().min(range.start + limit);
            self.held.clear();
            self.held.extend_from_slice(lists.get(range.start..end).unwrap_or_default());
            self.held_from = range.start;
        }
        let start = range.start - self.held_from;
        let list = self.held.get(start..start + range.len());
        Ok(list.and_then(|list| postings::positions_in(list, entry, out)))
    }
}

impl Ord for Piece {
    fn cmp(&self, other: &Self) -> Ordering {
        self.term.cmp(&other.term).then_with(|| self.block.cmp(&other.block))
    }
}

impl PartialOrd for Piece {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Piece {}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::memory::index::postings::PostingsBuilder;

    /// Blocks with these texts.
    pub struct Texts {
        texts: Vec<String>,
        terms: Vec<Vec<u8>>,
        positions: Vec<Vec<u8>>,
        pub n_read: usize,
    }

    impl Texts {
        pub fn of(texts: Vec<String>) -> Self {
            let mut builder = PostingsBuilder::default();
            let (terms, positions) = texts.iter().map(|text| builder.build(text)).unzip();
            Self { texts, terms, positions, n_read: 0 }
        }

        /// The same with the parts of the first block cut short.
        pub fn cut(mut self, terms: usize, positions: usize) -> Self {
            self.terms[0].truncate(terms);
            self.positions[0].truncate(positions);
            self
        }
    }

    impl Blocks for Texts {
        fn n_blocks(&self) -> usize {
            self.texts.len()
        }

        fn terms(&mut self, at: usize) -> Result<Vec<u8>> {
            self.n_read += 1;
            Ok(self.terms[at].clone())
        }

        fn positions(&mut self, at: usize) -> Result<Vec<u8>> {
            Ok(self.positions[at].clone())
        }

        fn layout(&mut self, at: usize) -> Result<Layout> {
            Ok(Layout::of(&self.texts[at]))
        }
    }

    #[test]
    fn the_terms_of_a_group_come_in_order_with_all_their_blocks_and_words() {
        let text = |n: usize| {
            let own: String = (0..60).map(|word| format!("w{n}x{word} ")).collect();
            format!("a w a wall {own} w w wall-{n} {}", "wall ".repeat(300))
        };
        let mut texts = Texts::of((0..9).map(text).collect());
        let mut wanted = Vec::new();
        for (block, part) in texts.terms.iter().enumerate() {
            postings::for_each_term(part, |term, entry| {
                if term[0] == b'w' {
                    let mut words = Vec::new();
                    if term != b"w" {
                        postings::positions_of(&texts.positions[block], entry, &mut words).unwrap();
                    }
                    wanted.push((term.to_vec(), block, entry.count, words));
                }
            })
            .unwrap();
        }
        wanted.sort_unstable();
        let mut found = Vec::new();
        let visit = |merged: Merged| {
            let Merged { term, block, count, words } = merged;
            found.push((term.to_vec(), block, count, words.to_vec()));
            Ok(())
        };
        assert_eq!(merge(&mut texts, b'w', |term| term != b"w", visit).unwrap(), Some(()));
        assert_eq!(found, wanted);
        assert!(texts.n_read > 9, "one piece held all: {} reads", texts.n_read);
        let mut n_found = 0;
        let count = |_: Merged| {
            n_found += 1;
            Ok(())
        };
        merge(&mut texts, b'z', |_| true, count).unwrap();
        assert_eq!(n_found, 0);
    }

    #[test]
    fn damage_is_noticed() {
        let text: String = (0..60).map(|word| format!("w{word}x w{word}y w1x ")).collect();
        let texts = || Texts::of(vec![text.clone()]);
        let (terms, positions) = (texts().terms[0].len(), texts().positions[0].len());
        let damaged =
            |mut blocks: Texts| merge(&mut blocks, b'w', |_| true, |_| Ok(())).unwrap().is_none();
        assert!(!damaged(texts()));
        for cut in 0..terms {
            assert!(damaged(texts().cut(cut, positions)), "cut at {cut}");
        }
        for cut in 0..positions {
            assert!(damaged(texts().cut(terms, cut)), "cut at {cut}");
        }
    }
}
