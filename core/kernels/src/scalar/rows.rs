//! Operations on rows of activations.

use half::f16;

use super::super::{Blocks, ByteRows, Quantised};

/// `scale = max |x| / 127`, `quant = round(x · 127 / max |x|)`, with sums of the quants. As in ggml,
/// so that logits can be compared, the scale of 32 is rounded to half precision (where it is in its
/// range).
pub fn quantise(row: &[f32], blocks: Blocks, out: &mut Quantised<'_>) {
    let n_values = blocks.n_values();
    for (block, values) in row.chunks_exact(n_values).enumerate() {
        let largest = values.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        let (scale, inverse) = scale_of(largest, blocks);
        let quants = &mut out.quants[block * n_values..][..n_values];
        for (quant, value) in quants.iter_mut().zip(values) {
            // An infinite inverse of a tiny value would give more than 127.
            *quant = (value * inverse).round_ties_even().clamp(-127.0, 127.0) as i8;
        }
        out.scales[block] = scale;
        match blocks {
            Blocks::Of32 => {
                let sum: i32 = quants.iter().map(|&quant| i32::from(quant)).sum();
                out.sums[block] = scale * sum as f32;
                out.starts[block] = -128 * sum;
            }
            Blocks::Of256 => {
                for (sum, part) in out.sums_of_16[16 * block..].iter_mut().zip(quants.chunks(16)) {
                    *sum = part.iter().map(|&quant| i16::from(quant)).sum();
                }
            }
        }
    }
}

/// The scale for blocks whose largest value is `largest`, and the factor from values to quants.
pub fn scale_of(largest: f32, blocks: Blocks) -> (f32, f32) {
    if largest == 0.0 {
        return (0.0, 0.0);
    }
    let exact = largest / 127.0;
    let is_half = (f16::MIN_POSITIVE.to_f32()..=f16::MAX.to_f32()).contains(&exact);
    let rounded = blocks == Blocks::Of32 && is_half;
    (if rounded { f16::from_f32(exact).to_f32() } else { exact }, 127.0 / largest)
}

pub fn rms_norm(row: &mut [f32], weight: &[f32], epsilon: f32) {
    for part in row.chunks_exact_mut(weight.len()) {
        let squares: f32 = part.iter().map(|x| x * x).sum();
        let inverse = 1.0 / (squares / part.len() as f32 + epsilon).sqrt();
        part.iter_mut().zip(weight).for_each(|(x, factor)| *x *= inverse * factor);
    }
}

pub fn add(row: &mut [f32], other: &[f32]) {
    row.iter_mut().zip(other).for_each(|(x, y)| *x += y);
}

pub fn silu_gate(gate: &mut [f32], up: &[f32]) {
    gate.iter_mut().zip(up).for_each(|(x, up)| *x = *x / (1.0 + (-*x).exp()) * up);
}

pub fn gelu_gate(gate: &mut [f32], up: &[f32]) {
    // √(2/π)
    const ROOT: f32 = 0.797_884_6;
    for (x, up) in gate.iter_mut().zip(up) {
        let inner = ROOT * (*x + 0.044_715 * *x * *x * *x);
        *x = 0.5 * *x * (1.0 + inner.tanh()) * up;
    }
}

pub fn from_half(halves: &[u16], out: &mut [f32]) {
    halves.iter().zip(out).for_each(|(&bits, out)| *out = f16::from_bits(bits).to_f32());
}

pub fn to_half(values: &[f32], out: &mut [u16]) {
    values.iter().zip(out).for_each(|(&value, out)| *out = f16::from_f32(value).to_bits());
}

pub fn from_bytes(rows: &ByteRows<'_>, out: &mut [f32]) {
    let (n_rows, n_blocks) = (rows.n_rows(), rows.d_head / 32);
    assert_eq!(out.len(), n_rows * rows.d_head, "a value a quant");
    let blocks = rows.quants.as_chunks::<32>().0.iter().zip(out.as_chunks_mut::<32>().0);
    for (index, (quants, out)) in blocks.enumerate() {
        let (row, block) = (index / n_blocks, index % n_blocks);
        let at = 2 * ((row / 16 * n_blocks + block) * 16 + row % 16);
        let scale = f16::from_le_bytes([rows.scales[at], rows.scales[at + 1]]).to_f32();
        out.iter_mut().zip(quants).for_each(|(out, &q)| *out = scale * f32::from(q as i8));
    }
}
