//! Look-ups and products with matrices: which kernel for how many rows, and in which flavour.
//!
//! ```text
//! few rows     matvec, of the norm's input if there is a norm; gate and up at once if they are twins
//!              in bytes: norm_quantise, or quantise where there is no norm, then matvec_integer
//! many rows    the norm by itself, matmul, and everything else by itself
//! ```

use carrel_shaders::{Flavour, Kernel};

use super::lower::Walk;
use super::pipelines::{Constants, Variant};
use super::steps::{Rows, Work};
use super::weights::{Matrix, Shard};
use crate::error::GpuError;
use crate::ops::{Activation, BufferId, Op, WeightId};

/// A norm whose result is multiplied.
#[derive(Clone, Copy)]
pub(super) struct Norm {
    input: BufferId,
    weight: WeightId,
    epsilon: f32,
}

/// `out = input · weightᵀ + bias`, or that added to `out`.
#[derive(Clone, Copy)]
pub(super) struct Product {
    input: BufferId,
    /// What `input` is the result of, where it need not be looked at.
    norm: Option<Norm>,
    weight: WeightId,
    bias: Option<WeightId>,
    out: BufferId,
    adds: bool,
}

impl Product {
    pub(super) fn new(
        input: BufferId,
        weight: WeightId,
        bias: Option<WeightId>,
        out: BufferId,
    ) -> Self {
        Self { input, norm: None, weight, bias, out, adds: false }
    }

    /// The same, added to what the result holds.
    pub(super) fn added(self) -> Self {
        Self { adds: true, ..self }
    }
}

