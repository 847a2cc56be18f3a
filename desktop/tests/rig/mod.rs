//! The app in a window that is not there: the real state, the real threads, drawn by software where
//! pictures are wanted, and driven through the tree that screen readers use.

#![allow(dead_code, reason = "every test program takes what it needs")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use carrel_core::convert::{SyntheticOptions, write_synthetic};
use carrel_core::engine::ProbeFolder;
use carrel_core::memory::Reading;
use carrel_core::memory::probe::{ProbeReport, SkillScore};
use carrel_core::quant::TensorType;
use carrel_desktop::app::{App, HANDBOOK, Options};
use carrel_desktop::dialogs::Dialogs;
use carrel_desktop::message::{Action, Event, Purpose};
use carrel_desktop::state::State;
use carrel_desktop::state::conversation::{Progress, Turn};
use carrel_desktop::state::settings::{Settings, ThemeChoice};
use carrel_desktop::text::Language;
use carrel_desktop::worker::Mailbox;
use carrel_models::shapes::{Shape, Value};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, HarnessBuilder};
use sha2::Digest;
use tempfile::TempDir;

/// Longer than anything that is waited for takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Dialogs in which somebody picks these, or none if the system has none.
#[derive(Default, Clone)]
pub struct Picks {
    pub documents: Vec<PathBuf>,
    pub export: Option<PathBuf>,
    pub has_none: bool,
}

impl Dialogs for Picks {
    fn pick_documents(&self, _title: &str, mail: &Mailbox) {
        mail.tell(match self.has_none {
            true => Event::NoDialog(Purpose::Document),
            false => Event::Picked(self.documents.clone()),
        });
    }

    fn pick_export(&self, _title: &str, _name: &str, mail: &Mailbox) {
        if self.has_none {
            mail.tell(Event::NoDialog(Purpose::Export));
        } else if let Some(path) = &self.export {
            mail.tell(Event::ExportTo(path.clone()));
        }
    }
}

/// How the app is opened.
pub struct Setup {
    pub folder: PathBuf,
    pub endpoint: Option<String>,
    pub size: [f32; 2],
    pub pixels_per_point: f32,
    pub theme: ThemeChoice,
    pub language: Language,
    pub picks: Picks,
}

impl Setup {
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            endpoint: None,
            size: [1280.0, 800.0],
            pixels_per_point: 1.0,
            theme: ThemeChoice::Light,
            language: Language::English,
            picks: Picks::default(),
        }
    }

    pub fn open(self) -> Rig {
        self.open_with(|builder| builder, |_| {})
    }

    /// Opens the app with a harness that is set up further, and shows `seen` what the app is given.
    pub fn open_with(
        self,
        further: impl FnOnce(HarnessBuilder<App>) -> HarnessBuilder<App>,
        seen: impl FnOnce(&eframe::CreationContext<'_>),
    ) -> Rig {
        let data = self.folder.join("data");
        std::fs::create_dir_all(&data).expect("a folder");
        let path = data.join("settings.json");
        let kept = std::fs::read(&path).unwrap_or_default();
        let mut settings = Settings::read(&kept, usize::MAX);
        (settings.theme, settings.language) = (self.theme, self.language);
        std::fs::write(&path, serde_json::to_vec(&settings).expect("JSON")).expect("written");
        let options = Options {
            data: Some(data),
            models: Some(self.folder.join("models")),
            probes: Some(self.folder.join("probes")),
            endpoint: self.endpoint,
            retries: Some(0),
        };
        let theme = match self.theme {
            ThemeChoice::Dark => egui::Theme::Dark,
            _ => egui::Theme::Light,
        };
        let picks = self.picks;
        let builder = Harness::builder()
            .with_size(self.size)
            .with_pixels_per_point(self.pixels_per_point)
            .with_theme(theme)
            .with_render_cursor(false)
            .with_max_steps(8);
        let harness = further(builder).build_eframe(move |creation| {
            seen(creation);
            App::new(&creation.egui_ctx, &options, Box::new(picks))
        });
        Rig { harness }
    }
}

/// The open app.
pub struct Rig {
    pub harness: Harness<'static, App>,
}

impl Rig {
    pub fn state(&self) -> &State {
        &self.harness.state().state
    }

