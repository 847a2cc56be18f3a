//! What the cross-crate tests share: where fixtures lie and what happens when they do not.

pub mod attention;
pub mod compact;
pub mod divergence;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod hostile;
pub mod native;
pub mod operations;
pub mod process;
pub mod random_text;
pub mod records;
pub mod shelf;
pub mod start;

use std::path::{Path, PathBuf};

/// The folder of shared fixtures beside the checkout, or `None` after printing SKIPPED.
///
/// A plain clone has no such folder; there the tests that read it skip loudly. With `CI=true` a
/// missing folder is a failure, so that a skip can never pass for a success.
///
/// # Panics
/// If the folder is missing and `CI` is `true`.
pub fn shared_fixtures() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fixtures");
    if folder.is_dir() {
        return Some(folder);
    }
    let required = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!required, "{} is missing and CI=true", folder.display());
    eprintln!("SKIPPED: {} is not part of a plain clone", folder.display());
    None
}
