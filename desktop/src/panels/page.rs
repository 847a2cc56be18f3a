//! The page: the text of the open document, of which only what is visible is laid out.
//!
//! The place is a paragraph and a distance (`crate::page`). From there paragraphs are laid out until
//! the view is full, so a frame costs the same at any length of the document.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{
    Align2, Color32, EventFilter, Galley, Id, Key, Label, Modifiers, Pos2, Rect, RichText, Role,
    Sense, Stroke, Ui, UiBuilder, Vec2, WidgetInfo,
};

use super::controls::caption;
use crate::message::Action;
use crate::page::paragraphs::{Kind, Mark, Paragraph};
use crate::page::{Page, Top};
use crate::state::documents::{Document, Span, Stage, Underway};
use crate::state::{Fragment, State};
use crate::text::{Strings, bytes, duration, fill, percent};
use crate::theme::{self, COLUMN, Palette, palette, size, space};

/// Where a target is brought to, as a share of the view's height.
const TARGET: f32 = 0.28;
/// Lines that a key scrolls by.
const KEY_LINES: f32 = 3.0;

/// Shows the page, with its title over it.
pub fn show(ui: &mut Ui, state: &mut State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let Some(document) = state.open_document().cloned() else {
        empty(ui, strings.page_empty, strings.page_empty_hint);
        return;
    };
    ui.spacing_mut().item_spacing.y = space::HAIR;
    heading(ui, &document, state);
    super::strip::show(ui, state, actions);
    match &document.stage {
        Stage::Ready(_) => body(ui, &document, state),
        Stage::Reading(underway) => being_read(ui, underway, strings),
        Stage::Waiting => empty(ui, strings.waiting, strings.page_being_read_hint),
        Stage::Failed(trouble) => {
            empty(ui, trouble.sentence(strings), strings.page_failed_hint);
        }
    }
}

/// Title, and the sections and the page that the view begins in.
fn heading(ui: &mut Ui, document: &Document, state: &State) {
    let strings = state.strings();
    let colors = palette(ui);
    let title = RichText::new(&document.title).font(theme::serif_bold(size::HEADING));
    ui.add(Label::new(title.color(colors.ink)).truncate());
    let Some(shape) = document.shape() else {
        caption(
            ui,
            match document.stage {
                Stage::Waiting => strings.waiting,
                Stage::Failed(_) => strings.failed,
                Stage::Reading(_) | Stage::Ready(_) => strings.reading,
            },
        );
        return;
    };
    let seen = state.page.visible.unwrap_or(Span { start: 0, end: 0 });
    let mut parts: Vec<String> = shape.path_at(seen.start).into_iter().map(str::to_owned).collect();
    if parts.first() == Some(&document.title) {
        parts.remove(0);
    }
    let mut line = parts.join(" › ");
    if let Some(page) = shape.page_at(seen.start) {
        let page = fill(strings.page_number, &[&page]);
        line = if line.is_empty() { page } else { format!("{line} · {page}") };
    }
    let share = seen.end as f32 / shape.n_chars.max(1) as f32;
    let place = fill(strings.part_of, &[&percent(share)]);
    line = if line.is_empty() { place } else { format!("{line} · {place}") };
    super::controls::caption_line(ui, line);
}

/// A page without text, and what to do about it.
fn empty(ui: &mut Ui, says: &str, hint: &str) {
    let colors = palette(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.3).max(space::SECTION));
        let says = RichText::new(says).font(theme::serif(size::HEADING)).color(colors.ink);
        ui.add(Label::new(says).wrap());
        ui.add_space(space::SMALL);
        ui.set_max_width(420.0);
        caption(ui, hint);
    });
}

/// The page of a document that is being read: its stage and the time left.
fn being_read(ui: &mut Ui, underway: &Underway, strings: &Strings) {
    empty(ui, strings.page_being_read, strings.page_being_read_hint);
    let stage = match underway.progress {
        None => strings.stage_opening,
        Some(_) if underway.is_finishing() => strings.stage_finishing,
        Some(_) => strings.stage_reading,
    };
    ui.vertical_centered(|ui| {
        ui.add_space(space::SECTION);
        super::controls::text(ui, if underway.is_paused { strings.paused } else { stage });
        let Some(progress) = underway.progress else { return };
        let (done, all) = (bytes(progress.text_bytes), bytes(progress.source_bytes));
        let mut line = if progress.text_bytes <= progress.source_bytes {
            fill(strings.read_of, &[&done, &all])
        } else {
            fill(strings.read_so_far, &[&done])
        };
        if let Some(left) = underway.time_left(std::time::Instant::now()) {
            line.push_str(" · ");
            line.push_str(&fill(strings.time_left, &[&duration(left, strings)]));
        }
        caption(ui, line);
        if progress.blocks_kept > 0 {
            caption(ui, fill(strings.kept_blocks, &[&progress.blocks_kept]));
        }
    });
}

