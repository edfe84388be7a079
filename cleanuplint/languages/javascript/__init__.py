"""JavaScript, JSX, TypeScript and TSX."""

from cleanuplint.languages.javascript.lowering import lower
from cleanuplint.languages.javascript.parsing import parse

__all__ = ["lower", "parse"]
