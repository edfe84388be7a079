"""How the lines of a text are laid out, whatever its language."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar


@dataclass(frozen=True)
class Layout:
    """The newlines and the indentation of one text, which every edit follows."""

    text: bytes

    usual_unit: ClassVar[str] = "  "

    @cached_property
    def newline(self) -> str:
        return "\r\n" if b"\r\n" in self.text else "\n"

    @cached_property
    def unit(self) -> str:
        """One step of indentation: the most common one between a line and the next."""
        steps: Counter[str] = Counter()
        before = b""
        for found in re.finditer(rb"^([ \t]*)(?=[^\s*/])", self.text, re.MULTILINE):
            here = found[1]
            if here.startswith(before) and len(here) > len(before):
                steps[here[len(before) :].decode()] += 1
            before = here
        return steps.most_common(1)[0][0] if steps else self.usual_unit

    def line_start(self, offset: int) -> int:
        return self.text.rfind(b"\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Before the line break."""
        end = self.text.find(b"\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end] == b"\r" and end > offset else end

    def indentation(self, offset: int) -> str:
        """The white space before the line of an offset."""
        found = re.compile(rb"[ \t]*").match(self.text, self.line_start(offset))
        return found[0].decode() if found else ""

    def starts_line(self, offset: int) -> bool:
        return not self.text[self.line_start(offset) : offset].strip()

    def ends_line(self, offset: int) -> bool:
        return not self.text[offset : self.line_end(offset)].strip()
