//! What somebody wants, where to go for it, and why: "Ines is hungry", "why did Ines go to the kitchen?".
//!
//! ```text
//! why      the need that was stated last before the deed, of those that lead to it if one does
//! where    what others with the same need did, else a place that such a need leads to and the text names
//! ```
//! Needs and what they lead to are everyday knowledge, listed here. Only short sentences that say of
//! somebody nothing but a need are read.

use super::statement::events;
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::{among, same_noun};
use crate::memory::plan::reader::Reader;
use crate::memory::segment::words;

/// Mentions read of one name, the newest.
const MENTIONS: usize = 48;
/// Others with the same need who are looked at.
const EXAMPLES: usize = 8;
/// Longest statement of a need and of a deed, in words.
const LONGEST_NEED: u32 = 7;
const LONGEST_DEED: u32 = 14;
/// Words of a name or of a thing at most.
const LONGEST_NAME: usize = 3;

/// Needs, where they lead to, and what answers them.
const NEEDS: &[(&str, &str, &str)] = &[
    (
        "hungry starving famished peckish",
        "kitchen pantry dining-room restaurant canteen bakery market larder",
        "apple bread sandwich food cake pear soup cheese biscuit banana orange egg pie meal snack",
    ),
    (
        "thirsty parched",
        "kitchen well pump fountain spring bar tavern cellar",
        "milk water juice tea beer lemonade wine coffee glass cup jug bottle",
    ),
    (
        "bored restless idle",
        "garden playground park yard field cinema library playroom",
        "football ball game toy book cards puzzle racket kite",
    ),
    (
        "tired sleepy exhausted weary drowsy",
        "bedroom bed sofa couch hammock",
        "pajamas pyjamas pillow blanket nightgown nightshirt",
    ),
    ("cold freezing chilly", "fireplace stove hearth kitchen", "coat blanket scarf jumper gloves"),
    ("dirty muddy filthy", "bathroom washroom bath river", "soap towel sponge brush"),
    ("ill sick unwell injured hurt", "hospital doctor surgery infirmary", "medicine bandage pill"),
    ("hot sweating", "pool lake river shade garden", "fan ice"),
    ("lonely", "party club tavern", "phone telephone letter"),
];
/// Verbs that say of somebody how he is.
const FEELS: &str = "is was are were feels felt feel got gets grew became becomes";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    /// Why somebody went there or took that.
    Why(String),
    /// Where somebody is going to go.
    Where,
}

/// A question about the needs of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedQuestion {
    who: String,
    asked: Asked,
}

fn name(list: &[&str]) -> Option<String> {
    let rest: Vec<&str> =
        list.iter().copied().skip_while(|word| among("the a an his her", word)).collect();
    let plain = rest.iter().all(|word| !stopwords::is_stopword(word));
    (plain && (1..=LONGEST_NAME).contains(&rest.len())).then(|| rest.join(" "))
}

impl NeedQuestion {
    /// Reads a question; `None` if it asks for something else.
    pub fn of(text: &str) -> Option<Self> {
        let folded: Vec<String> = words::folded_words(text).collect();
        let list: Vec<&str> = folded.iter().map(String::as_str).collect();
        match list.as_slice() {
            ["where", "will" | "would", who @ .., "go"]
            | ["where", "will" | "would", who @ .., "go", "next" | "now" | "then"]
            | ["where", "is", who @ .., "going"]
            | ["where", "is", who @ .., "going", "to", "go"] => {
                Some(Self { who: name(who)?, asked: Asked::Where })
            }
            ["why", "did" | "does" | "has" | "will", rest @ ..] => {
                let acts = "go went gone get got take taken took grab grabbed pick picked move moved \
                            travel travelled journey journeyed return returned fetch walk walked run";
                let verb = rest.iter().position(|word| among(acts, word))?;
                let particles = "to into up back the there for in";
                let behind: Vec<&str> = rest[verb + 1..]
                    .iter()
                    .copied()
                    .skip_while(|word| among(particles, word))
                    .take_while(|word| *word != "there")
                    .collect();
                let asked = Asked::Why(name(&behind)?);
                Some(Self { who: name(&rest[..verb])?, asked })
            }
            _ => None,
        }
    }
}

/// The need that a sentence states of its subject: the subject and the word for it.
fn stated(text: &str) -> Option<(String, &str)> {
    let spans: Vec<words::Word> = words::words(text).collect();
    let folded: Vec<String> =
        spans.iter().map(|word| words::folded(&text[word.start..word.end])).collect();
    let list: Vec<&str> = folded.iter().map(String::as_str).collect();
    let be = list.iter().position(|word| among(FEELS, word))?;
    if list.iter().any(|word| among("not never no longer", word)) {
        return None;
    }
    let need = (be + 1..list.len()).find(|at| leads(list[*at]).is_some())?;
    Some((name(&list[..be])?, &text[spans[need].start..spans[need].end]))
}

/// What a need leads to: places and things.
fn leads(need: &str) -> Option<(&'static str, &'static str)> {
    NEEDS
        .iter()
        .find(|(words, _, _)| among(words, need))
        .map(|(_, places, things)| (*places, *things))
}

