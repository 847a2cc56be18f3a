#!/usr/bin/env python3
"""Checks an AAR, or one native library: check_aar.py FILE [--host] [--abis A,B] [--most-mb N]

For every library: the right machine for its folder, segments aligned to pages of 16 KB (64-bit), only
libraries of Android's own C library needed, nothing that Android 7 cannot load, the functions of the
API, no symbols left that only debuggers read, size (arm64: at most 12 MB). For an AAR: every file that
Gradle expects, every ABI, the rules for shrinking, no bundled JNA.

With --host the machine and the needed libraries of a library for this computer are accepted, which
tries the checks themselves where there is no NDK.
"""

import argparse
import math
import struct
import sys
import zipfile
from pathlib import Path

PAGE = 0x4000
# What Android's dynamic linker gives to apps (developer.android.com/ndk/guides/stable_apis).
BIONIC = {"libc.so", "libm.so", "libdl.so", "liblog.so", "libandroid.so"}
MACHINES = {"arm64-v8a": 183, "armeabi-v7a": 40, "x86_64": 62}
# Addresses packed as only Android 9 and newer unpacks them (DT_RELR and its first number on Android).
TOO_NEW = {36, 0x6FFFE000}
# One of the functions that the bindings look for.
FUNCTION = "ffi_carrel_ffi_uniffi_contract_version"
# What a phone may be asked to take; the others are for old devices and for emulators.
MOST_MB = {"arm64-v8a": 12.0}
GLIBC = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libgomp.so.1"}


class Elf:
    """The few fields of an ELF file that matter here."""

    def __init__(self, data):
        if data[:4] != b"\x7fELF" or data[5] != 1:
            raise ValueError("is no little-endian ELF file")
        self.data, self.is_64 = data, data[4] == 2
        self.machine = struct.unpack_from("<H", data, 18)[0]
        if self.is_64:
            ph, sh = struct.unpack_from("<QQ", data, 32)
            ph_size, ph_count, sh_size, sh_count, sh_names = struct.unpack_from("<5H", data, 54)
        else:
            ph, sh = struct.unpack_from("<II", data, 28)
            ph_size, ph_count, sh_size, sh_count, sh_names = struct.unpack_from("<5H", data, 42)
        self.segments = [self._segment(ph + i * ph_size) for i in range(ph_count)]
        sections = [self._section(sh + i * sh_size) for i in range(sh_count)]
        names = sections[sh_names] if sh_count else None
        self.sections = {self._text(names["offset"] + s["name"]): s for s in sections if names}

    def _segment(self, at):
        if self.is_64:
            kind, _, offset, address, _, in_file, _, align = struct.unpack_from("<IIQQQQQQ", self.data, at)
        else:
            kind, offset, address, _, in_file, _, _, align = struct.unpack_from("<8I", self.data, at)
        return {"kind": kind, "offset": offset, "address": address, "size": in_file, "align": align}

    def _section(self, at):
        if self.is_64:
            name, _, _, _, offset, size = struct.unpack_from("<IIQQQQ", self.data, at)
        else:
            name, _, _, _, offset, size = struct.unpack_from("<6I", self.data, at)
        return {"name": name, "offset": offset, "size": size}

    def _text(self, at):
        return self.data[at : self.data.index(b"\0", at)].decode()

    def alignment(self):
        """The smallest alignment of the segments that are loaded."""
        return min(s["align"] for s in self.segments if s["kind"] == 1)

    def _dynamic(self):
        """Pairs of a tag and its value, for the dynamic linker."""
        dynamic = self.sections[".dynamic"]
        form = "<QQ" if self.is_64 else "<II"
        step = struct.calcsize(form)
        for at in range(dynamic["offset"], dynamic["offset"] + dynamic["size"], step):
            yield struct.unpack_from(form, self.data, at)

    def tags(self):
        """What the dynamic linker has to understand."""
        return {tag for tag, _ in self._dynamic()}

    def needed(self):
        """Names of the libraries that the dynamic linker loads first."""
        strings = self.sections[".dynstr"]["offset"]
        return {self._text(strings + value) for tag, value in self._dynamic() if tag == 1}

    def exports(self, name):
        """Whether a function of this name can be looked for."""
        strings = self.sections[".dynstr"]
        end = strings["offset"] + strings["size"]
        return f"\0{name}\0".encode() in self.data[strings["offset"] : end]

    def is_stripped(self):
        return not any(name == ".symtab" or name.startswith(".debug") for name in self.sections)


def check_library(name, abi, data, options):
    """What is wrong with one library; prints what it is."""
    elf = Elf(data)
    size = len(data) / 1e6
    foreign = sorted(elf.needed() - BIONIC - (GLIBC if options.host else set()))
    foreign = [lib for lib in foreign if not (options.host and lib.startswith("ld-linux"))]
    print(f"{name}: machine {elf.machine}, {size:.1f} MB, alignment {elf.alignment():#x}, "
          f"{'stripped' if elf.is_stripped() else 'with symbols'}, needs {sorted(elf.needed())}")
    problems = []
    if abi and not options.host and elf.machine != MACHINES[abi]:
        problems.append(f"{name}: machine {elf.machine} is not that of {abi}")
    if elf.is_64 and elf.alignment() < PAGE:
        problems.append(f"{name}: segments are aligned to {elf.alignment():#x}, not {PAGE:#x}")
    if foreign:
        problems.append(f"{name}: needs {foreign}, which Android does not have")
    if elf.tags() & TOO_NEW and not options.host:
        problems.append(f"{name}: cannot be loaded before Android 9: link with --pack-dyn-relocs=android")
    if not elf.exports(FUNCTION):
        problems.append(f"{name}: has no function {FUNCTION}")
    if not elf.is_stripped():
        problems.append(f"{name}: still has symbols")
    most_mb = options.most_mb or MOST_MB.get(abi, math.inf)
    if size > most_mb:
        problems.append(f"{name}: {size:.1f} MB, at most {most_mb} are allowed")
    return problems


def check_aar(path, options):
    """What is wrong with an AAR."""
    problems = []
    with zipfile.ZipFile(path) as aar:
        names = set(aar.namelist())
        wanted = {"AndroidManifest.xml", "classes.jar", "R.txt", "proguard.txt"}
        wanted |= {f"jni/{abi}/libcarrel_ffi.so" for abi in options.abis}
        problems += [f"{name} is missing" for name in sorted(wanted - names)]
        problems += [f"{name} is too much" for name in sorted(names - wanted)]
        if "com.sun.jna" not in aar.read("proguard.txt").decode():
            problems.append("proguard.txt does not keep JNA")
        with zipfile.ZipFile(aar.open("classes.jar")) as jar:
            classes = set(jar.namelist())
        for name in ("dev/carrel/Engine.class", "dev/carrel/ChunkStream.class"):
            if name not in classes:
                problems.append(f"classes.jar has no {name}")
        if any(name.startswith("com/sun/jna") for name in classes):
            problems.append("classes.jar brings JNA; apps get it from its own AAR")
        for name in sorted(names & wanted):
            if name.startswith("jni/"):
                problems += check_library(name, name.split("/")[1], aar.read(name), options)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--host", action="store_true")
    parser.add_argument("--abis", default=",".join(MACHINES))
    parser.add_argument("--most-mb", type=float)
    options = parser.parse_args()
    options.abis = options.abis.split(",")
    if zipfile.is_zipfile(options.file):
        problems = check_aar(options.file, options)
    else:
        data = Path(options.file).read_bytes()
        problems = check_library(options.file, None, data, options)
    for problem in problems:
        print(f"WRONG {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
