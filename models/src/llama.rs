//! Llama: Llama 2 and 3.x, SmolLM2, InternLM3, Mistral with its window.
//!
//! Source: <https://arxiv.org/abs/2302.13971>

use crate::family::{
    Activation, Dim, EmbeddingScale, Family, FeedForward, MixerRule, QueryKeyValue, RopePairs,
    WindowRule, optional, required,
};

/// The description of the family.
pub static LLAMA: Family = Family {
    name: "Llama",
    architecture: "llama",
    models: "Llama 2 and 3.x, SmolLM2, InternLM3, Mistral with its window",
    source: "https://arxiv.org/abs/2302.13971",
    rope_pairs: RopePairs::Adjacent,
    no_rope_step: None,
    qkv: QueryKeyValue::Separate,
    query_key_norm: false,
    post_norms: false,
    feed_forward: FeedForward::Gated,
    activation: Activation::Silu,
    embedding_scale: EmbeddingScale::One,
    window: WindowRule::AllLayers,
    model_width_scale_at_layers: None,
    mixers: MixerRule::Attention,
    output_norm: "output_norm",
    tensors: &[
        required("token_embd.weight", &[Dim::Vocab, Dim::Model]),
        required("output_norm.weight", &[Dim::Model]),
        optional("output.weight", &[Dim::Vocab, Dim::Model]),
        optional("rope_freqs.weight", &[Dim::RopeHalf]),
        optional("rope_factors_long.weight", &[Dim::RopeHalf]),
        optional("rope_factors_short.weight", &[Dim::RopeHalf]),
        required("blk.{}.attn_norm.weight", &[Dim::Model]),
        required("blk.{}.attn_q.weight", &[Dim::Queries, Dim::Model]),
        required("blk.{}.attn_k.weight", &[Dim::Keys, Dim::Model]),
        required("blk.{}.attn_v.weight", &[Dim::Keys, Dim::Model]),
        optional("blk.{}.attn_q.bias", &[Dim::Queries]),
        optional("blk.{}.attn_k.bias", &[Dim::Keys]),
        optional("blk.{}.attn_v.bias", &[Dim::Keys]),
        required("blk.{}.attn_output.weight", &[Dim::Model, Dim::Queries]),
        optional("blk.{}.attn_output.bias", &[Dim::Model]),
        required("blk.{}.ffn_norm.weight", &[Dim::Model]),
        required("blk.{}.ffn_gate.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_up.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_down.weight", &[Dim::Model, Dim::FeedForward]),
        optional("blk.{}.ffn_gate.bias", &[Dim::FeedForward]),
        optional("blk.{}.ffn_up.bias", &[Dim::FeedForward]),
        optional("blk.{}.ffn_down.bias", &[Dim::Model]),
    ],
};
