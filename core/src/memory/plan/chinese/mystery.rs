//! Who did it in a Chinese mystery: the table of means, motive and chance, filled by Chinese sentences (`clues`).
//!
//! ```text
//! harm       sentences of the victim with a word for a harm: the hour, the place, the instrument
//! suspects   whom sentences name beside the victim that give a reason
//! means      who had the instrument last, or, if it was never handed on, everybody of whom a sentence tells it
//! chance     a sentence that puts one at the place, at no other hour
//! cleared    a sentence that puts one elsewhere at that hour or all the time, unless that is taken back
//! ```
//! The decision is that of every table (`table`): one and nobody else.

use std::collections::BTreeMap;

use super::clues;
use super::surnames::full_names;
use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::plan::cases::scene::{LONGEST, MENTIONS};
use crate::memory::plan::cases::table::{Cells, only_one};
use crate::memory::plan::events::custody::{self, Held};
use crate::memory::plan::reader::{Read, Reader};

/// Words of a Chinese sentence, which are its characters, for one of [`LONGEST`] words of others.
const CHARACTERS: u32 = 2 * LONGEST;
/// Suspects at most.
const SUSPECTS: usize = 16;
/// Sentences of what somebody is called at most.
const FEW: usize = 12;
/// Minutes between the harm and what is told of its hour, at most.
const APART: i32 = 30;
/// Characters that open no given name behind a surname and one character: they go on with the sentence.
const GO_ON: &str = "恨欠在的是有把被与和曾从对向给说也都就去来走看见想要为将用拿到了不没因之偷借买住进出死杀承供发于很跟同让叫那这";

/// The harm that was done.
#[derive(Default)]
struct Harm {
    ids: Vec<SentenceId>,
    hour: Option<i32>,
    places: Vec<String>,
    things: Vec<String>,
}

/// Who did it to `victim`; `None` unless one suspect alone had all of motive, means and chance.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn proved(reader: &Reader, victim: &str) -> Result<Option<Finding>> {
    let people = People::of(victim);
    let (mut harm, mut grudges) = (Harm::default(), Vec::new());
    for read in mentions(reader, &[victim], MENTIONS)? {
        let named = people.named(reader, &read.text)?;
        let is_motive = !named.is_empty() && clues::is_motive(&read.text);
        if clues::is_harm(&read.text) && !is_motive && !clues::is_of_kin(&read.text) {
            harm.add(&read);
        } else if is_motive && !clues::denies(&read.text) {
            grudges.push((read.id, named));
        }
    }
    if harm.things.is_empty() || harm.places.is_empty() {
        return Ok(None);
    }
    let mut suspects: Vec<String> = Vec::new();
    for (_, name) in grudges.iter().flat_map(|(_, named)| named) {
        if suspects.len() < SUSPECTS && !suspects.contains(name) {
            suspects.push(name.clone());
        }
    }
    let mut told: Vec<Suspect> = Vec::new();
    for name in suspects {
        let mut suspect = Suspect::of(reader, &people, name)?;
        let own = grudges.iter().filter(|(_, named)| named.iter().any(|(_, n)| *n == suspect.name));
        suspect.cells.motive.extend(own.map(|(id, _)| *id));
        suspect.look(reader, &people, &harm)?;
        told.push(suspect);
    }
    let had = owners(reader, &people, &harm, &told)?;
    let rows = told.into_iter().map(|Suspect { name, mut cells, .. }| {
        cells.means = had.get(&name).cloned().unwrap_or_default();
        (name, cells)
    });
    Ok(only_one(rows).map(|(name, cells)| cells.proof(&harm.ids, name)))
}

impl Harm {
    fn add(&mut self, read: &Read) {
        self.ids.push(read.id);
        self.hour = self.hour.or(clues::hour(&read.text));
        for (_, noun) in clues::places(&read.text) {
            if !self.places.contains(&noun) {
                self.places.push(noun);
            }
        }
        for noun in clues::things(&read.text) {
            if !self.things.contains(&noun) {
                self.things.push(noun);
            }
        }
    }

    /// Whether what is told of `hour` is told of another one than that of the harm.
    fn is_apart(&self, hour: Option<i32>) -> bool {
        let (Some(one), Some(other)) = (self.hour, hour) else { return false };
        let apart = (one - other).rem_euclid(720);
        apart.min(720 - apart) > APART
    }
}

