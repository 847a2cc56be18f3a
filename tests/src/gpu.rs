//! The GPU that tests run on, or a loud skip.

use std::sync::{Arc, OnceLock};

use carrel_core::error::GpuError;
use carrel_core::gpu::{Gpu, GpuOptions};
use carrel_core::quant::TensorType;

/// Types of weights that there are kernels for.
pub const WEIGHT_TYPES: [TensorType; 15] = [
    TensorType::F32,
    TensorType::F16,
    TensorType::BF16,
    TensorType::Q4_0,
    TensorType::Q4_1,
    TensorType::Q5_0,
    TensorType::Q5_1,
    TensorType::Q8_0,
    TensorType::Q2_K,
    TensorType::Q3_K,
    TensorType::Q4_K,
    TensorType::Q5_K,
    TensorType::Q6_K,
    TensorType::IQ4_NL,
    TensorType::MXFP4,
];

/// The GPU of this machine, or a software driver, or `None` after printing SKIPPED. Opened once, so
/// that kernels are compiled once.
///
/// # Panics
/// If there is none and `CI` is `true`, or it cannot be used.
pub fn any_gpu() -> Option<Arc<Gpu>> {
    static GPU: OnceLock<Option<Arc<Gpu>>> = OnceLock::new();
    GPU.get_or_init(|| open_gpu(&GpuOptions { allow_software: true, ..Default::default() })).clone()
}

/// A GPU opened for one test only.
///
/// # Panics
/// If there is none and `CI` is `true`, or it cannot be used.
pub fn open_gpu(options: &GpuOptions) -> Option<Arc<Gpu>> {
    match Gpu::open(options) {
        Ok(gpu) => {
            println!("on {} ({})", gpu.adapter().name, gpu.adapter().driver);
            Some(gpu)
        }
        Err(error) => {
            // A driver that is there and cannot be used is a failure, not a reason to skip.
            assert!(matches!(error, GpuError::NoAdapter { .. }), "{error}");
            let required = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!required, "{error}, and CI=true");
            eprintln!("SKIPPED: {error}");
            None
        }
    }
}
