//! The field for the next question: where it goes, what it may cost, and what it would cost.

use std::time::Duration;

use carrel_core::memory::Profile;
use egui::{Id, Key, KeyboardShortcut, Label, Modifiers, RichText, TextEdit, Ui, Vec2};

use super::controls::{choice, primary};
use crate::message::{Action, Overlay};
use crate::state::State;
use crate::state::conversation::Forecast;
use crate::state::documents::file_name;
use crate::text::{Strings, bytes, count, duration, fill};
use crate::theme::{self, palette, size, space};

/// The field, for the key that leads to it.
pub fn field() -> Id {
    Id::unique("question")
}

/// Shows the field and what belongs to it.
pub fn show(ui: &mut Ui, state: &mut State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let is_working = state.conversation.working().is_some();
    ui.spacing_mut().item_spacing.y = 6.0;
    scope(ui, state, actions);
    let can_ask = state.asked_documents().is_some() && !is_working;
    let is_plain_enter = ui.memory(|memory| memory.has_focus(field()))
        && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let edit = TextEdit::multiline(&mut state.conversation.draft)
        .id(field())
        .hint_text(strings.question_hint)
        .font(theme::sans(size::BODY + 1.0))
        .desired_rows(2)
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::same(space::SMALL as i8))
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
    let response = ui.add(edit).accessible_name(strings.question_field);
    if response.changed() {
        actions.push(Action::DraftChanged);
    }
    profiles(ui, state, actions);
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let is_ready = can_ask && !state.conversation.draft.trim().is_empty();
            let clicked = if is_working {
                let clicked = super::controls::plain(ui, strings.cancel).clicked();
                if clicked {
                    actions.push(Action::CancelAnswer);
                }
                false
            } else {
                ui.add_enabled_ui(is_ready, |ui| primary(ui, strings.ask).clicked()).inner
            };
            if is_ready && (clicked || is_plain_enter) {
                actions.push(Action::Ask);
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let cost = cost_line(state, strings);
                let soft = palette(ui).soft;
                let text = RichText::new(cost).font(theme::sans(size::SMALL)).color(soft);
                ui.add(Label::new(text).wrap());
            });
        });
    });
}

/// Which documents are asked, and with which model.
fn scope(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::HAIR;
        ui.spacing_mut().button_padding = Vec2::new(space::SMALL, 2.0);
        ui.spacing_mut().interact_size.y = 24.0;
        for (asks_all, text) in [(false, strings.scope_one), (true, strings.scope_all)] {
            let text = RichText::new(text).font(theme::sans(size::SMALL));
            let button = egui::Button::selectable(state.settings.asks_all == asks_all, text);
            if ui.add(button).clicked() {
                actions.push(Action::SetAsksAll(asks_all));
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let model = match state.settings.pointing_model() {
                Some(path) => fill(strings.with_model, &[&model_name(state, &path)]),
                None => strings.no_model.to_owned(),
            };
            let accent = palette(ui).accent;
            let text = RichText::new(model).font(theme::sans(size::SMALL)).color(accent);
            let button = egui::Button::new(text).frame_when_inactive(false).truncate();
            if ui.add(button).on_hover_text(strings.no_model_hint).clicked() {
                actions.push(Action::Overlay(Some(Overlay::Models)));
            }
        });
    });
}

/// The name for people of the model at `path`.
pub fn model_name(state: &State, path: &std::path::Path) -> String {
    let installed = state.models.installed.as_deref().unwrap_or_default();
    let found = installed.iter().find(|installed| installed.path == path);
    found.map_or_else(|| file_name(&path.display().to_string()), |found| found.title.clone())
}

fn profiles(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::HAIR;
        ui.spacing_mut().button_padding = Vec2::new(space::SMALL, 2.0);
        ui.spacing_mut().interact_size.y = 24.0;
        for profile in Profile::ALL {
            let (text, help) = match profile {
                Profile::Instant => (strings.profile_instant, strings.profile_instant_help),
                Profile::Normal => (strings.profile_normal, strings.profile_normal_help),
                Profile::Deep => (strings.profile_deep, strings.profile_deep_help),
                Profile::Exhaustive => {
                    (strings.profile_exhaustive, strings.profile_exhaustive_help)
                }
            };
            let is_chosen = state.settings.profile() == profile;
            if choice(ui, is_chosen, text).on_hover_text(help).clicked() {
                actions.push(Action::SetProfile(profile));
            }
        }
    });
}

/// What the question would cost, in a line.
fn cost_line(state: &State, strings: &Strings) -> String {
    let conversation = &state.conversation;
    if conversation.draft.trim().is_empty() {
        return strings.estimate_none.to_owned();
    }
    match &conversation.forecast {
        Some(forecast) => forecast_line(forecast, strings),
        None if conversation.is_estimating => strings.estimating.to_owned(),
        None => strings.estimate_none.to_owned(),
    }
}

fn forecast_line(forecast: &Forecast, strings: &Strings) -> String {
    let estimate = &forecast.estimate;
    if !forecast.has_model {
        let passages = count(estimate.passages.into());
        return fill(strings.estimate_code, &[&passages, &bytes(estimate.peak_bytes)]);
    }
    let time = match estimate.seconds {
        Some(seconds) => duration(Duration::from_secs_f64(seconds.clamp(0.0, 1e8)), strings),
        None => strings.estimate_unknown_speed.to_owned(),
    };
    let tokens = count(estimate.prompt_tokens + estimate.output_tokens);
    let memory = bytes(estimate.peak_bytes);
    fill(strings.estimate_model, &[&estimate.windows, &tokens, &time, &memory])
}
