//! Look-ups and products with matrices: which kernel for how many rows, and in which flavour.
//!
//! ```text
//! few rows     matvec, of the norm's input if there is a norm; matrices that lie together at once, and
//!              their gate if they are gated
//!              in bytes: matvec_integer, of what is rounded already, or by quantise; queries, keys and
//!              values: matvec_store
//! many rows    the norm by itself, matmul, and everything else by itself
//! ```

use carrel_shaders::{CacheFormat, Flavour, Kernel};

use super::lower::Walk;
use super::pipelines::{Constants, Variant};
use super::rounded::Rounded;
use super::steps::{Rows, Work};
use super::together::MOST_TOGETHER;
use super::weights::{Matrix, Shard};
use crate::error::GpuError;
use crate::ops::{Activation, BufferId, Op, RopePairs, WeightId};

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

    /// The product of a norm's result; `None` if the operation is no product.
    fn of_norm(op: &Op, norm: Norm) -> Option<Self> {
        let Op::Linear { input, weight, bias, out } = *op else { return None };
        Some(Self { norm: Some(norm), ..Self::new(input, weight, bias, out) })
    }

    /// What is rounded if it is a product of bytes.
    fn rounded(&self) -> Rounded {
        match self.norm {
            Some(norm) => Rounded { of: norm.input, factors: Some(norm.weight) },
            None => Rounded { of: self.input, factors: None },
        }
    }
}

/// Parameters of a product with a shard of a matrix: parts/shard.wgsl.
#[derive(Default)]
struct ShardParams {
    n_cols: u32,
    row_bytes: u32,
    first_byte: u32,
    first_row: u32,
    n_rows: u32,
    d_out: u32,
    has_bias: bool,
    adds: bool,
    twin_bytes: u32,
    epsilon: f32,
    first_bias: u32,
    d_second: u32,
    rounds: bool,
    has_factors: bool,
}

