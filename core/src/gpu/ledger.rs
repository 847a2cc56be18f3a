//! What is known about a driver, on disk: whether it computes right, which flavours are the fastest, on
//! which models it agreed with the CPU.
//!
//! ```text
//! gpu.json   { driver: { kernels, standing: trying | good | wrong, models: { shape: nats }, flavours } }
//! ```
//! A driver that has another version, or meets other kernels, is another driver. `trying` is written
//! before the first kernel runs, so a driver that ends the program is not tried again. Without a folder
//! the ledger forgets with the program. A file that cannot be read counts as empty, and one that cannot
//! be written is only warned of: nothing in it is more than a saving of time, but for `trying`.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use carrel_shaders::Kernel;
use fs4::FileExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::readable::hexadecimal;
use crate::whole_file::write_whole;

/// Name of the file, and of the one that is locked while a driver is tried.
const FILE: &str = "gpu.json";
const LOCK: &str = "gpu.lock";

/// How far a driver has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It was never used.
    #[default]
    Unknown,
    /// Its first use began, and did not end yet or ended the program.
    Trying,
    /// It computes the same as plain loops.
    Good,
    /// It computes something else.
    Wrong,
}

/// What is known about a driver.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    kernels: String,
    standing: Standing,
    /// Mean divergence from the CPU by model.
    models: BTreeMap<String, f64>,
    /// The fastest flavours, by what they compute.
    flavours: BTreeMap<String, String>,
}

type Entries = BTreeMap<String, Entry>;

/// The ledger of one driver.
pub(super) struct Ledger {
    folder: Option<PathBuf>,
    driver: String,
}

/// What this program knows, by folder.
fn known() -> MutexGuard<'static, HashMap<Option<PathBuf>, Entries>> {
    static KNOWN: OnceLock<Mutex<HashMap<Option<PathBuf>, Entries>>> = OnceLock::new();
    KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
}

/// A hash of all kernels.
fn kernels() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        let mut hash = Sha256::new();
        Kernel::all().into_iter().for_each(|kernel| hash.update(kernel.source()));
        hexadecimal(&hash.finalize()[..8])
    })
}

impl Ledger {
    /// The ledger of a driver, in a folder that is made if need be.
    pub(super) fn open(folder: Option<&Path>, driver: String) -> Self {
        let ledger = Self { folder: folder.map(Path::to_owned), driver };
        let mut known = known();
        known.entry(ledger.folder.clone()).or_insert_with(|| ledger.read());
        ledger
    }

    /// Keeps others, in this program and in others, from trying drivers meanwhile; what they found out
    /// before is read. Without a folder, and where files cannot be locked, only this program waits.
    pub(super) fn exclusively<T>(&self, work: impl FnOnce() -> T) -> T {
        static TRIALS: Mutex<()> = Mutex::new(());
        let _here = TRIALS.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = self.folder.as_ref().and_then(|folder| {
            std::fs::create_dir_all(folder).ok()?;
            let file = File::create(folder.join(LOCK)).ok()?;
            FileExt::lock(&file).ok().map(|()| file)
        });
        if lock.is_some() {
            known().insert(self.folder.clone(), self.read());
        }
        work()
    }

    fn read(&self) -> Entries {
        let text = self.folder.as_ref().map(|folder| std::fs::read(folder.join(FILE)));
        let entries = text.and_then(Result::ok).and_then(|text| serde_json::from_slice(&text).ok());
        entries.unwrap_or_default()
    }

    /// Changes the entry of the driver, here and on disk.
    fn change<T>(&self, change: impl FnOnce(&mut Entry) -> T) -> T {
        let mut known = known();
        let entries = known.entry(self.folder.clone()).or_default();
        let entry = entries.entry(self.driver.clone()).or_default();
        if entry.kernels != kernels() {
            *entry = Entry { kernels: kernels().to_owned(), ..Entry::default() };
        }
        let value = change(entry);
        if let Some(folder) = &self.folder
            && let Err(error) = write(folder, entries)
        {
            log::warn!("{} could not be written: {error}", folder.join(FILE).display());
        }
        value
    }

    /// What is known, or nothing.
    fn look<T>(&self, look: impl FnOnce(&Entry) -> T) -> T {
        let known = known();
        let entry = known.get(&self.folder).and_then(|entries| entries.get(&self.driver));
        look(entry.filter(|entry| entry.kernels == kernels()).unwrap_or(&Entry::default()))
    }

    pub(super) fn standing(&self) -> Standing {
        self.look(|entry| entry.standing)
    }

    pub(super) fn set_standing(&self, standing: Standing) {
        self.change(|entry| entry.standing = standing);
    }

    /// Mean divergence from the CPU on a model, in nats, if it was compared.
    pub(super) fn divergence(&self, model: &str) -> Option<f64> {
        self.look(|entry| entry.models.get(model).copied())
    }

    pub(super) fn set_divergence(&self, model: &str, nats: f64) {
        // JSON has no number for what is none.
        let nats = if nats.is_finite() { nats } else { f64::MAX };
        self.change(|entry| entry.models.insert(model.to_owned(), nats));
    }

    pub(super) fn flavour(&self, work: &str) -> Option<String> {
        self.look(|entry| entry.flavours.get(work).cloned())
    }

    pub(super) fn set_flavour(&self, work: &str, flavour: String) {
        self.change(|entry| entry.flavours.insert(work.to_owned(), flavour));
    }

    /// Where compiled kernels of this driver are kept.
    pub(super) fn pipeline_file(&self) -> Option<PathBuf> {
        let hash = Sha256::digest(format!("{}\n{}", self.driver, kernels()));
        let name = hexadecimal(&hash[..8]);
        self.folder.as_ref().map(|folder| folder.join(format!("{name}.pipelines")))
    }

    /// Forgets what this program knows, so that the file is read again: as another program would.
    #[cfg(test)]
    fn forget_here() {
        known().clear();
    }
}

fn write(folder: &Path, entries: &Entries) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let text = serde_json::to_vec_pretty(entries)?;
    write_whole(&folder.join(FILE), |_, error| error, |out| out.write_all(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_outlives_the_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = |driver: &str| Ledger::open(Some(folder.path()), driver.into());
        let ledger = open("driver 1");
        assert_eq!(ledger.standing(), Standing::Unknown);
        ledger.set_standing(Standing::Trying);
        ledger.set_divergence("a model", 1e-5);
        ledger.set_divergence("a bad model", f64::NAN);
        ledger.set_flavour("vectors Q4_0 64", "Integer".into());
        Ledger::forget_here();
        let ledger = open("driver 1");
        assert_eq!(ledger.standing(), Standing::Trying);
        assert_eq!(ledger.divergence("a model"), Some(1e-5));
        assert_eq!(ledger.divergence("a bad model"), Some(f64::MAX));
        assert_eq!(ledger.flavour("vectors Q4_0 64").as_deref(), Some("Integer"));
        assert_eq!(open("driver 2").standing(), Standing::Unknown);

        // Other kernels make it another driver.
        let text = std::fs::read_to_string(folder.path().join(FILE)).expect("written");
        std::fs::write(folder.path().join(FILE), text.replace(kernels(), "older"))
            .expect("written");
        Ledger::forget_here();
        assert_eq!(open("driver 1").standing(), Standing::Unknown);

        std::fs::write(folder.path().join(FILE), "no JSON").expect("written");
        Ledger::forget_here();
        assert_eq!(open("driver 1").standing(), Standing::Unknown);
    }
}
