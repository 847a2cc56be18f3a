//! Attention by blocks of cells with an online softmax (arXiv 2205.14135).
//!
//! ```text
//! item      a few tokens × one key head × a segment of the cells
//! block     64 cells: keys and values to single precision once for all queries of the item, but keys in
//!           8 bits as they are; scores → softmax so far → mixed values
//! segments  when items are too few for the threads, cells are split, and parts put together later
//! ```
//! Queries that share a key head (GQA) are rows of the same small products. Blocks that no token of
//! the item sees are skipped: what windows and sinks leave out costs nothing.

use std::ops::Range;

use super::caches::{CELLS, Kept, Part};
use super::runner::{Pass, Rounded};
use super::shared::Shared;
use crate::error::ModelError;
use crate::ops::{BufferId, CacheType, CacheView, Plan};
use carrel_kernels::{
    Blocks, ByteRows, Format, Kernels, PANEL, Panel, Softmax, TILE_COLUMNS, Tile,
};

/// Cells of a block.
pub(super) const BLOCK: usize = 64;
/// Queries of an item, about: enough to pay for the conversion of keys and values.
const QUERIES: usize = 96;
/// Queries between which a part of the next block is asked for: whole tiles of all kernels.
const CHUNK: usize = 12;
/// Items for a thread that make their shares even.
const ITEMS_PER_THREAD: usize = 4;
/// Fewest blocks of a segment, so that parts stay few.
const SEGMENT_BLOCKS: usize = 4;

/// What a block of cells is to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Visibility {
    None = 0,
    Some = 1,
    All = 2,
}

/// How the attention of a batch is cut into items.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    n_tokens: usize,
    n_head_kv: usize,
    tile_tokens: usize,
    n_tiles: usize,
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
    fn blocks(&self, segment: usize) -> Range<usize> {
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

/// Scratch memory of a thread.
pub(super) struct Memory {
    pub(super) values: Shared<f32>,
    /// Queries of an item, where keys are in 8 bits.
    pub(super) rounded: Option<Rounded>,
}

impl Memory {
    /// # Errors
    /// [`ModelError::OutOfMemory`].
    pub(super) fn new(
        plan: &Plan,
        cache_type: CacheType,
        what: &'static str,
    ) -> Result<Self, ModelError> {
        let rounded = || Rounded::new(Blocks::Of32, plan.d_head as usize, most_queries(plan));
        Ok(Self {
            values: Shared::new(scratch_values(plan), what)?,
            rounded: (cache_type == CacheType::Q8_0).then(rounded).transpose()?,
        })
    }
}

/// The parts of a thread's scratch memory.
struct Scratch<'a> {
    queries: &'a mut [f32],
    rounded: Option<&'a Rounded>,
    /// Keys or values of a block in single precision.
    converted: &'a mut [f32],
    scores: &'a mut [f32],
    factors: &'a mut [f32],
    mixed: &'a mut [f32],
}

/// Values of scratch memory that a thread needs.
fn scratch_values(plan: &Plan) -> usize {
    let (d, n) = (plan.d_head as usize, most_queries(plan));
    2 * n * d + BLOCK * d + n * BLOCK + n
}

fn most_queries(plan: &Plan) -> usize {
    let group = (plan.n_head / plan.n_head_kv) as usize;
    (QUERIES / group).max(1) * group
}

impl<'a> Scratch<'a> {
    /// # Safety
    /// Nobody else uses the memory while the result lives.
    unsafe fn of(memory: &'a Memory, plan: &Plan) -> Self {
        let (d, n) = (plan.d_head as usize, most_queries(plan));
        // SAFETY: as the caller promises.
        let values = unsafe { memory.values.write(0..memory.values.len()) };
        let (queries, rest) = values.split_at_mut(n * d);
        let (converted, rest) = rest.split_at_mut(BLOCK * d);
        let (scores, rest) = rest.split_at_mut(n * BLOCK);
        let (factors, rest) = rest.split_at_mut(n);
        let (rounded, mixed) = (memory.rounded.as_ref(), &mut rest[..n * d]);
        Self { queries, rounded, converted, scores, factors, mixed }
    }
}

/// Notes which blocks a token sees: a byte a block.
pub(super) fn note_visibility(view: &CacheView, token: usize, out: &mut [u8]) {
    let row = &view.mask[token * view.n_cells..][..view.n_cells];
    for (cells, out) in row.chunks(BLOCK).zip(out) {
        // As a sum, which the compiler turns into vectors.
        let n_visible: u32 = cells.iter().map(|mask| u32::from(mask.to_bits() == 0)).sum();
        *out = match n_visible as usize {
            0 => Visibility::None,
            BLOCK => Visibility::All,
            _ => Visibility::Some,
        } as u8;
    }
}

