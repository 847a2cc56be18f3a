//! The plan for counting facts: how often something was done, what all it was done to, and to what
//! most often.
//!
//! A fact is a sentence that holds everything the question names: its names as phrases and the
//! other words in any form. Sentences are counted in the index; what differs from fact to fact is
//! the span of the expected type that the question does not hold.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::memory::answer::{Finding, spans};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::index::thesaurus;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::lexicon::{Lexicon, MOVE, SEE, STAY};
use crate::memory::plan::question::{Expected, Question};
use crate::memory::plan::reader::{Read, Reader};
use crate::memory::segment::words;

/// Facts read at most, the newest.
const FACTS: usize = 256;
/// Longest sentence of a fact, in words.
const LONGEST: u32 = 60;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// How many facts there are.
    Times,
    /// What they are about, each once.
    Each,
    /// How many different things they are about.
    HowMany,
    /// What most of them are about.
    Most,
}

/// A question that counts facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountQuestion {
    asked: Asked,
    /// What every fact names.
    names: Vec<String>,
    /// Words that every fact holds in some form.
    verbs: Vec<String>,
    /// The type of what differs.
    expected: Expected,
}

impl CountQuestion {
    /// Whether it asks for all places that somebody was in.
    pub fn lists_places(&self) -> bool {
        self.asked == Asked::Each && self.expected == Expected::Place && self.verbs == ["visit"]
    }

    /// Whether it asks for the places of somebody's travels, and not for the one where they began or ended.
    pub fn follows_travels(&self, question: &Question) -> bool {
        let one = |word: &String| among(ONE_OF_ALL, word);
        let most = self.asked == Asked::Most && self.expected == Expected::Place;
        most || self.lists_places() && !question.words.iter().any(one)
    }

