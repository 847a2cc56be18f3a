//! Any vocabulary, then any text through it: ids are in range, decoding never fails, and a stream
//! gives what decoding all at once gives.
//!
//! The input is a vocabulary in the compact form that `carrel_tests::compact::vocabulary_of` reads,
//! followed by the text, so that a mutation changes tokens instead of breaking the container.
#![no_main]

use carrel_core::gguf::Gguf;
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_tests::compact::vocabulary_of;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (bytes, text) = vocabulary_of(input);
    let file = Gguf::from_bytes(&bytes).expect("the writer writes what the reader reads");
    let Ok(tokenizer) = Tokenizer::from_gguf(&file) else { return };
    let text = String::from_utf8_lossy(text);
    for (add_special, parse_special) in [(false, false), (true, true)] {
        let options = EncodeOptions { add_special, parse_special };
        let Ok(ids) = tokenizer.encode(&text, options) else { continue };
        assert!(ids.iter().all(|&id| (id as usize) < tokenizer.n_vocab()));
        let _ = tokenizer.decode(&ids, false);
        let mut stream = tokenizer.stream();
        let mut streamed: String = ids.iter().map(|&id| stream.push(id)).collect();
        streamed.push_str(&stream.finish());
        assert!(streamed.len() <= 3 * ids.len() * carrel_core::tokenizer::limits::TOKEN_BYTES);
    }
});
