//! Whether a question asks who did something harmful, and to whom or to what: who killed, stole, spoilt or forged,
//! in whatever words people ask for a culprit.
//!
//! ```text
//! asked       who, by whom, whose hand, which of them; the murderer, the guilty party, the man responsible
//! of a deed   a verb or an idiom for one (`doer`); a word for a crime or a death, a fate with one for blame
//! not asked   who was killed, who found the body, who was there when it was done, which weapon did it
//! victim      the last name that is no place
//! thing       what the question says was taken, spoilt or forged
//! ```
//! Of Chinese questions it tells only that they ask for a culprit, and for whose.

use super::doer::{self, DOERS, DoneTo, is_deed_of_harm, is_state};
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords;
use crate::memory::plan::chinese;
use crate::memory::plan::clauses::entity::is_of_people;
use crate::memory::plan::language::forms;
use crate::memory::plan::language::grammar::{DETERMINERS, among};
use crate::memory::plan::language::lexicon::{HARM, Lexicon, SEE};
use crate::memory::plan::question::Question;
use crate::memory::plan::reader::{Reader, Token, tokens};
use crate::memory::segment::words;

/// Words for taking what is another's, and for those who do.
const STEALS: &str = "steal steals stole stolen stealing thief thieves purloin purloined pilfer pilfered filch filched \
    swipe swiped pinch pinched snaffle snaffled nick nicked theft burgle burgled";
/// Words for taking, which is no theft by itself.
const TAKES: &str = "take takes took taken lift lifted pocket pocketed";
/// Words before "off with" or "away with" for a theft.
const MAKES_OFF: &str = "made make ran run walked walk got get went go slipped slip";
/// Nouns for what becomes of a thing that somebody must have caused.
const LOSSES: &str = "theft robbery disappearance loss vanishing removal stealing";
const WRECKS: &str = "destruction sabotage wrecking damage ruin tampering burning";
const FORGERIES: &str = "forgery forging falsification";
/// Words for spoiling a thing.
const SPOILS: &str = "sabotage sabotaged wreck wrecked damage damaged destroy destroyed smash smashed burn burned burnt \
    cut tamper tampered ruin ruined spoil spoilt spoiled slash slashed";
const FORGES: &str = "forge forged forger falsify falsified fake faked";
/// Words that say that a thing is gone, that it is spoilt, and that it is not what it seems.
pub(super) const GONE: &str =
    "gone missing vanished vanish disappeared disappear stolen empty theft loss";
const SPOILT: &str = "sabotaged wrecked damaged destroyed smashed burned burnt cut severed sawn broken spoilt spoiled \
    ruined tampered slashed pieces ashes";
const FORGED: &str = "forged forgery falsified false fake faked";
/// Words that say that somebody did it: with them a fate is a crime.
const BLAME: &str = "responsible responsibility blame blamed fault guilt guilty answer answers answerable account \
    accountable liable culpable behind hand hands conscience cause caused causes brought wrought doing work deed author";
/// Nouns for what became of somebody, which is a crime only if somebody is to blame for it.
const FATES: &str = "fate end doom downfall undoing passing tragedy destruction misfortune outrage happened befell \
    became done";
/// Nouns for a person of whom the rest of the question says what that person did.
const PARTIES: &str = "person man woman party one individual suspect guest";
/// Verbs of those who have to do with a crime that another did.
const OTHERS_DO: &str = "found discovered reported announced buried mourned missed grieved investigated solved told \
    informed knew knows learned learnt attended inherited inherits benefited profited visited examined identified \
    arrested caught chased hired paid warned followed helped sheltered accused suspected suspects blamed betrayed \
    wanted wished feared avenged heard hears survived wrote describes called";
