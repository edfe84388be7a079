"""Turns the JavaScript that a module comes with into functions that a realm can run.

wasm-bindgen writes for five targets. `nodejs` is CommonJS and runs as it is. `web` and `bundler`
are modules; the embedded engine loads none, so their `import` and `export` lines become requires
and assignments. That is done line by line, which suits generated code and nothing else. What it
writes for `no-modules` and `deno` is of the same two forms.
"""

import re
from dataclasses import dataclass


def _line(pattern: str) -> re.Pattern[str]:
    """Snippets that are written inside of Rust are indented."""
    return re.compile(rf"^[ \t]*{pattern}", re.M)


_SOURCE = r'["\'](.+?)["\'];?[ \t]*$'
_DECLARED = r"(?:async\s+)?function\s*\*?|class"
_IMPORT_ALL = _line(rf"import\s*\*\s*as\s+([\w$]+)\s+from\s*{_SOURCE}")
_IMPORT_NAMES = _line(rf"import\s*\{{([^}}]*)\}}\s*from\s*{_SOURCE}")
_IMPORT_DEFAULT = _line(rf"import\s+([\w$]+)\s+from\s*{_SOURCE}")
_IMPORT_EFFECT = _line(rf"import\s*{_SOURCE}")
_EXPORT_NAMES = _line(r'export\s*\{([^}]*)\}\s*(?:from\s*["\'](.+?)["\'])?;?[ \t]*$')
_EXPORT_ALL = _line(rf"export\s*\*\s*from\s*{_SOURCE}")
_EXPORT_DEFAULT_NAMED = _line(rf"export\s+default\s+({_DECLARED})\s+([\w$]+)")
_EXPORT_DEFAULT = _line(r"export\s+default\s+")
_EXPORT_DECLARED = _line(rf"export\s+({_DECLARED}|const|let|var)\s+([\w$]+)")
_MODULE_LINE = _line(r"(?:import\s*[\w{*\"']|export\s+[\w{*]|export\s*\{)")
_COMMON_JS = re.compile(r"^(?:module\.)?exports[.\[ =]", re.M)
_NO_MODULES = re.compile(r"^(?:let|var|const) wasm_bindgen\b", re.M)


def is_module(source: str) -> bool:
    return bool(_MODULE_LINE.search(source)) and not _COMMON_JS.search(source)


def to_function(source: str) -> str:
    """The body of a function of `module`, `exports`, `require`, `__dirname`, `__filename`."""
    if _NO_MODULES.search(source):
        return source + "\nmodule.exports = wasm_bindgen;"
    return _Converted(source).text if is_module(source) else source


@dataclass(frozen=True, slots=True)
class _Names:
    """`a, b as c` of an import or export."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, listed: str) -> "_Names":
        parts = (part.strip() for part in listed.replace("\n", " ").split(","))
        split = (re.split(r"\s+as\s+", part) for part in parts if part)
        return cls(tuple((names[0], names[-1]) for names in split))


class _Converted:
    def __init__(self, source: str) -> None:
        self._exports: list[str] = []
        text = source.replace("import.meta.url", '"file:///glue.js"')
        text = text.replace("import.meta", '({ url: "file:///glue.js" })')
        text = _IMPORT_ALL.sub(r'const \1 = require("\2");', text)
        text = _IMPORT_NAMES.sub(self._import_names, text)
        text = _IMPORT_DEFAULT.sub(r'const \1 = require("\2").default ?? require("\2");', text)
        text = _IMPORT_EFFECT.sub(r'require("\1");', text)
        text = _EXPORT_ALL.sub(r'Object.assign(exports, require("\1"));', text)
        text = _EXPORT_NAMES.sub(self._export_names, text)
        text = _EXPORT_DEFAULT_NAMED.sub(self._export_default_named, text)
        text = _EXPORT_DEFAULT.sub("exports.default = ", text)
        text = _EXPORT_DECLARED.sub(self._export_declared, text)
        # Live, as exports of a module are: a `let` may be set later.
        self.text = "\n".join([*self._exports, text])

    def _import_names(self, found: re.Match[str]) -> str:
        pairs = ", ".join(f"{name}: {own}" for name, own in _Names.of(found[1]).pairs)
        return f'const {{ {pairs} }} = require("{found[2]}");'

    def _export_names(self, found: re.Match[str]) -> str:
        for own, name in _Names.of(found[1]).pairs:
            self._export(name, f'require("{found[2]}")["{own}"]' if found[2] else own)
        return ""

    def _export_default_named(self, found: re.Match[str]) -> str:
        self._export("default", found[2])
        return f"{found[1]} {found[2]}"

    def _export_declared(self, found: re.Match[str]) -> str:
        self._export(found[2], found[2])
        return f"{found[1]} {found[2]}"

    def _export(self, name: str, value: str) -> None:
        self._exports.append(
            f'Object.defineProperty(exports, "{name}", '
            f"{{ enumerable: true, configurable: true, get: () => {value} }});"
        )
