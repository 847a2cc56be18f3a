#!/usr/bin/env bash
# Compiles and runs the Swift half of the API on Linux.
#
#   swift.sh tools TOOLS                     gets what it needs; ends with 77 if it cannot be had
#   swift.sh compile TOOLS WORK LIBRARY      bindings in WORK/bindings, extra tests in WORK/extra
#   swift.sh run TOOLS WORK                  runs the tests
#   swift.sh bench TOOLS WORK LIBRARY ...    measures what the boundary costs
#   swift.sh in TOOLS WORK COMMAND...        runs a command where Swift is; it may write to WORK
#
# Swift 6 comes out of Debian 13, which is unpacked into a folder of its own (2.6 GB, about two minutes)
# and entered with chroot. That takes root, or sudo without a password, and the right to mount: every
# mount is made in a namespace of its own and is gone when the command ends.
set -euo pipefail
action=$1
mkdir -p "$2"
tools=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
repository=$(realpath "$here/../..")
as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)

missing() {
  echo "MISSING: $*"
  exit 77
}

# isolated COMMAND...: as root, with mounts that nobody else sees.
isolated() { "${as_root[@]}" unshare --mount --propagation private -- "$@"; }

get_swift() {
  [ "$(uname -s)" = Linux ] || missing "Linux (this puts Debian 13 into a folder)"
  "${as_root[@]}" true 2>/dev/null || missing "root, or sudo without a password"
  isolated true 2>/dev/null || missing "the right to unshare mounts"
  PATH=$PATH:/usr/sbin command -v debootstrap >/dev/null || missing "debootstrap"
  local key=/usr/share/keyrings/debian-archive-keyring.gpg
  [ -f "$key" ] || missing "the keys of Debian's archive (debian-archive-keyring)"
  local free
  free=$(df --output=avail -m "$tools" | tail -1)
  [ "$free" -gt 4500 ] || missing "4.5 GB of disk while Swift is unpacked ($free MB are free)"
  local root=$tools/root.part mirror
  mirror=$(bash "$here/mirror.sh")
  "${as_root[@]}" rm -rf --one-file-system "$root"
  # A mirror that stopped answering must not hold the tests up for ever.
  isolated timeout 600 env PATH="$PATH:/usr/sbin:/sbin" debootstrap --variant=minbase --keyring="$key" trixie \
    "$root" "$mirror" >"$tools/debootstrap.log" 2>&1 ||
    missing "Debian 13 from $mirror: $(tail -1 "$tools/debootstrap.log")"
  isolated timeout 600 bash -s "$root" >"$tools/swift.log" 2>&1 <<'S' || missing "Swift 6: $(tail -1 "$tools/swift.log")"
set -euo pipefail
root=$1
export DEBIAN_FRONTEND=noninteractive
cp /etc/resolv.conf "$root/etc/"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod +x "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
chroot "$root" apt-get -q update
chroot "$root" apt-get install -qy --no-install-recommends swiftlang libc6-dev libstdc++-14-dev
chroot "$root" apt-get clean
chroot "$root" swiftc --version
S
  "${as_root[@]}" mv "$root" "$tools/root"
}

# inside WORK COMMAND...: a command in Debian 13, as the user that this is. The repository and WORK have
# the same paths there, and WORK is what can be written to.
inside() {
  local work=$1
  shift
  mkdir -p "$work/home" "$work/folder"
  isolated bash -s "$tools/root" "$repository" "$work" "$(id -u):$(id -g)" "$@" <<'S'
set -euo pipefail
root=$1 repository=$2 work=$3 user=$4
shift 4
# Without /proc Swift's programs do not find their libraries.
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for folder in "$repository" "$work"; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
exec chroot --userspec="$user" "$root" env -i PATH=/usr/libexec/swift/bin:/usr/bin:/bin HOME="$work/home" LANG=C.UTF-8 \
  CARREL_FOLDER="$work/folder" CARREL_REPOSITORY="$repository" "$@" </dev/null
S
}

