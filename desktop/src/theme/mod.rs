//! How the app looks: one palette for each theme, one type scale, one grid.
//!
//! Colours are named by what they are for. Contrast of every text colour with the surfaces that it
//! stands on is at least 4.5 to 1 (WCAG 2.2, 1.4.3); a test computes it. Sizes are in points.

pub mod fonts;
mod style;

pub use style::apply;

use egui::{Color32, FontFamily, FontId};

/// The grid: distances are these multiples of four points.
pub mod space {
    /// Between things that are one.
    pub const HAIR: f32 = 4.0;
    /// Between things that belong together.
    pub const SMALL: f32 = 8.0;
    /// Between rows.
    pub const MEDIUM: f32 = 12.0;
    /// Around panels.
    pub const LARGE: f32 = 16.0;
    /// Between sections.
    pub const SECTION: f32 = 24.0;
    /// Around the page.
    pub const PAGE: f32 = 32.0;
}

/// The type scale.
pub mod size {
    /// Captions and figures.
    pub const SMALL: f32 = 12.0;
    /// Controls and lists.
    pub const BODY: f32 = 14.0;
    /// Answers and titles of panels.
    pub const LEAD: f32 = 16.0;
    /// The page.
    pub const PAGE: f32 = 18.5;
    /// Headings of the page.
    pub const HEADING: f32 = 22.0;
    /// The title of the page.
    pub const TITLE: f32 = 27.0;
}

/// Radius of corners.
pub const RADIUS: u8 = 6;
/// Widest column of text on the page: about 70 characters a line.
pub const COLUMN: f32 = 620.0;

/// The colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Around everything: header, library, conversation.
    pub chrome: Color32,
    /// Raised on the chrome: cards, fields.
    pub card: Color32,
    /// The page that is read.
    pub page: Color32,
    /// Lines between surfaces.
    pub line: Color32,
    /// Text.
    pub ink: Color32,
    /// Text of less weight.
    pub soft: Color32,
    /// Marks without text.
    pub faint: Color32,
    /// What can be done, and what is chosen.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// Behind what is chosen.
    pub accent_wash: Color32,
    /// Behind what the pointer is over.
    pub hover: Color32,
    /// Where fragments of an answer lie.
    pub mark: Color32,
    /// Behind quoted text.
    pub mark_wash: Color32,
    /// Behind the quote that was chosen.
    pub mark_strong: Color32,
    /// What went wrong.
    pub danger: Color32,
    /// Behind what went wrong.
    pub danger_wash: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Paper by daylight.
pub const LIGHT: Palette = Palette {
    chrome: rgb(0xF4F1EA),
    card: rgb(0xFCFAF5),
    page: rgb(0xFFFEFB),
    line: rgb(0xE0DACD),
    ink: rgb(0x26231E),
    soft: rgb(0x655F54),
    faint: rgb(0xC4BCAC),
    accent: rgb(0x256957),
    on_accent: rgb(0xFFFFFF),
    accent_wash: rgb(0xDFEBE4),
    hover: rgb(0xEAE5DA),
    mark: rgb(0xC97B1E),
    mark_wash: rgb(0xFBEECF),
    mark_strong: rgb(0xF7DB9B),
    danger: rgb(0xA23726),
    danger_wash: rgb(0xFAE6E0),
};

/// Paper by lamplight.
pub const DARK: Palette = Palette {
    chrome: rgb(0x17181A),
    card: rgb(0x222427),
    page: rgb(0x1C1D20),
    line: rgb(0x33353A),
    ink: rgb(0xE9E5DB),
    soft: rgb(0xABA69A),
    faint: rgb(0x565552),
    accent: rgb(0x86CCB5),
    on_accent: rgb(0x10231D),
    accent_wash: rgb(0x233832),
    hover: rgb(0x2A2C30),
    mark: rgb(0xE5AB52),
    mark_wash: rgb(0x3B311D),
    mark_strong: rgb(0x5C4920),
    danger: rgb(0xF09380),
    danger_wash: rgb(0x3C2420),
};

/// The palette of the theme that `ui` is drawn in.
pub fn palette(ui: &egui::Ui) -> &'static Palette {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// The plain face of controls.
pub fn sans(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// The bold face of controls.
pub fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(fonts::BOLD.into()))
}

/// The face of the page and of answers.
pub fn serif(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(fonts::SERIF.into()))
}

/// The face of the page's headings.
pub fn serif_bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(fonts::SERIF_BOLD.into()))
}

/// The face of programs and tables.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as WCAG 2.2 defines it.
    fn luminance(color: Color32) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(color.r()) + 0.7152 * channel(color.g()) + 0.0722 * channel(color.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_every_surface_it_stands_on() {
        for (name, p) in [("light", LIGHT), ("dark", DARK)] {
            let surfaces = [p.chrome, p.card, p.page, p.accent_wash, p.mark_wash, p.hover];
            for surface in surfaces {
                for text in [p.ink, p.soft] {
                    let found = contrast(text, surface);
                    assert!(found >= 4.5, "{name}: {text:?} on {surface:?} has {found:.2}");
                }
            }
            for (text, surface) in [
                (p.accent, p.chrome),
                (p.accent, p.card),
                (p.accent, p.accent_wash),
                (p.on_accent, p.accent),
                (p.ink, p.mark_strong),
                (p.danger, p.danger_wash),
                (p.danger, p.card),
            ] {
                let found = contrast(text, surface);
                assert!(found >= 4.5, "{name}: {text:?} on {surface:?} has {found:.2}");
            }
            // Marks without text need 3 to 1 (1.4.11).
            assert!(contrast(p.mark, p.page) >= 3.0, "{name}");
        }
    }
}
