//! A turn: the question, the answer in sentences with the numbers of their quotes, the quotes.

use egui::text::LayoutJob;
use egui::{
    CornerRadius, Frame, Galley, Label, Layout, Margin, Rect, RichText, Sense, Stroke, Ui,
    UiBuilder, Vec2,
};

use super::controls::{caption, card, dot, gap, number, quiet};
use crate::message::Action;
use crate::page::paragraphs::plain;
use crate::state::State;
use crate::state::conversation::{Cost, Outcome, Progress, Quote, Step, Turn};
use crate::state::documents::file_name;
use crate::text::{Strings, count, duration, fill};
use crate::theme::{self, RADIUS, palette, size, space};

/// Quotes shown before someone asks for all.
const FEW: usize = 4;
/// Lines of a quote that are shown.
const LINES: usize = 5;
/// Room for the number of a quote, behind a sentence and before the quote.
const NUMBER: f32 = 22.0;
const BEFORE: f32 = 12.0;

/// Shows a turn.
pub fn show(ui: &mut Ui, state: &State, turn: &Turn, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let colors = palette(ui);
    let is_shown = state.conversation.shown == Some(turn.id);
    question(ui, turn);
    gap(ui, space::SMALL);
    match &turn.progress {
        Progress::Working { .. } => {
            working(ui, &turn.progress, strings, actions);
            found_so_far(ui, turn, state, actions);
        }
        Progress::Cancelled => ended(ui, strings.cancelled, turn, state, actions),
        Progress::Interrupted => ended(ui, strings.interrupted, turn, state, actions),
        Progress::Failed(trouble) => {
            let frame = card(ui).fill(colors.danger_wash).stroke(Stroke::new(1.0, colors.danger));
            frame.show(ui, |ui| {
                ui.set_width(ui.available_width());
                let says = RichText::new(trouble.sentence(strings)).font(theme::bold(size::BODY));
                let says = ui.add(Label::new(says.color(colors.danger)).wrap());
                says.on_hover_text(&trouble.detail);
                super::controls::text(ui, trouble.next_step(strings));
            });
            found_so_far(ui, turn, state, actions);
            again(ui, turn, strings, actions);
        }
        Progress::Done(Outcome::NotInDocument, cost) => {
            silent(ui, strings.not_in_document, strings.not_in_document_hint, cost);
            footer(ui, cost, false, strings);
        }
        Progress::Done(outcome, cost) => {
            let is_short = *outcome == Outcome::BudgetEnded;
            if is_short && turn.sentences.is_empty() {
                let hint = strings.budget_ended_hint;
                silent(ui, strings.not_found_in_budget, hint, cost);
            }
            sentences(ui, turn, state, actions);
            if let Some(author) = &turn.written_by {
                ui.horizontal_wrapped(|ui| {
                    dot(ui, colors.mark);
                    caption(ui, fill(strings.written_by, &[author]));
                });
            }
            if is_short {
                ui.horizontal_wrapped(|ui| {
                    dot(ui, colors.mark);
                    caption(ui, strings.budget_ended);
                    caption(ui, strings.budget_ended_hint);
                });
            }
            quotes(ui, turn, is_shown, state, actions);
            footer(ui, cost, !turn.quotes.is_empty(), strings);
        }
    }
}

fn question(ui: &mut Ui, turn: &Turn) {
    let colors = palette(ui);
    let frame = Frame::new()
        .fill(colors.accent_wash)
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::symmetric(space::MEDIUM as i8, space::SMALL as i8));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let text = RichText::new(&turn.question).font(theme::bold(size::BODY)).color(colors.ink);
        ui.add(Label::new(text).wrap());
    });
}

/// What is done for an answer now.
fn working(ui: &mut Ui, progress: &Progress, strings: &Strings, actions: &mut Vec<Action>) {
    let Progress::Working { step, windows, tokens } = progress else { return };
    let colors = palette(ui);
    ui.horizontal_wrapped(|ui| {
        dot(ui, colors.accent);
        let says = match (step, windows) {
            (Step::Loading, _) => strings.step_loading.to_owned(),
            (Step::Probing { done, total }, _) => fill(strings.step_probing, &[done, total]),
            (Step::Searching, 0) => strings.searching.to_owned(),
            (Step::Searching, n) => fill(strings.windows_read, &[n, &count(*tokens)]),
        };
        caption(ui, says);
        if quiet(ui, strings.cancel).clicked() {
            actions.push(Action::CancelAnswer);
        }
    });
}

