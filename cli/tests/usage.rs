//! What scripts and shells rely on: exit codes, errors as JSON, version, completions, manual pages.

mod program;

use program::{carrel, carrel_with, json, scratch};

#[test]
fn wrong_usage_is_exit_code_2_and_json_where_asked_for() {
    for arguments in [
        &["nonsense"][..],
        &["ask"],
        &["ask", "-q"],
        &["inspect"],
        &["models", "frobnicate"],
        &["read", "x", "--chars", "9-3"],
    ] {
        let run = carrel(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        let run = carrel(&[arguments, &["--json"]].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert!(run.stdout.is_empty());
        assert_eq!(json(&run.stderr)["error"]["kind"], "usage", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn streams_that_take_nothing_are_no_crash() {
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("a full device");
    for arguments in [&["read", "missing.txt"][..], &["read", "missing.txt", "--json"]] {
        let child = program::command(arguments, &[]).stderr(full()).spawn().expect("it starts");
        assert_eq!(child.wait_with_output().expect("it ends").status.code(), Some(3));
    }
    let child = program::command(&["man", "--json"], &[]).stdout(full()).spawn().expect("starts");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(3));
    let error = json(&String::from_utf8(output.stderr).expect("UTF-8"));
    assert!(error["error"]["message"].as_str().is_some_and(|m| m.contains("standard output")));
}

#[test]
fn pages_and_scripts_are_json_where_asked_for() {
    let page = carrel(&["man"]).stdout;
    assert_eq!(json(&carrel(&["man", "--json"]).stdout)["page"], page.as_str());
    let script = carrel(&["completions", "bash"]).stdout;
    assert_eq!(json(&carrel(&["completions", "bash", "--json"]).stdout)["script"], script.as_str());
}

#[test]
fn an_empty_variable_names_no_folder() {
    let folder = scratch();
    let model = folder.path().join("owner/repository/model.gguf");
    std::fs::create_dir_all(model.parent().expect("a folder")).expect("made");
    std::fs::write(&model, "a file of mine").expect("written");
    let data = folder.path().join("data");
    let list = |environment: &[(&str, &str)]| {
        let mut command = program::command(&["models", "list", "--json"], environment);
        let output = command.current_dir(folder.path()).env("XDG_DATA_HOME", &data).output();
        String::from_utf8(output.expect("it runs").stdout).expect("UTF-8")
    };
    assert!(!list(&[("CARREL_MODELS", "")]).contains("owner/repository"));
    assert!(list(&[("CARREL_MODELS", ".")]).contains("owner/repository"));
}

#[test]
fn every_documented_exit_code_stands_in_help_and_handbook() {
    let help = carrel(&["--help"]);
    assert_eq!(help.code, 0);
    let handbook = carrel(&["read", concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/handbook.md")]);
    for code in [0, 1, 2, 3, 4, 5, 6, 130] {
        let in_help = help.stdout.lines().any(|line| {
            line.trim_start().strip_prefix(&code.to_string()).is_some_and(|l| l.starts_with("  "))
        });
        assert!(in_help, "{code} is not in --help");
        assert!(handbook.stdout.contains(&format!("Exit code {code}:")), "{code}");
    }
}

#[test]
fn files_and_models_that_do_not_work_have_their_codes() {
    let folder = scratch();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let missing = folder.path().join("missing.gguf").to_str().unwrap().to_owned();
    let garbage = write("garbage.gguf", b"not a model");
    // Version 3, no tensors, no metadata: a valid file without a model in it.
    let empty = write("empty.gguf", b"GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    for (file, code, kind) in [(&missing, 3, "file"), (&garbage, 3, "gguf"), (&empty, 4, "model")] {
        let run = carrel(&["logits", "--model", file, "--tokens", "1", "--json"]);
        assert_eq!(run.code, code, "{}", run.stderr);
        assert_eq!(json(&run.stderr)["error"]["kind"], kind, "{}", run.stderr);
        assert!(code == 4 || run.stderr.contains(file), "{}", run.stderr);
    }
    // Settings that no model has are wrong usage.
    for options in [
        &["--tokens", "1", "--threads", "0"][..],
        &["--tokens", "1", "--ctx", "0"],
        &["--tokens", "1", "--batch", "0"],
        &["--tokens", "999999"],
    ] {
        let run = carrel(&[&["logits", "--model", "default"], options].concat());
        assert_eq!(run.code, 2, "{options:?}: {}", run.stderr);
    }
}

#[test]
fn the_version_says_how_it_was_built() {
    let short = carrel(&["-V"]).stdout;
    let long = carrel(&["--version"]).stdout;
    assert_eq!(short.trim(), concat!("carrel ", env!("CARGO_PKG_VERSION")));
    assert!(long.starts_with(short.trim()), "{long}");
    assert!(long.contains("release") && long.contains("rustc"), "{long}");
}

#[test]
fn shells_and_manual_readers_find_every_command() {
    let commands = ["ask", "read", "tokenize", "perplexity", "logits", "inspect", "models"];
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = carrel(&["completions", shell]);
        assert_eq!(script.code, 0, "{}", script.stderr);
        for command in commands {
            assert!(script.stdout.contains(command), "{shell} lacks {command}");
        }
    }
    let page = carrel(&["man"]);
    assert!(page.stdout.contains(".TH carrel") && page.stdout.contains("Exit codes"));
    let folder = scratch();
    let run = carrel(&["man", "--dir", folder.path().to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for command in commands {
        assert!(folder.path().join(format!("carrel-{command}.1")).exists(), "{command}");
    }
}

#[test]
fn every_command_can_be_asked_for_help_and_no_option_clashes() {
    let help = carrel(&["--help"]).stdout;
    let list = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let commands: Vec<&str> =
        list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands.into_iter().filter(|name| *name != "help") {
        let run = carrel(&[command, "--help"]);
        assert_eq!(run.code, 0, "{command}");
        let mut shorts: Vec<&str> = run
            .stdout
            .lines()
            .map(str::trim_start)
            .filter(|line| line.starts_with('-') && !line.starts_with("--"))
            .filter_map(|line| line.get(..2))
            // What begins with a hyphen and a space is a value in a list.
            .filter(|letter| !letter.ends_with(' '))
            .collect();
        let n_shorts = shorts.len();
        shorts.sort_unstable();
        shorts.dedup();
        assert_eq!(shorts.len(), n_shorts, "{command} has one letter for two options");
    }
}

#[test]
fn only_packed_weights_are_listed_and_removed() {
    let folder = scratch();
    let (models, packed) = (folder.path().join("models"), folder.path().join("packed"));
    let in_folder = [("CARREL_PACKED", packed.to_str().unwrap())];
    // Files that begin as packed weights do are all that the command touches.
    std::fs::create_dir(&packed).unwrap();
    std::fs::write(packed.join("mine.packed"), "a text of mine").unwrap();
    std::fs::write(packed.join("old-01234567.packed"), "carrelpk of old").unwrap();
    let all = |extra: &[&str]| {
        let models = models.to_str().unwrap();
        let arguments = [&["models", "packed", "--json", "--dir", models], extra].concat();
        json(&carrel_with(&arguments, &in_folder, "").stdout)["packed"].clone()
    };
    assert_eq!(all(&[])[0]["bytes"], 15);
    assert_eq!(all(&["--remove"]).as_array().unwrap().len(), 1);
    assert_eq!(all(&[]).as_array().unwrap().len(), 0);
    assert!(packed.join("mine.packed").exists());
}
