//! Where the sentences stand that may tell of somebody whom a text names seldom: at a mention, or around it in the
//! paragraph, or behind it in one that opens with a pronoun.

use super::language::forms;
use super::namesakes::is_of_another;
use super::reader::Reader;
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::segment::words;

/// Sentences with the last name that are looked at.
const LOOKED_AT: usize = 32;
/// Sentences before and behind a mention that may tell of the person.
const BEFORE: u32 = 2;
const BEHIND: u32 = 6;

/// The few sentences that name somebody.
pub(super) struct Mentions(Vec<SentenceId>);

impl Mentions {
    /// The sentences that name `bare`, a name without titles, by the whole of it or by the last word not behind
    /// another first name; `None` if they are more than `most`.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn of(reader: &Reader, bare: &str, most: usize) -> Result<Option<Self>> {
        let Some(whole) = Pattern::phrase(bare) else { return Ok(None) };
        let mut mentions = reader.last_mentions(&[whole], &[], u32::MAX, most + 1)?;
        if mentions.len() > most {
            return Ok(None);
        }
        if let Some((_, last)) = bare.rsplit_once(' ') {
            let by_last: Vec<Pattern> = Pattern::phrase(last).into_iter().collect();
            let mut ids = reader.last_mentions(&by_last, &[], u32::MAX, LOOKED_AT)?;
            if ids.len() == LOOKED_AT {
                return Ok(None);
            }
            // Whether it is another of that name is told by the text; those with the whole name need none.
            ids.retain(|id| mentions.binary_search(id).is_err());
            for read in reader.read(&ids)? {
                if !is_of_another(&read.text, bare) {
                    mentions.push(read.id);
                }
            }
        }
        mentions.sort_unstable();
        mentions.dedup();
        Ok((mentions.len() <= most).then_some(Self(mentions)))
    }

    /// Whether nothing names the one.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a sentence stands near one of them.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn are_near(&self, reader: &Reader, id: SentenceId) -> Result<bool> {
        let first = id.sentence.saturating_sub(BEHIND.max(BEFORE)) as usize;
        let end = (id.sentence + BEHIND.max(BEFORE)) as usize + 1;
        let block = reader.corpus.excerpt(id.block, first..end)?;
        for known in self.0.iter().filter(|known| known.block == id.block) {
            let (at, sentence) = (known.sentence, id.sentence);
            if !(at.saturating_sub(BEFORE)..=at + BEHIND).contains(&sentence) {
                continue;
            }
            let parts = |next: u32| {
                let next = next as usize;
                let opens = || words::folded_words(block.sentences(next..next + 1)).next();
                block.layout.sentences[next].opens_paragraph
                    && !(sentence > at && opens().is_some_and(|word| forms::is_pronoun(&word)))
            };
            if !(at.min(sentence) + 1..=at.max(sentence)).any(parts) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
