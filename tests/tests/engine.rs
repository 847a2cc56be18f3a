//! The memory promise of the engine: what is left open shrinks to fit, what was asked for does not,
//! and a refusal comes with numbers. Then sessions of what was opened work.

use std::ops::ControlFlow;
use std::path::Path;

use carrel_core::Error;
use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::engine::{Engine, EngineOptions, ProbeFolder, WindowReader, WindowStore};
use carrel_core::error::ModelError;
use carrel_core::exec::ContextPolicy;
use carrel_core::memory::{
    AskOptions, Capability, Contract, Foresight, Library, Reading, Reply, Request, Source,
    TextModel,
};
use carrel_core::ops::CacheType;
use carrel_core::quant::TensorType;
use carrel_core::session::GenerateOptions;
use carrel_core::thermal::{Effort, Heat, HeatHint, Zones};
use carrel_core::tokenizer::EncodeOptions;
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

/// Settings with room for windows.
#[test]
fn a_hot_device_is_worked_less_hard_and_says_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let ids = |engine: &Engine| {
        let mut session = engine.session().expect("a session");
        let options = GenerateOptions { max_tokens: 12, ignores_end: true, ..Default::default() };
        let mut generation = session.generate(&[1; 40], options).expect("begun");
        generation.by_ref().for_each(drop);
        let ids = generation.ids().to_vec();
        drop(generation);
        (ids, session.effort())
    };
    let options = EngineOptions { n_threads: 4, n_batch: 64, ..EngineOptions::default() };
    let (expected, effort) = ids(&Engine::open(&path, &options).expect("opens"));
    let full = Effort { n_threads: 4, n_batch: 64 };
    assert_eq!((expected.len(), effort), (12, full));
    let hint = HeatHint::default();
    let options = EngineOptions { governor: Some(hint.clone()), ..options };
    let engine = Engine::open(&path, &options).expect("opens");
    // Only the hint changes between the two.
    if ids(&engine) != (expected.clone(), full) {
        assert!(!Zones::of_system().is_empty(), "nothing is hot");
    }
    hint.set(Heat::Critical);
    let (same, effort) = ids(&engine);
    assert_eq!(same, expected);
    assert_eq!(effort, Effort { n_threads: 2, n_batch: 32 });
}

fn long() -> EngineOptions {
    let context = Some(ContextPolicy::Full(1024));
    EngineOptions { context, n_threads: 1, n_batch: 32, ..EngineOptions::default() }
}

#[test]
fn a_model_is_probed_once_and_random_weights_are_switched_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let options = long();
    let engine = Engine::open(&path, &options).expect("opens");
    let mut reader = engine.reader(&CancelFlag::new()).expect("a reader");
    let kept = ProbeFolder::new(folder.path().join("probes"));
    let mut n_asked = 0;
    let mut probe = |reader: &mut _, most: usize| {
        let mut progress = |done, total| {
            n_asked += 1;
            assert!(done <= total);
            if done == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let report = engine.probe(reader, Some(&kept), &mut progress).expect("probed");
        (report, std::mem::take(&mut n_asked))
    };
    assert_eq!(probe(&mut reader, 3), (None, 3), "stopped");
    assert_eq!(reader.reading(), Reading::Spans, "as it was");
    let (report, n_probes) = probe(&mut reader, usize::MAX);
    let report = report.expect("not stopped");
    assert!(n_probes >= 60, "{n_probes}");
    assert!(report.speed().is_some());
    assert_eq!(report.reading(), Reading::Nothing, "random weights do not read: {report:?}");
    assert_eq!(reader.reading(), Reading::Nothing);
    assert_eq!(probe(&mut reader, usize::MAX), (Some(report.clone()), 0), "remembered");
    // A damaged report is made again.
    let file = std::fs::read_dir(folder.path().join("probes")).expect("a folder").next();
    std::fs::write(file.expect("a report").expect("readable").path(), "{").expect("writable");
    let (again, n_probes) = probe(&mut reader, usize::MAX);
    assert!(n_probes >= 60, "{n_probes}");
    assert_eq!(again.expect("not stopped").scores, report.scores);
    // And what is switched off is not asked.
    let mut library = Library::in_memory();
    library.open_document(&Source::text("log.txt", "The lamp is blue.")).expect("read");
    let options = AskOptions::default();
    let answer = library.ask_with("What is blue?", &options, Some(&mut reader)).expect("asked");
    assert_eq!(answer.usage.prompt_tokens, 0);
}

/// A window of `n` sentences.
fn contract(n: usize) -> Contract {
    Contract::new((0..n).map(|at| format!("Box {at} holds {} keys.", at * 7 % 10)).collect())
}

fn ask(reader: &mut WindowReader, contract: &Contract, question: &str) -> (String, u64, u64) {
    let window = contract.window();
    let request = Request { system: "Point.", window: &window, question, contract };
    let reply = reader.read(&request).expect("a reply");
    (reply.text, reply.prompt_tokens, reply.prompt_tokens - reply.reused_tokens)
}

