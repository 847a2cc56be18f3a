//! Which matrices lie one after the other in a buffer, so that one dispatch multiplies by all of them:
//! a gate and its twin, and queries, keys and values where they are of one type.

use super::device::Gpu;
use crate::ops::{Fusion, Op, Plan, Run, WeightId};

/// Most matrices, because a dispatch has as many results.
pub(super) const MOST_TOGETHER: usize = 3;

/// A matrix of a product and its bias.
pub(super) type Factor = (WeightId, Option<WeightId>);

/// The groups of matrices of a run that are put into one buffer, and their biases into another one, if
/// nobody used them before.
pub(super) fn together(gpu: &Gpu, plan: &Plan, run: &Run) -> Vec<Vec<Factor>> {
    use Fusion::{GatedProducts, NormedProducts, StoredProducts};
    if !matches!(run.fusion, NormedProducts | GatedProducts | StoredProducts) {
        return Vec::new();
    }
    let mut groups: Vec<Vec<Factor>> = Vec::new();
    for op in &plan.ops[run.ops.clone()] {
        let Op::Linear { weight, bias, .. } = *op else { continue };
        match groups.last_mut() {
            Some(group) if joins(gpu, plan, group, (weight, bias)) => group.push((weight, bias)),
            _ => groups.push(vec![(weight, bias)]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Whether a matrix can lie behind those of a group.
fn joins(gpu: &Gpu, plan: &Plan, group: &[Factor], (weight, bias): Factor) -> bool {
    let info = |id: WeightId| &plan.weights[id.0];
    let (first, first_bias) = group[0];
    let is_new =
        |&(known, known_bias): &Factor| known != weight && (bias.is_none() || known_bias != bias);
    let n_bytes: u64 = group.iter().map(|&(id, _)| info(id).n_bytes).sum();
    // Uploads are in whole words.
    let has_whole_words = |id: WeightId| info(id).n_bytes.is_multiple_of(4);
    group.len() < MOST_TOGETHER
        && info(first).tensor_type == info(weight).tensor_type
        && info(first).n_cols == info(weight).n_cols
        && first_bias.is_some() == bias.is_some()
        && group.iter().all(is_new)
        && has_whole_words(first)
        && has_whole_words(weight)
        && n_bytes + info(weight).n_bytes + 8 <= gpu.most_binding_bytes()
}

/// The factors of the norms of a run's queries and keys, which are put into one buffer.
pub(super) fn norms_together(plan: &Plan, run: &Run) -> Option<[WeightId; 2]> {
    let [Op::RmsNorm { weight, .. }, Op::RmsNorm { weight: second, .. }, ..] =
        plan.ops[run.ops.clone()]
    else {
        return None;
    };
    (run.fusion == Fusion::TurnedStore && weight != second).then_some([weight, second])
}
