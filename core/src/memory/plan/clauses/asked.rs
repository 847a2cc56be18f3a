//! Short questions for one thing that is said of somebody or something, taken apart.
//!
//! ```text
//! noun      What is X's rent?  Who is the manager of X?        the noun, of whom
//! verb      What does X keep?  To whom was X sold?             the verb, its preposition, of whom
//! doer      Who founded X?  What pulled the cart?              the verb, what it is done to
//! measure   How tall is X?  What colour is X?                  the adjective or kind, of whom
//! number    How many windows has X?                            what is counted, of whom
//! ```

use super::noun::{AUXILIARIES, Noun, Owner, bare, has_verb_form, noun_at};
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::plan::question::{Expected, Question};
use crate::memory::plan::reader::Token;
use crate::memory::segment::words::is_ideograph;

/// Prepositions that a question may open or end with.
pub(super) const PREPOSITIONS: &str =
    "to for with from by at in on of under over into about against through as after off";
/// Words that put what is asked in an order or limit it.
const ORDERED: &str = "most least best first last latest earliest final finally original originally initially now still currently \
    before after until till since during while than both either ever else again more fewer next";
/// Nouns that stand for what kind of thing is asked for.
const KINDS: &str = "kind sort type name";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// What a noun of the owner is or who it is.
    Noun(String),
    /// What stands behind a verb of the owner, or behind its preposition.
    Verb(Option<String>),
    /// Who does or did what the verb says to the owner.
    Doer,
    /// How much of something the owner has or does: "tall", "much".
    Measure(String),
    /// Of what colour the owner is.
    Colour,
    /// How many of these the owner has.
    Number(String),
    /// What the owner is called.
    Name,
    /// Where the owner is.
    Place,
}

/// A question, taken apart.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Of whom or what it asks.
    pub of: Noun,
    /// What it asks.
    pub relation: Relation,
    /// Words that a clause has to say: the verb first.
    pub says: Vec<String>,
    /// The noun behind "which".
    pub typing: Option<String>,
    /// The type of the answer.
    pub expected: Expected,
    /// Whether the owner suffers what the verb says: "was sold".
    pub passive: bool,
}

