//! Whether a sentence says who did something harmful, outright and not by what points to somebody.
//!
//! ```text
//! active     somebody, then a verb for the deed: "Omar stabbed him"; not "wished to stab", "may have stabbed"
//! passive    a verb for the deed, then "by" or "at the hands of" somebody
//! named      "Omar was the murderer", "the murderer, Omar Pask,"
//! owned up   "Omar confessed to the murder", "was hanged for it": what nobody says of the innocent
//! ```
//! "Somebody", "a stranger" and whoever is only accused, suspected or said not to have done it are no doers.

use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::clauses::entity::{is_of_anybody, is_of_people};
use crate::memory::plan::language::grammar::{DETERMINERS, among, is_participle};
use crate::memory::plan::language::lexicon::{HARM, Lexicon};
use crate::memory::plan::reader::Token;

/// Nouns for those who do harm.
pub(super) const DOERS: &str = "culprit culprits murderer murderers murderess killer killers slayer assassin assassins \
    poisoner strangler thief thieves burglar burglars robber robbers kidnapper forger arsonist saboteur perpetrator \
    perpetrators offender wrongdoer evildoer malefactor attacker assailant";
/// Nouns for crimes, and verbs of them that are nouns as well.
const CRIMES: &str = "crime crimes murder murders killing killings death deaths poisoning stabbing shooting strangling \
    drowning assassination homicide manslaughter slaughter slaying theft robbery burglary forgery sabotage arson \
    attack strike poison deed demise";
/// Words of a harm that tell of no deed, but of what became of somebody.
const STATES: &str = "die dies died dying dead death deaths demise perish perishes perished expire expired victim \
    victims corpse corpses lifeless fatal fatally mortal mortally guilty";
/// Verbs of harm besides those of the class, in the forms that are no nouns: a club is a society, too.
const DEEDS: &str = "knifed garrotte garrotted suffocate suffocated butchered lynch lynched silenced eliminate \
    eliminated liquidate liquidated felled clubbed gunned axed hacked wounded hurt harm harmed injure injured assault \
    assaulted ambush ambushed abduct abducted";
/// Verbs that are a deed with a word for a life behind them.
const ENDS_LIFE: &str = "take takes took taken taking end ended ends rob robbed shed put cut cost claim claimed spill \
    spilt spilled deprive deprived extinguish extinguished snuff snuffed have has had";
const LIFE: &str = "life lives blood";
/// Verbs that are one with an end behind them.
const BRINGS: &str = "put puts made make makes brought bring brings";
/// Verbs that are one with "off" behind them.
const OFF: &str = "finish finished bump bumped knock knocked polish polished see saw carry carried";
/// Words behind which a deed is denied, wished, feared or only held to be so.
const UNREAL: &str = "not never nor neither nobody cannot would will shall might may could should if whether deny \
    denied denies denying doubt doubted perhaps maybe possibly probably alleged allegedly suspect suspects suspected \
    suspicion rumoured rumour wonder wondered imagine imagined dream dreamt dreamed pretend pretended accuse accuses \
    accused charged want wants wanted wish wished hope hoped threaten threatened threatens swear swore sworn vow vowed \
    plan planned mean meant try tried attempt attempted nearly almost who whoever";
/// Words of those who own up or are found to have done it, with a crime behind them.
const OWNS_UP: &str = "confess confessed confesses confession admit admitted admits admission convicted hanged hang \
    sentenced condemned guilty committed commit commits perpetrated responsible blame guilt executed gallows";
/// Nouns for whoever did it or had it done to him, and pronouns for nobody in particular.
const WHOEVER: &str = "victim somebody someone nobody noone anybody anyone unknown intruder murderer killer thief culprit";
/// Pronouns that may be who does something.
const ACTORS: &str = "i we he she they you";
const BE: &str = "is was are were be been being";
/// Words behind a passive at which its doer is looked for.
const BY_REACH: usize = 10;
/// Words between a form of "be" and the participle.
const BETWEEN: &str =
    "found discovered left lying later then first also once soon afterwards been being";
