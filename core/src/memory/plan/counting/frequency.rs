//! The plans that count in the index: the most frequent words, and how often something is said.
//!
//! The most frequent words are told by the directories, which list them and hold every word with its
//! count, so that the answer is exact and memory does not grow with the documents. Numbers and function
//! words are no words of content and are left out.

use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::answer::spans::number_value;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::{directory, postings, search, stopwords};
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Words reported if the question names no number.
const DEFAULT_WORDS: usize = 10;
/// Words reported at most.
const MOST_WORDS: usize = 200;
/// Sentences cited for a count.
const CITED: usize = 12;

/// Words of standing in a text, in questions for how often something does.
const MENTIONED: &[&str] =
    &["mentioned", "mention", "appear", "appears", "occur", "occurs", "used", "repeated", "named"];
/// Words by which a question asks how often something stands in a text.
const FREQUENT: &str = "common commonly frequent frequently frequency frequencies often repeated \
    repeatedly repeat repeats recur recurs recurring recurrent occurring occur occurs occurred \
    occurrence occurrences appear appears appeared appearing appearance appearances used use uses \
    using times count counts counted numerous prevalent abundant turn turns turned come comes came \
    crop crops show shows shown showing written said say says listed included includes contained \
    popular mentioned mention mentions stand stands repetitions repetition usage";

/// A question that counts in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrequencyQuestion {
    /// The most frequent words, how many of them.
    MostFrequent(usize),
    /// How often a phrase occurs.
    HowOften(String),
}

impl FrequencyQuestion {
    /// Reads a question; `None` if it is something else.
    pub fn of(text: &str) -> Option<Self> {
        let list: Vec<String> = words::folded_words(text).collect();
        let has = |wanted: &[&str]| list.iter().any(|word| wanted.contains(&word.as_str()));
        let ends = |wanted: &[&str]| {
            list.iter().any(|word| wanted.iter().any(|ending| word.ends_with(ending)))
        };
        let words = has(&["words", "terms", "tokens", "codes", "vocables"]);
        let word = has(&["word", "term", "token", "code"]);
        let top =
            has(&["most", "top", "highest", "greatest", "largest", "more", "leading", "best"])
                || ends(&["mmonest", "oftenest", "frequentest"]);
        let frequent = list.iter().any(|word| FREQUENT.split_whitespace().any(|w| w == word));
        let than_others = list.windows(2).any(|two| {
            two[0] == "than" && ["any", "all", "every", "others", "the"].contains(&two[1].as_str())
        });
        // "The words with the most occurrences", "which words turn up more than any other".
        let superlative = top && (!has(&["more"]) || has(&["most", "top"]) || than_others);
        let common = superlative && (frequent || than_others) || ends(&["mmonest", "oftenest"]);
        if common && (words || word) {
            let number = list.iter().find_map(|word| number_value(word)).map(|n| n as usize);
            let n = number.unwrap_or(if words { DEFAULT_WORDS } else { 1 });
            return Some(Self::MostFrequent(n.clamp(1, MOST_WORDS)));
        }
        if text.contains('词')
            && ["最常", "最多", "最频繁", "最高频", "频率最高", "次数最多"]
                .iter()
                .any(|w| text.contains(w))
        {
            return Some(Self::MostFrequent(DEFAULT_WORDS));
        }
        let how_often = list.windows(3).any(|w| w[0] == "how" && w[1] == "many" && w[2] == "times")
            || list.windows(2).any(|w| w[0] == "how" && w[1] == "often");
        let mentioned = has(MENTIONED);
        if how_often && mentioned {
            return counted_phrase(text, &list).map(Self::HowOften);
        }
        None
    }
}

/// What is to be counted: the quoted phrase, or the words between the question and its verb.
fn counted_phrase(text: &str, list: &[String]) -> Option<String> {
    for (open, close) in [('"', '"'), ('“', '”'), ('\'', '\'')] {
        if let Some((_, rest)) = text.split_once(open)
            && let Some((inside, _)) = rest.split_once(close)
            && !inside.trim().is_empty()
        {
            return Some(inside.to_owned());
        }
    }
    let dull = ["how", "many", "times", "often", "word", "name", "phrase"];
    let rest: Vec<&str> = list
        .iter()
        .map(String::as_str)
        .filter(|word| {
            !dull.contains(word)
                && !MENTIONED.contains(word)
                && !stopwords::is_stopword(word)
                && !stopwords::is_about_the_document(word)
        })
        .collect();
    (!rest.is_empty()).then(|| rest.join(" "))
}

/// Answers a question that counts.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn count(reader: &Reader, question: &FrequencyQuestion) -> Result<Option<Finding>> {
    match question {
        FrequencyQuestion::MostFrequent(n) => most_frequent(reader, *n),
        FrequencyQuestion::HowOften(phrase) => how_often(reader, phrase),
    }
}

