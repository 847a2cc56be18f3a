//! The GPU backend: a whole plan walked with the kernels of `carrel-shaders`, through wgpu.
//!
//! ```text
//! device     adapter, limits, errors of the driver as values     made when first asked for
//! denied     drivers that are not used whatever they compute
//! canary     a layer in miniature, computed before a driver is trusted
//! ledger     what is known about drivers, on disk
//! turnstile  who may use the queue, and nobody while the app is in the background
//! pipelines  kernel → compiled pipeline, kept                     one layout a list of bindings
//! bandwidth  how fast memory is copied, for `carrel bench`
//! profile    how long each kernel takes, for the same
//! subgroups  who can multiply matrices together, and the leave that wgpu wants for it
//! tune       which flavour of a product is the fastest here
//! weights    file → buffers, large matrices in shards of rows    shared by all runners of a model
//! staging    how weights get there
//! together   matrices that lie one after the other                one dispatch multiplies by them
//! caches     keys and values in the layout that kernels write
//! lower      plan → dispatches over buffers that never move      products: those of matrices
//! rounded    inputs of products of bytes, and who rounds them
//! steps      dispatches, and how their sizes follow from a batch
//! inputs     what a batch brings: tokens, angles, cells, masks, parameters
//! need       the memory of all that, before it is made
//! pace       how much work goes into one submission
//! runner     fill inputs, submit, fetch logits or the likeliest tokens
//! ```
//! Only what every driver has is asked for, but for flavours that were measured to be faster, so
//! software drivers run the same kernels in tests. No adapter is opened before [`Gpu::open`] is
//! called: drivers may crash, and should not do so in a program that never wanted a GPU. Level 3.

mod bandwidth;
mod caches;
mod canary;
mod denied;
mod device;
mod inputs;
mod ledger;
mod lower;
mod need;
mod pace;
mod pipelines;
mod products;
mod profile;
mod rounded;
mod runner;
mod staging;
mod steps;
mod subgroups;
mod together;
mod tune;
mod turnstile;
mod weights;

pub use carrel_shaders::Flavour;
pub use device::{Adapter, Gpu, GpuOptions};
pub use ledger::Standing;
pub use need::GpuNeed;
pub use profile::KernelTime;
pub use runner::GpuRunner;
pub use tune::FlavourChoice;
pub use weights::GpuWeights;
