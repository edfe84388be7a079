"""From the bytes of a file to one canonical text, and from offsets to lines and columns."""

import codecs
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from cleanuplint.errors import UserError

RUST, NOTEBOOK = ".rs", ".ipynb"
PYTHON = frozenset({".py", ".pyi", NOTEBOOK})
SUFFIXES = frozenset(
    {".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", RUST, ".py", NOTEBOOK}
)
"""Of the languages that are served."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
HEAD = 8192
"""Bytes that tell whether a file is binary, as git looks at it."""


class NotText(UserError):
    """The bytes are no source text."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place as people count: from 1, columns in Unicode code points."""

    line: int
    column: int
    cell: int = 0
    """The cell of a notebook, which counts its lines for itself; 0 elsewhere."""

    @property
    def row(self) -> str:
        """The line, as people are told of it."""
        return f"cell {self.cell}:{self.line}" if self.cell else str(self.line)

    def __str__(self) -> str:
        return f"{self.row}:{self.column}"


@dataclass(frozen=True)
class Source:
    """The text of one file: UTF-8 without a byte-order mark, its newlines as they were.

    Every offset of every stage counts bytes of `text`.
    """

    text: bytes

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], self.text.find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find(b"\n", at + 1)
        return starts

    def line_of(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def position(self, offset: int) -> Position:
        line = self.line_of(offset)
        before = self.text[self._starts[line - 1] : offset]
        return Position(line, len(before.decode("utf-8", "replace")) + 1)

    def line_at(self, position: Position) -> str:
        """The line of a position, without its line break."""
        return self.line_text(position.line)

    def line_text(self, line: int) -> str:
        """One line without its line break; empty beyond the last."""
        if not 1 <= line <= len(self._starts):
            return ""
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[self._starts[line - 1] : end].decode("utf-8", "replace").rstrip("\r\n")


def is_binary(data: bytes) -> bool:
    """True for bytes with a NUL early on, unless they say that they are UTF-16."""
    return b"\0" in data[:HEAD] and not data.startswith(UTF_16)


def read_text(data: bytes) -> Source:
    """The text of a file.

    Bytes that are no UTF-8 become replacement characters, as they do when a JavaScript engine
    reads the file: an old comment in Latin-1 is no reason to leave a file unchecked.
    """
    if is_binary(data):
        raise NotText("this is a binary file, not source text")
    if data.startswith(UTF_16):
        return Source(_from_utf_16(data))
    text = data.removeprefix(codecs.BOM_UTF8)
    return Source(text if _is_utf_8(text) else text.decode("utf-8", "replace").encode())


@dataclass(frozen=True, slots=True)
class Form:
    """How a text is written as bytes, so that an edited one can be written the same way."""

    codec: str
    mark: bytes = b""

    def read(self, data: bytes) -> Source:
        text = data.removeprefix(self.mark)
        try:
            return Source(text if self.codec == "utf-8" else text.decode(self.codec).encode())
        except UnicodeDecodeError:
            raise NotText("the file begins as UTF-16 and holds what is none") from None

    def write(self, text: bytes) -> bytes:
        return self.mark + (text if self.codec == "utf-8" else text.decode().encode(self.codec))


def form_of(data: bytes) -> Form:
    """The form of a file that is text.

    Bytes that are no UTF-8 are taken for Latin-1, which gives every byte back as it was.
    """
    for mark, codec in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF8, "utf-8"),
    ):
        if data.startswith(mark):
            return Form(codec, mark)
    return Form("utf-8" if _is_utf_8(data) else "latin-1")


def _from_utf_16(data: bytes) -> bytes:
    if len(data) % 2:
        raise NotText("the file begins as UTF-16 and ends within a character")
    return data.decode("utf-16", "replace").encode("utf-8", "replace")


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
