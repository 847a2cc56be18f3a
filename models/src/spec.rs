//! The resolved hyper-parameters of one model, read from its file's metadata and checked.

use crate::family::{EmbeddingScale, Family, MixerRule, WindowRule};
use crate::rope::{Rope, RopeScaling};

/// A metadata value, as far as descriptions need them.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// An integer of any width.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
    /// A string.
    Text(String),
    /// An array of integers, or of booleans as 0 and 1.
    Integers(Vec<i128>),
    /// Anything else.
    Other,
}

/// Where a spec is read from: the metadata of a model file.
pub trait Metadata {
    /// The value of `key`, if the file has it.
    fn field(&self, key: &str) -> Option<Field>;
    /// Number of elements of the array under `key`, if the file has it.
    fn array_length(&self, key: &str) -> Option<u64>;
}

/// Why a file's hyper-parameters cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// No family has this architecture.
    #[error("architecture `{architecture}` is not supported (supported: {supported})")]
    Architecture {
        /// `general.architecture` of the file.
        architecture: String,
        /// The architectures that are.
        supported: String,
    },
    /// A metadata key is missing.
    #[error("metadata key `{key}` is missing")]
    Missing {
        /// The key.
        key: String,
    },
    /// A metadata value cannot be right.
    #[error("metadata key `{key}`: {found} is not {expected}")]
    Value {
        /// The key.
        key: String,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
}

/// Attention of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// All earlier tokens.
    Global,
    /// The last tokens only, the current one included.
    Last(u32),
}

/// How a layer mixes tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mixer {
    /// Attention.
    Attention(Window),
    /// A gated convolution over the last tokens.
    ShortConvolution,
}

/// A model's hyper-parameters.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The family's table.
    pub family: &'static Family,
    /// Entries of the vocabulary.
    pub n_vocab: u32,
    /// Layers.
    pub n_layer: u32,
    /// Query heads of a layer.
    pub n_head: u32,
    /// Key and value heads of a layer with attention.
    pub n_head_kv: u32,
    /// Width of the residual stream.
    pub d_model: u32,
    /// Width of a head.
    pub d_head: u32,
    /// Width of the feed-forward network.
    pub d_ff: u32,
    /// Context the model was trained on, in tokens.
    pub n_ctx_train: u32,
    /// Added to the mean square under the root in RMS norms.
    pub norm_epsilon: f32,
    /// Factor on the products of queries and keys.
    pub attention_scale: f32,
    /// Factor on the embeddings.
    pub embedding_scale: f32,
    /// Cap `c` of the final logits, `c · tanh(logit / c)`; 0 for none.
    pub logit_cap: f32,
    /// Position embedding.
    pub rope: Rope,
    /// How each layer mixes tokens.
    pub mixers: Vec<Mixer>,
    /// Tokens of a short convolution, the current one included; 0 if no layer has one.
    pub n_convolved: u32,
}

/// Largest plausible values; the products of any two of them stay far from overflow.
const MAX_VOCAB: u64 = 4 << 20;
const MAX_LAYERS: u64 = 1024;
const MAX_HEADS: u64 = 1024;
const MAX_HEAD_WIDTH: u64 = 1024;
const MAX_WIDTH: u64 = 1 << 20;
const MAX_CONTEXT: u64 = 1 << 30;
const MAX_CONVOLVED: u64 = 64;