/// Words before what holds at the same time, or before or behind it.
const TEMPORAL: &str = "when while after before until since once during";
const BE: &str = "is was are were be been being got gets";
/// Words between "was" and "killed".
const FOUND_SO: &str = "found discovered left lying said reported presumed believed being first also later really actually then";
/// Words behind the first of an idiom.
const LONGEST_IDIOM: usize = 7;
/// Words of a phrase for somebody.
const LONGEST_ROLE: usize = 3;
/// Words before the name of a place.
const IN: &str = "in at near from on outside inside";

/// What a question asks who did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Culprit {
    /// Who was harmed, if the question names somebody.
    pub victim: Option<String>,
    /// What was taken, spoilt or forged, if the question says so.
    pub thing: Option<Thing>,
    /// Whether it is a crime that the question speaks of, and not mere taking or cutting.
    pub is_crime: bool,
    /// Whether the question asks for a proof and not merely for a name.
    pub wants_proof: bool,
    /// Whether it was a death, as far as the question says, and not only harm.
    is_death: bool,
}

/// A thing to which something was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// Its words.
    pub words: Vec<String>,
    /// Words by which sentences of the thing tell what was done to it.
    pub done: &'static str,
    /// Whether the question says that it was stolen, spoilt or forged, and not merely taken.
    is_crime: bool,
}

impl Culprit {
    /// What a question asks who did; `None` if it asks for no culprit.
    pub fn of(question: &Question, lexicon: &Lexicon) -> Option<Self> {
        let text = question.text.as_str();
        if text.chars().any(words::is_ideograph) {
            let victim = chinese::culprit::victims(text).into_iter().next();
            return chinese::culprit::asks(text).then_some(Self {
                victim,
                thing: None,
                is_crime: true,
                wants_proof: false,
                is_death: true,
            });
        }
        let mut tokens = tokens(text, lexicon);
        // Somebody may have the name of a harm.
        for token in tokens.iter_mut().skip(1).filter(|token| token.capital) {
            token.classes = 0;
        }
        let wants_proof = wants_proof(&tokens);
        let asked = asked_at(&tokens)?;
        let is_crime = wants_proof || speaks_of_crime(&tokens, asked);
        let thing = Thing::of(&tokens);
        let victim = victim(question);
        let is_crime = is_crime || thing.as_ref().is_some_and(|thing| thing.is_crime);
        let is_mere = |token: &Token| doer::is_mere_harm(&token.folded);
        let is_mortal = |token: &Token| token.classes & HARM != 0 && !is_mere(token);
        let is_death = tokens.iter().any(is_mortal) || !tokens.iter().any(is_mere);
        (is_crime || thing.is_some()).then_some(Self {
            victim,
            thing,
            is_crime,
            wants_proof,
            is_death,
        })
    }

    /// By whose name, without titles, the text tells of it.
    pub fn named(&self) -> Option<&str> {
        self.victim.as_deref().filter(|_| self.thing.is_none()).map(bare)
    }

    /// The word by which the text is searched for whom or what it was done to.
    pub(super) fn pattern(&self, stems: &Stems) -> Option<Pattern> {
        match &self.thing {
            Some(thing) => thing.words.last().map(|head| Pattern::word(head, stems)),
            None => self.named()?.split_whitespace().last().and_then(Pattern::phrase),
        }
    }

