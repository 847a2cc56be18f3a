//! The plan for a property of somebody or something: "the berth number of blue-lamp", "Omar Bell's
//! trade", "which animal Ines Marl kept".
//!
//! ```text
//! owner       the key or the one name of the question; a longer key is another owner
//! property    the noun phrase tied to the owner, or all other words; or a kind of thing
//! fact        a sentence with the owner (or, right behind one, a pronoun), the property, and a value
//! ```
//! Facts are cited alone. The newest holds unless the first or all are asked for. Where all that the text
//! says of the owner was read and none of it is a fact, the document does not say.

use super::property::{LIVING, MOST_WORDS, OwnedQuestion, SIMILAR, Word, among};
use super::relatives;
use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::plan::language::denied::is_said_not_to_be;
use crate::memory::plan::language::entry::{body, without_stamp};
use crate::memory::plan::language::forms;
use crate::memory::plan::language::idioms::meanings;
use crate::memory::plan::language::kinds::{self, Kind};
use crate::memory::plan::language::value::{Wanted, value};
use crate::memory::plan::parts::Scope;
use crate::memory::plan::question::{Expected, Question};
use crate::memory::plan::reader::{Read, Reader};
use crate::memory::segment::words;

/// Sentences about the owner that are read, the newest.
const MENTIONS: usize = 128;
/// Mentions of an owner up to which silence means that the document does not say.
const FEW_MENTIONS: usize = 12;
/// Longest sentence of a fact, in words.
const LONGEST: u32 = 48;
/// The same about somebody by name, whom prose mentions in passing.
const LONGEST_OF_NAMES: u32 = 28;
/// Share of the property's words that a fact about a key says.
const LEAST_SAID: f32 = 0.5;
/// Different values that an answer about a key joins unless it is a list.
const VALUES: usize = 8;

/// A sentence that gives the property a value.
struct Fact {
    first: SentenceId,
    count: u32,
    value: String,
    said: f32,
}

/// Answers a question for a property. `None` if the text has to be looked at in another way.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn owned(
    reader: &Reader,
    question: &Question,
    asked: &OwnedQuestion,
    scope: &Scope,
) -> Result<Option<Finding>> {
    let owner = std::slice::from_ref(&asked.owner);
    let mut ids = match &asked.key {
        Some(key) => {
            let whole = |text: &str| key.stands_in(&text.to_lowercase());
            reader.last_mentions_whole(&asked.owner, u32::MAX, MENTIONS, whole)?
        }
        None => reader.last_mentions(owner, &[], u32::MAX, MENTIONS)?,
    };
    let all_read = ids.len() < MENTIONS;
    if !all_read && !asked.property.is_empty() {
        let any: Vec<Pattern> = asked
            .property
            .iter()
            .chain(asked.others.iter().flatten())
            .map(|word| {
                let mut pattern = word.strict.clone();
                pattern.or(&word.similar);
                pattern
            })
            .collect();
        ids = reader.last_mentions(owner, &any, LONGEST, MENTIONS)?;
    }
    let mut inside = Vec::with_capacity(ids.len());
    for id in ids {
        if scope.holds_sentence(reader.corpus, id)? {
            inside.push(id);
        }
    }
    let n_mentions = inside.len();
    let mut facts = Vec::new();
    let reads = reader.read(&inside)?;
    for property in std::iter::once(&asked.property).chain(&asked.others) {
        if !facts.is_empty() || property.len() > MOST_WORDS {
            continue;
        }
        let asked = OwnedQuestion { property: property.clone(), ..asked.clone() };
        for read in &reads {
            facts.extend(fact(reader, question, &asked, read)?);
        }
    }
    let most = facts.iter().map(|fact| fact.said).fold(0.0, f32::max);
    facts.retain(|fact| fact.said >= most - 0.25);
    if facts.is_empty() {
        let born = asked.property.iter().any(Word::is_of_birth);
        let lives =
            asked.property.iter().any(|word| among(LIVING, &word.strict.text, reader.stems));
        // "Lives in a house by the lake": somewhere without a name.
        let lives = lives && !reads.iter().any(|read| says_where(&read.text, reader.stems));
        let few = all_read && n_mentions > 0 && n_mentions <= FEW_MENTIONS;
        // Of somebody of one name few sentences have to be silent, since there may be others.
        let named = asked.owner.len() > 1 || n_mentions * 2 <= FEW_MENTIONS;
        // "The locker number of Omar", where nothing about Omar is said of a locker.
        let tied = asked.noun && !asked.property.is_empty();
        let numbered = question.expected == Expected::Number && tied && {
            let says = |read: &Read| {
                words::folded_words(&read.text).any(|own| {
                    asked.property.iter().any(|word| word.said_by(&own, reader.stems) > 0.0)
                })
            };
            !reads.iter().any(says)
        };
        let known = (asked.kind.is_some() || born) && named || lives || numbered;
        // All that is said of a key is something else.
        let beside = asked.key.is_some() && scope.is_everything() && {
            let words: Vec<&Word> =
                asked.property.iter().chain(asked.others.iter().flatten()).collect();
            let says = |read: &Read| {
                words::folded_words(&read.text)
                    .any(|own| words.iter().any(|word| word.said_by(&own, reader.stems) > 0.0))
            };
            !words.is_empty() && !reads.iter().any(says)
        };
        let is_silent = few && (known && asked.key.is_none() || beside);
        let is_silent = is_silent && !reader.has_notes()?;
        return Ok(is_silent.then(Finding::default));
    }
    Ok(Some(joined(question, asked, facts)))
}