#[test]
fn a_window_that_was_read_once_is_not_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let options = long();
    let engine = Engine::open(&path, &options).expect("opens");
    let reader = |kept: bool| {
        let mut reader = engine.reader(&CancelFlag::new()).expect("a reader");
        if kept {
            let store = WindowStore::open(folder.path().join("windows"), 1 << 30);
            reader.keep_windows(store.expect("a folder"));
        }
        reader
    };
    let window = contract(12);
    let questions = ["Which box holds 5 keys?", "What is in box 7?"];
    let plain = questions.map(|question| ask(&mut reader(false), &window, question));
    let first = ask(&mut reader(true), &window, questions[0]);
    assert_eq!(first, plain[0], "nothing was kept yet");
    // Another reader, as in another process: only the question is read.
    let second = ask(&mut reader(true), &window, questions[1]);
    assert_eq!((&second.0, second.1), (&plain[1].0, plain[1].1));
    let plain_text = EncodeOptions { add_special: false, parse_special: false };
    let ids = engine.tokenizer().encode(questions[1], plain_text).expect("ids");
    let n_question = ids.len() as u64;
    assert!(plain[1].2 > 4 * n_question, "the window is most of it: {plain:?}");
    assert!(second.2 <= n_question + 4, "{} tokens read of {}", second.2, second.1);
    // Back and forth between two windows in one reader.
    let other = contract(20);
    let mut reader_of_both = reader(true);
    ask(&mut reader_of_both, &other, questions[0]);
    let back = ask(&mut reader_of_both, &window, questions[0]);
    assert_eq!(back.0, plain[0].0);
    assert!(back.2 < plain[0].2 / 2, "{} of {}", back.2, back.1);
    // What is damaged is as good as not there, and is made again.
    for entry in std::fs::read_dir(folder.path().join("windows")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let mut bytes = std::fs::read(&path).expect("readable");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).expect("writable");
    }
    assert_eq!(ask(&mut reader(true), &window, questions[1]), plain[1]);
    assert_eq!(ask(&mut reader(true), &window, questions[1]).2, second.2);
}

#[test]
fn what_a_reading_takes_is_foreseen() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let engine = Engine::open(&path, &long()).expect("opens");
    let mut reader = engine.reader(&CancelFlag::new()).expect("a reader");
    let (window, other) = (contract(12), contract(20));
    let texts = [window.window(), other.window()];
    let of = |at: usize, question| Request {
        system: "Point.",
        window: &texts[at],
        question,
        contract: [&window, &other][at],
    };
    let (first, second, third) =
        (of(0, "Which box?"), of(0, "How many keys?"), of(1, "Which box?"));
    let unknown = reader.foresee(&first, None).expect("a prompt");
    assert_eq!((unknown.prompt_us, unknown.output_us), (0, 0), "nothing was read yet");
    // In a row, each after the one before it.
    let foreseen = [
        reader.foresee(&first, None),
        reader.foresee(&second, Some(&first)),
        reader.foresee(&third, Some(&second)),
    ]
    .map(|reply| reply.expect("a prompt"));
    for (request, foreseen) in [&first, &second, &third].into_iter().zip(&foreseen) {
        let now = reader.foresee(request, None).expect("a prompt");
        let reply = reader.read(request).expect("a reply");
        let tokens = |reply: &Reply| (reply.prompt_tokens, reply.reused_tokens);
        assert_eq!((tokens(foreseen), tokens(&now)), (tokens(&reply), tokens(&reply)));
    }
    // Without a session, nothing is at hand and nobody knows how fast it is.
    let without = engine.foresight(Capability::UNKNOWN).expect("a template");
    let alone = without.foresee(&first, None).expect("a prompt");
    assert_eq!(
        (alone.prompt_tokens, alone.reused_tokens, alone.prompt_us),
        (unknown.prompt_tokens, 0, 0)
    );
    assert_eq!(without.context_tokens(), reader.context_tokens());
    let next = without.foresee(&second, Some(&first)).expect("a prompt");
    assert_eq!(next.reused_tokens, foreseen[1].reused_tokens);
    let known = reader.foresee(&first, None).expect("a prompt");
    assert!(known.prompt_us > 0 && known.output_us > 0 && known.output_tokens > 0);
    // A window that is kept on disk is not read again either.
    let store = WindowStore::open(folder.path().join("windows"), 1 << 30).expect("a folder");
    let reader = || {
        let mut reader = engine.reader(&CancelFlag::new()).expect("a reader");
        reader.keep_windows(store.clone());
        reader
    };
    assert_eq!(reader().foresee(&second, None).expect("a prompt").reused_tokens, 0);
    reader().read(&first).expect("a reply");
    let kept = reader().foresee(&second, None).expect("a prompt");
    let reply = reader().read(&second).expect("a reply");
    assert!(reply.reused_tokens > 0);
    assert_eq!(kept.reused_tokens, reply.reused_tokens);
}

#[test]
fn states_of_windows_stay_within_their_bound() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = model(folder.path());
    let options = long();
    let engine = Engine::open(&path, &options).expect("opens");
    let kept = folder.path().join("windows");
    let bytes_of_one = {
        let store = WindowStore::open(&kept, u64::MAX).expect("a folder");
        let mut reader = engine.reader(&CancelFlag::new()).expect("a reader");
        reader.keep_windows(store.clone());
        ask(&mut reader, &contract(9), "Which box?");
        store.bytes().expect("readable")
    };
    assert!(bytes_of_one > 0);
    let store = WindowStore::open(&kept, bytes_of_one * 5 / 2).expect("a folder");
    let mut reader = engine.reader(&CancelFlag::new()).expect("a reader");
    reader.keep_windows(store.clone());
    for n in 10..16 {
        ask(&mut reader, &contract(n), "Which box?");
        assert!(store.bytes().expect("readable") <= bytes_of_one * 5 / 2);
    }
    // The last one is still there, the first one is not.
    let mut fresh = engine.reader(&CancelFlag::new()).expect("a reader");
    fresh.keep_windows(store.clone());
    let (_, n_prompt, n_read) = ask(&mut fresh, &contract(15), "What is in box 3?");
    assert!(n_read * 3 < n_prompt, "{n_read} of {n_prompt}");
    let mut fresh = engine.reader(&CancelFlag::new()).expect("a reader");
    fresh.keep_windows(store);
    let (_, n_prompt, n_read) = ask(&mut fresh, &contract(9), "What is in box 3?");
    assert_eq!(n_read, n_prompt);
}
