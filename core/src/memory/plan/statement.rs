//! Statements of who goes where and who has what, taken out of simple sentences.
//!
//! ```text
//! SUBJECT verb [particle] [OBJECT] [preposition NOUN]...      one event per verb of the lexicon
//! ```
//! The subject is the noun phrase before the verb, auxiliaries and adverbs skipped; a coordinated
//! verb inherits it. What the words mean comes from the classes of `lexicon`. Sentences of other
//! forms give no events, or events marked as not filling the sentence.

use super::either::open_places;
use super::entry::{LONGEST_LEAD, body};
use super::fronted::unfronted;
use super::grammar::{
    AT, AUXILIARIES, DETERMINERS, FURNITURE, ON_PERSON, PARTICLES, PARTS, STOPPING, TO, among,
    is_noun, keeper_in, noun, noun_end, place_phrase, says_no_more,
};
use super::letting::let_have;
use super::lexicon::{DROP, GIVE, HOLD, Lexicon, MOVE, PUT, RECEIVE, SEE, STAY, TAKE};
use super::passive::{is_passive, passive};
use super::reader::{Token, tokens};
use crate::memory::index::stopwords;

/// What happens in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The subject goes to or is at the place.
    At,
    /// The subject is not, or no longer, at the place.
    NotAt,
    /// The subject is at this place or at that of another such event of the sentence.
    MayBeAt,
    /// The subject has the object from now on.
    Take,
    /// The subject has the object no more.
    Drop,
    /// The recipient has the object from now on.
    Give,
    /// The subject takes the object, or drops it if it has it: what the sentence tells is not known.
    Handle,
}

/// One event; nouns are folded, without determiners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happens.
    pub act: Act,
    /// Who does it.
    pub subjects: Vec<String>,
    /// With what.
    pub object: Option<String>,
    /// Where, or whereto.
    pub place: Option<String>,
    /// Who is given the object.
    pub recipient: Option<String>,
    /// Whether the sentence says nothing else.
    pub fills: bool,
}

/// Words before a verb among which a negation belongs to it.
const NEGATION_REACH: usize = 5;
/// Words of an adverbial before the subject at most.
pub(super) const LONGEST_ADVERBIAL: usize = 5;
const PRONOUNS: &str = "he she they it him her them i we you";

/// The subjects that end before token `verb`, and where they begin.
pub(super) fn subjects(text: &str, tokens: &[Token], verb: usize) -> (Vec<String>, usize) {
    let mut end = verb;
    while end > 0 {
        let word = tokens[end - 1].folded.as_str();
        let adverb = word.ends_with("ly") && !tokens[end - 1].capital;
        if !(among(AUXILIARIES, word) || among(STOPPING, word) || adverb) {
            break;
        }
        end -= 1;
    }
    // "Ines, for a change, went to the attic": what commas set off is left out.
    let comma = |at: usize| text[tokens[at - 1].end..tokens[at].start].contains(',');
    if end > 0 && end < tokens.len() && comma(end) {
        let opens = (1..end).rev().take(LONGEST_ADVERBIAL).find(|at| comma(*at));
        end = opens.filter(|at| tokens[at - 1].capital).unwrap_or(end);
    }
    let mut start = end;
    while start > 0 {
        let token = &tokens[start - 1];
        if start < end && !matches!(&text[token.end..tokens[start].start], " " | "-" | ". " | "\n")
        {
            break;
        }
        let and = token.folded == "and"
            && start < end
            && start > 1
            && tokens[start].capital == tokens[start - 2].capital;
        let determiner = among(DETERMINERS, &token.folded);
        let pronoun = among(PRONOUNS, &token.folded);
        if pronoun && start == end {
            return (Vec::new(), start - 1);
        }
        let dull =
            stopwords::is_stopword(&token.folded) || stopwords::opens_sentences(&token.folded);
        // "a little later Ines": what stands before a name is not part of it.
        let before_name = start < end && tokens[start].capital && !token.capital;
        if !and && !determiner && (dull || before_name) {
            break;
        }
        start -= 1;
        if determiner {
            let before = start > 1 && tokens[start - 1].folded == "and";
            if !before {
                break;
            }
        }
    }
    let found: Vec<String> = tokens[start..end]
        .split(|token| token.folded == "and")
        .map(noun)
        .filter(|noun| !noun.is_empty())
        .collect();
    (found, start)
}

