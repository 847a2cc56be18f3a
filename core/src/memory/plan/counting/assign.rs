//! The plan for assignments: which names have a value, and which value a name has.
//!
//! ```text
//! A = B   A := B   A is set to B   A equals B   let A be B   assign B to A   copy B to A
//! ```
//! Where the words of a short sentence are none of these, but it holds one name besides a value or a name
//! that was used before, and nothing mentioned that name earlier, it gets what the other one has: no text
//! speaks of a name before that has a value. Assignments are edges; a value's names are everything reached from it, a name's value is what
//! the last assignment before leads to. Every step is one look-up of a literal in the index, so a
//! chain costs its own length, not the document's.

use std::collections::{BTreeMap, VecDeque};

use crate::error::Result;
use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::index::search;
use crate::memory::index::stopwords;
use crate::memory::plan::language::entry::body;
use crate::memory::plan::reader::{Reader, Token};
use crate::memory::segment::words;

/// Names followed at most; a longer chain is reported as incomplete.
const MOST_NAMES: usize = 256;
/// Assignments looked at of one name, the newest.
const MENTIONS: usize = 64;
/// Longest sentence with an assignment, in words.
const LONGEST: u32 = 120;
/// Longest sentence of other words that ties two names, in words.
const LONGEST_TIE: usize = 24;

/// One assignment: `name` gets `value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Left side, folded.
    pub name: String,
    /// Left side as it is written.
    pub written: String,
    /// Right side, folded: a literal or another name.
    pub value: String,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssignQuestion {
    /// All names that have this value.
    Names(String),
    /// The value of this name.
    Value(String),
}

impl AssignQuestion {
    /// Reads a question about names and their values; `None` if it is something else.
    pub fn of(text: &str) -> Option<Self> {
        let list: Vec<(&str, String)> = words::written_and_folded(text).collect();
        let has = |wanted: &[&str]| list.iter().any(|(_, word)| wanted.contains(&word.as_str()));
        let literal = |(written, folded): &&(&str, String)| {
            folded.bytes().any(|b| b.is_ascii_digit()) || is_identifier(written)
        };
        let about = has(&[
            "assigned", "assign", "equals", "equal", "value", "set", "holds", "hold", "holding",
            "assigns",
        ]) || text.contains('=');
        let names = has(&[
            "variable",
            "variables",
            "names",
            "identifiers",
            "registers",
            "parameters",
            "constants",
        ]);
        let sure = has(&["variable", "variables", "identifiers", "registers"])
            && list.iter().any(|(_, word)| word.bytes().all(|byte| byte.is_ascii_digit()));
        // A long number asked for by itself: whatever has it.
        let value = |(written, _): &&(&str, String)| {
            written.len() >= 4 && written.bytes().all(|byte| byte.is_ascii_digit())
        };
        let foreign = has(&["who", "whose", "when", "year", "how", "where"]) || text.contains('-');
        let bare = list.iter().filter(value).count() == 1 && !foreign;
        let asks =
            ["all", "which", "what", "list", "find", "every", "each", "name", "give", "tell"];
        if (names && (about || sure) || bare) && has(&asks) {
            let asks_value =
                !bare && has(&["value"]) && has(&["what"]) && !has(&["variables", "names"]);
            let found = list.iter().rfind(literal)?;
            return Some(if asks_value {
                Self::Value(found.1.clone())
            } else {
                Self::Names(found.1.clone())
            });
        }
        if about && has(&["what"]) && has(&["value"]) {
            let at = list.iter().position(|(_, word)| word == "value")?;
            let found = list[at..].iter().rfind(literal)?;
            return Some(Self::Value(found.1.clone()));
        }
        None
    }
}

/// Whether a token looks like a value or a name in a program.
fn is_literal(text: &str, token: &Token) -> bool {
    let written = &text[token.start..token.end];
    token.folded.bytes().any(|b| b.is_ascii_digit())
        || is_identifier(written)
        || (written.chars().count() <= 2 && !stopwords::is_stopword(&token.folded))
}

