//! How much drafts by prompt look-up save when a model answers from a document, by the policy that makes them.
//!
//! The documents, questions and answers are those that were written by hand (`models/recipe/hand`). A reply is
//! the answer's sentence word for word, or the words that answer and that sentence in quotation marks; it is
//! replayed as if a model had chosen it, so that what counts is the text and not the model. What a pass over
//! several tokens costs is measured with `--model FILE` behind a text of 512 tokens; `--vocabulary FILE`
//! splits the texts (the model's own by default), `--threads N` computes.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use carrel_core::cancel::CancelFlag;
use carrel_core::exec::{CpuBackend, Decoder, DecoderOptions, LogitRows, Model, ModelOptions};
use carrel_core::gguf::Gguf;
use carrel_core::session::draft::{Drafter, Policy};
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_recipe::hand::{self, STYLES};
use clap::Parser;

/// Most tokens that are drafted at once by any policy.
const MOST: usize = 32;
/// Tokens before those whose cost is measured.
const DEPTH: usize = 512;
/// Passes of which the median counts.
const N_PASSES: usize = 21;
const SHORTEST: [usize; 4] = [1, 2, 3, 4];
const RATES: [usize; 4] = [1, 2, 4, 8];
const LONGEST: [usize; 4] = [4, 8, 16, MOST];

/// A prompt and what is replied to it, as tokens.
struct Replayed {
    prompt: Vec<u32>,
    reply: Vec<u32>,
}

/// What the drafts are tuned for.
#[derive(Parser)]
#[command(about = "Measure what drafts of answers gain by prompt lookup, and which are the best")]
struct Args {
    /// The model whose speed is measured
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// The model that splits text into tokens, if the first has no vocabulary
    #[arg(long, value_name = "FILE")]
    vocabulary: Option<PathBuf>,
    /// Threads
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
}

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<(), String> {
    let Args { model, vocabulary, threads: n_threads } = Args::parse();
    let vocabulary = vocabulary.unwrap_or_else(|| model.clone());
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let gguf = Gguf::open(&vocabulary).map_err(|error| failed(&error))?;
    let tokenizer = Tokenizer::from_gguf(&gguf).map_err(|error| failed(&error))?;
    let costs = costs(&model, n_threads)?;
    for n in [1, 2, 3, 4, 5, 8, 12, 16, 24, MOST + 1] {
        println!("{n:3} tokens at once: {:.2} of one", costs[n - 1] / costs[0]);
    }
    let forms = [replies(&tokenizer, true)?, replies(&tokenizer, false)?];
    for (form, replies) in ["the sentence", "the words and the sentence"].iter().zip(&forms) {
        let n_tokens: usize = replies.iter().map(|replayed| replayed.reply.len()).sum();
        println!("{form}: {} replies, {n_tokens} tokens", replies.len());
    }
    let of = |policy: Policy| forms.each_ref().map(|replies| gain(replies, policy, &costs));
    let print = |policy: Policy, [(one, _), (other, a_pass)]: [(f64, f64); 2]| {
        println!("{one:.2} and {other:.2} times as fast, {a_pass:.2} tokens a pass: {policy:?}");
    };
    println!("as tuned:");
    print(Policy::TUNED, of(Policy::TUNED));
    println!("the best of all:");
    let mut gains: Vec<(Policy, [(f64, f64); 2])> = Vec::new();
    for shortest in SHORTEST {
        for (rate, longest) in RATES.iter().flat_map(|rate| LONGEST.map(|l| (*rate, l))) {
            let policy = Policy { shortest, rate, longest };
            gains.push((policy, of(policy)));
        }
    }
    let both = |[(one, _), (other, _)]: [(f64, f64); 2]| one * other;
    gains.sort_by(|one, other| both(other.1).total_cmp(&both(one.1)));
    gains.iter().take(10).for_each(|(policy, gain)| print(*policy, *gain));
    Ok(())
}