/// The events that `text` states.
pub fn events(text: &str, lexicon: &Lexicon) -> Vec<Event> {
    let text = body(text);
    let tokens = tokens(text, lexicon);
    let mut out = open_places(text, &tokens);
    if !out.is_empty() {
        return out;
    }
    if let Some(told) = unfronted(text, &tokens) {
        return events(&told, lexicon);
    }
    let mut last: Vec<String> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let acts = MOVE | TAKE | DROP | GIVE | RECEIVE | HOLD | STAY | PUT;
        if let Some((event, end)) = let_have(text, &tokens, at) {
            out.push(event);
            at = end;
            continue;
        }
        let acts_here = token.classes & acts != 0 || makes_for(&tokens, at);
        let verb = acts_here && at > 0 && !token.capital;
        if !verb || is_noun(&tokens, at) {
            at += 1;
            continue;
        }
        // "Had" holds something only if something follows: "had the lamp", not "had admired the lamp".
        let has = among("has had having", &token.folded);
        if has && !tokens.get(at + 1).is_some_and(|next| among(DETERMINERS, &next.folded)) {
            let auxiliary = tokens.get(at + 1).is_some_and(|next| next.classes & acts != 0);
            if !auxiliary {
                at += 1;
                continue;
            }
        }
        // An auxiliary before another verb belongs to that verb.
        let be = ["is", "are", "was", "were", "be", "been", "has", "had", "have", "could"]
            .contains(&token.folded.as_str());
        let next = tokens.get(at + 1);
        if be
            && next.is_some_and(|next| {
                !next.capital && (next.classes & (acts | SEE) != 0 || next.folded == "found")
            })
        {
            at += 1;
            if next.is_some_and(|next| next.classes & acts == 0) {
                let end = passive(text, &tokens, at, &mut out);
                at = end.max(at + 1);
            }
            continue;
        }
        let transitive = TAKE | DROP | GIVE | HOLD | PUT;
        if is_passive(&tokens, at) && token.classes & transitive != 0 {
            let end = passive(text, &tokens, at, &mut out);
            at = end.max(at + 1);
            continue;
        }
        // "Walked away carrying the lamp": whoever did that before.
        let joined = token.folded.ends_with("ing") && !last.is_empty() && !be_before(&tokens, at);
        let (mut who, start) = if joined { (Vec::new(), at) } else { subjects(text, &tokens, at) };
        if who.is_empty() && last.is_empty() && start > 0 && tokens[start - 1].folded == "and" {
            // "Ines opened the door and entered the barn": a verb that tells nothing came before.
            who.extend(first_name(&tokens));
        }
        if who.is_empty() && start > 0 && tokens[start - 1].folded == "who" {
            // "Ines was the one who took it."
            who.extend(first_name(&tokens[..start]));
        }
        if who.is_empty() {
            who = last.clone();
        } else {
            last.clone_from(&who);
        }
        let (event, end) = event_of(text, &tokens, at, who);
        if let Some(mut event) = event {
            // An adverbial may stand before the subject: "a little later", "on the next day".
            let comma = start > 0
                && start <= LONGEST_LEAD
                && tokens
                    .get(start)
                    .is_some_and(|own| text[tokens[start - 1].end..own.start].contains(','));
            // "Reached out and took", "stayed where Ines had put it": a verb that told nothing came before.
            let joined = start > 0 && among("and where who so", &tokens[start - 1].folded);
            let opens = comma
                || joined
                || start <= LONGEST_ADVERBIAL
                    && tokens[..start]
                        .iter()
                        .enumerate()
                        .all(|(at, t)| t.classes & acts == 0 && (at == 0 || !t.capital));
            let closes = says_no_more(&tokens[end.min(tokens.len())..])
                || tokens.get(end).is_some_and(|token| token.folded == "and");
            event.fills = (opens || !out.is_empty()) && closes;
            out.push(event);
        }
        at = end.max(at + 1);
    }
    out
}

