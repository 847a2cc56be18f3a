//! The palettes as styles of egui.

use egui::style::{ScrollStyle, WidgetVisuals};
use egui::{Color32, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Vec2, Visuals};

use super::{DARK, LIGHT, Palette, RADIUS, bold, mono, sans, size, space};

/// Gives `ctx` both themes.
pub fn apply(ctx: &egui::Context) {
    ctx.set_style_of(Theme::Light, style(&LIGHT, Visuals::light()));
    ctx.set_style_of(Theme::Dark, style(&DARK, Visuals::dark()));
}

fn style(palette: &Palette, visuals: Visuals) -> Style {
    let mut style = Style { visuals: visuals_of(palette, visuals), ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, sans(size::SMALL)),
        (TextStyle::Body, sans(size::BODY)),
        (TextStyle::Button, sans(size::BODY)),
        (TextStyle::Heading, bold(size::LEAD)),
        (TextStyle::Monospace, mono(size::BODY)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::new(space::SMALL, space::SMALL);
    spacing.button_padding = Vec2::new(space::MEDIUM, 6.0);
    spacing.interact_size = Vec2::new(32.0, 30.0);
    spacing.window_margin = Margin::same(space::SECTION as i8);
    spacing.menu_margin = Margin::same(space::SMALL as i8);
    spacing.combo_width = 160.0;
    spacing.slider_width = 180.0;
    spacing.icon_width = 18.0;
    spacing.scroll = ScrollStyle {
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.0,
        ..ScrollStyle::thin()
    };
    style.interaction.selectable_labels = true;
    style.animation_time = 0.08;
    style
}

fn visuals_of(palette: &Palette, mut visuals: Visuals) -> Visuals {
    let radius = CornerRadius::same(RADIUS);
    let widget = |fill: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = widget(palette.chrome, palette.line, palette.ink);
    visuals.widgets.inactive = widget(palette.card, palette.line, palette.ink);
    visuals.widgets.hovered = widget(palette.hover, palette.faint, palette.ink);
    visuals.widgets.active = widget(palette.accent_wash, palette.accent, palette.ink);
    visuals.widgets.open = widget(palette.hover, palette.accent, palette.ink);
    visuals.selection.bg_fill = palette.accent_wash;
    visuals.selection.stroke = Stroke::new(1.5, palette.accent);
    visuals.hyperlink_color = palette.accent;
    visuals.weak_text_color = Some(palette.soft);
    visuals.faint_bg_color = palette.hover;
    visuals.extreme_bg_color = palette.card;
    visuals.text_edit_bg_color = Some(palette.card);
    visuals.code_bg_color = palette.hover;
    visuals.warn_fg_color = palette.mark;
    visuals.error_fg_color = palette.danger;
    visuals.panel_fill = palette.chrome;
    visuals.window_fill = palette.chrome;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(RADIUS * 2);
    visuals.menu_corner_radius = radius;
    visuals.window_shadow =
        Shadow { offset: [0, 12], blur: 32, spread: 0, color: Color32::from_black_alpha(56) };
    visuals.popup_shadow =
        Shadow { offset: [0, 4], blur: 12, spread: 0, color: Color32::from_black_alpha(40) };
    visuals.slider_trailing_fill = true;
    // A cursor that blinks draws the whole window twice a second; a still one costs nothing.
    visuals.text_cursor.blink = false;
    visuals
}
