//! Operations on rows of activations, sixteen values at a time; what is left over goes to the scalar
//! set.

use std::arch::x86_64::*;

use super::super::avx2::KERNELS as AVX2;
use super::super::scalar::KERNELS as SCALAR;
use super::super::{Blocks, Quantised};
use super::exponential::exponential;

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

/// Scales of sixteen blocks whose largest values are these, and the factors from values to quants, as
/// the scalar set has them.
#[target_feature(enable = "avx512f")]
#[inline]
fn scales_of(largest: &[f32; 16], blocks: Blocks) -> ([f32; 16], [f32; 16]) {
    let (largest, most) = (load(largest), _mm512_set1_ps(127.0));
    let mut scales = _mm512_div_ps(largest, most);
    if blocks == Blocks::Of32 {
        let least = _mm512_set1_ps(half::f16::MIN_POSITIVE.to_f32_const());
        let greatest = _mm512_set1_ps(half::f16::MAX.to_f32_const());
        let is_half = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(scales, least)
            & _mm512_cmp_ps_mask::<_CMP_LE_OQ>(scales, greatest);
        let halves = _mm512_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(scales);
        scales = _mm512_mask_cvtph_ps(scales, is_half, halves);
    }
    let is_some = _mm512_cmp_ps_mask::<_CMP_NEQ_UQ>(largest, _mm512_setzero_ps());
    let mut out = ([0.0; 16], [0.0; 16]);
    store(&mut out.0, scales);
    store(&mut out.1, _mm512_maskz_div_ps(is_some, most, largest));
    out
}

/// Rounds 64 values, and answers the sums of each sixteen quants.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
#[inline]
fn round(values: &[f32; 64], inverses: [f32; 2], quants: &mut [i8; 64]) -> [i32; 4] {
    let values = values.as_chunks::<16>().0;
    let rounded = |index: usize| {
        let scaled = _mm512_mul_ps(load(&values[index]), _mm512_set1_ps(inverses[index / 2]));
        // Bounds for the infinite inverse of a tiny value.
        let scaled = _mm512_min_ps(_mm512_set1_ps(127.0), scaled);
        _mm512_cvtps_epi32(_mm512_max_ps(_mm512_set1_ps(-127.0), scaled))
    };
    let first = _mm512_packs_epi32(rounded(0), rounded(1));
    let second = _mm512_packs_epi32(rounded(2), rounded(3));
    // Packing works within quarters of a vector; this puts the fours in order.
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    let packed = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(first, second));
    let fours = _mm512_dpbusd_epi32(_mm512_setzero_si512(), _mm512_set1_epi8(1), packed);
    let eights = _mm512_add_epi32(fours, _mm512_shuffle_epi32::<0b10_11_00_01>(fours));
    let sixteens = _mm512_add_epi32(eights, _mm512_shuffle_epi32::<0b01_00_11_10>(eights));
    let mut sums = [0; 4];
    // SAFETY: room for 64 bytes is there, and for four numbers.
    unsafe {
        _mm512_storeu_si512(quants.as_mut_ptr().cast(), packed);
        let places = _mm512_setr_epi32(0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        let sums_128 = _mm512_castsi512_si128(_mm512_permutexvar_epi32(places, sixteens));
        _mm_storeu_si128(sums.as_mut_ptr().cast(), sums_128);
    }
    sums
}

/// Sixteen blocks at a time, so that divisions and conversions of their scales don't wait for each other.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
pub fn quantise(row: &[f32], blocks: Blocks, out: &mut Quantised<'_>) {
    let n_values = blocks.n_values();
    let Quantised { quants, scales, sums, starts, sums_of_16 } = out;
    for (group, values) in row.chunks(16 * n_values).enumerate() {
        let mut largest = [0.0; 16];
        for (largest, values) in largest.iter_mut().zip(values.chunks_exact(n_values)) {
            let mut tops = _mm512_setzero_ps();
            for sixteen in values.as_chunks::<16>().0 {
                tops = _mm512_max_ps(tops, _mm512_abs_ps(load(sixteen)));
            }
            *largest = _mm512_reduce_max_ps(tops);
        }
        let (group_scales, inverses) = scales_of(&largest, blocks);
        let (first, n_blocks) = (16 * group, values.len() / n_values);
        scales[first..first + n_blocks].copy_from_slice(&group_scales[..n_blocks]);
        let (values, rest) = values.as_chunks::<64>();
        let (quants, quants_rest) =
            quants[first * n_values..][..n_blocks * n_values].as_chunks_mut::<64>();
        for (part, (values, quants)) in values.iter().zip(quants).enumerate() {
            match blocks {
                Blocks::Of32 => {
                    let two = [2 * part, 2 * part + 1];
                    let of_16 = round(values, two.map(|block| inverses[block]), quants);
                    for (block, of_16) in two.into_iter().zip(of_16.as_chunks::<2>().0) {
                        let sum = of_16[0] + of_16[1];
                        sums[first + block] = group_scales[block] * sum as f32;
                        starts[first + block] = -128 * sum;
                    }
                }
                Blocks::Of256 => {
                    let of_16 = round(values, [inverses[part / 4]; 2], quants);
                    let out = &mut sums_of_16[16 * first + 4 * part..][..4];
                    out.iter_mut().zip(of_16).for_each(|(out, sum)| *out = sum as i16);
                }
            }
        }
        // An odd block of 32.
        if !rest.is_empty() {
            let last = first + n_blocks - 1;
            let mut out = Quantised {
                quants: quants_rest,
                scales: &mut scales[last..],
                sums: &mut sums[last..],
                starts: &mut starts[last..],
                sums_of_16: &mut [],
            };
            (AVX2.quantise)(rest, blocks, &mut out);
        }
    }
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
