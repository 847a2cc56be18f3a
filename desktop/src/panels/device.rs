//! The device: what computes and why, how fast, and memory against the promise.

use egui::{Grid, Label, RichText, Ui};

use carrel_core::memory::Reading;
use carrel_core::service::{GpuVerdict, HAS_GPU};

use super::composer::model_name;
use super::controls::{caption, choice, gap, text};
use crate::message::Action;
use crate::state::State;
use crate::state::device::{Loaded, Products};
use crate::text::{Strings, bytes, fill};
use crate::theme::{self, palette, size, space};

/// Shows the panel.
pub fn show(ui: &mut Ui, state: &State, actions: &mut Vec<Action>) {
    let strings = state.strings();
    let device = &state.device;
    Grid::new("device").num_columns(2).spacing([space::SECTION, space::LARGE]).show(ui, |ui| {
        row(ui, strings.backend, |ui| {
            let (name, why) = backend(device.loaded.as_ref(), strings);
            text(ui, name);
            for why in why {
                caption(ui, why);
            }
        });
        if HAS_GPU {
            row(ui, strings.compute_on, |ui| {
                ui.horizontal(|ui| {
                    let on_gpu = state.settings.on_gpu;
                    let both = [(true, strings.compute_gpu), (false, strings.compute_processor)];
                    for (is_gpu, name) in both {
                        if choice(ui, on_gpu == is_gpu, name).clicked() {
                            actions.push(Action::SetGpu(is_gpu));
                        }
                    }
                });
                caption(ui, strings.compute_on_help);
            });
        }
        if let Some(loaded) = &device.loaded {
            row(ui, strings.model_does, |ui| {
                text(ui, model_name(state, &loaded.path));
                caption(ui, reading(loaded.reading, strings));
            });
        }
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

/// What the probe of a model lets it do.
pub fn reading(reading: Reading, strings: &Strings) -> &'static str {
    match reading {
        Reading::Nothing => strings.reading_nothing,
        Reading::Shortens => strings.reading_shortens,
        Reading::Points => strings.reading_points,
        Reading::Spans => strings.reading_spans,
        Reading::Phrases => strings.reading_phrases,
    }
}

/// What computes, and why that.
fn backend(loaded: Option<&Loaded>, strings: &Strings) -> (String, Vec<String>) {
    let Some(loaded) = loaded else {
        let mut why = vec![strings.backend_idle_why.to_owned()];
        if !HAS_GPU {
            why.push(strings.gpu_not_built.to_owned());
        }
        return (strings.backend_idle.to_owned(), why);
    };
    let weights = if loaded.is_repacked { strings.repacked } else { strings.mapped };
    let cache = fill(strings.weights_cache, &[&weights, &loaded.cache, &loaded.n_ctx]);
    let verdict = match &loaded.verdict {
        GpuVerdict::Good { adapter, mean_divergence } => {
            let why = fill(strings.gpu_good, &[&format!("{mean_divergence:.1e}")]);
            return (fill(strings.backend_gpu, &[adapter]), vec![why, cache]);
        }
        GpuVerdict::NotBuilt => strings.gpu_not_built.to_owned(),
        GpuVerdict::NotWanted => strings.gpu_not_wanted.to_owned(),
        GpuVerdict::Unavailable { reason } => fill(strings.gpu_unavailable, &[reason]),
        GpuVerdict::Wrong { adapter, mean_divergence } => {
            fill(strings.gpu_wrong, &[adapter, &format!("{mean_divergence:.1e}")])
        }
    };
    let products = match &loaded.products {
        Products::Own(kernels) => fill(strings.products_own, &[kernels]),
        Products::Ggml(reason) => fill(strings.products_ggml, &[reason]),
    };
    (strings.backend_cpu.to_owned(), vec![verdict, products, cache])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CHINESE, ENGLISH};

    #[test]
    fn every_verdict_says_what_computes_and_why() {
        let loaded = |verdict| Loaded {
            path: "tiny.gguf".into(),
            verdict,
            products: Products::Own("avx2"),
            reading: Reading::Spans,
            is_repacked: true,
            cache: "F16".into(),
            n_ctx: 4_096,
            promised_bytes: 1,
            took_bytes: None,
            n_threads: 2,
        };
        let (adapter, mean_divergence) = ("Radeon".to_owned(), 0.002);
        let reason = "no driver".to_owned();
        let cases = [
            (GpuVerdict::NotBuilt, "Processor", "without the feature gpu"),
            (GpuVerdict::NotWanted, "Processor", "was chosen"),
            (GpuVerdict::Unavailable { reason }, "Processor", "not used: no driver"),
            (
                GpuVerdict::Wrong { adapter: adapter.clone(), mean_divergence: 0.5 },
                "Processor",
                "Radeon is not used: on this model it computes something else",
            ),
            (GpuVerdict::Good { adapter, mean_divergence }, "GPU: Radeon", "2.0e-3 nats"),
        ];
        for (verdict, name, why) in cases {
            let loaded = loaded(verdict);
            let (found, reasons) = backend(Some(&loaded), &ENGLISH);
            assert_eq!(found, name);
            assert!(reasons[0].contains(why), "{reasons:?}");
            let (_, in_chinese) = backend(Some(&loaded), &CHINESE);
            assert_eq!(in_chinese.len(), reasons.len());
        }
    }
}
