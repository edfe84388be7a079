"""The tokens of a file of Python, told without its syntax.

The text of a string with interpolations is a token of its own, and its quotes are brackets around
what it interpolates. Whatever is wrong with the file, each byte is part of one token.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

CODE = re.compile(
    rb"""
      (?P<comment>\#[^\r\n]*)
    | (?P<newline>\r\n?|\n)
    | (?P<blank>[ \t\f]+|\\\r?\n)
    | (?P<quote>(?:[FfTt][Rr]?|[Rr][FfTt])(?:\"{3}|'{3}|"|'))
    | (?P<literal>[A-Za-z]{0,2}(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3})
                | [A-Za-z]{0,2}(?:"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*')
                | \.?\d[\w.]*)
    | (?P<word>[A-Za-z_\x80-\xff][\w\x80-\xff]*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<mark>\*\*|->|:=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
TEXT = {
    quote: re.compile(
        rb"(?P<text>(?:\\N\{[^}]*\}|\\[^{]|\{\{|(?!%b)[^{])+)|(?P<open>\{)|(?P<close>%b)"
        % (quote, quote),
        re.DOTALL,
    )
    for quote in (b'"""', b"'''", b'"', b"'")
}
"""What stands between the quotes of a string with interpolations."""
FORMAT = re.compile(rb"(?P<text>[^{}]+)|(?P<open>\{)|(?P<close>\})")
"""What stands behind the colon of an interpolation."""


class Token(NamedTuple):
    kind: str
    """`comment`, `newline`, `blank`, `literal`, `word`, `open`, `close`, `text` or `mark`."""
    start: int
    text: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(source: bytes) -> Iterator[Token]:
    """All tokens of a file, from its first byte to its last."""
    inside: list[re.Pattern[bytes]] = [CODE]
    position = 0
    while position < len(source):
        found = inside[-1].match(source, position)
        kind = (found and found.lastgroup) or "mark"
        text = found[0] if found else source[position : position + 1]
        yield Token("open" if kind == "quote" else kind, position, text)
        position += len(text)
        _follow(inside, kind, text)


def _follow(inside: list[re.Pattern[bytes]], kind: str, text: bytes) -> None:
    """Enter or leave what the token opens or closes."""
    if kind == "quote":
        inside.append(TEXT[text.lstrip(b"FfTtRr")])
    elif kind == "open":
        inside.append(CODE)
    elif kind == "close" and len(inside) > 1:
        inside.pop()
    elif kind == "mark" and text.startswith(b":") and inside[-2:-1] not in ([], [CODE]):
        inside[-1] = FORMAT
