//! SmolLM3: SmolLM3, every fourth layer without RoPE.
//!
//! Source: <https://huggingface.co/HuggingFaceTB/SmolLM3-3B>

use crate::family::{
    Activation, Dim, EmbeddingScale, Family, FeedForward, MixerRule, QueryKeyValue, RopePairs,
    WindowRule, optional, required,
};

/// The description of the family.
pub static SMOLLM3: Family = Family {
    name: "SmolLM3",
    architecture: "smollm3",
    models: "SmolLM3, every fourth layer without RoPE",
    source: "https://huggingface.co/HuggingFaceTB/SmolLM3-3B",
    rope_pairs: RopePairs::Adjacent,
    no_rope_step: Some(4),
    qkv: QueryKeyValue::Separate,
    query_key_norm: false,
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
        required("blk.{}.attn_output.weight", &[Dim::Model, Dim::Queries]),
        required("blk.{}.ffn_norm.weight", &[Dim::Model]),
        required("blk.{}.ffn_gate.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_up.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_down.weight", &[Dim::Model, Dim::FeedForward]),
    ],
};