/// The first name of a sentence.
fn first_name(tokens: &[Token]) -> Option<String> {
    let named = |token: &Token| token.capital && !stopwords::is_stopword(&token.folded);
    let start = tokens.iter().position(named)?;
    let end = tokens[start..].iter().position(|token| !token.capital);
    Some(noun(&tokens[start..end.map_or(tokens.len(), |end| start + end)]))
}

/// Whether somebody makes for a place.
fn makes_for(tokens: &[Token], at: usize) -> bool {
    let near = tokens[at + 1..].iter().take(2);
    among("make makes made", &tokens[at].folded) && near.into_iter().any(|t| t.folded == "for")
}

/// Whether a form of "to be" stands before the word at `at`: "was still carrying".
fn be_before(tokens: &[Token], at: usize) -> bool {
    let near = tokens[..at].iter().rev().take(2);
    near.into_iter().any(|token| among("is are was were be been", &token.folded))
}

/// The event of the verb at `verb`, and the token after what belongs to it.
fn event_of(
    text: &str,
    tokens: &[Token],
    verb: usize,
    subjects: Vec<String>,
) -> (Option<Event>, usize) {
    let classes = if makes_for(tokens, verb) { MOVE } else { tokens[verb].classes };
    let (mut objects, mut to, mut inside, mut from) = (Vec::new(), None, None, None);
    let (mut on_person, mut company, mut leads) = (false, None, false);
    let (mut keeper, mut loser, mut named, mut parts) = (None, None, [false; 2], false);
    let (mut sets_out, mut seizes, mut further) = (false, false, false);
    // "Did not want to carry it", "stopped carrying it".
    let mut negated = tokens[..verb]
        .iter()
        .rev()
        .take(NEGATION_REACH)
        .take_while(|token| token.folded != "and")
        .any(|token| among("not longer never", &token.folded) || among(STOPPING, &token.folded))
        // "Not long afterwards"
        && !tokens[..verb].windows(2).any(|two| two[0].folded == "not" && two[1].folded == "long");
    let mut at = verb + 1;
    while let Some(token) = tokens.get(at) {
        let word = token.folded.as_str();
        if text[tokens[at - 1].end..token.start].contains(['.', ';', ':', '!', '?', ',', '—']) {
            break;
        }
        negated |= among("not longer no", word);
        further |= among("further farther longer more anymore", word);
        // "under one arm", "into a pocket": on the person.
        if among("under over on across in into inside beneath", word) && !objects.is_empty() {
            let end = noun_end(text, tokens, at + 1);
            let of_other = tokens.get(end).is_some_and(|token| token.folded == "of");
            if end > at + 1 && !of_other && among(ON_PERSON, &tokens[end - 1].folded) {
                on_person = true;
                at = end;
                continue;
            }
        }
        let out_of = word == "out" && tokens.get(at + 1).is_some_and(|next| next.folded == "of");
        if among(PARTICLES, word) && !out_of
            || among("not no longer now currently still further farther anymore any", word)
            || (word.ends_with("ly") && !token.capital)
        {
            leads |= among("off away over back", word);
            sets_out |= among("off out forth", word);
            seizes |= word == "hold";
            parts |= among("up away", word);
            at += 1;
            continue;
        }
        // "walked off with the lamp"
        if word == "with" && classes & MOVE != 0 && company.is_none() {
            let end = noun_end(text, tokens, at + 1);
            if end > at + 2 && among(DETERMINERS, &tokens[at + 1].folded) {
                company = Some(noun(&tokens[at + 1..end]));
                at = end;
                continue;
            }
        }
        // "headed for the barn", "left for the barn"
        let bound =
            word == "for" && (classes & (MOVE | DROP) != 0 || sets_out && objects.is_empty());
        let against = among("against beside under underneath beneath behind", word);
        at += usize::from(out_of);
        let preposition = among(TO, word)
            || out_of
            || among(AT, word)
            || bound
            || word == "from"
            || against && classes & (PUT | DROP) != 0 && !objects.is_empty();
        if preposition {
            let (phrase, of, end) = place_phrase(text, tokens, at + 1);
            if phrase.is_empty() {
                break;
            }
            let capital = tokens[end - 1].capital;
            let noun = phrase;
            if let Some(name) = keeper_in(&noun, of.as_deref()) {
                let own = first_name(&tokens[..verb]).is_some();
                let other = tokens[at + 1..end].iter().any(|token| token.capital);
                if word != "from" && !out_of && own && !other && objects.is_empty() {
                    // "Came into possession of the lamp."
                    objects.push(name);
                    seizes = true;
                } else if word == "from" || out_of {
                    loser = Some(name);
                } else {
                    keeper = Some(name);
                }
                at = end;
                continue;
            }
            let noun = match of {
                Some(of) if among(PARTS, noun.rsplit(' ').next().unwrap_or_default()) => of,
                _ => noun,
            };
            let puts = classes & (PUT | DROP) != 0 && !objects.is_empty();
            if puts && among(FURNITURE, noun.rsplit(' ').next().unwrap_or_default()) {
                at = end;
                continue;
            }
            // "On the way to the attic", "in that place": nowhere yet.
            let nowhere = among("way point", &noun)
                || among("place spot", &noun)
                    && among("that this the same", &tokens[at + 1].folded);
            if nowhere {
                at = end;
                continue;
            }
            named[usize::from(word == "from")] |= capital && word != "in" && word != "at";
            if word == "from" || out_of {
                from = Some(noun);
            } else if among(TO, word) || bound {
                to = Some(noun);
            } else if inside.is_none() {
                inside = Some(noun);
            }
            at = end;
            continue;
        }
        // "Wanted the lamp and took it": the thing named before.
        if objects.is_empty() && among("it them", word) {
            let before = tokens[..verb].iter().rposition(|token| among("the a an", &token.folded));
            let Some(from) = before else { break };
            let end = noun_end(text, &tokens[..verb], from);
            objects.extend((end > from + 1).then(|| noun(&tokens[from..end])));
            at += 1;
            continue;
        }
        let acts = TAKE | DROP | HOLD | PUT;
        if word.ends_with("ing") && token.classes & acts != 0 && !is_noun(tokens, at) {
            break;
        }
        let end = noun_end(text, tokens, at);
        if end == at || objects.len() == 2 || to.is_some() || inside.is_some() {
            break;
        }
        objects.push(noun(&tokens[at..end]));
        at = end;
    }
    if subjects.is_empty() {
        return (None, at);
    }
    let mut event =
        Event { act: Act::At, subjects, object: None, place: None, recipient: None, fills: false };
    let object = objects.first().cloned();
    let bare = among(
        "refuge shelter cover residence lodgings quarters cold seat place position post",
        object.as_deref().unwrap_or(""),
    );
    let person_to_person = named == [true, true] && classes & MOVE != 0 && object.is_none();
    let done = if let Some(name) = keeper {
        // "The lamp was in the hands of Ines", "Omar put the lamp into the hands of Ines".
        let giver = std::mem::replace(&mut event.subjects, vec![name.clone()]);
        if let Some(object) = object {
            (event.act, event.object, event.recipient) = (Act::Give, Some(object), Some(name));
            event.subjects = giver;
        } else {
            (event.act, event.object) = (Act::Take, giver.into_iter().next());
        }
        true
    } else if let Some(name) = loser
        && object.is_none()
    {
        // "The lamp slipped from the hands of Ines."
        event.act = Act::Drop;
        event.object = std::mem::replace(&mut event.subjects, vec![name]).into_iter().next();
        true
    } else if person_to_person && let (Some(to), Some(from)) = (&to, &from) {
        // "The lamp went from Omar to Ines."
        event.act = Act::Give;
        event.object = event.subjects.first().cloned();
        event.recipient = Some(to.clone());
        event.subjects = vec![from.clone()];
        true
    } else if on_person && object.is_some() {
        (event.act, event.object) = (Act::Take, object);
        true
    } else if company.is_some() {
        (event.act, event.object, event.place) = (Act::Take, company, to.or(inside));
        true
    } else if classes & GIVE != 0 && objects.get(1).is_some_and(|o| among("visit call", o)) {
        // "Gave the barn a visit."
        event.place = object;
        true
    } else if classes & GIVE != 0 && object.is_some() && (to.is_some() || objects.len() > 1) {
        event.act = Act::Give;
        (event.recipient, event.object) = match objects.len() {
            1 => (to, object),
            _ => (object, objects.pop()),
        };
        true
    } else if classes & GIVE != 0 && object.is_some() && parts {
        // "Gave up the lamp", "gave it away".
        (event.act, event.object) = (Act::Drop, object);
        true
    } else if classes & RECEIVE != 0 && object.is_some() {
        event.act = Act::Take;
        event.object = object;
        true
    } else if seizes && object.is_some() {
        (event.act, event.object) = (Act::Take, object);
        true
    } else if sets_out && classes & PUT != 0 && object.is_none() && to.is_some() {
        // "Set out for the barn."
        event.place = to;
        true
    } else if classes & (TAKE | HOLD) != 0 && negated && object.is_some() {
        // "Took the lamp no further"; but who did not take it may never have had it.
        (event.act, event.object) = (Act::Drop, object);
        further || classes & HOLD != 0
    } else if classes & TAKE != 0 && bare && (to.is_some() || inside.is_some()) {
        // "Took refuge in the barn."
        event.place = inside.or(to);
        true
    } else if classes & TAKE != 0 && object.is_some() {
        (event.act, event.object, event.place) = (Act::Take, object, to);
        true
    } else if classes & PUT != 0 && object.is_some() {
        (event.act, event.object, event.place) = (Act::Drop, object, inside.or(to));
        true
    } else if classes & DROP != 0 && negated && object.is_some() {
        // "Did not leave the lamp behind."
        (event.act, event.object) = (Act::Take, object);
        true
    } else if classes & DROP != 0 && to.is_some() {
        event.place = to;
        true
    } else if classes & DROP != 0 && object.is_some() {
        (event.act, event.object, event.place) = (Act::Drop, object, inside);
        true
    } else if classes & HOLD != 0 && object.is_some() {
        (event.act, event.object, event.place) = (Act::Take, object, to);
        true
    } else if classes & MOVE != 0 {
        // "Slipped the lamp" is no place to go to.
        let entered = object.filter(|_| classes & (GIVE | TAKE) == 0);
        event.place = to.or(entered).or(inside);
        event.place.is_some() && from.as_ref() != event.place.as_ref()
    } else if classes & STAY != 0 && objects.is_empty() {
        event.act = if negated { Act::NotAt } else { Act::At };
        // "Was off to the barn"
        event.place = inside.or(to.filter(|_| leads));
        event.place.is_some()
    } else {
        false
    };
    (done.then_some(event), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Act, String, String, String, String)> {
        let part = |part: Option<String>| part.unwrap_or_default();
        events(text, Lexicon::shared())
            .into_iter()
            .map(|e| {
                (e.act, e.subjects.join("+"), part(e.object), part(e.place), part(e.recipient))
            })
            .collect()
    }

    fn event(
        act: Act,
        who: &str,
        object: &str,
        place: &str,
        to: &str,
    ) -> (Act, String, String, String, String) {
        (act, who.to_owned(), object.to_owned(), place.to_owned(), to.to_owned())
    }

    #[test]
    fn simple_statements_are_events() {
        use Act::{At, Drop, Give, NotAt, Take};
        let cases = [
            ("Paula went back to the attic.", event(At, "paula", "", "attic", "")),
            (
                "Then Omar Bell hurried into the engine room.",
                event(At, "omar bell", "", "engine room", ""),
            ),
            ("Ines headed for the cellar.", event(At, "ines", "", "cellar", "")),
            ("Ines left the barn for the cellar.", event(At, "ines", "", "cellar", "")),
            ("A little later Ines entered the cellar.", event(At, "ines", "", "cellar", "")),
            ("Ines picked up the brass lamp there.", event(Take, "ines", "brass lamp", "", "")),
            ("Ines walked off with the brass lamp.", event(Take, "ines", "brass lamp", "", "")),
            ("Ines ran to the barn with the lamp.", event(Take, "ines", "lamp", "barn", "")),
            ("Ines slipped the lamp into a pocket.", event(Take, "ines", "lamp", "", "")),
            ("Ines tucked the lamp under her arm.", event(Take, "ines", "lamp", "", "")),
            ("Into a bag Ines dropped the lamp.", event(Take, "ines", "lamp", "", "")),
            ("Into the barn Ines carried the lamp.", event(Take, "ines", "lamp", "barn", "")),
            ("Then Ines was off to the barn.", event(At, "ines", "", "barn", "")),
            ("Paula put down the lamp.", event(Drop, "paula", "lamp", "", "")),
            ("Paula left the lamp in the shed.", event(Drop, "paula", "lamp", "shed", "")),
            ("Paula handed the lamp to Omar.", event(Give, "paula", "lamp", "", "omar")),
            ("Paula gave Omar the lamp.", event(Give, "paula", "lamp", "", "omar")),
            ("The lamp was taken along by Ines.", event(Take, "ines", "lamp", "", "")),
            ("The lamp was laid aside by Omar.", event(Drop, "omar", "lamp", "", "")),
            ("Ines could be found in the attic.", event(At, "ines", "", "attic", "")),
            ("The lamp was given to Omar by Ines.", event(Give, "ines", "lamp", "", "omar")),
            ("Omar is no longer in the attic.", event(NotAt, "omar", "", "attic", "")),
            ("Omar no longer had the lamp.", event(Drop, "omar", "lamp", "", "")),
            ("Omar stopped carrying the lamp.", event(Drop, "omar", "lamp", "", "")),
            ("Omar did not leave the lamp.", event(Take, "omar", "lamp", "", "")),
            ("Omar wanted the lamp and took it.", event(Take, "omar", "lamp", "", "")),
            ("Omar put the lamp on a table.", event(Drop, "omar", "lamp", "", "")),
            ("Omar gave up the lamp.", event(Drop, "omar", "lamp", "", "")),
            ("The lamp slipped from the hands of Omar.", event(Drop, "omar", "lamp", "", "")),
            ("Ines put the lamp into a bag.", event(Take, "ines", "lamp", "", "")),
            ("The lamp went from Ines to Omar.", event(Give, "ines", "lamp", "", "omar")),
            (
                "Omar Bell let Ines Marl take the lamp.",
                event(Give, "omar bell", "lamp", "", "ines marl"),
            ),
            ("Omar was given the lamp by Ines.", event(Give, "ines", "lamp", "", "omar")),
            ("The lamp is in the attic.", event(At, "lamp", "", "attic", "")),
            ("Ines and Omar travelled to the pier.", event(At, "ines+omar", "", "pier", "")),
        ];
        for (text, wanted) in cases {
            assert_eq!(said(text).first(), Some(&wanted), "{text}");
        }
    }

    #[test]
    fn what_introduces_a_sentence_is_left_out() {
        let said = said("In the margin of the page: Omar Bell hurried into the cellar.");
        assert_eq!(said, [event(Act::At, "omar bell", "", "cellar", "")]);
    }

    #[test]
    fn a_second_verb_has_the_same_subject() {
        use Act::{At, Take};
        assert_eq!(
            said("Ines took the lamp and walked to the barn."),
            [event(Take, "ines", "lamp", "", ""), event(At, "ines", "", "barn", "")]
        );
    }
}
