#!/usr/bin/env bash
# Compiles and runs the Kotlin half of the API on this computer's JVM.
#
#   kotlin.sh tools TOOLS                       gets what it needs; ends with 77 if it cannot be had
#   kotlin.sh compile TOOLS WORK                bindings in WORK/bindings, more sources in WORK/extra
#                                               and, for Android, in WORK/extra-android
#   kotlin.sh run TOOLS WORK LIBRARY MAIN ...   runs a main class against a native library
#
# The compiler and the coroutines come out of the wheel kotlin-jupyter-kernel, JNA and the classes of
# Android 6 (API 23, in which everything for Android is compiled) out of Debian's packages.
set -euo pipefail
action=$1
mkdir -p "$2"
tools=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
repository=$(realpath "$here/../..")

missing() {
  echo "MISSING: $*"
  exit 77
}

get_compiler() {
  command -v java >/dev/null || missing "java (a JDK, 17 or newer)"
  python3 -m pip --version >/dev/null 2>&1 || missing "pip (python3-pip)"
  python3 -m pip download -q --no-deps -d "$tools/dl" kotlin-jupyter-kernel==0.19.0.944 ||
    missing "the Kotlin compiler (kotlin-jupyter-kernel 0.19.0.944 from the Python package index)"
  python3 - "$tools" <<'P'
import glob, sys, zipfile
tools = sys.argv[1]
wheel = zipfile.ZipFile(glob.glob(tools + "/dl/kotlin_jupyter_kernel-*.whl")[0])
for name in wheel.namelist():
    if name.endswith(".jar") and ("kotlin-jupyter-kernel" in name or "kotlin-stdlib" in name):
        jar = "compiler.jar" if "kernel" in name.rsplit("/", 1)[1] else "stdlib.jar"
        open(f"{tools}/{jar}", "wb").write(wheel.read(name))
# Only the coroutines, so that tests do not see the compiler.
source = zipfile.ZipFile(tools + "/compiler.jar")
with zipfile.ZipFile(tools + "/coroutines.jar", "w", zipfile.ZIP_DEFLATED) as jar:
    for item in source.infolist():
        is_class = item.filename.startswith("kotlinx/coroutines/") and item.filename.endswith(".class")
        if is_class or item.filename == "META-INF/kotlinx-coroutines-core.kotlin_module":
            jar.writestr(item, source.read(item))
P
}

get_packages() {
  command -v apt-get >/dev/null || missing "apt-get (JNA and Android's classes come as Debian packages)"
  local mirror apt=$tools/apt
  mirror=$(bash "$here/mirror.sh")
  mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial "$tools/dl"
  touch "$apt/status"
  local key=/usr/share/keyrings/debian-archive-keyring.gpg
  # Debian 11 is the last release with Android's classes.
  for release in bookworm bullseye; do
    echo "deb [signed-by=$key] $mirror $release main"
  done >"$apt/sources.list"
  cat >"$apt/apt.conf" <<C
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Acquire::Languages "none";
C
  apt-get -qc "$apt/apt.conf" update >"$tools/apt.log" 2>&1 || true
  (cd "$tools/dl" && apt-get -qc "$apt/apt.conf" download libjna-java/bookworm libjna-jni/bookworm \
    libandroid-23-java/bullseye >>"$tools/apt.log" 2>&1) ||
    missing "libjna-java, libjna-jni or libandroid-23-java (see $tools/apt.log)"
  for package in "$tools"/dl/*.deb; do dpkg -x "$package" "$tools/root"; done
  cp "$tools/root/usr/share/java/jna.jar" "$tools/jna.jar"
  cp "$tools/root/usr/share/java/com.android.android-23.jar" "$tools/android.jar"
  # Debian's JNA looks for its native half in system folders or on the class path.
  local machine
  machine=$(uname -m | sed 's/x86_64/x86-64/')
  mkdir -p "$tools/native/com/sun/jna/linux-$machine"
  cp "$tools"/root/usr/lib/*/jni/libjnidispatch.system.so \
    "$tools/native/com/sun/jna/linux-$machine/libjnidispatch.so"
}

# to_compile CLASSPATH OUT ARGUMENTS...: one more run of the compiler. Warnings are errors.
runs=()
to_compile() {
  local path=$1 out=$2
  shift 2
  [ ${#runs[@]} -eq 0 ] || runs+=(--then)
  runs+=(-no-stdlib -no-reflect -Werror
    -cp "$tools/stdlib.jar:$tools/coroutines.jar:$tools/jna.jar:$path" -d "$out" "$@")
}

case $action in
  tools)
    [ -f "$tools/complete" ] && exit 0
    get_compiler
    get_packages
    touch "$tools/complete"
    ;;
  compile)
    work=$(realpath "$3")
    sources=$repository/android/carrel/src/main/kotlin
    rm -rf "$work"/{stubs,fakes,classes,sample,tests}
    # What Android's classes lack, then what goes into the AAR, against these and nothing of this JVM.
    to_compile "$tools/android.jar" "$work/stubs" -no-jdk -jvm-target 1.8 "$here"/android-stubs
    to_compile "$work/stubs:$tools/android.jar" "$work/classes" -no-jdk -jvm-target 1.8 \
      -module-name carrel "$sources" "$work/bindings/dev/carrel/carrel_ffi.kt"
    to_compile "$work/classes:$work/stubs:$tools/android.jar" "$work/sample" -no-jdk -jvm-target 1.8 \
      "$repository/android/sample/src/main/kotlin/dev/carrel/sample/Reading.kt" "$work/extra-android"
    # Android's classes do nothing here; the tests play what they need of them, beside this JVM's own.
    python3 - "$tools" <<'P'
import sys, zipfile
tools = sys.argv[1]
source = zipfile.ZipFile(tools + "/android.jar")
with zipfile.ZipFile(tools + "/android-alone.jar", "w") as jar:
    for name in source.namelist():
        if name.startswith("android/") and name.endswith(".class"):
            jar.writestr(name, source.read(name))
P
    to_compile "$work/stubs:$tools/android-alone.jar" "$work/fakes" -jvm-target 1.8 "$here"/android-fakes
    to_compile "$work/classes:$work/fakes:$work/stubs:$tools/android-alone.jar" "$work/tests" \
      -jvm-target 1.8 "-Xfriend-paths=$work/classes" \
      "$here/kotlin" "$work/bindings/dev/carrel/undertest" "$work/extra"
    java -Xmx1500m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$tools/compiler.jar:$tools/stdlib.jar" \
      "$here/Compile.java" "${runs[@]}"
    ;;
  run)
    work=$(realpath "$3") library=$(realpath "$4") main=$5
    libraries=$tools/stdlib.jar:$tools/coroutines.jar:$tools/jna.jar:$tools/native
    rm -rf "$work/folder"
    mkdir -p "$work/folder"
    # A heap of one size, in memory from the start, and few arenas of the C library, which keeps one for
    # every thread that ever lived beside others: what grows is neither's.
    MALLOC_ARENA_MAX=2 exec java -Xms128m -Xmx128m -XX:+AlwaysPreTouch -XX:+UseSerialGC \
      -cp "$work/tests:$work/classes:$work/fakes:$work/stubs:$tools/android-alone.jar:$libraries" \
      "-Duniffi.component.carrel_ffi.libraryOverride=$library" \
      "-Duniffi.component.carrel_sdk_tests.libraryOverride=$library" \
      "-Dcarrel.folder=$work/folder" "-Dcarrel.repository=$repository" "$main" "${@:6}"
    ;;
esac
