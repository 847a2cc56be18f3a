//! The keys, as a table.

use egui::{Grid, Key, KeyboardShortcut, Modifiers, RichText, Ui};

use super::controls::text;
use crate::keys;
use crate::state::State;
use crate::theme::{self, palette, size, space};

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State) {
    let strings = state.strings();
    let one = |shortcut: &KeyboardShortcut| ui_text(ui, shortcut);
    let pair = |first: &KeyboardShortcut, second: &KeyboardShortcut| {
        format!("{}   {}", one(first), one(second))
    };
    let plain = |key| KeyboardShortcut::new(Modifiers::NONE, key);
    let command = |key| KeyboardShortcut::new(Modifiers::COMMAND, key);
    let rows = [
        (one(&keys::ADD), strings.key_add),
        (one(&keys::ADD_BY_PATH), strings.key_add_path),
        (one(&keys::QUESTION), strings.key_ask),
        (one(&keys::PAGE), strings.key_page),
        (
            format!("{}   Space", pair(&plain(Key::PageDown), &plain(Key::PageUp))),
            strings.key_scroll,
        ),
        (pair(&plain(Key::Home), &plain(Key::End)), strings.key_ends),
        (format!("{} … 9", one(&keys::quote(Key::Num1))), strings.key_citation),
        (pair(&keys::NEXT_DOCUMENT, &keys::PREVIOUS_DOCUMENT), strings.key_documents),
        (one(&keys::PAUSE), strings.key_pause),
        (one(&keys::MODELS), strings.models),
        (one(&keys::DEVICE), strings.device),
        (one(&keys::SETTINGS), strings.settings),
        (one(&keys::EXPORT), strings.export_help),
        (one(&keys::EXPORT_TO_PATH), strings.key_export_path),
        (one(&keys::THEME), strings.key_theme),
        (
            format!(
                "{}   {}",
                pair(&command(Key::Plus), &command(Key::Minus)),
                one(&command(Key::Num0))
            ),
            strings.key_zoom,
        ),
        (
            pair(&plain(Key::Tab), &KeyboardShortcut::new(Modifiers::SHIFT, Key::Tab)),
            strings.key_move,
        ),
        (one(&plain(Key::Escape)), strings.key_escape),
    ];
    let colors = palette(ui);
    Grid::new("keys").num_columns(2).spacing([space::SECTION, space::SMALL]).show(ui, |ui| {
        for (key, meaning) in rows {
            ui.label(RichText::new(key).font(theme::mono(size::BODY)).color(colors.accent));
            text(ui, meaning);
            ui.end_row();
        }
    });
}

fn ui_text(ui: &Ui, shortcut: &KeyboardShortcut) -> String {
    ui.ctx().format_shortcut(shortcut)
}
