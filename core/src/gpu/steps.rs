//! Dispatches, and how their sizes follow from a batch.

use carrel_shaders::Kernel;

use super::pipelines::{Constants, Variant};
use crate::ops::Batch;

/// Parameters of a kernel, as the words of its uniform block.
pub(super) type Params = [u32; Kernel::PARAM_BYTES as usize / 4];

/// Most workgroups in one dimension of a dispatch, in WebGPU.
const MOST_WORKGROUPS: u32 = 65_535;

/// Cells of a part of attention, and the number up to which it is not cut into parts: as many as the
/// executor's step, so that the grid stays the same for as many tokens.
pub(super) const PART_CELLS: u32 = Kernel::ATTEND_FEW_CELLS;

/// Logits of a part in which the likeliest are looked for.
pub(super) const PART_LOGITS: u32 = 1024;

/// For which numbers of rows a step is made. A product has one kernel for few rows and one for many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    Any,
    /// At most [`Kernel::MATVEC_TOKENS`].
    Few,
    Many,
}

/// How the size of a dispatch follows from the batch. The first parameter of every kernel is the
/// number that varies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    /// An invocation for each of so many values a row; the parameter is the number of values.
    Values(u32),
    /// An invocation for each of so many items a row; the parameter is the number of rows.
    Items(u32),
    /// A workgroup for each of so many parts a row; the parameter is the number of parts.
    Parts(u32),
    /// So many workgroups whatever the number of rows, which is the parameter and a constant.
    Vectors(u32),
    /// A tile of so many outputs and columns; the parameter is the number of rows.
    Tiles(u32, u32),
    /// A workgroup for each of so many heads a row; the parameter is the number of rows.
    Stores(u32),
    /// A workgroup for each of so many heads of some rows; the parameters are the number of cells of
    /// the cache with this index and, seventh, that of rows.
    Heads(u32, usize),
    /// A workgroup for each of so many groups of heads a row; the parameter is the number of cells of
    /// the cache with this index, which are not cut into parts.
    HeadGroups(u32, usize),
    /// The same for each part of the cells, where they are.
    GroupParts(u32, usize),
    /// A workgroup for each of so many heads a row; the parameters are the number of heads of all
    /// rows and, third, that of parts.
    MergedHeads(u32, usize),
    /// A workgroup for each part of a row of so many logits; the parameters are the number of rows
    /// and, fourth, how many are to be found.
    BestOfLogits(u32),
    /// One workgroup for what was found in so many parts of a row.
    BestOfParts(u32),
}

/// One dispatch.
pub(super) struct Step {
    pub(super) variant: Variant,
    pub(super) params: Params,
    pub(super) work: Work,
    pub(super) rows: Rows,
    pub(super) bindings: wgpu::BindGroup,
}

/// A dispatch for a batch.
pub(super) struct Sized {
    pub(super) variant: Variant,
    pub(super) params: Params,
    pub(super) grid: (u32, u32, u32),
}

impl Step {
    /// The step for so many rows of a batch; `None` if it is made for other batches.
    pub(super) fn sized(&self, n_rows: u32, batch: &Batch) -> Option<Sized> {
        let is_few = n_rows <= Kernel::MATVEC_TOKENS;
        if (self.rows == Rows::Few && !is_few) || (self.rows == Rows::Many && is_few) {
            return None;
        }
        let cells = |cache: usize| batch.caches[cache].n_cells as u32;
        let is_split = |cache| is_few && cells(cache) > PART_CELLS;
        let n_parts = |cache| cells(cache).div_ceil(PART_CELLS);
        let invocations = |n: u32| flat(n.div_ceil(Kernel::WORKGROUP));
        let mut sized = Sized { variant: self.variant, params: self.params, grid: (1, 1, 1) };
        let (number, grid) = match self.work {
            Work::Values(width) => (n_rows * width, invocations(n_rows * width)),
            Work::Items(n_items) => (n_rows, invocations(n_rows * n_items)),
            Work::Parts(n_parts) => (n_rows * n_parts, flat(n_rows * n_parts)),
            Work::Vectors(n_groups) => {
                let constants = self.variant.constants;
                sized.variant.constants = Constants { n_tokens: n_rows, ..constants };
                (n_rows, flat(n_groups))
            }
            Work::Tiles(n_outputs, _) => {
                let tile = self.variant.kernel.tile();
                let tiles = |n: u32| n.div_ceil(tile);
                (n_rows, (tiles(n_outputs), tiles(n_rows), 1))
            }
            Work::Stores(n_heads) => (n_rows, (n_heads, n_rows, 1)),
            Work::Heads(n_head, cache) => {
                sized.params[6] = n_rows;
                (cells(cache), (n_head, n_rows.div_ceil(Kernel::ATTEND_TOKENS), 1))
            }
            Work::HeadGroups(n_groups, cache) if !is_split(cache) => {
                (cells(cache), (n_groups, n_rows, 1))
            }
            Work::GroupParts(n_groups, cache) if is_split(cache) => {
                (cells(cache), (n_groups, n_rows, n_parts(cache)))
            }
            Work::MergedHeads(n_head, cache) if is_split(cache) => {
                sized.params[2] = n_parts(cache);
                (n_rows * n_head, flat(n_rows * n_head))
            }
            Work::HeadGroups(..) | Work::GroupParts(..) | Work::MergedHeads(..) => return None,
            Work::BestOfLogits(n_logits) => {
                sized.params[3] = batch.n_best as u32;
                (n_rows, (n_logits.div_ceil(PART_LOGITS), n_rows, 1))
            }
            Work::BestOfParts(n_parts) => {
                let n_pairs = n_parts * batch.n_best as u32;
                sized.params[1..4].copy_from_slice(&[n_pairs, n_pairs, batch.n_best as u32]);
                (n_rows, (1, n_rows, 1))
            }
        };
        sized.params[0] = number;
        sized.grid = grid;
        Some(sized)
    }

    /// Multiply-adds for so many rows, where they are what takes time.
    pub(super) fn n_products(&self, n_rows: u64) -> u64 {
        match self.work {
            Work::Tiles(n_outputs, n_cols) if n_rows > u64::from(Kernel::MATVEC_TOKENS) => {
                u64::from(n_outputs) * u64::from(n_cols) * n_rows
            }
            _ => 0,
        }
    }
}

/// So many workgroups, in two dimensions if they are too many for one.
pub(super) fn flat(n: u32) -> (u32, u32, u32) {
    let n_lines = n.div_ceil(MOST_WORKGROUPS).max(1);
    (n.div_ceil(n_lines), n_lines, 1)
}
