"""What a release looks like, as lines without indentation.

encoder.free()                  where it can't practically raise

try:                            where it can: the first error must not be masked
    encoder.free()
except Exception as cleanup_error:
    logger.warning("encoder was not released: %s", cleanup_error)
"""

import re
from dataclasses import dataclass

import libcst as cst

from cleanuplint.findings import Remedy
from cleanuplint.fixes.python.file import UNIT, File
from cleanuplint.fixes.python.walking import path_of, within

Lines = tuple[str, ...]

LOGGER = re.compile(r"(?:self\.)?_?(?:logger|log|LOGGER|LOG)$")
FREES = frozenset({"free", "_free"})
"""Functions that want the pointer alone."""
WIDTH = 88
"""Columns: what formatters of Python break a line at unless they are told otherwise."""
OWN_LOGGER = "logging.getLogger(__name__)"


@dataclass(frozen=True, slots=True)
class Cleanup:
    """How the duty of one remedy is met in one file."""

    file: File
    remedy: Remedy

    def plain(self, place: str, optional: bool = False) -> Lines:
        """The release alone; `optional` where there may be nothing to release."""
        return self.of(self._call(place), place, optional)

    def of(self, call: str, place: str, optional: bool = False) -> Lines:
        """A release in the code's own words."""
        return (f"if {place} is not None:", f"    {call}") if optional else (call,)

    def safe(self, place: str, at: cst.CSTNode, call: str = "", optional: bool = False) -> Lines:
        """The release so that it never raises, for a `finally`."""
        call = call or self._call(place)
        if self.remedy.assumed:
            inner = self.caught(self.of(call, place), place, at, extra=1)
            return (f'if hasattr({place}, "{self.remedy.release}"):', *deeper(inner))
        lines = self.of(call, place, optional)
        return lines if self.remedy.quiet else self.caught(lines, place, at)

    def caught(self, lines: Lines, place: str, at: cst.CSTNode, extra: int = 0) -> Lines:
        """The lines so that an error of theirs is reported, in a `finally` that begins at `at`."""
        depth = self.file.depth(at) + 2 + extra
        return (
            "try:",
            *deeper(lines),
            "except Exception as cleanup_error:",
            *deeper(self._report(place, at, len(UNIT) * depth)),
        )

    def _report(self, place: str, at: cst.CSTNode, column: int) -> Lines:
        done = "cleared" if self.remedy.clears else "released"
        warn, said = (
            f"{logger_at(self.file, at)}.warning",
            f'"{place} was not {done}: %s", cleanup_error',
        )
        line = f"{warn}({said})"
        return (line,) if column + len(line) <= WIDTH else (f"{warn}(", f"    {said}", ")")

    def _call(self, place: str) -> str:
        return f"{place}.{self.remedy.release}()"


def freeing(made: cst.BaseExpression, remedy: Remedy, file: File) -> str:
    """The call of the function that frees what an allocator gave, beside which it is exported.

    Empty where nobody can tell: a release that also wants the size, or a call of another form.
    """
    if not isinstance(made, cst.Call) or remedy.release not in FREES:
        return ""
    match made.func:
        case cst.Subscript(value=owner):  # `exports["malloc"](store, size)`
            store = [file.code(argument.value) for argument in made.args[:-1]]
            return f'{file.code(owner)}["{remedy.release}"]({", ".join((*store, remedy.place))})'
        case cst.Attribute(value=owner):
            return f"{file.code(owner)}.{remedy.release}({remedy.place})"
    return ""


def logger_at(file: File, at: cst.CSTNode) -> str:
    """The logger that the code around it uses, or one of its own."""
    around = file.class_of(at)
    if around is not None and (name := _logger_in(around)).startswith("self."):
        return name
    top = _module_loggers(file.module)
    return next(iter(top), OWN_LOGGER)


def deeper(lines: Lines) -> Lines:
    return tuple(f"    {line}" for line in lines)


def _logger_in(scope: cst.CSTNode) -> str:
    for node in within(scope):
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            name = path_of(node.func.value)
            if node.func.attr.value == "warning" and LOGGER.fullmatch(name):
                return name
    return ""


def _module_loggers(module: cst.Module) -> list[str]:
    """Names of loggers that the module itself makes."""
    return [
        name
        for line in module.body
        if isinstance(line, cst.SimpleStatementLine)
        for small in line.body
        if isinstance(small, cst.Assign)
        for target in small.targets
        if LOGGER.fullmatch(name := path_of(target.target))
    ]
