//! The app's own way of drawing without a GPU shows what egui's shows.

mod rig;

use carrel_desktop::app::{App, DITHERING};
use carrel_desktop::message::{Action, Overlay};
use carrel_desktop::painter::take_over;
use carrel_desktop::state::settings::ThemeChoice;
use eframe::egui_wgpu::RendererOptions;
use egui_kittest::HarnessBuilder;
use egui_kittest::wgpu::WgpuTestRenderer;
use rig::{Setup, can_draw, scratch};

/// Most that a channel may differ by: letters are read from the same texture in another way.
const MOST: u8 = 6;

/// Pictures of an answer, of a panel over it and of other changes, and whether the app drew them itself.
fn drawn(theme: ThemeChoice, own: bool, scale: f32) -> (Vec<Vec<[u8; 4]>>, bool) {
    let folder = scratch();
    let options = RendererOptions { dithering: DITHERING, ..RendererOptions::default() };
    let renderer = WgpuTestRenderer::with_render_options(options);
    let further = |builder: HarnessBuilder<App>| builder.renderer(renderer);
    let mut is_own = false;
    let mut setup = Setup::new(folder.path());
    (setup.theme, setup.pixels_per_point) = (theme, scale);
    let mut rig = setup
        .open_with(further, |creation| {
            if let Some(state) = creation.wgpu_render_state.as_ref().filter(|_| own) {
                is_own = take_over(&creation.egui_ctx, state);
            }
        })
        .with_handbook();
    rig.ask("Which exit code means that the memory budget is too small?");
    rig.click("Show quote 1 in the document");
    // What the answer took is another time each time.
    rig.harness.state_mut().state.conversation.turns.last_mut().expect("a turn").progress =
        carrel_desktop::state::conversation::Progress::Cancelled;
    // Of each picture the app draws only what is not as in the one before.
    let mut pictures = Vec::new();
    for change in [
        Action::Overlay(None),
        Action::Overlay(Some(Overlay::Keys)),
        Action::Overlay(None),
        Action::GoTo(9_000),
        Action::Show(0, Some(0)),
        Action::SetTheme(ThemeChoice::Dark),
        Action::SetZoom(if scale == 1.0 { 1.25 } else { 0.8 }),
        Action::SetTheme(ThemeChoice::Light),
    ] {
        rig.perform(change);
        rig.harness.remove_cursor();
        rig.settle();
        let image = rig.harness.render().expect("it is drawn");
        pictures.push(image.pixels().map(|pixel| pixel.0).collect());
    }
    (pictures, is_own)
}

#[test]
fn pictures_are_those_of_egui() {
    if !can_draw() {
        return;
    }
    for (theme, scale) in [(ThemeChoice::Light, 1.0), (ThemeChoice::Dark, 1.25)] {
        let (own, is_own) = drawn(theme, true, scale);
        if !is_own {
            eprintln!("SKIPPED: a GPU draws here");
            return;
        }
        let (egui, _) = drawn(theme, false, scale);
        for (at, (own, egui)) in own.iter().zip(&egui).enumerate() {
            assert_eq!(own.len(), egui.len());
            let differs = |(one, other): &(&[u8; 4], &[u8; 4])| {
                one.iter().zip(other.iter()).any(|(one, other)| one.abs_diff(*other) > MOST)
            };
            let n_other = own.iter().zip(egui).filter(differs).count();
            assert!(n_other * 2_000 < own.len(), "picture {at}: {n_other} of {} pixels", own.len());
        }
    }
}
