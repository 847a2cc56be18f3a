//! On which side of a part of a document an answer is looked for: "before chapter 9", "as of chapter 9", "in chapter 9".

/// Where a stretch lies as seen from the part of the document that a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// All before it.
    Before,
    /// All up to its end.
    Until,
    /// It alone.
    Inside,
    /// All behind it.
    After,
}

/// What the words around "chapter 9" say: those before it, the nearest first, and the one behind it.
pub fn side(before: &[&str], behind: &str) -> Option<Side> {
    let has = |wanted: &[&str]| before.iter().any(|word| wanted.contains(word));
    let over =
        ["ends", "ended", "closes", "closed", "concludes", "concluded", "finishes", "finished"];
    let stops =
        ["stop", "stops", "stopped", "stopping", "pause", "pauses", "paused", "breaks", "broke"];
    let ends =
        has(&["end", "ends", "close", "conclusion", "finish", "last"]) || over.contains(&behind);
    if ends || has(&stops) {
        let after = has(&["after", "since", "following"]) && !has(&stops);
        return Some(if after { Side::After } else { Side::Until });
    }
    if ["begins", "began", "starts", "started", "opens", "opened"].contains(&behind) {
        return Some(Side::Before);
    }
    before.iter().find_map(|word| match *word {
        "as" | "by" | "until" | "till" | "up" | "through" | "than" | "to" | "including"
        | "once" => Some(Side::Until),
        "before" | "prior" | "start" | "beginning" => Some(Side::Before),
        "after" | "since" | "following" => Some(Side::After),
        "in" | "within" | "during" | "inside" | "at" | "when" => Some(Side::Inside),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_told_by_the_words_around_a_part() {
        assert_eq!(side(&["of", "as"], "what"), Some(Side::Until));
        assert_eq!(side(&["of", "end", "the", "by"], ""), Some(Side::Until));
        assert_eq!(side(&["before"], "what"), Some(Side::Before));
        assert_eq!(side(&["when"], "ends"), Some(Side::Until));
        assert_eq!(side(&["after", "stopped", "one"], ""), Some(Side::Until));
        assert_eq!(side(&["than", "further", "no"], ""), Some(Side::Until));
        assert_eq!(side(&["when"], "begins"), Some(Side::Before));
        assert_eq!(side(&["in"], ""), Some(Side::Inside));
        assert_eq!(side(&["the"], ""), None);
    }
}
