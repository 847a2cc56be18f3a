//! Who is meant in a case: people by one name each, and what a text says instead of it.
//!
//! ```text
//! name       the last name, or the first one where somebody else of the case has the last one too
//! beside     "the under-gardener, Amos Pell,"   "his nephew Everard"   "Ines was the housekeeper"
//! about      "walked with a limp", and then "a man with a limp"
//! pronoun    "Amos Pell came home late. He hid …"
//! ```
//! What many sentences have, or what others are called too, tells of nobody.

use std::collections::BTreeSet;

use super::scene::{LONGEST, MENTIONS, people_besides};
use super::things::Things;
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::names;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stopwords;
use crate::memory::plan::clauses::entity::{gender, is_of_anybody, is_of_people};
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::namesakes::is_of_another;
use crate::memory::plan::reader::{Read, Reader, Token};
use crate::memory::segment::words;

/// Sentences that name somebody and are read for what else that person is called.
const NAMED: usize = 16;
/// Sentences with what stands for a name, at most.
const FEW: usize = 12;
/// Words of what stands for a name at most.
const LONGEST_NOUN: usize = 3;
/// Sentences over which a pronoun reaches back.
const REACH: u32 = 2;
const DETERMINERS: &str = "the a an his her their old young";
/// Words before what somebody has about him, and what that is.
const ABOUT: &str = "with had has wore wears wearing owned owns in";
const FEATURES: &str = "limp scar beard moustache whiskers stammer lisp squint wig veil cloak coat overcoat hat cap \
    bonnet scarf shawl spectacles eyeglass monocle gloves boots crutch cane patch tattoo birthmark accent";
/// Pronouns for one person.
const PRONOUNS: &str = "he him his she her hers";

/// The people of a case: the name of each, and the folded word by which the text is searched for it.
pub(super) fn people(named: &BTreeSet<String>, victim: &str) -> Vec<(String, String)> {
    let last = |name: &str| name.rsplit(' ').next().unwrap_or(name).to_lowercase();
    let first = |name: &str| name.split(' ').next().unwrap_or(name).to_lowercase();
    let whole: Vec<&String> = named.iter().filter(|name| name.contains(' ')).collect();
    let mut out: Vec<(String, String)> = Vec::new();
    for name in &whole {
        let shares = |other: &str| other != name.as_str() && last(other) == last(name);
        let shared = shares(victim) || whole.iter().any(|other| shares(other));
        let word = if shared { first(name) } else { last(name) };
        if !out.iter().any(|(_, known)| *known == word) {
            out.push(((*name).clone(), word));
        }
    }
    for name in named.iter().filter(|name| !name.contains(' ')) {
        let word = name.to_lowercase();
        if !whole.iter().any(|whole| last(whole) == word || first(whole) == word) {
            out.push((name.clone(), word));
        }
    }
    out
}

/// Who may be meant by a sentence: who is named in it or in those before it, or by others that have what it says
/// instead of a name.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub(super) fn people_of(reader: &Reader, read: &Read) -> Result<Vec<String>> {
    let mut out = people_besides(&read.text, "");
    let layout = reader.corpus.layout(read.id.block)?;
    let mut at = read.id.sentence;
    for _ in 0..REACH {
        if at == 0 || layout.sentences[at as usize].opens_paragraph {
            break;
        }
        at -= 1;
        let text = reader.corpus.sentence(SentenceId { sentence: at, ..read.id })?;
        out.extend(people_besides(&text, ""));
    }
    for token in reader.tokens(&read.text) {
        let noun = token.folded.as_str();
        let stands =
            !token.capital && (is_of_people(noun) && !is_of_anybody(noun) || among(FEATURES, noun));
        let Some(pattern) = Pattern::phrase(noun).filter(|_| stands) else { continue };
        let ids = reader.last_mentions(&[pattern], &[], LONGEST, FEW + 1)?;
        if ids.len() <= FEW {
            for read in reader.read(&ids)? {
                out.extend(people_besides(&read.text, ""));
            }
        }
    }
    Ok(out)
}

/// Somebody of a case.
pub(super) struct Identity {
    name: String,
    named: Option<Pattern>,
    /// Whether the word by which the text is searched is the last name, which others may have.
    is_by_last: bool,
    /// What the person is called besides, and the sentences that say so.
    others: Vec<(Pattern, SentenceId)>,
    gender: Option<char>,
}

/// A sentence that tells of somebody, and those by which that is known.
pub(super) struct Telling {
    pub(super) read: Read,
    pub(super) ties: Vec<SentenceId>,
}

