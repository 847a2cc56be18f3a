//! Plan → steps: what the threads can do between two meetings.
//!
//! Operations on a token's row need nothing of other tokens, so a run of them is one step. Products
//! that do not read each other's results are one step, too: queries, keys and values, or gate and up.
//! What a product reads is rounded to 8 bits once for all that read it, in the step before.

use super::pack::format_of;
use crate::ops::{Activation, BufferId, Op, Plan, WeightId};
use carrel_kernels::{Blocks, Format};

/// What all threads do together until they meet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// Row operations for every token, or only for those whose logits are wanted.
    Rows { ops: Vec<RowOp>, is_selected: bool },
    /// Matrix products.
    Products { products: Vec<Product>, is_selected: bool },
    /// Attention of one layer.
    Attend { layer: u32, queries: BufferId, scale: f32, out: BufferId },
    /// The convolution of one layer: a step of its own, as each token reads rows of others.
    Convolve(ShortConv),
    /// Keeps only the rows whose logits are wanted.
    Select { buffer: BufferId },
}

/// `out = input · weightᵀ + bias`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Product {
    pub(super) input: BufferId,
    pub(super) weight: WeightId,
    pub(super) bias: Option<WeightId>,
    pub(super) out: BufferId,
}

/// A gated convolution of one layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShortConv {
    pub(super) layer: u32,
    pub(super) input: BufferId,
    pub(super) kernel: WeightId,
    pub(super) out: BufferId,
}

/// An operation on the row of one token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum RowOp {
    /// Angles of the rotations and visibility of cells, for all later steps.
    Prepare,
    Embed {
        table: WeightId,
        scale: f32,
        out: BufferId,
    },
    RmsNorm {
        input: BufferId,
        weight: WeightId,
        epsilon: f32,
        out: BufferId,
    },
    Slice {
        input: BufferId,
        first: u32,
        out: BufferId,
    },
    Rope {
        buffer: BufferId,
        rope: usize,
    },
    Store {
        layer: u32,
        keys: BufferId,
        values: BufferId,
    },
    /// Puts the parts of an attention that was split over the cells together.
    Merge {
        out: BufferId,
    },
    Gate {
        gate: BufferId,
        up: BufferId,
        activation: Activation,
        out: BufferId,
    },
    GateHalves {
        input: BufferId,
        activation: Activation,
        out: BufferId,
    },
    Add {
        a: BufferId,
        b: BufferId,
        out: BufferId,
    },
    Cap {
        buffer: BufferId,
        cap: f32,
    },
    /// Rounds a buffer to 8 bits.
    Quantise {
        buffer: BufferId,
        blocks: Blocks,
    },
}

/// The steps of a plan.
pub(super) struct Steps {
    pub(super) all: Vec<Step>,
    /// Steps after which all layers have stored what they keep: enough without wanted rows.
    pub(super) n_stored: usize,
}

/// Steps in the making.
struct Builder {
    steps: Vec<Step>,
    /// Buffers that hold only the wanted rows.
    is_selected: Vec<bool>,
    /// Buffers that are rounded as they are now.
    rounded: Vec<(BufferId, Blocks)>,
    n_stored: usize,
}

impl Steps {
    pub(super) fn of(plan: &Plan) -> Self {
        let mut builder = Builder {
            steps: Vec::new(),
            is_selected: vec![false; plan.buffers.len()],
            rounded: Vec::new(),
            n_stored: 0,
        };
        builder.row(RowOp::Prepare, false);
        for op in &plan.ops {
            builder.push(op, plan);
        }
        Self { all: builder.steps, n_stored: builder.n_stored }
    }
}

impl Builder {
    /// Appends a row operation to the last step, or begins one.
    fn row(&mut self, op: RowOp, selected: bool) {
        match self.steps.last_mut() {
            Some(Step::Rows { ops, is_selected }) if *is_selected == selected => ops.push(op),
            _ => self.steps.push(Step::Rows { ops: vec![op], is_selected: selected }),
        }
    }

    /// Notes that a buffer has new values, for the rows that `input` has.
    fn written(&mut self, out: BufferId, is_selected: bool) {
        self.is_selected[out.0] = is_selected;
        self.rounded.retain(|(buffer, _)| *buffer != out);
    }

    /// Appends a row operation that reads `input` and writes `out`.
    fn map(&mut self, op: RowOp, input: BufferId, out: BufferId) {
        let is_selected = self.is_selected[input.0];
        self.row(op, is_selected);
        self.written(out, is_selected);
    }

    fn push(&mut self, op: &Op, plan: &Plan) {
        match *op {
            Op::Embed { table, scale, out } => {
                self.row(RowOp::Embed { table, scale, out }, false);
                self.written(out, false);
            }
            Op::RmsNorm { input, weight, epsilon, out } => {
                self.map(RowOp::RmsNorm { input, weight, epsilon, out }, input, out);
            }
            Op::Linear { input, weight, bias, out } => {
                self.product(Product { input, weight, bias, out }, plan);
            }
            Op::Slice { input, first, out } => {
                self.map(RowOp::Slice { input, first, out }, input, out);
            }
            Op::Rope { buffer, rope } => self.map(RowOp::Rope { buffer, rope }, buffer, buffer),
            Op::StoreKeysValues { layer, keys, values } => {
                self.row(RowOp::Store { layer, keys, values }, false);
                self.n_stored = self.steps.len();
            }
            Op::Attend { layer, queries, scale, out } => {
                self.steps.push(Step::Attend { layer, queries, scale, out });
                self.written(out, false);
                self.row(RowOp::Merge { out }, false);
            }
            Op::ShortConv { layer, input, kernel, out } => {
                self.steps.push(Step::Convolve(ShortConv { layer, input, kernel, out }));
                self.written(out, false);
                self.n_stored = self.steps.len();
            }
            Op::Gate { gate, up, activation, out } => {
                self.map(RowOp::Gate { gate, up, activation, out }, gate, out);
            }
            Op::GateHalves { input, activation, out } => {
                self.map(RowOp::GateHalves { input, activation, out }, input, out);
            }
            Op::Add { a, b, out } => self.map(RowOp::Add { a, b, out }, a, out),
            Op::SelectRows { buffer } => {
                self.steps.push(Step::Select { buffer });
                self.written(buffer, true);
            }
            Op::Cap { buffer, cap } => self.map(RowOp::Cap { buffer, cap }, buffer, buffer),
        }
    }

    fn product(&mut self, product: Product, plan: &Plan) {
        let Product { input, weight, out, .. } = product;
        let selected = self.is_selected[input.0];
        let format = format_of(plan.weights[weight.0].tensor_type);
        if let Some(blocks) = format.and_then(Format::blocks)
            && !self.rounded.contains(&(input, blocks))
        {
            self.row(RowOp::Quantise { buffer: input, blocks }, selected);
            self.rounded.push((input, blocks));
        }
        match self.steps.last_mut() {
            Some(Step::Products { products, is_selected })
                if *is_selected == selected
                    && products.iter().all(|other| other.out != input && other.out != out) =>
            {
                products.push(product);
            }
            _ => {
                let products = vec![product];
                self.steps.push(Step::Products { products, is_selected: selected });
            }
        }
        self.written(out, selected);
    }
}
