//! A trained model of 260 thousand parameters against what llama.cpp computed with it.
//!
//! Tolerances: ids are equal; logits within 2e-3, because sums of single precision may be added
//! up in another order; mean NLL within 1e-4. The referee's figures were made with a cache of single
//! precision, which is also what a model in single precision gets here by default.

use std::path::Path;

use carrel_core::cancel::CancelFlag;
use carrel_core::exec::{
    ContextPolicy, CpuBackend, Decoder, DecoderOptions, LogitRows, Model, ModelOptions,
};
use carrel_core::session::{GenerateOptions, Session};
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_tests::shared_fixtures;
use serde_json::Value;

fn decoder(path: &Path, backend: CpuBackend) -> Decoder {
    let options = ModelOptions { backend, ..Default::default() };
    let model = Model::open(path, options).expect("the model opens");
    let options = DecoderOptions {
        context: ContextPolicy::Full(512),
        cache_type: model.exact_cache_type(),
        n_threads: 1,
        ..Default::default()
    };
    model.decoder(&options).expect("a decoder is made")
}

fn ids(value: &Value) -> Vec<u32> {
    value.as_array().expect("ids").iter().map(|id| id.as_u64().expect("an id") as u32).collect()
}

fn argmax(logits: &[f32]) -> u32 {
    let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).expect("logits");
    best.0 as u32
}

#[test]
fn greedy_runs_equal_llama_cpp() {
    [CpuBackend::Ggml, CpuBackend::Own].into_iter().for_each(greedy_runs);
}

fn greedy_runs(backend: CpuBackend) {
    let Some(fixtures) = shared_fixtures() else {
        return;
    };
    let text = std::fs::read_to_string(fixtures.join("models/stories260K.expected.json"));
    let expected: Value = serde_json::from_str(&text.expect("readable")).expect("JSON");
    let mut decoder = decoder(&fixtures.join("models/stories260K-f32.gguf"), backend);
    let runs = expected["greedy"].as_array().expect("runs");
    assert_eq!(runs.len(), 5);
    for run in runs {
        decoder.clear().expect("clear");
        let prompt = ids(&run["prompt_ids"]);
        decoder.forward(&prompt, LogitRows::Last, &CancelFlag::new()).expect("prefill");
        let first: Vec<f64> =
            run["first_logits"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect();
        assert_eq!(first.len(), decoder.logits().len());
        let worst = first
            .iter()
            .zip(decoder.logits())
            .map(|(wanted, found)| (wanted - f64::from(*found)).abs())
            .fold(0.0, f64::max);
        println!("{backend:?} {}: logits differ by at most {worst:.2e}", run["prompt"]);
        assert!(worst <= 2e-3, "logits differ by {worst}");
        let wanted = ids(&run["ids"]);
        let mut found = Vec::new();
        while found.len() < wanted.len() {
            let next = argmax(decoder.logits());
            found.push(next);
            decoder.forward(&[next], LogitRows::Last, &CancelFlag::new()).expect("decode");
        }
        assert_eq!(found, wanted, "{}", run["prompt"]);
    }
}

/// The same runs through a session, with and without drafts, one after the other in one session.
#[test]
fn sessions_say_what_llama_cpp_says() {
    let Some(fixtures) = shared_fixtures() else {
        return;
    };
    let text = std::fs::read_to_string(fixtures.join("models/stories260K.expected.json"));
    let expected: Value = serde_json::from_str(&text.expect("readable")).expect("JSON");
    let decoder = decoder(&fixtures.join("models/stories260K-f32.gguf"), CpuBackend::Ggml);
    let tokenizer = Tokenizer::from_gguf(decoder.model().file()).expect("a vocabulary");
    let mut session = Session::with_decoder(decoder, &tokenizer);
    let encode = EncodeOptions { add_special: true, parse_special: false };
    let mut n_accepted = 0;
    for run in expected["greedy"].as_array().expect("runs") {
        let prompt = tokenizer.encode(run["prompt"].as_str().expect("text"), encode).expect("ids");
        assert_eq!(prompt, ids(&run["prompt_ids"]));
        let wanted = ids(&run["ids"]);
        for speculation in [false, true] {
            let options =
                GenerateOptions { max_tokens: wanted.len(), speculation, ..Default::default() };
            let generation = session.generate(&prompt, options).expect("a generation");
            let (found, text, end) = generation.finish();
            assert_eq!(found, wanted, "{}", run["prompt"]);
            assert_eq!(text, run["text"].as_str().expect("text"));
            n_accepted += end.expect("an end").usage.n_accepted;
        }
    }
    assert!(n_accepted > 20, "drafts are used: {n_accepted}");
}
