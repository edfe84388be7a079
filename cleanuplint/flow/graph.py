"""The flow graph: what every front end lowers to and every analysis reads.

A function is a list of basic blocks. A block holds operations in three-address form: every
expression result is a `Temp`, assigned by exactly one operation. Values that merge (`a ? b : c`,
`a ?? b`) go through a synthetic variable, so there are no phi operations.

    block ──normal──▶ terminator ──Route──▶ block …
      └─── any operation that raises ──Block.handler──▶ …

A `Route` names the `finally` bodies to run on the way and the block to end in. Each `finally` is
lowered once and ends in `Resume`; the solver carries the pending route in its state:

    try { A; return 1 } finally { F } B

    A: handler = Route((F,), exceptional_exit)
       Return  → Route((F,), normal_exit)
    F: Resume  → whatever was pending      (F.depth = 1: one pending route is on the stack)
    B: …                                   (reached by Jump(Route((F,), B)) from the end of A)

Nothing here knows a contract or a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from cleanuplint.findings import Span

Temp: TypeAlias = int
VariableId: TypeAlias = int
BlockId: TypeAlias = int
FunctionId: TypeAlias = int
ClassId: TypeAlias = int


class VariableKind(StrEnum):
    PARAMETER = "parameter"
    LOCAL = "local"
    FUNCTION = "function"
    CLASS = "class"
    IMPORT = "import"
    GLOBAL = "global"
    """Declared nowhere in the file."""
    THIS = "this"
    SYNTHETIC = "synthetic"
    """Made by lowering to merge values; no user's name."""


@dataclass(frozen=True, slots=True)
class TypeName:
    """The part of a type annotation that can name a class: `Promise<ts.Tree>` is ('ts', 'Tree')."""

    path: tuple[str, ...]
    container: bool = False
    """True for `Tree[]`, `Array<Tree>`, `Map<K, Tree>`, `Set<Tree>`: holds them, is not one."""
    module: str = ""
    """The module that `import('module').Tree` names it from."""


