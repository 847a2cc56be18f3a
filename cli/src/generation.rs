//! Options of every command that lets a model speak, and printing what it says as it says it.

use std::io::IsTerminal;
use std::path::PathBuf;

use carrel_core::cancel::CancelFlag;
use carrel_core::exec::Model;
use carrel_core::sample::{DryOptions, Grammar, GrammarSource, SamplerOptions};
use carrel_core::session::{
    ChatFormat, End, EndReason, Event, GenerateOptions, Generation, grammars_for, message,
};
use carrel_core::template::{Moment, RenderOptions};
use carrel_core::tokenizer::Tokenizer;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::{Output, printable};

/// How tokens are chosen and when to stop.
#[derive(clap::Args, Clone)]
pub struct GenerationArgs {
    /// Most tokens that are generated
    #[arg(short, long = "max-tokens", value_name = "N", default_value_t = 512)]
    n: usize,
    /// Temperature; 0 takes the likeliest token
    #[arg(long, value_name = "T", default_value_t = 0.8)]
    temp: f32,
    /// Keep the K likeliest tokens; 0 keeps all
    #[arg(long, value_name = "K", default_value_t = 40)]
    top_k: usize,
    /// Keep the likeliest tokens that have this probability together
    #[arg(long, value_name = "P", default_value_t = 0.95)]
    top_p: f32,
    /// Keep tokens with at least this share of the likeliest one's probability
    #[arg(long, value_name = "P", default_value_t = 0.05)]
    min_p: f32,
    /// Keep the most typical tokens that have this probability together
    #[arg(long, value_name = "P", default_value_t = 1.0)]
    typical: f32,
    /// Factor against tokens that occurred lately
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    repeat_penalty: f32,
    /// Penalty for each time that a token occurred lately
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_hyphen_values = true)]
    frequency_penalty: f32,
    /// Penalty for tokens that occurred lately
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_hyphen_values = true)]
    presence_penalty: f32,
    /// Tokens that count as lately
    #[arg(long, value_name = "N", default_value_t = 64)]
    penalty_tokens: usize,
    /// Strength of the penalty on repeated sequences (DRY); 0.8 is usual
    #[arg(long, value_name = "X", default_value_t = 0.0)]
    dry: f32,
    /// Growth of that penalty for each token
    #[arg(long, value_name = "X", default_value_t = 1.75)]
    dry_base: f32,
    /// Length from which sequences count as repeated
    #[arg(long, value_name = "N", default_value_t = 2)]
    dry_allowed: usize,
    /// Texts at which repeated sequences end [default: line break, colon, quote, asterisk]
    #[arg(long, value_name = "TEXT")]
    dry_breaker: Vec<String>,
    /// Add to the logit of a token, as ID=NUMBER; -inf forbids it
    #[arg(long, value_name = "ID=X", value_parser = parse_bias, allow_hyphen_values = true)]
    bias: Vec<(u32, f32)>,
    /// Start of the random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Stop at this text
    #[arg(long, value_name = "TEXT")]
    stop: Vec<String>,
    /// Follow the grammar in this file (Lark syntax)
    #[arg(long, value_name = "FILE", conflicts_with = "json_schema")]
    grammar: Option<PathBuf>,
    /// Answer in JSON that follows the schema in this file
    #[arg(long, value_name = "FILE")]
    json_schema: Option<PathBuf>,
    /// Do not copy drafts from earlier text (slower; the text is the same)
    #[arg(long)]
    no_speculation: bool,
    /// Go on when the model is done
    #[arg(long)]
    ignore_end: bool,
}

/// How a conversation becomes a prompt.
#[derive(clap::Args, Clone)]
pub struct ChatArgs {
    /// System message
    #[arg(long, value_name = "TEXT")]
    pub system: Option<String>,
    /// File with a chat template, instead of the model's
    #[arg(long, value_name = "FILE")]
    pub template: Option<PathBuf>,
}

impl ChatArgs {
    /// The form that the options or the model prescribe.
    pub fn format(&self, model: &Model, tokenizer: &Tokenizer) -> Result<ChatFormat, Failure> {
        let Some(path) = &self.template else { return Ok(ChatFormat::of(model, tokenizer)?) };
        let source = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
        Ok(ChatFormat::new(&source, tokenizer)?)
    }

    /// The messages that every conversation begins with.
    pub fn beginning(&self) -> Vec<Value> {
        self.system.iter().map(|text| message("system", text)).collect()
    }
}

/// The ids that ask the model for its next message.
pub fn prompt_ids(format: &ChatFormat, messages: &[Value]) -> Result<Vec<u32>, Failure> {
    Ok(format.ids(&RenderOptions {
        messages,
        tools: &[],
        add_generation_prompt: true,
        variables: &serde_json::Map::new(),
        now: Moment::now(),
    })?)
}

fn parse_bias(text: &str) -> Result<(u32, f32), String> {
    let (id, bias) = text.split_once('=').ok_or("ID=NUMBER is needed")?;
    let id = id.trim().parse().map_err(|error| format!("`{id}`: {error}"))?;
    let bias = bias.trim().parse().map_err(|error| format!("`{bias}`: {error}"))?;
    Ok((id, bias))
}

