#!/usr/bin/env python3
"""Checks an XCFramework: check_xcframework.py FILE.xcframework [--platforms A,B] [--rust-only]

For every slice: what Info.plist says is there, and nothing else; the right processors and platform;
the oldest systems that Package.swift promises; every function of the header; a module that Swift can
import. For all of it: every system function for which Apple wants a reason is in PrivacyInfo.xcprivacy.

With --rust-only the functions of ggml and SQLite may be missing: what can be built without Xcode.
"""

import argparse
import plistlib
import re
import sys
from pathlib import Path

from macho import archives

HERE = Path(__file__).resolve().parent
# What each slice of a release holds, and the oldest system that it runs on.
WANTED = {
    "ios": (["arm64"], (16, 0)),
    "ios-simulator": (["arm64", "x86_64"], (16, 0)),
    "macos": (["arm64", "x86_64"], (13, 0)),
}
# developer.apple.com/documentation/bundleresources/describing-use-of-required-reason-api
REASONED = {
    "FileTimestamp": {"_stat", "_fstat", "_lstat", "_fstatat", "_getattrlist", "_getattrlistbulk",
                      "_fgetattrlist", "_getattrlistat"},
    "SystemBootTime": {"_mach_absolute_time"},
    "DiskSpace": {"_statfs", "_statvfs", "_fstatfs", "_fstatvfs"},
}
FOREIGN = ("_ggml_", "_gguf_", "_sqlite3_")


def check_slice(folder, entry, options):
    """What is wrong with one slice, and the system functions that it needs."""
    name = entry["LibraryIdentifier"]
    platform = "-".join(filter(None, [entry["SupportedPlatform"], entry.get("SupportedPlatformVariant")]))
    processors, oldest = WANTED[platform]
    problems = []
    wanted = {"Headers/CarrelFFI/CarrelFFI.h", "Headers/CarrelFFI/module.modulemap", entry["LibraryPath"]}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    problems += [f"{name}: {path} is missing" for path in sorted(wanted - found)]
    problems += [f"{name}: {path} is too much" for path in sorted(found - wanted)]
    if wanted - found:
        return problems, set()
    module = (folder / "Headers/CarrelFFI/module.modulemap").read_text()
    if not re.match(r"module CarrelFFI \{", module):
        problems.append(f"{name}: module.modulemap is no module CarrelFFI")
    header = (folder / "Headers/CarrelFFI/CarrelFFI.h").read_text()
    functions = {"_" + found for found in re.findall(r"\b((?:uni)?ffi_\w*carrel_ffi\w*)\(", header)}
    data = (folder / entry["LibraryPath"]).read_bytes()
    parts = archives(data)
    print(f"{name}: {len(data) / 1e6:.1f} MB, {len(functions)} functions, "
          + ", ".join(f"{part.processor} from {part.oldest[0]}.{part.oldest[1]}" for part in parts))
    there = [part.processor for part in parts]
    if there != entry["SupportedArchitectures"] or there != processors:
        problems.append(f"{name}: has {there}, not {processors}")
    needs = set()
    for part in parts:
        if part.platform != platform:
            problems.append(f"{name}: was built for {part.platform}")
        if part.oldest > oldest:
            problems.append(f"{name}: needs {part.oldest}, Package.swift promises {oldest}")
        absent = sorted(functions - part.defined)
        if absent or not functions:
            problems.append(f"{name}: {len(absent)} functions are missing, {absent[:1]} for one")
        foreign = sorted(symbol for symbol in part.undefined if symbol.startswith(FOREIGN))
        if foreign and not options.rust_only:
            problems.append(f"{name}: {len(foreign)} functions are missing, {foreign[0]} for one")
        needs |= part.undefined
    return problems, needs


def check_reasons(needs):
    """System functions that need a reason which PrivacyInfo.xcprivacy does not give."""
    manifest = plistlib.loads((HERE / "Sources/Carrel/PrivacyInfo.xcprivacy").read_bytes())
    given = {
        entry["NSPrivacyAccessedAPIType"].removeprefix("NSPrivacyAccessedAPICategory")
        for entry in manifest["NSPrivacyAccessedAPITypes"]
        if entry["NSPrivacyAccessedAPITypeReasons"]
    }
    problems = []
    for category, functions in REASONED.items():
        used = sorted(functions & {symbol.split("$")[0] for symbol in needs})
        if used:
            print(f"needs a reason: {', '.join(used)} ({category})")
        if used and category not in given:
            problems.append(f"PrivacyInfo.xcprivacy gives no reason for {category}: {used}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("framework", type=Path)
    parser.add_argument("--platforms", default=",".join(WANTED))
    parser.add_argument("--rust-only", action="store_true")
    options = parser.parse_args()
    info = plistlib.loads((options.framework / "Info.plist").read_bytes())
    problems, needs, platforms = [], set(), set()
    if info.get("CFBundlePackageType") != "XFWK" or info.get("XCFrameworkFormatVersion") != "1.0":
        problems.append("Info.plist is not that of an XCFramework")
    for entry in info["AvailableLibraries"]:
        wrong, needed = check_slice(options.framework / entry["LibraryIdentifier"], entry, options)
        problems += wrong
        needs |= needed
        variant = entry.get("SupportedPlatformVariant")
        platforms.add("-".join(filter(None, [entry["SupportedPlatform"], variant])))
    missing = sorted(set(options.platforms.split(",")) - platforms)
    problems += [f"there is no slice for {platform}" for platform in missing]
    folders = {path.name for path in options.framework.iterdir() if path.is_dir()}
    listed = {entry["LibraryIdentifier"] for entry in info["AvailableLibraries"]}
    problems += [f"{name} is not in Info.plist" for name in sorted(folders - listed)]
    problems += check_reasons(needs)
    for problem in problems:
        print(f"WRONG {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