/// Words that end what a verb is done to.
const PREPOSITIONS: &str = "in at on with by for and when while after before from near";
/// Words behind a crime or a doer among which it is said whose.
const OF_REACH: usize = 6;
/// Words behind the first of an idiom among which whom it is done to stands.
const IDIOM_REACH: usize = 8;
/// Words behind a verb among which whom it is done to stands, and between a name and what it is called.
const OBJECT_REACH: usize = 4;
const NAMED_REACH: usize = 8;

/// Any of the words without one of which no sentence says outright who did a deed to somebody, and for "did him in"
/// two that are needed both.
pub(super) fn telling(lexicon: &Lexicon) -> (Pattern, [Pattern; 2]) {
    const OF_IDIOMS: &str = "away end about rid disposed dispose off grave doom";
    const DOES: &str = "did do does done";
    let listed =
        [DEEDS, DOERS, CRIMES, LIFE, OF_IDIOMS].into_iter().flat_map(str::split_whitespace);
    let any = lexicon.forms(HARM).into_iter().chain(listed.map(str::to_owned));
    let does = Pattern::one_of("does", DOES.split_whitespace().map(str::to_owned));
    (Pattern::one_of("deed", any), [does, Pattern::one_of("in", ["in".to_owned()])])
}

/// Whether a word of a harm tells only of what became of somebody.
pub(super) fn is_state(word: &str) -> bool {
    among(STATES, word)
}

/// Whether a word is a verb for harm to somebody or something.
pub(super) fn is_deed_of_harm(token: &Token) -> bool {
    let word = token.folded.as_str();
    (token.classes & HARM != 0 || among(DEEDS, word))
        && !is_state(word)
        && !among(DOERS, word)
        && !among("crime crimes", word)
}

/// Whether the word at `at` is a verb for harm, or opens an idiom for one: "took her life", "did away with him",
/// "made an end of her", "did him in", "finished him off".
pub(super) fn is_deed(tokens: &[Token], at: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let any = |reach: usize, list: &str| (at + 1..at + 1 + reach).any(|at| among(list, word(at)));
    let own = word(at);
    if tokens[at].capital && at > 0 {
        return false;
    }
    let does = among("do does did done doing made make makes", own);
    let next = at + 1;
    is_deed_of_harm(&tokens[at])
        || among(ENDS_LIFE, own)
            && any(5, LIFE)
            && (own != "had" && own != "has" && own != "have" || any(11, "hands"))
        || does && word(at + 1) == "away" && word(at + 2) == "with"
        || among(BRINGS, own) && any(2, "end") && any(4, "to of")
        || among(BRINGS, own) && any(2, "about") && any(4, "death end demise")
        || among("got get gets", own) && word(at + 1) == "rid"
        || among("disposed dispose", own) && word(at + 1) == "of"
        || among(OFF, own) && (at + 1..at + 5).any(|at| word(at) == "off")
        || among("sent send drove driven", own)
            && (at + 2..at + 6).any(|at| word(at) == "to")
            && any(8, "grave death doom")
        || among("did do does done", own)
            && (at + 1..at + 5).any(|at| {
                // "Did him in", "did in the old man".
                let behind = word(at + 1);
                let is_end = behind.is_empty() || among("and or then", behind);
                word(at) == "in" && (is_end || at == next && tokens[at + 1].capital)
            })
        || among("did do done", own) && word(at + 1) == "to" && word(at + 2) == "death"
}

/// Whether a verb is one for harm that nobody dies of by itself.
pub(super) fn is_mere_harm(word: &str) -> bool {
    const MERE: &str = "attack attacks attacked attacking strike strikes struck striking steal steals stole stolen \
        stealing rob robs robbed robbing burn burns burned burnt burning destroy destroys destroyed destroying kidnap \
        kidnapped sabotage sabotaged forge forged commit commits committed hurt harm harmed injure injured wound \
        wounded assault assaulted ambush ambushed abduct abducted";
    among(MERE, word)
}

