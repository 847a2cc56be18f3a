//! A compact form of vocabularies, in which a changed byte changes a token instead of breaking the
//! container: what the tokenizer is fuzzed with.
//!
//! ```text
//! kind, pre-tokenizer, flags, unknown id,
//! n_tokens, then each: length, token type, score, text
//! n_merges, then each: left id, right id
//! the rest is the text to encode
//! ```
//! A count that the input is too short for ends there.

use carrel_core::gguf::{ArrayData, Entry, GgufWriter};

use crate::hostile::written;

const MODELS: [&str; 3] = ["llama", "gpt2", "bert"];
const PRE_TOKENIZERS: [&str; 6] =
    ["gpt-2", "llama-bpe", "qwen2", "deepseek-llm", "smollm", "default"];

/// The model file of a vocabulary in the compact form, and the text behind it.
pub fn vocabulary_of(input: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut rest = input;
    let model = MODELS[usize::from(byte(&mut rest)) % MODELS.len()];
    let pre_tokenizer = PRE_TOKENIZERS[usize::from(byte(&mut rest)) % PRE_TOKENIZERS.len()];
    let flags = byte(&mut rest);
    let unknown = byte(&mut rest);
    let (mut texts, mut kinds, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..byte(&mut rest) {
        let length = byte(&mut rest);
        kinds.push(i32::from(byte(&mut rest) as i8));
        scores.push(f32::from(byte(&mut rest) as i8));
        let (text, behind) = rest.split_at(usize::from(length).min(rest.len()));
        texts.push(text);
        rest = behind;
    }
    let mut merges = Vec::new();
    for _ in 0..byte(&mut rest) {
        let (left, right) = (byte(&mut rest), byte(&mut rest));
        let text = |id: u8| texts.get(usize::from(id)).copied().unwrap_or_default();
        merges.push([text(left), b" ", text(right)].concat());
    }
    let mut writer = GgufWriter::new();
    writer
        .set("tokenizer.ggml.model", model)
        .set("tokenizer.ggml.pre", pre_tokenizer)
        .set("tokenizer.ggml.tokens", Entry::Array(ArrayData::strings(&texts)))
        .set("tokenizer.ggml.token_type", Entry::Array(ArrayData::i32s(&kinds)))
        .set("tokenizer.ggml.scores", Entry::Array(ArrayData::f32s(&scores)))
        .set("tokenizer.ggml.merges", Entry::Array(ArrayData::strings(&merges)))
        .set("tokenizer.ggml.unknown_token_id", Entry::U32(unknown.into()))
        .set("tokenizer.ggml.add_space_prefix", Entry::Bool(flags & 1 != 0))
        .set("tokenizer.ggml.add_bos_token", Entry::Bool(flags & 2 != 0))
        .set("tokenizer.ggml.normalizer.lowercase", Entry::Bool(flags & 4 != 0));
    if flags & 8 != 0 {
        writer.set("tokenizer.ggml.bos_token_id", Entry::U32(unknown.wrapping_add(1).into()));
    }
    (written(&writer), rest)
}

fn byte(rest: &mut &[u8]) -> u8 {
    let Some((first, behind)) = rest.split_first() else { return 0 };
    *rest = behind;
    *first
}

/// One useful vocabulary of each kind, with a text.
pub fn compact_vocabularies() -> Vec<Vec<u8>> {
    let tokens: [&[(&str, u8)]; 3] = [
        &[("<unk>", 2), ("<s>", 3), ("▁", 1), ("a", 1), ("b", 1), ("ab", 1), ("<0x0A>", 6)],
        &[("<|end|>", 3), ("Ġ", 1), ("a", 1), ("b", 1), ("ab", 1), ("Ġab", 1)],
        &[("[UNK]", 2), ("[CLS]", 3), ("[SEP]", 3), ("▁a", 1), ("b", 1), ("c", 4)],
    ];
    let mut seeds = Vec::new();
    for (kind, tokens) in tokens.into_iter().enumerate() {
        let mut seed = vec![kind as u8, kind as u8, 7, 0, tokens.len() as u8];
        for (index, (text, token_type)) in tokens.iter().enumerate() {
            seed.extend([text.len() as u8, *token_type, index as u8]);
            seed.extend(text.as_bytes());
        }
        seed.extend([2, 2, 3, 1, 4]);
        seed.extend("ab a\n<s> 好 abba 12".as_bytes());
        seeds.push(seed);
    }
    seeds
}
