//! Who has an office: what papers say of it with a name beside it, and what changed since.
//!
//! ```text
//! Present: Ines Marl (chair)           the treasurer, Omar Bell, …         Officers: Ines Marl, president; …
//! Omar Bell was appointed treasurer    the treasurer is Ines Marl          Harbour Ltd ("Landlord")
//! ```
//! The last one named has it, unless it is asked who had it first, or before somebody.

use super::kind::Kind;
use super::page::{Line, Page};
use super::query::Query;
use super::words::bare_words;
use crate::memory::answer::Finding;
use crate::memory::index::names::{self, Name};
use crate::memory::index::stopwords;
use crate::memory::plan::language::grammar::among;
use crate::memory::segment::words;

/// Words with which an office is given to somebody.
const GIVEN: &str =
    "is was are were as becomes became appointed elected chosen named made remains promoted";
/// What may stand between those and the office.
const FILLERS: &str = "the a an our new as been to be its acting";

/// Somebody with an office.
struct Holder<'a> {
    line: &'a Line,
    name: String,
}

/// Who holds the office that a question asks for, if it asks for one that the paper gives somebody by name.
pub fn holder(query: &Query, page: &Page) -> Option<Finding> {
    let asked = Office::of(query)?;
    let mut holders: Vec<Holder> = Vec::new();
    let mut nearest = usize::MAX;
    for line in &page.lines {
        let Some(distance) = asked.distance(line) else { continue };
        let Some(name) = asked.holder(line) else { continue };
        if distance < nearest {
            holders.clear();
            nearest = distance;
        }
        if distance == nearest {
            holders.push(Holder { line, name });
        }
    }
    let found = match &asked.before {
        Some(later) => {
            let is_later =
                |holder: &Holder| bare_words(&holder.name).iter().any(|word| later.contains(word));
            let at = holders.iter().position(is_later)?;
            holders[..at].iter().rev().find(|holder| !is_later(holder))?
        }
        None if query.earliest => holders.first()?,
        None => holders.last()?,
    };
    let answer = Some(found.name.clone());
    // Every line that says so of the same name, the newest first.
    let same = holders.iter().rev().filter(|holder| holder.name == found.name);
    let evidence = same.map(|holder| (holder.line.id, 1)).collect();
    Some(Finding { answer, evidence, incomplete: false })
}

/// Verbs and nouns of writing.
const WRITING: &str = "wrote written writes write author authors compiled compile prepared drew";

/// Who wrote the paper, if that is asked: whom its first line names, right below the title.
pub fn author(query: &Query, page: &Page) -> Option<Finding> {
    let of_writing = |word: &str| among(WRITING, word);
    let is_asked = query.kind == Kind::Person
        && query.words.iter().any(|word| of_writing(word))
        && query
            .wanted
            .iter()
            .all(|wanted| wanted.light || wanted.is_paper || of_writing(&wanted.strict.text));
    let line = page.lines.first().filter(|line| is_asked && line.is_byline)?;
    let own = line.text.strip_prefix("By ").or_else(|| line.text.strip_prefix("by "));
    let own = own.unwrap_or(&line.text);
    let head = own.split([',', '.', ';', '(']).next().unwrap_or(own);
    let mut found: Vec<Name> = Vec::new();
    names::names(head, &mut found);
    let n_named: usize =
        found.iter().map(|name| bare_words(&head[name.start..name.end]).len()).sum();
    let n_words = bare_words(head).iter().filter(|word| !among("and with the", word)).count();
    let is_name = found.iter().any(|name| head[name.start..name.end].contains(' '));
    (is_name && n_named == n_words).then(|| Finding {
        answer: Some(line.text.clone()),
        evidence: vec![(line.id, 1)],
        incomplete: false,
    })
}

/// An office as a question names it.
struct Office {
    words: Vec<String>,
    /// The words behind "of": whose office it is.
    of: Vec<String>,
    /// The name of whoever had it later.
    before: Option<Vec<String>>,
}

