"""Front ends: the source of each language, lowered to the flow graph."""

from cleanuplint.flow.graph import Program

PYTHON = frozenset({".py", ".pyi", ".ipynb"})


def lower(source: bytes, suffix: str) -> Program:
    """Parse and lower one file of canonical UTF-8; `suffix` names the language.

    Each grammar is loaded by the first file that needs it.
    """
    if suffix in PYTHON:
        from cleanuplint.languages import python

        return python.lower(source, suffix)
    from cleanuplint.languages import javascript

    return javascript.lower(source, suffix)
