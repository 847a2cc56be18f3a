//! Terms in byte order, of which those are looked for that begin with one of some beginnings.
//!
//! A term is told by how much it shares with the one before and by its rest. One that shares more with the one before
//! than that one does with what is looked for next is less too, so that most terms are passed over unread.

use std::slice::Iter;

/// What a term is to what is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It begins with none of the beginnings.
    Other,
    /// It begins with one.
    Found,
    /// It is greater than all that begin with one, and so are those behind it.
    Past,
}

/// A walk through terms in byte order.
#[derive(Debug)]
pub struct Beginnings<'b> {
    sought: &'b [u8],
    behind: Iter<'b, &'b [u8]>,
    /// The last term that was not passed over.
    term: Vec<u8>,
    /// How much of `sought` it begins with; it is less, unless that is all.
    same: usize,
}

impl<'b> Beginnings<'b> {
    /// A walk that looks for `beginnings`, which are in byte order and of which none is empty or begins with another;
    /// `None` if there are none.
    pub fn of(beginnings: &'b [&'b [u8]]) -> Option<Self> {
        let mut behind = beginnings.iter();
        let sought = behind.next()?;
        Some(Self { sought, behind, term: Vec::new(), same: 0 })
    }

    /// The next term, which shares so many bytes with the one before; `None` if there are not so many.
    #[inline]
    pub fn next(&mut self, shared: usize, rest: &[u8]) -> Option<Step> {
        if shared > self.same && self.same < self.sought.len() {
            return Some(Step::Other);
        }
        if shared > self.term.len() {
            return None;
        }
        self.term.truncate(shared);
        self.term.extend_from_slice(rest);
        loop {
            self.same = self.sought.iter().zip(&self.term).take_while(|(a, b)| a == b).count();
            if self.same == self.sought.len() {
                return Some(Step::Found);
            }
            if self.term.get(self.same).is_none_or(|byte| *byte < self.sought[self.same]) {
                return Some(Step::Other);
            }
            let Some(next) = self.behind.next() else { return Some(Step::Past) };
            self.sought = next;
        }
    }

    /// The last term, if it was found.
    pub fn term(&self) -> &[u8] {
        &self.term
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_found_by_what_they_begin_with() {
        let terms = ["a", "ab", "abc", "abd", "b", "bee", "been", "c", "cab", "cabin", "d"];
        for beginnings in [&["ab", "cab"][..], &["a"], &["aa", "been", "cabs"], &["d"], &["e"]] {
            let sought: Vec<&[u8]> = beginnings.iter().map(|text| text.as_bytes()).collect();
            let mut walk = Beginnings::of(&sought).unwrap();
            let (mut found, mut last) = (Vec::new(), "");
            for term in terms {
                let shared = last.bytes().zip(term.bytes()).take_while(|(a, b)| a == b).count();
                match walk.next(shared, &term.as_bytes()[shared..]).unwrap() {
                    Step::Found => found.push(String::from_utf8(walk.term().to_vec()).unwrap()),
                    Step::Other => {}
                    Step::Past => break,
                }
                last = term;
            }
            let begins = |term: &&&str| beginnings.iter().any(|sought| term.starts_with(sought));
            let wanted: Vec<&str> = terms.iter().filter(begins).copied().collect();
            assert_eq!(found, wanted, "{beginnings:?}");
        }
        assert!(Beginnings::of(&[]).is_none());
    }
}
