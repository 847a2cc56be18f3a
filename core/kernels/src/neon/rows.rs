//! Operations on rows of activations, four values at a time; what is left over goes to the scalar
//! set.

use std::arch::aarch64::*;
use std::arch::asm;

use super::super::scalar::KERNELS as SCALAR;
use super::super::scalar::rows::scale_of;
use super::super::{Blocks, Quantised};
use super::exponential::exponential;
use super::products::halves;

/// Four numbers of a slice.
#[target_feature(enable = "neon")]
#[inline]
fn load(values: &[f32; 4]) -> float32x4_t {
    // SAFETY: four numbers are there.
    unsafe { vld1q_f32(values.as_ptr()) }
}

#[target_feature(enable = "neon")]
#[inline]
fn store(out: &mut [f32; 4], values: float32x4_t) {
    // SAFETY: room for four numbers is there.
    unsafe { vst1q_f32(out.as_mut_ptr(), values) }
}

#[target_feature(enable = "neon")]
pub fn quantise(row: &[f32], blocks: Blocks, out: &mut Quantised<'_>) {
    let n_values = blocks.n_values();
    for (block, values) in row.chunks_exact(n_values).enumerate() {
        let (fours, _) = values.as_chunks::<4>();
        let mut top = vdupq_n_f32(0.0);
        for four in fours {
            // As the scalar set, this takes the number where the other is none.
            top = vmaxnmq_f32(top, vabsq_f32(load(four)));
        }
        let (scale, inverse) = scale_of(vmaxnmvq_f32(top), blocks);
        let quants = &mut out.quants[block * n_values..][..n_values];
        let mut total = 0;
        let parts = fours.as_chunks::<4>().0.iter().zip(quants.as_chunks_mut::<16>().0);
        for (part, (fours, quants)) in parts.enumerate() {
            let rounded = |four| {
                let scaled = vmulq_n_f32(load(four), inverse);
                // Bounds for the infinite inverse of a tiny value.
                let scaled = vminq_f32(vdupq_n_f32(127.0), scaled);
                vmovn_s32(vcvtnq_s32_f32(vmaxq_f32(vdupq_n_f32(-127.0), scaled)))
            };
            let first = vmovn_s16(vcombine_s16(rounded(&fours[0]), rounded(&fours[1])));
            let second = vmovn_s16(vcombine_s16(rounded(&fours[2]), rounded(&fours[3])));
            let packed = vcombine_s8(first, second);
            // SAFETY: room for 16 bytes is there.
            unsafe { vst1q_s8(quants.as_mut_ptr(), packed) };
            let sum = vaddlvq_s8(packed);
            match blocks {
                Blocks::Of32 => total += i32::from(sum),
                Blocks::Of256 => out.sums_of_16[16 * block + part] = sum,
            }
        }
        out.scales[block] = scale;
        if blocks == Blocks::Of32 {
            out.sums[block] = scale * total as f32;
            out.starts[block] = -128 * total;
        }
    }
}

#[target_feature(enable = "neon")]
pub fn rms_norm(row: &mut [f32], weight: &[f32], epsilon: f32) {
    if !weight.len().is_multiple_of(4) {
        return (SCALAR.rms_norm)(row, weight, epsilon);
    }
    let (weight_fours, _) = weight.as_chunks::<4>();
    for part in row.chunks_exact_mut(weight.len()) {
        let (fours, _) = part.as_chunks_mut::<4>();
        let mut squares = vdupq_n_f32(0.0);
        for four in &*fours {
            let x = load(four);
            squares = vfmaq_f32(squares, x, x);
        }
        let inverse = 1.0 / (vaddvq_f32(squares) / weight.len() as f32 + epsilon).sqrt();
        for (four, factors) in fours.iter_mut().zip(weight_fours) {
            let factors = vmulq_n_f32(load(factors), inverse);
            let scaled = vmulq_f32(load(four), factors);
            store(four, scaled);
        }
    }
}

#[target_feature(enable = "neon")]
pub fn silu_gate(gate: &mut [f32], up: &[f32]) {
    let one = vdupq_n_f32(1.0);
    let (fours, rest) = gate.as_chunks_mut::<4>();
    let (up_fours, up_rest) = up.as_chunks::<4>();
    for (four, up) in fours.iter_mut().zip(up_fours) {
        let x = load(four);
        let divisor = vaddq_f32(one, exponential(vnegq_f32(x)));
        let activated = vdivq_f32(x, divisor);
        store(four, vmulq_f32(activated, load(up)));
    }
    (SCALAR.silu_gate)(rest, up_rest);
}

/// With tanh(y) = 1 − 2 / (1 + e²ʸ): `x · (1 − 1 / (1 + e²ʸ)) · up`.
#[target_feature(enable = "neon")]
pub fn gelu_gate(gate: &mut [f32], up: &[f32]) {
    // 2 √(2/π)
    const ROOT: f32 = 1.595_769;
    let one = vdupq_n_f32(1.0);
    let (fours, rest) = gate.as_chunks_mut::<4>();
    let (up_fours, up_rest) = up.as_chunks::<4>();
    for (four, up) in fours.iter_mut().zip(up_fours) {
        let x = load(four);
        let cube = vmulq_f32(vmulq_f32(x, x), x);
        let inner = vfmaq_n_f32(x, cube, 0.044_715);
        let divisor = vaddq_f32(one, exponential(vmulq_n_f32(inner, ROOT)));
        let share = vsubq_f32(one, vdivq_f32(one, divisor));
        store(four, vmulq_f32(vmulq_f32(x, share), load(up)));
    }
    (SCALAR.gelu_gate)(rest, up_rest);
}

#[target_feature(enable = "neon")]
pub fn from_half(numbers: &[u16], out: &mut [f32]) {
    let (fours, rest) = numbers.as_chunks::<4>();
    let (out_fours, out_rest) = out.as_chunks_mut::<4>();
    for (four, out) in fours.iter().zip(out_fours) {
        // SAFETY: four numbers of two bytes are there.
        store(out, unsafe { halves(four.as_ptr().cast()) });
    }
    (SCALAR.from_half)(rest, out_rest);
}

#[target_feature(enable = "neon")]
pub fn to_half(values: &[f32], out: &mut [u16]) {
    let (fours, rest) = values.as_chunks::<4>();
    let (out_fours, out_rest) = out.as_chunks_mut::<4>();
    for (four, out) in fours.iter().zip(out_fours) {
        let halves: uint16x4_t;
        // SAFETY: registers only, and room for four numbers of two bytes. The conversion is part of
        // NEON and rounds to the nearest, which no program here changes.
        unsafe {
            asm!(
                "fcvtn {halves:v}.4h, {singles:v}.4s",
                halves = out(vreg) halves,
                singles = in(vreg) load(four),
                options(pure, nomem, nostack, preserves_flags)
            );
            vst1_u16(out.as_mut_ptr(), halves);
        }
    }
    (SCALAR.to_half)(rest, out_rest);
}
