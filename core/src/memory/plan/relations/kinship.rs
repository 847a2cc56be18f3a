//! Relations that a sentence states in a form that `relation` does not know: two names and one word for
//! the relation, and who of the two it is said of.
//!
//! ```text
//! owner      B's R · the R of B · R to B                        the other one is the R
//! bearer     A is (as, became) a R · A, his R · her R A          A is the R
//! verbs      A bore B · B was brought up by A                   A is the parent
//! else       the name that is nearer to the word is the R
//! ```

use super::relation::Relation;
use crate::memory::index::names::Name;
use crate::memory::index::stems::Stems;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::reader::Token;
use crate::memory::segment::words;

/// Longest sentence of which this is tried, in words.
const LONGEST: usize = 24;
/// Verbs whose subject is a parent of their object.
const BEGETS: &str = "beget begat begot begets begotten sire sired sires father fathered fathers bear bore \
    bears borne mother mothered raise raised raises rear reared rears parented";
/// Words between a name and the word for the relation that tell that the name bears it.
const LINKS: &str = "is was are were be been becomes became as a an the his her their its own dear late \
    proud only eldest youngest elder younger first second third firstborn beloved loving old young \
    now then also being remained remains who called named namely both not just";

/// A name in a sentence, by its tokens.
struct Person {
    first: usize,
    last: usize,
    name: String,
    possessive: bool,
}

fn people(text: &str, tokens: &[Token], names: &[Name]) -> Vec<Person> {
    names
        .iter()
        .filter_map(|name| {
            let inside = |token: &Token| name.start <= token.start && token.start < name.end;
            let first = tokens.iter().position(inside)?;
            let last = tokens.iter().rposition(inside)?;
            let written = &text[tokens[last].start..];
            let end = name.end.min(tokens[last].end) - tokens[last].start;
            let possessive = written[end..].starts_with(['\'', '\u{2019}'])
                || text[name.start..tokens[last].end].ends_with("'s");
            Some(Person { first, last, name: text[name.start..name.end].to_owned(), possessive })
        })
        .collect()
}

/// The one that stands in `relation` to the name in `text` whose folded words are `wanted`.
pub fn apparent(
    text: &str,
    tokens: &[Token],
    names: &[Name],
    wanted: &[String],
    relation: &Relation,
    stems: &Stems,
) -> Option<String> {
    if tokens.len() > LONGEST || text.contains(['"', '“', '”']) {
        return None;
    }
    let mut found = people(text, tokens, names);
    // A word that opens the sentence is a name here only if the question has it.
    found.retain(|person| {
        let folded: Vec<String> = words::folded_words(&person.name).collect();
        folded == wanted || folded.len() >= wanted.len().min(2)
    });
    let [one, other] = found.as_slice() else { return None };
    let is_wanted =
        |person: &Person| words::folded_words(&person.name).collect::<Vec<_>>() == wanted;
    let (own, far) = match (is_wanted(one), is_wanted(other)) {
        (true, false) => (one, other),
        (false, true) => (other, one),
        _ => return None,
    };
    let parental =
        relation.nouns.iter().any(|noun| noun == "parent" || noun == "father" || noun == "mother");
    let head = |noun: &String| noun.rsplit(' ').next().unwrap_or(noun).to_owned();
    let nouns: Vec<String> = relation.nouns.iter().map(head).collect();
    for (at, token) in tokens.iter().enumerate() {
        let inside = |person: &Person| (person.first..=person.last).contains(&at);
        if inside(own) || inside(far) {
            continue;
        }
        let bare = token.folded.strip_suffix("'s").unwrap_or(&token.folded);
        let same = |list: &[String]| list.iter().any(|noun| stems.same(noun, bare));
        let (forward, backward) = (same(&nouns), same(&relation.inverse));
        let bearer = bearer(tokens, at, own, far);
        let noun_like = at == 0 || !among("to will would could did", &tokens[at - 1].folded);
        if noun_like && (forward && bearer || backward && !bearer) {
            return Some(far.name.clone());
        }
        if (forward || backward) && noun_like {
            return None;
        }
        if parental && (among(BEGETS, &token.folded) || brings_up(tokens, at)) {
            let passive = tokens[..at]
                .iter()
                .rev()
                .take(2)
                .any(|t| among("is was were been being be", &t.folded));
            // The child is the object: right behind the verb, or before a passive one.
            let object = |person: &Person| {
                if passive { person.last < at } else { person.first > at && person.first <= at + 4 }
            };
            let nearer = object(far) && far.first < own.first;
            return (object(own) && !nearer).then(|| far.name.clone());
        }
        if parental
            && token.folded == "birth"
            && tokens[at + 1..].iter().take(2).any(|t| t.folded == "to")
        {
            return (far.first < own.first).then(|| far.name.clone());
        }
        if parental && token.folded == "born" {
            return (own.first < at && at < far.first).then(|| far.name.clone());
        }
    }
    None
}

