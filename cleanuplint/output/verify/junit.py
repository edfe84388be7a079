"""The XML of JUnit, which build servers show: a suite for a class, a case for a method and fault.

Only calls with the guard of the run are cases. A fault that doesn't gate, or didn't fire, is
skipped with the reason; what was not verified is skipped too, never passed.
"""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cleanuplint.output.verify.matrix import Cell
from cleanuplint.output.verify.verdict import (
    case,
    command,
    overhead_line,
    overhead_verdict,
    soak_verdict,
)
from cleanuplint.version import VERSION
from wasm_verify.model import NotVerified, Report
from wasm_verify.overhead import Overhead
from wasm_verify.soaking import Endurance

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def report(found: Report, color: bool = False) -> str:
    root = Element("testsuites", name=f"cleanuplint verify {VERSION}")
    for name in dict.fromkeys(one.class_name for one in found.guarded):
        suite = _suite(root, found.module, name or "functions", _made_with(found))
        groups: dict[tuple[str, str], list[int]] = {}
        own = [one for one in found.guarded if one.class_name == name]
        for number, one in enumerate(own):
            groups.setdefault((one.method, one.fault), []).append(number)
        for numbers in groups.values():
            _case(suite, found, Cell(tuple(own[number] for number in numbers)))
    _not_verified(root, found.module, _made_with(found), found.not_verified)
    return _text(root, found.seconds)


def _made_with(found: Report | Endurance) -> dict[str, str]:
    return {"engine": found.engine, "seed": str(found.seed)}


def _suite(root: Element, module: str, name: str, properties: dict[str, str]) -> Element:
    suite = SubElement(root, "testsuite", name=_clean(f"{module}: {name}"))
    listed = SubElement(suite, "properties")
    for key, value in properties.items():
        SubElement(listed, "property", name=key, value=_clean(value))
    return suite


def _case(suite: Element, found: Report, cell: Cell) -> None:
    first = cell.results[0]
    name = f"{first.method} {first.fault} (guard {first.guard})"
    element = SubElement(
        suite, "testcase", classname=_clean(first.class_name or found.module), name=_clean(name)
    )
    failures = [one for one in cell.bad if one.fault in found.gate]
    if failures:
        message = "; ".join(f"{one.verdict}: {case(one)}" for one in failures)
        failure = SubElement(
            element, "failure", type=failures[0].verdict.value, message=_clean(message)
        )
        failure.text = _clean("\n".join(command(found, one) for one in failures))
    elif cell.bad:
        told = ", ".join(cell.faults)
        SubElement(element, "skipped", message=f"does not gate: {cell.counts} came back, {told}")
    elif not cell.reached:
        SubElement(element, "skipped", message=f"none of {cell.points} faults fired")


def _not_verified(
    root: Element, module: str, properties: dict[str, str], some: Iterable[NotVerified]
) -> None:
    listed = list(some)
    if not listed:
        return
    suite = _suite(root, module, "not verified", properties)
    for one in listed:
        element = SubElement(suite, "testcase", classname=_clean(module), name=_clean(one.what))
        SubElement(element, "skipped", message=_clean(one.reason))


def soak(found: Endurance, color: bool = False) -> str:
    root = Element("testsuites", name=f"cleanuplint verify {VERSION}")
    suite = _suite(root, found.module, "soak", _made_with(found))
    name = f"soak of {found.operations:,} operations (guard {found.guard})"
    element = SubElement(suite, "testcase", classname=_clean(found.module), name=name)
    element.set("time", f"{found.seconds:.3f}")
    if not found.passed:
        SubElement(element, "failure", type="soak", message=_clean(soak_verdict(found)))
    _not_verified(root, found.module, _made_with(found), found.not_verified)
    return _text(root, found.seconds)


def overhead(found: Overhead, color: bool = False) -> str:
    """A case for each method, which tells and can't fail: nobody said how much is too much."""
    root = Element("testsuites", name=f"cleanuplint verify {VERSION}")
    properties = {"engine": found.engine, "guard": found.guard}
    if found.costs:
        suite = _suite(root, found.module, "overhead", properties)
        for one in found.costs:
            element = SubElement(
                suite, "testcase", classname=_clean(found.module), name=_clean(one.name)
            )
            SubElement(element, "system-out").text = overhead_line(one)
        SubElement(suite, "system-out").text = overhead_verdict(found)
    _not_verified(root, found.module, properties, found.not_verified)
    return _text(root, found.seconds)


def _text(root: Element, seconds: float) -> str:
    for suite in root:
        _count(suite, suite)
    _count(root, root)
    root.set("time", f"{seconds:.3f}")
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, "unicode")}\n'


def _count(target: Element, within: Element) -> None:
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")):
        target.set(name, str(len(list(within.iter(tag)))))
    target.set("errors", "0")


def _clean(text: str) -> str:
    """XML has no place for most control characters, escaped or not."""
    return _NOT_XML.sub("�", text)
