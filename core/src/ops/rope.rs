//! Angles of rotary position embeddings (arXiv 2104.09864), with YaRN's mix (2309.00071 §3.2).
//!
//! ```text
//! plain  = position · base^(−2 pair / d_rot) / factor      scaled = plain · frequency_scale
//! angle  = scaled, or with YaRN scaled · (1 − mix) + plain · mix
//! (x, y) = magnitude · (x cos − y sin, x sin + y cos)
//! ```
//! In 64 bits, because single precision is only good to 1e-4 at positions of some thousands.

use super::plan::{RopeInfo, RopePairs};

impl RopeInfo {
    /// Cosine and sine by pair at a position, both times the magnitude.
    pub fn turns(&self, factors: Option<&[f32]>, position: i32) -> Vec<(f64, f64)> {
        let (low, high) = self.yarn_bounds();
        let turn = |pair: u32| {
            let inverse = f64::from(self.base).powf(-2.0 * f64::from(pair) / f64::from(self.d_rot));
            let factor = factors.map_or(1.0, |factors| f64::from(factors[pair as usize]));
            let plain = f64::from(position) * inverse / factor;
            let scaled = plain * f64::from(self.frequency_scale);
            let mut angle = scaled;
            if self.extrapolation != 0.0 {
                let ramp = ((f64::from(pair) - low) / (high - low).max(0.001)).clamp(0.0, 1.0);
                let mix = (1.0 - ramp) * f64::from(self.extrapolation);
                angle = scaled * (1.0 - mix) + plain * mix;
            }
            let magnitude = f64::from(self.magnitude) * self.yarn_magnitude();
            (angle.cos() * magnitude, angle.sin() * magnitude)
        };
        (0..self.d_rot / 2).map(turn).collect()
    }

    /// Rotates every head of a row.
    pub fn rotate(&self, row: &mut [f32], d_head: usize, turns: &[(f64, f64)]) {
        for head in row.chunks_exact_mut(d_head) {
            for (pair, (cos, sin)) in turns.iter().enumerate() {
                let (a, b) = match self.pairs {
                    RopePairs::Adjacent => (2 * pair, 2 * pair + 1),
                    RopePairs::Halves => (pair, pair + turns.len()),
                };
                let (x, y) = (f64::from(head[a]), f64::from(head[b]));
                head[a] = (x * cos - y * sin) as f32;
                head[b] = (x * sin + y * cos) as f32;
            }
        }
    }

    /// The same angles, with all factors on the values taken out: for keys that were stored rotated
    /// and are rotated again.
    pub fn without_magnitude(&self) -> Self {
        Self { magnitude: (1.0 / self.yarn_magnitude()) as f32, ..*self }
    }

    /// The factor on the values that YaRN brings along.
    fn yarn_magnitude(&self) -> f64 {
        if self.extrapolation == 0.0 {
            1.0
        } else {
            1.0 + 0.1 * (1.0 / f64::from(self.frequency_scale)).ln()
        }
    }

    /// Pairs between which YaRN mixes, from the rotations over the original context.
    fn yarn_bounds(&self) -> (f64, f64) {
        let pair_of = |rotations: f32| {
            let turns = f64::from(rotations) * std::f64::consts::TAU;
            let ratio = f64::from(self.n_ctx_original) / turns;
            f64::from(self.d_rot) * ratio.ln() / (2.0 * f64::from(self.base).ln())
        };
        let low = pair_of(self.beta_fast).floor().max(0.0);
        let high = pair_of(self.beta_slow).ceil().min(f64::from(self.d_rot) - 1.0);
        (low, high)
    }
}
