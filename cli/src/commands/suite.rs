//! `carrel suite`: makes questions with known answers about documents of any length, asks them, and
//! reports. The work is in `carrel-suite`.

use std::io::Write;
use std::path::{Path, PathBuf};

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, EngineOptions};
use carrel_core::memory::{Foresight, Reading};
use carrel_core::whole_file::write_whole;
use carrel_suite::SuiteError;
use carrel_suite::filler::prose::Prose;
use carrel_suite::item::Language;
use carrel_suite::report::{Report, bars, cost, html, markdown, weights};
use carrel_suite::run::arm::Arm;
use carrel_suite::run::library::{LibraryArm, ReadingModel};
use carrel_suite::run::model::SessionReader;
use carrel_suite::run::plan::{LENGTHS, Plan};
use carrel_suite::run::rivals::{Policy, Reader, Rival};
use carrel_suite::run::{self, Ladder};
use carrel_suite::tasks::Task;
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;
use crate::probe;
use carrel_downloads::folder::model_file;

/// Make, run and report questions with known answers about long documents
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand)]
enum Step {
    Generate(GenerateArgs),
    Run(RunArgs),
    Weigh(WeighArgs),
    Report(ReportArgs),
}

/// Which documents and questions.
#[derive(clap::Args)]
struct PlanArgs {
    /// Seed of the suite
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Tasks; all if none is named
    #[arg(long = "task", value_name = "TASK", value_parser = parse_task)]
    tasks: Vec<Task>,
    /// Lengths of documents in tokens, such as 8K, 128K or 1M; six from 8K to 4M if none is given
    #[arg(long = "length", value_name = "TOKENS", value_parser = parse_length)]
    lengths: Vec<usize>,
    /// Languages; both if none is named
    #[arg(long = "language", value_name = "LANGUAGE")]
    languages: Vec<LanguageArg>,
    /// Documents of each kind, length and side of the split
    #[arg(long, default_value_t = 1)]
    cases: usize,
    /// Questions a document
    #[arg(long, default_value_t = 6)]
    questions: usize,
    /// Folder of books in plain text to hide the fragments in; generated prose without it
    #[arg(long, value_name = "DIR")]
    prose: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum LanguageArg {
    En,
    Zh,
}

/// Write documents and questions as files
#[derive(clap::Args)]
struct GenerateArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Folder to write: a text file a document, and items.jsonl
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

/// Ask the questions and judge the answers; goes on where a stopped run was
#[derive(clap::Args)]
struct RunArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// What to be given: oracle (the needed fragments alone) or end-to-end; both if none is named
    #[arg(long = "ladder", value_name = "LADDER")]
    ladders: Vec<LadderArg>,
    /// Who answers; carrel if none is named
    #[arg(long = "arm", value_name = "ARM")]
    arms: Vec<ArmArg>,
    /// Model of the arms that have one (GGUF, or the name of a pulled one)
    #[arg(long, short, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Let the model point and copy whatever its probe found
    #[arg(long, requires = "model")]
    no_probe: bool,
    /// Threads that the model computes with
    #[arg(long, short, value_name = "N", requires = "model")]
    threads: Option<usize>,
    /// Window of the rivals in tokens; the model's context if it is shorter
    #[arg(long, value_name = "TOKENS", value_parser = parse_length, default_value = "8K")]
    window: usize,
    /// File of results, a line of JSON a question
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

/// Measure what libraries of the documents weigh: index, memory, time to the first answer
#[derive(clap::Args)]
struct WeighArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// File of weights, a line of JSON a document
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

/// Write a page with plots, a table in Markdown and figures in JSON
#[derive(clap::Args)]
struct ReportArgs {
    /// Files of results
    #[arg(required = true, value_name = "FILE")]
    results: Vec<PathBuf>,
    /// File of weights
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Folder to write: report.html, report.md and report.json
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum ArmArg {
    /// Carrel without a model
    Carrel,
    /// Carrel with the model
    CarrelModel,
    /// The beginning and the end of the document, for the model if there is one
    Truncate,
    /// The best chunks by BM25, for the model if there is one
    Stuff,
    /// A memory that the model rewrites chunk after chunk
    Memory,
}

#[derive(Clone, Copy, ValueEnum)]
enum LadderArg {
    Oracle,
    EndToEnd,
}

fn parse_task(name: &str) -> Result<Task, String> {
    Task::named(name).ok_or_else(|| {
        let names: Vec<&str> = Task::ALL.iter().map(|task| task.name()).collect();
        format!("not a task; there are {}", names.join(", "))
    })
}

fn parse_length(text: &str) -> Result<usize, String> {
    let upper = text.to_ascii_uppercase();
    let (digits, shift) = match upper.strip_suffix('K') {
        Some(digits) => (digits, 10),
        None => upper.strip_suffix('M').map_or((upper.as_str(), 0), |digits| (digits, 20)),
    };
    let number: usize = digits.parse().map_err(|_| format!("{text}: not a length such as 128K"))?;
    let tokens = number.checked_mul(1 << shift).filter(|tokens| (256..=64 << 20).contains(tokens));
    tokens.ok_or_else(|| format!("{text}: lengths are from 256 to 64M tokens"))
}

impl PlanArgs {
    fn plan(&self) -> Plan {
        let default = Plan::default();
        let languages = self.languages.iter().map(|language| match language {
            LanguageArg::En => Language::English,
            LanguageArg::Zh => Language::Chinese,
        });
        Plan {
            seed: self.seed,
            tasks: if self.tasks.is_empty() { default.tasks } else { self.tasks.clone() },
            languages: if self.languages.is_empty() {
                default.languages
            } else {
                languages.collect()
            },
            lengths: if self.lengths.is_empty() { LENGTHS.to_vec() } else { self.lengths.clone() },
            cases: self.cases,
            questions: self.questions,
        }
    }

