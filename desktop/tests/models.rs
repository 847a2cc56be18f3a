//! Models in the app: pulled from a server that fails, checked, used, cancelled, removed.

mod rig;
#[path = "../../cli/tests/server/mod.rs"]
mod server;

use carrel_core::engine::{default_report, unchosen_model};
use carrel_core::memory::{Profile, Reading};
use carrel_core::service::GpuVerdict;
use carrel_desktop::message::{Action, Overlay};
use carrel_desktop::state::conversation::{Progress, Step};
use carrel_desktop::state::models::{Check, Download};
use carrel_desktop::trouble::Kind;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use rig::{
    MODEL, Setup, is_done, long_text, n_files, scratch, shelve_model, tiny_model, with_model,
};
use server::{Ending, RemoteFile, Server, status};

#[test]
fn a_pull_that_breaks_goes_on_where_it_stopped() {
    let file = RemoteFile { bytes: tiny_model(), etag: "one" };
    let half = file.bytes.len() / 2;
    let sha256 = file.sha256();
    let server = Server::start(move |request| {
        let mut reply = file.reply(request);
        reply.headers.push(("X-Linked-ETag", format!("\"{}\"", file.sha256())));
        if request.method == "GET" && request.n_before == 0 {
            reply.headers.push(("Content-Length", reply.body.len().to_string()));
            reply.ending = Ending::Cut(half);
        }
        reply
    });
    let folder = scratch();
    let mut setup = Setup::new(folder.path());
    setup.endpoint = Some(server.url.clone());
    let mut rig = setup.open().with_handbook();
    rig.perform(Action::Overlay(Some(Overlay::Models)));
    rig.harness.get_by_role_and_label(Role::TextInput, "Another model").focus();
    rig.harness.step();
    rig.harness.get_by_role_and_label(Role::TextInput, "Another model").type_text(MODEL);
    rig.settle();
    rig.reach("Download Another model");
    let download = |state: &carrel_desktop::state::State| state.models.download(MODEL).cloned();
    rig.wait("the break", |state| download(state).is_some_and(|d| d.trouble.is_some()));
    let broken = download(rig.state()).expect("a download");
    assert_eq!(broken.trouble.map(|trouble| trouble.kind), Some(Kind::Network));
    rig.harness.get_by_label("The connection was lost. What came is kept.");
    rig.reach(&format!("Download {MODEL}"));
    rig.wait("the file", |state| n_files(state) == Some(1));
    let resumed = server.requests();
    let ranges: Vec<&str> = resumed.iter().filter_map(|request| request.header("range")).collect();
    assert_eq!(ranges, [format!("bytes={half}-")], "what came was not asked for again");
    assert!(download(rig.state()).is_none());
    // It is what was published, until somebody changes a bit.
    rig.reach("Verify tiny.gguf");
    rig.wait("the check", |state| state.models.check(MODEL) == Some(Check::Whole));
    let installed = rig.state().models.installed.as_ref().expect("listed");
    let path = installed.iter().find(|model| model.name == MODEL).expect("it").path.clone();
    let mut bytes = std::fs::read(&path).expect("readable");
    assert_eq!(sha256.len(), 64);
    *bytes.last_mut().expect("bytes") ^= 1;
    std::fs::write(&path, bytes).expect("written");
    rig.reach("Verify tiny.gguf");
    rig.wait("the check", |state| state.models.check(MODEL) == Some(Check::Damaged));
    rig.reach("Use tiny.gguf");
    assert_eq!(rig.state().settings.model.as_ref(), Some(&path));
    rig.reach("Remove tiny.gguf");
    assert!(path.exists(), "it is asked back");
    rig.reach("Remove tiny.gguf");
    rig.wait("its removal", |state| n_files(state) == Some(0));
    assert!(!path.exists());
    assert_eq!(rig.state().settings.model, None);
}

#[test]
fn servers_that_refuse_are_told_apart() {
    let server = Server::start(|request| match request.path.as_str() {
        path if path.contains("missing") => status(404),
        path if path.contains("gated") => status(401),
        _ => status(503),
    });
    let folder = scratch();
    let mut setup = Setup::new(folder.path());
    setup.endpoint = Some(server.url.clone());
    let mut rig = setup.open().with_handbook();
    for (name, kind) in [
        ("a/b/missing.gguf", Kind::NotFound),
        ("a/b/gated.gguf", Kind::Account),
        ("a/b/down.gguf", Kind::Network),
        ("no-such-name", Kind::Name),
    ] {
        rig.perform(Action::Pull(name.to_owned()));
        rig.wait("trouble", |state| {
            state.models.download(name).is_some_and(|download| download.trouble.is_some())
        });
        let trouble = rig.state().models.download(name).and_then(|d: &Download| d.trouble.clone());
        assert_eq!(trouble.map(|trouble| trouble.kind), Some(kind), "{name}");
    }
}

