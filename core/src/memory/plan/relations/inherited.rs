//! What somebody is like because of what somebody is: "Otto is a wolf", "wolves are afraid of mice".
//!
//! ```text
//! rule       X is a K, all K are afraid of L        what is X afraid of?   L
//! example    X is a K, Y is a K, Y is grey          what colour is X?      grey
//! ```
//! Only short sentences of exactly this form are read, and only where the text does not say it of X itself.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::memory::answer::{Finding, spans};
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::stems::irregular_forms;
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::question::Expected;
use crate::memory::plan::reader::{Read, Reader};
use crate::memory::segment::words;

/// Mentions read of anybody, the newest.
const MENTIONS: usize = 32;
/// Others of one kind whose likeness is looked at.
const EXAMPLES: usize = 16;
/// Longest statement in words.
const LONGEST: u32 = 10;
/// Words of a name or of a kind at most.
const LONGEST_NAME: usize = 3;
const BE: &str = "is are was were";
const DETERMINERS: &str = "the a an all every each any most";
const PREPOSITIONS: &str = "of to in at with about by from for on";

/// A question for what somebody is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InheritedQuestion {
    who: String,
    /// The adjective or verb that the rule has; `None` if the colour is asked for.
    predicate: Option<String>,
}

/// A noun phrase without determiners, if the words are one.
fn name(list: &[&str]) -> Option<String> {
    let rest: Vec<&str> =
        list.iter().copied().skip_while(|word| among(DETERMINERS, word)).collect();
    let plain = rest.iter().all(|word| !stopwords::is_stopword(word));
    (plain && (1..=LONGEST_NAME).contains(&rest.len())).then(|| rest.join(" "))
}

impl InheritedQuestion {
    /// Reads a question; `None` if it asks for something else.
    pub fn of(text: &str) -> Option<Self> {
        let folded: Vec<String> = words::folded_words(text).collect();
        let list: Vec<&str> = folded.iter().map(String::as_str).collect();
        let (who, predicate) = match list.as_slice() {
            ["what" | "which", "color" | "colour", be, who @ ..] if among(BE, be) => (who, None),
            ["what" | "who" | "whom", be, who @ .., adjective, preposition]
                if among(BE, be) && among(PREPOSITIONS, preposition) =>
            {
                (who, Some(*adjective))
            }
            ["of" | "to" | "in" | "at" | "with", "what" | "whom", be, who @ .., adjective]
                if among(BE, be) =>
            {
                (who, Some(*adjective))
            }
            ["what" | "who" | "whom", "does" | "do", who @ .., verb] => (who, Some(*verb)),
            _ => return None,
        };
        let predicate = predicate.map(str::to_owned);
        if predicate.as_ref().is_some_and(|word| stopwords::is_stopword(word)) {
            return None;
        }
        Some(Self { who: name(who)?, predicate })
    }
}

/// One of what the noun names several of.
fn singular(noun: &str) -> String {
    // The plural of few nouns follows no rule.
    const ODD: &[(&str, &str)] = &[
        ("mice", "mouse"),
        ("lice", "louse"),
        ("geese", "goose"),
        ("men", "man"),
        ("women", "woman"),
        ("oxen", "ox"),
        ("children", "child"),
    ];
    if let Some((_, one)) = ODD.iter().find(|(many, _)| *many == noun) {
        return (*one).to_owned();
    }
    let stem = |ending: &str| noun.strip_suffix(ending).filter(|stem| stem.len() > 1);
    if let Some(stem) = stem("ives").map(|stem| format!("{stem}ife")) {
        return stem;
    }
    if let Some(stem) = stem("ves") {
        return format!("{stem}f");
    }
    if let Some(stem) = stem("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    let hissing = ["ses", "xes", "zes", "ches", "shes"];
    if hissing.iter().any(|ending| noun.ends_with(ending)) {
        return noun[..noun.len() - 2].to_owned();
    }
    let ends = noun.ends_with('s') && !noun.ends_with("ss") && noun.len() > 3;
    noun[..noun.len() - usize::from(ends)].to_owned()
}

/// The same with the last word of a phrase.
fn one_of(phrase: &str) -> String {
    match phrase.rsplit_once(' ') {
        Some((before, last)) => format!("{before} {}", singular(last)),
        None => singular(phrase),
    }
}

/// What a sentence says that its subject is, of what kind: "Otto is a grey wolf" gives "otto", "grey wolf".
fn kind_stated(text: &str) -> Option<(String, String)> {
    let folded: Vec<String> = words::folded_words(text).collect();
    let list: Vec<&str> = folded.iter().map(String::as_str).collect();
    let be = list.iter().position(|word| among("is was", word))?;
    let kind = list.get(be + 2..).filter(|_| among("a an", list[be + 1]))?;
    Some((name(&list[..be])?, name(kind)?))
}

/// The kinds that the text says `who` is of, the newest first.
fn kinds(reader: &Reader, who: &str) -> Result<Vec<(String, SentenceId)>> {
    let Some(pattern) = Pattern::phrase(who) else { return Ok(Vec::new()) };
    let ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
    let mut out: Vec<(String, SentenceId)> = Vec::new();
    for read in reader.read(&ids)?.into_iter().rev() {
        if let Some((own, kind)) = kind_stated(&read.text)
            && own == who
        {
            out.push((kind, read.id));
        }
    }
    Ok(out)
}

/// Any form of a kind's noun.
fn pattern_of(kind: &str) -> Pattern {
    let last = kind.rsplit(' ').next().unwrap_or(kind);
    let one = singular(last);
    let mut forms = vec![last.to_owned(), one.clone(), format!("{one}s"), format!("{one}es")];
    if let Some(stem) = one.strip_suffix('f').or_else(|| one.strip_suffix("fe")) {
        forms.push(format!("{stem}ves"));
    }
    if let Some(stem) = one.strip_suffix('y') {
        forms.push(format!("{stem}ies"));
    }
    forms.extend(irregular_forms(&one).into_iter().flatten().map(|form| (*form).to_owned()));
    Pattern::one_of(last, forms)
}

/// What a sentence says of all of a kind: "wolves are afraid of mice".
fn ruled(text: &str, kind: &str, predicate: &Pattern, reader: &Reader) -> Option<String> {
    let folded: Vec<String> = words::folded_words(text).collect();
    let at = (0..folded.len())
        .find(|at| predicate.occurs_in(std::slice::from_ref(&folded[*at]), reader.stems))?;
    let before: Vec<&str> = folded[..at]
        .iter()
        .map(String::as_str)
        .filter(|word| !among(BE, word) && !among("do does always", word))
        .collect();
    if one_of(&name(&before)?) != one_of(kind) {
        return None;
    }
    let behind: Vec<&str> = folded[at + 1..]
        .iter()
        .map(String::as_str)
        .skip_while(|word| among(PREPOSITIONS, word))
        .collect();
    name(&behind).map(|found| one_of(&found))
}

/// Answers; `None` if the text says nothing from which it follows, or says it of the one asked about.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn inherited(reader: &Reader, question: &InheritedQuestion) -> Result<Option<Finding>> {
    let kinds = kinds(reader, &question.who)?;
    let Some(who) = Pattern::phrase(&question.who).filter(|_| !kinds.is_empty()) else {
        return Ok(None);
    };
    let Some(predicate) = &question.predicate else {
        return by_example(reader, &question.who, &kinds);
    };
    let predicate = Pattern::word(predicate, reader.stems);
    let own = reader.last_mentions(&[who, predicate.clone()], &[], LONGEST, 1)?;
    if !own.is_empty() {
        return Ok(None);
    }
    for (kind, said) in &kinds {
        let all = [pattern_of(kind), predicate.clone()];
        let ids = reader.last_mentions(&all, &[], LONGEST, MENTIONS)?;
        for read in reader.read(&ids)?.into_iter().rev() {
            if let Some(value) = ruled(&read.text, kind, &predicate, reader) {
                let evidence = vec![(*said, 1), (read.id, 1)];
                return Ok(Some(Finding { answer: Some(value), evidence, incomplete: false }));
            }
        }
    }
    Ok(None)
}

