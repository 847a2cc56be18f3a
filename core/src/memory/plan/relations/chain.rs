//! The plan for chains: "the R1 of the R2 of X". Each hop is one look-up, made in code.
//!
//! A hop searches the index for the sentences that hold the current name and a word for the
//! relation, takes the other end of the relation out of them (or, if a model is at hand and the
//! rules find none, lets the model point), and goes on with the best few. The chain is answered
//! only if every hop is; otherwise the document does not say. "The oldest ancestor" follows parents
//! until nobody is said to be one.

use super::relation::{self, Relation, related};
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::model::Pointer;
use crate::memory::plan::language::entry::without_stamp;
use crate::memory::plan::language::possessive::possessive;
use crate::memory::plan::reader::{Read, Reader};
use crate::memory::segment::words;

/// Continuations kept after each hop.
const BEAM: usize = 3;
/// Sentences looked at for one hop.
const SENTENCES: usize = 32;
/// Hops of an open chain.
const MOST_OPEN_HOPS: usize = 40;
/// Longest sentence of which a relation is read, in words.
const LONGEST: u32 = 60;

/// Words with which a question asks for whom somebody descends from in the end.
const ANCESTORS: &str = "ancestor forefather foremother forebear progenitor ancestry lineage bloodline \
    pedigree genealogy descend descent founder";

/// A question that is a chain of relations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainQuestion {
    /// Where it starts.
    pub anchor: String,
    /// The relations, the first to follow first.
    pub hops: Vec<Relation>,
    /// Whether the last relation is followed until it ends.
    pub open: bool,
    /// Whether every relation is one between persons, which texts state in few ways.
    pub personal: bool,
}

impl ChainQuestion {
    /// Reads a question; `None` if it is no chain from a name.
    pub fn of(text: &str) -> Option<Self> {
        let mut found = Vec::new();
        names::names(text, &mut found);
        let anchors: Vec<String> = found
            .iter()
            .filter(|name| {
                let first = text[name.start..name.end].split(' ').next().unwrap_or("");
                !name.uncertain && !stopwords::is_stopword(&words::folded(first))
            })
            .map(|name| text[name.start..name.end].to_owned())
            .collect();
        let [anchor] = anchors.as_slice() else { return None };
        let at = text.find(anchor.as_str())?;
        let list: Vec<String> = words::words(text)
            .filter(|w| w.start < at || w.start >= at + anchor.len())
            .map(|w| words::folded(&text[w.start..w.end]))
            .collect();
        let has = |wanted: &[&str]| list.iter().any(|word| wanted.contains(&word.as_str()));
        let stems = Stems::default();
        let among = |wanted: &str| {
            wanted.split_whitespace().any(|word| list.iter().any(|own| stems.same(word, own)))
        };
        let open = among(ANCESTORS)
            || has(&["relative", "relation", "kinsman"])
                && among("oldest earliest eldest first farthest furthest")
            || has(&[
                "line",
                "family",
                "parents",
                "parent",
                "generation",
                "generations",
                "mothers",
                "fathers",
                "parentage",
                "house",
                "tree",
            ]) && among(
                "trace follow root origin beginning back backward head top up upward furthest farthest \
                 found lead climb ascend trail stop end last keep again repeatedly step oldest earliest \
                 eldest remote reach go",
            );
        if open {
            return Some(Self {
                anchor: anchor.clone(),
                hops: vec![Relation::parent()],
                open,
                personal: true,
            });
        }
        let (before, after) = (&text[..at], &text[at + anchor.len()..]);
        let mut hops: Vec<Relation> = Vec::new();
        // "X's R2's R1"
        if let Some(after) = possessive(anchor, after) {
            let end = after.find(['?', ',', '.', ';']).unwrap_or(after.len());
            let mut phrase: Vec<String> = Vec::new();
            for word in words::words(&after[..end]) {
                let written = &after[word.start..word.end];
                let folded = words::folded(written);
                if stopwords::is_stopword(&folded) {
                    break;
                }
                phrase.push(folded);
                if possessive(written, "").is_some() {
                    hops.push(Relation::named(&phrase.join(" ")));
                    phrase.clear();
                }
            }
            if !phrase.is_empty() {
                hops.push(Relation::named(&phrase.join(" ")));
            }
        }
        // "the R1 of the R2 of X", and "the R1 of X's R2".
        let mut pieces: Vec<&str> = before.split(" of ").collect();
        if hops.is_empty() && pieces.last().is_none_or(|last| !last.trim().is_empty()) {
            return None;
        }
        if pieces.last().is_some_and(|last| last.trim().is_empty()) {
            pieces.pop();
        } else if let Some(last) = pieces.last()
            && (!hops.is_empty() && pieces.len() > 1)
        {
            // "… of X's R": what stands between "of" and X must be empty but for "the".
            if !matches!(last.trim(), "" | "the") {
                return None;
            }
            pieces.pop();
        } else if pieces.len() == 1 {
            pieces.clear();
        }
        for piece in pieces.iter().rev() {
            let noun = last_noun(piece)?;
            if noun != "name" && noun != "names" && noun != "identity" {
                hops.push(Relation::named(&noun));
            }
        }
        let personal = hops.iter().all(|hop| {
            let head = hop.nouns[0].rsplit(' ').next().unwrap_or_default();
            relation::is_personal(head)
        });
        let enough = hops.len() >= 2 || (hops.len() == 1 && personal);
        enough.then(|| Self { anchor: anchor.clone(), hops, open: false, personal })
    }
}

