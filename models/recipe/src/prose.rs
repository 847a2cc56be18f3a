//! Lessons from real prose: a stretch of a book and questions that its own sentences answer.
//!
//! Nobody has labelled the prose, so every question is made from one sentence and answered by it: the
//! sentence with a gap, or a question for the one who acts, for a number, for a reason, for a speaker.
//! It teaches the words and the long sentences that no relation of this recipe has. Whole books are
//! given to `--prose`; which ones were, the card of a model tells.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use carrel_core::memory::segment::sentences::sentence_ends;
use carrel_suite::dice::Dice;

use crate::clauses;
use crate::error::Result;
use crate::lesson::Lesson;
use crate::phrases::{Phrases, lowered};
use crate::questions::{MOST_NAMED, Question, Task, names_it};
use crate::stage::Stage;
use crate::world::World;

/// Sentences outside these bounds, in bytes, are left out of windows.
const BYTES: std::ops::RangeInclusive<usize> = 12..=420;
/// Words on either side of a gap, at most.
const AROUND: usize = 8;
/// Words of a hundred beside a gap that are left out.
const DROPPED: usize = 15;
/// Places of a book that are tried for a sentence that is cited alone.
const CITED_TRIES: usize = 40;
/// Questions of a hundred about a sentence that is cited alone that are made from a clause of it.
const CLAUSES: usize = 80;
#[rustfmt::skip]
const NUMBERS: &[&str] = &[
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "fifteen", "twenty", "thirty", "forty", "fifty", "sixty", "hundred",
];
const PRONOUNS: &[&str] = &["He", "She", "It", "They", "We", "You", "The", "This", "His", "Her"];
const SAYING: &[&str] = &["said", "cried", "asked", "replied", "answered", "exclaimed", "returned"];

/// The sentences of some books.
#[derive(Debug, Clone, Default)]
pub struct Prose {
    books: Vec<Book>,
    /// Words that stand in small letters somewhere, with how often.
    words: BTreeMap<String, u32>,
}

#[derive(Debug, Clone)]
struct Book {
    sentences: Vec<String>,
    /// Words that are capitals in mid-sentence and nowhere small, with how often.
    names: BTreeMap<String, usize>,
}

