//! Operations on rows of activations, eight values at a time; what is left over goes to the scalar
//! set.

use std::arch::x86_64::*;

use super::super::scalar::KERNELS as SCALAR;
use super::super::scalar::rows::scale_of;
use super::super::{Blocks, ByteRows, Quantised};
use super::exponential::{exponential, largest, sum};

/// Eight numbers of a slice.
#[target_feature(enable = "avx2")]
#[inline]
fn load(values: &[f32; 8]) -> __m256 {
    // SAFETY: eight numbers are there; no alignment is asked for.
    unsafe { _mm256_loadu_ps(values.as_ptr()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn store(out: &mut [f32; 8], values: __m256) {
    // SAFETY: room for eight numbers is there; no alignment is asked for.
    unsafe { _mm256_storeu_ps(out.as_mut_ptr(), values) }
}

#[target_feature(enable = "avx2,fma")]
pub fn quantise(row: &[f32], blocks: Blocks, out: &mut Quantised<'_>) {
    let sign = _mm256_set1_ps(-0.0);
    let n_values = blocks.n_values();
    for (block, values) in row.chunks_exact(n_values).enumerate() {
        let (eights, _) = values.as_chunks::<8>();
        let mut top = _mm256_setzero_ps();
        for eight in eights {
            top = _mm256_max_ps(top, _mm256_andnot_ps(sign, load(eight)));
        }
        let (scale, inverse) = scale_of(largest(top), blocks);
        let inverse = _mm256_set1_ps(inverse);
        let quants = &mut out.quants[block * n_values..][..n_values];
        let mut total = 0;
        let parts = eights.as_chunks::<4>().0.iter().zip(quants.as_chunks_mut::<32>().0);
        for (part, (four, quants)) in parts.enumerate() {
            let rounded = |eight| {
                let scaled = _mm256_mul_ps(load(eight), inverse);
                // Bounds for the infinite inverse of a tiny value.
                let scaled = _mm256_min_ps(_mm256_set1_ps(127.0), scaled);
                _mm256_cvtps_epi32(_mm256_max_ps(_mm256_set1_ps(-127.0), scaled))
            };
            let first = _mm256_packs_epi32(rounded(&four[0]), rounded(&four[1]));
            let second = _mm256_packs_epi32(rounded(&four[2]), rounded(&four[3]));
            // Packing works within halves of a vector; this puts the fours in order.
            let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
            let packed = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(first, second), order);
            // SAFETY: room for 32 bytes is there.
            unsafe { _mm256_storeu_si256(quants.as_mut_ptr().cast(), packed) };
            // Sums of fours, then of eights, in 32 bits: [0..8, 8..16 | 16..24, 24..32] as pairs.
            let ones = _mm256_set1_epi16(1);
            let pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), packed);
            let fours = _mm256_madd_epi16(pairs, ones);
            let eights = _mm256_hadd_epi32(fours, fours);
            let sixteens = _mm256_hadd_epi32(eights, eights);
            let low = _mm256_extract_epi32::<0>(sixteens);
            let high = _mm256_extract_epi32::<4>(sixteens);
            match blocks {
                Blocks::Of32 => total += low + high,
                Blocks::Of256 => {
                    let at = 16 * block + 2 * part;
                    out.sums_of_16[at] = low as i16;
                    out.sums_of_16[at + 1] = high as i16;
                }
            }
        }
        out.scales[block] = scale;
        if blocks == Blocks::Of32 {
            out.sums[block] = scale * total as f32;
            out.starts[block] = -128 * total;
        }
    }
}

#[target_feature(enable = "avx2,fma")]
pub fn rms_norm(row: &mut [f32], weight: &[f32], epsilon: f32) {
    if !weight.len().is_multiple_of(8) {
        return (SCALAR.rms_norm)(row, weight, epsilon);
    }
    let (weight_eights, _) = weight.as_chunks::<8>();
    for part in row.chunks_exact_mut(weight.len()) {
        let (eights, _) = part.as_chunks_mut::<8>();
        let mut squares = _mm256_setzero_ps();
        for eight in &*eights {
            let x = load(eight);
            squares = _mm256_fmadd_ps(x, x, squares);
        }
        let inverse = 1.0 / (sum(squares) / weight.len() as f32 + epsilon).sqrt();
        let inverse = _mm256_set1_ps(inverse);
        for (eight, factors) in eights.iter_mut().zip(weight_eights) {
            let factors = _mm256_mul_ps(inverse, load(factors));
            let scaled = _mm256_mul_ps(load(eight), factors);
            store(eight, scaled);
        }
    }
}

