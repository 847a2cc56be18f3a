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

use super::relatives;
use crate::error::Result;
use crate::memory::answer::{Finding, one_line, spans};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::index::thesaurus;
use crate::memory::plan::language::denied::is_said_not_to_be;
use crate::memory::plan::language::entry::{body, without_stamp};
use crate::memory::plan::language::forms;
use crate::memory::plan::language::grammar::possessive;
use crate::memory::plan::language::idioms::meanings;
use crate::memory::plan::language::kinds::{self, Kind};
use crate::memory::plan::language::value::{Wanted, value};
use crate::memory::plan::parts::Scope;
use crate::memory::plan::question::{Expected, Key, Question};
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
/// Worth of a word of the same meaning.
const SIMILAR: f32 = 0.8;
/// Different values that an answer about a key joins unless it is a list.
const VALUES: usize = 8;
/// Words of a property at most.
const MOST_WORDS: usize = 4;
/// Verbs that say nothing but that somebody has something, or that somebody reads and says.
const LIGHT: &str = "have get keep own hold carry bear give take make do use go come call say read tell \
                     find mention state report know learn see show write put run stand be able start begin further far \
                     get fix set draw receive belong attach assign allot issue";

/// Where somebody comes from, though it is a form of a verb that says nothing.
const BORN: &str = "born";

/// Verbs of having one's home somewhere.
const LIVING: &str = "live dwell reside";

/// A word of the property.
#[derive(Debug, Clone)]
pub(in crate::memory::plan) struct Word {
    /// The word itself in any form.
    pub(in crate::memory::plan) strict: Pattern,
    similar: Vec<String>,
}

/// A question for a property of an owner.
#[derive(Debug, Clone)]
pub struct OwnedQuestion {
    owner: Pattern,
    key: Option<Key>,
    property: Vec<Word>,
    /// What may be asked for if nothing is said of the property, the likelier first.
    others: Vec<Vec<Word>>,
    kind: Option<Kind>,
    /// Whether the property is a noun that is tied to the owner.
    noun: bool,
}

pub(super) fn among(list: &str, word: &str, stems: &Stems) -> bool {
    list.split_whitespace().any(|member| stems.same(member, word))
}

impl OwnedQuestion {
    /// Reads a question, without the words `left_out`; `None` if it asks for something else.
    pub fn of(question: &Question, left_out: &[String], stems: &Stems) -> Option<Self> {
        let keys: Vec<&Key> =
            question.keys.iter().filter(|key| !left_out.contains(&key.pattern.text)).collect();
        // A quoted phrase is words of the text, not what facts are kept under.
        if keys.iter().any(|key| key.written.is_none()) {
            return None;
        }
        // "On Sundays" names nobody.
        let names: Vec<&String> = question
            .names
            .iter()
            .filter(|name| !words::folded_words(name).all(|word| spans::is_time_word(&word)))
            .collect();
        let (owner, key, name) = match (keys.as_slice(), names.as_slice()) {
            ([key], _) => (key.pattern.clone(), Some((*key).clone()), key.pattern.text.clone()),
            ([], [name]) => {
                let bare = names::without_titles(name);
                (Pattern::phrase(bare)?, None, words::folded(bare))
            }
            _ => return None,
        };
        let of_owner: Vec<String> = words::folded_words(&name).collect();
        let content: Vec<&str> = question
            .terms
            .iter()
            .filter(|term| !term.phrase && !term.name)
            .map(|term| term.pattern.text.as_str())
            .filter(|word| !of_owner.iter().any(|own| own == word))
            .filter(|word| !left_out.iter().any(|out| out == word))
            .collect();
        let kind = Kind::asked(&question.words, stems)
            .filter(|(kind, word)| {
                (content.contains(word) || key.is_none()) && !asks_for_other(question, *kind, stems)
            })
            .map(|(kind, _)| kind);
        let tied = tied(question, &of_owner, &content);
        let noun = !tied.is_empty();
        let bare = |mut property: Vec<&'_ str>| -> Vec<String> {
            // "A stable number for X": the noun of the type says nothing by itself.
            let typing = |word: &str| {
                question.is_typing(word)
                    || key.is_some() && crate::memory::plan::language::nouns::TYPING.contains(&word)
            };
            if property.iter().any(|word| !typing(word)) {
                property.retain(|word| !typing(word));
            }
            // Born is not borne.
            property.retain(|word| *word == BORN || !among(LIGHT, word, stems));
            property.dedup();
            property.into_iter().map(str::to_owned).collect()
        };
        // "Which code is the one to quote when dealing with X": the noun behind "which" stands for more.
        let others: Vec<Vec<Word>> = [asked_noun(&question.words, &content), content.clone()]
            .into_iter()
            .map(&bare)
            .filter(|other| key.is_some() && !other.is_empty())
            .map(|other| other.iter().map(|word| Word::of(word, stems)).collect())
            .collect();
        // "Which desk has she": a noun, and verbs that say nothing.
        let only = {
            let noun = asked_noun(&question.words, &content);
            let rest = bare(content.iter().copied().filter(|word| !noun.contains(word)).collect());
            // "In which place was she born": the verb says what is asked.
            let typing = noun.iter().any(|word| question.is_typing(word));
            let sure = !noun.is_empty() && !typing && rest.is_empty() && key.is_none();
            if sure { noun } else { Vec::new() }
        };
        let noun = noun || !only.is_empty();
        let tied = if tied.is_empty() { only } else { tied };
        let property = bare(if noun { tied } else { content });
        let mut property: Vec<&str> = property.iter().map(String::as_str).collect();
        let lower = question.text.to_lowercase();
        if let Some(word) = meanings(&lower).next() {
            property = vec![word];
        }
        let kind = kind.or_else(|| Kind::asked(&[property.join(" ")], stems).map(|(kind, _)| kind));
        // "What did Ines play": an instrument, or a game.
        let plays = key.is_none()
            && question.expected == Expected::Anything
            && property.first().is_some_and(|word| among("play perform", word, stems));
        let kind = kind.or(plays.then_some(Kind::Instrument));
        // About somebody by name only what has the form of a property; anything else is looked up.
        let exact = matches!(question.expected, Expected::Number | Expected::Date)
            || (question.expected == Expected::Place && property.len() <= 2)
            || (noun && question.expected == Expected::Anything);
        let short = |words: usize| words <= MOST_WORDS;
        if key.is_none() && !(kind.is_some() || exact)
            || !short(property.len()) && !others.iter().any(|other| short(other.len()))
        {
            return None;
        }
        if property.is_empty()
            && others.is_empty()
            && kind.is_none()
            && question.expected == Expected::Anything
        {
            return None;
        }
        let property = property.iter().map(|word| Word::of(word, stems)).collect();
        Some(Self { owner, key, property, others, kind, noun })
    }
}

