//! Which names are one: by title, by surname, by given name, or because the text says so.
//!
//! * "Mr. Darcy" and "Darcy" are one unless a title of the other sex stands before the name too.
//! * A surname is the full name that ends in it, and a given name the full name that begins with it,
//!   if there is only one. Initials count as the given name that begins with them.
//! * Names of places and institutions ("New York", "Baker Street", "Bank of England") are not taken
//!   apart.
//! * Pairs that the text calls one are one.
//!
//! Wrong joins cost precision, missed ones recall; where two readings are open, names stay apart.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::FxHasher;

use super::entity::Entity;
use super::extract::Kind;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;

/// What all blocks together know of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The name as it was first written.
    pub spelling: String,
    /// How it was told to be a name.
    pub kind: Kind,
    /// Mentions that are not merely a capital at the start of a sentence.
    pub certain: u64,
    /// Sentences that mention it.
    pub mentions: u64,
    /// The first of them.
    pub first: SentenceId,
}

/// Keys under consideration and what is said to be one.
#[derive(Debug, Default)]
pub struct Table {
    names: BTreeMap<String, Known>,
    said: Vec<(String, String)>,
}

const FEMALE: &[&str] = &[
    "mrs", "miss", "ms", "lady", "queen", "princess", "countess", "duchess", "mother", "sister",
    "aunt", "madame", "mme", "frau", "madam",
];
const MALE: &[&str] = &[
    "mr", "sir", "lord", "king", "prince", "count", "baron", "duke", "father", "brother", "uncle",
    "monsieur", "herr", "signor", "don", "master",
];
/// First words of names that are no given names.
const NO_GIVEN_NAMES: &[&str] = &[
    "new", "north", "south", "east", "west", "great", "upper", "lower", "old", "saint", "st",
    "port", "fort", "mount", "lake", "san", "santa", "los", "las", "united", "royal", "grand",
    "the", "southern", "northern", "eastern", "western", "central", "little", "black", "white",
    "red", "blue", "green", "golden", "sea", "cape", "el", "la", "le",
];
/// Last words of names that are no surnames.
const NO_SURNAMES: &[&str] = &[
    "street",
    "road",
    "lane",
    "avenue",
    "square",
    "park",
    "hall",
    "house",
    "river",
    "hotel",
    "inn",
    "church",
    "abbey",
    "university",
    "college",
    "school",
    "company",
    "bank",
    "station",
    "court",
    "bridge",
    "castle",
    "island",
    "islands",
    "sea",
    "ocean",
    "bay",
    "mountain",
    "mountains",
    "city",
    "county",
    "state",
    "states",
    "society",
    "club",
    "office",
    "hospital",
    "museum",
    "garden",
    "gardens",
    "place",
    "terrace",
    "war",
    "day",
    "act",
    "christmas",
    "inc",
    "ltd",
    "corporation",
    "department",
    "committee",
    "council",
    "ministry",
    "government",
    "league",
    "union",
    "times",
    "journal",
    "book",
    "bible",
    "god",
    "company's",
    "gate",
    "yard",
    "row",
    "market",
    "theatre",
];

/// A hash of the last word of a key.
pub fn last_word_hash(key: &str) -> u64 {
    let word = key.rsplit(' ').next().unwrap_or(key);
    BuildHasherDefault::<FxHasher>::default().hash_one(word)
}

/// The words of a key without the titles before them, and the titles' sex.
fn untitled(key: &str) -> (Vec<&str>, Option<bool>) {
    let mut words: Vec<&str> = key.split(' ').collect();
    let mut female = None;
    while words.len() > 1 && names::TITLES.contains(&words[0]) {
        if FEMALE.contains(&words[0]) {
            female = Some(true);
        } else if MALE.contains(&words[0]) {
            female = Some(false);
        }
        words.remove(0);
    }
    (words, female)
}

