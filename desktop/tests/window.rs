//! The real program in a real window, on a display that is not there, with keys and clicks from
//! outside. Where the programs for that are missing the test says so and is skipped; with `CI=true`
//! that is a failure. Other systems have no Xvfb.
//!
//! Where to click is asked of the same app in a window that is not there (`rig`), which is laid out
//! the same. What came of it is read from the files that the program keeps, and from the server.
#![cfg(target_os = "linux")]

mod rig;
mod screen;
#[path = "../../cli/tests/server/mod.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use carrel_desktop::app::HANDBOOK;
use carrel_desktop::message::{Action, Overlay};
use carrel_desktop::state::settings::ThemeChoice;
use egui::accesskit::Role;
use egui::{Pos2, pos2};
use egui_kittest::kittest::Queryable;
use rig::{
    MODEL, Rig, Setup, can_draw, kept_picture, let_it_point, long_text, n_files, scratch,
    shelve_model, tiny_model,
};
use screen::{Ended, Screen, ask, is_here, wait};
use serde_json::Value;
use server::{RemoteFile, Server};

const LAMPS: &str = "# Lamps\n\nThe brass lamp is in the attic.\n";
const QUESTION: &str = "Where is the brass lamp?";
/// A place on every panel over the window.
const PANEL: Pos2 = pos2(640.0, 400.0);
/// Clicks of the wheel that are more than any panel is long.
const FAR: i32 = 60;

/// Where the things are that are clicked.
struct Places {
    /// The number of the first quote behind the first sentence.
    number: Pos2,
    /// The profile that reads everything.
    full: Pos2,
    /// The field for the name of a model, at the end of the panel of models.
    other: Pos2,
    /// The button that uses the model, at the beginning of that panel.
    use_it: Pos2,
}

/// Asks them of a window that is not there.
fn places() -> Places {
    let folder = scratch();
    let lamps = folder.path().join("lamps.md");
    std::fs::write(&lamps, LAMPS).expect("written");
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.add(&lamps);
    rig.ask(QUESTION);
    rig.perform(Action::OpenNext(true));
    let at = |rig: &Rig, label: &str| rig.harness.get_by_label(label).rect().center();
    let (number, full) = (at(&rig, "Show quote 1 in the document"), at(&rig, "Full"));
    rig.perform(Action::Overlay(Some(Overlay::Models)));
    turn(&mut rig, -4_000.0);
    let other = rig.harness.get_by_role_and_label(Role::TextInput, "Another model");
    let other = other.rect().center();
    drop(rig);
    // The model is on the shelf once it was pulled.
    shelve_model(folder.path());
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.wait("the shelf", |state| n_files(state) == Some(1));
    rig.perform(Action::Overlay(Some(Overlay::Models)));
    let use_it = at(&rig, "Use tiny.gguf");
    Places { number, full, other, use_it }
}

/// Turns the wheel over a panel.
fn turn(rig: &mut Rig, points: f32) {
    rig.harness.input_mut().events.push(egui::Event::PointerMoved(PANEL));
    rig.harness.step();
    rig.harness.input_mut().events.push(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, points),
        source: egui::MouseWheelSource::Wheel,
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
    });
    for _ in 0..60 {
        rig.harness.step();
    }
}

/// The program, its folder, and what it keeps there.
struct Desk {
    folder: PathBuf,
    endpoint: String,
}

impl Desk {
    fn open(&self, screen: &Screen) -> Ended {
        let program = Command::new(env!("CARGO_BIN_EXE_carrel-desktop"))
            .arg("--data")
            .arg(self.folder.join("data"))
            .arg("--models")
            .arg(self.folder.join("models"))
            .arg("--endpoint")
            .arg(&self.endpoint)
            .env("CARREL_PROBES", self.folder.join("probes"))
            .env("DISPLAY", &screen.name)
            .env_remove("WAYLAND_DISPLAY")
            // No bus, no portal, no zenity.
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("PATH", "")
            .env("XDG_DATA_DIRS", &self.folder)
            .env("XDG_RUNTIME_DIR", &self.folder)
            .env("LANG", "C.UTF-8")
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let program = Ended(program);
        screen.window();
        program
    }

    fn json(&self, name: &str) -> Option<Value> {
        serde_json::from_slice(&std::fs::read(self.folder.join("data").join(name)).ok()?).ok()
    }

    /// The settings, if they are so.
    fn settings(&self, is_so: impl Fn(&Value) -> bool) -> Option<Value> {
        self.json("settings.json").filter(|settings| is_so(settings))
    }

