//! The names of one block, as they are stored: who or what is mentioned, in which sentences.
//!
//! ```text
//! entry*  in byte order of keys: shared prefix, rest of the key, spelling (empty if it is the key
//!         with capitals), kind, certain mentions, number of sentences, differences of their ordinals
//! alias*  pairs of entry ordinals: the text says that both are one ("Moran, called the Colonel")
//! ```
//! A key is the folded words of the name joined by blanks. What opens a sentence is kept with no
//! certain mention; whoever merges blocks drops names that are certain nowhere. Numbers and dates
//! are not entries: the postings find them by their digits.

use rustc_hash::FxHashMap;

use super::extract::{self, Kind, Mention};
use crate::memory::index::postings;
use crate::memory::segment::layout::Layout;
use crate::memory::segment::words;
use crate::memory::store::varint::{Reader, put, put_text};

/// A name of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameEntry {
    /// Folded words, joined by blanks.
    pub key: String,
    /// The name as it was first written.
    pub spelling: String,
    /// How it was told to be a name.
    pub kind: Kind,
    /// Mentions that are not merely a capital at the start of a sentence.
    pub certain: u32,
    /// Ordinals of the sentences that mention it, rising.
    pub sentences: Vec<u32>,
}

/// All names of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockNames {
    /// In byte order of their keys.
    pub entries: Vec<NameEntry>,
    /// Pairs of ordinals of entries that the text calls one.
    pub aliases: Vec<(u32, u32)>,
}

/// The key of a name: its folded words joined by blanks, ideographs without blanks between them.
pub fn key_of(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    let mut scratch = String::new();
    let mut after_ideograph = true;
    for word in words::words(name) {
        words::fold(&name[word.start..word.end], &mut scratch);
        postings::truncate(&mut scratch);
        if !(key.is_empty() || word.ideograph && after_ideograph) {
            key.push(' ');
        }
        key.push_str(&scratch);
        after_ideograph = word.ideograph;
    }
    key
}

/// Finds the names of one block after another, reusing its tables.
#[derive(Debug, Default)]
pub struct NamesBuilder {
    ordinals: FxHashMap<String, u32>,
    entries: Vec<NameEntry>,
    mentions: Vec<Mention>,
}

impl NamesBuilder {
    /// The names of a block.
    pub fn build(&mut self, text: &str, layout: &Layout) -> BlockNames {
        self.ordinals.clear();
        self.entries.clear();
        let mut aliases: Vec<(u32, u32)> = Vec::new();
        for (ordinal, sentence) in layout.sentences.iter().enumerate() {
            let body = &text[sentence.start as usize..sentence.end as usize];
            self.mentions.clear();
            extract::mentions(body, &mut self.mentions);
            let mentions = std::mem::take(&mut self.mentions);
            let mut before: Option<(usize, u32)> = None;
            for mention in &mentions {
                let spelling = &body[mention.start..mention.end];
                let entry = self.note(spelling, mention, ordinal as u32);
                if let Some((end, earlier)) = before
                    && earlier != entry
                    && mention.start >= end
                    && extract::says_alias(&body[end..mention.start])
                {
                    aliases.push((earlier, entry));
                }
                before = Some((mention.end, entry));
            }
            self.mentions = mentions;
        }
        self.sorted(aliases)
    }

    fn note(&mut self, spelling: &str, mention: &Mention, sentence: u32) -> u32 {
        let key = key_of(spelling);
        let next = self.entries.len() as u32;
        let ordinal = match self.ordinals.get(&key) {
            Some(ordinal) => *ordinal,
            None => {
                self.ordinals.insert(key.clone(), next);
                self.entries.push(NameEntry {
                    key,
                    spelling: spelling.split_whitespace().collect::<Vec<_>>().join(" "),
                    kind: mention.kind,
                    certain: 0,
                    sentences: Vec::new(),
                });
                next
            }
        };
        let entry = &mut self.entries[ordinal as usize];
        entry.certain += u32::from(!mention.uncertain);
        if entry.sentences.last() != Some(&sentence) {
            entry.sentences.push(sentence);
        }
        ordinal
    }

    fn sorted(&mut self, aliases: Vec<(u32, u32)>) -> BlockNames {
        let mut order: Vec<u32> = (0..self.entries.len() as u32).collect();
        order.sort_unstable_by(|one, other| {
            self.entries[*one as usize].key.cmp(&self.entries[*other as usize].key)
        });
        let mut place = vec![0_u32; order.len()];
        for (at, old) in order.iter().enumerate() {
            place[*old as usize] = at as u32;
        }
        let mut aliases: Vec<(u32, u32)> = aliases
            .into_iter()
            .map(|(one, other)| (place[one as usize], place[other as usize]))
            .collect();
        aliases.sort_unstable();
        aliases.dedup();
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by(|one, other| one.key.cmp(&other.key));
        BlockNames { entries, aliases }
    }
}