    /// Reads a question; `None` if it does not count facts about somebody by name.
    pub fn of(question: &Question) -> Option<Self> {
        let list: Vec<&str> = question.words.iter().map(String::as_str).collect();
        let has = |wanted: &[&str]| list.iter().any(|word| wanted.contains(word));
        let pair = |one: &str, other: &str| list.windows(2).any(|w| w[0] == one && w[1] == other);
        let of_names: Vec<String> =
            question.names.iter().flat_map(|name| words::folded_words(name)).collect();
        let times = (pair("how", "many") && has(&["times", "occasions", "visits"]))
            || pair("how", "often")
            || pair("how", "frequently")
            || list.windows(2).enumerate().any(|(at, two)| {
                // An adjective may stand between: "how many separate visits".
                let mut near = list[at + 2..].iter().take(2);
                let noun = |word: &&str| {
                    VISITS.split_whitespace().chain(["letters", "meetings"]).any(|n| n == *word)
                };
                two == ["how", "many"] && question.names.len() > 1 && near.any(noun)
            })
            || (has(&["count", "tally", "total"]) && question.names.len() > 1)
            || list.windows(3).any(|w| {
                w[0] == "number"
                    && w[1] == "of"
                    && w[2].ends_with('s')
                    && !is_type(w[2])
                    && !of_names.iter().any(|name| name == w[2])
            });
        let how_many = pair("how", "many")
            || list.windows(3).any(|w| w[0] == "number" && w[1] == "of" && is_type(w[2]));
        let of_all = list.iter().enumerate().any(|(at, word)| {
            let mut behind = list[at + 1..].iter().take(THAN_REACH);
            *word == "than" && behind.any(|word| among(OTHERS, word))
        });
        // "Most of the towns" are several; "most of all" and "most of his visits" go to one.
        let of_several = pair("most", "of")
            && list.last() != Some(&"of")
            && !list.windows(3).any(|w| w == ["most", "of", "all"])
            && !list.iter().any(|word| VISITS.split(' ').any(|visits| visits == *word));
        let leads = list.iter().any(|word| among(LEADING, word)) || pair("comes", "first");
        let most = (has(&["most", "largest", "greatest", "oftenest", "highest"])
            && !of_several
            && !pair("most", "recent")
            && !pair("most", "recently"))
            || leads
            || (of_all && has(&["more", "oftener", "greater", "higher"]))
            || has(&["favourite", "favorite"])
            || has(&["twice", "thrice"]) && has(&["which", "what", "where"]);
        let visits = list.iter().any(|w| w.ends_with('s') && VISITS.split(' ').any(|v| v == *w));
        let asked = if most {
            Asked::Most
        } else if times {
            Asked::Times
        } else if how_many {
            Asked::HowMany
        } else if question.many
            || plural_type(&list)
            || list.first() == Some(&"where") && (visits || list.last() == Some(&"been"))
        {
            Asked::Each
        } else {
            return None;
        };
        // "Count Omar Bell's visits": no title.
        let names: Vec<String> = question.names.iter().map(|name| without_request(name)).collect();
        if names.is_empty() || !question.keys.is_empty() {
            return None;
        }
        let counting = [
            "times",
            "occasions",
            "often",
            "frequently",
            "number",
            "most",
            "largest",
            "greatest",
            "different",
            "various",
            "single",
            "total",
            "oftenest",
            "twice",
            "thrice",
            "highest",
            "frequent",
            "commonly",
            "regularly",
            "usually",
            "keep",
            "back",
            "comes",
            "first",
            "judging",
            "by",
            "greater",
            "higher",
            "favourite",
            "favorite",
            "pay",
            "paid",
            "more",
            "than",
            "say",
            "state",
            "give",
            "list",
            "name",
            "names",
            "find",
            "work",
            "add",
            "determine",
            "calculate",
            "count",
            "tally",
            "separate",
            "anywhere",
            "any",
            "other",
            "others",
            "else",
            "complete",
            "full",
            "whole",
            "entire",
            "together",
            "put",
            "everybody",
            "account",
            "story",
        ];
        // "I would like a list": a wish, not what is counted.
        let wished = |word: &str| word == "like" && pair("would", "like");
        let mut verbs: Vec<String> = question
            .terms
            .iter()
            .filter(|term| !term.phrase)
            .map(|term| term.pattern.text.clone())
            .filter(|word| {
                !of_names.contains(word)
                    && !counting.contains(&word.as_str())
                    && !is_type(word)
                    && !wished(word)
                    && !among(LEADING, word)
                    && !stopwords::is_stopword(word)
            })
            .collect();
        // Of being somewhere nothing else has to be said.
        let stems = Stems::default();
        let of_places =
            list.iter().any(|word| is_place_type(word)) || list.first() == Some(&"where");
        let placed = of_places || is_placed(&list, &of_names);
        let travels = |verb: &String| {
            travels(verb, &stems)
                || placed && is_verb(&list, &of_names, verb) && !is_other(verb, &stems)
        };
        if verbs.iter().any(|verb| is_visit(verb, &stems))
            || placed && !verbs.is_empty() && verbs.iter().all(travels)
            || question.names.len() > 1
                && verbs.iter().all(|verb| among(HOSTS, verb))
                && !verbs.is_empty()
        {
            verbs = vec!["visit".to_owned()];
        }
        // "Paid a visit", "made a trip": the verb says nothing beside the noun.
        if verbs.len() > 1 {
            verbs.retain(|verb| !LIGHT.split_whitespace().any(|light| light == verb));
        }
        // "Which town saw her most often": where the place is the subject, she was there.
        let host = list.windows(3).any(|w| {
            ["which", "what"].contains(&w[0])
                && (is_type(w[1]) || w[1] == "one" && of_places)
                && among(HOSTS, w[2])
        });
        if host {
            verbs = vec!["visit".to_owned()];
        }
        // "In which towns was she", "how often has she been to Oslo".
        let is = has(&["was", "were", "is", "been", "be", "visitor", "guest"]);
        let somewhere = of_places || question.names.len() > 1 && has(&["in", "to", "at"]);
        let bound = has(&["destinations", "destination", "halts", "stations", "stops"]);
        if verbs.is_empty() && (is && somewhere || bound || asked == Asked::Most && of_places) {
            verbs = vec!["visit".to_owned()];
        }
        if verbs.is_empty() || verbs.len() > 2 {
            return None;
        }
        let place = list.iter().any(|word| is_type(word)) || list.first() == Some(&"where");
        let expected = if place { Expected::Place } else { question.expected };
        let expected = match expected {
            Expected::Number if asked == Asked::Most || asked == Asked::HowMany => Expected::Place,
            other => other,
        };
        Some(Self { asked, names, verbs, expected })
    }
}

/// Words with which a question asks for one place of a way.
const ONE_OF_ALL: &str = "last first final finally end ends ended finish finished begin began start started now \
    currently present latest before after until prior next previous";

/// Words for being first by number.
const LEADING: &str = "tops leads heads ranks top prefer prefers preferred majority bulk maximum mostly chiefly mainly \
    predominantly outnumber outnumbers outnumbered";

/// Words behind "than" among which "any other" stands, and such words.
const THAN_REACH: usize = 3;
const OTHERS: &str = "any all every anywhere other others";