/// Whether words can be given names and a surname.
fn is_person(words: &[&str]) -> bool {
    let plain = words.iter().all(|word| {
        word.chars().all(|c| c.is_alphabetic() || c == '\'')
            && !["of", "de", "du", "and"].contains(word)
    });
    let (first, last) = (words.first().copied().unwrap_or(""), words.last().copied().unwrap_or(""));
    plain && !NO_GIVEN_NAMES.contains(&first) && !NO_SURNAMES.contains(&last)
}

/// Whether two lists of given names can be one person's: one may have initials or fewer names.
fn fit(one: &[&str], other: &[&str]) -> bool {
    let agree = |a: &str, b: &str| {
        a == b || (a.len() == 1 && b.starts_with(a)) || (b.len() == 1 && a.starts_with(b))
    };
    one.iter().zip(other).all(|(a, b)| agree(a, b))
}

/// Sets of keys that were joined.
struct Groups(Vec<usize>);

impl Groups {
    fn root(&self, mut at: usize) -> usize {
        while self.0[at] != at {
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}

impl Table {
    /// Adds what one block knows of a key; blocks come in order.
    pub fn add(&mut self, key: &str, known: Known) {
        match self.names.get_mut(key) {
            Some(name) => {
                name.certain += known.certain;
                name.mentions += known.mentions;
            }
            None => {
                self.names.insert(key.to_owned(), known);
            }
        }
    }

    /// Notes that the text calls both one.
    pub fn same(&mut self, one: &str, other: &str) {
        let pair = (one.to_owned(), other.to_owned());
        if !self.said.contains(&pair) {
            self.said.push(pair);
        }
    }

    /// The keys, in groups that are one. Keys that are certain nowhere are left out.
    fn groups(&self) -> Vec<Vec<&str>> {
        let keys: Vec<&str> = self
            .names
            .iter()
            .filter(|(_, known)| known.certain > 0)
            .map(|(key, _)| key.as_str())
            .collect();
        let mut groups = Groups((0..keys.len()).collect());
        let mut by_surname: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut by_given: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let parts: Vec<(Vec<&str>, Option<bool>)> = keys.iter().map(|key| untitled(key)).collect();
        for (at, (words, _)) in parts.iter().enumerate() {
            if self.names[keys[at]].kind != Kind::Name || !is_person(words) {
                continue;
            }
            by_surname.entry(words[words.len() - 1]).or_default().push(at);
            if words.len() > 1 && words[0].len() > 1 {
                by_given.entry(words[0]).or_default().push(at);
            }
        }
        for family in by_surname.values() {
            join_family(family, &parts, &mut groups);
        }
        for (given, full) in &by_given {
            let first = groups.root(full[0]);
            let one = full.iter().all(|at| groups.root(*at) == first);
            if let (true, Ok(alone)) = (one, keys.binary_search(given)) {
                groups.join(first, alone);
            }
        }
        for (one, other) in &self.said {
            let at = |key: &str| keys.binary_search(&key).ok();
            if let (Some(one), Some(other)) = (at(one), at(other)) {
                groups.join(one, other);
            }
        }
        let mut joined: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for (at, key) in keys.iter().enumerate() {
            joined.entry(groups.root(at)).or_default().push(key);
        }
        joined.into_values().collect()
    }

    /// The keys that are one with `key`; only itself if it is not known.
    pub fn group_of(&self, key: &str) -> Vec<String> {
        let group = self.groups().into_iter().find(|group| group.contains(&key));
        match group {
            Some(group) => group.into_iter().map(str::to_owned).collect(),
            None => vec![key.to_owned()],
        }
    }

    /// What the text calls one with any of `keys`.
    pub fn said_of(&self, keys: &[String]) -> Vec<String> {
        let has = |key: &String| keys.contains(key);
        self.said
            .iter()
            .flat_map(|(one, other)| {
                [has(one).then(|| other.clone()), has(other).then(|| one.clone())]
            })
            .flatten()
            .collect()
    }

    /// Everything that is mentioned, in no order.
    pub fn entities(&self) -> Vec<Entity> {
        self.groups()
            .into_iter()
            .filter_map(|group| {
                let known: Vec<(&str, &Known)> =
                    group.iter().map(|key| (*key, &self.names[*key])).collect();
                // The fullest of the frequent spellings stands for all, unless it is what the text
                // says that another is called; of equal ones the first does.
                let most = known.iter().map(|(_, name)| name.mentions).max()?;
                let frequent = known.iter().filter(|(_, name)| name.mentions * 20 >= most);
                let (_, name) = frequent.max_by_key(|(key, name)| {
                    let named = name.kind == Kind::Name;
                    let own = !self.said.iter().any(|(_, called)| called == key);
                    (named, own, name.spelling.split(' ').count(), Reverse(name.first))
                })?;
                Some(Entity {
                    name: name.spelling.clone(),
                    mentions: known.iter().map(|(_, name)| name.mentions).sum(),
                    first: known.iter().map(|(_, name)| name.first).min()?,
                    keys: group.into_iter().map(str::to_owned).collect(),
                })
            })
            .collect()
    }
}

/// Joins the names that end in one surname.
fn join_family(family: &[usize], parts: &[(Vec<&str>, Option<bool>)], groups: &mut Groups) {
    let given = |at: usize| &parts[at].0[..parts[at].0.len() - 1];
    let (full, bare): (Vec<usize>, Vec<usize>) =
        family.iter().partition(|at| !given(**at).is_empty());
    // Full names that fit each other are one person.
    for (index, one) in full.iter().enumerate() {
        for other in &full[index + 1..] {
            let sexes = [parts[*one].1, parts[*other].1];
            let apart = sexes == [Some(true), Some(false)] || sexes == [Some(false), Some(true)];
            if fit(given(*one), given(*other)) && !apart {
                groups.join(*one, *other);
            }
        }
    }
    let mut people: Vec<usize> = full.iter().map(|at| groups.root(*at)).collect();
    people.sort_unstable();
    people.dedup();
    let sexes: Vec<Option<bool>> = family.iter().map(|at| parts[*at].1).collect();
    let mixed = sexes.contains(&Some(true)) && sexes.contains(&Some(false));
    if people.len() > 1 {
        return;
    }
    let titled_alike = |at: &usize| parts[*at].1;
    for (index, one) in bare.iter().enumerate() {
        for other in &bare[index + 1..] {
            if !mixed || titled_alike(one) == titled_alike(other) {
                groups.join(*one, *other);
            }
        }
        if let (Some(person), false) = (people.first(), mixed) {
            groups.join(*person, *one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(names: &[&str], said: &[(&str, &str)]) -> Vec<Vec<String>> {
        let mut table = Table::default();
        for name in names {
            let first = SentenceId { block: 0, sentence: 0 };
            let spelling = (*name).to_owned();
            let known = Known { spelling, kind: Kind::Name, certain: 1, mentions: 1, first };
            table.add(name, known);
        }
        said.iter().for_each(|(one, other)| table.same(one, other));
        let own = |group: Vec<&str>| group.into_iter().map(str::to_owned).collect();
        table.groups().into_iter().map(own).collect()
    }

    #[test]
    fn one_full_name_takes_its_surname_given_name_and_titles() {
        let names = ["holmes", "mr holmes", "s holmes", "sherlock", "sherlock holmes"];
        assert_eq!(groups(&names, &[]), [names]);
    }

    #[test]
    fn two_full_names_or_two_sexes_leave_a_surname_open() {
        let two = ["fitzwilliam darcy", "georgiana darcy", "darcy"];
        assert_eq!(groups(&two, &[]).len(), 3);
        let couple = ["mr bennet", "mrs bennet"];
        assert_eq!(groups(&couple, &[]).len(), 2);
    }

    #[test]
    fn places_are_not_taken_apart_and_the_text_has_its_say() {
        assert_eq!(groups(&["new york", "york", "bank of england", "england"], &[]).len(), 4);
        let said = [("moran", "the tiger")];
        assert_eq!(groups(&["moran", "the tiger"], &said).len(), 1);
    }
}
