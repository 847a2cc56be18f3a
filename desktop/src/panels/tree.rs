//! The summary tree: its picture, which grows while a document is read, and the sentences at its
//! root.
//!
//! A row for each level, the root on top; a node is as wide as the part that it stands for. With the
//! focus on the tree, arrow keys move from node to node, and the return key goes there.

use egui::{
    Button, EventFilter, Key, Pos2, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2,
};

use super::controls::{caption, gap, subtitle};
use crate::message::Action;
use crate::state::State;
use crate::state::documents::Stage;
use crate::state::outline::{Node, Outline};
use crate::text::fill;
use crate::theme::{self, palette, size, space};

/// Height of a row of nodes, and of the space between rows.
const ROW: f32 = 11.0;
const BETWEEN: f32 = 5.0;
/// Least height of the sentences below, which scroll.
const LEAST: f32 = 36.0;
/// Nodes that are narrower cannot be told apart.
const NARROW: f32 = 4.0;

/// Shows the tree of the open document.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    subtitle(ui, strings.tree);
    let Some(document) = state.open_document() else {
        caption(ui, strings.tree_empty);
        return;
    };
    match &document.stage {
        Stage::Reading(underway) => {
            growing(ui, &underway.levels(), state);
            caption(ui, strings.tree_growing);
        }
        Stage::Ready(_) => {
            if let Some(outline) = state.outlines.get(&document.name) {
                whole(ui, outline, state, actions);
                sentences(ui, outline, state, actions);
            }
        }
        Stage::Waiting => {
            caption(ui, strings.tree_growing);
        }
        Stage::Failed(_) => {
            caption(ui, strings.tree_empty);
        }
    }
}

/// A place for so many rows.
fn place(ui: &mut Ui, n_rows: usize, sense: Sense) -> egui::Response {
    let height = n_rows.max(1) as f32 * (ROW + BETWEEN) - BETWEEN;
    ui.allocate_exact_size(Vec2::new(ui.available_width(), height), sense).1
}

fn row(area: Rect, at: usize) -> Rect {
    let top = area.top() + at as f32 * (ROW + BETWEEN);
    Rect::from_min_size(Pos2::new(area.left(), top), Vec2::new(area.width(), ROW))
}

fn growing(ui: &mut Ui, levels: &[(usize, usize)], state: &State) {
    let colors = palette(ui);
    let n_parts = levels.first().map_or(0, |(done, _)| *done);
    let response = place(ui, levels.len(), Sense::hover());
    let name = fill(state.strings().tree_help, &[&levels.len(), &n_parts]);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    let painter = ui.painter();
    for (at, (done, expected)) in levels.iter().rev().enumerate() {
        let row = row(response.rect, at);
        let width = row.width() / (*expected).max(1) as f32;
        let line = Stroke::new(1.0, colors.faint);
        if width < NARROW {
            // Nodes that could not be told apart are one bar.
            painter.rect_stroke(row, 2.0, line, StrokeKind::Inside);
            let read = Rect::from_min_size(row.min, Vec2::new(*done as f32 * width, ROW));
            painter.rect_filled(read, 2.0, colors.accent);
            continue;
        }
        for node in 0..*expected {
            let cell = cell(row, node as f32 * width, width);
            if node < *done {
                painter.rect_filled(cell, 2.0, colors.accent);
            } else {
                painter.rect_stroke(cell, 2.0, line, StrokeKind::Inside);
            }
        }
    }
}

/// The rectangle of a node that begins `start` points into its row.
fn cell(row: Rect, start: f32, width: f32) -> Rect {
    let between = if width >= 5.0 { 1.0 } else { 0.0 };
    let left = row.left() + start;
    Rect::from_min_max(
        Pos2::new(left + between / 2.0, row.top()),
        Pos2::new(left + (width - between / 2.0).max(1.0), row.bottom()),
    )
}

