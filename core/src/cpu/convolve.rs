//! Gated short convolutions over time.
//!
//! ```text
//! kernel    [n][width], so that a column's factors are a row here and all loops run along rows
//! out[t] = c[t] · Σ_j kernel[j] · (b · x)[t − n + 1 + j], summed from the oldest token on
//! ```
//! A token of the batch multiplies `b · x` of those before it anew, so no thread waits for another.

use super::pass::Pass;
use super::steps::ShortConv;

impl Pass<'_> {
    /// The result of one token, whose products are kept for later ones.
    ///
    /// # Safety
    /// No other thread reads or writes the token's row of the result or its cell meanwhile, and none writes
    /// to the input.
    pub(super) unsafe fn convolve(&self, op: &ShortConv, token: usize) {
        let view = &self.batch.caches[self.plan.cache_of(op.layer)];
        let kept = self.caches.inputs(op.layer as usize);
        let kernel = self.weights.vector(op.kernel).chunks_exact(kept.width);
        let n_before = view.before.len();
        // SAFETY: the row is the caller's.
        let out = unsafe { self.row_of_mut(op.out, token) };
        out.fill(0.0);
        for (factors, place) in kernel.zip(token..) {
            // Places count from the first token that the batch's first one reaches.
            if let Some(earlier) = place.checked_sub(n_before) {
                // SAFETY: nobody writes to the input.
                let row = unsafe { self.row_of(op.input, earlier) };
                let (b, x) = (&row[..kept.width], &row[2 * kept.width..]);
                let terms = factors.iter().zip(b).zip(x);
                out.iter_mut().zip(terms).for_each(|(out, ((k, b), x))| *out += k * (b * x));
            } else if let Ok(cell) = usize::try_from(view.before[place]) {
                // SAFETY: a batch writes to other cells than those that it looks back at.
                let row = unsafe { kept.rows.read(cell * kept.width..(cell + 1) * kept.width) };
                let terms = factors.iter().zip(row);
                out.iter_mut().zip(terms).for_each(|(out, (k, bx))| *out += k * bx);
            }
        }
        let start = view.cells[token] as usize * kept.width;
        // SAFETY: the cell is the caller's, and nobody writes to the input.
        let (cell, row) =
            unsafe { (kept.rows.write(start..start + kept.width), self.row_of(op.input, token)) };
        let (b, rest) = row.split_at(kept.width);
        let (c, x) = rest.split_at(kept.width);
        cell.iter_mut().zip(b.iter().zip(x)).for_each(|(cell, (b, x))| *cell = b * x);
        out.iter_mut().zip(c).for_each(|(out, c)| *out *= c);
    }
}
