//! Words that are made of two: "hosepipe" says "hose", "lunchtime" says "lunch".
//!
//! Only where the second one is a noun that such words often end in, as other beginnings are chance ("rent" of
//! "renting", "car" of "carpet").

/// Nouns that end compounds.
const HEADS: &str = "pipe room house time day yard board shop ground place paper box bag case light work way keeper \
    holder owner book card line stove stick bench coat cloth storm fall shed hall side mark mail site";
/// Letters of a first part.
const SHORTEST: usize = 3;

/// Whether a folded word is made of `first`, or one of its forms, and another noun.
pub fn is_of(word: &str, first: &str) -> bool {
    let first = first.strip_suffix('s').unwrap_or(first);
    first.len() >= SHORTEST
        && word.strip_prefix(first).is_some_and(|rest| {
            let head = rest.strip_suffix('s').unwrap_or(rest);
            head.len() >= SHORTEST && HEADS.split_ascii_whitespace().any(|own| own == head)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compound_says_its_first_part() {
        assert!(is_of("hosepipes", "hose") && is_of("lunchtime", "lunch"));
        assert!(!is_of("parent", "rent") && !is_of("carpet", "car") && !is_of("house", "ho"));
    }
}
