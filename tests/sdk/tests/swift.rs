//! The Swift half of the API: compiled and run on Linux, its Apple-only parts compiled against
//! declarations, its XCFramework assembled and checked.
//!
//! Swift comes out of Debian 13, which takes the rights to mount and to chroot. Where these, or the
//! packages, cannot be had, the tests say SKIPPED and what is missing, also in continuous integration:
//! not every machine of that kind allows it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use carrel_bindgen::{TargetLanguage, Utf8PathBuf};
use carrel_sdk_tests as _;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// The library that cargo built beside the tests.
fn library() -> PathBuf {
    let folder = std::env::current_exe().expect("this test").parent().expect("a folder").to_owned();
    folder.join("libcarrel_sdk_tests.so")
}

fn swift(arguments: &[&Path]) -> Output {
    let script = repository().join("tests/sdk/swift.sh");
    Command::new("bash").arg(script).args(arguments).output().expect("bash")
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The folder with Swift in it; `None` after saying SKIPPED if it cannot be had.
fn tools() -> Option<&'static Path> {
    static TOOLS: OnceLock<Option<PathBuf>> = OnceLock::new();
    TOOLS.get_or_init(get_tools).as_deref()
}

fn get_tools() -> Option<PathBuf> {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("swift-tools");
    let got = swift(&["tools".as_ref(), &tools]);
    if got.status.success() {
        return Some(tools);
    }
    assert_eq!(got.status.code(), Some(77), "{}", said(&got));
    // Past the harness, which shows nothing of tests that pass.
    let loud = format!("\nSKIPPED the tests in Swift: {}\n", said(&got));
    std::io::stderr().write_all(loud.as_bytes()).expect("written");
    None
}

/// Where everything is built; `None` if there is no Swift.
fn work() -> Option<&'static (PathBuf, PathBuf)> {
    static WORK: OnceLock<Option<(PathBuf, PathBuf)>> = OnceLock::new();
    WORK.get_or_init(|| {
        let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("swift");
        let name = |path: &Path| Utf8PathBuf::from_path_buf(path.to_owned()).expect("UTF-8");
        let bindings = name(&work.join("bindings"));
        carrel_bindgen::write_bindings(&name(&library()), TargetLanguage::Swift, &bindings)
            .expect("bindings are written");
        Some((tools()?.to_owned(), work))
    })
    .as_ref()
}

/// The imports and the other lines of the first piece of Swift on a page.
fn snippet(page: &str) -> (String, String) {
    let page = std::fs::read_to_string(repository().join(page)).expect("the page");
    let block = page.split("```swift\n").nth(1).expect("a piece in Swift");
    let block = block.split("```").next().expect("its end");
    let (imports, lines): (Vec<&str>, Vec<&str>) =
        block.lines().filter(|line| !line.is_empty()).partition(|line| line.starts_with("import "));
    assert!(lines.len() <= 6, "six lines at most");
    (imports.join("\n"), format!("    {}", lines.join("\n    ")))
}

/// The six lines of the README and those of the page on iOS, as functions.
fn quick_starts() -> String {
    let (imports, lines) = snippet("README.md");
    let (_, reading) = snippet("ios/README.md");
    format!(
        "{imports}\nimport Foundation\n\n\
         func quickStart(path: String) async throws {{\n{lines}\n}}\n\n\
         func quickReading(folder: URL, contract: URL) async throws {{\n    \
         func show(_ chunk: Chunk) {{}}\n    func show(_ quote: String, _ page: Page) {{}}\n\
         {reading}\n}}\n"
    )
}

#[test]
fn the_swift_tests_pass_on_linux() {
    let Some((tools, work)) = work() else { return };
    let extra = work.join("extra");
    std::fs::create_dir_all(&extra).expect("a folder");
    std::fs::write(extra.join("QuickStart.swift"), quick_starts()).expect("written");
    let compiled = swift(&["compile".as_ref(), tools, work, &library()]);
    assert!(compiled.status.success(), "{}", said(&compiled));
    let ran = swift(&["run".as_ref(), tools, work]);
    println!("{}", said(&ran));
    assert!(ran.status.success(), "{}", said(&ran));
    assert!(said(&ran).contains("with 0 failures"), "tests were run");
}

/// The targets of a release.
const TARGETS: [(&str, &str); 5] = [
    ("device", "arm64-apple-ios16.0"),
    ("simulator", "arm64-apple-ios16.0-simulator"),
    ("simulator-intel", "x86_64-apple-ios16.0-simulator"),
    ("mac", "arm64-apple-macos13.0"),
    ("mac-intel", "x86_64-apple-macos13.0"),
];

