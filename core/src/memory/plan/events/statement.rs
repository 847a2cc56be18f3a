//! Statements of who goes where and who has what, taken out of simple sentences.
//!
//! ```text
//! SUBJECT verb [particle] [OBJECT] [preposition NOUN]...      one event per verb of the lexicon
//! ```
//! The subject is the noun phrase before the verb, auxiliaries and adverbs skipped; a coordinated
//! verb inherits it. What the words mean comes from the classes of `lexicon`. Sentences of other
//! forms give no events, or events marked as not filling the sentence.

use super::either::open_places;
use super::event::{Act, Event};
use super::exchange::{exchange, in_return};
use super::fronted::{uncleft, unfronted};
use super::letting::let_have;
use super::participle::with_subject;
use super::passive::{is_passive, passive};
use super::reflexive::reflexive;
use super::sequence::{closes, in_order, left_behind};
use super::unreal::is_unreal;
use crate::memory::plan::chinese::tale;
use crate::memory::plan::language::arguments::{Arguments, REFLEXIVE, first_name};
use crate::memory::plan::language::entry::{LONGEST_LEAD, body};
use crate::memory::plan::language::grammar::{DETERMINERS, REPORTING, among, is_noun};
use crate::memory::plan::language::lexicon::{
    Classes, DROP, GIVE, HOLD, JOIN, Lexicon, MOVE, PUT, RECEIVE, SEE, STAY, TAKE,
};
use crate::memory::plan::language::subject::{LONGEST_ADVERBIAL, companion, subjects};
use crate::memory::plan::reader::{Token, tokens};
use crate::memory::segment::words::is_ideograph;

/// Words before "that" with which a sentence reports at most.
const LONGEST_REPORT: usize = 12;
/// Verbs behind which a place is named without a preposition.
const REACHING: &str =
    "visit visits visited visiting reach reaches reached reaching enter enters entered entering";
/// Verbs with which something comes where it belongs.
const RETURNING: &str = "return returns returned";