impl OwnedQuestion {
    /// Whether it asks for something of which texts speak in words of their own: a trade, an animal, a birth.
    pub fn has_words_of_its_own(&self) -> bool {
        self.key.is_some() || self.kind.is_some() || self.property.iter().any(Word::is_of_birth)
    }
}

/// The noun phrase that a question asks for: behind "which" or "what", or behind the verb of a request.
fn asked_noun<'w>(list: &[String], content: &[&'w str]) -> Vec<&'w str> {
    let which =
        |word: &String| ["which", "what", "every", "each", "all", "the"].contains(&word.as_str());
    let Some(at) = list.iter().position(which) else { return Vec::new() };
    let small = |word: &&String| stopwords::is_stopword(word) || which(word);
    let find = |word: &String| content.iter().copied().find(|known| known == word);
    list[at + 1..].iter().skip_while(small).map_while(find).collect()
}

/// Whether the noun behind "which" or "what" is none for the kind: "which bank did she work for".
fn asks_for_other(question: &Question, kind: Kind, stems: &Stems) -> bool {
    let which = question.words.iter().position(|word| ["which", "what"].contains(&word.as_str()));
    let noun = which.and_then(|at| question.words.get(at + 1));
    // "What musical instrument": any word of the phrase may be the noun.
    let phrase = |at: usize| {
        question.words[at + 1..]
            .iter()
            .take_while(|word| !stopwords::is_stopword(word))
            .any(|word| kind.is_spoken(word, stems))
    };
    if which.is_some_and(phrase) {
        return false;
    }
    noun.is_some_and(|noun| {
        !stopwords::is_stopword(noun)
            && !among("means way manner sort kind type", noun, stems)
            && !stopwords::is_about_the_document(noun)
            && !kind.is_spoken(noun, stems)
            && !question.words[which.unwrap_or(0)..].iter().any(|word| word == "of")
            && !["'s ", "\u{2019}s "].iter().any(|mark| question.text.contains(mark))
    })
}

/// The noun phrase that is tied to the owner: behind its possessive, or before "of" or "for" and it.
fn tied<'w>(question: &Question, owner: &[String], content: &[&'w str]) -> Vec<&'w str> {
    let list = &question.words;
    let Some(at) = list.windows(owner.len().max(1)).position(|window| window == owner) else {
        return Vec::new();
    };
    let behind = &list[at + owner.len()..];
    // Folded words have lost their possessive marks.
    let last = words::words(&question.text).nth(at + owner.len() - 1);
    let is_possessive = last.is_some_and(|word| {
        let (before, after) = question.text.split_at(word.end);
        possessive(&before[word.start..], after).is_some()
    });
    let find = |word: &String| content.iter().copied().find(|known| known == word);
    if is_possessive {
        let mut run: Vec<&str> = behind.iter().map_while(find).collect();
        // "X's place of birth".
        if behind.get(run.len()).is_some_and(|word| word == "of") {
            let of: Vec<&str> = behind[run.len() + 1..].iter().map_while(find).collect();
            let head = |word: &&str| {
                crate::memory::plan::language::nouns::TYPING.contains(word) || *word == "line"
            };
            run.retain(|word| of.is_empty() || !head(word));
            run.extend(of);
        }
        return run;
    }
    let before = &list[..at];
    let preposition = |word: &String| {
        ["of", "for", "to", "with", "under", "against", "by", "on"].contains(&word.as_str())
    };
    let start = before.iter().rposition(|word| word != "the" && word != "a");
    let Some(end) = start.filter(|at| preposition(&before[*at])) else { return Vec::new() };
    let tie = |word: &&String| {
        stopwords::is_stopword(word)
            || crate::memory::plan::language::nouns::TYING.contains(&word.as_str())
    };
    let mut run: Vec<&str> = before[..end].iter().rev().skip_while(tie).map_while(find).collect();
    run.reverse();
    run
}

