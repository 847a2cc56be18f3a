//! Noun phrases of English: where one ends, what its head is, and whose it is.
//!
//! ```text
//! the older pump by the barn       head pump, words older, pump, barn
//! Lena's teacher, Her manager      head teacher of Lena, head manager of "her"
//! the rent of the mill             head rent of the mill
//! ```
//! Nothing marks verbs: a word inside a phrase is taken for one by its ending, its irregular form and what
//! follows it.

use std::ops::Range;

use crate::memory::answer::spans::number_value;
use crate::memory::index::stems::irregular_forms;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::{DETERMINERS, among};
use crate::memory::plan::reader::Token;

/// Pronouns that stand for a whole phrase.
pub(super) const PRONOUNS: &str = "he she it they i we you";
/// Pronouns before what belongs to somebody.
const POSSESSIVES: &str = "his her its their";
/// Prepositions that add to a noun what tells it from others.
const BINDING: &str = "of in at on by over under near from with beside behind above for";
/// Small words that stand inside a noun phrase as adjectives do.
const ADJECTIVES: &str = "one other same own first second third last only few many several most";
/// Irregular nouns, which have several forms but are no verbs.
const IRREGULAR_NOUNS: &str =
    "child man woman foot tooth goose mouse wife knife life thief brother leaf loaf half wolf calf";
/// Nouns that end as verbs in the past do.
const NOUNS_IN_ED: &str =
    "shed bed seed reed weed steed creed sled red hundred kindred need speed breed";
/// Words of being, having and doing, which are no part of a noun phrase.
pub(super) const AUXILIARIES: &str = "is are was were be been being am has have had do does did can could will \
    would shall should may might must";

/// Whose something is.
#[derive(Debug, Clone)]
pub enum Owner {
    /// That of whom a pronoun stands for.
    Pronoun(String),
    /// That of what another phrase names.
    Noun(Box<Noun>),
}

/// A noun phrase.
#[derive(Debug, Clone)]
pub struct Noun {
    /// Its tokens, with determiner and what a preposition adds.
    pub range: Range<usize>,
    /// Its tokens without either.
    pub core: Range<usize>,
    /// Its content words, folded, the owner's not among them.
    pub words: Vec<String>,
    /// The head: the last common noun before a name, or the last word.
    pub head: String,
    /// Whose it is.
    pub owner: Option<Owner>,
    /// Whether it is a name without a determiner.
    pub is_name: bool,
    /// Whether it has "the".
    pub definite: bool,
}

/// A word without its possessive mark.
pub(super) fn bare(token: &Token) -> String {
    let word = token.folded.as_str();
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("\u{2019}s")).unwrap_or(word);
    word.trim_end_matches(['\'', '\u{2019}']).to_owned()
}

/// Whether a word has the form of a verb, whatever stands around it.
pub(super) fn has_verb_form(word: &str) -> bool {
    if among(AUXILIARIES, word) || among("became become", word) {
        return true;
    }
    if let Some(forms) = irregular_forms(word) {
        return !among(IRREGULAR_NOUNS, forms[0])
            && (word != forms[0] || forms.contains(&word) && forms.len() == 1);
    }
    word.len() > 4 && word.ends_with("ed") && !among(NOUNS_IN_ED, word)
}

/// Whether the word at `at` of a phrase that began before it is the verb of the clause.
fn is_verb(text: &str, tokens: &[Token], at: usize, limit: usize) -> bool {
    let token = &tokens[at];
    let word = token.folded.as_str();
    if token.capital || tokens[at - 1].owns || among(DETERMINERS, &tokens[at - 1].folded) {
        return false;
    }
    let next = (at + 1 < limit).then(|| &tokens[at + 1]);
    let joined = next.is_some_and(|next| &text[token.end..next.start] == " ");
    if has_verb_form(word) {
        return true;
    }
    let third = word.len() > 2
        && word.ends_with('s')
        && !["ss", "us", "is", "'s"].iter().any(|ending| word.ends_with(ending));
    third
        && joined
        && next.is_some_and(|next| {
            !has_verb_form(&next.folded) && !among("and or of who which that whose", &next.folded)
        })
}

