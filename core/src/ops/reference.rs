//! Every operation in plain loops: what the backends are tested against.
//!
//! Sums are taken in 64 bits and caches are kept in 32 bits, so a backend differs by its own
//! rounding only. It is far too slow for anything but tiny models.

use super::backend::{Batch, CacheType, Outcome, Runner, RunnerOptions};
use super::plan::{Activation, BufferId, Op, Plan, RopeInfo, WeightId};
use crate::cancel::CancelFlag;
use crate::error::ModelError;
use crate::gguf::Gguf;
use crate::quant::TensorType;

/// Decodes `n_values` values of a type, if it can.
pub type Decode = fn(TensorType, &[u8], usize) -> Option<Vec<f32>>;

/// Rows of activations.
type Rows = Vec<Vec<f32>>;

/// Runs a plan in plain loops.
pub struct ReferenceRunner {
    plan: Plan,
    weights: Vec<Vec<f32>>,
    /// Keys, or inputs of convolutions, and values by layer and cell.
    keys: Vec<Rows>,
    values: Vec<Rows>,
    /// First cells' keys before any rotation, by cache: layer and rows.
    first_cells: Vec<Option<Vec<(usize, Rows)>>>,
    logits: Vec<f32>,
}

impl ReferenceRunner {
    /// Decodes all weights.
    ///
    /// # Errors
    /// If a weight's type cannot be decoded.
    pub fn new(
        plan: &Plan,
        file: &Gguf,
        options: &RunnerOptions,
        decode: Decode,
    ) -> Result<Self, ModelError> {
        let weights = plan.weights.iter().map(|weight| {
            let range = weight.start as usize..(weight.start + weight.n_bytes) as usize;
            let n_values = (weight.n_rows * weight.n_cols) as usize;
            decode(weight.tensor_type, &file.bytes()[range], n_values).ok_or_else(|| {
                ModelError::TensorType {
                    name: weight.name.clone(),
                    found: weight.tensor_type,
                    expected: "a type that can be decoded",
                }
            })
        });
        let cache = || {
            let rows = |layer| options.n_cells[plan.cache_of(layer as u32)];
            (0..plan.n_layer()).map(|layer| vec![Vec::new(); rows(layer)]).collect()
        };
        Ok(Self {
            weights: weights.collect::<Result<_, _>>()?,
            keys: cache(),
            values: cache(),
            first_cells: plan.caches.iter().map(|_| None).collect(),
            plan: plan.clone(),
            logits: Vec::new(),
        })
    }

    fn weight(&self, id: WeightId) -> &[f32] {
        &self.weights[id.0]
    }

