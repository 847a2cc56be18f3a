//! `carrel models`, run against servers that break off, ignore what they are asked, change their
//! minds, lie about lengths, fail, stall, and against a process that is killed.

mod program;
mod server;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use program::{Run, carrel, carrel_with, command, json, scratch};
use server::{Ending, RemoteFile, Reply, Request, Server, status};

const NAME: &str = "someone/tiny/tiny.gguf";
const PATH: &str = "/someone/tiny/resolve/main/tiny.gguf";

/// A small valid model file; another one for every seed.
fn model(seed: u32, etag: &'static str) -> RemoteFile {
    let folder = scratch();
    let path = folder.path().join("model.gguf");
    let seed = seed.to_string();
    let name = path.to_str().unwrap();
    let run = carrel(&["synth", "--shape", "tiny-llama", "--seed", &seed, "-o", name]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    RemoteFile { bytes: std::fs::read(path).unwrap(), etag }
}

fn arguments<'a>(folder: &'a Path, server: &'a Server, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["models", "pull", NAME, "--dir", folder.to_str().unwrap()];
    arguments.extend(["--endpoint", &server.url, "--retry-wait-ms", "10", "--json"]);
    arguments.extend(more);
    arguments
}

fn pull(folder: &Path, server: &Server, more: &[&str]) -> Run {
    carrel(&arguments(folder, server, more))
}