/// The events that `text` states.
pub fn events(text: &str, lexicon: &Lexicon) -> Vec<Event> {
    if text.chars().any(is_ideograph) {
        return tale::events(text);
    }
    let text = body(text);
    let tokens = tokens(text, lexicon);
    let mut out = open_places(text, &tokens);
    if !out.is_empty() {
        return out;
    }
    let turned = unfronted(text, &tokens).or_else(|| uncleft(text, &tokens));
    if let Some(told) = turned.or_else(|| with_subject(text, &tokens)) {
        return events(&told, lexicon);
    }
    let mut last: Vec<String> = Vec::new();
    let mut at = 0;
    // The token of the verb that each event was told by.
    let mut verbs: Vec<usize> = Vec::new();
    while at < tokens.len() {
        verbs.resize(out.len(), at);
        let token = &tokens[at];
        let acts = MOVE | TAKE | DROP | GIVE | RECEIVE | HOLD | STAY | PUT | JOIN;
        if let Some((event, end)) = let_have(text, &tokens, at) {
            out.push(event);
            verbs.push(at);
            at = end;
            continue;
        }
        if let Some((events, end)) = exchange(text, &tokens, at) {
            out.extend(events);
            verbs.resize(out.len(), at);
            at = end;
            continue;
        }
        // "Armed himself with the lamp": any verb may take its subject for its object.
        let itself = tokens.get(at + 1).is_some_and(|next| among(REFLEXIVE, &next.folded));
        let acts_here = token.classes & acts != 0 || makes_for(&tokens, at) || itself;
        let verb = acts_here && at > 0 && !token.capital;
        if !verb || is_noun(&tokens, at) || is_unreal(&tokens, at) {
            at += 1;
            continue;
        }
        // "Had" holds something only if something follows: "had the lamp", not "had admired the lamp".
        let has = among("has had having", &token.folded);
        let held = |next: &Token| next.capital || among(DETERMINERS, &next.folded);
        if has && !tokens.get(at + 1).is_some_and(held) {
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
            // "Was seen to drop the lamp": the verb behind tells.
            let raises = tokens.get(at + 1).is_some_and(|two| two.folded == "to");
            if !raises && next.is_some_and(|next| next.classes & acts == 0) {
                let end = passive(text, &tokens, at, &mut out);
                at = end.max(at + 1);
            }
            continue;
        }
        // "Was left holding the lamp": the next verb tells.
        if is_passive(&tokens, at)
            && next.is_some_and(|next| next.folded.ends_with("ing") && next.classes & acts != 0)
        {
            at += 1;
            continue;
        }
        let transitive = TAKE | DROP | GIVE | HOLD | PUT;
        if is_passive(&tokens, at) && token.classes & transitive != 0 {
            let end = passive(text, &tokens, at, &mut out);
            at = end.max(at + 1);
            continue;
        }
        // "Walked away carrying the lamp": whoever did that before.
        let along = token.folded.ends_with("ing") && !last.is_empty() && !be_before(&tokens, at);
        let (mut who, start) = if along { (Vec::new(), at) } else { subjects(text, &tokens, at) };
        if who.is_empty() && last.is_empty() && start > 0 && tokens[start - 1].folded == "and" {
            // "Ines opened the door and entered the barn": a verb that tells nothing came before.
            who.extend(first_name(&tokens));
        }
        let cleft = tokens[0].folded == "it" && start > 0 && tokens[start - 1].folded == "that";
        if who.is_empty() && (cleft || start > 0 && tokens[start - 1].folded == "who") {
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
            // "Together with Omar, Ines went to the barn."
            if event.act == Act::At && event.place.is_some() {
                event.subjects.extend(companion(&tokens[..start]));
            }
            // An adverbial may stand before the subject: "a little later", "on the next day".
            let comma = start > 0
                && start <= LONGEST_LEAD
                && tokens
                    .get(start)
                    .is_some_and(|own| text[tokens[start - 1].end..own.start].contains(','));
            // "Reached out and took", "stayed where Ines had put it": a verb that told nothing came before.
            let joined = start > 0 && among("and where who so", &tokens[start - 1].folded);
            // "It is known that Ines went", "they say Ines went".
            let reported = start > 0
                && start <= LONGEST_REPORT
                && (tokens[start - 1].folded == "that"
                    || among(REPORTING, &tokens[start - 1].folded));
            let opens = comma
                || joined
                || along
                || reported
                || start <= LONGEST_ADVERBIAL
                    && tokens[..start]
                        .iter()
                        .enumerate()
                        .all(|(at, t)| t.classes & acts == 0 && (at == 0 || !t.capital));
            event.fills = (opens || !out.is_empty()) && closes(&tokens[end.min(tokens.len())..]);
            // "Went to the attic without the lamp".
            let left = left_behind(text, &tokens, end, &event);
            let returned = in_return(text, &tokens, end, &event);
            out.extend(left.into_iter().chain([event]).chain(returned));
            verbs.resize(out.len(), at);
        }
        at = end.max(at + 1);
    }
    verbs.resize(out.len(), at);
    in_order(text, &tokens, out, &verbs)
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
    let (said, end) = Arguments::of(text, tokens, verb, classes);
    let word = tokens[verb].folded.as_str();
    let event = (!subjects.is_empty()).then(|| meaning(word, classes, subjects, said)).flatten();
    (event, end)
}

