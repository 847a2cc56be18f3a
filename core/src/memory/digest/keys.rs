//! Written lines as keys: a line that holds the words of a question leads to the sentences that it is tied
//! to.
//!
//! A sentence that only says "she" is not found by a name that stands a page before it. The line that
//! a model wrote of both is, and code saw that every word of it stands in one of them. So the
//! sentence counts as holding what its line holds, and when it is cited, the others that the line is
//! tied to are cited with it. What is quoted is the text, never the line.

use std::collections::{BTreeMap, BTreeSet};

use super::gate;
use super::lines::Lines;
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::{Corpus, SentenceId};
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::phrase::first_form;
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Notes that are read for one question.
const NOTES: usize = 64;
/// Lines that lead somewhere for one question.
const KEYS: usize = 24;
/// Share of a question's weight that a line must hold to lead anywhere.
const LEAST: f32 = 0.5;

/// Where a line leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The sentence that says the most of the line.
    pub head: SentenceId,
    /// The other sentences that it is tied to.
    pub others: Vec<SentenceId>,
    /// The patterns that the line holds, one bit each.
    pub found: u64,
    /// Words of the line, folded.
    pub words: Vec<String>,
}

/// Where the written lines lead that hold enough of `patterns`, whose weights are `weights`, the best
/// first. Patterns without a weight count nothing.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn keys(
    corpus: &Corpus,
    patterns: &[Pattern],
    weights: &[f32],
    stems: &Stems,
) -> Result<Vec<Key>> {
    let notes = corpus.notes();
    let total: f32 = weights.iter().sum();
    let n_notes = notes.n_notes()?;
    if n_notes == 0 || total <= 0.0 {
        return Ok(Vec::new());
    }
    let mut score: BTreeMap<u64, f32> = BTreeMap::new();
    for (pattern, weight) in patterns.iter().zip(weights) {
        let mut holding: BTreeSet<u64> = BTreeSet::new();
        for term in terms(pattern, stems) {
            holding.extend(notes.notes_with(term)?);
        }
        for number in holding {
            *score.entry(number).or_default() += weight;
        }
    }
    let mut best: Vec<(f32, u64)> = score
        .into_iter()
        .filter(|(_, score)| *score >= LEAST * total)
        .map(|(number, score)| (score, number))
        .collect();
    best.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    best.truncate(NOTES);
    let mut keys: Vec<(f32, Key)> = Vec::new();
    for (_, number) in best {
        let Some(placed) = notes.placed_note(number)? else { continue };
        let is_here = |document: usize| corpus.contents.documents[document].name == placed.owner;
        let block = corpus
            .contents
            .blocks
            .iter()
            .position(|place| place.block.hash == placed.place.of && is_here(place.document));
        // The note of a text that was edited since, or of a document that is not asked.
        let Some(block) = block else { continue };
        let n_sentences = corpus.contents.blocks[block].block.sentences;
        let Some(lines) = Lines::decode(&placed.note.lines) else {
            return Err(corpus.damaged(block as u32, "a note about it is damaged"));
        };
        for line in &lines.lines {
            let words: Vec<String> = words::folded_words(&line.text).collect();
            let found = patterns.iter().enumerate().fold(0_u64, |found, (at, pattern)| {
                found | u64::from(pattern.occurs_in(&words, stems)) << at
            });
            let each = weights.iter().enumerate();
            let held: f32 =
                each.map(|(at, weight)| if found >> at & 1 == 1 { *weight } else { 0.0 }).sum();
            let sources = lines.placed(line, placed.place.first, n_sentences);
            if let Some(sources) = sources.filter(|_| held >= LEAST * total) {
                let mut ids = sources
                    .into_iter()
                    .map(|sentence| SentenceId { block: block as u32, sentence });
                let Some(head) = ids.next() else { continue };
                keys.push((held, Key { head, others: ids.collect(), found, words }));
            }
        }
    }
    keys.sort_by(|one, other| {
        other.0.total_cmp(&one.0).then_with(|| one.1.head.cmp(&other.1.head))
    });
    keys.truncate(KEYS);
    Ok(keys.into_iter().map(|(_, key)| key).collect())
}

/// What a sentence holds by the lines that lead to it: patterns, and patterns in the strict sense.
pub type Leads = BTreeMap<SentenceId, (u64, u64)>;

/// Where the written lines lead that hold enough of `patterns`; `strict` are the first of them in a
/// stricter sense. The reader remembers which sentences the lines are tied to besides.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn leads<'p>(
    reader: &Reader,
    patterns: &[Pattern],
    strict: impl Iterator<Item = &'p Pattern> + Clone,
    weights: &[f32],
) -> Result<Leads> {
    let mut leads = Leads::new();
    for key in keys(reader.corpus, patterns, weights, reader.stems)? {
        let of_line = strict.clone().enumerate().fold(0_u64, |held, (at, pattern)| {
            held | u64::from(pattern.occurs_in(&key.words, reader.stems)) << at
        });
        let lead = leads.entry(key.head).or_default();
        // The best line of a sentence is taken whole: two lines do not add up to one.
        if lead.0 == 0 {
            *lead = (key.found, of_line);
            reader.tie(key.head, key.others);
        }
    }
    Ok(leads)
}

/// Adds to a finding the sentences without which one that a line led to cannot be understood.
pub fn complete(reader: &Reader, finding: &mut Finding) {
    if finding.answer.is_none() {
        return;
    }
    let mut evidence: Vec<(SentenceId, u32)> = Vec::with_capacity(finding.evidence.len());
    let holds = |evidence: &[(SentenceId, u32)], id: SentenceId| {
        evidence.iter().any(|(first, count)| {
            first.block == id.block
                && (first.sentence..first.sentence + count).contains(&id.sentence)
        })
    };
    for (first, count) in &finding.evidence {
        evidence.push((*first, *count));
        for sentence in first.sentence..first.sentence + count {
            for id in reader.tied_to(SentenceId { sentence, ..*first }) {
                if !holds(&evidence, id) && !holds(&finding.evidence, id) {
                    evidence.push((id, 1));
                }
            }
        }
    }
    finding.evidence = evidence;
}

/// Hashes of the words, or of the pair of characters, of which a line that holds the pattern holds one.
/// Phrases of words have none: their words are looked for by themselves.
fn terms(pattern: &Pattern, stems: &Stems) -> BTreeSet<u64> {
    let slots: Vec<&[String]> = pattern.forms().collect();
    let ideograph = |forms: &&[String]| {
        forms.iter().all(|form| {
            let mut chars = form.chars();
            chars.next().is_some_and(words::is_ideograph) && chars.next().is_none()
        })
    };
    match slots.as_slice() {
        [forms] => forms.iter().map(|form| gate::term(&first_form(form, stems))).collect(),
        slots if slots.iter().all(ideograph) => slots
            .windows(2)
            .map(|pair| gate::term(&format!("{}{}", pair[0][0], pair[1][0])))
            .collect(),
        _ => BTreeSet::new(),
    }
}