/// Seconds of a pass over 1, 2, 3... tokens, all rows of logits included.
fn costs(model: &std::path::Path, n_threads: usize) -> Result<Vec<f64>, String> {
    let options = ModelOptions { backend: CpuBackend::Own, ..ModelOptions::default() };
    let model = Model::open(model, options).map_err(|error| error.to_string())?;
    println!("computed by {}", model.choice());
    let options = DecoderOptions { n_threads, ..DecoderOptions::default() };
    let mut decoder = model.decoder(&options).map_err(|error| error.to_string())?;
    let n_vocab = model.spec().n_vocab;
    let tokens: Vec<u32> = (0..DEPTH as u32).map(|at| (at * 7_919 + 13) % n_vocab).collect();
    let cancel = CancelFlag::new();
    let pass = |decoder: &mut Decoder, n: usize, rows| {
        decoder.forward(&tokens[..n], rows, &cancel).map_err(|error| error.to_string())
    };
    pass(&mut decoder, DEPTH, LogitRows::None)?;
    let mut costs = Vec::with_capacity(MOST + 1);
    for n in 1..=MOST + 1 {
        let mut seconds = Vec::with_capacity(N_PASSES);
        for _ in 0..N_PASSES {
            let started = Instant::now();
            pass(&mut decoder, n, LogitRows::AllBest(2))?;
            seconds.push(started.elapsed().as_secs_f64());
            decoder.truncate(DEPTH).map_err(|error| error.to_string())?;
        }
        seconds.sort_by(f64::total_cmp);
        costs.push(seconds[N_PASSES / 2]);
    }
    Ok(costs)
}

/// Every answerable question with its text, and the reply.
fn replies(tokenizer: &Tokenizer, is_bare: bool) -> Result<Vec<Replayed>, String> {
    let encoded = |text: &str| {
        tokenizer.encode(text, EncodeOptions::default()).map_err(|error| error.to_string())
    };
    let mut out = Vec::new();
    for (_, file) in STYLES {
        for text in hand::texts(file).map_err(|error| error.to_string())? {
            for asked in &text.questions {
                let (Some(evidence), Some(words)) = (asked.evidence.first(), asked.answers.first())
                else {
                    continue;
                };
                let at = text.text.find(evidence.as_str()).ok_or("evidence that is not there")?;
                let start = text.text[..at].rfind(['.', '\n']).map_or(0, |stop| stop + 1);
                let end = text.text[at..].find(['.', '\n']).map_or(text.text.len(), |n| at + n + 1);
                let sentence = text.text[start..end].trim();
                let reply = match is_bare {
                    true => format!(" {sentence}"),
                    false => format!(" {words}. The text says: \"{sentence}\""),
                };
                let prompt = format!("{}\nQuestion: {}\nAnswer:", text.text, asked.question);
                out.push(Replayed { prompt: encoded(&prompt)?, reply: encoded(&reply)? });
            }
        }
    }
    Ok(out)
}

/// How many times as fast the replies are with drafts, and tokens a pass.
fn gain(replies: &[Replayed], policy: Policy, costs: &[f64]) -> (f64, f64) {
    let (mut seconds, mut n_tokens, mut n_passes) = (0.0, 0, 0);
    for Replayed { prompt, reply } in replies {
        let mut drafter = Drafter::new(policy);
        let mut history = prompt.clone();
        // The first token is chosen from what reading the prompt left, and the end is a token, too.
        history.extend(reply.first());
        let mut at = 1;
        while at <= reply.len() {
            let draft = drafter.draft(&history, MOST.min(reply.len() + 1 - at), |_| false);
            let right = draft.iter().zip(&reply[at..]).take_while(|(one, other)| one == other);
            let n_right = right.count();
            if !draft.is_empty() {
                drafter.learn(draft.len(), n_right);
            }
            let next = (at + n_right + 1).min(reply.len());
            history.extend(&reply[at.min(reply.len())..next]);
            at += n_right + 1;
            seconds += costs[draft.len()];
            n_passes += 1;
        }
        n_tokens += reply.len();
    }
    (n_tokens as f64 * costs[0] / seconds, n_tokens as f64 / f64::from(n_passes))
}
