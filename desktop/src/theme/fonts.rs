//! Faces: Noto Sans for controls, Libertinus Serif for the page, both under the Open Font License
//! and part of the program; what they lack (Chinese, Arabic, …) comes from the fonts of the system.
//!
//! A system's font is looked for when the first character that needs one is drawn, so starting the
//! app reads none of them.

use std::sync::{Arc, OnceLock};

use egui::epaint::text::{FallbackRequest, FontInsert, FontPriority, InsertFontFamily};
use egui::{FontData, FontDefinitions, FontFamily, FontTweak};
use fontdb::{Database, Source};

/// Family of the bold face of controls.
pub const BOLD: &str = "bold";
/// Family of the page.
pub const SERIF: &str = "serif";
/// Family of the page's headings.
pub const SERIF_BOLD: &str = "serif bold";

/// Families that read well in running text, where the system has several with a character.
const PREFERRED: &[&str] = &[
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "Noto Sans",
    "DejaVu Sans",
];

/// Gives `ctx` the faces of the program, and the system's for what they lack.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
    ctx.add_font_provider(Arc::new(|request: &FallbackRequest<'_>| system_font(request)));
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let mut face = |name: &str, data: FontData| {
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    };
    face("Noto Sans", FontData::from_static(notosans::REGULAR_TTF));
    face("Noto Sans Bold", FontData::from_static(notosans::BOLD_TTF));
    for data in typst_assets::fonts() {
        match post_script_name(data).as_deref() {
            Some("LibertinusSerif-Regular") => {
                face("Libertinus Serif", FontData::from_static(data))
            }
            Some("LibertinusSerif-Semibold") => {
                face("Libertinus Serif Semibold", FontData::from_static(data));
            }
            _ => {}
        }
    }
    let rest = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let mut family = |family: FontFamily, first: &[&str]| {
        let names = first.iter().map(|name| (*name).to_owned()).chain(rest.iter().cloned());
        fonts.families.insert(family, names.collect());
    };
    family(FontFamily::Proportional, &["Noto Sans"]);
    family(FontFamily::Name(BOLD.into()), &["Noto Sans Bold", "Noto Sans"]);
    family(FontFamily::Name(SERIF.into()), &["Libertinus Serif", "Noto Sans"]);
    family(
        FontFamily::Name(SERIF_BOLD.into()),
        &["Libertinus Serif Semibold", "Libertinus Serif", "Noto Sans"],
    );
    if let Some(mono) = fonts.families.get_mut(&FontFamily::Monospace) {
        mono.push("Noto Sans".to_owned());
    }
    fonts
}

/// The PostScript name that a font gives itself.
fn post_script_name(data: &'static [u8]) -> Option<String> {
    let mut database = Database::new();
    database.load_font_source(Source::Binary(Arc::new(data)));
    database.faces().next().map(|face| face.post_script_name.clone())
}

/// The fonts of the system, listed once.
fn system() -> &'static Database {
    static SYSTEM: OnceLock<Database> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let mut database = Database::new();
        database.load_system_fonts();
        database
    })
}

/// A font of the system that has the first character of what was asked for.
fn system_font(request: &FallbackRequest<'_>) -> Option<FontInsert> {
    let character = request.cluster.chars().next()?;
    let database = system();
    let preference = |face: &fontdb::FaceInfo| {
        let known = face
            .families
            .iter()
            .filter_map(|(name, _)| PREFERRED.iter().position(|preferred| name == preferred));
        let plain = face.style == fontdb::Style::Normal && face.weight == fontdb::Weight::NORMAL;
        (known.min().unwrap_or(PREFERRED.len()), !plain)
    };
    let mut faces: Vec<&fontdb::FaceInfo> = database.faces().collect();
    faces.sort_by_key(|face| preference(face));
    let face = faces.into_iter().find(|face| {
        database
            .with_face_data(face.id, |data, index| {
                ttf_parser::Face::parse(data, index)
                    .is_ok_and(|parsed| parsed.glyph_index(character).is_some())
            })
            .unwrap_or(false)
    })?;
    let (data, index) = database.with_face_data(face.id, |data, index| (data.to_vec(), index))?;
    let shift = baseline_shift(request.family, &data, index);
    let tweak = FontTweak { y_offset_factor: shift, ..FontTweak::default() };
    let mut data = FontData::from_owned(data).tweak(tweak);
    data.index = index;
    let family =
        InsertFontFamily { family: request.family.clone(), priority: FontPriority::Lowest };
    Some(FontInsert::new(&format!("{} {index}", face.post_script_name), data, vec![family]))
}

/// How far down a face goes, as a share of its size, to stand on the line of the family's own face:
/// egui centres lines of different heights on each other.
fn baseline_shift(family: &FontFamily, data: &[u8], index: u32) -> f32 {
    let is_serif =
        matches!(family, FontFamily::Name(name) if [SERIF, SERIF_BOLD].contains(&&**name));
    let own = match is_serif {
        true => typst_assets::fonts().next().unwrap_or(notosans::REGULAR_TTF),
        false => notosans::REGULAR_TTF,
    };
    let lines = |data: &[u8], index| {
        let face = ttf_parser::Face::parse(data, index).ok()?;
        let em = f32::from(face.units_per_em());
        let ascent = f32::from(face.ascender()) / em;
        let height = ascent + (f32::from(face.line_gap()) - f32::from(face.descender())) / em;
        Some((ascent, height))
    };
    let Some(((own_ascent, own_height), (ascent, height))) = lines(own, 0).zip(lines(data, index))
    else {
        return 0.0;
    };
    own_ascent - ascent - 0.5 * (own_height - height)
}
