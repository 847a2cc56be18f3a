//! The thread that writes: a file is there as a whole or as it was before.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::{Mailbox, guarded};
use crate::message::Event;
use crate::trouble::Trouble;

struct Job {
    path: PathBuf,
    bytes: Vec<u8>,
    is_export: bool,
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
        self.send(Job { path, bytes, is_export: false });
    }

    /// Writes a file for people, and tells when it is there.
    pub fn export(&self, path: PathBuf, bytes: Vec<u8>) {
        self.send(Job { path, bytes, is_export: true });
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
    while let Ok(Job { path, bytes, is_export }) = jobs.recv() {
        let written =
            guarded(|| write_whole(&path, &bytes).map_err(|error| Trouble::saving(&path, &error)));
        match written {
            Ok(()) if is_export => mail.tell(Event::Exported(path)),
            Ok(()) => {}
            Err(trouble) => mail.tell(Event::Trouble(trouble)),
        }
    }
}

/// Writes beside the file and then takes its place.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| std::fs::rename(&beside, path));
    if placed.is_err() {
        // The error that led here is the one to tell.
        let _ = std::fs::remove_file(&beside);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        std::fs::create_dir(folder.path().join("x.json.new")).unwrap();
        assert!(write_whole(&folder.path().join("x.json"), b"three").is_err());
        assert!(!folder.path().join("x.json").exists());
        assert!(write_whole(Path::new("/no/such/folder/a"), b"").is_err());
    }
}
