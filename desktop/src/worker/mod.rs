//! The threads behind the window: it never waits for a file, a model or a network.
//!
//! ```text
//! reading   documents into the library, one at a time, with pause and stop
//! answers   questions and estimates, with the model if one is chosen
//! pages     text of the page and summary trees
//! models    model files: list, check, remove; a thread more for every download
//! keeper    settings and conversation onto the disk
//! ```
//! Each owns its own connection to the library, takes jobs from a channel and tells events to a
//! mailbox, which wakes the window. A job that panics is told as trouble, and the thread goes on.

pub mod answers;
pub mod keeper;
pub mod models;
mod opening;
pub mod pages;
pub mod reading;
mod watched;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use carrel_core::memory::Library;

use crate::message::Event;
use crate::trouble::{Kind, Trouble};

/// Where the threads put what they tell.
#[derive(Clone)]
pub struct Mailbox {
    sender: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Mailbox {
    /// A mailbox that calls `wake` when something is put into it.
    pub fn new(sender: Sender<Event>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { sender, wake }
    }

    /// Tells something. A window that is gone hears nothing.
    pub fn tell(&self, event: Event) {
        if self.sender.send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// A connection to the library that is opened when it is needed, and again after it failed.
struct Shelfmark {
    path: PathBuf,
    library: Option<Library>,
}

impl Shelfmark {
    fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), library: None }
    }

    fn library(&mut self) -> Result<&mut Library, Trouble> {
        if self.library.is_none() {
            self.library = Some(Library::open(&self.path).map_err(|error| Trouble::from(&error))?);
        }
        self.library.as_mut().ok_or_else(|| Trouble::new(Kind::Library, "it is not open"))
    }
}

/// Runs a job; a panic in it becomes trouble.
fn guarded<T>(job: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(job)).unwrap_or_else(|payload| {
        let said = payload.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| payload.downcast_ref::<&str>().copied());
        Err(Trouble::new(Kind::Other, said.unwrap_or("a thread stopped")))
    })
}

/// Starts a thread with a name.
fn start(name: &str, body: impl FnOnce() + Send + 'static) {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    started.expect("the system gives the app its few threads");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_trouble_and_not_the_end() {
        let trouble = guarded::<()>(|| panic!("odd")).unwrap_err();
        assert_eq!(trouble, Trouble::new(Kind::Other, "odd"));
        assert_eq!(guarded(|| Ok(1)), Ok(1));
    }
}