/// The noun phrase at the end of a stretch of a question, folded: what stands behind its last
/// function word.
fn last_noun(piece: &str) -> Option<String> {
    let folded: Vec<String> = words::folded_words(piece).collect();
    let start = folded.iter().rposition(|word| stopwords::is_stopword(word)).map_or(0, |at| at + 1);
    let noun = folded[start..].join(" ");
    (!noun.is_empty()).then_some(noun)
}

/// One way through the chain so far.
#[derive(Debug, Clone)]
struct Path {
    name: String,
    evidence: Vec<SentenceId>,
    plain: f32,
}

/// Follows the chain; `most_hops` limits its length. `None` if no sentence takes the first step.
///
/// # Errors
/// If the store cannot be read or is damaged, or the model fails.
pub fn follow(
    reader: &Reader,
    pointer: &mut Pointer,
    question: &ChainQuestion,
    most_hops: usize,
) -> Result<Option<Finding>> {
    let mut beam = vec![Path { name: question.anchor.clone(), evidence: Vec::new(), plain: 1.0 }];
    let hops = if question.open { MOST_OPEN_HOPS.min(most_hops) } else { question.hops.len() };
    let mut incomplete = false;
    let mut done = 0;
    for hop in 0..hops {
        if hop >= most_hops {
            incomplete = true;
            break;
        }
        let relation = question.hops.get(hop).or_else(|| question.hops.last());
        let Some(relation) = relation else { break };
        let mut next: Vec<Path> = Vec::new();
        for path in &beam {
            for (id, found) in step(reader, pointer, path, relation)? {
                let seen = path.evidence.contains(&id) || found.name == question.anchor;
                let known = next.iter().any(|other| other.name == found.name);
                if !seen && !known {
                    let mut evidence = path.evidence.clone();
                    evidence.push(id);
                    let name = names::without_titles(&found.name).to_owned();
                    next.push(Path { name, evidence, plain: path.plain * found.plain });
                }
            }
        }
        if next.is_empty() {
            break;
        }
        next.sort_by(|one, other| other.plain.total_cmp(&one.plain));
        next.truncate(BEAM);
        beam = next;
        done += 1;
    }
    let Some(best) = beam.first().filter(|_| done > 0) else { return Ok(None) };
    let complete = question.open || done == question.hops.len();
    let evidence = best.evidence.iter().map(|id| (*id, 1)).collect();
    let answer = (complete || incomplete).then(|| best.name.clone());
    Ok(Some(Finding { answer, evidence, incomplete }))
}

/// The sentences that take one step from the end of `path`, and whom they lead to.
fn step(
    reader: &Reader,
    pointer: &mut Pointer,
    path: &Path,
    relation: &Relation,
) -> Result<Vec<(SentenceId, relation::Related)>> {
    let Some(name) = Pattern::phrase(&path.name) else { return Ok(Vec::new()) };
    let words = Pattern::one_of("relation", relation.forms());
    let ids = reader.last_mentions(&[name], &[words], LONGEST, SENTENCES)?;
    let mut out = Vec::new();
    let mut unread: Vec<Read> = Vec::new();
    for read in reader.read(&ids)? {
        if path.evidence.contains(&read.id) {
            continue;
        }
        let text = without_stamp(&read.text);
        let tokens = reader.tokens(text);
        let found = related(text, &tokens, &path.name, relation, reader.stems);
        if found.is_empty() {
            unread.push(read);
        } else {
            out.extend(found.into_iter().map(|found| (read.id, found)));
        }
    }
    if out.is_empty() && pointer.has_model() && !unread.is_empty() {
        let question = format!("Who or what is the {} of {}?", relation.nouns[0], path.name);
        if let Some(pointed) = pointer.point(&unread, &question)?
            && let Some(span) = pointed.span
        {
            out.extend(
                pointed
                    .sentences
                    .first()
                    .map(|id| (*id, relation::Related { name: span, plain: 0.8 })),
            );
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nouns(text: &str) -> Option<(String, Vec<String>)> {
        ChainQuestion::of(text).map(|question| {
            let hops = question.hops.iter().map(|hop| hop.nouns[0].clone()).collect();
            (question.anchor, hops)
        })
    }

    #[test]
    fn chains_are_read_from_either_form() {
        let two = Some(("Ines Marl".to_owned(), vec!["mother".to_owned(), "father".to_owned()]));
        for text in [
            "Who is the father of the mother of Ines Marl?",
            "Who is Ines Marl's mother's father?",
            "Who was the father of Ines Marl's mother?",
            "What is the name of the father of the mother of Ines Marl?",
        ] {
            assert_eq!(nouns(text), two, "{text}");
        }
        assert_eq!(nouns("What is the capital of France?"), None);
        assert_eq!(
            nouns("Who is the brother of Omar?"),
            Some(("Omar".to_owned(), vec!["brother".to_owned()]))
        );
        for text in [
            "Who is the oldest ancestor of Ines Marl?",
            "Following the family of Ines Marl back to its root, who comes first?",
            "Climb up from parent to parent of Ines Marl: who has none in the book?",
        ] {
            assert!(ChainQuestion::of(text).unwrap().open, "{text}");
        }
        assert_eq!(nouns("Who murdered Charles Lamb?"), None);
    }
}