/// Whether a word looks like a name in a program: all capitals, or with an underscore or a digit.
fn is_identifier(word: &str) -> bool {
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    word.contains('_')
        || (capitals > 1 && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit()))
        || (word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(char::is_alphabetic))
}

/// The one name that a short sentence holds besides `literal`, as it is written.
fn tied<'t>(text: &'t str, tokens: &[Token], literal: &str) -> Option<&'t str> {
    if tokens.len() > LONGEST_TIE || !tokens.iter().any(|token| token.folded == literal) {
        return None;
    }
    let digits = |token: &Token| token.folded.bytes().all(|byte| byte.is_ascii_digit());
    let named = literal.chars().any(char::is_alphabetic);
    // Another value than the one asked for; a short number is that of a line.
    if tokens.iter().any(|t| t.folded != literal && digits(t) && t.folded.len() > 2 && named) {
        return None;
    }
    let mut others = tokens.iter().filter(|token| {
        token.folded != literal && !digits(token) && is_identifier(&text[token.start..token.end])
    });
    let other = others.next().filter(|first| others.all(|next| next.folded == first.folded))?;
    Some(&text[other.start..other.end])
}

/// The assignments of a sentence, in order.
pub fn assignments(text: &str, tokens: &[Token]) -> Vec<Assignment> {
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let gap = tokens.get(at + 1).map_or("", |next| &text[token.end..next.start]);
        let sign = matches!(gap.trim_matches([' ', '\t', '`', '"', '\'']), "=" | ":=" | "<-" | "←");
        if sign {
            push(text, tokens, at, at + 1, &mut out);
            continue;
        }
        match tokens[at..].iter().map(|t| t.folded.as_str()).collect::<Vec<_>>().as_slice() {
            ["equals", ..] if at > 0 => push(text, tokens, at - 1, at + 1, &mut out),
            ["is" | "was", "assigned" | "given", "to", ..] if at > 0 => {
                push(text, tokens, at - 1, at + 3, &mut out);
            }
            ["is" | "was", "assigned" | "given", ..] if at > 0 => {
                push(text, tokens, at - 1, at + 2, &mut out);
            }
            ["is" | "was", "set" | "equal" | "changed", "to", ..] if at > 0 => {
                push(text, tokens, at - 1, at + 3, &mut out);
            }
            ["is" | "was", "a" | "the", "copy", "of", ..] if at > 0 => {
                push(text, tokens, at - 1, at + 4, &mut out);
            }
            ["is" | "was", "the", "same", "as", ..] if at > 0 => {
                push(text, tokens, at - 1, at + 4, &mut out);
            }
            [
                "copies" | "takes" | "holds" | "has" | "gets" | "stores" | "contains" | "inherits",
                ..,
            ] if at > 0 && at + 1 < tokens.len() => {
                let right = &tokens[last_of(tokens, at + 1)];
                if is_literal(text, &tokens[at - 1]) && is_literal(text, right) {
                    push(text, tokens, at - 1, at + 1, &mut out);
                }
            }
            ["give" | "giving" | "gave" | "gives", _, "the", ..] => {
                push(text, tokens, at + 1, at + 2, &mut out);
            }
            ["let" | "set", ..] => {
                let to = (at + 1..tokens.len().min(at + 5))
                    .find(|to| matches!(tokens[*to].folded.as_str(), "to" | "be" | "equal"));
                if let Some(to) = to.filter(|to| *to > at + 1) {
                    push(text, tokens, to - 1, to + 1, &mut out);
                }
            }
            ["assign" | "copy" | "store" | "assigns", ..] => {
                let to = (at + 1..tokens.len().min(at + 7))
                    .find(|to| matches!(tokens[*to].folded.as_str(), "to" | "into" | "in"));
                if let Some(to) = to.filter(|to| *to > at + 1 && to + 1 < tokens.len()) {
                    let name = last_of(tokens, to + 1);
                    push(text, tokens, name, to - 1, &mut out);
                }
            }
            _ => {}
        }
    }
    out.dedup();
    out
}

