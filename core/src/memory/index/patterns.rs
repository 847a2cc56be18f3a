//! Patterns: what a question looks for in the postings of a block.
//!
//! A pattern is a sequence of words that stand side by side, each exact or by its stem. A single
//! word, a name, a quoted phrase, and a pair of Chinese characters (which stands for a word where no
//! spaces mark them) are all patterns. Matching walks a dictionary once for all patterns, whose words are
//! sorted as its terms are, so that a term costs a comparison or two whatever the number of words.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::pages::TermRange;
use super::postings::{self, ByteSet, Entry};
use super::stems::{Stems, irregular_forms};
use crate::memory::segment::words;

/// One place of a pattern: the words that may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Slot {
    /// Words that may stand there in exactly this form, sorted.
    exact: Vec<String>,
    /// Bit b is set if a term that begins with byte b may match: rejects most terms at once.
    first_bytes: ByteSet,
    /// Stem to compare with and the bytes that every word with this stem begins with.
    stem: Option<(String, String)>,
    /// Whether what stands there may be tied to what follows.
    may_be_tied: bool,
}

/// A sequence of adjacent words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The words as the question has them, folded and joined by blanks: the pattern's name.
    pub text: String,
    slots: Arc<Vec<Slot>>,
}

impl Pattern {
    /// Any form of the folded word `word`.
    pub fn word(word: &str, stems: &Stems) -> Self {
        Self { text: word.to_owned(), slots: Arc::new(vec![Slot::stemmed(word, stems)]) }
    }

    /// Lets the folded words `forms` stand in the place of a single word too.
    pub fn or(&mut self, forms: &[String]) {
        if let [slot] = Arc::make_mut(&mut self.slots).as_mut_slice() {
            slot.exact.extend_from_slice(forms);
            slot.order();
        }
    }

    /// Any of the folded words `forms`, exactly; named `text`.
    pub fn one_of(text: &str, forms: impl IntoIterator<Item = String>) -> Self {
        let slot = Slot::new(forms.into_iter().collect(), None);
        Self { text: text.to_owned(), slots: Arc::new(vec![slot]) }
    }

    /// The words of `text` side by side, in exactly these folded forms. `None` without a word.
    pub fn phrase(text: &str) -> Option<Self> {
        let slots: Vec<Slot> = words::words(text)
            .map(|word| {
                let mut exact = words::folded(&text[word.start..word.end]);
                postings::truncate(&mut exact);
                Slot::new(vec![exact], None)
            })
            .collect();
        let names: Vec<&str> = slots.iter().map(|slot| slot.exact[0].as_str()).collect();
        let text = names.join(" ");
        (!slots.is_empty()).then_some(Self { text, slots: Arc::new(slots) })
    }

    /// The same where the last word is not tied to what follows: not the beginning of a longer key.
    pub fn untied(mut self) -> Self {
        if let Some(last) = Arc::make_mut(&mut self.slots).last_mut() {
            last.may_be_tied = false;
        }
        self
    }

    /// Whether the pattern occurs in a list of folded words.
    pub fn occurs_in(&self, words: &[String], stems: &Stems) -> bool {
        words.windows(self.slots.len().max(1)).any(|window| {
            window
                .iter()
                .zip(self.slots.iter())
                .all(|(word, slot)| slot.matches(word.as_bytes(), stems))
        })
    }

    /// Calls `visit` with ranges of terms that hold every term of its words.
    pub fn for_each_range(&self, mut visit: impl FnMut(TermRange)) {
        for slot in self.slots.iter() {
            slot.exact.iter().for_each(|word| visit(TermRange::Word(word.as_bytes())));
            if let Some((_, prefix)) = &slot.stem {
                visit(TermRange::Prefix(prefix.as_bytes()));
            }
        }
    }

    /// The words that may stand in each of its places in exactly this form.
    pub fn forms(&self) -> impl Iterator<Item = &[String]> {
        self.slots.iter().map(|slot| slot.exact.as_slice())
    }

    /// Its words, if they are several and each may stand there in one form only.
    pub fn side_by_side(&self) -> Option<Vec<&str>> {
        (self.slots.len() > 1).then(|| self.slots.iter().map(Slot::only).collect())?
    }

