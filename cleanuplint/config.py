"""Where the settings of a file come from: the nearest `cleanuplint.toml` or `pyproject.toml`."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cleanuplint.errors import UserError
from cleanuplint.files.naming import shown
from cleanuplint.files.targets import Exclusion
from cleanuplint.findings import Confidence
from cleanuplint.settings import Overrides, Settings, check_rule
from cleanuplint.suggest import did_you_mean

OWN_FILE = "cleanuplint.toml"
SHARED_FILE = "pyproject.toml"


class Configuration:
    """The settings of every file: those of the nearest configuration above it.

    One file for all (`--config`), or none (`--isolated`), if the user says so.
    """

    def __init__(
        self,
        overrides: Overrides | None = None,
        file: Path | None = None,
        isolated: bool = False,
    ) -> None:
        self._overrides = overrides or Overrides()
        self._file = None if file is None else Path(os.path.abspath(file))
        self._isolated = isolated
        self._origins: dict[Path, Path | None] = {}
        self._by_folder: dict[Path, Settings] = {}
        self._by_key: dict[Path, Settings] = {}

    def of_folder(self, folder: Path) -> Settings:
        """The settings in force in an absolute folder: one object for each configuration."""
        if folder not in self._by_folder:
            self._by_folder[folder] = self._of_origin(folder, self._file or self._origin(folder))
        return self._by_folder[folder]

    def of_file(self, path: Path) -> Settings:
        return self.of_folder(path.parent)

    def _of_origin(self, folder: Path, origin: Path | None) -> Settings:
        key = origin or project_root(folder)
        if key not in self._by_key:
            found = Settings(root=key) if origin is None else read(origin)
            self._by_key[key] = self._overrides.over(found)
        return self._by_key[key]

    def exclusion(self, folder: Path) -> Exclusion:
        settings = self.of_folder(folder)
        return Exclusion(settings.excluded, settings.force_exclude)

    def _origin(self, folder: Path) -> Path | None:
        if self._isolated:
            return None
        if folder not in self._origins:
            above = None if folder.parent == folder else folder.parent
            here = configuration_in(folder)
            self._origins[folder] = here or (self._origin(above) if above else None)
        return self._origins[folder]


def project_root(folder: Path) -> Path:
    """What patterns are relative to where no file configures: the repository or where we are."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    here = Path.cwd()
    return here if folder.is_relative_to(here) else folder


def configuration_in(folder: Path) -> Path | None:
    """The file in this very folder that configures cleanuplint, if there is one."""
    own = folder / OWN_FILE
    if own.is_file():
        return own
    shared = folder / SHARED_FILE
    return shared if shared.is_file() and _speaks_of_us(shared) else None


def _speaks_of_us(shared: Path) -> bool:
    """Others' files are not parsed: what is wrong in them is not ours to tell."""
    try:
        text = shared.read_bytes()
    except OSError:
        return False
    if b"cleanuplint" not in text:
        return False
    return _section(_parsed(shared), shared) is not None


def read(path: Path) -> Settings:
    """The settings of one file, refused as a whole if anything in it is wrong."""
    table = _parsed(path)
    if path.name == SHARED_FILE:
        table = _section(table, path) or {}
    fields: dict[str, Any] = {"root": path.parent, "origin": path}
    for key, value in table.items():
        try:
            fields[key.replace("-", "_")] = _value(key, value, path.parent)
        except UserError as error:
            raise UserError(f"{_where(path, key)}: {error}") from None
    return Settings(**fields)


def _section(table: dict[str, Any], path: Path) -> dict[str, Any] | None:
    """Our part of a file that several tools share."""
    tools = table.get("tool", {})
    ours = tools.get("cleanuplint") if isinstance(tools, dict) else None
    if ours is None or isinstance(ours, dict):
        return ours
    raise UserError(f"{shown(path)}: `tool.cleanuplint` must be a table: [tool.cleanuplint]")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"{shown(path)}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UserError(f"{shown(path)}: this is no UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        at = f":{line[1]}" if line else ""
        reason = str(error)[: line.start()] if line else str(error)
        raise UserError(f"{shown(path)}{at}: this is not TOML: {reason}") from None


def _where(path: Path, key: str) -> str:
    """The file, and the line of the key if it can be found without a second parser."""
    name = re.escape(key)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    heads = (n for n, line in enumerate(lines, 1) if re.match(r"\s*\[tool\.cleanuplint\b", line))
    first = next(heads, 1) if path.name == SHARED_FILE else 1
    pattern = re.compile(rf"\s*(?:\[(?:tool\.cleanuplint\.)?)?[\"']?{name}[\"']?\s*[\].=]")
    found = (n for n, line in enumerate(lines, 1) if n >= first and pattern.match(line))
    line = next(found, None)
    return shown(path) if line is None else f"{shown(path)}:{line}"


def _value(key: str, value: object, folder: Path) -> object:
    reader = KEYS.get(key)
    if reader is None:
        remedy = did_you_mean(key, KEYS) or f" (known: {', '.join(sorted(KEYS))})"
        raise UserError(f"unknown key `{key}`{remedy}")
    return reader(key, value, folder)


def _strings(key: str, value: object, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UserError(f"`{key}` must be a list of strings")
    return tuple(value)


def _rules(key: str, value: object, folder: Path) -> tuple[str, ...]:
    names = _strings(key, value, folder)
    for name in names:
        check_rule(name, f"`{key}`")
    return names


def _patterns(key: str, value: object, folder: Path) -> tuple[str, ...]:
    patterns = _strings(key, value, folder)
    for pattern in patterns:
        if not pattern.strip("/") or pattern.startswith("!"):
            raise UserError(f"`{key}`: `{pattern}` is no pattern of paths (negation is not known)")
    return patterns


def _paths(key: str, value: object, folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name for name in _strings(key, value, folder))


def _flag(key: str, value: object, folder: Path) -> bool:
    if not isinstance(value, bool):
        raise UserError(f"`{key}` must be true or false")
    return value


def _confidence(key: str, value: object, folder: Path) -> Confidence:
    names = {level.name.lower(): level for level in Confidence}
    if not isinstance(value, str) or value not in names:
        raise UserError(f"`{key}` must be one of {', '.join(map(repr, names))}")
    return names[value]


def _classes(key: str, value: object, folder: Path) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        raise UserError(f"`{key}` must be a table of class names, each with a table")
    return value


KEYS: Mapping[str, Callable[[str, object, Path], object]] = {
    "select": _rules,
    "extend-select": _rules,
    "ignore": _rules,
    "exclude": _patterns,
    "extend-exclude": _patterns,
    "force-exclude": _flag,
    "test-files": _patterns,
    "min-confidence": _confidence,
    "name-heuristics": _flag,
    "contracts": _paths,
    "non-raising": _strings,
    "classes": _classes,
    "fixable": _rules,
    "unfixable": _rules,
}
