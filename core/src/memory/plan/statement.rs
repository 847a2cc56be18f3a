//! Statements of who goes where and who has what, taken out of simple sentences.
//!
//! ```text
//! SUBJECT verb [particle] [OBJECT] [preposition NOUN]...      one event per verb of the lexicon
//! ```
//! The subject is the noun phrase before the verb, auxiliaries and adverbs skipped; a coordinated
//! verb inherits it. What the words mean comes from the classes of `lexicon`. Sentences of other
//! forms give no events, or events marked as not filling the sentence.

use super::lexicon::{DROP, GIVE, HOLD, Lexicon, MOVE, PUT, RECEIVE, SEE, STAY, TAKE};
use super::reader::{Token, tokens};
use crate::memory::index::stopwords;

/// What happens in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The subject goes to or is at the place.
    At,
    /// The subject is not, or no longer, at the place.
    NotAt,
    /// The subject has the object from now on.
    Take,
    /// The subject has the object no more.
    Drop,
    /// The recipient has the object from now on.
    Give,
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

const DETERMINERS: &str =
    "the a an his her their its my your our this that these those some another";
const PARTICLES: &str =
    "up down back away off over along out there here straight again together aside next hold of";
const AUXILIARIES: &str = "then had has have later also next now just soon finally afterwards was is \
    were are not no longer currently still already did be been being eventually could can may \
    might would will";
const TO: &str = "to into toward towards onto inside through";
const AT: &str = "in at inside on within near by outside";
/// Parts of the body and of clothes: what is put there is taken along.
const ON_PERSON: &str = "arm arms hand hands pocket pockets belt coat cloak sleeve bosom breast shoulder \
    shoulders apron lap fist palm jacket waistcoat";
/// Words that introduce a sentence at most.
const LONGEST_LEAD: usize = 8;
/// Words of an adverbial before the subject at most.
const LONGEST_ADVERBIAL: usize = 5;
const PRONOUNS: &str = "he she they it him her them i we you";

/// Whether `word` is one of the words of `list`.
pub(super) fn among(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|member| member == word)
}

/// A noun phrase without its determiner, folded: "the old key" gives "old key".
pub fn noun(phrase: &[Token]) -> String {
    let words: Vec<&str> = phrase
        .iter()
        .map(|token| token.folded.as_str())
        .skip_while(|word| among(DETERMINERS, word))
        .collect();
    words.join(" ")
}

/// Whether two nouns name the same thing: equal, or one is the other's head or first name.
pub fn same_noun(one: &str, other: &str) -> bool {
    let ends = |long: &str, short: &str| {
        !short.is_empty()
            && (long.strip_suffix(short).is_some_and(|rest| rest.ends_with(' '))
                || long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' ')))
    };
    one == other || ends(one, other) || ends(other, one)
}

/// The end of the noun phrase of `tokens` that begins at `from`.
pub fn noun_end(text: &str, tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while let Some(token) = tokens.get(at) {
        let gap = if at > from { &text[tokens[at - 1].end..token.start] } else { " " };
        let joined = matches!(gap, " " | "-" | "\n")
            || (gap == ". " && tokens[at - 1].folded.len() <= 3 && token.capital);
        let determiner = at == from && among(DETERMINERS, &token.folded);
        let of = at > from && token.folded == "of" && at + 1 < tokens.len();
        let dull = stopwords::is_stopword(&token.folded) && !determiner && !of && !token.capital;
        let particle = at > from && among(PARTICLES, &token.folded);
        let verb = at > from && !token.capital && token.classes & (MOVE | GIVE) != 0;
        let second = at > from && among(DETERMINERS, &token.folded);
        if !joined || dull || particle || second || (verb && tokens[at - 1].capital) {
            break;
        }
        at += 1;
    }
    at
}

