"""`missing-cleanup-export`, `missing-size-export`, `size-hides-capacity`: the buffer protocol.

A class that follows the protocol lets its caller empty its working buffers, give their memory back
and ask how large they are. Asked of all classes of a crate of which one follows it already.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cleanuplint.checks.rust.drops import listed, release
from cleanuplint.checks.rust.emptying import exported
from cleanuplint.checks.rust.subject import Located, Subject
from cleanuplint.findings import Confidence, Finding, Step
from cleanuplint.rust.model import Routine
from cleanuplint.rust.protocol import Protocol


def missing_cleanup_export(subject: Subject) -> Iterator[Located]:
    for protocol in _concerned(subject):
        if protocol.keeps_memory and not protocol.gives_back:
            peers = [it for one in subject.protocols for it in one.gives_back]
            beside = protocol.clears or protocol.measures
            emptying = exported(subject, protocol, peers, beside[-1:])
            found = replace(_no_cleanup(protocol), emptying=emptying)
            yield Located(protocol.struct.file, found)


def _no_cleanup(protocol: Protocol) -> Finding:
    name = protocol.struct.name
    cleared = _shown(protocol.clears)
    emptied = f"{cleared} empties and keeps what is allocated" if cleared else "nothing empties it"
    return Finding(
        rule="missing-cleanup-export",
        span=protocol.struct.name_span,
        message=f"`{name}` exports no way to give back the memory of {listed(protocol.buffers)}",
        because=f"{emptied}, so one large call decides how much the object holds until `free()` "
        "ends it",
        help=f"export `pub fn cleanup(&mut self)` with {release(protocol.buffers)}",
        confidence=Confidence.LIKELY,
    )


def missing_size_export(subject: Subject) -> Iterator[Located]:
    for protocol in _concerned(subject):
        if protocol.keeps_memory and not protocol.measures:
            peers = [it for one in subject.protocols for it in one.measures if one.tells(it, "len")]
            beside = protocol.gives_back or protocol.clears
            emptying = exported(subject, protocol, peers, beside[-1:])
            found = replace(_no_size(protocol), emptying=emptying)
            yield Located(protocol.struct.file, found)


def _no_size(protocol: Protocol) -> Finding:
    buffer = protocol.buffers[0]
    return Finding(
        rule="missing-size-export",
        span=protocol.struct.name_span,
        message=f"`{protocol.struct.name}` exports nothing that tells the size of "
        f"{listed(protocol.buffers)}",
        because="whether the buffer is empty after an error can't be asked, so no test and no "
        "monitoring can see what it keeps",
        help="export `#[wasm_bindgen(js_name = getBufferSize)] pub fn get_buffer_size(&self) -> "
        f"usize {{ {buffer.name}.len() }}`",
        confidence=Confidence.LIKELY,
    )


def size_hides_capacity(subject: Subject) -> Iterator[Located]:
    for protocol in subject.protocols:
        hiding = [it for it in protocol.measures if not protocol.tells(it, "capacity")]
        told = len(hiding) < len(protocol.measures) or protocol.gives_back
        if hiding and protocol.clears and protocol.keeps_memory and not told:
            for method in hiding:
                emptying = exported(subject, protocol, (), ())
                found = replace(_hiding(protocol, method), emptying=emptying)
                yield Located(method.file, found)


def _hiding(protocol: Protocol, method: Routine) -> Finding:
    clear = protocol.clears[0]
    buffers = listed(protocol.buffers)
    same = clear.file == method.file
    return Finding(
        rule="size-hides-capacity",
        span=method.name_span,
        message=f"`{method.name}` tells the length of {buffers}, not the memory that it holds",
        because=f"after {_shown([clear])} it says 0 while the capacity stays allocated, and "
        "nothing else that is exported tells it or gives it back",
        help=f"export the capacity as well, or give it back: {release(protocol.buffers)}",
        confidence=Confidence.LIKELY,
        steps=(Step(clear.name_span, "empties, keeps the capacity"),) if same else (),
    )


def _concerned(subject: Subject) -> Sequence[Protocol]:
    """The classes with working buffers of a crate that follows the protocol."""
    if not any(protocol.is_followed for protocol in subject.protocols):
        return ()
    return [protocol for protocol in subject.protocols if protocol.buffers]


def _shown(routines: Sequence[Routine]) -> str:
    return ", ".join(f"`{it.export.name}()`" for it in routines if it.export is not None)