impl ShardParams {
    fn words(&self) -> [u32; 14] {
        [
            self.n_cols,
            self.row_bytes,
            self.first_byte,
            self.first_row,
            self.n_rows,
            self.d_out,
            self.has_bias.into(),
            self.adds.into(),
            self.twin_bytes,
            self.epsilon.to_bits(),
            self.first_bias,
            self.d_second,
            self.rounds.into(),
            self.has_factors.into(),
        ]
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

    /// A norm, the products of its result, and what becomes of them: a gate, slices, or a store.
    pub(super) fn normed(&mut self, op: &Op, rest: &[Op]) -> Result<(), GpuError> {
        let Op::RmsNorm { input, weight, epsilon, .. } = *op else { return self.step(op) };
        let norm = Norm { input, weight, epsilon };
        let first = self.steps.len();
        self.step(op)?;
        self.restrict(first, Rows::Many);
        let products: Vec<Product> =
            rest.iter().filter_map(|op| Product::of_norm(op, norm)).collect();
        let others = &rest[products.len()..];
        if self.gated(&products, others)
            || self.sliced(&products, others)
            || self.stored(&products, others)
        {
            products.iter().for_each(|product| self.product(product, Rows::Many));
            let first = self.steps.len();
            self.turned_store(others)?;
            self.restrict(first, Rows::Many);
            return Ok(());
        }
        let mut left = &products[..];
        while !left.is_empty() {
            let (together, others) = left.split_at(self.n_together(left));
            let rows = if self.joined(together) { Rows::Many } else { Rows::Any };
            together.iter().for_each(|product| self.product(product, rows));
            left = others;
        }
        self.turned_store(others)
    }

    /// How many of the products, at least one, are with matrices that lie together.
    fn n_together(&self, products: &[Product]) -> usize {
        let factor = |product: &Product| (product.weight, product.bias);
        let follows = |pair: &&[Product]| self.weights.follows(factor(&pair[1]), factor(&pair[0]));
        let n_following = products.windows(2).take_while(follows).count();
        (1 + n_following).min(MOST_TOGETHER)
    }

    /// The dispatch for few rows of products with matrices that lie together. Answers whether there is
    /// one, which a single product is not worth.
    fn joined(&mut self, products: &[Product]) -> bool {
        let [first, _, ..] = products else { return false };
        let outs: Vec<BufferId> = products.iter().map(|product| product.out).collect();
        self.push_parts(first, &outs);
        true
    }

    /// The dispatch for few rows of a product and the slices that it is cut into, if its matrix is in
    /// one piece. Answers whether there is one.
    fn sliced(&mut self, products: &[Product], slices: &[Op]) -> bool {
        let out = |op: &Op| match *op {
            Op::Slice { out, .. } => Some(out),
            _ => None,
        };
        let outs: Option<Vec<BufferId>> = slices.iter().map(out).collect();
        let ([product], Some(outs)) = (products, outs) else { return false };
        let is_whole = self.weights.matrix(product.weight).shards.len() == 1;
        if !is_whole || !(1..=MOST_TOGETHER).contains(&outs.len()) {
            return false;
        }
        self.push_parts(product, &outs);
        true
    }

    /// The dispatch for few rows of queries, keys and values that are turned and stored, if it can be in
    /// bytes and what is stored together is in one workgroup. Answers whether there is one.
    fn stored(&mut self, products: &[Product], ops: &[Op]) -> bool {
        let ([first, ..], [Op::Rope { rope, .. }, _, Op::StoreKeysValues { layer, .. }]) =
            (products, ops)
        else {
            return false;
        };
        let (plan, weights, format) = (self.plan, self.weights, self.caches.format);
        let info = &plan.ropes[*rope];
        let is_possible = self.flavour(first.weight) == Flavour::Integer
            && self.n_together(products) == 3
            && format != CacheFormat::Q8_0
            && [plan.d_head, info.d_rot].into_iter().all(|width| width.is_multiple_of(16));
        if !is_possible {
            return false;
        }
        let from = self.quantise(first.rounded());
        let matrix = weights.matrix(first.weight);
        let shard = &matrix.shards[0];
        let params = self.shard_params(first, shard);
        let n_rows = products.iter().map(|product| self.width(product.out)).sum::<u32>();
        let is_adjacent = info.pairs == RopePairs::Adjacent;
        let rest = [
            params.n_cols,
            params.row_bytes,
            params.first_byte,
            self.width(first.out) / plan.d_head,
            n_rows,
            plan.n_head_kv,
            plan.d_head,
            params.has_bias.into(),
            params.first_bias,
            params.epsilon.to_bits(),
            info.d_rot / 2,
            is_adjacent.into(),
        ];
        let variant = Variant {
            kernel: Kernel::MatVecStore(matrix.format, format),
            constants: Constants { is_normed: true, ..Default::default() },
        };
        let work = Work::Vectors(n_rows / Kernel::MATVEC_INTEGER_ROWS);
        let (bias, queries) = (self.bias(first), self.buffers[first.out.0].clone());
        let turns = &self.inputs.turns[*rope];
        let (cells, _) = &self.inputs.caches[plan.cache_of(*layer)];
        let to = &self.caches.layers[*layer as usize];
        let buffers = [&shard.buffer, &from, &bias, turns, cells, &queries, &to.keys, to.values()];
        self.push_for(Rows::Few, variant, work, &rest, &buffers);
        true
    }

    /// A dispatch for few rows whose result is cut into these buffers: of all rows from the first one of
    /// the product's matrix on.
    fn push_parts(&mut self, product: &Product, outs: &[BufferId]) {
        let shard = &self.weights.matrix(product.weight).shards[0];
        let params = ShardParams {
            n_rows: outs.iter().map(|&out| self.width(out)).sum(),
            d_out: self.width(outs[0]),
            d_second: outs.get(1).map_or(0, |&out| self.width(out)),
            ..self.shard_params(product, shard)
        };
        self.push_few(product, shard, Constants::default(), params, outs);
    }

    /// The dispatch for few rows of a gate and its twin, if they lie together. Answers whether there
    /// is one.
    fn gated(&mut self, products: &[Product], gates: &[Op]) -> bool {
        let (activation, out) = match *gates {
            [Op::Gate { activation, out, .. }] if self.n_together(products) == 2 => {
                (activation, out)
            }
            [Op::GateHalves { activation, out, .. }] => (activation, out),
            _ => return false,
        };
        let Some(first) = products.first() else { return false };
        let matrix = self.weights.matrix(first.weight);
        let [shard] = &matrix.shards[..] else { return false };
        let constants = Constants {
            is_gated: true,
            is_gelu: activation == Activation::Gelu,
            ..Default::default()
        };
        let (n_rows, row_bytes) = (self.width(out), matrix.row_bytes);
        let (d_out, twin_bytes) = (n_rows, n_rows * row_bytes);
        let params = ShardParams { n_rows, d_out, twin_bytes, ..self.shard_params(first, shard) };
        self.push_few(first, shard, constants, params, &[out]);
        true
    }

    /// How products of few rows with this matrix are computed.
    fn flavour(&self, weight: WeightId) -> Flavour {
        let n_cols = self.plan.weights[weight.0].n_cols as u32;
        self.gpu.flavours().of_vectors(self.gpu, self.weights.matrix(weight), n_cols)
    }

    /// What a run with these operations reads in bytes, if it does.
    pub(super) fn wanted(&self, ops: &[Op]) -> Option<Rounded> {
        let is_in_bytes = |product: &Product| self.flavour(product.weight) == Flavour::Integer;
        let product = match *ops {
            [Op::Linear { input, weight, bias, out }, ..] => {
                Some(Product::new(input, weight, bias, out)).filter(is_in_bytes)
            }
            [Op::RmsNorm { input, weight, epsilon, .. }, ref rest @ ..] => {
                let norm = Norm { input, weight, epsilon };
                rest.iter().filter_map(|op| Product::of_norm(op, norm)).find(is_in_bytes)
            }
            _ => None,
        };
        product.map(|product| product.rounded())
    }

    /// The dispatches of a product, for these numbers of rows.
    pub(super) fn product(&mut self, product: &Product, rows: Rows) {
        let weights = self.weights;
        let matrix = weights.matrix(product.weight);
        let n_cols = self.width(product.input);
        let from = self.buffers[product.input.0].clone();
        let to = self.buffers[product.out.0].clone();
        let bias = self.bias(product);
        let many = self.gpu.flavours().of_matrices(self.gpu, matrix, n_cols);
        for shard in &matrix.shards {
            if rows == Rows::Any {
                let params = self.shard_params(product, shard);
                self.push_few(product, shard, Constants::default(), params, &[product.out]);
            }
            let params = self.shard_params(product, shard);
            let tiles = Work::Tiles(shard.n_rows, n_cols);
            let kernel = Kernel::MatMul(matrix.format, many);
            let buffers = [&shard.buffer, &from, &bias, &to];
            self.push_for(Rows::Many, kernel, tiles, &params.words(), &buffers);
        }
    }

    /// Parameters of a product with a shard of its matrix.
    fn shard_params(&self, product: &Product, shard: &Shard) -> ShardParams {
        let bias = product.bias.map(|id| self.weights.vector(id));
        ShardParams {
            n_cols: self.width(product.input),
            row_bytes: self.weights.matrix(product.weight).row_bytes,
            first_byte: shard.first_byte,
            first_row: shard.first_row,
            n_rows: shard.n_rows,
            d_out: self.width(product.out),
            has_bias: bias.is_some(),
            adds: product.adds,
            epsilon: product.norm.map_or(0.0, |norm| norm.epsilon),
            first_bias: bias.map_or(0, |bias| bias.first),
            ..Default::default()
        }
    }

    fn bias(&self, product: &Product) -> wgpu::Buffer {
        let bias = product.bias.map(|id| &self.weights.vector(id).buffer);
        bias.unwrap_or(&self.nothing).clone()
    }

    /// A dispatch for few rows with a shard of a matrix, and what lies together with it.
    fn push_few(
        &mut self,
        product: &Product,
        shard: &Shard,
        constants: Constants,
        params: ShardParams,
        outs: &[BufferId],
    ) {
        let weights = self.weights;
        let Matrix { format, shards, .. } = weights.matrix(product.weight);
        let flavour = self.flavour(product.weight);
        let variant = Variant {
            kernel: Kernel::MatVec(*format, flavour),
            constants: Constants { is_normed: product.norm.is_some(), ..constants },
        };
        let nothing = &self.nothing.clone();
        let bias = self.bias(product);
        let written = outs.iter().map(|out| self.buffers[out.0].clone());
        let written: Vec<wgpu::Buffer> = written.chain(self.nothing_written.clone()).collect();
        let [out, second, third, ..] = &written[..] else { return };
        let factors = |id: WeightId| &weights.vector(id).buffer;
        if flavour != Flavour::Integer {
            // Half of a workgroup's rows are twins if it is gated.
            let n_at_once = Kernel::MATVEC_ROWS / (1 + u32::from(constants.is_gated));
            let work = Work::Vectors(params.n_rows.div_ceil(n_at_once));
            let from = self.buffers[product.rounded().of.0].clone();
            let factors = product.norm.map_or(nothing, |norm| factors(norm.weight));
            let buffers = [&shard.buffer, &from, &bias, factors, out, second, third];
            self.push_for(Rows::Few, variant, work, &params.words(), &buffers);
            return;
        }
        let from = self.quantise(product.rounded());
        let work = Work::Vectors(params.n_rows.div_ceil(Kernel::MATVEC_INTEGER_ROWS));
        let can_round = outs.len() == 1
            && shards.iter().all(|s| s.first_row.is_multiple_of(Kernel::MATVEC_INTEGER_ROWS));
        let (rounded, made) = self.rounded_result(outs[0], |_| can_round);
        let next = made.and_then(|made| made.factors);
        let params = ShardParams { rounds: made.is_some(), has_factors: next.is_some(), ..params };
        let factors = next.map_or(nothing, factors);
        let buffers = [&shard.buffer, &from, &bias, factors, out, second, third, &rounded];
        self.push_for(Rows::Few, variant, work, &params.words(), &buffers);
    }

    /// Where products of bytes read these values, which are rounded if nobody did before.
    fn quantise(&mut self, values: Rounded) -> wgpu::Buffer {
        let (rounded, is_new) = self.rounded.read(values);
        if is_new {
            let n_cols = self.width(values.of);
            let from = self.buffers[values.of.0].clone();
            let nothing = &self.nothing.clone();
            let factors = values.factors.map_or(nothing, |id| &self.weights.vector(id).buffer);
            let constants = Constants { is_normed: values.factors.is_some(), ..Default::default() };
            let variant = Variant { kernel: Kernel::Quantise, constants };
            let work = Work::Items(n_cols.div_ceil(16));
            self.push_for(Rows::Few, variant, work, &[n_cols], &[factors, &from, &rounded]);
        }
        rounded
    }
}
