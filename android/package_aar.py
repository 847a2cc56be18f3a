#!/usr/bin/env python3
"""Assembles an AAR without Gradle: package_aar.py OUT.aar CLASSES_FOLDER ABI=LIBRARY...

The layout is that of the Android Gradle plugin: manifest, classes.jar, empty R.txt, the rules for
apps that shrink their code, and the native libraries under jni/. Times are fixed, so that the same
input gives the same bytes.
"""

import io
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TIME = (1980, 1, 1, 0, 0, 0)


def add(archive, name, data):
    archive.writestr(zipfile.ZipInfo(name, TIME), data, zipfile.ZIP_DEFLATED)


def classes_jar(folder):
    """All class files and Kotlin's lists of top-level functions, in order of their names."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as jar:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix in (".class", ".kotlin_module"):
                add(jar, path.relative_to(folder).as_posix(), path.read_bytes())
    return memory.getvalue()


def manifest():
    """The library's manifest with what Gradle adds: package and oldest system."""
    text = (HERE / "carrel/src/main/AndroidManifest.xml").read_text()
    opened = "<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\""
    assert text.rstrip().endswith(opened + " />"), "the manifest has grown: build with Gradle"
    body = opened + " package=\"dev.carrel\">\n    <uses-sdk android:minSdkVersion=\"24\" />\n</manifest>\n"
    return text.replace(opened + " />\n", body)


def main():
    out, classes, *libraries = sys.argv[1:]
    with zipfile.ZipFile(out, "w") as aar:
        add(aar, "AndroidManifest.xml", manifest())
        add(aar, "classes.jar", classes_jar(classes))
        add(aar, "R.txt", "")
        add(aar, "proguard.txt", (HERE / "carrel/consumer-rules.pro").read_text())
        for pair in libraries:
            abi, path = pair.split("=", 1)
            add(aar, f"jni/{abi}/libcarrel_ffi.so", Path(path).read_bytes())


if __name__ == "__main__":
    main()
