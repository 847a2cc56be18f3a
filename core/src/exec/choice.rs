//! Who computes on the processor: our own kernels or ggml, and why.
//!
//! Our kernels read packed copies of the matrices, so they are chosen only where copies may be made,
//! where their products measured faster than ggml's, and on processors with a vectorised set.

use std::fmt;

use super::speeds::{Speeds, measured};
use crate::cpu::{Kernels, unsupported};
use crate::error::ModelError;
use crate::ggml::Placement;
use crate::ops::Plan;

/// Who is asked to compute on the processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CpuBackend {
    /// Our own kernels where they are the faster ones and matrices may be copied, else ggml.
    #[default]
    Auto,
    /// Our own kernels, on packed copies of the matrices.
    Own,
    /// ggml.
    Ggml,
}

/// Who computes on the processor.
#[derive(Clone)]
pub enum Choice {
    /// Our own kernels.
    Own(&'static Kernels),
    /// ggml, and why.
    Ggml(String),
}

impl fmt::Display for Choice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(kernels) => write!(formatter, "our own kernels ({})", kernels.name),
            Self::Ggml(reason) => write!(formatter, "ggml, because {reason}"),
        }
    }
}

impl Choice {
    /// Chooses for a plan; with what was measured for it, if it was.
    ///
    /// # Errors
    /// [`ModelError::TensorType`] if our own kernels were asked for and cannot multiply a matrix;
    /// [`ModelError::OutOfMemory`] while measuring.
    pub(super) fn of(
        plan: &Plan,
        placement: Placement,
        backend: CpuBackend,
    ) -> Result<(Self, Option<Speeds>), ModelError> {
        let kernels = Kernels::best();
        let ggml = |reason: &str| Ok((Self::Ggml(reason.to_owned()), None));
        match (backend, unsupported(plan)) {
            (CpuBackend::Ggml, _) => ggml("it was asked for"),
            (CpuBackend::Own, None) => Ok((Self::Own(kernels), None)),
            (CpuBackend::Own, Some(weight)) => Err(ModelError::TensorType {
                name: weight.name.clone(),
                found: weight.tensor_type,
                expected: "a type that our own kernels multiply",
            }),
            (CpuBackend::Auto, Some(weight)) => {
                ggml(&format!("we have no kernels for {}", weight.tensor_type))
            }
            (CpuBackend::Auto, None) if placement == Placement::InPlace => {
                ggml("matrices stay in the mapped file")
            }
            (CpuBackend::Auto, None) if !kernels.is_vectorised => {
                ggml("we have no vectorised kernels for this processor")
            }
            (CpuBackend::Auto, None) => {
                let speeds = measured(plan)?;
                let choice = if speeds.own_is_faster() {
                    Self::Own(kernels)
                } else {
                    let ratio = 1.0 / speeds.ratio();
                    Self::Ggml(format!("its products measured {ratio:.2} times as fast as ours"))
                };
                Ok((choice, Some(speeds)))
            }
        }
    }
}