    fn step(&mut self, op: &Op, batch: &Batch, buffers: &mut [Rows]) {
        let take = |buffers: &[Rows], id: BufferId| buffers[id.0].clone();
        match *op {
            Op::Embed { table, scale, out } => {
                let width = self.plan.weights[table.0].n_cols as usize;
                let row = |&token: &i32| {
                    let start = token as usize * width;
                    let row = &self.weight(table)[start..start + width];
                    row.iter().map(|value| value * scale).collect()
                };
                buffers[out.0] = batch.tokens.iter().map(row).collect();
            }
            Op::RmsNorm { input, weight, epsilon, out } => {
                let factors = self.weight(weight);
                let mut rows = take(buffers, input);
                for part in rows.iter_mut().flat_map(|row| row.chunks_exact_mut(factors.len())) {
                    let squares: f64 = part.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
                    let mean = squares / part.len() as f64 + f64::from(epsilon);
                    let inverse = (1.0 / mean.sqrt()) as f32;
                    part.iter_mut().zip(factors).for_each(|(x, factor)| *x *= inverse * factor);
                }
                buffers[out.0] = rows;
            }
            Op::Linear { input, weight, bias, out } => {
                let n_cols = self.plan.weights[weight.0].n_cols as usize;
                let bias = bias.map(|id| self.weight(id));
                let product = |row: &Vec<f32>| {
                    let outputs = self.weight(weight).chunks_exact(n_cols).enumerate();
                    let value = |(index, column): (usize, &[f32])| {
                        dot(row, column) + bias.map_or(0.0, |bias| bias[index])
                    };
                    outputs.map(value).collect::<Vec<f32>>()
                };
                buffers[out.0] = buffers[input.0].iter().map(product).collect();
            }
            Op::Slice { input, first, out } => {
                let (first, width) = (first as usize, self.plan.buffers[out.0].width as usize);
                let slice = |row: &Vec<f32>| row[first..first + width].to_vec();
                buffers[out.0] = buffers[input.0].iter().map(slice).collect();
            }
            Op::Rope { buffer, rope } => {
                let info = self.plan.ropes[rope];
                for (row, &position) in buffers[buffer.0].iter_mut().zip(&batch.positions) {
                    self.rotate(row, position, &info);
                }
            }
            Op::StoreKeysValues { layer, keys, values } => {
                let view = &batch.caches[self.plan.cache_of(layer)];
                for (token, &cell) in view.cells.iter().enumerate() {
                    let (layer, cell) = (layer as usize, cell as usize);
                    self.keys[layer][cell] = buffers[keys.0][token].clone();
                    self.values[layer][cell] = buffers[values.0][token].clone();
                }
            }
            Op::Attend { layer, queries, scale, out } => {
                let rows = buffers[queries.0].iter().enumerate();
                buffers[out.0] =
                    rows.map(|(token, row)| self.attend(layer, token, row, scale, batch)).collect();
            }
            Op::ShortConv { layer, input, kernel, out } => {
                let rows = buffers[input.0].clone();
                buffers[out.0] = self.convolve(layer, &rows, kernel, batch);
            }
            Op::Gate { gate, up, activation, out } => {
                let mut rows = take(buffers, gate);
                for (row, up) in rows.iter_mut().zip(&buffers[up.0]) {
                    row.iter_mut().zip(up).for_each(|(x, up)| *x = activate(*x, activation) * up);
                }
                buffers[out.0] = rows;
            }
            Op::GateHalves { input, activation, out } => {
                let gate = |row: &Vec<f32>| {
                    let (gate, up) = row.split_at(row.len() / 2);
                    gate.iter().zip(up).map(|(x, up)| activate(*x, activation) * up).collect()
                };
                buffers[out.0] = buffers[input.0].iter().map(gate).collect();
            }
            Op::Add { a, b, out } => {
                let mut rows = take(buffers, a);
                for (row, other) in rows.iter_mut().zip(&buffers[b.0]) {
                    row.iter_mut().zip(other).for_each(|(x, y)| *x += y);
                }
                buffers[out.0] = rows;
            }
            Op::SelectRows { buffer } => {
                let rows = batch.rows.iter().map(|&row| buffers[buffer.0][row as usize].clone());
                buffers[buffer.0] = rows.collect();
            }
            Op::Cap { buffer, cap } => {
                let values = buffers[buffer.0].iter_mut().flatten();
                values.for_each(|x| *x = cap * (*x / cap).tanh());
            }
        }
    }

    /// Rotates every head of a row by its position.
    fn rotate(&self, row: &mut [f32], position: i32, info: &RopeInfo) {
        let turns = info.turns(info.factors.map(|id| self.weight(id)), position);
        info.rotate(row, self.plan.d_head as usize, &turns);
    }

    /// A gated convolution over time, whose inputs are kept.
    fn convolve(&mut self, layer: u32, input: &Rows, kernel: WeightId, batch: &Batch) -> Rows {
        let view = &batch.caches[self.plan.cache_of(layer)];
        let n = self.plan.weights[kernel.0].n_cols as usize;
        let cells = &mut self.keys[layer as usize];
        let width = input.first().map_or(0, Vec::len) / 3;
        let kept = |&cell: &i64| match usize::try_from(cell) {
            Ok(cell) => cells[cell].clone(),
            Err(_) => vec![0.0; width],
        };
        let mut series: Rows = view.before.iter().map(kept).collect();
        for (row, &cell) in input.iter().zip(&view.cells) {
            let gated: Vec<f32> = (0..width).map(|i| row[i] * row[2 * width + i]).collect();
            cells[cell as usize].clone_from(&gated);
            series.push(gated);
        }
        let kernel = self.weight(kernel);
        let mixed = |(token, row): (usize, &Vec<f32>)| {
            let value = |i: usize| {
                let column: Vec<f32> = series[token..token + n].iter().map(|row| row[i]).collect();
                row[width + i] * dot(&kernel[i * n..(i + 1) * n], &column)
            };
            (0..width).map(value).collect()
        };
        input.iter().enumerate().map(mixed).collect()
    }

