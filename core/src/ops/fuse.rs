//! Runs of operations that a backend may compute in one step, because nobody else looks at what lies
//! between them.
//!
//! ```text
//! NormedProducts   RmsNorm, then Linear on its result, once or more
//! GatedProducts    the same with two products, and the Gate that takes both
//! AddedProduct     Linear, then Add of its result to a buffer
//! TurnedStore      Rope of queries, Rope of keys, StoreKeysValues of these keys
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
    /// A norm, two products of its result, and their gate.
    GatedProducts,
    /// A product that is added to a buffer in place.
    AddedProduct,
    /// Queries and keys turned, keys and values stored.
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
            [
                Op::Rope { buffer: queries, rope },
                Op::Rope { buffer: turned, rope: same },
                Op::StoreKeysValues { keys, values, .. },
                ..,
            ] if turned == keys && rope == same && queries != keys && queries != values => {
                let keys_are_unseen = values != keys && is_unseen(keys, 3);
                if keys_are_unseen { (Fusion::TurnedStore, 3) } else { (Fusion::Alone, 1) }
            }
            _ => (Fusion::Alone, 1),
        }
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
            (Fusion::NormedProducts, 4),
            (Fusion::TurnedStore, 3),
            (Fusion::Alone, 1),
            (Fusion::AddedProduct, 2),
            (Fusion::GatedProducts, 4),
            (Fusion::AddedProduct, 2),
        ];
        assert_eq!(fusions(ops), expected);
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
