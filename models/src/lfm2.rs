//! LFM2: LFM2 and LFM2.5, short convolutions in most layers and attention in the others.
//!
//! Source: <https://arxiv.org/abs/2511.23404>

use crate::family::{
    Activation, Dim, EmbeddingScale, Family, FeedForward, MixerRule, QueryKeyValue, RopePairs,
    WindowRule, of_attention, of_convolution, optional, required,
};

/// The description of the family.
pub static LFM2: Family = Family {
    name: "LFM2",
    architecture: "lfm2",
    models: "LFM2 and LFM2.5, short convolutions in most layers and attention in the others",
    source: "https://arxiv.org/abs/2511.23404",
    rope_pairs: RopePairs::Halves,
    no_rope_step: None,
    qkv: QueryKeyValue::Separate,
    query_key_norm: true,
    post_norms: false,
    feed_forward: FeedForward::Gated,
    activation: Activation::Silu,
    embedding_scale: EmbeddingScale::One,
    window: WindowRule::AllLayers,
    model_width_scale_at_layers: None,
    mixers: MixerRule::AttentionWhereKeyHeads,
    output_norm: "token_embd_norm",
    tensors: &[
        required("token_embd.weight", &[Dim::Vocab, Dim::Model]),
        required("token_embd_norm.weight", &[Dim::Model]),
        optional("output.weight", &[Dim::Vocab, Dim::Model]),
        required("blk.{}.attn_norm.weight", &[Dim::Model]),
        of_attention("blk.{}.attn_q.weight", &[Dim::Queries, Dim::Model]),
        of_attention("blk.{}.attn_k.weight", &[Dim::Keys, Dim::Model]),
        of_attention("blk.{}.attn_v.weight", &[Dim::Keys, Dim::Model]),
        of_attention("blk.{}.attn_q_norm.weight", &[Dim::Head]),
        of_attention("blk.{}.attn_k_norm.weight", &[Dim::Head]),
        of_attention("blk.{}.attn_output.weight", &[Dim::Model, Dim::Queries]),
        of_convolution("blk.{}.shortconv.in_proj.weight", &[Dim::ModelThrice, Dim::Model]),
        of_convolution("blk.{}.shortconv.conv.weight", &[Dim::Model, Dim::Convolved]),
        of_convolution("blk.{}.shortconv.out_proj.weight", &[Dim::Model, Dim::Model]),
        required("blk.{}.ffn_norm.weight", &[Dim::Model]),
        required("blk.{}.ffn_gate.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_up.weight", &[Dim::FeedForward, Dim::Model]),
        required("blk.{}.ffn_down.weight", &[Dim::Model, Dim::FeedForward]),
    ],
};
