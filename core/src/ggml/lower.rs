//! Plan + shape of a batch → ggml graph.

use super::caches::{Caches, Cells};
use super::context::{Context, Graph, Tensor};
use super::weights::Weights;
use crate::error::ModelError;
use crate::ops::{Batch, BufferId, CacheView, CellContent, Op, Plan, RopeInfo, WeightId};
use crate::quant::TensorType;

/// What a graph depends on besides the plan; batches of the same shape share a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) n_tokens: usize,
    pub(super) n_rows: usize,
    /// Cells that attention looks at, by cache.
    pub(super) n_cells: Vec<usize>,
}

impl Shape {
    pub(super) fn of(batch: &Batch) -> Self {
        Self {
            n_tokens: batch.tokens.len(),
            n_rows: batch.rows.len(),
            n_cells: batch.caches.iter().map(|view| view.n_cells).collect(),
        }
    }
}

/// A graph with its inputs and its result.
pub(super) struct Lowered {
    pub(super) graph: Graph,
    pub(super) tokens: Tensor,
    pub(super) positions: Tensor,
    pub(super) caches: Vec<CacheInputs>,
    pub(super) rows: Option<Tensor>,
    pub(super) logits: Option<Tensor>,
    // Dropped after the tensors that point into it.
    _context: Context,
}

/// What a batch does in one cache.
pub(super) struct CacheInputs {
    /// Cells to write.
    pub(super) cells: Tensor,
    pub(super) sight: Sight,
}

/// Where the tokens of a batch look in a cache.
pub(super) enum Sight {
    /// Attention, at what the mask leaves.
    Mask(Tensor),
    /// A convolution, at these rows before the batch.
    Before {
        rows: Tensor,
        /// The row of zeros.
        zeros: i32,
    },
}

impl CacheInputs {
    /// Copies a batch's view into the inputs. ggml gives no memory to what nobody reads: a part of a
    /// model may have no layer in a cache.
    pub(super) fn write(&self, view: &CacheView) {
        self.cells.write_if_used(&view.cells);
        match self.sight {
            Sight::Mask(mask) => mask.write_if_used(&view.mask),
            Sight::Before { rows, zeros } => {
                let row = |&cell: &i64| if cell < 0 { zeros } else { cell as i32 };
                rows.write_if_used(&view.before.iter().map(row).collect::<Vec<i32>>());
            }
        }
    }
}

/// Lowers `plan` for batches of `shape`.
///
/// Without wanted rows the graph ends where the last layer stores what it keeps: nothing after that can
/// influence later tokens.
pub(super) fn lower(
    plan: &Plan,
    weights: &Weights,
    caches: &Caches,
    shape: &Shape,
) -> Result<Lowered, ModelError> {
    // No operation becomes more than twelve nodes.
    let n_nodes = 12 * plan.ops.len() + 4 * plan.caches.len() + 16;
    let context = Context::new(n_nodes, true)?;
    let graph = context.new_graph(n_nodes);
    let input = |kind, n_cols: usize, n_rows: usize| {
        let tensor = context.new_tensor(kind, n_cols as u64, n_rows as u64);
        tensor.mark_input();
        tensor
    };
    let tokens = input(TensorType::I32, shape.n_tokens, 1);
    let positions = input(TensorType::I32, shape.n_tokens, 1);
    let views = plan.caches.iter().zip(&shape.n_cells).map(|(group, &n_cells)| CacheInputs {
        cells: input(TensorType::I64, shape.n_tokens, 1),
        sight: match (group.content, group.window, group.layers.first()) {
            (CellContent::Inputs(_), Some(length), Some(&layer)) => Sight::Before {
                rows: input(TensorType::I32, length as usize - 1, 1),
                zeros: caches.layers[layer as usize].first().extent(1) as i32 - 1,
            },
            _ => Sight::Mask(input(TensorType::F16, n_cells, shape.n_tokens)),
        },
    });
    let views = views.collect();
    let selects = shape.n_rows > 0 && shape.n_rows < shape.n_tokens;
    let rows = selects.then(|| input(TensorType::I32, shape.n_rows, 1));
    let mut lowered =
        Lowered { graph, tokens, positions, caches: views, rows, logits: None, _context: context };
    let mut walk =
        Walk { plan, weights, caches, lowered: &lowered, values: vec![None; plan.buffers.len()] };
    let last_store = plan.ops.iter().rposition(|op| op.stores().is_some());
    let n_ops =
        if shape.n_rows == 0 { last_store.map_or(0, |last| last + 1) } else { plan.ops.len() };
    for op in &plan.ops[..n_ops] {
        walk.step(op);
    }
    if shape.n_rows > 0 {
        let logits = walk.flat(plan.logits);
        logits.mark_output();
        graph.expand(logits);
        lowered.logits = Some(logits);
    }
    Ok(lowered)
}

/// The walk over a plan: which tensor each buffer currently is.
struct Walk<'a> {
    plan: &'a Plan,
    weights: &'a Weights,
    caches: &'a Caches,
    lowered: &'a Lowered,
    values: Vec<Option<Tensor>>,
}

