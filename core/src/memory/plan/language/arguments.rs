//! What stands behind a verb: its objects, where to, where and where from, with whom, and the small words that
//! turn what it says.
//!
//! ```text
//! verb [particle] [himself] [OBJECT [of OBJECT]] [preposition NOUN] ...
//! ```
//! What that means is told by the class of the verb, in `statement`.

use super::grammar::{
    AT, DETERMINERS, FURNITURE, ON_PERSON, OVER_BODY, PARTICLES, PARTS, STOPPING, TO, among,
    is_noun, keeper_in, noun, noun_end, place_phrase,
};
use super::lexicon::{Classes, DROP, GIVE, HOLD, JOIN, MOVE, PUT, RECEIVE, SEE, STAY, TAKE};
use crate::memory::answer::spans::is_time_word;
use crate::memory::index::stems::irregular_forms;
use crate::memory::index::stopwords;
use crate::memory::plan::reader::Token;

/// Words before a verb among which a negation belongs to it.
const NEGATION_REACH: usize = 5;
/// Prepositions that only say next to what or on what something is.
pub(in crate::memory::plan) const BESIDE: &str =
    "by near on against beside under underneath beneath behind over above below";
/// Prepositions behind which no object stands, nor a place that somebody comes to.
const OTHER: &str =
    "across upon along past around round beyond about without between among with against";
/// Words that point back at the subject.
pub(in crate::memory::plan) const REFLEXIVE: &str =
    "himself herself themselves itself myself ourselves yourself";

/// Nouns that say how or when somebody is somewhere: "at present", "at last", "at a run".
const NOWHERE: &str = "way point halt rest stop standstill home end present last first once least length ease \
    peace run trot walk gallop pace speed signal sound sight thought request bidding behest invitation rate \
    stroke break dawn dusk nightfall daybreak sunset sunrise haste hurry silence person time leisure random appearance";
/// What stands behind a verb.
#[derive(Debug, Default)]
pub(in crate::memory::plan) struct Arguments {
    /// Noun phrases without a preposition, two at most.
    pub objects: Vec<String>,
    /// Where to, where, and where from.
    pub to: Option<String>,
    pub inside: Option<String>,
    pub from: Option<String>,
    /// Whether `inside` is only what is next to the place, or on it.
    pub beside: bool,
    /// What is put on or into what somebody wears or carries.
    pub on_person: bool,
    /// What somebody goes with.
    pub company: Option<String>,
    /// Who goes along.
    pub companion: Option<String>,
    /// Whose hands something comes into, or leaves.
    pub keeper: Option<String>,
    pub loser: Option<String>,
    /// Whether what stands behind "to" and behind "from" is a name.
    pub named: [bool; 2],
    /// Whether the first object is a name.
    pub object_named: bool,
    /// "Of" stands between the objects: "relieved Omar of the lamp".
    pub deprives: bool,
    /// The first object is the subject: "took himself off".
    pub reflexive: bool,
    /// It is the subject's alone: "has the barn to himself".
    pub alone: bool,
    /// `to` is only what somebody goes through.
    passing: bool,
    pub negated: bool,
    pub further: bool,
    pub leads: bool,
    pub sets_out: bool,
    pub seizes: bool,
    pub parts: bool,
    /// "There", "behind".
    pub stays: bool,
}

