//! The app: takes what the threads tell, shows the panels, and does what people ask for.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use carrel_core::engine::{EngineOptions, ProbeFolder};
use carrel_core::memory::Source;
use carrel_downloads::ModelFolder;
use eframe::Frame as Window;
use egui::{CentralPanel, Context, Frame, Margin, Panel, Ui};

use crate::device;
use crate::dialogs::Dialogs;
use crate::keys;
use crate::message::{Action, Event, Overlay, Purpose};
use crate::panels;
use crate::state::conversation::{Conversation, Progress};
use crate::state::path_field::EXPORT_NAME;
use crate::state::settings::Settings;
use crate::state::{Places, State};
use crate::theme::{self, palette, space};
use crate::worker::Mailbox;
use crate::worker::answers::{Answers, Choice, Question, Remembered};
use crate::worker::keeper::Keeper;
use crate::worker::models::Models;
use crate::worker::pages::Pages;
use crate::worker::reading::Reading;

/// Name of the user handbook in the library.
pub const HANDBOOK: &str = "handbook.md";
/// The user handbook.
const HANDBOOK_TEXT: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/handbook.md"));
/// Whether pictures are dithered. There is one gradient, of a few points; noise over every pixel would
/// cost more than it is worth where the processor draws.
pub const DITHERING: bool = false;
/// How long someone has to stop typing before the cost is computed.
const PAUSE: Duration = Duration::from_millis(350);
/// How often the device is looked at while its panel is open.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Least height of the library with one document, and of the summary tree, in points.
const LIBRARY_HEIGHT: f32 = 225.0;
const TREE_HEIGHT: f32 = 165.0;
/// When settings and turns are saved again that could not be.
const SAVE_AGAIN: Duration = Duration::from_secs(5);

/// Where the app keeps what, and whom it asks for models.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Folder of library, conversation and settings; if `None`, the user's data folder.
    pub data: Option<PathBuf>,
    /// Folder of models; if `None`, the usual one.
    pub models: Option<PathBuf>,
    /// Folder of what probes of models found; if `None`, the one of the command line.
    pub probes: Option<PathBuf>,
    /// Server of models; if `None`, the usual one.
    pub endpoint: Option<String>,
    /// Attempts of a download without progress after the first; if `None`, as many as usual.
    pub retries: Option<u32>,
}

impl Options {
    fn data_folder(&self) -> PathBuf {
        let usual = || carrel_downloads::data_folder("desktop");
        self.data.clone().or_else(usual).unwrap_or_else(|| PathBuf::from("carrel-desktop"))
    }

    fn probes_folder(&self) -> Option<ProbeFolder> {
        self.probes.clone().or_else(carrel_downloads::probe_folder).map(ProbeFolder::new)
    }

    fn models_folder(&self) -> PathBuf {
        let models = ModelFolder::open(self.models.as_deref());
        models.map(|models| models.folder().to_owned()).unwrap_or_default()
    }
}

/// The app.
pub struct App {
    /// Everything it knows.
    pub state: State,
    events: Receiver<Event>,
    mail: Mailbox,
    reading: Reading,
    answers: Answers,
    pages: Pages,
    models: Models,
    keeper: Keeper,
    dialogs: Box<dyn Dialogs>,
    asked_outline: Option<String>,
    draft_changed: Option<Instant>,
    looked: Option<Instant>,
    /// When to save again what could not be saved.
    saves_again: Option<Instant>,
    is_listed: bool,
}