    /// Whether it occurs wherever `other` does, and nowhere else, whatever they are called.
    pub fn matches_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.slots, &other.slots) || self.slots == other.slots
    }

    /// Number of adjacent words.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether the pattern has no word; never so for a pattern made here.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }
}

impl Slot {
    fn new(exact: Vec<String>, stem: Option<(String, String)>) -> Self {
        let mut slot = Self { exact, first_bytes: [0; 4], stem, may_be_tied: true };
        slot.order();
        slot
    }

    /// Sorts the exact words and notes the first bytes.
    fn order(&mut self) {
        self.exact.sort_unstable();
        self.exact.dedup();
        let prefix = self.stem.as_ref().map(|(_, prefix)| prefix);
        for byte in self.exact.iter().chain(prefix).filter_map(|word| word.bytes().next()) {
            self.first_bytes[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    }

    fn stemmed(word: &str, stems: &Stems) -> Self {
        let mut exact = vec![word.to_owned()];
        if let Some(forms) = irregular_forms(word) {
            exact.extend(forms.iter().map(|form| (*form).to_owned()));
        }
        postings::truncate(&mut exact[0]);
        let stemmed = word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'');
        let stem = stemmed.then(|| {
            let stem = stems.stem(word);
            // A final y becomes i in a stem, so words of one stem share all but its last letter.
            let shared: usize = stem.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
            let prefix = stem[..shared.min(stem.len() - 1).max(1)].to_owned();
            (stem, prefix)
        });
        Self::new(exact, stem)
    }

    /// The only word that may stand here.
    fn only(&self) -> Option<&str> {
        match self.exact.as_slice() {
            [word] if self.stem.is_none() => Some(word),
            _ => None,
        }
    }

    fn matches(&self, term: &[u8], stems: &Stems) -> bool {
        let first = term.first().copied().unwrap_or(0);
        self.first_bytes[usize::from(first >> 6)] >> (first & 63) & 1 == 1
            && (self.is_exact(term) || self.has_stem_of(term, stems))
    }

    fn is_exact(&self, term: &[u8]) -> bool {
        self.exact.binary_search_by(|exact| exact.as_bytes().cmp(term)).is_ok()
    }

    fn has_stem_of(&self, term: &[u8], stems: &Stems) -> bool {
        self.stem.as_ref().is_some_and(|(stem, prefix)| {
            term.starts_with(prefix.as_bytes())
                && std::str::from_utf8(term).is_ok_and(|term| stems.is_stem(stem, term))
        })
    }
}

/// The words of several patterns, to be compared with terms in byte order.
#[derive(Debug)]
pub struct Wanted<'a> {
    patterns: &'a [Pattern],
    stems: &'a Stems,
    /// The exact words with the pattern and the slot of each, sorted.
    exact: Vec<(&'a [u8], usize, usize)>,
    /// The bytes that the words of a stem begin with, with the pattern and the slot of each, sorted.
    stemmed: Vec<(&'a [u8], usize, usize)>,
    /// Those of the words that begin as the last term does, and its first byte.
    group: (u8, Range<usize>),
    first_bytes: ByteSet,
    /// What terms that may stand somewhere begin with, sorted, none of them beginning with another.
    beginnings: Rc<[&'a [u8]]>,
    /// The first of `exact` that is not less than the last term.
    next: usize,
}

impl<'a> Wanted<'a> {
    /// The words of `patterns`.
    pub fn of(patterns: &'a [Pattern], stems: &'a Stems) -> Self {
        let (mut exact, mut stemmed, mut first_bytes) = (Vec::new(), Vec::new(), [0; 4]);
        for (at, pattern) in patterns.iter().enumerate() {
            for (ordinal, slot) in pattern.slots.iter().enumerate() {
                exact.extend(slot.exact.iter().map(|word| (word.as_bytes(), at, ordinal)));
                let prefix = slot.stem.iter().map(|(_, prefix)| prefix.as_bytes());
                stemmed.extend(prefix.map(|prefix| (prefix, at, ordinal)));
                for (all, own) in first_bytes.iter_mut().zip(&slot.first_bytes) {
                    *all |= own;
                }
            }
        }
        exact.sort_unstable();
        stemmed.sort_unstable();
        let all = exact.iter().chain(&stemmed).map(|(word, ..)| *word);
        let mut beginnings: Vec<&[u8]> = all.filter(|word| !word.is_empty()).collect();
        beginnings.sort_unstable();
        beginnings.dedup_by(|next, kept| next.starts_with(kept));
        let (group, next, beginnings) = ((0, 0..0), 0, beginnings.into());
        Self { patterns, stems, exact, stemmed, group, first_bytes, beginnings, next }
    }

    /// The patterns.
    pub fn patterns(&self) -> &'a [Pattern] {
        self.patterns
    }

    /// What terms that may stand somewhere begin with, sorted, none of them beginning with another.
    pub fn beginnings(&self) -> Rc<[&'a [u8]]> {
        Rc::clone(&self.beginnings)
    }

    /// Begins another list of terms.
    pub fn rewind(&mut self) {
        self.next = 0;
    }

    /// Calls `visit` with the pattern and the slot of every place where `term` may stand, which is not less
    /// than the term before.
    pub fn for_each_place_of(&mut self, term: &[u8], mut visit: impl FnMut(usize, usize)) {
        let (term, tied) = postings::word_of(term);
        let first = term.first().copied().unwrap_or(0);
        if self.first_bytes[usize::from(first >> 6)] >> (first & 63) & 1 == 0 {
            return;
        }
        if self.exact.get(self.next).is_some_and(|(word, ..)| *word < term) {
            self.next += 1 + self.exact[self.next + 1..].partition_point(|(word, ..)| *word < term);
        }
        for (word, pattern, slot) in &self.exact[self.next..] {
            if *word != term {
                break;
            }
            if self.patterns[*pattern].slots[*slot].may_be_tied || !tied {
                visit(*pattern, *slot);
            }
        }
        if self.group.0 != first {
            let start = self.stemmed.partition_point(|(prefix, ..)| *prefix < &[first][..]);
            let own = |(prefix, ..): &&(&[u8], usize, usize)| prefix.first() == Some(&first);
            let n = self.stemmed[start..].iter().take_while(own).count();
            self.group = (first, start..start + n);
        }
        for &(_, pattern, slot) in &self.stemmed[self.group.1.clone()] {
            let place = &self.patterns[pattern].slots[slot];
            let may_stand = place.may_be_tied || !tied;
            if may_stand && place.has_stem_of(term, self.stems) && !place.is_exact(term) {
                visit(pattern, slot);
            }
        }
    }
}

/// The entries of one block's dictionary that the slots of the patterns match.
#[derive(Debug, Default)]
pub struct Matches {
    /// Per pattern, per slot.
    entries: Vec<Vec<Vec<Entry>>>,
}

impl Matches {
    /// Looks all patterns up in the part `terms`; `None` if it is damaged.
    pub fn find(wanted: &mut Wanted, terms: &[u8]) -> Option<Self> {
        let slots = |pattern: &Pattern| vec![Vec::new(); pattern.slots.len()];
        let mut entries: Vec<Vec<Vec<Entry>>> = wanted.patterns.iter().map(slots).collect();
        wanted.rewind();
        postings::for_each_beginning(terms, &wanted.beginnings(), |term, entry| {
            wanted.for_each_place_of(term, |pattern, slot| entries[pattern][slot].push(entry));
        })?;
        Some(Self { entries })
    }

    /// Upper bound of the matches of pattern `pattern` in the block; exact for single words.
    pub fn bound(&self, pattern: usize) -> u64 {
        self.entries[pattern]
            .iter()
            .map(|slot| slot.iter().map(|entry| u64::from(entry.count)).sum())
            .min()
            .unwrap_or(0)
    }

    /// Whether any pattern can match in the block.
    pub fn any(&self) -> bool {
        (0..self.entries.len()).any(|pattern| self.bound(pattern) > 0)
    }

    /// Word ordinals where pattern `pattern` begins; `None` if the part `positions` is damaged.
    pub fn positions(&self, pattern: usize, positions: &[u8]) -> Option<Vec<u32>> {
        // Of words that do not stand there together no list is read.
        if self.bound(pattern) == 0 {
            return Some(Vec::new());
        }
        let slots = &self.entries[pattern];
        let often =
            |slot: &usize| slots[*slot].iter().map(|entry| u64::from(entry.count)).sum::<u64>();
        // The rarest first: where nothing is left, the long lists of common words are not read.
        let mut order: Vec<usize> = (0..slots.len()).collect();
        order.sort_by_key(often);
        let mut starts: Option<Vec<u32>> = None;
        for offset in order {
            let slot = &slots[offset];
            let mut list = Vec::new();
            for entry in slot {
                postings::positions_of(positions, *entry, &mut list)?;
            }
            if slot.len() > 1 {
                // Lists in order one behind the other, which a stable sort merges.
                list.sort();
                list.dedup();
            }
            let offset = offset as u32;
            let left = match starts {
                None => list.into_iter().filter_map(|at| at.checked_sub(offset)).collect(),
                Some(mut starts) => {
                    let mut next = 0;
                    starts.retain(|at| {
                        let wanted = at + offset;
                        while list.get(next).is_some_and(|at| *at < wanted) {
                            next += 1;
                        }
                        list.get(next) == Some(&wanted)
                    });
                    starts
                }
            };
            if left.is_empty() {
                return Some(left);
            }
            starts = Some(left);
        }
        Some(starts.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::index::postings::PostingsBuilder;

    fn positions(text: &str, pattern: Pattern) -> Vec<u32> {
        let (terms, positions) = PostingsBuilder::default().build(text);
        let (patterns, stems) = ([pattern], Stems::default());
        let matches = Matches::find(&mut Wanted::of(&patterns, &stems), &terms).unwrap();
        matches.positions(0, &positions).unwrap()
    }

    #[test]
    fn every_place_of_a_term_is_found_once_among_many_words() {
        let stems = Stems::default();
        let mut take = Pattern::word("take", &stems);
        take.or(&["grab".to_owned(), "taken".to_owned()]);
        let patterns = [
            take,
            Pattern::phrase("take the taking").unwrap(),
            Pattern::one_of("verbs", ["go", "take", "zoom"].map(str::to_owned)),
        ];
        let mut wanted = Wanted::of(&patterns, &stems);
        let terms = ["grab", "take", "taken", "taking", "tale", "the", "zoom"];
        for _ in 0..2 {
            wanted.rewind();
            for term in terms {
                let mut found = Vec::new();
                wanted.for_each_place_of(term.as_bytes(), |pattern, slot| {
                    found.push((pattern, slot))
                });
                found.sort_unstable();
                let mut expected = Vec::new();
                for (at, pattern) in patterns.iter().enumerate() {
                    let holds = |slot: &(usize, &Slot)| slot.1.matches(term.as_bytes(), &stems);
                    let slots = pattern.slots.iter().enumerate().filter(holds);
                    expected.extend(slots.map(|(slot, _)| (at, slot)));
                }
                assert_eq!(found, expected, "{term}");
            }
        }
    }

    #[test]
    fn stems_irregular_forms_and_phrases_match() {
        let stems = Stems::default();
        let text = "He took the carriages. They take a carriage; taking 上海 and 海上 carried.";
        assert_eq!(positions(text, Pattern::word("take", &stems)), [1, 5, 8]);
        assert_eq!(positions(text, Pattern::word("carriage", &stems)), [3, 7]);
        assert_eq!(positions(text, Pattern::phrase("上海").unwrap()), [9]);
        assert_eq!(positions(text, Pattern::phrase("take a").unwrap()), [5]);
        assert_eq!(Pattern::phrase(" ?!"), None);
    }

    #[test]
    fn an_untied_pattern_is_not_the_beginning_of_a_longer_key() {
        let text = "blue-lamp-x, blue-lamp, a blue-lamp-y and blue lamp; 香炉5号, 香炉";
        let key = |text: &str| Pattern::phrase(text).unwrap();
        assert_eq!(positions(text, key("blue-lamp")), [0, 3, 6, 10]);
        assert_eq!(positions(text, key("blue-lamp").untied()), [3, 10]);
        assert_eq!(positions(text, key("香炉")), [12, 16]);
        assert_eq!(positions(text, key("香炉").untied()), [16]);
        let stems = Stems::default();
        assert_eq!(positions(text, Pattern::word("lamp", &stems).untied()), [4, 11]);
    }
}
