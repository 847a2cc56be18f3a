//! Notes and speech as the sentences that they stand for: "Ines: moved to the barn", "Ines to the barn", "'I have
//! got the lamp,' said Ines".

use super::grammar::{DETERMINERS, REPORTING, TO, among, is_participle};
use super::lexicon::Lexicon;
use crate::memory::index::names;
use crate::memory::plan::reader::{Token, tokens};

/// Words of whoever a note is about at most.
const LONGEST_HEAD: usize = 3;
/// What the words for oneself stand for.
const OWN: &[(&str, &str)] = &[
    ("i'm", " is"),
    ("i've", " has"),
    ("i'll", " will"),
    ("i'd", " had"),
    ("i", ""),
    ("me", ""),
    ("my", "'s"),
    ("myself", " himself"),
];

/// `text` as a whole sentence; `None` if it is one already, or none can be told.
pub(in crate::memory::plan) fn spelled_out(text: &str) -> Option<String> {
    spoken(text).or_else(|| headed(text)).or_else(|| without_verb(text))
}

/// "Ines: moved to the barn", "The lamp: taken by Omar".
fn headed(text: &str) -> Option<String> {
    let (head, rest) = text.split_once(": ")?;
    let lexicon = Lexicon::shared();
    let own = tokens(head, lexicon);
    let named = own.iter().all(|token| token.capital || among(DETERMINERS, &token.folded));
    let determined = own.first().is_some_and(|token| among(DETERMINERS, &token.folded));
    if own.is_empty() || own.len() > LONGEST_HEAD || !named && !determined && own.len() > 1 {
        return None;
    }
    let list = tokens(rest, lexicon);
    let first =
        list.first().filter(|first| !first.capital && !among(DETERMINERS, &first.folded))?;
    // What is done to a thing is done by somebody.
    let by = list.iter().any(|token| token.folded == "by");
    let irregular = among("taken given brought left kept sent put lent sold found", &first.folded);
    let passive = (is_participle(&first.folded) || irregular) && by;
    let is = if passive || among("in at on with", &first.folded) { "is " } else { "" };
    let went = if among(TO, &first.folded) { "went " } else { "" };
    Some(format!("{head} {is}{went}{rest}"))
}

/// "Ines to the barn", "Omar back to the barn".
fn without_verb(text: &str) -> Option<String> {
    let list = tokens(text, Lexicon::shared());
    let n_name = list.iter().take_while(|token| token.capital).count();
    let particle =
        |token: &Token| among("back up down out over off away on along across", &token.folded);
    let n_particles = list[n_name..].iter().take_while(|token| particle(token)).count();
    let at = n_name + n_particles;
    let to = list.get(at).filter(|token| among("to into", &token.folded))?;
    let follows = list.get(at + 1)?;
    let verb = |token: &Token| token.classes != 0 && !token.capital;
    let plain = (1..=LONGEST_HEAD).contains(&n_name)
        && list[..at].windows(2).all(|two| text[two[0].end..two[1].start].trim().len() <= 1)
        && (follows.capital || among(DETERMINERS, &follows.folded))
        && !list[at + 1..].iter().any(|token| verb(token) && is_participle(&token.folded))
        && text[to.start..].len() < 60;
    let end = list[..n_name].last()?.end;
    plain.then(|| format!("{} went{}", &text[..end], &text[end..]))
}

/// "'I have got the lamp,' said Ines" as "Ines has got the lamp".
fn spoken(text: &str) -> Option<String> {
    const MARKS: [(char, char); 3] = [('"', '"'), ('“', '”'), ('‘', '’')];
    let (inside, outside) = MARKS.iter().find_map(|(open, close)| {
        let (before, rest) = text.split_once(*open)?;
        let (inside, behind) = rest.split_once(*close)?;
        Some((inside, format!("{before} {behind}")))
    })?;
    let lexicon = Lexicon::shared();
    let around = tokens(&outside, lexicon);
    if !around.iter().any(|token| {
        among(REPORTING, &token.folded)
            || among("called cried replied answered answers", &token.folded)
    }) {
        return None;
    }
    let mut found = Vec::new();
    names::names(&outside, &mut found);
    let speaker = found.first().map(|name| outside[name.start..name.end].to_owned())?;
    let list = tokens(inside, lexicon);
    let mut out = inside.trim_end_matches([',', ' ']).to_owned();
    let mut replaced = false;
    for (at, token) in list.iter().enumerate().rev() {
        let word = token.folded.replace('\u{2019}', "'");
        let Some((_, adds)) = OWN.iter().find(|(own, _)| *own == word) else { continue };
        let mut range = token.start..token.end.min(out.len());
        let mut put = format!("{speaker}{adds}");
        // "I am", "I have".
        if word == "i"
            && let Some(next) = list.get(at + 1)
        {
            let is = [("am", "is"), ("have", "has"), ("was", "was")];
            if let Some((_, is)) = is.iter().find(|(form, _)| *form == next.folded) {
                range.end = next.end;
                put = format!("{speaker} {is}");
            }
        }
        out.replace_range(range, &put);
        replaced = true;
    }
    replaced.then(|| format!("{}.", out.trim_end_matches(['.', '!'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_speech_become_sentences() {
        for (text, wanted) in [
            ("Ines: moved to the barn.", "Ines moved to the barn."),
            ("Ines: to the barn.", "Ines went to the barn."),
            ("The lamp: taken away by Omar.", "The lamp is taken away by Omar."),
            ("Ines Marl back to the barn.", "Ines Marl went back to the barn."),
            ("\"I've got the lamp,\" said Ines.", "Ines has got the lamp."),
            ("\"Now I am off to the barn,\" Omar Bell wrote.", "Now Omar Bell is off to the barn."),
        ] {
            assert_eq!(spelled_out(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "Ines went to the barn.",
            "Note: It rained.",
            "\"Go home,\" said Ines.",
            "to the barn Ines went.",
            "",
        ] {
            assert_eq!(spelled_out(text), None, "{text}");
        }
    }
}
