//! The plan for short questions about one property that is said of somebody or something, read clause by clause.
//!
//! ```text
//! windows     the paragraphs that name the owner
//! fact        a clause of which the owner is the subject, or of what is the owner's, that says the relation
//! value       what stands behind the verb, its preposition or the copula; a number, a place, a time
//! silence     every paragraph was read and understood, and none says it of this owner
//! ```
//! What is denied, planned, supposed or told of another is no fact. Where the paragraphs were not understood
//! another plan looks.

use std::ops::Range;

use super::asked::{Asked, Relation};
use super::discourse::{Clause, Discourse};
use super::entity::{Entity, is_title};
use super::noun::{Noun, Owner, bare};
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::excerpt::Excerpt;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::parts::Scope;
use crate::memory::plan::question::{Expected, Question};
use crate::memory::plan::reader::{Reader, tokens};
use crate::memory::plan::relations::property::Word;
use crate::memory::segment::words;

/// Sentences that name the owner, up to which its paragraphs are read.
const MENTIONS: usize = 16;
/// Sentences of a paragraph that are read before and behind a mention.
const REACH: u32 = 8;
/// Longest sentence of which is told what it says, in words.
const LONGEST: usize = 32;

/// Words that make what stands behind them no fact.
const UNREAL: &str = "would could might may hope hoped hopes plan plans planned planning want wants wanted wish wished \
    wishes intend intends intended dream dreamt dreamed rumour rumoured rumor supposed alleged allegedly if perhaps \
    almost nearly said believed thought expected meant tempted refused declined failed claims claimed pretended \
    pretends likely";
/// Words that deny.
const NOT: &str = "not never no nothing nobody none neither nor without nowhere didn't don't doesn't wasn't weren't isn't \
    aren't hasn't haven't hadn't won't wouldn't couldn't can't cannot unknown";
/// Nouns and verbs for a measure.
pub(super) const MEASURES: &[(&str, &str)] = &[
    ("tall", "tall height high stand stature"),
    ("high", "high height tall rise"),
    ("long", "long length measure"),
    ("old", "old age aged"),
    ("deep", "deep depth"),
    ("wide", "wide width broad breadth across"),
    ("heavy", "heavy weigh weight"),
    ("far", "far distance away distant"),
];
pub(super) const BEING: &str = "is are was were be been being";

/// What one paragraph gives.
#[derive(Default)]
pub(super) struct Told {
    /// Clause and value of each fact.
    pub(super) facts: Vec<(usize, String)>,
    /// Whether something may have been said that was not understood.
    pub(super) unclear: bool,
}

/// A paragraph that names the owner.
struct Paragraph {
    first: SentenceId,
    count: u32,
}

/// Answers from the paragraphs that name the owner; `None` if they have to be looked at in another way.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn stated(
    reader: &Reader,
    question: &Question,
    asked: &Asked,
    scope: &Scope,
) -> Result<Option<Finding>> {
    let Some(paragraphs) = paragraphs(reader, asked, scope)? else { return Ok(None) };
    let says: Vec<Word> = asked.says.iter().map(|word| Word::of(word, reader.stems)).collect();
    let mut found: Option<(String, Vec<(SentenceId, u32)>)> = None;
    let mut unclear = paragraphs.is_empty();
    for paragraph in &paragraphs {
        let first = paragraph.first.sentence as usize;
        let sentences = first..first + paragraph.count as usize;
        let block = reader.corpus.excerpt(paragraph.first.block, sentences.clone())?;
        let text = block.sentences(sentences);
        let list = tokens(text, reader.lexicon);
        let starts = starts(&block, paragraph, &list);
        let read = Discourse::of(text, &list, &starts);
        let view = View {
            read: &read,
            asked,
            question,
            says: &says,
            stems: reader.stems,
            starts: &starts,
        };
        let told = view.told();
        unclear |= told.unclear;
        if let Some((clause, value)) = told.facts.last() {
            if found.is_none() || question.latest {
                let cited = view.cited(*clause, paragraph);
                found = Some((value.clone(), cited));
            } else if let Some((known, evidence)) = &mut found
                && known.to_lowercase() == value.to_lowercase()
            {
                evidence.extend(view.cited(*clause, paragraph));
            } else {
                // Two values: the plans that know of changes tell which holds.
                return Ok(None);
            }
        }
    }
    if let Some((value, evidence)) = found {
        return Ok(Some(Finding { answer: Some(value), evidence, incomplete: false }));
    }
    Ok((!unclear).then(Finding::default))
}

