//! Measures the app as it is drawn by the processor at 1280 x 800, and prints a table in Markdown.
//!
//! ```sh
//! cargo run --release -p carrel-desktop --example measure
//! ```
//! A frame is everything from the events to the finished picture in memory: state, layout, the tree for
//! screen readers, tessellation, and drawing by the driver that computes on the processor. What the
//! window system does with the picture is not in it. With `--egui`, the first row is drawn by egui's own
//! pipelines instead of the app's. The model is tiny and random, and computes with
//! one thread. The long document has 4 million tokens, four bytes each.

#[path = "../tests/rig/mod.rs"]
mod rig;

use std::time::{Duration, Instant};

use carrel_core::memory::Profile;
use carrel_desktop::app::{App, DITHERING};
use carrel_desktop::device;
use carrel_desktop::message::Action;
use carrel_desktop::painter::take_over;
use carrel_desktop::text::bytes;
use eframe::egui_wgpu::{RenderState, RendererOptions, ScreenDescriptor, wgpu};
use egui_kittest::HarnessBuilder;
use egui_kittest::wgpu::WgpuTestRenderer;
use rig::{Rig, Setup, let_it_point, long_text, scratch, shelve_model};

/// Frames of one measurement.
const FRAMES: usize = 300;
/// Points of the window, one pixel each.
const SIZE: [f32; 2] = [1280.0, 800.0];
/// Time between two pictures of a screen.
const REFRESH: Duration = Duration::from_micros(16_667);
/// Bytes of the long document.
const LONG: usize = 16_000_000;

/// Milliseconds of frames, smallest first: up to the shapes, and the whole.
struct Frames {
    update: Vec<f64>,
    whole: Vec<f64>,
}

fn at(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(0.0)
}

/// Draws as the window does, into a picture that stays.
struct Canvas {
    state: RenderState,
    view: wgpu::TextureView,
}

impl Canvas {
    fn new(state: RenderState) -> Self {
        let [width, height] = [SIZE[0] as u32, SIZE[1] as u32];
        let texture = state.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: state.target_format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        Self { state, view }
    }

    fn draw(&self, rig: &Rig) {
        let (device, queue) = (&self.state.device, &self.state.queue);
        let shapes = rig.harness.output().shapes.clone();
        let meshes = rig.harness.ctx.tessellate(shapes, 1.0);
        let screen = ScreenDescriptor {
            size_in_pixels: [SIZE[0] as u32, SIZE[1] as u32],
            pixels_per_point: 1.0,
        };
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut renderer = self.state.renderer.write();
        let buffers = renderer.update_buffers(device, queue, &mut encoder, &meshes, &screen);
        let attachment = wgpu::RenderPassColorAttachment {
            view: &self.view,
            resolve_target: None,
            ops: wgpu::Operations {
                load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                store: wgpu::StoreOp::Store,
            },
            depth_slice: None,
        };
        let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(attachment)],
            ..Default::default()
        });
        renderer.render(&mut pass.forget_lifetime(), &meshes, &screen);
        queue.submit(buffers.into_iter().chain([encoder.finish()]));
        let wait = wgpu::PollType::Wait { submission_index: None, timeout: None };
        device.poll(wait).expect("it is drawn");
    }
}

fn frames(
    rig: &mut Rig,
    canvas: &Canvas,
    n_frames: usize,
    mut before: impl FnMut(&mut Rig, usize),
) -> Frames {
    let mut found = Frames { update: Vec::new(), whole: Vec::new() };
    for frame in 0..n_frames {
        before(rig, frame);
        let start = Instant::now();
        rig.harness.step();
        found.update.push(start.elapsed().as_secs_f64() * 1e3);
        canvas.draw(rig);
        found.whole.push(start.elapsed().as_secs_f64() * 1e3);
        // The screen takes sixty pictures a second, so the app rests in between as it does there.
        std::thread::sleep(REFRESH.saturating_sub(start.elapsed()));
    }
    found.update.sort_by(f64::total_cmp);
    found.whole.sort_by(f64::total_cmp);
    found
}

