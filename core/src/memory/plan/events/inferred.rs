//! Events of short sentences whose verbs no rule knows, told by who and what stands in them.
//!
//! ```text
//! somebody, a place               is there from now on        "The attic was where Omar turned up."
//! a thing, somebody               has it from now on          "Omar's hand closed on the lamp."
//! a thing, somebody, "down" …     has it no more              "Omar was rid of the lamp."
//! a thing, two people             the second has it           "The lamp went from Omar to Ines."
//! ```
//! A noun is a place if a preposition of place stands before it, if another sentence tells that somebody
//! was there, or if the sentence says "where". Sentences that deny, ask or say more give no event.

use super::event::{Act, Event};
use crate::memory::index::names;
use crate::memory::index::stems::irregular_forms;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::{
    AUXILIARIES, FURNITURE, KEEPING, ON_PERSON, PARTS, among, noun, noun_end, same_noun,
};
use crate::memory::plan::language::lexicon::MOVE;
use crate::memory::plan::reader::Token;
use crate::memory::segment::words;

/// Words that say more than who, what and where, at most.
const OTHER_WORDS: usize = 5;
/// Words between "into" and somebody's hands at most, with both.
const BEFORE_HAND: usize = 4;
/// Prepositions of place, and those of them that may only say next to what somebody is.
const PREPOSITIONS: &str =
    "to into toward towards onto inside through in at within near by outside for on around across";
const WEAK: &str = "near by on around across for";
/// Words with which somebody parts with something.
const PARTING: &str = "down aside behind rid without part parted parting leave left leaving \
    leaves drop dropped drops drops dropping discard discarded abandon abandoned abandons lose lost \
    loses losing relinquish relinquished release released releases stash stashed set sets put puts laid \
    lay lays place placed places deposit deposited deposits rest rested forsook forsake forgot forgets \
    threw throw throws tossed freed unburdened relieved returned let lets surrendered surrender empty-handed";
/// Verbs with which something leaves the hands of whoever has it, where the thing is what the sentence is
/// about.
const FALLING: &str = "slip slips slipped fall falls fell tumble tumbles tumbled escape escaped dropped \
    stayed stays remained remains stood lay";
/// Words for having something at hand: "laid hands on the lamp", "took charge of it".
const SEIZING: &str =
    "claim hand hands hold possession charge grip custody grasp care fancy advantage";
/// Verbs of places that somebody comes to.
const HOSTING: &str = "saw sees received receives welcomed welcomes sheltered shelters greeted hosted housed \
    housing admitted swallowed took knew had found";
/// What a place is to somebody on his way.
const STOPS: &str = "stop halt place destination goal refuge whereabouts target";
/// Adverbs and irregular verbs that follow a noun and are none.
const PASTS: &str = "let put set soon then now once again next later last first finally afterwards saw held kept stood \
    found took went came got had was were met gave left lay sat ran is has became turned received \
    welcomed sheltered heard knew drew";
/// Nouns behind a determiner that are neither things nor places.
const ABSTRACT: &str = "way beeline tracks track time moment morning evening afternoon night day hour while \
    crowd course path stairs staircase steps steering lead need chance rest company sound rain dark same";
/// Nouns that open what people tell each other.
const HEARSAY: &str = "word rumour rumor news legend gossip talk report reports tradition";
/// Words for letting go of what somebody has a hold on.
const LOOSENING: &str =
    "loosen loosens loosened lose loses lost relax relaxes relaxed slacken slackened";
/// Words with which a sentence says that something is not so.
const DENIALS: &str = "not never no nobody none neither nor didn't wasn't hasn't hadn't if would might \
    should perhaps wanted hoped planned intended wished almost nearly asked wants hopes plans intends wishes will shall";

/// What somebody does who need not be where what he thinks or speaks of is.
const DISTANT: &str = "remember remembers remembered think thinks thought dream dreams dreamt dreamed speak spoke \
    talk talked ask asked describe described love loved loves hate hated avoid avoided miss missed mention mentioned \
    forget forgot own owns owned buy bought sell sold paint painted draw sketched praised knows know fear feared \
    dislike disliked like liked";

/// Where the words of `name` stand in a sentence.
fn position(tokens: &[Token], name: &str) -> Option<(usize, usize)> {
    let wanted: Vec<&str> = name.split(' ').collect();
    let bare = |token: &Token| {
        let word = token.folded.as_str();
        word.strip_suffix("'s").unwrap_or(word).to_owned()
    };
    (0..(tokens.len() + 1).checked_sub(wanted.len())?).find_map(|at| {
        let window = &tokens[at..at + wanted.len()];
        let same = window.iter().zip(&wanted).all(|(token, word)| bare(token) == *word);
        same.then_some((at, at + wanted.len()))
    })
}

