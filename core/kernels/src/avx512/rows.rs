//! Operations on rows of activations, sixteen values at a time; what is left over goes to the scalar
//! set.

use std::arch::x86_64::*;

use super::super::ByteRows;
use super::super::scalar::KERNELS as SCALAR;
use super::attention::bytes;
use super::exponential::exponential;
use super::products::halves;

/// Sixteen numbers of a slice.
#[target_feature(enable = "avx512f")]
#[inline]
fn load(values: &[f32; 16]) -> __m512 {
    // SAFETY: sixteen numbers are there; no alignment is asked for.
    unsafe { _mm512_loadu_ps(values.as_ptr()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(out: &mut [f32; 16], values: __m512) {
    // SAFETY: room for sixteen numbers is there; no alignment is asked for.
    unsafe { _mm512_storeu_ps(out.as_mut_ptr(), values) }
}

#[target_feature(enable = "avx512f")]
pub fn rms_norm(row: &mut [f32], weight: &[f32], epsilon: f32) {
    if !weight.len().is_multiple_of(16) {
        return (SCALAR.rms_norm)(row, weight, epsilon);
    }
    let (weight_sixteens, _) = weight.as_chunks::<16>();
    for part in row.chunks_exact_mut(weight.len()) {
        let (sixteens, _) = part.as_chunks_mut::<16>();
        let mut squares = _mm512_setzero_ps();
        for sixteen in &*sixteens {
            let x = load(sixteen);
            squares = _mm512_fmadd_ps(x, x, squares);
        }
        let mean = _mm512_reduce_add_ps(squares) / weight.len() as f32;
        let inverse = _mm512_set1_ps(1.0 / (mean + epsilon).sqrt());
        for (sixteen, factors) in sixteens.iter_mut().zip(weight_sixteens) {
            let factors = _mm512_mul_ps(inverse, load(factors));
            let scaled = _mm512_mul_ps(load(sixteen), factors);
            store(sixteen, scaled);
        }
    }
}

#[target_feature(enable = "avx512f")]
pub fn silu_gate(gate: &mut [f32], up: &[f32]) {
    let one = _mm512_set1_ps(1.0);
    let (sixteens, rest) = gate.as_chunks_mut::<16>();
    let (up_sixteens, up_rest) = up.as_chunks::<16>();
    for (sixteen, up) in sixteens.iter_mut().zip(up_sixteens) {
        let x = load(sixteen);
        let divisor = _mm512_add_ps(one, exponential(_mm512_sub_ps(_mm512_setzero_ps(), x)));
        let activated = _mm512_div_ps(x, divisor);
        store(sixteen, _mm512_mul_ps(activated, load(up)));
    }
    (SCALAR.silu_gate)(rest, up_rest);
}

/// With tanh(y) = 1 − 2 / (1 + e²ʸ): `x · (1 − 1 / (1 + e²ʸ)) · up`.
#[target_feature(enable = "avx512f")]
pub fn gelu_gate(gate: &mut [f32], up: &[f32]) {
    // 2 √(2/π)
    let root = _mm512_set1_ps(1.595_769);
    let one = _mm512_set1_ps(1.0);
    let (sixteens, rest) = gate.as_chunks_mut::<16>();
    let (up_sixteens, up_rest) = up.as_chunks::<16>();
    for (sixteen, up) in sixteens.iter_mut().zip(up_sixteens) {
        let x = load(sixteen);
        let cube = _mm512_mul_ps(_mm512_mul_ps(x, x), x);
        let inner = _mm512_fmadd_ps(_mm512_set1_ps(0.044_715), cube, x);
        let divisor = _mm512_add_ps(one, exponential(_mm512_mul_ps(root, inner)));
        let share = _mm512_sub_ps(one, _mm512_div_ps(one, divisor));
        store(sixteen, _mm512_mul_ps(_mm512_mul_ps(x, share), load(up)));
    }
    (SCALAR.gelu_gate)(rest, up_rest);
}

#[target_feature(enable = "avx512f")]
pub fn from_half(halves: &[u16], out: &mut [f32]) {
    let (sixteens, rest) = halves.as_chunks::<16>();
    let (out_sixteens, out_rest) = out.as_chunks_mut::<16>();
    for (sixteen, out) in sixteens.iter().zip(out_sixteens) {
        // SAFETY: sixteen numbers of two bytes are there.
        let sixteen = unsafe { _mm256_loadu_si256(sixteen.as_ptr().cast()) };
        store(out, _mm512_cvtph_ps(sixteen));
    }
    (SCALAR.from_half)(rest, out_rest);
}

#[target_feature(enable = "avx512f")]
pub fn from_bytes(rows: &ByteRows<'_>, out: &mut [f32]) {
    let (n_rows, d_head) = (rows.n_rows(), rows.d_head);
    assert_eq!(out.len(), n_rows * d_head, "a value a quant");
    for (sixteen, scales) in rows.scales.chunks_exact(d_head).enumerate() {
        for (block, scales) in scales.as_chunks::<32>().0.iter().enumerate() {
            let mut factors = [0.0; 16];
            // SAFETY: sixteen scales are there.
            store(&mut factors, unsafe { halves(scales.as_ptr()) });
            for (row, factor) in factors.iter().enumerate() {
                let at = (16 * sixteen + row) * d_head + 32 * block;
                let quants = rows.quants[at..at + 32].as_chunks::<16>().0.iter();
                for (quants, out) in quants.zip(out[at..at + 32].as_chunks_mut::<16>().0) {
                    // SAFETY: sixteen bytes are there.
                    let values = unsafe { bytes(quants.as_ptr()) };
                    store(out, _mm512_mul_ps(values, _mm512_set1_ps(*factor)));
                }
            }
        }
    }
}
