//! Seeded randomness that gives the same items for ever: ChaCha8 words, with all sampling above them
//! written here, because crates may change how they sample between versions.

use carrel_core::fnv::fnv1a;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A seeded source of choices.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Choices for `label` under `seed`: other labels give independent choices.
    pub fn new(seed: u64, label: &str) -> Self {
        let hash = fnv1a(label.as_bytes());
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&hash.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number below `n`; 0 if `n` is 0. The bias of at most n / 2^64 does not matter here.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// A number of 0.0 or more and less than 1.0.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True in `percent` of a hundred throws.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `list`.
    ///
    /// # Panics
    /// If the list is empty: lists are part of the generator.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Shuffles `list`.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }

    /// `n` different ones of `list`, in random order; all if there are fewer.
    pub fn sample<T: Clone>(&mut self, list: &[T], n: usize) -> Vec<T> {
        let mut all = list.to_vec();
        self.shuffle(&mut all);
        all.truncate(n);
        all
    }

    /// Merges `lists`, keeping the order inside each.
    pub fn interleave<T>(&mut self, lists: Vec<Vec<T>>) -> Vec<T> {
        let mut order: Vec<usize> = lists
            .iter()
            .enumerate()
            .flat_map(|(index, list)| std::iter::repeat_n(index, list.len()))
            .collect();
        self.shuffle(&mut order);
        let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
        order.into_iter().filter_map(|index| lists[index].next()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_label_give_the_same_throws_for_ever() {
        let throws = |seed, label| -> Vec<usize> {
            let mut dice = Dice::new(seed, label);
            (0..6).map(|_| dice.below(1000)).collect()
        };
        assert_eq!(throws(1, "a"), throws(1, "a"));
        assert_ne!(throws(1, "a"), throws(1, "b"));
        assert_ne!(throws(1, "a"), throws(2, "a"));
    }

    #[test]
    fn interleaving_keeps_the_order_of_each_list() {
        let mixed = Dice::new(3, "mix").interleave(vec![vec![1, 2, 3], vec![10, 20], vec![]]);
        let small: Vec<i32> = mixed.iter().copied().filter(|n| *n < 10).collect();
        assert_eq!(small, [1, 2, 3]);
        assert_eq!(mixed.len(), 5);
    }
}