impl Asked {
    /// Takes a question apart; `None` if it is none of these.
    pub fn of(question: &Question, tokens: &[Token]) -> Option<Self> {
        let text = question.text.as_str();
        if text.chars().any(is_ideograph)
            || tokens.len() < 3
            || question.many
            || text.contains([',', ';', '"', '“'])
        {
            return None;
        }
        // What came first, last, most or before something else, other plans tell.
        let ordered = question.latest
            || question.earliest
            || question.words.iter().any(|word| among(ORDERED, word));
        if ordered {
            return None;
        }
        let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
        let mut at = 0;
        let mut preposition = None;
        if among(PREPOSITIONS, word(0)) {
            preposition = Some(word(0).to_owned());
            at = 1;
        }
        let wh = word(at);
        let mut next = at + 1;
        let mut typing = None;
        let mut measure = None;
        match wh {
            "what" | "which" => {
                let end = (next..tokens.len()).find(|at| among(AUXILIARIES, word(*at)))?;
                let kind = among(KINDS, word(next)) && word(next + 1) == "of";
                if end > next {
                    typing = Some(bare(&tokens[end - 1]));
                    let noun = tokens[if kind { next + 2 } else { next }..end].iter();
                    if noun.clone().any(|t| stopwords::is_stopword(&t.folded)) {
                        return None;
                    }
                }
                next = end;
            }
            "who" | "whom" | "where" | "when" => {}
            "how" => {
                measure = Some(word(next).to_owned());
                next += 1;
                match word(next - 1) {
                    "many" => {
                        let end = (next..tokens.len()).find(|at| among(AUXILIARIES, word(*at)))?;
                        typing = (end > next).then(|| bare(&tokens[end - 1]));
                        typing.as_ref()?;
                        next = end;
                    }
                    "much" | "tall" | "high" | "long" | "old" | "deep" | "wide" | "heavy"
                    | "far" => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
        let auxiliary = word(next);
        let behind = next + 1;
        let asked = match auxiliary {
            "does" | "do" | "did" => {
                let (of, verb) = split(text, tokens, behind)?;
                let mut rest: Vec<String> = Vec::new();
                let mut stranded = preposition.clone();
                for at in verb..tokens.len() {
                    let own = word(at);
                    if at + 1 == tokens.len() && at > verb && among(PREPOSITIONS, own) {
                        stranded = Some(own.to_owned());
                    } else if !stopwords::is_stopword(own) || at == verb {
                        rest.push(bare(&tokens[at]));
                    }
                }
                Self::verb(of, rest, stranded, measure, typing, question.expected, wh)
            }
            "is" | "was" | "are" | "were" => Self::copula(
                text,
                tokens,
                behind,
                preposition,
                measure,
                typing,
                question.expected,
                wh,
            ),
            "has" | "have" | "had" if measure.as_deref() == Some("many") => {
                let of = noun_at(text, tokens, behind, tokens.len(), true)?;
                (of.range.end == tokens.len()).then(|| {
                    let noun = typing.clone().unwrap_or_default();
                    Self {
                        of,
                        relation: Relation::Number(noun),
                        says: Vec::new(),
                        typing: None,
                        expected: Expected::Number,
                        passive: false,
                    }
                })
            }
            _ if among("who what", wh)
                && typing.is_none()
                && measure.is_none()
                && preposition.is_none() =>
            {
                let of = noun_at(text, tokens, behind, tokens.len(), true)?;
                let verb = bare(tokens.get(next)?);
                if of.range.end != tokens.len() || stopwords::is_stopword(&verb) {
                    return None;
                }
                Some(Self {
                    of,
                    relation: Relation::Doer,
                    says: vec![verb],
                    typing: None,
                    expected: question.expected,
                    passive: false,
                })
            }
            _ => None,
        }?;
        // Of a pronoun nothing is known, nor of the document itself.
        let known = asked.of.words.iter().any(|word| {
            !stopwords::is_about_the_document(word)
                && !among("thing things one person people everything everyone", word)
        });
        known.then_some(asked)
    }

    fn verb(
        of: Noun,
        mut says: Vec<String>,
        stranded: Option<String>,
        measure: Option<String>,
        typing: Option<String>,
        expected: Expected,
        wh: &str,
    ) -> Option<Self> {
        let verb = says.first()?;
        let having = among("have own possess keep get", verb) && says.len() == 1;
        let relation = match (measure.as_deref(), typing.as_deref()) {
            (Some("many"), Some(noun)) if having => Relation::Number(noun.to_owned()),
            (Some("many"), _) => return None,
            (Some(adjective), _) => Relation::Measure(adjective.to_owned()),
            (None, Some(noun)) if having && !among("keep get", verb) => {
                Relation::Noun(noun.to_owned())
            }
            _ => Relation::Verb(stranded),
        };
        // "What does X do": the trade, which other plans know.
        if verb == "do" || among("mean stand", verb) && wh == "what" {
            return None;
        }
        // "Have an accident", "take the lead": the noun says it.
        if says.len() > 1 && among("have make take give get do", &says[0]) {
            says.remove(0);
        }
        let says = if matches!(relation, Relation::Number(_) | Relation::Noun(_)) {
            Vec::new()
        } else {
            says
        };
        Some(Self { of, relation, says, typing, expected, passive: false })
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one question")]
    fn copula(
        text: &str,
        tokens: &[Token],
        behind: usize,
        preposition: Option<String>,
        measure: Option<String>,
        typing: Option<String>,
        expected: Expected,
        wh: &str,
    ) -> Option<Self> {
        let n = tokens.len();
        let mut of = noun_at(text, tokens, behind, n, true)?;
        let mut rest = of.range.end;
        // "Was Ines born", "is the door painted": the last word of the phrase says what was done.
        if rest == n && !of.is_name && of.core.len() > 1 && of.range.end == of.core.end {
            let last = &tokens[n - 1];
            if !last.capital
                && (has_verb_form(&last.folded) || among("called named made born", &last.folded))
            {
                rest = n - 1;
                of = noun_at(text, tokens, behind, rest, true)?;
            }
        }
        let remainder = &tokens[rest..];
        let build = |of, relation, says| {
            Some(Self { of, relation, says, typing: typing.clone(), expected, passive: true })
        };
        if remainder.is_empty() {
            if let Some(adjective) = measure {
                return build(of, Relation::Measure(adjective), Vec::new());
            }
            if typing.as_deref().is_some_and(|noun| among("colour color", noun)) {
                return build(of, Relation::Colour, Vec::new());
            }
            if typing.is_some() || preposition.is_some() {
                return None;
            }
            if wh == "where" {
                return build(of, Relation::Place, Vec::new());
            }
            if wh == "when" {
                return None;
            }
            // "X's rent", "the rent of X".
            let Some(Owner::Noun(owner)) = of.owner.clone() else { return None };
            let noun = of.head.clone();
            let says: Vec<String> = of.words.clone();
            let relation = if noun == "name" && of.words.len() == 1 {
                Relation::Name
            } else {
                Relation::Noun(noun)
            };
            return build(*owner, relation, says);
        }
        if remainder.iter().any(|token| token.capital) {
            return None;
        }
        let mut says: Vec<String> = Vec::new();
        let mut stranded = preposition;
        for (nth, token) in remainder.iter().enumerate() {
            let word = token.folded.as_str();
            if nth + 1 == remainder.len() && nth > 0 && among(PREPOSITIONS, word) {
                stranded = Some(word.to_owned());
            } else if !stopwords::is_stopword(word) {
                says.push(word.to_owned());
            }
        }
        if wh == "who" && stranded.as_deref() == Some("by") {
            return build(of, Relation::Doer, says);
        }
        if says.len() == 1 && among("called named", &says[0]) && stranded.is_none() {
            return build(of, Relation::Name, Vec::new());
        }
        if says.is_empty() || measure.as_deref() == Some("many") {
            return None;
        }
        if wh == "what" && typing.is_none() && stranded.is_none() {
            return None;
        }
        if let Some(adjective) = measure {
            return build(of, Relation::Measure(adjective), says);
        }
        build(of, Relation::Verb(stranded), says)
    }
}

/// The subject behind "does", and where its verb stands.
fn split(text: &str, tokens: &[Token], at: usize) -> Option<(Noun, usize)> {
    let n = tokens.len();
    let stop = |at: usize| {
        let word = tokens[at].folded.as_str();
        stopwords::is_stopword(word) && !tokens[at].capital
    };
    // A name ends where the small words begin.
    if tokens.get(at)?.capital {
        let mut end = at;
        while end < n && tokens[end].capital {
            end += 1;
        }
        // "Juno's foal eat": the verb is the last word of the run.
        if tokens[end - 1].owns {
            while end < n && !stop(end) && &text[tokens[end - 1].end..tokens[end].start] == " " {
                end += 1;
            }
            end -= 1;
        }
        let of = noun_at(text, tokens, at, end, true)?;
        return (end < n && of.range.end == end).then_some((of, end));
    }
    if among("have own", &tokens[n - 1].folded) && n > at + 1 {
        let of = noun_at(text, tokens, at, n - 1, true)?;
        return (of.range.end == n - 1).then_some((of, n - 1));
    }
    let mut best = None;
    let mut from = at + usize::from(stop(at));
    while from < n {
        let mut end = from;
        while end < n && !stop(end) {
            end += 1;
        }
        let last = end.checked_sub(1).filter(|last| *last > from);
        if let Some(last) = last.filter(|last| !tokens[*last].capital) {
            let behind = tokens.get(end).map_or("", |token| token.folded.as_str());
            let closes =
                end == n || end + 1 == n || among("a an the his her their its up out", behind);
            if closes || best.is_none() {
                best = Some(last);
            }
        }
        from = end + 1;
    }
    let verb = best?;
    let of = noun_at(text, tokens, at, verb, true)?;
    (of.range.end == verb).then_some((of, verb))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::index::stems::Stems;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    #[test]
    fn questions_are_taken_apart() {
        let of = |text: &str| {
            let question = Question::of(text, &Stems::default());
            let asked = Asked::of(&question, &tokens(text, Lexicon::shared()))?;
            Some((asked.of.words.join(" "), asked.relation, asked.says.join(" ")))
        };
        let verb = |preposition: &str| Relation::Verb(Some(preposition.to_owned()));
        let noun = |noun: &str| Relation::Noun(noun.to_owned());
        for (text, whom, relation, says) in [
            ("What does the older pump run on?", "older pump", verb("on"), "run"),
            ("To whom was the mare sold?", "mare", verb("to"), "sold"),
            ("What is the rent of the mill?", "mill", noun("rent"), "rent"),
            ("Who is Ines Marl's teacher?", "ines marl", noun("teacher"), "teacher"),
            ("Who founded the mill?", "mill", Relation::Doer, "founded"),
            ("How tall is Ines Marl?", "ines marl", Relation::Measure("tall".to_owned()), ""),
            ("What colour is the mill?", "mill", Relation::Colour, ""),
            ("What was the mare called?", "mare", Relation::Name, ""),
            ("Where is the mill?", "mill", Relation::Place, ""),
        ] {
            assert_eq!(of(text), Some((whom.to_owned(), relation, says.to_owned())), "{text}");
        }
        for text in [
            "Why did Ines leave?",
            "Who first owned the mill?",
            "Which mill did Ines see before Oslo?",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
