"""What the grammar does not know, respelled in as many bytes so that it does.

    {**a for a in b}        {  a for a in b}        unpacking in comprehensions (3.15)
    lazy import a           lazy;import a           (3.15)
    type A[*B = *C] = D     type A[*B =  C] = D     defaults of type parameters (3.13)
    x[*a, *(b)]             x[*a,  (b)]             stars before what is no name
    x: double[:]            x: double               slices in annotations
    (a +⏎b)                 (a + b)                 lines in brackets that are indented less

What was spread stands there as one element, and holds what it held. This is for files that could
not be read otherwise; whether they can be read now is for the caller to see.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cleanuplint.findings import ADDRESS
from cleanuplint.languages.python.tokens import Token, tokens

SILENT = frozenset({"comment", "newline", "blank"})
KEYWORDS = frozenset(
    b"and as assert async await class def del elif else except finally for from global if import "
    b"in is lambda nonlocal not or raise return try while with yield".split()
)


def respelled(source: bytes) -> bytes:
    """The source for the parser; every place in it is what it was."""
    return _Respelling(source).run()


@dataclass(slots=True)
class _Level:
    """A statement, or what stands in brackets or in the quotes of a string with interpolations."""

    letter: bytes = b""
    start: int = 0
    annotates: bool = False
    """Here stands a type."""
    unpacks: int | None = None
    """Where the stars of `{**` are, until a comma says that it is no comprehension."""
    has_slice: bool = False


class _Respelling:
    def __init__(self, source: bytes) -> None:
        self._source = source
        self._text = bytearray(source)
        self._levels = [_Level()]
        self._first = self._last = b""
        """The first token of the statement, and the last one."""
        self._is_operand = False
        """The last token ends an operand: a star after it multiplies."""
        self._star: int | None = None
        """The last token is a star that spreads, and has to stand before a name."""
        self._keeps_line = False
        self._reading: dict[str, Callable[[Token], None]] = {
            "comment": self._comment,
            "newline": self._newline,
            "literal": self._no_name,
            "word": self._word,
            "open": self._opening,
            "close": self._closing,
            "mark": self._mark,
        }

    def run(self) -> bytes:
        for token in tokens(self._source):
            is_silent = token.kind in SILENT
            if not is_silent:
                self._first = self._first or token.text
            if token.kind in self._reading:
                self._reading[token.kind](token)
            if not is_silent:
                self._after(token)
        return bytes(self._text)

    def _after(self, token: Token) -> None:
        self._last = token.text
        ends = token.kind in ("literal", "close", "word")
        self._is_operand = ends and token.text not in KEYWORDS
        if token.text != b"*":
            self._star = None

    def _blank(self, start: int, end: int) -> None:
        self._text[start:end] = b" " * (end - start)

    @property
    def _is_in_brackets(self) -> bool:
        return len(self._levels) > 1

    def _comment(self, token: Token) -> None:
        """Those in brackets go with the break of their line, but for what is said to us."""
        if not self._is_in_brackets:
            return
        self._keeps_line = ADDRESS.encode() in token.text
        if not self._keeps_line:
            self._blank(token.start, token.end)

    def _newline(self, token: Token) -> None:
        if not self._is_in_brackets:
            self._end_statement()
        elif not self._keeps_line:
            self._blank(token.start, token.end)
        self._keeps_line = False

    def _end_statement(self) -> None:
        self._levels = [_Level()]
        self._first = self._last = b""
        self._is_operand = False
        self._star = None

    def _no_name(self, _: Token) -> None:
        if self._star is not None:
            self._blank(self._star, self._star + 1)

    def _word(self, token: Token) -> None:
        if token.text in KEYWORDS:
            self._no_name(token)
        if token.text in (b"import", b"from") and self._first == self._last == b"lazy":
            self._text[token.start - 1] = ord(";")
        stars = self._levels[-1].unpacks
        if token.text in (b"async", b"for") and stars is not None:
            self._blank(stars, stars + len(b"**"))

    def _opening(self, token: Token) -> None:
        self._no_name(token)
        self._levels.append(_Level(token.text, token.start, self._levels[-1].annotates))

    def _closing(self, token: Token) -> None:
        if not self._is_in_brackets:
            return
        level = self._levels.pop()
        if level.letter == b"[" and level.has_slice and self._levels[-1].annotates:
            self._blank(level.start, token.end)

    def _mark(self, token: Token) -> None:
        level = self._levels[-1]
        match token.text:
            case b"**" if self._last == level.letter == b"{":
                level.unpacks = token.start
            case b"*" if not self._is_operand:
                self._spread(token, level)
            case b",":
                level.unpacks = None
                level.annotates = level.annotates and not self._lists_parameters(level)
            case b"=":
                level.annotates = False
            case b"->":
                level.annotates = True
            case b":":
                level.has_slice = True
                level.annotates = level.annotates or self._begins_type(level)
            case b";" if not self._is_in_brackets:
                self._end_statement()

    def _begins_type(self, level: _Level) -> bool:
        """A colon here stands between a name and its type."""
        if not self._is_in_brackets:
            return self._first not in KEYWORDS | {b"case", b"match"}
        return self._lists_parameters(level)

    def _lists_parameters(self, level: _Level) -> bool:
        is_outermost = len(self._levels) == len(("statement", "parameters"))
        return is_outermost and level.letter == b"(" and self._first in (b"def", b"async")

    def _spread(self, star: Token, level: _Level) -> None:
        if self._is_in_brackets and self._last in (b"=", b":"):
            self._blank(star.start, star.end)
        elif level.letter in (b"", b"["):
            self._star = star.start
