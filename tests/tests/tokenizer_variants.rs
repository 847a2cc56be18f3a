//! Pre-tokenizers and SentencePiece variants for which no published vocabulary is at hand: the
//! published ones with their metadata changed, against llama.cpp on the changed file.

use std::path::Path;

use carrel_core::gguf::{ArrayData, Entry, Gguf, GgufWriter};
use carrel_core::random::Random;
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_referee::Vocabulary;
use carrel_tests::random_text::random_text;
use carrel_tests::shared_fixtures;

/// The metadata of a published vocabulary, to be changed.
fn metadata(fixtures: &Path, name: &str) -> GgufWriter {
    let gguf = Gguf::open(fixtures.join(format!("vocab/{name}.gguf"))).expect("a valid file");
    let mut writer = GgufWriter::new();
    for (key, value) in gguf.metadata() {
        writer.set(key, value);
    }
    writer
}

/// The vocabulary as both sides read it.
fn open_both(writer: &GgufWriter) -> (Tokenizer, Vocabulary) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("vocabulary.gguf");
    let mut file = std::fs::File::create(&path).expect("a file");
    writer.write(&mut file, |_, _| Ok(())).expect("written");
    let gguf = Gguf::open(&path).expect("a valid file");
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("a usable vocabulary");
    (tokenizer, Vocabulary::open(&path).expect("llama.cpp opens it"))
}

fn assert_equal(what: &str, (tokenizer, referee): &(Tokenizer, Vocabulary), text: &str) {
    for (add_special, parse_special) in [(false, false), (true, true)] {
        let options = EncodeOptions { add_special, parse_special };
        let ids = tokenizer.encode(text, options).expect("short");
        let expected = referee.tokenize(text, add_special, parse_special).expect("ids");
        assert_eq!(ids, expected, "{what}: {text:?}");
    }
}

const TEXTS: [&str; 8] = [
    "I'm you're they'll WE'VE it'S he'd don't 'tis rock 'n' roll",
    "fn main() {\n    println!(\"{}\", 0xFFu8 as char);\r\n}\r\n\r\n// done, 1234567.89 + 10e-3\n",
    "  two  spaces   three\t\ttabs \n \n\n  end  ",
    "HTTPServer getURLFor camelCase snake_case x1y22z333 4444 55555",
    "a-b, c.d; e!f? (g) [h] {i} <j> @k #l $m %n ^o &p *q ~r |s `t` \\u /v",
    "Price: $1,234.56 (-7.5%) = 3/4 + 2^10 \u{2014} \u{201c}quoted\u{201d}",
    " 你好，世界。１２３ カタカナ\u{3000}ひらがな 한국어 ok",
    "Привет мир 123 مرحبا ١٢٣ नमस्ते ü é e\u{301} ½ ² 🦙🚀",
];

#[test]
fn pre_tokenizers_cut_as_llama_cpp_does() {
    let Some(fixtures) = shared_fixtures() else { return };
    let mut writer = metadata(&fixtures, "gpt-2");
    // Lower and upper case outside ASCII count as both in llama.cpp for the last two; the models'
    // own patterns, which are followed here, tell them apart.
    let ascii_only = ["tekken", "gpt-4o"];
    let names = [
        "default",
        "llama-bpe",
        "lfm2",
        "smaug-bpe",
        "glm4",
        "qwen2",
        "qwen35",
        "smollm",
        "starcoder",
        "gpt-2",
        "falcon",
        "deepseek-llm",
        "deepseek-coder",
        "deepseek-v3",
        "bailingmoe",
        "seed-coder",
        "minicpm5",
        "ufakzeka",
        "poro-chat",
        "viking",
        "tekken",
        "gpt-4o",
    ];
    for name in names {
        writer.set("tokenizer.ggml.pre", name);
        let both = open_both(&writer);
        let mut random = Random::new(3);
        let random_texts: Vec<String> = (0..800).map(|_| random_text(&mut random)).collect();
        for text in TEXTS.into_iter().chain(random_texts.iter().map(String::as_str)) {
            if ascii_only.contains(&name) {
                let ascii: String = text.chars().filter(char::is_ascii).collect();
                assert_equal(name, &both, &ascii);
            } else {
                assert_equal(name, &both, text);
            }
        }
    }
}

