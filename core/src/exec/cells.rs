//! Which token lies in which cell of a cache, and which tokens may look at it.
//!
//! A cache is a row of cells. Without a window, position `p` lies in cell `p`. With a window the
//! cells form a ring that keeps as many tokens as attention reaches back, so memory stays constant;
//! in front of it may lie the first tokens for good (attention sinks, arXiv 2309.17453).
//! ```text
//! cell      0 1 2 3 | 4 5 6 7 …              n_cells − 1
//!           sinks   | ring: position p in cell n_sinks + (p − n_sinks) mod (n_cells − n_sinks)
//! ```

use half::f16;

use crate::error::ModelError;
use crate::ops::CacheView;

/// Attention looks at a multiple of so many cells, so that graphs stay the same for many steps.
const CELL_STEP: usize = 256;

/// The cells of one cache.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// Position of the token in each cell, −1 for none.
    positions: Vec<i32>,
    n_sinks: usize,
    /// Tokens that attention reaches back, the current one included and the sinks not; `None` for
    /// all.
    reach: Option<usize>,
    /// Whether a convolution looks back from here: at tokens by their order, so without a mask.
    is_convolved: bool,
}

impl Cells {
    /// Cells for all tokens of a context of `n_cells`.
    pub(super) fn full(n_cells: usize) -> Self {
        Self { positions: vec![-1; n_cells], n_sinks: 0, reach: None, is_convolved: false }
    }

    /// A ring for attention over the last `window` tokens of which the first `n_sinks` stay for
    /// good, with room for batches of `n_batch` on top.
    pub(super) fn ring(window: usize, n_sinks: usize, n_batch: usize) -> Self {
        let n_cells = (window + n_batch).next_multiple_of(32);
        Self {
            positions: vec![-1; n_cells],
            n_sinks,
            reach: Some(window - n_sinks),
            is_convolved: false,
        }
    }

    /// A window that never comes to its end in a context of `n_cells`.
    pub(super) fn full_with_window(n_cells: usize, window: usize) -> Self {
        Self { positions: vec![-1; n_cells], n_sinks: 0, reach: Some(window), is_convolved: false }
    }

    /// The same cells for a convolution over the tokens of the window.
    pub(super) fn convolved(self) -> Self {
        Self { is_convolved: true, ..self }
    }

    pub(super) fn n_cells(&self) -> usize {
        self.positions.len()
    }

    pub(super) fn n_sinks(&self) -> usize {
        self.n_sinks
    }

    pub(super) fn cell_of(&self, position: usize) -> usize {
        if position < self.n_sinks {
            return position;
        }
        let n_ring = self.positions.len() - self.n_sinks;
        self.n_sinks + (position - self.n_sinks) % n_ring
    }

    /// Places `n_tokens` tokens from `n_past` on and says who may look where.
    pub(super) fn place(&mut self, n_past: usize, n_tokens: usize) -> CacheView {
        let range = n_past..n_past + n_tokens;
        let cells: Vec<i64> = range.clone().map(|position| self.cell_of(position) as i64).collect();
        for (&cell, position) in cells.iter().zip(range.clone()) {
            self.positions[cell as usize] = position as i32;
        }
        if self.is_convolved {
            return CacheView { cells, before: self.before(n_past), ..CacheView::default() };
        }
        let used = (n_past + n_tokens).min(self.positions.len());
        let n_cells = used.next_multiple_of(CELL_STEP).min(self.positions.len());
        let mut mask = vec![f16::NEG_INFINITY; n_tokens * n_cells];
        for (row, position) in mask.chunks_exact_mut(n_cells).zip(range) {
            self.fill_row(row, position as i32);
        }
        CacheView { cells, n_cells, mask, before: Vec::new() }
    }

    /// Cells of the tokens that the one at `n_past` reaches back to, −1 before the first.
    fn before(&self, n_past: usize) -> Vec<i64> {
        let n_before = self.reach.map_or(0, |reach| reach - 1);
        let cell = |back: usize| n_past.checked_sub(back).map_or(-1, |p| self.cell_of(p) as i64);
        (1..=n_before).rev().map(cell).collect()
    }

    fn fill_row(&self, row: &mut [f16], position: i32) {
        for (value, &held) in row.iter_mut().zip(&self.positions) {
            if self.is_visible(held, position) {
                *value = f16::ZERO;
            }
        }
    }