/// What laying out takes.
struct View {
    rect: Rect,
    left: f32,
    width: f32,
    colors: &'static Palette,
    fragments: Vec<Fragment>,
}

/// The text.
fn body(ui: &mut Ui, document: &Document, state: &mut State) {
    ui.add_space(space::SMALL);
    let rect = ui.available_rect_before_wrap();
    let width = COLUMN.min(rect.width() - 2.0 * space::PAGE).max(120.0);
    let view = View {
        rect,
        left: (rect.center().x - width / 2.0).round(),
        width,
        colors: palette(ui),
        fragments: state.fragments(),
    };
    let response = ui.interact(rect, Id::unique("page"), Sense::click());
    let name = fill(state.strings().page_text, &[&document.title]);
    response.widget_info(|| WidgetInfo::labeled(Role::Document, true, &name));
    let page = &mut state.page;
    let scrolled = scrolled(ui, &response, page);
    ui.advance_cursor_after_rect(rect);
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.shrink_clip_rect(rect);
        settle(ui, page, &view, scrolled);
        page.visible = draw(ui, page, &view);
        if page.top.offset > 0.0 {
            fade(ui, &view);
        }
    });
}

/// Lets text vanish under the strip instead of cutting it.
fn fade(ui: &Ui, view: &View) {
    let top = view.rect.with_max_y(view.rect.top() + space::LARGE);
    let mut mesh = egui::Mesh::default();
    for (corner, color) in [
        (top.left_top(), view.colors.page),
        (top.right_top(), view.colors.page),
        (top.left_bottom(), Color32::TRANSPARENT),
        (top.right_bottom(), Color32::TRANSPARENT),
    ] {
        mesh.colored_vertex(corner, color);
    }
    mesh.add_triangle(0, 1, 2);
    mesh.add_triangle(1, 2, 3);
    ui.painter().add(mesh);
}

/// How far the page was scrolled, by wheel and keys, in points.
fn scrolled(ui: &Ui, response: &egui::Response, page: &mut Page) -> f32 {
    let mut scrolled = 0.0;
    if response.contains_pointer() {
        scrolled -= ui.input(|input| input.smooth_scroll_delta().y);
    }
    if response.clicked() {
        response.request_focus();
    }
    if response.has_focus() {
        let arrows = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let line = size::PAGE * 1.5;
        let whole = response.rect.height() - 2.0 * line;
        let last = page.n_chars();
        ui.input_mut(|input| {
            let mut times = |modifiers, key| input.count_and_consume_key(modifiers, key) as f32;
            scrolled += times(Modifiers::NONE, Key::ArrowDown) * line * KEY_LINES;
            scrolled -= times(Modifiers::NONE, Key::ArrowUp) * line * KEY_LINES;
            scrolled += times(Modifiers::NONE, Key::PageDown) * whole;
            scrolled -= times(Modifiers::NONE, Key::PageUp) * whole;
            scrolled -= times(Modifiers::SHIFT, Key::Space) * whole;
            scrolled += times(Modifiers::NONE, Key::Space) * whole;
            if times(Modifiers::NONE, Key::Home) > 0.0 {
                page.go_to(0);
            }
            if times(Modifiers::NONE, Key::End) > 0.0 {
                page.go_to(last);
            }
        });
    }
    scrolled
}

/// Distance behind a paragraph.
fn gap_after(paragraph: &Paragraph, next: Option<&Paragraph>) -> f32 {
    match (paragraph.kind, next) {
        (_, Some(next)) if next.continues => 0.0,
        (Kind::Heading(_), _) => space::SMALL,
        (_, Some(Paragraph { kind: Kind::Heading(_), .. })) => space::SECTION,
        // Lines of a list or of verse stay together.
        (Kind::Body | Kind::Item, Some(_)) if !paragraph.is_loose => space::HAIR,
        _ => space::MEDIUM,
    }
}

/// Distance of a paragraph's text from the column's edge, and from its own upper and lower edge.
fn inset(kind: Kind) -> Vec2 {
    match kind {
        Kind::Body | Kind::Heading(_) => Vec2::ZERO,
        Kind::Item => Vec2::new(22.0, 0.0),
        Kind::Verbatim => Vec2::new(space::MEDIUM, space::SMALL),
    }
}

/// Height of a paragraph with the distance behind it.
fn height(ui: &Ui, page: &Page, at: Top, view: &View) -> f32 {
    let Some(paragraphs) = page.paragraphs(at.block) else { return 0.0 };
    let Some(paragraph) = paragraphs.get(at.paragraph) else { return 0.0 };
    if paragraph.text.is_empty() {
        return 0.0;
    }
    let text = laid_out(ui, paragraph, view).size().y;
    let behind = gap_after(paragraph, paragraphs.get(at.paragraph + 1));
    text + 2.0 * inset(paragraph.kind).y + behind
}

