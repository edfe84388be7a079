"""An `except` that falls back in silence gets a warning.

except Exception:            except Exception:
    return slow(x)      →        logger.warning("engine.match failed", exc_info=True)
                                 return slow(x)
"""

from collections.abc import Iterator, Sequence

import libcst as cst

from cleanuplint.findings import Finding, Fix
from cleanuplint.fixes.python.cleanup import logger_at
from cleanuplint.fixes.python.file import File, Scope, Statement
from cleanuplint.fixes.python.imports import with_logging
from cleanuplint.fixes.python.walking import within

LOGGED = "what was silent is logged"
Handler = cst.ExceptHandler | cst.ExceptStarHandler


def fixes(finding: Finding, file: File) -> Iterator[Fix]:
    call = file.at(finding.span)
    guard = _guard_of(file, call) if isinstance(call, cst.Call) else None
    if not isinstance(call, cst.Call) or guard is None:
        return
    what = " ".join(file.code(call.func).split()).replace('"', "'")
    quiet = [each for each in guard.handlers if not _raises(each)]
    for chosen in (*([each] for each in quiet), quiet):
        handlers = [
            _warning(file, each, what) if each in chosen else each for each in guard.handlers
        ]
        changed = file.module.deep_replace(guard, guard.with_changes(handlers=handlers))
        yield from file.fix(with_logging(cst.ensure_type(changed, cst.Module)), LOGGED)


def _guard_of(file: File, call: cst.Call) -> cst.Try | cst.TryStar | None:
    """The innermost `try` whose handlers get what the call raises."""
    inner: cst.CSTNode = call
    for around in file.ancestors(call):
        if isinstance(around, Scope):
            return None
        if isinstance(around, cst.Try | cst.TryStar) and inner is around.body and around.handlers:
            return around
        inner = around
    return None


def _raises(handler: Handler) -> bool:
    return any(isinstance(each, cst.Raise) for each in within(handler))


def _warning(file: File, handler: Handler, what: str) -> Handler:
    line = f'{logger_at(file, handler)}.warning("{what} failed", exc_info=True)'
    return handler.with_changes(body=_with_first(file.parsed(line)[0], handler.body))


def _with_first(line: Statement, body: cst.BaseSuite) -> cst.IndentedBlock:
    """The warning before all else, or in the place of a lone `pass`."""
    if isinstance(body, cst.SimpleStatementSuite):
        rest: Sequence[Statement] = [cst.SimpleStatementLine(body.body)]
        return cst.IndentedBlock([line, *([] if _lone_pass(rest) else rest)])
    block = cst.ensure_type(body, cst.IndentedBlock)
    if (only := _lone_pass(block.body)) is not None:
        kept = cst.ensure_type(line, cst.SimpleStatementLine).with_changes(
            leading_lines=only.leading_lines, trailing_whitespace=only.trailing_whitespace
        )
        return block.with_changes(body=[kept])
    return block.with_changes(body=[line, *block.body])


def _lone_pass(lines: Sequence[cst.CSTNode]) -> cst.SimpleStatementLine | None:
    only = lines[0] if len(lines) == 1 else None
    is_pass = isinstance(only, cst.SimpleStatementLine) and isinstance(only.body[0], cst.Pass)
    return cst.ensure_type(only, cst.SimpleStatementLine) if is_pass and only else None
