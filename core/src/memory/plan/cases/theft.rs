//! Who took, spoilt or forged a thing, where nobody is said to have done so.
//!
//! ```text
//! done       sentences of the thing that say that it is gone, or what was done to it
//! things     what it was kept in or stood in, by these and by other sentences of it, and what further ones tie
//!            to that: the key of the drawer, on a ribbon
//! chance     a sentence of a suspect and one of these
//! trace      a sentence of a suspect and what was taken, after it was gone, or what it was spoilt with
//! motive     a sentence of a suspect with a reason: debts
//! cleared    a sentence of a suspect who did not leave, or was elsewhere until or all the time
//! ```
//! Whose the thing was did not take it. The document says who did it only if one alone had the chance and left a
//! trace and is not cleared; without a trace only one who had a motive, if nobody else had the chance. Nobody spoils or
//! forges a thing without a motive.

use std::collections::BTreeSet;

use super::circumstances::tells;
use super::culprit::{GONE, Thing};
use super::identity::{Identity, Telling, people, people_of};
use super::scene::{AT, LONGEST, MENTIONS, THINGS, is_thing, people_besides, tied, with_what};
use super::things::Things;
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::language::lexicon::{MOTIVE, PUT, STAY};
use crate::memory::plan::language::phrases::noun_phrases;
use crate::memory::plan::question::Question;
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::plan::texts::{self, Text};
use crate::memory::segment::words;

/// Words for what becomes of what was taken, and those by which it comes to light.
const LOOT: &str = "offer offers offered sell sells sold bought pawn pawned pledge pledged fence hide hides hid hidden \
    bury buried carry carried carrying wore wearing";
const FOUND: &str = "find finds found discovered lay fell";
/// Words of having the whole time for something else.
const THROUGHOUT: &str = "until till all whole throughout";
const LEAVING: &str = "leave leaves left leaving";
/// Words by which a sentence makes somebody the owner of a thing.
const OWNS: &str = "wore wear wears worn own owned owns owner belonged belongs inherited";
/// Sentences of a noun that are so few that it belongs to the case.
const FEW: usize = 12;
/// Sentences of one kind that are cited.
const CITED: usize = 3;

/// What sentences say of the thing.
struct About {
    read: Read,
    tokens: Vec<Token>,
    is_done: bool,
}

/// What speaks for and against a suspect.
#[derive(Default)]
struct Cells {
    chance: Vec<SentenceId>,
    trace: Vec<SentenceId>,
    motive: Vec<SentenceId>,
    cleared: Vec<SentenceId>,
}

impl Cells {
    fn may_have(&self) -> bool {
        !self.chance.is_empty() && self.cleared.is_empty()
    }
}

/// What the case is told by.
struct Case {
    about: Vec<About>,
    /// Whether the thing is gone, and not spoilt.
    is_gone: bool,
    /// The first sentence that tells what was done.
    done: SentenceId,
    /// Where the thing was, and what opens that.
    places: Things,
    /// What it was spoilt with.
    means: Things,
    /// Which sentences tie which of them.
    ties: Vec<(Pattern, Vec<SentenceId>)>,
}

/// Answers who did it to the thing that `question` names: nobody, if a document that is no book tells what was done,
/// but not by whom. `None` if it names no such thing, or somebody is said to have done so.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn thief(reader: &Reader, question: &Question, thing: &Thing) -> Result<Option<Finding>> {
    let Some(case) = Case::of(reader, thing)? else { return Ok(None) };
    let (mut guilty, mut cleared) = (Vec::new(), Vec::new());
    for (name, word) in people(&case.suspects(reader, question)?, "") {
        let who = Identity::of(reader, &name, &word)?;
        let cells = case.cells(reader, &who)?;
        cleared.extend(cells.cleared.iter().copied().take(1));
        if cells.may_have() {
            guilty.push((name, cells));
        }
    }
    let is_lone = guilty.len() == 1;
    guilty.retain(|(_, cells)| match (case.is_gone, cells.motive.is_empty()) {
        (true, is_innocent) => !cells.trace.is_empty() || is_lone && !is_innocent,
        (false, is_innocent) => {
            !is_innocent && (case.means.patterns.is_empty() || !cells.trace.is_empty())
        }
    });
    // Of a book the places that speak of it are worth reading.
    let [(name, cells)] = guilty.as_slice() else {
        return Ok((texts::of(reader)? != Text::Book).then(Finding::default));
    };
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    let of_thing = case.about.iter().filter(|about| about.is_done || is_kept(&about.tokens));
    let ids = of_thing
        .map(|about| about.read.id)
        .take(CITED)
        .chain(cells.chance.iter().copied())
        .chain(cells.trace.iter().copied())
        .chain(cells.motive.iter().copied().take(CITED))
        .chain(cleared.into_iter().take(CITED));
    for id in ids {
        if !evidence.contains(&(id, 1)) {
            evidence.push((id, 1));
        }
    }
    Ok(Some(Finding { answer: Some(name.clone()), evidence, incomplete: false }))
}

