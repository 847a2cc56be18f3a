//! What a search finds: units of text with their scores, of which the best are kept.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;

use super::corpus::SentenceId;
use crate::memory::segment::layout::Layout;

/// A unit of text that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its first sentence.
    pub first: SentenceId,
    /// Number of its sentences.
    pub sentences: u32,
    /// BM25 score.
    pub score: f32,
    /// Bit i is set if pattern i occurs in it.
    pub found: u64,
    /// The passage that it stands in or is.
    pub passage: Passage,
}

/// A passage of a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passage {
    /// Ordinal of its block in the library.
    pub block: u32,
    /// Ordinal of its first sentence in the block.
    pub first: u32,
    /// Number of its sentences.
    pub sentences: u32,
}

impl Passage {
    /// The passage of sentence `sentence` of block `block`, which is laid out as `layout`.
    pub fn around(block: u32, layout: &Layout, sentence: u32) -> Self {
        Self::of(block, layout.passage(layout.passage_of(sentence as usize)))
    }

    /// The sentences `range` of block `block`.
    pub(super) fn of(block: u32, range: Range<usize>) -> Self {
        Self { block, first: range.start as u32, sentences: range.len() as u32 }
    }
}

impl Eq for Hit {}

impl Ord for Hit {
    /// By score; at the same score the earlier place is the better one.
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then_with(|| other.first.cmp(&self.first))
    }
}

impl PartialOrd for Hit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Hits that room is made for at once: whoever wants all of them may name any number.
const AT_ONCE: usize = 1 << 10;

/// Keeps the best `limit` hits.
pub(super) struct Best {
    heap: BinaryHeap<Reverse<Hit>>,
    limit: usize,
}

impl Best {
    /// Keeps none yet.
    pub(super) fn new(limit: usize) -> Self {
        Self { heap: BinaryHeap::with_capacity(limit.min(AT_ONCE) + 1), limit }
    }

    /// Keeps a hit if it is one of the best.
    pub(super) fn push(&mut self, hit: Hit) {
        let is_full = self.heap.len() == self.limit;
        if is_full && self.heap.peek().is_some_and(|Reverse(least)| hit.cmp(least).is_le()) {
            return;
        }
        self.heap.push(Reverse(hit));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }

    /// Whether it is full of hits with a score above `bound`.
    pub(super) fn all_beat(&self, bound: f32) -> bool {
        self.heap.len() == self.limit
            && self.heap.peek().is_none_or(|Reverse(least)| least.score > bound)
    }

    /// Whether a hit with this score is none of the best, wherever it stands.
    pub(super) fn is_beyond(&self, score: f32) -> bool {
        self.heap.len() == self.limit
            && self.heap.peek().is_none_or(|Reverse(least)| least.score > score)
    }

    /// The hits, the best first.
    pub(super) fn into_sorted(self) -> Vec<Hit> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(hit)| hit).collect()
    }
}