@dataclass(frozen=True, slots=True)
class NamedType:
    """What a file gives a name to: `type T = A | B`, `interface I extends A { field: B }`."""

    types: tuple[TypeName, ...] = ()
    """What an object of it also is."""
    fields: Mapping[str, tuple[TypeName, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Variable:
    id: VariableId
    name: str
    kind: VariableKind
    owner: FunctionId
    span: Span
    assigned_once: bool
    """No store but the one of its declaration (true for a parameter that is never stored to)."""
    types: tuple[TypeName, ...] = ()


# ── operations ──────────────────────────────────────────────────────────────────────────────────


class LiteralKind(StrEnum):
    NULL = "null"
    UNDEFINED = "undefined"
    TRUE = "true"
    FALSE = "false"
    NUMBER = "number"
    STRING = "string"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Literal:
    span: Span
    out: Temp
    kind: LiteralKind
    text: str = ""
    """The value of a string or the source of a number."""


@dataclass(frozen=True, slots=True)
class LoadVariable:
    span: Span
    out: Temp
    variable: VariableId


@dataclass(frozen=True, slots=True)
class LoadMember:
    """`base.name`; also `base['name']` and, with a decimal name, `base[0]` and array patterns."""

    span: Span
    out: Temp
    base: Temp
    name: str


@dataclass(frozen=True, slots=True)
class LoadElement:
    span: Span
    out: Temp
    base: Temp
    index: Temp


@dataclass(frozen=True, slots=True)
class StoreVariable:
    span: Span
    variable: VariableId
    value: Temp
    declares: bool
    """A declaration (each turn of a loop makes a new variable), not an assignment."""


@dataclass(frozen=True, slots=True)
class StoreMember:
    span: Span
    base: Temp
    name: str
    value: Temp


@dataclass(frozen=True, slots=True)
class StoreElement:
    span: Span
    base: Temp
    index: Temp
    value: Temp


class CallForm(StrEnum):
    CALL = "call"
    NEW = "new"
    CALL_OR_NEW = "call-or-new"
    """A call in a language without `new`: of a class, it makes an object."""
    SUPER = "super"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Argument:
    value: Temp
    spread: bool = False
    name: str | None = None
    """The parameter it is for, where the call names it."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `f(a)` has a callee; `r.m(a)` has a receiver and a method and no callee temp.

    `r[k](a)` has both a callee (the element) and the receiver; `r[Symbol.dispose]()` is the
    method `[Symbol.dispose]`; `new ns.C(a)` has form NEW, receiver `ns` and method `C`.
    """

    span: Span
    out: Temp
    form: CallForm
    arguments: tuple[Argument, ...]
    callee: Temp | None = None
    receiver: Temp | None = None
    method: str | None = None


ENTERING = frozenset({"__enter__", "__aenter__"})
"""Methods that give what a `with` statement binds; a front end writes the calls."""
LEAVING = frozenset({"__exit__", "__aexit__"})
"""Methods that a `with` statement calls at its end."""


class SuspendForm(StrEnum):
    AWAIT = "await"
    YIELD = "yield"
    LEND = "lend"
    """The `yield` of a context manager: the block of the `with` gives back what it was lent."""
    YIELD_FROM = "yield*"
    SETTLE = "settle"
    """The receiver of a `.then`/`.catch`/`.finally` chain settles: raising means rejected."""


YIELDING = frozenset({SuspendForm.YIELD, SuspendForm.LEND})
"""What gives a single value to whoever runs the generator."""


@dataclass(frozen=True, slots=True)
class Suspend:
    span: Span
    out: Temp
    value: Temp
    form: SuspendForm


@dataclass(frozen=True, slots=True)
class MakeFunction:
    span: Span
    out: Temp
    function: FunctionId


@dataclass(frozen=True, slots=True)
class MakeClass:
    span: Span
    out: Temp
    cls: ClassId


class ComposeForm(StrEnum):
    OBJECT = "object"
    ARRAY = "array"
    ELEMENT = "element"
    """A JSX element with its attributes and children."""


@dataclass(frozen=True, slots=True)
class Entry:
    value: Temp
    key: str | None = None
    """The property name, or the decimal index in an array; None where it is computed."""
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Compose:
    span: Span
    out: Temp
    form: ComposeForm
    entries: tuple[Entry, ...]
    type: str = ""
    """The struct that the literal says it is."""


@dataclass(frozen=True, slots=True)
class Compute:
    """An operator or template: makes a plain value of its inputs, never raises, keeps nothing."""

    span: Span
    out: Temp
    inputs: tuple[Temp, ...]
    type: str = ""
    """What a cast makes of its input, or of what it points to."""


@dataclass(frozen=True, slots=True)
class Import:
    """`require('m')` or `import('m')`; the module is None where it is not a literal."""

    span: Span
    out: Temp
    module: str | None


@dataclass(frozen=True, slots=True)
class Dispose:
    """The release at the end of the scope of a `using` declaration or a `with` statement."""

    span: Span
    variable: VariableId
    value: Temp | None = None
    """What `with` was given, which may be a call of a function that releases in its own way."""
    bound: VariableId | None = None
    """The variable that `as` binds."""
    by_exception: bool = False
    """The scope is left by an exception, for a language that tells."""


@dataclass(frozen=True, slots=True)
class Next:
    """The next element of an iterable in `for … of`, or key in `for … in`; may raise."""

    span: Span
    out: Temp
    iterable: Temp
    keys: bool = False


@dataclass(frozen=True, slots=True)
class Caught:
    """The value that a catch clause binds."""

    span: Span
    out: Temp


@dataclass(frozen=True, slots=True)
class Opaque:
    """A construct that lowering does not understand.

    It may raise and may take ownership of its inputs, but it never proves a leak.
    """

    span: Span
    out: Temp
    inputs: tuple[Temp, ...]


Operation: TypeAlias = (
    Literal
    | LoadVariable
    | LoadMember
    | LoadElement
    | StoreVariable
    | StoreMember
    | StoreElement
    | Call
    | Suspend
    | MakeFunction
    | MakeClass
    | Compose
    | Compute
    | Import
    | Dispose
    | Next
    | Caught
    | Opaque
)


# ── control ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Route:
    """Where an edge leads: through these `finally` bodies, innermost first, then to `target`."""

    target: BlockId
    through: tuple[BlockId, ...] = ()


class TestKind(StrEnum):
    TRUTHY = "truthy"
    ABSENT = "absent"
    """The value is null or undefined."""
    ZERO = "zero"
    """The value equals 0: a pointer to nothing."""
    HAS_METHOD = "has-method"
    """`typeof value.name === 'function'`, `'name' in value`, `hasattr(value, "name")`."""
    INSTANCE = "instance"
    """`value instanceof C`, `isinstance(value, C)`, or `typeof value === 'object'`: true only where
    there is a value."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Test:
    kind: TestKind
    value: Temp | None = None
    name: str = ""
    """The method of HAS_METHOD."""
    key: str | None = None
    """Equal keys are equal conditions while no variable of `variables` is stored to.

    A plain variable's key is `#<id>`; elsewhere identifiers are written `#<id>` within the
    normalised source. None where the condition calls anything.
    """
    variables: tuple[VariableId, ...] = ()


@dataclass(frozen=True, slots=True)
class Jump:
    route: Route


@dataclass(frozen=True, slots=True)
class Branch:
    span: Span
    test: Test
    then: Route
    otherwise: Route


@dataclass(frozen=True, slots=True)
class Choose:
    """One of several ways by no condition we read (loop ends, switch cases)."""

    span: Span
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Return:
    span: Span
    value: Temp | None
    route: Route


@dataclass(frozen=True, slots=True)
class Throw:
    span: Span
    value: Temp | None
    route: Route


@dataclass(frozen=True, slots=True)
class Resume:
    """The end of a `finally`: go on along the pending route."""


class ExitKind(StrEnum):
    NORMAL = "normal"
    EXCEPTIONAL = "exceptional"


@dataclass(frozen=True, slots=True)
class End:
    """The function is left."""

    kind: ExitKind


Terminator: TypeAlias = Jump | Branch | Choose | Return | Throw | Resume | End


@dataclass(frozen=True, slots=True)
class Block:
    operations: tuple[Operation, ...]
    terminator: Terminator
    handler: Route
    """Where a raising operation of this block leads."""
    depth: int = 0
    """How many `finally` bodies this block is inside of, that is, how many routes are pending."""


# ── functions, classes, programs ────────────────────────────────────────────────────────────────


class FunctionKind(StrEnum):
    FUNCTION = "function"
    ARROW = "arrow"
    METHOD = "method"
    CONSTRUCTOR = "constructor"
    GETTER = "getter"
    SETTER = "setter"
    INITIALIZER = "initializer"
    """The field initialisers and static blocks of a class, run when it is constructed."""
    MODULE = "module"


@dataclass(frozen=True, slots=True)
class Function:
    id: FunctionId
    name: str
    kind: FunctionKind
    span: Span
    name_span: Span
    parent: FunctionId | None
    cls: ClassId | None
    """The class whose `this` the body sees, for arrows inside methods too."""
    parameters: tuple[VariableId, ...]
    """A destructured parameter is a synthetic variable; its pattern is lowered in the body."""
    rest: VariableId | None
    """The parameter that takes all further arguments, as a collection."""
    this: VariableId | None
    is_async: bool
    is_generator: bool
    is_static: bool
    is_private: bool
    """`#name`, TypeScript `private`, or a leading underscore."""
    is_exported: bool
    blocks: tuple[Block, ...]
    entry: BlockId
    normal_exit: BlockId
    exceptional_exit: BlockId
    captured: frozenset[VariableId] = frozenset()
    """Variables of enclosing functions that it or a function inside it mentions."""
    returns: tuple[TypeName, ...] = ()
    positional: int | None = None
    """How many parameters arguments without a name are for; None: all of them."""
    defaults: tuple[tuple[VariableId, LiteralKind], ...] = ()
    """Parameters that are a constant where no argument is given."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    span: Span
    types: tuple[TypeName, ...] = ()


@dataclass(frozen=True, slots=True)
class Class:
    id: ClassId
    name: str
    span: Span
    name_span: Span
    variable: VariableId | None
    superclass: tuple[str, ...]
    """The dotted name after `extends`, or empty."""
    methods: Mapping[str, FunctionId]
    """Methods, getters included, by name (static ones too); the constructor is `constructor`."""
    getters: frozenset[str]
    fields: tuple[Field, ...]
    initializer: FunctionId | None
    is_exported: bool
    is_open: bool = True
    """It may inherit from more than `superclass`, or something may add to it."""


@dataclass(frozen=True, slots=True)
class ImportBinding:
    """`import {name as variable} from 'module'`; name is `default`, `*` or the exported name."""

    variable: VariableId
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class Export:
    """`export {local as name}`; with a module, `export {local as name} from 'module'`.

    The name `default` is the default export, `*` all of a module's names.
    """

    name: str
    local: str
    module: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """One lowered file. Ids index the tuples."""

    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    variables: tuple[Variable, ...]
    imports: tuple[ImportBinding, ...]
    exported: frozenset[str]
    """Local names that are exported in some way."""
    module: FunctionId
    exports: tuple[Export, ...] = ()
    comments: tuple[Span, ...] = ()
    """None where no comment can be for the linter."""
    broken: tuple[Span, ...] = ()
    """Places that could not be parsed."""
    is_malformed: bool = False
    """No grammar is to blame for that: the text is wrong."""
    opaque: int = 0
    """How many constructs were lowered to `Opaque`."""
    globals: Mapping[str, VariableId] = field(default_factory=dict)
    types: Mapping[str, NamedType] = field(default_factory=dict)
    """Types that are no classes, by name."""