impl Case {
    /// Reads what is told of the thing; `None` if nothing is told to be done to it, or somebody is said to have done
    /// so, or if too much is told of it.
    fn of(reader: &Reader, thing: &Thing) -> Result<Option<Self>> {
        let Some(head) = thing.words.last().map(|word| Pattern::word(word, reader.stems)) else {
            return Ok(None);
        };
        let ids = reader.last_mentions(&[head], &[], LONGEST, MENTIONS)?;
        if ids.len() == MENTIONS {
            return Ok(None);
        }
        let mut about = Vec::new();
        for read in reader.read(&with_next(reader, ids)?)? {
            let tokens = reader.tokens(&read.text);
            if thing.doer(&tokens).is_some() {
                return Ok(None);
            }
            let is_done = tokens.iter().any(|token| among(thing.done, &token.folded));
            about.push(About { read, tokens, is_done });
        }
        let Some(done) = about.iter().find(|about| about.is_done).map(|about| about.read.id) else {
            return Ok(None);
        };
        let (mut places, mut means) = (BTreeSet::new(), BTreeSet::new());
        let is_gone = thing.done == GONE;
        for About { read, tokens, is_done } in &about {
            for (at, noun) in noun_phrases(tokens, &read.text) {
                let before = at.checked_sub(1).map_or("", |at| tokens[at].folded.as_str());
                let inside = AT.contains(&before)
                    || *is_done && (before == "from" || !is_gone && before == "of");
                let own = noun
                    .split(' ')
                    .next_back()
                    .is_none_or(|last| thing.words.iter().any(|own| own == last));
                if own || !is_thing(tokens, at, &noun) || !(*is_done || inside && is_kept(tokens)) {
                    continue;
                }
                let list = if inside || is_gone { &mut places } else { &mut means };
                if list.len() >= THINGS {
                    continue;
                }
                // "The brakes of the racing car" are where the car is.
                let is_whole = tokens
                    .get(at + 1 + noun.split(' ').count())
                    .is_none_or(|next| next.capital || stopwords::is_stopword(&next.folded));
                if before == "of" && is_whole {
                    list.extend(noun.rsplit(' ').next().map(str::to_owned));
                }
                list.insert(noun);
            }
        }
        for About { read, tokens, .. } in about.iter().filter(|about| about.is_done && !is_gone) {
            means.extend(with_what(tokens, &read.text));
        }
        means.retain(|noun| !places.contains(noun));
        let done_so = about.iter().filter(|about| about.is_done);
        let known: Vec<SentenceId> = done_so.map(|about| about.read.id).collect();
        let mut ties = Vec::new();
        for nouns in [&mut places, &mut means] {
            for (noun, ids) in tied(reader, nouns, &known)? {
                ties.extend(Pattern::phrase(&noun).map(|pattern| (pattern, ids)));
                nouns.insert(noun);
            }
        }
        let few = |nouns: BTreeSet<String>| -> Result<Things> {
            let mut out = Vec::new();
            for pattern in nouns.iter().filter_map(|noun| Pattern::phrase(noun)) {
                let all = std::slice::from_ref(&pattern);
                if reader.last_mentions(all, &[], u32::MAX, FEW + 1)?.len() <= FEW {
                    out.push(pattern);
                }
            }
            Things::of(reader, out)
        };
        Ok(Some(Self { places: few(places)?, means: few(means)?, about, is_gone, done, ties }))
    }