/// What the verb `word` of `classes` with these arguments tells of its subjects; `None` if nothing.
fn meaning(
    word: &str,
    classes: Classes,
    subjects: Vec<String>,
    mut said: Arguments,
) -> Option<Event> {
    let mut event = Event {
        act: Act::At,
        subjects,
        object: None,
        place: None,
        recipient: None,
        beside: false,
        fills: false,
    };
    let object = said.objects.first().cloned();
    let bare = among(
        "refuge shelter cover residence lodgings quarters cold seat place position post",
        object.as_deref().unwrap_or(""),
    );
    let person_to_person = said.named == [true, true] && classes & MOVE != 0 && object.is_none();
    let take = |mut event: Event, object: Option<String>| {
        (event.act, event.object) = (Act::Take, object);
        Some(event)
    };
    if let Some(name) = said.keeper {
        // "The lamp was in the hands of Ines", "Omar put the lamp into the hands of Ines".
        let giver = std::mem::replace(&mut event.subjects, vec![name.clone()]);
        if let Some(object) = object {
            (event.act, event.object, event.recipient) = (Act::Give, Some(object), Some(name));
            event.subjects = giver;
            return Some(event);
        }
        return take(event, giver.into_iter().next());
    }
    if let Some(name) = said.loser.take().filter(|_| object.is_none()) {
        // "The lamp slipped from the hands of Ines."
        event.act = Act::Drop;
        event.object = std::mem::replace(&mut event.subjects, vec![name]).into_iter().next();
        return Some(event);
    }
    if person_to_person && let (Some(to), Some(from)) = (&said.to, &said.from) {
        // "The lamp went from Omar to Ines."
        event.act = Act::Give;
        event.object = event.subjects.first().cloned();
        event.recipient = Some(to.clone());
        event.subjects = vec![from.clone()];
        return Some(event);
    }
    if said.reflexive {
        return reflexive(event, word, said);
    }
    if said.on_person && object.is_some() {
        return take(event, object);
    }
    if classes & GIVE != 0 && said.company.is_some() && object.is_some() {
        // "Presented Ines with the lamp."
        (event.act, event.object, event.recipient) = (Act::Give, said.company, object);
        return Some(event);
    }
    if said.company.is_some() {
        event.place = said.to.or(said.inside);
        return take(event, said.company);
    }
    if classes & GIVE != 0 && object.is_some() {
        if said.objects.get(1).is_some_and(|o| among("visit call", o)) {
            // "Gave the barn a visit."
            event.place = object;
            return Some(event);
        }
        if said.to.is_some() || said.objects.len() > 1 {
            event.act = Act::Give;
            (event.recipient, event.object) = match said.objects.len() {
                1 => (said.to, object),
                _ => (object, said.objects.pop()),
            };
            return Some(event);
        }
        if said.parts {
            // "Gave up the lamp", "gave it away".
            (event.act, event.object) = (Act::Drop, object);
            return Some(event);
        }
    }
    if classes & TAKE != 0 && said.deprives && said.objects.len() > 1 {
        // "Relieved Omar of the lamp."
        return take(event, said.objects.pop());
    }
    if classes & (TAKE | HOLD | GIVE | MOVE) != 0
        && said.object_named
        && said.objects.len() == 1
        && said.to.is_some()
        && !said.named[0]
    {
        // "Duty took Ines to the barn", "Omar brought her there": whoever is brought is there.
        event.place = said.to;
        if classes & GIVE != 0 {
            event.subjects.clear();
        }
        event.subjects.extend(object);
        return Some(event);
    }
    if classes & HOLD != 0 && said.alone && object.is_some() {
        // "Had the barn to himself."
        event.place = object;
        return Some(event);
    }
    if classes & (TAKE | RECEIVE) != 0 && said.named[1] && object.is_some() && !said.negated {
        // "Accepted the lamp from Omar."
        event.act = Act::Give;
        event.object = object;
        event.recipient = event.subjects.first().cloned();
        event.subjects = said.from.into_iter().collect();
        return Some(event);
    }
    if said.seizes && said.negated && object.is_some() {
        // "Was no longer in possession of the lamp."
        (event.act, event.object) = (Act::Drop, object);
        return Some(event);
    }
    if classes & (RECEIVE | HOLD) != 0 && said.object_named && !said.negated && said.to.is_none() {
        // "The barn received Omar": if that is a place, he is there.
        event.place = event.subjects.pop();
        event.subjects = object.into_iter().collect();
        event.beside = true;
        return Some(event);
    }
    if (classes & RECEIVE != 0 || said.seizes) && object.is_some() {
        return take(event, object);
    }
    if said.sets_out && classes & PUT != 0 && object.is_none() && said.to.is_some() {
        // "Set out for the barn."
        event.place = said.to;
        return Some(event);
    }
    if classes & (TAKE | HOLD) != 0 && said.negated && object.is_some() {
        // "Took the lamp no further"; but who did not take it may never have had it.
        (event.act, event.object) = (Act::Drop, object);
        return (said.further || classes & HOLD != 0).then_some(event);
    }
    if classes & TAKE != 0 && bare && (said.to.is_some() || said.inside.is_some()) {
        // "Took refuge in the barn."
        event.place = said.inside.or(said.to);
        return Some(event);
    }
    if classes & TAKE != 0 && object.is_some() {
        event.beside = said.to.is_none();
        event.place = said.to.or(said.inside);
        return take(event, object);
    }
    if classes & PUT != 0 && object.is_some() && said.named[0] && said.to.is_some() {
        // "Tossed the lamp to Ines."
        (event.act, event.object, event.recipient) = (Act::Give, object, said.to);
        return Some(event);
    }
    if classes & PUT != 0 && object.is_some() {
        (event.act, event.object, event.beside) = (Act::Drop, object, said.beside);
        event.place = said.inside.or(said.to);
        return Some(event);
    }
    if classes & DROP != 0 && said.negated && object.is_some() {
        // "Did not leave the lamp behind."
        return take(event, object);
    }
    if classes & DROP != 0 && said.to.is_some() {
        event.place = said.to;
        return Some(event);
    }
    if classes & DROP != 0 && object.is_some() {
        (event.act, event.object, event.beside) = (Act::Drop, object, said.beside);
        event.place = said.inside;
        return Some(event);
    }
    if classes & HOLD != 0 && object.is_some() {
        event.place = said.to;
        return take(event, object);
    }
    event.subjects.extend(said.companion);
    if classes & JOIN != 0 {
        // "Joined Omar in the barn": both are there.
        event.place = said.to.or(said.inside);
        event.subjects.extend(object);
        return event.place.is_some().then_some(event);
    }
    if classes & MOVE != 0 {
        // "Returned the lamp."
        if object.is_some() && said.to.is_none() && among(RETURNING, word) {
            (event.act, event.object, event.place) = (Act::Drop, object, said.inside);
            return Some(event);
        }
        // "Slipped the lamp" is no place to go to; what is moved somewhere is there.
        let named = said.object_named && !among(REACHING, word);
        let entered = object.clone().filter(|_| classes & (GIVE | TAKE) == 0 && !named);
        event.object = object.filter(|_| said.to.is_some() && !said.object_named);
        event.place = said.to.or(entered).or(said.inside);
        return (event.place.is_some() && said.from != event.place).then_some(event);
    }
    if classes & PUT != 0 && object.is_none() && classes & MOVE == 0 && said.inside.is_some() {
        // "Was hiding in the barn."
        (event.place, event.beside) = (said.inside, said.beside);
        return Some(event);
    }
    if classes & STAY != 0 && said.objects.is_empty() && said.inside.is_none() && said.stays {
        // "The lamp stayed behind."
        event.act = Act::Drop;
        event.object = event.subjects.pop();
        event.subjects.push(String::new());
        return Some(event);
    }
    if classes & STAY != 0 && said.objects.is_empty() {
        event.act = if said.negated { Act::NotAt } else { Act::At };
        event.beside = said.beside;
        // "Was off to the barn"
        event.place = said.inside.or(said.to.filter(|_| said.leads));
        return event.place.is_some().then_some(event);
    }
    None
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
            ("Ines relieved Omar of the lamp.", event(Take, "ines", "lamp", "", "")),
            ("Omar presented Ines with the lamp.", event(Give, "omar", "lamp", "", "ines")),
            ("Ines accepted the lamp from Omar.", event(Give, "omar", "lamp", "", "ines")),
            ("Omar passed the lamp on to Ines.", event(Give, "omar", "lamp", "", "ines")),
            ("Ines joined Omar in the barn.", event(At, "ines+omar", "", "barn", "")),
            ("Omar is said to have gone to the barn.", event(At, "omar", "", "barn", "")),
            ("Omar was seen carrying the lamp.", event(Take, "omar", "lamp", "", "")),
            ("It was in the barn that Omar got the lamp.", event(Take, "omar", "lamp", "barn", "")),
            ("The lamp left the hands of Omar.", event(Drop, "omar", "lamp", "", "")),
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