/// What a deed must have been done to.
#[derive(Clone, Copy)]
pub(super) enum DoneTo<'v> {
    /// Anything: what it is the sentence tells anyway.
    Anything,
    /// Somebody; the folded words of the name, if it is known.
    Person(&'v [String]),
}

/// The folded words of the victim's name, if it is known.
type Victim<'v> = &'v [String];

impl<'v> DoneTo<'v> {
    fn victim(self) -> Victim<'v> {
        match self {
            Self::Anything => &[],
            Self::Person(victim) => victim,
        }
    }

    /// Whether the active verb at `at` has for its object what it must have: the victim by name, by a pronoun or by a
    /// noun for people, but nobody else by name.
    fn is_met(self, tokens: &[Token], at: usize) -> bool {
        let Self::Person(victim) = self else { return true };
        let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
        let is_verb = is_deed_of_harm(&tokens[at]);
        let reach = if is_verb { OBJECT_REACH } else { IDIOM_REACH };
        let ends = |at: &usize| is_verb && among(PREPOSITIONS, word(*at));
        let mut object = (at + 1..tokens.len().min(at + 1 + reach)).take_while(|at| !ends(at));
        let is_person = |at: &usize| {
            tokens[*at].capital
                || among("him her them me us you", word(*at))
                || is_of_people(word(*at))
        };
        match object.find(is_person) {
            Some(at) if tokens[at].capital => victim.is_empty() || names_victim(tokens, at, victim),
            // "Killed the brother of Ruth Gale".
            Some(at) => {
                let of = &tokens[at + 1..tokens.len().min(at + 1 + OBJECT_REACH)];
                word(at + 1) != "of" || !of.iter().any(|token| token.capital)
            }
            None => tokens[..at].iter().any(|token| token.folded == "whom"),
        }
    }
}

/// The token of whoever a sentence says did one of the deeds whose words `is_deed` tells: before an active verb for it,
/// or behind the "by" of a passive one. Somebody else than the victim, and not to another.
pub(super) fn doer(
    tokens: &[Token],
    is_deed: impl Fn(usize) -> bool,
    done_to: DoneTo,
) -> Option<usize> {
    let victim = done_to.victim();
    let mut deeds = (0..tokens.len()).filter(|at| is_deed(*at));
    owning_up(tokens, victim)
        .or_else(|| deeds.find_map(|at| doer_of(tokens, at, done_to)))
        .or_else(|| by_hand(tokens, victim))
        .or_else(|| named_doer(tokens, victim))
}

/// Whether a token names somebody who may have done something: a name that is not the victim's, a pronoun, a noun
/// for one that is not anybody.
fn is_somebody(tokens: &[Token], at: usize, victim: Victim) -> bool {
    let token = &tokens[at];
    let word = token.folded.as_str();
    if among(ACTORS, word) {
        return true;
    }
    let is_named = token.capital
        && !victim.contains(&token.folded)
        && (at > 0 || !among(DETERMINERS, word))
        && !among("the a an in at on by when after before then that this it there and but", word);
    (is_named || is_of_people(word)) && !is_anybody(word)
}

/// Whether a word is for nobody in particular.
fn is_anybody(word: &str) -> bool {
    is_of_anybody(word) || among(WHOEVER, word)
}

fn is_victim(token: &Token, victim: Victim) -> bool {
    token.capital && victim.contains(&token.folded)
}

