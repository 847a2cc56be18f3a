//! The likeliest tokens of a row of logits, where a runner answers logits only.
//!
//! The order is that of the sampler: by logit, and of equal ones the lower id first. Logits that are
//! NaN or −∞ are no candidates; +∞ counts as the largest finite number.

use crate::ops::Best;

/// Appends the `n` likeliest tokens of a row; [`Best::NONE`] where there are fewer.
pub(super) fn best_of(logits: &[f32], n: usize, best: &mut Vec<Best>) {
    let first = best.len();
    for (id, &logit) in logits.iter().enumerate() {
        // Before the minimum, which would take a number for what is none.
        let is_usable = logit > f32::NEG_INFINITY;
        let logit = logit.min(f32::MAX);
        let found = &best[first..];
        // Ids ascend, so an equal logit comes after those that are there.
        let is_full = found.len() == n;
        if is_usable && (!is_full || found.last().is_some_and(|last| logit > last.logit)) {
            let place = found.partition_point(|other| other.logit >= logit);
            if is_full {
                best.pop();
            }
            best.insert(first + place, Best { id: id as u32, logit });
        }
    }
    best.resize(first + n, Best::NONE);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(logits: &[f32], n: usize) -> Vec<u32> {
        let mut best = vec![Best { id: 9, logit: 9.0 }];
        best_of(logits, n, &mut best);
        best[1..].iter().map(|best| best.id).collect()
    }

    #[test]
    fn the_likeliest_come_first_and_equal_ones_by_id() {
        assert_eq!(ids(&[1.0, 3.0, 2.0, 3.0, 0.0], 3), [1, 3, 2]);
        assert_eq!(ids(&[1.0, 1.0, 1.0], 2), [0, 1]);
        assert_eq!(ids(&[0.0, 1.0, 2.0, 3.0], 2), [3, 2]);
    }

    #[test]
    fn what_is_no_number_is_no_candidate() {
        let logits = [f32::NAN, f32::NEG_INFINITY, 1.0, f32::INFINITY, f32::NAN];
        assert_eq!(ids(&logits, 3), [3, 2, u32::MAX]);
        assert_eq!(ids(&[f32::MAX, f32::INFINITY], 1), [0]);
    }
}
