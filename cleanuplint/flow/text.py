"""A flow graph as text, one line per operation: for tests and for whoever debugs a front end."""

from collections.abc import Iterator
from dataclasses import fields

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import Function, Program, Route


def describe(program: Program) -> str:
    """All functions of a program."""
    return "\n".join(line for item in program.functions for line in _function(program, item))


def _function(program: Program, item: Function) -> Iterator[str]:
    names = ", ".join(_variable(program, number) for number in item.parameters)
    yield f"{item.kind} {item.name or '-'}({names})"
    for number, block in enumerate(item.blocks):
        if number in (item.normal_exit, item.exceptional_exit):
            continue
        if not block.operations and number != item.entry and not _is_target(item, number):
            continue
        depth = f" depth {block.depth}" if block.depth else ""
        yield f"  b{number}: on error {_route(item, block.handler)}{depth}"
        for operation in block.operations:
            yield f"    {_line(program, operation)}"
        yield f"    {_terminator(item, block.terminator)}"


def _is_target(item: Function, number: int) -> bool:
    return any(f"'b{number}'" in str(_targets(block.terminator)) for block in item.blocks)


def _targets(terminator: graph.Terminator) -> list[str]:
    found: list[str] = []
    for item in fields(terminator):
        value = getattr(terminator, item.name)
        for route in value if isinstance(value, tuple) else (value,):
            if isinstance(route, Route):
                found.extend(f"b{number}" for number in (*route.through, route.target))
    return found


def _route(item: Function, route: Route) -> str:
    names = {item.normal_exit: "return", item.exceptional_exit: "throw"}
    target = names.get(route.target, f"b{route.target}")
    return " then ".join([*(f"b{number}" for number in route.through), target])


def _line(program: Program, operation: graph.Operation) -> str:
    parts = []
    for item in fields(operation):
        value = getattr(operation, item.name)
        if item.name in ("span", "out") or value is None or value == ():
            continue
        parts.append(f"{item.name}={_value(program, item.name, value)}")
    out = getattr(operation, "out", None)
    head = f"%{out} = " if out is not None else ""
    return f"{head}{type(operation).__name__} {' '.join(parts)}".rstrip()


def _value(program: Program, name: str, value: object) -> str:
    if name == "variable" and isinstance(value, int):
        return _variable(program, value)
    if isinstance(value, tuple):
        return "(" + ", ".join(_value(program, name, part) for part in value) + ")"
    if isinstance(value, graph.Argument):
        return f"{'...' if value.spread else ''}%{value.value}"
    if isinstance(value, graph.Entry):
        return f"{'...' if value.spread else ''}{value.key}: %{value.value}"
    if isinstance(value, int) and not isinstance(value, bool) and name not in ("function", "cls"):
        return f"%{value}"
    return str(value)


def _variable(program: Program, number: int) -> str:
    return f"{program.variables[number].name or '_'}#{number}"


def _terminator(item: Function, terminator: graph.Terminator) -> str:
    parts = [type(terminator).__name__.lower()]
    for part in fields(terminator):
        value = getattr(terminator, part.name)
        if isinstance(value, Span) or value is None:
            continue
        if isinstance(value, graph.Test):
            parts.append(f"{value.kind} %{value.value} {value.name}{value.key or ''}".strip())
        elif isinstance(value, Route):
            parts.append(_route(item, value))
        elif isinstance(value, tuple):
            parts.append(" | ".join(_route(item, route) for route in value))
        else:
            parts.append(f"%{value}" if isinstance(value, int) else str(value))
    return " ".join(parts)
