"""Checks: from what the solver found to what a person reads."""
