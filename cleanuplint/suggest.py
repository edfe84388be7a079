"""The remedy of a misspelt name."""

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` (did you mean …?)`, or nothing where no known name is near."""
    from difflib import get_close_matches  # slow to import, and needed only on the way out

    near = get_close_matches(name, sorted(known), n=1)
    return f" (did you mean `{near[0]}`?)" if near else ""
