//! Engines and sessions: memory known before, given back, taken again; two sessions side by side;
//! a thousand opened and closed; a crash while loading; saved and restored; chats.

use carrel_ffi::{
    CarrelError, Chunk, Engine, EngineOptions, GenerateOptions, GpuVerdict, MemoryPressure,
    Message, Role, Session, Tool, memory_need,
};
use carrel_sdk_tests::models::{engine, greedy, model, options, pull, resident_bytes};

const PROMPT: &str = "Once upon a time there was a lamp.";

fn said(session: &Session, prompt: &str, n: u32) -> String {
    pull(&session.generate(prompt.into(), greedy(n), None).expect("begins"), 16).0
}

fn user(text: &str) -> Vec<Message> {
    vec![Message { role: Role::User, text: text.to_owned() }]
}

#[test]
fn the_need_is_known_before_and_a_budget_is_kept_or_refused_with_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = options(&model(folder.path()));
    let need = memory_need(options.clone()).expect("known");
    assert!(need.total_bytes > need.cache_bytes && need.context_tokens > 0);
    let info = Engine::open(options.clone()).expect("opens").info();
    assert_eq!((info.memory.total_bytes, info.family.as_str()), (need.total_bytes, "Llama"));
    let mut small = options;
    small.memory_budget_bytes = Some(1000);
    for refused in [memory_need(small.clone()).err(), Engine::open(small).err()] {
        match refused {
            Some(CarrelError::OutOfMemory { needed_bytes, allowed_bytes: 1000, .. }) => {
                assert_eq!(needed_bytes, need.total_bytes);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn the_default_model_comes_with_the_library_and_a_missing_file_is_told() {
    let options = options("default".as_ref());
    let engine = Engine::open(options.clone()).expect("the model that comes with Carrel");
    assert!(engine.info().name.starts_with("carrel-reader"), "{}", engine.info().name);
    let need = memory_need(options.clone()).expect("a need");
    assert_eq!(need.total_bytes, engine.info().memory.total_bytes);
    let missing = EngineOptions { model: "/no/such/model.gguf".to_owned(), ..options };
    let missing = Engine::open(missing).err();
    assert!(matches!(missing, Some(CarrelError::Missing { .. })), "{missing:?}");
}

#[test]
fn a_file_that_is_no_model_cannot_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broken.gguf");
    let whole = std::fs::read(model(folder.path())).expect("the model");
    for (bytes, name) in [(&b"no model"[..], "text"), (&whole[..whole.len() / 2], "half")] {
        std::fs::write(&path, bytes).expect("written");
        let refused = Engine::open(options(&path)).err();
        assert!(matches!(refused, Some(CarrelError::Unusable { .. })), "{name}: {refused:?}");
    }
}

#[test]
fn without_a_usable_gpu_the_processor_computes_unless_the_app_insists() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut wanted = options(&model(folder.path()));
    let is_built = carrel_ffi::build_info().backends.contains(&"gpu".to_owned());
    let verdict = Engine::open(wanted.clone()).expect("opens").gpu_verdict();
    assert_eq!(verdict == GpuVerdict::NotBuilt, !is_built, "{verdict:?}");
    wanted.backend = Some(carrel_ffi::Backend::Cpu);
    let engine = Engine::open(wanted.clone()).expect("opens");
    assert_eq!(engine.gpu_verdict(), GpuVerdict::NotWanted);
    wanted.backend = Some(carrel_ffi::Backend::Gpu);
    let insisted = Engine::open(wanted).map(|engine| engine.gpu_verdict());
    // Drivers that compute on the CPU do not count, so this depends on the machine.
    match verdict {
        GpuVerdict::Good { .. } => assert!(matches!(insisted, Ok(GpuVerdict::Good { .. }))),
        _ => assert!(matches!(insisted, Err(CarrelError::Unusable { .. }))),
    }
}

#[test]
fn two_sessions_side_by_side_do_not_mix() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine(folder.path());
    let prompts = [PROMPT, "A storm broke the window in March."];
    let alone = prompts.map(|prompt| said(&engine.clone().session(None, Vec::new()), prompt, 60));
    assert_ne!(alone[0], alone[1]);
    let sessions = prompts.map(|_| engine.clone().session(None, Vec::new()));
    for _ in 0..3 {
        let streams: Vec<_> = (0..2)
            .map(|i| sessions[i].generate(prompts[i].into(), greedy(60), None).expect("begins"))
            .collect();
        for (stream, wanted) in streams.iter().zip(&alone) {
            assert_eq!(&pull(stream, 4).0, wanted);
        }
    }
}

