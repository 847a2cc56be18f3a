//! Runs of operations that a backend may compute in one step, because nobody else looks at what lies
//! between them.
//!
//! ```text
//! NormedProducts   RmsNorm, then Linear on its result, once or more
//! GatedProducts    the same with two products and the Gate that takes both, or with one and GateHalves
//! SlicedProduct    the same with one, and Slices that cut all of it
//! StoredProducts   NormedProducts of queries, keys and values, then TurnedStore of those
//! AddedProduct     Linear, then Add of its result to a buffer
//! NormedSum        RmsNorm in place, then Add of its result to a buffer
//! TurnedStore      Rope of queries, Rope of keys, StoreKeysValues of these keys; before them perhaps an
//!                  RmsNorm of both, by head and in place
//! ```
//! A fused run computes what its operations compute one after the other, but for the buffers between
//! them, which it may leave as they were: so the plain loops over the plan are its reference.

use std::ops::Range;

use super::plan::{BufferId, Op, Plan, WeightId};

/// What a run of operations is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fusion {
    /// One operation.
    Alone,
    /// A norm and the products of its result.
    NormedProducts,
    /// A norm, two products of its result, or one for both, and their gate.
    GatedProducts,
    /// A norm, a product of its result, and the parts that it is cut into.
    SlicedProduct,
    /// A norm, the products of its result that are queries, keys and values, and the store of those.
    StoredProducts,
    /// A product that is added to a buffer in place.
    AddedProduct,
    /// The norm of a buffer that is added to another one in place.
    NormedSum,
    /// Queries and keys turned, and normed before if it is five operations; keys and values stored.
    TurnedStore,
}

/// A run of operations of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What it is.
    pub fusion: Fusion,
    /// Its operations, as indices into [`Plan::ops`].
    pub ops: Range<usize>,
}

impl Op {
    /// The buffers that the operation reads.
    pub fn read(&self) -> [Option<BufferId>; 2] {
        match *self {
            Self::Embed { .. } => [None, None],
            Self::RmsNorm { input, .. }
            | Self::Linear { input, .. }
            | Self::Slice { input, .. }
            | Self::ShortConv { input, .. }
            | Self::GateHalves { input, .. } => [Some(input), None],
            Self::Rope { buffer, .. } | Self::SelectRows { buffer } | Self::Cap { buffer, .. } => {
                [Some(buffer), None]
            }
            Self::Attend { queries, .. } => [Some(queries), None],
            Self::StoreKeysValues { keys, values, .. } => [Some(keys), Some(values)],
            Self::Gate { gate, up, .. } => [Some(gate), Some(up)],
            Self::Add { a, b, .. } => [Some(a), Some(b)],
        }
    }

    /// The weights that the operation uses.
    pub fn weights(&self) -> impl Iterator<Item = WeightId> + use<> {
        let used = match *self {
            Self::Embed { table: weight, .. }
            | Self::RmsNorm { weight, .. }
            | Self::ShortConv { kernel: weight, .. } => [Some(weight), None],
            Self::Linear { weight, bias, .. } => [Some(weight), bias],
            _ => [None, None],
        };
        used.into_iter().flatten()
    }

    /// The layer whose cache the operation writes to, if it writes to one.
    pub fn stores(&self) -> Option<u32> {
        match *self {
            Self::StoreKeysValues { layer, .. } | Self::ShortConv { layer, .. } => Some(layer),
            _ => None,
        }
    }

    /// The buffer that the operation writes anew; none if it changes one in place.
    pub fn written(&self) -> Option<BufferId> {
        match *self {
            Self::Embed { out, .. }
            | Self::RmsNorm { out, .. }
            | Self::Linear { out, .. }
            | Self::Slice { out, .. }
            | Self::Attend { out, .. }
            | Self::ShortConv { out, .. }
            | Self::Gate { out, .. }
            | Self::GateHalves { out, .. }
            | Self::Add { out, .. } => Some(out),
            Self::Rope { .. }
            | Self::StoreKeysValues { .. }
            | Self::SelectRows { .. }
            | Self::Cap { .. } => None,
        }
    }
}

impl Plan {
    /// The operations cut into runs, in order.
    pub fn fused(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut first = 0;
        while first < self.ops.len() {
            let (fusion, n_ops) = self.run_at(first);
            runs.push(Run { fusion, ops: first..first + n_ops });
            first += n_ops;
        }
        runs
    }

