//! The keys that work everywhere in the window.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use crate::message::{Action, Overlay, Purpose};
use crate::state::State;
use crate::state::settings::{ThemeChoice, ZOOM};

/// Add a document.
pub const ADD: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::O);
/// Add a document by its path.
pub const ADD_BY_PATH: KeyboardShortcut =
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::O);
/// Go to the question.
pub const QUESTION: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::L);
/// Go to the page.
pub const PAGE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::R);
/// Open the next document.
pub const NEXT_DOCUMENT: KeyboardShortcut =
    KeyboardShortcut::new(Modifiers::COMMAND, Key::PageDown);
/// Open the document before.
pub const PREVIOUS_DOCUMENT: KeyboardShortcut =
    KeyboardShortcut::new(Modifiers::COMMAND, Key::PageUp);
/// Pause reading or go on.
pub const PAUSE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::P);
/// Show the models.
pub const MODELS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::M);
/// Show the device.
pub const DEVICE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::D);
/// Show the settings.
pub const SETTINGS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma);
/// Show the keys.
pub const KEYS: KeyboardShortcut = KeyboardShortcut::new(Modifiers::NONE, Key::F1);
/// Export the conversation.
pub const EXPORT: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::E);
/// Export the conversation to a path.
pub const EXPORT_TO_PATH: KeyboardShortcut =
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::E);
/// Light or dark.
pub const THEME: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::T);

/// The key of a quote of the shown answer.
pub const fn quote(digit: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, digit)
}

const DIGITS: [Key; 9] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// What the keys that were pressed ask for.
pub fn actions(ctx: &Context, state: &State) -> Vec<Action> {
    let mut actions = Vec::new();
    let pressed =
        |shortcut: &KeyboardShortcut| ctx.input_mut(|input| input.consume_shortcut(shortcut));
    let toggled = |overlay| Action::Overlay((state.overlay != Some(overlay)).then_some(overlay));
    let export_to_path = match state.conversation.turns.is_empty() {
        true => Action::Export,
        false => toggled(Overlay::Path(Purpose::Export)),
    };
    // Those with more modifiers first: the others do not mind a shift key that is held as well.
    let simple = [
        (&ADD_BY_PATH, toggled(Overlay::Path(Purpose::Document))),
        (&EXPORT_TO_PATH, export_to_path),
        (&ADD, Action::PickDocuments),
        (&NEXT_DOCUMENT, Action::OpenNext(true)),
        (&PREVIOUS_DOCUMENT, Action::OpenNext(false)),
        (&PAUSE, Action::SetPaused(!state.is_paused)),
        (&EXPORT, Action::Export),
        (&MODELS, toggled(Overlay::Models)),
        (&DEVICE, toggled(Overlay::Device)),
        (&SETTINGS, toggled(Overlay::Settings)),
        (&KEYS, toggled(Overlay::Keys)),
    ];
    for (shortcut, action) in simple {
        if pressed(shortcut) {
            actions.push(action);
        }
    }
    if pressed(&THEME) {
        let is_dark = ctx.theme() == egui::Theme::Dark;
        actions.push(Action::SetTheme(if is_dark {
            ThemeChoice::Light
        } else {
            ThemeChoice::Dark
        }));
    }
    for (number, digit) in DIGITS.into_iter().enumerate() {
        if pressed(&quote(digit))
            && let Some(turn) = state.conversation.shown_turn()
            && number < turn.quotes.len()
        {
            actions.push(Action::Show(turn.id, Some(number)));
        }
    }
    let zoom = state.settings.zoom;
    let steps = [
        (Key::Plus, zoom + 0.1),
        (Key::Equals, zoom + 0.1),
        (Key::Minus, zoom - 0.1),
        (Key::Num0, 1.0),
    ];
    for (key, zoom) in steps {
        if pressed(&KeyboardShortcut::new(Modifiers::COMMAND, key)) {
            actions.push(Action::SetZoom(zoom.clamp(*ZOOM.start(), *ZOOM.end())));
        }
    }
    if pressed(&QUESTION) {
        ctx.memory_mut(|memory| memory.request_focus(crate::panels::composer::field()));
    }
    if pressed(&PAGE) {
        ctx.memory_mut(|memory| memory.request_focus(egui::Id::unique("page")));
    }
    let is_answering = state.conversation.working().is_some() && state.overlay.is_none();
    if is_answering && pressed(&KeyboardShortcut::new(Modifiers::NONE, Key::Escape)) {
        actions.push(Action::CancelAnswer);
    }
    actions
}