    /// Whether `name` is open.
    fn is_open(&self, name: &str) -> Option<Value> {
        self.settings(|settings| settings["open_document"] == name)
    }

    /// The turns, if they are so.
    fn turns(&self, is_so: impl Fn(&Value) -> bool) -> Option<Value> {
        self.json("conversation.json").filter(|turns| is_so(turns))
    }

    /// Adds a document by the path that is typed, and waits until it is listed as one to read, or read.
    fn add(&self, screen: &Screen, path: &Path) -> String {
        // Here is no portal and no zenity, so Ctrl+O leads to a field for the path.
        screen.panel(|| screen.press("ctrl+o"));
        screen.press("ctrl+a");
        screen.enter(&path.display().to_string());
        screen.press("Return");
        let name = path.display().to_string();
        wait("the document", || self.is_open(&name));
        name
    }

    /// Waits until all documents are read.
    fn read(&self) {
        let is_read = |settings: &Value| settings["unread"].as_array().is_some_and(Vec::is_empty);
        wait("the end of reading", || self.settings(is_read));
    }

    /// Asks a question.
    fn question(&self, screen: &Screen, question: &str) {
        screen.press("ctrl+l");
        screen.enter(question);
        screen.press("Return");
    }
}

/// Processor time of a process, in clock ticks.
fn ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or("").split(' ').collect();
    fields[11].parse::<u64>().expect("a number") + fields[12].parse::<u64>().expect("a number")
}

/// Waits until a process that has nothing to do does nothing: less than a twentieth of one processor.
fn rests(process: u32) {
    wait("rest", || {
        let before = ticks(process);
        std::thread::sleep(Duration::from_secs(4));
        (ticks(process) - before <= 20).then_some(())
    });
}

/// Pixels of a hundred that may differ between a window and a picture of the pages: the pointer, a
/// border of the focus, the last bit of a blended edge.
const OTHER: usize = 2;

#[test]
fn the_window_looks_like_the_pictures_at_two_sizes_and_in_both_themes() {
    if !is_here() || !can_draw() {
        return;
    }
    for (theme, word) in [(ThemeChoice::Light, "light"), (ThemeChoice::Dark, "dark")] {
        let folder = scratch();
        let desk = Desk { folder: folder.path().to_owned(), endpoint: String::new() };
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).expect("a folder");
        let settings = serde_json::json!({ "theme": theme, "language": "English" });
        std::fs::write(data.join("settings.json"), settings.to_string()).expect("written");
        let screen = Screen::open(folder.path());
        let program = desk.open(&screen);
        wait("the handbook", || desk.is_open(HANDBOOK));
        desk.read();
        for size in [[1280, 800], [1024, 680]] {
            let elsewhere = scratch();
            let mut setup = Setup::new(elsewhere.path());
            (setup.theme, setup.size) = (theme, size.map(|side| side as f32));
            let mut rig = setup.open().with_handbook();
            let mut picture = rig.harness.render().expect("it is drawn");
            screen.resize(size);
            screen.rest();
            let shown = screen.picture(size);
            let is_other = |drawn: &[u8; 4], shown: &[u8; 3]| {
                drawn.iter().zip(shown).any(|(drawn, shown)| drawn.abs_diff(*shown) > 16)
            };
            let pairs = picture.pixels().zip(&shown);
            let n_other = pairs.filter(|(drawn, shown)| is_other(&drawn.0, shown)).count();
            for (pixel, shown) in picture.pixels_mut().zip(&shown) {
                pixel.0[..3].copy_from_slice(shown);
            }
            if let Some(path) = kept_picture(&format!("window-{word}-{}", size[0])) {
                picture.save(path).expect("written");
            }
            assert_eq!(shown.len(), size[0] * size[1]);
            assert!(100 * n_other <= OTHER * shown.len(), "{word}, {size:?}: {n_other} pixels");
        }
        drop(program);
    }
}

#[test]
fn without_a_display_or_a_driver_it_says_what_it_needs() {
    if !is_here() {
        return;
    }
    let folder = scratch();
    let screen = Screen::open(folder.path());
    // Without a display, and on one without any driver.
    for display in [None, Some(&screen.name)] {
        let nowhere = folder.path().join("nowhere");
        let mut program = Command::new(env!("CARGO_BIN_EXE_carrel-desktop"));
        program.arg("--data").arg(folder.path().join("data")).env_remove("WAYLAND_DISPLAY");
        match display {
            Some(name) => program.env("DISPLAY", name),
            None => program.env_remove("DISPLAY"),
        };
        let drivers = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "LIBGL_DRIVERS_PATH"];
        for variable in drivers.iter().chain(&["__EGL_VENDOR_LIBRARY_DIRS"]) {
            program.env(variable, &nowhere);
        }
        let output = program.output().expect("the program starts");
        let says = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{says}");
        for part in ["The window cannot be opened. It needs a display", "`carrel ask`", "Details"] {
            assert!(says.contains(part), "{says}");
        }
    }
}

