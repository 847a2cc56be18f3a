//! Keys and values on the GPU, or inputs of convolutions, and their translation to the layout that states are saved in.
//!
//! F32 and F16 cells lie as they are saved. A Q8_0 block takes nine words here, so that kernels write
//! whole words, and 34 bytes when saved: the two bytes after the scale are left out.
//!
//! The first cells' keys are rotated on the CPU (see `ops::rope`): they are four cells a layer, and
//! single precision on a GPU has no sine good enough for it.

use std::sync::Arc;

use carrel_shaders::CacheFormat;
use half::f16;

use super::device::Gpu;
use super::weights::GpuWeights;
use crate::error::GpuError;
use crate::ops::{CacheType, CellContent, Plan, RunnerOptions};

/// The caches of one runner.
pub(super) struct Caches {
    gpu: Arc<Gpu>,
    pub(super) format: CacheFormat,
    pub(super) layers: Vec<Cells>,
    /// First cells' keys before any rotation, by cache.
    first_cells: Vec<Option<FirstCells>>,
}

/// Layers and their keys.
type FirstCells = Vec<(usize, Vec<f32>)>;

/// The cells of a layer.
pub(super) struct Cells {
    layout: CellLayout,
    /// Keys, or inputs of a convolution, which has no values.
    pub(super) keys: wgpu::Buffer,
    values: Option<wgpu::Buffer>,
}

impl Cells {
    /// The values of a layer with attention.
    pub(super) fn values(&self) -> &wgpu::Buffer {
        self.values.as_ref().expect("a layer with attention has values")
    }

    fn buffers(&self) -> impl Iterator<Item = &wgpu::Buffer> {
        std::iter::once(&self.keys).chain(&self.values)
    }
}

/// How the keys, values or inputs of a token lie in a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellLayout {
    format: CacheFormat,
    width: usize,
}

impl CellLayout {
    /// The layout of a cache of the plan.
    pub(super) fn of(plan: &Plan, cache: usize, format: CacheFormat) -> Self {
        match plan.caches[cache].content {
            CellContent::KeysValues => Self { format, width: plan.d_kv() as usize },
            CellContent::Inputs(width) => Self { format: CacheFormat::F32, width: width as usize },
        }
    }

    /// Bytes of a cell on the GPU.
    pub(super) fn device_bytes(self) -> usize {
        match self.format {
            CacheFormat::F32 => 4 * self.width,
            CacheFormat::F16 => 2 * self.width,
            CacheFormat::Q8_0 => self.width / 32 * 36,
        }
    }

    /// Bytes of a cell when saved.
    fn saved_bytes(self) -> usize {
        match self.format {
            CacheFormat::Q8_0 => self.width / 32 * 34,
            CacheFormat::F32 | CacheFormat::F16 => self.device_bytes(),
        }
    }
}

impl Caches {
    pub(super) fn new(
        gpu: &Arc<Gpu>,
        plan: &Plan,
        options: &RunnerOptions,
    ) -> Result<Self, GpuError> {
        let format = format_of(options.cache_type);
        let mut caches = Self {
            gpu: gpu.clone(),
            format,
            layers: Vec::with_capacity(plan.n_layer()),
            first_cells: plan.caches.iter().map(|_| None).collect(),
        };
        let usage = wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_SRC
            | wgpu::BufferUsages::COPY_DST;
        for layer in 0..plan.n_layer() {
            let cache = plan.cache_of(layer as u32);
            let layout = CellLayout::of(plan, cache, format);
            let n_bytes = (options.n_cells[cache] * layout.device_bytes()) as u64;
            let (keys, values) = match plan.caches[cache].content {
                CellContent::KeysValues => {
                    let keys = gpu.buffer("the keys of a layer", n_bytes, usage)?;
                    (keys, Some(gpu.buffer("the values of a layer", n_bytes, usage)?))
                }
                CellContent::Inputs(_) => {
                    (gpu.buffer("the inputs of a convolution", n_bytes, usage)?, None)
                }
            };
            caches.layers.push(Cells { layout, keys, values });
        }
        Ok(caches)
    }

    pub(super) fn n_bytes(&self) -> u64 {
        self.layers.iter().flat_map(Cells::buffers).map(wgpu::Buffer::size).sum()
    }

    /// Bytes of a cell of `layer` when saved, of keys or inputs and of values.
    pub(super) fn cell_bytes(&self, layer: usize) -> [usize; 2] {
        let Cells { layout, values, .. } = &self.layers[layer];
        [layout.saved_bytes(), if values.is_some() { layout.saved_bytes() } else { 0 }]
    }

    /// Reads as many cells of a layer from `first` on as fit into `saved`: keys or inputs, and values.
    pub(super) fn read_layer(
        &self,
        layer: usize,
        first: usize,
        saved: [&mut [u8]; 2],
    ) -> Result<(), GpuError> {
        let cells = &self.layers[layer];
        let mut buffers = cells.buffers().zip(saved);
        buffers.try_for_each(|(buffer, saved)| self.read(buffer, cells.layout, first, saved))
    }

    /// Writes saved cells of a layer from `first` on.
    pub(super) fn write_layer(
        &self,
        layer: usize,
        first: usize,
        saved: [&[u8]; 2],
    ) -> Result<(), GpuError> {
        let cells = &self.layers[layer];
        let mut buffers = cells.buffers().zip(saved);
        buffers.try_for_each(|(buffer, saved)| self.write(buffer, cells.layout, first, saved))
    }

