"""What can be known about a Rust crate, whatever its syntax: its items and its buffers."""
