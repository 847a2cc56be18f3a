//! eˣ for four numbers at once.
//!
//! ```text
//! n = round(x / ln 2)    r = x − n · ln 2 (in two parts, so that nothing is lost)
//! eˣ = 2ⁿ · (1 + r + r² · p(r)), |r| ≤ ln 2 / 2
//! ```
//! p is the polynomial of Cephes' `expf` (degree 5, S. Moshier): the result is within two units in
//! the last place. Below −87.3 the result is 0, above 88.7 the largest that 2ⁿ can express.

use std::arch::aarch64::*;

/// eˣ, element by element.
#[target_feature(enable = "neon")]
#[inline]
pub(super) fn exponential(x: float32x4_t) -> float32x4_t {
    let lowest = vdupq_n_f32(-87.3);
    let is_tiny = vcltq_f32(x, lowest);
    let x = vmaxq_f32(lowest, vminq_f32(vdupq_n_f32(88.37), x));
    let n = vrndnq_f32(vmulq_n_f32(x, std::f32::consts::LOG2_E));
    let r = vfmsq_f32(x, n, vdupq_n_f32(0.693_359_4));
    let r = vfmsq_f32(r, n, vdupq_n_f32(-2.121_944_4e-4));
    let mut p = vdupq_n_f32(1.987_569_2e-4);
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = vfmaq_f32(vdupq_n_f32(coefficient), p, r);
    }
    let one = vdupq_n_f32(1.0);
    let value = vfmaq_f32(vaddq_f32(r, one), p, vmulq_f32(r, r));
    let exponent = vshlq_n_s32::<23>(vcvtnq_s32_f32(n));
    let power = vreinterpretq_f32_s32(vaddq_s32(exponent, vreinterpretq_s32_f32(one)));
    let bits = vreinterpretq_u32_f32(vmulq_f32(value, power));
    vreinterpretq_f32_u32(vbicq_u32(bits, is_tiny))
}
