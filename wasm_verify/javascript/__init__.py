"""The JavaScript side: an embedded engine, and the sources that run in it."""
