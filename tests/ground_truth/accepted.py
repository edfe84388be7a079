"""Accepted code, and what is left of it without one of its guards."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

from cleanuplint.analysis import check_source
from cleanuplint.contracts.loading import Knowledge, load
from cleanuplint.contracts.registry import Registry
from cleanuplint.files.generated import is_generated
from cleanuplint.findings import Confidence
from cleanuplint.rulebook import rules
from tests.pages.fences import FILE

ROOT = Path(__file__).parents[2]
CLEAN_CODE = (ROOT / "examples" / "swarm-clean",)
CLEAN_WORKER = ROOT / "examples" / "swarm_py_clean"
"""Its files make one text: what they say to each other is not the subject here."""
SUFFIXES = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".py")
FENCES = {"python": ".py"}
"""Suffixes of fences whose language is not named by its suffix."""
NO_CODE_OF_ITS_OWN = frozenset({"syntax-error", "unused-suppression"})


@dataclass(frozen=True, slots=True)
class Accepted:
    """Code that the linter is silent about, and where it is from."""

    origin: str
    suffix: str
    source: bytes


@dataclass(frozen=True, slots=True)
class Mutant:
    """Accepted code without one guard."""

    accepted: Accepted
    kind: str
    """`finally`, `elsewhere` (a release that is in no `finally`), `using` or `with`."""
    removed: str
    line: int
    source: bytes
    has_other: bool
    """The same thing is released or cleared at another place of the code."""

    @property
    def name(self) -> str:
        return f"{self.accepted.origin}:{self.line}"


@cache
def knowledge() -> Knowledge:
    return load()


@cache
def cleanup_names() -> frozenset[str]:
    registry = Registry(knowledge().contracts)
    return registry.release_names | registry.clear_names


def accepted() -> list[Accepted]:
    return [*_fences(), *_files(), _worker()]


def _worker() -> Accepted:
    texts = (path.read_bytes() for path in sorted(CLEAN_WORKER.glob("*.py")))
    return Accepted(CLEAN_WORKER.relative_to(ROOT).as_posix(), ".py", b"\n".join(texts))


def _fences() -> Iterator[Accepted]:
    for rule in rules().values():
        section = name = ""
        tokens = MarkdownIt().parse(rule.page)
        for token, after in zip(tokens, tokens[1:] + tokens[-1:], strict=True):
            if token.type == "heading_open":
                section = after.content if token.tag == "h2" else section
                name = after.content
            language = token.info.strip()
            suffix = FENCES.get(language, f".{language}")
            wanted = token.type == "fence" and section == "Accepted" and suffix in SUFFIXES
            special = "cleanuplint:" in token.content or bool(FILE.search(token.content))
            if wanted and rule.id not in NO_CODE_OF_ITS_OWN and not special:
                yield Accepted(f"{rule.id}.md: {name}", suffix, token.content.encode())


def _files() -> Iterator[Accepted]:
    for folder in CLEAN_CODE:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and not is_generated(path.read_bytes()):
                origin = path.relative_to(ROOT).as_posix()
                yield Accepted(origin, path.suffix, path.read_bytes())


def findings(source: bytes, suffix: str) -> set[str]:
    """The rules that object, as far as they are shown by default."""
    found, _ = check_source(source, suffix, knowledge())
    return {
        one.rule
        for one in found
        if rules()[one.rule].default
        and (one.confidence >= Confidence.LIKELY or rules()[one.rule].category != "ownership")
    }
