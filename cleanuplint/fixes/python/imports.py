"""Imports of the standard library that a fix needs, added where the module has none."""

import sys
from collections.abc import Iterator, Sequence

import libcst as cst

from cleanuplint.fixes.python.cleanup import OWN_LOGGER
from cleanuplint.fixes.python.file import Statement
from cleanuplint.fixes.python.walking import path_of


def with_logging(module: cst.Module) -> cst.Module:
    """With `import logging` if a clean-up has to make a logger of its own."""
    return with_import(module, "import logging") if OWN_LOGGER in module.code else module


def with_import(module: cst.Module, line: str) -> cst.Module:
    """With the import in its place among those of the standard library at the top, if any."""
    body: list[Statement] = list(module.body)
    if any(module.code_for_node(each).strip() == line for each in body):
        return module
    new = cst.parse_module(f"{line}\n", config=module.config_for_parsing).body[0]
    own = [i for i, each in enumerate(body) if _origin(each) in LIBRARY]
    later = next((i for i in own if _sorted_by(body[i]) > _sorted_by(new)), None)
    if later is not None:
        body[later : later + 1] = _before(new, body[later])
    elif own:
        body.insert(own[-1] + 1, new)
    else:
        at = _first(body)
        body[at : at + 1] = _before(new, body[at], _blank_lines(body[at])) if body[at:] else [new]
    return module.with_changes(body=body)


LIBRARY = sys.stdlib_module_names - {"__future__"}


def _before(
    new: Statement, pushed: Statement, between: Sequence[cst.EmptyLine] = ()
) -> list[Statement]:
    """The lines above what is pushed down stay above."""
    above = pushed.leading_lines
    return [new.with_changes(leading_lines=above), pushed.with_changes(leading_lines=between)]


def _blank_lines(statement: Statement) -> list[cst.EmptyLine]:
    """What stands between a group of imports and the statement."""
    is_definition = isinstance(statement, cst.FunctionDef | cst.ClassDef)
    return [cst.EmptyLine(indent=False)] * (2 if is_definition else 1)


def _first(body: Sequence[Statement]) -> int:
    """The first statement after the docstring and what must come first."""
    for index, each in enumerate(body):
        is_text = isinstance(each, cst.SimpleStatementLine) and _is_text(each)
        if not is_text and _origin(each) != "__future__":
            return index
    return len(body)


def _is_text(line: cst.SimpleStatementLine) -> bool:
    only = line.body[0]
    return isinstance(only, cst.Expr) and isinstance(only.value, cst.BaseString)


def _origin(statement: Statement) -> str:
    """The package that the statement imports from; empty where it imports nothing."""
    return next((name.partition(".")[0] for name in _modules(statement)), "")


def _modules(statement: Statement) -> Iterator[str]:
    for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
        match small:
            case cst.Import(names=names):
                yield path_of(names[0].name)
            case cst.ImportFrom(module=module) if module is not None and not small.relative:
                yield path_of(module)


def _sorted_by(statement: Statement) -> tuple[bool, str]:
    """`import a` before `from a import b`, each by name."""
    line = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    return isinstance(line, cst.ImportFrom), next(_modules(statement), "")