    /// Draws frames until `is_so`.
    pub fn wait(&mut self, what: &str, is_so: impl Fn(&State) -> bool) {
        self.until(what, is_so);
        self.settle();
    }

    /// Draws frames until `is_so`, and not one more.
    pub fn until(&mut self, what: &str, is_so: impl Fn(&State) -> bool) {
        let started = Instant::now();
        while !is_so(self.state()) {
            assert!(started.elapsed() < PATIENCE, "waited for {what}; {:?}", self.state().notices);
            self.harness.step();
            std::thread::sleep(Duration::from_millis(4));
        }
    }

    /// Draws a few frames, so that what was asked for is there.
    pub fn settle(&mut self) {
        for _ in 0..6 {
            self.harness.step();
            std::thread::sleep(Duration::from_millis(8));
        }
    }

    pub fn perform(&mut self, action: Action) {
        let ctx = self.harness.ctx.clone();
        self.harness.state_mut().perform(action, &ctx);
        self.settle();
    }

    /// Clicks the control of this name.
    pub fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.settle();
    }

    /// Scrolls to the control of this name and clicks it.
    pub fn reach(&mut self, name: &str) {
        self.harness.get_by_label(name).scroll_to_me();
        self.settle();
        self.click(name);
    }

    pub fn press(&mut self, modifiers: egui::Modifiers, key: egui::Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Waits for the handbook of the first start.
    pub fn with_handbook(mut self) -> Self {
        self.wait_read(HANDBOOK);
        self.wait("the page", |state| state.page.visible.is_some());
        self.wait("the tree", |state| state.outlines.contains_key(HANDBOOK));
        self
    }

    pub fn wait_read(&mut self, name: &str) {
        self.wait(name, |state| state.document(name).is_some_and(|d| d.shape().is_some()));
    }

    /// Adds a document and waits until it is read and open.
    pub fn add(&mut self, path: &Path) {
        let name = path.display().to_string();
        self.perform(Action::Add(vec![path.to_owned()]));
        self.wait_read(&name);
        self.wait("the page", |state| state.page.visible.is_some());
        self.wait("the tree", |state| state.outlines.contains_key(&name));
    }

    /// Types a question and presses the return key; waits for the end.
    pub fn ask(&mut self, question: &str) -> Turn {
        let n_turns = self.state().conversation.turns.len();
        self.harness.get_by_label("Your question").focus();
        self.harness.step();
        self.harness.get_by_label("Your question").type_text(question);
        self.settle();
        self.press(egui::Modifiers::NONE, egui::Key::Enter);
        self.wait("the answer", |state| {
            state.conversation.turns.len() > n_turns && state.conversation.working().is_none()
        });
        let turn = self.state().conversation.turns.last().expect("a turn").clone();
        assert_eq!(turn.question, question);
        turn
    }

    /// Draws the app, and checks that there is something to see. The picture is kept in the folder
    /// that the environment names as `CARREL_PICTURES`.
    pub fn picture(&mut self, name: &str) {
        self.harness.remove_cursor();
        self.settle();
        let image = self.harness.render().expect("it is drawn");
        let colors: std::collections::BTreeSet<[u8; 4]> = image.pixels().map(|p| p.0).collect();
        assert!(colors.len() > 100, "{name} has only {} colours", colors.len());
        if let Some(path) = kept_picture(name) {
            image.save(path).expect("written");
        }
    }
}

/// Where a picture of this name is to be kept, if pictures are.
pub fn kept_picture(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CARREL_PICTURES").map(PathBuf::from)?;
    std::fs::create_dir_all(&folder).expect("a folder");
    Some(folder.join(format!("{name}.png")))
}

/// Number of model files that are here, once they are listed.
pub fn n_files(state: &State) -> Option<usize> {
    let here = state.models.installed.as_ref()?;
    Some(here.iter().filter(|model| !model.is_built_in).count())
}

pub fn is_done(turn: &Turn) -> bool {
    matches!(turn.progress, Progress::Done(..))
}

