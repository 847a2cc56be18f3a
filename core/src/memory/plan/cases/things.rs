//! Things of a case: what it may have been done with, and where. They are asked about with every suspect, so what tells of
//! them, whoever did it, is looked up once.

use std::collections::BTreeSet;

use super::scene::LONGEST;
use crate::error::Result;
use crate::memory::index::corpus::SentenceId;
use crate::memory::index::patterns::Pattern;
use crate::memory::plan::reader::Reader;

/// Sentences of a thing that are read for what a pronoun tells in them, at most.
const FEW: usize = 12;

/// Things of a case.
#[derive(Debug, Default)]
pub(super) struct Things {
    /// By what they are named.
    pub(super) patterns: Vec<Pattern>,
    /// Some of the last sentences that name one.
    pub(super) newest: BTreeSet<SentenceId>,
}

impl Things {
    /// # Errors
    /// If the store cannot be read or is damaged.
    pub(super) fn of(reader: &Reader, patterns: Vec<Pattern>) -> Result<Self> {
        let mut newest = BTreeSet::new();
        for thing in &patterns {
            let found = reader.last_mentions(std::slice::from_ref(thing), &[], LONGEST, FEW + 1)?;
            newest.extend(found.into_iter().take(FEW));
        }
        Ok(Self { patterns, newest })
    }
}