/// The paragraphs that name the owner, in order; `None` if they are too many.
fn paragraphs(reader: &Reader, asked: &Asked, scope: &Scope) -> Result<Option<Vec<Paragraph>>> {
    let mut of = &asked.of;
    while let Some(owner) = &of.owner {
        match owner {
            Owner::Noun(noun) => of = noun,
            Owner::Pronoun(_) => return Ok(None),
        }
    }
    let anchor: Vec<&String> = of.words.iter().filter(|word| !is_title(word)).collect();
    let pattern = |word: &String| {
        // "Juno's", where the text has the mark.
        let mut pattern = Pattern::word(word, reader.stems);
        pattern.or(&[format!("{word}'s"), format!("{word}\u{2019}s")]);
        pattern
    };
    let all: Vec<Pattern> = anchor.iter().map(|word| pattern(word)).collect();
    if all.is_empty() {
        return Ok(None);
    }
    let mut ids = reader.last_mentions(&all, &[], u32::MAX, MENTIONS + 1)?;
    if of.is_name && anchor.len() > 1 {
        ids.extend(reader.last_mentions(&all[..1], &[], u32::MAX, MENTIONS + 1)?);
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MENTIONS {
        return Ok(None);
    }
    let mut out: Vec<Paragraph> = Vec::new();
    for id in ids {
        if !scope.holds_sentence(reader.corpus, id)? {
            continue;
        }
        if out.last().is_some_and(|last| {
            last.first.block == id.block && id.sentence < last.first.sentence + last.count
        }) {
            continue;
        }
        if !reader.admits(id)? {
            return Ok(None);
        }
        let layout = reader.corpus.layout(id.block)?;
        let mut first = id.sentence;
        while first > 0
            && id.sentence - first < REACH
            && !layout.sentences[first as usize].opens_paragraph
        {
            first -= 1;
        }
        let mut end = id.sentence + 1;
        while (end as usize) < layout.sentences.len()
            && end - id.sentence < REACH
            && !layout.sentences[end as usize].opens_paragraph
        {
            end += 1;
        }
        out.push(Paragraph { first: SentenceId { sentence: first, ..id }, count: end - first });
    }
    Ok(Some(out))
}

/// The first tokens of the sentences of a paragraph, and of its lines where these are "key: value".
fn starts(
    block: &Excerpt,
    paragraph: &Paragraph,
    list: &[crate::memory::plan::reader::Token],
) -> Vec<usize> {
    let first = paragraph.first.sentence as usize;
    let base = block.layout.sentences[first].start;
    (first..first + paragraph.count as usize)
        .map(|sentence| {
            let byte = (block.layout.sentences[sentence].start - base) as usize;
            list.partition_point(|token| token.start < byte)
        })
        .collect()
}

/// A paragraph, read for a question.
pub(super) struct View<'a> {
    pub(super) read: &'a Discourse<'a>,
    pub(super) asked: &'a Asked,
    pub(super) question: &'a Question,
    pub(super) says: &'a [Word],
    pub(super) stems: &'a Stems,
    starts: &'a [usize],
}