impl Arguments {
    /// Reads what stands behind the verb at `verb`, which belongs to `classes`, and tells where it ends.
    pub(in crate::memory::plan) fn of(
        text: &str,
        tokens: &[Token],
        verb: usize,
        classes: Classes,
    ) -> (Self, usize) {
        let mut out = Self { negated: is_negated(tokens, verb), ..Self::default() };
        let mut at = verb + 1;
        while let Some(token) = tokens.get(at) {
            let word = token.folded.as_str();
            let gap = &text[tokens[at - 1].end..token.start];
            if gap.contains(['.', ';', ':', '!', '?', ',', '—']) {
                break;
            }
            out.negated |= among("not longer no", word);
            out.further |= among("further farther longer more anymore", word);
            let next = tokens.get(at + 1).map_or("", |next| next.folded.as_str());
            // "Under one arm", "into a pocket": on the person.
            if among("under over on across around round in into inside beneath", word)
                && !out.objects.is_empty()
            {
                let end = noun_end(text, tokens, at + 1);
                let of_other = tokens.get(end).is_some_and(|token| token.folded == "of");
                let worn = among("his her their", next)
                    && among(OVER_BODY, &tokens[end.max(1) - 1].folded);
                let carried = among(ON_PERSON, &tokens[end.max(1) - 1].folded) || worn;
                if end > at + 1 && !of_other && carried {
                    out.on_person = true;
                    at = end;
                    continue;
                }
            }
            // "In exchange for": another thing.
            if word == "in" && among("exchange return", next) {
                break;
            }
            // "By now", "by then": a time.
            if word == "by" && among("now then", next) {
                at += 2;
                continue;
            }
            // "Has the barn to himself."
            if word == "to" && among(REFLEXIVE, next) {
                out.alone = true;
                at += 2;
                continue;
            }
            let out_of = word == "out" && next == "of";
            // "Passed the lamp on to Ines", "went across to the attic".
            let leading = among("on across through round around", word) && among(TO, next);
            if among(PARTICLES, word) && !out_of
                || leading
                || among("not no longer now currently still further farther anymore any", word)
                || (word.ends_with("ly") && !token.capital)
            {
                out.leads |= among("off away over back", word);
                out.sets_out |= among("off out forth", word);
                out.seizes |= word == "hold";
                out.parts |= among("up away", word);
                out.stays |= among("there here behind", word);
                out.deprives |= word == "of" && (out.objects.len() == 1 || out.reflexive);
                at += 1;
                continue;
            }
            if among(REFLEXIVE, word) && at == verb + 1 {
                out.reflexive = true;
                at += 1;
                continue;
            }
            if word == "with" {
                // "Walked off with the lamp", "went to the attic with Ines".
                let end = noun_end(text, tokens, at + 1);
                let determined = end > at + 2 && among(DETERMINERS, next);
                let named = end > at + 1 && tokens[at + 1].capital;
                if named && out.companion.is_none() {
                    out.companion = Some(noun(&tokens[at + 1..end]));
                } else if determined
                    && (classes & (MOVE | GIVE) != 0 || out.reflexive || out.sets_out)
                    && out.company.is_none()
                {
                    out.company = Some(noun(&tokens[at + 1..end]));
                } else {
                    break;
                }
                at = end;
                continue;
            }
            // "Headed for the barn", "left for the barn", "left it in favour of the barn".
            let favours = word == "in" && among("favour favor", next);
            let bound = favours
                || word == "for"
                    && (classes & (MOVE | DROP) != 0 || out.sets_out && out.objects.is_empty());
            let puts = classes & (PUT | DROP) != 0 && !out.objects.is_empty();
            let beside = among(BESIDE, word);
            at += usize::from(out_of) + 2 * usize::from(favours);
            if among(TO, word)
                || out_of
                || among(AT, word)
                || bound
                || word == "from"
                || beside && puts
            {
                let Some(end) = out.place(text, tokens, verb, at, (word, out_of, bound), puts)
                else {
                    break;
                };
                at = end;
                continue;
            }
            if word == "behind"
                && classes & STAY != 0
                && tokens.get(at + 1).is_none_or(|next| !among(DETERMINERS, &next.folded))
            {
                out.stays = true;
                at += 1;
                continue;
            }
            if among(OTHER, word) {
                break;
            }
            // "Wanted the lamp and took it": the thing named before.
            if out.objects.is_empty() && among("it them", word) {
                let named = |at: &usize| among("the a an", &tokens[*at].folded);
                let bare = |at: &usize| {
                    let before = at.checked_sub(1).map_or("", |at| tokens[at].folded.as_str());
                    ![TO, AT, BESIDE, OTHER].into_iter().any(|list| among(list, before))
                };
                let from = (0..verb).rev().find(|at| named(at) && bare(at));
                let Some(from) = from.or_else(|| (0..verb).rev().find(named)) else { break };
                let end = noun_end(text, &tokens[..verb], from);
                out.objects.extend((end > from + 1).then(|| noun(&tokens[from..end])));
                at += 1;
                continue;
            }
            let acts = TAKE | DROP | HOLD | PUT;
            if word.ends_with("ing") && token.classes & acts != 0 && !is_noun(tokens, at) {
                break;
            }
            let mut end = noun_end(text, tokens, at);
            // "Relieved Omar of the lamp".
            end -= usize::from(end > at && tokens[end - 1].folded == "of");
            if end == at || out.objects.len() == 2 || out.to.is_some() || out.inside.is_some() {
                break;
            }
            let (phrase, of, whole) = place_phrase(text, tokens, at);
            let keeper = keeper_in(&phrase, of.as_deref())
                .filter(|_| out.objects.is_empty() && classes & (DROP | MOVE) != 0);
            match keeper {
                // "The lamp left Ines's hands."
                Some(name) => {
                    end = whole;
                    let slot = if classes & DROP != 0 { &mut out.loser } else { &mut out.keeper };
                    *slot = Some(name);
                }
                None => {
                    out.object_named |= out.objects.is_empty() && tokens[at].capital;
                    out.objects.push(noun(&tokens[at..end]));
                }
            }
            at = end;
        }
        (out, at)
    }

