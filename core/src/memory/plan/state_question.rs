//! Questions about where something is, where it was before, who has it and who gave it.
//!
//! ```text
//! plain     where is X · what is X carrying · who gave X to Y · is X in P
//! place     any question with "where", "which room" or "the whereabouts", one thing that is named, and no
//!           words of content besides verbs of being, moving and finding
//! before    … before X reached P · prior to P
//! ```

use super::grammar::among;
use crate::memory::index::names;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::segment::words;

/// Longest name of a thing in a question, in words.
const LONGEST_NAME: usize = 4;

/// What is asked about the thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Where it is.
    Place,
    /// Where it was before this place.
    PlaceBefore(String),
    /// Where it went from this place.
    PlaceAfter(String),
    /// Whether it is at this place.
    IsAt(String),
    /// Who has it.
    Holder,
    /// What it has, or how much.
    Held {
        /// Whether only the number is asked for.
        count: bool,
    },
    /// Who gave what to whom: the parts that the question names; the one that it asks for is missing.
    Gift {
        /// The part that is asked for.
        asked: Part,
        /// Who gave.
        giver: Option<String>,
        /// What was given.
        object: Option<String>,
        /// Who was given it.
        recipient: Option<String>,
    },
}

/// A part of a gift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who gives.
    Giver,
    /// What is given.
    Object,
    /// Who gets it.
    Recipient,
}

/// A question about the state of the world: the thing and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateQuestion {
    /// The folded name of the thing.
    pub thing: String,
    /// What is asked of it.
    pub asked: Asked,
}

impl StateQuestion {
    /// Reads a question; `None` if it asks for something else.
    pub fn of(text: &str) -> Option<Self> {
        whereabouts(text).or_else(|| Self::of_simple(text))
    }

    /// Reads the plainest forms, word by word.
    fn of_simple(text: &str) -> Option<Self> {
        let folded: Vec<String> = words::folded_words(text).collect();
        let list: Vec<&str> = folded
            .iter()
            .map(String::as_str)
            .filter(|word| {
                ![
                    "now",
                    "currently",
                    "at",
                    "moment",
                    "present",
                    "end",
                    "finally",
                    "located",
                    "found",
                ]
                .contains(word)
            })
            .collect();
        let be = |word: &str| ["is", "was", "are", "were"].contains(&word);
        let holding = |word: &str| {
            ["carrying", "holding", "carry", "hold", "carries", "holds", "held", "possess"]
                .contains(&word)
        };
        let place = |word: &str| {
            ["room", "place", "location", "building", "house", "town", "city"].contains(&word)
        };
        let auxiliary = |word: &str| {
            be(word) || ["did", "does", "has", "had", "can", "could", "do"].contains(&word)
        };
        let bare_list = list.strip_prefix(&["in"]).or_else(|| list.strip_prefix(&["to"]));
        let (thing, asked): (&[&str], Asked) = match bare_list.unwrap_or(&list) {
            ["where", "has" | "have" | "had", .., "been"] => return None,
            ["where", verb, rest @ ..] if auxiliary(verb) => return Self::placed(rest),
            ["which" | "what", noun, verb, rest @ ..] if place(noun) && auxiliary(verb) => {
                return Self::placed(rest);
            }
            ["what", "is" | "was", "the", "location", "of", rest @ ..] => {
                return Self::placed(rest);
            }
            ["who", "has" | "had" | "holds" | "owns" | "possesses", rest @ ..] => {
                (rest, Asked::Holder)
            }
            ["who", verb, second, rest @ ..] if be(verb) && holding(second) => {
                (rest, Asked::Holder)
            }
            ["what", verb, rest @ .., last] if be(verb) && holding(last) => {
                (rest, Asked::Held { count: false })
            }
            ["what", "does" | "did", rest @ .., last] if holding(last) || *last == "have" => {
                (rest, Asked::Held { count: false })
            }
            ["how", "many", _, verb, rest @ .., last]
                if (be(verb) || ["does", "did"].contains(verb))
                    && (holding(last) || *last == "have") =>
            {
                (rest, Asked::Held { count: true })
            }
            ["who", "gave" | "handed" | "passed", rest @ ..] => {
                let to = rest.iter().position(|word| *word == "to").unwrap_or(rest.len());
                let object = bare(&rest[..to]);
                let recipient = bare(rest.get(to + 1..).unwrap_or(&[]));
                let asked = Part::Giver;
                (&rest[..to], Asked::Gift { asked, giver: None, object, recipient })
            }
            ["who", "received" | "got", rest @ ..] => {
                let from = rest.iter().position(|word| *word == "from").unwrap_or(rest.len());
                let (object, giver) =
                    (bare(&rest[..from]), bare(rest.get(from + 1..).unwrap_or(&[])));
                let asked = Part::Recipient;
                (&rest[..from], Asked::Gift { asked, giver, object, recipient: None })
            }
            ["what", "did", rest @ ..] if rest.contains(&"give") => {
                let at = rest.iter().position(|word| *word == "give")?;
                let recipient = bare(rest[at + 1..].strip_prefix(&["to"])?);
                let (asked, giver) = (Part::Object, bare(&rest[..at]));
                (&rest[..at], Asked::Gift { asked, giver, object: None, recipient })
            }
            ["who" | "whom", "did", rest @ ..] if rest.contains(&"give") => {
                let at = rest.iter().position(|word| *word == "give")?;
                let behind = &rest[at + 1..];
                let behind = behind.strip_suffix(&["to"]).unwrap_or(behind);
                let (asked, giver, object) = (Part::Recipient, bare(&rest[..at]), bare(behind));
                (behind, Asked::Gift { asked, giver, object, recipient: None })
            }
            [verb, rest @ ..] if be(verb) => {
                let at = rest.iter().position(|word| ["in", "at", "inside"].contains(word))?;
                (&rest[..at], Asked::IsAt(bare(&rest[at + 1..])?))
            }
            _ => return None,
        };
        Some(Self { thing: bare(thing)?, asked })
    }

