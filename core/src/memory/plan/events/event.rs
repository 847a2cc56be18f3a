//! What a statement tells to have happened: somebody goes somewhere, or has something from then on.

/// What happens in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// The subject goes to or is at the place.
    At,
    /// The subject is not, or no longer, at the place.
    NotAt,
    /// The subject is at this place or at that of another such event of the sentence.
    MayBeAt,
    /// The subject has the object from now on.
    Take,
    /// The subject has the object no more.
    Drop,
    /// The recipient has the object from now on.
    Give,
    /// The subject takes the object, or drops it if it has it: what the sentence tells is not known.
    Handle,
}

/// One event; nouns are folded, without determiners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happens.
    pub act: Act,
    /// Who does it.
    pub subjects: Vec<String>,
    /// With what.
    pub object: Option<String>,
    /// Where, or whereto.
    pub place: Option<String>,
    /// Who is given the object.
    pub recipient: Option<String>,
    /// Whether the place may be a thing of the place: "by the door".
    pub beside: bool,
    /// Whether the sentence says nothing else.
    pub fills: bool,
}