#[target_feature(enable = "avx2")]
pub fn add(row: &mut [f32], other: &[f32]) {
    // The compiler turns this loop into the instructions of the extension.
    row.iter_mut().zip(other).for_each(|(x, y)| *x += y);
}

#[target_feature(enable = "avx2,fma")]
pub fn silu_gate(gate: &mut [f32], up: &[f32]) {
    let one = _mm256_set1_ps(1.0);
    let (eights, rest) = gate.as_chunks_mut::<8>();
    let (up_eights, up_rest) = up.as_chunks::<8>();
    for (eight, up) in eights.iter_mut().zip(up_eights) {
        let x = load(eight);
        let divisor = _mm256_add_ps(one, exponential(_mm256_sub_ps(_mm256_setzero_ps(), x)));
        let activated = _mm256_div_ps(x, divisor);
        store(eight, _mm256_mul_ps(activated, load(up)));
    }
    (SCALAR.silu_gate)(rest, up_rest);
}

/// With tanh(y) = 1 − 2 / (1 + e²ʸ): `x · (1 − 1 / (1 + e²ʸ)) · up`.
#[target_feature(enable = "avx2,fma")]
pub fn gelu_gate(gate: &mut [f32], up: &[f32]) {
    // 2 √(2/π)
    let root = _mm256_set1_ps(1.595_769);
    let one = _mm256_set1_ps(1.0);
    let (eights, rest) = gate.as_chunks_mut::<8>();
    let (up_eights, up_rest) = up.as_chunks::<8>();
    for (eight, up) in eights.iter_mut().zip(up_eights) {
        let x = load(eight);
        let cube = _mm256_mul_ps(_mm256_mul_ps(x, x), x);
        let inner = _mm256_fmadd_ps(_mm256_set1_ps(0.044_715), cube, x);
        let divisor = _mm256_add_ps(one, exponential(_mm256_mul_ps(root, inner)));
        let share = _mm256_sub_ps(one, _mm256_div_ps(one, divisor));
        store(eight, _mm256_mul_ps(_mm256_mul_ps(x, share), load(up)));
    }
    (SCALAR.gelu_gate)(rest, up_rest);
}

#[target_feature(enable = "avx2,f16c")]
pub fn from_half(halves: &[u16], out: &mut [f32]) {
    let (eights, rest) = halves.as_chunks::<8>();
    let (out_eights, out_rest) = out.as_chunks_mut::<8>();
    for (eight, out) in eights.iter().zip(out_eights) {
        // SAFETY: eight numbers of two bytes are there.
        let eight = unsafe { _mm_loadu_si128(eight.as_ptr().cast()) };
        store(out, _mm256_cvtph_ps(eight));
    }
    (SCALAR.from_half)(rest, out_rest);
}

#[target_feature(enable = "avx2,f16c")]
pub fn to_half(values: &[f32], out: &mut [u16]) {
    let (eights, rest) = values.as_chunks::<8>();
    let (out_eights, out_rest) = out.as_chunks_mut::<8>();
    for (eight, out) in eights.iter().zip(out_eights) {
        let halves = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(load(eight));
        // SAFETY: room for eight numbers of two bytes is there.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), halves) };
    }
    (SCALAR.to_half)(rest, out_rest);
}

#[target_feature(enable = "avx2,fma,f16c")]
pub fn from_bytes(rows: &ByteRows<'_>, out: &mut [f32]) {
    let (n_rows, d_head) = (rows.n_rows(), rows.d_head);
    assert_eq!(out.len(), n_rows * d_head, "a value a quant");
    for (sixteen, scales) in rows.scales.chunks_exact(d_head).enumerate() {
        for (block, scales) in scales.as_chunks::<32>().0.iter().enumerate() {
            let mut factors = [0.0f32; 16];
            for (eight, halves) in factors.as_chunks_mut::<8>().0.iter_mut().zip([0, 16]) {
                // SAFETY: sixteen bytes of the scales are there.
                let halves = unsafe { _mm_loadu_si128(scales.as_ptr().add(halves).cast()) };
                store(eight, _mm256_cvtph_ps(halves));
            }
            for (row, factor) in factors.iter().enumerate() {
                let at = (16 * sixteen + row) * d_head + 32 * block;
                let quants = rows.quants[at..at + 32].as_chunks::<8>().0.iter();
                let out = out[at..at + 32].as_chunks_mut::<8>().0;
                for (quants, out) in quants.zip(out) {
                    // SAFETY: eight bytes are there.
                    let quants = unsafe { _mm_loadl_epi64(quants.as_ptr().cast()) };
                    let values = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(quants));
                    store(out, _mm256_mul_ps(values, _mm256_set1_ps(*factor)));
                }
            }
        }
    }
}