    /// Those of the sentences `ids`, which are in order, whose words may say outright who did it. They are not read yet.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn may_say(&self, reader: &Reader, ids: &[SentenceId]) -> Result<Vec<SentenceId>> {
        // What was done to a thing is read of it anyway; Chinese has no words between blanks.
        if self.thing.is_some() || self.is_chinese() {
            return Ok(ids.to_vec());
        }
        let (deed, [does, inside]) = doer::telling(reader.lexicon);
        let mut may = reader.holding(ids, &[deed])?;
        may.extend(reader.holding(&reader.holding(ids, &[does])?, &[inside])?);
        may.sort_unstable();
        may.dedup();
        Ok(may)
    }

    /// Whether the victim has a Chinese name, and so the question is Chinese.
    pub(super) fn is_chinese(&self) -> bool {
        self.victim.as_ref().is_some_and(|name| name.chars().any(words::is_ideograph))
    }

    /// Whom a sentence says outright to have done it.
    pub fn said(&self, text: &str, lexicon: &Lexicon) -> Option<Doer> {
        if text.chars().any(words::is_ideograph) {
            return chinese::culprit::doer(text, self.victim.as_slice()).map(Doer::Named);
        }
        let tokens = tokens(text, lexicon);
        let at = match &self.thing {
            Some(thing) => thing.doer(&tokens),
            None => {
                let victim: Vec<String> = self
                    .named()
                    .map(|name| words::folded_words(name).collect())
                    .unwrap_or_default();
                // "Robbed of life", "struck down".
                let is_mere = |at: usize| {
                    doer::is_mere_harm(&tokens[at].folded)
                        && !tokens[at + 1..]
                            .iter()
                            .any(|token| among("life down dead", &token.folded))
                };
                let is_deed =
                    |at: usize| doer::is_deed(&tokens, at) && !(self.is_death && is_mere(at));
                doer::doer(&tokens, is_deed, DoneTo::Person(&victim))
            }
        };
        at.map(|at| Doer::of(&tokens, at, text))
    }
}

/// Whom a sentence says to have done it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doer {
    /// By a name, or by what that one is: "the footman", "his nephew".
    Named(String),
    /// By a pronoun.
    Pronoun,
}

impl Doer {
    fn of(tokens: &[Token], at: usize, text: &str) -> Self {
        let token = &tokens[at];
        if forms::is_pronoun(&token.folded) || among("we you", &token.folded) {
            return Self::Pronoun;
        }
        let joined =
            |at: usize| matches!(&text[tokens[at].end..tokens[at + 1].start], " " | "-" | ". ");
        if token.capital {
            let mut found = Vec::new();
            names::names(text, &mut found);
            let name = found.iter().find(|name| (name.start..name.end).contains(&token.start));
            let range = name.map_or(token.start..token.end, |name| name.start..name.end);
            return Self::Named(bare(&text[range]).to_owned());
        }
        let opens = |at: &usize| among(DETERMINERS, &tokens[*at].folded);
        let start = (at.saturating_sub(LONGEST_ROLE)..at).rev().find(opens);
        let start = start.filter(|start| (*start..at).all(joined)).unwrap_or(at);
        Self::Named(text[tokens[start].start..token.end].to_owned())
    }
}

/// Who was harmed by what a question names: the last name that is no place.
pub(super) fn victim(question: &Question) -> Option<String> {
    let is_place = |name: &&String| {
        let before = question.text.split(name.as_str()).next().unwrap_or_default();
        before.split_whitespace().next_back().is_some_and(|word| among(IN, &words::folded(word)))
    };
    let named = question.names.iter().rev().find(|name| !is_place(name));
    named.or(question.names.last()).cloned()
}

/// A name without titles, or a lone title, by which somebody may be named.
pub(super) fn bare(name: &str) -> &str {
    let bare = names::without_titles(name);
    if bare.is_empty() { name } else { bare }
}

/// Whether a question asks for a proof and not merely for a name.
fn wants_proof(tokens: &[Token]) -> bool {
    let has = |wanted: &str| tokens.iter().any(|token| token.folded == wanted);
    has("motive") && (has("means") || has("opportunity"))
}