impl Spec {
    /// Reads and checks the hyper-parameters of a file.
    ///
    /// # Errors
    /// The first key that is missing or cannot be right.
    pub fn read(metadata: &dyn Metadata) -> Result<Self, SpecError> {
        let architecture = match metadata.field("general.architecture") {
            Some(Field::Text(text)) => text,
            _ => {
                return Err(SpecError::Missing { key: "general.architecture".into() });
            }
        };
        let family = crate::family(&architecture).ok_or_else(|| SpecError::Architecture {
            architecture,
            supported: crate::FAMILIES
                .iter()
                .map(|f| f.architecture)
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        let keys = Keys { metadata, prefix: family.architecture };
        let n_layer = keys.required("block_count", 1, MAX_LAYERS)?;
        let n_head = keys.required("attention.head_count", 1, MAX_HEADS)?;
        let (n_head_kv, has_attention) = keys.key_heads(family, n_layer, n_head)?;
        if !n_head.is_multiple_of(n_head_kv) {
            return Err(keys.wrong(
                "attention.head_count_kv",
                n_head_kv,
                "a divisor of head_count",
            ));
        }
        let d_model = keys.required("embedding_length", 1, MAX_WIDTH)?;
        let d_head = keys.head_width(d_model, n_head)?;
        let rope = keys.rope(family, d_head)?;
        let windows = keys.windows(family, n_layer)?.into_iter().zip(has_attention);
        let mixers: Vec<Mixer> = windows
            .map(|(window, has_attention)| match has_attention {
                true => Mixer::Attention(window),
                false => Mixer::ShortConvolution,
            })
            .collect();
        let n_convolved = match mixers.contains(&Mixer::ShortConvolution) {
            true => keys.required("shortconv.l_cache", 2, MAX_CONVOLVED)?,
            false => 0,
        };
        let attention_width = match family.model_width_scale_at_layers {
            Some(layers) if layers == n_layer => d_model / n_head,
            _ => d_head,
        };
        Ok(Self {
            family,
            n_vocab: keys.n_vocab()?,
            n_layer,
            n_head,
            n_head_kv,
            d_model,
            d_head,
            d_ff: keys.required("feed_forward_length", 1, MAX_WIDTH)?,
            n_ctx_train: keys.required("context_length", 1, MAX_CONTEXT)?,
            norm_epsilon: keys.float("attention.layer_norm_rms_epsilon", 0.0, 1.0)?.ok_or_else(
                || SpecError::Missing { key: keys.full("attention.layer_norm_rms_epsilon") },
            )?,
            attention_scale: 1.0 / (attention_width as f32).sqrt(),
            embedding_scale: match family.embedding_scale {
                EmbeddingScale::One => 1.0,
                EmbeddingScale::SqrtModelWidth => (d_model as f32).sqrt(),
            },
            logit_cap: keys.float("final_logit_softcapping", 0.0, 1e6)?.unwrap_or(0.0),
            rope,
            mixers,
            n_convolved,
        })
    }

    /// Whether layer `layer`, if it has attention, rotates positions into queries and keys.
    pub fn uses_rope(&self, layer: u32) -> bool {
        self.family.no_rope_step.is_none_or(|step| !(layer + 1).is_multiple_of(step))
    }

    /// Layers with attention: those that keep keys and values.
    pub fn n_attention(&self) -> u32 {
        self.mixers.iter().filter(|mixer| matches!(mixer, Mixer::Attention(_))).count() as u32
    }

    /// Number of weights, counting optional tensors as present except a separate output matrix.
    pub fn n_parameters(&self) -> u64 {
        self.tensors()
            .filter(|tensor| tensor.presence == crate::Presence::Required)
            .map(|tensor| tensor.shape.iter().product::<u64>())
            .sum()
    }
}

/// Typed access to the keys of one architecture.
struct Keys<'a> {
    metadata: &'a dyn Metadata,
    prefix: &'static str,
}

impl Keys<'_> {
    fn full(&self, key: &str) -> String {
        format!("{}.{key}", self.prefix)
    }

    fn field(&self, key: &str) -> Option<Field> {
        self.metadata.field(&self.full(key))
    }

    fn wrong(&self, key: &str, found: impl ToString, expected: &str) -> SpecError {
        SpecError::Value {
            key: self.full(key),
            found: found.to_string(),
            expected: expected.to_owned(),
        }
    }