/// The event that a sentence tells of `name`, somebody or something; `places` are known to be ones.
pub fn inferred(text: &str, tokens: &[Token], name: &str, places: &[String]) -> Option<Event> {
    let (first, end) = position(tokens, name)?;
    let ends = text.trim_end_matches(['"', '”', '\'', '’']);
    // "Would not go without the lamp", "could not resist it".
    let wants = tokens.windows(2).any(|two| {
        among("not never didn't wouldn't couldn't", &two[0].folded)
            && (among("resist", &two[1].folded)
                || tokens.iter().any(|token| among("without", &token.folded)))
    });
    let denied = !wants
        && tokens.iter().enumerate().any(|(at, token)| {
            let more = tokens.get(at + 1).is_some_and(|next| {
                token.folded == "no" && among("more longer further use need", &next.folded)
            });
            // "You would now find her in the attic."
            let now = token.folded == "would"
                && tokens[at + 1..].iter().take(2).any(|next| among("now have find", &next.folded));
            among(DENIALS, &token.folded) && !more && !now
        });
    if denied || ends.ends_with(['?', ':']) {
        return None;
    }
    // "A carved ivory lamp" is another lamp than "the ivory lamp".
    let before = first.checked_sub(1).map(|before| &tokens[before]);
    let other = before.is_some_and(|token| {
        let adjective = !stopwords::is_stopword(&token.folded) && token.classes == 0;
        !tokens[first].capital && !token.capital && (among("a an", &token.folded) || adjective)
    });
    if other {
        return None;
    }
    let is_person = tokens[first].capital && (first > 0 || tokens[end - 1].capital);
    let mut found = Vec::new();
    names::names(text, &mut found);
    let mut people: Vec<(usize, String)> = Vec::new();
    let mut used = vec![false; tokens.len()];
    used[first..end].fill(true);
    for person in found.iter().filter(|name| !name.uncertain || is_only_name(text, tokens, name)) {
        let inside = |token: &Token| person.start <= token.start && token.start < person.end;
        let Some(at) = tokens.iter().position(inside) else { continue };
        for (token, used) in tokens.iter().zip(&mut used) {
            *used |= inside(token);
        }
        if !is_person || at < first || at >= end {
            people
                .push((at, words::folded(names::without_titles(&text[person.start..person.end]))));
        }
    }
    // Nouns with a determiner besides the thing itself.
    let mut nouns: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let determined =
            ["the", "a", "an", "his", "her", "their"].contains(&tokens[at].folded.as_str());
        if used[at] || !determined {
            at += 1;
            continue;
        }
        let mut stop = noun_end(text, tokens, at).max(at + 1);
        // A name or a verb ends the phrase before the grammar of nouns does.
        let ends = |at: &usize| {
            let word = tokens[*at].folded.as_str();
            tokens[*at].capital || among(PASTS, word) || word.ends_with("ly")
        };
        stop = (at + 2..stop).find(ends).unwrap_or(stop);
        let own = (at + 1..stop).any(|at| used[at]);
        if !own && stop > at + 1 {
            nouns.push((at, noun(&tokens[at..stop])));
            used[at..stop].fill(true);
        }
        at = stop;
    }
    let rest = tokens.iter().zip(&used).filter(|(token, used)| {
        !**used && !stopwords::is_stopword(&token.folded) && !among(PREPOSITIONS, &token.folded)
    });
    if rest.count() > OTHER_WORDS {
        return None;
    }
    // "The way to the attic", "the door of the attic": what is not the place itself.
    let of_part = |at: usize, noun: &str| {
        let end = at + 1 + noun.split(' ').count();
        tokens.get(end).is_some_and(|token| token.folded == "of") && among(PARTS, noun)
    };
    let part_before = |at: usize| {
        at >= 2 && tokens[at - 1].folded == "of" && among(PARTS, &tokens[at - 2].folded)
    };
    let aside = |noun: &str| {
        let head = noun.rsplit(' ').next().unwrap_or_default();
        !is_person && !people.is_empty() && (among(FURNITURE, head) || among(ON_PERSON, head))
    };
    nouns.retain(|(at, noun)| !of_part(*at, noun) && !among(ABSTRACT, noun) && !aside(noun));
    nouns.retain(|(_, noun)| !noun.split(' ').any(|word| among(STOPS, word)));
    let where_ = tokens.iter().any(|token| token.folded == "where" || among(STOPS, &token.folded));
    // "For a visitor", "for an hour".
    let as_what = |at: usize| {
        among("a an", &tokens[at].folded) && at > 0 && among("for as", &tokens[at - 1].folded)
    };
    let is_place = |(at, noun): &&(usize, String)| {
        at.checked_sub(1).is_some_and(|before| among(PREPOSITIONS, &tokens[before].folded))
            && !as_what(*at)
            || part_before(*at)
            || where_
            || places.iter().any(|place| same_noun(place, noun))
    };
    let is_known = |(_, noun): &&(usize, String)| places.iter().any(|place| same_noun(place, noun));
    let is_weak =
        |at: usize| at.checked_sub(1).is_some_and(|before| among(WEAK, &tokens[before].folded));
    let placed = nouns
        .iter()
        .rfind(|noun| is_place(noun) && is_known(noun))
        .or_else(|| nouns.iter().rfind(|noun| is_place(noun) && !is_weak(noun.0)))
        .or_else(|| nouns.iter().rfind(is_place));
    let place = placed.map(|(_, noun)| noun.clone());
    let beside = placed.is_some_and(|noun| is_weak(noun.0) && !is_known(&noun));
    let n_places = nouns.iter().filter(is_place).count();
    // "Changed the hall for the attic": where somebody comes to stands behind "to", "into" or "for".
    let reached = |(at, _): &&(usize, String)| {
        at.checked_sub(1)
            .is_some_and(|before| among("to into toward towards onto for", &tokens[before].folded))
    };
    let destination = match nouns.iter().filter(reached).collect::<Vec<_>>().as_slice() {
        [(_, noun)] => Some(noun.clone()),
        _ => None,
    };
    let mut event = Event {
        act: Act::At,
        subjects: vec![name.to_owned()],
        object: None,
        place,
        recipient: None,
        beside,
        fills: true,
    };
    if is_person {
        // "Curiosity drew Ines into the barn": whoever stands before "to" goes there.
        let driven = tokens
            .get(end)
            .is_some_and(|next| among("to into toward towards onto inside", &next.folded))
            && first > 0
            && tokens[first - 1].folded != "and"
            && people.len() == 1;
        if driven && destination.is_some() {
            (event.place, event.beside) = (destination, false);
            return Some(event);
        }
        if tokens.iter().any(|token| among(DISTANT, &token.folded)) {
            return None;
        }
        let alone = people.is_empty() && (nouns.len() == 1 || n_places == 1);
        if people.is_empty() && nouns.len() > 1 && destination.is_some() {
            (event.place, event.beside) = (destination, false);
            return Some(event);
        }
        // "The attic welcomed Omar", "it was the attic that Omar entered".
        let hosts = tokens.iter().any(|token| among(HOSTING, &token.folded))
            && nouns.first().is_some_and(|(at, _)| *at == 0);
        let goes = tokens.iter().any(|token| !token.capital && token.classes & MOVE != 0);
        if let ([(_, noun)], true, None) = (nouns.as_slice(), hosts || goes, &event.place) {
            event.place = Some(noun.clone());
        }
        return (alone && event.place.is_some()).then_some(event);
    }
    let follows =
        |at: usize, list: &str| tokens.get(at + 1).is_some_and(|token| among(list, &token.folded));
    // "The porter snaffled the lamp": somebody who has no name.
    if people.is_empty()
        && let Some((0, doer)) = nouns.first().cloned()
        && first > 1 + doer.split(' ').count()
        && event.place.as_ref() != Some(&doer)
        && !among(FURNITURE, doer.rsplit(' ').next().unwrap_or_default())
        && !places.iter().any(|place| same_noun(place, &doer))
    {
        people.push((0, doer));
    }
    let falls = first == 0 || first == 1 && tokens[0].folded == "the";
    // "Off went Omar with the lamp."
    let with = tokens[..first].iter().rev().take(2).any(|token| token.folded == "with")
        && tokens.iter().any(|token| !token.capital && token.classes & MOVE != 0);
    // "Fell into Omar's hands", "went to Omar's keeping".
    let into_hands = (1..tokens.len()).any(|at| {
        let near = tokens[..at].iter().rev().take(BEFORE_HAND);
        among(KEEPING, &tokens[at].folded)
            && near.into_iter().any(|token| among("into to in", &token.folded))
    });
    let loosens = tokens.iter().any(|token| among(LOOSENING, &token.folded));
    let seizes = with
        || into_hands && !loosens
        || !(loosens || falls && tokens.iter().any(|token| among(FALLING, &token.folded)))
            && (0..tokens.len()).any(|at| {
                among(SEIZING, &tokens[at].folded) && follows(at, "on of upon over around about to")
            });
    let needless = (0..tokens.len())
        .any(|at| tokens[at].folded == "no" && follows(at, "more longer further use need"));
    let parts = !seizes
        && tokens.iter().enumerate().any(|(at, token)| {
            // "Made off with the lamp" is no parting.
            (among(PARTING, &token.folded) || among(LOOSENING, &token.folded))
                && !follows(at, "with")
                || falls && among(FALLING, &token.folded)
        })
        || needless;
    match people.as_slice() {
        [] if event.place.is_some() => Some(event),
        [(_, person)] => {
            event.act = match (seizes || wants, parts) {
                (true, _) => Act::Take,
                (_, true) => Act::Drop,
                _ => Act::Handle,
            };
            event.subjects = vec![person.clone()];
            event.object = Some(name.to_owned());
            Some(event)
        }
        [(one_at, one), (other_at, other)] => {
            let behind = |at: usize, word: &str| at > 0 && tokens[at - 1].folded == word;
            // "Ines had it from Omar", "it came to Ines from Omar": whoever stands behind "from" gives.
            let turned =
                behind(*other_at, "from") || (behind(*one_at, "to") && !behind(*other_at, "to"));
            let (giver, recipient) = if turned { (other, one) } else { (one, other) };
            event.act = Act::Give;
            event.subjects = vec![giver.clone()];
            event.recipient = Some(recipient.clone());
            event.object = Some(name.to_owned());
            event.place = None;
            Some(event)
        }
        _ => None,
    }
}