impl App {
    /// The app as it was left, with its threads.
    pub fn new(ctx: &Context, options: &Options, dialogs: Box<dyn Dialogs>) -> Self {
        theme::fonts::install(ctx);
        theme::apply(ctx);
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let places = Places { data: options.data_folder(), models: options.models_folder() };
        // What fails here fails again at the first file, which is where it is told.
        let _ = std::fs::create_dir_all(&places.data);
        let (sender, events) = channel();
        let window = ctx.clone();
        let mail = Mailbox::new(sender, Arc::new(move || window.request_repaint()));
        let library = places.data.join("library.carrel");
        let mut state = State::default();
        state.device.machine = device::machine();
        let read = |name: &str| std::fs::read(places.data.join(name)).unwrap_or_default();
        state.settings = Settings::read(&read("settings.json"), state.device.machine.n_threads);
        state.conversation = Conversation::read(&read("conversation.json"));
        state.places = places;
        let app = Self {
            reading: Reading::start(&library, mail.clone()),
            answers: Answers::start(
                &library,
                options.probes_folder(),
                carrel_downloads::gpu_folder(),
                mail.clone(),
            ),
            pages: Pages::start(&library, mail.clone()),
            models: Models::start(&state.places.models, options, mail.clone()),
            keeper: Keeper::start(mail.clone()),
            state,
            events,
            mail,
            dialogs,
            asked_outline: None,
            draft_changed: None,
            looked: None,
            saves_again: None,
            is_listed: false,
        };
        app.show_settings(ctx);
        app.remember_turns();
        app.reading.list();
        app.models.list(app.engine_options());
        app
    }

    fn show_settings(&self, ctx: &Context) {
        ctx.set_theme(self.state.settings.theme.preference());
        ctx.set_zoom_factor(self.state.settings.zoom);
    }

    fn engine_options(&self) -> EngineOptions {
        EngineOptions {
            n_threads: self.state.settings.n_threads,
            memory_budget_bytes: self.state.settings.memory_budget_bytes,
            ..EngineOptions::default()
        }
    }

    /// Reads what was to be read when the app was closed, and the handbook of this version.
    fn go_on(&mut self) {
        let version = env!("CARGO_PKG_VERSION");
        let has_any = self.state.document(HANDBOOK).is_some();
        let known = self.state.settings.handbook.as_deref();
        if known.is_none() || (has_any && known != Some(version)) {
            self.state.settings.handbook = Some(version.to_owned());
            self.read(HANDBOOK);
        }
        for path in std::mem::take(&mut self.state.settings.unread) {
            self.read(&path.display().to_string());
        }
    }

    /// Reads these documents once it is known which ones are there.
    pub fn open_when_listed(&mut self, documents: Vec<PathBuf>) {
        self.mail.tell(Event::Picked(documents));
    }

    /// Puts a document on its way.
    fn read(&mut self, name: &str) {
        if self.state.document(name).is_some_and(|document| document.is_unread()) {
            return;
        }
        self.state.enlist(name);
        self.reading.read(match name {
            HANDBOOK => Source::text(HANDBOOK, HANDBOOK_TEXT),
            path => Source::file(path),
        });
    }

    /// Takes what the threads told since the last frame.
    fn take_events(&mut self) {
        let now = Instant::now();
        while let Ok(event) = self.events.try_recv() {
            match &event {
                Event::Picked(paths) => self.add(paths.clone()),
                Event::ExportTo(path) => self.export(path, true),
                Event::Pulled(..) => self.models.list(self.engine_options()),
                Event::Unkept(..) => self.saves_again = Some(now + SAVE_AGAIN),
                Event::Read(record) if self.asked_outline.as_deref() == Some(&record.name) => {
                    self.asked_outline = None;
                }
                _ => {}
            }
            let is_library = matches!(event, Event::Library(_));
            self.state.apply(event, now);
            if is_library && !self.is_listed {
                self.is_listed = true;
                self.go_on();
            }
        }
    }

    /// Asks for what the panels will need.
    fn look_ahead(&mut self, ctx: &Context) {
        let state = &mut self.state;
        if let Some(name) = state.page.document.clone() {
            for block in state.page.wanted() {
                self.pages.block(&name, block);
            }
            let is_ready = state.open_document().is_some_and(|document| document.shape().is_some());
            let is_asked = self.asked_outline.as_deref() == Some(name.as_str());
            if is_ready && !is_asked && !state.outlines.contains_key(&name) {
                self.pages.outline(&name);
                self.asked_outline = Some(name);
            }
        }
        if let Some(changed) = self.draft_changed {
            let waited = changed.elapsed();
            if waited < PAUSE {
                ctx.request_repaint_after(PAUSE - waited);
            } else {
                self.draft_changed = None;
                self.estimate();
            }
        }
        if self.state.overlay == Some(Overlay::Device) {
            if self.looked.is_none_or(|at| at.elapsed() >= LOOK_EVERY) {
                self.looked = Some(Instant::now());
                self.state.device.taken = device::taken();
            }
            ctx.request_repaint_after(LOOK_EVERY);
        }
        if let Some(at) = self.saves_again {
            let left = at.saturating_duration_since(Instant::now());
            self.state.is_unsaved |= left.is_zero();
            ctx.request_repaint_after(left);
        }
        if self.state.is_unsaved {
            self.save();
        }
    }