/// Nouns for what facts may be about; in a question they say of what type the answer is.
const TYPES: &str = "town city village place country person people man woman friend guest visitor \
                     book item object thing animal island port street destination halt";

/// Those of them that are places.
const PLACE_TYPES: &str = "town city village place country island port street destination halt";

fn is_place_type(word: &str) -> bool {
    is_type(word)
        && PLACE_TYPES.split_whitespace().any(|noun| word.starts_with(&noun[..noun.len() - 1]))
}

/// A name without the verb of a request, which a title may look like.
fn without_request(name: &str) -> String {
    match name.split_once(' ') {
        Some(("Count", rest)) if rest.contains(' ') => rest.to_owned(),
        _ => name.to_owned(),
    }
}

fn is_type(word: &str) -> bool {
    let singular = match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    };
    TYPES.split_whitespace().any(|member| member == word || member == singular)
}

fn plural_type(list: &[&str]) -> bool {
    list.iter().enumerate().any(|(at, word)| {
        at > 0
            && ["which", "what", "the"].contains(&list[at - 1])
            && is_type(word)
            && (word.ends_with('s') || *word == "people")
    })
}

/// Verbs that say nothing beside the noun that they stand with, as questions have them.
const LIGHT: &str = "pay paid make made take took have had go went get got do did set record recorded \
    happen happened occur occurred occasion instance";
/// Words besides verbs of motion with which a question speaks of the places that somebody was in.
const TRAVELS: &str = "route itinerary travel wandering halt destination goal station list record register \
    honour grace favour touch include count number appear feature figure turn attract draw host lead \
    bring find foot step round receive welcome greet see saw enjoy trip set part take mention name known \
    know map collect gather enumerate entertain claim boast among";
/// Verbs for having to do with a place, or thinking of it, without coming there.
const OTHER: &str = "buy sell own found build paint draw describe love like hate fear miss prefer praise dislike rule \
    govern represent design plan want hope wish avoid invent curse inherit rename burn attack defend conquer \
    live dwell reside work study die marry serve teach grow own rent lose win";
/// Words between a name and the verb that goes with it.
const AUXILIARIES: &str = "did does do has have had was were is been be can could would will may might must to ever \
    also still already and";
/// Verbs of places that somebody comes to.
const HOSTS: &str = "saw sees see seen receives receive received welcomes welcome welcomed hosts host hosted \
    greeted greets";
/// Words for being somewhere for a while, besides verbs of motion.
const VISITS: &str = "visit visits visited visiting visitor trip trips journey journeys call calls called \
    stay stays stayed stop stops stopped tour tours toured guest guests excursion excursions sojourn \
    sojourned passing lodged lodging arrival arrivals";
/// Words for having to do with a place without being there.
const ELSEWHERE: &str = "write wrote written letter letters think thought tell told say said speak spoke \
    talk talked hear heard read remember remembered sent send sends map maps born native";
/// Words for not having been there after all.
const NOT_THERE: &str = "dream dreamt dreamed plan planned want wanted hope hoped wish wished refuse refused \
    cancel cancelled never not without postpone postponed nobody avoid avoided instead if almost nearly";
/// Mentions of a name by which it is known to be that of a place.
const KNOWN_BY: usize = 8;
/// Longest sentence of which a visit is told by a place alone, in words.
const LONGEST_HINT: usize = 20;

/// Whether a word of a question for places speaks of a way through them.
fn travels(word: &str, stems: &Stems) -> bool {
    TRAVELS.split_whitespace().any(|listed| stems.same(listed, word))
        || Lexicon::shared().classes(word) & (MOVE | STAY | SEE) != 0
        || word.len() > 4 && word.ends_with("ly")
}

/// Whether a verb names a relation to places of its own.
fn is_other(verb: &str, stems: &Stems) -> bool {
    among(ELSEWHERE, verb) || OTHER.split_whitespace().any(|other| stems.same(other, verb))
}

/// Whether a word of the question stands where its verb does: behind the name or an auxiliary, or with the ending
/// of a participle.
fn is_verb(list: &[&str], of_names: &[String], word: &str) -> bool {
    let Some(at) = list.iter().position(|own| *own == word) else { return false };
    let follows = at > 0
        && (among(AUXILIARIES, list[at - 1])
            || of_names.iter().any(|name| name == list[at - 1])
            || list[at - 1].ends_with("ly"));
    follows || word.len() > 4 && ["ed", "ing"].iter().any(|ending| word.ends_with(ending))
}