/// The answer of the facts that hold.
fn joined(question: &Question, asked: &OwnedQuestion, mut facts: Vec<Fact>) -> Finding {
    // The newest first: it is the one that holds if they contradict each other.
    if !(question.many || question.earliest) {
        facts.reverse();
    }
    let one = question.latest || question.earliest || asked.key.is_none();
    let most = match (question.many, one) {
        (true, _) => usize::MAX,
        (false, true) => 1,
        (false, false) => VALUES,
    };
    let mut values: Vec<String> = Vec::new();
    for fact in &facts {
        if values.len() < most && !values.contains(&fact.value) {
            values.push(fact.value.clone());
        }
    }
    facts.retain(|fact| values.contains(&fact.value));
    let evidence = facts.iter().map(|fact| (fact.first, fact.count)).collect();
    Finding { answer: Some(values.join(", ")), evidence, incomplete: false }
}

/// The fact that a sentence with the owner states, or the one behind it that goes on with a pronoun.
fn fact(
    reader: &Reader,
    question: &Question,
    asked: &OwnedQuestion,
    read: &Read,
) -> Result<Option<Fact>> {
    if asked.key.as_ref().is_some_and(|key| !key.stands_in(&read.text.to_lowercase())) {
        return Ok(None);
    }
    if let Some((value, said)) = stated(reader, question, asked, &read.text)? {
        return Ok(Some(Fact { first: read.id, count: 1, value, said }));
    }
    let next = SentenceId { sentence: read.id.sentence + 1, ..read.id };
    let at = next.sentence as usize;
    let block = reader.corpus.excerpt(next.block, at..at + 1)?;
    if asked.key.is_some() || next.sentence as usize >= block.layout.sentences.len() {
        return Ok(None);
    }
    // A pronoun that opens a paragraph stands for somebody who is known from elsewhere.
    if block.layout.sentences[next.sentence as usize].opens_paragraph {
        return Ok(None);
    }
    let text = block.sentences(at..at + 1).trim();
    let opens = words::folded_words(text).next().is_some_and(|word| {
        forms::is_pronoun(&word) && !["i", "my", "me"].contains(&word.as_str())
    }) && !text.starts_with(['"', '“', '‘', '\'']);
    if !opens || is_cleft(text) || !reader.admits(next)? {
        return Ok(None);
    }
    let list: Vec<String> = words::folded_words(text).collect();
    if asked.kind.is_some_and(|kind| !kinds::is_told_of_subject(kind, &list)) {
        return Ok(None);
    }
    let said = stated(reader, question, asked, text)?;
    Ok(said.map(|(value, said)| Fact { first: read.id, count: 2, value, said }))
}

/// Whether a sentence opens with a pronoun for nothing: "it was in Oslo that Ines Marl was born".
fn is_cleft(text: &str) -> bool {
    let list: Vec<String> = words::folded_words(text).collect();
    let has = |at: usize, any: &[&str]| list.get(at).is_some_and(|w| any.contains(&w.as_str()));
    has(0, &["it"])
        && has(1, &["is", "was"])
        && list[2..].iter().any(|word| ["that", "who", "where"].contains(&word.as_str()))
}

