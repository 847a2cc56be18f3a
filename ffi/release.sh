# What the libraries of a release are built with besides the profile `dist`. Scripts source this.

# SQLite keeps pages of bytes here: without its indexes of words and places, its JSON, its statistics,
# and its extensions it takes two thirds of the room.
unused=
for part in FTS3 FTS3_PARENTHESIS FTS5 RTREE STAT4 DBSTAT_VTAB MEMORY_MANAGEMENT LOAD_EXTENSION; do
  unused+=" -USQLITE_ENABLE_$part"
done
export LIBSQLITE3_FLAGS="$unused -USQLITE_SOUNDEX -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_JSON \
-DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE -DSQLITE_OMIT_PROGRESS_CALLBACK"

# Panics name the file they come from: by its crate, not by the folders of whoever built the library.
cargo fetch --locked
for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
  RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }--remap-path-prefix=$registry/="
done
export RUSTFLAGS
