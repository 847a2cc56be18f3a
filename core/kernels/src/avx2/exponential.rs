//! eˣ for eight numbers at once.
//!
//! ```text
//! n = round(x / ln 2)    r = x − n · ln 2 (in two parts, so that nothing is lost)
//! eˣ = 2ⁿ · (1 + r + r² · p(r)), |r| ≤ ln 2 / 2
//! ```
//! p is the polynomial of Cephes' `expf` (degree 5, S. Moshier): the result is within two units in
//! the last place. Below −87.3 the result is 0, above 88.7 the largest that 2ⁿ can express.

use std::arch::x86_64::*;

/// eˣ, element by element.
#[target_feature(enable = "avx2,fma")]
#[inline]
pub(super) fn exponential(x: __m256) -> __m256 {
    let lowest = _mm256_set1_ps(-87.3);
    let is_tiny = _mm256_cmp_ps::<_CMP_LT_OQ>(x, lowest);
    // The order of the operands lets a NaN through.
    let x = _mm256_max_ps(lowest, _mm256_min_ps(_mm256_set1_ps(88.37), x));
    let n = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(_mm256_mul_ps(
        x,
        _mm256_set1_ps(std::f32::consts::LOG2_E),
    ));
    let r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693_359_4), x);
    let r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.121_944_4e-4), r);
    let mut p = _mm256_set1_ps(1.987_569_2e-4);
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(coefficient));
    }
    let one = _mm256_set1_ps(1.0);
    let value = _mm256_fmadd_ps(p, _mm256_mul_ps(r, r), _mm256_add_ps(r, one));
    let exponent = _mm256_slli_epi32::<23>(_mm256_cvtps_epi32(n));
    let power = _mm256_castsi256_ps(_mm256_add_epi32(exponent, _mm256_castps_si256(one)));
    _mm256_andnot_ps(is_tiny, _mm256_mul_ps(value, power))
}

/// The sum of eight numbers.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn sum(x: __m256) -> f32 {
    let four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
    let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
}

/// The largest of eight numbers.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn largest(x: __m256) -> f32 {
    let four = _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
    let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps::<1>(two, two)))
}
