//! Keys and values on the GPU, and their translation to the layout that states are saved in.
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
use crate::ops::{CacheType, Plan, RunnerOptions};

/// The caches of one runner.
pub(super) struct Caches {
    gpu: Arc<Gpu>,
    pub(super) format: CacheFormat,
    d_kv: usize,
    /// Keys and values by layer.
    pub(super) layers: Vec<(wgpu::Buffer, wgpu::Buffer)>,
    /// First cells' keys before any rotation, by cache.
    first_cells: Vec<Option<FirstCells>>,
}

/// Layers and their keys.
type FirstCells = Vec<(usize, Vec<f32>)>;

impl Caches {
    pub(super) fn new(
        gpu: &Arc<Gpu>,
        plan: &Plan,
        options: &RunnerOptions,
    ) -> Result<Self, GpuError> {
        let format = format_of(options.cache_type);
        let d_kv = plan.d_kv() as usize;
        let mut caches = Self {
            gpu: gpu.clone(),
            format,
            d_kv,
            layers: Vec::with_capacity(plan.n_layer()),
            first_cells: plan.caches.iter().map(|_| None).collect(),
        };
        let usage = wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_SRC
            | wgpu::BufferUsages::COPY_DST;
        for layer in 0..plan.n_layer() {
            let n_cells = options.n_cells[plan.cache_of(layer as u32)];
            let n_bytes = (n_cells * caches.device_cell_bytes()) as u64;
            let keys = gpu.buffer("the keys of a layer", n_bytes, usage)?;
            let values = gpu.buffer("the values of a layer", n_bytes, usage)?;
            caches.layers.push((keys, values));
        }
        Ok(caches)
    }

    pub(super) fn n_bytes(&self) -> u64 {
        self.layers.iter().map(|(keys, values)| keys.size() + values.size()).sum()
    }

    /// Bytes of a cell on the GPU.
    fn device_cell_bytes(&self) -> usize {
        device_cell_bytes(self.format, self.d_kv)
    }

    /// Bytes of a cell when saved.
    pub(super) fn cell_bytes(&self) -> usize {
        match self.format {
            CacheFormat::Q8_0 => self.d_kv / 32 * 34,
            CacheFormat::F32 | CacheFormat::F16 => self.device_cell_bytes(),
        }
    }

    /// Reads as many cells from `first` on as fit into `saved`.
    pub(super) fn read(
        &self,
        buffer: &wgpu::Buffer,
        first: usize,
        saved: &mut [u8],
    ) -> Result<(), GpuError> {
        let width = self.device_cell_bytes();
        let mut bytes = vec![0u8; saved.len() / self.cell_bytes() * width];
        if bytes.is_empty() {
            return Ok(());
        }
        let _turn = self.gpu.turn();
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let staging = self.gpu.buffer("cells to read", bytes.len() as u64, usage)?;
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let (start, n_bytes) = ((first * width) as u64, bytes.len() as u64);
        encoder.copy_buffer_to_buffer(buffer, start, &staging, 0, n_bytes);
        self.gpu.queue.submit([encoder.finish()]);
        self.gpu.read(&staging, &mut bytes)?;
        match self.format {
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

    /// Writes saved cells from `first` on.
    pub(super) fn write(
        &self,
        buffer: &wgpu::Buffer,
        first: usize,
        saved: &[u8],
    ) -> Result<(), GpuError> {
        let start = (first * self.device_cell_bytes()) as u64;
        let _turn = self.gpu.turn();
        match self.format {
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
                    let mut saved = vec![0; n_cells * self.cell_bytes()];
                    self.read(&self.layers[layer].0, 0, &mut saved)?;
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
            self.write(&self.layers[*layer].0, 0, &encode(self.format, &rotated))?;
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

/// Bytes of a cell of so many values on the GPU.
pub(super) fn device_cell_bytes(format: CacheFormat, d_kv: usize) -> usize {
    match format {
        CacheFormat::F32 => 4 * d_kv,
        CacheFormat::F16 => 2 * d_kv,
        CacheFormat::Q8_0 => d_kv / 32 * 36,
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