impl Word {
    /// A word with those that mean the same.
    pub(in crate::memory::plan) fn of(word: &str, stems: &Stems) -> Self {
        let mut similar = thesaurus::same_meaning(word, stems);
        // Who sells or paints a house need not live in it.
        if among(LIVING, word, stems) {
            similar.retain(|similar| !among("house lodge address", similar, stems));
        }
        Self { strict: Pattern::word(word, stems), similar }
    }

    /// Whether it says that somebody is born.
    fn is_of_birth(&self) -> bool {
        self.strict.text == BORN || self.similar.iter().any(|word| word == BORN)
    }

    /// How well a folded word of a text says it.
    pub(in crate::memory::plan) fn said_by(&self, word: &String, stems: &Stems) -> f32 {
        if self.strict.occurs_in(std::slice::from_ref(word), stems) {
            1.0
        } else if self.similar.binary_search(word).is_ok() {
            SIMILAR
        } else {
            0.0
        }
    }
}

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
        // What a model wrote down may lead to a sentence that does not name the owner.
        let is_silent = is_silent && reader.corpus.notes().n_notes()? == 0;
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
    let block = reader.corpus.block(read.id.block)?;
    if asked.key.is_some() || next.sentence as usize >= block.layout.sentences.len() {
        return Ok(None);
    }
    let text = block.sentences(next.sentence as usize..next.sentence as usize + 1).trim();
    let opens = words::folded_words(text).next().is_some_and(|word| {
        forms::is_pronoun(&word) && !["i", "my", "me"].contains(&word.as_str())
    }) && !text.starts_with(['"', '“', '‘', '\'']);
    if !opens || is_cleft(text) || !reader.admits(next)? {
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
        if idiom(word) {
            best = best.max(SIMILAR);
        }
        sum += best;
        least = least.min(best);
    }
    let share = if asked.property.is_empty() { 1.0 } else { sum / asked.property.len() as f32 };
    let of_kind = asked.kind.is_some_and(|kind| {
        let tokens = reader.tokens(text);
        tokens.iter().any(|token| {
            let asked = || question.words.iter().any(|asked| stems.same(asked, &token.folded));
            !token.capital && kind.holds(&token.folded) && !asked()
        }) || (kind == Kind::Trade && kinds::described(&list).is_some())
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

/// Whether a sentence says where somebody lives: behind a verb of living stands a preposition.
fn says_where(text: &str, stems: &Stems) -> bool {
    const PLACED: &str = "in at on by near above behind under beside over there with";
    let list: Vec<String> = words::folded_words(text).collect();
    let place = |at: usize| list[at + 1..].iter().take(2).any(|word| among(PLACED, word, stems));
    !is_said_not_to_be(&list)
        && (0..list.len()).any(|at| among(LIVING, &list[at], stems) && place(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property(text: &str) -> Option<Vec<String>> {
        let stems = Stems::default();
        let question = Question::of(text, &stems);
        let owned = OwnedQuestion::of(&question, &[], &stems)?;
        Some(owned.property.into_iter().map(|word| word.strict.text).collect())
    }

    #[test]
    fn properties_are_the_nouns_tied_to_their_owner() {
        for text in [
            "What is the weekly wage of Omar Bell?",
            "What is Omar Bell's weekly wage?",
            "Having read this far, what would you say is the weekly wage of Omar Bell?",
            "Having read this far, what would you say is Omar Bell's weekly wage?",
        ] {
            let wanted = Some(vec!["weekly".to_owned(), "wage".to_owned()]);
            assert_eq!(property(text), wanted, "{text}");
        }
        assert_eq!(
            property("Which berth numbers are recorded for blue-lamp?"),
            Some(vec!["berth".to_owned()])
        );
        assert_eq!(property("Which animal did Omar Bell keep?"), Some(vec!["animal".to_owned()]));
        assert_eq!(property("Where was Omar Bell born?"), Some(vec!["born".to_owned()]));
        assert_eq!(property("Why did Omar Bell leave?"), None);
        assert_eq!(property("Who met Omar Bell at the station?"), None);
    }
}
