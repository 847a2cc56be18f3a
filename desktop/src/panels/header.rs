//! The bar at the top: the name, and the panels over the others.

use egui::{Button, Label, Pos2, Rect, RichText, Sense, Stroke, Ui, Vec2};

use crate::message::{Action, Overlay};
use crate::state::State;
use crate::theme::{self, palette, size, space};

/// Height of the bar.
pub const HEIGHT: f32 = 48.0;

/// Shows the bar.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let colors = palette(ui);
    ui.horizontal_centered(|ui| {
        ui.add_space(space::LARGE);
        mark(ui);
        let name = RichText::new("Carrel").font(theme::serif_bold(size::HEADING)).color(colors.ink);
        ui.add(Label::new(name).selectable(false));
        let tagline = RichText::new(strings.tagline).font(theme::sans(size::SMALL));
        ui.add(Label::new(tagline.color(colors.soft)).selectable(false));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.add_space(space::LARGE);
            for (overlay, text) in [
                (Overlay::Keys, strings.keys),
                (Overlay::Settings, strings.settings),
                (Overlay::Device, strings.device),
                (Overlay::Models, strings.models),
            ] {
                let is_open = state.overlay == Some(overlay);
                let button = Button::selectable(is_open, text);
                if ui.add(button).clicked() {
                    actions.push(Action::Overlay((!is_open).then_some(overlay)));
                }
            }
        });
    });
}

/// The mark: a desk with a book on it, seen from the front.
fn mark(ui: &mut Ui) {
    let colors = palette(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::new(26.0, 22.0), Sense::hover());
    let painter = ui.painter();
    let at = |x: f32, y: f32| Pos2::new(rect.left() + x, rect.top() + y);
    let stroke = Stroke::new(2.0, colors.accent);
    for [from, to] in [
        [at(1.0, 2.0), at(1.0, 21.0)],
        [at(25.0, 2.0), at(25.0, 21.0)],
        [at(1.0, 16.0), at(25.0, 16.0)],
        [at(1.0, 2.0), at(25.0, 2.0)],
    ] {
        painter.line_segment([from, to], stroke);
    }
    let page = |left: f32| Rect::from_min_max(at(left, 7.0), at(left + 6.0, 14.0));
    painter.rect_filled(page(6.5), 1.0, colors.mark);
    painter.rect_filled(page(13.5), 1.0, colors.mark);
}
