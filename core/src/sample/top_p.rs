//! Top-p, the nucleus (Holtzman et al., arXiv 1904.09751, §3.1): the smallest set of likeliest
//! candidates whose probabilities sum up to at least p.

use super::candidates::Candidates;

pub(super) fn apply(candidates: &mut Candidates, top_p: f32) {
    if top_p >= 1.0 {
        return;
    }
    candidates.sort();
    let mut sum = 0.0;
    let mut n_kept = 0;
    for probability in candidates.probabilities() {
        sum += probability;
        n_kept += 1;
        if sum >= f64::from(top_p) {
            break;
        }
    }
    candidates.keep_likeliest(n_kept);
}
