//! Models: those that are here, those to have with the memory that they need, and downloads.

use carrel_models::catalog::CatalogEntry;
use egui::{Key, Label, Layout, RichText, Stroke, TextEdit, Ui};

use super::controls::{bar, caption, card, gap, plain, primary, quiet, subtitle, text};
use crate::message::Action;
use crate::state::State;
use crate::state::models::{CONTEXT, Check, Download, Fits, Installed, fits};
use crate::text::{Strings, bytes, fill};
use crate::theme::{self, palette, size, space};

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &mut State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    caption(ui, strings.models_intro);
    let memory = state.device.machine.memory_bytes;
    caption(ui, fill(strings.machine_memory, &[&bytes(memory)]));
    gap(ui, space::LARGE);
    subtitle(ui, strings.installed);
    let installed = state.models.installed.clone().unwrap_or_default();
    for model in &installed {
        ui.push_id(("installed", &model.name), |ui| here(ui, state, model, actions));
    }
    gap(ui, space::LARGE);
    subtitle(ui, strings.recommended);
    for entry in state.models.to_have() {
        ui.push_id(("to have", &entry.name), |ui| to_have(ui, state, entry, actions));
    }
    gap(ui, space::LARGE);
    other(ui, state, actions);
}

fn name_line(ui: &mut Ui, title: &str, detail: &str) {
    let colors = palette(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.horizontal_wrapped(|ui| {
        let title = RichText::new(title).font(theme::bold(size::BODY)).color(colors.ink);
        ui.add(Label::new(title));
        caption(ui, detail);
    });
}

/// The memory that a model needs, weighed against the machine. `says` tells how exactly it is known.
fn need_line(ui: &mut Ui, says: &str, need: u64, state: &State) {
    let strings = state.strings();
    let colors = palette(ui);
    let (word, color) = match fits(need, state.device.machine.memory_bytes) {
        Fits::Well => (strings.fits, colors.accent),
        Fits::Tightly => (strings.tight, colors.soft),
        Fits::Not => (strings.too_large, colors.danger),
    };
    ui.horizontal_wrapped(|ui| {
        caption(ui, fill(says, &[&bytes(need)]));
        ui.label(RichText::new(word).font(theme::bold(size::SMALL)).color(color));
    });
}

fn here(ui: &mut Ui, state: &State, model: &Installed, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let colors = palette(ui);
    let is_used = state.settings.pointing_model().as_ref() == Some(&model.path);
    let frame = if is_used { card(ui).stroke(Stroke::new(1.5, colors.accent)) } else { card(ui) };
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let length = bytes(model.bytes);
        name_line(
            ui,
            &model.title,
            &match model.is_built_in {
                true => fill(strings.built_in, &[&length]),
                false => length,
            },
        );
        match &model.need_bytes {
            Ok(need) => need_line(ui, strings.memory_need, *need, state),
            Err(trouble) => {
                let says = RichText::new(trouble.sentence(strings)).color(colors.danger);
                ui.add(Label::new(says).wrap()).on_hover_text(&trouble.detail);
                caption(ui, trouble.next_step(strings));
            }
        }
        let loaded = state.device.loaded.as_ref().filter(|loaded| loaded.path == model.path);
        if let Some(reading) = loaded.map(|loaded| loaded.reading).or(model.reading) {
            caption(ui, super::device::reading(reading, strings));
        }
        if let Some(check) = state.models.check(&model.name) {
            let (says, color) = match check {
                Check::Underway => (strings.verifying, colors.soft),
                Check::Whole => (strings.verified_whole, colors.accent),
                Check::Damaged => (strings.verified_damaged, colors.danger),
                Check::Unknown => (strings.verified_unknown, colors.soft),
            };
            ui.label(RichText::new(says).font(theme::sans(size::SMALL)).color(color));
        }
        gap(ui, space::SMALL);
        ui.horizontal(|ui| {
            let name = fill(strings.use_model_named, &[&model.title]);
            if is_used {
                if plain(ui, strings.stop_using).clicked() {
                    actions.push(Action::UseModel(None));
                }
                caption(ui, strings.in_use);
            } else if model.need_bytes.is_ok()
                && primary(ui, strings.use_model).accessible_name(name).clicked()
            {
                actions.push(Action::UseModel(Some(model.path.clone())));
            }
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                if model.is_built_in {
                    return;
                }
                removal(ui, model, state, actions);
                let name = fill(strings.verify_named, &[&model.title]);
                if quiet(ui, strings.verify).accessible_name(name).clicked() {
                    actions.push(Action::Verify(model.name.clone()));
                }
            });
        });
    });
}

