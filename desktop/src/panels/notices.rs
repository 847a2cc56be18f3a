//! What people have to be told: over the other panels, at the bottom, until it is dismissed.

use egui::{Align2, Area, Frame, Id, Label, Margin, Order, RichText, Stroke, Ui};

use super::controls::{quiet, text};
use crate::message::Action;
use crate::state::{Notice, State};
use crate::text::{Strings, fill};
use crate::theme::{self, palette, size, space};

/// Width of a notice.
const WIDTH: f32 = 440.0;

/// Shows the notices.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let colors = palette(ui);
    let mut bottom = -space::LARGE;
    for (at, notice) in state.notices.iter().enumerate() {
        let edge = match notice {
            Notice::Trouble(_) => colors.danger,
            Notice::Exported(_) => colors.accent,
        };
        let area = Area::new(Id::unique(("notice", at)))
            .order(Order::Foreground)
            .anchor(Align2::CENTER_BOTTOM, egui::vec2(0.0, bottom));
        let shown = area.show(ui.ctx(), |ui| {
            let frame = Frame::popup(ui.style())
                .stroke(Stroke::new(1.5, edge))
                .inner_margin(Margin::same(space::LARGE as i8));
            frame.show(ui, |ui| {
                ui.set_width(WIDTH);
                match notice {
                    Notice::Trouble(trouble) => {
                        let says = RichText::new(trouble.sentence(strings));
                        let says = says.font(theme::bold(size::BODY)).color(colors.danger);
                        ui.add(Label::new(says).wrap());
                        text(ui, trouble.next_step(strings));
                        ui.collapsing(strings.details, |ui| {
                            super::controls::caption(ui, &trouble.detail);
                        });
                    }
                    Notice::Exported(path) => {
                        text(ui, fill(strings.exported, &[&path.display()]));
                    }
                }
                if quiet(ui, strings.dismiss).clicked() {
                    actions.push(Action::Dismiss(at));
                }
            });
        });
        bottom -= shown.response.rect.height() + space::SMALL;
    }
}

/// What happens when the files over the window are dropped.
pub fn drop_hint(ui: &Ui, strings: &Strings) {
    let colors = palette(ui);
    let layer = egui::LayerId::new(Order::Foreground, Id::unique("drop"));
    let painter = ui.ctx().layer_painter(layer);
    let window = ui.ctx().content_rect();
    painter.rect_filled(window, 0.0, colors.accent_wash.gamma_multiply(0.92));
    let frame = window.shrink(space::LARGE);
    painter.rect_stroke(frame, 12.0, Stroke::new(2.0, colors.accent), egui::StrokeKind::Inside);
    let font = theme::serif(size::TITLE);
    let centre = window.center();
    painter.text(centre, Align2::CENTER_CENTER, strings.drop_here, font, colors.accent);
    let below = centre + egui::vec2(0.0, space::PAGE);
    let font = theme::sans(size::BODY);
    painter.text(below, Align2::CENTER_CENTER, strings.formats, font, colors.soft);
}
