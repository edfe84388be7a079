"""What each language calls the things that messages speak of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of one language."""

    throws: str
    may_throw: str
    handler: str
    """The construct that keeps an error from spreading."""
    teardown: str
    """What a method that ends an object's life is usually called."""
    snake_case: bool

    def spelled(self, names: Iterable[str]) -> list[str]:
        """The names, those in the spelling of the language first."""
        return sorted(names, key=lambda name: (not self._is_at_home(name), name))

    def _is_at_home(self, name: str) -> bool:
        has_hump = re.search(r"[a-z][A-Z]", name) is not None
        return not has_hump if self.snake_case else "_" not in name


JAVASCRIPT = Terms("throws", "may throw", "`try`/`catch`", "dispose()", snake_case=False)
PYTHON = Terms("raises", "may raise", "`try`/`except`", "close()", snake_case=True)


def terms_of(suffix: str) -> Terms:
    return PYTHON if suffix in (".py", ".pyi", ".ipynb") else JAVASCRIPT
