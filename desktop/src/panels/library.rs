//! The library: documents, those on their way, and how to add one.

use egui::{
    Align, Button, CornerRadius, Frame, Label, Layout, Margin, RichText, ScrollArea, Stroke, Ui,
};
use std::time::Instant;

use super::controls::{bar, caption, caption_line, gap, primary, quiet, title};
use crate::message::{Action, Overlay, Purpose};
use crate::state::State;
use crate::state::documents::{Document, Stage, Underway};
use crate::text::{Strings, bytes, count, duration, fill, percent};
use crate::theme::{self, RADIUS, palette, size, space};

/// Shows the library.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    title(ui, strings.library);
    let add = ui.scope(|ui| {
        ui.set_width(ui.available_width());
        ui.with_layout(Layout::top_down_justified(Align::Center), |ui| {
            primary(ui, strings.add_document)
        })
        .inner
    });
    if add.inner.clicked() {
        actions.push(Action::PickDocuments);
    }
    caption(ui, strings.add_hint);
    if quiet(ui, strings.add_by_path).clicked() {
        actions.push(Action::Overlay(Some(Overlay::Path(Purpose::Document))));
    }
    gap(ui, space::SMALL);
    ScrollArea::vertical().id_salt("documents").auto_shrink([false, false]).show(ui, |ui| {
        if state.documents.is_empty() {
            caption(ui, strings.library_empty);
            caption(ui, strings.formats);
        }
        ui.spacing_mut().item_spacing.y = space::HAIR;
        for document in &state.documents {
            ui.push_id(&document.name, |ui| row(ui, state, document, actions));
        }
    });
}

fn row(ui: &mut Ui, state: &State, document: &Document, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let colors = palette(ui);
    let is_open = state.page.document.as_deref() == Some(document.name.as_str());
    let fill_color = if is_open { colors.accent_wash } else { colors.chrome };
    let frame = Frame::new()
        .fill(fill_color)
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(space::SMALL as i8, 6));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            let remove = fill(strings.remove_document, &[&document.title]);
            if !document.is_unread() {
                ui.spacing_mut().button_padding = egui::vec2(5.0, 0.0);
                ui.spacing_mut().interact_size.y = 20.0;
                let cross = RichText::new("×").font(theme::sans(size::LEAD)).color(colors.soft);
                let button = ui.add(Button::new(cross).frame_when_inactive(false));
                if button.on_hover_text(&remove).accessible_name(&remove).clicked() {
                    actions.push(Action::Remove(document.name.clone()));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                let font = if is_open { theme::bold(size::BODY) } else { theme::sans(size::BODY) };
                let name = RichText::new(&document.title).font(font).color(colors.ink);
                ui.spacing_mut().button_padding = egui::vec2(0.0, 1.0);
                ui.spacing_mut().interact_size.y = 20.0;
                ui.visuals_mut().widgets.hovered.weak_bg_fill = fill_color;
                ui.visuals_mut().widgets.hovered.bg_stroke = Stroke::NONE;
                let button = Button::new(name).frame_when_inactive(false).truncate();
                let button = ui.add(button);
                let open = fill(strings.open_document, &[&document.title]);
                if button.on_hover_text(&document.name).accessible_name(open).clicked() {
                    actions.push(Action::Open(document.name.clone()));
                }
            });
        });
        match &document.stage {
            Stage::Ready(shape) => {
                let words = fill(strings.n_words, &[&count(shape.n_words)]);
                caption(ui, format!("{} · {words}", shape.format));
            }
            Stage::Waiting => waiting(ui, document, strings, actions),
            Stage::Reading(underway) => reading(ui, document, underway, strings, actions),
            Stage::Failed(trouble) => {
                let text = RichText::new(trouble.sentence(strings)).font(theme::sans(size::SMALL));
                ui.add(Label::new(text.color(colors.danger)).wrap()).on_hover_text(&trouble.detail);
                caption(ui, trouble.next_step(strings));
                let again = quiet(ui, strings.try_again);
                if again.clicked() {
                    actions.push(Action::Retry(document.name.clone()));
                }
            }
        }
    });
}

fn waiting(ui: &mut Ui, document: &Document, strings: &Strings, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        caption(ui, strings.waiting);
        let stop = fill(strings.stop_reading, &[&document.title]);
        if quiet(ui, strings.stop).accessible_name(stop).clicked() {
            actions.push(Action::StopReading(document.name.clone()));
        }
    });
}

fn reading(
    ui: &mut Ui,
    document: &Document,
    underway: &Underway,
    strings: &Strings,
    actions: &mut Vec<Action>,
) {
    bar(ui, underway.share(), &document.title);
    caption_line(ui, summary(underway, strings));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::HAIR;
        let (text, name) = match underway.is_paused {
            true => (strings.resume, strings.resume_reading),
            false => (strings.pause, strings.pause_reading),
        };
        if quiet(ui, text).accessible_name(fill(name, &[&document.title])).clicked() {
            actions.push(Action::SetPaused(!underway.is_paused));
        }
        let stop = fill(strings.stop_reading, &[&document.title]);
        if quiet(ui, strings.stop).accessible_name(stop).clicked() {
            actions.push(Action::StopReading(document.name.clone()));
        }
    });
}

/// How far a reading is, in a line.
fn summary(underway: &Underway, strings: &Strings) -> String {
    if underway.is_paused {
        return format!("{} · {}", strings.paused, percent(underway.share()));
    }
    let Some(progress) = underway.progress else { return strings.opening.to_owned() };
    match underway.time_left(Instant::now()) {
        Some(left) => {
            let left = fill(strings.time_left, &[&duration(left, strings)]);
            format!("{} · {left}", percent(underway.share()))
        }
        None => fill(strings.read_so_far, &[&bytes(progress.text_bytes)]),
    }
}
