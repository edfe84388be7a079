"""Runs a module: wasmtime behind the `WebAssembly` object of a realm."""
