"""A contract: how the resources of one library are acquired, used, cleared, released, consumed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from cleanuplint.findings import Confidence

ANYWHERE = "*"
"""The module pattern of classes that a project names itself: whatever module they come from."""
NAMESPACE = "module"
"""The name under which a result is the library's own namespace object."""
LANGUAGES = ("javascript", "python")
"""Of the code that calls a library; TypeScript is JavaScript here."""
OF_EVERY_OBJECT = frozenset(
    {
        "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
        "toString", "valueOf",
    }
)  # fmt: skip
"""Members that objects of JavaScript inherit."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a call or a property gives: `"Tree"` new and owned, `"&Tree"` borrowed, `"Tree[]"` many.

    The name `module` stands for the library's own namespace object.
    """

    name: str
    owned: bool = True
    many: bool = False
    contract: str = ""
    """The contract of the class, where it is another one than that of the function."""

    @property
    def is_resource(self) -> bool:
        """A new object, and not the namespace."""
        return self.owned and self.name != NAMESPACE


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a function or method of a project does with its arguments, by position from 0.

    Beyond these it may release arguments (`consumes`). The receiver of a method is -1.
    """

    takes: frozenset[int] = frozenset()
    """It, or the object it is called on or makes, owns them from then on."""
    borrows: frozenset[int] = frozenset()
    """It uses them and leaves the duty where it was."""
    passes: frozenset[int] = frozenset()
    """It may return them."""
    doubts: frozenset[int] = frozenset()
    """It can't be told what becomes of them."""
    calls: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The methods that it calls on them, whatever way it ends normally."""
    clears: frozenset[int] = frozenset()
    """It clears their buffers."""
    fills: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The methods by which it may leave their buffers filled."""
    lends: tuple["Returned | None", ...] = ()
    """What it calls a function with that it is given."""
    quiet: bool = False
    """It throws nothing."""


@dataclass(frozen=True, slots=True)
class ResourceClass:
    """One class of a library. A class without releases and clears is mere evidence of type."""

    name: str
    contract: str
    constructor: bool = True
    """`new C()` acquires."""
    finalized: bool = False
    """Its memory goes when the host's collector takes the object: a release is only sooner."""
    releases: frozenset[str] = frozenset()
    released_by: tuple[str, ...] = ()
    """Functions that release it as an argument, for what has no methods, like a pointer."""
    lives_in: str = ""
    """The class of what it is made in, as its first argument, and stays in until that goes."""
    reset_by: frozenset[str] = frozenset()
    """Functions that give back all of them at once: who calls one need not release any."""
    clears: frozenset[str] = frozenset()
    fills: frozenset[str] = frozenset()
    """Methods that may leave the internal buffer filled."""
    methods: Mapping[str, Returned] = field(default_factory=dict)
    """Methods and properties, static ones included, whose result is worth knowing."""
    getters: frozenset[str] = frozenset()
    """Properties among them that give a new object each time they are read."""
    consumes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Method -> indices of the arguments it takes; -1 is the receiver itself."""
    adopts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Method -> indices of the arguments that it owns from then on, and that stay usable."""
    parts: Mapping[str, Returned] = field(default_factory=dict)
    """Properties whose objects whoever is given one owes the release of: it is a mere record."""
    wraps: frozenset[int] = frozenset()
    """Arguments of the constructor that the object releases with itself."""
    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    """Methods of a project's class, the constructor included, and what they do to arguments."""
    frees: frozenset[str] = frozenset()
    """Classes whose objects, made by an object of this class, go with its release."""
    quiet: tuple[str, ...] = ()
    """Methods that can't practically throw, as fnmatch patterns."""
    distinctive: frozenset[str] = frozenset()
    """Methods so telling that a receiver of unknown origin is taken to be of this class."""
    receivers: tuple[str, ...] = ()
    """What such a receiver must be called, as fnmatch patterns; any name where there are none."""
    members: frozenset[str] = frozenset()
    """All that its objects have, where that is known: what is not among it does not exist."""
    fills_known: bool = False
    """Its source was read: no other method than `fills` leaves the buffer filled."""
    origin: str = ""
    """The file that it was derived from."""

    @property
    def key(self) -> tuple[str, str]:
        """Equal for the same class of the same contract."""
        return self.contract, self.name

    def is_without(self, member: str) -> bool:
        """Its objects certainly have no such member."""
        return bool(self.members) and member not in self.members | OF_EVERY_OBJECT

    def is_quiet(self, method: str) -> bool:
        return method in self.getters or any(fnmatchcase(method, pattern) for pattern in self.quiet)

    def gives_anew(self, member: str) -> bool:
        """Reading the property makes an object that the reader must release."""
        result = self.methods.get(member) if member in self.getters else None
        return result is not None and result.owned

    distance: int = 0
    """Members from an object of it to one that is a resource or makes some: 0 if it does itself."""

    @property
    def is_source(self) -> bool:
        """By an object of it, or by making one, a file may come to hold a resource."""
        told = self.clears or self.fills or self.methods or self.parts
        return bool(told or (self.constructor and self.is_owned))

    @property
    def is_owned(self) -> bool:
        """Whoever acquires one owes a release."""
        return bool(self.releases or self.released_by)