impl Prose {
    /// Reads every `.txt` of a folder, in the order of their names.
    ///
    /// # Errors
    /// If the folder or a file cannot be read, or is not UTF-8.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            paths.push(entry?.path());
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        paths.sort();
        let mut books = Vec::new();
        let mut words = BTreeMap::new();
        for path in paths {
            books.push(Book::new(&std::fs::read_to_string(path)?, &mut words));
        }
        books.retain(|book| book.sentences.len() >= 200);
        Ok(Self { books, words })
    }

    /// Whether there is nothing to make lessons from.
    pub fn is_empty(&self) -> bool {
        self.books.is_empty()
    }

    /// All sentences in pieces of some, for whoever learns a vocabulary.
    pub fn stretches(&self) -> impl Iterator<Item = String> {
        const SENTENCES: usize = 20;
        self.books
            .iter()
            .flat_map(|book| book.sentences.chunks(SENTENCES))
            .map(|some| some.join("\n"))
    }

    /// A stretch with questions; `None` if it gives too few.
    pub fn lesson(&self, seed: u64, number: u64, stage: &Stage) -> Option<Lesson> {
        let mut dice = Dice::new(seed, &format!("prose {} {number}", stage.name));
        // Few sentences are understood, so there are many to try where one is enough.
        let tries = if stage.cited { CITED_TRIES } else { 1 };
        (0..tries).find_map(|_| self.stretch(&mut dice, stage))
    }

    fn stretch(&self, dice: &mut Dice, stage: &Stage) -> Option<Lesson> {
        // Long books are drawn from more often.
        let total = self.books.iter().map(|book| book.sentences.len()).sum();
        let mut at = dice.below(total);
        let book = self.books.iter().find(|book| {
            let inside = at < book.sentences.len();
            at -= if inside { 0 } else { book.sentences.len() };
            inside
        })?;
        let n = if stage.cited {
            // Most often one sentence, as code cites them.
            dice.between(1, 3).min(dice.between(1, 3))
        } else {
            dice.between(stage.sentences.0, stage.sentences.1).min(book.sentences.len())
        };
        let start = at.min(book.sentences.len() - n);
        let sentences = book.sentences[start..start + n].to_vec();
        let wanted = if stage.cited {
            dice.between(n, n + 2)
        } else {
            dice.between(stage.questions.0, stage.questions.1)
        };
        let mut questions: Vec<Question> = Vec::new();
        for _ in 0..wanted * 3 {
            let question = if !stage.cited && dice.chance(15) {
                mentions(book, &sentences, dice)
            } else if dice.chance(if stage.cited { 6 } else { 20 }) {
                elsewhere(book, start..start + n, dice)
            } else {
                let index = dice.below(n);
                let sentence = &sentences[index];
                let asked = if stage.cited && dice.chance(CLAUSES) {
                    clauses::asked(sentence, &self.words, dice)
                } else {
                    from_sentence(book, sentence, !stage.cited, dice)
                };
                asked.and_then(|(text, span)| {
                    // Words that several other sentences hold too are no answer of their own.
                    let others = sentences.iter().filter(|other| names_it(other, &span)).count();
                    (others <= 2).then_some(Question {
                        text,
                        sentences: vec![index],
                        span: Some(span),
                        task: Task::Gap,
                    })
                })
            };
            if let Some(question) = question
                && questions.iter().all(|other| other.text != question.text)
            {
                questions.push(question);
            }
            if questions.len() == wanted {
                break;
            }
        }
        let world =
            World { sentences, facts: Vec::new(), relations: Vec::new(), subjects: Vec::new() };
        let pointed = questions.iter().filter(|question| question.span.is_some()).count();
        let enough = if stage.cited { pointed > 0 } else { questions.len() >= 3 };
        enough.then_some(Lesson { world, questions })
    }
}

impl Book {
    /// A book; its words in small letters are added to `known`.
    fn new(text: &str, known: &mut BTreeMap<String, u32>) -> Self {
        let mut sentences = Vec::new();
        for paragraph in text.replace('\r', "").split("\n\n") {
            let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            let mut ends = Vec::new();
            sentence_ends(&paragraph, &mut ends);
            let mut start = 0;
            for end in ends {
                let sentence = paragraph[start..end].trim();
                if BYTES.contains(&sentence.len()) && sentence.contains(' ') {
                    sentences.push(sentence.to_owned());
                }
                start = end;
            }
        }
        let mut small = BTreeSet::new();
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for sentence in &sentences {
            for (index, word) in words(sentence).enumerate() {
                if word.chars().next().is_some_and(char::is_lowercase) {
                    small.insert(word.to_owned());
                    *known.entry(word.to_owned()).or_default() += 1;
                } else if index > 0 && word.len() > 2 && is_name_like(word) {
                    *names.entry(word.to_owned()).or_default() += 1;
                }
            }
        }
        names.retain(|name, n| *n >= 3 && !small.contains(&name.to_lowercase()));
        Self { sentences, names }
    }
}

/// The words of a text without the marks around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == '—' || c == '-')
        .map(bare)
        .filter(|w| !w.is_empty())
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_name_like(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(char::is_uppercase) && characters.all(char::is_lowercase)
}

/// A question that a sentence answers, and the words of it that do; one with a gap only if `gaps`.
fn from_sentence(
    book: &Book,
    sentence: &str,
    gaps: bool,
    dice: &mut Dice,
) -> Option<(String, String)> {
    let tokens: Vec<&str> = sentence.split(' ').collect();
    if tokens.len() < 5 {
        return None;
    }
    let asked = match dice.below(5) {
        0 => speaker(book, &tokens),
        1 => actor(book, &tokens),
        2 => number(&tokens),
        3 => reason(sentence),
        _ => None,
    };
    asked
        .or_else(|| gaps.then(|| gap(book, &tokens, dice)).flatten())
        .filter(|(_, span)| sentence.contains(span.as_str()))
}

