"""Classes of the file that own a resource and release it in a method: resources themselves."""

from collections.abc import Iterator

from cleanuplint.flow import words
from cleanuplint.flow.graph import ClassId, FunctionId
from cleanuplint.flow.releases import Releases
from cleanuplint.flow.scope import Scope


class Wrappers:
    """Looks at the methods of a class as an owner."""

    def __init__(self, scope: Scope, releases: Releases) -> None:
        self._classes = scope.program.classes
        self._functions = scope.program.functions
        self._releases = releases

    def constructing(self, cls: ClassId) -> Iterator[FunctionId]:
        """What runs when an object is made."""
        item = self._classes[cls]
        if item.initializer is not None:
            yield item.initializer
        if "constructor" in item.methods:
            yield item.methods["constructor"]

    def releases_of(self, cls: ClassId, field: str) -> frozenset[str]:
        """The public methods that release what is in a field."""
        methods = self._classes[cls].methods
        releasing = self._releases.methods_that_release(cls, field)
        return frozenset(
            name
            for name in releasing - words.FINALIZERS
            if not self._functions[methods[name]].is_private
        )

    def is_finalized(self, cls: ClassId, field: str) -> bool:
        """The class has a finaliser that releases what is in a field: late, but it does."""
        return bool(words.FINALIZERS & self._releases.methods_that_release(cls, field))
