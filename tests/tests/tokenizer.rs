//! The tokenizer against published cases and against llama.cpp's own on real and random text.

use std::path::{Path, PathBuf};

use carrel_core::gguf::Gguf;
use carrel_core::random::Random;
use carrel_core::tokenizer::{EncodeOptions, Tokenizer};
use carrel_referee::Vocabulary;
use carrel_tests::random_text::random_text;
use carrel_tests::shared_fixtures;

const NAMES: [&str; 4] = ["llama-spm", "gpt-2", "deepseek-llm", "bert-bge"];

fn file(fixtures: &Path, name: &str) -> PathBuf {
    fixtures.join(format!("vocab/{name}.gguf"))
}

fn open(fixtures: &Path, name: &str) -> Tokenizer {
    let gguf = Gguf::open(file(fixtures, name)).expect("a valid file");
    Tokenizer::from_gguf(&gguf).expect("a usable vocabulary")
}

/// The published texts of a vocabulary.
fn cases(fixtures: &Path, name: &str) -> Vec<String> {
    let path = fixtures.join(format!("vocab/{name}.gguf.inp"));
    let text = std::fs::read_to_string(path).expect("readable");
    // The last text, too, is followed by the separator.
    let texts = text.strip_suffix("\n__ggml_vocab_test__\n").expect("ends as it should");
    texts.split("\n__ggml_vocab_test__\n").map(str::to_owned).collect()
}

#[test]
fn published_cases_give_the_published_ids() {
    let Some(fixtures) = shared_fixtures() else { return };
    for name in NAMES {
        let tokenizer = open(&fixtures, name);
        let path = fixtures.join(format!("vocab/{name}.gguf.out"));
        let expected = std::fs::read_to_string(path).expect("readable");
        let expected: Vec<Vec<u32>> = expected
            .lines()
            .map(|line| line.split_whitespace().map(|id| id.parse().expect("an id")).collect())
            .collect();
        let texts = cases(&fixtures, name);
        assert!(expected.len() >= 46, "{name}: {} lines", expected.len());
        assert_eq!(texts.len(), expected.len(), "{name}");
        for (text, expected) in texts.iter().zip(expected) {
            let ids = tokenizer.encode(text, EncodeOptions::default()).expect("short");
            assert_eq!(ids, expected, "{name}: {text:?}");
        }
    }
}

/// Excerpts of every book, and texts that mix scripts.
fn real_texts(fixtures: &Path) -> Vec<String> {
    let mut files = vec![fixtures.join("documents/adventures-of-sherlock-holmes.txt")];
    let prose = std::fs::read_dir(fixtures.join("documents/prose")).expect("readable");
    files.extend(prose.map(|entry| entry.expect("an entry").path()));
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        let mut start = text.len() / 3;
        while !text.is_char_boundary(start) {
            start += 1;
        }
        texts.push(text[start..].chars().take(30_000).collect());
    }
    texts.extend([
        "Привет, мир! Ещё раз: 1234567 раз.\n\n\tКонец.".to_owned(),
        "我在1999年买了3台電腦。それは本当ですか？カタカナ、ひらがな！".to_owned(),
        "emoji 👩‍👩‍👧‍👦 🏳️‍🌈 ❤️ 🇩🇪 and ASCII :-) \u{200b}zero\u{200d}width".to_owned(),
        "مرحبا بالعالم ١٢٣ — שלום עולם ๑๒๓ สวัสดีชาวโลก".to_owned(),
        "fn main() {\n    println!(\"{}\", 0xFFu8 as char);\r\n}\r\n\r\n// done".to_owned(),
        "Ünïcödé ñandú Ångström Straße œuvre İstanbul ǅ ﬁ ½ ² ™ №".to_owned(),
        "I'm you're they'll WE'VE it'S he'd don't 'tis rock 'n' roll".to_owned(),
        " ▁ ▁▁ <s> </s> <unk> <0x0A> [CLS] <|endoftext|> Ġ Ċ ##ing".to_owned(),
    ]);
    texts
}

