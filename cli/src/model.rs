//! Options of every command that runs a model, and opening it within a memory budget.

use std::path::PathBuf;

use carrel_core::engine::{EngineOptions, open_file};
use carrel_core::exec::{ContextPolicy, Decoder, DecoderOptions, Model};
use carrel_core::ggml::Placement;
use carrel_core::ops::CacheType;
use carrel_core::thermal::HeatHint;
use carrel_downloads::folder::model_file;
use carrel_downloads::packed_files;

use crate::backend::BackendArgs;
use crate::failure::Failure;

/// How a model is opened and run.
#[derive(clap::Args, Clone)]
pub struct RunArgs {
    /// Model file (GGUF), or the name of a pulled one
    #[arg(long, short, value_name = "FILE")]
    pub model: PathBuf,
    /// Threads that compute
    #[arg(long, short, value_name = "N")]
    pub threads: Option<usize>,
    /// Length of the context in tokens [default: the model's, at most 4096, less if the budget asks
    /// for it]
    #[arg(long, value_name = "TOKENS")]
    pub ctx: Option<usize>,
    /// Let the context slide: the first four tokens and the last ones stay, this many together
    #[arg(long, value_name = "TOKENS", conflicts_with = "ctx")]
    pub sliding: Option<usize>,
    /// Most tokens computed at once
    #[arg(long, value_name = "TOKENS", default_value_t = 512)]
    pub batch: usize,
    /// Type of the KV cache
    #[arg(long, value_name = "TYPE", default_value = "auto")]
    pub cache: CacheChoice,
    /// Where matrices are kept
    #[arg(long, value_name = "PLACE", default_value = "auto")]
    pub weights: WeightChoice,
    /// Choose settings that fit this much memory, that of a GPU included, or refuse to run, for example
    /// 512M or 2G
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    pub memory_budget: Option<u64>,
    #[command(flatten)]
    pub backend: BackendArgs,
}

/// Type of the KV cache.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum CacheChoice {
    /// Single precision for models in single precision, else half, or 8 bits if the budget asks for it
    Auto,
    /// Single precision
    F32,
    /// Half precision
    F16,
    /// 8-bit blocks
    #[value(name = "q8_0")]
    Q8_0,
}

/// Where matrices are kept.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum WeightChoice {
    /// Copied where that is faster and memory allows it
    Auto,
    /// In the mapped file
    Mapped,
    /// Copied where that is faster
    Repacked,
}

impl RunArgs {
    /// Opens the model and makes a decoder, if both fit the budget. It presses less hard when sustained
    /// speed falls.
    pub fn open(&self) -> Result<(Model, Decoder), Failure> {
        let (model, options) = self.model_and_options()?;
        let mut decoder = model.decoder(&options)?;
        decoder.govern(HeatHint::default());
        Ok((model, decoder))
    }

    /// Opens the model with the settings that fit.
    pub fn model_and_options(&self) -> Result<(Model, DecoderOptions), Failure> {
        let file = open_file(model_file(&self.model)?)?;
        let (model, fit) = self.backend.open(file, &self.engine_options())?;
        Ok((model, fit.decoder))
    }

    /// What the options ask of an engine.
    pub fn engine_options(&self) -> EngineOptions {
        let default = EngineOptions::default();
        EngineOptions {
            context: match (self.sliding, self.ctx) {
                (Some(window), _) => Some(ContextPolicy::Sliding(window)),
                (None, length) => length.map(ContextPolicy::Full),
            },
            cache_type: match self.cache {
                CacheChoice::Auto => None,
                CacheChoice::F32 => Some(CacheType::F32),
                CacheChoice::F16 => Some(CacheType::F16),
                CacheChoice::Q8_0 => Some(CacheType::Q8_0),
            },
            placement: match self.weights {
                // Copies in the CPU's layouts are of no use to a GPU.
                WeightChoice::Auto if !self.backend.is_cpu() => Some(Placement::InPlace),
                WeightChoice::Auto => None,
                WeightChoice::Mapped => Some(Placement::InPlace),
                WeightChoice::Repacked => Some(Placement::Repacked),
            },
            backend: self.backend.on_cpu(),
            packed: packed_files(),
            n_batch: self.batch,
            n_threads: self.threads.unwrap_or(default.n_threads),
            governor: None,
            memory_budget_bytes: self.memory_budget,
        }
    }
}

/// A number of bytes with an optional K, M or G (of 1024).
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = text[digits.len()..].to_ascii_uppercase();
    let factor = match unit.trim_end_matches("IB").trim_end_matches('B') {
        "" => 1u64,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err(format!("`{unit}` is no unit (K, M or G)")),
    };
    let number: u64 = digits.parse().map_err(|error| format!("{error}"))?;
    number.checked_mul(factor).ok_or_else(|| "too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse_bytes;

    #[test]
    fn bytes_have_units() {
        assert_eq!(parse_bytes("123"), Ok(123));
        assert_eq!(parse_bytes("2K"), Ok(2048));
        assert_eq!(parse_bytes("512MiB"), Ok(512 << 20));
        assert_eq!(parse_bytes("1gb"), Ok(1 << 30));
        assert!(parse_bytes("").is_err());
        assert!(parse_bytes("3X").is_err());
        assert!(parse_bytes("99999999999999999999").is_err());
        assert!(parse_bytes("18446744073709551615G").is_err());
    }
}
