//! The summary tree: its picture, which grows while a document is read, and the sentences at its
//! root.
//!
//! A row for each level, the root on top; a node is as wide as the part that it stands for.

use egui::{Button, Pos2, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2};

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

/// A place for so many rows, with a name for screen readers.
fn place(
    ui: &mut Ui,
    n_rows: usize,
    n_parts: usize,
    state: &State,
    sense: Sense,
) -> egui::Response {
    let height = n_rows.max(1) as f32 * (ROW + BETWEEN) - BETWEEN;
    let (_, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), sense);
    let name = fill(state.strings().tree_help, &[&n_rows, &n_parts]);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
    response
}

fn row(area: Rect, at: usize) -> Rect {
    let top = area.top() + at as f32 * (ROW + BETWEEN);
    Rect::from_min_size(Pos2::new(area.left(), top), Vec2::new(area.width(), ROW))
}

fn growing(ui: &mut Ui, levels: &[(usize, usize)], state: &State) {
    let colors = palette(ui);
    let n_parts = levels.first().map_or(0, |(done, _)| *done);
    let response = place(ui, levels.len(), n_parts, state, Sense::hover());
    let painter = ui.painter();
    for (at, (done, expected)) in levels.iter().rev().enumerate() {
        let row = row(response.rect, at);
        let width = row.width() / (*expected).max(1) as f32;
        for node in 0..*expected {
            let cell = cell(row, node as f32 * width, width);
            if node < *done {
                painter.rect_filled(cell, 2.0, colors.accent);
            } else if width >= 4.0 {
                let line = Stroke::new(1.0, colors.faint);
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
    let response = place(ui, outline.levels.len(), n_parts, state, Sense::click());
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
            if is_under {
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

fn sentences(ui: &mut Ui, outline: &Outline, state: &State, actions: &mut Vec<Action>) {
    let colors = palette(ui);
    gap(ui, space::SMALL);
    caption(ui, state.strings().in_short);
    ScrollArea::vertical().id_salt("in short").auto_shrink([false, true]).show(ui, |ui| {
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
