//! What a line has to pass before it is kept: supported by the sentences that it names, and new.
//!
//! A line is taken apart into units. In alphabets a unit is a word that carries content. In Chinese it is
//! a character between function words, which has to stand beside one of its neighbours in the line: a
//! name does not fall apart into its characters. Each unit has to stand in one of the sentences. The
//! fewest that hold all of the line are kept; it leads to the one that holds the most.

use std::collections::BTreeSet;

use crate::fnv::fnv1a;
use crate::memory::index::stems::Stems;
use crate::memory::index::stopwords::{self, is_stopword};
use crate::memory::index::thesaurus::same_meaning;
use crate::memory::phrase::{denies, first_form};
use crate::memory::segment::words;

/// The longest line that is taken, in bytes; three times as long in Chinese.
const LONGEST_BYTES: usize = 800;
/// Units that a line has at least: fewer tell nothing.
const LEAST_UNITS: usize = 2;
/// What a word counts for where a line leads, and what a name does, which is said again and again.
const BY_WORD: u32 = 2;
const BY_NAME: u32 = 1;

/// What code checks lines by.
#[derive(Debug, Default)]
pub struct Gate {
    stems: Stems,
}

/// A line that is supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backed {
    /// Which of the sentences support it, the one that says the most of it first.
    pub sources: Vec<usize>,
    /// What it says, for comparing.
    pub said: BTreeSet<String>,
}

/// A part of a line that has to be supported.
struct Unit {
    /// A folded word, or a Chinese character alone or with a neighbour: one of them has to be found.
    texts: Vec<String>,
    /// To be found as it is: a name, a number, Chinese.
    exact: bool,
    /// Written with a capital or in Chinese: what may be a name.
    name: bool,
    /// A word in the place of which another of the same meaning may stand.
    similar: bool,
}

/// A sentence to be compared with.
struct Source {
    words: Vec<String>,
    set: BTreeSet<String>,
    stems: BTreeSet<String>,
    /// Characters and pairs of characters that stand side by side.
    pairs: BTreeSet<String>,
}

impl Gate {
    /// Whether every unit of `text` stands in one of `sources`, and which of them hold all together.
    pub fn backed(&self, text: &str, sources: &[&str]) -> Option<Backed> {
        let units = self.units(text);
        if text.len() > LONGEST_BYTES || units.len() < LEAST_UNITS {
            return None;
        }
        let sources: Vec<Source> = sources.iter().map(|source| self.source(source)).collect();
        // Per source, the units that it holds.
        let held: Vec<Vec<bool>> = sources
            .iter()
            .map(|source| units.iter().map(|unit| self.holds(source, unit)).collect())
            .collect();
        let weight = |unit: usize| if units[unit].name { BY_NAME } else { BY_WORD };
        let mut open: BTreeSet<usize> = (0..units.len()).collect();
        let mut chosen: Vec<usize> = Vec::new();
        while !open.is_empty() {
            let adds = |source: &usize| -> u32 {
                open.iter().filter(|unit| held[*source][**unit]).map(|unit| weight(*unit)).sum()
            };
            // Of two that hold as much, the later one: it may be the one that only says "she".
            let best = (0..sources.len()).max_by_key(adds).filter(|best| adds(best) > 0)?;
            open.retain(|unit| !held[best][*unit]);
            chosen.push(best);
        }
        let line: Vec<String> = words::folded_words(text).collect();
        let quoted = chosen.iter().flat_map(|source| &sources[*source].words);
        if denies(&line) != denies(quoted) {
            return None;
        }
        let said = units.iter().map(|unit| self.canonical(unit)).collect();
        Some(Backed { sources: chosen, said })
    }

    /// Whether the words of `text` stand side by side in `sentence`, as they are.
    pub fn is_excerpt(&self, text: &str, sentence: &str) -> bool {
        let fold = |text: &str| -> Vec<String> { words::folded_words(text).collect() };
        let (line, sentence) = (fold(text), fold(sentence));
        !line.is_empty() && sentence.windows(line.len()).any(|window| window == line.as_slice())
    }

    fn canonical(&self, unit: &Unit) -> String {
        let text = unit.texts.concat();
        if unit.exact { text } else { first_form(&text, &self.stems) }
    }

    fn units(&self, text: &str) -> Vec<Unit> {
        let mut units = Vec::new();
        let mut first = true;
        for (written, folded) in words::written_and_folded(text) {
            let ideograph = written.chars().next().is_some_and(words::is_ideograph);
            if !ideograph && !is_stopword(&folded) {
                let number = folded.bytes().any(|byte| byte.is_ascii_digit());
                let capital = written.starts_with(char::is_uppercase);
                let exact = number || (capital && !first);
                // The first word is written with a capital whatever it is.
                let similar = !capital && !number;
                units.push(Unit { texts: vec![folded], exact, name: capital, similar });
            }
            first = false;
        }
        for run in ideographs(text) {
            for content in stopwords::chinese_content(run) {
                let (pairs, n_chars) = (pairs(content), content.chars().count());
                // With the function word behind it, as in "born in": what stands last may be a verb
                // whose subject stood elsewhere.
                let end = content.as_ptr() as usize - run.as_ptr() as usize + content.len();
                let behind = run[end..].chars().next();
                for at in 0..n_chars {
                    // The pairs that the character ends and begins.
                    let mut texts = pairs[at.saturating_sub(1)..pairs.len().min(at + 1)].to_vec();
                    if texts.is_empty() {
                        texts.push(content.to_owned());
                    }
                    if let (Some(last), Some(behind), true) =
                        (content.chars().next_back(), behind, at + 1 == n_chars)
                    {
                        texts.push(format!("{last}{behind}"));
                    }
                    units.push(Unit { texts, exact: true, name: true, similar: false });
                }
            }
        }
        units
    }

