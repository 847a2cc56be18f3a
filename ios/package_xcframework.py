#!/usr/bin/env python3
"""Assembles an XCFramework without Xcode: package_xcframework.py OUT.xcframework HEADERS LIBRARY...

HEADERS is a folder with CarrelFFI.h. Each LIBRARY is a static library for one processor and one
platform, which it tells itself; those for one platform become one fat library. The layout is that of
`xcodebuild -create-xcframework -library … -headers …`.
"""

import plistlib
import shutil
import sys
from pathlib import Path

from macho import Archive, fat

LIBRARY = "libcarrel_ffi.a"
# In a folder of its own, because apps with two such frameworks have all headers in one place.
MODULE = "module CarrelFFI {\n    header \"CarrelFFI.h\"\n    export *\n}\n"


def slices(paths):
    """The libraries by platform, in order of their processors."""
    found = {}
    for path in paths:
        try:
            archive = Archive(Path(path).read_bytes())
            same = found.setdefault(archive.platform, {})
            if archive.processor in same:
                raise ValueError(f"is a second library for {archive.platform} {archive.processor}")
            same[archive.processor] = archive
        except ValueError as error:
            sys.exit(f"{path} {error}")
    return {platform: [same[name] for name in sorted(same)] for platform, same in sorted(found.items())}


def described(platform, parts):
    """What Info.plist says of a slice."""
    system, _, variant = platform.partition("-")
    names = [part.processor for part in parts]
    identifier = "-".join(filter(None, [system, "_".join(names), variant]))
    entry = {
        "BinaryPath": LIBRARY,
        "HeadersPath": "Headers",
        "LibraryIdentifier": identifier,
        "LibraryPath": LIBRARY,
        "SupportedArchitectures": names,
        "SupportedPlatform": system,
    }
    return entry | ({"SupportedPlatformVariant": variant} if variant else {})


def main():
    out, headers, *libraries = sys.argv[1:]
    out = Path(out)
    shutil.rmtree(out, ignore_errors=True)
    entries = []
    for platform, parts in slices(libraries).items():
        entry = described(platform, parts)
        folder = out / entry["LibraryIdentifier"]
        module = folder / "Headers/CarrelFFI"
        module.mkdir(parents=True)
        shutil.copyfile(Path(headers) / "CarrelFFI.h", module / "CarrelFFI.h")
        (module / "module.modulemap").write_text(MODULE)
        (folder / LIBRARY).write_bytes(parts[0].data if len(parts) == 1 else fat(parts))
        entries.append(entry)
    info = {
        "AvailableLibraries": entries,
        "CFBundlePackageType": "XFWK",
        "XCFrameworkFormatVersion": "1.0",
    }
    (out / "Info.plist").write_bytes(plistlib.dumps(info))


if __name__ == "__main__":
    main()