    fn optional(&self, key: &str, least: u64, most: u64) -> Result<Option<u32>, SpecError> {
        let most = most.min(u32::MAX.into());
        match self.field(key) {
            None => Ok(None),
            Some(Field::Integer(value)) if (least.into()..=most.into()).contains(&value) => {
                Ok(Some(value as u32))
            }
            Some(other) => {
                let expected = format!("an integer from {least} to {most}");
                Err(self.wrong(key, format_args!("{other:?}"), &expected))
            }
        }
    }

    fn required(&self, key: &str, least: u64, most: u64) -> Result<u32, SpecError> {
        let value = self.optional(key, least, most)?;
        value.ok_or_else(|| SpecError::Missing { key: self.full(key) })
    }

    fn float(&self, key: &str, least: f64, most: f64) -> Result<Option<f32>, SpecError> {
        let value = match self.field(key) {
            None => return Ok(None),
            Some(Field::Float(value)) => value,
            Some(Field::Integer(value)) => value as f64,
            Some(other) => return Err(self.wrong(key, format_args!("{other:?}"), "a number")),
        };
        if !(least..=most).contains(&value) {
            return Err(self.wrong(key, value, &format!("a number from {least} to {most}")));
        }
        Ok(Some(value as f32))
    }

    fn n_vocab(&self) -> Result<u32, SpecError> {
        if let Some(value) = self.optional("vocab_size", 1, MAX_VOCAB)? {
            return Ok(value);
        }
        const TOKENS: &str = "tokenizer.ggml.tokens";
        match self.metadata.array_length(TOKENS) {
            Some(length @ 1..=MAX_VOCAB) => Ok(length as u32),
            Some(length) => Err(SpecError::Value {
                key: TOKENS.into(),
                found: length.to_string(),
                expected: format!("an array of 1 to {MAX_VOCAB} strings"),
            }),
            None => Err(SpecError::Missing { key: TOKENS.into() }),
        }
    }

    /// Key heads of a layer with attention, and which layers have it.
    fn key_heads(
        &self,
        family: &Family,
        n_layer: u32,
        n_head: u32,
    ) -> Result<(u32, Vec<bool>), SpecError> {
        const KEY: &str = "attention.head_count_kv";
        let all = vec![true; n_layer as usize];
        let by_layer = match (family.mixers, self.field(KEY)) {
            (MixerRule::AttentionWhereKeyHeads, Some(Field::Integers(by_layer))) => by_layer,
            _ => {
                let n_head_kv = self.optional(KEY, 1, n_head.into())?;
                return Ok((n_head_kv.unwrap_or(n_head), all));
            }
        };
        if by_layer.len() != all.len() {
            return Err(self.wrong(KEY, by_layer.len(), "one entry a layer"));
        }
        let n_head_kv = by_layer.iter().copied().find(|&n| n != 0).unwrap_or(0);
        if !(1..=n_head.into()).contains(&n_head_kv)
            || by_layer.iter().any(|&n| n != 0 && n != n_head_kv)
        {
            let expected = format!("0 or one number from 1 to {n_head} in each layer");
            return Err(self.wrong(KEY, format_args!("{by_layer:?}"), &expected));
        }
        Ok((n_head_kv as u32, by_layer.iter().map(|&n| n != 0).collect()))
    }

    fn head_width(&self, d_model: u32, n_head: u32) -> Result<u32, SpecError> {
        let key_width = self.optional("attention.key_length", 1, MAX_HEAD_WIDTH)?;
        let value_width = self.optional("attention.value_length", 1, MAX_HEAD_WIDTH)?;
        let fallback = d_model / n_head;
        let d_head = key_width.unwrap_or(fallback);
        if value_width.unwrap_or(fallback) != d_head {
            let found = value_width.unwrap_or(fallback);
            return Err(self.wrong("attention.value_length", found, "equal to key_length"));
        }
        if key_width.is_none() && !d_model.is_multiple_of(n_head) {
            return Err(self.wrong(
                "attention.head_count",
                n_head,
                "a divisor of embedding_length",
            ));
        }
        Ok(d_head)
    }

