"""Walks through trees of LibCST, and what stands in them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

CLOSURES = (cst.FunctionDef, cst.Lambda)


def within(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and all below it."""
    yield node
    for child in node.children:
        yield from within(child)


def path_of(node: cst.CSTNode) -> str:
    """`self.engine` for that name or attribute, or `self["engine"]`; empty for anything else."""
    match node:
        case cst.Name(value):
            return value
        case cst.Attribute(value=owner, attr=name):
            before = path_of(owner)
            return f"{before}.{name.value}" if before else ""
        case cst.Subscript(value=owner, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            before = path_of(owner) if isinstance(key, cst.SimpleString) else ""
            return f"{before}.{key.raw_value}" if before else ""  # type: ignore[attr-defined]
    return ""


def called(func: cst.BaseExpression) -> tuple[str, str]:
    """The last name of what is called, and the path of what it is called on."""
    match func:
        case cst.Attribute(value=owner, attr=cst.Name(name)):
            return name, path_of(owner)
        case cst.Subscript(
            value=owner,
            slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))],
        ):
            return str(key.raw_value), path_of(owner)
    return path_of(func), ""


@dataclass(frozen=True, slots=True)
class Held:
    """Places that hold a resource, or something made of it."""

    places: frozenset[str]

    def is_in(self, node: cst.CSTNode) -> bool:
        return any(self.is_it(each) for each in within(node))

    def is_it(self, node: cst.CSTNode) -> bool:
        return path_of(node) in self.places

    def keeps(self, value: cst.CSTNode) -> bool:
        """The value may hold on to the resource: it is made of it, and is no plain value."""
        return self.is_in(value) and not is_plain(value)


def is_plain(value: cst.CSTNode) -> bool:
    """A number, string or boolean by its form: nothing of it lives in anybody's memory."""
    match value:
        case cst.BaseNumber() | cst.BaseString() | cst.Comparison() | cst.FormattedString():
            return True
        case cst.BooleanOperation(left=left, right=right):
            return is_plain(left) and is_plain(right)
        case cst.UnaryOperation(operator=cst.Not()):
            return True
        case cst.Call(func=cst.Name(name)):
            return name in {
                "len",
                "int",
                "float",
                "str",
                "bool",
                "bytes",
                "repr",
                "hash",
                "isinstance",
            }
    return False


def targets_of(statement: cst.CSTNode) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """Each target that a statement gives a value, with the value."""
    for node in within(statement):
        match node:
            case cst.Assign(targets=targets, value=value):
                yield from ((target.target, value) for target in targets)
            case cst.AnnAssign(target=target, value=value) if value is not None:
                yield target, value
            case cst.NamedExpr(target=target, value=value):
                yield target, value
            case cst.For(target=target, iter=value) | cst.CompFor(target=target, iter=value):
                yield target, value
            case cst.WithItem(item=value, asname=cst.AsName(name=target)):
                yield target, value


def names_in(target: cst.CSTNode) -> frozenset[str]:
    return frozenset(node.value for node in within(target) if isinstance(node, cst.Name))


def assigned(nodes: Iterable[cst.CSTNode]) -> frozenset[str]:
    """The places that statements give a value."""
    return frozenset(
        path
        for node in nodes
        for target, _ in targets_of(node)
        for each in _single_targets(target)
        if (path := path_of(each))
    )


def _single_targets(target: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The targets of `a, (b, *c)`; an index that is read is none."""
    match target:
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield from _single_targets(element.value)
        case _:
            yield target


def is_emptied(statement: cst.CSTNode, place: str) -> bool:
    """`place = None`."""
    return isinstance(statement, cst.SimpleStatementLine) and any(
        path_of(target) == place and path_of(value) == "None"
        for target, value in targets_of(statement)
    )


def asks(node: cst.CSTNode, place: str) -> bool:
    """`place is None`, `if place`, `not place`."""
    match node:
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(comparator=cst.Name("None"))]
        ):
            return path_of(left) == place
        case cst.If(test=test) | cst.IfExp(test=test):
            return path_of(test) == place
        case cst.UnaryOperation(operator=cst.Not(), expression=asked):
            return path_of(asked) == place
    return False


def is_ever_none(scope: cst.CSTNode, place: str) -> bool:
    """A statement somewhere in the scope gives the place no value."""
    return any(is_emptied(node, place) for node in within(scope))
