//! Min-p (Nguyen et al., arXiv 2407.01082, §3): candidates with at least `min_p` times the
//! probability of the likeliest. A ratio of probabilities is a difference of logits, so no softmax
//! is needed: `l_i ≥ l_max + ln(min_p)`.

use super::candidates::Candidates;

pub(super) fn apply(candidates: &mut Candidates, min_p: f32) {
    if min_p <= 0.0 {
        return;
    }
    let highest = candidates.list.iter().map(|c| c.logit).fold(f32::NEG_INFINITY, f32::max);
    let least = f64::from(highest) + f64::from(min_p).ln();
    candidates.list.retain(|candidate| f64::from(candidate.logit) >= least);
}