    fn windows(&self, family: &Family, n_layer: u32) -> Result<Vec<Window>, SpecError> {
        let width = match family.window {
            WindowRule::Never => None,
            WindowRule::AllLayers | WindowRule::Alternating { .. } => self
                .optional("attention.sliding_window", 0, MAX_CONTEXT)?
                .filter(|&width| width > 0),
        };
        let Some(width) = width else {
            return Ok(vec![Window::Global; n_layer as usize]);
        };
        const PATTERN: &str = "attention.sliding_window_pattern";
        let is_local: Vec<bool> = match (family.window, self.field(PATTERN)) {
            (WindowRule::Alternating { .. }, Some(Field::Integers(pattern))) => {
                if pattern.len() != n_layer as usize {
                    return Err(self.wrong(PATTERN, pattern.len(), "one entry a layer"));
                }
                pattern.into_iter().map(|is_local| is_local != 0).collect()
            }
            (WindowRule::Alternating { period }, _) => {
                let period = self.optional(PATTERN, 0, MAX_LAYERS)?.unwrap_or(period);
                (0..n_layer).map(|il| period == 0 || il % period < period - 1).collect()
            }
            _ => vec![true; n_layer as usize],
        };
        let window = |local: bool| {
            if local { Window::Last(width) } else { Window::Global }
        };
        Ok(is_local.into_iter().map(window).collect())
    }

    fn rope(&self, family: &Family, d_head: u32) -> Result<Rope, SpecError> {
        let d_rot = self.optional("rope.dimension_count", 2, d_head.into())?.unwrap_or(d_head);
        if !d_rot.is_multiple_of(2) {
            return Err(self.wrong("rope.dimension_count", d_rot, "even"));
        }
        const SCALING: &str = "rope.scaling.type";
        let kind = match self.field(SCALING) {
            None => "linear".to_owned(),
            Some(Field::Text(text)) => text,
            Some(other) => return Err(self.wrong(SCALING, format_args!("{other:?}"), "a string")),
        };
        let factor = match self.float("rope.scaling.factor", 0.0, 1e6)? {
            Some(factor) => factor,
            None => self.float("rope.scale_linear", 0.0, 1e6)?.unwrap_or(0.0),
        };
        let stretched = factor > 0.0 && kind != "none";
        let frequency_scale = if stretched { 1.0 / factor } else { 1.0 };
        let scaling = match kind.as_str() {
            "none" | "linear" => RopeScaling::Linear,
            "longrope" => RopeScaling::LongRope,
            "yarn" => {
                let number =
                    |key, default| self.float(key, 0.0, 1e6).map(|value| value.unwrap_or(default));
                RopeScaling::Yarn {
                    extrapolation: number("rope.scaling.yarn_ext_factor", 1.0)?,
                    beta_fast: number("rope.scaling.yarn_beta_fast", 32.0)?,
                    beta_slow: number("rope.scaling.yarn_beta_slow", 1.0)?,
                }
            }
            _ => return Err(self.wrong(SCALING, kind, "none, linear, yarn or longrope")),
        };
        let magnitude = self.float("rope.scaling.attn_factor", 0.0, 1e3)?.unwrap_or(1.0);
        let context = self.required("context_length", 1, MAX_CONTEXT)?;
        let original = self.optional("rope.scaling.original_context_length", 1, MAX_CONTEXT)?;
        Ok(Rope {
            pairs: family.rope_pairs,
            d_rot,
            base: self.float("rope.freq_base", 1e-3, 1e12)?.unwrap_or(10_000.0),
            local_base: self.float("rope.freq_base_swa", 1e-3, 1e12)?.unwrap_or(10_000.0),
            frequency_scale,
            scaling,
            n_ctx_original: original.unwrap_or(context),
            magnitude,
        })
    }
}
