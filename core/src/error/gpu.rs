//! Why a model cannot be run on a GPU, or stopped running there.

/// Failures of the GPU and its driver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GpuError {
    /// There is no GPU that can be used.
    #[error("no usable GPU was found ({n_seen} adapters seen)")]
    NoAdapter {
        /// Adapters that the drivers listed, usable or not.
        n_seen: usize,
    },
    /// The GPU, or what it did before, is known to be bad.
    #[error("{adapter} is not used: {reason}")]
    Denied {
        /// Name of the GPU.
        adapter: String,
        /// Why not.
        reason: String,
    },
    /// The driver refused to open the device.
    #[error("the GPU could not be opened: {problem}")]
    Open {
        /// What the driver said.
        problem: String,
    },
    /// The GPU has no kernel for something that the model needs.
    #[error("{what} is {found}, but a GPU needs {expected}")]
    Unsupported {
        /// What does not fit: a tensor or a number of the model.
        what: String,
        /// What it is.
        found: String,
        /// What there are kernels for.
        expected: &'static str,
    },
    /// Something must lie in one piece that is larger than this GPU binds at once.
    #[error("{what} takes {n_bytes} bytes, but this GPU binds at most {most_bytes} at once")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// How large it is.
        n_bytes: u64,
        /// The limit.
        most_bytes: u64,
    },
    /// Memory of the GPU could not be had.
    #[error("the GPU has not enough memory")]
    OutOfMemory,
    /// The device is gone: reset, unplugged, or taken away by the system.
    #[error("the GPU was lost: {problem}")]
    Lost {
        /// What the driver said.
        problem: String,
    },
    /// The driver refused a command.
    #[error("the GPU refused a command: {problem}")]
    Refused {
        /// What the driver said.
        problem: String,
    },
}
