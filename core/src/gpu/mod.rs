//! The GPU backend: a whole plan walked with the kernels of `carrel-shaders`, through wgpu.
//!
//! ```text
//! device     adapter, limits, errors of the driver as values     made when first asked for
//! pipelines  kernel → compiled pipeline, kept                     one layout a list of bindings
//! weights    file → buffers, large matrices in shards of rows    shared by all runners of a model
//! caches     keys and values in the layout that kernels write
//! lower      plan → dispatches over buffers that never move
//! inputs     what a batch brings: tokens, angles, cells, masks, parameters
//! runner     fill inputs, submit, fetch logits
//! ```
//! Only what every driver has is asked for, so software drivers run the same kernels in tests. No
//! adapter is opened before [`Gpu::open`] is called: drivers may crash, and should not do so in a
//! program that never wanted a GPU. Level 3.

mod caches;
mod device;
mod inputs;
mod lower;
mod pipelines;
mod runner;
mod weights;

pub use device::{Adapter, Gpu, GpuOptions};
pub use runner::GpuRunner;
pub use weights::GpuWeights;
