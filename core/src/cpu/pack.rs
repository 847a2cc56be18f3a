//! Matrices of the file → panels of 16 interleaved rows, as `carrel_kernels` draws them.

use std::ops::Range;
use std::sync::Arc;

use memmap2::Mmap;

use super::shared::Shared;
use crate::error::ModelError;
use crate::quant::TensorType;
use carrel_kernels::{Format, LINE, PANEL, Panel, SCALE_LINES, q5_k, q6_k};

/// The layout for matrices of a type, if there are products for it.
pub(super) fn format_of(kind: TensorType) -> Option<Format> {
    match kind {
        TensorType::F32 => Some(Format::F32),
        TensorType::F16 => Some(Format::F16),
        TensorType::BF16 => Some(Format::BF16),
        TensorType::Q8_0 => Some(Format::Q8_0),
        TensorType::Q4_0 => Some(Format::Q4_0),
        TensorType::Q5_0 => Some(Format::Q5_0),
        TensorType::Q5_1 => Some(Format::Q5_1),
        TensorType::Q4_K => Some(Format::Q4_K),
        TensorType::Q5_K => Some(Format::Q5_K),
        TensorType::Q6_K => Some(Format::Q6_K),
        _ => None,
    }
}

/// What a matrix is packed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) format: Format,
    pub(super) n_rows: usize,
    pub(super) n_cols: usize,
}

impl Shape {
    pub(super) fn n_panels(&self) -> usize {
        self.n_rows.div_ceil(PANEL)
    }

    /// Bytes of quants and of scales of a panel.
    fn panel_bytes(&self) -> (usize, usize) {
        let n_blocks = self.n_cols / self.format.block_values();
        (n_blocks * self.format.quant_bytes(), n_blocks * self.format.scale_bytes())
    }

    /// Bytes that the matrix takes when packed.
    pub(super) fn n_bytes(&self) -> usize {
        let (quants, scales) = self.panel_bytes();
        self.n_panels() * (quants + scales)
    }
}

/// A packed matrix.
pub(super) struct Matrix {
    pub(super) shape: Shape,
    bytes: Bytes,
}

/// Where it lies.
enum Bytes {
    /// In memory: quants and scales.
    Own(Shared<u8>, Shared<u8>),
    /// In a mapped file, from here: quants, then scales.
    Mapped(Arc<Mmap>, usize),
}

impl Matrix {
    /// Packs rows with as many threads as are free. `rows` are whole rows of whole blocks.
    ///
    /// # Errors
    /// [`ModelError::OutOfMemory`].
    pub(super) fn pack(shape: Shape, rows: &[u8]) -> Result<Self, ModelError> {
        let Shape { format, n_rows, .. } = shape;
        let n_panels = shape.n_panels();
        let (quant_bytes, scale_bytes) = shape.panel_bytes();
        let mut quants = Shared::new(n_panels * quant_bytes, "packed weights")?;
        let mut scales = Shared::new(n_panels * scale_bytes, "packed weights")?;
        let n_threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(8));
        let share = n_panels.div_ceil(n_threads).max(1);
        let row_bytes = rows.len() / n_rows;
        std::thread::scope(|scope| {
            let rows = rows.chunks(share * PANEL * row_bytes);
            let quants = quants.all_mut().chunks_mut(share * quant_bytes);
            // Formats without scales have empty parts.
            let mut scales = scales.all_mut();
            for (rows, quants) in rows.zip(quants) {
                let n_panels = quants.len() / quant_bytes;
                let (part, rest) = scales.split_at_mut(n_panels * scale_bytes);
                scales = rest;
                scope.spawn(move || {
                    for (index, rows) in rows.chunks(PANEL * row_bytes).enumerate() {
                        let quants = &mut quants[index * quant_bytes..][..quant_bytes];
                        let scales = &mut part[index * scale_bytes..][..scale_bytes];
                        for (row, values) in rows.chunks_exact(row_bytes).enumerate() {
                            pack_row(format, row, values, quants, scales);
                        }
                    }
                });
            }
        });
        Ok(Self { shape, bytes: Bytes::Own(quants, scales) })
    }

    /// A matrix that lies packed in a mapped file, from `start` on.
    ///
    /// # Panics
    /// If the file is too short: the caller's bug.
    pub(super) fn mapped(shape: Shape, map: Arc<Mmap>, start: usize) -> Self {
        assert!(start + shape.n_bytes() <= map.len(), "a matrix within the file");
        Self { shape, bytes: Bytes::Mapped(map, start) }
    }

    /// Quants and scales.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        let (quants, scales) = self.shape.panel_bytes();
        let n_panels = self.shape.n_panels();
        self.part(0..n_panels * quants, 0..n_panels * scales)
    }

    /// Parts of quants and scales.
    fn part(&self, quants: Range<usize>, scales: Range<usize>) -> [&[u8]; 2] {
        match &self.bytes {
            // SAFETY: nobody writes to a matrix once it is packed.
            Bytes::Own(all_quants, all_scales) => unsafe {
                [all_quants.read(quants), all_scales.read(scales)]
            },
            Bytes::Mapped(map, start) => {
                let first_scale = start + self.shape.n_panels() * self.shape.panel_bytes().0;
                let within = |range: Range<usize>, start| &map[start..][range];
                [within(quants, *start), within(scales, first_scale)]
            }
        }
    }

    /// Some panels, one after the other.
    pub(super) fn panels(&self, which: Range<usize>) -> impl Iterator<Item = Panel<'_>> {
        let (n_quants, n_scales) = self.shape.panel_bytes();
        let all = |n: usize| which.start * n..which.end * n;
        let [quants, scales] = self.part(all(n_quants), all(n_scales));
        (0..which.len()).map(move |index| Panel {
            quants: &quants[index * n_quants..][..n_quants],
            scales: &scales[index * n_scales..][..n_scales],
        })
    }
}

