"""`binding-out-of-date`: the package in `pkg/` is not what the crate would build now.

Whatever some builds may be without (`cfg`, macros that write items) proves nothing.
"""

from collections.abc import Iterator

from cleanuplint.checks.bindings import REMEDY, RULE
from cleanuplint.checks.rust.subject import Located, Subject
from cleanuplint.contracts.model import ResourceClass
from cleanuplint.findings import Confidence, Finding, Span
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Routine, Struct

WRITTEN = frozenset({"free", "[Symbol.dispose]", "toJSON", "toString"})
"""Methods that wasm-bindgen itself gives to classes."""


def binding_out_of_date(subject: Subject) -> Iterator[Located]:
    if subject.built is None:
        return
    uncertain = frozenset(_conditional_files(subject.crate))
    for struct in subject.crate.structs:
        if struct.export is None or struct.is_test or struct.is_conditional:
            continue
        cls = subject.built.classes.get(struct.export.name)
        if struct.file in uncertain:
            continue
        if cls is None:
            yield _finding(subject, struct.file, struct.name_span, struct.export.name)
        elif cls.members:
            yield from _added(subject, struct, cls, uncertain)
            yield from _removed(subject, struct, cls)


def _conditional_files(crate: Crate) -> Iterator[str]:
    """Files of modules that some builds may be without."""
    names = {
        module.path[-1]
        for items in crate.files.values()
        for module in items.modules
        if module.is_conditional
    }
    for path in crate.files:
        parts = path.removesuffix(".rs").split("/")
        if not names.isdisjoint(parts):
            yield path


def _added(
    subject: Subject, struct: Struct, cls: ResourceClass, uncertain: frozenset[str]
) -> Iterator[Located]:
    """Methods that the package does not have yet."""
    for routine in _methods(subject.crate, struct):
        if routine.is_conditional or routine.file in uncertain or routine.receiver is None:
            continue
        name = "" if routine.export is None else routine.export.name
        if name and name not in cls.members:
            yield _finding(subject, routine.file, routine.name_span, f"{cls.name}.{name}")


def _removed(subject: Subject, struct: Struct, cls: ResourceClass) -> Iterator[Located]:
    """Members that the package still has."""
    if any(items.macros for items in subject.crate.files.values()):
        return
    if struct.export is None or struct.export.extends:
        return
    known = {one.export.name for one in _methods(subject.crate, struct) if one.export is not None}
    known.update(field.shown_as for field in struct.fields)
    for name in sorted(cls.members - known - WRITTEN):
        what = f"`{cls.name}.{name}` is in {cls.origin}, but no longer exported here"
        yield Located(struct.file, _said(struct.name_span, what))


def _methods(crate: Crate, struct: Struct) -> Iterator[Routine]:
    owned = (one for one in crate.routines if one.owner == struct.name and one.export is not None)
    return (one for one in owned if one.export is not None and not one.is_test)


def _finding(subject: Subject, file: str, span: Span, name: str) -> Located:
    source = "" if subject.built is None else subject.built.source
    return Located(file, _said(span, f"`{name}` is exported here, but {source} does not have it"))


def _said(span: Span, message: str) -> Finding:
    return Finding(
        rule=RULE,
        span=span,
        message=message,
        because="the package was built from another state of this crate, so that calls of it fail, "
        "and guards that test for the method never run",
        help=REMEDY,
        confidence=Confidence.SURE,
    )
