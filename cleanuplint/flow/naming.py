"""What the user calls values and callees."""

from collections.abc import Callable

from cleanuplint.flow import graph
from cleanuplint.flow.evidence import Evidence
from cleanuplint.flow.graph import FunctionId, Program, Temp
from cleanuplint.flow.places import Places


class Naming:
    """The names in one program."""

    def __init__(
        self, program: Program, evidence: Evidence, places: Callable[[FunctionId], Places]
    ) -> None:
        self._program = program
        self._evidence = evidence
        self._places = places

    def of_call(self, function: FunctionId, call: graph.Call) -> str:
        """The last name of what is called: the method, or the function's variable."""
        if call.method is not None:
            return call.method
        if call.callee is None:
            return ""
        return self._places(function).dotted(call.callee).rpartition(".")[2]

    def dotted(self, function: FunctionId, call: graph.Call) -> str:
        """`console.log` for the call of it; empty where the receiver is no plain path."""
        places = self._places(function)
        if call.receiver is not None and call.method is not None:
            prefix = places.dotted(call.receiver)
            return f"{prefix}.{call.method}" if prefix else ""
        return places.dotted(call.callee) if call.callee is not None else ""

    def of_value(self, function: FunctionId, temp: Temp) -> str:
        """The user's name for what holds the value: `tree`, `this.tree`; empty for a temporary.

        Blocks are in no order: what is read in one may be stored in a later one.
        """
        values, synthetic = {temp: ""}, dict[int, str]()
        known, name = 0, ""
        while not name and known < len(values) + len(synthetic):
            known = len(values) + len(synthetic)
            name = self._held(function, temp, values, synthetic)
        return name

    def _held(
        self, function: FunctionId, temp: Temp, values: dict[Temp, str], synthetic: dict[int, str]
    ) -> str:
        """The name that one of the values is stored under; notes what else has it, and where."""
        for block in self._program.functions[function].blocks:
            for operation in block.operations:
                match operation:
                    case graph.Suspend(out=out, value=value) if value in values:
                        values[out] = values[value]
                    case graph.Compose(out=out, entries=entries):
                        inside = [e for e in entries if e.value in values and e.key is not None]
                        values.update((out, _member(e.key) + values[e.value]) for e in inside)
                    case graph.Call(out=out, receiver=int(base), method=str(method)):
                        if base in values and method in graph.ENTERING:
                            values[out] = values[base]
                    case graph.LoadMember(out=out, base=base) if base in values:
                        if self._is_taken_apart(function, temp):
                            values[out] = ""
                    case graph.LoadVariable(out=out, variable=variable) if variable in synthetic:
                        values[out] = synthetic[variable]
                    case graph.StoreVariable(variable=variable, value=value) if value in values:
                        item = self._program.variables[variable]
                        if item.kind is not graph.VariableKind.SYNTHETIC:
                            return item.name + values[value]
                        synthetic[variable] = values[value]
                    case graph.StoreMember(base=base, name=name, value=value) if value in values:
                        prefix = self._places(function).dotted(base)
                        named = name + values[value]
                        return f"{prefix}.{named}" if prefix else named
        return ""

    def _is_taken_apart(self, function: FunctionId, temp: Temp) -> bool:
        """The value is an object of the file's own making, not a resource itself."""
        return self._evidence.is_record(function, temp)


def _member(key: str | None) -> str:
    """How what is under a key of a literal is written."""
    return f"[{key}]" if key is None or key.isdecimal() else f".{key}"
