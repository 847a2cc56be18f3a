//! Questions that name somebody by who they are to another: "Where does the brother of Nora live?"
//!
//! The person is looked up first, as a chain of relations; then the question is asked again with the
//! name in the place of the description. The answer is proved by the sentences of both.

use super::chain::ChainQuestion;
use super::relation;
use crate::memory::index::names;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::possessive::possessive;
use crate::memory::segment::words;

/// Words with which a question asks for nothing but who somebody is.
const IDLE: &str = "named call know give gives given identify identity find say says tell \
    state show document book text person answer look recorded listed";

/// A question with a description in the place of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedQuestion {
    /// The chain that leads to the person.
    pub chain: ChainQuestion,
    before: String,
    after: String,
}

impl DescribedQuestion {
    /// Reads a question; `None` if it describes nobody, or asks for nothing but who that is.
    pub fn of(text: &str) -> Option<Self> {
        let (start, end) = description(text)?;
        let chain = ChainQuestion::of(&format!("Who is {}?", &text[start..end]))?;
        let question =
            Self { chain, before: text[..start].to_owned(), after: text[end..].to_owned() };
        let rest = format!("{} {}", question.before, question.after);
        // "Whom does the text give as the father of X" asks for nothing else, "what did he give" does.
        let for_thing = words::folded_words(&rest)
            .any(|word| among("what where when how which why whose", &word));
        let asks = words::folded_words(&rest).any(|word| {
            let idle = among("name names called", &word) || !for_thing && among(IDLE, &word);
            !stopwords::is_stopword(&word) && !stopwords::is_about_the_document(&word) && !idle
        });
        asks.then_some(question)
    }

    /// The question about the person called `name`.
    pub fn about(&self, name: &str) -> String {
        format!("{}{name}{}", self.before, self.after)
    }
}

/// The stretch of a question that describes a person by a name: "the R of X", "the R of the Q of X",
/// "X's R".
fn description(text: &str) -> Option<(usize, usize)> {
    let mut found = Vec::new();
    names::names(text, &mut found);
    let name = found.iter().find(|name| !name.uncertain)?;
    let list: Vec<words::Word> = words::words(text).collect();
    let folded = |word: &words::Word| words::folded(&text[word.start..word.end]);
    let behind = list.iter().position(|word| word.start >= name.end);
    // "X's R"
    if possessive(&text[name.start..name.end], &text[name.end..]).is_some() {
        let next = list[behind?..].iter().find(|word| folded(word) != "s")?;
        return relation::is_personal(&folded(next)).then_some((name.start, next.end));
    }
    // "the R of X", and the same around it.
    let mut at = list.iter().position(|word| word.start >= name.start)?;
    let mut start = None;
    while at >= 3
        && folded(&list[at - 1]) == "of"
        && relation::is_personal(&folded(&list[at - 2]))
        && matches!(folded(&list[at - 3]).as_str(), "the" | "a" | "an")
    {
        at -= 3;
        start = Some(list[at].start);
    }
    start.map(|start| (start, name.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_found_in_questions_for_something_else() {
        let about = |text: &str| DescribedQuestion::of(text).map(|found| found.about("Otto"));
        for (text, wanted) in [
            ("Where does the brother of Nora Vance live?", "Where does Otto live?"),
            ("What is the neighbour of Babran afraid of?", "What is Otto afraid of?"),
            ("What did the son of the sister of Nora Vance buy?", "What did Otto buy?"),
            ("Who employs Nora Vance's brother?", "Who employs Otto?"),
        ] {
            assert_eq!(about(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "Who is the brother of Nora Vance?",
            "What is the name of the brother of Nora Vance?",
            "Where does Nora Vance live?",
            "What is the price of the Atlas?",
        ] {
            assert_eq!(about(text), None, "{text}");
        }
    }
}
