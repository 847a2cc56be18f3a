//! The memory promise of the engine: what is left open shrinks to fit, what was asked for does not,
//! and a refusal comes with numbers. Then sessions of what was opened work.

use std::path::Path;

use carrel_core::Error;
use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::engine::{Engine, EngineOptions};
use carrel_core::error::ModelError;
use carrel_core::exec::ContextPolicy;
use carrel_core::memory::{AskOptions, Contract, Library, Request, Source, TextModel};
use carrel_core::ops::CacheType;
use carrel_core::quant::TensorType;
use carrel_core::session::GenerateOptions;
use carrel_models::shapes::SHAPES;

/// A quantised model with heads that are whole 8-bit blocks.
fn model(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("model.gguf");
    let shape = SHAPES.iter().find(|shape| shape.name == "tiny-llama").expect("the shape");
    let mut file = std::fs::File::create(&path).expect("a temporary file");
    let options = SyntheticOptions { shape, tensor_type: TensorType::Q8_0, seed: 7 };
    write_synthetic(&options, &mut file, |_, _| {}).expect("a model is written");
    path
}

fn need_bytes(path: &Path, options: &EngineOptions) -> u64 {
    Engine::fit(path, options).expect("fits").need.total_bytes()
}

#[test]
fn a_budget_shrinks_the_cache_then_refuses() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let free = EngineOptions { n_threads: 1, n_batch: 32, ..EngineOptions::default() };
    let wanted = Engine::fit(&path, &free).expect("fits");
    assert_eq!(wanted.decoder.cache_type, CacheType::F16);
    let full_bytes = wanted.need.total_bytes();
    let tight = EngineOptions { memory_budget_bytes: Some(full_bytes - 1), ..free.clone() };
    let chosen = Engine::fit(&path, &tight).expect("8 bits fit");
    assert_eq!(chosen.decoder.cache_type, CacheType::Q8_0);
    assert!(chosen.need.total_bytes() < full_bytes);
    // What was asked for is not changed.
    let fixed = EngineOptions { cache_type: Some(CacheType::F16), ..tight };
    let n_ctx = match wanted.decoder.context {
        ContextPolicy::Full(n_ctx) => n_ctx,
        ContextPolicy::Sliding(_) => unreachable!("not asked for"),
    };
    let fixed = EngineOptions { context: Some(ContextPolicy::Full(n_ctx)), ..fixed };
    match Engine::fit(&path, &fixed) {
        Err(Error::Model(ModelError::Budget { needed_bytes, budget_bytes, minimum_bytes })) => {
            assert_eq!((needed_bytes, budget_bytes), (full_bytes, full_bytes - 1));
            assert!(minimum_bytes <= needed_bytes);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_opened_engine_makes_sessions_that_do_not_mix() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let options = EngineOptions { n_threads: 1, n_batch: 32, ..EngineOptions::default() };
    let budget = need_bytes(&path, &options);
    let options = EngineOptions { memory_budget_bytes: Some(budget), ..options };
    let engine = Engine::open(&path, &options).expect("opens");
    let prompt: Vec<u32> = (5..40).collect();
    let generate = |session: &mut carrel_core::session::Session| {
        let options = GenerateOptions { max_tokens: 8, ignores_end: true, ..Default::default() };
        session.generate(&prompt, options).expect("starts").finish().0
    };
    let mut first = engine.session().expect("a session");
    let mut second = engine.session().expect("a session");
    let ids = generate(&mut first);
    assert_eq!(ids.len(), 8);
    assert_eq!(generate(&mut second), ids);
    assert_eq!(generate(&mut first), ids, "after a use of both");
}

#[test]
fn a_reader_holds_any_model_to_the_form_of_the_reply() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let options = EngineOptions { n_threads: 1, n_batch: 32, ..EngineOptions::default() };
    let engine = Engine::open(&path, &options).expect("opens");
    let mut reader = engine.reader(&CancelFlag::new()).expect("a reader");
    let sentences = ["The lamp is blue.", "Omar has \"it\".", "灯是蓝色的。"];
    let contract = Contract::new(sentences.map(str::to_owned).to_vec());
    let window = contract.window();
    for question in ["What is blue?", "Who has it?", "灯是什么颜色？"] {
        let request = Request { system: "Point.", window: &window, question, contract: &contract };
        let reply = reader.read(&request).expect("a reply");
        assert!(reply.prompt_tokens > 0);
        // A model of random weights may say anything, but only in this form (or be cut off in a
        // span, which still stands in its sentence).
        let follows = reply.text == "NONE" || contract.parse(&reply.text).is_some();
        assert!(follows, "{:?}", reply.text);
    }
}

#[test]
fn a_library_may_be_asked_with_a_model_and_quotes_stay_true() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let options = EngineOptions { n_threads: 1, n_batch: 32, ..EngineOptions::default() };
    let engine = Engine::open(&path, &options).expect("opens");
    let mut reader = engine.reader(&CancelFlag::new()).expect("a reader");
    let text = "The lighthouse keeper was Ines Duarte. The storm broke the lamp in March. \
                Ines Duarte repaired the lamp with copper wire.";
    let mut library = Library::in_memory();
    library.open_document(&Source::text("log.txt", text)).expect("read");
    let question = "Who repaired the lamp?";
    let answer =
        library.ask_with(question, &AskOptions::default(), Some(&mut reader)).expect("answered");
    for citation in &answer.citations {
        let range = citation.start as usize..citation.end as usize;
        let quoted: String = text.chars().skip(range.start).take(range.len()).collect();
        assert_eq!(quoted, citation.quote);
    }
}