    /// Reads what stands behind "where is".
    fn placed(rest: &[&str]) -> Option<Self> {
        // Verbs of being and coming say nothing beyond what "where" asks.
        let said = [
            "go", "end", "up", "be", "been", "gone", "in", "to", "it", "he", "she", "they", "came",
            "come", "was", "were", "got", "get", "reached", "reach", "arrived", "went", "moved",
            "entered", "put",
        ];
        let rest: Vec<&str> = rest.iter().copied().filter(|word| !said.contains(word)).collect();
        let at = rest.iter().position(|word| ["before", "after"].contains(word));
        let asked = match at {
            Some(at) if rest[at] == "before" => Asked::PlaceBefore(bare(&rest[at + 1..])?),
            Some(at) => Asked::PlaceAfter(bare(&rest[at + 1..])?),
            None => Asked::Place,
        };
        Some(Self { thing: bare(&rest[..at.unwrap_or(rest.len())])?, asked })
    }
}

/// A name as `statement` writes it, if these words are one.
fn bare(words: &[&str]) -> Option<String> {
    let rest: Vec<&str> = words
        .iter()
        .copied()
        .skip_while(|word| ["the", "a", "an", "his", "her"].contains(word))
        .collect();
    let plain = !rest.is_empty()
        && rest.len() <= LONGEST_NAME
        && rest.iter().all(|word| !stopwords::is_stopword(word) || *word == "of");
    plain.then(|| rest.join(" "))
}

/// Nouns for places in general; the thing asked for is none of them.
const PLACES: &str = "room place location whereabouts building house spot site chamber area part \
    destination stop position town city";
/// Words that say nothing beyond what a question for a place asks.
const LIGHT: &str = "one prior preceding following go end get come arrive reach find locate stand lie keep leave take bring carry move \
    put set see hold contain current currently now last finally final present previous previously just \
    immediately directly right earlier tell name say show give state know look seek turn wind stay \
    remain sit rest travel head moment story text passage document according enter return walk end be \
    situate happen exactly straight then next time ultimately eventually sight spot who arrive \
    discover follow pass question today latest still stop appear describe left set make know last \
    fetch convey transport transfer shift haul drag deliver store house notice wander hide step run \
    hurry journey proceed visit walk spend being became become learn read reader book say \
    occupy close mention conclusion want need";