/// The key with capitals: how most names are written.
fn capitalised(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut opens = true;
    for c in key.chars() {
        if opens {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        opens = c == ' ';
    }
    out
}

impl BlockNames {
    /// The entry with this key.
    pub fn find(&self, key: &str) -> Option<&NameEntry> {
        let at = self.entries.binary_search_by(|entry| entry.key.as_str().cmp(key)).ok()?;
        Some(&self.entries[at])
    }

    /// (sentence, ordinal of the entry) of all mentions, in the order of sentences.
    pub fn by_sentence(&self) -> Vec<(u32, u32)> {
        let mut list: Vec<(u32, u32)> = self
            .entries
            .iter()
            .enumerate()
            .flat_map(|(at, entry)| entry.sentences.iter().map(move |s| (*s, at as u32)))
            .collect();
        list.sort_unstable();
        list
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.entries.len() * 16);
        put(&mut out, self.entries.len() as u64);
        let mut previous: &[u8] = &[];
        for entry in &self.entries {
            let key = entry.key.as_bytes();
            let shared = previous.iter().zip(key).take_while(|(a, b)| a == b).count();
            put(&mut out, shared as u64);
            put(&mut out, (key.len() - shared) as u64);
            out.extend_from_slice(&key[shared..]);
            let plain = capitalised(&entry.key) == entry.spelling;
            put_text(&mut out, if plain { "" } else { &entry.spelling });
            put(&mut out, entry.kind as u64);
            put(&mut out, u64::from(entry.certain));
            put(&mut out, entry.sentences.len() as u64);
            let mut last = 0;
            for sentence in &entry.sentences {
                put(&mut out, u64::from(sentence - last));
                last = *sentence;
            }
            previous = key;
        }
        put(&mut out, self.aliases.len() as u64);
        for (one, other) in &self.aliases {
            put(&mut out, u64::from(*one));
            put(&mut out, u64::from(*other));
        }
        out
    }

    /// Reads the stored form; `None` if it is damaged.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let mut names = Self::default();
        let mut key: Vec<u8> = Vec::new();
        let count = reader.count(bytes.len())?;
        names.entries.reserve_exact(count);
        for _ in 0..count {
            let shared = reader.count(key.len())?;
            let rest = reader.count(bytes.len())?;
            key.truncate(shared);
            key.extend_from_slice(reader.bytes(rest)?);
            let text = std::str::from_utf8(&key).ok()?.to_owned();
            let spelling = reader.text()?;
            let spelling =
                if spelling.is_empty() { capitalised(&text) } else { spelling.to_owned() };
            let kind = Kind::of(reader.number()?)?;
            let certain = u32::try_from(reader.number()?).ok()?;
            let length = reader.count(bytes.len())?;
            let mut sentences = Vec::with_capacity(length);
            let mut last = 0_u32;
            for _ in 0..length {
                last = last.checked_add(u32::try_from(reader.number()?).ok()?)?;
                sentences.push(last);
            }
            names.entries.push(NameEntry { key: text, spelling, kind, certain, sentences });
        }
        for _ in 0..reader.count(bytes.len())? {
            let mut ordinal = || {
                u32::try_from(reader.number()?)
                    .ok()
                    .filter(|at| (*at as usize) < names.entries.len())
            };
            let pair = (ordinal()?, ordinal()?);
            names.aliases.push(pair);
        }
        reader.is_at_end().then_some(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(text: &str) -> BlockNames {
        NamesBuilder::default().build(text, &Layout::of(text))
    }

    #[test]
    fn names_are_listed_with_their_sentences() {
        let text = "Then Mr. Darcy met Jane. Nobody saw Jane. Darcy left. He carried INV-2041.";
        let names = build(text);
        assert_eq!(names.find("jane").unwrap().sentences, [0, 1]);
        assert_eq!(names.find("mr darcy").unwrap().spelling, "Mr. Darcy");
        assert_eq!(names.find("darcy").map(|entry| entry.certain), Some(0));
        assert_eq!(names.find("inv 2041").unwrap().kind, Kind::Identifier);
        assert_eq!(names.by_sentence().first().map(|(sentence, _)| *sentence), Some(0));
    }

    #[test]
    fn the_text_may_say_that_two_names_are_one() {
        let names = build("We feared Sebastian Moran, known as the \"Iron Colonel\", that year.");
        let pair = names.aliases.first().map(|(a, b)| {
            (names.entries[*a as usize].key.as_str(), names.entries[*b as usize].key.as_str())
        });
        assert_eq!(pair, Some(("sebastian moran", "iron colonel")));
    }

    #[test]
    fn keys_do_not_depend_on_spelling() {
        assert_eq!(key_of("J. S. Mill's"), "j s mill");
        assert_eq!(key_of("李明 Ann"), "李明 ann");
    }

    #[test]
    fn stored_form_round_trips_and_rejects_damage() {
        let names = build("Then Ann, called Annie, met 李明。 MacDonald of Fife saw Ann in Rome.");
        assert!(names.entries.len() >= 4 && !names.aliases.is_empty());
        let bytes = names.encode();
        assert_eq!(BlockNames::decode(&bytes), Some(names));
        for cut in 0..bytes.len() {
            assert_eq!(BlockNames::decode(&bytes[..cut]), None, "cut at {cut}");
        }
    }
}