/// The last sentences that hold all of `words`.
fn mentions(reader: &Reader, words: &[&str], limit: usize) -> Result<Vec<Read>> {
    let patterns: Vec<Pattern> = words.iter().filter_map(|word| Pattern::phrase(word)).collect();
    if patterns.len() < words.len() {
        return Ok(Vec::new());
    }
    reader.read(&reader.last_mentions(&patterns, &[], CHARACTERS, limit)?)
}

/// Who are people in the text, besides the victim.
struct People<'v> {
    victim: &'v str,
    known: std::cell::RefCell<BTreeMap<String, Option<String>>>,
}

impl<'v> People<'v> {
    fn of(victim: &'v str) -> Self {
        Self { victim, known: std::cell::RefCell::default() }
    }

    /// Who is named in a sentence besides the victim, in order, each with where.
    fn named(&self, reader: &Reader, text: &str) -> Result<Vec<(usize, String)>> {
        let mut out: Vec<(usize, String)> = Vec::new();
        let mut end = 0;
        for (at, _) in text.char_indices() {
            if at < end {
                continue;
            }
            if text[at..].starts_with(self.victim) {
                end = at + self.victim.len();
                continue;
            }
            // "Nine o'clock" ends in what may be a surname.
            if text[..at].ends_with('点') {
                continue;
            }
            let candidates: Vec<String> = full_names(&text[at..]).collect();
            if let Some(name) = self.name_of(reader, &candidates)? {
                end = at + name.len();
                if !out.iter().any(|(_, known)| *known == name) {
                    out.push((at, name));
                }
            }
        }
        Ok(out)
    }

    /// Which of the stretches is a name: the longer one, unless the shorter one goes on in other ways too, or with what
    /// opens no name; one that stands in the text once alone is none.
    fn name_of(&self, reader: &Reader, candidates: &[String]) -> Result<Option<String>> {
        let Some(longest) = candidates.first() else { return Ok(None) };
        if let Some(known) = self.known.borrow().get(longest) {
            return Ok(known.clone());
        }
        let patterns: Vec<Pattern> =
            candidates.iter().filter_map(|name| Pattern::phrase(name)).collect();
        let counts = search::counts(reader.corpus, &patterns, reader.stems)?;
        let name = match (candidates, counts.as_slice()) {
            ([long, short], [of_long, of_short]) => {
                let is_short = goes_on(long) || of_long < of_short;
                let (name, count) = if is_short { (short, of_short) } else { (long, of_long) };
                (*count > 1 && !goes_on(name)).then(|| name.clone())
            }
            ([name], [count]) => (*count > 1 && !goes_on(name)).then(|| name.clone()),
            _ => None,
        };
        self.known.borrow_mut().insert(longest.clone(), name.clone());
        Ok(name)
    }
}

/// Whether a stretch ends in what goes on with the sentence behind a name.
fn goes_on(stretch: &str) -> bool {
    stretch.chars().last().is_some_and(|last| GO_ON.contains(last))
}

/// Somebody who may have done it.
struct Suspect {
    name: String,
    /// What else the suspect is called, and the sentence that says so.
    others: Vec<(String, SentenceId)>,
    told: Vec<Read>,
    cells: Cells,
}

impl Suspect {
    fn of(reader: &Reader, people: &People, name: String) -> Result<Self> {
        let told = mentions(reader, &[&name], MENTIONS)?;
        let mut others: Vec<(String, SentenceId)> = Vec::new();
        for read in &told {
            let alone = people.named(reader, &read.text)?.len() == 1;
            if let Some(other) = clues::called(&read.text, &name).filter(|_| alone) {
                others.push((other, read.id));
            }
        }
        Ok(Self { name, others, told, cells: Cells::default() })
    }

