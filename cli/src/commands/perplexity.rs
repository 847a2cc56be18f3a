//! `carrel perplexity`: how well a model predicts a text.
//!
//! ```text
//! NLL = −1/n · Σ ln p(token | tokens before it in its chunk)        perplexity = exp(NLL)
//! ```
//! A text of one chunk or less is scored whole, every token after the first. A longer one is cut
//! into chunks of `--ctx` tokens that know nothing of each other; the first token of each gives way
//! to the model's begin token if it has one, and the second half is scored, so that every scored token
//! has at least half a chunk before it. An incomplete last chunk is left out. The figures of the
//! chunked way compare with those of llama.cpp's program of the same name at the same length.

use std::path::PathBuf;

use carrel_core::cancel::CancelFlag;
use carrel_core::exec::{ContextPolicy, Decoder, LogitRows};
use carrel_core::ops::Outcome;
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use serde_json::json;

use crate::failure::Failure;
use crate::model::RunArgs;
use crate::output::Output;

/// Length of a chunk unless `--ctx` says otherwise; what published figures mostly use.
const CHUNK: usize = 512;
/// Logits held at a time, in values (32 MiB): vocabularies of 150,000 tokens are usual.
const LOGITS: usize = 8 << 20;

/// Measure how well a model predicts a text
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    run: RunArgs,
    /// Text file
    #[arg(long, short, value_name = "FILE")]
    file: PathBuf,
}

/// Sum of negative logarithms and what it is over.
#[derive(Default)]
struct Score {
    nll: f64,
    nll_squared: f64,
    n_tokens: usize,
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    if args.run.sliding.is_some() {
        return Err(Failure::usage("perplexity is measured in chunks of --ctx tokens"));
    }
    let text = std::fs::read_to_string(&args.file).map_err(|e| Failure::file(&args.file, e))?;
    let ctx = args.run.ctx.unwrap_or(CHUNK);
    let (model, mut options) =
        RunArgs { ctx: Some(ctx), ..args.run.clone() }.model_and_options()?;
    let n_ctx = match args.run.ctx {
        Some(n_ctx) => n_ctx,
        None => ctx.min(model.spec().n_ctx_train as usize),
    };
    options.context = ContextPolicy::Full(n_ctx);
    let tokenizer = Tokenizer::from_gguf(model.file())?;
    let special = EncodeOptions { add_special: true, parse_special: false };
    let ids = tokenizer.encode(&text, special)?;
    if ids.len() < 2 || n_ctx < 4 {
        return Err(Failure::usage("at least two tokens and a context of four are needed"));
    }
    let mut decoder = model.decoder(&options)?;
    let mut score = Score::default();
    let n_chunks = if ids.len() <= n_ctx { 1 } else { ids.len() / n_ctx };
    let bar = output.step_bar("chunks", n_chunks as u64);
    if ids.len() <= n_ctx {
        score.add(&mut decoder, &ids, 1, cancel)?;
    } else {
        for chunk in ids.chunks_exact(n_ctx) {
            let mut chunk = chunk.to_vec();
            if let Some(begin) = tokenizer.bos().filter(|_| tokenizer.adds_bos()) {
                chunk[0] = begin;
            }
            decoder.clear()?;
            score.add(&mut decoder, &chunk, n_ctx / 2 + 1, cancel)?;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let n = score.n_tokens as f64;
    let mean = score.nll / n;
    let variance = (score.nll_squared / n - mean * mean).max(0.0);
    let error = (variance / (n - 1.0).max(1.0)).sqrt();
    if output.is_json() {
        return output.json(&json!({
            "tokens": ids.len(),
            "scored_tokens": score.n_tokens,
            "chunks": n_chunks,
            "n_ctx": n_ctx,
            "mean_nll": mean,
            "standard_error": error,
            "perplexity": mean.exp(),
        }));
    }
    output.line(format!("perplexity {:.4} (± {:.4})", mean.exp(), mean.exp() * error))?;
    output.line(format!(
        "mean NLL   {mean:.6} over {} of {} tokens, in {n_chunks} chunks of at most {n_ctx}",
        score.n_tokens,
        ids.len()
    ))
}

impl Score {
    /// Scores the tokens of `chunk` from the one at `first` on; the decoder is empty.
    fn add(
        &mut self,
        decoder: &mut Decoder,
        chunk: &[u32],
        first: usize,
        cancel: &CancelFlag,
    ) -> Result<(), Failure> {
        let n_vocab = decoder.model().spec().n_vocab as usize;
        let forward = |decoder: &mut Decoder, tokens: &[u32], rows| match decoder
            .forward(tokens, rows, cancel)?
        {
            Outcome::Cancelled => Err(Failure::cancelled()),
            Outcome::Done => Ok(()),
        };
        // The row of a token predicts the next one, so the last token need not be run.
        let unscored = first - 1;
        forward(decoder, &chunk[..unscored], LogitRows::None)?;
        let mut at = unscored;
        let step = (LOGITS / n_vocab).max(1);
        for tokens in chunk[unscored..chunk.len() - 1].chunks(step) {
            forward(decoder, tokens, LogitRows::All)?;
            for row in decoder.logits().chunks(n_vocab) {
                at += 1;
                let nll = negative_log_probability(row, chunk[at]);
                self.nll += nll;
                self.nll_squared += nll * nll;
                self.n_tokens += 1;
            }
        }
        Ok(())
    }
}

/// −ln of the softmax of `logits` at `token`, in double precision.
fn negative_log_probability(logits: &[f32], token: u32) -> f64 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&logit| f64::from(logit - largest).exp()).sum();
    sum.ln() - f64::from(logits[token as usize] - largest)
}

#[cfg(test)]
mod tests {
    use super::negative_log_probability;

    #[test]
    fn probabilities_are_softmax() {
        let logits = [1.0, 2.0, 4.0];
        let total: f64 =
            (0..3).map(|token| (-negative_log_probability(&logits, token)).exp()).sum();
        assert!((total - 1.0).abs() < 1e-12);
        let expected = (1.0_f64.exp() + 2.0_f64.exp() + 4.0_f64.exp()).ln() - 4.0;
        assert!((negative_log_probability(&logits, 2) - expected).abs() < 1e-6);
        assert!((negative_log_probability(&[1e30, 0.0], 0)).abs() < 1e-12);
    }
}
