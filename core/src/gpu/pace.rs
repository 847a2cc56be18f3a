//! How much work goes into one submission, so that the screen is not kept waiting for a long batch.
//!
//! The only figure that a driver cannot lie about is how long a submission took: from multiply-adds and
//! time follows how many of them fit into the next one.

use std::time::Duration;

/// What a submission may take. A screen of 60 frames a second misses one of them at most.
const BUDGET: Duration = Duration::from_millis(20);

/// Multiply-adds of the first submission: a phone that does 100 billion a second takes 20 ms.
const FIRST_PRODUCTS: u64 = 2_000_000_000;

/// Fewest, so that a busy moment does not cut batches into crumbs; and most.
const LEAST_PRODUCTS: u64 = 1 << 24;
const MOST_PRODUCTS: u64 = 1 << 40;

/// Multiply-adds of the next submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    n_products: u64,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { n_products: FIRST_PRODUCTS }
    }

    pub(super) fn n_products(self) -> u64 {
        self.n_products
    }

    /// A submission of so many products took so long. Small ones say nothing about large ones.
    pub(super) fn learn(&mut self, n_products: u64, took: Duration) {
        if n_products < self.n_products / 4 || took.is_zero() {
            return;
        }
        let fitting = (n_products as f64 * BUDGET.as_secs_f64() / took.as_secs_f64()) as u64;
        // Half way, so that one slow submission does not count for all.
        let next = self.n_products / 2 + fitting.min(MOST_PRODUCTS) / 2;
        self.n_products = next.clamp(LEAST_PRODUCTS, MOST_PRODUCTS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the pace comes to on a GPU with so many products a second.
    fn after_a_while(products_per_s: f64) -> u64 {
        let mut pace = Pace::new();
        for _ in 0..60 {
            let n_products = pace.n_products();
            pace.learn(n_products, Duration::from_secs_f64(n_products as f64 / products_per_s));
        }
        pace.n_products()
    }

    #[test]
    fn submissions_come_to_fill_the_budget() {
        for products_per_s in [1e10, 1e11, 1e13] {
            let wanted = products_per_s * BUDGET.as_secs_f64();
            let found = after_a_while(products_per_s) as f64;
            assert!((found / wanted - 1.0).abs() < 0.05, "{found} for {wanted}");
        }
        assert_eq!(after_a_while(1e6), LEAST_PRODUCTS);
    }

    #[test]
    fn small_submissions_say_nothing() {
        let mut pace = Pace::new();
        pace.learn(FIRST_PRODUCTS / 8, Duration::from_secs(1));
        assert_eq!(pace, Pace::new());
    }
}