/// A question for the place of one thing, in any order of words.
fn whereabouts(text: &str) -> Option<StateQuestion> {
    let spans: Vec<words::Word> = words::words(text).collect();
    let folded: Vec<String> =
        spans.iter().map(|word| words::folded(&text[word.start..word.end])).collect();
    let has = |wanted: &str| folded.iter().any(|word| word == wanted);
    let place_noun = |word: &str| among(PLACES, word);
    // "Which of the rooms".
    let is_place = |at: usize| {
        let of = at > 1 && folded[at - 2] == "of" && folded[at - 1] == "the";
        place_noun(&folded[at]) || of && folded[at].strip_suffix('s').is_some_and(place_noun)
    };
    // Noun phrases: names, and what stands behind a determiner.
    let mut found = Vec::new();
    names::names(text, &mut found);
    let mut phrases: Vec<(usize, String)> = Vec::new();
    let capital = |at: usize| text[spans[at].start..].starts_with(char::is_uppercase);
    let mut at = 0;
    while at < spans.len() {
        let of_name = found.iter().find(|name| {
            name.start <= spans[at].start
                && spans[at].start < name.end
                && !(at == 0 && stopwords::is_stopword(&folded[at]))
                && !among(LIGHT, &folded[at])
                && !place_noun(&folded[at])
        });
        if let Some(name) = of_name {
            let first = at;
            while at < spans.len() && spans[at].start < name.end {
                at += 1;
            }
            let words = folded[first..at].iter().map(|word| word.trim_end_matches("'s"));
            phrases.push((first, words.collect::<Vec<_>>().join(" ")));
            continue;
        }
        if among("the a an this that his her", &folded[at]) {
            let first = at + 1;
            let mut end = first;
            while end < spans.len()
                && end < first + LONGEST_NAME
                && !stopwords::is_stopword(&folded[end])
                && matches!(&text[spans[end - 1].end..spans[end].start], " " | "-")
                && !(end > first && is_light(&folded[end]))
                && (end == first || !capital(end) || capital(first))
            {
                end += 1;
            }
            let words = folded[first..end].iter().map(|word| word.trim_end_matches("'s"));
            let noun = words.collect::<Vec<_>>().join(" ");
            if end > first && !is_place(first) && !is_light(&folded[first]) {
                phrases.push((first, noun));
            }
            at = end.max(first);
            continue;
        }
        at += 1;
    }
    let covered = |at: usize| {
        phrases.iter().any(|(first, noun)| (*first..*first + noun.split(' ').count()).contains(&at))
    };
    let asks_place = has("where")
        || has("whereabouts")
        || folded.iter().enumerate().any(|(at, word)| {
            // "The last known location", "Omar's location": words of no content may stand between.
            let mut behind = (at + 1..folded.len()).filter(|at| !covered(*at)).take(4);
            let dull = |word: &str| is_light(word) || stopwords::is_stopword(word);
            among("which what the whose", word)
                && behind.find(|at| is_place(*at) || !dull(&folded[*at])).is_some_and(is_place)
        });
    // "All rooms", but not "at the end of it all".
    let several = ["why", "how", "every", "each", "most", "more", "often", "list", "names"]
        .into_iter()
        .any(has)
        || folded[..folded.len().saturating_sub(1)].iter().any(|word| word == "all");
    let asks_time = folded.first().is_some_and(|word| word == "when");
    // "Where has she been": all places, not the last of them.
    let all_along = matches!(folded.as_slice(), [first, has, .., been]
        if first == "where" && among("has have had", has) && been == "been");
    if !asks_place || asks_time || several || all_along {
        return None;
    }
    // What is neither a phrase nor light makes it another question.
    let foreign = (0..folded.len()).any(|at| {
        let word = folded[at].as_str();
        !covered(at) && !stopwords::is_stopword(word) && !is_place(at) && !is_light(word)
    });
    if foreign {
        return None;
    }
    // "Where does he come from" asks for an origin; with a destination, for the stop before that.
    if asks_whence(&folded) {
        let to = folded.iter().rposition(|word| among("to into in at for", word))?;
        let place = phrases.iter().find(|(at, _)| (to..to + 3).contains(at))?;
        let rest: Vec<(usize, String)> =
            phrases.iter().filter(|(_, noun)| *noun != place.1).cloned().collect();
        let [(_, thing)] = distinct(&rest)[..] else { return None };
        let asked = Asked::PlaceBefore(place.1.clone());
        return Some(StateQuestion { thing: thing.clone(), asked });
    }
    let position = |wanted: &[&str]| folded.iter().position(|word| wanted.contains(&word.as_str()));
    let before = position(&["before", "prior", "until", "preceding"]);
    let after = position(&["after", "following"]);
    // The place is the last phrase of the clause that "before" opens.
    let clause = |from: usize| {
        let comma = spans[from..]
            .windows(2)
            .position(|two| text[two[0].end..two[1].start].contains(','))
            .map_or(spans.len(), |at| from + at + 1);
        let mut inside = phrases.iter().filter(|(at, _)| (from..comma).contains(at));
        // "Which room came before the attic for the lamp": where nothing else is named, the first.
        let alone = phrases.iter().all(|(at, _)| (from..comma).contains(at));
        if alone { inside.next().cloned() } else { inside.next_back().cloned() }
    };
    match (before, after) {
        (None, None) => {
            let [(_, thing)] = distinct(&phrases)[..] else { return None };
            Some(StateQuestion { thing: thing.clone(), asked: Asked::Place })
        }
        (Some(at), _) | (None, Some(at)) => {
            let (place_at, place) = clause(at)?;
            let rest: Vec<(usize, String)> =
                phrases.iter().filter(|(at, _)| *at != place_at).cloned().collect();
            let [(_, thing)] = distinct(&rest)[..] else { return None };
            let asked =
                if before.is_some() { Asked::PlaceBefore(place) } else { Asked::PlaceAfter(place) };
            (*thing
                != match &asked {
                    Asked::PlaceBefore(place) | Asked::PlaceAfter(place) => place.clone(),
                    _ => String::new(),
                })
            .then(|| StateQuestion { thing: thing.clone(), asked })
        }
    }
}

