//! eˣ for sixteen numbers at once, as in the set for AVX2.
//!
//! ```text
//! n = round(x / ln 2)    r = x − n · ln 2 (in two parts, so that nothing is lost)
//! eˣ = 2ⁿ · (1 + r + r² · p(r)), |r| ≤ ln 2 / 2
//! ```
//! p is the polynomial of Cephes' `expf` (degree 5, S. Moshier): the result is within two units in
//! the last place. Below −87.3 the result is 0, above 88.7 the largest that 2ⁿ can express.

use std::arch::x86_64::*;

/// eˣ, element by element.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn exponential(x: __m512) -> __m512 {
    let lowest = _mm512_set1_ps(-87.3);
    let is_tiny = _mm512_cmp_ps_mask::<_CMP_LT_OQ>(x, lowest);
    // The order of the operands lets a NaN through.
    let x = _mm512_max_ps(lowest, _mm512_min_ps(_mm512_set1_ps(88.37), x));
    let n = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(
        _mm512_mul_ps(x, _mm512_set1_ps(std::f32::consts::LOG2_E)),
    );
    let r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693_359_4), x);
    let r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.121_944_4e-4), r);
    let mut p = _mm512_set1_ps(1.987_569_2e-4);
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(coefficient));
    }
    let one = _mm512_set1_ps(1.0);
    let value = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, one));
    // value · 2ⁿ, or 0.
    _mm512_maskz_scalef_ps(!is_tiny, value, n)
}

/// eˣ for numbers up to 0 that are added to others, of which the largest is 1: what counts is the absolute
/// error, some units of 2⁻²⁴, so powers of two do, whose argument is rounded once.
///
/// The polynomial is that of Cephes' `exp2f`.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn share(x: __m512) -> __m512 {
    // Below e⁻¹⁰⁵ the result is 0; the bound is for −∞.
    let x = _mm512_max_ps(_mm512_set1_ps(-105.0), x);
    let x = _mm512_mul_ps(x, _mm512_set1_ps(std::f32::consts::LOG2_E));
    let n = _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x);
    let r = _mm512_sub_ps(x, n);
    let mut p = _mm512_set1_ps(1.535_336_2e-4);
    for coefficient in
        [1.339_887_4e-3, 9.618_437e-3, 5.550_332_5e-2, 2.402_264_8e-1, 6.931_472e-1, 1.0]
    {
        p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(coefficient));
    }
    _mm512_scalef_ps(p, n)
}
