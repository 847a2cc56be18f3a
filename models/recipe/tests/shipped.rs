//! The model that is shipped in `models/default`: it is the file that its card describes, it points,
//! and llama.cpp gives the same replies. Prints SKIPPED while no model is shipped.

use std::path::{Path, PathBuf};

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, EngineOptions};
use carrel_core::exec::LogitRows;
use carrel_core::gguf::Gguf;
use carrel_core::readable::hexadecimal;
use carrel_core::tokenizer::EncodeOptions;
use carrel_recipe::evaluate;
use carrel_recipe::held::Draw;
use carrel_recipe::lesson::lesson;
use carrel_recipe::prompt;
use carrel_recipe::questions::Task;
use carrel_recipe::stage::Stage;
use carrel_referee::{Referee, RefereeOptions};

/// Largest file that a clone should carry.
const MOST_BYTES: u64 = 20_000_000;
/// How far above guessing the first sentence must be right, as a factor.
const LEAST_OVER_CHANCE: f64 = 2.0;
/// Prompts whose replies are compared with llama.cpp's.
const PROMPTS: u64 = 12;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../default")
}

fn shipped() -> Option<PathBuf> {
    let folder = folder();
    if !folder.is_dir() {
        eprintln!("SKIPPED: no model is shipped yet");
        return None;
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("models/default")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "gguf"))
        .collect();
    assert_eq!(files.len(), 1, "one model is the default: {files:?}");
    files.pop()
}

#[test]
fn the_file_is_the_one_of_its_card_and_of_the_catalogue() {
    let Some(path) = shipped() else { return };
    let hash = Gguf::open(&path).expect("a model file").sha256();
    let hash = hexadecimal(&hash);
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    assert!(std::fs::metadata(&path).expect("readable").len() <= MOST_BYTES);
    for file in ["README.md", "../catalog.toml"] {
        let text = std::fs::read_to_string(folder().join(file)).expect("readable");
        assert!(text.contains(name) && text.contains(&hash), "{file} does not tell of {hash}");
    }
}

#[test]
fn it_points_better_than_chance_to_what_it_never_saw() {
    let Some(path) = shipped() else { return };
    let engine = Engine::open(path, &EngineOptions::default()).expect("an engine");
    let mut reader = engine.reader(&CancelFlag::default()).expect("a reader");
    let figures = evaluate::evaluate(&mut reader, Draw::UNSEEN_NAMES, 12).expect("figures");
    let counts = figures.of(Task::Fact);
    println!("{counts:?}");
    assert!(counts.evidence as f64 >= LEAST_OVER_CHANCE * counts.chance, "{counts:?}");
}

#[test]
fn llama_cpp_gives_the_same_replies() {
    let Some(path) = shipped() else { return };
    let engine = Engine::open(&path, &EngineOptions::default()).expect("an engine");
    let tokenizer = engine.tokenizer();
    let mut decoder = engine.model().decoder(&engine.settings().decoder).expect("a decoder");
    let end = tokenizer.id_of(prompt::END).expect("the token that ends replies");
    let mut same = 0;
    for number in 0..PROMPTS {
        let lesson = lesson(
            evaluate::SEED,
            number,
            Draw::UNSEEN_NAMES,
            Stage::named("second").expect("a stage"),
        );
        let text = format!(
            "{}{}{}{}",
            prompt::BEGIN,
            prompt::window(&lesson.world.sentences),
            prompt::question(&lesson.questions[0].text),
            prompt::REPLY,
        );
        let whole = EncodeOptions { add_special: false, parse_special: true };
        let ids = tokenizer.encode(&text, whole).expect("ids");
        let mut referee = Referee::open(&path, RefereeOptions::default()).expect("llama.cpp");
        decoder.clear().expect("an empty cache");
        let cancel = CancelFlag::default();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let (mut next, mut other) = (ids.clone(), ids);
        while ours.len() < 16 && ours.last() != Some(&end) {
            decoder.forward(&next, LogitRows::Last, &cancel).expect("logits");
            next = vec![best(decoder.logits())];
            ours.push(next[0]);
        }
        while theirs.len() < ours.len() {
            let rows = referee.forward(&other, false).expect("logits");
            other = vec![best(&rows[0])];
            theirs.push(other[0]);
        }
        same += u64::from(ours == theirs);
    }
    // Near ties may fall either way in half precision.
    assert!(same + 1 >= PROMPTS, "{same} of {PROMPTS} replies are the same");
}

fn best(row: &[f32]) -> u32 {
    let order = |one: &usize, other: &usize| row[*one].total_cmp(&row[*other]);
    (0..row.len()).max_by(order).unwrap_or_default() as u32
}
