//! Locally typical sampling (Meister et al., arXiv 2202.00666, §4): candidates whose surprise
//! `−ln p_i` is closest to the entropy `H = −Σ p_i ln p_i`, as many as sum up to at least `typical_p`.

use super::candidates::Candidates;

pub(super) fn apply(candidates: &mut Candidates, typical_p: f32) {
    if typical_p >= 1.0 {
        return;
    }
    candidates.sort();
    let probabilities = candidates.probabilities();
    // A probability that underflowed to 0 adds nothing to the entropy and is infinitely surprising.
    let surprise = |probability: f64| -probability.ln();
    let entropy: f64 = probabilities.iter().filter(|p| **p > 0.0).map(|p| p * surprise(*p)).sum();
    let distance = |place: usize| (surprise(probabilities[place]) - entropy).abs();
    let mut places: Vec<usize> = (0..probabilities.len()).collect();
    places.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
    let mut sum = 0.0;
    let needed = places.iter().position(|&place| {
        sum += probabilities[place];
        sum >= f64::from(typical_p)
    });
    places.truncate(needed.map_or(places.len(), |last| last + 1));
    candidates.keep(&places);
}
