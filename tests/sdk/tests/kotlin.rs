//! The Kotlin half of the API: compiled for Android, run on the JVM, packed and checked.
//!
//! Where the compiler, JNA or Android's classes cannot be had, the tests say SKIPPED and what is
//! missing; with `CI=true` that is a failure.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use carrel_bindgen::{TargetLanguage, Utf8PathBuf};
use carrel_sdk_tests as _;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// A library that cargo built beside the tests.
fn library(name: &str) -> PathBuf {
    let folder = std::env::current_exe().expect("this test").parent().expect("a folder").to_owned();
    folder.join(name)
}

fn kotlin(arguments: &[&Path]) -> std::process::Output {
    let script = repository().join("tests/sdk/kotlin.sh");
    Command::new("bash").arg(script).args(arguments).output().expect("bash")
}

fn said(output: &std::process::Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The folders of tools and of compiled classes, made once; `None` if tools are missing.
fn compiled() -> Option<&'static (PathBuf, PathBuf)> {
    static FOLDERS: OnceLock<Option<(PathBuf, PathBuf)>> = OnceLock::new();
    FOLDERS.get_or_init(compile).as_ref()
}

fn compile() -> Option<(PathBuf, PathBuf)> {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kotlin-tools");
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kotlin");
    let got = kotlin(&["tools".as_ref(), &tools]);
    if !got.status.success() {
        let is_missing = got.status.code() == Some(77);
        let required = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(is_missing && !required, "{}", said(&got));
        eprintln!("SKIPPED: {}", said(&got));
        return None;
    }
    let bindings = work.join("bindings");
    let name = |path: &Path| Utf8PathBuf::from_path_buf(path.to_owned()).expect("UTF-8");
    let source = name(&library("libcarrel_sdk_tests.so"));
    carrel_bindgen::write_bindings(&source, TargetLanguage::Kotlin, &name(&bindings))
        .expect("bindings are written");
    let write = |folder: &str, file: &str, text: String| {
        let folder = work.join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(file), text).expect("written");
    };
    write("extra", "QuickStart.kt", quick_start());
    write("extra-android", "AndroidStart.kt", android_start());
    let compiled = kotlin(&["compile".as_ref(), &tools, &work]);
    assert!(compiled.status.success(), "{}", said(&compiled));
    Some((tools, work))
}

/// The imports and the other lines of the first piece of Kotlin on a page.
fn snippet(page: &str) -> (String, String) {
    let page = std::fs::read_to_string(repository().join(page)).expect("the page");
    let block = page.split("```kotlin\n").nth(1).expect("a piece in Kotlin");
    let block = block.split("```").next().expect("its end");
    let (imports, lines): (Vec<&str>, Vec<&str>) =
        block.lines().filter(|line| !line.is_empty()).partition(|line| line.starts_with("import "));
    assert!(lines.len() <= 6, "six lines at most");
    (imports.join("\n"), format!("    {}", lines.join("\n    ")))
}

/// The six lines of the README, as a function.
fn quick_start() -> String {
    let (imports, lines) = snippet("README.md");
    format!(
        "package dev.carrel.test\n\n{imports}\n\n\
         suspend fun quickStart(path: String) {{\n{lines}\n}}\n"
    )
}

/// The lines of the page on Android, as what an activity does.
fn android_start() -> String {
    let (imports, lines) = snippet("android/README.md");
    format!(
        "package dev.carrel.sample\n\nimport android.app.Activity\nimport android.net.Uri\n\
         import dev.carrel.*\nimport dev.carrel.android.documentSource\nimport java.io.File\n\
         {imports}\n\nabstract class Start : Activity() {{\n    \
         abstract fun show(done: ULong, total: ULong)\n    \
         abstract fun show(quote: String, page: Page)\n\n    \
         suspend fun start(uri: Uri) {{\n{lines}\n    }}\n}}\n"
    )
}

#[test]
fn the_kotlin_tests_pass_on_the_jvm() {
    let Some((tools, work)) = compiled() else { return };
    let main = Path::new("dev.carrel.test.Main");
    let ran = kotlin(&["run".as_ref(), tools, work, &library("libcarrel_sdk_tests.so"), main]);
    println!("{}", said(&ran));
    assert!(ran.status.success(), "{}", said(&ran));
}