/// Attention of one layer.
pub(super) struct Attention<'a> {
    pub(super) layer: u32,
    pub(super) queries: &'a Shared<f32>,
    pub(super) scale: f32,
    pub(super) out: &'a Shared<f32>,
    pub(super) split: Split,
}

impl Attention<'_> {
    /// Computes item `index` with the scratch memory of a thread.
    ///
    /// # Safety
    /// Nobody else uses the memory meanwhile.
    pub(super) unsafe fn run(&self, pass: &Pass<'_>, index: usize, memory: &Memory) {
        let Split { n_tiles, n_segments, tile_tokens, n_tokens, .. } = self.split;
        let plan = pass.plan;
        let (d, group) = (plan.d_head as usize, (plan.n_head / plan.n_head_kv) as usize);
        let segment = index % n_segments;
        let tile = index / n_segments % n_tiles;
        let head = index / n_segments / n_tiles;
        let tokens = tile * tile_tokens..((tile + 1) * tile_tokens).min(n_tokens);
        let n_queries = tokens.len() * group;
        // SAFETY: as the caller promises.
        let mut scratch = unsafe { Scratch::of(memory, plan) };
        let width = plan.n_head as usize * d;
        let of_head = |token: usize| {
            let start = token * width + head * group * d;
            start..start + group * d
        };
        for (token, out) in tokens.clone().zip(scratch.queries.chunks_exact_mut(group * d)) {
            // SAFETY: queries were written before the last meeting, and are only read in this step.
            let queries = unsafe { self.queries.read(of_head(token)) };
            out.iter_mut().zip(queries).for_each(|(out, query)| *out = self.scale * query);
        }
        if let Some(rounded) = scratch.rounded {
            // SAFETY: as the caller promises.
            let mut out = unsafe { rounded.write(0..n_queries, d) };
            (pass.kernels.quantise)(&scratch.queries[..n_queries * d], Blocks::Of32, &mut out);
        }
        scratch.mixed.fill(0.0);
        let mut running = [Softmax::EMPTY; 2 * QUERIES];
        let mut many = Vec::new();
        // More heads a key head than any model has would not fit the array.
        let running = match running.get_mut(..n_queries) {
            Some(running) => running,
            None => {
                many.resize(n_queries, Softmax::EMPTY);
                &mut many[..]
            }
        };
        for block in self.split.blocks(segment) {
            self.block(pass, block, head, tokens.clone(), &mut scratch, running);
        }
        let rows = scratch.mixed.chunks_exact(d).zip(running.iter()).take(n_queries);
        for (query, (mixed, running)) in rows.enumerate() {
            let (token, head) = (tokens.start + query / group, head * group + query % group);
            // SAFETY: the part for this token, head and segment is written by this item only.
            unsafe {
                if n_segments == 1 {
                    let out =
                        self.out.write(token * width + head * d..token * width + (head + 1) * d);
                    let inverse = 1.0 / running.sum;
                    out.iter_mut().zip(mixed).for_each(|(out, mixed)| *out = mixed * inverse);
                } else {
                    let part = (segment * n_tokens + token) * plan.n_head as usize + head;
                    let part = pass.parts.write(part * (d + 2)..(part + 1) * (d + 2));
                    part[0] = running.top;
                    part[1] = running.sum;
                    part[2..].copy_from_slice(mixed);
                }
            }
        }
    }

    /// Takes one block of cells into account.
    fn block(
        &self,
        pass: &Pass<'_>,
        block: usize,
        head: usize,
        tokens: Range<usize>,
        scratch: &mut Scratch<'_>,
        running: &mut [Softmax],
    ) {
        let plan = pass.plan;
        let (d, group) = (plan.d_head as usize, (plan.n_head / plan.n_head_kv) as usize);
        let cache = plan.cache_of(self.layer);
        let view = &pass.batch.caches[cache];
        let n_blocks = view.n_cells.div_ceil(BLOCK);
        if block >= n_blocks {
            return;
        }
        let visibility = |token: usize| {
            // SAFETY: written in the first step, and only read since.
            unsafe { pass.visibility[cache].get(token * n_blocks + block) }
        };
        if tokens.clone().all(|token| visibility(token) == Visibility::None as u8) {
            return;
        }
        let (kernels, caches): (&Kernels, _) = (pass.kernels, pass.caches);
        let (layer, first) = (self.layer as usize, block * BLOCK);
        let end = (first + BLOCK).min(view.n_cells);
        let mask_of = |token: usize| &view.mask[token * view.n_cells..][first..end];
        // Cells behind the last one that is seen are left out, as there are many in a prefill's last
        // block. Keys lie in sixteens.
        let last_seen = |token: usize| match visibility(token) == Visibility::All as u8 {
            true => BLOCK,
            false => {
                mask_of(token).iter().rposition(|mask| mask.to_bits() == 0).map_or(0, |i| i + 1)
            }
        };
        let n_cells = tokens.clone().map(last_seen).max().unwrap_or(0).next_multiple_of(CELLS);
        let n_queries = tokens.len() * group;
        let queries = &scratch.queries[..n_queries * d];
        let scores = &mut scratch.scores[..n_queries * n_cells];
        let mut queries = Queries {
            kernels,
            d_head: d,
            n_cells,
            values: queries,
            rounded: scratch.rounded,
            converted: scratch.converted,
        };
        // What is read next is asked for while this is computed.
        let ask_for = |is_key, part, n_parts| {
            caches.ask_ahead(Part { layer, head, first: first + BLOCK, is_key, part, n_parts });
        };
        // SAFETY: cells were stored before the last meeting, and are only read in this step.
        let kept = |is_key| unsafe { caches.kept((layer, head), is_key, first, n_cells) };
        queries.scores(&kept(true), |part, n_parts| ask_for(true, part, n_parts), scores);
        for (token, scores) in tokens.zip(scores.chunks_exact_mut(group * n_cells)) {
            if visibility(token) != Visibility::All as u8 {
                let mask = mask_of(token);
                for scores in scores.chunks_exact_mut(n_cells) {
                    for (index, score) in scores.iter_mut().enumerate() {
                        if mask.get(index).is_none_or(|mask| mask.to_bits() != 0) {
                            *score = f32::NEG_INFINITY;
                        }
                    }
                }
            }
        }
        let rows = scores.chunks_exact_mut(n_cells).zip(running).zip(scratch.factors.iter_mut());
        for ((scores, running), factor) in rows {
            *factor = (kernels.softmax)(scores, running);
        }
        let (factors, mixed) = (&scratch.factors[..n_queries], &mut scratch.mixed[..n_queries * d]);
        let ask_for = |part, n_parts| ask_for(false, part, n_parts);
        queries.mix(&kept(false), ask_for, scores, factors, mixed);
    }
}

