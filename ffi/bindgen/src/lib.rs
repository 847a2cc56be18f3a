//! Writes what `carrel-ffi` exports, read from the metadata in a built library: as bindings, by
//! UniFFI's own programs, and as a list that people review.

mod surface;

pub use camino::{Utf8Path, Utf8PathBuf};
pub use surface::surface;
pub use uniffi::TargetLanguage;

use uniffi::GenerateOptions;

/// Writes the bindings of the library at `path` for one language into `folder`.
///
/// # Errors
/// If the library cannot be read or holds no metadata, or the files cannot be written.
pub fn write_bindings(
    path: &Utf8Path,
    language: TargetLanguage,
    folder: &Utf8Path,
) -> anyhow::Result<()> {
    uniffi::generate(GenerateOptions {
        languages: vec![language],
        source: path.to_owned(),
        out_dir: folder.to_owned(),
        config_override: None,
        format: false,
        crate_filter: None,
        metadata_no_deps: false,
    })
}
