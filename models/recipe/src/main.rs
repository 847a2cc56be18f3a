//! `carrel-recipe`: the steps that make and judge the default model; `models/recipe/README.md` has
//! them in order.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, EngineOptions, WindowReader};
use carrel_core::gguf::Gguf;
use carrel_core::memory::{Contract, Reading};
use carrel_core::tokenizer::Tokenizer;
use carrel_recipe::error::{RecipeError, Result};
use carrel_recipe::evaluate::{self, Figures, SIDES};
use carrel_recipe::hand::{self, Reached};
use carrel_recipe::held::Draw;
use carrel_recipe::lesson::{Lesson, lesson};
use carrel_recipe::prose::Prose;
use carrel_recipe::questions::{Question, Task};
use carrel_recipe::rows::{self, RowOptions};
use carrel_recipe::stage::Stage;
use carrel_recipe::{prompt, vocabulary, weights};
use clap::Parser;

/// Make and judge the default model
#[derive(Parser)]
enum Command {
    /// Print lessons as people read them
    Show {
        /// Stage of the lessons: pairs, first, second, full or long
        #[arg(long, default_value = "full", value_parser = stage)]
        stage: &'static Stage,
        /// Seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many
        #[arg(long, default_value_t = 1)]
        lessons: u64,
        /// Folder of books to make them from
        #[arg(long)]
        prose: Option<PathBuf>,
    },
    /// Learn the vocabulary and write it as a GGUF file without tensors
    Vocabulary {
        /// Tokens
        #[arg(long)]
        size: usize,
        /// Seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Lessons to learn from
        #[arg(long, default_value_t = 20_000)]
        lessons: u64,
        /// Folder of books to learn from too
        #[arg(long)]
        prose: Option<PathBuf>,
        /// File to write
        out: PathBuf,
    },
    /// Print the ids of the tokens that number sentences, as JSON
    Numbers {
        /// Vocabulary
        #[arg(long)]
        vocabulary: PathBuf,
    },
    /// Write rows of token ids to standard output until nobody reads them
    Rows {
        /// Vocabulary
        #[arg(long)]
        vocabulary: PathBuf,
        /// Stage of the lessons
        #[arg(long, value_parser = stage)]
        stage: &'static Stage,
        /// Tokens of a row
        #[arg(long)]
        length: usize,
        /// Seed
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Number of the first chunk
        #[arg(long, default_value_t = 0)]
        first_chunk: u64,
        /// Folder of books that some lessons are made from
        #[arg(long)]
        prose: Option<PathBuf>,
        /// Threads
        #[arg(long, default_value_t = 1)]
        threads: usize,
    },
    /// Turn the training program's weights into a model file
    Export {
        /// Weights
        #[arg(long)]
        weights: PathBuf,
        /// Vocabulary
        #[arg(long)]
        vocabulary: PathBuf,
        /// File to write
        out: PathBuf,
    },
    /// Judge a model by what was held out of training
    Evaluate {
        /// Model file
        #[arg(long, short)]
        model: PathBuf,
        /// Lessons of each side
        #[arg(long, default_value_t = 100)]
        lessons: u64,
        /// Stage of the lessons
        #[arg(long, default_value = "full", value_parser = stage)]
        stage: &'static Stage,
        /// Folder of books to make them from, of which nothing is held out
        #[arg(long)]
        prose: Option<PathBuf>,
        /// Threads that compute
        #[arg(long, default_value_t = 1)]
        threads: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Print what was answered wrongly
        #[arg(long)]
        misses: bool,
    },
    /// Put the questions written by hand to the product, without a model and with one
    Hand {
        /// A JSON file of questions about the book beside it, instead of those of the recipe
        #[arg(long)]
        book: Option<PathBuf>,
        /// Model file
        #[arg(long, short)]
        model: Option<PathBuf>,
        /// Threads that compute
        #[arg(long, default_value_t = 1)]
        threads: usize,
    },
}