impl View<'_> {
    pub(super) fn word(&self, at: usize) -> &str {
        self.read.tokens[at].folded.as_str()
    }

    pub(super) fn text(&self, range: Range<usize>) -> String {
        let text = one_line(&self.read.text[range]);
        let text = text.trim_matches(['"', '“', '”', ' ']);
        text.strip_suffix("'s")
            .or_else(|| text.strip_suffix("\u{2019}s"))
            .unwrap_or(text)
            .to_owned()
    }

    pub(super) fn same(&self, one: &str, other: &str) -> bool {
        self.stems.same(one, other)
    }

    /// What the paragraph says.
    pub(super) fn told(&self) -> Told {
        let mut told = Told::default();
        if let Some(value) = self.in_lines() {
            told.facts.push((0, value));
            return told;
        }
        let Some(owner) = self.entity(&self.asked.of) else {
            told.unclear = true;
            return told;
        };
        match &self.asked.relation {
            Relation::Noun(noun) => self.noun(owner, noun, &mut told),
            Relation::Verb(preposition) => {
                self.verb(owner, preposition.as_deref(), self.says, &mut told)
            }
            Relation::Doer => self.doer(owner, &mut told),
            Relation::Measure(adjective) => self.measure(owner, adjective, &mut told),
            Relation::Colour => self.colour(owner, &mut told),
            Relation::Number(noun) => self.number(owner, noun, &mut told),
            Relation::Name => self.name(owner, &mut told),
            Relation::Place => self.place(owner, &mut told),
        }
        if told.facts.is_empty() {
            told.unclear |= self.has_long_sentence() || !self.is_near();
        }
        told
    }

    /// Whether the paragraph speaks of what is asked at all, of whomever: texts say much in words of their own, but
    /// not numbers, colours and names.
    fn is_near(&self) -> bool {
        let said = |word: &Word| {
            self.read.tokens.iter().any(|token| word.said_by(&token.folded, self.stems) > 0.0)
        };
        match self.asked.relation {
            Relation::Verb(_) | Relation::Noun(_) | Relation::Doer => self.says.iter().all(said),
            _ => true,
        }
    }

    fn has_long_sentence(&self) -> bool {
        let ends = self.starts.iter().skip(1).copied().chain([self.read.tokens.len()]);
        self.starts.iter().zip(ends).any(|(start, end)| end - start > LONGEST)
    }

    /// The one of the paragraph that a question names.
    fn entity(&self, noun: &Noun) -> Option<usize> {
        let owner = match &noun.owner {
            Some(Owner::Noun(of)) => Some(self.entity(of)?),
            _ => None,
        };
        let found = (0..self.read.entities.len()).rev().filter(|at| {
            let entity = &self.read.entities[*at];
            owner.is_none_or(|owner| self.belongs(entity, owner)) && self.is_named(*at, noun)
        });
        let held = |at: &usize| {
            noun.words.iter().filter(|word| self.read.entities[*at].words.contains(word)).count()
        };
        found.max_by_key(held)
    }

    /// Whether one of the paragraph is another's: as it says, or as he has it where it is first spoken of.
    fn belongs(&self, entity: &Entity, owner: usize) -> bool {
        let had = |clause: &Clause| {
            clause.subject == Some(owner)
                && (clause.predicate..clause.range.end).contains(&entity.first)
        };
        entity.owner == Some(owner) || entity.owner.is_none() && self.read.clauses.iter().any(had)
    }

    /// Whether words of a question name one of the paragraph.
    fn is_named(&self, at: usize, noun: &Noun) -> bool {
        let entity = &self.read.entities[at];
        let own: Vec<&String> = noun.words.iter().filter(|word| !is_title(word)).collect();
        let held = |word: &&String| entity.words.iter().any(|own| self.same(own, word));
        let (Some(first), Some(last)) = (own.first(), own.last()) else { return false };
        if own.iter().all(held) {
            return true;
        }
        // "Colin" for "Colin Marsh", "Tarn" for "Jonas Tarn"; but "Jonas Bell" is another.
        let name: Vec<String> =
            words::folded_words(&self.read.text[entity.named.clone()]).collect();
        let others = entity.words.iter().filter(|word| {
            !is_title(word)
                && !own.iter().any(|own| self.same(own, word))
                && (!entity.heads.contains(word) || name.contains(word))
        });
        let capital = noun.is_name && entity.has_name;
        capital && (held(first) || held(last)) && others.count() == 0
    }

    /// The value of a line "key: value" whose key says what is asked, in a paragraph of such lines.
    fn in_lines(&self) -> Option<String> {
        let lines: Vec<(&str, &str)> = self
            .read
            .text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(key, _)| key.split_whitespace().count() <= 3)
            .collect();
        if lines.len() < 2 {
            return None;
        }
        let named = |words: &[String]| {
            let text: Vec<String> = words::folded_words(self.read.text).collect();
            words.iter().all(|word| text.contains(word))
        };
        if !named(&self.asked.of.words) {
            return None;
        }
        let wanted: Vec<String> = match &self.asked.relation {
            Relation::Measure(adjective) if self.asked.says.is_empty() => {
                let known = MEASURES.iter().find(|(own, _)| own == adjective);
                known
                    .map_or(adjective.as_str(), |(_, words)| words)
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect()
            }
            _ => self.asked.says.clone(),
        };
        let last = wanted.last()?;
        let word = Word::of(last, self.stems);
        let value = lines.iter().find_map(|(key, value)| {
            let says = words::folded_words(key).any(|own| {
                word.said_by(&own, self.stems) > 0.0
                    || wanted.iter().any(|word| self.same(word, &own))
            });
            says.then(|| value.trim().trim_end_matches('.'))
        })?;
        let expected = self.asked.expected;
        let spans = crate::memory::answer::spans::spans(value, expected);
        let span = spans.first().filter(|_| matches!(expected, Expected::Date | Expected::Place));
        Some(one_line(span.map_or(value, |range| &value[range.clone()])))
    }

    /// The clauses of which `owner` is the subject.
    pub(super) fn clauses_of(&self, owner: usize) -> impl Iterator<Item = (usize, &Clause)> {
        self.read
            .clauses
            .iter()
            .enumerate()
            .filter(move |(_, clause)| clause.subject == Some(owner))
    }

    /// Whether the clause says that something is not so, or only may be.
    pub(super) fn is_unreal(&self, clause: &Clause, at: usize) -> bool {
        let asked = |word: &str| self.question.words.iter().any(|own| self.same(own, word));
        let own = (clause.range.start..clause.range.end).any(|at| {
            let word = self.word(at);
            let but = word == "nothing" && at + 1 < clause.range.end && self.word(at + 1) == "but";
            among(NOT, word) && !but
        });
        let before = (clause.range.start..at)
            .any(|at| among(UNREAL, self.word(at)) && !asked(self.word(at)));
        own || before || clause.conditional
    }

    /// Where a clause says a word, behind its subject.
    pub(super) fn says(&self, clause: &Clause, word: &Word) -> Option<usize> {
        (clause.predicate..clause.range.end)
            .find(|at| word.said_by(&self.read.tokens[*at].folded, self.stems) > 0.0)
    }

    /// Notes clauses that say a word of nobody who is known, or of the owner in a way that gave no value.
    pub(super) fn doubt(&self, owner: usize, words: &[Word], told: &mut Told) {
        for clause in &self.read.clauses {
            let said = words.iter().any(|word| {
                (clause.range.clone())
                    .any(|at| word.said_by(&self.read.tokens[at].folded, self.stems) > 0.0)
            });
            let own = clause.subject.is_none_or(|subject| subject == owner);
            if said && own && !self.is_unreal(clause, clause.range.end) {
                told.unclear = true;
            }
        }
    }

    pub(super) fn is_passive(&self, clause: &Clause, at: usize) -> bool {
        let before = at.saturating_sub(3).max(clause.range.start)..at;
        before.clone().any(|at| among(BEING, self.word(at)))
            || clause.beside
            || at == clause.range.start && !self.word(at).ends_with('s')
    }

    pub(super) fn clause_at(&self, token: usize) -> usize {
        self.read.clauses.iter().position(|clause| clause.range.contains(&token)).unwrap_or(0)
    }

    pub(super) fn mentions_owner(&self, range: Range<usize>, owner: usize) -> bool {
        let entity = &self.read.entities[owner];
        let words: Vec<String> = self.read.tokens[range].iter().map(bare).collect();
        let asked = self.asked.of.words.iter().filter(|word| !is_title(word));
        asked.clone().all(|word| words.contains(word))
            || entity.heads.iter().any(|head| words.contains(head)) && asked.count() == 1
    }

    /// The sentences of a fact: its own, with the one that names of whom it speaks.
    fn cited(&self, clause: usize, paragraph: &Paragraph) -> Vec<(SentenceId, u32)> {
        let sentence = |token: usize| {
            self.starts.partition_point(|start| *start <= token).saturating_sub(1) as u32
        };
        let clause = &self.read.clauses.get(clause);
        let at = clause.map_or(0, |clause| sentence(clause.range.start));
        let named = self.entity(&self.asked.of).map_or(at, |owner| {
            // The last sentence up to this one that names the owner itself.
            let entity = &self.read.entities[owner];
            let names = |token: usize| {
                let word = bare(&self.read.tokens[token]);
                self.asked.of.words.contains(&word) && entity.words.contains(&word)
            };
            let end = self.starts.get(at as usize + 1).copied().unwrap_or(self.read.tokens.len());
            (0..end).rev().find(|token| names(*token)).map_or(sentence(entity.first), sentence)
        });
        let id =
            |at: u32| SentenceId { sentence: paragraph.first.sentence + at, ..paragraph.first };
        let (first, last) = (named.min(at), named.max(at));
        if last - first <= 2 {
            return vec![(id(first), last - first + 1)];
        }
        vec![(id(first), 1), (id(last), 1)]
    }
}