/// The sentences about somebody that state a need, in order.
fn needs(reader: &Reader, who: &str) -> Result<Vec<(SentenceId, String)>> {
    let Some(pattern) = Pattern::phrase(who) else { return Ok(Vec::new()) };
    let ids = reader.last_mentions(&[pattern], &[all_needs()], LONGEST_NEED, MENTIONS)?;
    let reads = reader.read(&ids)?;
    let own = |text: &str| {
        let (name, need) = stated(text)?;
        (name == who).then(|| words::folded(need))
    };
    Ok(reads.iter().filter_map(|read| Some((read.id, own(&read.text)?))).collect())
}

fn all_needs() -> Pattern {
    let all = NEEDS.iter().flat_map(|(words, _, _)| words.split_whitespace());
    Pattern::one_of("needs", all.map(str::to_owned))
}

/// Where somebody went or what was taken, in order.
fn deeds(reader: &Reader, who: &str) -> Result<Vec<(SentenceId, Vec<String>)>> {
    let Some(pattern) = Pattern::phrase(who) else { return Ok(Vec::new()) };
    let ids = reader.last_mentions(&[pattern], &[], LONGEST_DEED, MENTIONS)?;
    let mut out = Vec::new();
    for read in reader.read(&ids)? {
        for event in events(&read.text, reader.lexicon) {
            if event.subjects.iter().any(|subject| same_noun(subject, who)) {
                out.push((read.id, event.place.into_iter().chain(event.object).collect()));
            }
        }
    }
    Ok(out)
}

/// Answers; `None` if the text states no need of the one asked about.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn need(reader: &Reader, question: &NeedQuestion) -> Result<Option<Finding>> {
    let needs = needs(reader, &question.who)?;
    if needs.is_empty() {
        return Ok(None);
    }
    match &question.asked {
        Asked::Why(what) => why(reader, &question.who, what, &needs),
        Asked::Where => going(reader, &question.who, &needs),
    }
}

fn why(
    reader: &Reader,
    who: &str,
    what: &str,
    needs: &[(SentenceId, String)],
) -> Result<Option<Finding>> {
    let deeds = deeds(reader, who)?;
    let done = deeds.iter().rev().find(|(_, nouns)| nouns.iter().any(|noun| same_noun(noun, what)));
    let Some((deed, _)) = done else { return Ok(None) };
    let before = || needs.iter().rev().filter(|(id, _)| id < deed);
    let fits = |need: &str| {
        leads(need).is_some_and(|(places, things)| among(places, what) || among(things, what))
    };
    let found = before().find(|(_, need)| fits(need)).or_else(|| before().next());
    Ok(found.map(|(id, need)| Finding {
        answer: Some(need.clone()),
        evidence: vec![(*id, 1), (*deed, 1)],
        incomplete: false,
    }))
}

fn going(reader: &Reader, who: &str, needs: &[(SentenceId, String)]) -> Result<Option<Finding>> {
    let Some((last, need)) = needs.last() else { return Ok(None) };
    // What others did who were the same.
    let same = Pattern::one_of(need, [need.clone()]);
    let ids = reader.last_mentions(&[same], &[], LONGEST_NEED, EXAMPLES)?;
    for read in reader.read(&ids)?.into_iter().rev() {
        let Some((other, _)) = stated(&read.text).filter(|(other, _)| other != who) else {
            continue;
        };
        let next = deeds(reader, &other)?.into_iter().find(|(id, _)| *id > read.id);
        if let Some((id, nouns)) = next
            && let Some(place) = nouns.into_iter().next()
        {
            let evidence = vec![(*last, 1), (read.id, 1), (id, 1)];
            return Ok(Some(Finding { answer: Some(place), evidence, incomplete: false }));
        }
    }
    let Some((places, _)) = leads(need) else { return Ok(None) };
    let patterns: Vec<Pattern> = places.split_whitespace().filter_map(Pattern::phrase).collect();
    let counts = search::counts(reader.corpus, &patterns, reader.stems)?;
    let known = places.split_whitespace().zip(counts).find(|(_, count)| *count > 0);
    let place = known.map_or_else(|| places.split(' ').next(), |(place, _)| Some(place));
    Ok(place.map(|place| Finding {
        answer: Some(place.to_owned()),
        evidence: vec![(*last, 1)],
        incomplete: false,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_ask_why_and_where() {
        let asked = |text: &str| NeedQuestion::of(text).map(|q| (q.who, q.asked));
        let why = |what: &str| Some(("otto".to_owned(), Asked::Why(what.to_owned())));
        assert_eq!(asked("Why did otto go to the kitchen?"), why("kitchen"));
        assert_eq!(asked("Why did Otto pick up the old ball?"), why("old ball"));
        assert_eq!(asked("Where will Otto go?"), Some(("otto".to_owned(), Asked::Where)));
        assert_eq!(asked("Why did the bridge fall?"), None);
    }

    #[test]
    fn needs_are_said_of_somebody() {
        assert_eq!(stated("Otto is very thirsty."), Some(("otto".to_owned(), "thirsty")));
        assert_eq!(stated("Otto is not thirsty."), None);
        assert_eq!(
            stated("Otto is a thirsty man, they say."),
            Some(("otto".to_owned(), "thirsty"))
        );
        assert_eq!(stated("Otto is here."), None);
    }
}
