//! The words that a description of a family may use.

/// A family of models: everything that distinguishes its files and layers from the others'.
#[derive(Debug)]
pub struct Family {
    /// What people call it.
    pub name: &'static str,
    /// `general.architecture` in the file; also the prefix of its metadata keys.
    pub architecture: &'static str,
    /// Models of this family that people run.
    pub models: &'static str,
    /// Where the architecture is described.
    pub source: &'static str,
    /// Which values of a head RoPE rotates together.
    pub rope_pairs: RopePairs,
    /// Layers `il` with `(il + 1) % step == 0` use no RoPE at all.
    pub no_rope_step: Option<u32>,
    /// How queries, keys and values are projected.
    pub qkv: QueryKeyValue,
    /// Whether queries and keys are RMS-normalised per head before RoPE.
    pub query_key_norm: bool,
    /// Whether the outputs of attention and feed-forward are RMS-normalised before they are added.
    pub post_norms: bool,
    /// Shape of the feed-forward network.
    pub feed_forward: FeedForward,
    /// Non-linearity of the gate.
    pub activation: Activation,
    /// Factor on the embeddings.
    pub embedding_scale: EmbeddingScale,
    /// Which layers attend only to a window, and how wide it is.
    pub window: WindowRule,
    /// Number of layers at which attention is scaled by `(d_model / n_head)^-½` instead of
    /// `d_head^-½` (one size of Gemma 3).
    pub model_width_scale_at_layers: Option<u32>,
    /// How layers mix tokens.
    pub mixers: MixerRule,
    /// Name of the last norm's tensor, without `.weight`.
    pub output_norm: &'static str,
    /// The tensors of the file.
    pub tensors: &'static [TensorRule],
}

/// Which two values of a head RoPE rotates together (arXiv 2104.09864).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RopePairs {
    /// Values `2i` and `2i + 1`; the weights were permuted for it when the file was made.
    Adjacent,
    /// Values `i` and `i + d_rot / 2`.
    Halves,
}

/// How queries, keys and values are projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryKeyValue {
    /// Three matrices.
    Separate,
    /// One matrix whose rows are queries, keys and values in this order.
    Fused,
}

/// Shape of the feed-forward network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedForward {
    /// `down(activation(gate(x)) · up(x))` with three matrices (arXiv 2002.05202).
    Gated,
    /// The same with gate and up in one matrix: first the gate's rows, then those of up.
    FusedGated,
}

/// Non-linearity of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `x · sigmoid(x)`.
    Silu,
    /// Gaussian error linear unit in its tanh form (arXiv 1606.08415).
    Gelu,
}

/// Factor on the embeddings before the first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbeddingScale {
    /// None.
    One,
    /// `√d_model`.
    SqrtModelWidth,
}

/// Which layers attend only to the last tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowRule {
    /// No layer, whatever the file says.
    Never,
    /// All layers, if the file has `attention.sliding_window`.
    AllLayers,
    /// Every layer but each `period`-th, if the file has `attention.sliding_window`; the local
    /// layers have a RoPE base of their own. The file may override the pattern.
    Alternating {
        /// Layers from one global layer to the next.
        period: u32,
    },
}

/// How the layers of a family mix tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MixerRule {
    /// By attention.
    Attention,
    /// By attention where `attention.head_count_kv`, a number by layer, is not 0; elsewhere by a
    /// convolution over `shortconv.l_cache` tokens.
    AttentionWhereKeyHeads,
}

/// A symbolic extent of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dim {
    /// Entries of the vocabulary.
    Vocab,
    /// `d_model`.
    Model,
    /// `3 · d_model`.
    ModelThrice,
    /// Tokens of a short convolution.
    Convolved,
    /// `d_ff`.
    FeedForward,
    /// `2 · d_ff`.
    FeedForwardTwice,
    /// `n_head · d_head`.
    Queries,
    /// `n_head_kv · d_head`.
    Keys,
    /// `(n_head + 2 · n_head_kv) · d_head`.
    QueriesKeysValues,
    /// `d_head`.
    Head,
    /// `d_rot / 2`.
    RopeHalf,
}

/// Whether a tensor must be in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The file is refused without it.
    Required,
    /// Used when present.
    Optional,
}

/// The layers that have a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InLayers {
    /// All of them; or none, for a tensor outside of layers.
    All,
    /// Those that mix tokens by attention.
    OfAttention,
    /// Those that mix tokens by a short convolution.
    OfConvolution,
}

/// A tensor that a family's files hold. `{}` in the name stands for the layer.
#[derive(Debug)]
pub struct TensorRule {
    /// Name in the file.
    pub name: &'static str,
    /// Extents, outermost first: `[rows, cols]` of a matrix.
    pub shape: &'static [Dim],
    /// Whether it must be there.
    pub presence: Presence,
    /// Which layers have it.
    pub layers: InLayers,
}

/// A tensor that must be there.
pub(crate) const fn required(name: &'static str, shape: &'static [Dim]) -> TensorRule {
    TensorRule { name, shape, presence: Presence::Required, layers: InLayers::All }
}

/// A tensor that may be there.
pub(crate) const fn optional(name: &'static str, shape: &'static [Dim]) -> TensorRule {
    TensorRule { name, shape, presence: Presence::Optional, layers: InLayers::All }
}

/// A tensor that layers with attention must have.
pub(crate) const fn of_attention(name: &'static str, shape: &'static [Dim]) -> TensorRule {
    TensorRule { name, shape, presence: Presence::Required, layers: InLayers::OfAttention }
}

/// A tensor that layers with a short convolution must have.
pub(crate) const fn of_convolution(name: &'static str, shape: &'static [Dim]) -> TensorRule {
    TensorRule { name, shape, presence: Presence::Required, layers: InLayers::OfConvolution }
}
