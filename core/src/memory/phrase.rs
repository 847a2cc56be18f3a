//! Whether a model's own sentence says nothing but what was proved.
//!
//! Every word that carries content has to stand, by its stem, in the quotes, the question or the
//! answer; every word of the answer has to be said; and a "not" must neither come nor go. That is
//! stricter than meaning: a true paraphrase in other words is refused, and the answer then stays as
//! code wrote it.

use std::collections::BTreeSet;

use crate::memory::index::stems::{Stems, irregular_forms};
use crate::memory::index::stopwords::is_stopword;
use crate::memory::segment::words;

/// Words that turn a sentence into its opposite.
const DENIALS: &[&str] = &[
    "no", "not", "never", "none", "nobody", "nothing", "without", "cannot", "不", "没", "未", "非",
];
/// The longest sentence that is taken, in bytes.
const LONGEST_BYTES: usize = 400;

/// Whether `said` holds `answer` and nothing that is not in `quotes`, `question` or `answer`.
pub fn is_supported(said: &str, answer: &str, quotes: &[String], question: &str) -> bool {
    if said.is_empty() || said.len() > LONGEST_BYTES {
        return false;
    }
    let stems = Stems::default();
    let stem = |word: &String| first_form(word, &stems);
    let spoken = word_set(said);
    let quoted: BTreeSet<String> = quotes.iter().flat_map(|quote| word_set(quote)).collect();
    let known: BTreeSet<String> =
        quoted.iter().chain(&word_set(question)).chain(&word_set(answer)).map(stem).collect();
    let is_known = |word: &String| is_stopword(word) || known.contains(&stem(word));
    let said_answer = word_set(answer).iter().all(|word| spoken.contains(word));
    said_answer && spoken.iter().all(is_known) && denies(&spoken) == denies(&quoted)
}

/// The stem of a folded word; irregular words meet in their first form.
pub fn first_form(word: &str, stems: &Stems) -> String {
    match irregular_forms(word) {
        Some(forms) => forms[0].to_owned(),
        None => stems.stem(word),
    }
}

/// Whether one of the folded words turns what is said into its opposite.
pub fn denies<'w>(words: impl IntoIterator<Item = &'w String>) -> bool {
    let is_denial = |word: &String| DENIALS.contains(&word.as_str()) || word.ends_with("n't");
    words.into_iter().any(is_denial)
}

fn word_set(text: &str) -> BTreeSet<String> {
    words::folded_words(text).collect()
}

#[cfg(test)]
mod tests {
    use super::is_supported;

    #[test]
    fn only_what_was_proved_may_be_said() {
        let quotes = ["Ada never kept the lamp; Emil Brandt keeps it.".to_owned()];
        let plain = ["Emil Brandt keeps the lamp.".to_owned()];
        let holds = |said: &str, quotes: &[String]| {
            is_supported(said, "Emil Brandt", quotes, "Who keeps the lamp?")
        };
        assert!(holds("The lamp is kept by Emil Brandt.", &plain));
        assert!(!holds("The lamp is kept by Emil.", &plain), "half of the answer");
        assert!(!holds("Emil Brandt keeps the lamp in Sweden.", &plain), "a place of its own");
        assert!(!holds("Emil Brandt keeps 3 lamps.", &plain), "a number of its own");
        assert!(!holds("Emil Brandt does not keep the lamp.", &plain), "the opposite");
        assert!(!holds("Emil Brandt keeps the lamp.", &quotes), "a denial went");
        assert!(!holds("", &plain));
    }
}
