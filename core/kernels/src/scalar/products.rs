//! Products of a panel with columns of activations, value by value.
//!
//! ```text
//! blocks of 32    out = Σ d · (scale · Σ quant · x − zero · scale · Σ x) + m · scale · Σ x
//! blocks of 256   out = Σ d · scale · Σ sub-scale · Σ quant · x − (zero points or minima) · Σ x
//! ```

use half::{bf16, f16};

use super::super::{Columns, Format, LINE, PANEL, Panel, SCALE_LINES, Tile, layout};

/// Half-precision number `index` of a slice of bytes.
fn half(bytes: &[u8], index: usize) -> f32 {
    f16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]]).to_f32()
}

fn dense(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile, value: fn(&[u8], usize) -> f32) {
    for (column, out) in out.iter_mut().enumerate().take(columns.n_columns) {
        *out = [0.0; PANEL];
        let values = &columns.values[column * columns.n_values..][..columns.n_values];
        for (index, x) in values.iter().enumerate() {
            for (row, sum) in out.iter_mut().enumerate() {
                *sum += x * value(panel.quants, index * PANEL + row);
            }
        }
    }
}

pub fn f32(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::F32);
    dense(panel, columns, out, |bytes, index| {
        let b = &bytes[4 * index..4 * index + 4];
        f32::from_le_bytes([b[0], b[1], b[2], b[3]])
    });
}

pub fn f16(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::F16);
    dense(panel, columns, out, half);
}

pub fn bf16(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::BF16);
    dense(panel, columns, out, |bytes, index| {
        bf16::from_le_bytes([bytes[2 * index], bytes[2 * index + 1]]).to_f32()
    });
}

/// The integer at (block, row, column of the block), before the zero point is taken off.
type Quant = fn(&[u8], usize, usize) -> i32;

/// Formats with blocks of 32 and a scale each, and a minimum in Q5_1.
fn blocks_of_32(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut Tile,
    format: Format,
    quant: Quant,
    zero: f32,
) {
    columns.check(panel, format);
    let n_blocks = columns.n_values / 32;
    for (column, out) in out.iter_mut().enumerate().take(columns.n_columns) {
        *out = [0.0; PANEL];
        for block in 0..n_blocks {
            let quants = &panel.quants[block * format.quant_bytes()..];
            let scales = &panel.scales[block * format.scale_bytes()..];
            let x = &columns.quants[column * columns.n_values + 32 * block..][..32];
            let scale = columns.scales[column * n_blocks + block];
            let offset = zero * columns.sums[column * n_blocks + block];
            for (row, sum) in out.iter_mut().enumerate() {
                let terms = x.iter().enumerate();
                let product: i32 = terms.map(|(i, &x)| i32::from(x) * quant(quants, row, i)).sum();
                *sum += half(scales, row) * (product as f32 * scale - offset);
                if format == Format::Q5_1 {
                    *sum += half(scales, PANEL + row) * columns.sums[column * n_blocks + block];
                }
            }
        }
    }
}

/// The byte of column `i` of a line's four, in `row`.
fn byte(quants: &[u8], line: usize, row: usize, i: usize) -> u8 {
    quants[line * LINE + 4 * row + i % 4]
}

/// The nibble of value `i` of 32 in four lines.
fn nibble(quants: &[u8], row: usize, i: usize) -> i32 {
    let byte = byte(quants, i % 16 / 4, row, i);
    i32::from(if i < 16 { byte & 15 } else { byte >> 4 })
}

pub fn q8_0(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    let quant: Quant = |quants, row, i| i32::from(byte(quants, i / 4, row, i) as i8);
    blocks_of_32(panel, columns, out, Format::Q8_0, quant, 0.0);
}

pub fn q4_0(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    blocks_of_32(panel, columns, out, Format::Q4_0, nibble, 8.0);
}

/// The same with its fifth bit.
fn five_bits(quants: &[u8], row: usize, i: usize) -> i32 {
    nibble(quants, row, i) + 16 * i32::from(byte(quants, 4, row, i) >> (i / 4) & 1)
}

pub fn q5_0(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    blocks_of_32(panel, columns, out, Format::Q5_0, five_bits, 16.0);
}

pub fn q5_1(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    blocks_of_32(panel, columns, out, Format::Q5_1, five_bits, 0.0);
}