    fn read(
        &self,
        buffer: &wgpu::Buffer,
        layout: CellLayout,
        first: usize,
        saved: &mut [u8],
    ) -> Result<(), GpuError> {
        let width = layout.device_bytes();
        let mut bytes = vec![0u8; saved.len() / layout.saved_bytes() * width];
        if bytes.is_empty() {
            return Ok(());
        }
        let _turn = self.gpu.turn();
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let staging = self.gpu.buffer("cells to read", bytes.len() as u64, usage)?;
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let (start, n_bytes) = ((first * width) as u64, bytes.len() as u64);
        encoder.copy_buffer_to_buffer(buffer, start, &staging, 0, n_bytes);
        self.gpu.submit(encoder.finish());
        self.gpu.read(&staging, &mut bytes)?;
        match layout.format {
            CacheFormat::F32 | CacheFormat::F16 => saved.copy_from_slice(&bytes),
            CacheFormat::Q8_0 => {
                for (saved, block) in saved.chunks_exact_mut(34).zip(bytes.chunks_exact(36)) {
                    saved[..2].copy_from_slice(&block[..2]);
                    saved[2..].copy_from_slice(&block[4..]);
                }
            }
        }
        Ok(())
    }

    fn write(
        &self,
        buffer: &wgpu::Buffer,
        layout: CellLayout,
        first: usize,
        saved: &[u8],
    ) -> Result<(), GpuError> {
        let start = (first * layout.device_bytes()) as u64;
        let _turn = self.gpu.turn();
        match layout.format {
            CacheFormat::F32 | CacheFormat::F16 => {
                self.gpu.queue.write_buffer(buffer, start, saved);
            }
            CacheFormat::Q8_0 => {
                let mut bytes = vec![0u8; saved.len() / 34 * 36];
                for (saved, block) in saved.chunks_exact(34).zip(bytes.chunks_exact_mut(36)) {
                    block[..2].copy_from_slice(&saved[..2]);
                    block[4..].copy_from_slice(&saved[2..]);
                }
                self.gpu.queue.write_buffer(buffer, start, &bytes);
            }
        }
        self.gpu.check()
    }

    /// Replaces the first cells' keys by their first contents, rotated forward.
    pub(super) fn rotate_first_cells(
        &mut self,
        plan: &Plan,
        weights: &GpuWeights,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) -> Result<(), GpuError> {
        if self.first_cells[group].is_none() {
            let mut copies = Vec::new();
            for layer in plan.caches[group].layers.iter().map(|&layer| layer as usize) {
                if plan.layer_rope[layer].is_some() {
                    let mut saved = vec![0; n_cells * self.cell_bytes(layer)[0]];
                    self.read_layer(layer, 0, [&mut saved, &mut []])?;
                    copies.push((layer, decode(self.format, &saved)));
                }
            }
            self.first_cells[group] = Some(copies);
        }
        for (layer, keys) in self.first_cells[group].iter().flatten() {
            let Some(rope) = plan.layer_rope[*layer] else { continue };
            let info = plan.ropes[rope].without_magnitude();
            let turns = info.turns(info.factors.map(|id| weights.factors(id)), delta);
            let mut rotated = keys.clone();
            info.rotate(&mut rotated, plan.d_head as usize, &turns);
            self.write_layer(*layer, 0, [&encode(self.format, &rotated), &[]])?;
        }
        Ok(())
    }

    pub(super) fn forget_first_cells(&mut self) {
        self.first_cells.fill(None);
    }
}

/// The layout of a type of caches.
pub(super) fn format_of(cache_type: CacheType) -> CacheFormat {
    match cache_type {
        CacheType::F32 => CacheFormat::F32,
        CacheType::F16 => CacheFormat::F16,
        CacheType::Q8_0 => CacheFormat::Q8_0,
    }
}

fn decode(format: CacheFormat, saved: &[u8]) -> Vec<f32> {
    let half = |b: &[u8]| f16::from_le_bytes([b[0], b[1]]).to_f32();
    match format {
        CacheFormat::F32 => {
            saved.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
        }
        CacheFormat::F16 => saved.chunks_exact(2).map(half).collect(),
        CacheFormat::Q8_0 => saved
            .chunks_exact(34)
            .flat_map(|block| block[2..].iter().map(move |&q| half(block) * f32::from(q as i8)))
            .collect(),
    }
}

fn encode(format: CacheFormat, values: &[f32]) -> Vec<u8> {
    match format {
        CacheFormat::F32 => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        CacheFormat::F16 => {
            values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect()
        }
        CacheFormat::Q8_0 => values.chunks_exact(32).flat_map(encode_block).collect(),
    }
}

/// Scale and 32 signed bytes.
fn encode_block(values: &[f32]) -> Vec<u8> {
    let largest = values.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
    let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
    let mut block = f16::from_f32(largest / 127.0).to_le_bytes().to_vec();
    block.extend(values.iter().map(|value| (value * inverse).round() as i8 as u8));
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_survive_their_encoding() {
        let values: Vec<f32> = (0..64).map(|i| ((i * 37 % 64) as f32 - 31.5) / 8.0).collect();
        for (format, bound) in
            [(CacheFormat::F32, 0.0), (CacheFormat::F16, 2e-3), (CacheFormat::Q8_0, 0.02)]
        {
            let decoded = decode(format, &encode(format, &values));
            assert_eq!(decoded.len(), values.len());
            for (a, b) in decoded.iter().zip(&values) {
                assert!((a - b).abs() <= bound, "{format:?}: {a} for {b}");
            }
        }
    }
}
