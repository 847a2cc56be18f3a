//! What computes: our own kernels or ggml on the processor, or a GPU in programs that were built with
//! one (cargo feature `gpu`).
//!
//! A GPU is compared with the CPU on the very model before it is used; one that computes something
//! else is refused.

use carrel_core::exec::{CpuBackend, Model};
#[cfg(feature = "gpu")]
use carrel_core::gpu::{Gpu, GpuOptions};

use crate::failure::Failure;

/// What computes.
#[derive(clap::Args, Clone, Copy)]
pub struct BackendArgs {
    /// What computes
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    backend: Backend,
    #[cfg(feature = "gpu")]
    #[command(flatten)]
    gpu: GpuArgs,
}

/// What computes.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Backend {
    /// The processor: our own kernels where they are faster, else ggml
    Cpu,
    /// The processor through ggml only
    Ggml,
    /// The fastest GPU, through Vulkan, Metal or Direct3D 12
    #[cfg(feature = "gpu")]
    Gpu,
}

/// Which GPUs count.
#[cfg(feature = "gpu")]
#[derive(clap::Args, Clone, Copy)]
pub struct GpuArgs {
    /// Let a driver that computes on the CPU count as a GPU, to try the kernels without one
    #[arg(long)]
    software_gpu: bool,
}

#[cfg(feature = "gpu")]
impl GpuArgs {
    /// Opens the best GPU.
    pub fn open(&self) -> Result<std::sync::Arc<Gpu>, Failure> {
        let options = GpuOptions { allow_software: self.software_gpu, ..Default::default() };
        Gpu::open(&options).map_err(|error| carrel_core::error::ModelError::from(error).into())
    }
}

impl BackendArgs {
    /// Whether weights are read by the CPU, so that copies of them in its layouts pay.
    pub fn is_cpu(&self) -> bool {
        matches!(self.backend, Backend::Cpu | Backend::Ggml)
    }

    /// Who computes on the processor.
    pub fn on_cpu(&self) -> CpuBackend {
        match self.backend {
            Backend::Ggml => CpuBackend::Ggml,
            _ => CpuBackend::Auto,
        }
    }

    /// The model where it is to run.
    pub fn place(&self, model: Model) -> Result<Model, Failure> {
        match self.backend {
            Backend::Cpu | Backend::Ggml => Ok(model),
            #[cfg(feature = "gpu")]
            Backend::Gpu => {
                let gpu = self.gpu.open()?;
                let moved = model.on_gpu(&gpu)?;
                let verdict = moved.compare_with_cpu()?;
                if verdict.is_good() {
                    return Ok(moved);
                }
                Err(Failure {
                    code: 4,
                    kind: "gpu",
                    message: format!(
                        "{} computes something else than the CPU (mean divergence {:.1e} nats)",
                        gpu.adapter().name,
                        verdict.mean_divergence
                    ),
                })
            }
        }
    }
}
