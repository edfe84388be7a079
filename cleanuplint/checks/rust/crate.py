"""All rules on a crate."""

from collections.abc import Callable, Iterable, Mapping

from cleanuplint.checks.rust.bindings import binding_out_of_date
from cleanuplint.checks.rust.drops import drop_does_not_release, missing_drop
from cleanuplint.checks.rust.errors import error_path_keeps_buffer
from cleanuplint.checks.rust.leaks import leaked_on_purpose
from cleanuplint.checks.rust.panics import panic_poisons_object
from cleanuplint.checks.rust.protocol import (
    missing_cleanup_export,
    missing_size_export,
    size_hides_capacity,
)
from cleanuplint.checks.rust.subject import Located, Subject
from cleanuplint.checks.syntax import syntax_errors
from cleanuplint.contracts.model import Contract
from cleanuplint.findings import Finding, Span
from cleanuplint.rust.crates import Crate

CHECKS: Mapping[str, Callable[[Subject], Iterable[Located]]] = {
    "missing-drop": missing_drop,
    "drop-does-not-release": drop_does_not_release,
    "error-path-keeps-buffer": error_path_keeps_buffer,
    "binding-out-of-date": binding_out_of_date,
    "missing-cleanup-export": missing_cleanup_export,
    "missing-size-export": missing_size_export,
    "size-hides-capacity": size_hides_capacity,
    "leaked-on-purpose": leaked_on_purpose,
    "panic-poisons-object": panic_poisons_object,
}
"""One function per rule, named after it."""


def check_crate(
    crate: Crate, sources: Mapping[str, bytes], built: Contract | None = None
) -> dict[str, list[Finding]]:
    """The findings of every Rust rule in the files of a crate, in the order of the text."""
    subject = Subject(crate, sources, built)
    found: dict[str, set[Finding]] = {path: set() for path in crate.files}
    for check in CHECKS.values():
        for located in check(subject):
            found[located.file].add(located.finding)
    for path, items in crate.files.items():
        found[path].update(syntax_errors(items.program))
    return {path: sorted(some, key=_order) for path, some in found.items()}


def _order(found: Finding) -> tuple[Span, str, str]:
    return found.span, found.rule, found.message
