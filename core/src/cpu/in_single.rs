//! Attention of an item's queries over a block of cells in single precision, or as keys and values are
//! kept where that is faster.

use std::ops::Range;

use super::caches::Kept;
use super::cells::CELLS;
use super::rounded::Rounded;
use carrel_kernels::{ByteRows, Format, Kernels, PANEL, Panel, TILE_COLUMNS, Tile};

/// Queries between which a part of the next block is asked for: whole tiles of all kernels.
pub(super) const CHUNK: usize = 12;

/// Queries of an item before a block of cells. What is not read as it is kept is converted once for all.
pub(super) struct Queries<'a> {
    pub(super) kernels: &'a Kernels,
    pub(super) d_head: usize,
    pub(super) n_cells: usize,
    pub(super) values: &'a [f32],
    pub(super) rounded: Option<&'a Rounded>,
    /// Memory for a conversion.
    pub(super) converted: &'a mut [f32],
}

impl Queries<'_> {
    fn len(&self) -> usize {
        self.values.len() / self.d_head
    }

    /// Scores for all cells, calling `ask_for` with a part, and of how many, in between.
    pub(super) fn scores(
        &mut self,
        keys: &Kept<'_>,
        ask_for: impl Fn(usize, usize),
        scores: &mut [f32],
    ) {
        let n_queries = self.len();
        let Self { kernels, d_head, n_cells, .. } = *self;
        let of_half = kernels.of_half.filter(|of_half| n_queries <= of_half.most_queries);
        let keys = match (*keys, of_half) {
            (Kept::Bytes(quants, scales), _) => {
                let n_parts = n_cells / CELLS;
                let ask_for = |part| ask_for(part, n_parts);
                let queries = (self.rounded, 0..n_queries, d_head);
                return scores_of_bytes(kernels, (quants, scales), queries, ask_for, scores);
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

    /// Mixes values by shares, calling `ask_for` with a part, and of how many, in between.
    pub(super) fn mix(
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

/// Scores of some of the rounded queries for cells whose keys are in 8 bits: sixteen cells are a panel,
/// before each of which `ask_for` is called with its number.
pub(super) fn scores_of_bytes(
    kernels: &Kernels,
    (quants, scales): (&[u8], &[u8]),
    (rounded, queries, d_head): (Option<&Rounded>, Range<usize>, usize),
    ask_for: impl Fn(usize),
    scores: &mut [f32],
) {
    const { assert!(CELLS == PANEL) };
    let rounded = rounded.expect("queries are rounded where keys are in 8 bits");
    let product = kernels.product(Format::Q8_0);
    let n_cells = scores.len() / queries.len();
    let mut tile: Tile = [[0.0; PANEL]; TILE_COLUMNS];
    let n_scales = scales.len() / (n_cells / CELLS);
    let panels = quants.chunks_exact(CELLS * d_head).zip(scales.chunks_exact(n_scales));
    for (panel, (quants, scales)) in panels.enumerate() {
        ask_for(panel);
        for start in queries.clone().step_by(TILE_COLUMNS) {
            let end = queries.end.min(start + TILE_COLUMNS);
            // SAFETY: written by this thread before, and only read since.
            let columns = unsafe { rounded.read(start..end, d_head) };
            product(&Panel { quants, scales }, &columns, &mut tile);
            for (query, tile) in (start - queries.start..).zip(&tile[..end - start]) {
                scores[query * n_cells + panel * CELLS..][..CELLS].copy_from_slice(tile);
            }
        }
    }
}
