//! The app as it looks: two sizes, both themes, both languages. With the environment's
//! `CARREL_PICTURES` naming a folder, the pictures are kept there.

mod rig;

use carrel_core::memory::Profile;
use carrel_desktop::message::{Action, Overlay, Purpose};
use carrel_desktop::state::settings::ThemeChoice;
use carrel_desktop::text::Language;
use rig::{Rig, Setup, can_draw, long_text, scratch, with_model};

const WIDE: [f32; 2] = [1280.0, 800.0];
const SMALL: [f32; 2] = [1024.0, 680.0];

fn setup(folder: &std::path::Path, theme: ThemeChoice, size: [f32; 2]) -> Setup {
    let mut setup = Setup::new(folder);
    (setup.theme, setup.size) = (theme, size);
    setup
}

/// The novel of the fixtures where they are, else a text that is made here.
fn novel(folder: &std::path::Path) -> std::path::PathBuf {
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/fixtures/documents/adventures-of-sherlock-holmes.txt");
    if fixture.is_file() {
        // A name that is the same on every machine.
        let path = folder.join("adventures-of-sherlock-holmes.txt");
        std::fs::copy(&fixture, &path).expect("copied");
        return path;
    }
    let path = folder.join("harbour.txt");
    std::fs::write(&path, long_text(600 << 10)).expect("written");
    path
}

fn asked(mut rig: Rig) -> Rig {
    rig.ask("Which exit code means that the memory budget is too small?");
    rig.click("Show quote 1 in the document");
    rig.settle();
    rig
}

#[test]
fn first_start() {
    if !can_draw() {
        return;
    }
    for (theme, word) in [(ThemeChoice::Light, "light"), (ThemeChoice::Dark, "dark")] {
        for (size, width) in [(WIDE, "1280"), (SMALL, "1024")] {
            let folder = scratch();
            let mut rig = setup(folder.path(), theme, size).open().with_handbook();
            if size == WIDE {
                rig.picture(&format!("first-start-{word}-{width}"));
            }
            let mut rig = asked(rig);
            rig.picture(&format!("answer-{word}-{width}"));
        }
    }
}

#[test]
fn many_fragments_of_a_novel() {
    if !can_draw() {
        return;
    }
    for (theme, word) in [(ThemeChoice::Light, "light"), (ThemeChoice::Dark, "dark")] {
        let folder = scratch();
        let mut rig = setup(folder.path(), theme, WIDE).open().with_handbook();
        rig.add(&novel(folder.path()));
        rig.ask("What is this book about?");
        rig.press(egui::Modifiers::ALT, egui::Key::Num4);
        let start = rig.state().fragments()[3].span.start;
        rig.wait("the quote", |state| {
            state.page.visible.is_some_and(|seen| (seen.start..seen.end).contains(&start))
        });
        rig.picture(&format!("fragments-{word}-1280"));
    }
}

#[test]
fn reading_under_way() {
    if !can_draw() {
        return;
    }
    for (theme, word) in [(ThemeChoice::Light, "light"), (ThemeChoice::Dark, "dark")] {
        let folder = scratch();
        let path = folder.path().join("harbour-chronicle.txt");
        std::fs::write(&path, long_text(40 << 20)).expect("written");
        let mut rig = setup(folder.path(), theme, WIDE).open().with_handbook();
        rig.perform(Action::Add(vec![path.clone()]));
        let name = path.display().to_string();
        rig.wait("a part", |state| match &state.document(&name).map(|d| &d.stage) {
            Some(carrel_desktop::state::documents::Stage::Reading(underway)) => {
                underway.share() > 0.2
            }
            _ => false,
        });
        rig.picture(&format!("reading-{word}-1280"));
        rig.perform(Action::StopReading(name));
    }
}

#[test]
fn panels_over_the_others() {
    if !can_draw() {
        return;
    }
    for (theme, word, overlay) in [
        (ThemeChoice::Light, "models-light", Overlay::Models),
        (ThemeChoice::Dark, "models-dark", Overlay::Models),
        (ThemeChoice::Dark, "device-dark", Overlay::Device),
        (ThemeChoice::Light, "device-light", Overlay::Device),
        (ThemeChoice::Dark, "settings-dark", Overlay::Settings),
        (ThemeChoice::Dark, "keys-dark", Overlay::Keys),
        (ThemeChoice::Light, "path-light", Overlay::Path(Purpose::Document)),
        (ThemeChoice::Light, "settings-light", Overlay::Settings),
        (ThemeChoice::Light, "keys-light", Overlay::Keys),
    ] {
        let folder = scratch();
        let mut rig = setup(folder.path(), theme, SMALL).open().with_handbook();
        at_home(&mut rig);
        rig.perform(Action::Overlay(Some(overlay)));
        rig.harness.state_mut().state.path_field.text = "/home/you/Documents/report.pdf".into();
        rig.picture(&format!("{word}-1024"));
    }
}