/// The sentences that were found before the answer was whole, each with its quote.
fn found_so_far(ui: &mut Ui, turn: &Turn, state: &State, actions: &mut Vec<Action>) {
    if turn.sentences.is_empty() {
        return;
    }
    caption(ui, state.strings().so_far);
    sentences(ui, turn, state, actions);
}

fn ended(ui: &mut Ui, says: &str, turn: &Turn, state: &State, actions: &mut Vec<Action>) {
    caption(ui, says);
    found_so_far(ui, turn, state, actions);
    again(ui, turn, state.strings(), actions);
}

fn again(ui: &mut Ui, turn: &Turn, strings: &Strings, actions: &mut Vec<Action>) {
    if quiet(ui, strings.ask_again).clicked() {
        actions.push(Action::AskThis(turn.question.clone()));
    }
}

/// An answer that is no text of the document: it is as good an answer as any.
fn silent(ui: &mut Ui, says: &str, hint: &str, cost: &Cost) {
    let colors = palette(ui);
    card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(24.0), Sense::hover());
            let painter = ui.painter();
            painter.circle_stroke(rect.center(), 9.0, Stroke::new(2.0, colors.accent));
            let half = Vec2::new(4.0, 0.0);
            let ends = [rect.center() - half, rect.center() + half];
            painter.line_segment(ends, Stroke::new(2.0, colors.accent));
            ui.vertical(|ui| {
                let says = RichText::new(says).font(theme::serif(size::PAGE)).color(colors.ink);
                ui.add(Label::new(says).wrap());
                caption(ui, fill(hint, &[&cost.passages]));
            });
        });
    });
}

/// The sentences, each with the numbers of its quotes behind it.
fn sentences(ui: &mut Ui, turn: &Turn, state: &State, actions: &mut Vec<Action>) {
    let colors = palette(ui);
    let is_shown = state.conversation.shown == Some(turn.id);
    for sentence in &turn.sentences {
        let document = sentence.quotes.first().and_then(|first| turn.quotes.get(*first));
        let is_markdown = document.is_some_and(|quote| state.is_markdown(&quote.document));
        let text = plain(&sentence.text, is_markdown).join(" ");
        let n_numbers = sentence.quotes.len().min(FEW);
        let (width, beside) = (ui.available_width(), n_numbers as f32 * NUMBER);
        let layout = |width: f32| {
            let font = theme::serif(size::PAGE - 1.0);
            ui.fonts_mut(|fonts| fonts.layout(text.clone(), font, colors.ink, width))
        };
        let end = |galley: &Galley| galley.rows.last().map_or(Rect::ZERO, |row| row.rect());
        let mut galley = layout(width);
        // The numbers stay with the last word: where they do not fit, it comes to the next line too.
        if end(&galley).right() + beside > width {
            galley = layout(width - beside);
        }
        let last = end(&galley);
        let height = galley.size().y;
        let (area, _) = ui.allocate_exact_size(Vec2::new(width, height), Sense::hover());
        let place = Rect::from_min_size(area.min, Vec2::new(galley.size().x, height));
        ui.put(place, Label::new(galley));
        for (at, quote) in sentence.quotes.iter().take(FEW).enumerate() {
            let is_chosen = is_shown && state.conversation.chosen == Some(*quote);
            let name = fill(state.strings().show_citation, &[&(quote + 1)]);
            let centre = area.min + last.right_center().to_vec2();
            let centre = centre + Vec2::new((at as f32 + 0.5) * NUMBER + 2.0, 1.0);
            let place = Rect::from_center_size(centre, Vec2::splat(NUMBER - 4.0));
            let clicked = ui
                .scope_builder(UiBuilder::new().id_salt(quote).max_rect(place), |ui| {
                    number(ui, *quote, is_chosen).accessible_name(name).clicked()
                })
                .inner;
            if clicked {
                actions.push(Action::Show(turn.id, Some(*quote)));
            }
        }
    }
}

