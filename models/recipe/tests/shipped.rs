//! The model that is shipped in `models/default`: it is the file that its card describes, it points,
//! its probe's report is true, and llama.cpp gives the same replies.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use carrel_core::cancel::CancelFlag;
use carrel_core::engine::{Engine, EngineOptions, default_report};
use carrel_core::exec::LogitRows;
use carrel_core::gguf::Gguf;
use carrel_core::memory::probe::{Skill, probe};
use carrel_core::readable::hexadecimal;
use carrel_core::tokenizer::EncodeOptions;
use carrel_models::catalog::default_entry;
use carrel_models::default_model;
use carrel_recipe::evaluate;
use carrel_recipe::held::Draw;
use carrel_recipe::lesson::lesson;
use carrel_recipe::prompt;
use carrel_recipe::prose::Prose;
use carrel_recipe::questions::Task;
use carrel_recipe::stage::Stage;
use carrel_referee::{Referee, RefereeOptions};

/// Largest file that a clone should carry.
const MOST_BYTES: u64 = 20_000_000;
/// How far above guessing the first sentence must be right, as a factor.
const LEAST_OVER_CHANCE: f64 = 2.0;
/// Prompts whose replies are compared with llama.cpp's.
const PROMPTS: u64 = 12;
/// Tokens of the model's context.
const CONTEXT: u32 = 768;

fn file_of_the_catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(&default_entry().file)
}

fn engine() -> Engine {
    Engine::open(default_model::NAME, &EngineOptions::default()).expect("the default model")
}

#[test]
fn the_file_is_the_one_of_its_card_and_of_the_catalogue() {
    let entry = default_entry();
    let file = Gguf::from_bytes(default_model::BYTES).expect("a model file");
    let sha256 = hexadecimal(&file.sha256());
    assert_eq!(entry.sha256.as_ref(), Some(&sha256));
    assert_eq!(entry.bytes, Some(default_model::BYTES.len() as u64));
    assert!(default_model::BYTES.len() as u64 <= MOST_BYTES);
    assert_eq!(entry.name, default_model::NAME);
    let path = file_of_the_catalogue();
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let text = std::fs::read_to_string(path.with_file_name("README.md")).expect("the model's card");
    for told in [name, &sha256, &entry.licence] {
        assert!(text.contains(told), "the card does not tell {told}");
    }
    let file = std::fs::read(&path).expect("the file of the catalogue");
    assert!(file == default_model::BYTES);
}

#[test]
fn it_points_better_than_chance_to_what_it_never_saw() {
    let mut reader = engine().reader(&CancelFlag::default()).expect("a reader");
    let figures = evaluate::evaluate(
        &mut reader,
        Draw::UNSEEN_NAMES,
        Stage::full(),
        &Prose::default(),
        12,
        |_, _, _| (),
    )
    .expect("figures");
    let counts = figures.of(Task::Fact);
    println!("{counts:?}");
    assert!(counts.evidence as f64 >= LEAST_OVER_CHANCE * counts.chance, "{counts:?}");
}

#[test]
fn a_probe_finds_what_is_shipped_with_it() {
    let engine = engine();
    let mut reader = engine.reader(&CancelFlag::default()).expect("a reader");
    let found = probe(&mut reader, &mut |_, _| ControlFlow::Continue(())).expect("probed");
    let found = found.expect("not stopped");
    let shipped = default_report().expect("a report of these probes");
    assert_eq!(found.reading(), shipped.reading());
    for skill in Skill::ALL {
        let (found, shipped) = (found.score(skill), shipped.score(skill));
        assert_eq!(found.code, shipped.code, "{skill:?}");
        // Near ties may fall either way on another processor.
        assert!(found.model.abs_diff(shipped.model) <= 1, "{skill:?}: {found:?}, {shipped:?}");
    }
    // Nobody waits for a probe of the model that comes with Carrel.
    let mut never = |_, _| panic!("probed again");
    let known = engine.probe(&mut reader, None, &mut never).expect("known");
    assert_eq!(known, Some(shipped));
}

#[test]
fn llama_cpp_gives_the_same_replies() {
    let engine = engine();
    let path = file_of_the_catalogue();
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
        let options = RefereeOptions { n_ctx: CONTEXT, ..RefereeOptions::default() };
        let mut referee = Referee::open(&path, options).expect("llama.cpp");
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
