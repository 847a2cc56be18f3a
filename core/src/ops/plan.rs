//! Operations, the buffers and weights they name, and the caches they use.

use super::backend::CacheType;
use crate::quant::TensorType;

/// A buffer of the plan: an index into [`Plan::buffers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BufferId(pub usize);

/// A weight of the plan: an index into [`Plan::weights`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WeightId(pub usize);

/// A buffer of activations, `[n_tokens, width]` of 32-bit floats.
#[derive(Debug, Clone)]
pub struct BufferInfo {
    /// Name in a printed plan.
    pub name: &'static str,
    /// Values per token.
    pub width: u32,
}

/// A weight: where its bytes lie in the model file.
#[derive(Debug, Clone)]
pub struct WeightInfo {
    /// Name in the file.
    pub name: String,
    /// Type of its values.
    pub tensor_type: TensorType,
    /// Rows: outputs of a matrix, 1 for a vector.
    pub n_rows: u64,
    /// Values per row: inputs of a matrix, the length of a vector.
    pub n_cols: u64,
    /// First byte in the file.
    pub start: u64,
    /// Bytes.
    pub n_bytes: u64,
}

/// What a layer keeps of a token, in a cell of its cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellContent {
    /// Keys and values of attention, `n_head_kv · d_head` of both, in the type of the cache.
    KeysValues,
    /// So many inputs of a convolution, in single precision whatever the type of the cache is: there
    /// are few such cells, and what is rounded in them would go into every later token.
    Inputs(u32),
}

/// Layers whose caches hold the same tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheGroup {
    /// What is in a cell.
    pub content: CellContent,
    /// Tokens that the layers reach back, the current one included; `None` for all.
    pub window: Option<u32>,
    /// The layers, in order.
    pub layers: Vec<u32>,
}

/// Which values of a head are rotated together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RopePairs {
    /// Values `2i` and `2i + 1`.
    Adjacent,
    /// Values `i` and `i + d_rot / 2`.
    Halves,
}

/// The non-linearity of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `x · sigmoid(x)`.
    Silu,
    /// `0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
    Gelu,
}

/// Numbers of a rotary position embedding, as YaRN (arXiv 2309.00071) generalises it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RopeInfo {
    /// Which values are rotated together.
    pub pairs: RopePairs,
    /// Values of a head that are rotated.
    pub d_rot: u32,
    /// Base of the angles.
    pub base: f32,
    /// Factor on all angles.
    pub frequency_scale: f32,
    /// Share of the unscaled angle in YaRN's mix; 0 switches YaRN off.
    pub extrapolation: f32,
    /// Rotations above which YaRN does not scale a pair.
    pub beta_fast: f32,
    /// Rotations below which YaRN scales a pair fully.
    pub beta_slow: f32,
    /// Context of the first training, in tokens.
    pub n_ctx_original: u32,
    /// Factor on the rotated values (on top of YaRN's own).
    pub magnitude: f32,
    /// Divisors of the angles by pair, `[d_rot / 2]`.
    pub factors: Option<WeightId>,
}

