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
    own = [i for i, each in enumerate(body) if _origin(each) in sys.stdlib_module_names]
    if own:
        key = _sorted_by(new)
        at = next((i for i in own if _sorted_by(body[i]) > key), own[-1] + 1)
        return _inserted(module, body, at, new, behind=())
    at = _first(body)
    if at < len(body) and _origin(body[at]):
        return _inserted(module, body, at, new, behind=[_BLANK])
    definition = at < len(body) and isinstance(body[at], cst.FunctionDef | cst.ClassDef)
    return _inserted(module, body, at, new, behind=[_BLANK] * (2 if definition else 1))


_BLANK = cst.EmptyLine(indent=False)


def _inserted(
    module: cst.Module,
    body: list[Statement],
    at: int,
    new: Statement,
    behind: Sequence[cst.EmptyLine],
) -> cst.Module:
    """The lines above the statement that is pushed down stay above."""
    if at < len(body):
        pushed = body[at]
        new = new.with_changes(leading_lines=pushed.leading_lines if behind or at == 0 else ())
        kept = () if behind else pushed.leading_lines
        if not behind and at > 0:
            new, kept = new.with_changes(leading_lines=pushed.leading_lines), ()
        body[at] = pushed.with_changes(leading_lines=(*behind, *kept))
    return module.with_changes(body=[*body[:at], new, *body[at:]])


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
