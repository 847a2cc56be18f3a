//! The frame of the panels over the others: a title, a way to close, and what is in it.

use egui::{Frame, Id, Label, Layout, Margin, Modal, RichText, ScrollArea, Ui};

use super::controls::quiet;
use crate::message::{Action, Overlay, Purpose};
use crate::state::State;
use crate::theme::{self, palette, size, space};

/// Width of the panels.
const WIDTH: f32 = 690.0;

/// Shows the panel that is open, if one is.
pub fn show(ui: &mut Ui, state: &mut State, actions: &mut Vec<Action>) {
    let Some(overlay) = state.overlay else { return };
    let strings = state.strings();
    let title = match overlay {
        Overlay::Models => strings.models_title,
        Overlay::Device => strings.device_title,
        Overlay::Settings => strings.settings_title,
        Overlay::Keys => strings.keys_title,
        Overlay::Path(Purpose::Document) => strings.path_document_title,
        Overlay::Path(Purpose::Export) => strings.export_title,
    };
    let window = ui.ctx().content_rect();
    let frame = Frame::window(ui.style()).inner_margin(Margin::same(space::SECTION as i8));
    let modal = Modal::new(Id::unique("overlay")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(WIDTH.min(window.width() - 4.0 * space::PAGE));
        let colors = palette(ui);
        ui.horizontal(|ui| {
            let title = RichText::new(title).font(theme::serif_bold(size::HEADING));
            ui.add(Label::new(title.color(colors.ink)).selectable(false));
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                if quiet(ui, strings.close).clicked() {
                    ui.close();
                }
            });
        });
        ui.add_space(space::SMALL);
        let height = window.height() - 6.0 * space::PAGE;
        let area = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        area.auto_shrink([false, true]).show(ui, |ui| {
            ui.set_width(ui.available_width() - space::SMALL);
            ui.spacing_mut().interact_size.y = 22.0;
            match overlay {
                Overlay::Models => super::models::show(ui, state, actions),
                Overlay::Device => super::device::show(ui, state, actions),
                Overlay::Settings => super::settings::show(ui, state, actions),
                Overlay::Keys => super::keys::show(ui, state),
                Overlay::Path(purpose) => super::path::show(ui, state, purpose, actions),
            }
        });
    });
    if modal.should_close() {
        actions.push(Action::Overlay(None));
    }
}
