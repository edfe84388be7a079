"""jco: resources of WebAssembly components, `export class Stream implements Disposable`.

A resource that a function gives is always a new handle. Whether an argument is borrowed or taken
stands in the component's interface, not in the typings.
"""

from cleanuplint.contracts.model import Contract
from cleanuplint.derive.declarations import Declaration, Declarations, Member
from cleanuplint.derive.drafting import Style, draft
from cleanuplint.derive.typings import Typings

DISPOSE = "[Symbol.dispose]"
DISPOSABLE = "Disposable"


def from_typings(declared: Declarations, source: str) -> Contract:
    style = Style(
        releases=releases,
        owns=lambda call: not call.member.is_property,
        may_take=lambda owner, member: True,
    )
    return draft(Typings(declared), style, source)


def releases(declaration: Declaration, members: tuple[Member, ...]) -> frozenset[str]:
    """Older typings say only that the class implements `Disposable`."""
    disposes = DISPOSABLE in declaration.bases or any(m.name == DISPOSE for m in members)
    return frozenset({DISPOSE}) if disposes else frozenset()