/// Words from `at` to the next mark, at most `most`.
fn clause(tokens: &[&str], at: usize, most: usize) -> String {
    let mut out: Vec<&str> = Vec::new();
    for token in tokens.iter().skip(at).take(most) {
        let end = token.ends_with(|c: char| ",;:.!?\"”—".contains(c));
        out.push(token.trim_end_matches(|c: char| !c.is_alphanumeric()));
        if end {
            break;
        }
    }
    out.join(" ")
}

fn speaker(book: &Book, tokens: &[&str]) -> Option<(String, String)> {
    let at = tokens.iter().position(|token| SAYING.contains(&bare(token)))?;
    let beside = [at + 1, at.wrapping_sub(1)];
    let name = beside.iter().find_map(|&index| {
        let word = bare(tokens.get(index)?);
        book.names.contains_key(word).then_some(word)
    })?;
    let quote = tokens.iter().position(|token| token.starts_with(['"', '“']))?;
    let said = clause(tokens, quote, 8);
    let said = said.trim_start_matches(['"', '“']);
    (said.split(' ').count() >= 2)
        .then(|| (format!("Who {} \"{said}\"?", bare(tokens[at])), name.to_owned()))
}

fn actor(book: &Book, tokens: &[&str]) -> Option<(String, String)> {
    let at = (0..tokens.len() - 2).find(|&at| {
        book.names.contains_key(tokens[at])
            && tokens[at + 1].chars().all(char::is_lowercase)
            && (tokens[at + 1].ends_with("ed") || ["was", "had", "is"].contains(&tokens[at + 1]))
    })?;
    let does = clause(tokens, at + 1, 9);
    (does.split(' ').count() >= 3).then(|| (format!("Who {does}?"), tokens[at].to_owned()))
}

fn number(tokens: &[&str]) -> Option<(String, String)> {
    let at = tokens.iter().position(|token| {
        NUMBERS.contains(token) || (token.len() < 5 && token.chars().all(|c| c.is_ascii_digit()))
    })?;
    let rest = clause(tokens, at + 1, 6);
    (!rest.is_empty() && tokens[at].len() > 1)
        .then(|| (format!("How many {rest}?"), tokens[at].to_owned()))
}

fn reason(sentence: &str) -> Option<(String, String)> {
    let (before, after) = sentence.split_once(" because ")?;
    let before = before.rsplit([',', ';', '"', '“']).next()?.trim();
    let end = after.find([',', ';', '.', '!', '?', '"', '”', '—']).unwrap_or(after.len());
    let because = after[..end].trim();
    let fits = (2..=12).contains(&because.split(' ').count()) && before.split(' ').count() >= 2;
    let first = before.split(' ').next().unwrap_or_default();
    let before = if PRONOUNS.contains(&first) { lowered(before) } else { before.to_owned() };
    fits.then(|| (format!("Why {before}?"), because.to_owned()))
}

/// A name, a number, or one to three words, with some of the words around them.
fn gap(book: &Book, tokens: &[&str], dice: &mut Dice) -> Option<(String, String)> {
    let names: Vec<usize> =
        (0..tokens.len()).filter(|&at| book.names.contains_key(bare(tokens[at]))).collect();
    let (at, length) = if !names.is_empty() && dice.chance(60) {
        let at = *dice.pick(&names);
        let more = tokens.get(at + 1).is_some_and(|next| book.names.contains_key(bare(next)));
        (at, if more && tokens[at].ends_with(char::is_alphanumeric) { 2 } else { 1 })
    } else {
        let length = dice.between(1, 3).min(tokens.len() - 3);
        (dice.below(tokens.len() - length), length)
    };
    let inside = &tokens[at..at + length];
    // Marks between the words would make an odd answer.
    if inside[..length - 1].iter().any(|token| !token.ends_with(char::is_alphanumeric)) {
        return None;
    }
    let span = bare(&inside.join(" ")).to_owned();
    if span.len() < 3 {
        return None;
    }
    let (left, right) = (dice.between(0, AROUND), dice.between(0, AROUND));
    let from = at.saturating_sub(left.max(if right < 3 { 5 } else { 0 }));
    let to = (at + length + right).min(tokens.len());
    let mut text: Vec<&str> = Vec::new();
    for (index, token) in tokens.iter().enumerate().take(to).skip(from) {
        if index == at {
            text.push("___");
        } else if !(at..at + length).contains(&index) && !dice.chance(DROPPED) {
            text.push(token);
        }
    }
    (text.len() >= 4).then(|| (text.join(" "), span))
}