    /// The run that begins with this operation, and its length.
    fn run_at(&self, first: usize) -> (Fusion, usize) {
        let ops = &self.ops[first..];
        let is_unseen = |buffer, n_ops| self.is_unseen(buffer, first + n_ops);
        match *ops {
            [Op::RmsNorm { input: normed, out, .. }, ..] if normed != out => {
                // Each product computes the norm anew, so none may replace what it is computed from.
                let is_product = |op: &Op| match *op {
                    Op::Linear { input, out: to, .. } => input == out && to != out && to != normed,
                    _ => false,
                };
                let n_products = ops[1..].iter().take_while(|op| is_product(op)).count();
                let n_ops = 1 + n_products;
                if n_products == 2
                    && self.is_gate(&ops[1..], normed, first + 4)
                    && is_unseen(out, 4)
                {
                    (Fusion::GatedProducts, 4)
                } else if n_products == 1
                    && self.is_gate_of_halves(&ops[1..], normed, first + 3)
                    && is_unseen(out, 3)
                {
                    (Fusion::GatedProducts, 3)
                } else if n_products == 1
                    && let Some(n_slices) = self.n_slices(&ops[1..], [normed, out], first + 2)
                    && is_unseen(out, 2 + n_slices)
                {
                    (Fusion::SlicedProduct, 2 + n_slices)
                } else if n_products == 3
                    && self.stores_products(&ops[1..], first + 4)
                    && is_unseen(out, 7)
                {
                    (Fusion::StoredProducts, 7)
                } else if n_products > 0 && is_unseen(out, n_ops) {
                    (Fusion::NormedProducts, n_ops)
                } else {
                    (Fusion::Alone, 1)
                }
            }
            [Op::Linear { input, out: product, .. }, Op::Add { a, b, out }, ..]
                if [(a, b), (b, a)].contains(&(product, out))
                    && product != out
                    && input != out
                    && is_unseen(product, 2) =>
            {
                (Fusion::AddedProduct, 2)
            }
            [Op::RmsNorm { input, weight, out: normed, .. }, Op::Add { a, b, out }, ..]
                if input == normed
                    && normed != out
                    && [(a, b), (b, a)].contains(&(normed, out))
                    && self.weights[weight.0].n_cols == u64::from(self.buffers[out.0].width)
                    && is_unseen(normed, 2) =>
            {
                (Fusion::NormedSum, 2)
            }
            [Op::RmsNorm { epsilon, .. }, Op::RmsNorm { epsilon: same, .. }, ..]
                if epsilon == same
                    && self.turned_store(first + 2).is_some_and(|(queries, keys)| {
                        self.norms_heads(&ops[0], queries) && self.norms_heads(&ops[1], keys)
                    }) =>
            {
                (Fusion::TurnedStore, 5)
            }
            [Op::Rope { .. }, ..] if self.turned_store(first).is_some() => (Fusion::TurnedStore, 3),
            _ => (Fusion::Alone, 1),
        }
    }

    /// Whether three products are queries, keys and values, those that a turned store which begins at
    /// `store` turns and stores, and that nobody reads values after that.
    fn stores_products(&self, products: &[Op], store: usize) -> bool {
        let [
            Op::Linear { out: queries, .. },
            Op::Linear { out: keys, .. },
            Op::Linear { out: values, .. },
            _,
            _,
            Op::StoreKeysValues { values: stored, .. },
            ..,
        ] = *products
        else {
            return false;
        };
        self.turned_store(store) == Some((queries, keys))
            && stored == values
            && self.is_unseen(values, store + 3)
    }

    /// Queries and keys, if those that begin with this operation turn them and store the keys, which
    /// nobody reads after that.
    fn turned_store(&self, first: usize) -> Option<(BufferId, BufferId)> {
        let [
            Op::Rope { buffer: queries, rope },
            Op::Rope { buffer: turned, rope: same },
            Op::StoreKeysValues { keys, values, .. },
            ..,
        ] = self.ops[first..]
        else {
            return None;
        };
        let is_one = turned == keys && rope == same;
        let are_apart = queries != keys && queries != values && values != keys;
        (is_one && are_apart && self.is_unseen(keys, first + 3)).then_some((queries, keys))
    }

    /// Whether the operation norms every head of the buffer in place.
    fn norms_heads(&self, op: &Op, buffer: BufferId) -> bool {
        let Op::RmsNorm { input, weight, out, .. } = *op else { return false };
        let n_cols = self.weights[weight.0].n_cols;
        input == buffer && out == buffer && n_cols == u64::from(self.d_head)
    }

    /// Whether two products without biases and the gate of both follow, and the gate leaves `normed`
    /// alone.
    fn is_gate(&self, ops: &[Op], normed: BufferId, after: usize) -> bool {
        let [
            Op::Linear { weight: first, bias: None, out: a, .. },
            Op::Linear { weight: second, bias: None, out: b, .. },
            Op::Gate { gate, up, out, .. },
            ..,
        ] = *ops
        else {
            return false;
        };
        let shape = |id: WeightId| {
            let weight = &self.weights[id.0];
            (weight.tensor_type, weight.n_rows, weight.n_cols)
        };
        (a, b) == (gate, up)
            && a != b
            && out != normed
            && shape(first) == shape(second)
            && [a, b].into_iter().all(|buffer| buffer != out && self.is_unseen(buffer, after))
    }

