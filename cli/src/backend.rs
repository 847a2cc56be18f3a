//! What computes: our own kernels or ggml on the processor, or a GPU in programs that were built with
//! one (cargo feature `gpu`, on by default).
//!
//! A GPU is compared with the CPU on the very model before it is used; one that computes something
//! else is refused.

#[cfg(feature = "gpu")]
use carrel_core::engine::open_model_on_gpu;
use carrel_core::engine::{EngineOptions, Fit, open_model};
use carrel_core::exec::{CpuBackend, Model};
use carrel_core::gguf::Gguf;
#[cfg(feature = "gpu")]
use carrel_core::gpu::{FlavourChoice, Gpu, GpuOptions};

use crate::failure::Failure;
#[cfg(feature = "gpu")]
use crate::output::warn;

/// What computes.
#[derive(clap::Args, Clone)]
pub struct BackendArgs {
    /// What computes
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    backend: Backend,
    /// Memory of the GPU that may be taken, for example 512M; layers that do not fit stay on the
    /// processor
    #[cfg(feature = "gpu")]
    #[arg(long, value_name = "BYTES", value_parser = crate::model::parse_bytes)]
    gpu_memory: Option<u64>,
    #[cfg(feature = "gpu")]
    #[command(flatten)]
    pub gpu: GpuArgs,
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

/// Which GPUs count, and for what.
#[cfg(feature = "gpu")]
#[derive(clap::Args, Clone, Copy)]
pub struct GpuArgs {
    /// Let a driver that computes on the CPU count as a GPU, to try the kernels without one
    #[arg(long)]
    software_gpu: bool,
    /// Which flavour of kernels computes on the GPU
    #[arg(long, value_name = "NAME", default_value = "measured")]
    gpu_kernels: KernelChoice,
    /// Whether kernels may be timed.
    #[arg(skip)]
    pub times_kernels: bool,
}

/// A flavour of kernels.
#[cfg(feature = "gpu")]
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum KernelChoice {
    /// The fastest by a short measurement, which is remembered
    Measured,
    /// What every driver can do: results that do not depend on a measurement
    Baseline,
}

#[cfg(feature = "gpu")]
impl GpuArgs {
    /// Opens the best GPU. `retries` gives drivers that were found bad another chance.
    pub fn open(&self, retries: bool) -> Result<std::sync::Arc<Gpu>, Failure> {
        let options = GpuOptions {
            allow_software: self.software_gpu,
            flavours: match self.gpu_kernels {
                KernelChoice::Measured => FlavourChoice::Measured,
                KernelChoice::Baseline => FlavourChoice::Baseline,
            },
            folder: carrel_downloads::gpu_folder(),
            retries,
            times_kernels: self.times_kernels,
            ..Default::default()
        };
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

    /// The settings that fit where the model, which is mapped, is to run.
    pub fn fit(&self, model: &Model, options: &EngineOptions) -> Result<Fit, Failure> {
        match self.backend {
            Backend::Cpu | Backend::Ggml => Ok(Fit::of(model, options)?),
            #[cfg(feature = "gpu")]
            Backend::Gpu => {
                Ok(Fit::on_gpu(model, options, &*self.gpu.open(false)?, self.gpu_memory)?)
            }
        }
    }

    /// Opens the model where it is to run, with the settings that fit.
    pub fn open(&self, file: Gguf, options: &EngineOptions) -> Result<(Model, Fit), Failure> {
        match self.backend {
            Backend::Cpu | Backend::Ggml => Ok(open_model(file, options)?),
            #[cfg(feature = "gpu")]
            Backend::Gpu => {
                let gpu = self.gpu.open(false)?;
                let (model, fit) = open_model_on_gpu(file, options, &gpu, self.gpu_memory)?;
                if fit.n_gpu_layers == 0 {
                    warn("the GPU has no memory for the model: the processor computes");
                    return Ok((model, fit));
                }
                let verdict = model.verdict()?;
                if verdict.is_good() {
                    return Ok((model, fit));
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
