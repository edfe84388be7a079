"""Makes a program on which the two verdicts disagree as small as it gets."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from .syntax import Line, Program, Statement
from .verdicts import Case, cases

MAX_ROUNDS = 60
AT_ONCE = 12
"""Candidates that share a node process."""
Signature = frozenset[tuple[str, str, bool]]


def signature(case: Case) -> Signature:
    """What a smaller program must keep: the kinds of disagreement."""
    reached = case.observation.reached
    return frozenset((one.kind, one.duty, one.site in reached) for one in case.disagreements)


def shrunk(case: Case) -> Case:
    """The smallest program found that still has one of the disagreements."""
    wanted = signature(case)
    for _ in range(MAX_ROUNDS):
        smaller = next((one for one in _candidates(case) if signature(one) & wanted), None)
        if smaller is None:
            break
        case, wanted = smaller, signature(smaller) & wanted
    return case


def _candidates(case: Case) -> Iterator[Case]:
    smaller = (_without_idle_helpers(one) for one in _smaller(case.program))
    while batch := list(islice(smaller, AT_ONCE)):
        yield from cases(batch)


def _smaller(program: Program) -> Iterator[Program]:
    if program.is_async and "await" not in program.marked:
        yield replace(program, is_async=False)
    for body in _without(program.body):
        yield replace(program, body=body)
    for helpers in _without(program.helpers):
        yield replace(program, helpers=helpers)


def _without_idle_helpers(program: Program) -> Program:
    helpers = tuple(one for one in program.helpers if _is_called(one, program))
    return program if helpers == program.helpers else replace(program, helpers=helpers)


def _is_called(helper: Statement, program: Program) -> bool:
    if isinstance(helper, Line):
        return True
    name = helper.parts[0][0].rstrip(" {").partition("(")[0].split()[-1]
    return len(re.findall(rf"\b{name}\b", program.marked)) > 1


def _without(statements: tuple[Statement, ...]) -> Iterator[tuple[Statement, ...]]:
    """The statements with one thing less, the largest cuts first."""
    for index in range(len(statements)):
        yield statements[:index] + statements[index + 1 :]
    for index, statement in enumerate(statements):
        for fewer in _simpler(statement):
            yield (*statements[:index], *fewer, *statements[index + 1 :])


def _simpler(statement: Statement) -> Iterator[tuple[Statement, ...]]:
    if isinstance(statement, Line):
        yield from _simpler_line(statement)
        return
    for _, body in statement.parts:
        yield body
    for index in range(1, len(statement.parts)):
        parts = statement.parts[:index] + statement.parts[index + 1 :]
        yield (replace(statement, parts=parts),)
    for index, (opening, body) in enumerate(statement.parts):
        for fewer in _without(body):
            parts = statement.parts
            changed = (*parts[:index], (opening, fewer), *parts[index + 1 :])
            yield (replace(statement, parts=changed),)


def _simpler_line(statement: Line) -> Iterator[tuple[Statement, ...]]:
    """`if (c) exit;` without the test, `const text = call;` without the name."""
    head, _, rest = statement.text.partition(") ")
    if head.startswith("if (") and rest and "{" not in rest:
        yield (Line(rest, statement.tag),)
    head, _, rest = statement.text.partition(" = ")
    if head.startswith("const text"):
        yield (Line(rest, statement.tag),)
