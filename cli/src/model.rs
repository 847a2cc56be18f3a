//! Options of every command that runs a model, and opening it within a memory budget.

use std::path::PathBuf;

use carrel_core::Error;
use carrel_core::error::ModelError;
use carrel_core::exec::{ContextPolicy, Decoder, DecoderOptions, MemoryNeed, Model, ModelOptions};
use carrel_core::ggml::Placement;
use carrel_core::gguf::Gguf;
use carrel_core::ops::CacheType;

use crate::failure::Failure;
use crate::shelf::model_file;

/// How a model is opened and run.
#[derive(clap::Args, Clone)]
pub struct RunArgs {
    /// Model file (GGUF), or the name of a pulled one
    #[arg(long, short, value_name = "FILE")]
    pub model: PathBuf,
    /// Threads that compute
    #[arg(long, short, value_name = "N")]
    pub threads: Option<usize>,
    /// Length of the context in tokens [default: the model's, at most 4096]
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
    /// Refuse to run if more memory than this is needed, for example 512M or 2G
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    pub memory_budget: Option<u64>,
}

/// Type of the KV cache.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum CacheChoice {
    /// Single precision for models in single precision, else half
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
    /// Opens the model and makes a decoder, if both fit the budget.
    pub fn open(&self) -> Result<(Model, Decoder), Failure> {
        let (model, options) = self.model_and_options()?;
        let decoder = model.decoder(&options)?;
        Ok((model, decoder))
    }

    /// Opens the model, and checks the need of a decoder against the budget.
    pub fn model_and_options(&self) -> Result<(Model, DecoderOptions), Failure> {
        let file = Gguf::open(model_file(&self.model)?)?;
        let mapped = Model::from_gguf(file.clone(), ModelOptions::default())?;
        let options = self.decoder_options(&mapped);
        let need = mapped.memory_need(&options)?;
        self.check_budget(&mapped, &options, &need)?;
        if self.wants_repacking(&need) {
            let options_of_model = ModelOptions { placement: Placement::Repacked };
            return Ok((Model::from_gguf(file, options_of_model)?, options));
        }
        Ok((mapped, options))
    }

    /// The decoder that the options describe.
    pub fn decoder_options(&self, model: &Model) -> DecoderOptions {
        let default = DecoderOptions::default();
        let context = match self.sliding {
            Some(window) => ContextPolicy::Sliding(window),
            None => {
                let trained = model.spec().n_ctx_train as usize;
                ContextPolicy::Full(self.ctx.unwrap_or(trained.min(4096)))
            }
        };
        DecoderOptions {
            context,
            cache_type: match self.cache {
                CacheChoice::Auto => model.exact_cache_type(),
                CacheChoice::F32 => CacheType::F32,
                CacheChoice::F16 => CacheType::F16,
                CacheChoice::Q8_0 => CacheType::Q8_0,
            },
            n_batch: self.batch,
            n_threads: self.threads.unwrap_or(default.n_threads),
        }
    }

    fn check_budget(
        &self,
        model: &Model,
        options: &DecoderOptions,
        need: &MemoryNeed,
    ) -> Result<(), Failure> {
        let Some(budget_bytes) = self.memory_budget else { return Ok(()) };
        let needed_bytes = need.total_bytes();
        if needed_bytes <= budget_bytes {
            return Ok(());
        }
        let smallest =
            DecoderOptions { context: ContextPolicy::Full(256), n_batch: 16, ..options.clone() };
        let minimum_bytes = model.memory_need(&smallest)?.total_bytes();
        let error = ModelError::Budget { needed_bytes, budget_bytes, minimum_bytes };
        Err(Error::from(error).into())
    }

    /// Copies are made on request, or when they fit the budget or a quarter of the machine's memory.
    fn wants_repacking(&self, need: &MemoryNeed) -> bool {
        let total = need.total_bytes();
        match self.weights {
            WeightChoice::Mapped => false,
            WeightChoice::Repacked => true,
            WeightChoice::Auto => match self.memory_budget {
                // A tied embedding table may be there twice: once mapped, once copied.
                Some(budget) => total + need.mapped_bytes <= budget,
                None => physical_memory().is_some_and(|memory| total <= memory / 4),
            },
        }
    }
}

/// Bytes of memory in this machine, where the system says.
fn physical_memory() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(1024)
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
