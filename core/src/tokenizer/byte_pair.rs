//! Byte-level byte-pair encoding: words are cut here, the crate `tokenizers` merges them.
//!
//! Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units";
//! Radford et al. 2019 for the byte alphabet. A byte whose character is not in the vocabulary ends
//! the word being merged; it becomes the unknown token if the file names one and is left out if
//! not. Merges that name tokens outside the vocabulary are ignored with a warning: they cannot
//! produce an id.

use std::collections::HashSet;

use ahash::AHashMap;
use tokenizers::Model as _;
use tokenizers::models::bpe::BPE;

use super::byte_alphabet::char_of;
use super::kind::TokenKind;
use super::limits;
use super::patterns::PreTokenizer;
use super::split::Splitter;
use super::table::{TokenTable, check};
use crate::error::{Result, TokenizerError};

/// Words whose merge is remembered. The crate's default of 10,000 costs up to 80 MB when every word
/// is long; half of that many still hold nearly every repeated word of a book.
const REMEMBERED_WORDS: usize = 4096;

/// The merge rules and the pre-tokenizer.
#[derive(Debug)]
pub(super) struct BytePair {
    splitter: Splitter,
    merger: BPE,
    /// Bytes that no token stands for.
    missing: [bool; 256],
    unknown: Option<u32>,
}

impl BytePair {
    /// Builds the model from the vocabulary and the merges, best first, each two tokens' texts with
    /// a space between.
    ///
    /// # Errors
    /// If there are too many merges or the crate refuses them.
    pub(super) fn new(
        table: &TokenTable,
        kinds: &[TokenKind],
        merges: &[&[u8]],
        pre_tokenizer: &PreTokenizer,
        unknown: Option<u32>,
    ) -> Result<Self> {
        check("merges", merges.len(), limits::MERGES)?;
        let is_text = |id: &u32| kinds[*id as usize].is_text();
        let vocabulary: AHashMap<String, u32> = table
            .iter()
            .filter(|(id, _)| is_text(id))
            .filter_map(|(id, text)| Some((std::str::from_utf8(text).ok()?.to_owned(), id)))
            .collect();

        let mut missing = [false; 256];
        let mut character = [0; 4];
        for byte in 0..=255u8 {
            let text: &str = char_of(byte).encode_utf8(&mut character);
            missing[byte as usize] = !vocabulary.contains_key(text);
        }

        let mut pairs = Vec::with_capacity(merges.len());
        let mut seen = HashSet::with_capacity(merges.len());
        for merge in merges {
            // The first rule for a pair counts, as its rank is the better one.
            if let Some((left, right, ids)) = parse_merge(merge, &vocabulary)
                && seen.insert(ids)
            {
                pairs.push((left.to_owned(), right.to_owned()));
            }
        }
        if pairs.len() < merges.len() {
            log::warn!(
                "{} of {} merges repeat others or name tokens outside the vocabulary",
                merges.len() - pairs.len(),
                merges.len()
            );
        }
        let merger = BPE::builder()
            .vocab_and_merges(vocabulary, pairs)
            .ignore_merges(pre_tokenizer.ignore_merges)
            .cache_capacity(REMEMBERED_WORDS)
            .build()
            .map_err(|source| TokenizerError::Library { source })?;
        Ok(Self { splitter: Splitter::new(pre_tokenizer)?, merger, missing, unknown })
    }

    /// Appends the ids of `text`, which holds no special token.
    ///
    /// # Errors
    /// If the crate fails, which it does only for a vocabulary that `new` did not build.
    pub(super) fn encode(
        &self,
        text: &str,
        ids: &mut Vec<u32>,
    ) -> std::result::Result<(), TokenizerError> {
        let mut outcome = Ok(());
        let mut word = String::new();
        self.splitter.split(text, &mut |piece| {
            if outcome.is_err() {
                return;
            }
            for byte in piece.bytes() {
                if !self.missing[byte as usize] {
                    word.push(char_of(byte));
                    continue;
                }
                outcome = self.merge(&mut word, ids);
                ids.extend(self.unknown);
                if outcome.is_err() {
                    return;
                }
            }
            outcome = self.merge(&mut word, ids);
        });
        outcome
    }

    fn merge(
        &self,
        word: &mut String,
        ids: &mut Vec<u32>,
    ) -> std::result::Result<(), TokenizerError> {
        let tokens =
            self.merger.tokenize(word).map_err(|source| TokenizerError::Library { source })?;
        ids.extend(tokens.iter().map(|token| token.id));
        word.clear();
        Ok(())
    }
}

/// The two texts of a merge and their ids, if both and their join are tokens.
fn parse_merge<'m>(
    merge: &'m [u8],
    vocabulary: &AHashMap<String, u32>,
) -> Option<(&'m str, &'m str, (u32, u32))> {
    let merge = std::str::from_utf8(merge).ok()?;
    // The left text has at least one character, which may itself be a space.
    let first = merge.chars().next()?.len_utf8();
    let space = first + merge[first..].find(' ')?;
    let (left, right) = (&merge[..space], &merge[space + 1..]);
    let ids = (*vocabulary.get(left)?, *vocabulary.get(right)?);
    vocabulary.get(&format!("{left}{right}"))?;
    Some((left, right, ids))
}