/// The colour that a sentence of the form "Otto is grey" gives `who`.
fn colour<'t>(text: &'t str, who: &str) -> Option<&'t str> {
    let folded: Vec<String> = words::folded_words(text).collect();
    let list: Vec<&str> = folded.iter().map(String::as_str).collect();
    let be = list.iter().position(|word| among("is was", word))?;
    let own = name(&list[..be]).is_some_and(|own| own == who) && list.len() <= be + 4;
    spans::spans(text, Expected::Colour).into_iter().next().filter(|_| own).map(|at| &text[at])
}

/// The colour of most of those that are of the same kind.
fn by_example(
    reader: &Reader,
    who: &str,
    kinds: &[(String, SentenceId)],
) -> Result<Option<Finding>> {
    let mentions = |name: &str| -> Result<Vec<Read>> {
        let Some(pattern) = Pattern::phrase(name) else { return Ok(Vec::new()) };
        reader.read(&reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?)
    };
    if mentions(who)?.iter().any(|read| colour(&read.text, who).is_some()) {
        return Ok(None);
    }
    for (kind, said) in kinds {
        let ids = reader.last_mentions(&[pattern_of(kind)], &[], LONGEST, EXAMPLES)?;
        // The evidence for every colour, the newest last.
        let mut found: BTreeMap<String, Vec<[SentenceId; 2]>> = BTreeMap::new();
        for read in reader.read(&ids)? {
            let Some((other, _)) =
                kind_stated(&read.text).filter(|(other, own)| other != who && own == kind)
            else {
                continue;
            };
            for own in mentions(&other)? {
                if let Some(colour) = colour(&own.text, &other) {
                    found.entry(colour.to_owned()).or_default().push([read.id, own.id]);
                }
            }
        }
        let most = found.into_iter().max_by_key(|(_, shown)| (shown.len(), shown.last().copied()));
        if let Some((colour, shown)) = most {
            let mut evidence = vec![(*said, 1)];
            evidence.extend(shown.last().into_iter().flatten().map(|id| (*id, 1)));
            return Ok(Some(Finding { answer: Some(colour), evidence, incomplete: false }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_name_somebody_and_what_is_asked() {
        let asked = |text: &str| InheritedQuestion::of(text).map(|q| (q.who, q.predicate));
        let fears = |who: &str| Some((who.to_owned(), Some("afraid".to_owned())));
        assert_eq!(asked("What is otto afraid of?"), fears("otto"));
        assert_eq!(asked("Of what is the old cat afraid?"), fears("old cat"));
        assert_eq!(asked("What colour is Otto?"), Some(("otto".to_owned(), None)));
        assert_eq!(asked("What does Otto eat?").and_then(|(_, how)| how).as_deref(), Some("eat"));
        assert_eq!(asked("What is the berth number of blue-lamp?"), None);
    }

    #[test]
    fn kinds_are_of_one_and_of_many() {
        for (many, one) in
            [("wolves", "wolf"), ("mice", "mouse"), ("sheep", "sheep"), ("foxes", "fox")]
        {
            assert_eq!(singular(many), one);
        }
        assert_eq!(
            kind_stated("Otto is a grey wolf."),
            Some(("otto".to_owned(), "grey wolf".to_owned()))
        );
        assert_eq!(kind_stated("Otto is grey."), None);
    }
}