/// Folders that are the same on every machine.
fn at_home(rig: &mut Rig) {
    let places = &mut rig.harness.state_mut().state.places;
    places.data = "/home/you/.local/share/carrel/desktop".into();
    places.models = "/home/you/.local/share/carrel/models".into();
}

#[test]
fn with_a_model() {
    if !can_draw() {
        return;
    }
    for (theme, word) in [(ThemeChoice::Light, "light"), (ThemeChoice::Dark, "dark")] {
        let folder = scratch();
        let mut rig = with_model(setup(folder.path(), theme, WIDE));
        let path = folder.path().join("harbour-chronicle.txt");
        std::fs::write(&path, long_text(3 << 20)).expect("written");
        rig.add(&path);
        rig.perform(Action::SetProfile(Profile::Exhaustive));
        let question = "List everything that Old Omar mended by the river.";
        rig.perform(Action::AskThis(question.to_owned()));
        rig.until("some sentences", |state| {
            state.conversation.turns.last().is_some_and(|turn| turn.sentences.len() > 2)
        });
        rig.picture(&format!("streaming-{word}-1280"));
        rig.press(egui::Modifiers::NONE, egui::Key::Escape);
        rig.wait("the end", |state| state.conversation.working().is_none());
        for (overlay, name) in [(Overlay::Device, "device"), (Overlay::Models, "models")] {
            rig.perform(Action::Overlay(Some(overlay)));
            rig.picture(&format!("{name}-loaded-{word}-1280"));
        }
    }
}

#[test]
fn in_chinese() {
    if !can_draw() {
        return;
    }
    let folder = scratch();
    let path = folder.path().join("灯塔.md");
    let text = "# 灯塔\n\n## 第一章\n\n守塔人每天傍晚写下天气。他的妹妹在港口卖灯。\n\n\
                黄铜灯是蓝色的，放在阁楼里。老欧玛三月去了北京。\n\n## 第二章\n\n\
                四月，他回到港口，把信交给了面包师。面包师没有读那封信。\n";
    std::fs::write(&path, text).expect("written");
    let mut setup = setup(folder.path(), ThemeChoice::Light, WIDE);
    setup.language = Language::Chinese;
    let mut rig = setup.open().with_handbook();
    rig.add(&path);
    rig.perform(Action::AskThis("老欧玛去了哪里？".to_owned()));
    rig.wait("the answer", |state| state.conversation.working().is_none());
    let id = rig.state().conversation.turns[0].id;
    rig.perform(Action::Show(id, Some(0)));
    rig.picture("chinese-light-1280");
    at_home(&mut rig);
    for (overlay, name) in [
        (Overlay::Settings, "settings"),
        (Overlay::Models, "models"),
        (Overlay::Device, "device"),
        (Overlay::Keys, "keys"),
    ] {
        rig.perform(Action::Overlay(Some(overlay)));
        rig.picture(&format!("chinese-{name}-light-1280"));
    }
}

#[test]
fn nothing_there() {
    if !can_draw() {
        return;
    }
    let folder = scratch();
    let mut rig = setup(folder.path(), ThemeChoice::Dark, SMALL).open().with_handbook();
    rig.perform(Action::Remove("handbook.md".to_owned()));
    rig.wait("its removal", |state| state.documents.is_empty());
    rig.picture("empty-dark-1024");
    rig.perform(Action::Add(vec![folder.path().join("gone.txt")]));
    rig.wait("trouble", |state| state.documents.first().is_some_and(|d| !d.is_unread()));
    rig.picture("trouble-dark-1024");
}

#[test]
fn twice_as_dense() {
    if !can_draw() {
        return;
    }
    let folder = scratch();
    let mut setup = setup(folder.path(), ThemeChoice::Light, SMALL);
    setup.pixels_per_point = 2.0;
    let mut rig = asked(setup.open().with_handbook());
    rig.picture("dense-light-1024");
    // The same layout in twice as many pixels, and larger text in the same window.
    let size = rig.harness.render().expect("it is drawn");
    assert_eq!((size.width(), size.height()), (2_048, 1_360));
    assert_eq!(rig.harness.ctx.content_rect().size(), egui::Vec2::from(SMALL));
    rig.perform(Action::SetZoom(1.5));
    rig.picture("large-text-1024");
}