/// Removing is asked back once.
fn removal(ui: &mut Ui, model: &Installed, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let name = fill(strings.remove_named, &[&model.title]);
    if state.models.removing.as_deref() == Some(model.name.as_str()) {
        if quiet(ui, strings.cancel).clicked() {
            actions.push(Action::AskRemoval(None));
        }
        if plain(ui, strings.remove).accessible_name(name).clicked() {
            actions.push(Action::RemoveModel(model.name.clone()));
        }
        caption(ui, strings.remove_sure);
    } else if quiet(ui, strings.remove).accessible_name(name).clicked() {
        actions.push(Action::AskRemoval(Some(model.name.clone())));
    }
}

fn to_have(ui: &mut Ui, state: &State, entry: &CatalogEntry, actions: &mut Vec<Action>) {
    let strings = state.strings();
    card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        let length = entry.bytes.map(bytes).unwrap_or_default();
        let download = state.models.download(&entry.name);
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                start_or_stop(ui, &entry.name, &entry.title, download, strings, actions);
                ui.with_layout(Layout::top_down(egui::Align::Min), |ui| {
                    name_line(ui, &entry.title, &format!("{} · {length}", entry.weight_type));
                    if let Some(need) = entry.memory_bytes(CONTEXT) {
                        need_line(ui, strings.memory_about, need, state);
                    }
                    caption(ui, fill(strings.licence, &[&entry.licence]));
                });
            });
        });
        if let Some(download) = download {
            progress(ui, download, strings);
        }
    });
}

fn start_or_stop(
    ui: &mut Ui,
    name: &str,
    title: &str,
    download: Option<&Download>,
    strings: &Strings,
    actions: &mut Vec<Action>,
) {
    if download.is_some_and(Download::is_underway) {
        if plain(ui, strings.stop).clicked() {
            actions.push(Action::StopPull(name.to_owned()));
        }
        return;
    }
    let text = if download.is_some() { strings.pull_resume } else { strings.pull };
    let spoken = fill(strings.pull_named, &[&title]);
    if plain(ui, text).accessible_name(spoken).clicked() {
        actions.push(Action::Pull(name.to_owned()));
    }
}

/// How far a download is, or why it stopped.
fn progress(ui: &mut Ui, download: &Download, strings: &Strings) {
    let colors = palette(ui);
    if let Some(total) = download.total_bytes {
        bar(ui, download.done_bytes as f32 / total.max(1) as f32, &download.name);
    }
    let done = bytes(download.done_bytes);
    if let Some(trouble) = &download.trouble {
        let says = RichText::new(trouble.sentence(strings)).color(colors.danger);
        ui.add(Label::new(says.font(theme::sans(size::BODY))).wrap())
            .on_hover_text(&trouble.detail);
        text(ui, trouble.next_step(strings));
    }
    let line = match (download.is_underway(), download.total_bytes) {
        (true, Some(total)) => fill(strings.pull_progress, &[&done, &bytes(total)]),
        (true, None) => strings.pull_connecting.to_owned(),
        (false, _) => fill(strings.pull_part, &[&done]),
    };
    caption(ui, line);
}

/// Any other model, by its name on the server.
fn other(ui: &mut Ui, state: &mut State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    subtitle(ui, strings.other_model);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            let name = state.models.other.trim().to_owned();
            let spoken = fill(strings.pull_named, &[&strings.other_model]);
            let can_pull = !name.is_empty();
            let button = ui.add_enabled_ui(can_pull, |ui| plain(ui, strings.pull)).inner;
            let clicked = button.accessible_name(spoken).clicked();
            let edit = TextEdit::singleline(&mut state.models.other)
                .hint_text(strings.other_model_hint)
                .desired_width(f32::INFINITY)
                .margin(egui::Margin::symmetric(space::SMALL as i8, 6));
            let field = ui.add(edit).accessible_name(strings.other_model);
            let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if can_pull && (clicked || is_entered) {
                actions.push(Action::Pull(name));
            }
        });
    });
    let is_listed = |download: &&Download| carrel_models::catalog::find(&download.name).is_none();
    for download in state.models.downloads.iter().filter(is_listed) {
        card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                    let name = &download.name;
                    start_or_stop(ui, name, name, Some(download), strings, actions);
                    ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
                        name_line(ui, name, "");
                    });
                });
            });
            progress(ui, download, strings);
        });
    }
}
