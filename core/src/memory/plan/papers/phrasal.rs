//! Verbs of two words, of which the second parts from the first and often stands far behind it, and the one word that
//! says the same.
//!
//! ```text
//! "Who hands out the keys?"          issues
//! "When is the heating turned off?"  stops
//! "The clips are taken out."         removed
//! ```
//! Told by the words alone. A particle that opens a phrase of its own ("turn on the left") is none of these.

use crate::memory::index::stems::Stems;
use crate::memory::plan::language::grammar::among;

/// A verb, its particle, and words that say the same.
const VERBS: &[(&str, &str, &str)] = &[
    ("back", "up", "copy"),
    ("be", "over", "end"),
    ("break", "down", "fail"),
    ("bring", "along", "bring"),
    ("bring", "back", "return"),
    ("bring", "out", "release publish"),
    ("call", "off", "cancel"),
    ("carry", "on", "continue"),
    ("clear", "away", "remove clear"),
    ("close", "down", "close"),
    ("come", "along", "accompany attend"),
    ("come", "back", "return"),
    ("come", "out", "release publish appear"),
    ("cool", "down", "cool"),
    ("cut", "down", "fell"),
    ("cut", "off", "stop disconnect"),
    ("deal", "with", "handle settle address"),
    ("drop", "off", "deliver leave"),
    ("drop", "out", "quit leave withdraw"),
    ("fill", "in", "complete"),
    ("fill", "out", "complete"),
    ("find", "out", "learn discover"),
    ("get", "back", "refund return"),
    ("get", "in", "enter access"),
    ("get", "out", "leave"),
    ("get", "rid", "dispose remove"),
    ("get", "up", "rise"),
    ("give", "back", "return"),
    ("give", "out", "issue distribute"),
    ("give", "up", "quit terminate surrender"),
    ("go", "back", "return"),
    ("go", "off", "ring"),
    ("go", "up", "rise increase"),
    ("go", "down", "fall decrease"),
    ("hand", "in", "submit"),
    ("hand", "out", "issue distribute"),
    ("hand", "over", "deliver"),
    ("heat", "up", "heat"),
    ("hold", "up", "delay"),
    ("keep", "on", "continue"),
    ("kick", "out", "expel evict"),
    ("knock", "down", "demolish"),
    ("leave", "out", "omit"),
    ("let", "in", "admit"),
    ("look", "after", "care maintain"),
    ("look", "for", "seek search"),
    ("look", "into", "examine investigate"),
    ("move", "out", "vacate leave"),
    ("pay", "back", "repay refund"),
    ("pick", "up", "collect fetch"),
    ("plug", "in", "connect"),
    ("pull", "down", "demolish"),
    ("put", "back", "return replace"),
    ("put", "in", "install insert"),
    ("put", "off", "postpone delay"),
    ("put", "out", "extinguish"),
    ("run", "out", "expire"),
    ("send", "back", "return"),
    ("send", "in", "submit"),
    ("set", "off", "depart leave start"),
    ("set", "out", "depart leave start"),
    ("set", "up", "found establish install"),
    ("shut", "down", "close stop"),
    ("shut", "off", "stop off"),
    ("show", "up", "attend appear come"),
    ("sign", "up", "register enrol join"),
    ("speed", "up", "accelerate"),
    ("stand", "in", "replace deputise"),
    ("start", "out", "begin"),
    ("step", "down", "resign"),
    ("switch", "off", "stop off"),
    ("switch", "on", "start on"),
    ("take", "along", "bring"),
    ("take", "away", "remove"),
    ("take", "back", "return"),
    ("take", "off", "remove"),
    ("take", "out", "remove"),
    ("take", "over", "succeed replace"),
    ("take", "part", "participate attend"),
    ("tear", "down", "demolish"),
    ("throw", "away", "dispose discard"),
    ("throw", "out", "dispose discard expel"),
    ("turn", "back", "return"),
    ("turn", "down", "reject refuse lower"),
    ("turn", "in", "submit"),
    ("turn", "off", "stop off"),
    ("turn", "on", "start on"),
    ("turn", "up", "attend arrive raise"),
    ("wake", "up", "rise"),
    ("work", "out", "exercise train"),
    ("write", "down", "record note"),
];
/// Words behind a particle that ends its clause.
const BEHIND: &str = "on at when if by in after before during from for until and or to again";
/// Words that may stand between a verb and its particle.
const REACH: usize = 3;

/// A verb of two words in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrasal {
    /// Where the verb and the particle stand among the words.
    pub verb: usize,
    pub particle: usize,
    /// The words that say the same.
    pub means: &'static str,
}

/// The verbs of two words among folded words.
pub fn verbs(words: &[String], stems: &Stems) -> Vec<Phrasal> {
    let mut out = Vec::new();
    for (particle, word) in words.iter().enumerate() {
        for (verb, own, means) in VERBS.iter().filter(|(_, own, _)| own == word) {
            let near = particle.saturating_sub(REACH + 1)..particle;
            let at = near.rev().find(|at| stems.same(&words[*at], verb));
            // "Take the box off": the particle ends its clause.
            let ends = words.get(particle + 1).is_none_or(|next| among(BEHIND, next));
            if let Some(verb) = at.filter(|at| at + 1 == particle || ends && *own != "in") {
                out.push(Phrasal { verb, particle, means });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::segment::words::folded_words;

    #[test]
    fn a_verb_and_its_particle_are_found_side_by_side_and_apart() {
        let stems = Stems::default();
        for (text, means) in [
            ("who hands out the keys", vec!["issue distribute"]),
            ("the clips are taken out by a nurse", vec!["remove"]),
            ("may i take my shoes off", vec!["remove"]),
            ("when did they take the tickets", vec![]),
            ("take the second road off the square", vec![]),
        ] {
            let words: Vec<String> = folded_words(text).collect();
            let found: Vec<&str> = verbs(&words, &stems).iter().map(|own| own.means).collect();
            assert_eq!(found, means, "{text}");
        }
    }
}
