//! Sentences that name somebody only to say whose relative they speak of: "Omar's uncle was a sailor" tells nothing of
//! what Omar was.

use super::property::among;
use crate::memory::index::stems::Stems;
use crate::memory::segment::words;

/// Nouns for those whom somebody is known by.
const RELATIVES: &str = "mother father parent brother sister son daughter child uncle aunt cousin nephew niece wife \
    husband grandfather grandmother grandson granddaughter friend neighbour neighbor colleague teacher boss \
    partner fiancee fiance widow widower twin ancestor";

/// Whether a sentence names `owner`, who is folded, only in front of a relative; `asks_for` tells whether it is the
/// relative who is asked for.
pub(super) fn only_of_relative(
    text: &str,
    owner: &str,
    asks_for: impl Fn(&String) -> bool,
    stems: &Stems,
) -> bool {
    let owner: Vec<&str> = owner.split(' ').collect();
    let list: Vec<(&str, String)> = words::written_and_folded(text).collect();
    let is_named = |at: usize| {
        let near = list[at..].iter().zip(&owner);
        near.filter(|((_, word), own)| word == **own).count() == owner.len()
    };
    let mut named = (0..list.len()).filter(|at| is_named(*at)).peekable();
    named.peek().is_some()
        && named.all(|at| {
            let last = at + owner.len() - 1;
            let owns = ["'s", "\u{2019}s", "'", "\u{2019}"]
                .iter()
                .any(|mark| list[last].0.ends_with(mark));
            owns && list
                .get(last + 1)
                .is_some_and(|(_, next)| among(RELATIVES, next, stems) && !asks_for(next))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_is_somebody_else() {
        let only = |text: &str| only_of_relative(text, "omar", |_| false, &Stems::default());
        assert!(only("Omar's uncle was a sailor"));
        assert!(!only("Omar's trade was that of a sailor"));
        assert!(!only("Omar was a sailor"));
        assert!(!only("Omar's uncle was a sailor like Omar"));
    }
}