/// Whether a name stands behind a preposition of place: "in Oslo", "to Oslo".
fn is_placed(list: &[&str], of_names: &[String]) -> bool {
    list.windows(2).any(|two| {
        among("in at to into through from", two[0]) && of_names.iter().any(|name| name == two[1])
    })
}

/// Whether a word of the question means being or going somewhere.
fn is_visit(word: &str, stems: &Stems) -> bool {
    let listed = VISITS.split_whitespace().any(|visit| stems.same(visit, word));
    listed || Lexicon::shared().classes(word) & MOVE != 0
}

/// Whether a sentence tells that somebody was at a place: by a word for it, or by nothing else than who
/// and where.
fn tells_of_visit(reader: &Reader, text: &str, question: &CountQuestion) -> bool {
    let sure = question.names.len() > 1;
    let tokens = reader.tokens(text);
    let says = |list: &str| tokens.iter().any(|token| among(list, &token.folded));
    let visits = tokens
        .iter()
        .any(|token| token.classes & (MOVE | STAY) != 0 || among(VISITS, &token.folded));
    // "Could not pass it without a visit."
    let always = says("not never") && says("without");
    if says(NOT_THERE) && !always || !visits && says(ELSEWHERE) {
        return false;
    }
    // A short sentence with a place in it and nobody else tells of being there.
    let short = tokens.len() <= LONGEST_HINT && question.expected == Expected::Place;
    let placed = || {
        spans::spans(text, Expected::Place).into_iter().any(|range| {
            let host = tokens.iter().find(|token| token.start >= range.end);
            let hosts = host.is_some_and(|token| among(HOSTS, &token.folded));
            !question.names.iter().any(|name| name.contains(&text[range.clone()]))
                && (spans::is_placed(text, &range) || hosts)
        })
    };
    sure || visits || short && placed()
}

/// Whether a sentence that says nothing of a visit names a place that other sentences tell to be one:
/// "Oslo had her among its callers".
fn names_a_place(reader: &Reader, text: &str, question: &CountQuestion) -> Result<bool> {
    let tokens = reader.tokens(text);
    let says = |list: &str| tokens.iter().any(|token| among(list, &token.folded));
    if tokens.len() > LONGEST_HINT || says(NOT_THERE) || says(ELSEWHERE) {
        return Ok(false);
    }
    let Some(place) = differing(text, question) else { return Ok(false) };
    let Some(pattern) = Pattern::phrase(&place) else { return Ok(false) };
    let ids = reader.last_mentions(&[pattern], &[], LONGEST, KNOWN_BY)?;
    Ok(reader.read(&ids)?.iter().any(|read| {
        spans::spans(&read.text, Expected::Place)
            .into_iter()
            .any(|range| read.text[range.clone()] == place && spans::is_placed(&read.text, &range))
    }))
}

/// Counts; `None` if no fact is found.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn count(reader: &Reader, question: &CountQuestion) -> Result<Option<Finding>> {
    let mut all: Vec<Pattern> =
        question.names.iter().filter_map(|name| Pattern::phrase(name)).collect();
    let is_visit = |verb: &String| is_visit(verb, reader.stems);
    let visits = question.verbs.iter().any(is_visit);
    for verb in question.verbs.iter().filter(|verb| !is_visit(verb)) {
        let mut pattern = Pattern::word(verb, reader.stems);
        pattern.or(&thesaurus::same_meaning(verb, reader.stems));
        all.push(pattern);
    }
    let mut ids = reader.last_mentions(&all, &[], LONGEST, FACTS)?;
    let complete = ids.len() < FACTS;
    let mut read: Vec<Read> = Vec::new();
    if visits {
        // Of two names in one sentence one is the place; of one name it has to be said.
        let placed = question.expected == Expected::Place;
        for sentence in reader.read(&ids)? {
            if tells_of_visit(reader, &sentence.text, question)
                || placed && names_a_place(reader, &sentence.text, question)?
            {
                read.push(sentence);
            }
        }
        ids = read.iter().map(|sentence| sentence.id).collect();
    }
    if ids.is_empty() {
        return Ok(None);
    }
    if question.asked == Asked::Times {
        let answer = Some(ids.len().to_string());
        let evidence = ids.iter().map(|id| (*id, 1)).collect();
        return Ok(Some(Finding { answer, evidence, incomplete: !complete }));
    }
    let mut kinds: BTreeMap<String, Vec<SentenceId>> = BTreeMap::new();
    if !visits {
        read = reader.read(&ids)?;
    }
    for sentence in &read {
        if let Some(span) = differing(&sentence.text, question) {
            kinds.entry(span).or_default().push(sentence.id);
        }
    }
    let mut kinds: Vec<(String, Vec<SentenceId>)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, ids)| ids[0]);
    if question.asked == Asked::Most {
        let most = kinds.iter().map(|(_, ids)| ids.len()).max().unwrap_or(0);
        kinds.retain(|(_, ids)| ids.len() == most);
    }
    if kinds.is_empty() {
        return Ok(None);
    }
    let names: Vec<&str> = kinds.iter().map(|(name, _)| name.as_str()).collect();
    let answer = match question.asked {
        Asked::HowMany => format!("{}: {}", names.len(), names.join(", ")),
        _ => names.join(", "),
    };
    let evidence = kinds.iter().flat_map(|(_, ids)| ids.iter().map(|id| (*id, 1))).collect();
    Ok(Some(Finding { answer: Some(answer), evidence, incomplete: !complete }))
}