/// The word by which a question asks for a person, and not for the victim or a witness; `None` if by none.
fn asked_at(tokens: &[Token]) -> Option<usize> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let is_person = |at: usize| {
        let noun = word(at);
        is_of_people(noun)
            || among(PARTIES, noun)
            || ["ist", "man", "woman"].iter().any(|end| noun.ends_with(end))
    };
    for at in 0..tokens.len() {
        let asked = match word(at) {
            "who" | "whom" | "whose" => Some(at),
            "which" | "what" if word(at + 1) == "of" => Some(at + 1),
            "which" | "what" => (at + 1..at + 4)
                .take_while(|noun| !stopwords::is_stopword(word(*noun)))
                .find(|noun| is_person(*noun)),
            _ => None,
        };
        if let Some(asked) = asked {
            return (!asks_for_another(tokens, asked)).then_some(asked);
        }
    }
    // "Name the murderer", but not "where did the murderer hide?".
    let for_name = word(0) == "what" && tokens.iter().take(5).any(|token| token.folded == "name");
    if among("what where when why how", word(0)) && !for_name {
        return None;
    }
    let is_party = |at: &usize| {
        among(PARTIES, word(*at))
            && (among("responsible guilty behind that", word(at + 1))
                || word(at.wrapping_sub(1)) == "guilty")
    };
    (0..tokens.len()).find(|at| among(DOERS, word(*at)) || is_party(at))
}

/// Whether a question asks for the victim, or for somebody who found out, was there or was told.
fn asks_for_another(tokens: &[Token], asked: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    if word(asked) == "whose" {
        return is_state(word(asked + 1))
            || among("body corpse life murder killing", word(asked + 1));
    }
    let is_adverb = |at: usize| word(at).ends_with("ly") || among(FOUND_SO, word(at));
    let mut next = asked + 1;
    if word(asked) == "of" || among(BE, word(next)) {
        // "Which of the guests was poisoned?", "who was found dead?"
        let Some(be) = (next..tokens.len().min(asked + 6)).find(|at| among(BE, word(*at))) else {
            return false;
        };
        next = be + 1;
        while next < tokens.len() && is_adverb(next) {
            next += 1;
        }
        let is_harmed = tokens.get(next).is_some_and(|token| is_deed_of_harm(token) && !token.owns)
            || among("dead", word(next));
        let has_doer = tokens[..asked].iter().any(|token| token.folded == "by");
        return is_harmed
            && !has_doer
            && tokens[asked..be].iter().all(|token| !is_deed_of_harm(token));
    }
    while next < tokens.len() && is_adverb(next) && !among("found discovered left", word(next)) {
        next += 1;
    }
    let verb = word(next);
    among(OTHERS_DO, verb)
        || among("died dies perished expired lay lies", verb)
        || tokens
            .get(next)
            .is_some_and(|token| token.classes & SEE != 0 && token.classes & HARM == 0)
}

/// Whether a question speaks of a crime, and not only of when it was done.
fn speaks_of_crime(tokens: &[Token], asked: usize) -> bool {
    let has = |part: &[Token], list: &str| part.iter().any(|token| among(list, &token.folded));
    let speaks = |part: &[Token]| {
        let deed = (0..part.len()).any(|at| doer::is_deed(part, at))
            || part.windows(3).any(|three| {
                among("lose loses lost losing", &three[0].folded)
                    && three[1..].iter().any(|token| among("life lives", &token.folded))
            });
        let named =
            part.iter().any(|token| token.classes & HARM != 0 || among(DOERS, &token.folded));
        let fate =
            has(part, FATES) || has(part, LOSSES) || has(part, WRECKS) || has(part, FORGERIES);
        let it = part
            .windows(2)
            .any(|two| among("did done", &two[0].folded) && among("it this that", &two[1].folded));
        deed || named || has(part, "whodunit whodunnit") || it || fate && has(part, BLAME)
    };
    let cut = |at: &usize| *at > asked + 1 && among(TEMPORAL, &tokens[*at].folded);
    match (0..tokens.len()).find(cut) {
        Some(cut) => speaks(&tokens[..cut]) || has(&tokens[..cut], BLAME) && speaks(tokens),
        None => speaks(tokens),
    }
}

