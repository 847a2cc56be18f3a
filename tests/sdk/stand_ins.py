"""Options that let cargo take what build scripts of C libraries made for this computer for a target.

Reads the messages of `cargo build --message-format=json`, prints one argument a line.
"""

import json
import re
import sys
from pathlib import Path

LIBRARIES = {"llama-cpp-sys-2": "llama", "libsqlite3-sys": "sqlite3"}
target = sys.argv[1]
for line in sys.stdin:
    message = json.loads(line)
    if message["reason"] != "build-script-executed":
        continue
    package = next((name for name in LIBRARIES if re.search(rf"\b{name}[@#]", message["package_id"])), None)
    if not package:
        continue
    out = Path(message["out_dir"])
    said = (out.parent / "output").read_text()
    root = re.search(r"^cargo::?(?:metadata=)?root=(.*)$", said, re.MULTILINE)
    table = f"target.{target}.{LIBRARIES[package]}"
    print(f"--config={table}.rustc-env.OUT_DIR={json.dumps(str(out))}")
    if root:
        print(f"--config={table}.root={json.dumps(root[1])}")