    fn save(&mut self) {
        let state = &mut self.state;
        state.is_unsaved = false;
        self.saves_again = None;
        let mut settings = state.settings.clone();
        // Before the library is listed, nothing is known to be read.
        if self.is_listed {
            settings.unread = state.unread();
        }
        let files = [
            ("settings.json", serde_json::to_vec_pretty(&settings)),
            ("conversation.json", serde_json::to_vec_pretty(&state.conversation.turns)),
        ];
        for (name, bytes) in files {
            if let Ok(bytes) = bytes {
                self.keeper.keep(state.places.data.join(name), bytes);
            }
        }
    }

    fn add(&mut self, paths: Vec<PathBuf>) {
        let mut last = None;
        for path in paths {
            let path = std::path::absolute(&path).unwrap_or(path);
            let name = path.display().to_string();
            self.read(&name);
            last = Some(name);
        }
        // What was added last is looked at while it is read.
        if let Some(name) = last {
            self.state.open(&name);
        }
    }

    /// Takes the path that was typed.
    fn take_path(&mut self, purpose: Purpose) {
        let Some(path) = self.state.path_field.path() else { return };
        self.state.overlay = None;
        match purpose {
            Purpose::Document => self.add(vec![path]),
            // A dialog would have asked whether a file may be replaced.
            Purpose::Export => self.export(&path, false),
        }
    }

    fn export(&self, path: &Path, may_replace: bool) {
        let text = crate::export::markdown(&self.state.conversation.turns, self.state.strings());
        self.keeper.export(path.to_owned(), text.into_bytes(), may_replace);
    }

    fn choice(&self) -> Option<Choice> {
        self.state.settings.pointing_model().map(|path| Choice {
            path,
            n_threads: self.state.settings.n_threads,
            memory_budget_bytes: self.state.settings.memory_budget_bytes,
            on_gpu: self.state.settings.on_gpu,
        })
    }

    fn question(&self, text: String) -> Option<Question> {
        let documents = self.state.asked_documents()?;
        let profile = self.state.settings.profile();
        Some(Question { text, documents, profile, model: self.choice() })
    }

    fn estimate(&mut self) {
        let draft = self.state.conversation.draft.trim().to_owned();
        match self.question(draft.clone()).filter(|_| !draft.is_empty()) {
            Some(question) => {
                self.state.conversation.is_estimating = true;
                self.answers.estimate(question);
            }
            None => self.state.conversation.forecast = None,
        }
    }

    fn ask(&mut self, text: String) {
        if text.is_empty() || self.state.conversation.working().is_some() {
            return;
        }
        let Some(question) = self.question(text) else { return };
        let conversation = &mut self.state.conversation;
        let documents = question.documents.clone();
        let id = conversation.begin(question.text.clone(), documents, question.profile);
        (conversation.draft, conversation.forecast) = (String::new(), None);
        self.draft_changed = None;
        self.state.is_unsaved = true;
        self.answers.ask(id, question);
    }

    /// What questions refer to is taken from the turns before.
    fn remember_turns(&self) {
        let done = self.state.conversation.turns.iter().filter_map(|turn| {
            let words = turn.sentences.iter().map(|sentence| sentence.text.as_str());
            let answer = words.collect::<Vec<_>>().join(" ");
            matches!(turn.progress, Progress::Done(..)).then(|| Remembered {
                question: turn.question.clone(),
                answer,
                quote: turn.quotes.first().map(|quote| quote.text.clone()),
            })
        });
        self.answers.remember(done.collect());
    }

    /// Shows the quotes of a turn, and one of them on the page.
    fn show_quote(&mut self, turn: u64, number: Option<usize>) {
        let conversation = &mut self.state.conversation;
        (conversation.shown, conversation.chosen) = (Some(turn), number);
        let quote = conversation.turn(turn).zip(number).and_then(|(turn, number)| {
            turn.quotes.get(number).map(|quote| (quote.document.clone(), quote.start))
        });
        if let Some((document, start)) = quote {
            self.state.open(&document);
            if self.state.page.document.as_deref() == Some(document.as_str()) {
                self.state.page.go_to(start);
            }
        }
    }

