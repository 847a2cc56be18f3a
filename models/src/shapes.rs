//! The exact shapes of models that people run, and a tiny one of every family.
//!
//! They are what `carrel synth` fills with seeded random weights, so that speed and memory can be
//! measured, and every family tested, without any download. Figures are from the models'
//! published configurations; the vocabulary sizes include padding rows.

use crate::spec::{Field, Metadata};

/// A named shape: an architecture and its metadata keys without the architecture's prefix.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Name on the command line.
    pub name: &'static str,
    /// `general.architecture`.
    pub architecture: &'static str,
    /// Entries of the vocabulary.
    pub n_vocab: u32,
    /// Whether the output matrix is the embedding table.
    pub tied_output: bool,
    /// Whether queries, keys and values have biases.
    pub qkv_bias: bool,
    /// The RoPE factor tensors it has.
    pub rope_factors: &'static [&'static str],
    /// Metadata keys, without prefix.
    pub keys: &'static [(&'static str, Value)],
}

/// A metadata value of a shape.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// An unsigned integer.
    Integer(u32),
    /// An array of integers.
    Integers(&'static [i32]),
    /// A float.
    Float(f32),
    /// A string.
    Text(&'static str),
}

use Value::{Float, Integer, Integers, Text};

impl Shape {
    /// The shape called `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        SHAPES.iter().find(|shape| shape.name.eq_ignore_ascii_case(name))
    }
}

impl Metadata for Shape {
    fn field(&self, key: &str) -> Option<Field> {
        if key == "general.architecture" {
            return Some(Field::Text(self.architecture.to_owned()));
        }
        let key = key.strip_prefix(self.architecture)?.strip_prefix('.')?;
        self.keys.iter().find(|(name, _)| *name == key).map(|(_, value)| match *value {
            Integer(value) => Field::Integer(value.into()),
            Integers(values) => Field::Integers(values.iter().map(|&n| n.into()).collect()),
            Float(value) => Field::Float(value.into()),
            Text(text) => Field::Text(text.to_owned()),
        })
    }

    fn array_length(&self, key: &str) -> Option<u64> {
        (key == "tokenizer.ggml.tokens").then_some(self.n_vocab.into())
    }
}

/// Rows of a shape's keys in the usual order: layers, heads, KV heads, head width, model width,
/// feed-forward width, context, epsilon of the norms, RoPE base.
macro_rules! keys {
    ($layers:literal, $heads:literal / $kv:literal x $head:literal, $model:literal, $ff:literal,
     $ctx:literal, $eps:literal, $base:literal $(, $key:literal = $value:expr)*) => {
        &[
            ("block_count", Integer($layers)),
            ("attention.head_count", Integer($heads)),
            ("attention.head_count_kv", Integer($kv)),
            ("attention.key_length", Integer($head)),
            ("attention.value_length", Integer($head)),
            ("rope.dimension_count", Integer($head)),
            ("embedding_length", Integer($model)),
            ("feed_forward_length", Integer($ff)),
            ("context_length", Integer($ctx)),
            ("attention.layer_norm_rms_epsilon", Float($eps)),
            ("rope.freq_base", Float($base)),
            $(($key, $value),)*
        ]
    };
}

/// The same for models with short convolutions, in the order of their files: KV heads are told by
/// layer, and tokens of a convolution, vocabulary and RoPE base come last.
macro_rules! keys_by_layer {
    ($heads:literal / $kv:expr, $model:literal, $ff:literal, $ctx:literal, $eps:literal,
     $convolved:literal, $vocab:literal, $base:literal $(, $key:literal = $value:expr)*) => {
        &[
            ("block_count", Integer($kv.len() as u32)),
            ("context_length", Integer($ctx)),
            ("embedding_length", Integer($model)),
            ("feed_forward_length", Integer($ff)),
            ("attention.head_count", Integer($heads)),
            ("attention.head_count_kv", Integers(&$kv)),
            ("rope.freq_base", Float($base)),
            ("attention.layer_norm_rms_epsilon", Float($eps)),
            ("vocab_size", Integer($vocab)),
            ("shortconv.l_cache", Integer($convolved)),
            $(($key, $value),)*
        ]
    };
}