/// How surely a name is that of a place, by the word before it.
fn placed_by(text: &str, range: &std::ops::Range<usize>) -> u8 {
    let before = words::folded_words(&text[..range.start]).last().unwrap_or_default();
    let towns = "in to into through via towards toward visit visited visiting reach reached for";
    match (among(towns, &before), spans::is_placed(text, range)) {
        (true, _) => 2,
        (false, true) => 1,
        _ => 0,
    }
}

/// The span of a fact that the question does not name.
fn differing(text: &str, question: &CountQuestion) -> Option<String> {
    let named = |span: &str| {
        let folded = words::folded(span);
        question.names.iter().any(|name| {
            let name = words::folded(name);
            name == folded || name.contains(&folded) || folded.contains(&name)
        })
    };
    let expected = match question.expected {
        Expected::Anything | Expected::Explanation => Expected::Place,
        other => other,
    };
    let mut ranges = spans::spans(text, expected);
    if expected == Expected::Place {
        ranges.retain(|range| {
            !words::folded_words(&text[range.clone()]).all(|word| spans::is_time_word(&word))
        });
        // "In the Swan at Oslo": what stands behind "in" or "to" before anything else.
        ranges.sort_by_key(|range| std::cmp::Reverse(placed_by(text, range)));
    }
    let span = ranges
        .into_iter()
        .map(|range| {
            // "To Oslo Ines Marl paid a visit": two names side by side.
            let mut span = &text[range];
            for name in &question.names {
                span = span.strip_suffix(name.as_str()).unwrap_or(span).trim_end();
                span = span.strip_prefix(name.as_str()).unwrap_or(span).trim_start();
            }
            span.to_owned()
        })
        // "In March Ilse Brandt came": a time beside the name.
        .find(|span| {
            let timed = words::folded_words(span).all(|word| spans::is_time_word(&word));
            !span.is_empty() && !timed && !named(span)
        })?;
    Some(names::without_titles(&span).to_owned()).filter(|span| !span.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<(Asked, Vec<String>)> {
        CountQuestion::of(&Question::of(text, &Stems::default())).map(|q| (q.asked, q.verbs))
    }

    #[test]
    fn counted_is_what_the_verb_says() {
        let meet = || vec!["meet".to_owned()];
        assert_eq!(asked("How often did Omar Bell meet Ines Marl?"), Some((Asked::Times, meet())));
        assert_eq!(asked("Which people did Omar Bell meet?"), Some((Asked::Each, meet())));
        assert_eq!(
            asked("Which person did Omar Bell meet most often?"),
            Some((Asked::Most, meet()))
        );
        assert_eq!(asked("How many people did Omar Bell meet?"), Some((Asked::HowMany, meet())));
        assert_eq!(
            asked("How many letters did Omar Bell write to Ines Marl?").map(|(asked, _)| asked),
            Some(Asked::Times)
        );
        let visit = |asked| Some((asked, vec!["visit".to_owned()]));
        assert_eq!(
            asked("What is the village that Omar Bell visited more than all others?"),
            visit(Asked::Most)
        );
        assert_eq!(asked("Which city welcomed Omar Bell most often?"), visit(Asked::Most));
        assert_eq!(
            asked("Tally the visits of Omar Bell to Oslo.").map(|(asked, _)| asked),
            Some(Asked::Times)
        );
        assert_eq!(asked("Who did Omar Bell meet?"), None);
        assert_eq!(asked("How many eggs are in the box?"), None);
    }
}
