//! A disk that is full: a document, a setting, an export and a download that find no room say so with
//! a next step, and nothing is lost. The app runs on a small file system that is mounted in a
//! namespace of its own, which takes rights to do so; without them the test says so and is skipped, and
//! with `CI=true` that is a failure. Other systems have no namespaces.
#![cfg(target_os = "linux")]

mod rig;
#[path = "../../cli/tests/server/mod.rs"]
mod server;

use std::io::Write;
use std::path::Path;
use std::process::Command;

use carrel_desktop::message::{Action, Overlay};
use carrel_desktop::state::settings::Settings;
use carrel_desktop::state::{Notice, State};
use carrel_desktop::trouble::Kind;
use egui_kittest::kittest::Queryable;
use rig::{MODEL, Rig, Setup, is_done, long_text, n_files, scratch, tiny_model};
use server::{RemoteFile, Server};

/// Names the folder with the small disk to the process that runs on it.
const CHILD: &str = "CARREL_DESKTOP_SMALL_DISK";
/// Size of the disk, and of the document that does not fit.
const DISK: &str = "size=10m";
const LONG: usize = 14 << 20;
/// What the disk grows to when somebody makes room.
const LARGER: &str = "remount,size=256m";
/// Ways to a namespace with file systems of its own.
const WAYS: [&[&str]; 3] = [
    &["unshare", "--mount"],
    &["unshare", "--user", "--map-root-user", "--mount"],
    &["sudo", "-n", "--preserve-env", "unshare", "--mount"],
];

/// A command with the small disk at `folder`, and that is gone with it; by the first way that works.
fn with_small_disk(folder: &Path) -> Option<Command> {
    let command = |way: &[&str], then: &str| {
        let mut command = Command::new(way[0]);
        command.args(&way[1..]).args(["sh", "-c"]);
        command.arg(format!("mount -t tmpfs -o {DISK} tmpfs \"$0\" && {then}")).arg(folder);
        command
    };
    let works =
        |way: &&&[&str]| command(way, "true").output().is_ok_and(|out| out.status.success());
    WAYS.iter().find(works).map(|way| command(way, "exec \"$@\""))
}

#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    if let Some(folder) = std::env::var_os(CHILD) {
        return on_a_small_disk(Path::new(&folder));
    }
    let folder = scratch();
    let Some(mut command) = with_small_disk(folder.path()) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "nothing can be mounted");
        eprintln!("SKIPPED: nothing can be mounted in a namespace");
        return;
    };
    let status = command
        .arg(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_full_disk_is_said_and_nothing_is_lost", "--nocapture"])
        .env(CHILD, folder.path())
        .status()
        .expect("it starts");
    assert!(status.success());
}

fn has_notice(state: &State, kind: Kind) -> bool {
    let is_it = |notice: &Notice| matches!(notice, Notice::Trouble(t) if t.kind == kind);
    state.notices.iter().any(is_it)
}

fn has_label(rig: &Rig, label: &str) -> bool {
    rig.harness.query_all_by_label(label).next().is_some()
}

/// Waits for the notice that the disk is full, and takes it away.
fn says_full(rig: &mut Rig) {
    rig.wait("the notice", |state| has_notice(state, Kind::Disk));
    assert!(has_label(rig, "The disk is full. What was read is kept."));
    assert!(has_label(rig, "Free some space, then try again."));
    while !rig.state().notices.is_empty() {
        rig.perform(Action::Dismiss(0));
    }
}

fn zoom_on_disk(folder: &Path) -> f32 {
    let bytes = std::fs::read(folder.join("data/settings.json")).expect("it is there");
    Settings::read(&bytes, usize::MAX).zoom
}

/// Fills what is left of the disk.
fn fill_up(folder: &Path) {
    let mut file = std::fs::File::create(folder.join("filler")).expect("made");
    let piece = vec![0_u8; 4_096];
    while file.write_all(&piece).is_ok() {}
}

fn on_a_small_disk(folder: &Path) {
    let elsewhere = scratch();
    let long = elsewhere.path().join("long.txt");
    std::fs::write(&long, long_text(LONG)).expect("written");
    let name = long.display().to_string();
    let file = RemoteFile { bytes: tiny_model(), etag: "one" };
    let server = Server::start(move |request| file.reply(request));
    let open = || {
        let mut setup = Setup::new(folder);
        setup.endpoint = Some(server.url.clone());
        setup.open().with_handbook()
    };
    let mut rig = open();
    assert!(is_done(&rig.ask("Does Carrel need a network?")));

    // A document that does not fit.
    let failed = |state: &State| match &state.document(&name).map(|document| &document.stage) {
        Some(carrel_desktop::state::documents::Stage::Failed(trouble)) => Some(trouble.kind),
        _ => None,
    };
    rig.perform(Action::Add(vec![long.clone()]));
    rig.wait("trouble", |state| failed(state).is_some());
    assert_eq!(failed(rig.state()), Some(Kind::Disk));
    assert!(has_label(&rig, "The disk is full. What was read is kept."));
    assert!(has_label(&rig, "Free some space, then try again."));

    // A model that does not.
    rig.perform(Action::Overlay(Some(Overlay::Models)));
    rig.perform(Action::Pull(MODEL.to_owned()));
    rig.wait("trouble", |state| {
        state.models.download(MODEL).is_some_and(|download| download.trouble.is_some())
    });
    let trouble = rig.state().models.download(MODEL).and_then(|d| d.trouble.clone());
    assert_eq!(trouble.map(|trouble| trouble.kind), Some(Kind::Disk));
    rig.perform(Action::Overlay(None));

    // Not a byte is left: settings and exports.
    fill_up(folder);
    rig.perform(Action::SetZoom(1.2));
    says_full(&mut rig);
    assert_eq!(zoom_on_disk(folder), 1.0, "what was saved before is still there");
    let export = folder.join("said.md");
    let ctx = rig.harness.ctx.clone();
    rig.harness.state_mut().state.path_field.text = export.display().to_string();
    let purpose = carrel_desktop::message::Purpose::Export;
    rig.harness.state_mut().perform(Action::TakePath(purpose), &ctx);
    says_full(&mut rig);
    assert!(!export.exists());
    // What is in the library can be read and asked all the same.
    rig.perform(Action::Open("handbook.md".to_owned()));
    rig.wait("the page", |state| state.page.visible.is_some());
    assert!(is_done(&rig.ask("Which formats does Carrel read?")));

    // With room, everything goes on, and what could not be saved is saved.
    std::fs::remove_file(folder.join("filler")).expect("removed");
    let grown = Command::new("mount").args(["-o", LARGER]).arg(folder).status();
    assert!(grown.is_ok_and(|status| status.success()));
    rig.wait("the settings", |_| zoom_on_disk(folder) == 1.2);
    rig.reach("Try again");
    rig.wait_read(&name);
    rig.perform(Action::Pull(MODEL.to_owned()));
    rig.wait("the file", |state| n_files(state) == Some(1));
    drop(rig);
    let rig = open();
    assert_eq!(rig.state().conversation.turns.len(), 2);
    assert!(rig.state().conversation.turns.iter().all(is_done));
    assert!(rig.state().document(&name).is_some_and(|document| document.shape().is_some()));
}
