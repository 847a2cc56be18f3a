//! Streams: work on a thread of its own, pulled by whoever wants the result.
//!
//! ```text
//! (Progress | Text)* then exactly one of: Finished, Answered, Added, Digested, Cancelled, or an error
//! ```
//! 1. `next` waits for at least one chunk and takes all that are there, at most `max`. After the end
//!    it answers an empty list, for ever.
//! 2. At most [`CAPACITY`] chunks wait. A slow consumer holds the worker up and loses nothing; only a
//!    progress that was overtaken by a newer one is left out.
//! 3. `cancel` may be called at any time from any thread. The worker hears it between two layers of
//!    the model or two blocks of a document; what it had said before is still delivered.
//! 4. What the work used is free again before its end is told: a session takes the next prompt.
//! 5. Dropping the stream cancels and joins the worker. A panic in it is an error, too.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{lock, waited};
use crate::cancel::CancelFlag;
use crate::error::{Error, Result, ServiceError};
use crate::memory::{Answer, Digest, DocumentRecord};
use crate::session::{End, ToolCall};

/// Chunks that wait for their consumer.
const CAPACITY: usize = 64;
/// Longest sleep between two looks at the flag while the consumer is slow.
const LOOK: Duration = Duration::from_millis(20);

/// A piece of a stream.
#[derive(Debug)]
pub enum Chunk {
    /// How far the work is. The total may be an estimate.
    Progress {
        /// Tokens of the prompt, bytes of the document or windows of the question done.
        done: u64,
        /// All of them.
        total: u64,
    },
    /// Text that is final: never half a character.
    Text(String),
    /// The last chunk of a generation.
    Finished {
        /// How it ended, and what it took.
        end: End,
        /// Tools that the model wants to be used.
        tool_calls: Vec<ToolCall>,
    },
    /// The last chunk of a question.
    Answered(Answer),
    /// The last chunk of reading a document.
    Added {
        /// The document as it is in the library now.
        document: DocumentRecord,
        /// Whether it was read; `false` if it was there as it is.
        changed: bool,
    },
    /// The last chunk of a model's writing about documents.
    Digested(Digest),
    /// The last chunk of work that was cancelled.
    Cancelled,
}

/// Work under way. Pull it with `next` until its last chunk.
pub struct Stream {
    shared: Arc<Shared>,
    worker: Option<JoinHandle<()>>,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    cancel: CancelFlag,
}

#[derive(Default)]
struct Queue {
    chunks: VecDeque<Chunk>,
    /// How the work ended, until that was told.
    end: Option<Result<Chunk>>,
    is_over: bool,
}

impl Stream {
    /// The next chunks, at least one and at most `max`; none after the end. Blocks until there are
    /// some.
    ///
    /// # Errors
    /// The one that ended the work, once, after everything that was said before it.
    pub fn next(&self, max: usize) -> Result<Vec<Chunk>> {
        let max = max.max(1);
        let mut queue = lock(&self.shared.queue);
        while queue.chunks.is_empty() && queue.end.is_none() && !queue.is_over {
            queue = waited(self.shared.changed.wait(queue));
        }
        let n_taken = queue.chunks.len().min(max);
        let mut taken: Vec<Chunk> = queue.chunks.drain(..n_taken).collect();
        self.shared.changed.notify_all();
        // A failure is thrown alone, after everything that was said before it.
        let is_next = match &queue.end {
            Some(Ok(_)) => queue.chunks.is_empty() && n_taken < max,
            Some(Err(_)) => n_taken == 0,
            None => false,
        };
        if let Some(end) = queue.end.take_if(|_| is_next) {
            queue.is_over = true;
            taken.push(end?);
        }
        Ok(taken)
    }

    /// Stops the work. Its last chunk is then `Cancelled`, unless it had just come to its end.
    pub fn cancel(&self) {
        self.shared.cancel.cancel();
        self.shared.changed.notify_all();
    }

    /// Begins `job` on a thread of its own. The job says what it has to say into the outlet, stops
    /// soon after `cancel` was set, and answers the last chunk.
    ///
    /// # Errors
    /// If there can be no further thread.
    pub fn start(
        cancel: CancelFlag,
        job: impl FnOnce(&Outlet) -> Result<Chunk> + Send + 'static,
    ) -> Result<Self> {
        let shared = Arc::new(Shared { queue: Mutex::default(), changed: Condvar::new(), cancel });
        let outlet = Outlet { shared: shared.clone() };
        let work = move || {
            // The job is gone, with all that it held, before its end is told.
            let end = catch_unwind(AssertUnwindSafe(|| job(&outlet)));
            let end = end.unwrap_or_else(|panic| Err(panicked(&*panic)));
            lock(&outlet.shared.queue).end = Some(end);
            outlet.shared.changed.notify_all();
        };
        let worker = std::thread::Builder::new().name("carrel".to_owned()).spawn(work);
        let worker = worker.map_err(|error| Error::file("a thread", error))?;
        Ok(Self { shared, worker: Some(worker) })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.cancel();
        // Its panics were caught inside.
        let _ = self.worker.take().map(JoinHandle::join);
    }
}

fn panicked(payload: &(dyn Any + Send)) -> Error {
    let said = payload.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| payload.downcast_ref::<&str>().copied());
    let message = said.unwrap_or("without a message").to_owned();
    ServiceError::Panic { message }.into()
}

/// Where a job says what it has to say.
pub struct Outlet {
    shared: Arc<Shared>,
}

impl Outlet {
    /// Says something; waits while the consumer is far behind.
    pub fn send(&self, chunk: Chunk) {
        let mut queue = lock(&self.shared.queue);
        let is_progress = |chunk: &Chunk| matches!(chunk, Chunk::Progress { .. });
        if is_progress(&chunk) && queue.chunks.back().is_some_and(is_progress) {
            queue.chunks.pop_back();
        }
        while queue.chunks.len() >= CAPACITY && !self.shared.cancel.is_cancelled() {
            queue = waited(self.shared.changed.wait_timeout(queue, LOOK)).0;
        }
        queue.chunks.push_back(chunk);
        self.shared.changed.notify_all();
    }

    /// The flag that stops the job.
    pub fn flag(&self) -> &CancelFlag {
        &self.shared.cancel
    }
}
