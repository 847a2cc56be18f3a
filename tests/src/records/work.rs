//! What a row measured: the phase, what lay in the cache before, and in which type.

use super::{Row, half_precision};

/// A kind of work whose speed is measured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Work {
    /// Prefill comes before decode.
    is_decode: bool,
    depth: usize,
    is_cached_in_8_bits: bool,
}

impl Work {
    /// What a row measured.
    pub fn of(row: &Row) -> Self {
        let is_cached_in_8_bits = row.cache != half_precision();
        Self { is_decode: row.phase == "decode", depth: row.depth, is_cached_in_8_bits }
    }

    /// Its name, as tables and the chart show it.
    pub fn name(&self) -> String {
        let Self { is_decode, depth, is_cached_in_8_bits } = *self;
        let cache = if is_cached_in_8_bits { ", 8-bit cache" } else { "" };
        match (is_decode, depth) {
            (true, depth) => format!("decode at depth {depth}{cache}"),
            (false, 0) => "prefill of 512".to_owned(),
            (false, depth) => format!("prefill of 512 at depth {depth}{cache}"),
        }
    }

    /// What its share is a share of.
    pub fn limit(&self) -> &'static str {
        match (self.is_decode, self.depth) {
            (true, _) => "the bandwidth",
            (false, 0) => "the 8-bit peak",
            (false, _) => "the peak",
        }
    }
}