/// "Brought up", "brings into the world".
fn brings_up(tokens: &[Token], at: usize) -> bool {
    among("bring brings brought bringing", &tokens[at].folded)
        && tokens[at + 1..].iter().take(6).any(|t| among("up world life", &t.folded))
}

/// Whether the word of the relation at `at` is said of `far`, not of `own`.
fn bearer(tokens: &[Token], at: usize, own: &Person, far: &Person) -> bool {
    // Whose it is: "B's R", "the R of B".
    for (person, is_far) in [(own, true), (far, false)] {
        let has = person.last < at
            && at <= person.last + 6
            && among("had has have got", &tokens[person.last + 1].folded);
        let before = has || person.possessive && person.last < at && at <= person.last + 4;
        let behind = person.first > at
            && person.first <= at + 3
            && tokens[at + 1..person.first].iter().any(|t| among("of to for", &t.folded));
        if before || behind {
            return is_far;
        }
    }
    // Of whom it is said: "A is a R", "A, his R", "her R A".
    for (person, is_far) in [(own, false), (far, true)] {
        let linked = |range: &[Token]| {
            range.len() <= 6 && range.iter().all(|token| among(LINKS, &token.folded))
        };
        let before = person.last < at && linked(&tokens[person.last + 1..at]);
        let behind = person.first > at && linked(&tokens[at + 1..person.first]);
        if before || behind {
            return is_far;
        }
    }
    let distance = |person: &Person| {
        if person.last < at { at - person.last } else { person.first.abs_diff(at) }
    };
    distance(far) <= distance(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::index::names;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    fn other(text: &str, name: &str, relation: &str) -> Option<String> {
        let tokens = tokens(text, Lexicon::shared());
        let mut found = Vec::new();
        names::names(text, &mut found);
        let wanted: Vec<String> = words::folded_words(name).collect();
        apparent(text, &tokens, &found, &wanted, &Relation::named(relation), &Stems::default())
    }

    #[test]
    fn sentences_of_any_form_tell_who_is_whose_parent() {
        for text in [
            "Ines Marl took after her father, Omar Bell.",
            "Omar Bell became a proud father when Ines Marl was born.",
            "In Omar Bell the young Ines Marl had a stern father.",
            "Omar Bell raised Ines Marl by the sea.",
            "Ines Marl was raised by Omar Bell.",
            "Ines Marl grew up as the eldest daughter of Omar Bell.",
            "It was Omar Bell who brought Ines Marl into the world.",
            "The one who raised Ines Marl was Omar Bell.",
            "Omar Bell had but one daughter, Ines Marl.",
        ] {
            assert_eq!(other(text, "Ines Marl", "father").as_deref(), Some("Omar Bell"), "{text}");
        }
        for text in [
            "Ines Marl, a proud mother, watched Omar Bell.",
            "Ines Marl raised Omar Bell by the sea.",
            "Ines Marl met Omar Bell.",
        ] {
            assert_eq!(other(text, "Ines Marl", "father"), None, "{text}");
        }
    }
}
