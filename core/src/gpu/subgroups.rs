//! Matrices that subgroups multiply together: which drivers can, and the leave that wgpu wants.
//!
//! wgpu 30 calls them an experiment: whoever asks for one must say that he knows that a mistake in it
//! may be undefined behaviour. They are the one experiment that is asked for, by one kernel
//! (`matmul_cooperative.wgsl`), on drivers that offer just the size and types that it uses.

use super::tune::{FlavourChoice, Flavours};

/// Whether there is what the kernel for products with cooperative matrices needs.
pub(super) fn are_offered(adapter: &wgpu::Adapter) -> bool {
    use wgpu::CooperativeScalarType::{F16, F32};
    let info = adapter.get_info();
    let has_32 = (info.subgroup_min_size, info.subgroup_max_size) == (32, 32);
    let has_size = adapter.cooperative_matrix_properties().iter().any(|found| {
        let is_16 = [found.m_size, found.n_size, found.k_size].iter().all(|&size| size == 16);
        is_16 && found.ab_type == F16 && found.cr_type == F32
    });
    let wanted = Flavours::wanted_features(FlavourChoice::Measured);
    has_32 && has_size && adapter.features().contains(wanted)
}

/// The leave to use what wgpu calls an experiment, for devices that have these features.
pub(super) fn leave(features: wgpu::Features) -> wgpu::ExperimentalFeatures {
    if features.contains(wgpu::Features::EXPERIMENTAL_COOPERATIVE_MATRIX) {
        // SAFETY: the one kernel that uses it is compiled only where the driver offers its sizes and
        // types (`are_offered`); it reads and writes workgroup memory inside of its bounds whatever the
        // parameters are; and its results are compared with the processor's before a model runs.
        unsafe { wgpu::ExperimentalFeatures::enabled() }
    } else {
        wgpu::ExperimentalFeatures::disabled()
    }
}
