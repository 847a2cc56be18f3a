//! The whole recipe with a tiny model: vocabulary, training, export, quantisation, evaluation, and
//! llama.cpp on the same file.
//!
//! Needs a Python with the packages of `requirements.txt`. One that `CARREL_PYTHON` names must have
//! them; without that variable and without the packages in `python3` it prints SKIPPED.

use std::path::Path;
use std::process::Command;

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{QuantiseOptions, quantise_file};
use carrel_core::engine::{Engine, EngineOptions};
use carrel_core::exec::LogitRows;
use carrel_core::gguf::Gguf;
use carrel_core::quant::TensorType;
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_recipe::evaluate;
use carrel_recipe::held::Draw;
use carrel_recipe::lesson::lesson;
use carrel_recipe::prompt;
use carrel_recipe::prose::Prose;
use carrel_recipe::questions::Task;
use carrel_recipe::rows::{RowOptions, chunk};
use carrel_recipe::stage::Stage;
use carrel_recipe::vocabulary;
use carrel_referee::{Referee, RefereeOptions};

const N_VOCAB: usize = 640;
/// Minutes that the tiny model learns: enough for hundreds of steps, by which it has learnt the
/// form of replies.
const MINUTES: &str = "0.5";

fn python() -> Option<String> {
    let named = std::env::var("CARREL_PYTHON").ok();
    let python = named.clone().unwrap_or_else(|| "python3".to_owned());
    let there = Command::new(&python)
        .args(["-c", "import numpy, safetensors.torch, torch"])
        .output()
        .is_ok_and(|output| output.status.success());
    if there {
        return Some(python);
    }
    assert!(named.is_none(), "{python} has not the packages of requirements.txt");
    eprintln!("SKIPPED: {python} has not the packages of models/recipe/requirements.txt");
    None
}

fn vocabulary_file(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("vocabulary.gguf");
    let mut file = std::fs::File::create(&path).expect("a file");
    vocabulary::write(N_VOCAB, 1, 400, &Prose::default(), &mut file).expect("a vocabulary");
    path
}

#[test]
fn rows_are_the_prompts_of_the_product_and_do_not_depend_on_how_they_are_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let vocabulary = Gguf::open(vocabulary_file(folder.path())).expect("a GGUF file");
    let tokenizer = Tokenizer::from_gguf(&vocabulary).expect("a tokenizer");
    for stage in ["first", "cited"] {
        rows_are_prompts(&tokenizer, Stage::named(stage).expect("a stage"));
    }
}

fn rows_are_prompts(tokenizer: &Tokenizer, stage: &'static Stage) {
    let prose = Prose::default();
    let options =
        RowOptions { seed: 5, first_chunk: 0, stage, prose: &prose, length: 1024, n_threads: 1 };
    let bytes = chunk(tokenizer, &options, 0).expect("rows");
    assert_eq!(bytes, chunk(tokenizer, &options, 0).expect("rows"), "the same every time");
    let numbers: Vec<u16> =
        bytes.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
    let mut arrays = numbers.chunks_exact(options.length);
    let [ids, documents, questions, positions, _] =
        [(); 5].map(|()| arrays.next().expect("arrays"));

    let lesson = lesson(5, 0, Draw::TRAINING, stage);
    let window = prompt::window(&lesson.world.sentences);
    for (index, question) in lesson.questions.iter().enumerate() {
        // What the model's chat template makes of a window and a question.
        let text = format!(
            "{}{window}{}{}{}{}",
            prompt::BEGIN,
            prompt::question(&question.text),
            prompt::REPLY,
            question.reply(),
            prompt::END,
        );
        let whole = EncodeOptions { add_special: false, parse_special: true };
        let expected = tokenizer.encode(&text, whole).expect("ids");
        let own = index as u16 + 1;
        let seen: Vec<usize> = (0..options.length)
            .filter(|&at| documents[at] == 1 && (questions[at] == 0 || questions[at] == own))
            .collect();
        let found: Vec<u32> = seen.iter().map(|&at| u32::from(ids[at])).collect();
        assert_eq!(found, expected, "{}", question.text);
        assert!(seen.iter().enumerate().all(|(place, &at)| positions[at] as usize == place));
    }
}

