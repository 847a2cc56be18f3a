//! Model files on this machine: the folder they lie in, and how they come there.
//!
//! ```text
//! name ──folder──> where the file lies ──pull──> which address, what it must be ──download──> file
//!                                                                                    └──> receipt
//! ```
//! All network code of Carrel is here, so that `carrel-core` and the SDKs have none. Used by the
//! command line and the desktop app. It opens no model.

pub mod download;
pub mod folder;
pub mod places;
pub mod pull;

pub use download::{DownloadError, Lock, hash_file};
pub use folder::{Found, ModelFolder, ModelFolderError, Receipt, read_receipt};
pub use places::{cache_folder, data_folder, gpu_folder, packed_files, probe_folder};
pub use pull::{Pull, PullError, Pulled, Verified, pull};
