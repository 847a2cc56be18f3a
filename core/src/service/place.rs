//! Whether a GPU computes: only if it is wanted, built in, there, and right on the very model.

use std::path::Path;

use crate::engine::Engine;
use crate::error::{Result, ServiceError};

/// Whether GPUs were built in.
pub const HAS_GPU: bool = cfg!(feature = "gpu");

/// What computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The processor.
    Cpu,
    /// The GPU, if it computes the same as the processor.
    Gpu,
}

/// What came of the wish for a GPU.
#[derive(Debug, Clone, PartialEq)]
pub enum GpuVerdict {
    /// The processor computes, as the app wished.
    NotWanted,
    /// This library was built without GPUs.
    NotBuilt,
    /// There is no GPU that can run the model.
    Unavailable {
        /// Why not.
        reason: String,
    },
    /// The GPU computes something else than the processor, so the processor computes.
    Wrong {
        /// Name of the GPU.
        adapter: String,
        /// Mean divergence of its distributions, in nats.
        mean_divergence: f64,
    },
    /// The GPU computes.
    Good {
        /// Name of the GPU.
        adapter: String,
        /// Mean divergence of its distributions, in nats.
        mean_divergence: f64,
    },
}

/// The engine where it is to run. A GPU that the app insists on and that cannot be had is an error;
/// without a wish the processor steps in. What is learned about drivers is kept in `folder`, if there is
/// one, and otherwise forgotten with the program.
///
/// # Errors
/// If `wanted` is the GPU and it does not compute, or not the same as the processor.
pub fn place(
    engine: Engine,
    wanted: Option<Backend>,
    folder: Option<&Path>,
) -> Result<(Engine, GpuVerdict)> {
    if wanted == Some(Backend::Cpu) {
        return Ok((engine, GpuVerdict::NotWanted));
    }
    let (engine, verdict) = on_gpu(engine, folder);
    match (&verdict, wanted) {
        (GpuVerdict::Good { .. }, _) | (_, None) => Ok((engine, verdict)),
        (verdict, _) => Err(ServiceError::Gpu { problem: format!("{verdict:?}") }.into()),
    }
}

#[cfg(not(feature = "gpu"))]
fn on_gpu(engine: Engine, _: Option<&Path>) -> (Engine, GpuVerdict) {
    (engine, GpuVerdict::NotBuilt)
}

#[cfg(feature = "gpu")]
fn on_gpu(engine: Engine, folder: Option<&Path>) -> (Engine, GpuVerdict) {
    let unavailable =
        |error: &dyn std::fmt::Display| GpuVerdict::Unavailable { reason: error.to_string() };
    let options = crate::gpu::GpuOptions {
        flavours: crate::gpu::FlavourChoice::Measured,
        folder: folder.map(Path::to_owned),
        ..Default::default()
    };
    let gpu = match crate::gpu::Gpu::open(&options) {
        Ok(gpu) => gpu,
        Err(error) => return (engine, unavailable(&error)),
    };
    let adapter = gpu.adapter().name.clone();
    let moved = match engine.on_gpu(&gpu) {
        Ok(moved) => moved,
        Err(error) => return (engine, unavailable(&error)),
    };
    match moved.model().verdict() {
        Err(error) => (engine, unavailable(&error)),
        Ok(verdict) if verdict.is_good() => {
            let mean_divergence = verdict.mean_divergence;
            (moved, GpuVerdict::Good { adapter, mean_divergence })
        }
        Ok(verdict) => {
            let mean_divergence = verdict.mean_divergence;
            (engine, GpuVerdict::Wrong { adapter, mean_divergence })
        }
    }
}