/// Queries of an item before a block of cells. What is not read as it is kept is converted once for all.
struct Queries<'a> {
    kernels: &'a Kernels,
    d_head: usize,
    n_cells: usize,
    values: &'a [f32],
    rounded: Option<&'a Rounded>,
    /// Memory for a conversion.
    converted: &'a mut [f32],
}

impl Queries<'_> {
    fn len(&self) -> usize {
        self.values.len() / self.d_head
    }

    /// Scores for all cells, calling `ask_for` with a part, and of how many, in between.
    fn scores(&mut self, keys: &Kept<'_>, ask_for: impl Fn(usize, usize), scores: &mut [f32]) {
        let n_queries = self.len();
        let Self { kernels, d_head, n_cells, .. } = *self;
        let of_half = kernels.of_half.filter(|of_half| n_queries <= of_half.most_queries);
        let keys = match (*keys, of_half) {
            (Kept::Bytes(quants, scales), _) => {
                return self.scores_of_bytes(quants, scales, ask_for, scores);
            }
            (Kept::Half(keys), Some(of_half)) if d_head.is_multiple_of(CELLS) => {
                return (of_half.scores)(self.values, keys, n_cells, scores);
            }
            (Kept::Half(keys), _) => {
                let converted = &mut self.converted[..keys.len()];
                (kernels.from_half)(keys, converted);
                converted
            }
            (Kept::Single(keys), _) => keys,
        };
        let n_parts = n_queries.div_ceil(CHUNK);
        let chunks = self.values.chunks(CHUNK * d_head).zip(scores.chunks_mut(CHUNK * n_cells));
        for (part, (queries, scores)) in chunks.enumerate() {
            ask_for(part, n_parts);
            (kernels.scores)(queries, keys, n_cells, scores);
        }
    }

    /// Sixteen cells are a panel.
    fn scores_of_bytes(
        &self,
        quants: &[u8],
        scales: &[u8],
        ask_for: impl Fn(usize, usize),
        scores: &mut [f32],
    ) {
        const { assert!(CELLS == PANEL) };
        let Self { d_head, n_cells, .. } = *self;
        let rounded = self.rounded.expect("queries are rounded where keys are in 8 bits");
        let product = self.kernels.product(Format::Q8_0);
        let (n_parts, n_queries) = (n_cells / CELLS, self.len());
        let mut tile: Tile = [[0.0; PANEL]; TILE_COLUMNS];
        let n_scales = scales.len() / n_parts;
        let panels = quants.chunks_exact(CELLS * d_head).zip(scales.chunks_exact(n_scales));
        for (part, (quants, scales)) in panels.enumerate() {
            ask_for(part, n_parts);
            for start in (0..n_queries).step_by(TILE_COLUMNS) {
                let end = n_queries.min(start + TILE_COLUMNS);
                // SAFETY: written by this thread before, and only read since.
                let columns = unsafe { rounded.read(start..end, d_head) };
                product(&Panel { quants, scales }, &columns, &mut tile);
                for (query, tile) in (start..end).zip(&tile) {
                    scores[query * n_cells + part * CELLS..][..CELLS].copy_from_slice(tile);
                }
            }
        }
    }

    /// Mixes values by shares, calling `ask_for` with a part, and of how many, in between.
    fn mix(
        &mut self,
        values: &Kept<'_>,
        ask_for: impl Fn(usize, usize),
        shares: &[f32],
        factors: &[f32],
        mixed: &mut [f32],
    ) {
        let n_queries = self.len();
        let Self { kernels, d_head, n_cells, .. } = *self;
        let of_half = kernels.of_half.filter(|of_half| n_queries <= of_half.most_queries);
        let of_bytes = kernels.of_bytes.filter(|of_bytes| n_queries <= of_bytes.most_queries);
        let values = match *values {
            Kept::Single(values) => values,
            Kept::Half(values) => match of_half {
                Some(of_half) if d_head.is_multiple_of(CELLS) => {
                    return (of_half.mix)(shares, values, n_cells, factors, mixed);
                }
                _ => {
                    let converted = &mut self.converted[..values.len()];
                    (kernels.from_half)(values, converted);
                    converted
                }
            },
            Kept::Bytes(quants, scales) => {
                let rows = ByteRows { d_head, quants, scales };
                if let Some(of_bytes) = of_bytes {
                    return (of_bytes.mix)(shares, &rows, factors, mixed);
                }
                let converted = &mut self.converted[..quants.len()];
                (kernels.from_bytes)(&rows, converted);
                converted
            }
        };
        let n_parts = n_queries.div_ceil(CHUNK);
        let chunks = shares.chunks(CHUNK * n_cells).zip(factors.chunks(CHUNK));
        let chunks = chunks.zip(mixed.chunks_mut(CHUNK * d_head)).enumerate();
        for (part, ((shares, factors), mixed)) in chunks {
            ask_for(part, n_parts);
            (kernels.mix)(shares, values, n_cells, factors, mixed);
        }
    }
}