@dataclass(frozen=True, slots=True)
class Contract:
    """The knowledge about one library."""

    name: str
    source: str
    """The file it was read from, as the user would name it."""
    languages: tuple[str, ...] = LANGUAGES
    """Whose programs it can be in."""
    packages: tuple[str, ...] = ()
    """The npm packages whose documentation and typings were read, as `name@version`."""
    modules: tuple[str, ...] = ()
    """Module specifiers, as fnmatch patterns."""
    globals: tuple[str, ...] = ()
    """Names under which a script tag publishes the namespace."""
    default: str | None = None
    """What the default export is: a class or a function of the contract; None: the namespace."""
    classes: Mapping[str, ResourceClass] = field(default_factory=dict)
    functions: Mapping[str, Returned] = field(default_factory=dict)
    """Functions of the namespace and what they return."""
    consumes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Functions of the namespace -> indices of the arguments they release or take."""
    values: Mapping[str, Returned] = field(default_factory=dict)
    """Objects that the module makes and exports."""
    treatments: Mapping[str, Treatment] = field(default_factory=dict)
    """Functions of a project's file, and what they do to arguments."""
    hidden: frozenset[str] = frozenset()
    """Classes that are known and not exported."""
    confidence: Confidence = Confidence.SURE
    """How sure its word is: an inferred contract is likely at most."""
    quiet: tuple[str, ...] = ()
    """Functions, and constructors as `new X`, that can't practically throw, as fnmatch patterns."""
    exports: frozenset[str] = frozenset()
    """All functions of the module that it is the contract of, where hosts call these themselves."""
    is_derived: bool = False
    """Read from generated bindings: what people wrote about the same module goes before it."""
    mismatch: str = ""
    """How the artefacts of a derived contract contradict each other."""

    def is_quiet(self, function: str) -> bool:
        return any(fnmatchcase(function, pattern) for pattern in self.quiet)

    @property
    def sources(self) -> frozenset[str]:
        """The exports by which a file may come to hold a resource."""
        classes = (name for name, cls in self.classes.items() if cls.is_source)
        entries = frozenset((*classes, *self.functions, *self.values)) - self.hidden
        return frozenset(name.partition(".")[0] for name in entries)

    @property
    def mentioned(self) -> frozenset[str]:
        """The other contracts whose classes this one speaks of."""
        results = [*self.functions.values(), *self.values.values()]
        for cls in self.classes.values():
            results += (*cls.methods.values(), *cls.parts.values())
        lenders = (*self.treatments.values(), *_treatments(self.classes))
        results += (lent for one in lenders for lent in one.lends if lent is not None)
        named = {result.contract for result in results}
        return frozenset(named.union(cls.contract for cls in self.classes.values())) - {
            self.name,
            "",
        }


def _treatments(classes: Mapping[str, ResourceClass]) -> Iterator[Treatment]:
    return (one for cls in classes.values() for one in cls.treatments.values())


def usual_languages(is_of_npm: bool) -> tuple[str, ...]:
    """Whose programs a library can be in, where its contract does not say."""
    return ("javascript",) if is_of_npm else LANGUAGES