    /// Notes where the suspect was, and what of that is taken back.
    fn look(&mut self, reader: &Reader, people: &People, harm: &Harm) -> Result<()> {
        let mut witnesses: Vec<String> = Vec::new();
        for read in std::mem::take(&mut self.told) {
            let named = people.named(reader, &read.text)?;
            if clues::takes_back(&read.text) {
                self.cells.retracted.push(read.id);
            } else if self.cells.place(&read, &self.name, &named, harm) {
                witnesses.extend(named.into_iter().map(|(_, name)| name));
            }
        }
        for (other, tie) in self.others.clone() {
            for read in mentions(reader, &[&other], FEW)? {
                if read.id == tie || read.text.contains(&self.name) {
                    continue;
                }
                let mut named = people.named(reader, &read.text)?;
                named.extend(read.text.find(&other).map(|at| (at, other.clone())));
                named.sort();
                let n_told = self.cells.chance.len() + self.cells.elsewhere.len();
                self.cells.place(&read, &other, &named, harm);
                if self.cells.chance.len() + self.cells.elsewhere.len() > n_told {
                    self.cells.ties.push(tie);
                }
            }
        }
        // What a witness takes back need not name the suspect.
        witnesses.retain(|name| *name != self.name);
        for witness in &witnesses {
            if !self.cells.retracted.is_empty() {
                break;
            }
            let told = mentions(reader, &[witness], FEW)?;
            let back = told.iter().find(|read| clues::takes_back(&read.text));
            self.cells.retracted.extend(back.map(|read| read.id));
        }
        if self.cells.elsewhere.is_empty() {
            self.cells.retracted.clear();
        }
        Ok(())
    }
}

impl Cells {
    /// Notes whether a sentence puts the one who is named `name` in it where the harm was done, or elsewhere at that
    /// hour; whether it does the latter.
    fn place(&mut self, read: &Read, name: &str, named: &[(usize, String)], harm: &Harm) -> bool {
        let text = read.text.as_str();
        // Who stands last before the place is there; where nobody does, who stands first behind it.
        let is_of = |at: usize| {
            let before = named.iter().rev().find(|(start, _)| *start < at);
            before.or(named.first()).is_some_and(|(_, who)| who == name)
        };
        let hour = clues::hour(text);
        let at_scene = harm.places.iter().find_map(|place| text.find(place.as_str()));
        if let Some(at) = at_scene {
            if is_of(at) && !harm.is_apart(hour) && !clues::denies(text) && !clues::is_motive(text)
            {
                self.chance.push(read.id);
            }
            return false;
        }
        let of_hour = hour.is_some() && harm.hour.is_some() && !harm.is_apart(hour);
        let is_elsewhere = (of_hour || clues::is_throughout(text))
            && clues::places(text).first().is_some_and(|(at, _)| is_of(*at));
        if is_elsewhere {
            self.elsewhere.push(read.id);
        }
        is_elsewhere
    }
}

/// Who had what it may have been done with, by the sentences that tell it: the last of those from hand to hand, or
/// everybody of whom it is told.
fn owners(
    reader: &Reader,
    people: &People,
    harm: &Harm,
    suspects: &[Suspect],
) -> Result<BTreeMap<String, Vec<SentenceId>>> {
    let mut had: BTreeMap<String, Vec<SentenceId>> = BTreeMap::new();
    for thing in &harm.things {
        let mut held: Vec<Held> = Vec::new();
        for read in mentions(reader, &[thing], MENTIONS)? {
            if harm.ids.contains(&read.id) {
                continue;
            }
            let mut named = people.named(reader, &read.text)?;
            for suspect in suspects {
                let other =
                    suspect.others.iter().find_map(|(other, _)| read.text.find(other.as_str()));
                if !named.iter().any(|(_, name)| *name == suspect.name) {
                    named.extend(other.map(|at| (at, suspect.name.clone())));
                }
            }
            named.sort();
            let named: Vec<(usize, &str)> =
                named.iter().map(|(at, name)| (*at, name.as_str())).collect();
            if let Some((giver, name)) = clues::holder(&read.text, &named) {
                let time = clues::hour(&read.text);
                let (giver, name) = (giver.map(str::to_owned), name.to_owned());
                held.push(Held { name, giver, id: read.id, time });
            }
        }
        if held.iter().any(|held| held.giver.is_some()) {
            let chain = custody::whole(custody::in_order(held, harm.hour), |_| Ok(true))?;
            if let Some(last) = chain.last() {
                had.entry(last.name.clone()).or_default().extend(chain.iter().map(|held| held.id));
            }
        } else {
            for Held { name, id, .. } in held {
                had.entry(name).or_default().push(id);
            }
        }
    }
    Ok(had)
}