#[test]
fn the_recipe_makes_a_model_that_runs_here_and_in_llama_cpp() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let vocabulary = vocabulary_file(folder.path());
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = folder.path().join("run");
    let output = Command::new(python)
        .arg(here.join("train.py"))
        .args(["--shape", "tiny", "--minutes", MINUTES, "--batch-tokens", "2048"])
        .args(["--recipe", env!("CARGO_BIN_EXE_carrel-recipe"), "--vocabulary"])
        .arg(&vocabulary)
        .arg("--out")
        .arg(&run)
        .output()
        .expect("the training program starts");
    let log = String::from_utf8_lossy(&output.stdout);
    println!("{log}");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let losses: Vec<f32> = log
        .lines()
        .filter_map(|line| line.split("reply loss ").nth(1)?.split(' ').next()?.parse().ok())
        .collect();
    assert!(losses.len() >= 2 && losses.last() < losses.first(), "nothing was learnt: {losses:?}");

    let single = folder.path().join("reader-f32.gguf");
    let exported = Command::new(env!("CARGO_BIN_EXE_carrel-recipe"))
        .args(["export", "--weights"])
        .arg(run.join("weights.safetensors"))
        .arg("--vocabulary")
        .arg(&vocabulary)
        .arg(&single)
        .status()
        .expect("the exporter starts");
    assert!(exported.success());
    let quantised = folder.path().join("reader-q8_0.gguf");
    let options = QuantiseOptions { tensor_type: TensorType::Q8_0, pure: false, requantise: false };
    let mut file = std::fs::File::create(&quantised).expect("a file");
    let source = Gguf::open(&single).expect("the exported file");
    quantise_file(&source, &options, &mut file, &CancelFlag::default(), |_, _| {})
        .expect("quantised");

    for path in [&single, &quantised] {
        agrees_with_llama_cpp(path);
        let engine = Engine::open(path, &EngineOptions::default()).expect("an engine");
        let mut reader = engine.reader(&CancelFlag::default()).expect("a reader");
        let figures = evaluate::evaluate(
            &mut reader,
            Draw::UNSEEN_NAMES,
            Stage::full(),
            &Prose::default(),
            4,
            |_, _, _| (),
        )
        .expect("figures");
        assert!(figures.of(Task::Fact).n > 0);
    }
}

/// The same token is the most likely one here and in llama.cpp, all along a prompt.
fn agrees_with_llama_cpp(path: &Path) {
    let options = EngineOptions { n_threads: 1, ..EngineOptions::default() };
    let engine = Engine::open(path, &options).expect("an engine");
    let lesson = lesson(3, 1, Draw::TRAINING, Stage::full());
    let text = prompt::window(&lesson.world.sentences[..4]);
    let plain = EncodeOptions { add_special: true, parse_special: false };
    let ids = engine.tokenizer().encode(&text, plain).expect("ids");
    assert_eq!(ids[0], 0, "a prompt begins with the token that begins prompts");
    let mut decoder = engine.model().decoder(&engine.settings().decoder).expect("a decoder");
    decoder.forward(&ids, LogitRows::All, &CancelFlag::default()).expect("logits");
    let n_vocab = engine.tokenizer().n_vocab();
    let ours: Vec<usize> = decoder.logits().chunks_exact(n_vocab).map(best).collect();
    let mut referee = Referee::open(path, RefereeOptions::default()).expect("llama.cpp opens it");
    let theirs: Vec<usize> =
        referee.forward(&ids, true).expect("logits").iter().map(|row| best(row)).collect();
    let same = ours.iter().zip(&theirs).filter(|(one, other)| one == other).count();
    // Near ties may fall either way in half precision.
    assert!(same * 100 >= ids.len() * 97, "{same} of {} agree", ids.len());
}

fn best(row: &[f32]) -> usize {
    let order = |one: &usize, other: &usize| row[*one].total_cmp(&row[*other]);
    (0..row.len()).max_by(order).unwrap_or_default()
}