    fn prose(&self) -> Result<Option<Prose>, Failure> {
        Ok(self.prose.as_deref().map(Prose::load).transpose()?)
    }
}

impl From<SuiteError> for Failure {
    fn from(error: SuiteError) -> Self {
        match error {
            SuiteError::Core(error) => error.into(),
            SuiteError::Stopped => Self::cancelled(),
            SuiteError::File { .. } | SuiteError::NoProse { .. } | SuiteError::BadResult { .. } => {
                Self { code: 3, kind: "file", message: error.to_string() }
            }
            error => Self::other(error),
        }
    }
}

pub fn run(args: &Args, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    match &args.step {
        Step::Generate(args) => generate(args, output, cancel),
        Step::Run(args) => ask(args, output, cancel),
        Step::Weigh(args) => weigh(args, output, cancel),
        Step::Report(args) => report(args, output),
    }
}

fn generate(args: &GenerateArgs, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let prose = args.plan.prose()?;
    let orders = args.plan.plan().orders();
    std::fs::create_dir_all(&args.output).map_err(|e| Failure::file(&args.output, e))?;
    let bar = output.step_bar("generating", orders.len() as u64);
    let (mut n_items, items) = (0, args.output.join("items.jsonl"));
    write_whole(&items, Failure::file, |out| {
        for order in &orders {
            if cancel.is_cancelled() {
                return Err(Failure::cancelled());
            }
            let case = Task::make(order, prose.as_ref())?;
            let path = args.output.join(format!("{}.txt", case.id));
            std::fs::write(&path, &case.document).map_err(|e| Failure::file(&path, e))?;
            for item in &case.items {
                let mut line = serde_json::to_value(item).map_err(Failure::other)?;
                line["document"] = json!(format!("{}.txt", case.id));
                writeln!(out, "{line}").map_err(|e| Failure::file(&items, e))?;
                n_items += 1;
            }
            bar.inc(1);
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    if output.is_json() {
        return output.json(&json!({
            "output": args.output.display().to_string(),
            "documents": orders.len(),
            "items": n_items,
        }));
    }
    let folder = args.output.display();
    output.line(format!("{folder}: {} documents, {n_items} questions", orders.len()))
}

fn ask(args: &RunArgs, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let prose = args.plan.prose()?;
    let orders = args.plan.plan().orders();
    let ladders: Vec<Ladder> = match args.ladders.as_slice() {
        [] => vec![Ladder::Oracle, Ladder::EndToEnd],
        named => named
            .iter()
            .map(|ladder| match ladder {
                LadderArg::Oracle => Ladder::Oracle,
                LadderArg::EndToEnd => Ladder::EndToEnd,
            })
            .collect(),
    };
    let mut arms = arms(args, output, cancel)?;
    let bar = output.step_bar("asking", orders.len() as u64);
    let mut n_new = 0;
    run::run(&orders, prose.as_ref(), &mut arms, &ladders, &args.output, &mut |heard| {
        n_new += usize::from(heard.done.is_some());
        bar.set_position(heard.cases_done as u64);
        !cancel.is_cancelled()
    })?;
    bar.finish_and_clear();
    let n_all = run::results(&args.output)?.len();
    if output.is_json() {
        return output.json(&json!({
            "output": args.output.display().to_string(),
            "asked": n_new,
            "results": n_all,
        }));
    }
    output.line(format!("{}: {n_new} asked, {n_all} results", args.output.display()))
}

fn weigh(args: &WeighArgs, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let prose = args.plan.prose()?;
    let orders = args.plan.plan().orders();
    let program = std::env::current_exe().map_err(Failure::other)?;
    let bar = output.step_bar("weighing", orders.len() as u64);
    run::weigh::weigh(&program, &orders, prose.as_ref(), &args.output, &mut |done| {
        bar.set_position(done as u64);
        !cancel.is_cancelled()
    })?;
    bar.finish_and_clear();
    let n_weighed = run::weights(&args.output)?.len();
    if output.is_json() {
        let path = args.output.display().to_string();
        return output.json(&json!({ "output": path, "weighed": n_weighed }));
    }
    output.line(format!("{}: {n_weighed} libraries weighed", args.output.display()))
}

/// The arms that were named.
fn arms(
    args: &RunArgs,
    output: &Output,
    cancel: &CancelFlag,
) -> Result<Vec<Box<dyn Arm>>, Failure> {
    let model = args.model.as_deref().map(|path| Named::open(path, args.threads)).transpose()?;
    let needed = || Failure::usage("this arm needs a --model");
    let named: &[ArmArg] = if args.arms.is_empty() { &[ArmArg::Carrel] } else { &args.arms };
    let mut arms: Vec<Box<dyn Arm>> = Vec::new();
    for arm in named {
        let policy = match arm {
            ArmArg::Carrel => {
                arms.push(Box::new(LibraryArm::new()));
                continue;
            }
            ArmArg::CarrelModel => {
                let model = model.as_ref().ok_or_else(needed)?;
                arms.push(Box::new(LibraryArm::with_model(model.reader(args, output, cancel)?)));
                continue;
            }
            ArmArg::Truncate => Policy::Truncate,
            ArmArg::Stuff => Policy::Stuff,
            ArmArg::Memory if model.is_none() => return Err(needed()),
            ArmArg::Memory => Policy::RunningMemory,
        };
        let mut window = args.window;
        let mut reader: Option<Box<dyn Reader>> = None;
        if let Some(model) = &model {
            let session = SessionReader::new(&model.engine, &model.name)?;
            window = window.min(session.n_ctx());
            reader = Some(Box::new(session));
        }
        arms.push(Box::new(Rival::new(policy, window, reader)));
    }
    Ok(arms)
}

/// An opened model and its name in results.
struct Named {
    name: String,
    engine: Engine,
}

impl Named {
    fn open(path: &Path, n_threads: Option<usize>) -> Result<Self, Failure> {
        let mut options = EngineOptions::default();
        if let Some(n_threads) = n_threads {
            options.n_threads = n_threads;
        }
        let file = model_file(path)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, engine: Engine::open(file, &options)? })
    }

    /// A reader of windows, as far as its probe lets it.
    fn reader(
        &self,
        args: &RunArgs,
        output: &Output,
        cancel: &CancelFlag,
    ) -> Result<ReadingModel<'static>, Failure> {
        let mut reader = self.engine.reader(cancel)?;
        probe::run_once(&self.engine, &mut reader, output, cancel)?;
        if args.no_probe {
            reader.set_reading(Reading::Spans);
        }
        let reading = reader.reading();
        let name = format!("{}, {}", self.name, reading.name());
        Ok(ReadingModel { name, model: Box::new(reader) })
    }
}

fn report(args: &ReportArgs, output: &Output) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for path in &args.results {
        // A results file that a run may start is empty; one that a report names has to be there.
        std::fs::metadata(path).map_err(|e| Failure::file(path, e))?;
        lines.extend(run::results(path)?);
    }
    let weighed = args.weights.as_deref().map(run::weights).transpose()?.unwrap_or_default();
    let report = Report::of(&lines, &weighed);
    std::fs::create_dir_all(&args.output).map_err(|e| Failure::file(&args.output, e))?;
    let figures = serde_json::to_value(&report).map_err(Failure::other)?;
    let tables = [bars::table(&report.bars), cost::table(&report.costs)].join("\n");
    let tables = format!("{tables}\n{}", weights::table(&report.weights).trim_end());
    let tables = format!("{tables}\n{}", markdown::table(&report.by_task));
    let files = [
        ("report.html", html::page(&report)),
        ("report.md", tables.clone()),
        ("report.json", format!("{figures:#}\n")),
    ];
    for (name, text) in files {
        let path = args.output.join(name);
        std::fs::write(&path, text).map_err(|e| Failure::file(&path, e))?;
    }
    if output.is_json() {
        return output.json(&figures);
    }
    output.text(tables)
}
