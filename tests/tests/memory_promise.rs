//! The memory that a model takes, measured, against what was computed before it was loaded.
//!
//! A process of its own runs a model in the shape of SmolLM2-135M over its whole context, so that
//! every page that was promised for is touched, with its vocabulary of 49,152 tokens and the grammars
//! of two replies to windows of the usual length. Its largest resident size, less what the process had
//! before it opened the model, must be within 5 % of the promise.

use std::path::Path;
use std::process::Command;

use carrel_core::cancel::CancelFlag;
use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::exec::{
    ContextPolicy, CpuBackend, DecoderOptions, LogitRows, Model, ModelOptions,
};
use carrel_core::ggml::Placement;
use carrel_core::gguf::Gguf;
use carrel_core::memory::Contract;
use carrel_core::ops::CacheType;
use carrel_core::quant::TensorType;
use carrel_core::sample::GrammarSource;
use carrel_core::session::grammars_for;
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_models::shapes::Shape;
use carrel_tests::process::size;

/// Name of the variable that makes `child` do its work.
const MODEL: &str = "CARREL_TEST_MODEL";
const REPACKED: &str = "CARREL_TEST_REPACKED";
const OWN: &str = "CARREL_TEST_OWN";

/// Not a test of its own: what the other process runs. Prints the promise and the measurement.
#[test]
fn child() {
    let Ok(path) = std::env::var(MODEL) else { return };
    let is_repacked = std::env::var(REPACKED).is_ok();
    let before = size("VmRSS").expect("Linux");
    let placement = if is_repacked { Placement::Repacked } else { Placement::InPlace };
    let backend = if std::env::var(OWN).is_ok() { CpuBackend::Own } else { CpuBackend::Ggml };
    let model =
        Model::open(Path::new(&path), ModelOptions { placement, backend, ..Default::default() })
            .expect("a model");
    let options = DecoderOptions {
        context: ContextPolicy::Full(768),
        cache_type: CacheType::F16,
        n_batch: 256,
        n_threads: 1,
    };
    let need = model.memory_need(&options).expect("a promise");
    let mut decoder = model.decoder(&options).expect("a decoder");
    let tokens: Vec<u32> = (0..768).map(|i| (i * i * 31 + 7) % 49_000).collect();
    for batch in tokens.chunks(256) {
        decoder.forward(batch, LogitRows::Last, &CancelFlag::new()).expect("forward");
    }
    let tokenizer = Tokenizer::from_gguf(model.file()).expect("a vocabulary");
    let grammars = grammars_for(&tokenizer).expect("grammars");
    for window in 0..2 {
        let sentence = |n| {
            format!(
                "The keeper of lamp {n} wrote about the boats by the river on day {window}, and Omar mended the nets."
            )
        };
        let contract = Contract::new((0..50).map(sentence).collect());
        let grammar = grammars.compile(&GrammarSource::Lark(contract.lark())).expect("a grammar");
        let mut matching = grammar.into_matching();
        let reply = tokenizer.encode("3: keeper of lamp", EncodeOptions::default()).expect("ids");
        for id in reply {
            assert!(matching.allowed().expect("known").contains(id));
            matching.take(id).expect("allowed");
        }
    }
    let size = |name| size(name).expect("Linux");
    println!("{need:?}; file {}, anonymous {}", size("RssFile"), size("RssAnon"));
    println!("measured {} {}", need.total_bytes(), size("VmHWM") - before);
}

/// The promise and the measurement.
fn measure(path: &Path, variables: &[&str]) -> (u64, u64) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]).env(MODEL, path);
    variables.iter().for_each(|variable| {
        command.env(variable, "1");
    });
    let output = command.output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    let line = text.lines().find_map(|line| line.split("measured ").nth(1));
    let line = line.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
    let (promise, measured) = line.split_once(' ').expect("two numbers");
    (promise.parse().expect("a number"), measured.trim().parse().expect("a number"))
}

#[test]
fn caches_are_promised_to_the_byte() {
    for name in ["tiny-llama", "tiny-gemma3", "tiny-lfm2", "tiny-lfm2-window"] {
        let shape = Shape::named(name).expect("a known shape");
        let options = SyntheticOptions { shape, tensor_type: TensorType::F16, seed: 3 };
        let mut bytes = Vec::new();
        write_synthetic(&options, &mut bytes, |_, _| {}).expect("written");
        let file = Gguf::from_bytes(&bytes).expect("valid");
        for backend in [CpuBackend::Ggml, CpuBackend::Own] {
            let options = ModelOptions { backend, ..Default::default() };
            let model = Model::from_gguf(file.clone(), options).expect("opened");
            for context in
                [ContextPolicy::Full(70), ContextPolicy::Full(800), ContextPolicy::Sliding(96)]
            {
                for cache_type in [CacheType::F16, CacheType::Q8_0] {
                    let options = DecoderOptions { context, cache_type, n_batch: 16, n_threads: 1 };
                    let need = model.memory_need(&options).expect("a promise");
                    let (cache_bytes, _) = model.decoder(&options).expect("it").memory_bytes();
                    assert_eq!(need.cache_bytes, cache_bytes, "{name} {backend:?} {options:?}");
                }
            }
        }
    }
}

#[test]
fn a_model_takes_the_memory_that_was_promised() {
    if size("VmHWM").is_none() {
        eprintln!("SKIPPED: this system does not say how much memory a process takes");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("model.gguf");
    let mut file = std::fs::File::create(&path).expect("a file");
    let shape = Shape::named("SmolLM2-135M").expect("a known shape");
    let options = SyntheticOptions { shape, tensor_type: TensorType::Q4_0, seed: 3 };
    write_synthetic(&options, &mut file, |_, _| {}).expect("written");
    drop(file);
    for variables in [&[][..], &[REPACKED], &[REPACKED, OWN]] {
        let (promise, measured) = measure(&path, variables);
        println!("{variables:?}: promised {promise}, measured {measured}");
        let allowed = promise / 20;
        assert!(measured <= promise + allowed, "{measured} of {promise}");
        assert!(measured + allowed >= promise, "{measured} of {promise}");
    }
}
