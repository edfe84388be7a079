"""A TOML text whose mistakes are told by file and line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleanuplint.errors import UserError
from cleanuplint.suggest import did_you_mean

Keys = tuple[str, ...]
"""Where a value is: the keys from the top, `("classes", "Tree", "releases")`."""


@dataclass(frozen=True, slots=True)
class Document:
    """A TOML text with its name. Refuses what is wrong in it, by file and line.

    `tomllib` keeps no positions, so the line of a value is searched in the text, by its keys.
    """

    source: str
    text: str
    table: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path, source: str) -> "Document":
        try:
            text = path.read_text(encoding="utf-8-sig")
            return cls(source, text, tomllib.loads(text))
        except OSError as error:
            raise UserError(f"{source}: {error.strerror or error}; name an existing file") from None
        except UnicodeDecodeError:
            raise UserError(f"{source}: this is no UTF-8 text; save it as UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            reason, _, line = str(error).partition(" (at line ")
            at = f":{line.partition(',')[0]}" if line else ""
            raise UserError(f"{source}{at}: this is not TOML: {reason}; mend it") from None

    def error(self, keys: Keys, message: str) -> UserError:
        line = self._line(keys)
        return UserError(f"{self.source}{f':{line}' if line else ''}: {message}")

    def _line(self, keys: Keys) -> int:
        """Where the keys stand, one below the other; where one can't be found, the last found."""
        at = 0
        for key in keys:
            pattern = rf"(?m)(?:^|[\[.{{,\s])\s*[\"']?{re.escape(key)}[\"']?\s*[\].=]"
            found = re.compile(pattern).search(self.text, at)
            at = found.end() - 1 if found else at
        return self.text.count("\n", 0, at) + 1 if self.text else 0

    def only(self, table: Mapping[str, Any], known: frozenset[str], keys: Keys = ()) -> None:
        for key in table:
            if key not in known:
                remedy = did_you_mean(key, known) or f"; known are {', '.join(sorted(known))}"
                raise self.error((*keys, key), f"unknown key `{key}`{remedy}")

    def strings(self, table: Mapping[str, Any], key: str, keys: Keys = ()) -> tuple[str, ...]:
        if key not in table:
            return ()
        found = table[key]
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self.error((*keys, key), f'`{key}` must be a list of strings, like ["free"]')
        return tuple(found)

    def tables(self, table: Mapping[str, Any], key: str, keys: Keys = ()) -> Mapping[str, Any]:
        found = table.get(key, {})
        if not isinstance(found, dict):
            heading = ".".join((*keys, key))
            raise self.error((*keys, key), f"`{key}` must be a table; write it as `[{heading}]`")
        return found
