//! The plan for what somebody did something to, and who did something: "what did Ines buy", "list everything Ines
//! bought", "which people signed the petition", "how many people signed it".
//!
//! ```text
//! question   what · whom · which things   did WHO verb          everything WHO verbed
//!            who · which people · how many people   verbed WHAT
//! fact       a short sentence whose verb is this one, by the same subject or with the same object
//! answer     its objects or its subjects, each once, in the order of the document
//! ```
//! Only questions of exactly these forms; what is denied, wished or planned is no fact.

use crate::error::Result;
use crate::memory::answer::{Finding, one_line};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::index::thesaurus;
use crate::memory::plan::events::passive::is_passive;
use crate::memory::plan::events::unreal::is_unreal;
use crate::memory::plan::language::grammar::{DETERMINERS, among, noun_end, same_noun};
use crate::memory::plan::language::phrasing::Parts;
use crate::memory::plan::language::subject::subjects;
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// Sentences read at most: where so many speak of somebody it is a book, of which this is no list.
const MENTIONS: usize = 48;
/// Longest sentence of a fact, in words.
const LONGEST: u32 = 24;
/// What a question asks by, besides "what" and "who": "which things", "how many people".
const THINGS: &str = "things thing items item objects articles goods people persons person men women guests visitors";
const AUXILIARIES: &str = "did does do has have had";
/// Words that open a list, and words of a question that ask for all of it.
const LISTS: &str = "list name tell give mention enumerate state me us all everything every that which the things what";
const ALL: &str = "all altogether together in total exactly everything ever";
/// Words before a verb that deny it.
const NOT: &str = "not never didn't hasn't hadn't doesn't don't nobody";
/// Words between a verb and its object that say nothing of it.
const BETWEEN: &str = "also again then even only just too first another two three four five six seven eight nine ten \
    several some many both";

/// Which part of the facts is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    /// Who does it; what it is done to is asked for.
    Subject(String),
    /// What it is done to; who does it is asked for.
    Object(String),
}

/// A question for the objects or the subjects of one verb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeedQuestion {
    verb: String,
    known: Known,
    counts: bool,
}

impl DeedQuestion {
    /// Reads a question; `None` if it has another form.
    pub fn of(text: &str) -> Option<Self> {
        let parts = Parts::of(text);
        let n = parts.tokens.len();
        let word = |at: usize| parts.word(at);
        let [phrase] = parts.phrases.as_slice() else { return None };
        let noun = phrase.noun.clone();
        let determined = phrase.first > 0 && among(DETERMINERS, word(phrase.first - 1));
        let opens = phrase.first - usize::from(determined);
        let rest = |from: usize| (from..n).all(|at| among(ALL, word(at)));
        let is_verb = |at: usize| at < n && !stopwords::is_stopword(word(at)) && !parts.covered(at);
        let counts = word(0) == "how" && word(1) == "many";
        let asks = match word(0) {
            "which" | "what" if among(THINGS, word(1)) => 2,
            "how" if counts && among(THINGS, word(2)) => 3,
            "what" | "whom" | "who" => 1,
            _ => 0,
        };
        // "What did Ines buy", "which things has Ines bought".
        let auxiliary = |at: usize| among(AUXILIARIES, word(at));
        if asks > 0 && auxiliary(asks) && opens == asks + 1 {
            let verb = phrase.end;
            let known = Known::Subject(noun);
            return (is_verb(verb) && rest(verb + 1)).then(|| Self {
                verb: word(verb).to_owned(),
                known,
                counts,
            });
        }
        // "Everything that Ines bought".
        if among("list name tell give mention enumerate everything", word(0))
            && opens > 0
            && (0..opens).all(|at| among(LISTS, word(at)))
            && (0..opens).any(|at| among("all everything every", word(at)))
        {
            let verb = phrase.end + usize::from(auxiliary(phrase.end));
            let known = Known::Subject(noun);
            return (is_verb(verb) && rest(verb + 1)).then(|| Self {
                verb: word(verb).to_owned(),
                known,
                counts,
            });
        }
        // "Who all signed the petition", "how many people have signed it".
        let by_people = word(0) == "who" || asks > 1;
        let mut verb = asks + usize::from(word(asks) == "all");
        verb += usize::from(auxiliary(verb));
        (by_people && is_verb(verb) && opens == verb + 1 && rest(phrase.end)).then(|| Self {
            verb: word(verb).to_owned(),
            known: Known::Object(noun),
            counts,
        })
    }
}

/// Answers; `None` if the text tells of no such deed.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn deeds(reader: &Reader, question: &DeedQuestion) -> Result<Option<Finding>> {
    let (Known::Subject(noun) | Known::Object(noun)) = &question.known;
    let Some(owner) = Pattern::phrase(noun) else { return Ok(None) };
    let mut verb = Pattern::word(&question.verb, reader.stems);
    let similar = thesaurus::same_meaning(&question.verb, reader.stems);
    verb.or(&similar);
    let ids = reader.last_mentions(&[owner], &[verb], LONGEST, MENTIONS)?;
    if ids.len() == MENTIONS {
        return Ok(None);
    }
    let mut found: Vec<String> = Vec::new();
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    for Read { id, text } in reader.read(&ids)? {
        let tokens = reader.tokens(&text);
        let is_verb = |token: &Token| {
            !token.capital
                && (reader.stems.same(&question.verb, &token.folded)
                    || similar.binary_search(&token.folded).is_ok())
        };
        let deeds = (1..tokens.len()).filter(|at| is_verb(&tokens[*at])).filter_map(|at| {
            let denied = tokens[at.saturating_sub(3)..at].iter().any(|t| among(NOT, &t.folded));
            let real = !denied && !is_unreal(&tokens, at) && !text.ends_with(['?', '"', '”']);
            real.then(|| deed(&text, &tokens, at, &question.known)).flatten()
        });
        let deeds: Vec<String> = deeds.flatten().collect();
        if deeds.is_empty() {
            continue;
        }
        evidence.push((id, 1));
        for part in deeds {
            if !found.contains(&part) {
                found.push(part);
            }
        }
    }
    if found.is_empty() {
        return Ok(None);
    }
    let listed = found.join(", ");
    let answer = if question.counts { format!("{}: {listed}", found.len()) } else { listed };
    Ok(Some(Finding { answer: Some(answer), evidence, incomplete: false }))
}