    fn open_next(&mut self, is_forward: bool) {
        let documents = &self.state.documents;
        let open = self.state.page.document.as_deref();
        let at = documents.iter().position(|document| Some(document.name.as_str()) == open);
        let n_documents = documents.len();
        let next = match (at, is_forward) {
            (None, _) => 0,
            (Some(at), true) => (at + 1) % n_documents,
            (Some(at), false) => (at + n_documents - 1) % n_documents,
        };
        if let Some(name) = documents.get(next).map(|document| document.name.clone()) {
            self.state.open(&name);
        }
    }

    /// Does what people ask for.
    pub fn perform(&mut self, action: Action, ctx: &Context) {
        let strings = self.state.strings();
        match action {
            Action::PickDocuments => {
                self.dialogs.pick_documents(strings.add_document, &self.mail);
            }
            Action::Add(paths) => self.add(paths),
            Action::Open(name) => self.state.open(&name),
            Action::OpenNext(is_forward) => self.open_next(is_forward),
            Action::Remove(name) => {
                match self.state.document(&name).map(|document| document.shape().is_some()) {
                    Some(true) => self.reading.remove(&name),
                    _ => self.state.apply(Event::Removed(name), Instant::now()),
                }
            }
            Action::SetPaused(is_paused) => {
                self.state.set_paused(is_paused, Instant::now());
                self.reading.set_paused(is_paused);
            }
            Action::StopReading(name) => self.reading.stop(&name),
            Action::Retry(name) => self.read(&name),
            Action::GoTo(at) => self.state.page.go_to(at),
            Action::Ask => {
                let draft = self.state.conversation.draft.trim().to_owned();
                self.ask(draft);
            }
            Action::AskThis(question) => self.ask(question),
            Action::CancelAnswer => {
                if let Some(id) = self.state.conversation.working() {
                    self.answers.cancel(id);
                }
            }
            Action::Show(turn, number) => self.show_quote(turn, number),
            Action::DraftChanged => self.draft_changed = Some(Instant::now()),
            Action::Export => {
                if !self.state.conversation.turns.is_empty() {
                    self.dialogs.pick_export(strings.export, EXPORT_NAME, &self.mail);
                }
            }
            Action::TakePath(purpose) => self.take_path(purpose),
            Action::ClearConversation => {
                if let Some(id) = self.state.conversation.working() {
                    self.answers.cancel(id);
                }
                self.state.conversation.clear();
                self.remember_turns();
                self.state.is_unsaved = true;
            }
            Action::Overlay(overlay) => {
                if let Some(Overlay::Path(purpose)) = overlay {
                    self.state.path_field.open(purpose, false);
                }
                self.state.overlay = overlay;
                self.state.models.removing = None;
                self.looked = None;
            }
            Action::Dismiss(at) => {
                if at < self.state.notices.len() {
                    self.state.notices.remove(at);
                }
            }
            other => self.perform_on_models(other, ctx),
        }
    }

    fn perform_on_models(&mut self, action: Action, ctx: &Context) {
        match action {
            Action::Pull(name) => {
                let download = self.state.models.download_mut(&name);
                (download.trouble, download.is_stopped) = (None, false);
                self.models.pull(&name);
            }
            Action::StopPull(name) => self.models.stop(&name),
            Action::Verify(name) => {
                let underway = crate::state::models::Check::Underway;
                self.state.models.set_check(&name, underway);
                self.models.verify(&name);
            }
            Action::AskRemoval(name) => self.state.models.removing = name,
            Action::RemoveModel(name) => {
                self.state.models.removing = None;
                let installed = self.state.models.installed.as_deref().unwrap_or_default();
                let path = installed.iter().find(|i| i.name == name).map(|i| i.path.clone());
                if path.is_some() && self.state.settings.model == path {
                    self.set(ctx, |settings| settings.model = None);
                }
                self.models.remove(&name, self.engine_options());
            }
            Action::UseModel(path) => self.set(ctx, |settings| settings.choose_model(path)),
            Action::SetProfile(profile) => {
                self.set(ctx, |settings| settings.profile = profile.name().to_owned());
            }
            Action::SetAsksAll(asks_all) => self.set(ctx, |settings| settings.asks_all = asks_all),
            Action::SetTheme(theme) => self.set(ctx, |settings| settings.theme = theme),
            Action::SetLanguage(language) => {
                self.set(ctx, |settings| settings.language = language);
            }
            Action::SetZoom(zoom) => self.set(ctx, |settings| settings.zoom = zoom),
            Action::SetThreads(n_threads) => {
                self.set(ctx, |settings| settings.n_threads = n_threads);
            }
            Action::SetGpu(on_gpu) => self.set(ctx, |settings| settings.on_gpu = on_gpu),
            Action::SetBudget(budget) => {
                self.set(ctx, |settings| settings.memory_budget_bytes = budget);
                self.models.list(self.engine_options());
            }
            _ => {}
        }
    }

