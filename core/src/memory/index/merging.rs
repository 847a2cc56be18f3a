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
use super::postings::{self, LONGEST_ENTRY};
use crate::error::Result;
use crate::memory::store::varint::Reader;

/// Bytes of all pieces: bounds the memory that a directory takes while it is made. Few in tests, so that small
/// texts have several pieces.
const MOST_HELD: usize = if cfg!(test) { 1_000 } else { 320 << 10 };

/// Calls `visit` with every term of the blocks that begins with the byte `first`, in byte order, and with every
/// block that holds it, in order, and how often it stands there. `terms` answers the part `terms` of a block, and `None`
/// comes back where one is damaged.
///
/// # Errors
/// What `terms` and `visit` answer.
pub fn merge(
    n_blocks: usize,
    first: u8,
    mut terms: impl FnMut(usize) -> Result<Vec<u8>>,
    mut visit: impl FnMut(&[u8], usize, u32) -> Result<()>,
) -> Result<Option<()>> {
    let limit = (MOST_HELD / n_blocks.max(1)).max(LONGEST_ENTRY);
    let mut unpacker = Unpacker::default();
    let mut fill = |piece: &mut Piece| {
        let part = terms(piece.block)?;
        Ok(piece.fill(&part, first, limit, &mut unpacker))
    };
    let mut heap = BinaryHeap::with_capacity(n_blocks);
    for block in 0..n_blocks {
        let mut piece = Piece { block, ..Piece::default() };
        match piece.next(&mut fill)? {
            Some(true) => heap.push(Reverse(piece)),
            Some(false) => {}
            None => return Ok(None),
        }
    }
    while let Some(mut least) = heap.peek_mut() {
        visit(&least.0.term, least.0.block, least.0.count)?;
        match least.0.next(&mut fill)? {
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
    count: u32,
    /// Some entries of the group, the last perhaps cut short, and where the next begins.
    entries: Vec<u8>,
    at: usize,
    /// Bytes of the group before the next entry.
    before: usize,
    /// Whether the group ends with these entries.
    is_last: bool,
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
        self.count = postings::read_entry(&mut reader, &mut self.term, &mut 0)?.count;
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
        let group = postings::entries(terms, first, unpacker)?;
        let left = group.get(self.before..)?;
        self.is_last = left.len() <= limit;
        self.entries.clear();
        self.entries.extend_from_slice(&left[..left.len().min(limit)]);
        self.at = 0;
        Some(())
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
mod tests {
    use super::*;
    use crate::memory::index::postings::PostingsBuilder;

    #[test]
    fn the_terms_of_a_group_come_in_order_with_all_their_blocks() {
        let text = |n: usize| {
            let own: String = (0..60).map(|word| format!("w{n}x{word} ")).collect();
            format!("a w a wall {own} w w wall-{n}")
        };
        let parts: Vec<Vec<u8>> =
            (0..9).map(|n| PostingsBuilder::default().build(&text(n)).0).collect();
        let mut wanted = Vec::new();
        for (block, part) in parts.iter().enumerate() {
            postings::for_each_term(part, |term, entry| {
                if term[0] == b'w' {
                    wanted.push((term.to_vec(), block, entry.count));
                }
            })
            .unwrap();
        }
        wanted.sort_unstable();
        let (mut found, mut n_read) = (Vec::new(), 0);
        let terms = |at: usize| {
            n_read += 1;
            Ok(parts[at].clone())
        };
        let visit = |term: &[u8], block: usize, count: u32| {
            found.push((term.to_vec(), block, count));
            Ok(())
        };
        assert_eq!(merge(9, b'w', terms, visit).unwrap(), Some(()));
        assert_eq!(found, wanted);
        assert!(n_read > 9, "one piece held all: {n_read} reads");
        let mut n_found = 0;
        let count = |_: &[u8], _: usize, _: u32| {
            n_found += 1;
            Ok(())
        };
        merge(9, b'z', |at| Ok(parts[at].clone()), count).unwrap();
        assert_eq!(n_found, 0);
    }

    #[test]
    fn damage_is_noticed() {
        let text: String = (0..60).map(|word| format!("w{word}x w{word}y ")).collect();
        let (part, _) = PostingsBuilder::default().build(&text);
        let damaged = |part: &[u8]| {
            let nothing = |_: &[u8], _: usize, _: u32| Ok(());
            merge(1, b'w', |_| Ok(part.to_vec()), nothing).unwrap().is_none()
        };
        assert!(!damaged(&part));
        for cut in 0..part.len() {
            assert!(damaged(&part[..cut]), "cut at {cut}");
        }
    }
}