/// The parts asked for of what the verb at `verb` tells, as they are written; `None` if it is told of others.
fn deed(text: &str, tokens: &[Token], verb: usize, known: &Known) -> Option<Vec<String>> {
    let (who, start) = subjects(text, tokens, verb);
    let subject = || phrases(text, tokens, start..tokens.len().min(verb));
    let same = |nouns: &[String], noun: &str| nouns.iter().any(|own| same_noun(own, noun));
    if is_passive(tokens, verb) {
        let by = (verb + 1..tokens.len()).find(|at| tokens[*at].folded == "by")?;
        let agents = phrases(text, tokens, by + 1..tokens.len());
        let folded: Vec<String> = agents.iter().map(|agent| words::folded(agent)).collect();
        return match known {
            Known::Subject(noun) => same(&folded, noun).then(subject),
            Known::Object(noun) => same(&who, noun).then_some(agents),
        }
        .filter(|parts| !parts.is_empty());
    }
    let objects = phrases(text, tokens, verb + 1..tokens.len());
    let folded: Vec<String> = objects.iter().map(|object| words::folded(object)).collect();
    match known {
        Known::Subject(noun) => same(&who, noun).then_some(objects),
        Known::Object(noun) => same(&folded, noun).then(subject),
    }
    .filter(|parts| !parts.is_empty())
}

/// The noun phrases that `range` opens with, joined by commas and "and", without their determiners.
fn phrases(text: &str, tokens: &[Token], range: std::ops::Range<usize>) -> Vec<String> {
    let mut out = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let word = tokens[at].folded.as_str();
        let after =
            at.checked_sub(1).map_or("", |before| &text[tokens[before].end..tokens[at].start]);
        if after.contains(['.', ';', ':', '—']) && after != ". " {
            break;
        }
        if among(BETWEEN, word) || word == "and" || word.ends_with("ly") && !tokens[at].capital {
            at += 1;
            continue;
        }
        if word == "nothing" {
            // "Nothing but tea": tea; "nothing": no list.
            let excepts =
                tokens.get(at + 1).is_some_and(|next| among("but except save", &next.folded));
            if !excepts {
                break;
            }
            at += 2;
            continue;
        }
        let first = at + usize::from(among(DETERMINERS, word));
        let end = noun_end(text, tokens, at).min(range.end);
        if end <= first {
            break;
        }
        out.push(one_line(&text[tokens[first].start..tokens[end - 1].end]));
        // "A saw, a plane and two chisels": the list goes on behind a comma or "and".
        let goes_on = tokens.get(end).is_some_and(|next| {
            next.folded == "and" || text[tokens[end - 1].end..next.start].trim() == ","
        });
        if !goes_on {
            break;
        }
        at = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn questions_name_the_subject_or_the_object() {
        let subject = |name: &str| Known::Subject(name.to_owned());
        for (text, verb, known, counts) in [
            ("What did Ines Marl buy?", "buy", subject("ines marl"), false),
            ("Which things has Ines bought?", "bought", subject("ines"), false),
            ("List everything Ines bought.", "bought", subject("ines"), false),
            ("Who signed the petition?", "signed", Known::Object("petition".to_owned()), false),
            (
                "How many people signed the petition?",
                "signed",
                Known::Object("petition".to_owned()),
                true,
            ),
        ] {
            let wanted = DeedQuestion { verb: verb.to_owned(), known, counts };
            assert_eq!(DeedQuestion::of(text), Some(wanted), "{text}");
        }
        for text in
            ["Who was Ines?", "What did Ines buy in Oslo?", "Why did Ines sign?", "What is this?"]
        {
            assert_eq!(DeedQuestion::of(text), None, "{text}");
        }
    }

    #[test]
    fn objects_and_subjects_are_read_around_the_verb() {
        let told = |text: &str, verb: &str, known: Known| {
            let list = tokens(text, Lexicon::shared());
            let at = list.iter().position(|token| token.folded == verb).unwrap();
            deed(text, &list, at, &known).unwrap_or_default()
        };
        let ines = || Known::Subject("ines".to_owned());
        let text = "In May Ines bought a plane, two chisels and an old saw at the fair.";
        assert_eq!(told(text, "bought", ines()), ["plane", "chisels", "old saw"]);
        assert_eq!(told("The saw was bought by Ines.", "bought", ines()), ["saw"]);
        assert_eq!(told("Omar bought a saw.", "bought", ines()), Vec::<String>::new());
        assert_eq!(told("Ines drinks nothing but tea.", "drinks", ines()), ["tea"]);
        assert_eq!(told("Ines drinks nothing.", "drinks", ines()), Vec::<String>::new());
        let deed = Known::Object("petition".to_owned());
        assert_eq!(told("Ines and Omar signed the petition.", "signed", deed), ["Ines", "Omar"]);
    }
}