impl Walk<'_> {
    pub(super) fn embed(&mut self, table: WeightId, scale: f32, out: BufferId) {
        let Matrix { format, shards, row_bytes } = self.weights.matrix(table);
        let n_cols = self.width(out);
        let to = self.buffers[out.0].clone();
        for Shard { buffer, first_byte, first_row, n_rows } in shards {
            let rest = [n_cols, *row_bytes, *first_byte, *first_row, *n_rows, scale.to_bits()];
            let work = Work::Items(n_cols.div_ceil(16));
            let buffers = [buffer, &self.inputs.tokens, &to];
            self.push_for(Rows::Any, Kernel::Embed(*format), work, &rest, &buffers);
        }
    }

    /// A norm, the products of its result, and the gate of the two if it is gated.
    pub(super) fn normed(&mut self, op: &Op, rest: &[Op], is_gated: bool) -> Result<(), GpuError> {
        let Op::RmsNorm { input, weight, epsilon, out } = *op else { return self.step(op) };
        let norm = Norm { input, weight, epsilon };
        let first = self.steps.len();
        self.step(op)?;
        self.restrict(first, Rows::Many);
        let is_in_bytes = |op: &Op| match *op {
            Op::Linear { weight, .. } => self.flavour(weight) == Flavour::Integer,
            _ => false,
        };
        if rest.iter().any(is_in_bytes) {
            self.norm_quantise(norm);
            self.has_quantised = Some(out);
        }
        let rows = if is_gated && self.gated(norm, rest) { Rows::Many } else { Rows::Any };
        for op in rest {
            let first = self.steps.len();
            match *op {
                Op::Linear { weight, bias, out: to, .. } => {
                    let product = Product::new(out, weight, bias, to);
                    self.product(&Product { norm: Some(norm), ..product }, rows);
                }
                _ => {
                    self.step(op)?;
                    self.restrict(first, rows);
                }
            }
        }
        Ok(())
    }

    /// The dispatch for few rows of a gate and its twin, if they lie together. Answers whether there
    /// is one.
    fn gated(&mut self, norm: Norm, ops: &[Op]) -> bool {
        let [Op::Linear { weight, .. }, Op::Linear { weight: twin, .. }, gate] = ops else {
            return false;
        };
        let Op::Gate { activation, out, .. } = *gate else { return false };
        let Some(twin_bytes) = self.weights.twin_bytes(*weight, *twin) else { return false };
        let flavour = self.flavour(*weight);
        let is_in_bytes = flavour == Flavour::Integer;
        let Matrix { format, shards, row_bytes } = self.weights.matrix(*weight);
        let Shard { buffer, first_byte, n_rows, .. } = &shards[0];
        let constants = Constants {
            is_normed: !is_in_bytes,
            is_gated: true,
            is_gelu: activation == Activation::Gelu,
            ..Default::default()
        };
        let variant = Variant { kernel: Kernel::MatVec(*format, flavour), constants };
        let rest = [
            self.width(norm.input),
            *row_bytes,
            *first_byte,
            0,
            *n_rows,
            self.width(out),
            0,
            0,
            twin_bytes,
            norm.epsilon.to_bits(),
        ];
        // Half of a workgroup's rows are twins.
        let work = Work::Vectors(n_rows.div_ceil(Kernel::MATVEC_ROWS / 2));
        let (nothing, to) = (self.nothing.clone(), self.buffers[out.0].clone());
        if is_in_bytes {
            let quantised = self.quantised.clone();
            let buffers = [buffer, &quantised, &nothing, &to];
            self.push_for(Rows::Few, variant, work, &rest, &buffers);
        } else {
            let from = self.buffers[norm.input.0].clone();
            let buffers = [buffer, &from, &nothing, self.weights.vector(norm.weight), &to];
            self.push_for(Rows::Few, variant, work, &rest, &buffers);
        }
        true
    }

    /// How products of few rows with this matrix are computed.
    fn flavour(&self, weight: WeightId) -> Flavour {
        let n_cols = self.plan.weights[weight.0].n_cols as u32;
        self.gpu.flavours().of_vectors(self.gpu, self.weights.matrix(weight), n_cols)
    }

    /// The dispatches of a product, for these numbers of rows.
    pub(super) fn product(&mut self, product: &Product, rows: Rows) {
        let weights = self.weights;
        let matrix = weights.matrix(product.weight);
        let Matrix { format, shards, row_bytes } = matrix;
        let (n_cols, d_out) = (self.width(product.input), self.width(product.out));
        let (from, to) =
            (&self.buffers[product.input.0].clone(), &self.buffers[product.out.0].clone());
        let nothing = &self.nothing.clone();
        let bias = product.bias.map_or(nothing, |id| weights.vector(id));
        let flavour = self.flavour(product.weight);
        let many = self.gpu.flavours().of_matrices(self.gpu, matrix, n_cols);
        if rows == Rows::Any && flavour == Flavour::Integer {
            self.quantise(product.input);
        }
        for Shard { buffer, first_byte, first_row, n_rows } in shards {
            let mut rest = [
                n_cols,
                *row_bytes,
                *first_byte,
                *first_row,
                *n_rows,
                d_out,
                product.bias.is_some().into(),
                product.adds.into(),
                0,
                0,
            ];
            let vectors = Work::Vectors(n_rows.div_ceil(Kernel::MATVEC_ROWS));
            let kernel = Kernel::MatVec(*format, flavour);
            match (rows, flavour, product.norm) {
                (Rows::Many, ..) => {}
                (_, Flavour::Integer, _) => {
                    let quantised = &self.quantised.clone();
                    let buffers = [buffer, quantised, bias, to];
                    self.push_for(Rows::Few, kernel, vectors, &rest, &buffers);
                }
                (_, _, Some(norm)) => {
                    rest[9] = norm.epsilon.to_bits();
                    let constants = Constants { is_normed: true, ..Default::default() };
                    let variant = Variant { kernel, constants };
                    let normed = &self.buffers[norm.input.0].clone();
                    let buffers = [buffer, normed, bias, weights.vector(norm.weight), to];
                    self.push_for(Rows::Few, variant, vectors, &rest, &buffers);
                }
                _ => {
                    let buffers = [buffer, from, bias, nothing, to];
                    self.push_for(Rows::Few, kernel, vectors, &rest, &buffers);
                }
            }
            let tiles = Work::Tiles(*n_rows, n_cols);
            let buffers = [buffer, from, bias, to];
            self.push_for(Rows::Many, Kernel::MatMul(*format, many), tiles, &rest, &buffers);
        }
    }

    /// The result of a norm in bytes.
    fn norm_quantise(&mut self, norm: Norm) {
        let factors = self.weights.vector(norm.weight);
        let (from, quantised) = (self.buffers[norm.input.0].clone(), self.quantised.clone());
        let rest = [self.width(norm.input), norm.epsilon.to_bits()];
        let buffers = [factors, &from, &quantised];
        self.push_for(Rows::Few, Kernel::NormQuantise, Work::Parts(1), &rest, &buffers);
    }

    /// Values of a buffer in bytes, unless the run has them already.
    fn quantise(&mut self, input: BufferId) {
        if self.has_quantised == Some(input) {
            return;
        }
        self.has_quantised = Some(input);
        let (from, quantised) = (self.buffers[input.0].clone(), self.quantised.clone());
        let n_cols = self.width(input);
        let work = Work::Items(n_cols.div_ceil(16));
        self.push_for(Rows::Few, Kernel::Quantise, work, &[n_cols], &[&from, &quantised]);
    }
}
