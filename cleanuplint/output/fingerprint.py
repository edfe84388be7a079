"""What tells a finding from others when a file is changed elsewhere."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from cleanuplint.report import Placed


def fingerprints(findings: Iterable[Placed]) -> Iterator[str]:
    """One for each finding, in hexadecimal: of its rule, its file and the text of its line.

    Neither the number of the line nor the message counts, which names lines: a service that
    compares two runs takes a finding that only moved for the same one. Findings that are alike
    are counted.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for found in findings:
        key = (found.rule, found.path, found.code.strip())
        seen[key] += 1
        text = "\0".join((*key, str(seen[key])))
        yield hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