#[test]
fn the_model_that_comes_with_carrel_is_there_and_its_probe_decides() {
    let folder = scratch();
    let question = "Where do the offsets of a citation begin to count?";
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    // Nothing was set up: what reads is what reads for `carrel ask`.
    let settings = &rig.state().settings;
    assert_eq!((&settings.model, settings.pointing_model()), (&None, unchosen_model()));
    assert!(is_done(&rig.ask(question)));
    rig.wait("the list", |state| n_files(state) == Some(0));
    let here = rig.state().models.installed.clone().expect("listed");
    let [model] = here.as_slice() else { panic!("{here:?}") };
    assert!(model.is_built_in && model.need_bytes.is_ok(), "{model:?}");
    let reading = default_report().expect("its report").reading();
    assert_eq!(model.reading, Some(reading));
    rig.perform(Action::Overlay(Some(Overlay::Models)));
    rig.harness.get_by_label_contains("comes with Carrel");
    if reading == Reading::Nothing {
        rig.harness.get_by_label("Tried out, it was no better than code, so code answers alone.");
    }
    // It cannot be removed, but it can be chosen; it then does what its probe lets it do.
    assert!(rig.harness.query_by_label(&format!("Remove {}", model.title)).is_none());
    rig.reach(&format!("Use {}", model.title));
    rig.perform(Action::Overlay(None));
    let turn = rig.ask(question);
    let Progress::Done(_, cost) = turn.progress else { panic!("{turn:?}") };
    assert_eq!(cost.prompt_tokens > 0, reading > Reading::Nothing);
    let loaded = rig.state().device.loaded.clone().expect("it is loaded");
    assert_eq!((loaded.path, loaded.reading), (model.path.clone(), reading));
    rig.perform(Action::Overlay(Some(Overlay::Device)));
    rig.harness.get_by_label(&model.title);
}

#[test]
fn a_model_points_and_is_measured() {
    let folder = scratch();
    let mut rig = with_model(Setup::new(folder.path()));
    let turn = rig.ask("Where do the offsets of a citation begin to count?");
    assert!(is_done(&turn), "{:?}", turn.progress);
    let Progress::Done(_, cost) = turn.progress else { unreachable!() };
    assert!(cost.prompt_tokens > 0 && cost.output_tokens > 0, "{cost:?}");
    let device = &rig.state().device;
    let loaded = device.loaded.clone().expect("a model is loaded");
    assert!(loaded.promised_bytes > 0 && loaded.took_bytes.is_some());
    assert!(device.speeds.is_some_and(|speeds| speeds.prompt_tokens_per_s > 0.0));
    // Now that the speed is known, the cost is said in seconds.
    rig.harness.get_by_label("Your question").focus();
    rig.harness.step();
    rig.harness.get_by_label("Your question").type_text("What is a citation?");
    rig.wait("the cost", |state| state.conversation.forecast.is_some());
    let forecast = rig.state().conversation.forecast.clone().expect("a forecast");
    assert!(forecast.has_model && forecast.estimate.seconds.is_some_and(|seconds| seconds > 0.0));
    rig.harness.state_mut().state.conversation.draft.clear();
    rig.perform(Action::Overlay(Some(Overlay::Device)));
    rig.harness.get_by_label_contains("tokens/s");
    rig.harness.get_by_label_contains("Promised for the model");
    // What computes, and why.
    assert_eq!(loaded.verdict, GpuVerdict::NotWanted);
    assert!(rig.harness.query_all_by_label("Processor").count() > 1, "the row and the backend");
    rig.harness.get_by_label("The processor was chosen below.");
    rig.harness.get_by_label_contains("Products by");
    // With the GPU chosen, it computes or it is said why not; the answer comes in any case.
    rig.click("GPU, if it is right");
    rig.perform(Action::Overlay(None));
    assert!(is_done(&rig.ask("Where do the offsets of a citation begin to count?")));
    let verdict = rig.state().device.loaded.clone().expect("a model is loaded").verdict;
    match &verdict {
        GpuVerdict::Good { .. } | GpuVerdict::Wrong { .. } => {}
        GpuVerdict::Unavailable { reason } => {
            rig.perform(Action::Overlay(Some(Overlay::Device)));
            rig.harness.get_by_label(&format!("The GPU is not used: {reason}."));
        }
        GpuVerdict::NotBuilt | GpuVerdict::NotWanted => panic!("{verdict:?}"),
    }
}

