//! What a batch brings along, in buffers that are made once for the largest batch.

use half::f16;

use super::device::Gpu;
use super::weights::GpuWeights;
use crate::error::GpuError;
use crate::ops::{Batch, CacheGroup, CacheView, CellContent, Plan, RunnerOptions};

/// Buffers for the inputs of a batch, and room to put them together.
pub(super) struct Inputs {
    pub(super) tokens: wgpu::Buffer,
    /// Cosines and sines by token and pair, by rope.
    pub(super) turns: Vec<wgpu::Buffer>,
    /// Cells to write, and what the batch looks at, by cache: a bit for each cell that a token sees, or
    /// the cells before the batch that a convolution reaches.
    pub(super) caches: Vec<(wgpu::Buffer, wgpu::Buffer)>,
    pub(super) rows: wgpu::Buffer,
    words: Vec<u32>,
    floats: Vec<[f32; 2]>,
}

impl Inputs {
    pub(super) fn new(gpu: &Gpu, plan: &Plan, options: &RunnerOptions) -> Result<Self, GpuError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST;
        let n_batch = options.n_batch as u64;
        let words = |what, n: u64| gpu.buffer(what, 4 * n * n_batch, usage);
        let turns = plan.ropes.iter().map(|rope| words("angles", u64::from(rope.d_rot)));
        let caches = plan.caches.iter().zip(&options.n_cells).map(|(group, &n_cells)| {
            let n_bytes = sight_bytes(group, n_cells, n_batch);
            Ok((words("cells", 1)?, gpu.buffer("cells that are seen", n_bytes, usage)?))
        });
        Ok(Self {
            tokens: words("tokens", 1)?,
            turns: turns.collect::<Result<_, GpuError>>()?,
            caches: caches.collect::<Result<_, GpuError>>()?,
            rows: words("rows", 1)?,
            words: Vec::new(),
            floats: Vec::new(),
        })
    }

    pub(super) fn n_bytes(&self) -> u64 {
        let buffers = self.caches.iter().flat_map(|(cells, sight)| [cells, sight]);
        let buffers = buffers.chain(&self.turns).chain([&self.tokens, &self.rows]);
        buffers.map(wgpu::Buffer::size).sum()
    }

    /// Uploads everything but the rows.
    pub(super) fn write(&mut self, gpu: &Gpu, plan: &Plan, weights: &GpuWeights, batch: &Batch) {
        gpu.queue.write_buffer(&self.tokens, 0, bytemuck::cast_slice(&batch.tokens));
        for (rope, buffer) in plan.ropes.iter().zip(&self.turns) {
            let factors = rope.factors.map(|id| weights.factors(id));
            self.floats.clear();
            for &position in &batch.positions {
                let turns = rope.turns(factors, position).into_iter();
                self.floats.extend(turns.map(|(cos, sin)| [cos as f32, sin as f32]));
            }
            gpu.queue.write_buffer(buffer, 0, bytemuck::cast_slice(&self.floats));
        }
        for (view, (cells, sight)) in batch.caches.iter().zip(&self.caches) {
            self.words.clear();
            self.words.extend(view.cells.iter().map(|&cell| cell as u32));
            gpu.queue.write_buffer(cells, 0, bytemuck::cast_slice(&self.words));
            self.words.clear();
            put_sight(view, &mut self.words);
            gpu.queue.write_buffer(sight, 0, bytemuck::cast_slice(&self.words));
        }
    }

    /// Uploads the rows whose logits are wanted next.
    pub(super) fn write_rows(&self, gpu: &Gpu, rows: &[i32]) {
        gpu.queue.write_buffer(&self.rows, 0, bytemuck::cast_slice(rows));
    }
}

/// Bytes of what batches of up to `n_batch` tokens look at in a cache.
pub(super) fn sight_bytes(group: &CacheGroup, n_cells: usize, n_batch: u64) -> u64 {
    match (group.content, group.window) {
        (CellContent::Inputs(_), Some(length)) => 4 * u64::from(length - 1),
        _ => 4 * n_cells.div_ceil(32) as u64 * n_batch,
    }
}

/// A bit for each cell of each row, rows of whole words; or cells before the batch, 2³² − 1 for none.
fn put_sight(view: &CacheView, words: &mut Vec<u32>) {
    if view.n_cells == 0 {
        words.extend(view.before.iter().map(|&cell| u32::try_from(cell).unwrap_or(u32::MAX)));
        return;
    }
    for row in view.mask.chunks_exact(view.n_cells) {
        words.extend(row.chunks(32).map(|cells| {
            let bits = cells.iter().enumerate();
            bits.fold(0, |word, (i, &value)| word | u32::from(value == f16::ZERO) << i)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_stand_for_visible_cells() {
        let mut mask = vec![f16::NEG_INFINITY; 2 * 40];
        for cell in [0, 3, 33, 40 + 39] {
            mask[cell] = f16::ZERO;
        }
        let view = CacheView { cells: vec![0, 1], n_cells: 40, mask, before: Vec::new() };
        let mut words = Vec::new();
        put_sight(&view, &mut words);
        assert_eq!(words, [0b1001, 0b10, 0, 1 << 7]);
        words.clear();
        put_sight(&CacheView { before: vec![-1, 7], ..CacheView::default() }, &mut words);
        assert_eq!(words, [u32::MAX, 7]);
    }
}
