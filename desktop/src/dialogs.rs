//! The system's dialogs for files. They run beside the window, which goes on.

use std::path::PathBuf;

use rfd::{AsyncFileDialog, FileHandle};

use crate::message::Event;
use crate::worker::Mailbox;

/// Endings of documents that are read.
const ENDINGS: &[&str] =
    &["txt", "text", "md", "markdown", "html", "htm", "xhtml", "pdf", "epub", "docx"];

/// Asks people for files.
pub trait Dialogs {
    /// Asks for documents; tells [`Event::Picked`] when some were picked.
    fn pick_documents(&self, title: &str, mail: &Mailbox);

    /// Asks where to save; tells [`Event::ExportTo`] when a place was picked.
    fn pick_export(&self, title: &str, name: &str, mail: &Mailbox);
}

/// The dialogs of the system.
pub struct SystemDialogs;

impl Dialogs for SystemDialogs {
    fn pick_documents(&self, title: &str, mail: &Mailbox) {
        let dialog = AsyncFileDialog::new().set_title(title);
        let dialog = dialog.add_filter("Documents", ENDINGS).add_filter("All", &["*"]);
        // macOS wants dialogs to be made where the window is, and lets them be waited for anywhere.
        let picked = dialog.pick_files();
        let mail = mail.clone();
        std::thread::spawn(move || {
            if let Some(files) = pollster::block_on(picked) {
                let paths: Vec<PathBuf> =
                    files.iter().map(|file: &FileHandle| file.path().to_owned()).collect();
                mail.tell(Event::Picked(paths));
            }
        });
    }

    fn pick_export(&self, title: &str, name: &str, mail: &Mailbox) {
        let dialog = AsyncFileDialog::new().set_title(title).set_file_name(name);
        let picked = dialog.add_filter("Markdown", &["md"]).save_file();
        let mail = mail.clone();
        std::thread::spawn(move || {
            if let Some(file) = pollster::block_on(picked) {
                mail.tell(Event::ExportTo(file.path().to_owned()));
            }
        });
    }
}
