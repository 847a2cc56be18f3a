//! Where Carrel keeps files of a user, by the rules of the system.
//!
//! The command line and the desktop app use the same folders, so what one of them measured or
//! downloaded serves the other.

use std::ffi::OsString;
use std::path::PathBuf;

use carrel_core::cpu::PackedFiles;

/// Folder of Carrel among all programs.
const CARREL: &str = "carrel";

/// The folder `name` for what can be made again, such as measurements; `None` if the system names no
/// place for such files. It may not be there yet.
pub fn cache_folder(name: &str) -> Option<PathBuf> {
    dirs::cache_dir().map(|cache| cache.join(CARREL).join(name))
}

/// Where it is kept what probes found of models: the folder that `CARREL_PROBES` names, else one in the
/// cache.
pub fn probe_folder() -> Option<PathBuf> {
    named_or_cached("CARREL_PROBES", "probes")
}

/// Where it is kept what was learned about GPUs: the folder that `CARREL_GPU` names, else one in the
/// cache.
pub fn gpu_folder() -> Option<PathBuf> {
    named_or_cached("CARREL_GPU", "gpu")
}

/// Where packed copies of weights are kept: beside the model's file, or where that cannot be written in
/// the cache. `CARREL_PACKED` may name another folder, or say `off`.
pub fn packed_files() -> PackedFiles {
    match variable("CARREL_PACKED") {
        Some(word) if word == "off" => PackedFiles::default(),
        Some(folder) => PackedFiles { beside_model: false, folder: Some(folder.into()) },
        None => PackedFiles { beside_model: true, folder: cache_folder("packed") },
    }
}

fn named_or_cached(named: &str, name: &str) -> Option<PathBuf> {
    variable(named).map(PathBuf::from).or_else(|| cache_folder(name))
}

/// What an environment variable says; one that is empty says nothing, and does not mean the working folder.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The folder `name` for what is to stay, such as models; `None` if the system names no place for
/// such files. It may not be there yet.
pub fn data_folder(name: &str) -> Option<PathBuf> {
    dirs::data_dir().map(|data| data.join(CARREL).join(name))
}

#[cfg(test)]
mod tests {
    use super::{cache_folder, data_folder};

    #[test]
    fn folders_lie_in_one_of_carrel() {
        for (folder, parent) in
            [(cache_folder("a"), dirs::cache_dir()), (data_folder("a"), dirs::data_dir())]
        {
            assert_eq!(folder, parent.map(|parent| parent.join("carrel/a")));
        }
    }
}