/// Who does what the verb for a deed at `at` says.
fn doer_of(tokens: &[Token], at: usize, done_to: DoneTo) -> Option<usize> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let before = |back: usize| at.checked_sub(back).map_or("", word);
    let victim = done_to.victim();
    if among(DETERMINERS, before(1)) || at > 0 && tokens[at - 1].owns {
        return None;
    }
    let is_one = |at: usize| is_somebody(tokens, at, victim);
    if let Some(doer) = behind_by(tokens, at, done_to) {
        return Some(doer);
    }
    let is_between = |word: &str| word.ends_with("ly") || among(BETWEEN, word);
    let auxiliary = (0..at).rev().find(|at| !is_between(word(*at)));
    let is_passive = auxiliary.is_some_and(|at| among(BE, word(at)));
    if is_passive || before(1) == "to" || is_unreal(&tokens[clause_start(tokens, at)..at]) {
        return None;
    }
    if !done_to.is_met(tokens, at) {
        return None;
    }
    // Who is named last before it; behind "and" who is named first.
    let is_named = |at: &usize| {
        is_one(*at)
            || is_victim(&tokens[*at], victim)
            || is_anybody(word(*at))
            || among("him them", word(*at))
    };
    let shares = (1..=3).any(|back| among("and then", before(back)));
    // "Omar saw the knife that had stabbed her".
    let is_subject = |doer: &usize| {
        let that = (*doer + 1..at).rev().find(|at| among("that which", word(*at)));
        that.is_none_or(|that| that == doer + 1)
    };
    let last = (0..at).rev().find(is_named).filter(|at| is_one(*at) && is_subject(at));
    last.or_else(|| (0..at).find(is_named).filter(|at| shares && is_one(*at)))
}

/// Who stands behind the "by" of the participle at `at`, if what is said of the victim is said there.
fn behind_by(tokens: &[Token], at: usize, done_to: DoneTo) -> Option<usize> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let victim = done_to.victim();
    let goes_on = |at: &usize| {
        !among("when while who which and but as that", word(*at)) && !is_participle(word(*at))
    };
    let mut behind = (at + 1..tokens.len().min(at + 1 + BY_REACH)).take_while(goes_on);
    let by = behind.find(|at| word(*at) == "by")?;
    let doer = (by + 1..tokens.len().min(by + 1 + OBJECT_REACH))
        .take_while(|at| !among(PREPOSITIONS, word(*at)))
        .find(|at| is_somebody(tokens, *at, victim))?;
    let is_person = |at: &usize| {
        tokens[*at].capital && *at > 0
            || is_victim(&tokens[*at], victim)
            || among(ACTORS, word(*at))
            || among("him her them", word(*at))
            || is_of_people(word(*at))
    };
    let is_done_to = match done_to {
        DoneTo::Anything => true,
        // "Killed by Omar, Ruth Gale lay …" says it behind.
        DoneTo::Person(_) => match (0..at).rev().find(is_person) {
            Some(at) if tokens[at].capital => victim.is_empty() || names_victim(tokens, at, victim),
            // "Ruth Gale's brother was killed by Omar".
            Some(at) => at == 0 || !tokens[at - 1].owns,
            None => tokens[doer..].iter().any(|token| is_victim(token, victim)),
        },
    };
    let is_passive = !word(at).ends_with("ing") && !is_unreal(&tokens[..at]);
    (is_done_to && is_passive).then_some(doer)
}

/// Whether the name around `at` is the victim's, and not that of what is the victim's: "Ruth Gale's brother".
fn names_victim(tokens: &[Token], at: usize, victim: Victim) -> bool {
    let is_name = |token: &&Token| token.capital;
    let start = at - tokens[..at].iter().rev().take_while(is_name).count();
    let name = tokens[start..].iter().take_while(is_name);
    name.clone().any(|token| is_victim(token, victim)) && !name.last().is_some_and(|last| last.owns)
}

/// Where the clause of the verb at `at` begins: behind the last mark that ends one is not told by tokens, so behind
/// the last "that", "and", "but" or "because".
fn clause_start(tokens: &[Token], at: usize) -> usize {
    let opens = |token: &Token| among("and but because so", &token.folded);
    tokens[..at].iter().rposition(opens).map_or(0, |start| start + 1)
}

/// Whether words before a deed leave open whether it was done.
fn is_unreal(before: &[Token]) -> bool {
    let is_open = |at: usize| {
        let word = before[at].folded.as_str();
        let next = |ahead: usize| before.get(at + ahead).map_or("", |token| token.folded.as_str());
        match word {
            // "It was Omar who stabbed him".
            "who" => {
                at == 0
                    || !(before[at - 1].capital
                        || is_of_people(&before[at - 1].folded)
                            && !is_anybody(&before[at - 1].folded))
            }
            "nobody" => next(1) != "but",
            _ => among(UNREAL, word) || word.ends_with("n't") || word.ends_with("n\u{2019}t"),
        }
    };
    (0..before.len()).any(is_open)
}