#[test]
fn a_thousand_engines_sessions_and_streams_leave_memory_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = options(&model(folder.path()));
    let open_and_close = |n: u32| {
        for round in 0..n {
            let engine = Engine::open(options.clone()).expect("opens");
            let session = engine.session(Some("Be brief.".into()), Vec::new());
            let stream = session.generate(PROMPT.into(), greedy(4), None).expect("begins");
            if round % 2 == 0 {
                pull(&stream, 8);
            }
        }
    };
    open_and_close(100);
    // What leaks grows in every quarter; the allocator's heap, in some.
    let grown = [(); 4].map(|()| {
        let before = resident_bytes();
        open_and_close(250);
        resident_bytes().saturating_sub(before)
    });
    assert!(grown.iter().any(|grown| *grown < 250 * 4096), "{grown:?} bytes more");
}

#[test]
fn memory_is_given_back_and_taken_again_and_the_conversation_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine(folder.path());
    let session = engine.clone().session(None, Vec::new());
    let wanted = said(&session, PROMPT, 30);
    assert!(session.context_use().used_tokens > 30);
    assert!(engine.shed_memory(MemoryPressure::Warning) > 0, "a cache was given back");
    assert_eq!(session.context_use().used_tokens, 0);
    assert!(engine.is_loaded());
    assert_eq!(said(&session, PROMPT, 30), wanted);
    let running = engine.clone().session(None, Vec::new());
    let stream = running.generate(PROMPT.into(), greedy(100_000), None).expect("begins");
    stream.next(1).expect("something");
    assert!(engine.shed_memory(MemoryPressure::Critical) > 0);
    assert!(!engine.is_loaded());
    assert_eq!(pull(&stream, 64).1, Chunk::Cancelled);
    assert_eq!(engine.unload(), 0, "nothing is left to give back");
    assert_eq!(said(&session, PROMPT, 30), wanted, "loaded again");
    assert!(engine.is_loaded());
}

#[test]
fn a_crash_while_loading_is_noticed_and_tried_again_only_on_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(&model(folder.path()));
    options.state_folder = Some(folder.path().display().to_string());
    Engine::open(options.clone()).expect("a clean start");
    Engine::open(options.clone()).expect("leaves no mark");
    // What a process leaves behind that dies while it loads.
    let mark = folder.path().join("loading-model.gguf");
    assert_eq!(std::fs::read(&mark).expect("the mark"), b"");
    std::fs::write(&mark, &options.model).expect("written");
    for _ in 0..2 {
        match Engine::open(options.clone()).err() {
            Some(CarrelError::CrashedBefore { model, .. }) => assert_eq!(model, options.model),
            other => panic!("{other:?}"),
        }
    }
    options.retry_after_crash = true;
    Engine::open(options.clone()).expect("on request");
    options.retry_after_crash = false;
    Engine::open(options.clone()).expect("the mark is gone");
    // An orderly failure leaves no mark.
    std::fs::write(folder.path().join("bad.gguf"), "no model").expect("written");
    options.model = folder.path().join("bad.gguf").display().to_string();
    for _ in 0..2 {
        let refused = Engine::open(options.clone()).err();
        assert!(matches!(refused, Some(CarrelError::Unusable { .. })), "{refused:?}");
    }
}

#[test]
fn chats_remember_and_are_saved_and_restored() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine(folder.path());
    let path = folder.path().join("chat").display().to_string();
    assert!(engine.info().can_chat);
    let session = engine.clone().session(Some("Be brief.".into()), Vec::new());
    let reply = pull(&session.chat(user("Hello"), greedy(8), None).expect("begins"), 8).0;
    let roles: Vec<Role> = session.messages().iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::System, Role::User, Role::Assistant]);
    assert_eq!(session.messages()[2].text, reply);
    session.save(path.clone()).expect("saved");
    let next = |session: &Session| {
        let stream = session.chat(user("And then?"), greedy(8), None).expect("begins");
        match pull(&stream, 8) {
            (text, Chunk::Finished { usage, .. }) => (text, usage.reused_tokens),
            other => panic!("{other:?}"),
        }
    };
    let wanted = next(&session);
    assert!(wanted.1 > 0, "the beginning was in the cache");
    let other = engine.clone().session(None, Vec::new());
    other.restore(path.clone()).expect("restored");
    assert_eq!(next(&other), wanted);
    std::fs::write(&path, b"CARRELCH nothing").expect("written");
    let refused = other.restore(path.clone());
    assert!(matches!(refused, Err(CarrelError::Unusable { .. })), "{refused:?}");
    assert_eq!(other.messages().len(), 5, "as it was");
    let gone = other.restore("/no/such/file".into());
    assert!(matches!(gone, Err(CarrelError::Missing { .. })), "{gone:?}");
    other.clear().expect("free");
    assert_eq!(other.messages().len(), 1, "the system prompt stays");
}

