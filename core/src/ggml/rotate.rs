//! Rotating the first cells' keys forward, so that attention sinks stay next to a sliding window.
//!
//! RoPE only shows in differences of positions: keys of the first tokens rotated forward by as many
//! positions as tokens were dropped look to every query as if nothing had been dropped
//! (StreamingLLM, arXiv 2309.17453, §3.2). The keys are always rotated from a copy taken before the
//! first rotation, so that rounding errors do not add up.

use super::allocator::Allocator;
use super::caches::Caches;
use super::context::{Context, Tensor};
use super::processor::Processor;
use super::weights::Weights;
use crate::cancel::CancelFlag;
use crate::error::ModelError;
use crate::ops::Plan;
use crate::quant::TensorType;

/// Copies of the first cells' keys of one cache, by layer: `[n_cells, d_kv]` each.
pub(super) struct FirstCells {
    layers: Vec<(usize, Vec<f32>)>,
    n_cells: usize,
}

impl FirstCells {
    /// Copies the keys of the first cells of cache `group`, as floats.
    pub(super) fn copy(
        plan: &Plan,
        caches: &Caches,
        processor: &mut Processor,
        group: usize,
        n_cells: usize,
    ) -> Result<Self, ModelError> {
        let rotated: Vec<usize> = rotated_layers(plan, group);
        let n_nodes = 2 * rotated.len() + 8;
        let context = Context::new(n_nodes, true)?;
        let graph = context.new_graph(n_nodes);
        let rows = context.new_tensor(TensorType::I32, n_cells as u64, 1);
        rows.mark_input();
        let copies: Vec<Tensor> = rotated
            .iter()
            .map(|&layer| {
                let copy = context.get_rows(caches.layers[layer].first(), rows);
                copy.mark_output();
                graph.expand(copy);
                copy
            })
            .collect();
        let mut allocator = Allocator::new();
        allocator.allocate(graph)?;
        if !rotated.is_empty() {
            rows.write(0, &(0..n_cells as i32).collect::<Vec<_>>());
            processor.compute(graph, &CancelFlag::new())?;
        }
        let layers = rotated
            .into_iter()
            .zip(copies)
            .map(|(layer, copy)| {
                let mut keys = vec![0.0f32; n_cells * plan.d_kv() as usize];
                copy.read(0, &mut keys);
                (layer, keys)
            })
            .collect();
        Ok(Self { layers, n_cells })
    }

    /// Writes the copies back, rotated forward by `delta` positions.
    pub(super) fn rotate(
        &self,
        plan: &Plan,
        weights: &Weights,
        caches: &Caches,
        processor: &mut Processor,
        delta: i32,
    ) -> Result<(), ModelError> {
        if self.layers.is_empty() {
            return Ok(());
        }
        let n_nodes = 6 * self.layers.len() + 8;
        let context = Context::new(n_nodes, true)?;
        let graph = context.new_graph(n_nodes);
        let cells = context.new_tensor(TensorType::I64, self.n_cells as u64, 1);
        let positions = context.new_tensor(TensorType::I32, self.n_cells as u64, 1);
        cells.mark_input();
        positions.mark_input();
        let d_kv = i64::from(plan.d_kv());
        let d_head = i64::from(plan.d_head);
        let n_cells = self.n_cells as i64;
        let mut inputs = Vec::with_capacity(self.layers.len());
        for (layer, keys) in &self.layers {
            let copy = context.new_tensor(TensorType::F32, d_kv as u64, n_cells as u64);
            copy.mark_input();
            inputs.push((copy, keys));
            let rope = plan.layer_rope[*layer].expect("only rotated layers are copied");
            let info = plan.ropes[rope].without_magnitude();
            let factors = info.factors.map(|id| weights.vector(id));
            let heads = context.reshape_3d(copy, [d_head, d_kv / d_head, n_cells]);
            let turned = context.rope(heads, positions, factors, &info);
            let flat = context.reshape_2d(turned, d_kv, n_cells);
            graph.expand(context.set_rows(caches.layers[*layer].first(), flat, cells));
        }
        let mut allocator = Allocator::new();
        allocator.allocate(graph)?;
        cells.write(0, &(0..n_cells).collect::<Vec<i64>>());
        positions.write(0, &vec![delta; self.n_cells]);
        for (copy, keys) in inputs {
            copy.write(0, keys);
        }
        processor.compute(graph, &CancelFlag::new()).map(|_| ())
    }
}

fn rotated_layers(plan: &Plan, group: usize) -> Vec<usize> {
    let layers = plan.caches[group].layers.iter().map(|&layer| layer as usize);
    layers.filter(|&layer| plan.layer_rope[layer].is_some()).collect()
}