#[test]
fn an_aar_is_packed_and_its_faults_are_found() {
    let Some((_, work)) = compiled() else { return };
    let python = |script: &str, arguments: &[&str]| {
        let script = repository().join("android").join(script);
        Command::new("python3").arg(script).args(arguments).output().expect("python3")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let whole = library("libcarrel_ffi.so");
    let stripped = folder.path().join("stripped.so");
    let strip = Command::new("strip").arg(&whole).arg("-o").arg(&stripped).status().expect("strip");
    assert!(strip.success());
    let aar = folder.path().join("carrel.aar").display().to_string();
    let classes = work.join("classes").display().to_string();
    let pack = |library: &Path| {
        let library = format!("x86_64={}", library.display());
        let packed = python("package_aar.py", &[&aar, &classes, &library]);
        assert!(packed.status.success(), "{}", said(&packed));
        std::fs::read(&aar).expect("the AAR")
    };
    let first = pack(&stripped);
    assert_eq!(first, pack(&stripped), "the same input gives the same bytes");
    // The library of this computer stands in for Android's: its C library has other names.
    // Tests are not built with the profile of releases, but with what other members of the workspace
    // need, such as GPUs, so the library is larger than an app's.
    let good = python("check_aar.py", &[&aar, "--host", "--abis", "x86_64", "--most-mb", "28"]);
    println!("{}", said(&good));
    assert!(good.status.success(), "{}", said(&good));
    for (arguments, fault) in [
        (&["--abis", "x86_64"][..], "which Android does not have"),
        (&["--host", "--abis", "x86_64,arm64-v8a"], "jni/arm64-v8a/libcarrel_ffi.so is missing"),
        (&["--host", "--abis", "x86_64", "--most-mb", "1"], "at most 1.0 are allowed"),
    ] {
        let checked = python("check_aar.py", &[&[aar.as_str()], arguments].concat());
        assert!(!checked.status.success() && said(&checked).contains(fault), "{}", said(&checked));
    }
    pack(&whole);
    let checked = python("check_aar.py", &[&aar, "--host", "--abis", "x86_64", "--most-mb", "99"]);
    assert!(said(&checked).contains("still has symbols"), "{}", said(&checked));
}

/// A linker for every processor, which comes with the compiler; `None` after saying SKIPPED.
fn linker() -> Option<PathBuf> {
    let rustc = |what| {
        let said = Command::new("rustc").args(["--print", what]).output().expect("rustc");
        String::from_utf8(said.stdout).expect("UTF-8").trim().to_owned()
    };
    let folder = format!("{}/lib/rustlib/{}/bin", rustc("sysroot"), rustc("host-tuple"));
    let linker = Path::new(&folder).join("gcc-ld/ld.lld");
    if !linker.exists() {
        eprintln!("SKIPPED: an AAR for three processors; {} is missing", linker.display());
        return None;
    }
    Some(linker)
}

#[test]
fn an_aar_for_three_processors_is_packed_and_checked() {
    let (Some((_, work)), Some(linker)) = (compiled(), linker()) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let python = |script: &str, arguments: &[String]| {
        let script = repository().join("android").join(script);
        Command::new("python3").arg(script).args(arguments).output().expect("python3")
    };
    // Real libraries, if almost empty ones, stand in for those that the NDK builds: a function that is
    // looked for, and Android's C library as what they need.
    std::fs::write(path("data"), "anything").expect("written");
    let link = |emulation: &str, name: &str, arguments: &[&str]| {
        let linked = Command::new(&linker)
            .current_dir(folder.path())
            .args(["-shared", "-s", "-m", emulation, "-b", "binary", "data", "-b", "elf"])
            .args(["-o", name])
            .args(arguments)
            .output()
            .expect("the linker");
        assert!(linked.status.success(), "{}", said(&linked));
    };
    let of_api = "--defsym=ffi_carrel_ffi_uniffi_contract_version=0";
    let abis = [
        ("arm64-v8a", "aarch64elf"),
        ("armeabi-v7a", "armelf_linux_eabi"),
        ("x86_64", "elf_x86_64"),
    ];
    for (abi, emulation) in abis {
        for needed in ["libc.so", "libc++_shared.so"] {
            link(emulation, &format!("{abi}-{needed}"), &["-soname", needed]);
        }
        let system = format!("{abi}-libc.so");
        link(emulation, abi, &[of_api, "-z", "max-page-size=16384", &system]);
        link(emulation, &format!("{abi}-small"), &[of_api, "-z", "max-page-size=4096", &system]);
        link(emulation, &format!("{abi}-empty"), &["-z", "max-page-size=16384", &system]);
        let shared = format!("{abi}-libc++_shared.so");
        link(emulation, &format!("{abi}-foreign"), &[of_api, "-z", "max-page-size=16384", &shared]);
    }
    let check = |libraries: [&str; 3]| {
        let aar = path("carrel.aar").display().to_string();
        let mut arguments = vec![aar.clone(), work.join("classes").display().to_string()];
        let library = |(abi, _): &(&str, &str), name| format!("{abi}={}", path(name).display());
        arguments.extend(abis.iter().zip(libraries).map(|(abi, name)| library(abi, name)));
        let packed = python("package_aar.py", &arguments);
        assert!(packed.status.success(), "{}", said(&packed));
        let checked = python("check_aar.py", &[aar]);
        (checked.status.success(), said(&checked))
    };
    let (is_good, good) = check(["arm64-v8a", "armeabi-v7a", "x86_64"]);
    assert!(is_good && good.matches("needs ['libc.so']").count() == 3, "{good}");
    for (libraries, fault) in [
        (["arm64-v8a-small", "armeabi-v7a", "x86_64"], "aligned to 0x1000, not 0x4000"),
        (["arm64-v8a", "armeabi-v7a", "x86_64-small"], "aligned to 0x1000, not 0x4000"),
        (["x86_64", "armeabi-v7a", "x86_64"], "machine 62 is not that of arm64-v8a"),
        (["arm64-v8a", "armeabi-v7a-empty", "x86_64"], "has no function ffi_carrel_ffi"),
        (["arm64-v8a", "armeabi-v7a", "x86_64-foreign"], "needs ['libc++_shared.so']"),
    ] {
        let (is_good, told) = check(libraries);
        assert!(!is_good && told.contains(fault), "{libraries:?}: {told}");
    }
}

/// Prints what the boundary costs where `threads` compute; for people, not for continuous
/// integration.
fn measure(threads: &str) -> bool {
    let Some((tools, work)) = compiled() else { panic!("tools are missing") };
    let (library, main) = (library("libcarrel_sdk_tests.so"), Path::new("dev.carrel.test.Bench"));
    let ran = kotlin(&["run".as_ref(), tools, work, &library, main, threads.as_ref()]);
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
