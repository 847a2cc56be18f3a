//! `carrel-desktop`: opens the window.

use std::path::PathBuf;
use std::process::ExitCode;

use carrel_desktop::app::{App, DITHERING, Options};
use carrel_desktop::dialogs::SystemDialogs;
use carrel_desktop::painter;
use egui::ViewportBuilder;

const HELP: &str = "\
Reads long documents with you.

Usage: carrel-desktop [OPTIONS] [DOCUMENT]...

Options:
  --data DIR       Folder of library, conversation and settings [default: the user's data folder]
  --models DIR     Folder of model files [default: $CARREL_MODELS, or the user's data folder]
  --endpoint URL   Server of models [default: $HF_ENDPOINT, or https://huggingface.co]
  --retries N      Attempts of a download without progress after the first [default: 5]
  --help           Print this
  --version        Print the version";

/// What the command line asks for.
#[derive(Debug, Default)]
struct Arguments {
    options: Options,
    documents: Vec<PathBuf>,
}

/// Reads the arguments. `Err` is what to print instead of opening a window, and the exit code.
fn arguments(given: impl Iterator<Item = std::ffi::OsString>) -> Result<Arguments, (String, u8)> {
    let mut found = Arguments::default();
    let mut given = given.peekable();
    while let Some(argument) = given.next() {
        let mut value = |name: &str| {
            let missing = || (format!("{name} needs a value\n\n{HELP}"), 2);
            given.next().ok_or_else(missing)
        };
        match argument.to_str() {
            Some("--help" | "-h") => return Err((HELP.to_owned(), 0)),
            Some("--version" | "-V") => {
                return Err((format!("carrel-desktop {}", env!("CARGO_PKG_VERSION")), 0));
            }
            Some("--data") => found.options.data = Some(value("--data")?.into()),
            Some("--models") => found.options.models = Some(value("--models")?.into()),
            Some("--endpoint") => {
                let endpoint = value("--endpoint")?.to_string_lossy().into_owned();
                found.options.endpoint = Some(endpoint);
            }
            Some("--retries") => {
                let retries = value("--retries")?;
                let number = retries.to_str().and_then(|text| text.parse().ok());
                let wrong = || (format!("--retries needs a number\n\n{HELP}"), 2);
                found.options.retries = Some(number.ok_or_else(wrong)?);
            }
            Some(other) if other.starts_with('-') && other.len() > 1 => {
                return Err((format!("{other}: no such option\n\n{HELP}"), 2));
            }
            _ => found.documents.push(argument.into()),
        }
    }
    Ok(found)
}

fn main() -> ExitCode {
    let arguments = match arguments(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err((says, 0)) => {
            println!("{says}");
            return ExitCode::SUCCESS;
        }
        Err((says, code)) => {
            eprintln!("{says}");
            return ExitCode::from(code);
        }
    };
    // The command line's folder: what one of them measured serves the other.
    if let Some(speeds) = carrel_downloads::cache_folder("speeds") {
        carrel_core::exec::keep_speeds_in(speeds);
    }
    let viewport = ViewportBuilder::default()
        .with_title("Carrel")
        .with_app_id("carrel")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([960.0, 600.0])
        .with_drag_and_drop(true);
    let native = eframe::NativeOptions { viewport, dithering: DITHERING, ..Default::default() };
    let open = move |creation: &eframe::CreationContext<'_>| {
        let ctx = &creation.egui_ctx;
        if let Some(state) = &creation.wgpu_render_state {
            painter::take_over(ctx, state);
        }
        let mut app = App::new(ctx, &arguments.options, Box::new(SystemDialogs));
        if !arguments.documents.is_empty() {
            app.open_when_listed(arguments.documents);
        }
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    match eframe::run_native("Carrel", native, Box::new(open)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "The window cannot be opened. It needs a display and a graphics driver: Vulkan, \
                 Metal or Direct3D 12. Without a GPU a software driver does; on Debian and Ubuntu \
                 that is the package mesa-vulkan-drivers. The command line needs neither: \
                 `carrel ask`.\nDetails: {error}"
            );
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::arguments;

    #[test]
    fn arguments_are_options_and_documents() {
        let of = |list: &[&str]| arguments(list.iter().map(|text| (*text).into()));
        let found = of(&["--data", "d", "a.txt", "--endpoint", "http://x", "-"]).unwrap();
        assert_eq!(found.options.data, Some("d".into()));
        assert_eq!(found.options.endpoint.as_deref(), Some("http://x"));
        assert_eq!(found.documents.len(), 2);
        assert_eq!(of(&["--help"]).unwrap_err().1, 0);
        assert_eq!(of(&["--data"]).unwrap_err().1, 2);
        assert_eq!(of(&["--retries", "many"]).unwrap_err().1, 2);
        assert_eq!(of(&["--nonsense"]).unwrap_err().1, 2);
    }
}
