//! A display that is not there (Xvfb), keys and clicks from outside (xdotool), and the pixels that the
//! display shows, read from the file that it keeps them in.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything that is waited for takes on a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(240);
/// How long something is waited for before it is asked for again: a click in a moment at which the
/// window moved is lost.
const AGAIN: Duration = Duration::from_secs(5);
/// Looks at a picture after which it stands still.
const STILL: usize = 6;
/// Pixels of a row of the display.
const WIDTH: usize = 1280;
/// Time between two looks.
const BETWEEN: Duration = Duration::from_millis(50);

/// A process that is ended with the test.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn has(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
    found.is_ok_and(|output| output.status.success())
}

/// Whether the programs are here. Says so loudly if not; with `CI=true` that is a failure.
pub fn is_here() -> bool {
    let missing: Vec<&str> = ["Xvfb", "xdotool"].into_iter().filter(|name| !has(name)).collect();
    if !missing.is_empty() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{missing:?} is missing");
        eprintln!("SKIPPED: {missing:?} is missing");
    }
    missing.is_empty()
}

/// Looks until there is something.
pub fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "waited for {what}");
        std::thread::sleep(BETWEEN);
    }
}

/// Asks for something, which may be asked for twice, until it is there.
pub fn ask<T>(what: &str, mut act: impl FnMut(), mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        act();
        let acted = Instant::now();
        while acted.elapsed() < AGAIN {
            if let Some(found) = look() {
                return found;
            }
            std::thread::sleep(BETWEEN);
        }
        assert!(started.elapsed() < PATIENCE, "asked for {what}");
    }
}

/// A display of 1280 x 800 pixels.
pub struct Screen {
    _server: Ended,
    /// Its name.
    pub name: String,
    pixels: PathBuf,
}

impl Screen {
    /// A display of its own, which Xvfb names itself, and whose pixels lie in `folder`.
    pub fn open(folder: &Path) -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .arg("-noreset")
            .arg("-fbdir")
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut out = server.stdout.take().expect("a pipe");
        let (mut number, mut byte) = (String::new(), [0]);
        while out.read(&mut byte).is_ok_and(|n| n == 1) && byte[0] != b'\n' {
            number.push(char::from(byte[0]));
        }
        assert!(!number.is_empty(), "Xvfb has a display");
        let pixels = folder.join("Xvfb_screen0");
        Self { _server: Ended(server), name: format!(":{number}"), pixels }
    }

    /// What xdotool says, if it did what it was asked.
    fn tool(&self, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("xdotool");
        let output = command.args(arguments).env("DISPLAY", &self.name).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    /// Waits for the app's window, and gives it the keys: there is no window manager that would.
    pub fn window(&self) {
        let search = ["search", "--onlyvisible", "--name", "^Carrel$"];
        let window = wait("the window", || self.tool(&search).filter(|found| !found.is_empty()));
        let focus = ["windowfocus", "--sync", &window, "getwindowfocus"];
        wait("the keys", || self.tool(&focus).filter(|focused| !focused.is_empty()));
    }

    /// Makes the app's window as large as this.
    pub fn resize(&self, [width, height]: [usize; 2]) {
        let search = ["search", "--onlyvisible", "--name", "^Carrel$", "windowsize", "--sync"];
        let (width, height) = (width.to_string(), height.to_string());
        self.tool(&[&search[..], &[&width, &height]].concat()).expect("the window changes");
    }

    /// Presses keys together.
    pub fn press(&self, keys: &str) {
        self.tool(&["key", keys]).expect("keys are pressed");
    }

    /// Types into what has the keys.
    pub fn enter(&self, text: &str) {
        self.tool(&["type", "--delay", "20", text]).expect("text is typed");
    }

    fn point(&self, at: egui::Pos2) {
        let (x, y) = (at.x.round().to_string(), at.y.round().to_string());
        self.tool(&["mousemove", &x, &y]).expect("the pointer moves");
    }

    /// Clicks.
    pub fn click(&self, at: egui::Pos2) {
        self.point(at);
        self.tool(&["click", "1"]).expect("a button is pressed");
    }

    /// Turns the wheel by so many clicks; to a negative number, upwards.
    pub fn wheel(&self, at: egui::Pos2, clicks: i32) {
        self.point(at);
        let button = if clicks < 0 { "4" } else { "5" };
        let times = clicks.unsigned_abs().to_string();
        let delay = ["--repeat", &times, "--delay", "10"];
        self.tool(&[&["click"], &delay[..], &[button]].concat()).expect("the wheel turns");
        self.rest();
    }

    /// The pixels, four bytes each: blue, green, red, nothing. Empty before there are any.
    pub fn pixels(&self) -> Vec<u8> {
        // The format of xwd: numbers of 32 bits, the highest byte first; its length, then others, the
        // 20th the number of colours, of 12 bytes each, behind it.
        let mut bytes = std::fs::read(&self.pixels).unwrap_or_default();
        let number = |at: usize| {
            let four = bytes.get(4 * at..4 * at + 4)?;
            Some(u32::from_be_bytes(four.try_into().ok()?) as usize)
        };
        let Some((header, n_colors)) = number(0).zip(number(19)) else { return Vec::new() };
        bytes.split_off((header + 12 * n_colors).min(bytes.len()))
    }

    /// What a window of this size in the upper left corner shows: red, green and blue.
    pub fn picture(&self, [width, height]: [usize; 2]) -> Vec<[u8; 3]> {
        let pixels = self.pixels();
        let rows = pixels.chunks_exact(4 * WIDTH).take(height);
        let pixels = rows.flat_map(|row| row.chunks_exact(4).take(width));
        pixels.map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect()
    }

    /// Waits until the picture stands still.
    pub fn rest(&self) {
        let (mut last, mut n_same) = (self.pixels(), 0);
        wait("a picture that rests", || {
            let now = self.pixels();
            n_same = if now == last { n_same + 1 } else { 0 };
            last = now;
            (n_same >= STILL).then_some(())
        });
    }

    /// The pixel in the lower left corner, which darkens under a panel over the window.
    fn corner(&self) -> Option<[u8; 3]> {
        let pixels = self.pixels();
        let at = 4 * (WIDTH * 795 + 4);
        pixels.get(at..at + 3)?.try_into().ok()
    }

    /// Does what brings a panel over the window, or takes it away, and waits until that is seen.
    pub fn panel(&self, act: impl FnOnce()) {
        let before = wait("a picture", || self.corner());
        act();
        wait("a panel", || self.corner().filter(|now| *now != before));
        self.rest();
    }
}
