//! Products of activations with packed matrices: which of both stays in a core's own cache while the other
//! passes by.

use std::ops::Range;

use super::pass::Pass;
use super::steps::Product;
use carrel_kernels::{Columns, PANEL, TILE_COLUMNS, Tile};

/// Bytes of rounded activations that stay in a core's own cache while panels pass by.
const COLUMN_BYTES: usize = 128 << 10;
/// The fewest tiles of them all the same: weights come from memory once for so many.
const FEWEST_TILES: usize = 4;
/// Bytes of weights that stay in a core's own cache while tiles of activations pass by.
const PANEL_BYTES: usize = 256 << 10;

impl<'a> Pass<'a> {
    /// Columns that a panel is multiplied with before the next one comes.
    pub(super) fn columns_at_once(&self, products: &[Product]) -> usize {
        let bytes_of = |product: &Product| {
            let matrix = self.weights.matrix(product.weight).shape;
            matrix.n_cols * if matrix.format.blocks().is_some() { 1 } else { 4 }
        };
        let n_bytes = products.iter().map(bytes_of).max().unwrap_or(1);
        (COLUMN_BYTES / n_bytes / TILE_COLUMNS).max(FEWEST_TILES) * TILE_COLUMNS
    }

    /// The outputs of some panels for some rows of activations: a few panels at a time for all rows, so that
    /// memory is read once, and a tile of rows at a time for these panels.
    pub(super) fn product(
        &self,
        product: &Product,
        panels: Range<usize>,
        rows: Range<usize>,
        tile: &mut Tile,
    ) {
        let matrix = self.weights.matrix(product.weight);
        let kernel = self.kernels.product(matrix.shape.format);
        let bias = product.bias.map(|bias| self.weights.vector(bias));
        let (width, out) =
            (self.plan.buffers[product.out.0].width as usize, self.buffer(product.out));
        let shape = &matrix.shape;
        let at_once = (PANEL_BYTES * shape.n_panels() / shape.n_bytes()).max(1);
        for few in panels.clone().step_by(at_once) {
            let few = few..panels.end.min(few + at_once);
            for start in rows.clone().step_by(TILE_COLUMNS) {
                let end = rows.end.min(start + TILE_COLUMNS);
                let columns = self.columns(product, start..end);
                for (index, weights) in few.clone().zip(matrix.panels(few.clone())) {
                    kernel(&weights, &columns, tile);
                    let first = index * PANEL;
                    let n_outputs = PANEL.min(matrix.shape.n_rows - first);
                    let bias = bias.map(|bias| &bias[first..][..n_outputs]);
                    for (row, values) in (start..end).zip(tile.iter()) {
                        let at = row * width + first;
                        // SAFETY: these outputs belong to this panel and row, which one thread has
                        // claimed.
                        let out = unsafe { out.write(at..at + n_outputs) };
                        match out.first_chunk_mut::<PANEL>() {
                            // A copy of known length is two moves instead of a call.
                            Some(out) => *out = *values,
                            None => out.copy_from_slice(&values[..n_outputs]),
                        }
                        if let Some(bias) = bias {
                            out.iter_mut().zip(bias).for_each(|(out, bias)| *out += bias);
                        }
                    }
                }
            }
        }
    }

    /// Rows of activations as a product reads them.
    fn columns(&self, product: &Product, rows: Range<usize>) -> Columns<'a> {
        let shape = self.weights.matrix(product.weight).shape;
        let n = shape.n_cols;
        // SAFETY: what products read was written before the last meeting.
        unsafe {
            match shape.format.blocks() {
                Some(blocks) => self.rounded(product.input, blocks).read(rows, n),
                None => Columns {
                    n_columns: rows.len(),
                    n_values: n,
                    values: self.buffer(product.input).read(rows.start * n..rows.end * n),
                    ..Columns::default()
                },
            }
        }
    }
}