/// Where `word_piece.rs` follows BERT instead of llama.cpp: scripts whose characters decompose into
/// several letters, and marks that take space of their own.
fn bert_differs(text: &str) -> bool {
    let differs = |character: char| {
        matches!(u32::from(character),
            0x300..=0x36F | 0x483..=0x489 | 0x1AB0..=0x1AFF | 0x1D000..=0x1D24F
            | 0x900..=0xDFF | 0xF00..=0x109F | 0x1100..=0x11FF | 0x1700..=0x18AF
            | 0x1900..=0x1CFF | 0xA800..=0xABFF | 0xAC00..=0xD7FF | 0x10A00..=0x11FFF
            | 0x16000..=0x16FFF | 0x20D0..=0x20FF | 0x302A..=0x302F | 0xA66F..=0xA672
            | 0x1E000..=0x1EFFF | 0xE000..=0xF8FF | 0xF0000..)
    };
    text.chars().any(differs)
}

#[test]
fn ids_equal_those_of_llama_cpp() {
    let Some(fixtures) = shared_fixtures() else { return };
    let real = real_texts(&fixtures);
    for name in NAMES {
        let tokenizer = open(&fixtures, name);
        let referee = Vocabulary::open(&file(&fixtures, name)).expect("llama.cpp opens it");
        let mut random = Random::new(7);
        let mut n_compared = 0;
        let random_texts = (0..4000).map(|_| random_text(&mut random));
        for text in real.iter().cloned().chain(random_texts) {
            if name == "bert-bge" && bert_differs(&text) {
                continue;
            }
            for add_special in [false, true] {
                let options = EncodeOptions { add_special, parse_special: false };
                let ids = tokenizer.encode(&text, options).expect("short");
                let expected = referee.tokenize(&text, add_special, false).expect("ids");
                let differs = ids.iter().zip(&expected).position(|(a, b)| a != b);
                assert!(
                    ids == expected,
                    "{name}, add_special {add_special}, id {differs:?}: {:?}\n{ids:?}\n{expected:?}",
                    text.chars().take(200).collect::<String>(),
                );
                n_compared += 1;
            }
        }
        eprintln!("{name}: {n_compared} texts equal");
        assert!(n_compared > 1000, "{name}: {n_compared}");
    }
}

#[test]
fn control_tokens_are_parsed_only_when_asked() {
    let Some(fixtures) = shared_fixtures() else { return };
    for (name, text) in [
        ("llama-spm", "<s>[INST] Hi [/INST] there</s><s>"),
        ("gpt-2", "one<|endoftext|>two <|endoftext|>"),
        ("deepseek-llm", "<｜begin▁of▁sentence｜>User: ü<｜end▁of▁sentence｜>"),
        ("bert-bge", "[CLS] a [MASK] b [SEP]"),
    ] {
        let tokenizer = open(&fixtures, name);
        let referee = Vocabulary::open(&file(&fixtures, name)).expect("llama.cpp opens it");
        for parse_special in [false, true] {
            let options = EncodeOptions { add_special: false, parse_special };
            let ids = tokenizer.encode(text, options).expect("short");
            assert_eq!(ids, referee.tokenize(text, false, parse_special).expect("ids"), "{name}");
            let has_control = ids.iter().any(|&id| tokenizer.is_control(id));
            assert_eq!(has_control, parse_special, "{name}: {ids:?}");
        }
    }
}

#[test]
fn pieces_and_ends_equal_those_of_llama_cpp() {
    let Some(fixtures) = shared_fixtures() else { return };
    for name in NAMES {
        let tokenizer = open(&fixtures, name);
        let referee = Vocabulary::open(&file(&fixtures, name)).expect("llama.cpp opens it");
        for id in 0..tokenizer.n_vocab() as u32 {
            let bytes = tokenizer.token_bytes(id).expect("in range");
            assert_eq!(*bytes, referee.piece(id).expect("a piece"), "{name}: token {id}");
            assert_eq!(
                tokenizer.is_end_of_generation(id),
                referee.is_end_of_generation(id),
                "{name}: token {id}"
            );
        }
    }
}