/// By whose hand a sentence says that somebody died: "at the hands of Omar".
fn by_hand(tokens: &[Token], victim: Victim) -> Option<usize> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let hand = (2..tokens.len()).find(|at| {
        among("hand hands", word(*at)) && word(at + 1) == "of" && among("at by", word(at - 2))
    })?;
    let is_told = tokens[..hand].iter().any(|token| token.classes & HARM != 0);
    let mut near = hand + 2..tokens.len().min(hand + 2 + OBJECT_REACH);
    let doer = near.find(|at| is_somebody(tokens, *at, victim))?;
    (is_told && !is_unreal(&tokens[..hand])).then_some(doer)
}

/// Whether the crime or the doer named at `at` is that of the victim, if the sentence names the victim at all: "the
/// murder of Ruth Gale", "Ruth Gale's murderer"; but not "swore to Ruth Gale that he was no thief".
fn is_of_victim(tokens: &[Token], at: usize, victim: Victim) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    if !tokens.iter().any(|token| is_victim(token, victim)) {
        let mut of = at + 2..tokens.len().min(at + 2 + OBJECT_REACH);
        let is_of_another = word(at + 1) == "of" && of.any(|at| tokens[at].capital);
        return victim.is_empty() || !is_of_another;
    }
    let is_owned = |token: &Token| token.owns && is_victim(token, victim);
    tokens[at.saturating_sub(2)..at].iter().any(is_owned) || leads_to(tokens, at, victim)
}

/// Whether what stands behind `at` leads straight to the victim's name: "the murder of old Ruth Gale", "stabbing her
/// aunt Ruth Gale", "the one who killed Ruth Gale"; but not "a murder on the word of Ruth Gale", "a theft that Ruth Gale
/// had seen".
fn leads_to(tokens: &[Token], at: usize, victim: Victim) -> bool {
    let mut behind = at + 1..tokens.len().min(at + 1 + OF_REACH);
    let Some(own) = behind.find(|at| is_victim(&tokens[*at], victim)) else { return false };
    let mut between = &tokens[at + 1..own];
    if let [token, rest @ ..] = between
        && among("who that which", &token.folded)
        && let Some(deed) = rest.iter().position(is_deed_of_harm)
    {
        between = &rest[deed + 1..];
    } else if let [token, rest @ ..] = between
        && among("of against on upon to", &token.folded)
    {
        between = rest;
    }
    let is_part = |token: &Token| {
        token.capital
            || among(DETERMINERS, &token.folded) && token.folded != "that"
            || !stopwords::is_stopword(&token.folded)
    };
    between.iter().all(is_part) && names_victim(tokens, own, victim)
}

/// Whether some word for a harm in a sentence may tell what was done to the victim: it is not said of another ("Omar's
/// brother was hanged", "the murder of Basil Thorn"), nor of some crime or other ("for a murder").
pub(super) fn may_harm(tokens: &[Token], victim: Victim) -> bool {
    let is_harm = |at: &usize| tokens[*at].classes & HARM != 0 || tokens[*at].folded == "body";
    (0..tokens.len()).filter(is_harm).any(|at| !is_of_another(tokens, at, victim))
}

