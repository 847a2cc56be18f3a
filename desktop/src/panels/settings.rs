//! Settings: theme, text size, language, threads, memory budget, and where things lie.

use egui::{Grid, Label, RichText, Slider, Ui};

use super::controls::{caption, choice, gap};
use crate::message::Action;
use crate::state::State;
use crate::state::settings::{ThemeChoice, ZOOM};
use crate::text::{Language, bytes, fill};
use crate::theme::{self, palette, size, space};

/// Height of a row: that of a button.
const ROW: f32 = 31.0;
/// Steps of the memory budget, smallest first.
const BUDGETS: [u64; 6] = [512 << 20, 1 << 30, 2 << 30, 4 << 30, 8 << 30, 16 << 30];

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let settings = &state.settings;
    // Names, sliders and buttons of a row are equally high, so they stand on one line.
    ui.spacing_mut().interact_size.y = ROW;
    Grid::new("settings").num_columns(2).spacing([space::SECTION, space::LARGE]).show(ui, |ui| {
        row(ui, strings.theme, |ui, _| {
            for theme in ThemeChoice::ALL {
                let text = match theme {
                    ThemeChoice::System => strings.theme_system,
                    ThemeChoice::Light => strings.theme_light,
                    ThemeChoice::Dark => strings.theme_dark,
                };
                if choice(ui, settings.theme == theme, text).clicked() {
                    actions.push(Action::SetTheme(theme));
                }
            }
        });
        row(ui, strings.language, |ui, _| {
            for language in Language::ALL {
                if choice(ui, settings.language == language, language.name()).clicked() {
                    actions.push(Action::SetLanguage(language));
                }
            }
        });
        row(ui, strings.text_size, |ui, name| {
            handles(ui);
            let mut zoom = settings.zoom;
            let slider = Slider::new(&mut zoom, ZOOM)
                .step_by(0.1)
                .custom_formatter(|value, _| format!("{:.0} %", value * 100.0));
            // Every frame with another size would move the slider under the pointer.
            let response = ui.add(slider.update_while_editing(false)).labelled_by(name);
            if response.changed() && !response.dragged() || response.drag_stopped() {
                actions.push(Action::SetZoom(zoom));
            }
        });
        row(ui, strings.threads, |ui, name| {
            handles(ui);
            let mut n_threads = settings.n_threads;
            let most = state.device.machine.n_threads.max(1);
            if ui.add(Slider::new(&mut n_threads, 1..=most)).labelled_by(name).changed() {
                actions.push(Action::SetThreads(n_threads));
            }
        });
        row(ui, strings.budget, |ui, _| {
            ui.spacing_mut().item_spacing.x = 2.0;
            ui.spacing_mut().button_padding.x = space::SMALL;
            let is_none = settings.memory_budget_bytes.is_none();
            if choice(ui, is_none, strings.budget_none).clicked() {
                actions.push(Action::SetBudget(None));
            }
            for budget in BUDGETS {
                let is_chosen = settings.memory_budget_bytes == Some(budget);
                if choice(ui, is_chosen, &bytes(budget)).clicked() {
                    actions.push(Action::SetBudget(Some(budget)));
                }
            }
        });
    });
    caption(ui, strings.budget_help);
    gap(ui, space::LARGE);
    caption(ui, fill(strings.data_folder, &[&state.places.data.display()]));
    caption(ui, fill(strings.models_folder, &[&state.places.models.display()]));
}

/// Sliders in the accent's colour.
fn handles(ui: &mut Ui) {
    let accent = palette(ui).accent;
    let visuals = ui.visuals_mut();
    visuals.selection.bg_fill = accent;
    for widget in
        [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active]
    {
        widget.fg_stroke.color = accent;
    }
}

fn row(ui: &mut Ui, name: &str, values: impl FnOnce(&mut Ui, egui::Id)) {
    let soft = palette(ui).soft;
    let text = RichText::new(name).font(theme::bold(size::BODY)).color(soft);
    let label = ui.add(Label::new(text).selectable(false));
    ui.horizontal_wrapped(|ui| {
        ui.set_max_width(520.0);
        values(ui, label.id);
    });
    ui.end_row();
}
