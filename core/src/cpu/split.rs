//! How the attention of a batch is cut into items that threads claim.

use std::ops::Range;

use super::cells::BLOCK;
use crate::ops::Plan;

/// Queries of an item, about: enough to pay for the conversion of keys and values.
pub(super) const QUERIES: usize = 96;
/// Items for a thread that make their shares even.
const ITEMS_PER_THREAD: usize = 4;
/// Fewest blocks of a segment, so that parts stay few.
const SEGMENT_BLOCKS: usize = 4;

/// How the attention of a batch is cut into items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) n_tokens: usize,
    n_head_kv: usize,
    pub(super) tile_tokens: usize,
    pub(super) n_tiles: usize,
    pub(super) n_segments: usize,
    n_blocks: usize,
}

impl Split {
    pub(super) fn of(plan: &Plan, n_tokens: usize, n_cells: usize, n_threads: usize) -> Self {
        let group = (plan.n_head / plan.n_head_kv) as usize;
        let n_head_kv = plan.n_head_kv as usize;
        let tile_tokens = (QUERIES / group).max(1);
        let n_tiles = n_tokens.div_ceil(tile_tokens);
        let n_blocks = n_cells.div_ceil(BLOCK).max(1);
        let n_segments = n_segments(n_tiles * n_head_kv, n_blocks, n_threads);
        Self { n_tokens, n_head_kv, tile_tokens, n_tiles, n_segments, n_blocks }
    }

    /// Blocks of a segment.
    pub(super) fn blocks(&self, segment: usize) -> Range<usize> {
        let start = |segment| segment * self.n_blocks / self.n_segments;
        start(segment)..start(segment + 1)
    }

    pub(super) fn n_items(&self) -> usize {
        self.n_tiles * self.n_head_kv * self.n_segments
    }

    /// Values of the parts of a split attention.
    pub(super) fn n_part_values(&self, plan: &Plan) -> usize {
        if self.n_segments == 1 {
            return 0;
        }
        self.n_segments * self.n_tokens * plan.n_head as usize * (plan.d_head as usize + 2)
    }
}

/// Segments of each of `n_whole` tiles of a key head: enough items for all threads, as many for each if it
/// takes less than twice as many segments.
fn n_segments(n_whole: usize, n_blocks: usize, n_threads: usize) -> usize {
    let wanted = if n_threads == 1 { 1 } else { ITEMS_PER_THREAD * n_threads };
    let least = wanted.div_ceil(n_whole);
    let is_even = |&n: &usize| (n * n_whole).is_multiple_of(n_threads);
    let even = if least == 1 { 1 } else { (least..2 * least).find(is_even).unwrap_or(least) };
    even.min(n_blocks.div_ceil(SEGMENT_BLOCKS))
}

/// The largest [`Split::n_part_values`] of any batch.
pub(super) fn most_part_values(
    plan: &Plan,
    n_batch: usize,
    n_cells: &[usize],
    n_threads: usize,
) -> usize {
    let longest = n_cells.iter().copied().max().unwrap_or(0);
    let of = |n_tokens| Split::of(plan, n_tokens, longest, n_threads).n_part_values(plan);
    // More segments never make fewer values, and a shorter cache never more segments.
    (1..=n_batch).map(of).max().unwrap_or(0)
}

/// Queries of the largest item.
pub(super) fn most_queries(plan: &Plan) -> usize {
    let group = (plan.n_head / plan.n_head_kv) as usize;
    (QUERIES / group).max(1) * group
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Memory for parts is allocated for the longest cache.
    #[test]
    fn a_shorter_cache_never_has_more_segments() {
        for n_threads in [1, 2, 3, 4, 6, 8, 16] {
            for n_whole in 1..40 {
                let counts: Vec<usize> =
                    (1..=300).map(|n_blocks| n_segments(n_whole, n_blocks, n_threads)).collect();
                assert!(counts.is_sorted(), "{n_threads} threads, {n_whole} tiles: {counts:?}");
                assert!(counts.iter().zip(1..).all(|(&n, n_blocks)| (1..=n_blocks).contains(&n)));
            }
        }
    }

    #[test]
    fn a_long_cache_is_cut_into_as_many_items_for_every_thread() {
        assert_eq!([3, 5, 8].map(|n_whole| n_segments(n_whole, 128, 2)), [4, 2, 1]);
        assert_eq!([3, 4].map(|n_whole| n_segments(n_whole, 128, 4)), [8, 4]);
    }

    #[test]
    fn segments_are_all_blocks_once() {
        let split = Split {
            n_tokens: 1,
            n_head_kv: 1,
            tile_tokens: 1,
            n_tiles: 1,
            n_segments: 5,
            n_blocks: 23,
        };
        let blocks: Vec<usize> = (0..5).flat_map(|segment| split.blocks(segment)).collect();
        assert_eq!(blocks, (0..23).collect::<Vec<usize>>());
    }
}
