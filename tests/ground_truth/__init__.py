"""Ground truth: generated programs that run, and what the linter says of them."""
