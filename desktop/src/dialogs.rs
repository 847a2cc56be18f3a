//! The system's dialogs for files. They run beside the window, which goes on. Where the system has
//! none, the window is told, and lets people type the path.

use std::path::PathBuf;

use rfd::{AsyncFileDialog, FileHandle};

use crate::message::{Event, Purpose};
use crate::worker::Mailbox;

/// Endings of documents that are read.
const ENDINGS: &[&str] =
    &["txt", "text", "md", "markdown", "html", "htm", "xhtml", "pdf", "epub", "docx"];

/// Asks people for files.
pub trait Dialogs {
    /// Asks for documents; tells [`Event::Picked`] when some were picked, and [`Event::NoDialog`] if
    /// nobody could be asked.
    fn pick_documents(&self, title: &str, mail: &Mailbox);

    /// Asks where to save; tells [`Event::ExportTo`] when a place was picked, and [`Event::NoDialog`]
    /// if nobody could be asked.
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
        std::thread::spawn(move || match pollster::block_on(picked) {
            Some(files) if !files.is_empty() => {
                let paths: Vec<PathBuf> =
                    files.iter().map(|file: &FileHandle| file.path().to_owned()).collect();
                mail.tell(Event::Picked(paths));
            }
            // Where the desktop's portal is asked, a cancel is an empty list.
            None if ASKS_PORTAL => mail.tell(Event::NoDialog(Purpose::Document)),
            _ => {}
        });
    }

    fn pick_export(&self, title: &str, name: &str, mail: &Mailbox) {
        let dialog = AsyncFileDialog::new().set_title(title).set_file_name(name);
        let picked = dialog.add_filter("Markdown", &["md"]).save_file();
        let mail = mail.clone();
        std::thread::spawn(move || match pollster::block_on(picked) {
            Some(file) => mail.tell(Event::ExportTo(file.path().to_owned())),
            None if ASKS_PORTAL && !has_dialogs() => mail.tell(Event::NoDialog(Purpose::Export)),
            None => {}
        });
    }
}

/// Whether dialogs are shown by the desktop's portal, or by the program `zenity` where there is none.
const ASKS_PORTAL: bool = cfg!(all(unix, not(target_os = "macos")));

/// Whether the portal or `zenity` is installed. A cancelled dialog for saving looks like none.
fn has_dialogs() -> bool {
    let folders = |name: &str, usual: &str| {
        let set = std::env::var_os(name).unwrap_or_else(|| usual.into());
        std::env::split_paths(&set).collect::<Vec<PathBuf>>()
    };
    let portal = "dbus-1/services/org.freedesktop.portal.Desktop.service";
    let has_portal = folders("XDG_DATA_DIRS", "/usr/local/share:/usr/share")
        .iter()
        .any(|folder| folder.join(portal).is_file());
    let has_zenity = folders("PATH", "").iter().any(|folder| folder.join("zenity").is_file());
    has_portal || has_zenity
}