/// One step of a forward pass.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// `out[t] = scale · table[token[t]]`.
    Embed {
        /// Embedding table `[n_vocab, d_model]`.
        table: WeightId,
        /// Factor on the embeddings.
        scale: f32,
        /// Result.
        out: BufferId,
    },
    /// `out = input / √(mean(input²) + epsilon) · weight` over rows of the weight's length, which
    /// may be a part of the buffer's width (a head). Root mean square norm, arXiv 1910.07467.
    RmsNorm {
        /// Values to normalise.
        input: BufferId,
        /// Factors by position in the row.
        weight: WeightId,
        /// Added to the mean square.
        epsilon: f32,
        /// Result.
        out: BufferId,
    },
    /// `out = input · weightᵀ + bias`.
    Linear {
        /// Rows to multiply.
        input: BufferId,
        /// Matrix `[out width, input width]`.
        weight: WeightId,
        /// Vector added to every row.
        bias: Option<WeightId>,
        /// Result.
        out: BufferId,
    },
    /// Copies columns `first ..` of the input, as many as the result is wide.
    Slice {
        /// Source.
        input: BufferId,
        /// First column.
        first: u32,
        /// Result.
        out: BufferId,
    },
    /// Rotates each head of the buffer by its token's position, in place.
    Rope {
        /// Queries or keys, `n_head · d_head` wide.
        buffer: BufferId,
        /// Index into [`Plan::ropes`].
        rope: usize,
    },
    /// Writes keys and values into the layer's cache, at the cells that the batch names.
    StoreKeysValues {
        /// The layer.
        layer: u32,
        /// Keys, `n_head_kv · d_head` wide.
        keys: BufferId,
        /// Values, `n_head_kv · d_head` wide.
        values: BufferId,
    },
    /// `out = softmax(scale · q · Kᵀ + mask) · V` by head over the layer's cache; each key head
    /// serves `n_head / n_head_kv` query heads (GQA, arXiv 2305.13245).
    Attend {
        /// The layer.
        layer: u32,
        /// Queries.
        queries: BufferId,
        /// Factor on the products.
        scale: f32,
        /// Result, as wide as the queries.
        out: BufferId,
    },
    /// A gated convolution over time, by column: with `b`, `c` and `x` the thirds of the input and `n`
    /// the columns of the kernel, `out[t] = c[t] · Σ_j kernel[·, j] · (b · x)[t − n + 1 + j]`. The
    /// products `b · x` go into the layer's cache, at the cells that the batch names, and those of tokens
    /// before the batch come from there.
    ShortConv {
        /// The layer.
        layer: u32,
        /// `b`, `c` and `x`, three times as wide as the result.
        input: BufferId,
        /// Factors `[out width, n]`, in single precision.
        kernel: WeightId,
        /// Result.
        out: BufferId,
    },
    /// `out = activation(gate) · up`.
    Gate {
        /// Values under the activation.
        gate: BufferId,
        /// Values it multiplies.
        up: BufferId,
        /// The non-linearity.
        activation: Activation,
        /// Result.
        out: BufferId,
    },
    /// The same with gate and up as the first and second half of one buffer.
    GateHalves {
        /// Gate and up, twice as wide as the result.
        input: BufferId,
        /// The non-linearity.
        activation: Activation,
        /// Result.
        out: BufferId,
    },
    /// `out = a + b`.
    Add {
        /// First summand.
        a: BufferId,
        /// Second summand.
        b: BufferId,
        /// Result; may be one of the summands.
        out: BufferId,
    },
    /// Keeps only the rows whose logits the batch asks for: nothing after the last attention
    /// mixes tokens, so the other rows need not be computed.
    SelectRows {
        /// The buffer, cut down in place.
        buffer: BufferId,
    },
    /// `buffer = cap · tanh(buffer / cap)`, in place.
    Cap {
        /// The logits.
        buffer: BufferId,
        /// Bound of the result.
        cap: f32,
    },
}

/// Everything a backend needs to run a model.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The steps, in order.
    pub ops: Vec<Op>,
    /// Activations.
    pub buffers: Vec<BufferInfo>,
    /// Weights.
    pub weights: Vec<WeightInfo>,
    /// Position embeddings.
    pub ropes: Vec<RopeInfo>,
    /// The embedding used by the keys of each layer, `None` where positions are not rotated.
    pub layer_rope: Vec<Option<usize>>,
    /// Caches, each with the layers that share it.
    pub caches: Vec<CacheGroup>,
    /// The buffer that holds the logits at the end.
    pub logits: BufferId,
    /// Query heads.
    pub n_head: u32,
    /// Key and value heads.
    pub n_head_kv: u32,
    /// Width of a head.
    pub d_head: u32,
    /// Entries of the vocabulary.
    pub n_vocab: u32,
}

impl Plan {
    /// Layers of the model.
    pub fn n_layer(&self) -> usize {
        self.layer_rope.len()
    }

    /// Width of a token's keys (and of its values) in one layer.
    pub fn d_kv(&self) -> u32 {
        self.n_head_kv * self.d_head
    }

    /// Bytes of a cell of this cache when it is saved: of the keys, or of the inputs of a convolution,
    /// and of the values.
    ///
    /// # Panics
    /// If the heads do not divide into the blocks of the type, which a decoder's options exclude.
    pub fn cell_bytes(&self, cache: usize, cache_type: CacheType) -> [usize; 2] {
        match self.caches[cache].content {
            CellContent::KeysValues => {
                let n_bytes = cache_type.tensor_type().row_bytes(self.d_kv().into());
                [n_bytes.expect("whole blocks") as usize; 2]
            }
            CellContent::Inputs(width) => [4 * width as usize, 0],
        }
    }

    /// The cache that layer `layer` uses.
    pub fn cache_of(&self, layer: u32) -> usize {
        let holds = |group: &CacheGroup| group.layers.contains(&layer);
        self.caches.iter().position(holds).expect("the plan's builder puts every layer in a group")
    }

    /// Bytes of keys and values that a token of decode reads behind `depth` others: those that each layer's
    /// attention can see. What a convolution keeps is a few cells, and is not counted.
    pub fn read_cell_bytes(&self, depth: usize, cache_type: CacheType) -> u64 {
        let of_group = |(cache, group): (usize, &CacheGroup)| {
            if group.content != CellContent::KeysValues {
                return 0;
            }
            let n_seen = group.window.map_or(depth, |window| depth.min(window as usize));
            let cell: usize = self.cell_bytes(cache, cache_type).iter().sum();
            (cell * n_seen * group.layers.len()) as u64
        };
        self.caches.iter().enumerate().map(of_group).sum()
    }

    /// Bytes of all weights.
    pub fn weight_bytes(&self) -> u64 {
        self.weights.iter().map(|weight| weight.n_bytes).sum()
    }
}
