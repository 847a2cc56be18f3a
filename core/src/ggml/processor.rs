//! ggml's CPU backend with a thread pool that stays.
//!
//! Without a pool of its own ggml starts and joins threads for every graph, which costs more than
//! a small model's whole step.

use std::ffi::{c_int, c_void};
use std::ptr::{self, NonNull};

use ggml_sys as sys;

use super::context::Graph;
use crate::cancel::CancelFlag;
use crate::error::ModelError;
use crate::ops::Outcome;

/// Computes graphs on the CPU.
pub(super) struct Processor {
    backend: NonNull<sys::ggml_backend>,
    pool: NonNull<sys::ggml_threadpool>,
}

// SAFETY: backend and pool have no thread affinity; a processor is used through one owner at a time.
unsafe impl Send for Processor {}

impl Processor {
    /// A backend with `n_threads` threads, the caller's included.
    pub(super) fn new(n_threads: usize) -> Result<Self, ModelError> {
        let out_of_memory = || ModelError::OutOfMemory { what: "the thread pool", n_bytes: 0 };
        // SAFETY: plain constructors; null results are checked.
        unsafe {
            let mut parameters = sys::ggml_threadpool_params_default(n_threads as c_int);
            let pool = NonNull::new(sys::ggml_threadpool_new(&mut parameters))
                .ok_or_else(out_of_memory)?;
            let Some(backend) = NonNull::new(sys::ggml_backend_cpu_init()) else {
                sys::ggml_threadpool_free(pool.as_ptr());
                return Err(out_of_memory());
            };
            sys::ggml_backend_cpu_set_n_threads(backend.as_ptr(), n_threads as c_int);
            sys::ggml_backend_cpu_set_threadpool(backend.as_ptr(), pool.as_ptr());
            Ok(Self { backend, pool })
        }
    }

    /// Sends the threads to sleep; the next graph wakes them.
    pub(super) fn rest(&mut self) {
        // SAFETY: the pool is live, and no graph is being computed while it is borrowed.
        unsafe { sys::ggml_threadpool_pause(self.pool.as_ptr()) };
    }

    /// Computes a graph whose tensors are allocated.
    pub(super) fn compute(
        &mut self,
        graph: Graph,
        cancel: &CancelFlag,
    ) -> Result<Outcome, ModelError> {
        let backend = self.backend.as_ptr();
        let flag = ptr::from_ref(cancel).cast_mut().cast::<c_void>();
        // SAFETY: `flag` points to a flag that outlives the call, and the callback is removed
        // before it returns.
        let status = unsafe {
            sys::ggml_backend_cpu_set_abort_callback(backend, Some(is_cancelled), flag);
            let status = sys::ggml_backend_graph_compute(backend, graph.raw());
            sys::ggml_backend_cpu_set_abort_callback(backend, None, ptr::null_mut());
            status
        };
        match status {
            sys::GGML_STATUS_SUCCESS => Ok(Outcome::Done),
            sys::GGML_STATUS_ABORTED => Ok(Outcome::Cancelled),
            status => Err(ModelError::Compute { status }),
        }
    }
}

/// Asked by ggml before every node.
unsafe extern "C" fn is_cancelled(flag: *mut c_void) -> bool {
    // SAFETY: `compute` passes a pointer to a live flag.
    unsafe { &*flag.cast::<CancelFlag>() }.is_cancelled()
}

impl Drop for Processor {
    fn drop(&mut self) {
        // SAFETY: both were made by `new` and are freed once, the backend first as it uses the pool.
        unsafe {
            sys::ggml_backend_free(self.backend.as_ptr());
            sys::ggml_threadpool_free(self.pool.as_ptr());
        }
    }
}