/// Brings the place to where a target or scrolling leads, and keeps it within the document.
fn settle(ui: &Ui, page: &mut Page, view: &View, scrolled: f32) {
    page.top.offset += scrolled;
    if let Some(target) = page.target
        && let Some(place) = page.place_of(target)
        && let Some(paragraphs) = page.paragraphs(place.block)
        && let Some(paragraph) = paragraphs.get(place.paragraph)
    {
        let galley = laid_out(ui, paragraph, view);
        let row = galley.pos_from_cursor(CCursor::new(paragraph.shown_at(target)));
        page.top = Top { offset: row.top() - view.rect.height() * TARGET, ..place };
        page.target = None;
    }
    let mut top = page.top;
    while top.offset < 0.0 {
        match page.before(top) {
            Some(before) => {
                top = Top { offset: top.offset + height(ui, page, before, view), ..before };
            }
            None => {
                // Blocks that come later will make room; the beginning of the document does not.
                top.offset = 0.0;
                break;
            }
        }
    }
    loop {
        let here = height(ui, page, top, view);
        if top.offset <= here {
            break;
        }
        match page.after(top) {
            Some(after) => top = Top { offset: top.offset - here, ..after },
            None => {
                top.offset = here;
                break;
            }
        }
    }
    page.top = top;
    keep_full(ui, page, view);
}

/// Does not let the end of the document leave the view half empty.
fn keep_full(ui: &Ui, page: &mut Page, view: &View) {
    let is_end = |at: Top| at.block + 1 == page.blocks.len();
    let (mut at, mut used) = (page.top, -page.top.offset);
    while used < view.rect.height() {
        used += height(ui, page, at, view);
        match page.after(at) {
            Some(after) => at = after,
            None if is_end(at) => break,
            None => return,
        }
    }
    let mut missing = view.rect.height() - space::SECTION - used;
    let mut top = page.top;
    while missing > 0.0 {
        if top.offset >= missing {
            top.offset -= missing;
            break;
        }
        missing -= top.offset;
        top.offset = 0.0;
        match page.before(top) {
            Some(before) => top = Top { offset: height(ui, page, before, view), ..before },
            None => break,
        }
    }
    page.top = top;
}

/// Draws what is visible. Answers the characters.
fn draw(ui: &mut Ui, page: &Page, view: &View) -> Option<Span> {
    let mut y = view.rect.top() - page.top.offset;
    let mut at = Some(page.top);
    let mut visible: Option<Span> = None;
    while let Some(place) = at.filter(|_| y < view.rect.bottom()) {
        let Some(paragraphs) = page.paragraphs(place.block) else {
            placeholder(ui, view, y);
            break;
        };
        let Some(paragraph) = paragraphs.get(place.paragraph) else { break };
        if !paragraph.text.is_empty() {
            let galley = laid_out(ui, paragraph, view);
            let inset = inset(paragraph.kind);
            let rect = Rect::from_min_size(Pos2::new(view.left, y) + inset, galley.size());
            ornament(ui, paragraph.kind, rect, view);
            let row = |edge: f32| galley.cursor_from_pos(Vec2::new(0.0, edge - rect.top())).index.0;
            let from = match rect.top() >= view.rect.top() {
                true => paragraph.start,
                false => paragraph.document_at(row(view.rect.top())),
            };
            let to = match rect.bottom() <= view.rect.bottom() {
                true => paragraph.end,
                false => paragraph.document_at(row(view.rect.bottom())),
            };
            visible = Some(Span { start: visible.map_or(from, |seen| seen.start), end: to });
            numbers(ui, paragraph, &galley, rect, view);
            let behind = gap_after(paragraph, paragraphs.get(place.paragraph + 1));
            y += galley.size().y + 2.0 * inset.y + behind;
            ui.put(rect, Label::new(galley).selectable(true));
        }
        at = page.after(place);
        if at.is_none() && place.block + 1 < page.blocks.len() {
            placeholder(ui, view, y);
        }
    }
    visible
}

/// What is drawn around a paragraph's text: the sign of an item, the ground of a program.
fn ornament(ui: &Ui, kind: Kind, rect: Rect, view: &View) {
    match kind {
        Kind::Body | Kind::Heading(_) => {}
        Kind::Item => {
            let line = (size::PAGE * 1.5).round();
            let centre = Pos2::new(view.left + 8.0, rect.top() + line / 2.0 + 1.0);
            ui.painter().circle_filled(centre, 2.5, view.colors.soft);
        }
        Kind::Verbatim => {
            let inset = inset(kind);
            let ground = Rect::from_min_max(
                Pos2::new(view.left, rect.top() - inset.y),
                Pos2::new(view.left + view.width, rect.bottom() + inset.y),
            );
            ui.painter().rect_filled(ground, theme::RADIUS, view.colors.hover);
        }
    }
}

