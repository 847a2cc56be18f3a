//! Spec → plan: the one place where a layer is put together, for every family.

use carrel_models as models;
use carrel_models::{FeedForward, Mixer, QueryKeyValue, RopeFactors, Spec, Window};

use super::check::WeightTable;
use crate::error::ModelError;
use crate::gguf::Gguf;
use crate::ops::{
    Activation, BufferId, BufferInfo, CacheGroup, CellContent, Op, Plan, RopeInfo, RopePairs,
    WeightId,
};

/// Builds the plan of a model for contexts of `n_ctx` tokens (which matters to longrope only).
///
/// # Errors
/// If a tensor is missing or has an unusable shape or type.
pub(super) fn build(spec: &Spec, file: &Gguf, n_ctx: u32) -> Result<Plan, ModelError> {
    let table = WeightTable::new(spec, file)?;
    let factors = spec
        .rope
        .factors(n_ctx, |factors| factors.tensor().is_some_and(|name| table.find(name).is_some()));
    let caches = cache_groups(spec);
    let mut builder = Builder {
        spec,
        table,
        ops: Vec::new(),
        buffers: Vec::new(),
        ropes: Vec::new(),
        global_factors: factors,
    };
    let hidden = builder.buffer("hidden", spec.d_model);
    let table_weight = builder.table.get("token_embd.weight")?;
    builder.ops.push(Op::Embed { table: table_weight, scale: spec.embedding_scale, out: hidden });
    let mut layer_rope = Vec::with_capacity(spec.mixers.len());
    for (layer, mixer) in (0..).zip(&spec.mixers) {
        let rope = match *mixer {
            Mixer::Attention(window) => spec.uses_rope(layer).then(|| builder.rope(window)),
            Mixer::ShortConvolution => None,
        };
        builder.layer(layer, hidden, *mixer, rope)?;
        layer_rope.push(rope);
    }
    let logits = builder.output(hidden, table_weight)?;
    Ok(Plan {
        ops: builder.ops,
        buffers: builder.buffers,
        weights: builder.table.weights,
        ropes: builder.ropes,
        layer_rope,
        caches,
        logits,
        n_head: spec.n_head,
        n_head_kv: spec.n_head_kv,
        d_head: spec.d_head,
        n_vocab: spec.n_vocab,
    })
}

/// Layers that keep the same of the same tokens share the cells of a cache.
fn cache_groups(spec: &Spec) -> Vec<CacheGroup> {
    let mut groups: Vec<CacheGroup> = Vec::new();
    for (layer, mixer) in (0..).zip(&spec.mixers) {
        let (content, window) = match *mixer {
            Mixer::Attention(Window::Global) => (CellContent::KeysValues, None),
            Mixer::Attention(Window::Last(width)) => (CellContent::KeysValues, Some(width)),
            Mixer::ShortConvolution => (CellContent::Inputs(spec.d_model), Some(spec.n_convolved)),
        };
        let is_same = |group: &CacheGroup| (group.content, group.window) == (content, window);
        match groups.iter_mut().find(|group| is_same(group)) {
            Some(group) => group.layers.push(layer),
            None => groups.push(CacheGroup { content, window, layers: vec![layer] }),
        }
    }
    groups
}

/// A plan under construction.
struct Builder<'a> {
    spec: &'a Spec,
    table: WeightTable,
    ops: Vec<Op>,
    buffers: Vec<BufferInfo>,
    ropes: Vec<RopeInfo>,
    global_factors: RopeFactors,
}