/// The nibble of value `i` of 256 in its line, which two sub-blocks of 32 share.
fn nibble_of_two(quants: &[u8], line: usize, row: usize, i: usize) -> i32 {
    let byte = byte(quants, line, row, i);
    i32::from(if i % 64 < 32 { byte & 15 } else { byte >> 4 })
}

pub fn q4_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    let quant: Quant = |quants, row, i| nibble_of_two(quants, i / 64 * 8 + i % 32 / 4, row, i);
    sub_blocks_of_32(panel, columns, out, Format::Q4_K, quant);
}

pub fn q5_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    let quant: Quant = |quants, row, i| {
        let fifth = byte(quants, layout::q5_k::fifths(i / 32), row, i) >> (i % 32 / 4) & 1;
        let line = layout::q5_k::nibbles(i / 64, i % 32 / 4);
        nibble_of_two(quants, line, row, i) + 16 * i32::from(fifth)
    };
    sub_blocks_of_32(panel, columns, out, Format::Q5_K, quant);
}

/// Formats with blocks of 256, whose sub-blocks of 32 have a scale and a minimum each.
fn sub_blocks_of_32(
    panel: &Panel<'_>,
    columns: &Columns<'_>,
    out: &mut Tile,
    format: Format,
    quant: Quant,
) {
    columns.check(panel, format);
    let n_blocks = columns.n_values / 256;
    for (column, out) in out.iter_mut().enumerate().take(columns.n_columns) {
        *out = [0.0; PANEL];
        for block in 0..n_blocks {
            let (scales, quants) =
                panel.quants[block * format.quant_bytes()..].split_at(SCALE_LINES * LINE);
            let (d, rest) = scales.split_at(2 * PANEL);
            let (dmin, rest) = rest.split_at(2 * PANEL);
            let x = &columns.quants[column * columns.n_values + 256 * block..][..256];
            let sums = &columns.sums_of_16[column * columns.n_values / 16 + 16 * block..][..16];
            let scale = columns.scales[column * n_blocks + block];
            for (row, out) in out.iter_mut().enumerate() {
                let (mut products, mut offsets) = (0, 0);
                for sub in 0..8 {
                    let term = |i: usize| quant(quants, row, i) * i32::from(x[i]);
                    let product: i32 = (32 * sub..32 * sub + 32).map(term).sum();
                    products += product * i32::from(rest[sub * PANEL + row]);
                    let sum = i32::from(sums[2 * sub]) + i32::from(sums[2 * sub + 1]);
                    offsets += sum * i32::from(rest[(8 + sub) * PANEL + row]);
                }
                *out += half(d, row) * (products as f32 * scale);
                *out -= half(dmin, row) * (offsets as f32 * scale);
            }
        }
    }
}

pub fn q6_k(panel: &Panel<'_>, columns: &Columns<'_>, out: &mut Tile) {
    columns.check(panel, Format::Q6_K);
    let n_blocks = columns.n_values / 256;
    for (column, out) in out.iter_mut().enumerate().take(columns.n_columns) {
        *out = [0.0; PANEL];
        for block in 0..n_blocks {
            let (scales, quants) =
                panel.quants[block * Format::Q6_K.quant_bytes()..].split_at(SCALE_LINES * LINE);
            let (d, rest) = scales.split_at(2 * PANEL);
            let x = &columns.quants[column * columns.n_values + 256 * block..][..256];
            let scale = columns.scales[column * n_blocks + block];
            for (row, out) in out.iter_mut().enumerate() {
                let term = |i: usize| {
                    let (quarter, line) = (i / 64, i % 64 / 4);
                    let low = byte(quants, layout::q6_k::nibbles(quarter, line), row, i);
                    let low = if quarter < 2 { low & 15 } else { low >> 4 };
                    let high = byte(quants, layout::q6_k::bits(line), row, i) >> (2 * quarter) & 3;
                    let quant = i32::from(low) + 16 * i32::from(high) - 32;
                    quant * i32::from(x[i]) * i32::from(rest[i / 16 * PANEL + row] as i8)
                };
                let product: i32 = (0..256).map(term).sum();
                *out += half(d, row) * (product as f32 * scale);
            }
        }
    }
}