fn stage(name: &str) -> std::result::Result<&'static Stage, String> {
    Stage::named(name).ok_or_else(|| format!("there is no stage `{name}`"))
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the rows has enough of them.
        Err(RecipeError::Io(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("carrel-recipe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    match command {
        Command::Show { stage, seed, lessons, prose } => {
            let prose = books(prose.as_deref())?;
            for number in 0..lessons {
                let made = || Some(lesson(seed, number, Draw::TRAINING, stage));
                let from_prose = || prose.lesson(seed, number, stage);
                let lesson = if prose.is_empty() { made() } else { from_prose() };
                let Some(lesson) = lesson else { continue };
                writeln!(out, "{}", prompt::window(&lesson.world.sentences))?;
                for question in &lesson.questions {
                    writeln!(out, "{}\n    {}", question.text, question.reply())?;
                }
                writeln!(out)?;
            }
        }
        Command::Vocabulary { size, seed, lessons, prose, out } => {
            let prose = books(prose.as_deref())?;
            let mut file = BufWriter::new(std::fs::File::create(out)?);
            vocabulary::write(size, seed, lessons, &prose, &mut file)?;
            file.flush()?;
        }
        Command::Numbers { vocabulary: path } => {
            let tokenizer = Tokenizer::from_gguf(&Gguf::open(path)?)?;
            let ids: Vec<u32> = (1..=vocabulary::WHOLE_NUMBERS)
                .filter_map(|number| tokenizer.id_of(&number.to_string()))
                .collect();
            writeln!(out, "{}", serde_json::json!(ids))?;
        }
        Command::Rows { vocabulary, stage, length, seed, first_chunk, prose, threads } => {
            let prose = books(prose.as_deref())?;
            let tokenizer = Tokenizer::from_gguf(&Gguf::open(vocabulary)?)?;
            let options =
                RowOptions { seed, first_chunk, stage, prose: &prose, length, n_threads: threads };
            rows::stream(&tokenizer, &options, &mut out)?;
        }
        Command::Export { weights, vocabulary, out } => {
            let mut file = BufWriter::new(std::fs::File::create(out)?);
            weights::export(&std::fs::read(weights)?, &Gguf::open(vocabulary)?, &mut file)?;
            file.flush()?;
        }
        Command::Evaluate { model, lessons, stage, prose, threads, json, misses } => {
            let mut reader = open(&model, threads)?;
            let prose = books(prose.as_deref())?;
            let sides = if prose.is_empty() { &SIDES[..] } else { &[("books", Draw::TRAINING)] };
            let mut missed = |lesson: &Lesson, question: &Question, reply: &str| {
                if misses {
                    eprintln!("{}", miss(lesson, question, reply));
                }
            };
            for (name, draw) in sides.iter().copied() {
                let figures =
                    evaluate::evaluate(&mut reader, draw, stage, &prose, lessons, &mut missed)?;
                if json {
                    let line = serde_json::json!({ "side": name, "figures": figures });
                    writeln!(out, "{line}")?;
                } else {
                    print(&mut out, name, &figures)?;
                }
                out.flush()?;
            }
        }
        Command::Hand { book, model, threads } => {
            let mut reader = match model {
                Some(model) => Some(open(&model, threads)?),
                None => None,
            };
            let mut sets = Vec::new();
            match book {
                Some(book) => sets.push(("book", vec![hand::book(&book)?])),
                None => {
                    for (style, file) in hand::STYLES {
                        sets.push((style, hand::texts(file)?));
                    }
                }
            }
            // What the model may do in each arm.
            let arms = [Reading::Nothing, Reading::Shortens, Reading::Spans];
            let arms = &arms[..if reader.is_some() { arms.len() } else { 1 }];
            let mut total = [Reached::default(); 3];
            for (style, texts) in sets {
                for (arm, total) in arms.iter().zip(&mut total) {
                    if let Some(reader) = &mut reader {
                        reader.set_reading(*arm);
                    }
                    let reached = hand::run(&texts, reader.as_mut().map(|reader| reader as _))?;
                    print_hand(&mut out, style, arm.name(), &reached)?;
                    total.add(&reached);
                }
            }
            for (arm, total) in arms.iter().zip(&total) {
                print_hand(&mut out, "all", arm.name(), total)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn books(folder: Option<&Path>) -> Result<Prose> {
    folder.map_or_else(|| Ok(Prose::default()), Prose::open)
}

fn open(model: &Path, n_threads: usize) -> Result<WindowReader> {
    let options = EngineOptions { n_threads, ..EngineOptions::default() };
    Ok(Engine::open(model, &options)?.reader(&CancelFlag::default())?)
}

/// A question, what should have been replied and what was, with the sentences of both.
fn miss(lesson: &Lesson, question: &Question, reply: &str) -> String {
    let contract = Contract::new(lesson.world.sentences.clone());
    let named = contract.parse(reply).map(|(named, _)| named).unwrap_or_default();
    let mut text = format!("{}\n  due  {}\n  said {reply}\n", question.text, question.reply());
    for &index in question.sentences.iter().chain(&named) {
        text += &format!("    [{}] {}\n", index + 1, lesson.world.sentences[index]);
    }
    text
}

fn print_hand(out: &mut impl Write, style: &str, arm: &str, reached: &Reached) -> Result<()> {
    let hand::Reached { answerable, answered, cited, within, exact, absent, declined } = reached;
    writeln!(
        out,
        "{style:8} {arm:8}  answer right {answered:3} of {answerable:3} (exactly {exact:3})  \
         within what is cited {within:3}  evidence cited {cited:3}  declined {declined:2} of {absent:2}"
    )?;
    Ok(())
}

fn print(out: &mut impl Write, side: &str, figures: &Figures) -> Result<()> {
    writeln!(out, "{side}")?;
    for task in Task::ALL {
        let counts = figures.of(task);
        writeln!(
            out,
            "  {:7} n {:5}  exact {:5.1} %  evidence {:5.1} % (chance {:4.1} %)  recall {:5.1} %  \
             NONE {:5.1} %",
            format!("{task:?}").to_lowercase(),
            counts.n,
            counts.percent(counts.exact as f64),
            counts.percent(counts.evidence as f64),
            counts.percent(counts.chance),
            counts.percent(counts.recall),
            counts.percent(counts.declined as f64),
        )?;
    }
    for margin in [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0] {
        let (n, right) = figures.surer_than(margin);
        writeln!(
            out,
            "  words with a margin of {margin:3.1}  n {n:5}  right {:5.1} %",
            100.0 * right as f64 / n.max(1) as f64
        )?;
    }
    let (n, right) = figures.two_hops;
    writeln!(out, "  two hops n {n}  exact {:5.1} %", 100.0 * right as f64 / n.max(1) as f64)?;
    writeln!(out, "  declining F1 {:.3}", figures.declining_f1())?;
    Ok(())
}