    /// Who is named beside the thing or what it was kept in, but for whose it was.
    fn suspects(&self, reader: &Reader, question: &Question) -> Result<BTreeSet<String>> {
        let mut named: BTreeSet<String> = BTreeSet::new();
        let mut owners: Vec<String> = question.names.clone();
        for About { read, tokens, .. } in &self.about {
            let people = people_besides(&read.text, "");
            let owns = read.id < self.done
                && (is_kept(tokens) || tokens.iter().any(|token| among(OWNS, &token.folded)));
            if owns {
                owners.extend(people);
            } else {
                named.extend(people);
            }
        }
        for thing in self.places.patterns.iter().chain(&self.means.patterns) {
            let ids = reader.last_mentions(std::slice::from_ref(thing), &[], LONGEST, FEW)?;
            for read in reader.read(&ids)? {
                named.extend(people_of(reader, &read)?);
            }
        }
        let is_owner = |name: &String| {
            owners
                .iter()
                .any(|owner| owner.contains(name.as_str()) || name.contains(owner.as_str()))
        };
        named.retain(|name| !is_owner(name));
        Ok(named.into_iter().take(THINGS).collect())
    }

    /// What the sentences of a suspect fill and empty.
    fn cells(&self, reader: &Reader, who: &Identity) -> Result<Cells> {
        let mut cells = Cells::default();
        let about = |id: SentenceId| self.about.iter().find(|about| about.read.id == id);
        for (things, list) in [(&self.places, &mut cells.chance), (&self.means, &mut cells.trace)] {
            if things.patterns.is_empty() {
                continue;
            }
            for Telling { read, ties } in who.tellings(reader, things)? {
                let tokens = reader.tokens(&read.text);
                if about(read.id).is_none_or(|about| !about.is_done) && tells(&tokens) {
                    list.push(read.id);
                    list.extend(ties);
                    let words: Vec<String> = tokens.into_iter().map(|token| token.folded).collect();
                    let ties =
                        self.ties.iter().filter(|(noun, _)| noun.occurs_in(&words, reader.stems));
                    list.extend(ties.flat_map(|(_, ids)| ids));
                }
            }
        }
        for Telling { read, ties } in who.tellings(reader, &Things::default())? {
            let tokens = reader.tokens(&read.text);
            let any = |list: &str| tokens.iter().any(|token| among(list, &token.folded));
            let placed = tokens.iter().any(|token| AT.contains(&token.folded.as_str()));
            if about(read.id).is_some() {
                if read.id > self.done && tells(&tokens) && who.deals(&tokens, LOOT, FOUND) {
                    cells.trace.push(read.id);
                    cells.trace.extend(ties);
                }
            } else if !cells.chance.contains(&read.id)
                && (!tells(&tokens) && any(LEAVING) || tells(&tokens) && placed && any(THROUGHOUT))
            {
                cells.cleared.push(read.id);
            } else if tells(&tokens) && tokens.iter().any(|token| token.classes & MOTIVE != 0) {
                cells.motive.push(read.id);
                cells.motive.extend(ties);
            }
        }
        Ok(cells)
    }
}

/// The sentences `ids` and those behind one that speak of the same thing: "It lay in a glass case."
fn with_next(reader: &Reader, mut ids: Vec<SentenceId>) -> Result<Vec<SentenceId>> {
    for id in ids.clone() {
        let next = SentenceId { sentence: id.sentence + 1, ..id };
        let at = next.sentence as usize;
        let block = reader.corpus.excerpt(id.block, at..at + 1)?;
        let behind = block.layout.sentences.get(at);
        if behind.is_some_and(|sentence| !sentence.opens_paragraph)
            && words::folded_words(block.sentences(at..at + 1)).next().is_some_and(|w| w == "it")
        {
            ids.push(next);
        }
    }
    Ok(ids)
}

/// Whether a sentence says that the thing was put or is somewhere.
fn is_kept(tokens: &[Token]) -> bool {
    tokens
        .iter()
        .any(|token| token.classes & (PUT | STAY) != 0 || among("keep keeps kept", &token.folded))
}
