//! The table of who-and-why, whatever the language of its sentences: what speaks for and against each suspect, and who
//! alone can have done it.

use crate::memory::answer::Finding;
use crate::memory::index::corpus::SentenceId;

/// Sentences of the harm that are cited.
const HARM_CITED: usize = 3;

/// What is known of one suspect.
#[derive(Debug, Default)]
pub(in crate::memory::plan) struct Cells {
    pub(in crate::memory::plan) motive: Vec<SentenceId>,
    pub(in crate::memory::plan) means: Vec<SentenceId>,
    pub(in crate::memory::plan) chance: Vec<SentenceId>,
    /// What clears the suspect, and what takes that back.
    pub(in crate::memory::plan) elsewhere: Vec<SentenceId>,
    pub(in crate::memory::plan) retracted: Vec<SentenceId>,
    /// What ties the others to the suspect or to the hour.
    pub(in crate::memory::plan) ties: Vec<SentenceId>,
}

impl Cells {
    /// Whether the cells that a culprit must have are filled, and nothing clears the suspect.
    pub(in crate::memory::plan) fn is_whole(&self) -> bool {
        let is_cleared = !self.elsewhere.is_empty() && self.retracted.is_empty();
        !(self.motive.is_empty() || self.means.is_empty() || self.chance.is_empty() || is_cleared)
    }

    /// The answer, with everything that fills or empties a cell, behind sentences of the `harm`.
    pub(in crate::memory::plan) fn proof(self, harm: &[SentenceId], name: String) -> Finding {
        let mut evidence: Vec<(SentenceId, u32)> = Vec::new();
        let cells =
            [self.motive, self.means, self.chance, self.elsewhere, self.retracted, self.ties];
        for id in harm.iter().copied().take(HARM_CITED).chain(cells.into_iter().flatten()) {
            if !evidence.contains(&(id, 1)) {
                evidence.push((id, 1));
            }
        }
        Finding { answer: Some(name), evidence, incomplete: false }
    }
}

/// The one suspect whose cells are filled; `None` if they are of nobody, or of more than one.
pub(in crate::memory::plan) fn only_one(
    rows: impl IntoIterator<Item = (String, Cells)>,
) -> Option<(String, Cells)> {
    let mut whole = rows.into_iter().filter(|(_, cells)| cells.is_whole());
    whole.next().filter(|_| whole.next().is_none())
}