/// Lines that stand for text which is on its way.
fn placeholder(ui: &Ui, view: &View, top: f32) {
    let mut y = top + 6.0;
    let mut line = 0;
    while y < view.rect.bottom() {
        let width = view.width * if line % 5 == 4 { 0.6 } else { 1.0 };
        let rect = Rect::from_min_size(Pos2::new(view.left, y), Vec2::new(width, 8.0));
        ui.painter().rect_filled(rect, 4.0, view.colors.hover);
        y += size::PAGE * 1.5;
        line += 1;
    }
}

/// The numbers of the quotes that begin in a paragraph, in the margin.
fn numbers(ui: &Ui, paragraph: &Paragraph, galley: &Galley, rect: Rect, view: &View) {
    let begins =
        |fragment: &&Fragment| (paragraph.start..paragraph.end).contains(&fragment.span.start);
    let mut last: Option<f32> = None;
    for fragment in view.fragments.iter().filter(begins) {
        let at = CCursor::new(paragraph.shown_at(fragment.span.start));
        let row = galley.pos_from_cursor(at).translate(rect.min.to_vec2());
        let mut centre = Pos2::new(view.left - space::LARGE, row.center().y);
        if last.is_some_and(|last| (last - centre.y).abs() < 2.0) {
            centre.x -= 18.0;
        }
        last = Some(centre.y);
        let (wash, ink) = match fragment.is_chosen {
            true => (view.colors.mark_strong, view.colors.ink),
            false => (view.colors.mark_wash, view.colors.soft),
        };
        ui.painter().circle(centre, 9.0, wash, Stroke::new(1.0, view.colors.mark));
        let number = (fragment.number + 1).to_string();
        ui.painter().text(centre, Align2::CENTER_CENTER, number, theme::bold(11.0), ink);
    }
}

/// A paragraph as it is drawn: marks set in their way, quotes highlighted.
fn laid_out(ui: &Ui, paragraph: &Paragraph, view: &View) -> Arc<Galley> {
    let (font, line_height) = match paragraph.kind {
        Kind::Body | Kind::Item => (theme::serif(size::PAGE), 1.5),
        Kind::Heading(1) => (theme::serif_bold(size::TITLE), 1.25),
        Kind::Heading(2) => (theme::serif_bold(size::HEADING), 1.25),
        Kind::Heading(_) => (theme::serif_bold(size::PAGE + 1.0), 1.3),
        Kind::Verbatim => (theme::mono(size::BODY - 0.5), 1.45),
    };
    let plain = TextFormat {
        line_height: Some((font.size * line_height).round()),
        font_id: font,
        color: view.colors.ink,
        ..TextFormat::default()
    };
    let mut quotes: Vec<(Range<usize>, Color32)> = Vec::new();
    for fragment in &view.fragments {
        if let Some(range) = paragraph.bytes_of(fragment.span.start, fragment.span.end) {
            quotes.push(match fragment.is_chosen {
                true => (range, view.colors.mark_strong),
                false => (range, view.colors.mark_wash),
            });
        }
    }
    // Where quotes overlap, the chosen one is seen.
    quotes.sort_by_key(|(_, color)| *color == view.colors.mark_wash);
    let mut cuts: Vec<usize> = vec![0, paragraph.text.len()];
    cuts.extend(quotes.iter().flat_map(|(range, _)| [range.start, range.end]));
    cuts.extend(paragraph.marks.iter().flat_map(|(range, _)| [range.start, range.end]));
    cuts.sort_unstable();
    cuts.dedup();
    let mut job = LayoutJob::default();
    job.wrap.max_width = view.width - 2.0 * inset(paragraph.kind).x;
    if paragraph.kind == Kind::Item {
        job.wrap.max_width = view.width - inset(Kind::Item).x;
    }
    for cut in cuts.windows(2) {
        let [from, to] = *cut else { continue };
        let mut format = plain.clone();
        if let Some((_, background)) = quotes.iter().find(|(range, _)| range.contains(&from)) {
            format.background = *background;
        }
        let marked = paragraph.marks.iter().find(|(range, _)| range.contains(&from));
        match marked.map(|(_, mark)| *mark) {
            Some(Mark::Code) => format.font_id = theme::mono(plain.font_id.size * 0.82),
            Some(Mark::Strong) => format.font_id = theme::serif_bold(plain.font_id.size),
            None => {}
        }
        job.append(&paragraph.text[from..to], 0.0, format);
    }
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}