/// The noun phrase that begins at `at` and ends before `limit`; what prepositions add belongs to it if
/// `with_tail`.
pub fn noun_at(
    text: &str,
    tokens: &[Token],
    at: usize,
    limit: usize,
    with_tail: bool,
) -> Option<Noun> {
    let first = tokens.get(at).filter(|_| at < limit)?;
    let mut start = at;
    let mut owner = None;
    let mut definite = false;
    let determiner = among(DETERMINERS, &first.folded) || among("each every no", &first.folded);
    if determiner {
        if among(POSSESSIVES, &first.folded) {
            owner = Some(Owner::Pronoun(first.folded.clone()));
        }
        definite = among("the this that these those", &first.folded);
        start += 1;
    }
    let mut end = run(text, tokens, start, limit);
    if end == start {
        return None;
    }
    // "Lena's teacher": what stands before the mark owns it.
    let owns = (start..end).rev().find(|at| tokens[*at].owns && *at + 1 < end);
    if let Some(mark) = owns {
        owner = Some(Owner::Noun(Box::new(Noun {
            range: at..mark + 1,
            core: start..mark + 1,
            words: tokens[start..=mark].iter().map(bare).collect(),
            head: bare(&tokens[mark]),
            owner: owner.take(),
            is_name: !determiner && tokens[start..=mark].iter().all(|token| token.capital),
            definite,
        })));
        start = mark + 1;
        definite = true;
    }
    let core = start..end;
    let mut words: Vec<String> = tokens[core.clone()].iter().map(bare).collect();
    // "Her brother Colin": the head stands before the name.
    let common = core.clone().rev().find(|at| !tokens[*at].capital);
    let last_is_name = tokens[end - 1].capital;
    let head = match common {
        Some(common) if last_is_name && (determiner || owns.is_some()) => bare(&tokens[common]),
        _ => bare(&tokens[end - 1]),
    };
    let is_name = !determiner && owns.is_none() && tokens[core.clone()].iter().all(|t| t.capital);
    while with_tail && end < limit && &text[tokens[end - 1].end..tokens[end].start] == " " {
        let preposition = tokens[end].folded.as_str();
        if !among(BINDING, preposition) {
            break;
        }
        // "A licence for it".
        if among("of for", preposition)
            && owner.is_none()
            && tokens.get(end + 1).is_some_and(|t| among("it him her them", &t.folded))
            && end + 1 < limit
        {
            let pronoun = match tokens[end + 1].folded.as_str() {
                "him" => "he",
                "her" => "she",
                "them" => "they",
                own => own,
            };
            owner = Some(Owner::Pronoun(pronoun.to_owned()));
            end += 2;
            continue;
        }
        let of = among("of for", preposition);
        let Some(tail) = noun_at(text, tokens, end + 1, limit, of) else { break };
        // "In 1903 the mill …" tells when.
        if tail.words.iter().all(|word| word.bytes().all(|b| b.is_ascii_digit())) {
            break;
        }
        if of && owner.is_none() {
            end = tail.range.end;
            owner = Some(Owner::Noun(Box::new(tail)));
            continue;
        }
        words.extend(tail.words.iter().cloned());
        end = tail.range.end;
    }
    Some(Noun { range: at..end, core, words, head, owner, is_name, definite })
}

/// Where the run of content words that begins at `start` ends.
fn run(text: &str, tokens: &[Token], start: usize, limit: usize) -> usize {
    let mut end = start;
    while end < limit {
        let token = &tokens[end];
        let number = number_value(&token.folded).is_some();
        let content = number
            || token.capital && !among("i he she it they", &token.folded) && end > 0
            || among(ADJECTIVES, &token.folded)
            || !stopwords::is_stopword(&token.folded);
        let gap = if end == start { " " } else { &text[tokens[end - 1].end..token.start] };
        let joined = matches!(gap, " " | "-" | "\n")
            || gap == " & "
            || gap == ". " && tokens[end - 1].end - tokens[end - 1].start <= 4 && token.capital;
        if !content || !joined || end > start && is_verb(text, tokens, end, limit) {
            break;
        }
        // "Ines Marl drives": behind a bare name a common word is no part of it.
        let behind_name = end > start && !token.capital && gap != "-" && {
            let bare_name = tokens[start..end].iter().all(|token| token.capital && !token.owns);
            let determined = start > 0 && among(DETERMINERS, &tokens[start - 1].folded);
            bare_name && !(determined && end - start == 1)
        };
        if behind_name {
            break;
        }
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn phrases_end_before_their_verb() {
        for (text, written, head) in [
            ("the older pump by the barn runs on petrol", "the older pump by the barn", "pump"),
            ("Ines Marl drives a cart", "Ines Marl", "marl"),
            ("her brother Omar keeps bees", "her brother Omar", "brother"),
            ("Lena's teacher walks home", "Lena's teacher", "teacher"),
            ("the rent of the mill is low", "the rent of the mill", "rent"),
            ("two fishing boats sank", "two fishing boats", "boats"),
        ] {
            let list = tokens(text, Lexicon::shared());
            let noun = noun_at(text, &list, 0, list.len(), true).unwrap();
            assert_eq!(&text[..list[noun.range.end - 1].end], written);
            assert_eq!(noun.head, head, "{text}");
        }
        let text = "the rent of the mill";
        let list = tokens(text, Lexicon::shared());
        let noun = noun_at(text, &list, 0, list.len(), true).unwrap();
        assert!(matches!(noun.owner, Some(Owner::Noun(of)) if of.words == ["mill"]));
    }
}
