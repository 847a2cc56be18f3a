//! Random numbers that depend on the seed and the step only, the same on every platform.
//!
//! SplitMix64 (Steele, Lea, Flood, OOPSLA 2014, doi 10.1145/2660193.2660195) is a counter that is
//! mixed, so its t-th number is computed directly: `mix(seed + (t + 1) · γ)`. No state means that a
//! step that is computed twice, or in another order, gets the same number.

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The number of a step, from 0 to below 1, in steps of 2⁻⁵³.
pub(super) fn uniform(seed: u64, step: u64) -> f64 {
    let mut mixed = seed.wrapping_add(step.wrapping_add(1).wrapping_mul(GAMMA));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}
