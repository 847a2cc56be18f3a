//! How far two programs' logits for the same tokens lie apart.

use std::fmt;

/// Agreement of two runs over the same tokens.
#[derive(Debug, Clone, Copy)]
pub struct Agreement {
    /// Mean Kullback-Leibler divergence, in nats, of the second run's distributions from the first's.
    pub mean_kl: f64,
    /// Largest difference of two logits.
    pub worst: f32,
    /// Positions where the most likely token differs although the referee's margin exceeds what was
    /// asked.
    pub n_different: usize,
    /// Positions compared.
    pub n_rows: usize,
}

impl fmt::Display for Agreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mean_kl, worst, n_different, n_rows } = self;
        write!(formatter, "mean KL {mean_kl:.2e}, worst {worst:.2e}, {n_different}/{n_rows} differ")
    }
}

/// Margin below which rounding in another order may decide which token is the most likely.
const MARGIN: f32 = 0.05;

/// Compares our rows of logits with the referee's.
///
/// # Panics
/// If the runs have different shapes, or a logit is not finite.
pub fn compare(ours: &[Vec<f32>], theirs: &[Vec<f32>]) -> Agreement {
    compare_above(MARGIN, ours, theirs)
}

/// The same, where a margin of up to `least_margin` between the referee's two most likely tokens does
/// not count.
///
/// # Panics
/// As [`compare`].
pub fn compare_above(least_margin: f32, ours: &[Vec<f32>], theirs: &[Vec<f32>]) -> Agreement {
    assert_eq!(ours.len(), theirs.len(), "as many rows");
    let mut agreement = Agreement { mean_kl: 0.0, worst: 0.0, n_different: 0, n_rows: ours.len() };
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours.len(), theirs.len(), "as many tokens in the vocabulary");
        assert!(ours.iter().chain(theirs).all(|logit| logit.is_finite()), "finite logits");
        let (p, q) = (log_softmax(theirs), log_softmax(ours));
        let kl: f64 = p.iter().zip(&q).map(|(p, q)| p.exp() * (p - q)).sum();
        agreement.mean_kl += kl.max(0.0) / agreement.n_rows as f64;
        for (a, b) in ours.iter().zip(theirs) {
            agreement.worst = agreement.worst.max((a - b).abs());
        }
        let (best, margin) = best_and_margin(theirs);
        if margin > least_margin && best_and_margin(ours).0 != best {
            agreement.n_different += 1;
        }
    }
    agreement
}

/// Natural logarithms of the softmax of a row.
pub fn log_softmax(logits: &[f32]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - top).exp()).sum();
    logits.iter().map(|logit| f64::from(logit - top) - sum.ln()).collect()
}

/// The most likely token of a row, and how far its logit lies above the second one's.
pub fn best_and_margin(logits: &[f32]) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    let mut second = f32::NEG_INFINITY;
    for (index, &logit) in logits.iter().enumerate() {
        if logit > best.1 {
            second = best.1;
            best = (index, logit);
        } else if logit > second {
            second = logit;
        }
    }
    (best.0, best.1 - second)
}