    fn is_visible(&self, held: i32, position: i32) -> bool {
        if held < 0 || held > position {
            return false;
        }
        match self.reach {
            None => true,
            Some(reach) => (position - held) < reach as i32 || (held as usize) < self.n_sinks,
        }
    }

    /// Whether every token that the next one looks at is still there if the cache goes back to
    /// `n_past` tokens.
    pub(super) fn can_go_back(&self, n_past: usize) -> bool {
        let oldest = self.reach.map_or(0, |reach| (n_past + 1).saturating_sub(reach));
        let sinks = 0..self.n_sinks.min(n_past);
        let is_there = |position: usize| self.positions[self.cell_of(position)] == position as i32;
        sinks.into_iter().all(is_there) && (oldest..n_past).all(is_there)
    }

    /// First position from which on every token is still there.
    pub(super) fn first_kept(&self) -> usize {
        let last = self.positions.iter().copied().max().unwrap_or(-1);
        let n_ring = self.positions.len() - self.n_sinks;
        (last + 1 - n_ring as i32).max(0) as usize
    }

    /// Forgets the tokens from `n_past` on.
    pub(super) fn forget_from(&mut self, n_past: usize) {
        for position in &mut self.positions {
            if *position >= n_past as i32 {
                *position = -1;
            }
        }
    }

    /// Positions by cell, for the saved state.
    pub(super) fn positions(&self) -> &[i32] {
        &self.positions
    }

    /// Takes over the positions of a saved state.
    pub(super) fn restore(&mut self, positions: &[i32]) -> Result<(), ModelError> {
        if positions.len() != self.positions.len() {
            return Err(ModelError::State { problem: "another number of cells" });
        }
        self.positions.copy_from_slice(positions);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(view: &CacheView, row: usize) -> Vec<usize> {
        let row = &view.mask[row * view.n_cells..(row + 1) * view.n_cells];
        (0..view.n_cells).filter(|&cell| row[cell] == f16::ZERO).collect()
    }

    #[test]
    fn a_full_cache_is_causal() {
        let mut cells = Cells::full(512);
        cells.place(0, 3);
        let view = cells.place(3, 2);
        assert_eq!(view.cells, [3, 4]);
        assert_eq!(view.n_cells, 256);
        assert_eq!(visible(&view, 0), [0, 1, 2, 3]);
        assert_eq!(visible(&view, 1), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_ring_keeps_the_sinks_and_the_last_tokens() {
        let (window, n_sinks, n_batch) = (16, 4, 16);
        let mut cells = Cells::ring(window, n_sinks, n_batch);
        let mut history = Vec::new();
        for position in 0..200usize {
            let view = cells.place(position, 1);
            history.push(position);
            let mut seen: Vec<i32> =
                visible(&view, 0).into_iter().map(|cell| cells.positions()[cell]).collect();
            seen.sort_unstable();
            let expected: Vec<i32> = (0..=position)
                .filter(|&held| held < n_sinks || position - held < window - n_sinks)
                .map(|held| held as i32)
                .collect();
            assert_eq!(seen, expected, "at position {position}");
        }
    }

    #[test]
    fn a_convolution_looks_at_the_tokens_before_a_batch() {
        let mut cells = Cells::ring(3, 0, 29).convolved();
        assert_eq!(cells.place(0, 1).before, [-1, -1]);
        let view = cells.place(1, 29);
        assert_eq!((view.before, view.n_cells, view.mask.len()), (vec![-1, 0], 0, 0));
        let view = cells.place(30, 29);
        assert_eq!(view.before, [28, 29]);
        assert_eq!((view.cells[0], view.cells[2]), (30, 0), "the ring goes round");
        assert!(cells.can_go_back(31) && !cells.can_go_back(28));
    }

    #[test]
    fn going_back_is_refused_once_needed_tokens_are_overwritten() {
        let mut cells = Cells::ring(16, 4, 16);
        for position in 0..100 {
            cells.place(position, 1);
        }
        assert!(cells.can_go_back(99));
        assert!(cells.can_go_back(100 - 16));
        assert!(!cells.can_go_back(60));
        assert!(cells.can_go_back(3), "only sinks are needed there");
    }
}
