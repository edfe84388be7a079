"""Which place a temp of a function stands for: a parameter, a local, a field of one.

A place is seen through borrows, dereferences, locks and the unwrapping of options: all these are
other names for the same memory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Function, Operation, Temp, Variable, VariableId, VariableKind
from cleanuplint.rust.model import Static

SEEN_THROUGH = frozenset(
    {
        "&mut", "as_mut", "as_ref", "as_deref", "as_deref_mut", "unwrap", "expect", "borrow_mut",
        "borrow", "lock", "get_mut", "deref", "deref_mut", "by_ref", "as_mut_slice", "as_slice",
        "unwrap_unchecked", "get_or_insert_with", "get_or_insert_default", "get_or_insert",
        "try_borrow_mut", "try_borrow", "as_pin_mut", "to_mut", "as_mut_vec", "try_lock", "get_ref",
        "get_or_init", "get_or_try_init",
    }
)  # fmt: skip
ADDRESSES = frozenset({"addr_of_mut!", "addr_of!"})
"""Macros that are other names for what they are given."""
ELEMENT = "[]"
MAX_STEPS = 60
"""Of following one name to another; longer chains are cycles."""


@dataclass(frozen=True, slots=True)
class Place:
    """A variable or static, or the path of fields that leads from it."""

    root: VariableId | Static
    path: tuple[str, ...] = ()

    def inside(self, *names: str) -> "Place":
        return Place(self.root, (*self.path, *names))

    def holds(self, other: "Place") -> bool:
        """Whether the other is this place or inside of it."""
        return self.root == other.root and other.path[: len(self.path)] == self.path


@dataclass(frozen=True, slots=True)
class Globals:
    """The global names of a file that stand for places."""

    statics: Mapping[VariableId, Static] = field(default_factory=dict)
    lent: Callable[[str], Place | None] = lambda path: None
    """The place that a function of a path returns: `fn state() -> &'static Mutex<State>`."""


Key = tuple[str, int]
"""What a test is about: a temp, or a variable that several values are stored to."""


class Places:
    """The places of one function, those of `globals_` among them."""

    def __init__(
        self,
        function: Function,
        variables: tuple[Variable, ...],
        globals_: Globals | None = None,
    ) -> None:
        self._variables = variables
        self.globals = globals_ or Globals()
        self.defined: dict[Temp, Operation] = {}
        self._stored: dict[VariableId, list[Temp]] = {}
        self._found: dict[VariableId, Place] = {}
        for block in function.blocks:
            for operation in block.operations:
                out = getattr(operation, "out", None)
                if out is not None:
                    self.defined[out] = operation
                if isinstance(operation, graph.StoreVariable):
                    self._stored.setdefault(operation.variable, []).append(operation.value)

    def stored_once(self, variable: VariableId) -> Temp | None:
        """The only value that a variable ever gets, if there is just one."""
        stored = set(self._stored.get(variable, ()))
        return stored.pop() if len(stored) == 1 else None

    def stores_to(self, variable: VariableId) -> list[Temp]:
        """The values that a variable may get."""
        return self._stored.get(variable, [])

    def loads_of(self, variable: VariableId) -> list[Temp]:
        return [
            temp
            for temp, operation in self.defined.items()
            if isinstance(operation, graph.LoadVariable) and operation.variable == variable
        ]

    def of(self, temp: Temp) -> Place | None:
        return self._of(temp, MAX_STEPS)

    def is_alias(self, variable: VariableId, temp: Temp) -> bool:
        """A variable that gets a value is another name for the place that the value is."""
        names = (self.inside_variable(variable, ()), self._of_variable(variable, MAX_STEPS))
        return self.of(temp) in names

    def inside(self, temp: Temp, path: tuple[str, ...]) -> Place | None:
        """The place of a field of a value, which may just have been put together of places."""
        made = self._made_of(temp, MAX_STEPS)
        if path and isinstance(made, graph.Compose):
            parts = [entry.value for entry in made.entries if entry.key == path[0]]
            return self.inside(parts[0], path[1:]) if parts else None
        if path and isinstance(made, graph.Call) and path[0].isdigit():
            at = int(path[0])
            has = made.method is None and at < len(made.arguments)
            return self.inside(made.arguments[at].value, path[1:]) if has else None
        place = self.of(temp)
        return None if place is None else place.inside(*path)

    def inside_variable(self, variable: VariableId, path: tuple[str, ...]) -> Place | None:
        """Likewise of what a local was made of."""
        stored = self.stored_once(variable)
        return Place(variable, path) if stored is None else self.inside(stored, path)

    def key(self, temp: Temp) -> Key:
        """Equal keys: the same value was tested."""
        for _ in range(MAX_STEPS):
            match self.defined.get(temp):
                case graph.LoadVariable(variable=variable):
                    stored = self.stored_once(variable)
                    if stored is None or self._variables[variable].kind is VariableKind.GLOBAL:
                        return ("variable", variable)
                    temp = stored
                case graph.Call(receiver=receiver, method=method) if (
                    receiver is not None and method in SEEN_THROUGH
                ):
                    temp = receiver
                case _:
                    break
        return ("temp", temp)

    def is_mutable_borrow(self, temp: Temp) -> bool:
        """Whether a value gives the right to change its place."""
        for _ in range(MAX_STEPS):
            match self.defined.get(temp):
                case graph.Call(method="&mut"):
                    return True
                case graph.Call(receiver=receiver, method=method) if (
                    receiver is not None and method in SEEN_THROUGH
                ):
                    if "mut" in method or method in ("lock", "by_ref"):
                        return True
                    temp = receiver
                case graph.LoadVariable(variable=variable):
                    stored = self.stored_once(variable)
                    if stored is None:
                        return False
                    temp = stored
                case _:
                    return False
        return False

    def path_called(self, call: graph.Call) -> str:
        """`std::mem::take` in `std::mem::take(…)`, or nothing."""
        made = self.defined.get(call.callee) if call.callee is not None else None
        if not isinstance(made, graph.LoadVariable):
            return ""
        variable = self._variables[made.variable]
        return variable.name if variable.kind is VariableKind.GLOBAL else ""

    def _made_of(self, temp: Temp, left: int) -> Operation | None:
        """The operation that made a value, through locals that are stored to once."""
        operation = self.defined.get(temp)
        if left and isinstance(operation, graph.LoadVariable):
            stored = self.stored_once(operation.variable)
            return None if stored is None else self._made_of(stored, left - 1)
        return operation

    def _of(self, temp: Temp, left: int) -> Place | None:
        if not left:
            return None
        match self.defined.get(temp):
            case graph.LoadVariable(variable=variable):
                return self._of_variable(variable, left - 1)
            case graph.LoadMember(base=base, name=name):
                inner = self._of(base, left - 1)
                return None if inner is None else inner.inside(name)
            case graph.LoadElement(base=base):
                inner = self._of(base, left - 1)
                return None if inner is None else inner.inside(ELEMENT)
            case graph.Call(receiver=receiver, method=method) if (
                receiver is not None and method in SEEN_THROUGH
            ):
                return self._of(receiver, left - 1)
            case graph.Call(receiver=None, arguments=(only,)) as call if (
                self.path_called(call) in ADDRESSES
            ):
                return self._of(only.value, left - 1)
            case graph.Call(receiver=None, arguments=()) as call:
                return self.globals.lent(self.path_called(call))
            case _:
                return None

    def _of_variable(self, variable: VariableId, left: int) -> Place | None:
        item = self._variables[variable]
        if item.kind in (VariableKind.THIS, VariableKind.PARAMETER):
            return Place(variable)
        if item.kind is VariableKind.GLOBAL:
            static = self.globals.statics.get(variable)
            return None if static is None else Place(static)
        if variable not in self._found:
            self._found[variable] = Place(variable)  # what it is to itself, in a loop
            self._found[variable] = self._of_stored(variable, left)
        return self._found[variable]

    def _of_stored(self, variable: VariableId, left: int) -> Place:
        """The one place that all values stored to a variable are, else the variable itself."""
        itself = Place(variable)
        stored = {self._of(value, left) for value in set(self._stored.get(variable, ()))}
        stored.discard(itself)
        return (stored.pop() or itself) if len(stored) == 1 else itself