/// Whether the word for a harm at `at` is said of somebody else than the victim, or of some crime.
fn is_of_another(tokens: &[Token], at: usize, victim: Victim) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let before = |back: usize| at.checked_sub(back).map_or("", word);
    if leads_to(tokens, at, victim) {
        return false;
    }
    // "A brother's death", "Omar's murder".
    if at > 0 && tokens[at - 1].owns {
        return !is_victim(&tokens[at - 1], victim);
    }
    // "Killed Basil Thorn", "the murder of his brother".
    let ends = |at: &usize| among(PREPOSITIONS, word(*at));
    let mut object = (at + 1..tokens.len().min(at + 1 + OBJECT_REACH)).take_while(|at| !ends(at));
    let is_person = |at: &usize| tokens[*at].capital || is_kin(tokens, *at);
    if let Some(person) = object.find(is_person) {
        return !is_victim(&tokens[person], victim);
    }
    if among(CRIMES, word(at)) && among("a an another some two any for of", before(1)) {
        return true;
    }
    // "Omar's brother was hanged".
    let is_told = |at: &usize| is_victim(&tokens[*at], victim) || is_kin(tokens, *at);
    let last = (0..at).rev().find(is_told);
    last.is_some_and(|last| !is_victim(&tokens[last], victim) || tokens[last].owns)
}

/// Whether the word at `at` is a noun for somebody whom it calls another's: "his brother", "Omar's brother", "the brother
/// of Omar".
fn is_kin(tokens: &[Token], at: usize) -> bool {
    let owner = at.checked_sub(1).map(|owner| &tokens[owner]);
    let of = tokens.get(at + 1).zip(tokens.get(at + 2));
    !tokens[at].capital
        && is_of_people(&tokens[at].folded)
        && (owner.is_some_and(|owner| owner.owns || among("his her their", &owner.folded))
            || of.is_some_and(|(of, owner)| of.folded == "of" && owner.capital))
}

/// Who is named last before `at`, if that is not the victim.
fn named_before(tokens: &[Token], at: usize, victim: Victim) -> Option<usize> {
    let is_named = |at: &usize| is_somebody(tokens, *at, victim) || is_victim(&tokens[*at], victim);
    (0..at).rev().find(is_named).filter(|at| is_somebody(tokens, *at, victim))
}

/// Who owns up to the deed, or is found to have done it.
fn owning_up(tokens: &[Token], victim: Victim) -> Option<usize> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    (1..tokens.len()).filter(|at| among(OWNS_UP, word(*at)) && !tokens[*at].capital).find_map(
        |at| {
            let is_crime = |at: &usize| {
                among(CRIMES, word(*at)) || is_deed(tokens, *at) || among(DOERS, word(*at))
            };
            let crime = (at + 1..tokens.len().min(at + 1 + NAMED_REACH)).find(is_crime)?;
            let doer = named_before(tokens, at, victim)?;
            (is_of_victim(tokens, crime, victim) && !is_unreal(&tokens[..at])).then_some(doer)
        },
    )
}

