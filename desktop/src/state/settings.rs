//! What people set, kept in `settings.json`.

use std::path::PathBuf;

use carrel_core::engine::unchosen_model;
use carrel_core::memory::Profile;
use serde::{Deserialize, Serialize};

use crate::text::Language;

/// Smallest and largest text size, as a factor.
pub const ZOOM: std::ops::RangeInclusive<f32> = 0.8..=1.8;

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl ThemeChoice {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// For egui.
    pub fn preference(self) -> egui::ThemePreference {
        match self {
            Self::System => egui::ThemePreference::System,
            Self::Light => egui::ThemePreference::Light,
            Self::Dark => egui::ThemePreference::Dark,
        }
    }
}

/// The settings. Whatever is missing in the file has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Theme.
    pub theme: ThemeChoice,
    /// Text size, as a factor.
    pub zoom: f32,
    /// Language of the interface.
    pub language: Language,
    /// Threads that compute.
    pub n_threads: usize,
    /// Memory that a model may take.
    pub memory_budget_bytes: Option<u64>,
    /// Whether the GPU is to compute, where it computes the same as the processor.
    pub on_gpu: bool,
    /// Name of the profile.
    pub profile: String,
    /// Whether questions go to the whole library.
    pub asks_all: bool,
    /// The model that was chosen to point.
    pub model: Option<PathBuf>,
    /// Whether code is to answer alone, also where a model that nobody chose would point.
    pub no_model: bool,
    /// The document that is open.
    pub open_document: Option<String>,
    /// Documents that were to be read when the app was closed.
    pub unread: Vec<PathBuf>,
    /// The version whose handbook was put into the library; who removes it is not given it again.
    pub handbook: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            zoom: 1.0,
            language: Language::of_system(),
            n_threads: carrel_core::engine::EngineOptions::default().n_threads,
            memory_budget_bytes: None,
            on_gpu: false,
            profile: Profile::default().name().to_owned(),
            asks_all: false,
            model: None,
            no_model: false,
            open_document: None,
            unread: Vec::new(),
            handbook: None,
        }
    }
}

impl Settings {
    /// The profile.
    pub fn profile(&self) -> Profile {
        Profile::named(&self.profile).unwrap_or_default()
    }

    /// The model that points: the one that was chosen, or else the one that reads unchosen.
    pub fn pointing_model(&self) -> Option<PathBuf> {
        let unchosen = || (!self.no_model).then(unchosen_model).flatten();
        self.model.clone().or_else(unchosen)
    }

    /// Chooses a model, or none.
    pub fn choose_model(&mut self, path: Option<PathBuf>) {
        (self.no_model, self.model) = (path.is_none(), path);
    }

    /// Settings from a file's bytes; what cannot be used there has its default.
    pub fn read(bytes: &[u8], most_threads: usize) -> Self {
        let mut settings: Self = serde_json::from_slice(bytes).unwrap_or_default();
        if !settings.zoom.is_finite() {
            settings.zoom = 1.0;
        }
        settings.zoom = settings.zoom.clamp(*ZOOM.start(), *ZOOM.end());
        settings.n_threads = settings.n_threads.clamp(1, most_threads.max(1));
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_model_was_chosen_the_rule_of_all_programs_decides() {
        let mut settings = Settings::read(b"", 4);
        assert_eq!(settings.pointing_model(), unchosen_model());
        settings.choose_model(None);
        assert_eq!(settings.pointing_model(), None);
        settings.choose_model(Some("a.gguf".into()));
        assert_eq!(settings.pointing_model(), Some("a.gguf".into()));
    }

    #[test]
    fn damaged_settings_fall_back() {
        assert_eq!(Settings::read(b"{", 4).zoom, 1.0);
        let read = Settings::read(br#"{"zoom": 99.0, "n_threads": 400, "profile": "deep"}"#, 4);
        assert_eq!((read.zoom, read.n_threads, read.profile()), (1.8, 4, Profile::Deep));
        let kept = Settings { asks_all: true, ..Settings::default() };
        let bytes = serde_json::to_vec(&kept).unwrap();
        assert_eq!(Settings::read(&bytes, usize::MAX), kept);
    }
}