/// The value that a sentence gives the property, and how much of the property it says.
fn stated(
    reader: &Reader,
    question: &Question,
    asked: &OwnedQuestion,
    text: &str,
) -> Result<Option<(String, f32)>> {
    // "The code of X: 4711" is no statement that something introduces.
    let whole = asked.key.as_ref().is_some_and(|key| !key.stands_in(&body(text).to_lowercase()));
    // The date of an entry tells when something was.
    let dated = question.expected == Expected::Date;
    let text = match (whole, dated) {
        (_, true) => text,
        (true, _) => without_stamp(text),
        _ => body(text),
    };
    let stems = reader.stems;
    let list: Vec<String> = words::folded_words(text).collect();
    let asks_for =
        |noun: &String| asked.property.iter().any(|word| word.said_by(noun, stems) > 0.0);
    if asked.key.is_none() && relatives::only_of_relative(text, &asked.owner.text, asks_for, stems)
    {
        return Ok(None);
    }
    // "Who does not know …?" asks nothing.
    let rhetorical = ["who", "what"].iter().any(|word| list.first().is_some_and(|own| own == word))
        && list.iter().take(4).any(|word| ["not", "didn't", "doesn't"].contains(&word.as_str()));
    let asks = text.trim_end_matches(['"', '”', '\'', '’']).ends_with(['?', '？']) && !rhetorical;
    let longest = if asked.key.is_some() { LONGEST } else { LONGEST_OF_NAMES };
    if list.len() > longest as usize || asks {
        return Ok(None);
    }
    let lower = text.to_lowercase();
    let idiom = |word: &Word| {
        meanings(&lower).any(|means| {
            word.strict.text == means || word.similar.binary_search(&means.to_owned()).is_ok()
        })
    };
    let mut said: Vec<String> = Vec::new();
    let (mut sum, mut least) = (0.0_f32, 1.0_f32);
    for word in &asked.property {
        let mut best = 0.0_f32;
        for own in &list {
            let worth = word.said_by(own, stems);
            if worth > 0.0 {
                said.push(own.clone());
            }
            best = best.max(worth);
        }
        if idiom(word) || word.is_of_birth() && says_whence(&lower, &asked.owner.text) {
            best = best.max(SIMILAR);
        }
        sum += best;
        least = least.min(best);
    }
    let share = if asked.property.is_empty() { 1.0 } else { sum / asked.property.len() as f32 };
    let of_kind = asked.kind.is_some_and(|kind| {
        let tokens = reader.tokens(text);
        let own: Vec<String> = tokens.iter().map(|token| token.folded.clone()).collect();
        let one = |at: usize| match kind {
            Kind::Trade => kinds::is_of_one(&own, at),
            Kind::Animal => !kinds::tells_of_unkept(&own),
            Kind::Instrument => true,
        };
        tokens.iter().enumerate().any(|(at, token)| {
            let asked = || question.words.iter().any(|asked| stems.same(asked, &token.folded));
            !token.capital && kind.holds(&token.folded) && !asked() && one(at)
        }) || (kind == Kind::Trade && kinds::described(&own).is_some_and(|at| !tokens[at].capital))
    });
    let spoken = asked.kind.is_some_and(|kind| list.iter().any(|word| kind.is_spoken(word, stems)));
    let enough = match (&asked.key, asked.kind) {
        (Some(_), _) => share >= LEAST_SAID,
        (None, Some(_)) => of_kind || spoken || (least > 0.0 && !asked.property.is_empty()),
        (None, None) => least > 0.0,
    };
    // What another clause denies is something else.
    let denied = || {
        text.split([',', ';']).any(|clause| {
            let list: Vec<String> = words::folded_words(clause).collect();
            let about = asked.property.is_empty()
                || list
                    .iter()
                    .any(|word| said.contains(word) || asked.owner.text.contains(word.as_str()));
            about && is_said_not_to_be(&list)
        })
    };
    if !enough || (asked.key.is_none() && !rhetorical && is_said_not_to_be(&list) && denied()) {
        return Ok(None);
    }
    let wanted = Wanted {
        asked: &question.words,
        said: &said,
        expected: question.expected,
        kind: asked.kind,
    };
    let value = value(text, &wanted, reader.lexicon, stems).filter(|value| {
        // Of somebody by name a property of no known kind is only told by a number.
        let plain =
            asked.key.is_none() && asked.kind.is_none() && question.expected == Expected::Anything;
        !plain || value.bytes().any(|byte| byte.is_ascii_digit())
    });
    // What a sentence about a key says may have any form.
    let value = value.or_else(|| asked.key.is_some().then(|| one_line(text)));
    let Some(value) = value else { return Ok(None) };
    if question.expected == Expected::Place && !reader.is_name(text, &value)? {
        return Ok(None);
    }
    // Asked where from, what the sentence says "from" of before all others.
    let whence = question.expected == Expected::Place
        && question.words.iter().any(|word| word == "from")
        && text.match_indices(&value).any(|(at, _)| text[..at].ends_with("from "));
    // Whoever keeps an animal has it; whoever is fond of some need not.
    let has = asked.kind == Some(Kind::Animal)
        && list.iter().any(|word| among("have keep own adopt", word, stems));
    let certain = if of_kind || whence { 0.5 } else { 0.0 } + if has { 0.3 } else { 0.0 };
    Ok(Some((value, share + certain)))
}

/// Whether a sentence in lower case says right behind the owner where that is from: "Ines Marl, from Oslo,".
fn says_whence(lower: &str, owner: &str) -> bool {
    lower.split_once(owner).is_some_and(|(_, behind)| {
        [
            " is from ",
            " was from ",
            " is originally from ",
            " was originally from ",
            ", from ",
            " from ",
        ]
        .iter()
        .any(|from| behind.starts_with(from))
    })
}

/// Whether a sentence says where somebody lives: behind a verb of living stands a preposition.
fn says_where(text: &str, stems: &Stems) -> bool {
    const PLACED: &str = "in at on by near above behind under beside over there with";
    let list: Vec<String> = words::folded_words(text).collect();
    let place = |at: usize| list[at + 1..].iter().take(2).any(|word| among(PLACED, word, stems));
    !is_said_not_to_be(&list)
        && (0..list.len()).any(|at| among(LIVING, &list[at], stems) && place(at))
}