fn whole(ui: &mut Ui, outline: &Outline, state: &State, actions: &mut Vec<Action>) {
    let colors = palette(ui);
    let n_parts = outline.levels.last().map_or(0, Vec::len);
    let response = place(ui, outline.levels.len(), Sense::click());
    let chosen = chosen(ui, &response, outline);
    let sentence = |node: &Node| node.sentences.first().map(|first| first.text.clone());
    let said = chosen.and_then(|(level, at)| sentence(&outline.levels[level][at]));
    let name = fill(state.strings().tree_help, &[&outline.levels.len(), &n_parts]);
    let name = said.map_or(name.clone(), |said| format!("{name}: {said}"));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    let total = state.page.n_chars().max(1) as f32;
    let visible = state.page.visible;
    let mut under: Option<&Node> = None;
    for (at, level) in outline.levels.iter().enumerate() {
        let row = row(response.rect, at);
        let n_nodes = level.len();
        for (index, node) in level.iter().enumerate() {
            // Windows inside a single block have no widths of their own.
            let is_even = node.span.end - node.span.start < 1;
            let (start, width) = if is_even || total <= 1.0 {
                (row.width() * index as f32 / n_nodes as f32, row.width() / n_nodes as f32)
            } else {
                let scale = row.width() / total;
                let span = node.span;
                (span.start as f32 * scale, (span.end - span.start) as f32 * scale)
            };
            let cell = cell(row, start, width);
            let is_read = visible
                .is_some_and(|seen| seen.start < node.span.end && node.span.start < seen.end);
            let is_under = response.hover_pos().is_some_and(|pos| {
                row.contains(pos) && (cell.left()..=cell.right()).contains(&pos.x)
            });
            let color = match (is_under, is_read) {
                (true, _) => colors.mark,
                (_, true) => colors.accent,
                _ => colors.faint,
            };
            ui.painter().rect_filled(cell, 2.0, color);
            if chosen == Some((at, index)) {
                let edge = Stroke::new(2.0, colors.ink);
                ui.painter().rect_stroke(cell.expand(2.0), 3.0, edge, StrokeKind::Inside);
            }
            if is_under || (chosen == Some((at, index)) && under.is_none()) {
                under = Some(node);
            }
        }
    }
    if let Some(node) = under {
        if response.clicked() {
            actions.push(Action::GoTo(node.span.start));
        }
        if let Some(first) = node.sentences.first() {
            response.on_hover_text_at_pointer(&first.text);
        }
    }
}

/// The node that arrow keys have led to, as level and number, while the tree has the focus.
fn chosen(ui: &Ui, response: &egui::Response, outline: &Outline) -> Option<(usize, usize)> {
    if !response.has_focus() {
        return None;
    }
    let arrows =
        EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let (level, at) = ui.data(|data| data.get_temp(response.id)).unwrap_or((0, 0));
    let pressed = |key| ui.input(|input| input.num_presses(key));
    let last = outline.levels.len().checked_sub(1)?;
    let down = (level + pressed(Key::ArrowDown)).min(last);
    let to = down.saturating_sub(pressed(Key::ArrowUp));
    let n_nodes = |level: usize| outline.levels[level].len().max(1);
    // A level further the node is the one at the same share of the row.
    let at = if to == level { at } else { at * n_nodes(to) / n_nodes(level.min(last)) };
    let at = (at + pressed(Key::ArrowRight)).saturating_sub(pressed(Key::ArrowLeft));
    let chosen = (to, at.min(n_nodes(to) - 1));
    ui.data_mut(|data| data.insert_temp(response.id, chosen));
    Some(chosen)
}

fn sentences(ui: &mut Ui, outline: &Outline, state: &State, actions: &mut Vec<Action>) {
    let colors = palette(ui);
    gap(ui, space::SMALL);
    caption(ui, state.strings().in_short);
    let scroll = ScrollArea::vertical().id_salt("in short").min_scrolled_height(LEAST);
    scroll.auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::HAIR;
        ui.spacing_mut().button_padding = Vec2::new(space::HAIR, 3.0);
        for sentence in outline.in_short() {
            let text = RichText::new(&sentence.text).font(theme::serif(size::BODY));
            let button = Button::new(text.color(colors.ink)).frame_when_inactive(false).wrap();
            if ui.add(button).clicked() {
                actions.push(Action::GoTo(sentence.span.start));
            }
        }
    });
}