#[test]
fn decoding_an_encoded_text_gives_the_text() {
    let Some(fixtures) = shared_fixtures() else { return };
    let mut texts = real_texts(&fixtures);
    texts.extend(cases(&fixtures, "gpt-2"));
    let mut random = Random::new(11);
    texts.extend((0..2000).map(|_| random_text(&mut random)));
    for name in ["llama-spm", "gpt-2", "deepseek-llm"] {
        let tokenizer = open(&fixtures, name);
        for text in &texts {
            for add_special in [false, true] {
                let options = EncodeOptions { add_special, parse_special: false };
                let ids = tokenizer.encode(text, options).expect("short");
                // A literal ▁ is how SentencePiece writes a space: the two cannot be told apart.
                let expected =
                    if name == "llama-spm" { text.replace('▁', " ") } else { text.clone() };
                assert_eq!(tokenizer.decode(&ids, true), expected, "{name}");
            }
        }
    }
}

#[test]
fn a_stream_never_splits_a_character() {
    let Some(fixtures) = shared_fixtures() else { return };
    let text = "A 👩‍👩‍👧‍👦 family, 日本語のテキスト, and a flag 🏳️‍🌈. Ünïcödé 𝔘𝔫𝔦.";
    for name in ["llama-spm", "gpt-2", "deepseek-llm"] {
        let tokenizer = open(&fixtures, name);
        let ids = tokenizer.encode(text, EncodeOptions::default()).expect("short");
        let mut stream = tokenizer.stream();
        let parts: Vec<String> = ids.iter().map(|&id| stream.push(id)).collect();
        assert!(parts.iter().all(|part| !part.contains('\u{FFFD}')), "{name}: {parts:?}");
        assert!(parts.iter().any(String::is_empty), "{name}: some tokens end within a character");
        let joined = parts.concat();
        assert_eq!(joined.strip_prefix(' ').unwrap_or(&joined), text, "{name}");
        assert_eq!(stream.finish(), "", "{name}");

        // Cut off within a character, the rest is marked once.
        let emoji = tokenizer.encode("🦙", EncodeOptions::default()).expect("short");
        let mut stream = tokenizer.stream();
        let shown: String = emoji[..emoji.len() - 1].iter().map(|&id| stream.push(id)).collect();
        assert!(!shown.contains('\u{FFFD}'), "{name}");
        assert_eq!(stream.finish(), "\u{FFFD}", "{name}");
    }
}

/// Runs that cannot be cut into words: a method that is quadratic in the length of a word would
/// need hours for the longest of them.
#[test]
fn long_and_odd_texts_are_encoded_whole() {
    let Some(fixtures) = shared_fixtures() else { return };
    for name in NAMES {
        let tokenizer = open(&fixtures, name);
        for unit in ["a", " ", "\n", "ab ", "é", "好", "'", "1", "a\u{301}"] {
            let text = unit.repeat((64 << 10) / unit.len());
            let ids = tokenizer.encode(&text, EncodeOptions::default()).expect("in limits");
            if name != "bert-bge" {
                assert_eq!(tokenizer.decode(&ids, true), text, "{name}: {unit:?}");
            }
        }
        let word = tokenizer.encode(&"a".repeat(1 << 20), EncodeOptions::default());
        assert!(!word.expect("in limits").is_empty(), "{name}");
        let too_long = "a".repeat((16 << 20) + 1);
        let error = tokenizer.encode(&too_long, EncodeOptions::default()).expect_err("too long");
        assert!(error.to_string().contains("16777217"), "{error}");
    }
}

#[test]
fn a_tokenizer_is_shared_by_threads() {
    let Some(fixtures) = shared_fixtures() else { return };
    let tokenizer = open(&fixtures, "gpt-2");
    let expected = tokenizer.encode("shared by threads", EncodeOptions::default()).expect("short");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let clone = tokenizer.clone();
            let expected = &expected;
            scope.spawn(move || {
                for _ in 0..100 {
                    let ids = clone.encode("shared by threads", EncodeOptions::default());
                    assert_eq!(&ids.expect("short"), expected);
                }
            });
        }
    });
}
