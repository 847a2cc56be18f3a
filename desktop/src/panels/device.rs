//! The device: what computes and why, how fast, and memory against the promise.

use egui::{Grid, Label, RichText, Ui};

use super::controls::{caption, gap, text};
use crate::state::State;
use crate::state::device::{Backend, Loaded};
use crate::text::{Strings, bytes, fill};
use crate::theme::{self, palette, size, space};

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State) {
    let strings = state.strings();
    let device = &state.device;
    Grid::new("device").num_columns(2).spacing([space::SECTION, space::LARGE]).show(ui, |ui| {
        row(ui, strings.backend, |ui| {
            let (name, why) = backend(device.loaded.as_ref(), strings);
            text(ui, name);
            caption(ui, why);
        });
        row(ui, strings.processor, |ui| {
            let threads = state.settings.n_threads;
            text(ui, &device.machine.processor);
            caption(ui, fill(strings.threads_of, &[&threads, &device.machine.n_threads]));
        });
        row(ui, strings.speed, |ui| match device.speeds {
            Some(speeds) => {
                let read = format!("{:.0}", speeds.prompt_tokens_per_s);
                let written = format!("{:.0}", speeds.output_tokens_per_s);
                text(ui, fill(strings.speed_values, &[&read, &written]));
            }
            None => {
                text(ui, strings.speed_none);
            }
        });
        row(ui, strings.memory, |ui| {
            text(ui, fill(strings.memory_of_app, &[&bytes(device.taken.memory_bytes)]));
            match &device.loaded {
                Some(loaded) => {
                    let promised = bytes(loaded.promised_bytes);
                    caption(ui, fill(strings.memory_promise, &[&promised]));
                    if let Some(took) = loaded.took_bytes {
                        caption(ui, fill(strings.memory_took, &[&bytes(took)]));
                    }
                }
                None => {
                    caption(ui, strings.memory_no_promise);
                }
            }
        });
        row(ui, strings.temperature, |ui| {
            let says = device.taken.celsius.map(|celsius| format!("{celsius:.0} °C"));
            text(ui, says.unwrap_or_else(|| strings.temperature_none.to_owned()));
        });
        if !device.machine.display.is_empty() {
            row(ui, strings.display, |ui| {
                text(ui, &device.machine.display);
            });
        }
    });
    gap(ui, space::LARGE);
    caption(ui, strings.offline);
}

fn row(ui: &mut Ui, name: &str, values: impl FnOnce(&mut Ui)) {
    let soft = palette(ui).soft;
    let name = RichText::new(name).font(theme::bold(size::BODY)).color(soft);
    ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_width(110.0);
        ui.add(Label::new(name).selectable(false));
    });
    ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
        ui.set_width(420.0_f32.min(ui.available_width()));
        ui.spacing_mut().item_spacing.y = 2.0;
        values(ui);
    });
    ui.end_row();
}

/// What computes, and why that.
fn backend(loaded: Option<&Loaded>, strings: &Strings) -> (String, String) {
    let Some(loaded) = loaded else {
        return (strings.backend_idle.to_owned(), strings.backend_idle_why.to_owned());
    };
    let weights = if loaded.is_repacked { strings.repacked } else { strings.mapped };
    match &loaded.backend {
        Backend::Processor => {
            let why = fill(strings.backend_cpu_why, &[&weights, &loaded.cache, &loaded.n_ctx]);
            (format!("{} · {}", strings.backend_cpu, loaded.name), why)
        }
        Backend::ProcessorInstead(reason) => {
            let values: [&dyn std::fmt::Display; 4] =
                [reason, &weights, &loaded.cache, &loaded.n_ctx];
            let why = fill(strings.backend_cpu_no_gpu, &values);
            (format!("{} · {}", strings.backend_cpu, loaded.name), why)
        }
        Backend::Gpu(name, divergence) => {
            let divergence = format!("{divergence:.1e}");
            let why = fill(strings.backend_gpu_why, &[&divergence]);
            (format!("{} · {}", fill(strings.backend_gpu, &[name]), loaded.name), why)
        }
    }
}
