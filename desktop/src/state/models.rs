//! Models on this machine, models to have, and the machine they would run on.

use std::path::PathBuf;

use carrel_core::memory::Reading;
use carrel_models::catalog::{CatalogEntry, catalog};

use crate::trouble::Trouble;

/// Tokens of the context for which the memory need is said before a file is here.
pub const CONTEXT: u64 = 4_096;

/// A model that is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Name to remove or verify it by.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Where it lies, or the name of the one that is part of the program.
    pub path: PathBuf,
    /// Whether it is part of the program, so that it cannot be removed.
    pub is_built_in: bool,
    /// Its length.
    pub bytes: u64,
    /// Memory that it takes with its settings, or why it cannot be run.
    pub need_bytes: Result<u64, Trouble>,
    /// What its probe lets it do, where that is known before it is loaded.
    pub reading: Option<Reading>,
}

/// What a check of a file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// It is being checked.
    Underway,
    /// It is what was published.
    Whole,
    /// It is not.
    Damaged,
    /// Nobody says what it must be.
    Unknown,
}

/// A download under way, or why it stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// What is downloaded.
    pub name: String,
    /// Bytes that are here.
    pub done_bytes: u64,
    /// Bytes in all, where known.
    pub total_bytes: Option<u64>,
    /// Why it stopped, if it did.
    pub trouble: Option<Trouble>,
    /// Whether it was stopped on purpose.
    pub is_stopped: bool,
}

impl Download {
    /// Whether it is under way.
    pub fn is_underway(&self) -> bool {
        self.trouble.is_none() && !self.is_stopped
    }
}

/// How a model sits in the memory of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// Well.
    Well,
    /// It would leave little for anything else.
    Tightly,
    /// Not at all.
    Not,
}

/// How `need` bytes sit in a machine with `memory` bytes: well up to half of them.
pub fn fits(need: u64, memory: u64) -> Fits {
    if need <= memory / 2 {
        Fits::Well
    } else if need <= memory / 10 * 9 {
        Fits::Tightly
    } else {
        Fits::Not
    }
}

/// Everything about models.
#[derive(Debug, Default)]
pub struct Models {
    /// The models that are here, the one that is part of the program first; `None` before they were
    /// listed.
    pub installed: Option<Vec<Installed>>,
    /// Checks of files, by name.
    pub checks: Vec<(String, Check)>,
    /// Downloads, the newest last.
    pub downloads: Vec<Download>,
    /// The name in the field for other models.
    pub other: String,
    /// The model that someone asked to remove, until it is confirmed.
    pub removing: Option<String>,
}

impl Models {
    /// The entries of the catalogue that are not here.
    pub fn to_have(&self) -> Vec<&'static CatalogEntry> {
        let here = self.installed.as_deref().unwrap_or_default();
        catalog().iter().filter(|entry| !here.iter().any(|i| i.name == entry.name)).collect()
    }

    /// What is known of the file called `name`.
    pub fn check(&self, name: &str) -> Option<Check> {
        self.checks.iter().find(|(checked, _)| checked == name).map(|(_, check)| *check)
    }

    /// Notes what is known of a file.
    pub fn set_check(&mut self, name: &str, check: Check) {
        self.checks.retain(|(checked, _)| checked != name);
        self.checks.push((name.to_owned(), check));
    }

    /// The download of `name`.
    pub fn download(&self, name: &str) -> Option<&Download> {
        self.downloads.iter().find(|download| download.name == name)
    }

    /// The download of `name`, made if there is none.
    pub fn download_mut(&mut self, name: &str) -> &mut Download {
        let at = self.downloads.iter().position(|download| download.name == name);
        let at = at.unwrap_or_else(|| {
            self.downloads.push(Download {
                name: name.to_owned(),
                done_bytes: 0,
                total_bytes: None,
                trouble: None,
                is_stopped: false,
            });
            self.downloads.len() - 1
        });
        &mut self.downloads[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_weighed_against_the_machine() {
        assert_eq!(fits(1 << 30, 8 << 30), Fits::Well);
        assert_eq!(fits(6 << 30, 8 << 30), Fits::Tightly);
        assert_eq!(fits(8 << 30, 8 << 30), Fits::Not);
    }

    #[test]
    fn a_download_is_kept_by_its_name() {
        let mut models = Models::default();
        models.download_mut("a").done_bytes = 5;
        models.download_mut("b").is_stopped = true;
        assert_eq!(models.download_mut("a").done_bytes, 5);
        assert!(models.download("a").is_some_and(Download::is_underway));
        assert!(!models.download("b").is_some_and(Download::is_underway));
        assert_eq!(models.to_have().len(), catalog().len());
    }
}
