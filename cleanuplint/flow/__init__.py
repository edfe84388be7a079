"""The language-neutral flow graph and the analyses that read it."""
