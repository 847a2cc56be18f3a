//! Phi-3: Phi-3 and Phi-3.5 mini.
//!
//! Source: <https://arxiv.org/abs/2404.14219>

use crate::family::{
    Activation, Dim, EmbeddingScale, Family, FeedForward, MixerRule, QueryKeyValue, RopePairs,
    WindowRule, optional, required,
};

/// The description of the family.
pub static PHI3: Family = Family {
    name: "Phi-3",
    architecture: "phi3",
    models: "Phi-3 and Phi-3.5 mini",
    source: "https://arxiv.org/abs/2404.14219",
    rope_pairs: RopePairs::Halves,
    no_rope_step: None,
    qkv: QueryKeyValue::Fused,
    query_key_norm: false,
    post_norms: false,
    feed_forward: FeedForward::FusedGated,
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
        optional("rope_factors_long.weight", &[Dim::RopeHalf]),
        optional("rope_factors_short.weight", &[Dim::RopeHalf]),
        required("blk.{}.attn_norm.weight", &[Dim::Model]),
        required("blk.{}.attn_qkv.weight", &[Dim::QueriesKeysValues, Dim::Model]),
        optional("blk.{}.attn_qkv.bias", &[Dim::QueriesKeysValues]),
        required("blk.{}.attn_output.weight", &[Dim::Model, Dim::Queries]),
        required("blk.{}.ffn_norm.weight", &[Dim::Model]),
        required("blk.{}.ffn_up.weight", &[Dim::FeedForwardTwice, Dim::Model]),
        required("blk.{}.ffn_down.weight", &[Dim::Model, Dim::FeedForward]),
    ],
};