impl Thing {
    fn of(tokens: &[Token]) -> Option<Self> {
        const KINDS: [(&str, &str, &str); 4] = [
            (STEALS, LOSSES, GONE),
            (TAKES, "", GONE),
            (SPOILS, WRECKS, SPOILT),
            (FORGES, FORGERIES, FORGED),
        ];
        let is_small =
            |at: usize, list: &str| !tokens[at].capital && among(list, &tokens[at].folded);
        let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
        // "Made away with Ruth Gale", "cut short his life": of somebody, and of no thing.
        let is_of_life = |at: usize| {
            let behind = &tokens[at + 1..tokens.len().min(at + 1 + LONGEST_IDIOM)];
            let of_somebody = |token: &Token| token.capital || among("life lives", &token.folded);
            doer::is_deed(tokens, at)
                && !is_deed_of_harm(&tokens[at])
                && behind.iter().any(of_somebody)
                && !behind.iter().any(|token| token.owns)
        };
        let (verb, done, is_crime) = (1..tokens.len()).find_map(|at| {
            if is_of_life(at) {
                return None;
            }
            if off_with(tokens, at) {
                return Some((at + 2, GONE, true));
            }
            let (_, _, done) = KINDS.iter().find(|(verbs, nouns, _)| {
                is_small(at, verbs) || is_small(at, nouns) && word(at + 1) == "of"
            })?;
            let is_mere = among("cut burn burned burnt", word(at)) || among(TAKES, word(at));
            Some((at, *done, !is_mere))
        })?;
        // "The will" is a thing, whatever "will" is.
        let says = |at: &usize| {
            let token = &tokens[*at];
            let is_noun = among(DETERMINERS, &tokens[at - 1].folded);
            let is_dull = stopwords::is_stopword(&token.folded);
            !token.capital && (!is_dull || is_noun) && !among(DETERMINERS, &token.folded)
        };
        // "Who stole the necklace?"; "by whom was the necklace stolen?"
        let mut at = (verb + 1..tokens.len()).find(says);
        if at.is_none() {
            let last = (1..verb).rev().find(says)?;
            at = (1..=last).rev().take_while(says).last();
        }
        let run = (at?..tokens.len()).take_while(|at| *at != verb && says(at));
        let words: Vec<String> = run.map(|at| tokens[at].folded.clone()).collect();
        (!words.last().is_some_and(|head| is_of_people(head))).then_some(Self {
            words,
            done,
            is_crime,
        })
    }

    /// The token of whoever a sentence of the thing says to have done it.
    pub(super) fn doer(&self, tokens: &[Token]) -> Option<usize> {
        let verbs = [STEALS, TAKES, SPOILS, FORGES];
        let is_deed = |at: usize| {
            let word = tokens[at].folded.as_str();
            at > 0 && verbs.iter().any(|list| among(list, word)) && !among(DOERS, word)
                || off_with(tokens, at)
        };
        doer::doer(tokens, is_deed, DoneTo::Anything)
    }
}

/// Whether somebody makes off with something at `at`.
fn off_with(tokens: &[Token], at: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    !tokens[at].capital
        && among(MAKES_OFF, word(at))
        && among("off away", word(at + 1))
        && word(at + 2) == "with"
}

#[cfg(test)]
mod tests {
    use super::Thing;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn the_thing_is_what_the_question_says_was_taken_or_spoilt() {
        let of = |text: &str| {
            Thing::of(&tokens(text, Lexicon::shared())).map(|thing| thing.words.join(" "))
        };
        for (text, wanted) in [
            ("Who stole the emerald necklace?", Some("emerald necklace")),
            ("Who stole Lady Agatha's necklace?", Some("necklace")),
            ("By whom was the necklace stolen?", Some("necklace")),
            ("Who was the thief of the silver spoons?", Some("silver spoons")),
            ("Which of the guests took the map from the chest?", Some("map")),
            ("Who sabotaged the printing press?", Some("printing press")),
            ("Who made off with the necklace?", Some("necklace")),
            ("Who is behind the theft of the necklace?", Some("necklace")),
            ("Who was the thief?", None),
            ("Who killed the cook?", None),
            ("Who took the nurse to the sea?", None),
        ] {
            assert_eq!(of(text).as_deref(), wanted, "{text}");
        }
    }
}
