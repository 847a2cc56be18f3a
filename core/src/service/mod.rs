//! What an app holds: models, conversations and documents that work on threads of their own.
//!
//! ```text
//! host          a model: loaded, given back, loaded again; its pace and its memory
//! conversation  what was said, and the cache that saves reading it again    saved on disk
//! documents     a library: added to, asked, looked at, digested by a model
//! asking        a model that reads for a question: probed once, watched
//! stream        pulled chunks with exactly one end
//! pace          pauses in the background, rests when hot
//! located       the file of a model that is called by its name
//! marker        no second crash while loading
//! ```
//! Knows no language and no platform; `ffi` gives it to Kotlin and Swift. Level 7.

mod asking;
mod conversation;
mod documents;
mod host;
mod loaded;
mod located;
mod marker;
mod pace;
mod place;
mod saved;
mod stream;

pub use conversation::{Conversation, Message, Role, TalkOptions};
pub use documents::Documents;
pub use host::{Host, HostOptions};
pub use loaded::Loaded;
pub use located::model_file;
pub use pace::{Pace, ThermalState};
pub use place::{Backend, GpuVerdict, HAS_GPU, place};
pub use stream::{Chunk, Outlet, Stream};

use std::sync::{LockResult, Mutex, MutexGuard, PoisonError};

/// Locks. What a panic left behind is as good as before: jobs take out what they change.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    waited(mutex.lock())
}

/// What a lock or a wait answers, whether or not another thread panicked meanwhile.
fn waited<T>(result: LockResult<T>) -> T {
    result.unwrap_or_else(PoisonError::into_inner)
}