#[test]
fn the_program_does_it_all_in_a_window() {
    if !is_here() {
        return;
    }
    let places = places();
    let file = RemoteFile { bytes: tiny_model(), etag: "one" };
    let server = Server::start(move |request| {
        let mut reply = file.reply(request);
        reply.headers.push(("X-Linked-ETag", format!("\"{}\"", file.sha256())));
        reply
    });
    let folder = scratch();
    let_it_point(folder.path());
    let desk = Desk { folder: folder.path().to_owned(), endpoint: server.url.clone() };
    let screen = Screen::open(folder.path());
    let program = desk.open(&screen);
    wait("the handbook", || desk.is_open(HANDBOOK));
    desk.read();

    // A document is added and asked; the answer is exported.
    let lamps = folder.path().join("lamps.md");
    std::fs::write(&lamps, LAMPS).expect("written");
    let lamps = desk.add(&screen, &lamps);
    desk.read();
    desk.question(&screen, QUESTION);
    let turns = wait("the answer", || desk.turns(|turns| turns[0]["progress"]["Done"].is_array()));
    assert_eq!(turns[0]["question"], QUESTION);
    assert_eq!(turns[0]["quotes"][0]["text"], "The brass lamp is in the attic.");
    let export = folder.path().join("said.md");
    screen.panel(|| screen.press("ctrl+e"));
    screen.press("ctrl+a");
    screen.enter(&export.display().to_string());
    screen.press("Return");
    let is_whole = |text: &String| text.contains("[1]");
    let text = wait("the export", || std::fs::read_to_string(&export).ok().filter(is_whole));
    assert!(text.contains(&format!("## {QUESTION}")), "{text}");

    // A citation leads from another document to its own.
    screen.press("ctrl+Next");
    wait("the next document", || desk.is_open(HANDBOOK));
    ask("the quote", || screen.click(places.number), || desk.is_open(&lamps));
    rests(program.0.id());

    // A model is pulled, and used.
    screen.panel(|| screen.press("ctrl+m"));
    let pull = || {
        screen.wheel(PANEL, FAR);
        screen.click(places.other);
        screen.press("ctrl+a");
        screen.enter(MODEL);
        screen.press("Return");
    };
    let model = folder.path().join("models").join(MODEL);
    ask("the model", pull, || model.exists().then_some(()));
    assert!(server.requests().iter().any(|request| request.path.ends_with("tiny.gguf")));
    let is_used = || desk.settings(|settings| settings["model"] == *model.display().to_string());
    let use_it = || {
        screen.wheel(PANEL, -FAR);
        screen.click(places.use_it);
    };
    ask("its use", use_it, is_used);
    screen.panel(|| screen.press("Escape"));

    // A question to a long document is cancelled.
    let long = folder.path().join("long.txt");
    std::fs::write(&long, long_text(3 << 20)).expect("written");
    desk.add(&screen, &long);
    desk.read();
    let is_full = || desk.settings(|settings| settings["profile"] == "exhaustive");
    ask("the profile", || screen.click(places.full), is_full);
    desk.question(&screen, "What did Old Omar mend by the river?");
    wait("the work", || desk.turns(|turns| turns[1]["progress"]["Working"].is_object()));
    let is_cancelled = || desk.turns(|turns| turns[1]["progress"] == "Cancelled");
    ask("the end", || screen.press("Escape"), is_cancelled);

    // Killed without a warning while it reads, it comes back with everything and reads on.
    let longer = folder.path().join("longer.txt");
    std::fs::write(&longer, long_text(24 << 20)).expect("written");
    let longer = desk.add(&screen, &longer);
    let is_unread = |settings: &Value| settings["unread"][0] == *longer;
    wait("the reading", || desk.settings(is_unread));
    drop(program);
    assert!(desk.settings(is_unread).is_some(), "it was killed while it read");
    let again = desk.open(&screen);
    desk.read();
    desk.question(&screen, "What did the keeper sell?");
    let turns = wait("the turns", || desk.turns(|turns| turns[2].is_object()));
    assert_eq!(
        (&turns[0]["question"], &turns[1]["progress"]),
        (&QUESTION.into(), &"Cancelled".into())
    );
    drop(again);
}
