//! The relations that facts are made of, with the wordings of statements and of questions.
//!
//! They stand in `data/relations/`; this reads them. The last statement and the last question of
//! every relation are held out, and so are the domains that the files mark.

use std::sync::LazyLock;

use crate::made;

/// Relations that hold both ways: their values are strangers, or more than one sentence would
/// answer.
const MUTUAL: &[&str] = &["husband or wife", "neighbour", "sister"];

/// A relation between a subject and a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The noun of the relation.
    pub noun: &'static str,
    /// Type of the subject, as `names` knows it.
    pub subject: &'static str,
    /// Type of the value.
    pub value: &'static str,
    /// Wordings of a statement, with `{a}` for the subject and `{b}` for the value.
    pub statements: Vec<&'static str>,
    /// Wordings of a question for the value, with `{a}` for the subject.
    pub questions: Vec<&'static str>,
}

/// A domain: relations that stand together in documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its name.
    pub name: &'static str,
    /// Whether training never sees it.
    pub held: bool,
    /// Its relations.
    pub relations: Vec<Relation>,
}

const FILES: [&str; 15] = [
    include_str!("../data/relations/everyday.txt"),
    include_str!("../data/relations/houses.txt"),
    include_str!("../data/relations/lives.txt"),
    include_str!("../data/relations/nature.txt"),
    include_str!("../data/relations/objects.txt"),
    include_str!("../data/relations/work.txt"),
    include_str!("../data/relations/streets.txt"),
    include_str!("../data/relations/devices.txt"),
    include_str!("../data/relations/learning.txt"),
    include_str!("../data/relations/intrigue.txt"),
    include_str!("../data/relations/public.txt"),
    include_str!("../data/relations/voyages.txt"),
    include_str!("../data/relations/pastimes.txt"),
    include_str!("../data/relations/records.txt"),
    include_str!("../data/relations/reasons.txt"),
];

/// All domains.
pub static DOMAINS: LazyLock<Vec<Domain>> =
    LazyLock::new(|| FILES.into_iter().flat_map(read).collect());

/// The relations that are made from nouns and verbs. They stay for good, as those of the files do.
pub static MADE: LazyLock<Vec<Relation>> = LazyLock::new(|| {
    let text: &'static str = Box::leak(made::text().into_boxed_str());
    read(text).into_iter().flat_map(|domain| domain.relations).collect()
});

impl Relation {
    /// Whether it leads from one subject of a document to another.
    pub fn is_link(&self) -> bool {
        self.value == self.subject && !MUTUAL.contains(&self.noun)
    }

    /// The statements of one side.
    pub fn statements(&self, held: bool) -> &[&'static str] {
        part(&self.statements, held)
    }

    /// The questions of one side.
    pub fn questions(&self, held: bool) -> &[&'static str] {
        part(&self.questions, held)
    }
}

/// The entries of a list that one side may use: the last one is held out.
pub(crate) fn part<'a>(list: &'a [&'static str], held: bool) -> &'a [&'static str] {
    let (last, rest) = list.split_at(list.len() - 1);
    if held { rest } else { last }
}

/// Reads a file; what is malformed in it is an error of the recipe and found by its tests.
fn read(text: &'static str) -> Vec<Domain> {
    let mut domains: Vec<Domain> = Vec::new();
    for line in text.lines() {
        let Some((mark, rest)) = line.split_once(' ') else { continue };
        match mark {
            "@" | "@!" => {
                domains.push(Domain { name: rest, held: mark == "@!", relations: Vec::new() })
            }
            "=" => {
                let mut parts = rest.split(" | ");
                let mut part = || parts.next().unwrap_or_default();
                let relation = Relation {
                    noun: part(),
                    subject: part(),
                    value: part(),
                    statements: Vec::new(),
                    questions: Vec::new(),
                };
                if let Some(domain) = domains.last_mut() {
                    domain.relations.push(relation);
                }
            }
            "-" | "?" => {
                let last = domains.last_mut().and_then(|domain| domain.relations.last_mut());
                if let Some(relation) = last {
                    let list = if mark == "-" {
                        &mut relation.statements
                    } else {
                        &mut relation.questions
                    };
                    list.push(rest);
                }
            }
            _ => {}
        }
    }
    domains
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_relation_has_wordings_on_both_sides_with_their_slots() {
        assert!(DOMAINS.len() >= 30, "{}", DOMAINS.len());
        assert_eq!(DOMAINS.iter().filter(|domain| domain.held).count(), 2);
        assert!(MADE.len() > 1000, "{}", MADE.len());
        for relation in DOMAINS.iter().flat_map(|domain| &domain.relations).chain(&*MADE) {
            let noun = relation.noun;
            assert!(!relation.value.is_empty(), "{noun}");
            assert!(relation.statements.len() >= 5, "{noun}");
            assert!(relation.questions.len() >= 3, "{noun}");
            for statement in &relation.statements {
                assert_eq!(statement.matches("{a}").count(), 1, "{statement}");
                assert_eq!(statement.matches("{b}").count(), 1, "{statement}");
                assert!(statement.ends_with(['.', '"']), "{statement}");
            }
            for question in &relation.questions {
                assert_eq!(question.matches("{a}").count(), 1, "{question}");
                assert!(question.ends_with('?'), "{question}");
            }
        }
    }
}