impl Identity {
    /// Reads what else somebody is called whose name is found by `word`.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn of(reader: &Reader, name: &str, word: &str) -> Result<Self> {
        let named = Pattern::phrase(word);
        let is_by_last = name.to_lowercase().ends_with(word);
        let (name, mut others, mut gendered) = (name.to_owned(), Vec::new(), Vec::new());
        let ids = match &named {
            Some(named) => {
                reader.last_mentions(std::slice::from_ref(named), &[], LONGEST, NAMED)?
            }
            None => Vec::new(),
        };
        let mut nouns = BTreeSet::new();
        for read in reader.read(&ids)? {
            if is_by_last && is_of_another(&read.text, &name) {
                continue;
            }
            let tokens = reader.tokens(&read.text);
            gendered.extend(title_of(&tokens, word));
            for noun in called(&tokens, &read.text, word) {
                gendered.extend(noun.split(' ').map(str::to_owned));
                let Some(pattern) = Pattern::phrase(&noun).filter(|_| nouns.insert(noun)) else {
                    continue;
                };
                if is_of_one(reader, &pattern, &name)? {
                    others.push((pattern, read.id));
                }
            }
        }
        Ok(Self { name, named, is_by_last, others, gender: gender(&gendered) })
    }

    /// The sentences that tell of somebody and one of `things`, or of anything if there are none.
    ///
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn tellings(&self, reader: &Reader, things: &Things) -> Result<Vec<Telling>> {
        let Some(named) = &self.named else { return Ok(Vec::new()) };
        let mut out: Vec<Telling> = Vec::new();
        let Things { patterns, newest } = things;
        let ids = reader.last_mentions(std::slice::from_ref(named), patterns, LONGEST, MENTIONS)?;
        for read in reader.read(&ids)? {
            if !(self.is_by_last && is_of_another(&read.text, &self.name)) {
                out.push(Telling { read, ties: Vec::new() });
            }
        }
        for (other, tie) in &self.others {
            let ids = reader.last_mentions(std::slice::from_ref(other), patterns, LONGEST, FEW)?;
            for read in reader.read(&ids)? {
                let is_known = read.id == *tie || out.iter().any(|known| known.read.id == read.id);
                if !is_known && stands_for(&reader.tokens(&read.text), other) {
                    out.push(Telling { read, ties: vec![*tie] });
                }
            }
        }
        // What a pronoun may tell: beside a name, or of the things.
        let mut ids = newest.clone();
        if patterns.is_empty() {
            for Telling { read, .. } in &out {
                let n_sentences = reader.corpus.layout(read.id.block)?.sentences.len() as u32;
                let behind = read.id.sentence + 1..(read.id.sentence + 1 + REACH).min(n_sentences);
                ids.extend(behind.map(|sentence| SentenceId { sentence, ..read.id }));
            }
        }
        ids.retain(|id| out.iter().all(|known| known.read.id != *id));
        for read in reader.read(&ids.into_iter().collect::<Vec<_>>())? {
            if let Some(before) = self.before(reader, &read)? {
                out.push(Telling { read, ties: vec![before] });
            }
        }
        Ok(out)
    }

    /// Whether a sentence of the person says by one of `deals` what the person did with something, and not that it was
    /// done for him, or by one of `found` that it was with what is his.
    pub(super) fn deals(&self, tokens: &[Token], deals: &str, found: &str) -> bool {
        let parts: Vec<String> = words::folded_words(&self.name).collect();
        let is_name = |at: &usize| tokens[*at].capital && parts.contains(&tokens[*at].folded);
        let named: Vec<usize> = (0..tokens.len()).filter(is_name).collect();
        let before = |at: usize| {
            let small = tokens[..at].iter().rev().find(|token| !token.capital);
            small.map_or("", |token| token.folded.as_str())
        };
        let is_for = named.iter().any(|at| among("to for", before(*at)));
        let is_his = named.iter().any(|at| tokens[*at].owns || before(*at) == "of")
            || named.is_empty() && tokens.iter().any(|token| among("his her", &token.folded));
        let is_done = |at: usize| {
            among("lay fell", &tokens[at].folded)
                || tokens[at.saturating_sub(2)..at]
                    .iter()
                    .any(|token| among("is was were been", &token.folded))
        };
        let any = |list: &str, holds: &dyn Fn(usize) -> bool| {
            (0..tokens.len()).any(|at| among(list, &tokens[at].folded) && holds(at))
        };
        !is_for && any(deals, &|_| true) || is_his && any(found, &is_done)
    }

    /// The sentence of the paragraph to which the pronoun of `read` points back, if that names this one alone and
    /// nobody else is spoken of since.
    fn before(&self, reader: &Reader, read: &Read) -> Result<Option<SentenceId>> {
        let tokens = reader.tokens(&read.text);
        let is_pronoun = |token: &Token| among(PRONOUNS, &token.folded);
        let opens = tokens.first().is_some_and(is_pronoun);
        // "The maid saw him": it is told of two.
        let is_other = |token: &Token| !token.capital && is_of_people(&token.folded);
        let points = opens || tokens.iter().any(is_pronoun) && !tokens.iter().any(is_other);
        let is_male = |token: &Token| among("he him his", &token.folded);
        let male = tokens.iter().find(|token| is_pronoun(token)).is_some_and(is_male);
        let fits = self.gender.is_none_or(|own| (own == 'm') == male);
        if !points || !fits || !people_besides(&read.text, "").is_empty() {
            return Ok(None);
        }
        let layout = reader.corpus.layout(read.id.block)?;
        for back in 0..REACH {
            let at = read.id.sentence - back;
            if at == 0 || layout.sentences[at as usize].opens_paragraph {
                return Ok(None);
            }
            let id = SentenceId { sentence: at - 1, ..read.id };
            let text = reader.corpus.sentence(id)?;
            let people = people_besides(&text, "");
            let tokens = reader.tokens(&text);
            if people.is_empty() && !tokens.iter().any(is_other) {
                continue;
            }
            let own = |person: &String| {
                self.name.contains(person.as_str()) || person.contains(&self.name)
            };
            let name_at = tokens.iter().position(|token| {
                token.capital
                    && self.name.to_lowercase().split(' ').any(|part| part == token.folded)
            });
            let first = tokens.iter().position(is_other);
            let leads =
                name_at.is_some_and(|at| first.is_none_or(|first| at < first + LONGEST_NOUN));
            let alone = !people.is_empty() && people.iter().all(own) && leads;
            return Ok(alone.then_some(id));
        }
        Ok(None)
    }
}

