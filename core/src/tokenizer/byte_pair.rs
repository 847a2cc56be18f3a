//! Byte-level byte-pair encoding: of all neighbours that a rule joins, the best-ranked pair is joined
//! first, until no rule fits.
//!
//! ```text
//! symbols = the tokens of the word's bytes
//! while a rule joins some neighbours: join those of the best rank, leftmost first
//! ```
//! Source: Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units";
//! Radford et al. 2019 for the byte alphabet. A byte whose character is not in the vocabulary ends
//! the word being merged; it becomes the unknown token if the file names one and is left out if
//! not. Merges that name tokens outside the vocabulary are ignored with a warning: they cannot
//! produce an id.
//!
//! Why not the crate `tokenizers`: its model keeps the text of every token twice in maps of strings,
//! some two hundred bytes a token, and the words that it remembers have no bound in bytes. Here a
//! rule takes 17 bytes of a table, and of words only those are remembered that are one token: a byte
//! for each token.
//!
//! Cost: O(n log n) for a word of n bytes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering};

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

use super::byte_alphabet::char_of;
use super::kind::TokenKind;
use super::limits;
use super::patterns::PreTokenizer;
use super::split::Splitter;
use super::table::{TokenTable, check};
use crate::error::TokenizerError;

/// No token, or no neighbour.
const NONE: u32 = u32::MAX;

/// The merge rules and the pre-tokenizer.
#[derive(Debug)]
pub(super) struct BytePair {
    splitter: Splitter,
    rules: Rules,
    /// The token of each byte.
    bytes: [Option<u32>; 256],
    unknown: Option<u32>,
    /// Whether a word that is a token is taken as it is, whatever the rules say.
    takes_words: bool,
    /// The tokens of which it is known that the rules make them of their own text.
    whole: Vec<AtomicBool>,
}

impl BytePair {
    /// Builds the model from the vocabulary and the merges, best first, each two tokens' texts with
    /// a space between.
    ///
    /// # Errors
    /// If there are too many merges.
    pub(super) fn new(
        table: &TokenTable,
        kinds: &[TokenKind],
        merges: &[&[u8]],
        pre_tokenizer: &PreTokenizer,
        unknown: Option<u32>,
    ) -> Result<Self, TokenizerError> {
        check("merges", merges.len(), limits::MERGES)?;
        let mut character = [0; 4];
        let bytes = std::array::from_fn(|byte| {
            plain_id(table, kinds, char_of(byte as u8).encode_utf8(&mut character).as_bytes())
        });
        let mut rules = Rules::with_capacity(merges.len());
        let mut joined = Vec::new();
        for (rank, merge) in merges.iter().enumerate() {
            if let Some(rule) = parse_merge(table, kinds, merge, rank as u32, &mut joined) {
                rules.add(rule);
            }
        }
        let n_left_out = merges.len() - rules.0.len();
        if n_left_out > 0 {
            log::warn!(
                "{n_left_out} of {} merges repeat others or name tokens outside the vocabulary",
                merges.len()
            );
        }
        Ok(Self {
            splitter: Splitter::new(pre_tokenizer)?,
            rules,
            bytes,
            unknown,
            takes_words: pre_tokenizer.ignore_merges,
            whole: std::iter::repeat_with(AtomicBool::default).take(table.len()).collect(),
        })
    }

    /// Appends the ids of `text`, which holds no special token.
    pub(super) fn encode(
        &self,
        table: &TokenTable,
        kinds: &[TokenKind],
        text: &str,
        ids: &mut Vec<u32>,
    ) {
        let mut word = Word::default();
        self.splitter.split(text, &mut |piece| {
            for byte in piece.bytes() {
                match self.bytes[usize::from(byte)] {
                    Some(id) => word.push(char_of(byte), id),
                    None => {
                        self.merge(table, kinds, &mut word, ids);
                        ids.extend(self.unknown);
                    }
                }
            }
            self.merge(table, kinds, &mut word, ids);
        });
    }

    /// Appends the ids of a word and empties it.
    fn merge(&self, table: &TokenTable, kinds: &[TokenKind], word: &mut Word, ids: &mut Vec<u32>) {
        let whole = plain_id(table, kinds, word.text.as_bytes());
        let is_known = |id: u32| self.whole[id as usize].load(Ordering::Relaxed);
        if let Some(id) = whole.filter(|&id| self.takes_words || is_known(id)) {
            ids.push(id);
            word.clear();
            return;
        }
        let n_before = ids.len();
        word.merge(&self.rules, ids);
        if let (Some(id), &[only]) = (whole, &ids[n_before..])
            && id == only
        {
            self.whole[id as usize].store(true, Ordering::Relaxed);
        }
    }
}

