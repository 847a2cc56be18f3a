//! The panel with the field for the path of a file.

use egui::{Key, TextEdit, Ui};

use super::controls::{caption, gap, primary, text};
use crate::message::{Action, Purpose};
use crate::state::State;
use crate::theme::space;

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &mut State, purpose: Purpose, actions: &mut Vec<Action>) {
    let strings = state.strings();
    if state.path_field.is_instead {
        text(ui, strings.no_dialog);
    }
    let (hint, take) = match purpose {
        Purpose::Document => (strings.path_of_document, strings.add_document),
        Purpose::Export => (strings.path_of_export, strings.save),
    };
    caption(ui, hint);
    let edit = TextEdit::singleline(&mut state.path_field.text)
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::symmetric(space::SMALL as i8, 6));
    let field = ui.add(edit).accessible_name(strings.path_field);
    if std::mem::take(&mut state.path_field.wants_focus) {
        field.request_focus();
    }
    let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    gap(ui, space::MEDIUM);
    let is_typed = state.path_field.path().is_some();
    let clicked = ui.add_enabled_ui(is_typed, |ui| primary(ui, take).clicked()).inner;
    if is_typed && (clicked || is_entered) {
        actions.push(Action::TakePath(purpose));
    }
}
