//! A real process with the app in it is killed while it reads. The next start goes on, and the
//! library is the one that an undisturbed reading makes.

mod rig;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use carrel_core::memory::{Library, Source};
use carrel_desktop::app::HANDBOOK;
use carrel_desktop::message::Action;
use carrel_desktop::state::State;
use carrel_desktop::state::documents::Stage;
use rig::{Setup, long_text, scratch};

/// Names the folder to the process that is to be killed.
const CHILD: &str = "CARREL_DESKTOP_CHILD";
/// What that process says when it has read enough.
const ENOUGH: &str = "has read enough";

fn progress(state: &State, name: &str) -> Option<(u64, usize)> {
    match &state.document(name)?.stage {
        Stage::Reading(underway) => {
            underway.progress.map(|progress| (progress.text_bytes, progress.blocks_kept))
        }
        _ => None,
    }
}

/// The process that is killed.
fn read_until_killed(folder: &Path) {
    let path = folder.join("long.txt");
    let name = path.display().to_string();
    let mut rig = Setup::new(folder).open().with_handbook();
    rig.perform(Action::Add(vec![path]));
    rig.wait("some of it", |state| progress(state, &name).is_some_and(|(b, _)| b > 4 << 20));
    println!("{ENOUGH}");
    rig.wait("the end", |_| false);
}

#[test]
fn a_killed_app_goes_on_where_it_stopped() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return read_until_killed(Path::new(&folder));
    }
    let folder = scratch();
    let path = folder.path().join("long.txt");
    let text = long_text(24 << 20);
    std::fs::write(&path, &text).expect("written");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_killed_app_goes_on_where_it_stopped", "--nocapture"])
        .env(CHILD, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let out = BufReader::new(child.stdout.take().expect("a pipe"));
    let said = out.lines().map_while(Result::ok).any(|line| line.contains(ENOUGH));
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
    assert!(said, "it read until it was killed");

    let name = path.display().to_string();
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.wait("the old part", |state| progress(state, &name).is_some_and(|(_, kept)| kept > 0));
    rig.wait_read(&name);
    drop(rig);
    let handbook = include_str!("../../docs/handbook.md");
    let mut undisturbed = Library::in_memory();
    undisturbed.open_document(&Source::text(HANDBOOK, handbook)).expect("read");
    undisturbed.open_document(&Source::text(&name, text)).expect("read");
    let library = Library::open(folder.path().join("data/library.carrel")).expect("a library");
    let hash = |library: &Library| library.index_hash().expect("readable").to_string();
    assert_eq!(hash(&library), hash(&undisturbed));
}