/// Words that may stand before the right side: nouns for what a name or a value is.
const NOUNS: &str =
    "the value of variable number constant to be as same that var let over on what whatever equal";

/// The token that names what begins at `at`: skips a noun before it.
fn last_of(tokens: &[Token], at: usize) -> usize {
    let mut end = at;
    while end + 1 < tokens.len() && NOUNS.split(' ').any(|noun| noun == tokens[end].folded) {
        end += 1;
    }
    end
}

fn push(text: &str, tokens: &[Token], name: usize, value: usize, out: &mut Vec<Assignment>) {
    let Some(left) = tokens.get(name) else { return };
    // A noun before the left side, such as "counter" in "counter A = counter B", may stand before
    // the right side too.
    let noun = name.checked_sub(1).map(|before| tokens[before].folded.as_str());
    let mut at = last_of(tokens, value);
    if at + 1 < tokens.len() && noun == Some(tokens[at].folded.as_str()) {
        at += 1;
    }
    let Some(right) = tokens.get(at) else { return };
    if right.folded != left.folded {
        out.push(Assignment {
            name: left.folded.clone(),
            written: text[left.start..left.end].to_owned(),
            value: right.folded.clone(),
        });
    }
}

/// Answers from the assignments of the documents; `None` if there are none of the name or value.
///
/// # Errors
/// If the store cannot be read or is damaged.
pub fn assigned(reader: &Reader, question: &AssignQuestion) -> Result<Option<Finding>> {
    match question {
        AssignQuestion::Names(value) => names_of(reader, value),
        AssignQuestion::Value(name) => value_of(reader, name),
    }
}

/// The assignments that mention `literal`, in document order.
fn mentioning(reader: &Reader, literal: &str) -> Result<Vec<(SentenceId, Assignment)>> {
    let Some(pattern) = Pattern::phrase(literal) else { return Ok(Vec::new()) };
    let ids = reader.last_mentions(&[pattern], &[], LONGEST, MENTIONS)?;
    let mut out = Vec::new();
    let mut first_of_literal: Option<Option<SentenceId>> = None;
    for read in reader.read(&ids)? {
        let tokens = reader.tokens(&read.text);
        let found = assignments(&read.text, &tokens);
        if found.is_empty()
            && let body = body(&read.text)
            && let Some(written) = tied(body, &reader.tokens(body), literal)
        {
            let other = words::folded(written);
            // Whichever was there before has the value.
            let own = match first_of_literal {
                Some(known) => known,
                None => *first_of_literal.insert(first_mention(reader, literal)?),
            };
            let gets = if first_mention(reader, &other)? == Some(read.id) {
                Some((other, written.to_owned(), literal.to_owned()))
            } else if own == Some(read.id) {
                Some((literal.to_owned(), reader.as_written(&[read.id], literal)?, other))
            } else {
                None
            };
            out.extend(
                gets.map(|(name, written, value)| (read.id, Assignment { name, written, value })),
            );
        }
        out.extend(found.into_iter().map(|found| (read.id, found)));
    }
    Ok(out)
}

/// The first sentence that mentions `literal`.
fn first_mention(reader: &Reader, literal: &str) -> Result<Option<SentenceId>> {
    let Some(pattern) = Pattern::phrase(literal) else { return Ok(None) };
    let mut first = None;
    search::sentences_with(reader.corpus, &[pattern], &[], reader.stems, |id, _| {
        first = Some(id);
        false
    })?;
    Ok(first)
}

