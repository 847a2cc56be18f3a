//! Who stands beside whom: the graph of names that are mentioned together.
//!
//! An edge is not stored, as the ledger already holds it: two names are joined by every sentence and
//! every passage that mentions both. An edge weighs 1 a sentence and 0.25 a passage more.

use std::collections::BTreeMap;

use super::{block_names, mentions};
use crate::error::Result;
use crate::memory::index::corpus::{Corpus, SentenceId};

/// Neighbours held at a time while the blocks are passed over.
const MOST_HELD: usize = 20_000;
/// What a passage that mentions both adds.
const IN_PASSAGE: f32 = 0.25;

/// A name that is mentioned together with another.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// The name, as it is written where both are mentioned first.
    pub name: String,
    /// Its key: folded words joined by blanks.
    pub key: String,
    /// Weight of the edge.
    pub weight: f32,
    /// The first sentence that mentions both, or the first mention beside the other in a passage.
    pub first: SentenceId,
}

/// The `limit` names that are mentioned together with `name` most, heaviest first.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn neighbours(corpus: &Corpus, name: &str, limit: usize) -> Result<Vec<Neighbour>> {
    let list = mentions(corpus, name)?;
    let own = list.keys().to_vec();
    let mut held: BTreeMap<String, Neighbour> = BTreeMap::new();
    let mut of_block: Vec<u32> = Vec::new();
    let mut list = list.peekable();
    while let Some(mention) = list.next() {
        let mention = mention?;
        of_block.push(mention.sentence);
        let goes_on = matches!(list.peek(), Some(Ok(next)) if next.block == mention.block);
        if !goes_on {
            add_block(corpus, mention.block, &of_block, &own, &mut held)?;
            of_block.clear();
            if held.len() > MOST_HELD {
                drop_lightest(&mut held, MOST_HELD / 2);
            }
        }
    }
    drop_lightest(&mut held, limit);
    let mut out: Vec<Neighbour> = held.into_values().collect();
    out.sort_by(|one, other| {
        other.weight.total_cmp(&one.weight).then_with(|| one.first.cmp(&other.first))
    });
    Ok(out)
}

fn add_block(
    corpus: &Corpus,
    block: u32,
    sentences: &[u32],
    own: &[String],
    held: &mut BTreeMap<String, Neighbour>,
) -> Result<()> {
    let layout = corpus.layout(block)?;
    let mut passages: Vec<usize> =
        sentences.iter().map(|sentence| layout.passage_of(*sentence as usize)).collect();
    passages.dedup();
    for entry in block_names(corpus, block)?.entries {
        if entry.certain == 0 || own.contains(&entry.key) {
            continue;
        }
        let mut weight = 0.0;
        let mut first: Option<(bool, u32)> = None;
        let mut last_passage = None;
        for sentence in &entry.sentences {
            let together = sentences.binary_search(sentence).is_ok();
            let passage = layout.passage_of(*sentence as usize);
            let beside = passages.binary_search(&passage).is_ok();
            weight += f32::from(u8::from(together));
            if beside && last_passage != Some(passage) {
                weight += IN_PASSAGE;
                last_passage = Some(passage);
            }
            let better = match first {
                None => together || beside,
                Some((was_together, _)) => together && !was_together,
            };
            if better {
                first = Some((together, *sentence));
            }
        }
        if let Some((_, sentence)) = first {
            let neighbour = held.entry(entry.key.clone()).or_insert_with(|| Neighbour {
                name: entry.spelling,
                key: entry.key,
                weight: 0.0,
                first: SentenceId { block, sentence },
            });
            neighbour.weight += weight;
        }
    }
    Ok(())
}

fn drop_lightest(held: &mut BTreeMap<String, Neighbour>, limit: usize) {
    if held.len() <= limit {
        return;
    }
    let mut keys: Vec<(f32, SentenceId, String)> =
        held.values().map(|n| (n.weight, n.first, n.key.clone())).collect();
    keys.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    for (_, _, key) in keys.split_off(limit) {
        held.remove(&key);
    }
}
