//! A plan as text, one operation a line, for `carrel inspect` and for reading along.

use std::fmt;

use super::plan::{BufferId, Op, Plan, WeightId};

impl Plan {
    fn buffer(&self, id: BufferId) -> String {
        let info = &self.buffers[id.0];
        format!("{}[{}]", info.name, info.width)
    }

    fn weight(&self, id: WeightId) -> String {
        let info = &self.weights[id.0];
        format!("{} {}[{}, {}]", info.name, info.tensor_type, info.n_rows, info.n_cols)
    }

    /// One operation as a line of text.
    pub fn describe(&self, op: &Op) -> String {
        let buffer = |id: &BufferId| self.buffer(*id);
        let weight = |id: &WeightId| self.weight(*id);
        match op {
            Op::Embed { table, scale, out } => {
                format!("{} = embed({}) · {scale}", buffer(out), weight(table))
            }
            Op::RmsNorm { input, weight: factors, out, .. } => {
                format!("{} = rms_norm({}) · {}", buffer(out), buffer(input), weight(factors))
            }
            Op::Linear { input, weight: matrix, bias, out } => {
                let bias = bias.map_or(String::new(), |id| format!(" + {}", self.weight(id)));
                format!("{} = {} · {}{bias}", buffer(out), buffer(input), weight(matrix))
            }
            Op::Slice { input, first, out } => {
                format!("{} = {} from column {first}", buffer(out), buffer(input))
            }
            Op::Rope { buffer: id, rope } => {
                let info = &self.ropes[*rope];
                format!("{} = rope(base {}, {:?} pairs)", buffer(id), info.base, info.pairs)
            }
            Op::StoreKeysValues { layer, keys, values } => {
                format!("cache[{layer}] = {}, {}", buffer(keys), buffer(values))
            }
            Op::Attend { layer, queries, scale, out } => {
                let reach = match self.caches[self.cache_of(*layer)].window {
                    Some(window) => format!("last {window} tokens"),
                    None => "all tokens".to_owned(),
                };
                let (to, from) = (buffer(out), buffer(queries));
                format!("{to} = attend({from}, cache[{layer}], {reach}, scale {scale:.4})")
            }
            Op::ShortConv { layer, input, kernel, out } => {
                let (to, from) = (buffer(out), buffer(input));
                format!("{to} = short_conv({from}, cache[{layer}]) · {}", weight(kernel))
            }
            Op::Gate { gate, up, activation, out } => {
                format!("{} = {activation:?}({}) · {}", buffer(out), buffer(gate), buffer(up))
            }
            Op::GateHalves { input, activation, out } => {
                format!(
                    "{} = {activation:?}(first half) · second half of {}",
                    buffer(out),
                    buffer(input)
                )
            }
            Op::Add { a, b, out } => {
                format!("{} = {} + {}", buffer(out), buffer(a), buffer(b))
            }
            Op::SelectRows { buffer: id } => {
                format!("{} = only the rows whose logits are wanted", buffer(id))
            }
            Op::Cap { buffer: id, cap } => format!("{} = {cap} · tanh(· / {cap})", buffer(id)),
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for op in &self.ops {
            writeln!(formatter, "{}", self.describe(op))?;
        }
        Ok(())
    }
}
