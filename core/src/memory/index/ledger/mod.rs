//! The ledger: every name of a library with all its mentions, in order.
//!
//! Blocks keep their own names (`record`), so that ingestion stays incremental; questions merge them.
//! A merge passes over the blocks once and keeps only what the question concerns, so its memory does
//! not grow with the library: [`entities`] takes as many passes as it needs to hold a bounded number
//! of names at a time. Names that are one (`aliases`) are joined at that time, because only all
//! blocks together can tell whether "Darcy" is one person.

pub mod aliases;
pub mod entity;
pub mod extract;
pub mod neighbours;
pub mod record;

use std::collections::BTreeMap;
use std::collections::VecDeque;

use aliases::{Known, Table};
use entity::Entity;
use record::{BlockNames, key_of};

use super::corpus::{Corpus, SentenceId};
use super::directory::NO_DICTIONARY;
use super::patterns::{Matches, Pattern, Wanted};
use super::spread::Spread;
use super::stems::Stems;
use crate::error::Result;
use crate::memory::store::Part;

/// Names held at a time by a merge over all blocks.
const NAMES_AT_A_TIME: usize = 20_000;
/// Least share of common trigrams for a name to count as similar.
const LEAST_SIMILAR: f32 = 0.4;

/// The names of block `block`.
///
/// # Errors
/// If the store cannot be read or the block is damaged.
pub fn block_names(corpus: &Corpus, block: u32) -> Result<BlockNames> {
    BlockNames::decode(&corpus.part(block, Part::Names)?)
        .ok_or_else(|| corpus.damaged(block, "the names are cut short"))
}

/// The `limit` things that are mentioned most, most mentioned first.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn entities(corpus: &Corpus, limit: usize) -> Result<Vec<Entity>> {
    let mut total = 0;
    for block in 0..corpus.contents.blocks.len() as u32 {
        total += block_names(corpus, block)?.entries.len();
    }
    // Names that may be one share their last word, so a share of last words is a whole merge.
    let passes = total.div_ceil(NAMES_AT_A_TIME).max(1) as u64;
    let mut best: Vec<Entity> = Vec::new();
    for pass in 0..passes {
        let table = table(corpus, |key| aliases::last_word_hash(key) % passes == pass)?;
        best.extend(table.entities());
        best.sort_by(|one, other| {
            other.mentions.cmp(&one.mentions).then_with(|| one.first.cmp(&other.first))
        });
        best.truncate(limit);
    }
    Ok(best)
}

/// The names of all blocks whose keys are `wanted`.
fn table(corpus: &Corpus, wanted: impl Fn(&str) -> bool) -> Result<Table> {
    let mut table = Table::default();
    for block in 0..corpus.contents.blocks.len() as u32 {
        let names = block_names(corpus, block)?;
        for entry in names.entries.iter().filter(|entry| wanted(&entry.key)) {
            table.add(
                &entry.key,
                Known {
                    spelling: entry.spelling.clone(),
                    kind: entry.kind,
                    certain: u64::from(entry.certain),
                    mentions: entry.sentences.len() as u64,
                    first: SentenceId {
                        block,
                        sentence: entry.sentences.first().copied().unwrap_or(0),
                    },
                },
            );
        }
        for (one, other) in &names.aliases {
            let key = |at: u32| names.entries[at as usize].key.as_str();
            let pair = (key(*one), key(*other));
            if wanted(pair.0) || wanted(pair.1) {
                table.same(pair.0, pair.1);
            }
        }
    }
    Ok(table)
}

/// The keys under which `name` is mentioned: its own and those of names that are the same.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn keys_of(corpus: &Corpus, name: &str) -> Result<Vec<String>> {
    let asked = key_of(name);
    let mut keys = vec![asked.clone()];
    // The first pass finds the full name of a surname or what the text calls it, the second what
    // else their words name, the third what the text calls those.
    for _ in 0..3 {
        let words: Vec<String> =
            keys.iter().flat_map(|key| key.split(' ').map(str::to_owned)).collect();
        let shares = |key: &str| {
            keys.iter().any(|known| known == key)
                || key.split(' ').any(|word| words.iter().any(|known| known == word))
        };
        let table = table(corpus, shares)?;
        let mut group = table.group_of(&asked);
        group.extend(table.said_of(&keys));
        let before = keys.len();
        group.into_iter().for_each(|key| {
            if !keys.contains(&key) {
                keys.push(key);
            }
        });
        if keys.len() == before {
            break;
        }
    }
    Ok(keys)
}