fn target(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

fn part(folder: &Path) -> PathBuf {
    folder.join("someone/tiny/tiny.gguf.part")
}

/// Everything in the folder of the model.
fn left(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("someone/tiny")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn assert_came(run: &Run, folder: &Path, file: &RemoteFile) -> serde_json::Value {
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(std::fs::read(target(folder)).unwrap() == file.bytes, "another file came");
    assert!(!part(folder).exists());
    let report = json(&run.stdout);
    assert_eq!(report["sha256"], file.sha256().as_str());
    assert_eq!(report["bytes"], file.bytes.len());
    report
}

fn assert_failed(run: &Run, folder: &Path, kind: &str) {
    assert_eq!(run.code, 6, "{} {}", run.stdout, run.stderr);
    assert!(run.stdout.is_empty());
    assert_eq!(json(&run.stderr)["error"]["kind"], kind, "{}", run.stderr);
    assert!(!target(folder).exists());
}

fn ranges(server: &Server) -> Vec<Option<String>> {
    let requests = server.requests();
    let gets = requests.iter().filter(|request| request.method == "GET");
    gets.map(|request| request.header("range").map(str::to_owned)).collect()
}

#[test]
fn a_file_is_pulled_listed_verified_and_removed() {
    let file = model(1, "one");
    let remote = file.clone();
    let server = Server::start(move |request| match request.path.as_str() {
        PATH => remote.redirect("/elsewhere"),
        "/elsewhere" => remote.reply(request),
        _ => status(404),
    });
    let folder = scratch();
    let report = assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
    assert_eq!(report["verified_by"], "server");
    assert_eq!(report["resumed_from"], 0);
    let n_requests = server.requests().len();
    let again = pull(folder.path(), &server, &[]);
    assert_eq!(json(&again.stdout)["was_here"], true);
    assert_eq!(server.requests().len(), n_requests, "a file that is here is not asked for");

    let dir = folder.path().to_str().unwrap();
    let rows = json(&carrel(&["models", "list", "--dir", dir, "--json"]).stdout);
    let rows = rows.as_array().unwrap();
    assert!(rows.iter().any(|row| row["name"] == "qwen3-0.6b" && row["path"].is_null()));
    assert!(rows.iter().any(|row| row["name"] == NAME && row["path"].is_string()));
    let verify = || carrel(&["models", "verify", "--dir", dir, "--json"]);
    assert_eq!(json(&verify().stdout)[0]["status"], "whole");
    let mut damaged = file.bytes.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(target(folder.path()), damaged).unwrap();
    let run = verify();
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert_eq!(json(&run.stdout)[0]["status"], "damaged");
    assert_eq!(pull(folder.path(), &server, &[]).code, 6, "a damaged file is not passed over");
    assert_eq!(carrel(&["models", "remove", NAME, "--dir", dir]).code, 0);
    assert_eq!(left(folder.path()), Vec::<String>::new());
    assert_eq!(carrel(&["models", "remove", NAME, "--dir", dir]).code, 3);
}

#[test]
fn a_server_that_breaks_off_is_asked_for_the_rest() {
    let file = model(2, "two");
    let (remote, half) = (file.clone(), file.bytes.len() / 2);
    let server = Server::start(move |request| {
        let mut reply = remote.reply(request);
        if request.n_before == 0 {
            reply.ending = Ending::Cut(half);
        }
        reply
    });
    let folder = scratch();
    let report = assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
    assert_eq!(report["verified_by"], "nothing", "an entity tag that is no hash proves nothing");
    assert_eq!(ranges(&server), [None, Some(format!("bytes={half}-"))]);
}

#[test]
fn a_server_may_ignore_ranges() {
    let file = model(3, "three");
    let (remote, half) = (file.clone(), file.bytes.len() / 2);
    let server = Server::start(move |request| Reply {
        status: 200,
        headers: vec![("ETag", "\"three\"".to_owned())],
        body: remote.bytes.clone(),
        ending: if request.n_before == 0 { Ending::Cut(half) } else { Ending::Whole },
    });
    let folder = scratch();
    assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
    assert_eq!(ranges(&server).len(), 2);
}

#[test]
fn a_server_without_a_rest_is_asked_for_the_whole() {
    let file = model(15, "fifteen");
    let (remote, half) = (file.clone(), file.bytes.len() / 2);
    let server = Server::start(move |request| {
        if request.method == "HEAD" {
            return status(405);
        }
        let mut reply = remote.reply(request);
        match request.n_before {
            0 => reply.ending = Ending::Cut(half),
            1 => return status(416),
            _ => {}
        }
        reply
    });
    let folder = scratch();
    assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
    assert_eq!(ranges(&server), [None, Some(format!("bytes={half}-")), None]);
}

/// Half of one file, then another one for good.
fn swapping(first: &RemoteFile, second: &RemoteFile) -> Server {
    let (first, second) = (first.clone(), second.clone());
    let is_swapped = std::sync::atomic::AtomicBool::new(false);
    Server::start(move |request: &Request| {
        use std::sync::atomic::Ordering::SeqCst;
        if is_swapped.load(SeqCst) {
            return second.reply(request);
        }
        let mut reply = first.reply(request);
        if request.method == "GET" {
            is_swapped.store(true, SeqCst);
            reply.ending = Ending::Cut(first.bytes.len() / 2);
        }
        reply
    })
}

#[test]
fn files_are_never_mixed() {
    let (first, second) = (model(4, "four"), model(5, "five"));
    let folder = scratch();
    let run = pull(folder.path(), &swapping(&first, &second), &[]);
    assert_came(&run, folder.path(), &second);

    let folder = scratch();
    let run = pull(folder.path(), &swapping(&first, &second), &["--sha256", &first.sha256()]);
    assert_failed(&run, folder.path(), "download_hash");
    assert_eq!(left(folder.path()), Vec::<String>::new());
}

#[test]
fn wrong_lengths_are_refused() {
    let file = model(6, "six");
    let remote = file.clone();
    // Another length than before.
    let server = Server::start(move |request| match request.method.as_str() {
        "HEAD" => Reply {
            headers: vec![("Content-Length", (remote.bytes.len() + 7).to_string())],
            ..status(200)
        },
        _ => remote.reply(request),
    });
    let folder = scratch();
    assert_failed(&pull(folder.path(), &server, &[]), folder.path(), "download_length");
    assert_eq!(left(folder.path()), Vec::<String>::new());
    // More than announced, without saying how much comes.
    let remote = file.clone();
    let server = Server::start(move |request| match request.method.as_str() {
        "HEAD" => remote.reply(request),
        _ => Reply {
            body: [remote.bytes.as_slice(), &[0; 100_000]].concat(),
            ending: Ending::Chunked,
            ..status(200)
        },
    });
    let folder = scratch();
    assert_failed(&pull(folder.path(), &server, &[]), folder.path(), "download_length");
    // Another length than the catalogue's.
    let server = Server::start(move |request| file.reply(request));
    let dir = folder.path().to_str().unwrap();
    let arguments = ["models", "pull", "smollm2-135m", "--dir", dir, "--endpoint", &server.url];
    let run = carrel(&[&arguments[..], &["--json"]].concat());
    assert_failed(&run, folder.path(), "download_length");
    assert_eq!(ranges(&server).len(), 0, "nothing of it was downloaded");
}

#[test]
fn a_length_that_nobody_names_is_no_obstacle() {
    let file = model(7, "seven");
    let remote = file.clone();
    let server = Server::start(move |request| match request.method.as_str() {
        "HEAD" => status(405),
        _ => Reply { body: remote.bytes.clone(), ending: Ending::Chunked, ..status(200) },
    });
    let folder = scratch();
    assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
}

#[test]
fn what_is_not_there_is_not_asked_for_twice() {
    for (answer, kind) in
        [(404, "download_not_found"), (403, "download_denied"), (400, "download_server")]
    {
        let server = Server::start(move |_| status(answer));
        let folder = scratch();
        assert_failed(&pull(folder.path(), &server, &[]), folder.path(), kind);
        assert_eq!(server.requests().len(), 1);
        assert_eq!(left(folder.path()), Vec::<String>::new());
    }
    let server = Server::start(|_| status(404));
    let folder = scratch();
    let dir = folder.path().to_str().unwrap();
    let unknown = ["models", "pull", "no-such-model", "--dir", dir, "--endpoint", &server.url];
    assert_eq!(carrel(&unknown).code, 2);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_server_in_trouble_is_asked_again() {
    let file = model(8, "eight");
    let remote = file.clone();
    let server = Server::start(move |request| {
        if request.method == "GET" && request.n_before < 2 {
            let mut reply = status(if request.n_before == 0 { 500 } else { 429 });
            reply.headers.push(("Retry-After", "0".to_owned()));
            return reply;
        }
        remote.reply(request)
    });
    let folder = scratch();
    assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
    assert_eq!(ranges(&server).len(), 3);

    let server = Server::start(|_| status(503));
    let folder = scratch();
    let run = pull(folder.path(), &server, &["--retries", "2"]);
    assert_failed(&run, folder.path(), "download_server");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_page_is_no_model() {
    let server = Server::start(|request| {
        RemoteFile { bytes: b"<html>Please sign in</html>".to_vec(), etag: "page" }.reply(request)
    });
    let folder = scratch();
    assert_failed(&pull(folder.path(), &server, &[]), folder.path(), "download_not_a_model");
    assert_eq!(left(folder.path()), Vec::<String>::new());
}

#[test]
fn a_file_that_does_not_fit_is_not_begun() {
    let server = Server::start(|_| Reply {
        headers: vec![("Content-Length", (1u64 << 60).to_string())],
        ..status(200)
    });
    let folder = scratch();
    assert_failed(&pull(folder.path(), &server, &[]), folder.path(), "download_space");
    assert_eq!(ranges(&server).len(), 0);
}

#[test]
fn a_connection_that_stalls_is_given_up() {
    let file = model(9, "nine");
    let (remote, half) = (file.clone(), file.bytes.len() / 2);
    let server = Server::start(move |request| {
        let mut reply = remote.reply(request);
        if request.n_before == 0 {
            reply.ending = Ending::Hang(half);
        }
        reply
    });
    let folder = scratch();
    let run = pull(folder.path(), &server, &["--timeout", "1"]);
    assert_came(&run, folder.path(), &file);
    assert_eq!(ranges(&server)[1], Some(format!("bytes={half}-")));
}

/// A server that stops in the middle of the first GET, and a pull that waits for it.
fn interrupted(file: &RemoteFile, folder: &Path) -> (Server, std::process::Child) {
    let (remote, half) = (file.clone(), file.bytes.len() / 2);
    let server = Server::start(move |request| match request.path.as_str() {
        PATH => remote.redirect("/elsewhere"),
        _ => {
            let mut reply = remote.reply(request);
            if request.n_before == 0 {
                reply.ending = Ending::Hang(half);
            }
            reply
        }
    });
    let child = command(&arguments(folder, &server, &[]), &[]).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    while std::fs::metadata(part(folder)).map_or(0, |data| data.len()) < half as u64 {
        assert!(Instant::now() < until, "half of the file did not come");
        std::thread::sleep(Duration::from_millis(10));
    }
    (server, child)
}

#[test]
fn a_killed_pull_goes_on_where_it_was() {
    let file = model(10, "ten");
    let half = file.bytes.len() / 2;
    let folder = scratch();
    let (server, mut child) = interrupted(&file, folder.path());
    // Two at a time would write into the same file.
    assert_failed(&pull(folder.path(), &server, &[]), folder.path(), "download_busy");
    child.kill().unwrap();
    child.wait().unwrap();
    let report = assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
    assert_eq!(report["resumed_from"], half);
    assert_eq!(ranges(&server).last().unwrap(), &Some(format!("bytes={half}-")));
}

#[test]
fn damage_to_the_part_is_found() {
    let file = model(11, "eleven");
    let folder = scratch();
    let (server, mut child) = interrupted(&file, folder.path());
    child.kill().unwrap();
    child.wait().unwrap();
    let mut bytes = std::fs::read(part(folder.path())).unwrap();
    bytes[1000] ^= 1;
    std::fs::write(part(folder.path()), bytes).unwrap();
    let report = assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
    assert_eq!(report["resumed_from"], 0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_pull_keeps_what_came() {
    let file = model(12, "twelve");
    let folder = scratch();
    let (server, child) = interrupted(&file, folder.path());
    let id = child.id().to_string();
    // The first asks to stop; as the connection stalls, the second is what ends it.
    for _ in 0..2 {
        assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    let report = assert_came(&pull(folder.path(), &server, &[]), folder.path(), &file);
    assert_eq!(report["resumed_from"], file.bytes.len() / 2);
}

#[test]
fn proxies_and_endpoints_are_taken_from_the_environment() {
    let file = model(13, "thirteen");
    let remote = file.clone();
    let server = Server::start(move |request| remote.reply(request));
    let folder = scratch();
    let dir = folder.path().to_str().unwrap();
    let environment = [
        ("http_proxy", server.url.as_str()),
        ("HF_ENDPOINT", "http://models.invalid"),
        ("CARREL_MODELS", dir),
    ];
    let run = carrel_with(&["models", "pull", NAME, "--json"], &environment, "");
    let report = assert_came(&run, folder.path(), &file);
    assert!(report["url"].as_str().unwrap().starts_with("http://models.invalid/"));
}

#[test]
fn pulled_models_are_known_by_name() {
    let folder = scratch();
    let environment = [("CARREL_MODELS", folder.path().to_str().unwrap())];
    let run = carrel_with(&["inspect", "smollm2-135m"], &environment, "");
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("carrel models pull smollm2-135m"), "{}", run.stderr);
    let place = "bartowski/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct-Q4_K_M.gguf";
    for (place, name) in [(place, "smollm2-135m"), (NAME, NAME)] {
        let path = folder.path().join(place);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, model(14, "fourteen").bytes).unwrap();
        for arguments in [
            &["inspect", name, "--json"][..],
            &["logits", "--model", name, "--tokens", "1", "--last", "--json"],
        ] {
            let run = carrel_with(arguments, &environment, "");
            assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        }
    }
}

#[test]
fn only_the_command_line_uses_the_network() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for manifest in ["core/Cargo.toml", "core/ggml-sys/Cargo.toml", "models/Cargo.toml"] {
        let text = std::fs::read_to_string(root.join(manifest)).unwrap();
        for name in ["ureq", "reqwest", "hyper", "curl", "rustls", "tokio", "hf-hub"] {
            assert!(!text.contains(name), "{manifest} names {name}");
        }
    }
}
