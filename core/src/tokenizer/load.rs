//! Builds a tokenizer from the metadata `tokenizer.ggml.*` of a model file.
//!
//! Everything in the file is checked here, so that encoding and decoding cannot fail on it: arrays
//! may be longer than the vocabulary (the surplus is ignored) but not shorter; ids out of range
//! count as absent; token texts may be any bytes, but no two may be equal; a token of type byte must
//! read `<0x00>` to `<0xFF>`; scores that are not numbers order as IEEE 754 orders them.

use std::sync::Arc;

use super::byte_pair::BytePair;
use super::fragments::{Fragments, Strip};
use super::kind::TokenKind;
use super::patterns::{self, PreTokenizer};
use super::sentence_piece::SentencePiece;
use super::special::{ModelKind, SpecialTokens};
use super::table::TokenTable;
use super::word_piece::WordPiece;
use crate::error::{Error, Result, TokenizerError};
use crate::gguf::Gguf;

/// A vocabulary and the rules to encode and decode with it. Cheap to clone, and shared by threads.
#[derive(Clone)]
pub struct Tokenizer {
    pub(super) inner: Arc<Inner>,
}

/// What all clones share.
pub(super) struct Inner {
    pub(super) table: TokenTable,
    pub(super) kinds: Vec<TokenKind>,
    pub(super) special: SpecialTokens,
    pub(super) fragments: Fragments,
    pub(super) model: Model,
    /// Plain text is encoded as if a space stood in front.
    pub(super) add_space_prefix: bool,
}

/// The algorithm with its data.
pub(super) enum Model {
    SentencePiece(SentencePiece),
    BytePair(Box<BytePair>),
    WordPiece(WordPiece),
}

impl Tokenizer {
    /// Reads the vocabulary of a model file. A file with nothing but a vocabulary will do.
    ///
    /// # Errors
    /// [`Error::Gguf`] if a key is missing or holds a value of another type;
    /// [`Error::Tokenizer`] if the vocabulary is unusable.
    pub fn from_gguf(gguf: &Gguf) -> Result<Self> {
        let required = |key: &str| Error::Gguf(gguf.missing_key(key));
        let name =
            gguf.str("tokenizer.ggml.model")?.ok_or_else(|| required("tokenizer.ggml.model"))?;
        let kind = match name {
            "llama" => ModelKind::SentencePiece,
            "gpt2" => ModelKind::BytePair,
            "bert" => ModelKind::WordPiece,
            _ => {
                return Err(Error::Tokenizer(TokenizerError::UnsupportedModel {
                    model: name.to_owned(),
                }));
            }
        };
        let tokens = gguf
            .strings("tokenizer.ggml.tokens")?
            .ok_or_else(|| required("tokenizer.ggml.tokens"))?;
        let table = TokenTable::new(&tokens)?;
        let mut kinds = read_kinds(gguf, &table)?;
        let pre_tokenizer = match kind {
            ModelKind::BytePair => read_pre_tokenizer(gguf)?,
            _ => &patterns::DEFAULT,
        };
        let special = SpecialTokens::derive(gguf, kind, pre_tokenizer, &table, &mut kinds)?;
        let strip = read_strip(gguf)?;
        let fragments = Fragments::new(&table, &kinds, strip)?;
        let model = match kind {
            ModelKind::SentencePiece => {
                let scores = read_scores(gguf, table.len())?;
                let unknown = special.unknown;
                Model::SentencePiece(SentencePiece::new(&table, &kinds, scores, unknown))
            }
            ModelKind::BytePair => {
                let merges = gguf
                    .strings("tokenizer.ggml.merges")?
                    .ok_or_else(|| required("tokenizer.ggml.merges"))?;
                let unknown = special.unknown;
                let model = BytePair::new(&table, &kinds, &merges, pre_tokenizer, unknown)?;
                Model::BytePair(Box::new(model))
            }
            ModelKind::WordPiece => {
                let lowercase = gguf.bool("tokenizer.ggml.normalizer.lowercase")?.unwrap_or(true);
                let strip_accents =
                    gguf.bool("tokenizer.ggml.normalizer.strip_accents")?.unwrap_or(lowercase);
                Model::WordPiece(WordPiece::new(&table, special.unknown, lowercase, strip_accents)?)
            }
        };
        let add_space_prefix = kind == ModelKind::SentencePiece
            && gguf.bool("tokenizer.ggml.add_space_prefix")?.unwrap_or(true);
        Ok(Self {
            inner: Arc::new(Inner { table, kinds, special, fragments, model, add_space_prefix }),
        })
    }
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let model = match self.inner.model {
            Model::SentencePiece(_) => "llama",
            Model::BytePair(_) => "gpt2",
            Model::WordPiece(_) => "bert",
        };
        formatter
            .debug_struct("Tokenizer")
            .field("model", &model)
            .field("n_vocab", &self.inner.table.len())
            .finish_non_exhaustive()
    }
}

