//! Counts what one rendering uses, and says when it is too much.
//!
//! Two quantities are counted: bytes of values that are made, and work, in elements that are looked
//! at (64 bytes of text count as one). Values share their parts, so that a list can be small in
//! memory and huge when it is written out; every value is therefore measured as if written out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use super::limits;
use crate::error::TemplateError;

/// What one rendering has used. Cheap to clone; every clone counts together.
#[derive(Clone)]
pub(super) struct Budget {
    inner: Arc<Inner>,
}

struct Inner {
    work: AtomicU64,
    memory_bytes: AtomicU64,
    most_memory_bytes: u64,
    failure: Mutex<Option<TemplateError>>,
}

/// The size of a value, written out.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Extent {
    /// The value and all elements of it.
    pub(super) n_nodes: u64,
    /// Bytes of all texts in it.
    pub(super) n_bytes: u64,
}

impl Budget {
    /// A budget for a rendering with these variables. What is wrong with them shows at first use.
    pub(super) fn new(variables: &Value) -> Self {
        let with = |most_memory_bytes| Self {
            inner: Arc::new(Inner {
                work: AtomicU64::new(0),
                memory_bytes: AtomicU64::new(0),
                most_memory_bytes,
                failure: Mutex::new(None),
            }),
        };
        let mut extent = Extent::default();
        let _ = with(u64::MAX).measure(variables, 0, &mut extent);
        with(limits::MEMORY_BYTES.saturating_add(extent.n_bytes.saturating_mul(64)))
    }

    /// Counts bytes that are about to be made.
    pub(super) fn make(&self, n_bytes: u64) -> Result<(), Error> {
        let limit = self.inner.most_memory_bytes;
        if add(&self.inner.memory_bytes, n_bytes) > limit {
            return Err(self.exceeded("bytes of values", limit));
        }
        Ok(())
    }

    /// Measures a value that is about to be used.
    pub(super) fn look_at(&self, value: &Value) -> Result<Extent, Error> {
        let mut extent = Extent::default();
        self.measure(value, 0, &mut extent)?;
        let work = extent.n_nodes + extent.n_bytes / 64;
        if add(&self.inner.work, work) > limits::WORK {
            return Err(self.exceeded("steps through values", limits::WORK));
        }
        Ok(extent)
    }

    fn measure(&self, value: &Value, depth: usize, extent: &mut Extent) -> Result<(), Error> {
        if depth > limits::VALUE_DEPTH {
            return Err(self.exceeded("levels of a value", limits::VALUE_DEPTH as u64));
        }
        extent.n_nodes += 1;
        if extent.n_nodes > limits::VALUE_NODES {
            return Err(self.exceeded("elements of a value", limits::VALUE_NODES));
        }
        if let Some(text) = value.as_str() {
            extent.n_bytes += text.len() as u64;
        }
        if extent.n_bytes > self.inner.most_memory_bytes {
            return Err(self.exceeded("bytes of a value", self.inner.most_memory_bytes));
        }
        match value.kind() {
            ValueKind::Seq | ValueKind::Iterable => {
                for element in value.try_iter()? {
                    self.measure(&element, depth + 1, extent)?;
                }
            }
            ValueKind::Map if is_namespace(value) && depth > 0 => return Err(refuse_namespace()),
            ValueKind::Map if is_namespace(value) => {}
            ValueKind::Map => {
                for key in value.try_iter()? {
                    self.measure(&key, depth + 1, extent)?;
                    self.measure(&value.get_item(&key)?, depth + 1, extent)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Remembers which limit was exceeded; the engine's error only stops it.
    pub(super) fn exceeded(&self, what: &'static str, limit: u64) -> Error {
        self.fail(TemplateError::Limit { what, limit })
    }

    /// Remembers a failure; the engine's error only stops it.
    pub(super) fn fail(&self, failure: TemplateError) -> Error {
        let message = failure.to_string();
        let mut slot = self.inner.failure.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(failure);
        Error::new(ErrorKind::InvalidOperation, message)
    }

    /// The first failure that was remembered.
    pub(super) fn take_failure(&self) -> Option<TemplateError> {
        self.inner.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn add(counter: &AtomicU64, amount: u64) -> u64 {
    counter.fetch_add(amount, Ordering::Relaxed).saturating_add(amount)
}

/// Whether the value is what `namespace()` makes: the only value that can be changed, and so the
/// only one that could come to contain itself.
pub(super) fn is_namespace(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.type_name().ends_with("::Namespace"))
}

/// The error of a value that could come to contain itself.
pub(super) fn refuse_namespace() -> Error {
    Error::new(ErrorKind::InvalidOperation, "a namespace cannot be part of another value")
}