/// All sentences that mention `name` under any of its names, in the order of the documents.
///
/// Any word or phrase may be asked for, in any script, whether or not it was taken for a name.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn mentions<'c, 's>(corpus: &'c Corpus<'s>, name: &str) -> Result<Mentions<'c, 's>> {
    let keys = keys_of(corpus, name)?;
    let patterns: Vec<Pattern> = keys.iter().filter_map(|key| Pattern::phrase(key)).collect();
    let stems = Stems::default();
    let blocks = Spread::of(corpus, &patterns, &stems)?.any().into_iter();
    Ok(Mentions { corpus, keys, patterns, stems, blocks, ready: VecDeque::new(), failed: false })
}

/// Iterator over mentions, one block at a time. It ends after the first error.
pub struct Mentions<'c, 's> {
    corpus: &'c Corpus<'s>,
    keys: Vec<String>,
    patterns: Vec<Pattern>,
    stems: Stems,
    /// Blocks that are still to be read, in order.
    blocks: std::vec::IntoIter<u32>,
    ready: VecDeque<SentenceId>,
    failed: bool,
}

impl Mentions<'_, '_> {
    /// The keys that are looked for.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    fn read(&mut self, block: u32) -> Result<()> {
        let corpus = self.corpus;
        let index = corpus.index(block)?;
        let matches = Matches::find(&mut Wanted::of(&self.patterns, &self.stems), &index.terms)
            .ok_or_else(|| corpus.damaged(block, NO_DICTIONARY))?;
        if !matches.any() {
            return Ok(());
        }
        let layout = corpus.layout(block)?;
        let mut sentences = Vec::new();
        for pattern in 0..self.patterns.len() {
            let list = matches
                .positions(pattern, &index.positions)
                .ok_or_else(|| corpus.damaged(block, "a position list is cut short"))?;
            sentences.extend(list.iter().map(|word| layout.sentence_of_word(*word) as u32));
        }
        sentences.sort_unstable();
        sentences.dedup();
        self.ready.extend(sentences.into_iter().map(|sentence| SentenceId { block, sentence }));
        Ok(())
    }
}

impl Iterator for Mentions<'_, '_> {
    type Item = Result<SentenceId>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() {
            if self.failed {
                return None;
            }
            let block = self.blocks.next()?;
            if let Err(error) = self.read(block) {
                self.failed = true;
                return Some(Err(error));
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

/// The names mentioned in `count` sentences from `first` on, in the order of their first mention
/// there. Capitals that may only open a sentence are left out.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn names_in(corpus: &Corpus, first: SentenceId, count: u32) -> Result<Vec<String>> {
    let names = block_names(corpus, first.block)?;
    let range = first.sentence..first.sentence.saturating_add(count);
    let mut seen: Vec<u32> = Vec::new();
    for (_, entry) in names.by_sentence().into_iter().filter(|(s, _)| range.contains(s)) {
        if names.entries[entry as usize].certain > 0 && !seen.contains(&entry) {
            seen.push(entry);
        }
    }
    Ok(seen.into_iter().map(|at| names.entries[at as usize].spelling.clone()).collect())
}

/// Names that are spelled like `name`, the most similar first, each with its similarity up to 1.
///
/// Similarity is the Dice coefficient of the sets of character trigrams. The trigrams are made of the
/// names when asked, and not stored: the names of a library are about a fiftieth of its text.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn similar(corpus: &Corpus, name: &str, limit: usize) -> Result<Vec<(String, f32)>> {
    let asked = trigrams(&key_of(name));
    let mut best: BTreeMap<String, (String, f32)> = BTreeMap::new();
    for block in 0..corpus.contents.blocks.len() as u32 {
        for entry in block_names(corpus, block)?.entries {
            let other = trigrams(&entry.key);
            let shared =
                asked.iter().filter(|trigram| other.binary_search(trigram).is_ok()).count();
            let similarity = 2.0 * shared as f32 / (asked.len() + other.len()).max(1) as f32;
            if similarity >= LEAST_SIMILAR {
                best.insert(entry.key, (entry.spelling, similarity));
            }
        }
        if best.len() > NAMES_AT_A_TIME {
            let mut ranked: Vec<f32> = best.values().map(|(_, similarity)| *similarity).collect();
            ranked.sort_by(|one, other| other.total_cmp(one));
            let least = ranked[limit.min(ranked.len() - 1)];
            best.retain(|_, (_, similarity)| *similarity >= least);
        }
    }
    let mut ranked: Vec<(String, f32)> = best.into_values().collect();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    ranked.truncate(limit);
    Ok(ranked)
}

/// The sorted set of character trigrams of a key, with a blank before and behind it.
fn trigrams(key: &str) -> Vec<[char; 3]> {
    let chars: Vec<char> = std::iter::once(' ').chain(key.chars()).chain([' ']).collect();
    let mut set: Vec<[char; 3]> =
        chars.windows(3).map(|window| [window[0], window[1], window[2]]).collect();
    set.sort_unstable();
    set.dedup();
    set
}

#[cfg(test)]
mod tests;
