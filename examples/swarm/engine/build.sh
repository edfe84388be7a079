#!/usr/bin/env bash
# Builds both engines, before and after, into their pkg/ folders, and checks or writes their sums.
#
#   examples/swarm/engine/build.sh          build, then compare with the committed checksums
#   examples/swarm/engine/build.sh --write  build, then write the checksums
#
# Needs: Rust 1.95.0 (`rustup target add wasm32-unknown-unknown`), wasm-bindgen 0.2.130
# (`cargo install wasm-bindgen-cli --version 0.2.130`) and wasm-opt of binaryen 125
# (`npm install binaryen@125.0.0`, or set WASM_OPT).
set -euo pipefail
examples="$(cd "$(dirname "$0")/../.." && pwd)"
target="${CARGO_TARGET_DIR:-$(mktemp -d)}"
name=wasm_swarm_engine

build() {
    local crate="$examples/$1/engine" out="$target/$1"
    export RUSTFLAGS="--remap-path-prefix=$crate=/engine --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
    cargo build --quiet --release --locked --target wasm32-unknown-unknown \
        --manifest-path "$crate/Cargo.toml" --target-dir "$out"
    wasm-bindgen --target nodejs --out-dir "$crate/pkg" --out-name "$name" \
        "$out/wasm32-unknown-unknown/release/$name.wasm"
    "${WASM_OPT:-wasm-opt}" -Oz --enable-reference-types --enable-bulk-memory \
        --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
        --enable-multivalue \
        "$crate/pkg/${name}_bg.wasm" -o "$crate/pkg/${name}_bg.wasm"
    rm -f "$crate/pkg/${name}_bg.wasm.d.ts"
}

build swarm
build swarm-clean
cd "$examples"
sums=(swarm/engine/pkg swarm-clean/engine/pkg)
if [ "${1:-}" = --write ]; then
    for pkg in "${sums[@]}"; do (cd "$pkg" && sha256sum "$name".* "${name}"_bg.wasm > SHA256SUMS); done
else
    for pkg in "${sums[@]}"; do (cd "$pkg" && sha256sum --check SHA256SUMS); done
fi