/// The subjects that end before token `verb`, and where they begin.
fn subjects(text: &str, tokens: &[Token], verb: usize) -> (Vec<String>, usize) {
    let mut end = verb;
    while end > 0 {
        let word = tokens[end - 1].folded.as_str();
        let adverb = word.ends_with("ly") && !tokens[end - 1].capital;
        if !(among(AUXILIARIES, word) || adverb) {
            break;
        }
        end -= 1;
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

/// A sentence without what introduces it: "Later he wrote: the lamp is here" gives "the lamp is here".
pub fn body(text: &str) -> &str {
    match text.find(": ") {
        Some(colon) if text[..colon].split_whitespace().count() <= LONGEST_LEAD => {
            &text[colon + 2..]
        }
        _ => text,
    }
}

/// The events that `text` states.
pub fn events(text: &str, lexicon: &Lexicon) -> Vec<Event> {
    let text = body(text);
    let tokens = tokens(text, lexicon);
    let mut out: Vec<Event> = Vec::new();
    let mut last: Vec<String> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        let acts = MOVE | TAKE | DROP | GIVE | RECEIVE | HOLD | STAY | PUT;
        if token.classes & acts == 0 || (token.capital && at > 0) || at == 0 {
            at += 1;
            continue;
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
        let (mut who, start) = subjects(text, &tokens, at);
        if who.is_empty() {
            who = last.clone();
        } else {
            last.clone_from(&who);
        }
        let (event, end) = event_of(text, &tokens, at, who);
        if let Some(mut event) = event {
            // An adverbial may stand before the subject: "a little later", "on the next day".
            let opens = start <= LONGEST_ADVERBIAL
                && tokens[..start]
                    .iter()
                    .enumerate()
                    .all(|(at, t)| t.classes & acts == 0 && (at == 0 || !t.capital));
            let closes = end >= tokens.len() || tokens[end].folded == "and";
            event.fills = (opens || !out.is_empty()) && closes;
            out.push(event);
        }
        at = end.max(at + 1);
    }
    out
}

/// Whether the verb at `verb` is a participle behind a form of "to be".
fn is_passive(tokens: &[Token], verb: usize) -> bool {
    let be =
        |token: &Token| ["is", "are", "was", "were", "be", "been"].contains(&token.folded.as_str());
    !tokens[verb].folded.ends_with("ing")
        && tokens[..verb].last().is_some_and(be)
        && tokens[verb].classes & STAY == 0
}

/// Adds the event of a passive verb: "the lamp was taken to the attic by Ines", "Ines was seen in
/// the attic". Answers the token behind what belongs to it.
fn passive(text: &str, tokens: &[Token], verb: usize, out: &mut Vec<Event>) -> usize {
    let (who, start) = subjects(text, tokens, verb);
    let (mut place, mut agent, mut recipient) = (None, Vec::new(), None);
    let mut at = verb + 1;
    while let Some(token) = tokens.get(at) {
        let word = token.folded.as_str();
        if among(PARTICLES, word) || (word.ends_with("ly") && !token.capital) {
            at += 1;
            continue;
        }
        let (to, inside) = (among(TO, word), among(AT, word));
        if !(to || inside || word == "by") {
            break;
        }
        let end = noun_end(text, tokens, at + 1);
        if end == at + 1 {
            break;
        }
        let found = noun(&tokens[at + 1..end]);
        if word == "by" {
            agent = vec![found];
        } else if tokens[verb].classes & GIVE != 0 && to {
            recipient = Some(found);
        } else {
            place = Some(found);
        }
        at = end;
    }
    let object = who.first().cloned();
    let (act, subjects, object) = match (tokens[verb].classes, agent.is_empty()) {
        (classes, _) if classes & GIVE != 0 && recipient.is_some() => (Act::Give, agent, object),
        (classes, false) if classes & (DROP | PUT) != 0 => (Act::Drop, agent, object),
        (_, false) => (Act::Take, agent, object),
        (_, true) if place.is_some() => (Act::At, who, None),
        _ => return at,
    };
    let subjects = if subjects.is_empty() { vec![String::new()] } else { subjects };
    let opens = start <= LONGEST_ADVERBIAL
        && tokens[..start].iter().enumerate().all(|(at, token)| {
            token.classes & (MOVE | TAKE | GIVE | PUT) == 0 && (at == 0 || !token.capital)
        });
    let fills = opens && at >= tokens.len();
    out.push(Event { act, subjects, object, place, recipient, fills });
    at
}

/// The event of the verb at `verb`, and the token after what belongs to it.
fn event_of(
    text: &str,
    tokens: &[Token],
    verb: usize,
    subjects: Vec<String>,
) -> (Option<Event>, usize) {
    let classes = tokens[verb].classes;
    let (mut objects, mut to, mut inside, mut from) = (Vec::new(), None, None, None);
    let (mut on_person, mut company, mut leads) = (false, None, false);
    let mut negated = tokens[..verb].iter().rev().take(2).any(|t| t.folded == "not");
    let mut at = verb + 1;
    while let Some(token) = tokens.get(at) {
        let word = token.folded.as_str();
        if text[tokens[at - 1].end..token.start].contains(['.', ';', ':', '!', '?', ',', '—']) {
            break;
        }
        if word == "not" || word == "longer" {
            negated = true;
        }
        if among(PARTICLES, word)
            || among("not no longer now currently still", word)
            || (word.ends_with("ly") && !token.capital)
        {
            leads |= among("off away over back", word);
            at += 1;
            continue;
        }
        // "under one arm", "into a pocket": on the person.
        if among("under over on across in into inside beneath", word) && !objects.is_empty() {
            let end = noun_end(text, tokens, at + 1);
            if end > at + 1 && among(ON_PERSON, &tokens[end - 1].folded) {
                on_person = true;
                at = end;
                continue;
            }
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
        let bound = word == "for" && classes & (MOVE | DROP) != 0;
        let preposition = among(TO, word) || among(AT, word) || bound || word == "from";
        if preposition {
            let end = noun_end(text, tokens, at + 1);
            if end == at + 1 {
                break;
            }
            let noun = noun(&tokens[at + 1..end]);
            if word == "from" {
                from = Some(noun);
            } else if among(TO, word) || bound {
                to = Some(noun);
            } else if inside.is_none() {
                inside = Some(noun);
            }
            at = end;
            continue;
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
    let done = if on_person && object.is_some() {
        (event.act, event.object) = (Act::Take, object);
        true
    } else if company.is_some() {
        (event.act, event.object, event.place) = (Act::Take, company, to.or(inside));
        true
    } else if classes & GIVE != 0 && object.is_some() && (to.is_some() || objects.len() > 1) {
        event.act = Act::Give;
        (event.recipient, event.object) = match objects.len() {
            1 => (to, object),
            _ => (object, objects.pop()),
        };
        true
    } else if classes & RECEIVE != 0 && object.is_some() {
        event.act = Act::Take;
        event.object = object;
        true
    } else if classes & TAKE != 0 && object.is_some() {
        (event.act, event.object, event.place) = (Act::Take, object, to);
        true
    } else if classes & PUT != 0 && object.is_some() {
        (event.act, event.object, event.place) = (Act::Drop, object, inside.or(to));
        true
    } else if classes & DROP != 0 && to.is_some() {
        event.place = to;
        true
    } else if classes & DROP != 0 && object.is_some() {
        (event.act, event.object, event.place) = (Act::Drop, object, inside);
        true
    } else if classes & HOLD != 0 && object.is_some() {
        event.act = if negated { Act::Drop } else { Act::Take };
        (event.object, event.place) = (object, to);
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
        events(text, &Lexicon::default())
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
            ("Ines entered the cellar.", event(At, "ines", "", "cellar", "")),
            ("Ines picked up the brass lamp there.", event(Take, "ines", "brass lamp", "", "")),
            ("Ines took the lamp to the barn.", event(Take, "ines", "lamp", "barn", "")),
            ("Ines walked off with the brass lamp.", event(Take, "ines", "brass lamp", "", "")),
            ("Ines ran to the barn with the lamp.", event(Take, "ines", "lamp", "barn", "")),
            ("Ines slipped the lamp into a pocket.", event(Take, "ines", "lamp", "", "")),
            ("Ines tucked the lamp under her arm.", event(Take, "ines", "lamp", "", "")),
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
        assert_eq!(body("Ratio 3:1 was kept."), "Ratio 3:1 was kept.");
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
