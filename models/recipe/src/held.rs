//! What is held out of training, and which of it an evaluation draws from.

/// Which side of each list a lesson is made from. Training uses [`Draw::TRAINING`] only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Draw {
    /// Names and syllables that training never sees.
    pub names: bool,
    /// Wordings of statements and questions that training never sees.
    pub wordings: bool,
    /// Domains that training never sees.
    pub domains: bool,
    /// Styles that training never sees.
    pub styles: bool,
}

impl Draw {
    /// Nothing that is held out.
    pub const TRAINING: Self =
        Self { names: false, wordings: false, domains: false, styles: false };
    /// Names that training never sees, in its own wordings.
    pub const UNSEEN_NAMES: Self = Self { names: true, ..Self::TRAINING };
    /// Besides, wordings that training never sees.
    pub const WORDINGS: Self = Self { wordings: true, ..Self::UNSEEN_NAMES };
    /// Besides the names, domains that training never sees.
    pub const DOMAINS: Self = Self { domains: true, ..Self::UNSEEN_NAMES };
    /// Besides the names, styles that training never sees.
    pub const STYLES: Self = Self { styles: true, ..Self::UNSEEN_NAMES };
}

/// The entries of a list that one side may use: every tenth is held out.
pub fn side<T: Clone>(list: &[T], held: bool) -> Vec<T> {
    let entries = list.iter().enumerate().filter(|(index, _)| (index % 10 == 9) == held);
    entries.map(|(_, entry)| entry.clone()).collect()
}
