//! Plans of a few operations, made by hand, so that a backend can be tested operation by operation.
//!
//! Inputs come in through a look-up: a table in single precision has a row of random values for each
//! token, so a buffer holds any values that a test wants. The result is the plan's logits.

use std::io::{Cursor, Write};

use carrel_core::convert::Random;
use carrel_core::gguf::{Gguf, GgufWriter};
use carrel_core::ggml::{needs_importance, quantise_rows};
use carrel_core::ops::{BufferId, BufferInfo, CacheGroup, Op, Plan, WeightId, WeightInfo};
use carrel_core::quant::TensorType;

/// A plan in the making, with the bytes of its weights.
pub struct Operations {
    /// The plan; tests fill in what they need.
    pub plan: Plan,
    data: Vec<Vec<u8>>,
    random: Random,
}

impl Default for Operations {
    fn default() -> Self {
        Self::new()
    }
}
