//! Products of activations with packed matrices: which of both stays in a core's own cache while the other
//! passes by.

use std::ops::Range;

use super::pass::Pass;
use super::steps::Product;
use carrel_kernels::{Columns, MANY_COLUMNS, MANY_PANELS, PANEL, Panel, Tiles};

/// Bytes of rounded activations that stay in a core's own cache while panels pass by.
const COLUMN_BYTES: usize = 256 << 10;
/// The fewest columns of them all the same: weights come from memory once for so many.
const FEWEST_COLUMNS: usize = 64;
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
        let n_columns = COLUMN_BYTES / n_bytes / MANY_COLUMNS * MANY_COLUMNS;
        n_columns.max(FEWEST_COLUMNS)
    }

    /// The outputs of some panels for some rows of activations: a few panels at a time for all rows, so that
    /// memory is read once, and a tile of rows at a time for these panels.
    pub(super) fn product(
        &self,
        product: &Product,
        panels: Range<usize>,
        rows: Range<usize>,
        tiles: &mut Tiles,
    ) {
        let matrix = self.weights.matrix(product.weight);
        let bias = product.bias.map(|bias| self.weights.vector(bias));
        let (width, out) =
            (self.plan.buffers[product.out.0].width as usize, self.buffer(product.out));
        let shape = &matrix.shape;
        let at_once = PANEL_BYTES * shape.n_panels() / shape.n_bytes();
        let at_once = (at_once / MANY_PANELS).max(1) * MANY_PANELS;
        for few in panels.clone().step_by(at_once) {
            let few = few..panels.end.min(few + at_once);
            for start in rows.clone().step_by(MANY_COLUMNS) {
                let rows = start..rows.end.min(start + MANY_COLUMNS);
                let columns = self.columns(product, rows.clone());
                let mut weights = matrix.panels(few.clone());
                for first in few.clone().step_by(MANY_PANELS) {
                    let mut group = [Panel::default(); MANY_PANELS];
                    let pairs = group.iter_mut().zip(&mut weights);
                    let n_panels = pairs.map(|(place, panel)| *place = panel).count();
                    self.kernels.multiply(shape.format, &group[..n_panels], &columns, tiles);
                    for (panel, tile) in (first..first + n_panels).zip(&*tiles) {
                        let first = panel * PANEL;
                        let n_outputs = PANEL.min(shape.n_rows - first);
                        let bias = bias.map(|bias| &bias[first..][..n_outputs]);
                        for (row, values) in rows.clone().zip(tile) {
                            let at = row * width + first;
                            // SAFETY: these outputs belong to this panel and row, which one thread has
                            // claimed.
                            let out = unsafe { out.write(at..at + n_outputs) };
                            keep(values, bias, out);
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

/// Copies a column's values for a panel's rows, of which the last panel may lack some, and adds their bias.
fn keep(values: &[f32; PANEL], bias: Option<&[f32]>, out: &mut [f32]) {
    let n_outputs = out.len();
    match out.first_chunk_mut::<PANEL>() {
        // A copy of known length is two moves instead of a call.
        Some(out) => *out = *values,
        None => out.copy_from_slice(&values[..n_outputs]),
    }
    if let Some(bias) = bias {
        out.iter_mut().zip(bias).for_each(|(out, bias)| *out += bias);
    }
}
