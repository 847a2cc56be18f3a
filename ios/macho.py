"""The few fields of Apple's static libraries that matter here: processor, platform, symbols.

Layouts: mach-o/loader.h, mach-o/nlist.h, mach-o/fat.h and ar.h of Apple's SDKs.
"""

import struct

PLATFORMS = {1: "macos", 2: "ios", 7: "ios-simulator"}
PROCESSORS = {0x0100000C: "arm64", 0x01000007: "x86_64"}
FAT = 0xCAFEBABE
BUILD_VERSION, SYMBOL_TABLE = 0x32, 0x2
EXTERNAL, TYPE, UNDEFINED, DEBUGGING = 0x01, 0x0E, 0x00, 0xE0


class Object:
    """One object file, 64 bit, little-endian; None for anything else, such as indices and notes."""

    @classmethod
    def of(cls, data):
        return cls(data) if data[:4] == b"\xcf\xfa\xed\xfe" else None

    def __init__(self, data):
        _, processor, _, _, n_commands, _, _, _ = struct.unpack_from("<8I", data, 0)
        self.processor = PROCESSORS.get(processor, hex(processor))
        self.platform, self.oldest = None, None
        self.defined, self.undefined = set(), set()
        at = 32
        for _ in range(n_commands):
            command, size = struct.unpack_from("<2I", data, at)
            if command == BUILD_VERSION:
                platform, oldest = struct.unpack_from("<2I", data, at + 8)
                self.platform = PLATFORMS.get(platform, str(platform))
                self.oldest = (oldest >> 16, oldest >> 8 & 0xFF)
            if command == SYMBOL_TABLE:
                self._symbols(data, *struct.unpack_from("<4I", data, at + 8))
            at += size

    def _symbols(self, data, table, count, strings, _):
        for at in range(table, table + 16 * count, 16):
            name, kind, _, _, _ = struct.unpack_from("<IBBHQ", data, at)
            if kind & DEBUGGING or not kind & EXTERNAL:
                continue
            start = strings + name
            found = self.undefined if kind & TYPE == UNDEFINED else self.defined
            found.add(data[start : data.index(b"\0", start)].decode())


class Archive:
    """A static library for one processor and one platform."""

    def __init__(self, data):
        if data[:8] != b"!<arch>\n":
            raise ValueError("is no static library")
        self.data, self.objects = data, []
        at = 8
        while at + 60 <= len(data):
            name = data[at : at + 16].decode().strip()
            size = int(data[at + 48 : at + 58])
            start = at + 60
            # BSD's form: a long name stands before the member's data.
            skipped = int(name[3:]) if name.startswith("#1/") else 0
            found = Object.of(data[start + skipped : start + size])
            self.objects += [found] if found else []
            at = start + size + size % 2
        if not self.objects:
            raise ValueError("holds no object files of Apple's")

    def _only(self, of):
        values = {of(each) for each in self.objects} - {None}
        if len(values) != 1:
            raise ValueError(f"holds objects of several kinds: {sorted(map(str, values))}")
        return values.pop()

    @property
    def processor(self):
        return self._only(lambda each: each.processor)

    @property
    def platform(self):
        return self._only(lambda each: each.platform)

    @property
    def oldest(self):
        """The newest of the oldest systems that its objects run on."""
        return max(each.oldest for each in self.objects if each.oldest)

    @property
    def defined(self):
        return set().union(*(each.defined for each in self.objects))

    @property
    def undefined(self):
        return set().union(*(each.undefined for each in self.objects)) - self.defined


def archives(data):
    """The libraries in a file, which is one, or a fat one with one for each processor."""
    if struct.unpack_from(">I", data)[0] != FAT:
        return [Archive(data)]
    count = struct.unpack_from(">I", data, 4)[0]
    found = []
    for index in range(count):
        _, _, offset, size, _ = struct.unpack_from(">5I", data, 8 + 20 * index)
        found.append(Archive(data[offset : offset + size]))
    return found


def fat(parts):
    """One file of several libraries for different processors, as lipo writes it."""
    numbers = {name: number for number, name in PROCESSORS.items()}
    subtypes = {"arm64": 0, "x86_64": 3}
    align = 3
    header = struct.pack(">2I", FAT, len(parts))
    at = 8 + 20 * len(parts)
    body = b""
    for part in parts:
        padding = -at % (1 << align)
        body += b"\0" * padding + part.data
        at += padding
        processor = part.processor
        header += struct.pack(
            ">5I", numbers[processor], subtypes[processor], at, len(part.data), align)
        at += len(part.data)
    return header + body