/// All named shapes.
pub static SHAPES: &[Shape] = &[
    shape("SmolLM2-135M", "llama", 49_152, keys!(30, 9 / 3 x 64, 576, 1536, 8192, 1e-5, 100_000.0)),
    shape(
        "SmolLM2-360M",
        "llama",
        49_152,
        keys!(32, 15 / 5 x 64, 960, 2560, 8192, 1e-5, 100_000.0),
    ),
    with_bias(shape(
        "Qwen2.5-0.5B",
        "qwen2",
        151_936,
        keys!(24, 14 / 2 x 64, 896, 4864, 32_768, 1e-6, 1_000_000.0),
    )),
    shape(
        "Qwen3-0.6B",
        "qwen3",
        151_936,
        keys!(28, 16 / 8 x 128, 1024, 3072, 40_960, 1e-6, 1_000_000.0),
    ),
    with_factors(
        shape(
            "Llama-3.2-1B",
            "llama",
            128_256,
            keys!(16, 32 / 8 x 64, 2048, 8192, 131_072, 1e-5, 500_000.0),
        ),
        &["rope_freqs.weight"],
    ),
    shape(
        "Gemma-3-1B",
        "gemma3",
        262_144,
        keys!(26, 4 / 1 x 256, 1152, 6912, 32_768, 1e-6, 1_000_000.0,
            "attention.sliding_window" = Integer(512)),
    ),
    shape(
        "LFM2-350M",
        "lfm2",
        65_536,
        keys_by_layer!(
            16 / [0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0],
            1024,
            4608,
            128_000,
            1e-5,
            3,
            65_536,
            1_000_000.0
        ),
    ),
    with_factors(
        shape("tiny-llama", "llama", 512, keys!(3, 4 / 2 x 64, 256, 512, 256, 1e-5, 500_000.0)),
        &["rope_freqs.weight"],
    ),
    untied(shape(
        "tiny-mistral",
        "llama",
        512,
        keys!(3, 4 / 2 x 64, 256, 512, 256, 1e-5, 10_000.0,
            "attention.sliding_window" = Integer(48)),
    )),
    shape(
        "tiny-llama-yarn",
        "llama",
        512,
        keys!(3, 4 / 2 x 64, 256, 512, 512, 1e-5, 10_000.0,
            "rope.scaling.type" = Text("yarn"),
            "rope.scaling.factor" = Float(4.0),
            "rope.scaling.original_context_length" = Integer(64)),
    ),
    shape(
        "tiny-llama-linear",
        "llama",
        512,
        keys!(3, 4 / 2 x 64, 256, 512, 512, 1e-5, 10_000.0,
            "rope.scaling.type" = Text("linear"),
            "rope.scaling.factor" = Float(4.0)),
    ),
    untied(shape(
        "tiny-internlm2",
        "internlm2",
        512,
        keys!(3, 4 / 2 x 64, 256, 512, 256, 1e-5, 1_000_000.0),
    )),
    with_bias(shape(
        "tiny-qwen2",
        "qwen2",
        512,
        keys!(3, 4 / 2 x 64, 256, 512, 256, 1e-6, 1_000_000.0),
    )),
    shape("tiny-qwen3", "qwen3", 512, keys!(3, 4 / 2 x 128, 256, 512, 256, 1e-6, 1_000_000.0)),
    shape(
        "tiny-gemma3",
        "gemma3",
        512,
        keys!(7, 4 / 1 x 64, 256, 512, 256, 1e-6, 1_000_000.0,
            "attention.sliding_window" = Integer(48)),
    ),
    with_factors(
        untied(shape(
            "tiny-phi3",
            "phi3",
            512,
            keys!(3, 4 / 4 x 64, 256, 512, 256, 1e-5, 10_000.0,
                "rope.scaling.type" = Text("longrope"),
                "rope.scaling.original_context_length" = Integer(64),
                "rope.scaling.attn_factor" = Float(1.19)),
        )),
        &["rope_factors_long.weight", "rope_factors_short.weight"],
    ),
    with_factors(
        untied(shape(
            "tiny-phi3-short",
            "phi3",
            512,
            keys!(3, 4 / 4 x 64, 256, 512, 512, 1e-5, 10_000.0,
                "rope.scaling.type" = Text("longrope"),
                "rope.scaling.original_context_length" = Integer(256),
                "rope.scaling.attn_factor" = Float(1.19)),
        )),
        &["rope_factors_long.weight", "rope_factors_short.weight"],
    ),
    shape("tiny-smollm3", "smollm3", 512, keys!(5, 4 / 1 x 64, 256, 512, 256, 1e-6, 2_000_000.0)),
    shape(
        "tiny-lfm2",
        "lfm2",
        512,
        keys_by_layer!(4 / [0, 2, 0, 2, 0], 256, 512, 256, 1e-5, 3, 512, 1_000_000.0),
    ),
    // Another length of the convolutions, a window, and attention at the end.
    shape(
        "tiny-lfm2-window",
        "lfm2",
        512,
        keys_by_layer!(
            4 / [0, 0, 2],
            256,
            512,
            256,
            1e-5,
            5,
            512,
            10_000.0,
            "attention.sliding_window" = Integer(48)
        ),
    ),
];

const fn shape(
    name: &'static str,
    architecture: &'static str,
    n_vocab: u32,
    keys: &'static [(&'static str, Value)],
) -> Shape {
    Shape {
        name,
        architecture,
        n_vocab,
        tied_output: true,
        qkv_bias: false,
        rope_factors: &[],
        keys,
    }
}

const fn untied(shape: Shape) -> Shape {
    Shape { tied_output: false, ..shape }
}

const fn with_bias(shape: Shape) -> Shape {
    Shape { qkv_bias: true, ..shape }
}

const fn with_factors(shape: Shape, rope_factors: &'static [&'static str]) -> Shape {
    Shape { rope_factors, ..shape }
}
