//! Any bytes as a model file: opened, looked through, and taken for a model as far as that goes.
//! A panic, an abort, a hang or a runaway allocation is a finding; an error is the expected answer.
#![no_main]

use carrel_core::exec::{DecoderOptions, Model, ModelOptions};
use carrel_core::gguf::{Gguf, Value};
use carrel_core::tokenizer::Tokenizer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = Gguf::from_bytes(bytes) else { return };
    for (key, value) in file.metadata() {
        assert!(file.get(key).is_some());
        if let Value::Array(array) = value {
            assert!(array.iter().count() <= array.n_elements);
        }
    }
    for tensor in file.tensors() {
        assert_eq!(file.tensor_bytes(tensor).len() as u64, tensor.n_bytes);
    }
    // An error is as good an answer as a tokenizer.
    let _ = Tokenizer::from_gguf(&file);
    if let Ok(model) = Model::from_gguf(file, ModelOptions::default()) {
        let _ = model.memory_need(&DecoderOptions::default());
    }
});
