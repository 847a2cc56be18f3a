//! `carrel models probe`: what a model may do for answers about documents, and how it scored.

use std::path::PathBuf;

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, EngineOptions};
use carrel_core::memory::Reading;
use carrel_core::memory::probe::{ProbeReport, Skill, SkillScore};

use crate::failure::Failure;
use crate::model::parse_bytes;
use crate::output::Output;
use crate::probe;
use carrel_downloads::folder::model_file;
use carrel_downloads::packed_files;

#[derive(clap::Args)]
pub struct Args {
    /// Model file (GGUF), or the name of a pulled one
    #[arg(value_name = "FILE")]
    model: PathBuf,
    /// Probe again, even if the result is known
    #[arg(long)]
    again: bool,
    /// Threads that compute
    #[arg(long, short, value_name = "N")]
    threads: Option<usize>,
    /// Choose settings that fit this much memory or refuse to run, for example 512M or 2G
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    memory_budget: Option<u64>,
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let mut options = EngineOptions {
        memory_budget_bytes: args.memory_budget,
        packed: packed_files(),
        ..EngineOptions::default()
    };
    if let Some(n_threads) = args.threads {
        options.n_threads = n_threads;
    }
    let engine = Engine::open(model_file(&args.model)?, &options)?;
    let mut reader = engine.reader(cancel)?;
    let report = if args.again {
        probe::run_again(&engine, &mut reader, output, cancel)?
    } else {
        probe::run_once(&engine, &mut reader, output, cancel)?
    };
    if output.is_json() {
        return output.json(&report.to_json());
    }
    print(&report, output)
}

fn print(report: &ProbeReport, output: &Output) -> Result<(), Failure> {
    let row = |name: &str, score: SkillScore, with_code: bool| {
        let code = if with_code { score.code.to_string() } else { "–".to_owned() };
        output.line(format!("{name:28} {:>6} {:>6} {code:>6}", score.probes, score.model))
    };
    output.line(format!("{:28} {:>6} {:>6} {:>6}", "", "probes", "model", "code"))?;
    for skill in Skill::ALL {
        let what = match skill {
            Skill::Copy => "the sentence, same words",
            Skill::Span => "the sentence, other words",
            Skill::None => "no sentence answers",
            Skill::TwoHops => "two sentences together",
            Skill::Selection => "all sentences about somebody",
            Skill::Phrase => "true words of its own",
            Skill::Facts => "true lines about a window",
            Skill::Shorten => "the words, from one sentence",
        };
        row(what, report.score(skill), !matches!(skill, Skill::Phrase | Skill::Facts))?;
        if skill == Skill::Span {
            row("the words that answer", report.spans, true)?;
        }
    }
    if let Some(speed) = report.speed() {
        let (reads, writes) = (speed.prompt_tokens_per_s, speed.output_tokens_per_s);
        output.line(format!("\nreads {reads:.0} tokens a second, writes {writes:.0}"))?;
    }
    if report.writes() {
        output.line("may write facts and summaries (`carrel library digest`)")?;
    }
    output.line(match report.reading() {
        Reading::Nothing => "not used for answers: code alone does as well",
        Reading::Shortens => "may copy the words that answer from a sentence that code found",
        Reading::Points => "may point to sentences",
        Reading::Spans => "may point to sentences and copy words from them",
        Reading::Phrases => "may point, copy, and put a proved answer into its own words",
    })
}