impl GenerationArgs {
    /// The options, for a vocabulary.
    pub fn options(
        &self,
        tokenizer: &Tokenizer,
        cancel: &CancelFlag,
    ) -> Result<GenerateOptions, Failure> {
        Ok(GenerateOptions {
            sampling: SamplerOptions {
                temperature: self.temp,
                top_k: self.top_k,
                top_p: self.top_p,
                min_p: self.min_p,
                typical_p: self.typical,
                repeat_penalty: self.repeat_penalty,
                frequency_penalty: self.frequency_penalty,
                presence_penalty: self.presence_penalty,
                penalty_tokens: self.penalty_tokens,
                dry: self.dry(tokenizer),
                bias: self.bias.clone(),
                seed: self.seed,
            },
            max_tokens: self.n,
            stop: self.stop.clone(),
            grammar: self.compiled(tokenizer)?,
            speculation: !self.no_speculation,
            ignores_end: self.ignore_end,
            cancel: cancel.clone(),
        })
    }

    fn dry(&self, tokenizer: &Tokenizer) -> Option<DryOptions> {
        let usual = ["\n", ":", "\"", "*"].map(String::from);
        let texts = if self.dry_breaker.is_empty() { &usual[..] } else { &self.dry_breaker };
        // Every token whose text has a breaker in it ends a sequence.
        let breaks = |id: &u32| {
            let bytes = tokenizer.token_bytes(*id).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            texts.iter().any(|breaker| text.contains(breaker.as_str()))
        };
        (self.dry != 0.0).then(|| DryOptions {
            multiplier: self.dry,
            base: self.dry_base,
            allowed_length: self.dry_allowed,
            breakers: (0..tokenizer.n_vocab() as u32).filter(breaks).collect(),
            ..Default::default()
        })
    }

    fn compiled(&self, tokenizer: &Tokenizer) -> Result<Option<Grammar>, Failure> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|source| Failure::file(path, source))
        };
        let source = match (&self.grammar, &self.json_schema) {
            (Some(path), _) => GrammarSource::Lark(read(path)?),
            (None, Some(path)) => {
                let schema = serde_json::from_str(&read(path)?);
                GrammarSource::JsonSchema(schema.map_err(|error| Failure::file(path, error))?)
            }
            (None, None) => return Ok(None),
        };
        let grammars = grammars_for(tokenizer)?;
        Ok(Some(grammars.compile(&source).map_err(carrel_core::Error::from)?))
    }
}

/// What was said.
pub struct Said {
    /// The text.
    pub text: String,
    /// Its ids.
    pub ids: Vec<u32>,
    /// How it ended.
    pub end: End,
}

/// Runs a generation to its end. Prints the text as it comes, unless JSON is wanted.
pub fn say(mut generation: Generation, output: &Output) -> Result<Said, Failure> {
    let is_screen = std::io::stdout().is_terminal();
    let bar = output.step_bar("reading", 0);
    let mut text = String::new();
    let mut last = None;
    for event in generation.by_ref() {
        match event {
            Event::Progress { n_done, n_total } => {
                bar.set_length(n_total as u64);
                bar.set_position(n_done as u64);
            }
            Event::Text(piece) => {
                bar.finish_and_clear();
                if !output.is_json() && is_screen {
                    // What a model says must not steer the terminal.
                    let lines: Vec<String> = piece.split('\n').map(printable).collect();
                    output.text(lines.join("\n"))?;
                } else if !output.is_json() {
                    output.text(&piece)?;
                }
                text.push_str(&piece);
            }
            Event::End(end) => last = Some(end),
        }
    }
    bar.finish_and_clear();
    let end = last.ok_or_else(|| Failure::other("the generation has no end"))?;
    if let EndReason::Failed(error) = end.reason {
        return Err(error.into());
    }
    Ok(Said { text, ids: generation.ids().to_vec(), end })
}

impl Said {
    /// Everything, for scripts.
    pub fn json(&self, prompt_ids: &[u32]) -> Value {
        let End { reason, usage, timings, .. } = &self.end;
        let per_second = |n: usize, ms: f64| if ms > 0.0 { n as f64 * 1e3 / ms } else { 0.0 };
        let n_read = usage.n_prompt - usage.n_reused;
        let stop = match reason {
            EndReason::Stop(stop) => Some(stop),
            _ => None,
        };
        json!({
            "prompt_ids": prompt_ids,
            "ids": self.ids,
            "text": self.text,
            "end": reason.name(),
            "stop": stop,
            "usage": {
                "prompt_tokens": usage.n_prompt,
                "reused_tokens": usage.n_reused,
                "generated_tokens": usage.n_generated,
                "drafted_tokens": usage.n_drafted,
                "accepted_tokens": usage.n_accepted,
            },
            "timings": {
                "prompt_ms": timings.prompt_ms,
                "prompt_tokens_per_s": per_second(n_read, timings.prompt_ms),
                "decode_ms": timings.decode_ms,
                "decode_tokens_per_s": per_second(usage.n_generated, timings.decode_ms),
            },
        })
    }

    /// A line about speed, for people at a terminal.
    pub fn note(&self, output: &Output) {
        let End { reason, usage, timings, .. } = &self.end;
        let per_second = usage.n_generated as f64 * 1e3 / timings.decode_ms.max(1e-3);
        output.note(format!(
            "[{}; {} + {} tokens, {} reused, {} of {} drafted; {:.0} ms, then {per_second:.1} tokens/s]",
            reason.name().replace('_', " "),
            usage.n_prompt,
            usage.n_generated,
            usage.n_reused,
            usage.n_accepted,
            usage.n_drafted,
            timings.prompt_ms,
        ));
    }
}
