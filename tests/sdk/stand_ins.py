"""Options that let cargo take what build scripts of C libraries made for this computer for a target.

Reads the messages of `cargo build --message-format=json`, prints one argument a line.
"""

import json
import re
import sys

LIBRARIES = {"llama-cpp-sys-2": "llama", "libsqlite3-sys": "sqlite3"}
target = sys.argv[1]
for line in sys.stdin:
    message = json.loads(line)
    if message["reason"] != "build-script-executed":
        continue
    package = next((name for name in LIBRARIES if re.search(rf"\b{name}[@#]", message["package_id"])), None)
    if not package:
        continue
    # The folder is also where the libraries' headers are.
    out = json.dumps(message["out_dir"])
    table = f"target.{target}.{LIBRARIES[package]}"
    print(f"--config={table}.rustc-env.OUT_DIR={out}")
    print(f"--config={table}.root={out}")
