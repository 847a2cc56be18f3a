//! The strip: the whole document in one line.
//!
//! While it is read, the window slides over it. Later it shows what is on the page, the headings,
//! and where the fragments of the shown answer lie. A click goes there; with the focus on it, arrow
//! keys move through the document.

use egui::{
    Align2, EventFilter, Key, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};

use crate::message::Action;
use crate::state::State;
use crate::state::documents::{Shape, Stage, Underway};
use crate::text::{fill, percent};
use crate::theme::{self, palette};

/// Height of the strip with the numbers over it.
const HEIGHT: f32 = 44.0;
/// Where the band begins below the upper edge.
const BAND: f32 = 18.0;
/// Numbers closer than this would overlap.
const APART: f32 = 16.0;
/// A fragment wider than this is drawn as a stretch.
const WIDE: f32 = 12.0;
/// Share of the document that an arrow key moves by.
const STEP: f64 = 0.01;

/// Shows the strip of the open document.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let Some(document) = state.open_document() else { return };
    match &document.stage {
        Stage::Reading(underway) => sliding(ui, underway, state),
        Stage::Ready(shape) => whole(ui, shape, state, actions),
        Stage::Waiting | Stage::Failed(_) => {}
    }
}

fn band(area: Rect) -> Rect {
    Rect::from_min_max(Pos2::new(area.left(), area.top() + BAND), area.max)
}

/// The strip while the document is read.
fn sliding(ui: &mut Ui, underway: &Underway, state: &State) {
    let colors = palette(ui);
    let size = Vec2::new(ui.available_width(), HEIGHT);
    let (area, response) = ui.allocate_exact_size(size, Sense::hover());
    let share = underway.share();
    let name = fill(state.strings().strip_help, &[&percent(share)]);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(egui::Role::ProgressIndicator, true, &name);
        info.value = Some(f64::from(share * 100.0));
        info
    });
    let band = band(area);
    let painter = ui.painter();
    painter.rect(band, 4.0, colors.card, Stroke::new(1.0, colors.line), StrokeKind::Inside);
    let mut read = band.shrink(1.0);
    read.set_width(read.width() * share);
    painter.rect_filled(read, 3.0, colors.accent_wash);
    // The window is at the end of what is read.
    let x = read.right().clamp(band.left() + 5.0, band.right() - 5.0);
    let window = Rect::from_center_size(Pos2::new(x, band.center().y), Vec2::new(10.0, 30.0));
    painter.rect(window, 3.0, colors.mark_wash, Stroke::new(2.0, colors.mark), StrokeKind::Inside);
}

/// The strip of a document that is read.
fn whole(ui: &mut Ui, shape: &Shape, state: &State, actions: &mut Vec<Action>) {
    let colors = palette(ui);
    let size = Vec2::new(ui.available_width(), HEIGHT);
    let (area, response) = ui.allocate_exact_size(size, Sense::CLICK | Sense::DRAG);
    let total = shape.n_chars.max(1);
    let visible = state.page.visible;
    let place = visible.map_or(0.0, |seen| seen.end as f64 / total as f64);
    let name = fill(state.strings().strip_help, &[&percent(place as f32)]);
    response.widget_info(|| WidgetInfo::slider(true, (place * 100.0).round(), &name));
    moves(ui, &response, place, total, actions);

    let band = band(area);
    let painter = ui.painter();
    let x = |at: u64| band.left() + (at as f64 / total as f64) as f32 * band.width();
    let edge = if response.has_focus() { colors.accent } else { colors.line };
    painter.rect(band, 4.0, colors.card, Stroke::new(1.0, edge), StrokeKind::Inside);
    let top = shape.headings.iter().map(|heading| heading.level).min().unwrap_or(1);
    let mut last = f32::NEG_INFINITY;
    for heading in shape.headings.iter().filter(|heading| heading.level <= top + 1) {
        // Beside the round corners.
        let at = x(heading.start).clamp(band.left() + 4.0, band.right() - 4.0);
        if at - last >= 3.0 {
            let height = if heading.level == top { 10.0 } else { 5.0 };
            let line = Stroke::new(1.0, colors.faint);
            painter.vline(at, band.bottom() - height..=band.bottom() - 1.0, line);
            last = at;
        }
    }
    if let Some(seen) = visible {
        let (left, right) = (x(seen.start), x(seen.end));
        let width = (right - left).max(6.0);
        let left = left.min(band.right() - width);
        let seen =
            Rect::from_min_size(Pos2::new(left, band.top()), Vec2::new(width, band.height()));
        painter.rect(
            seen,
            3.0,
            colors.accent.gamma_multiply(0.18),
            Stroke::new(1.5, colors.accent),
            StrokeKind::Inside,
        );
    }
    let fragments = state.fragments();
    let mut last = f32::NEG_INFINITY;
    let mut in_order: Vec<_> = fragments.iter().collect();
    in_order.sort_by_key(|fragment| fragment.span.start);
    for fragment in &in_order {
        let (left, right) = (x(fragment.span.start), x(fragment.span.end));
        let width = (right - left).max(if fragment.is_chosen { 5.0 } else { 3.0 });
        let left = left.min(band.right() - width);
        let mark = Rect::from_min_size(
            Pos2::new(left, band.top() - 3.0),
            Vec2::new(width, band.height() + 3.0),
        );
        // A long fragment is seen through; its beginning is not.
        painter.rect_filled(
            mark,
            1.0,
            colors.mark.gamma_multiply(if width > WIDE { 0.4 } else { 1.0 }),
        );
        let begin = Rect::from_min_size(mark.min, Vec2::new(3.0, mark.height()));
        painter.rect_filled(begin, 1.0, colors.mark);
        let centre = mark.left() + width.min(WIDE) / 2.0;
        let centre = centre.clamp(band.left() + 5.0, band.right() - 5.0);
        if centre - last >= APART || fragment.is_chosen {
            let ink = if fragment.is_chosen { colors.ink } else { colors.soft };
            let at = Pos2::new(centre, band.top() - 3.0);
            let number = (fragment.number + 1).to_string();
            painter.text(at, Align2::CENTER_BOTTOM, number, theme::bold(11.0), ink);
            last = centre;
        }
    }
    let pointed = response.hover_pos().filter(|_| !response.dragged());
    if let Some(pos) = pointed {
        let share = ((pos.x - band.left()) / band.width()).clamp(0.0, 1.0);
        let at = (f64::from(share) * total as f64) as u64;
        let path = shape.path_at(at).join(" › ");
        let text = if path.is_empty() { percent(share) } else { path };
        response.on_hover_text_at_pointer(text);
    }
}

/// Goes where it was clicked, and where keys lead.
fn moves(ui: &Ui, response: &Response, place: f64, total: u64, actions: &mut Vec<Action>) {
    if let Some(pos) = response.interact_pointer_pos()
        && (response.clicked() || response.dragged())
    {
        let share = (pos.x - response.rect.left()) / response.rect.width().max(1.0);
        let at = f64::from(share.clamp(0.0, 1.0)) * total as f64;
        actions.push(Action::GoTo(at as u64));
    }
    if response.has_focus() {
        let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let step = ui.input(|input| {
            f64::from(u8::from(input.key_pressed(Key::ArrowRight)))
                - f64::from(u8::from(input.key_pressed(Key::ArrowLeft)))
        });
        if step != 0.0 {
            let at = (place + step * STEP).clamp(0.0, 1.0) * total as f64;
            actions.push(Action::GoTo(at as u64));
        }
    }
}