/// Puts the parts of a token's attention together.
pub(super) fn merge(pass: &Pass<'_>, token: usize, out: BufferId) {
    let Split { n_segments, n_tokens, .. } = pass.split;
    if n_segments == 1 {
        return;
    }
    let (n_head, d) = (pass.plan.n_head as usize, pass.plan.d_head as usize);
    for head in 0..n_head {
        let part = |segment: usize| {
            let at = (segment * n_tokens + token) * n_head + head;
            // SAFETY: parts were written before the last meeting, and are only read in this step.
            unsafe { pass.parts.read(at * (d + 2)..(at + 1) * (d + 2)) }
        };
        let top = (0..n_segments).map(|s| part(s)[0]).fold(f32::NEG_INFINITY, f32::max);
        let start = (token * n_head + head) * d;
        // SAFETY: this token's row is written by this thread only.
        let out = unsafe { pass.buffer(out).write(start..start + d) };
        out.fill(0.0);
        let mut sum = 0.0;
        for part in (0..n_segments).map(part) {
            let factor = (part[0] - top).exp();
            sum += factor * part[1];
            out.iter_mut().zip(&part[2..]).for_each(|(out, mixed)| *out += factor * mixed);
        }
        out.iter_mut().for_each(|out| *out /= sum);
    }
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
