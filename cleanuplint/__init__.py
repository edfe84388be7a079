"""The linter for memory across the WebAssembly boundary."""
