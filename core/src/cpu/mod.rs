//! The CPU backend of our own: a plan walked by a team of threads over packed matrices.
//!
//! ```text
//! pack         matrices of the file → panels of 16 interleaved rows
//! packed_file  packed matrices on disk, mapped at later starts
//! weights      the packed matrices and vectors of a plan
//! steps        plan → steps: what can run between two meetings of the threads
//!
//! shared       memory that threads write to in disjoint parts
//! cells        how cells of the KV cache are counted
//! bytes        keys and values in 8 bits
//! inputs       what a short convolution keeps of earlier tokens
//! caches       keys and values in the order in which attention reads them
//! rounded      activations in 8 bits
//! split        how the attention of a batch is cut into items
//! scratch      the memory in which a thread computes such an item
//! memory       all that a pass writes to, apart from the caches
//!
//! pool         threads that stay, and the barrier where they meet
//! pass         one batch on its way through the steps; and the kinds of steps:
//! rows           operations on a token's row
//! multiply       products with packed matrices
//! convolve       short convolutions over time
//! attend         attention by blocks of cells with an online softmax
//!   visible        what tokens see of a block of cells
//!   in_single      a block in single precision, or as cells are kept
//!   in_integers    the same for many queries, in integers of 16 bits
//! walk         all threads walk all steps of a pass and claim parts of each
//! runner       what holds all this and takes one batch after the other
//! ```
//! Activations are rounded to 8 bits once for all matrices that read them. Matrices must be of the
//! types in `carrel_kernels::Format`; a plan with others is for `ggml`. Level 3.

mod attend;
mod bytes;
mod caches;
mod cells;
mod convolve;
mod in_integers;
mod in_single;
mod inputs;
mod memory;
mod multiply;
mod pack;
mod packed_file;
mod pass;
mod pool;
mod rounded;
mod rows;
mod runner;
mod scratch;
mod shared;
mod split;
mod steps;
mod visible;
mod walk;
mod weights;

pub use carrel_kernels::Kernels;
pub use packed_file::{PackedFiles, PackedIn, is_packed_file, packed_files};
pub use runner::{CpuRunner, runner_bytes};
pub use weights::{CpuWeights, packed_bytes, unsupported};
