//! Small vocabularies made here: hostile ones, and the rules that no published file shows.

use super::*;
use crate::error::{Error, TokenizerError};
use crate::gguf::{ArrayData, Entry, Gguf, GgufWriter};

/// A vocabulary file; `more` adds or changes keys.
fn file(model: &str, tokens: &[&[u8]], more: impl FnOnce(&mut GgufWriter)) -> Gguf {
    let mut writer = GgufWriter::new();
    writer
        .set("tokenizer.ggml.model", model)
        .set("tokenizer.ggml.tokens", Entry::Array(ArrayData::strings(tokens)));
    more(&mut writer);
    let mut bytes = Vec::new();
    writer.write(&mut bytes, |_, _| Ok(())).expect("written");
    Gguf::from_bytes(&bytes).expect("valid GGUF")
}

fn kinds(kinds: &[i32]) -> impl FnOnce(&mut GgufWriter) {
    let entry = Entry::Array(ArrayData::i32s(kinds));
    move |writer| {
        writer.set("tokenizer.ggml.token_type", entry);
    }
}

fn merges<const N: usize>(merges: [&str; N]) -> Entry {
    Entry::Array(ArrayData::strings(merges))
}

fn error(gguf: &Gguf) -> TokenizerError {
    match Tokenizer::from_gguf(gguf) {
        Err(Error::Tokenizer(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn ids(tokenizer: &Tokenizer, text: &str) -> Vec<u32> {
    tokenizer.encode(text, EncodeOptions::default()).expect("short")
}

#[test]
fn unusable_vocabularies_are_refused() {
    let few: &[&[u8]] = &[b"<unk>", b"a", b"b"];
    let gguf = file("t5", few, |_| ());
    assert!(matches!(error(&gguf), TokenizerError::UnsupportedModel { model } if model == "t5"));
    assert!(matches!(error(&file("llama", &[], |_| ())), TokenizerError::Empty));
    let gguf = file("llama", few, kinds(&[2, 1]));
    assert!(matches!(error(&gguf), TokenizerError::ShortArray { found: 2, n_vocab: 3, .. }));
    let gguf = file("llama", few, |writer| {
        writer.set("tokenizer.ggml.scores", Entry::Array(ArrayData::f32s(&[0.0])));
    });
    assert!(matches!(error(&gguf), TokenizerError::ShortArray { found: 1, n_vocab: 3, .. }));
    let gguf = file("llama", &[b"x", b"y", b"x"], |_| ());
    assert!(matches!(error(&gguf), TokenizerError::DuplicateToken { first: 0, second: 2, .. }));
    for text in ["<0x-1>", "<0x+1>", "<0xG0>", "<0x0>", "<0x000>", "a"] {
        let gguf = file("llama", &[b"<unk>", text.as_bytes()], kinds(&[2, 6]));
        assert!(matches!(error(&gguf), TokenizerError::ByteToken { id: 1, .. }), "{text}");
    }
    let long = vec![b'a'; limits::TOKEN_BYTES + 1];
    assert!(matches!(error(&file("llama", &[&long], |_| ())), TokenizerError::Limit { .. }));
    let gguf = file("bert", few, |_| ());
    assert!(matches!(error(&gguf), TokenizerError::NoUnknownToken { model: "bert" }));
}

#[test]
fn missing_and_mistyped_keys_are_named() {
    let gguf = file("gpt2", &[b"a"], |_| ());
    let error = Tokenizer::from_gguf(&gguf).expect_err("no merges");
    assert!(error.to_string().contains("tokenizer.ggml.merges"), "{error}");
    let gguf = file("llama", &[b"a"], |writer| {
        writer.set("tokenizer.ggml.bos_token_id", "one");
    });
    let error = Tokenizer::from_gguf(&gguf).expect_err("not a number");
    assert!(error.to_string().contains("bos_token_id"), "{error}");
}

#[test]
fn odd_entries_are_tolerated() {
    // Longer arrays, types and ids that do not exist, an empty token, and one that is not UTF-8.
    let tokens: &[&[u8]] = &[b"<unk>", b"", b"\xFF\xFE", b"a", b"<|im_end|>"];
    let gguf = file("llama", tokens, |writer| {
        writer
            .set(
                "tokenizer.ggml.token_type",
                Entry::Array(ArrayData::i32s(&[2, 1, 4, 1, 1, 9, -5])),
            )
            .set("tokenizer.ggml.scores", Entry::Array(ArrayData::f32s(&[f32::NAN; 7])))
            .set("tokenizer.ggml.bos_token_id", Entry::U32(4_000_000_000))
            .set("tokenizer.ggml.eos_token_id", Entry::U32(5))
            .set("tokenizer.ggml.add_space_prefix", Entry::Bool(false));
    });
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
    // The ids in the file are out of range, so the algorithm's defaults stand.
    assert_eq!((tokenizer.bos(), tokenizer.eos()), (Some(1), Some(2)));
    assert_eq!(tokenizer.token_text(1).as_deref(), Some("[EMPTY_1]"));
    assert_eq!(tokenizer.token_bytes(2).as_deref(), Some(&b"\xFF\xFE"[..]));
    assert_eq!(tokenizer.token_bytes(5), None);
    assert_eq!(ids(&tokenizer, "aéa"), [3, 0, 3]);
    assert_eq!(tokenizer.decode(&[3, 2, 99, 3], true), "a\u{FFFD}\u{FFFD}a");
    assert!(tokenizer.is_control(4) && tokenizer.is_end_of_generation(4));
}

#[test]
fn merges_that_name_missing_tokens_are_ignored() {
    let gguf = file("gpt2", &[b"a", b"b", b"c", b"ab"], |writer| {
        let rules = merges(["x y", "a c", "a b", "b a", "ab", "", " ", "a b", "a  b"]);
        writer.set("tokenizer.ggml.merges", rules).set("tokenizer.ggml.pre", "gpt-2");
    });
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
    assert_eq!(ids(&tokenizer, "abcac"), [3, 2, 0, 2]);
    // Characters outside the vocabulary are left out, and nothing merges across them.
    assert_eq!(ids(&tokenizer, "aéb ab!"), [0, 1, 3]);
}

#[test]
fn the_best_rule_joins_first_and_a_word_stays_the_same_when_it_is_met_again() {
    let tokens: &[&[u8]] = &[b"a", b"b", b"c", b"ab", b"bc", b"abc", b"abab"];
    let gguf = |pre: &str| {
        file("gpt2", tokens, |writer| {
            let rules = merges(["b c", "a b", "a bc", "ab ab", "x y"]);
            writer.set("tokenizer.ggml.merges", rules).set("tokenizer.ggml.pre", pre);
        })
    };
    let tokenizer = Tokenizer::from_gguf(&gguf("gpt-2")).expect("usable");
    for _ in 0..2 {
        // "bc" is ranked above "ab", and takes the "b" from it.
        assert_eq!(ids(&tokenizer, "abc"), [5]);
        assert_eq!(ids(&tokenizer, "ababc"), [3, 5]);
        assert_eq!(ids(&tokenizer, "abababab"), [6, 6]);
        assert_eq!(ids(&tokenizer, "cba"), [2, 1, 0]);
    }
    // No rule makes it, so it is a token only where words that are tokens are taken as they are.
    let lone: &[&[u8]] = &[b"a", b"b", b"ab"];
    for (pre, expected) in [("gpt-2", &[0, 1][..]), ("llama-bpe", &[2])] {
        let gguf = file("gpt2", lone, |writer| {
            writer.set("tokenizer.ggml.merges", merges([])).set("tokenizer.ggml.pre", pre);
        });
        let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
        assert_eq!(ids(&tokenizer, "ab"), expected, "{pre}");
        assert_eq!(ids(&tokenizer, "ab"), expected, "{pre}, again");
    }
}

#[test]
fn the_memory_of_a_vocabulary_is_known_from_the_head_of_its_file() {
    let texts: Vec<Vec<u8>> = (0..1_000).map(|n| format!("token {n}").into_bytes()).collect();
    let tokens: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    let need = |model: &str, more: fn(&mut GgufWriter)| {
        VocabularyNeed::of(&file(model, &tokens, more)).expect("a vocabulary")
    };
    let plain = need("llama", |_| ());
    assert_eq!((plain.n_tokens, plain.text_bytes), (1_000, 8_890));
    // Texts, ends, 2,048 places for ids, kinds, scores, views.
    assert_eq!(plain.total_bytes, 8_890 + 4_000 + 2_048 * 5 + 1_000 + 4_000 + 16_000);
    let merged = need("gpt2", |writer| {
        writer.set("tokenizer.ggml.merges", merges(["a b"; 500]));
    });
    assert!(merged.total_bytes > plain.total_bytes);
    assert_eq!(VocabularyNeed::of(&file("gpt2", &tokens, |_| ())), None, "it names no merges");
}

#[test]
fn the_unknown_token_stands_for_what_is_missing_if_there_is_one() {
    let gguf = file("gpt2", &[b"a", b"<unk>"], |writer| {
        writer
            .set("tokenizer.ggml.merges", merges([]))
            .set("tokenizer.ggml.token_type", Entry::Array(ArrayData::i32s(&[1, 2])))
            .set("tokenizer.ggml.unknown_token_id", Entry::U32(1));
    });
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
    assert_eq!(ids(&tokenizer, "aba"), [0, 1, 0]);
}

#[test]
fn text_never_becomes_a_control_token() {
    // Both ways by which text could: a whole word that is a token, and a chain of merges.
    let gguf = file("gpt2", &[b"S", b"T", b"O", b"P", b"ST", b"OP", b"STOP"], |writer| {
        writer
            .set("tokenizer.ggml.merges", merges(["S T", "O P", "ST OP"]))
            .set("tokenizer.ggml.pre", "llama-bpe")
            .set(
                "tokenizer.ggml.token_type",
                Entry::Array(ArrayData::i32s(&[1, 1, 1, 1, 1, 1, 3])),
            );
    });
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
    assert_eq!(ids(&tokenizer, "STOP"), [4, 5]);
    let parsed =
        tokenizer.encode("STOP", EncodeOptions { add_special: false, parse_special: true });
    assert_eq!(parsed.expect("short"), [6]);

    let gguf = file("llama", &[b"<unk>", b"<", b"s", b">", b"<s", b"<s>"], |writer| {
        kinds(&[2, 1, 1, 1, 1, 3])(writer);
        writer.set("tokenizer.ggml.add_space_prefix", Entry::Bool(false));
    });
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
    assert_eq!(ids(&tokenizer, "<s>"), [4, 3]);
    assert!(tokenizer.vocabulary_bytes()[5].is_empty());
}

#[test]
fn segments_are_cut_at_spaces_only_where_that_changes_nothing() {
    let tokens: &[&[u8]] = &[b"<unk>", b"a", "▁".as_bytes(), "▁a".as_bytes(), "a▁a".as_bytes()];
    let scores = Entry::Array(ArrayData::f32s(&[0.0, -5.0, -5.0, -1.0, -2.0]));
    let make = |n: usize| {
        let gguf = file("llama", &tokens[..n], |writer| {
            writer
                .set("tokenizer.ggml.scores", scores.clone())
                .set("tokenizer.ggml.add_space_prefix", Entry::Bool(false));
        });
        Tokenizer::from_gguf(&gguf).expect("usable")
    };
    assert_eq!(ids(&make(4), "a a a"), [1, 3, 3]);
    // `a▁a` is made of `a` and `▁a`, across the space.
    assert_eq!(ids(&make(5), "a a a"), [4, 3]);
}

#[test]
fn bytes_that_are_no_text_are_marked_in_a_stream() {
    let tokens: &[&[u8]] = &[b"<unk>", b"<0xF0>", b"<0x9F>", b"<0xA6>", b"<0x99>", b"a", b"<0xFF>"];
    let gguf = file("llama", tokens, kinds(&[2, 6, 6, 6, 6, 1, 6]));
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
    let mut stream = tokenizer.stream();
    let parts: Vec<String> = [1, 2, 3, 4, 1, 5, 6, 2, 1, 2].map(|id| stream.push(id)).into();
    assert_eq!(parts, ["", "", "", "🦙", "", "\u{FFFD}a", "\u{FFFD}", "\u{FFFD}", "", ""]);
    assert_eq!(stream.finish(), "\u{FFFD}");
}

#[test]
fn korean_syllables_keep_their_vowels() {
    let tokens: &[&[u8]] = &[
        b"[UNK]",
        "▁\u{1112}".as_bytes(),
        "\u{1161}".as_bytes(),
        "\u{11AB}".as_bytes(),
        "▁e".as_bytes(),
        "▁!".as_bytes(),
    ];
    let gguf = file("bert", tokens, |writer| {
        writer.set("tokenizer.ggml.unknown_token_id", Entry::U32(0));
    });
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
    assert_eq!(ids(&tokenizer, "한 É! x"), [1, 2, 3, 4, 5, 0]);
    assert_eq!(ids(&tokenizer, &"e".repeat(101)), [0]);
    assert_eq!(tokenizer.decode(&[4, 5, 4], true), "e ! e");
}

#[test]
fn well_known_ends_are_found_and_false_ones_are_not() {
    let tokens: &[&[u8]] = &[b"<|end|>", b"<|return|>", b"<|call|>", b"<|channel|>", b"x"];
    let gguf = file("gpt2", tokens, |writer| {
        writer
            .set("tokenizer.ggml.merges", merges([]))
            .set("tokenizer.ggml.token_type", Entry::Array(ArrayData::i32s(&[3, 3, 3, 3, 1])));
    });
    let tokenizer = Tokenizer::from_gguf(&gguf).expect("usable");
    let ends: Vec<u32> = (0..5).filter(|&id| tokenizer.is_end_of_generation(id)).collect();
    assert_eq!(ends, [1, 2]);
    assert!(!tokenizer.is_control(0) && !tokenizer.is_control(3));
    assert!(!tokenizer.is_end_of_generation(u32::MAX));
}
