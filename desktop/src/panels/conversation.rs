//! The conversation: turns, oldest first, and the field for the next question below.

use egui::{Frame, Label, Layout, Margin, Panel, Rect, RichText, ScrollArea, Ui, Vec2};

use super::controls::{caption, gap, quiet, title};
use crate::message::Action;
use crate::state::State;
use crate::state::documents::Document;
use crate::theme::{self, palette, size, space};

/// Shows the conversation.
pub fn show(ui: &mut Ui, state: &mut State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    ui.horizontal(|ui| {
        title(ui, strings.conversation);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            if state.conversation.turns.is_empty() {
                return;
            }
            if quiet(ui, strings.clear).on_hover_text(strings.clear_help).clicked() {
                actions.push(Action::ClearConversation);
            }
            if quiet(ui, strings.export).on_hover_text(strings.export_help).clicked() {
                actions.push(Action::Export);
            }
        });
    });
    let frame = Frame::new().inner_margin(Margin { top: space::SMALL as i8, ..Margin::ZERO });
    Panel::bottom("composer")
        .frame(frame)
        .show_separator_line(false)
        .resizable(false)
        .show(ui, |ui| super::composer::show(ui, state, actions));
    let area = ScrollArea::vertical().id_salt("turns").auto_shrink([false, false]);
    area.show(ui, |ui| {
        ui.set_width(ui.available_width() - space::HAIR);
        if state.conversation.turns.is_empty() {
            welcome(ui, state, actions);
            return;
        }
        let target = state.conversation.target.take();
        // Turns further away than a view are not laid out; their place is kept.
        let mut is_settled = true;
        let near = ui.clip_rect().expand2(egui::vec2(0.0, ui.clip_rect().height()));
        for turn in &state.conversation.turns {
            let id = ui.scope_id().with(("size of turn", turn.id));
            let width = ui.available_width();
            let size = ui.data(|data| data.get_temp::<Vec2>(id)).filter(|size| size.x == width);
            let is_wanted = turn.is_working() || target == Some(turn.id);
            match size.filter(|_| !is_wanted) {
                Some(size) if !Rect::from_min_size(ui.cursor().min, size).intersects(near) => {
                    ui.allocate_space(size);
                }
                _ => {
                    is_settled &= size.is_some();
                    let show = |ui: &mut Ui| super::answer::show(ui, state, turn, actions);
                    let shown = ui.push_id(turn.id, show).response;
                    let size = egui::vec2(width, shown.rect.height());
                    ui.data_mut(|data| data.insert_temp(id, size));
                    if target == Some(turn.id) {
                        shown.scroll_to_me(Some(egui::Align::TOP));
                    }
                }
            }
            gap(ui, space::SECTION);
        }
        // With turns that were not measured yet at this width, what is below them moves once more.
        if !is_settled && target.is_some() {
            state.conversation.target = target;
            ui.ctx().request_repaint();
        }
        // Room for the last question to stand at the top.
        ui.add_space(ui.clip_rect().height() * 0.6);
    });
}

/// What to do when nothing was asked yet.
fn welcome(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let colors = palette(ui);
    gap(ui, space::SECTION);
    let says = RichText::new(strings.ask_something).font(theme::serif(size::HEADING));
    ui.add(Label::new(says.color(colors.ink)).wrap());
    caption(ui, strings.ask_hint);
    if state.open_document().is_some_and(Document::is_unread) {
        caption(ui, strings.ask_when_read);
        return;
    }
    if state.asked_documents().is_none() {
        caption(ui, strings.trouble_no_document);
        caption(ui, strings.trouble_no_document_next);
        return;
    }
    gap(ui, space::LARGE);
    caption(ui, strings.try_these);
    let is_handbook = state.page.document.as_deref() == Some(crate::app::HANDBOOK);
    let samples: &[&str] = match is_handbook {
        true => &[strings.sample_1, strings.sample_2, strings.sample_3],
        false => &[strings.sample_3],
    };
    for sample in samples {
        let text = RichText::new(*sample).font(theme::serif(size::LEAD)).color(colors.accent);
        let button =
            egui::Button::new(text).wrap().min_size(egui::vec2(ui.available_width(), 36.0));
        if ui.add(button).clicked() {
            actions.push(Action::AskThis((*sample).to_owned()));
        }
    }
}