    fn source(&self, text: &str) -> Source {
        let words: Vec<String> = words::folded_words(text).collect();
        let stems = words.iter().map(|word| first_form(word, &self.stems)).collect();
        let mut side_by_side = BTreeSet::new();
        for run in ideographs(text) {
            side_by_side.extend(run.chars().map(String::from));
            side_by_side.extend(pairs(run));
        }
        let set = words.iter().cloned().collect();
        Source { words, set, stems, pairs: side_by_side }
    }

    fn holds(&self, source: &Source, unit: &Unit) -> bool {
        let is_there = |text: &String| source.set.contains(text) || source.pairs.contains(text);
        if unit.exact || unit.texts.iter().any(is_there) {
            return unit.texts.iter().any(is_there);
        }
        let text = unit.texts.concat();
        source.stems.contains(&first_form(&text, &self.stems))
            || (unit.similar
                && same_meaning(&text, &self.stems).iter().any(|other| source.set.contains(other)))
    }

    /// Hashes of the words by which a line is found: content words by their stems, Chinese by pairs.
    pub fn terms(&self, text: &str) -> BTreeSet<u64> {
        let of_words = words::folded_words(text)
            .filter(|word| !word.starts_with(words::is_ideograph) && !is_stopword(word))
            .map(|word| term(&first_form(&word, &self.stems)));
        let of_pairs = ideographs(text).into_iter().flat_map(pairs).map(|pair| term(&pair));
        of_words.chain(of_pairs).collect()
    }
}

/// The hash of one word or pair. Two words of one hash cost a look, nothing else.
pub fn term(word: &str) -> u64 {
    fnv1a(word.as_bytes())
}

/// The stretches of Chinese characters in `text`.
fn ideographs(text: &str) -> Vec<&str> {
    text.split(|c: char| !words::is_ideograph(c)).filter(|run| !run.is_empty()).collect()
}

/// The pairs of characters that stand side by side in `run`.
fn pairs(run: &str) -> Vec<String> {
    let chars: Vec<char> = run.chars().collect();
    chars.windows(2).map(|pair| pair.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "Ada Brandt kept the lighthouse for thirty years.";
    const BORN: &str = "She was born on Sörö in 1851.";
    const NEVER: &str = "She never left it.";

    fn sources(text: &str, sentences: &[&str]) -> Option<Vec<usize>> {
        Gate::default().backed(text, sentences).map(|backed| backed.sources)
    }

    #[test]
    fn a_line_is_kept_with_the_fewest_sentences_that_hold_it() {
        let all = [ADA, BORN, NEVER];
        assert_eq!(sources("Ada Brandt was born on Sörö.", &all), Some(vec![1, 0]));
        assert_eq!(sources("Ada Brandt keeps a lighthouse.", &all), Some(vec![0]));
        assert_eq!(sources("The birthplace of Brandt is Sörö.", &all), Some(vec![1, 0]));
    }

    #[test]
    fn what_the_sentences_do_not_say_is_dropped() {
        let all = [ADA, BORN, NEVER];
        for line in [
            "Ada Brandt was born on Gotland.",
            "Ada Brandt was born on Sörö in 1852.",
            "Emil Brandt kept the lighthouse.",
            "Ada Brandt repaired the lighthouse.",
            "Ada Brandt did not keep the lighthouse.",
            "Ada left it.",
            "She was.",
            "",
        ] {
            assert_eq!(sources(line, &all), None, "{line}");
        }
        assert_eq!(sources("Ada Brandt was born on Sörö.", &[ADA]), None, "from another sentence");
    }

    #[test]
    fn chinese_names_do_not_fall_apart() {
        let all = ["李明守着灯塔。", "王强在码头卖鱼。"];
        assert_eq!(sources("李明守灯塔。", &all), Some(vec![0]));
        assert_eq!(sources("王强卖鱼，李明守着灯塔。", &all), Some(vec![0, 1]));
        assert_eq!(sources("李强守着灯塔。", &all), None);
        let born = ["李明守着灯塔。", "王强在码头卖鱼。", "他生于柳溪镇。"];
        assert_eq!(sources("李明生于柳溪镇。", &born), Some(vec![2, 0]));
        assert_eq!(sources("李强生于柳溪镇。", &born), None);
        assert_eq!(sources("李明不守灯塔。", &all), None);
    }

    #[test]
    fn excerpts_are_told_from_lines_of_their_own() {
        let gate = Gate::default();
        assert!(gate.is_excerpt("Kept the lighthouse.", ADA));
        assert!(!gate.is_excerpt("Ada Brandt kept it.", ADA));
        assert!(gate.is_excerpt("在码头卖鱼。", "王强在码头卖鱼。"));
    }
}
