//! `carrel suite`: makes questions with known answers about documents of any length, asks them, and
//! reports. The work is in `carrel-suite`.

use std::path::PathBuf;

use carrel_core::cancel::CancelFlag;
use carrel_suite::SuiteError;
use carrel_suite::filler::prose::Prose;
use carrel_suite::item::Language;
use carrel_suite::report::{html, markdown, summarise};
use carrel_suite::run::arm::Arm;
use carrel_suite::run::library::LibraryArm;
use carrel_suite::run::plan::{LENGTHS, Plan};
use carrel_suite::run::rivals::{Policy, Rival};
use carrel_suite::run::{self, Ladder};
use carrel_suite::tasks::Task;
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::failure::Failure;
use crate::output::Output;

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
    /// Who answers: carrel, or what truncate and stuff would put before a model; carrel if none is
    /// named
    #[arg(long = "arm", value_name = "ARM")]
    arms: Vec<ArmArg>,
    /// Window of the rivals in tokens
    #[arg(long, value_name = "TOKENS", value_parser = parse_length, default_value = "8K")]
    window: usize,
    /// File of results, a line of JSON a question
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

/// Write a page with plots, a table in Markdown and figures in JSON
#[derive(clap::Args)]
struct ReportArgs {
    /// Files of results
    #[arg(required = true, value_name = "FILE")]
    results: Vec<PathBuf>,
    /// Folder to write: report.html, report.md and report.json
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum ArmArg {
    Carrel,
    Truncate,
    Stuff,
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
        Step::Report(args) => report(args, output),
    }
}

fn generate(args: &GenerateArgs, output: &Output, cancel: &CancelFlag) -> Result<(), Failure> {
    let prose = args.plan.prose()?;
    let orders = args.plan.plan().orders();
    std::fs::create_dir_all(&args.output).map_err(|e| Failure::file(&args.output, e))?;
    let bar = output.step_bar("generating", orders.len() as u64);
    let (mut n_items, items) = (0, args.output.join("items.jsonl"));
    super::write_whole(&items, |out| {
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
    let named: &[ArmArg] = if args.arms.is_empty() { &[ArmArg::Carrel] } else { &args.arms };
    let mut arms: Vec<Box<dyn Arm>> = Vec::new();
    for arm in named {
        arms.push(match arm {
            ArmArg::Carrel => Box::new(LibraryArm::new()),
            ArmArg::Truncate => Box::new(Rival::new(Policy::Truncate, args.window, None)),
            ArmArg::Stuff => Box::new(Rival::new(Policy::Stuff, args.window, None)),
        });
    }
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

fn report(args: &ReportArgs, output: &Output) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for path in &args.results {
        // A results file that a run may start is empty; one that a report names has to be there.
        std::fs::metadata(path).map_err(|e| Failure::file(path, e))?;
        lines.extend(run::results(path)?);
    }
    let (by_task, by_form) = (summarise(&lines, false), summarise(&lines, true));
    std::fs::create_dir_all(&args.output).map_err(|e| Failure::file(&args.output, e))?;
    let figures = json!({ "by_task": by_task, "by_form": by_form });
    let files = [
        ("report.html", html::page(&by_task, &by_form)),
        ("report.md", markdown::table(&by_task)),
        ("report.json", format!("{figures:#}\n")),
    ];
    for (name, text) in files {
        let path = args.output.join(name);
        std::fs::write(&path, text).map_err(|e| Failure::file(&path, e))?;
    }
    if output.is_json() {
        return output.json(&figures);
    }
    output.text(markdown::table(&by_task))
}
