//! Top-k (Fan, Lewis, Dauphin, arXiv 1805.04833, §5.4): only the k likeliest candidates stay.

use super::candidates::Candidates;

pub(super) fn apply(candidates: &mut Candidates, top_k: usize) {
    if top_k > 0 {
        candidates.keep_likeliest(top_k);
    }
}