#[test]
fn an_unknown_pre_tokenizer_is_read_as_the_default() {
    let Some(fixtures) = shared_fixtures() else { return };
    let mut writer = metadata(&fixtures, "gpt-2");
    let (default, _) = open_both(writer.set("tokenizer.ggml.pre", "default"));
    let mut bytes = Vec::new();
    writer.set("tokenizer.ggml.pre", "of tomorrow");
    writer.write(&mut bytes, |_, _| Ok(())).expect("written");
    let gguf = Gguf::from_bytes(&bytes).expect("a valid file");
    let unknown = Tokenizer::from_gguf(&gguf).expect("a usable vocabulary");
    for text in TEXTS {
        let options = EncodeOptions::default();
        assert_eq!(
            unknown.encode(text, options).expect("short"),
            default.encode(text, options).expect("short")
        );
    }
}

/// The SentencePiece vocabulary with tokens added at its end.
fn with_tokens(fixtures: &Path, added: &[(&str, i32)]) -> GgufWriter {
    let gguf = Gguf::open(fixtures.join("vocab/llama-spm.gguf")).expect("a valid file");
    let mut tokens = gguf.strings("tokenizer.ggml.tokens").unwrap().unwrap();
    let mut kinds = gguf.i32s("tokenizer.ggml.token_type").unwrap().unwrap();
    let mut scores = gguf.f32s("tokenizer.ggml.scores").unwrap().unwrap();
    for (text, kind) in added {
        tokens.push(text.as_bytes());
        kinds.push(*kind);
        scores.push(-1000.0);
    }
    let mut writer = metadata(fixtures, "llama-spm");
    writer
        .set("tokenizer.ggml.tokens", Entry::Array(ArrayData::strings(tokens)))
        .set("tokenizer.ggml.token_type", Entry::Array(ArrayData::i32s(&kinds)))
        .set("tokenizer.ggml.scores", Entry::Array(ArrayData::f32s(&scores)));
    writer
}

const CONTROL: i32 = 3;
const USER_DEFINED: i32 = 4;

#[test]
fn gemma_style_vocabularies_have_no_space_in_front() {
    let Some(fixtures) = shared_fixtures() else { return };
    let added = [
        ("<start_of_turn>", CONTROL),
        ("<end_of_turn>", CONTROL),
        ("\n\n", USER_DEFINED),
        ("\n\n\n", USER_DEFINED),
        ("    ", USER_DEFINED),
        ("<table>", USER_DEFINED),
    ];
    let mut writer = with_tokens(&fixtures, &added);
    writer.set("tokenizer.ggml.add_space_prefix", Entry::Bool(false));
    let both = open_both(&writer);
    let mut random = Random::new(5);
    let random_texts: Vec<String> = (0..800).map(|_| random_text(&mut random)).collect();
    let turns = "<start_of_turn>user\nHi   there\n\n\n\n<table>\n     x<end_of_turn>\n";
    for text in TEXTS.into_iter().chain(random_texts.iter().map(String::as_str)).chain([turns]) {
        assert_equal("gemma", &both, text);
        let ids = both.0.encode(text, EncodeOptions::default()).expect("short");
        assert_eq!(both.0.decode(&ids, true), text);
    }
    assert_eq!(both.0.end_of_turn(), both.0.id_of("<end_of_turn>"));
    assert!(both.0.is_end_of_generation(both.0.id_of("<end_of_turn>").expect("added")));
}

#[test]
fn phi3_tokens_take_the_white_space_behind_them() {
    let Some(fixtures) = shared_fixtures() else { return };
    let added = [
        ("<|endoftext|>", CONTROL),
        ("<|assistant|>", CONTROL),
        ("<|user|>", CONTROL),
        ("<|end|>", CONTROL),
    ];
    let mut writer = with_tokens(&fixtures, &added);
    writer.set("general.name", "Phi-3 mini");
    let both = open_both(&writer);
    for text in [
        "<|user|>\nWho hid the goose?<|end|>\n<|assistant|>\n",
        "<s><|user|> \t\n a <|end|>  \n\n<|endoftext|>  kept</s>  b",
        "<|user|><|end|> \u{a0}x",
        " <|unknown|> <unk>  y",
    ] {
        assert_equal("phi-3", &both, text);
    }
}
