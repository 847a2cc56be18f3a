//! Temperature (Ackley, Hinton, Sejnowski, Cognitive Science 9, 1985): `l_i / T`. Below 1 the
//! likely become likelier. Logits are moved so that the largest is 0 first, which changes no
//! probability and keeps tiny temperatures from overflowing.

use super::candidates::Candidates;

pub(super) fn apply(candidates: &mut Candidates, temperature: f32) {
    let highest = candidates.list.iter().map(|c| c.logit).fold(f32::NEG_INFINITY, f32::max);
    for candidate in &mut candidates.list {
        candidate.logit = ((candidate.logit - highest) / temperature).max(f32::MIN);
    }
}
