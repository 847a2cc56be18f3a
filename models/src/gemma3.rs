//! Gemma 3: Gemma 3 text models, alternating local and global layers.
//!
//! Source: <https://arxiv.org/abs/2503.19786>

use crate::family::{
    Activation, Dim, EmbeddingScale, Family, FeedForward, MixerRule, QueryKeyValue, RopePairs,
    WindowRule, optional, required,
};

/// The description of the family.
pub static GEMMA3: Family = Family {
    name: "Gemma 3",
    architecture: "gemma3",
    models: "Gemma 3 text models, alternating local and global layers",
    source: "https://arxiv.org/abs/2503.19786",
    rope_pairs: RopePairs::Halves,
    no_rope_step: None,
    qkv: QueryKeyValue::Separate,
    query_key_norm: true,
    post_norms: true,
    feed_forward: FeedForward::Gated,
    activation: Activation::Gelu,
    embedding_scale: EmbeddingScale::SqrtModelWidth,
    window: WindowRule::Alternating { period: 6 },
    model_width_scale_at_layers: Some(62),
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
        required("blk.{}.post_attention_norm.weight", &[Dim::Model]),
        required("blk.{}.ffn_norm.weight", &[Dim::Model]),
        required("blk.{}.ffn_gate.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_up.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_down.weight", &[Dim::Model, Dim::FeedForward]),
        required("blk.{}.post_ffw_norm.weight", &[Dim::Model]),
    ],
};