    /// Changes a setting, shows and saves it, and computes the cost anew.
    fn set(&mut self, ctx: &Context, change: impl FnOnce(&mut Settings)) {
        change(&mut self.state.settings);
        self.show_settings(ctx);
        self.state.is_unsaved = true;
        self.estimate();
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if self.saves_again.is_some() {
            self.save();
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, window: &mut Window) {
        if self.state.device.machine.display.is_empty()
            && let Some(render) = window.wgpu_render_state()
        {
            let adapter = render.adapter.get_info();
            self.state.device.machine.display = format!("{} ({})", adapter.name, adapter.backend);
        }
        self.take_events();
        self.look_ahead(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _window: &mut Window) {
        let ctx = ui.ctx().clone();
        let mut actions = keys::actions(&ctx, &self.state);
        let dropped: Vec<PathBuf> = ctx.input_mut(|input| {
            let dropped = std::mem::take(&mut input.raw.dropped_files);
            dropped.iter().map(|file| file.path().to_owned()).collect()
        });
        if !dropped.is_empty() {
            actions.push(Action::Add(dropped));
        }
        layout(ui, &mut self.state, &mut actions);
        if !actions.is_empty() {
            ctx.request_repaint();
        }
        for action in actions {
            self.perform(action, &ctx);
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

/// The panels in their places.
fn layout(ui: &mut Ui, state: &mut State, actions: &mut Vec<Action>) {
    let colors = palette(ui);
    let width = ui.available_width();
    let plain = Frame::new().fill(colors.chrome);
    let padded = plain.inner_margin(Margin::same(space::LARGE as i8));
    Panel::top("header").frame(plain).exact_size(panels::header::HEIGHT).show(ui, |ui| {
        panels::header::show(ui, state, actions);
    });
    let library = (width * 0.19).clamp(180.0, 280.0);
    Panel::left("library").frame(padded).resizable(false).exact_size(library).show(ui, |ui| {
        let tree = Frame::new().inner_margin(Margin { top: space::MEDIUM as i8, ..Margin::ZERO });
        // Half of the height, but for large text in a small window, where a document stays in view.
        let height = ui.available_height();
        let most = (height * 0.5).min(height - LIBRARY_HEIGHT).max(TREE_HEIGHT);
        Panel::bottom("tree").frame(tree).resizable(false).exact_size(most).show(ui, |ui| {
            panels::tree::show(ui, state, actions);
        });
        panels::library::show(ui, state, actions);
    });
    let conversation = (width * 0.3).clamp(310.0, 440.0);
    Panel::right("conversation")
        .frame(padded)
        .resizable(false)
        .exact_size(conversation)
        .show(ui, |ui| panels::conversation::show(ui, state, actions));
    let page = Frame::new().fill(colors.page).inner_margin(Margin {
        left: space::SECTION as i8,
        right: space::SECTION as i8,
        top: space::MEDIUM as i8,
        bottom: 0,
    });
    CentralPanel::default().frame(page).show(ui, |ui| panels::page::show(ui, state, actions));
    panels::overlay::show(ui, state, actions);
    panels::notices::show(ui, state, actions);
    let is_hovered = ui.input(|input| !input.raw.hovered_files.is_empty());
    if is_hovered {
        panels::notices::drop_hint(ui, state.strings());
    }
}
