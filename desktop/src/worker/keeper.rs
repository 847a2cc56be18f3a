//! The thread that writes: a file is there as a whole or as it was before.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use carrel_core::whole_file::write_whole;

use super::{Mailbox, guarded};
use crate::message::Event;
use crate::trouble::{Kind, Trouble};

struct Job {
    path: PathBuf,
    bytes: Vec<u8>,
    is_export: bool,
    may_replace: bool,
}

/// The thread, as the window holds it. Dropping it waits until everything is written.
pub struct Keeper {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts it.
    pub fn start(mail: Mailbox) -> Self {
        let (jobs, received) = channel();
        let run = move || run(&received, &mail);
        let thread = std::thread::Builder::new().name("keeper".to_owned()).spawn(run).ok();
        Self { jobs: Some(jobs), thread }
    }

    /// Writes a file of the app.
    pub fn keep(&self, path: PathBuf, bytes: Vec<u8>) {
        self.send(Job { path, bytes, is_export: false, may_replace: true });
    }

    /// Writes a file for people, and tells when it is there. Unless it `may_replace` a file of this
    /// name, that is trouble.
    pub fn export(&self, path: PathBuf, bytes: Vec<u8>, may_replace: bool) {
        self.send(Job { path, bytes, is_export: true, may_replace });
    }

    fn send(&self, job: Job) {
        // The thread ends only with the app.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.jobs = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn run(jobs: &Receiver<Job>, mail: &Mailbox) {
    let mut behind = BTreeSet::new();
    while let Ok(Job { path, bytes, is_export, may_replace }) = jobs.recv() {
        let written = guarded(|| {
            if !may_replace && path.exists() {
                return Err(Trouble::new(Kind::Exists, path.display().to_string()));
            }
            write_whole(
                &path,
                |_, error| Trouble::saving(&path, &error),
                |out| out.write_all(&bytes).map_err(|error| Trouble::saving(&path, &error)),
            )
        });
        match written {
            Ok(()) if is_export => mail.tell(Event::Exported(path)),
            Ok(()) => {
                behind.remove(&path);
            }
            Err(trouble) if is_export => mail.tell(Event::Trouble(trouble)),
            Err(trouble) => mail.tell(Event::Unkept(trouble, behind.insert(path))),
        }
    }
}