/// The token with this text, if text may become it. Its text is UTF-8, as all text is.
fn plain_id(table: &TokenTable, kinds: &[TokenKind], text: &[u8]) -> Option<u32> {
    table.id_of(text).filter(|&id| kinds[id as usize].is_text())
}

/// The rule of a merge, if both texts and their join are tokens.
fn parse_merge(
    table: &TokenTable,
    kinds: &[TokenKind],
    merge: &[u8],
    rank: u32,
    joined: &mut Vec<u8>,
) -> Option<Rule> {
    let text = std::str::from_utf8(merge).ok()?;
    // The left text has at least one character, which may itself be a space.
    let first = text.chars().next()?.len_utf8();
    let space = first + text[first..].find(' ')?;
    let (left, right) = (&merge[..space], &merge[space + 1..]);
    joined.clear();
    joined.extend_from_slice(left);
    joined.extend_from_slice(right);
    let id = |text: &[u8]| plain_id(table, kinds, text);
    Some(Rule { left: id(left)?, right: id(right)?, rank, joined: id(joined)? })
}

/// Two tokens that become one.
#[derive(Debug, Clone, Copy)]
struct Rule {
    left: u32,
    right: u32,
    /// The lower, the sooner.
    rank: u32,
    joined: u32,
}

/// The rules by their pairs.
#[derive(Debug)]
struct Rules(HashTable<Rule>, DefaultHashBuilder);

impl Rules {
    fn with_capacity(n_rules: usize) -> Self {
        Self(HashTable::with_capacity(n_rules), DefaultHashBuilder::default())
    }

    /// Adds a rule. The first one for a pair counts, as its rank is the better one.
    fn add(&mut self, rule: Rule) {
        let Self(table, hasher) = self;
        let hash = |rule: &Rule| hasher.hash_one((rule.left, rule.right));
        let is_same = |other: &Rule| (other.left, other.right) == (rule.left, rule.right);
        if let Entry::Vacant(place) = table.entry(hash(&rule), is_same, hash) {
            place.insert(rule);
        }
    }

    fn find(&self, left: u32, right: u32) -> Option<&Rule> {
        let Self(table, hasher) = self;
        table.find(hasher.hash_one((left, right)), |rule| (rule.left, rule.right) == (left, right))
    }
}

/// A part of a word; neighbours are linked.
struct Symbol {
    /// Its token; none if it is part of the symbol before.
    id: u32,
    previous: u32,
    next: u32,
}

/// A word in the making: its text in the byte alphabet, and its symbols.
#[derive(Default)]
struct Word {
    text: String,
    symbols: Vec<Symbol>,
    /// Neighbours that a rule joins, the best first: rank, place of the left one, join.
    queue: BinaryHeap<Reverse<(u32, u32, u32)>>,
}

impl Word {
    fn push(&mut self, character: char, id: u32) {
        let at = self.symbols.len() as u32;
        self.text.push(character);
        if let Some(before) = self.symbols.last_mut() {
            before.next = at;
        }
        self.symbols.push(Symbol { id, previous: at.checked_sub(1).unwrap_or(NONE), next: NONE });
    }

    fn clear(&mut self) {
        self.text.clear();
        self.symbols.clear();
        self.queue.clear();
    }

    /// Joins what the rules join, appends the ids and empties the word.
    fn merge(&mut self, rules: &Rules, ids: &mut Vec<u32>) {
        for left in 1..self.symbols.len() {
            self.consider(rules, left as u32 - 1);
        }
        while let Some(Reverse((_, left, joined))) = self.queue.pop() {
            let Symbol { id, previous, next } = self.symbols[left as usize];
            // One of the two may have been joined to another since.
            let right = self.symbols.get(next as usize).map(|right| right.id);
            let rule = right.and_then(|right| rules.find(id, right));
            if rule.is_none_or(|rule| rule.joined != joined) {
                continue;
            }
            let after = self.symbols[next as usize].next;
            self.symbols[next as usize].id = NONE;
            self.symbols[left as usize] = Symbol { id: joined, previous, next: after };
            if let Some(after) = self.symbols.get_mut(after as usize) {
                after.previous = left;
            }
            self.consider(rules, previous);
            self.consider(rules, left);
        }
        ids.extend(self.symbols.iter().map(|symbol| symbol.id).filter(|&id| id != NONE));
        self.clear();
    }

    /// Queues the symbol at `left` with the one after it, if there are both and a rule joins them.
    fn consider(&mut self, rules: &Rules, left: u32) {
        let Some(&Symbol { id, next, .. }) = self.symbols.get(left as usize) else { return };
        let Some(right) = self.symbols.get(next as usize) else { return };
        if let Some(rule) = rules.find(id, right.id) {
            self.queue.push(Reverse((rule.rank, left, rule.joined)));
        }
    }
}