/// Whether a capitalised word that opens a sentence is a name all the same: no common word opens so, and what
/// follows is a verb, or belongs to it.
fn is_only_name(text: &str, tokens: &[Token], name: &names::Name) -> bool {
    let folded = words::folded(&text[name.start..name.end]);
    let at = tokens.iter().position(|token| token.start >= name.start);
    let acts = |at: usize| {
        tokens[at].owns
            || tokens.get(at + 1).is_some_and(|next| {
                let word = next.folded.as_str();
                next.classes != 0
                    || irregular_forms(word).is_some()
                    || among(AUXILIARIES, word)
                    || among(PASTS, word)
                    || word == "and"
                    || ["ed", "ly"].iter().any(|ending| word.ends_with(ending))
            })
    };
    !stopwords::is_stopword(&folded)
        && !stopwords::opens_sentences(&folded)
        && !among(HEARSAY, &folded)
        && at.is_some_and(acts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    fn told(text: &str, name: &str) -> Option<(Act, String, Option<String>)> {
        let list = tokens(text, Lexicon::shared());
        let event = inferred(text, &list, name, &["cellar".to_owned()])?;
        let other = event.recipient.or(event.place);
        Some((event.act, event.subjects[0].clone(), other))
    }

    #[test]
    fn events_are_told_by_who_and_what_is_there() {
        use Act::{At, Drop, Give, Handle, Take};
        let cases = [
            (
                "The attic was where Omar Bell turned up.",
                "omar bell",
                At,
                "omar bell",
                Some("attic"),
            ),
            ("The cellar soon saw Omar Bell again.", "omar bell", At, "omar bell", Some("cellar")),
            ("Omar laid hands on the brass lamp.", "brass lamp", Take, "omar", None),
            ("Omar's eye fell on the brass lamp.", "brass lamp", Handle, "omar", None),
            ("Omar was rid of the brass lamp.", "brass lamp", Drop, "omar", None),
            ("The brass lamp went from Omar to Ines.", "brass lamp", Give, "omar", Some("ines")),
            ("Ines had the brass lamp from Omar.", "brass lamp", Give, "omar", Some("ines")),
        ];
        for (text, name, act, who, other) in cases {
            let wanted = Some((act, who.to_owned(), other.map(str::to_owned)));
            assert_eq!(told(text, name), wanted, "{text}");
        }
        assert_eq!(told("Omar Bell never saw the attic.", "omar bell"), None);
        assert_eq!(told("Omar Bell admired the view.", "omar bell"), None);
    }
}
