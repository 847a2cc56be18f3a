//! The vocabulary: byte-level pairs, learnt from the text of lessons, as a GGUF file without tensors.
//!
//! Words are cut as GPT-2 cuts them (the pre-tokenizer that files name `gpt-2`). The numbers 1 to 99
//! are single tokens, so that the number of a sentence is copied in one step. The control tokens
//! have the first ids. The file carries the chat template too, and its metadata become those of the
//! model, so the tokenizer that trains is the one that runs.

use std::io::Write;

use carrel_core::gguf::{ArrayData, Entry, GgufWriter};
use tokenizers::models::TrainerWrapper;
use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::{AddedToken, Tokenizer};

use crate::error::{RecipeError, Result};
use crate::held::Draw;
use crate::lesson::lesson;
use crate::prompt::{self, CONTROL};
use crate::prose::Prose;
use crate::stage::Stage;

/// Largest number that is one token.
pub const WHOLE_NUMBERS: usize = 99;
/// How often the numbers stand in what the pairs are learnt from: so often that none is missed.
const NUMBERS_OFTEN: usize = 20_000;

/// Learns a vocabulary of `n_vocab` tokens from `n_lessons` lessons and from all `prose`, and writes
/// it.
///
/// # Errors
/// If the vocabulary is too small, or `out` fails.
pub fn write(
    n_vocab: usize,
    seed: u64,
    n_lessons: u64,
    prose: &Prose,
    out: &mut impl Write,
) -> Result<()> {
    let (tokens, merges) = learn(n_vocab, seed, n_lessons, prose)?;
    let kinds: Vec<i32> =
        (0..tokens.len()).map(|id| if id < CONTROL.len() { 3 } else { 1 }).collect();
    let mut writer = GgufWriter::new();
    writer
        .set("general.architecture", "llama")
        .set("tokenizer.ggml.model", "gpt2")
        .set("tokenizer.ggml.pre", "gpt-2")
        .set("tokenizer.ggml.tokens", Entry::Array(ArrayData::strings(&tokens)))
        .set("tokenizer.ggml.token_type", Entry::Array(ArrayData::i32s(&kinds)))
        .set("tokenizer.ggml.merges", Entry::Array(ArrayData::strings(&merges)))
        .set("tokenizer.ggml.bos_token_id", Entry::U32(0))
        .set("tokenizer.ggml.eos_token_id", Entry::U32(2))
        .set("tokenizer.ggml.add_bos_token", Entry::Bool(true))
        .set("tokenizer.chat_template", prompt::TEMPLATE);
    writer.write(out, |_, _| Ok(()))?;
    Ok(())
}

/// The tokens in the order of their ids, and the merges in the order of their ranks.
fn learn(
    n_vocab: usize,
    seed: u64,
    n_lessons: u64,
    prose: &Prose,
) -> Result<(Vec<String>, Vec<String>)> {
    let controls = CONTROL.iter().map(|token| AddedToken::from(*token, true)).collect();
    let trainer = BpeTrainer::builder()
        .vocab_size(n_vocab)
        .show_progress(false)
        .min_frequency(2)
        .special_tokens(controls)
        .initial_alphabet(ByteLevel::alphabet().into_iter().collect())
        .build();
    let mut tokenizer = Tokenizer::new(BPE::default());
    tokenizer.with_pre_tokenizer(Some(ByteLevel::default().add_prefix_space(false)));
    let lessons = (0..n_lessons).map(|number| {
        let lesson = lesson(seed, number, Draw::TRAINING, Stage::full());
        let mut text = prompt::window(&lesson.world.sentences);
        for question in &lesson.questions {
            text.push_str(&prompt::question(&question.text));
        }
        text
    });
    let numbers: String = (1..=WHOLE_NUMBERS).map(|number| format!("[{number}]\n")).collect();
    let text = lessons.chain(prose.stretches()).chain(std::iter::repeat_n(numbers, NUMBERS_OFTEN));
    let failed = |error: tokenizers::Error| RecipeError::Vocabulary(error.to_string());
    tokenizer.train(&mut TrainerWrapper::from(trainer), text).map_err(failed)?;
    // The merges can be had from the stored form only.
    let stored = serde_json::to_value(tokenizer.get_model())?;
    let unknown = || RecipeError::Vocabulary("the learnt pairs have another form".to_owned());
    let vocabulary = stored["vocab"].as_object().ok_or_else(unknown)?;
    let mut tokens = vec![String::new(); vocabulary.len()];
    for (token, id) in vocabulary {
        let id = id.as_u64().ok_or_else(unknown)? as usize;
        *tokens.get_mut(id).ok_or_else(unknown)? = token.clone();
    }
    let mut merges = Vec::new();
    for merge in stored["merges"].as_array().ok_or_else(unknown)? {
        merges.push(match merge {
            serde_json::Value::String(pair) => pair.clone(),
            serde_json::Value::Array(pair) => {
                let side = |index: usize| pair.get(index).and_then(|side| side.as_str());
                format!("{} {}", side(0).ok_or_else(unknown)?, side(1).ok_or_else(unknown)?)
            }
            _ => return Err(unknown()),
        });
    }
    let whole = |number: usize| tokens.contains(&number.to_string());
    if tokens.len() != n_vocab || !(1..=WHOLE_NUMBERS).all(whole) {
        let message = format!("{n_vocab} tokens are too few or too many for this text");
        return Err(RecipeError::Vocabulary(message));
    }
    Ok((tokens, merges))
}