fn names_of(reader: &Reader, value: &str) -> Result<Option<Finding>> {
    let mut found: BTreeMap<String, (SentenceId, String)> = BTreeMap::new();
    let mut open = VecDeque::from([value.to_owned()]);
    let mut incomplete = false;
    while let Some(literal) = open.pop_front() {
        if found.len() >= MOST_NAMES {
            incomplete = true;
            break;
        }
        for (id, assignment) in mentioning(reader, &literal)? {
            if assignment.value == literal && !found.contains_key(&assignment.name) {
                found.insert(assignment.name.clone(), (id, assignment.written));
                open.push_back(assignment.name);
            }
        }
    }
    if found.is_empty() {
        return Ok(None);
    }
    let mut names: Vec<(SentenceId, String)> = found.into_values().collect();
    names.sort();
    let answer: Vec<&str> = names.iter().map(|(_, name)| name.as_str()).collect();
    let answer = Some(answer.join(", "));
    let evidence = names.iter().map(|(id, _)| (*id, 1)).collect();
    Ok(Some(Finding { answer, evidence, incomplete }))
}

fn value_of(reader: &Reader, name: &str) -> Result<Option<Finding>> {
    let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
    let (mut current, mut before) = (name.to_owned(), None);
    for _ in 0..MOST_NAMES {
        let last = mentioning(reader, &current)?
            .into_iter()
            .rfind(|(id, found)| found.name == current && before.is_none_or(|limit| *id <= limit));
        let Some((id, assignment)) = last else { break };
        if evidence.contains(&(id, 1)) {
            break;
        }
        evidence.push((id, 1));
        before = Some(id);
        current = assignment.value;
    }
    let Some((last, _)) = evidence.last().copied() else { return Ok(None) };
    let answer = Some(reader.as_written(&[last], &current)?);
    Ok(Some(Finding { answer, evidence, ..Finding::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::plan::language::lexicon::Lexicon;
    use crate::memory::plan::reader::tokens;

    fn found(text: &str) -> Vec<(String, String)> {
        let tokens = tokens(text, Lexicon::shared());
        assignments(text, &tokens).into_iter().map(|a| (a.name, a.value)).collect()
    }

    #[test]
    fn assignments_in_signs_and_words() {
        let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        for (text, wanted) in [
            ("QX = 7741", pair("qx", "7741")),
            ("counter QX = counter RT", pair("qx", "rt")),
            ("Here qx := rt; nothing else.", pair("qx", "rt")),
            ("We give QX the value of RT.", pair("qx", "rt")),
            ("After that, QX takes over what RT holds.", pair("qx", "rt")),
            ("The register qx is set to 7741.", pair("qx", "7741")),
            ("qx takes the value of rt.", pair("qx", "rt")),
            ("Let qx be equal to rt.", pair("qx", "rt")),
            ("Assign 7741 to the variable qx.", pair("qx", "7741")),
            ("The cat sat.", vec![]),
        ] {
            let got = found(text);
            assert_eq!(got, wanted, "{text}");
        }
        assert_eq!(
            found("counter A1 = 5 counter B1 = counter A1"),
            [("a1".to_owned(), "5".to_owned()), ("b1".to_owned(), "a1".to_owned())]
        );
    }

    #[test]
    fn two_names_in_a_short_sentence_are_tied() {
        let other = |text: &'static str, literal: &str| {
            tied(text, &tokens(text, Lexicon::shared()), literal)
        };
        assert_eq!(other("Whatever QX stood for, RT stands for.", "qx"), Some("RT"));
        assert_eq!(other("RT remembers 7741.", "7741"), Some("RT"));
        assert_eq!(other("RT and QX remember 7741.", "7741"), None);
        assert_eq!(other("RT remembers 7741.", "rt"), None);
    }

    #[test]
    fn questions_ask_for_names_or_values() {
        let names = |value: &str| Some(AssignQuestion::Names(value.to_owned()));
        assert_eq!(AssignQuestion::of("Which variables have the value 7741?"), names("7741"));
        assert_eq!(
            AssignQuestion::of("What is the value of QX_1?"),
            Some(AssignQuestion::Value("qx_1".to_owned()))
        );
        assert_eq!(AssignQuestion::of("What is the value of friendship?"), None);
    }
}
