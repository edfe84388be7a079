"""Evidence of what collections hold: what is put in may come out."""

from collections.abc import Iterator

from cleanuplint.flow import graph, words
from cleanuplint.flow.evidence import MAKING, Evidence
from cleanuplint.flow.graph import FunctionId, Program, Temp, VariableId
from cleanuplint.flow.slots import Slot, elements_of


class Elements:
    """Moves values into and out of the elements of collections."""

    def __init__(self, evidence: Evidence) -> None:
        self._program = evidence.program
        self._evidence = evidence
        self._table = evidence.table
        self._origins = _read_origins(evidence.program)

    def insert(self, where: FunctionId, base: Temp, value: Temp) -> None:
        """A value is put into a collection: wherever the collection lives, it holds it now."""
        values = self._evidence.of(where, value)
        for slot in self._homes(where, base):
            self._table.add(elements_of(slot), values)

    def _homes(self, where: FunctionId, temp: Temp) -> Iterator[Slot]:
        """The temp and, where it was read from a variable or field, that place."""
        yield ("temp", where, temp)
        yield from self._origins.get((where, temp), ())

    def make(self, where: FunctionId, call: graph.Call) -> None:
        """`new Set(values)`: a built-in collection of what another one holds."""
        if self._makes_collection(where, call):
            for argument in call.arguments[:1]:
                given = self._evidence.elements(where, argument.value)
                self._table.add(("elements", where, call.out), given)

    def _makes_collection(self, where: FunctionId, call: graph.Call) -> bool:
        if call.form not in MAKING or call.callee is None:
            return False
        named = (self._program.variables[v] for v in self._read_from(where, call.callee))
        kind = graph.VariableKind.GLOBAL
        return any(item.kind is kind and item.name in words.COLLECTIONS for item in named)

    def _read_from(self, where: FunctionId, temp: Temp) -> Iterator[VariableId]:
        for slot in self._origins.get((where, temp), ()):
            if slot[0] == "variable" and isinstance(slot[1], int):
                yield slot[1]

    def call(self, where: FunctionId, call: graph.Call, receiver: Temp, method: str) -> None:
        """What a method does if the receiver is a collection."""
        elements = self._evidence.elements(where, receiver)
        if method in words.ELEMENT_METHODS:
            self._table.add(("temp", where, call.out), elements)
        if method in words.DISPOSABLE_STACK and call.arguments:
            given = call.arguments[0].value
            self._table.add(("temp", where, call.out), self._evidence.of(where, given))
            self._table.add(("temp", where, call.out), self._evidence.elements(where, given))
        if method in words.PASS_THROUGH_METHODS:
            self._table.add(("elements", where, call.out), elements)
        if method in words.INSERTING_METHODS and call.arguments:
            self.insert(where, receiver, call.arguments[-1].value)
        if method in words.CALLBACK_METHODS and call.arguments and elements:
            for function in self._evidence.functions_of(where, call.arguments[0].value):
                for parameter in self._program.functions[function].parameters[:1]:
                    self._table.add(("variable", parameter), elements)
        if (callback := words.COLLECTING.get(method)) is not None:
            for argument in call.arguments[callback : callback + 1]:
                self._collect(where, call.out, argument.value)
        if method == "from" or (method in ("values", "keys") and call.arguments):
            for argument in call.arguments[:1]:
                given_elements = self._evidence.elements(where, argument.value)
                self._table.add(("elements", where, call.out), given_elements)

    def _collect(self, where: FunctionId, out: Temp, callback: Temp) -> None:
        """`texts.map(parse)` holds what `parse` returns."""
        for function in self._evidence.functions_of(where, callback):
            self._table.add(("elements", where, out), self._table[("return", function)])


def _read_origins(program: Program) -> dict[tuple[FunctionId, Temp], tuple[Slot, ...]]:
    """For each temp read from a variable or from a field of `this`: that place."""
    origins: dict[tuple[FunctionId, Temp], tuple[Slot, ...]] = {}
    for function in program.functions:
        this: set[Temp] = set()
        for block in function.blocks:
            for operation in block.operations:
                match operation:
                    case graph.LoadVariable(out=out, variable=variable):
                        origins[(function.id, out)] = (("variable", variable),)
                        if program.variables[variable].kind is graph.VariableKind.THIS:
                            this.add(out)
                    case graph.LoadMember(out=out, base=base, name=name):
                        if base in this and function.cls is not None:
                            origins[(function.id, out)] = (("field", function.cls, name),)
    return origins