/// Function words that make up a fifth of any prose in English, and hardly any of a list of words.
const OF_PROSE: &[&str] =
    &["the", "of", "and", "to", "a", "in", "that", "was", "is", "it", "he", "his"];
/// Share of all words below which they show that the text is a list, as one in so many.
const LIST: u64 = 20;

/// Whether a term is a word of content; in a list every word is.
fn counts_as_word(term: &[u8], list: bool) -> bool {
    let Ok(term) = std::str::from_utf8(term) else { return false };
    let letters = term.chars().any(char::is_alphabetic);
    letters
        && (term.chars().nth(1).is_some() || term.chars().next().is_some_and(words::is_ideograph))
        && (list || !stopwords::is_stopword(term))
}

/// Whether the documents are lists of words rather than prose.
fn is_list(reader: &Reader) -> Result<bool> {
    let pattern = Pattern::one_of("prose", OF_PROSE.iter().map(|word| (*word).to_owned()));
    let count = search::counts(reader.corpus, &[pattern], reader.stems)?[0];
    Ok(count * LIST < reader.corpus.contents.n_words)
}

fn most_frequent(reader: &Reader, n: usize) -> Result<Option<Finding>> {
    let list = is_list(reader)?;
    let ranked = directory::most_frequent(reader.corpus, n, |term| counts_as_word(term, list))?;
    let mut evidence = Vec::new();
    let mut parts = Vec::new();
    for (term, _) in &ranked {
        let Ok(word) = std::str::from_utf8(term) else { continue };
        if let Some((id, written)) = first_sentence_with(reader, word)? {
            evidence.push((id, 1));
            parts.push(written);
        }
    }
    evidence.dedup();
    evidence.truncate(CITED);
    Ok((!parts.is_empty()).then(|| Finding {
        answer: Some(parts.join(", ")),
        evidence,
        ..Finding::default()
    }))
}

/// The first sentence that holds the folded word `word`, and how it is written there.
fn first_sentence_with(reader: &Reader, word: &str) -> Result<Option<(SentenceId, String)>> {
    let Some(id) = search::first_sentence_with(reader.corpus, word, reader.stems)? else {
        return Ok(None);
    };
    let text = reader.corpus.sentence(id)?;
    let written = words::words(&text)
        .map(|at| &text[at.start..at.end])
        .find(|piece| {
            let mut folded = words::folded(piece);
            postings::truncate(&mut folded);
            folded == word
        })
        .unwrap_or(word)
        .to_owned();
    Ok(Some((id, written)))
}

fn how_often(reader: &Reader, phrase: &str) -> Result<Option<Finding>> {
    let Some(pattern) = Pattern::phrase(phrase) else { return Ok(None) };
    let (mut n, mut evidence) = (0_u64, Vec::new());
    search::occurrences(reader.corpus, &[pattern], reader.stems, |id, _| {
        n += 1;
        if evidence.len() < CITED && evidence.last() != Some(&(id, 1)) {
            evidence.push((id, 1));
        }
        true
    })?;
    let answer = Some(format!("{n}"));
    Ok((n > 0).then_some(Finding { answer, evidence, ..Finding::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_that_count_are_recognised() {
        assert_eq!(
            FrequencyQuestion::of("What are the seven most frequent words of the list?"),
            Some(FrequencyQuestion::MostFrequent(7))
        );
        for text in [
            "Which 7 words turn up in the text more than all the others?",
            "Find the seven commonest words.",
            "Name the seven words with the highest number of occurrences.",
            "What are the 7 most frequently appeared words in the above coded text?",
            "Sort the words by frequency and give the top 7 of them.",
        ] {
            let wanted = Some(FrequencyQuestion::MostFrequent(7));
            assert_eq!(FrequencyQuestion::of(text), wanted, "{text}");
        }
        assert_eq!(FrequencyQuestion::of("What was the last word of the captain?"), None);
        assert_eq!(
            FrequencyQuestion::of("How many times is the name \"Ines Marl\" mentioned?"),
            Some(FrequencyQuestion::HowOften("Ines Marl".to_owned()))
        );
        assert_eq!(
            FrequencyQuestion::of("How often does Omar Bell appear in the text?"),
            Some(FrequencyQuestion::HowOften("omar bell".to_owned()))
        );
        assert_eq!(FrequencyQuestion::of("How often did Omar visit Ines?"), None);
    }

    #[test]
    fn numbers_and_function_words_are_no_words_of_content() {
        assert!(counts_as_word(b"lamp", false) && counts_as_word("灯".as_bytes(), false));
        assert!(!counts_as_word(b"17", true) && !counts_as_word(b"x", true));
        assert!(!counts_as_word(b"the", false) && counts_as_word(b"the", true));
    }
}
