//! Buttons, captions and cards in the app's own look.

use egui::{
    Button, Color32, CornerRadius, Frame, Label, Margin, Response, RichText, Sense, Stroke, Ui,
    Vec2,
};

use crate::theme::{self, RADIUS, palette, size, space};

/// The one thing to do here.
pub fn primary(ui: &mut Ui, text: &str) -> Response {
    let colors = palette(ui);
    ui.scope(|ui| {
        let visuals = ui.visuals_mut();
        for widget in [
            &mut visuals.widgets.inactive,
            &mut visuals.widgets.hovered,
            &mut visuals.widgets.active,
        ] {
            widget.weak_bg_fill = colors.accent;
            widget.bg_stroke = Stroke::new(1.0, colors.accent);
            widget.fg_stroke = Stroke::new(1.0, colors.on_accent);
        }
        visuals.widgets.hovered.bg_stroke = Stroke::new(2.0, colors.ink);
        visuals.widgets.active.bg_stroke = Stroke::new(2.0, colors.ink);
        ui.add(Button::new(RichText::new(text).font(theme::bold(size::BODY))))
    })
    .inner
}

/// Something else to do here.
pub fn plain(ui: &mut Ui, text: &str) -> Response {
    ui.add(Button::new(text))
}

/// Something small to do, without a frame until the pointer or the focus is on it.
pub fn quiet(ui: &mut Ui, text: &str) -> Response {
    let colors = palette(ui);
    let text = RichText::new(text).font(theme::sans(size::SMALL)).color(colors.accent);
    ui.scope(|ui| {
        ui.spacing_mut().button_padding = Vec2::new(space::HAIR + 2.0, 2.0);
        ui.spacing_mut().interact_size.y = 22.0;
        ui.add(Button::new(text).frame_when_inactive(false))
    })
    .inner
}

/// One of several, of which one is chosen.
pub fn choice(ui: &mut Ui, is_chosen: bool, text: &str) -> Response {
    ui.add(Button::selectable(is_chosen, text))
}

/// The number of a quote. Changes how what follows in `ui` looks.
pub fn number(ui: &mut Ui, number: usize, is_chosen: bool) -> Response {
    let colors = palette(ui);
    let (fill, ink) = match is_chosen {
        true => (colors.mark_strong, colors.ink),
        false => (colors.accent_wash, colors.accent),
    };
    let text = RichText::new((number + 1).to_string()).font(theme::bold(11.0)).color(ink);
    ui.spacing_mut().button_padding = Vec2::new(5.0, 0.0);
    ui.spacing_mut().interact_size = Vec2::new(18.0, 18.0);
    let widgets = &mut ui.visuals_mut().widgets;
    for widget in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, fill);
        widget.corner_radius = CornerRadius::same(9);
    }
    widgets.hovered.bg_stroke = Stroke::new(1.0, ink);
    widgets.active.bg_stroke = Stroke::new(1.0, ink);
    ui.add(Button::new(text))
}

/// The title of a panel.
pub fn title(ui: &mut Ui, text: &str) -> Response {
    let ink = palette(ui).ink;
    ui.add(
        Label::new(RichText::new(text).font(theme::bold(size::LEAD)).color(ink)).selectable(false),
    )
}

/// The title of a part of a panel.
pub fn subtitle(ui: &mut Ui, text: &str) -> Response {
    let ink = palette(ui).ink;
    ui.add(
        Label::new(RichText::new(text).font(theme::bold(size::BODY)).color(ink)).selectable(false),
    )
}

/// Text of less weight.
pub fn caption(ui: &mut Ui, text: impl Into<String>) -> Response {
    let soft = palette(ui).soft;
    ui.add(Label::new(RichText::new(text.into()).font(theme::sans(size::SMALL)).color(soft)).wrap())
}

/// Text of less weight in one line, cut where the line ends.
pub fn caption_line(ui: &mut Ui, text: impl Into<String>) -> Response {
    let soft = palette(ui).soft;
    let text = RichText::new(text.into()).font(theme::sans(size::SMALL)).color(soft);
    ui.add(Label::new(text).truncate())
}

/// Text.
pub fn text(ui: &mut Ui, text: impl Into<String>) -> Response {
    let ink = palette(ui).ink;
    ui.add(Label::new(RichText::new(text.into()).font(theme::sans(size::BODY)).color(ink)).wrap())
}

/// A surface of its own.
pub fn card(ui: &Ui) -> Frame {
    let colors = palette(ui);
    Frame::new()
        .fill(colors.card)
        .stroke(Stroke::new(1.0, colors.line))
        .corner_radius(CornerRadius::same(RADIUS))
        .inner_margin(Margin::same(space::MEDIUM as i8))
}

/// A thin bar that is filled so far.
pub fn bar(ui: &mut Ui, share: f32, name: &str) -> Response {
    let colors = palette(ui);
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(ui.available_width(), 4.0), Sense::hover());
    let painter = ui.painter();
    painter.rect_filled(rect, 2.0, colors.line);
    let mut filled = rect;
    filled.set_width(rect.width() * share.clamp(0.0, 1.0));
    painter.rect_filled(filled, 2.0, colors.accent);
    let value = f64::from(share * 100.0);
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, true, name);
        info.value = Some(value);
        info
    });
    response
}

/// A dot of a colour.
pub fn dot(ui: &mut Ui, color: Color32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(10.0), Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, color);
}

/// Space between parts of a panel.
pub fn gap(ui: &mut Ui, points: f32) {
    ui.add_space((points - ui.spacing().item_spacing.y).max(0.0));
}
