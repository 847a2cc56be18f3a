//! The three steps of attention over a block of cells.

use super::super::Softmax;

pub fn scores(queries: &[f32], keys: &[f32], n_cells: usize, scores: &mut [f32]) {
    let d_head = keys.len() / n_cells;
    for (query, scores) in queries.chunks_exact(d_head).zip(scores.chunks_exact_mut(n_cells)) {
        scores.fill(0.0);
        for (keys, scores) in keys.chunks_exact(16 * d_head).zip(scores.chunks_exact_mut(16)) {
            for (x, keys) in query.iter().zip(keys.chunks_exact(16)) {
                scores.iter_mut().zip(keys).for_each(|(score, key)| *score += x * key);
            }
        }
    }
}

pub fn softmax(scores: &mut [f32], running: &mut Softmax) -> f32 {
    let top = scores.iter().fold(running.top, |top, &score| top.max(score));
    if top == f32::NEG_INFINITY {
        // Nothing is visible so far.
        scores.fill(0.0);
        return 1.0;
    }
    let factor = (running.top - top).exp();
    scores.iter_mut().for_each(|score| *score = (*score - top).exp());
    running.sum = running.sum * factor + scores.iter().sum::<f32>();
    running.top = top;
    factor
}

pub fn mix(shares: &[f32], values: &[f32], n_cells: usize, factors: &[f32], mixed: &mut [f32]) {
    let d_head = values.len() / n_cells;
    let rows = shares.chunks_exact(n_cells).zip(mixed.chunks_exact_mut(d_head));
    for ((shares, mixed), factor) in rows.zip(factors) {
        mixed.iter_mut().for_each(|value| *value *= factor);
        for (share, values) in shares.iter().zip(values.chunks_exact(d_head)) {
            mixed.iter_mut().zip(values).for_each(|(mixed, value)| *mixed += share * value);
        }
    }
}