fn print(what: &str, frames: &Frames) {
    println!(
        "| {what} | {:.1} | {:.1} | {:.1} | {:.1} |",
        at(&frames.update, 0.5),
        at(&frames.update, 0.95),
        at(&frames.whole, 0.5),
        at(&frames.whole, 0.95)
    );
}

fn main() {
    let by_egui = std::env::args().any(|argument| argument == "--egui");
    let folder = scratch();
    let place = shelve_model(folder.path());
    let_it_point(folder.path());
    let mut state = None;
    let renderer = WgpuTestRenderer::with_render_options(RendererOptions {
        dithering: DITHERING,
        ..RendererOptions::default()
    });
    let setup = Setup { size: SIZE, ..Setup::new(folder.path()) };
    let further = |builder: HarnessBuilder<App>| builder.renderer(renderer);
    let mut rig = setup
        .open_with(further, |creation| {
            state = creation.wgpu_render_state.clone();
            let drawn_by = state.as_ref().expect("something draws");
            let is_own = by_egui || take_over(&creation.egui_ctx, drawn_by);
            assert!(is_own, "the processor draws");
        })
        .with_handbook();
    let canvas = Canvas::new(state.expect("something draws"));
    println!("Drawn by {}.\n", canvas.state.adapter.get_info().name);
    rig.ask("Which exit code means that the memory budget is too small?");
    println!("| frames | update p50 ms | update p95 ms | whole p50 ms | whole p95 ms |");
    println!("|---|---|---|---|---|");
    let still = frames(&mut rig, &canvas, FRAMES, |_, _| {});
    print("an answer from the handbook", &still);
    if by_egui {
        return;
    }

    rig.perform(Action::SetThreads(1));
    rig.perform(Action::UseModel(Some(place)));
    let path = folder.path().join("long.txt");
    std::fs::write(&path, long_text(LONG)).expect("written");
    let started = Instant::now();
    rig.perform(Action::Add(vec![path.clone()]));
    let reading = frames(&mut rig, &canvas, FRAMES, |_, _| {});
    print("while a document is read", &reading);
    rig.add(&path);
    let read = started.elapsed();
    let scrolled = frames(&mut rig, &canvas, FRAMES, |rig, frame| {
        // A wheel in the middle of the page, and a jump now and then.
        let middle = egui::pos2(560.0, 450.0);
        rig.harness.input_mut().events.push(egui::Event::PointerMoved(middle));
        rig.harness.input_mut().events.push(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, -180.0),
            source: egui::MouseWheelSource::Wheel,
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        });
        if frame % 40 == 39 {
            let to = (frame as u64 + 1) * (LONG as u64 / FRAMES as u64);
            rig.harness.state_mut().state.page.go_to(to);
        }
    });
    print("scrolling and jumping in 4 million tokens", &scrolled);

    rig.perform(Action::SetProfile(Profile::Exhaustive));
    rig.perform(Action::AskThis("List everything that Old Omar mended by the river.".to_owned()));
    rig.wait("a window", |state| state.device.speeds.is_some());
    let generating = frames(&mut rig, &canvas, FRAMES, |_, _| {});
    let is_working = rig.state().conversation.working().is_some();
    print("while a model reads for an answer", &generating);
    rig.perform(Action::CancelAnswer);
    rig.wait("the end", |state| state.conversation.working().is_none());
    println!();
    println!("* The model was at work to the end of its measurement: {is_working}.");
    if let Some(loaded) = &rig.state().device.loaded {
        let took = loaded.took_bytes.map_or_else(String::new, bytes);
        println!("* Promised for the model: {}; it took {took}.", bytes(loaded.promised_bytes));
    }
    if let Some(speeds) = rig.state().device.speeds {
        let (read, written) = (speeds.prompt_tokens_per_s, speeds.output_tokens_per_s);
        println!("* It read {read:.0} and wrote {written:.0} tokens a second.");
    }
    println!("* Reading the long document took {:.1} s, frames included.", read.as_secs_f64());
    println!("* Resident memory at the end: {}.", bytes(device::taken().memory_bytes));
}