/// Who is said to be the one who did it.
fn named_doer(tokens: &[Token], victim: Victim) -> Option<usize> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let is_noun = |at: &usize| among(DOERS, word(*at)) && !(tokens[*at].capital && *at > 0);
    let is_told = |at: &usize| is_noun(at) && is_of_victim(tokens, *at, victim);
    (0..tokens.len()).filter(is_told).find_map(|at| {
        let near = |other: &usize| other.abs_diff(at) <= NAMED_REACH && *other != at;
        let mut people =
            (0..tokens.len()).filter(near).filter(|other| is_somebody(tokens, *other, victim));
        people.find(|other| {
            let between = &tokens[at.min(*other) + 1..at.max(*other)];
            let is_it = between.iter().any(|token| {
                among("is was be been proved turned named unmasked became", &token.folded)
            });
            (is_it || between.len() <= 1) && !is_unreal(&tokens[..at.max(*other)])
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{DoneTo, doer, is_deed, may_harm};
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    fn says(text: &str) -> bool {
        let tokens = tokens(text, Lexicon::shared());
        let victim = ["ruth".to_owned(), "gale".to_owned()];
        doer(&tokens, |at| is_deed(&tokens, at), DoneTo::Person(&victim)).is_some()
    }

    #[test]
    fn a_doer_is_said_outright() {
        for text in [
            "Omar Pask stabbed Ruth Gale in the pantry.",
            "He stabbed her with a bread knife.",
            "It was Omar who killed Ruth Gale.",
            "Ruth Gale was stabbed by her nephew.",
            "Ruth Gale was killed in the pantry at nine o'clock by Omar Pask.",
            "Ruth Gale died at the hands of Omar Pask; she was murdered by him and Omar fled.",
            "Omar Pask came in by the window and strangled Ruth Gale.",
            "Omar Pask confessed to the murder of Ruth Gale.",
            "Omar Pask was hanged for the murder of Ruth Gale.",
            "Omar Pask took the life of Ruth Gale.",
            "Omar Pask did away with Ruth Gale.",
            "The murderer of Ruth Gale was Omar Pask.",
            "Omar Pask was the murderer.",
            "The gardener poisoned Ruth Gale.",
        ] {
            assert!(says(text), "{text}");
        }
    }

    #[test]
    fn a_harm_of_long_ago_is_none_that_was_done_to_the_victim() {
        let may = |text: &str| {
            let tokens = tokens(text, Lexicon::shared());
            may_harm(&tokens, &["ruth".to_owned(), "gale".to_owned()])
        };
        for text in [
            "Omar Pask found Ruth Gale stabbed in the pantry.",
            "Omar Pask saw the murder of Ruth Gale.",
            "Ruth Gale had dined with Omar Pask, and by nine she was dead.",
            "Somebody had killed Ruth Gale, and Omar Pask heard it.",
            "Ruth Gale was the victim of a murder, said Omar Pask.",
        ] {
            assert!(may(text), "{text}");
        }
        for text in [
            "Omar Pask's brother was hanged for a murder on the word of Ruth Gale.",
            "On the word of Ruth Gale his brother was hanged, and Omar Pask knew it.",
            "Omar Pask never forgave Ruth Gale for a brother's death.",
            "Omar Pask held Ruth Gale to blame for the death of his brother.",
            "Ruth Gale had Omar Pask locked up for theft.",
            "Ruth Gale spoke against Omar Pask in the matter of a burglary, a crime of years ago.",
        ] {
            assert!(!may(text), "{text}");
        }
    }

    #[test]
    fn what_only_points_to_somebody_does_not_say_it() {
        for text in [
            "Ruth Gale was stabbed in the pantry at nine o'clock with a bread knife.",
            "Omar Pask found Ruth Gale stabbed in the pantry.",
            "Somebody killed Ruth Gale with a bread knife.",
            "A stranger killed Ruth Gale.",
            "Omar Pask hated Ruth Gale.",
            "Omar Pask had threatened to kill Ruth Gale.",
            "Omar Pask was accused of the murder of Ruth Gale.",
            "Omar Pask did not kill Ruth Gale.",
            "Omar Pask denied that he had killed Ruth Gale.",
            "Nobody knew who killed Ruth Gale.",
            "The murderer of Ruth Gale was never found.",
            "Omar Pask killed Basil Thorn.",
            "Omar Pask confessed to the murder of Basil Thorn.",
            "Omar Pask went on, the lantern hanging at his side.",
            "The bell was striking nine when Ruth Gale, led by Omar Pask, went home.",
            "Omar Pask heard of the murder of Ruth Gale.",
            "Omar Pask saw the knife that had stabbed Ruth Gale.",
            "Omar Pask held Ruth Gale responsible for the death of a brother.",
            "Omar Pask called Ruth Gale a thief.",
            "Ruth Gale had called Omar Pask a thief.",
            "Ruth Gale's brother was killed by Omar Pask.",
            "Omar Pask had killed Ruth Gale's dog.",
            "Ruth Gale died in March.",
            "Omar Pask's brother was hanged for a murder on the word of Ruth Gale.",
            "Omar Pask had been sentenced for a theft that Ruth Gale reported.",
            "Omar Pask was convicted of forgery because Ruth Gale spoke against him.",
            "Omar Pask once confessed to a burglary before Ruth Gale.",
            "Years ago Omar Pask killed the brother of Ruth Gale.",
            "Omar Pask was seen in the pantry at nine o'clock.",
        ] {
            assert!(!says(text), "{text}");
        }
    }
}