/// Puts one row of the file into its place in a panel.
fn pack_row(format: Format, row: usize, values: &[u8], quants: &mut [u8], scales: &mut [u8]) {
    let quants = quants.chunks_exact_mut(format.quant_bytes());
    match format {
        Format::F32 => {
            for (values, quants) in values.chunks_exact(4).zip(quants) {
                quants[4 * row..4 * row + 4].copy_from_slice(values);
            }
        }
        Format::F16 | Format::BF16 => {
            for (values, quants) in values.chunks_exact(2).zip(quants) {
                quants[2 * row..2 * row + 2].copy_from_slice(values);
            }
        }
        Format::Q4_K | Format::Q5_K | Format::Q6_K => {
            let pack_block = match format {
                Format::Q4_K => pack_q4_k,
                Format::Q5_K => pack_q5_k,
                _ => pack_q6_k,
            };
            let block_bytes = values.len() / quants.len();
            for (values, quants) in values.chunks_exact(block_bytes).zip(quants) {
                let (scales, lines) = quants.split_at_mut(SCALE_LINES * LINE);
                pack_block(row, values, lines, scales);
            }
        }
        Format::Q8_0 | Format::Q4_0 | Format::Q5_0 | Format::Q5_1 => {
            let pack_block = match format {
                Format::Q5_0 => pack_q5_0,
                Format::Q5_1 => pack_q5_1,
                _ => pack_simple,
            };
            let block_bytes = values.len() / quants.len();
            let scales = scales.chunks_exact_mut(format.scale_bytes());
            for ((values, quants), scales) in
                values.chunks_exact(block_bytes).zip(quants).zip(scales)
            {
                pack_block(row, values, quants, scales);
            }
        }
    }
}

/// Spreads a row's bytes over the lines of a block, four by four.
fn spread(row: usize, bytes: &[u8], lines: &mut [u8]) {
    for (four, line) in bytes.chunks_exact(4).zip(lines.chunks_exact_mut(LINE)) {
        line[4 * row..4 * row + 4].copy_from_slice(four);
    }
}

/// Q8_0 and Q4_0: a scale, then bytes.
fn pack_simple(row: usize, block: &[u8], quants: &mut [u8], scales: &mut [u8]) {
    scales[2 * row..2 * row + 2].copy_from_slice(&block[..2]);
    spread(row, &block[2..], quants);
}

/// A scale, 32 fifth bits, nibbles.
fn pack_q5_0(row: usize, block: &[u8], quants: &mut [u8], scales: &mut [u8]) {
    scales[2 * row..2 * row + 2].copy_from_slice(&block[..2]);
    spread_five_bits(row, &block[2..], quants);
}

/// A scale, a minimum, 32 fifth bits, nibbles.
fn pack_q5_1(row: usize, block: &[u8], quants: &mut [u8], scales: &mut [u8]) {
    scales[2 * row..2 * row + 2].copy_from_slice(&block[..2]);
    scales[2 * PANEL + 2 * row..][..2].copy_from_slice(&block[2..4]);
    spread_five_bits(row, &block[4..], quants);
}