impl Office {
    /// "Who is the treasurer of the club", "who chairs the board", "who was clerk before Omar Bell".
    fn of(query: &Query) -> Option<Self> {
        if query.many
            || query.kind != Kind::Person
            || query.words.first().is_none_or(|word| word != "who")
        {
            return None;
        }
        let (rest, before) = match query.words.iter().position(|word| word == "before") {
            Some(at) => (&query.words[1..at], Some(query.words[at + 1..].to_vec())),
            None => (&query.words[1..], None),
        };
        let mut list: Vec<&str> = rest.iter().map(String::as_str).collect();
        let copula = list.first().is_some_and(|word| among("is was are were", word));
        if copula {
            list.remove(0);
        } else {
            // "Who chairs the board": the verb is the noun.
            let verb = *list.first()?;
            let noun = verb
                .strip_suffix('s')
                .filter(|noun| among("chair head lead manage preside", noun))?;
            let noun = if noun == "manage" { "manager" } else { noun };
            return Some(Self { words: vec![noun.to_owned()], of: Vec::new(), before });
        }
        let small = |word: &str| {
            among("the a an our now currently still at moment present today first originally", word)
        };
        let own: Vec<String> = list
            .into_iter()
            .take_while(|word| !among("of for in at on to with that who", word))
            .filter(|word| !small(word))
            .map(str::to_owned)
            .collect();
        let of = rest.iter().skip_while(|word| *word != "of").skip(1);
        let of = of.filter(|word| !stopwords::is_stopword(word) && !small(word)).cloned().collect();
        (!own.is_empty() && own.len() <= 3).then_some(Self { words: own, of, before })
    }

    /// How far from a line it is said whose office is asked for: there or above it, in the paragraph, in the title.
    fn distance(&self, line: &Line) -> Option<usize> {
        let mut places = Vec::new();
        for word in &self.of {
            let own = [&line.words, &line.above].into_iter().any(|words| words.contains(word));
            let before = line.before.iter().any(|words| words.contains(word));
            let titled = line.title.contains(word);
            places.push([own, before, titled].into_iter().position(|said| said)?);
        }
        Some(places.into_iter().max().unwrap_or(0))
    }

    /// Whom a line gives the office by name.
    fn holder(&self, line: &Line) -> Option<String> {
        let text = line.text.as_str();
        let mut found: Vec<Name> = Vec::new();
        names::names(text, &mut found);
        let list: Vec<words::Word> = words::words(text).collect();
        let folded: Vec<String> =
            list.iter().map(|word| bare_words(&text[word.start..word.end]).join(" ")).collect();
        // The longest run of the office's words stands there: "children's librarian", or its last one alone.
        let places = |words: &[String]| -> Vec<usize> {
            let n = words.len();
            (0..folded.len().saturating_sub(n - 1))
                .filter(|at| folded[*at..at + n] == *words)
                .collect()
        };
        let n = self.words.len();
        places(&self.words).into_iter().find_map(|at| {
            let (start, end) = (list[at].start, list[at + n - 1].end);
            let behind = &text[end..];
            let before = &text[..start];
            let own = |name: &Name| text[name.start..name.end].to_owned();
            let is_office = |name: &Name| name.start < end && start < name.end;
            let last = found.iter().rev().find(|name| name.end <= start && !is_office(name));
            let next = found.iter().find(|name| name.start >= end && !is_office(name));
            // "Ines Marl (chair)", "Harbour Ltd ("Landlord")", "Ines Marl, president;".
            if let Some(name) = last {
                let gap = text[name.end..start].trim_matches(['"', '“', ' ']);
                let closed =
                    behind.trim_start_matches(['"', '”']).starts_with([')', ';', '.', ',']);
                if closed
                    && (gap == "(" || gap == "(\"" || gap == "(“" || gap == "," || gap == ", the")
                {
                    return Some(own(name));
                }
                // "Omar Bell was appointed treasurer".
                let words = bare_words(&text[name.end..start]);
                let given = words.iter().any(|word| among(GIVEN, word));
                if given && words.iter().all(|word| among(GIVEN, word) || among(FILLERS, word)) {
                    return Some(own(name));
                }
            }
            // "The treasurer, Omar Bell,", "the treasurer is Omar Bell", "Treasurer: Omar Bell".
            let name = next?;
            let gap = text[end..name.start].trim();
            let words = bare_words(gap);
            let is_given =
                !words.is_empty() && words.iter().all(|word| among("is was remains the", word));
            let title = !before.is_empty() || text.starts_with(char::is_uppercase);
            (title && (gap == "," || gap == ":" || is_given)).then(|| own(name))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::memory::{AskOptions, Library, Source};

    #[test]
    fn an_office_is_told_by_name_and_by_who_has_it_last() {
        let text = "# Minutes of the club\n\nPresent: Ines Marl (chair), Omar Bell.\n\nThe treasurer, Tom Ware, \
            will leave in May. Ada Finch was appointed treasurer.\n\nOfficers: Rolf Dane, secretary; Ines Marl, chair.";
        let mut library = Library::in_memory();
        library.open_document(&Source::text("minutes", text)).unwrap();
        for (question, name) in [
            ("Who chairs the club?", "Ines Marl"),
            ("Who is the treasurer now?", "Ada Finch"),
            ("Who was treasurer before Ada Finch?", "Tom Ware"),
            ("Who is the secretary of the club?", "Rolf Dane"),
        ] {
            assert_eq!(
                library.ask(question, &AskOptions::default()).unwrap().answer,
                name,
                "{question}"
            );
        }
    }
}
