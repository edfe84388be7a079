"""What the linter is told of the library that the generated programs use."""

from pathlib import Path

from cleanuplint.contracts.loading import load

KNOWLEDGE = load((Path(__file__).with_name("contract.toml"),))
