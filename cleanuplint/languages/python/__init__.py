"""Python, from 3.8 on."""

from cleanuplint.languages.python.lowering import lower
from cleanuplint.languages.python.parsing import parse

__all__ = ["lower", "parse"]
