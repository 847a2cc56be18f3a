//! Text → ids, and the questions about ids and texts that callers ask.

use super::fragments::Fragment;
use super::limits;
use super::load::{Model, Tokenizer};
use super::table::check;
use crate::error::Result;

/// What an encoding adds and recognises. By default neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EncodeOptions {
    /// Add the tokens that the model expects around a text (begin, end, separator).
    pub add_special: bool,
    /// Take the texts of control tokens for those tokens. For text that a template rendered; never
    /// for text of a document or a user.
    pub parse_special: bool,
}

impl Tokenizer {
    /// The ids of `text`.
    ///
    /// # Errors
    /// If `text` has more than [`limits::TEXT_BYTES`] bytes.
    pub fn encode(&self, text: &str, options: EncodeOptions) -> Result<Vec<u32>> {
        check("bytes of text", text.len(), limits::TEXT_BYTES)?;
        let inner = &*self.inner;
        let special = &inner.special;
        // English text has about four bytes a token.
        let mut ids = Vec::with_capacity(text.len() / 4 + 2);
        let is_word_piece = matches!(inner.model, Model::WordPiece(_));
        if options.add_special && (special.add_bos || is_word_piece) {
            ids.extend(special.bos);
        }
        let mut after_token = true;
        for fragment in inner.fragments.cut(text, options.parse_special) {
            match (fragment, &inner.model) {
                (Fragment::Token(id), _) => ids.push(id),
                (Fragment::Text(text), Model::SentencePiece(model)) => {
                    let space_before = inner.add_space_prefix && after_token;
                    model.encode(&inner.table, &inner.kinds, text, space_before, &mut ids);
                    after_token = false;
                    continue;
                }
                (Fragment::Text(text), Model::BytePair(model)) => {
                    model.encode(&inner.table, &inner.kinds, text, &mut ids);
                }
                (Fragment::Text(text), Model::WordPiece(model)) => {
                    model.encode(&inner.table, &inner.kinds, text, &mut ids);
                }
            }
            after_token = true;
        }
        if options.add_special {
            if is_word_piece {
                ids.extend(special.separator);
            } else if special.add_eos {
                ids.extend(special.eos);
            }
        }
        Ok(ids)
    }

    /// Number of tokens in the vocabulary.
    pub fn n_vocab(&self) -> usize {
        self.inner.table.len()
    }

    /// The token with exactly this text in the vocabulary (`▁` and the byte alphabet unresolved).
    pub fn id_of(&self, text: &str) -> Option<u32> {
        self.inner.table.id_of(text.as_bytes())
    }

    /// The token that begins a text.
    pub fn bos(&self) -> Option<u32> {
        self.inner.special.bos
    }

    /// The token that ends a text.
    pub fn eos(&self) -> Option<u32> {
        self.inner.special.eos
    }

    /// The token that ends a turn of a conversation.
    pub fn end_of_turn(&self) -> Option<u32> {
        self.inner.special.end_of_turn
    }

    /// The token for what the vocabulary cannot express.
    pub fn unknown(&self) -> Option<u32> {
        self.inner.special.unknown
    }

    /// The token that fills up batches; stands for nothing.
    pub fn padding(&self) -> Option<u32> {
        self.inner.special.padding
    }

    /// Whether [`EncodeOptions::add_special`] puts the begin token in front.
    pub fn adds_bos(&self) -> bool {
        self.inner.special.add_bos && self.inner.special.bos.is_some()
    }

    /// Whether [`EncodeOptions::add_special`] puts the end token behind.
    pub fn adds_eos(&self) -> bool {
        self.inner.special.add_eos && self.inner.special.eos.is_some()
    }

    /// Whether a model that emits `id` is done: the end tokens that the file names, and those with
    /// well-known texts such as `<|im_end|>`.
    pub fn is_end_of_generation(&self, id: u32) -> bool {
        self.inner.special.is_end_of_generation(id)
    }
}