fn read_kinds(gguf: &Gguf, table: &TokenTable) -> Result<Vec<TokenKind>> {
    let key = "tokenizer.ggml.token_type";
    let kinds: Vec<TokenKind> = match gguf.i32s(key)? {
        None => vec![TokenKind::Normal; table.len()],
        Some(numbers) => {
            long_enough(key, numbers.len(), table.len())?;
            numbers[..table.len()].iter().map(|&number| TokenKind::from_number(number)).collect()
        }
    };
    for (id, text) in table.iter() {
        if kinds[id as usize] == TokenKind::Byte && byte_of(text).is_none() {
            return Err(Error::Tokenizer(TokenizerError::ByteToken {
                id,
                text: String::from_utf8_lossy(text).into_owned(),
            }));
        }
    }
    Ok(kinds)
}

/// The byte that a byte token stands for: `<0xXX>` with two hexadecimal digits.
pub(super) fn byte_of(text: &[u8]) -> Option<u8> {
    let digits = text.strip_prefix(b"<0x")?.strip_suffix(b">")?;
    let [high, low] = digits else { return None };
    let digit = |character: u8| char::from(character).to_digit(16);
    Some((digit(*high)? * 16 + digit(*low)?) as u8)
}

fn read_scores(gguf: &Gguf, n_vocab: usize) -> Result<Vec<f32>> {
    let key = "tokenizer.ggml.scores";
    let Some(mut scores) = gguf.f32s(key)? else {
        return Ok(vec![0.0; n_vocab]);
    };
    long_enough(key, scores.len(), n_vocab)?;
    scores.truncate(n_vocab);
    Ok(scores)
}

fn long_enough(key: &'static str, found: usize, n_vocab: usize) -> Result<()> {
    if found < n_vocab {
        return Err(Error::Tokenizer(TokenizerError::ShortArray { key, found, n_vocab }));
    }
    Ok(())
}

fn read_pre_tokenizer(gguf: &Gguf) -> Result<&'static PreTokenizer> {
    let Some(name) = gguf.str("tokenizer.ggml.pre")? else {
        log::warn!("the file names no pre-tokenizer; the default may not be the model's own");
        return Ok(&patterns::DEFAULT);
    };
    Ok(patterns::find(name).unwrap_or_else(|| {
        log::warn!("unknown pre-tokenizer `{name}`; the default may not be the model's own");
        &patterns::DEFAULT
    }))
}

/// Which tokens take the white space around them. Files do not say; llama.cpp goes by the names of
/// the models whose own tokenizers do it.
fn read_strip(gguf: &Gguf) -> Result<impl Fn(u32, &[u8]) -> Strip> {
    let name = gguf.str("general.name")?.unwrap_or("").to_lowercase();
    let pre = gguf.str("tokenizer.ggml.pre")?.unwrap_or("");
    let is_phi3 = ["phi-3", "phi3"].iter().any(|part| name.contains(part));
    let mask: &[u8] = if pre.contains("jina-v2-") {
        b"<mask>"
    } else if name.contains("modern-bert") {
        b"[MASK]"
    } else {
        b""
    };
    Ok(move |_, text: &[u8]| Strip {
        before: !mask.is_empty() && text == mask,
        after: is_phi3 && !matches!(text, b"<unk>" | b"<s>" | b"<|endoftext|>"),
    })
}
