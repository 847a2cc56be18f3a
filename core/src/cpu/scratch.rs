//! The memory in which a thread computes an item of attention.

use super::cells::BLOCK;
use super::in_integers;
use super::rounded::Rounded;
use super::shared::Shared;
use super::split::most_queries;
use crate::error::ModelError;
use crate::ops::{CacheType, Plan};
use carrel_kernels::Blocks;

/// Scratch memory of a thread.
pub(super) struct Scratch {
    pub(super) values: Shared<f32>,
    /// Queries of an item, where keys are in 8 bits.
    pub(super) rounded: Option<Rounded>,
    /// For steps in integers; empty where the cache is in single precision.
    pub(super) integers: Shared<i16>,
}

impl Scratch {
    /// # Errors
    /// [`ModelError::OutOfMemory`].
    pub(super) fn new(
        plan: &Plan,
        cache_type: CacheType,
        what: &'static str,
    ) -> Result<Self, ModelError> {
        let (d, n) = (plan.d_head as usize, most_queries(plan));
        let rounded = || Rounded::new(Blocks::Of32, d, n);
        let n_integers = if cache_type == CacheType::F32 { 0 } else { in_integers::sizes(d, n).0 };
        Ok(Self {
            values: Shared::new(scratch_values(plan), what)?,
            integers: Shared::new(n_integers, what)?,
            rounded: (cache_type == CacheType::Q8_0).then(rounded).transpose()?,
        })
    }
}

/// The parts of a thread's scratch memory.
pub(super) struct ScratchParts<'a> {
    pub(super) queries: &'a mut [f32],
    pub(super) rounded: Option<&'a Rounded>,
    /// For steps in integers.
    pub(super) integers: &'a mut [i16],
    pub(super) units: &'a mut [f32],
    /// Keys or values of a block in single precision.
    pub(super) converted: &'a mut [f32],
    pub(super) scores: &'a mut [f32],
    pub(super) factors: &'a mut [f32],
    pub(super) mixed: &'a mut [f32],
}

/// Values of scratch memory that a thread needs.
fn scratch_values(plan: &Plan) -> usize {
    let (d, n) = (plan.d_head as usize, most_queries(plan));
    2 * n * d + BLOCK * d + n * BLOCK + n + in_integers::sizes(d, n).1
}

impl<'a> ScratchParts<'a> {
    /// # Safety
    /// Nobody else uses the memory while the result lives.
    pub(super) unsafe fn of(scratch: &'a Scratch, plan: &Plan) -> Self {
        let (d, n) = (plan.d_head as usize, most_queries(plan));
        // SAFETY: as the caller promises.
        let values = unsafe { scratch.values.write(0..scratch.values.len()) };
        let (queries, rest) = values.split_at_mut(n * d);
        let (converted, rest) = rest.split_at_mut(BLOCK * d);
        let (scores, rest) = rest.split_at_mut(n * BLOCK);
        let (factors, rest) = rest.split_at_mut(n);
        let (mixed, units) = rest.split_at_mut(n * d);
        // SAFETY: as the caller promises.
        let integers = unsafe { scratch.integers.write(0..scratch.integers.len()) };
        let rounded = scratch.rounded.as_ref();
        Self { queries, rounded, integers, units, converted, scores, factors, mixed }
    }
}
