//! GPU kernels for quantised language models, as plain WGSL files in `wgsl/`, one operation each.
//!
//! ```text
//! kernel      what it does, in which flavour, in how many bindings    wgsl/NAME.wgsl
//! source      kernel + the parts it includes by name                  wgsl/*/*.wgsl
//! ```
//! Every kernel file opens with its contract: operation, bindings, grid, limits, and the plain loop
//! that it is tested against. A line `#include NAME` stands for a part; `weight`, `cache`, `stored`,
//! `packed`, `tile`, `candidate` and `source` stand for the part that the kernel is made for. All
//! kernels keep to what every driver has: at most 16 KiB of workgroup memory, 256 invocations and 8
//! storage buffers; subgroups and arithmetic in half precision occur only in flavours that say so
//! ([`Kernel::needs`]), each of which has a baseline beside it. This crate holds text only; it talks to
//! no device.

mod kernel;
mod source;

pub use kernel::{Access, CacheFormat, Candidates, Flavour, Kernel, Need, Operand, WeightFormat};
