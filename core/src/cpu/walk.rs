//! How threads walk the steps of a pass: each claims parts of every step, and all meet after it; a row that is
//! alone in its step is done at the meeting before.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::attend::Attention;
use super::pass::Pass;
use super::pool::Member;
use super::steps::{Product, Step};
use carrel_kernels::{MANY_COLUMNS, MANY_PANELS, PANEL};

/// Parts of a step for a thread, so that a thread that is held up does not hold up the others.
const CLAIMS_PER_THREAD: usize = 8;

impl Pass<'_> {
    /// What each thread does: all steps, until the end or until the flag is set.
    pub(super) fn walk(&self, steps: &[Step], member: &Member<'_>) {
        let mut steps = steps.iter().zip(&self.memory.claimed).enumerate().peekable();
        while let Some((number, (step, claimed))) = steps.next() {
            self.step(step, claimed, member);
            // A single row is one thread's work. Whoever comes last to the meeting before it does it
            // there, while the others wait, so it needs no meeting of its own.
            let of_one = steps.next_if(|(_, (step, _))| self.is_for_one(step));
            let of_last = || {
                if let Some((_, (step, claimed))) = of_one {
                    self.step(step, claimed, member);
                }
            };
            if self.exit.meet(number, member, || self.cancel.is_cancelled(), of_last) {
                return;
            }
        }
    }

    /// Whether there is no work for a second thread in a step.
    fn is_for_one(&self, step: &Step) -> bool {
        matches!(step, Step::Rows { is_selected, .. } if self.n_rows(*is_selected) <= 1)
    }

    fn n_rows(&self, is_selected: bool) -> usize {
        if is_selected { self.batch.rows.len() } else { self.batch.tokens.len() }
    }

    fn step(&self, step: &Step, claimed: &AtomicUsize, member: &Member<'_>) {
        let n_shares = CLAIMS_PER_THREAD * member.n_threads();
        let claim_by = |n_claimed: usize, n_items: usize, work: &mut dyn FnMut(Range<usize>)| {
            loop {
                let first = claimed.fetch_add(n_claimed, Ordering::Relaxed);
                if first >= n_items {
                    return;
                }
                work(first..(first + n_claimed).min(n_items));
            }
        };
        let claim = |n_items: usize, work: &mut dyn FnMut(Range<usize>)| {
            claim_by(n_items.div_ceil(n_shares).max(1), n_items, work);
        };
        match step {
            Step::Rows { ops, is_selected } => {
                claim(self.n_rows(*is_selected), &mut |rows| {
                    for row in rows {
                        let token = if *is_selected { self.batch.rows[row] as usize } else { row };
                        // SAFETY: a row is claimed by one thread, and rows don't touch each other.
                        ops.iter().for_each(|op| unsafe { self.row(op, row, token) });
                    }
                });
            }
            Step::Products { products, is_selected } => {
                let n_rows = self.n_rows(*is_selected);
                let n_panels = |p: &Product| self.weights.matrix(p.weight).shape.n_panels();
                let n_all: usize = products.iter().map(n_panels).sum();
                let n_columns = self.columns_at_once(products);
                let mut tiles = [[[0.0; PANEL]; MANY_COLUMNS]; MANY_PANELS];
                claim(n_all * n_rows.div_ceil(n_columns), &mut |mut items| {
                    while !items.is_empty() {
                        let first = items.start / n_all * n_columns;
                        let rows = first..(first + n_columns).min(n_rows);
                        let mut panel = items.start % n_all;
                        for product in products {
                            let n = n_panels(product);
                            let panels = panel.min(n)..n.min(panel + items.len());
                            panel = panel.saturating_sub(n);
                            items.start += panels.len();
                            if !panels.is_empty() {
                                self.product(product, panels, rows.clone(), &mut tiles);
                            }
                        }
                    }
                });
            }
            Step::Attend { layer, queries, scale, out } => {
                let attention = Attention {
                    layer: *layer,
                    queries: self.buffer(*queries),
                    scale: *scale,
                    out: self.buffer(*out),
                    split: self.split,
                };
                let scratch = &self.memory.scratch[member.index];
                // Behind a long text an item takes a millisecond.
                claim_by(1, self.split.n_items(), &mut |items| {
                    // SAFETY: each thread has scratch memory of its own.
                    items.for_each(|index| unsafe { attention.run(self, index, scratch) });
                });
            }
            Step::Convolve(op) => {
                claim(self.n_rows(false), &mut |tokens| {
                    // SAFETY: a token is claimed by one thread, and has a cell of its own. The input is
                    // written in other steps only.
                    tokens.for_each(|token| unsafe { self.convolve(op, token) });
                });
            }
            Step::Select { buffer } => {
                if member.index == 0 && self.batch.rows.len() < self.batch.tokens.len() {
                    // Rows ascend, so a row never comes to lie on one that is still needed.
                    for (row, &token) in self.batch.rows.iter().enumerate() {
                        if row != token as usize {
                            // SAFETY: only this thread works in this step.
                            unsafe {
                                let from = self.row_of(*buffer, token as usize);
                                self.row_of_mut(*buffer, row).copy_from_slice(from);
                            }
                        }
                    }
                }
            }
        }
    }
}
