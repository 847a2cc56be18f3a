//! `common_words` and `frequent_words`: aggregation over the whole document, after RULER.
//!
//! Common: a numbered list in which ten words come ten times as often as the others.
//! Frequent: a coded text whose words follow a zeta law with exponent 2; the three most frequent are
//! asked for. The answers are counted while the text is made.

use std::collections::{BTreeMap, HashSet};

use super::{Around, Asked, Draft, Order};
use crate::dice::Dice;
use crate::document::Style;
use crate::filler::Filler;
use crate::lexicon::keys::word;
use crate::split::Sides;

const COMMON: Sides<&str> = Sides {
    seen: &[
        "What are the 10 most common words in the list?",
        "Which ten words of the list appear most often?",
        "List the 10 words that occur most often.",
        "Name the ten most common words.",
        "Which 10 words turn up more than any others?",
        "Find the ten words that the list repeats most.",
    ],
    held_out: &[
        "Give the ten words with the highest count in the list.",
        "Which are the ten commonest words of the list?",
        "What 10 words does one meet most often in the list?",
    ],
};
const FREQUENT: Sides<&str> = Sides {
    seen: &[
        "What are the three most frequent words in the coded text?",
        "Which 3 words appear most often?",
        "Name the three words that occur most often in the text.",
        "List the 3 most frequent words of the text.",
        "Which three words does the text use most?",
        "By frequency, what are the top 3 words of the text?",
    ],
    held_out: &[
        "What are the three commonest words of the coded text?",
        "Which 3 words come up more than all others?",
        "Give the three words with the highest count in the text.",
    ],
};

/// All wording of the tasks.
pub const PHRASINGS: &[&Sides<&str>] = &[&COMMON, &FREQUENT];

/// Paragraphs that were made beforehand.
struct Script(std::vec::IntoIter<String>);

impl Filler for Script {
    fn paragraph(&mut self, _dice: &mut Dice) -> String {
        self.0.next().unwrap_or_else(|| "…".to_owned())
    }
}

fn scripted(paragraphs: Vec<String>, asked: Asked) -> Draft {
    let mut draft = Draft::new(Vec::new(), vec![asked], HashSet::new());
    // The whole script goes into the document, however long it came out.
    draft.chars = Some(paragraphs.iter().map(|text| text.chars().count() + 2).sum());
    draft.around = Around::Own(Box::new(Script(paragraphs.into_iter())));
    draft.style = Some(Style::Flowing);
    draft
}

/// Makes the draft of a list with ten common words.
pub fn common(order: &Order, dice: &mut Dice) -> Draft {
    const COMMON_TIMES: usize = 30;
    const OTHER_TIMES: usize = 3;
    let chars = order.language.chars(order.length_tokens);
    let mut used = HashSet::new();
    let mut fresh = |dice: &mut Dice| loop {
        let n = dice.between(4, 7);
        let made = word(dice, order.split, n);
        if used.insert(made.clone()) {
            return made;
        }
    };
    let common: Vec<String> = (0..10).map(|_| fresh(dice)).collect();
    let mut words: Vec<String> = Vec::new();
    for one in &common {
        words.extend(std::iter::repeat_n(one.clone(), COMMON_TIMES));
    }
    let mut length: usize = words.iter().map(|word| word.len() + 7).sum();
    while length < chars {
        let other = fresh(dice);
        length += OTHER_TIMES * (other.len() + 7);
        words.extend(std::iter::repeat_n(other, OTHER_TIMES));
    }
    dice.shuffle(&mut words);
    let lines: Vec<String> =
        words.iter().enumerate().map(|(at, word)| format!("{}. {word}", at + 1)).collect();
    let paragraphs = lines.chunks(40).map(|lines| lines.join(" ")).collect();
    let question = order.split.pick(dice, &COMMON).to_owned();
    scripted(paragraphs, Asked::counted("common_10", question, common))
}

/// Makes the draft of a coded text.
pub fn frequent(order: &Order, dice: &mut Dice) -> Draft {
    const ALPHA: i32 = 2;
    let chars = order.language.chars(order.length_tokens);
    let mut vocabulary: Vec<String> = Vec::new();
    let mut used = HashSet::new();
    while vocabulary.len() < 2000 {
        let made = word(dice, order.split, 5);
        if used.insert(made.clone()) {
            vocabulary.push(made);
        }
    }
    // Cumulative weights of rank^-2; the most frequent rank is noise, as RULER's dots are.
    let mut sum = 0.0;
    let cumulative: Vec<f64> = (0..vocabulary.len())
        .map(|rank| {
            sum += 1.0 / f64::from(rank as u32 + 1).powi(ALPHA);
            sum
        })
        .collect();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut paragraphs, mut line, mut length) = (Vec::new(), Vec::new(), 0);
    while length < chars {
        let at = dice.unit() * sum;
        let rank = cumulative.partition_point(|weight| *weight <= at).min(vocabulary.len() - 1);
        let word = if rank == 0 { "..." } else { vocabulary[rank].as_str() };
        *counts.entry(rank).or_default() += usize::from(rank > 0);
        length += word.len() + 1;
        line.push(word);
        if line.len() == 80 {
            paragraphs.push(std::mem::take(&mut line).join(" "));
        }
    }
    paragraphs.push(line.join(" "));
    let mut by_count: Vec<(usize, usize)> = counts.into_iter().collect();
    by_count.sort_by_key(|(rank, count)| (std::cmp::Reverse(*count), *rank));
    let top = by_count[..3].iter().map(|(rank, _)| vocabulary[*rank].clone()).collect();
    let question = order.split.pick(dice, &FREQUENT).to_owned();
    scripted(paragraphs, Asked::counted("frequent_3", question, top))
}
