//! Qwen3: Qwen3 dense models.
//!
//! Source: <https://arxiv.org/abs/2505.09388>

use crate::family::{
    Activation, Dim, EmbeddingScale, Family, FeedForward, MixerRule, QueryKeyValue, RopePairs,
    WindowRule, optional, required,
};

/// The description of the family.
pub static QWEN3: Family = Family {
    name: "Qwen3",
    architecture: "qwen3",
    models: "Qwen3 dense models",
    source: "https://arxiv.org/abs/2505.09388",
    rope_pairs: RopePairs::Halves,
    no_rope_step: None,
    qkv: QueryKeyValue::Separate,
    query_key_norm: true,
    post_norms: false,
    feed_forward: FeedForward::Gated,
    activation: Activation::Silu,
    embedding_scale: EmbeddingScale::One,
    window: WindowRule::Never,
    model_width_scale_at_layers: None,
    mixers: MixerRule::Attention,
    output_norm: "output_norm",
    tensors: &[
        required("token_embd.weight", &[Dim::Vocab, Dim::Model]),
        required("output_norm.weight", &[Dim::Model]),
        optional("output.weight", &[Dim::Vocab, Dim::Model]),
        required("blk.{}.attn_norm.weight", &[Dim::Model]),
        required("blk.{}.attn_q.weight", &[Dim::Queries, Dim::Model]),
        required("blk.{}.attn_k.weight", &[Dim::Keys, Dim::Model]),
        required("blk.{}.attn_v.weight", &[Dim::Keys, Dim::Model]),
        optional("blk.{}.attn_q.bias", &[Dim::Queries]),
        optional("blk.{}.attn_k.bias", &[Dim::Keys]),
        optional("blk.{}.attn_v.bias", &[Dim::Keys]),
        required("blk.{}.attn_q_norm.weight", &[Dim::Head]),
        required("blk.{}.attn_k_norm.weight", &[Dim::Head]),
        required("blk.{}.attn_output.weight", &[Dim::Model, Dim::Queries]),
        required("blk.{}.ffn_norm.weight", &[Dim::Model]),
        required("blk.{}.ffn_gate.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_up.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_down.weight", &[Dim::Model, Dim::FeedForward]),
    ],
};
