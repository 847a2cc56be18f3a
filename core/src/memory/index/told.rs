//! What a run tells of a pattern: how often it can occur in each block, and of prose in which sentences it can begin.
//!
//! ```text
//! place      of each word of a pattern, or of those that may stand for it: how often, and in which sentences
//! pattern    as often as the rarest of its places at most, and where they can stand side by side
//! ```
//! What directories told last is held (`Lookups`): the plans of a question look its words up one after the other, and
//! the next question asks in many of the same words. Where they are looked up is told in `lookup`.

use std::cell::RefCell;
use std::sync::Arc;

use super::patterns::Pattern;
use crate::memory::store::ContentHash;

/// Numbers of what directories told that are held: a quarter of a megabyte, some forty words of a long book.
pub(super) const MOST_HELD: usize = 1 << 16;
/// Of these one pattern may have so many.
const MOST_OF_ONE: usize = MOST_HELD / 4;
/// For how many numbers a word of a pattern counts.
const OF_A_WORD: usize = 8;

/// What a run tells of a pattern.
#[derive(Debug)]
pub(super) struct Told {
    /// Per block of the run, an upper bound of how often the pattern occurs there.
    pub(super) bounds: Vec<u32>,
    /// The ordinals in the run of the sentences where the pattern can begin, in order and once for every occurrence at
    /// least; `None` if that is not known.
    pub(super) begins: Option<Vec<u32>>,
    /// Whether it begins in all of them, as often as they are there.
    pub(super) is_exact: bool,
}

/// What a run tells of the words that may stand in one place of a pattern.
#[derive(Debug)]
pub(super) struct Place {
    /// Per block, how often they stand there.
    pub(super) counts: Vec<u32>,
    /// The sentences in which they stand.
    pub(super) sentences: Vec<u32>,
    /// Whether these are all.
    pub(super) is_known: bool,
}

impl Told {
    /// What the places of a pattern tell of it.
    pub(super) fn of(mut places: Vec<Place>) -> Self {
        let is_exact = places.len() == 1 && places[0].is_known;
        let begins =
            if is_exact { Some(std::mem::take(&mut places[0].sentences)) } else { begins(&places) };
        // A pattern stands where the rarest of its words does at most.
        let mut bounds = places.pop().map(|place| place.counts).unwrap_or_default();
        for place in places {
            bounds
                .iter_mut()
                .zip(place.counts)
                .for_each(|(least, other)| *least = (*least).min(other));
        }
        Self { bounds, begins, is_exact }
    }
}

/// The sentences where words can begin to stand side by side, one in each of `places`: each stands in the sentence of the
/// one before or behind it.
fn begins(places: &[Place]) -> Option<Vec<u32>> {
    let known = || places.iter().enumerate().filter(|(_, place)| place.is_known);
    let (at, rarest) = known().min_by_key(|(_, place)| place.sentences.len())?;
    let is_near = |sentence: u32| {
        known().all(|(other, place)| {
            let low = sentence.saturating_sub(at.saturating_sub(other) as u32);
            let high = sentence + other.saturating_sub(at) as u32;
            let from = place.sentences.partition_point(|held| *held < low);
            place.sentences.get(from).is_some_and(|held| *held <= high)
        })
    };
    let near = rarest.sentences.iter().copied().filter(|sentence| is_near(*sentence));
    let mut out: Vec<u32> =
        near.flat_map(|sentence| sentence.saturating_sub(at as u32)..=sentence).collect();
    out.sort_unstable();
    Some(out)
}

/// What directories told of patterns last, that of last use last.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    held: RefCell<Vec<Held>>,
}

#[derive(Debug)]
struct Held {
    directory: ContentHash,
    pattern: Pattern,
    told: Arc<Told>,
    n_numbers: usize,
}

impl Lookups {
    /// What is held of `pattern`, which was used last from now on.
    pub(super) fn get(&self, directory: ContentHash, pattern: &Pattern) -> Option<Arc<Told>> {
        let mut held = self.held.borrow_mut();
        let is_it = |held: &Held| held.directory == directory && held.pattern.matches_as(pattern);
        let at = held.iter().rposition(is_it)?;
        held[at..].rotate_left(1);
        held.last().map(|held| Arc::clone(&held.told))
    }

    /// Holds what `directory` told of `pattern` instead of what was not used for longest.
    pub(super) fn keep(&self, directory: ContentHash, pattern: &Pattern, told: &Arc<Told>) {
        let n_words: usize = pattern.forms().map(<[String]>::len).sum();
        let n_begins = told.begins.as_ref().map_or(0, Vec::capacity);
        let n_numbers = told.bounds.len() + n_begins + n_words * OF_A_WORD;
        if n_numbers > MOST_OF_ONE {
            return;
        }
        let mut held = self.held.borrow_mut();
        held.push(Held { directory, pattern: pattern.clone(), told: Arc::clone(told), n_numbers });
        let mut n_left: usize = held.iter().map(|held| held.n_numbers).sum();
        while n_left > MOST_HELD {
            n_left -= held.remove(0).n_numbers;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_longest_is_given_up_and_what_stands_everywhere_is_not_held() {
        let (lookups, directory) = (Lookups::default(), ContentHash([1; 32]));
        let pattern = |at: usize| Pattern::phrase(&format!("word{at}")).unwrap();
        let told = |n: usize| {
            Arc::new(Told { bounds: vec![1; 9], begins: Some(vec![1; n]), is_exact: true })
        };
        let n = MOST_OF_ONE - 99;
        (0..=4).for_each(|at| lookups.keep(directory, &pattern(at), &told(n)));
        lookups.keep(directory, &pattern(99), &told(MOST_OF_ONE));
        let held = |at: usize| lookups.get(directory, &pattern(at)).is_some();
        assert!(!held(0) && held(1) && held(4) && !held(99));
        assert!(lookups.get(ContentHash([2; 32]), &pattern(4)).is_none());
        // Those that were asked for stay.
        assert!(held(2) && held(1));
        lookups.keep(directory, &pattern(10), &told(n));
        assert!(held(1) && held(2) && held(4) && !held(3));
    }
}