    /// Reads the place behind the preposition at `at` (with whether it is "out of", and whether it says where to)
    /// and tells where it ends; `None` if none is there.
    fn place(
        &mut self,
        text: &str,
        tokens: &[Token],
        verb: usize,
        at: usize,
        (word, out_of, bound): (&str, bool, bool),
        puts: bool,
    ) -> Option<usize> {
        let (phrase, of, end) = place_phrase(text, tokens, at + 1);
        // "Went to see to it", "went to fetch the lamp": what for, and not where to.
        let infinitive = word == "to"
            && tokens.get(at + 1).is_some_and(|next| {
                let acts = TAKE | DROP | GIVE | RECEIVE | JOIN | PUT | SEE;
                !next.capital
                    && (next.classes & acts != 0
                        || irregular_forms(&next.folded)
                            .is_some_and(|forms| forms[0] == next.folded))
            });
        if phrase.is_empty() || infinitive {
            return None;
        }
        let whence = word == "from" || out_of;
        if let Some(name) = keeper_in(&phrase, of.as_deref()) {
            let own = first_name(&tokens[..verb]).is_some();
            let other = tokens[at + 1..end].iter().any(|token| token.capital);
            if !whence && own && !other && self.objects.is_empty() {
                // "Came into possession of the lamp."
                self.objects.push(name);
                self.seizes = true;
            } else if whence {
                self.loser = Some(name);
            } else {
                self.keeper = Some(name);
            }
            return Some(end);
        }
        let head = |noun: &str| noun.rsplit(' ').next().unwrap_or_default().to_owned();
        // "The porter's lodge" is another one than the gardener's.
        let owned = tokens[at + 1..end].iter().any(|token| token.owns);
        let phrase = match of {
            Some(of) if among(PARTS, &head(&phrase)) => of,
            Some(_) if owned => noun(&tokens[at + 1..end]),
            _ => phrase,
        };
        // "On the way to the attic", "in that place": nowhere yet.
        let that = among("that this the same its", &tokens[at + 1].folded);
        let nowhere = among(NOWHERE, &phrase) || among("place spot", &phrase) && that;
        // "In 2019", "in March": when, and not where.
        let when = phrase.bytes().all(|byte| byte.is_ascii_digit()) || is_time_word(&head(&phrase));
        if nowhere || when || puts && among(FURNITURE, &head(&phrase)) {
            return Some(end);
        }
        let capital = tokens[end - 1].capital;
        self.named[usize::from(word == "from")] |= capital && word != "in" && word != "at";
        if whence {
            self.from = Some(phrase);
        } else if among(TO, word) || bound {
            // "Into the attic through the side door", "to the attic to the sound of bells": the first is reached.
            let reached = self.to.is_some() && !self.passing && among("to through", word);
            self.passing = word == "through" && (self.to.is_none() || self.passing);
            if !reached {
                self.to = Some(phrase);
            }
        } else if self.inside.is_none() {
            self.inside = Some(phrase);
            // "In a box": a thing that nobody spoke of before is no place that is known.
            self.beside =
                among(BESIDE, word) || puts && among("a an some one", &tokens[at + 1].folded);
        }
        Some(end)
    }
}

/// Whether what the verb says is denied: "did not want to carry it", "stopped carrying it".
fn is_negated(tokens: &[Token], verb: usize) -> bool {
    let before = tokens[..verb].iter().rev().take(NEGATION_REACH);
    let denies =
        |token: &Token| among("not longer never", &token.folded) || among(STOPPING, &token.folded);
    // "Not long afterwards" denies nothing.
    let soon = |two: &[Token]| two[0].folded == "not" && two[1].folded == "long";
    before.take_while(|token| token.folded != "and").any(denies)
        && !tokens[..verb].windows(2).any(soon)
}

/// The first name of a sentence.
pub(in crate::memory::plan) fn first_name(tokens: &[Token]) -> Option<String> {
    let nobody = "nobody none somebody someone everybody everyone anybody";
    let named = |token: &Token| {
        token.capital && !stopwords::is_stopword(&token.folded) && !among(nobody, &token.folded)
    };
    let start = tokens.iter().position(named)?;
    let end = tokens[start..].iter().position(|token| !token.capital);
    Some(noun(&tokens[start..end.map_or(tokens.len(), |end| start + end)]))
}
