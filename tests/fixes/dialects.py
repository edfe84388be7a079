"""Generated programs as other people would write them: the same program in other words.

Each dialect rewrites the text of a program line by line, and says which texts are in it.
"""

import re
from collections.abc import Callable, Iterator, Mapping

Dialect = Callable[[str], str]

STARTERS = (";({})", ";`${{{}}}`", ";[1].forEach(() => {})", ";/a/.test({})")
"""Statements that would be read as the rest of a line before that has no semicolon."""
CALL = re.compile(r"^(\s*)((?:work|check|inspect|r\d+\.use)\(.*\));$", re.MULTILINE)
RELEASE = re.compile(r"^(\s*)\w+\.(?:release|free|clear)\(\);$", re.MULTILINE)
ONE_STATEMENT = re.compile(
    r"^(\s*)((?:\} else )?(?:if|while|for) \(.*\)|\} else) \{\n\s+([^\n{}]+;)\n\1\}"
    r"(?! catch| else| finally| while| case)",
    re.MULTILINE,
)
REMARK = re.compile(r"\s*(?://|#)")
LEFT_OVER = re.compile(r"^(?:[ \t]+|[ \t]*;)$", re.MULTILINE)
"""White space, or a semicolon, for itself."""
DECLARES = re.compile(r"(?:const|let) ")


def plain(text: str) -> str:
    return text


def without_semicolons(text: str) -> str:
    """As `standard` has it: a line that could go on with the one before it begins with a `;`."""
    numbered = iter(range(len(text)))

    def started(call: re.Match[str]) -> str:
        return call[1] + STARTERS[next(numbered) % len(STARTERS)].format(call[2])

    behind = RELEASE.sub(r"\g<0>\n\1;[1].forEach((one) => one);", CALL.sub(started, text))
    return re.sub(r";$", "", behind, flags=re.MULTILINE)


def without_braces(text: str) -> str:
    """`if (flag) r0.use();`, for each body that is one statement."""

    def bare(block: re.Match[str]) -> str:
        if DECLARES.match(block[3]):
            return block[0]
        return f"{block[1]}{block[2]} {block[3]}"

    return ONE_STATEMENT.sub(bare, text)


def with_carriage_returns(text: str) -> str:
    return text.replace("\n", "\r\n")


def with_tabs(text: str) -> str:
    unit = "    " if re.search(r"^def |^async def ", text, re.MULTILINE) else "  "
    return re.sub(rf"^(?:{unit})+", lambda it: "\t" * (len(it[0]) // len(unit)), text, flags=re.M)


def remarked(mark: str) -> Dialect:
    """A comment above each line and one behind it, all different."""

    def dialect(text: str) -> str:
        return "".join(_with_remarks(text.splitlines(), mark))

    return dialect


def _with_remarks(lines: list[str], mark: str) -> Iterator[str]:
    for number, line in enumerate(lines):
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() and not line.lstrip().startswith("}"):
            yield f"{indent}{mark} above {number}\n"
        yield f"{line}  {mark} behind {number}\n" if line.strip() else "\n"


def both(one: Dialect, other: Dialect) -> Dialect:
    return lambda text: other(one(text))


JAVASCRIPT: Mapping[str, Dialect] = {
    "plain": plain,
    "without semicolons": without_semicolons,
    "without semicolons, with comments": both(without_semicolons, remarked("//")),
    "without braces, with tabs": both(without_braces, with_tabs),
    "with comments and carriage returns": both(remarked("//"), with_carriage_returns),
}
PYTHON: Mapping[str, Dialect] = {
    "plain": plain,
    "with tabs and carriage returns": both(with_tabs, with_carriage_returns),
    "with comments": remarked("#"),
}


def hold_to_the_style(before: str, after: str) -> None:
    """Line ends, indentation, and comments where they say something of the code beside them."""
    if "\r\n" in before:
        assert not re.search(r"(?<!\r)\n", after)
    if "\n\t" in before:
        assert not re.search(r"^\t* ", after, re.MULTILINE)
    assert not LEFT_OVER.search(after)
    lines = after.splitlines()
    for number, line in enumerate(lines):
        if REMARK.match(line):
            assert _indent(line) in _around(lines, number), f"{line!r} in\n{after}"


def _around(lines: list[str], number: int) -> set[str]:
    """The indentation of the code that stands before and after a line."""
    before = (line for line in reversed(lines[:number]) if not REMARK.match(line))
    after = (line for line in lines[number + 1 :] if line.strip() and not REMARK.match(line))
    return {_indent(line) for line in (next(before, ""), next(after, ""))}


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