fn mentions(book: &Book, sentences: &[String], dice: &mut Dice) -> Option<Question> {
    let about = dice.pick(sentences);
    let names: Vec<&str> = words(about).filter(|word| book.names.contains_key(*word)).collect();
    if names.is_empty() {
        return None;
    }
    let name = *dice.pick(&names);
    let told = sentences.iter().enumerate().filter(|(_, text)| names_it(text, name));
    let told: Vec<usize> = told.map(|(index, _)| index).collect();
    let wordings = Phrases::Mentions.side(false);
    (2..=MOST_NAMED).contains(&told.len()).then(|| Question {
        text: dice.pick(wordings).replacen("{a}", name, 1),
        sentences: told,
        span: None,
        task: Task::List,
    })
}

/// A question that another place of the book answers, and not this one.
fn elsewhere(book: &Book, here: std::ops::Range<usize>, dice: &mut Dice) -> Option<Question> {
    let index = dice.below(book.sentences.len());
    let far = index + 80 < here.start || index > here.end + 80;
    let (text, span) = from_sentence(book, &book.sentences[index], true, dice)?;
    let unsaid = !book.sentences[here].iter().any(|sentence| names_it(sentence, &span));
    (far && unsaid).then_some(Question {
        text,
        sentences: Vec::new(),
        span: None,
        task: Task::None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hand;
    use crate::stage::STAGES;
    use carrel_core::memory::Contract;

    #[test]
    fn replies_are_words_of_the_sentences_that_they_name() {
        let mut text = String::new();
        for (_, file) in hand::STYLES {
            for one in hand::texts(file).expect("readable") {
                text += &one.text;
            }
        }
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("book.txt"), text).expect("written");
        std::fs::write(folder.path().join("notes.md"), "Not a book.").expect("written");
        let prose = Prose::open(folder.path()).expect("readable");
        assert_eq!(prose.books.len(), 1);
        assert!(prose.stretches().count() > 10);
        let (mut pointed, mut declined) = (0, 0);
        for stage in &STAGES {
            for number in 0..60 {
                let Some(lesson) = prose.lesson(1, number, stage) else { continue };
                let contract = Contract::new(lesson.world.sentences.clone());
                for question in &lesson.questions {
                    let parsed = contract.parse(&question.reply());
                    let due = (!question.sentences.is_empty())
                        .then(|| (question.sentences.clone(), question.span.clone()));
                    assert_eq!(parsed, due, "{question:?}\n{}", contract.window());
                    *if due.is_some() { &mut pointed } else { &mut declined } += 1;
                }
            }
        }
        assert!(pointed > 500 && declined > 50, "{pointed} and {declined}");
    }

    #[test]
    fn questions_are_made_from_sentences_of_several_kinds() {
        let names = BTreeMap::from([("Marlow".to_owned(), 5)]);
        let book = Book { sentences: Vec::new(), names };
        let tokens = |text: &'static str| text.split(' ').collect::<Vec<_>>();
        let said = |question: &str, answer: &str| Some((question.to_owned(), answer.to_owned()));
        assert_eq!(
            actor(&book, &tokens("Then Marlow opened the door, and left.")),
            said("Who opened the door?", "Marlow")
        );
        assert_eq!(
            speaker(&book, &tokens("\"Come in, friend,\" said Marlow at once.")),
            said("Who said \"Come in\"?", "Marlow")
        );
        assert_eq!(
            number(&tokens("They saw seven ships on the horizon.")),
            said("How many ships on the horizon?", "seven")
        );
        assert_eq!(
            reason("He stayed at home because the road was wet."),
            said("Why he stayed at home?", "the road was wet")
        );
    }
}