#[test]
fn an_answer_streams_with_its_quotes() {
    let folder = scratch();
    let mut rig = with_model(Setup::new(folder.path()));
    let path = folder.path().join("long.txt");
    std::fs::write(&path, long_text(3 << 20)).expect("written");
    rig.add(&path);
    rig.perform(Action::SetProfile(Profile::Exhaustive));
    rig.perform(Action::AskThis("List everything that Old Omar mended by the river.".to_owned()));
    rig.until("a sentence", |state| {
        let turn = state.conversation.turns.last();
        turn.is_some_and(|turn| turn.is_working() && !turn.sentences.is_empty())
    });
    // It has its number and leads to its place before the answer is whole.
    rig.harness.step();
    let quote = rig.state().conversation.turns[0].quotes[0].clone();
    rig.harness.get_by_label("Show quote 1 in the document").click();
    rig.until("the choice", |state| state.fragments()[0].is_chosen);
    rig.until("the quote", |state| {
        state.page.visible.is_some_and(|seen| (seen.start..seen.end).contains(&quote.start))
    });
    assert!(rig.state().conversation.working().is_some(), "the model goes on");
    rig.press(Modifiers::NONE, Key::Escape);
    rig.wait("the end", |state| state.conversation.working().is_none());
    let turn = &rig.state().conversation.turns[0];
    assert_eq!((turn.progress.clone(), &turn.quotes[0]), (Progress::Cancelled, &quote));
}

#[test]
fn a_model_that_is_no_better_than_code_is_left_out() {
    let folder = scratch();
    let question = "Where do the offsets of a citation begin to count?";
    let place = shelve_model(folder.path());
    {
        let mut rig = Setup::new(folder.path()).open().with_handbook();
        rig.perform(Action::UseModel(Some(place)));
        rig.perform(Action::AskThis(question.to_owned()));
        let step = |state: &carrel_desktop::state::State| match state.conversation.turns[0].progress
        {
            Progress::Working { step, .. } => Some(step),
            _ => None,
        };
        rig.until("the probe", |state| matches!(step(state), Some(Step::Probing { .. })));
        rig.press(Modifiers::NONE, Key::Escape);
        rig.wait("the end", |state| state.conversation.working().is_none());
        assert_eq!(rig.state().conversation.turns[0].progress, Progress::Cancelled);
        assert!(rig.state().device.loaded.is_none());
        // Its weights are random, so a whole probe finds that code does better.
        let turn = rig.ask(question);
        let Progress::Done(_, cost) = turn.progress else { panic!("{turn:?}") };
        assert_eq!((cost.prompt_tokens, cost.output_tokens), (0, 0));
        let loaded = rig.state().device.loaded.clone().expect("it is loaded");
        assert_eq!(loaded.reading, Reading::Nothing);
        rig.perform(Action::Overlay(Some(Overlay::Device)));
        rig.harness.get_by_label("Tried out, it was no better than code, so code answers alone.");
    }
    // The next start knows.
    let mut rig = Setup::new(folder.path()).open().with_handbook();
    rig.ask(question);
    let reading = rig.state().device.loaded.as_ref().map(|loaded| loaded.reading);
    assert_eq!(reading, Some(Reading::Nothing));
    assert_eq!(std::fs::read_dir(folder.path().join("probes")).expect("a folder").count(), 1);
}

#[test]
fn an_answer_is_cancelled() {
    let folder = scratch();
    let mut rig = with_model(Setup::new(folder.path()));
    let path = folder.path().join("long.txt");
    std::fs::write(&path, long_text(3 << 20)).expect("written");
    rig.add(&path);
    rig.perform(Action::SetProfile(Profile::Exhaustive));
    rig.perform(Action::AskThis("Why did old Omar mend the lamps by the river?".to_owned()));
    // The model is loaded and begins to read its first window, which takes it a while.
    rig.until("the model", |state| state.device.loaded.is_some());
    rig.press(Modifiers::NONE, Key::Escape);
    rig.wait("the end", |state| state.conversation.working().is_none());
    let turn = rig.state().conversation.turns.last().expect("a turn").clone();
    assert_eq!(turn.progress, Progress::Cancelled);
    // The next question is answered as usual.
    rig.perform(Action::SetProfile(Profile::Instant));
    assert!(is_done(&rig.ask("What is this document about?")));
}

#[test]
fn a_model_that_is_gone_or_too_large_says_so() {
    let folder = scratch();
    let mut rig = with_model(Setup::new(folder.path()));
    rig.perform(Action::SetBudget(Some(1 << 10)));
    let turn = rig.ask("Where do the offsets of a citation begin to count?");
    let Progress::Failed(trouble) = &turn.progress else { panic!("{turn:?}") };
    assert_eq!(trouble.kind, Kind::Budget);
    rig.perform(Action::SetBudget(None));
    rig.perform(Action::UseModel(Some(folder.path().join("gone.gguf"))));
    let turn = rig.ask("Where do the offsets of a citation begin to count?");
    let Progress::Failed(trouble) = &turn.progress else { panic!("{turn:?}") };
    assert_eq!(trouble.kind, Kind::ModelMissing);
    rig.harness.get_by_label_contains("The model file is not there any more.");
    rig.perform(Action::UseModel(None));
    assert!(is_done(&rig.ask("Where do the offsets of a citation begin to count?")));
}