# build WORK ARGUMENTS...: warnings are errors. Swift 6.0's libswiftObservation lacks a function that
# nothing calls, which the linker has to be told to bear.
build() {
  local work=$1
  shift
  inside "$work" swift-build --package-path "$work/package/tests/sdk/swift" "$@" \
    -Xswiftc -warnings-as-errors -Xlinker "-L$work/lib" -Xlinker -rpath -Xlinker "$work/lib" \
    -Xlinker --allow-shlib-undefined
}

# lay_out WORK LIBRARY: a copy of the packages with bindings and library in their places.
lay_out() {
  local work=$1 package=$1/package bindings=$1/bindings
  local tests=$package/tests/sdk/swift ios=$package/ios
  # What was compiled under another path, or copied from there, is of no use.
  if [ -f "$work/at" ] && [ "$(cat "$work/at")" != "$work" ]; then
    rm -rf "$package" "$work/home" "$work/stubs"
  fi
  echo "$work" >"$work/at"
  rm -rf "$ios/Sources" "$tests/Sources" "$tests/Tests"
  mkdir -p "$ios" "$tests" "$work/lib"
  cp -a "$repository"/ios/{Package.swift,Sources} "$ios/"
  cp -a "$here"/swift/{Package.swift,Sources,Tests} "$tests/"
  mkdir -p "$ios/Sources/Carrel/Generated" "$tests"/Sources/{CarrelUnderTest,CarrelUnderTestFFI,Sample}
  cp -a "$bindings/Carrel.swift" "$ios/Sources/Carrel/Generated/"
  cp -a "$bindings/CarrelFFI.h" "$ios/Sources/CarrelFFI/"
  # UniFFI takes it that all types of a program are in one module.
  { echo "import Carrel"; cat "$bindings/CarrelUnderTest.swift"; } \
    >"$tests/Sources/CarrelUnderTest/CarrelUnderTest.swift"
  cp -a "$bindings/CarrelUnderTestFFI.h" "$tests/Sources/CarrelUnderTestFFI/"
  cp -a "$bindings/CarrelUnderTestFFI.modulemap" "$tests/Sources/CarrelUnderTestFFI/module.modulemap"
  cp -a "$repository/ios/Sample/Sources/Reading.swift" "$tests/Sources/Sample/"
  cp -f "$2" "$work/lib/libcarrel_ffi.so"
}

# What is meant for Apple's systems only, against declarations.
check_for_apple() {
  local work=$1 name
  local ios=$work/package/ios/Sources stubs=$work/stubs
  mkdir -p "$stubs"
  for name in Darwin UIKit BackgroundTasks; do
    inside "$work" swiftc -swift-version 6 -parse-as-library -emit-module -module-name "$name" \
      -o "$stubs/$name.swiftmodule" "$here/apple-stubs/$name.swift"
  done
  inside "$work" swiftc -swift-version 6 -warnings-as-errors -typecheck -module-name Carrel \
    -I "$stubs" -I "$ios/CarrelFFI" "$ios"/Carrel/*.swift "$ios"/Carrel/*/*.swift
  # SwiftUI is too much to declare: only the grammar of what uses it.
  inside "$work" swiftc -frontend -parse "$repository/ios/Sample/Sources/ReadingApp.swift"
}

case $action in
  tools)
    [ -f "$tools/complete" ] && exit 0
    get_swift
    touch "$tools/complete"
    ;;
  compile)
    work=$(realpath "$3") library=$(realpath "$4")
    lay_out "$work" "$library"
    cp -a "$work"/extra/*.swift "$work/package/tests/sdk/swift/Tests/CarrelTests/"
    build "$work" --build-tests
    check_for_apple "$work"
    ;;
  run)
    work=$(realpath "$3")
    rm -rf "$work/folder"
    # Few arenas of the C library, which keeps one for every thread that ever lived beside others.
    inside "$work" env MALLOC_ARENA_MAX=2 \
      "$work/package/tests/sdk/swift/.build/debug/CarrelTestsPackageTests.xctest"
    ;;
  bench)
    work=$(realpath "$3") library=$(realpath "$4")
    lay_out "$work" "$library"
    build "$work" -c release --product Bench -Xswiftc -enable-testing
    inside "$work" "$work/package/tests/sdk/swift/.build/release/Bench" "${@:5}"
    ;;
  in)
    work=$(realpath "$3")
    shift 3
    inside "$work" "$@"
    ;;
esac