    fn attend(
        &self,
        layer: u32,
        token: usize,
        queries: &[f32],
        scale: f32,
        batch: &Batch,
    ) -> Vec<f32> {
        let view = &batch.caches[self.plan.cache_of(layer)];
        let mask = &view.mask[token * view.n_cells..(token + 1) * view.n_cells];
        let visible: Vec<usize> =
            (0..view.n_cells).filter(|&cell| mask[cell].to_f32() == 0.0).collect();
        let d_head = self.plan.d_head as usize;
        let group = (self.plan.n_head / self.plan.n_head_kv) as usize;
        let mut out = Vec::with_capacity(queries.len());
        for (head, query) in queries.chunks_exact(d_head).enumerate() {
            let part = head / group * d_head..(head / group + 1) * d_head;
            let (keys, values) = (&self.keys[layer as usize], &self.values[layer as usize]);
            let products: Vec<f64> = visible
                .iter()
                .map(|&cell| f64::from(dot(query, &keys[cell][part.clone()])) * f64::from(scale))
                .collect();
            let top = products.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let shares: Vec<f64> = products.iter().map(|product| (product - top).exp()).collect();
            let sum: f64 = shares.iter().sum();
            out.extend(part.map(|column| {
                let cells = visible.iter().zip(&shares);
                let mixed: f64 =
                    cells.map(|(&cell, share)| share * f64::from(values[cell][column])).sum();
                (mixed / sum) as f32
            }));
        }
        out
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>() as f32
}

fn activate(x: f32, activation: Activation) -> f32 {
    match activation {
        Activation::Silu => x / (1.0 + (-x).exp()),
        Activation::Gelu => {
            let inner = (2.0 / std::f32::consts::PI).sqrt() * (x + 0.044_715 * x * x * x);
            0.5 * x * (1.0 + inner.tanh())
        }
    }
}

impl Runner for ReferenceRunner {
    fn forward(&mut self, batch: &Batch, cancel: &CancelFlag) -> Result<Outcome, ModelError> {
        let mut buffers = vec![Rows::new(); self.plan.buffers.len()];
        for op in &self.plan.ops.clone() {
            if cancel.is_cancelled() {
                return Ok(Outcome::Cancelled);
            }
            self.step(op, batch, &mut buffers);
        }
        self.logits = buffers[self.plan.logits.0].concat();
        Ok(Outcome::Done)
    }

    fn logits(&self) -> &[f32] {
        &self.logits
    }

    fn rotate_first_cells(
        &mut self,
        group: usize,
        n_cells: usize,
        delta: i32,
    ) -> Result<(), ModelError> {
        let layers = self.plan.caches[group].layers.iter().map(|&layer| layer as usize);
        let rotated: Vec<usize> =
            layers.filter(|&layer| self.plan.layer_rope[layer].is_some()).collect();
        if self.first_cells[group].is_none() {
            let copy = |layer: usize| (layer, self.keys[layer][..n_cells].to_vec());
            self.first_cells[group] = Some(rotated.into_iter().map(copy).collect());
        }
        let copies = self.first_cells[group].clone().unwrap_or_default();
        for (layer, rows) in copies {
            let Some(rope) = self.plan.layer_rope[layer] else { continue };
            let info = self.plan.ropes[rope].without_magnitude();
            for (cell, mut row) in rows.into_iter().enumerate() {
                self.rotate(&mut row, delta, &info);
                self.keys[layer][cell] = row;
            }
        }
        Ok(())
    }

    fn forget_first_cells(&mut self) {
        self.first_cells.fill(None);
    }

    fn cell_bytes(&self, layer: u32) -> [usize; 2] {
        self.plan.cell_bytes(self.plan.cache_of(layer), CacheType::F32)
    }

    fn read_cells(
        &self,
        layer: u32,
        first: usize,
        keys: &mut [u8],
        values: &mut [u8],
    ) -> Result<(), ModelError> {
        let [key_bytes, value_bytes] = self.cell_bytes(layer);
        for (cache, width, out) in
            [(&self.keys, key_bytes, keys), (&self.values, value_bytes, values)]
        {
            for (cell, out) in out.chunks_exact_mut(width.max(1)).enumerate() {
                let row = &cache[layer as usize][first + cell];
                out.chunks_exact_mut(4)
                    .zip(row)
                    .for_each(|(b, x)| b.copy_from_slice(&x.to_le_bytes()));
            }
        }
        Ok(())
    }

    fn write_cells(&mut self, layer: u32, first: usize, keys: &[u8], values: &[u8]) {
        let [key_bytes, value_bytes] = self.cell_bytes(layer);
        for (cache, width, bytes) in
            [(&mut self.keys, key_bytes, keys), (&mut self.values, value_bytes, values)]
        {
            for (cell, bytes) in bytes.chunks_exact(width.max(1)).enumerate() {
                let values = bytes.chunks_exact(4);
                cache[layer as usize][first + cell] =
                    values.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            }
        }
    }

    fn cache_bytes(&self) -> u64 {
        let layers = self.keys.iter().enumerate();
        let bytes = |(layer, cells): (usize, &Rows)| -> usize {
            cells.len() * self.cell_bytes(layer as u32).iter().sum::<usize>()
        };
        layers.map(bytes).sum::<usize>() as u64
    }

    fn compute_bytes(&self) -> u64 {
        0
    }
}
