//! The CPU backend of our own: a plan walked by a team of threads over packed matrices.
//!
//! ```text
//! pack         matrices of the file → panels of 16 interleaved rows
//! packed_file  packed matrices on disk, mapped at later starts
//! weights      the packed matrices and vectors of a plan
//! steps        plan → steps: what can run between two meetings of the threads
//! pool         threads that stay, and the barrier where they meet
//! shared       memory that threads write to in disjoint parts
//! caches       keys and values in the order in which attention reads them
//! attend       attention by blocks of cells with an online softmax
//! visible      what tokens see of a block of cells
//! in_single    the steps of attention over a block, in single precision or as cells are kept
//! in_integers  the same for many queries, in integers of 16 bits
//! rows         operations on a token's row
//! runner       one batch: all threads walk all steps and claim parts of each
//! ```
//! Activations are rounded to 8 bits once for all matrices that read them. Matrices must be of the
//! types in `carrel_kernels::Format`; a plan with others is for `ggml`. Level 3.

mod attend;
mod bytes;
mod caches;
mod convolve;
mod in_integers;
mod in_single;
mod pack;
mod packed_file;
mod pool;
mod rows;
mod runner;
mod shared;
mod steps;
mod visible;
mod weights;

pub use carrel_kernels::Kernels;
pub use packed_file::{PackedFiles, PackedIn, is_packed_file, packed_files};
pub use runner::{CpuRunner, runner_bytes};
pub use weights::{CpuWeights, packed_bytes, unsupported};