/// The quotes, each a card that leads to its place.
fn quotes(ui: &mut Ui, turn: &Turn, is_shown: bool, state: &State, actions: &mut Vec<Action>) {
    if turn.quotes.is_empty() {
        return;
    }
    let strings = state.strings();
    gap(ui, space::SMALL);
    let id = ui.scope_id().with("all quotes");
    let shows_all = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or(false);
    let n_shown = if shows_all { turn.quotes.len() } else { turn.quotes.len().min(FEW) };
    ui.spacing_mut().item_spacing.y = 6.0;
    for (at, quote) in turn.quotes.iter().take(n_shown).enumerate() {
        let is_chosen = is_shown && state.conversation.chosen == Some(at);
        let text = plain(&quote.text, state.is_markdown(&quote.document));
        if quote_card(ui, at, quote, &text, is_chosen, strings) {
            actions.push(Action::Show(turn.id, Some(at)));
        }
    }
    let rest = turn.quotes.len() - n_shown;
    if rest > 0 && quiet(ui, &fill(strings.more_quotes, &[&rest])).clicked() {
        ui.data_mut(|data| data.insert_temp(id, true));
    }
}

/// Shows a quote, by the lines of `text`. Whether it was clicked.
fn quote_card(
    ui: &mut Ui,
    at: usize,
    quote: &Quote,
    text: &[String],
    is_chosen: bool,
    strings: &Strings,
) -> bool {
    let colors = palette(ui);
    let name = fill(strings.citation, &[&(at + 1), &text.join(" ")]);
    let builder = UiBuilder::new().id_salt(("quote", at)).sense(Sense::CLICK | Sense::FOCUSABLE);
    let scope = ui.scope_builder(builder, |ui| {
        let response = ui.response();
        let is_over = response.hovered() || response.has_focus();
        let (fill_color, edge) = match (is_chosen, is_over) {
            (true, _) => (colors.mark_wash, colors.mark),
            (_, true) => (colors.hover, colors.accent),
            _ => (colors.card, colors.line),
        };
        card(ui).fill(fill_color).stroke(Stroke::new(1.0, edge)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::HAIR;
            ui.horizontal_top(|ui| {
                let number = RichText::new((at + 1).to_string()).font(theme::bold(size::SMALL));
                let number = Label::new(number.color(colors.accent)).selectable(false);
                ui.add_sized(Vec2::new(BEFORE, size::LEAD), number);
                let (font, width) = (theme::serif(size::LEAD), ui.available_width());
                let mut job = LayoutJob::simple(text.join("\n"), font, colors.ink, width);
                job.wrap.max_rows = LINES;
                ui.add(Label::new(job).selectable(false).wrap());
            });
            caption(ui, place(quote, strings));
        });
    });
    let response = scope.response.on_hover_cursor(egui::CursorIcon::PointingHand);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &name));
    response.clicked()
}

/// Where a quote stands, in a line.
pub fn place(quote: &Quote, strings: &Strings) -> String {
    let mut parts = vec![file_name(&quote.document)];
    if let Some(section) = quote.section.last() {
        parts.push(section.clone());
    }
    if let Some(page) = quote.page {
        parts.push(fill(strings.page_number, &[&page]));
    }
    parts.join(" · ")
}

/// What the answer cost, and that its quotes were compared.
fn footer(ui: &mut Ui, cost: &Cost, has_quotes: bool, strings: &Strings) {
    gap(ui, space::HAIR);
    let time = duration(cost.elapsed(), strings);
    let mut line = fill(strings.cost_line, &[&count(cost.passages.into()), &time]);
    if cost.prompt_tokens > 0 {
        let (read, written) = (count(cost.prompt_tokens), count(cost.output_tokens));
        line = format!("{line} · {}", fill(strings.cost_tokens, &[&read, &written]));
    }
    if has_quotes {
        line = format!("{line} · {}", strings.verified);
    }
    ui.with_layout(Layout::left_to_right(egui::Align::Min), |ui| caption(ui, line));
}
