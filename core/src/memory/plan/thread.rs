//! A thread of questions: what a follow-up refers to.
//!
//! A question with a pronoun and no name of its own asks about what was asked about last: the
//! pronoun is replaced by that name before the question is planned. "And X?" asks the last question
//! again about X. "The clerk" is replaced by a name if an answer's sentence said who that is. The last
//! turns are kept in full; of older ones the sentence stays that answered them, so that a long
//! conversation still knows what was found.

use std::collections::VecDeque;

use super::language::forms;
use super::question::Question;
use crate::memory::answer::one_line;
use crate::memory::index::stems::Stems;
use crate::memory::segment::words;

/// Turns kept in full.
const TURNS: usize = 8;
/// Sentences kept of older turns.
const SENTENCES: usize = 64;

/// Subject and object pronouns that a name can stand for.
const PRONOUNS: &[&str] = &["he", "she", "it", "they", "him", "her", "them"];
/// Possessive pronouns.
const POSSESSIVES: &[&str] = &["his", "her", "hers", "its", "their", "theirs"];

/// One question and what was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The question, as it was understood.
    pub question: String,
    /// The answer in words.
    pub answer: String,
    /// The sentence that answered it, if one did.
    pub sentence: Option<String>,
}

/// The questions and answers of one conversation.
#[derive(Debug, Clone, Default)]
pub struct Thread {
    turns: VecDeque<Turn>,
    /// The sentences that answered older turns, the newest last.
    older: VecDeque<String>,
    topic: Option<String>,
}

impl Thread {
    /// The recent turns, oldest first.
    pub fn turns(&self) -> impl Iterator<Item = &Turn> {
        self.turns.iter()
    }

    /// The sentences that answered older turns, oldest first.
    pub fn older(&self) -> impl Iterator<Item = &str> {
        self.older.iter().map(String::as_str)
    }

    /// The question with what it refers to put in.
    pub fn resolve(&self, question: &str) -> String {
        let Some(topic) = &self.topic else { return question.to_owned() };
        if let Some(resolved) = self.described(question) {
            return resolved;
        }
        let own = topics(question);
        if let Some(name) = own.first()
            && let Some(last) = self.turns.back()
            && is_and(question)
            && last.question.contains(topic.as_str())
        {
            return last.question.replace(topic.as_str(), name);
        }
        if !own.is_empty() {
            return question.to_owned();
        }
        let list: Vec<words::Word> = words::words(question).collect();
        for (index, word) in list.iter().enumerate() {
            let folded = words::folded(&question[word.start..word.end]);
            // "her" before a noun is possessive, at the end it is not.
            let before_noun = list.get(index + 1).is_some();
            let possessive =
                POSSESSIVES.contains(&folded.as_str()) && (folded != "her" || before_noun);
            if possessive || PRONOUNS.contains(&folded.as_str()) {
                let ending = if possessive { "'s" } else { "" };
                return format!(
                    "{}{topic}{ending}{}",
                    &question[..word.start],
                    &question[word.end..]
                );
            }
        }
        question.to_owned()
    }

    /// The question with "the N" replaced by who a sentence of the thread says is the N.
    fn described(&self, question: &str) -> Option<String> {
        if !Question::of(question, &Stems::default()).names.is_empty() {
            return None;
        }
        let recent = self.turns.iter().filter_map(|turn| turn.sentence.as_deref());
        let said: Vec<&str> = self.older().chain(recent).collect();
        let list: Vec<words::Word> = words::words(question).collect();
        list.windows(2).find_map(|two| {
            let [the, noun] = two else { return None };
            if words::folded(&question[the.start..the.end]) != "the" {
                return None;
            }
            let noun_folded = words::folded(&question[noun.start..noun.end]);
            let name = said.iter().rev().find_map(|text| forms::called(text, &noun_folded))?;
            Some(format!("{}{name}{}", &question[..the.start], &question[noun.end..]))
        })
    }

    /// Remembers a turn: the question as [`Self::resolve`] gave it, its answer, and the sentence that
    /// answered it.
    pub fn remember(&mut self, question: &str, answer: &str, sentence: Option<&str>) {
        if let Some(name) = topics(question).into_iter().next_back() {
            self.topic = Some(name);
        }
        self.turns.push_back(Turn {
            question: question.to_owned(),
            answer: answer.to_owned(),
            sentence: sentence.map(one_line),
        });
        if self.turns.len() > TURNS
            && let Some(Turn { sentence: Some(sentence), .. }) = self.turns.pop_front()
        {
            self.older.push_back(sentence);
            if self.older.len() > SENTENCES {
                self.older.pop_front();
            }
        }
    }
}

/// Whether a question only names another thing to ask the same about.
fn is_and(question: &str) -> bool {
    let folded: Vec<String> = words::folded_words(question).collect();
    matches!(folded.first().map(String::as_str), Some("and")) && folded.len() <= 6
        || folded.starts_with(&["what".to_owned(), "about".to_owned()])
}

/// The things a question names: its names, or the noun phrase behind its last "the".
fn topics(question: &str) -> Vec<String> {
    let names = Question::of(question, &Stems::default()).names;
    if !names.is_empty() {
        return names;
    }
    let found =
        question.rfind(" the ").map(|at| question[at + 1..].trim_end_matches(['?', '.', ' ']));
    found.filter(|phrase| phrase.split(' ').count() <= 4).map(str::to_owned).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pronouns_stand_for_what_was_asked_last() {
        let mut thread = Thread::default();
        assert_eq!(thread.resolve("Where is he?"), "Where is he?");
        thread.remember("Who is Omar Bell?", "A smith", None);
        assert_eq!(thread.resolve("Where does he live?"), "Where does Omar Bell live?");
        assert_eq!(thread.resolve("Who is his father?"), "Who is Omar Bell's father?");
        assert_eq!(thread.resolve("Where is Ines?"), "Where is Ines?");
        assert_eq!(thread.resolve("And Ines Marl?"), "Who is Ines Marl?");
        thread.remember("Where is the brass lamp?", "attic", None);
        assert_eq!(thread.resolve("Who took it?"), "Who took the brass lamp?");
    }

    #[test]
    fn only_the_last_turns_are_kept() {
        let mut thread = Thread::default();
        for turn in 0..20 {
            let sentence = format!("Omar {turn} was the {turn}th clerk.");
            thread.remember(&format!("Is Omar {turn}?"), "yes", Some(&sentence));
        }
        assert_eq!(thread.turns().count(), TURNS);
        assert_eq!(thread.turns().next().map(|turn| turn.question.as_str()), Some("Is Omar 12?"));
        assert_eq!(thread.older().next(), Some("Omar 0 was the 0th clerk."));
    }

    #[test]
    fn who_was_described_long_ago_is_known() {
        let mut thread = Thread::default();
        thread.remember("Who sold lamps?", "Omar Bell", Some("Omar Bell was the old chandler."));
        for turn in 0..20 {
            thread.remember(&format!("Is Ines {turn}?"), "yes", None);
        }
        assert_eq!(thread.resolve("Where did the chandler live?"), "Where did Omar Bell live?");
        assert_eq!(thread.resolve("Where did the smith live?"), "Where did the smith live?");
    }
}
