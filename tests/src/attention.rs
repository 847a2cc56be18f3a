//! Plans with attention, made by hand, and tokens that see only some of the cells.

use carrel_core::ops::{Batch, BufferId, Op, RopeInfo, RopePairs};
use carrel_core::quant::TensorType;
use half::f16;

use crate::operations::{Operations, batch};

/// Queries, keys and values of one layer, turned, stored and looked at.
pub fn attended(
    operations: &mut Operations,
    n_head: u32,
    n_head_kv: u32,
    d_head: u32,
    pairs: RopePairs,
    has_norms: bool,
) -> BufferId {
    let queries = operations.input(n_head * d_head, 3.0);
    let keys = operations.input(n_head_kv * d_head, 1.0);
    let values = operations.input(n_head_kv * d_head, 1.0);
    let numbers = [n_head, n_head_kv, d_head];
    attended_of(operations, [queries, keys, values], numbers, pairs, has_norms)
}

/// The same of queries, keys and values that are there; the numbers are those of heads, of key heads and
/// of values of a head.
pub fn attended_of(
    operations: &mut Operations,
    [queries, keys, values]: [BufferId; 3],
    [n_head, n_head_kv, d_head]: [u32; 3],
    pairs: RopePairs,
    has_norms: bool,
) -> BufferId {
    operations.plan.n_head = n_head;
    operations.plan.n_head_kv = n_head_kv;
    operations.plan.d_head = d_head;
    operations.plan.ropes.push(RopeInfo {
        pairs,
        d_rot: d_head / 2,
        base: 10_000.0,
        frequency_scale: 1.0,
        extrapolation: 0.0,
        beta_fast: 32.0,
        beta_slow: 1.0,
        n_ctx_original: 2048,
        magnitude: 1.0,
        factors: None,
    });
    let out = operations.buffer(n_head * d_head);
    for buffer in [queries, keys].into_iter().filter(|_| has_norms) {
        let weight = operations.weight(TensorType::F32, 1, d_head.into(), 1.5);
        operations.push(Op::RmsNorm { input: buffer, weight, epsilon: 1e-5, out: buffer });
    }
    operations.push(Op::Rope { buffer: queries, rope: 0 });
    operations.push(Op::Rope { buffer: keys, rope: 0 });
    operations.push(Op::StoreKeysValues { layer: 0, keys, values });
    let scale = 1.0 / (d_head as f32).sqrt();
    operations.push(Op::Attend { layer: 0, queries, scale, out });
    out
}

/// Tokens at the cells `first ..`, each of them seeing all cells up to its own but every eleventh, and
/// none of the second part of 256.
pub fn tokens_at(first: usize, n_tokens: usize, n_cells: usize) -> Batch {
    let mut batch = batch(0, n_tokens, n_cells, |_, _| false);
    let view = &mut batch.caches[0];
    view.cells = (first..first + n_tokens).map(|cell| cell as i64).collect();
    view.mask.fill(f16::NEG_INFINITY);
    for (token, row) in view.mask.chunks_exact_mut(n_cells).enumerate() {
        for cell in (0..=first + token).filter(|cell| cell % 11 != 3 && !(256..512).contains(cell))
        {
            row[cell] = f16::ZERO;
        }
    }
    batch.positions = (first..first + n_tokens).map(|position| position as i32).collect();
    batch
}