#[test]
fn an_xcframework_is_assembled_and_its_faults_are_found() {
    let Some((tools, work)) = work() else { return };
    let bindings = work.join("bindings");
    let folder = work.join("xcframework");
    std::fs::create_dir_all(&folder).expect("a folder");
    // Libraries with the functions of the header and no more stand in for those that Xcode builds.
    let header = std::fs::read_to_string(bindings.join("CarrelFFI.h")).expect("the header");
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names: Vec<&str> = header
        .split(|c| !is_name(c) && c != '(')
        .filter_map(|word| word.split_once('(').map(|(name, _)| name))
        .filter(|name| name.contains("ffi_") && name.contains("carrel_ffi"))
        .collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 100, "{} functions", names.len());
    let compile = |library: &str, target: &str, names: &[&str], needs: &str| {
        let source: String = names.iter().map(|name| format!("int {name}(void);\n")).collect();
        let bodies = names.iter().map(|name| format!("int {name}(void) {{ return {needs}; }}\n"));
        let source = source
            + "int stat(void);\nint mach_absolute_time(void);\n"
            + &bodies.collect::<String>();
        let path = |ending: &str| folder.join(format!("{library}.{ending}"));
        std::fs::write(path("c"), source).expect("written");
        let _ = std::fs::remove_file(path("a"));
        let clang: [&Path; 11] = [
            "in".as_ref(),
            tools,
            work,
            "clang".as_ref(),
            "-target".as_ref(),
            target.as_ref(),
            "-c".as_ref(),
            &path("c"),
            "-fno-builtin".as_ref(),
            "-o".as_ref(),
            &path("o"),
        ];
        let compiled = swift(&clang);
        assert!(compiled.status.success(), "{}", said(&compiled));
        let archived = Command::new("ar").arg("rcD").args([path("a"), path("o")]).status();
        assert!(archived.expect("ar").success());
        path("a")
    };
    let python = |script: &str, arguments: &[&Path]| {
        let script = repository().join("ios").join(script);
        Command::new("python3").arg(script).args(arguments).output().expect("python3")
    };
    let framework = folder.join("CarrelFFI.xcframework");
    let assemble = |libraries: &[PathBuf]| {
        let mut arguments: Vec<&Path> = vec![&framework, &bindings];
        arguments.extend(libraries.iter().map(PathBuf::as_path));
        python("package_xcframework.py", &arguments)
    };
    let check = || said(&python("check_xcframework.py", &[&framework]));
    let good = TARGETS.map(|(library, target)| compile(library, target, &names, "stat()"));
    let assembled = assemble(&good);
    assert!(assembled.status.success(), "{}", said(&assembled));
    let checked = python("check_xcframework.py", &[&framework]);
    println!("{}", said(&checked));
    assert!(checked.status.success(), "{}", said(&checked));
    // The module can be imported from where Xcode puts the headers.
    let user = work.join("xcframework/User.swift");
    std::fs::write(&user, "import CarrelFFI\nlet f = ffi_carrel_ffi_uniffi_contract_version\n")
        .expect("written");
    let headers = framework.join("macos-arm64_x86_64/Headers");
    let imported = swift(&[
        "in".as_ref(),
        tools,
        work,
        "swiftc".as_ref(),
        "-typecheck".as_ref(),
        "-I".as_ref(),
        &headers,
        &user,
    ]);
    assert!(imported.status.success(), "{}", said(&imported));
    // A stray file, a slice too few, a function too few, a newer system, an unreasoned function.
    std::fs::write(framework.join("ios-arm64/stray"), "").expect("written");
    assert!(check().contains("WRONG ios-arm64: stray is too much"));
    assert!(assemble(&good[..3]).status.success());
    assert!(check().contains("WRONG there is no slice for macos"));
    assert!(assemble(&good[..2]).status.success());
    assert!(check().contains("WRONG ios-arm64-simulator: has ['arm64'], not ['arm64', 'x86_64']"));
    let with = |library: PathBuf| {
        let mut libraries = good.to_vec();
        libraries[0] = library;
        assert!(assemble(&libraries).status.success());
        check()
    };
    let few = compile("few", TARGETS[0].1, &names[1..], "stat()");
    assert!(with(few).contains("WRONG ios-arm64: 1 functions are missing"));
    let newer = compile("newer", "arm64-apple-ios18.0", &names, "stat()");
    assert!(with(newer).contains("WRONG ios-arm64: needs (18, 0)"));
    let asks = compile("asks", TARGETS[0].1, &names, "mach_absolute_time()");
    assert!(with(asks).contains("gives no reason for SystemBootTime"));
    let twice = assemble(&[good[0].clone(), good[0].clone()]);
    assert!(said(&twice).contains("is a second library for ios arm64"), "{}", said(&twice));
}

#[test]
fn what_cannot_be_had_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let sudo = folder.path().join("sudo");
    let unshare = folder.path().join("unshare");
    for refusing in [&sudo, &unshare] {
        std::fs::write(refusing, "#!/bin/sh\nexit 1\n").expect("written");
        let made = Command::new("chmod").arg("+x").arg(refusing).status().expect("chmod");
        assert!(made.success());
    }
    let path = std::env::var("PATH").expect("a path");
    let refused = Command::new("bash")
        .arg(repository().join("tests/sdk/swift.sh"))
        .args(["tools".as_ref(), folder.path().join("tools").as_path()])
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .output()
        .expect("bash");
    assert_eq!(refused.status.code(), Some(77), "{}", said(&refused));
    assert!(said(&refused).starts_with("MISSING: "), "{}", said(&refused));
}

/// Prints what the boundary costs where `threads` compute; for people, not for continuous
/// integration.
fn measure(threads: &str) -> bool {
    let Some((tools, work)) = work() else { panic!("tools are missing") };
    let ran = swift(&["bench".as_ref(), tools, work, &library(), threads.as_ref()]);
    println!("{}", said(&ran));
    ran.status.success()
}

#[test]
#[ignore = "measures time"]
fn the_boundary_costs_little() {
    assert!(measure("1"), "at most 3 %");
}

#[test]
#[ignore = "measures time"]
fn the_boundary_while_two_threads_compute() {
    measure("2");
}