impl Builder<'_> {
    /// The buffer of this name, which keeps its width in all layers.
    fn buffer(&mut self, name: &'static str, width: u32) -> BufferId {
        let existing = self.buffers.iter().position(|buffer| buffer.name == name);
        BufferId(existing.unwrap_or_else(|| {
            self.buffers.push(BufferInfo { name, width });
            self.buffers.len() - 1
        }))
    }

    fn rope(&mut self, window: Window) -> usize {
        let rope = &self.spec.rope;
        // Layers with a window of their own base are never stretched.
        let is_local = window != Window::Global
            && matches!(self.spec.family.window, models::WindowRule::Alternating { .. });
        let (extrapolation, beta_fast, beta_slow) = rope.yarn();
        let info = RopeInfo {
            pairs: match rope.pairs {
                models::RopePairs::Adjacent => RopePairs::Adjacent,
                models::RopePairs::Halves => RopePairs::Halves,
            },
            d_rot: rope.d_rot,
            base: if is_local { rope.local_base } else { rope.base },
            frequency_scale: if is_local { 1.0 } else { rope.frequency_scale },
            extrapolation,
            beta_fast,
            beta_slow,
            n_ctx_original: rope.n_ctx_original,
            magnitude: rope.magnitude,
            factors: self.global_factors.tensor().and_then(|name| self.table.find(name)),
        };
        let existing = self.ropes.iter().position(|known| *known == info);
        existing.unwrap_or_else(|| {
            self.ropes.push(info);
            self.ropes.len() - 1
        })
    }

    /// A weight of a layer that is there by the check of the file.
    fn weight(&self, layer: u32, name: &str) -> Result<WeightId, ModelError> {
        self.table.get(&format!("blk.{layer}.{name}.weight"))
    }

    fn bias(&self, layer: u32, name: &str) -> Option<WeightId> {
        self.table.find(&format!("blk.{layer}.{name}.bias"))
    }

    fn norm(&mut self, input: BufferId, weight: WeightId, out: BufferId) {
        let epsilon = self.spec.norm_epsilon;
        self.ops.push(Op::RmsNorm { input, weight, epsilon, out });
    }

    fn linear(
        &mut self,
        layer: u32,
        name: &str,
        input: BufferId,
        out: BufferId,
    ) -> Result<(), ModelError> {
        let weight = self.weight(layer, name)?;
        let bias = self.bias(layer, name);
        self.ops.push(Op::Linear { input, weight, bias, out });
        Ok(())
    }

    fn layer(
        &mut self,
        layer: u32,
        hidden: BufferId,
        mixer: Mixer,
        rope: Option<usize>,
    ) -> Result<(), ModelError> {
        let normed = self.buffer("normed", self.spec.d_model);
        let weight = self.weight(layer, "attn_norm")?;
        self.norm(hidden, weight, normed);
        let mixed = match mixer {
            Mixer::Attention(_) => self.attention(layer, normed, rope)?,
            Mixer::ShortConvolution => self.short_convolution(layer, normed)?,
        };
        if layer + 1 == self.spec.n_layer {
            self.ops.push(Op::SelectRows { buffer: mixed });
            self.ops.push(Op::SelectRows { buffer: hidden });
        }
        self.add_to_hidden(layer, "post_attention_norm", mixed, hidden)?;

        let weight = self.weight(layer, "ffn_norm")?;
        self.norm(hidden, weight, normed);
        let output = self.feed_forward(layer, normed)?;
        self.add_to_hidden(layer, "post_ffw_norm", output, hidden)
    }

    /// Queries, keys, values, cache, attention and the output matrix.
    fn attention(
        &mut self,
        layer: u32,
        normed: BufferId,
        rope: Option<usize>,
    ) -> Result<BufferId, ModelError> {
        let d_queries = self.spec.n_head * self.spec.d_head;
        let d_keys = self.spec.n_head_kv * self.spec.d_head;
        let queries = self.buffer("queries", d_queries);
        let keys = self.buffer("keys", d_keys);
        let values = self.buffer("values", d_keys);
        match self.spec.family.qkv {
            QueryKeyValue::Separate => {
                self.linear(layer, "attn_q", normed, queries)?;
                self.linear(layer, "attn_k", normed, keys)?;
                self.linear(layer, "attn_v", normed, values)?;
            }
            QueryKeyValue::Fused => {
                let fused = self.buffer("queries_keys_values", d_queries + 2 * d_keys);
                self.linear(layer, "attn_qkv", normed, fused)?;
                for (first, out) in [(0, queries), (d_queries, keys), (d_queries + d_keys, values)]
                {
                    self.ops.push(Op::Slice { input: fused, first, out });
                }
            }
        }
        if self.spec.family.query_key_norm {
            for (name, buffer) in [("attn_q_norm", queries), ("attn_k_norm", keys)] {
                let weight = self.weight(layer, name)?;
                self.norm(buffer, weight, buffer);
            }
        }
        if let Some(rope) = rope {
            self.ops.push(Op::Rope { buffer: queries, rope });
            self.ops.push(Op::Rope { buffer: keys, rope });
        }
        self.ops.push(Op::StoreKeysValues { layer, keys, values });
        let attended = self.buffer("attended", d_queries);
        let scale = self.spec.attention_scale;
        self.ops.push(Op::Attend { layer, queries, scale, out: attended });
        let mixed = self.buffer("mixed", self.spec.d_model);
        self.linear(layer, "attn_output", attended, mixed)?;
        Ok(mixed)
    }

    /// Two gates and an input, the convolution, and the output matrix.
    fn short_convolution(&mut self, layer: u32, normed: BufferId) -> Result<BufferId, ModelError> {
        let d_model = self.spec.d_model;
        let input = self.buffer("gates_and_input", 3 * d_model);
        self.linear(layer, "shortconv.in_proj", normed, input)?;
        let kernel = self.weight(layer, "shortconv.conv")?;
        let convolved = self.buffer("convolved", d_model);
        self.ops.push(Op::ShortConv { layer, input, kernel, out: convolved });
        let mixed = self.buffer("mixed", d_model);
        self.linear(layer, "shortconv.out_proj", convolved, mixed)?;
        Ok(mixed)
    }

    fn feed_forward(&mut self, layer: u32, normed: BufferId) -> Result<BufferId, ModelError> {
        let d_ff = self.spec.d_ff;
        let activation = match self.spec.family.activation {
            models::Activation::Silu => Activation::Silu,
            models::Activation::Gelu => Activation::Gelu,
        };
        let gated = self.buffer("gated", d_ff);
        match self.spec.family.feed_forward {
            FeedForward::Gated => {
                let gate = self.buffer("gate", d_ff);
                let up = self.buffer("up", d_ff);
                self.linear(layer, "ffn_gate", normed, gate)?;
                self.linear(layer, "ffn_up", normed, up)?;
                self.ops.push(Op::Gate { gate, up, activation, out: gated });
            }
            FeedForward::FusedGated => {
                let both = self.buffer("gate_up", 2 * d_ff);
                self.linear(layer, "ffn_up", normed, both)?;
                self.ops.push(Op::GateHalves { input: both, activation, out: gated });
            }
        }
        let output = self.buffer("output", self.spec.d_model);
        self.linear(layer, "ffn_down", gated, output)?;
        Ok(output)
    }

    /// Adds a branch to the residual stream, normalised first where the family does so.
    fn add_to_hidden(
        &mut self,
        layer: u32,
        post_norm: &str,
        branch: BufferId,
        hidden: BufferId,
    ) -> Result<(), ModelError> {
        if self.spec.family.post_norms {
            let weight = self.weight(layer, post_norm)?;
            self.norm(branch, weight, branch);
        }
        self.ops.push(Op::Add { a: branch, b: hidden, out: hidden });
        Ok(())
    }

    /// Final norm and the product with the output matrix, which is the embedding table where the
    /// file has no other.
    fn output(&mut self, hidden: BufferId, embeddings: WeightId) -> Result<BufferId, ModelError> {
        let normed = self.buffer("normed", self.spec.d_model);
        let weight = self.table.get(&format!("{}.weight", self.spec.family.output_norm))?;
        self.norm(hidden, weight, normed);
        let logits = self.buffer("logits", self.spec.n_vocab);
        let matrix = self.table.find("output.weight").unwrap_or(embeddings);
        let bias = self.table.find("output.bias");
        self.ops.push(Op::Linear { input: normed, weight: matrix, bias, out: logits });
        if self.spec.logit_cap > 0.0 {
            self.ops.push(Op::Cap { buffer: logits, cap: self.spec.logit_cap });
        }
        Ok(logits)
    }
}