/// 32 fifth bits, then 16 bytes of nibbles, over five lines.
fn spread_five_bits(row: usize, bytes: &[u8], lines: &mut [u8]) {
    spread(row, &bytes[4..], lines);
    let bits = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    spread(row, &by_fours(bits), &mut lines[4 * LINE..]);
}

/// Bits of 32 values → bit `b` of byte `i` for value `4·b + i`.
fn by_fours(bits: u32) -> [u8; 4] {
    [0, 1, 2, 3].map(|i| (0..8).map(|b| (bits >> (4 * b + i) & 1) << b).sum::<u32>() as u8)
}

/// d, dmin, eight scales and minima of 6 bits in 12 bytes, nibbles.
fn pack_q4_k(row: usize, block: &[u8], lines: &mut [u8], scales: &mut [u8]) {
    let (start, nibbles) = block.split_at(16);
    pack_scales(row, start, scales);
    spread(row, nibbles, lines);
}

/// What a block of Q4_K or Q5_K begins with.
fn pack_scales(row: usize, block: &[u8], scales: &mut [u8]) {
    scales[2 * row..2 * row + 2].copy_from_slice(&block[..2]);
    scales[2 * PANEL + 2 * row..][..2].copy_from_slice(&block[2..4]);
    let packed = &block[4..16];
    for sub in 0..8 {
        let (scale, minimum) = if sub < 4 {
            (packed[sub] & 63, packed[sub + 4] & 63)
        } else {
            let low = packed[sub + 4];
            (low & 15 | packed[sub - 4] >> 6 << 4, low >> 4 | packed[sub] >> 6 << 4)
        };
        scales[(4 + sub) * PANEL + row] = scale;
        scales[(12 + sub) * PANEL + row] = minimum;
    }
}

/// As Q4_K, with 32 bytes before the nibbles: bit `s` of byte `i` is the fifth of value `i` of
/// sub-block `s`.
fn pack_q5_k(row: usize, block: &[u8], lines: &mut [u8], scales: &mut [u8]) {
    let (start, nibbles) = block.split_at(48);
    let (start, fifths) = start.split_at(16);
    pack_scales(row, start, scales);
    for (pair, nibbles) in nibbles.chunks_exact(32).enumerate() {
        spread(row, nibbles, &mut lines[q5_k::nibbles(pair, 0) * LINE..]);
    }
    for sub in 0..8 {
        let bits = (0..32).map(|i| u32::from(fifths[i] >> sub & 1) << i).sum();
        spread(row, &by_fours(bits), &mut lines[q5_k::fifths(sub) * LINE..]);
    }
}

/// Low nibbles, pairs of high bits, 16 scales, d.
fn pack_q6_k(row: usize, block: &[u8], lines: &mut [u8], scales: &mut [u8]) {
    let (low, rest) = block.split_at(128);
    let (high, rest) = rest.split_at(64);
    let mut values = [0u8; 256];
    for (i, value) in values.iter_mut().enumerate() {
        // Each half of 128 values: four runs of 32 share 64 bytes of nibbles and 32 of high bits.
        let (half, run, place) = (i / 128, i % 128 / 32, i % 32);
        let byte = low[64 * half + 32 * (run % 2) + place];
        let nibble = if run < 2 { byte & 15 } else { byte >> 4 };
        *value = nibble | (high[32 * half + place] >> (2 * run) & 3) << 4;
    }
    for line in 0..16 {
        let bits = [0, 1, 2, 3].map(|i| {
            let bits = |quarter: usize| values[64 * quarter + 4 * line + i] >> 4 << (2 * quarter);
            bits(0) | bits(1) | bits(2) | bits(3)
        });
        spread(row, &bits, &mut lines[q6_k::bits(line) * LINE..]);
        for quarter in [0, 1] {
            let nibbles = [0, 1, 2, 3].map(|i| {
                let at = 64 * quarter + 4 * line + i;
                values[at] & 15 | (values[128 + at] & 15) << 4
            });
            spread(row, &nibbles, &mut lines[q6_k::nibbles(quarter, line) * LINE..]);
        }
    }
    scales[2 * row..2 * row + 2].copy_from_slice(&rest[16..18]);
    for (sub, scale) in rest[..16].iter().enumerate() {
        scales[(2 + sub) * PANEL + row] = *scale;
    }
}
