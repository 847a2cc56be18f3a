//! What tokens see of a block of cells: all of it, nothing, or some cells, as the mask says.

use std::ops::Range;

use super::cells::{BLOCK, CELLS};
use super::shared::Shared;
use crate::ops::CacheView;

/// What a block of cells is to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Visibility {
    None = 0,
    Some = 1,
    All = 2,
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

/// A block of cells as tokens see it.
pub(super) struct BlockView<'a> {
    view: &'a CacheView,
    /// What [`note_visibility`] noted.
    noted: &'a Shared<u8>,
    block: usize,
}

impl<'a> BlockView<'a> {
    /// A block, unless it is behind the last one.
    ///
    /// # Safety
    /// Nobody writes what is noted while the result lives.
    pub(super) unsafe fn new(
        view: &'a CacheView,
        noted: &'a Shared<u8>,
        block: usize,
    ) -> Option<Self> {
        (block < view.n_cells.div_ceil(BLOCK)).then_some(Self { view, noted, block })
    }

    fn is(&self, visibility: Visibility, token: usize) -> bool {
        let n_blocks = self.view.n_cells.div_ceil(BLOCK);
        // SAFETY: nobody writes it meanwhile, as the caller of `new` promised.
        let noted = unsafe { self.noted.get(token * n_blocks + self.block) };
        noted == visibility as u8
    }

    fn mask(&self, token: usize) -> &[half::f16] {
        let n_cells = self.view.n_cells;
        let first = self.block * BLOCK;
        &self.view.mask[token * n_cells..][first..(first + BLOCK).min(n_cells)]
    }

    /// Cells up to the last one that a token sees, in whole sixteens, as keys lie: a prefill's last block
    /// has many behind it.
    pub(super) fn n_cells(&self, tokens: Range<usize>) -> usize {
        let last_seen = |token: usize| {
            if self.is(Visibility::All, token) {
                return BLOCK;
            }
            if self.is(Visibility::None, token) {
                return 0;
            }
            let last = self.mask(token).iter().rposition(|mask| mask.to_bits() == 0);
            last.map_or(0, |last| last + 1)
        };
        tokens.map(last_seen).max().unwrap_or(0).next_multiple_of(CELLS)
    }

    /// Whether none of a whole block is hidden from any of these tokens.
    pub(super) fn is_whole(&self, mut tokens: Range<usize>) -> bool {
        tokens.all(|token| self.is(Visibility::All, token))
    }

    /// Takes cells that a token does not see out of its scores.
    pub(super) fn hide(&self, token: usize, scores: &mut [f32]) {
        if self.is(Visibility::All, token) {
            return;
        }
        let mask = self.mask(token);
        let n = mask.len().min(scores.len());
        for (score, mask) in scores.iter_mut().zip(mask) {
            *score = if mask.to_bits() == 0 { *score } else { f32::NEG_INFINITY };
        }
        scores[n..].fill(f32::NEG_INFINITY);
    }
}