/// Whether a question asks for where something came from: "from" stands before what is asked for, or at
/// the end, or behind "come"; or it asks for what was left.
fn asks_whence(folded: &[String]) -> bool {
    let asks = |two: &[String]| {
        two[0] == "from" && among("which what where whence", &two[1])
            || among("come came", &two[0]) && two[1] == "from"
    };
    let leaves = folded.iter().position(|word| among("leave quit vacate", word));
    let goes = |at: usize| folded[at + 1..].iter().any(|word| among("for to into", word));
    folded.last().is_some_and(|word| word == "from")
        || folded.windows(2).any(asks)
        || leaves.is_some_and(goes)
}

/// Whether a word of a question for a place is none of content, in any form.
fn is_light(word: &str) -> bool {
    let stems = Stems::default();
    LIGHT.split_whitespace().any(|light| stems.same(light, word))
}

/// The phrases, each once.
fn distinct(phrases: &[(usize, String)]) -> Vec<&(usize, String)> {
    let mut out: Vec<&(usize, String)> = Vec::new();
    for phrase in phrases {
        if !out.iter().any(|(_, known)| *known == phrase.1) {
            out.push(phrase);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<(String, Asked)> {
        StateQuestion::of(text).map(|question| (question.thing, question.asked))
    }

    #[test]
    fn questions_about_the_state_are_recognised() {
        let lamp = || "brass lamp".to_owned();
        assert_eq!(asked("Where is the brass lamp?"), Some((lamp(), Asked::Place)));
        assert_eq!(
            asked("Where was the brass lamp before the attic?"),
            Some((lamp(), Asked::PlaceBefore("attic".to_owned())))
        );
        assert_eq!(asked("Who has the brass lamp now?"), Some((lamp(), Asked::Holder)));
        assert_eq!(
            asked("What is Omar carrying?"),
            Some(("omar".to_owned(), Asked::Held { count: false }))
        );
        assert_eq!(
            asked("Is Omar in the attic?"),
            Some(("omar".to_owned(), Asked::IsAt("attic".to_owned())))
        );
        assert_eq!(asked("Which room is the brass lamp in?"), Some((lamp(), Asked::Place)));
        assert_eq!(asked("Where did the brass lamp end up?"), Some((lamp(), Asked::Place)));
        assert_eq!(
            asked("In which room had the brass lamp been before it reached the attic?"),
            Some((lamp(), Asked::PlaceBefore("attic".to_owned())))
        );
        for text in [
            "What is the present whereabouts of the brass lamp?",
            "Name the place where the brass lamp can now be found.",
            "The brass lamp is in which room?",
            "Where should one look for the brass lamp?",
        ] {
            assert_eq!(asked(text), Some((lamp(), Asked::Place)), "{text}");
        }
        for text in [
            "Prior to the attic, where was the brass lamp?",
            "Where did the brass lamp stand just before it was brought to the attic?",
            "What had been the location of the brass lamp before it came to the attic?",
            "From what place was the brass lamp carried to the attic?",
            "Out of which room, or from where, did the brass lamp come into the attic?",
        ] {
            let wanted = Some((lamp(), Asked::PlaceBefore("attic".to_owned())));
            assert_eq!(asked(text), wanted, "{text}");
        }
        assert_eq!(asked("Where did Omar buy the brass lamp?"), None);
        assert_eq!(asked("Where is the school that Ines leads in the end?"), None);
        assert_eq!(asked("Why did Omar leave?"), None);
    }
}
