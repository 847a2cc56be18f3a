//! A question for a property of somebody or something, taken apart: the owner, the property that is tied to
//! the owner or else all other words, and the kind of thing that is asked for.

use crate::memory::answer::spans;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::index::thesaurus;
use crate::memory::plan::language::idioms::meanings;
use crate::memory::plan::language::kinds::Kind;
use crate::memory::plan::language::nouns::{TYING, TYPING};
use crate::memory::plan::language::possessive::possessive;
use crate::memory::plan::question::{Expected, Key, Question};
use crate::memory::segment::words;

/// Words of a property at most.
pub(super) const MOST_WORDS: usize = 4;
/// Worth of a word of the same meaning.
pub(super) const SIMILAR: f32 = 0.8;
/// Verbs that say nothing but that somebody has something, or that somebody reads and says.
const LIGHT: &str = "have get keep own hold carry bear give take make do use go come call say read tell \
                     find mention state report know learn see show write put run stand be able start begin further far \
                     get fix set draw receive belong attach assign allot issue";

/// Where somebody comes from, though it is a form of a verb that says nothing.
const BORN: &str = "born";

/// Verbs of having one's home somewhere.
pub(super) const LIVING: &str = "live dwell reside";

/// A word of the property.
#[derive(Debug, Clone)]
pub(in crate::memory::plan) struct Word {
    /// The word itself in any form.
    pub(in crate::memory::plan) strict: Pattern,
    pub(super) similar: Vec<String>,
}

/// A question for a property of an owner.
#[derive(Debug, Clone)]
pub struct OwnedQuestion {
    pub(super) owner: Pattern,
    pub(super) key: Option<Key>,
    pub(super) property: Vec<Word>,
    /// What may be asked for if nothing is said of the property, the likelier first.
    pub(super) others: Vec<Vec<Word>>,
    pub(super) kind: Option<Kind>,
    /// Whether the property is a noun that is tied to the owner.
    pub(super) noun: bool,
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
        // "Who employed Ines", "for whom did she work": whoever it is, no trade.
        let somebody =
            question.words.iter().any(|word| ["who", "whom", "whose"].contains(&word.as_str()));
        let kind = Kind::asked(&question.words, stems)
            .filter(|(kind, word)| {
                (content.contains(word) || key.is_none())
                    && !asks_for_other(question, *kind, stems)
                    && !(somebody && among("employ work", word, stems))
            })
            .map(|(kind, _)| kind);
        let tied = tied(question, &of_owner, &content);
        let noun = !tied.is_empty();
        let bare = |mut property: Vec<&'_ str>| -> Vec<String> {
            // "A stable number for X": the noun of the type says nothing by itself.
            let typing =
                |word: &str| question.is_typing(word) || key.is_some() && TYPING.contains(&word);
            if property.iter().any(|word| !typing(word)) {
                property.retain(|word| !typing(word));
            }
            // Who was called something has no calling by that.
            property
                .iter_mut()
                .filter(|word| **word == "calling")
                .for_each(|word| *word = "profession");
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
        // "From which town did Ines come", "what place is she from".
        let whence = question.words.iter().any(|word| word == "from");
        if key.is_none() && property.is_empty() && whence && question.expected == Expected::Place {
            property = vec![BORN];
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
            let head = |word: &&str| TYPING.contains(word) || *word == "line";
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
    let tie = |word: &&String| stopwords::is_stopword(word) || TYING.contains(&word.as_str());
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
    pub(super) fn is_of_birth(&self) -> bool {
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