/// Whether what somebody is called stands in few sentences, and in none that says it of another.
fn is_of_one(reader: &Reader, called_so: &Pattern, name: &str) -> Result<bool> {
    let all = std::slice::from_ref(called_so);
    let ids = reader.last_mentions(all, &[], u32::MAX, FEW + 1)?;
    if ids.len() > FEW {
        return Ok(false);
    }
    for read in reader.read(&ids)? {
        let tokens = reader.tokens(&read.text);
        for other in people_besides(&read.text, name) {
            let Some(word) = other.rsplit(' ').next().map(str::to_lowercase) else { continue };
            if other.contains(name) || name.to_lowercase().ends_with(&word) {
                continue;
            }
            if called(&tokens, &read.text, &word).contains(&called_so.text) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Whether what somebody is called stands in a sentence for somebody: "the nephew", but not "the nephew of Ines";
/// "a man with a limp", but not "the limp was gone".
fn stands_for(tokens: &[Token], called_so: &Pattern) -> bool {
    let wanted: Vec<&str> = called_so.text.split(' ').collect();
    let is_it = |at: usize| {
        tokens[at..].iter().zip(&wanted).filter(|(token, own)| token.folded == **own).count()
            == wanted.len()
    };
    (0..tokens.len()).filter(|at| is_it(*at)).any(|at| {
        let before = |back: usize| at.checked_sub(back).map_or("", |at| tokens[at].folded.as_str());
        let behind = tokens.get(at + wanted.len()).map_or("", |token| token.folded.as_str());
        if is_of_people(wanted.last().unwrap_or(&"")) {
            return behind != "of" && among("the his her their young old", before(1));
        }
        let nouns = &tokens[at.saturating_sub(LONGEST_NOUN + 1)..at];
        among("a an the", before(1))
            && among(ABOUT, before(2))
            && nouns.iter().any(|token| {
                is_of_people(&token.folded) || among("somebody someone figure", &token.folded)
            })
    })
}

/// The title before a name.
fn title_of(tokens: &[Token], word: &str) -> Vec<String> {
    let at = tokens.iter().position(|token| token.capital && token.folded == word);
    let before = tokens[..at.unwrap_or(0)].iter().rev().take_while(|token| token.capital);
    before
        .map(|token| token.folded.clone())
        .filter(|w| names::TITLES.contains(&w.as_str()))
        .collect()
}

/// What a sentence calls whoever is named by `word`, besides the name.
fn called(tokens: &[Token], text: &str, word: &str) -> Vec<String> {
    let mut out = Vec::new();
    let between = |at: usize| &text[tokens[at].end..tokens[at + 1].start];
    let is_plain = |at: usize| {
        tokens.get(at).is_some_and(|token| !token.capital && !stopwords::is_stopword(&token.folded))
    };
    // The words from `from` on that no mark parts.
    let run = |from: usize| -> Option<String> {
        let mut end = from;
        while end < from + LONGEST_NOUN
            && is_plain(end)
            && (end == from || matches!(between(end - 1), " " | "-"))
        {
            end += 1;
        }
        let words: Vec<&str> = tokens[from..end].iter().map(|t| t.folded.as_str()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    let is_telling = |noun: &String| {
        let last = noun.rsplit(' ').next().unwrap_or(noun);
        is_of_people(last) && !is_of_anybody(last)
    };
    for at in (0..tokens.len()).filter(|at| tokens[*at].capital && tokens[*at].folded == word) {
        let mut first = at;
        while first > 0 && tokens[first - 1].capital && matches!(between(first - 1), " " | ". ") {
            first -= 1;
        }
        // "His nephew Everard", "the under-gardener, Amos Pell".
        let mut start = first;
        while start > 0
            && first - start < LONGEST_NOUN
            && is_plain(start - 1)
            && matches!(
                (start == first, between(start - 1)),
                (true, " " | ", ") | (false, " " | "-")
            )
        {
            start -= 1;
        }
        if start > 0 && start < first && among(DETERMINERS, &tokens[start - 1].folded) {
            let words: Vec<&str> = tokens[start..first].iter().map(|t| t.folded.as_str()).collect();
            out.extend(Some(words.join(" ")).filter(is_telling));
        }
        // "Amos Pell, the under-gardener,", "Ines Marl was the housekeeper".
        let mut behind = at + 1;
        while behind < tokens.len() && tokens[behind].capital && between(behind - 1) == " " {
            behind += 1;
        }
        if behind == tokens.len() {
            continue;
        }
        let is = among("is was", &tokens[behind].folded);
        let from = behind + usize::from(is);
        let opens = |token: &Token| among("the his her a an", &token.folded);
        if (is || between(behind - 1).starts_with(", ")) && tokens.get(from).is_some_and(opens) {
            out.extend(run(from + 1).filter(is_telling));
        }
        // "Had walked with a limp".
        for about in behind..tokens.len().saturating_sub(2) {
            let token = &tokens[about];
            let is_own = out.iter().any(|noun| noun.ends_with(&token.folded));
            if token.capital || is_of_people(&token.folded) && !is_own {
                break;
            }
            if among(ABOUT, &token.folded) && among("a an", &tokens[about + 1].folded) {
                let noun = run(about + 2).unwrap_or_default();
                let words: Vec<&str> = noun.split(' ').collect();
                let feature = words.iter().position(|word| among(FEATURES, word));
                out.extend(feature.map(|last| words[..=last].join(" ")));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{called, people, stands_for};
    use crate::memory::index::patterns::Pattern;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn people_are_called_by_what_they_are_and_have_about_them() {
        let of = |text: &str, word: &str| called(&tokens(text, Lexicon::shared()), text, word);
        assert_eq!(of("She gave it to the coachman, Amos Pell.", "pell"), ["coachman"]);
        assert_eq!(of("He had told his nephew Everard so.", "everard"), ["nephew"]);
        assert_eq!(of("Amos Pell, the coachman, slept.", "pell"), ["coachman"]);
        assert_eq!(of("Amos Pell was the coachman of the house.", "pell"), ["coachman"]);
        assert_eq!(of("Amos Pell walked with a limp since then.", "pell"), ["limp"]);
        assert!(of("Amos Pell met Ines Marl in the yard.", "pell").is_empty());
        assert!(of("Amos Pell had a letter.", "pell").is_empty());
    }

    #[test]
    fn what_somebody_is_called_stands_for_that_person_and_for_nobody_of_others() {
        let of = |text: &str, noun: &str| {
            stands_for(&tokens(text, Lexicon::shared()), &Pattern::phrase(noun).unwrap())
        };
        assert!(of("They saw the nephew at the door.", "nephew"));
        assert!(!of("They saw the nephew of Ines Marl at the door.", "nephew"));
        assert!(of("A young man with a limp bought it.", "limp"));
        assert!(!of("The limp was gone.", "limp"));
    }

    #[test]
    fn people_of_one_family_are_told_apart_by_their_first_names() {
        let names =
            |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let words = |list: &[&str], victim: &str| -> Vec<String> {
            people(&names(list), victim).into_iter().map(|(_, word)| word).collect()
        };
        assert_eq!(
            words(&["Everard Marsh", "Pole", "Everard"], "Silas Marsh"),
            ["everard", "pole"]
        );
        assert_eq!(words(&["Amos Pell", "Ruth Pell", "Pell"], ""), ["amos", "ruth"]);
        assert_eq!(words(&["Amos Pell", "Pell"], ""), ["pell"]);
    }
}