#[test]
fn json_follows_its_schema_and_nonsense_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine(folder.path());
    let session = engine.session(None, Vec::new());
    let mut wanted = greedy(200);
    // Of a random model an object is more white space than any test waits for.
    wanted.json_schema = Some(r#"{"enum":["on","off"]}"#.into());
    let text = pull(&session.generate(PROMPT.into(), wanted.clone(), None).expect("begins"), 9).0;
    assert!([r#""on""#, r#""off""#].contains(&text.as_str()), "{text}");
    wanted.json_schema = Some("{".into());
    let refused = session.generate(PROMPT.into(), wanted, None).err();
    assert!(matches!(refused, Some(CarrelError::Invalid { .. })), "{refused:?}");
    let long = session.generate("word ".repeat(5000), greedy(1), None).expect("begins").next(1);
    assert!(matches!(long, Err(CarrelError::ContextFull { .. })), "{long:?}");
}

#[test]
fn tools_are_offered_and_a_call_is_told_apart_from_text() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = engine(folder.path());
    let session = engine.session(None, Vec::new());
    let tool = Tool {
        name: "weather".into(),
        description: "The weather in a city.".into(),
        parameters_json: r#"{"type":"object","properties":{"city":{"type":"string"}}}"#.into(),
    };
    // Random weights never call a tool unless a grammar makes them.
    let mut wanted = GenerateOptions { tools: vec![tool], ..greedy(200) };
    wanted.grammar =
        Some(r#"start: "{\"name\":\"weather\",\"arguments\":{\"city\":\"Oslo\"}}""#.into());
    match pull(&session.chat(user("Is it warm?"), wanted.clone(), None).expect("begins"), 9).1 {
        Chunk::Finished { tool_calls, .. } => {
            assert_eq!(tool_calls[0].name, "weather");
            assert_eq!(tool_calls[0].arguments_json, r#"{"city":"Oslo"}"#);
        }
        other => panic!("{other:?}"),
    }
    let result = Message { role: Role::Tool, text: "4 degrees".into() };
    let stream = session.chat(vec![result], greedy(8), None).expect("begins");
    match pull(&stream, 9).1 {
        Chunk::Finished { tool_calls, .. } => assert!(tool_calls.is_empty()),
        other => panic!("{other:?}"),
    }
    wanted.tools[0].parameters_json = "{".into();
    let refused = session.chat(user("Is it warm?"), wanted, None).err();
    assert!(matches!(refused, Some(CarrelError::Invalid { .. })), "{refused:?}");
}

/// Stays in the background of the test below, where it loads a model over and over.
#[test]
#[ignore = "only as a process that is killed"]
fn loads_until_it_is_killed() {
    let folder = std::env::var("CARREL_KILLED").expect("set by the test below");
    let mut options = options(&std::path::Path::new(&folder).join("model.gguf"));
    options.state_folder = Some(folder);
    while Engine::open(options.clone()).is_ok() {}
}

#[test]
fn a_process_that_is_killed_while_it_loads_leaves_a_mark() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = options(&model(folder.path()));
    options.state_folder = Some(folder.path().display().to_string());
    let mark = folder.path().join("loading-model.gguf");
    let is_marked = || std::fs::read(&mark).is_ok_and(|bytes| !bytes.is_empty());
    // The moment of the kill is not ours to choose; most of the time the process is loading.
    for _ in 0..50 {
        let test = std::env::current_exe().expect("this test");
        let mut child = std::process::Command::new(test)
            .args(["--exact", "loads_until_it_is_killed", "--ignored"])
            .env("CARREL_KILLED", folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("begins");
        while !is_marked() {
            std::thread::sleep(std::time::Duration::from_micros(200));
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
        if is_marked() {
            break;
        }
    }
    let refused = Engine::open(options.clone()).err();
    assert!(matches!(refused, Some(CarrelError::CrashedBefore { .. })), "{refused:?}");
    options.retry_after_crash = true;
    Engine::open(options).expect("on request");
}