    /// Whether a product without bias and the gate of its halves follow, and the gate leaves `normed`
    /// alone.
    fn is_gate_of_halves(&self, ops: &[Op], normed: BufferId, after: usize) -> bool {
        let [Op::Linear { bias: None, out: both, .. }, Op::GateHalves { input, out, .. }, ..] =
            *ops
        else {
            return false;
        };
        both == input && out != both && out != normed && self.is_unseen(both, after)
    }

    /// How many slices follow a product and cut all of its result, from the first column on, into other
    /// buffers than these.
    fn n_slices(&self, ops: &[Op], others: [BufferId; 2], after: usize) -> Option<usize> {
        let [Op::Linear { out: whole, .. }, ref rest @ ..] = *ops else { return None };
        let mut written = vec![others[0], others[1], whole];
        let mut width = 0;
        for op in rest {
            match *op {
                Op::Slice { input, first, out }
                    if input == whole && first == width && !written.contains(&out) =>
                {
                    width += self.buffers[out.0].width;
                    written.push(out);
                }
                _ => break,
            }
        }
        let n_slices = written.len() - 3;
        let is_all = n_slices > 0 && width == self.buffers[whole.0].width;
        (is_all && self.is_unseen(whole, after + n_slices)).then_some(n_slices)
    }

    /// Whether no operation from this one on reads what the buffer holds now.
    fn is_unseen(&self, buffer: BufferId, first: usize) -> bool {
        for op in &self.ops[first..] {
            if op.read().contains(&Some(buffer)) {
                return false;
            }
            if op.written() == Some(buffer) {
                return true;
            }
        }
        buffer != self.logits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{Activation, BufferInfo, CacheGroup, CellContent, WeightId, WeightInfo};
    use crate::quant::TensorType;

    const HIDDEN: BufferId = BufferId(0);
    const NORMED: BufferId = BufferId(1);
    const A: BufferId = BufferId(2);
    const B: BufferId = BufferId(3);
    const C: BufferId = BufferId(4);

    fn plan(ops: Vec<Op>) -> Plan {
        let weight = WeightInfo {
            name: "weight".into(),
            tensor_type: TensorType::F32,
            n_rows: 4,
            n_cols: 4,
            start: 0,
            n_bytes: 64,
        };
        Plan {
            ops,
            buffers: vec![BufferInfo { name: "buffer", width: 4 }; 5],
            weights: vec![weight; 2],
            ropes: Vec::new(),
            layer_rope: vec![Some(0)],
            caches: vec![CacheGroup {
                content: CellContent::KeysValues,
                window: None,
                layers: vec![0],
            }],
            logits: HIDDEN,
            n_head: 1,
            n_head_kv: 1,
            d_head: 4,
            n_vocab: 4,
        }
    }

    fn norm(input: BufferId, out: BufferId) -> Op {
        Op::RmsNorm { input, weight: WeightId(0), epsilon: 1e-5, out }
    }

    fn linear(input: BufferId, out: BufferId) -> Op {
        Op::Linear { input, weight: WeightId(1), bias: None, out }
    }

    fn fusions(ops: Vec<Op>) -> Vec<(Fusion, usize)> {
        let runs = plan(ops).fused();
        runs.into_iter().map(|run| (run.fusion, run.ops.len())).collect()
    }

    #[test]
    fn a_layer_is_cut_into_its_runs() {
        let ops = vec![
            norm(HIDDEN, NORMED),
            linear(NORMED, A),
            linear(NORMED, B),
            linear(NORMED, C),
            Op::Rope { buffer: A, rope: 0 },
            Op::Rope { buffer: B, rope: 0 },
            Op::StoreKeysValues { layer: 0, keys: B, values: C },
            Op::Attend { layer: 0, queries: A, scale: 1.0, out: C },
            linear(C, A),
            Op::Add { a: A, b: HIDDEN, out: HIDDEN },
            norm(HIDDEN, NORMED),
            linear(NORMED, A),
            linear(NORMED, B),
            Op::Gate { gate: A, up: B, activation: Activation::Silu, out: C },
            linear(C, A),
            Op::Add { a: HIDDEN, b: A, out: HIDDEN },
        ];
        let expected = [
            (Fusion::StoredProducts, 7),
            (Fusion::Alone, 1),
            (Fusion::AddedProduct, 2),
            (Fusion::GatedProducts, 4),
            (Fusion::AddedProduct, 2),
        ];
        assert_eq!(fusions(ops), expected);
    }

    #[test]
    fn a_norm_may_be_added_to_another_buffer() {
        let add = Op::Add { a: A, b: HIDDEN, out: HIDDEN };
        assert_eq!(fusions(vec![norm(A, A), add.clone()]), [(Fusion::NormedSum, 2)]);
        // The norm is read again.
        let again = vec![norm(A, A), add, Op::Add { a: A, b: B, out: HIDDEN }];
        assert_eq!(fusions(again), [(Fusion::Alone, 1); 3]);
    }

    #[test]
    fn one_product_may_be_for_several_buffers() {
        let slice = |first, out| Op::Slice { input: A, first, out };
        let whole = vec![norm(HIDDEN, NORMED), linear(NORMED, A), slice(0, B)];
        assert_eq!(fusions(whole), [(Fusion::SlicedProduct, 3)]);
        // A slice that is not the first, or does not reach to the end.
        let last = vec![norm(HIDDEN, NORMED), linear(NORMED, A), slice(2, B)];
        assert_eq!(fusions(last), [(Fusion::NormedProducts, 2), (Fusion::Alone, 1)]);
        let gate = Op::GateHalves { input: A, activation: Activation::Silu, out: B };
        let gated = vec![norm(HIDDEN, NORMED), linear(NORMED, A), gate.clone()];
        assert_eq!(fusions(gated), [(Fusion::GatedProducts, 3)]);
        // Both halves are read again.
        let again = Op::Add { a: A, b: B, out: HIDDEN };
        let gated = vec![norm(HIDDEN, NORMED), linear(NORMED, A), gate, again];
        let expected = [(Fusion::NormedProducts, 2), (Fusion::Alone, 1), (Fusion::Alone, 1)];
        assert_eq!(fusions(gated), expected);
    }

    #[test]
    fn norms_of_heads_belong_to_the_store() {
        let ops = vec![
            norm(A, A),
            norm(B, B),
            Op::Rope { buffer: A, rope: 0 },
            Op::Rope { buffer: B, rope: 0 },
            Op::StoreKeysValues { layer: 0, keys: B, values: C },
        ];
        assert_eq!(fusions(ops.clone()), [(Fusion::TurnedStore, 5)]);
        // Norms of other buffers, or of one of both, do not.
        let others = [norm(C, C)].into_iter().chain(ops[1..].to_vec()).collect();
        let expected = [(Fusion::Alone, 1), (Fusion::Alone, 1), (Fusion::TurnedStore, 3)];
        assert_eq!(fusions(others), expected);
        assert_eq!(fusions(ops[1..].to_vec()), expected[1..]);
    }

    #[test]
    fn what_others_read_is_not_fused_away() {
        // The norm's result is added to the products of it.
        let ops =
            vec![norm(HIDDEN, NORMED), linear(NORMED, A), Op::Add { a: A, b: NORMED, out: HIDDEN }];
        assert_eq!(fusions(ops), [(Fusion::Alone, 1); 3]);
        // The product is read again after it was added.
        let ops = vec![
            linear(NORMED, A),
            Op::Add { a: A, b: HIDDEN, out: HIDDEN },
            Op::Add { a: A, b: HIDDEN, out: HIDDEN },
        ];
        assert_eq!(fusions(ops), [(Fusion::Alone, 1); 3]);
        // The turned keys are read after they were stored.
        let ops = vec![
            Op::Rope { buffer: A, rope: 0 },
            Op::Rope { buffer: B, rope: 0 },
            Op::StoreKeysValues { layer: 0, keys: B, values: C },
            Op::Add { a: A, b: B, out: HIDDEN },
        ];
        assert_eq!(fusions(ops), [(Fusion::Alone, 1); 4]);
        // The values are read after they were stored.
        let ops = vec![
            norm(HIDDEN, NORMED),
            linear(NORMED, A),
            linear(NORMED, B),
            linear(NORMED, C),
            Op::Rope { buffer: A, rope: 0 },
            Op::Rope { buffer: B, rope: 0 },
            Op::StoreKeysValues { layer: 0, keys: B, values: C },
            Op::Add { a: A, b: C, out: HIDDEN },
        ];
        let expected = [(Fusion::NormedProducts, 4), (Fusion::TurnedStore, 3), (Fusion::Alone, 1)];
        assert_eq!(fusions(ops), expected);
        // A product that replaces what the norm is computed from.
        let ops = vec![norm(HIDDEN, NORMED), linear(NORMED, HIDDEN), linear(NORMED, A)];
        assert_eq!(fusions(ops), [(Fusion::Alone, 1); 3]);
        // A gate whose halves are swapped is another gate; the norm and products stay together.
        let ops = vec![
            norm(HIDDEN, NORMED),
            linear(NORMED, A),
            linear(NORMED, B),
            Op::Gate { gate: B, up: A, activation: Activation::Silu, out: HIDDEN },
        ];
        assert_eq!(fusions(ops), [(Fusion::NormedProducts, 3), (Fusion::Alone, 1)]);
    }
}
