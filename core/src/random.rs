//! Numbers that look random and depend on a seed only, the same on every platform: SplitMix64 (Steele, Lea,
//! Flood, OOPSLA 2014, doi 10.1145/2660193.2660195), a counter that is mixed.

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of numbers from a seed.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number, of 64 random bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mixed(self.0)
    }

    /// A number from 0 to `n` − 1, which all come up equally often but for a share of n · 2⁻⁶⁴. `n` is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.draw() % n as u64) as usize
    }
}

/// The number of a step, from 0 to below 1, in steps of 2⁻⁵³. No state means that a step that is computed
/// twice, or in another order, gets the same number.
pub fn uniform(seed: u64, step: u64) -> f64 {
    let bits = mixed(seed.wrapping_add(step.wrapping_add(1).wrapping_mul(GAMMA)));
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_published_test_vectors() {
        let mut random = Random::new(1_234_567);
        let first = 6_457_827_717_110_365_317;
        assert_eq!((random.draw(), random.draw()), (first, 3_203_168_211_198_807_973));
        assert_eq!(uniform(1_234_567, 0), (first >> 11) as f64 / (1u64 << 53) as f64);
    }
}