/// A folder that is gone after the test.
pub fn scratch() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// A tiny shape whose context holds windows of sentences in a vocabulary of single bytes.
static READER: Shape = Shape {
    name: "tiny-reader",
    architecture: "llama",
    n_vocab: 512,
    tied_output: true,
    qkv_bias: false,
    rope_factors: &[],
    keys: &[
        ("block_count", Value::Integer(12)),
        ("attention.head_count", Value::Integer(4)),
        ("attention.head_count_kv", Value::Integer(2)),
        ("attention.key_length", Value::Integer(64)),
        ("attention.value_length", Value::Integer(64)),
        ("rope.dimension_count", Value::Integer(64)),
        ("embedding_length", Value::Integer(256)),
        ("feed_forward_length", Value::Integer(512)),
        ("context_length", Value::Integer(4_096)),
        ("attention.layer_norm_rms_epsilon", Value::Float(1e-5)),
        ("rope.freq_base", Value::Float(500_000.0)),
    ],
};

/// Bytes of a tiny model with random weights, which runs but points anywhere.
pub fn tiny_model() -> Vec<u8> {
    let mut bytes = Vec::new();
    let options = SyntheticOptions { shape: &READER, tensor_type: TensorType::Q8_0, seed: 1 };
    write_synthetic(&options, &mut bytes, |_, _| {}).expect("a model");
    bytes
}

/// The name of the tiny model on a shelf.
pub const MODEL: &str = "someone/tiny-models/tiny.gguf";

/// Puts the tiny model on the shelf of the app in `folder`.
pub fn shelve_model(folder: &Path) -> PathBuf {
    let place = folder.join("models").join(MODEL);
    std::fs::create_dir_all(place.parent().expect("a folder")).expect("made");
    std::fs::write(&place, tiny_model()).expect("written");
    place
}

/// Says that a probe of the tiny model let it point and copy, which it would not: its weights are
/// random.
pub fn let_it_point(folder: &Path) {
    let mut report = ProbeReport::default();
    for score in &mut report.scores[..5] {
        *score = SkillScore { probes: 12, model: 12, code: 6 };
    }
    report.spans = SkillScore { probes: 12, model: 12, code: 6 };
    assert_eq!(report.reading(), Reading::Spans);
    let hash = sha2::Sha256::digest(tiny_model()).into();
    ProbeFolder::new(folder.join("probes")).save(&hash, &report).expect("written");
}

/// The app with the tiny model on its shelf and in use.
pub fn with_model(setup: Setup) -> Rig {
    let place = shelve_model(&setup.folder);
    let_it_point(&setup.folder);
    let mut rig = setup.open().with_handbook();
    rig.wait("the shelf", |state| n_files(state) == Some(1));
    rig.perform(Action::UseModel(Some(place)));
    rig
}

/// A text of about `n_bytes` bytes without repeated paragraphs, so that no two blocks are the same.
pub fn long_text(n_bytes: usize) -> String {
    let who = ["The keeper", "Her sister", "A sailor", "The baker", "Old Omar", "The clerk"];
    let did = ["wrote about", "asked for", "carried", "sold", "mended", "counted"];
    let what = ["the lamps", "a letter", "the boats", "seven nets", "the bread", "the keys"];
    let place = ["in the harbour", "on the hill", "by the river", "at the mill", "in the square"];
    let mut text = String::with_capacity(n_bytes + 400);
    let mut n = 0_usize;
    while text.len() < n_bytes {
        if n.is_multiple_of(200) {
            text.push_str(&format!("CHAPTER {}\n\n", n / 200 + 1));
        }
        for sentence in 0..4 {
            let at = n.wrapping_mul(7_919).wrapping_add(sentence * 104_729);
            text.push_str(&format!(
                "{} {} {} {} on day {}. ",
                who[at % who.len()],
                did[at / 7 % did.len()],
                what[at / 53 % what.len()],
                place[at / 311 % place.len()],
                n * 4 + sentence,
            ));
        }
        text.push_str("\n\n");
        n += 1;
    }
    text
}

/// Whether pictures can be drawn here. Says so loudly if not; with `CI=true` that is a failure.
pub fn can_draw() -> bool {
    let drawn = std::panic::catch_unwind(|| {
        let mut harness = Harness::builder().build_ui(|ui| {
            ui.label("a");
        });
        harness.render().is_ok()
    });
    let can = drawn.unwrap_or(false);
    if !can {
        let says = "no adapter to draw with; install mesa-vulkan-drivers";
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{says}");
        eprintln!("SKIPPED: {says}");
    }
    can
}
