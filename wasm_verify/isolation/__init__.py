"""Each module runs in a child process of its own, which may die of it."""