impl Walk<'_> {
    fn context(&self) -> &Context {
        &self.lowered._context
    }

    fn value(&self, id: BufferId) -> Tensor {
        self.values[id.0].expect("a plan writes every buffer before it reads it")
    }

    fn width(&self, id: BufferId) -> i64 {
        self.plan.buffers[id.0].width.into()
    }

    /// The buffer as `[width, rows]`.
    fn flat(&self, id: BufferId) -> Tensor {
        let value = self.value(id);
        let width = self.width(id);
        if value.extent(0) == width && value.extent(2) == 1 {
            return value;
        }
        let n_rows = value.extent(0) * value.extent(1) * value.extent(2) / width;
        self.context().reshape_2d(value, width, n_rows)
    }

    /// The buffer as `[d, width / d, rows]`.
    fn split(&self, id: BufferId, d: i64) -> Tensor {
        let value = self.value(id);
        let width = self.width(id);
        if value.extent(0) == d && value.extent(1) == width / d {
            return value;
        }
        let n_rows = value.extent(0) * value.extent(1) * value.extent(2) / width;
        self.context().reshape_3d(value, [d, width / d, n_rows])
    }

    fn step(&mut self, op: &Op) {
        let context = self.context();
        let (out, value) = match *op {
            Op::Embed { table, scale, out } => {
                let rows = context.get_rows(self.weights.vector(table), self.lowered.tokens);
                (out, if scale == 1.0 { rows } else { context.scale(rows, scale) })
            }
            Op::RmsNorm { input, weight, epsilon, out } => {
                let factors = self.weights.vector(weight);
                let length = factors.extent(0);
                let is_whole = length == self.width(input);
                let rows = if is_whole { self.flat(input) } else { self.split(input, length) };
                (out, context.mul(context.rms_norm(rows, epsilon), factors))
            }
            Op::Linear { input, weight, bias, out } => {
                let product = context.mul_mat(self.weights.matrix(weight), self.flat(input));
                let bias = bias.map(|id| self.weights.vector(id));
                (out, bias.map_or(product, |bias| context.add(product, bias)))
            }
            Op::Slice { input, first, out } => {
                let width = self.plan.buffers[out.0].width;
                (out, context.slice(self.flat(input), first.into(), width.into()))
            }
            Op::Rope { buffer, rope } => (buffer, self.rope(buffer, &self.plan.ropes[rope])),
            Op::StoreKeysValues { layer, keys, values } => {
                return self.store(layer, keys, values);
            }
            Op::Attend { layer, queries, scale, out } => {
                let queries = self.split(queries, self.plan.d_head.into());
                (out, self.attend(layer, queries, scale))
            }
            Op::ShortConv { layer, input, kernel, out } => {
                (out, self.short_conv(layer, input, kernel))
            }
            Op::Gate { gate, up, activation, out } => {
                (out, context.gate(self.flat(gate), self.flat(up), activation))
            }
            Op::GateHalves { input, activation, out } => {
                (out, context.gate_halves(self.flat(input), activation))
            }
            Op::Add { a, b, out } => (out, context.add(self.flat(a), self.flat(b))),
            Op::SelectRows { buffer } => {
                let Some(rows) = self.lowered.rows else {
                    return;
                };
                (buffer, context.get_rows(self.flat(buffer), rows))
            }
            Op::Cap { buffer, cap } => {
                let shrunk = context.tanh(context.scale(self.flat(buffer), 1.0 / cap));
                (buffer, context.scale(shrunk, cap))
            }
        };
        self.values[out.0] = Some(value);
    }

    fn rope(&self, buffer: BufferId, info: &RopeInfo) -> Tensor {
        let heads = self.split(buffer, self.plan.d_head.into());
        let factors = info.factors.map(|id| self.weights.vector(id));
        self.context().rope(heads, self.lowered.positions, factors, info)
    }

    fn attend(&self, layer: u32, queries: Tensor, scale: f32) -> Tensor {
        let sight = &self.lowered.caches[self.plan.cache_of(layer)].sight;
        match (self.caches.layers[layer as usize], sight) {
            (Cells::KeysValues(keys, values), Sight::Mask(mask)) => {
                self.context().attend(queries, keys, values, *mask, scale)
            }
            _ => unreachable!("a layer with attention has keys and values"),
        }
    }

    /// Stores are put into the graph at once, so that they come before the attention that reads
    /// the same cache.
    fn store(&self, layer: u32, keys: BufferId, values: BufferId) {
        let cells = self.lowered.caches[self.plan.cache_of(layer)].cells;
        let caches = self.caches.layers[layer as usize].tensors();
        for (cache, buffer) in caches.zip([keys, values]) {
            let stored = self.context().set_rows(cache, self.flat(buffer), cells);
            self.lowered.graph.expand(stored);
        }
    }

    /// The batch's cells are not those that it reads, so it does not matter which comes first.
    fn short_conv(&self, layer: u32, input: BufferId, kernel: WeightId) -> Tensor {
        let CacheInputs { cells, sight } = &self.lowered.caches[self.plan.cache_of(layer)];
        let Sight::Before { rows, .. } = sight else {
            unreachable!("a layer with a convolution keeps its inputs");
        };
        let (context, input) = (self.context(), self.flat(input));
        let width = input.extent(0) as u64 / 3;
        let [b, c, x] = [0, 1, 2].map(|third| context.columns(input, third * width, width));
        let gated = context.mul(b, x);
        let cache = self.caches.layers[layer as usize].first();
        let before = context.get_rows(cache, *rows);
        self.lowered.graph.expand(context.set_rows(cache, gated, *cells));
        context.mul(context.convolve(before, gated, self.weights.vector(kernel)), c)
    }
}
