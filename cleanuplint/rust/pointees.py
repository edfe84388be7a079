"""What raw pointers point to: a struct of the crate, or memory of a buffer.

An engine that is taken back settles nothing of a frame that is not. Where it cannot be read what a
pointer points to, it may be anything: errs towards that.
"""

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Temp
from cleanuplint.rust.crates import Crate
from cleanuplint.rust.model import Routine, RustType
from cleanuplint.rust.places import MAX_STEPS, SEEN_THROUGH, Places

POINTERS = frozenset({"Box", "Rc", "Arc", "Option", "NonNull", "*", "&", "ManuallyDrop"})
"""Types that are seen through to what they point to."""
KEEPING_TYPE = SEEN_THROUGH | {"cast_mut", "cast_const", "as_ptr", "as_mut_ptr", "into_inner"}
MEMORY = "[]"
"""The pointee of what points into a buffer."""
BUFFERS = frozenset({"Vec", "String", "CString", "vec!", "format!"})
SLICES = frozenset({"from_raw_parts_mut", "slice_from_raw_parts_mut"})
SLICING = frozenset({"into_boxed_slice", "into_boxed_str", "to_vec", "to_string"})


class Pointees:
    """Looks them up in one function."""

    def __init__(self, crate: Crate, routine: Routine, places: Places) -> None:
        self._crate = crate
        self._routine = routine
        self._places = places
        self._variables = crate.files[routine.file].program.variables

    def of(self, temp: Temp) -> str:
        """The struct that a value is or points to, `MEMORY`, or nothing where nobody can tell."""
        for _ in range(MAX_STEPS):
            match self._places.defined.get(temp):
                case graph.Compose(type=name) if name:
                    return self._known(RustType(name))
                case graph.Compute(type=name) if name:
                    return self._known(RustType(name))
                case graph.Call(method=str(method)) if method in SLICING:
                    return MEMORY
                case graph.Call(receiver=int(base), method=method) if method in KEEPING_TYPE:
                    temp = base
                case graph.Call(receiver=None, arguments=[given]) as call if self._wraps(call):
                    temp = given.value
                case graph.Call(receiver=None) as call:
                    return self._returned(call)
                case graph.LoadMember():
                    return self._of_field(temp)
                case graph.LoadVariable(variable=variable):
                    typed = self._of_variable(variable)
                    stored = self._places.stored_once(variable)
                    if typed or stored is None:
                        return typed
                    temp = stored
                case _:
                    return ""
        return ""

    def _wraps(self, call: graph.Call) -> bool:
        """`Box::new(engine)`."""
        owner, _, name = self._places.path_called(call).rpartition("::")
        return name == "new" and owner.rpartition("::")[2] in POINTERS

    def _returned(self, call: graph.Call) -> str:
        """`Engine::new(…)`, `open()`, `Engine(…)`, `vec![…]`."""
        path = self._places.path_called(call)
        *before, name = path.split("::")
        if name in SLICES or name in BUFFERS or (before[-1:] and before[-1] in BUFFERS):
            return MEMORY
        called = self._crate.function(path, self._routine)
        if called is not None:
            is_own = called.result.name == "Self"
            return self._known(RustType(called.owner) if is_own else called.result)
        return self._known(RustType(name))

    def _of_variable(self, variable: graph.VariableId) -> str:
        declared = dict(self._routine.parameters).get(variable)
        if declared is not None:
            return self._known(declared)
        types = self._variables[variable].types
        return self._known(RustType(types[0].path[-1])) if types else ""

    def _of_field(self, temp: Temp) -> str:
        place = self._places.of(temp)
        owner = self._crate.named(self._routine.owner, self._routine.file)
        if place is None or owner is None or place.root != self._routine.body.this:
            return ""
        holder = self._crate.struct_at(owner, place.path[:-1])
        field = holder.field(place.path[-1]) if holder is not None else None
        return self._known(field.type) if field is not None else ""

    def _known(self, type_: RustType) -> str:
        while type_.name in POINTERS and type_.arguments:
            type_ = type_.arguments[0]
        if type_.name in BUFFERS:
            return MEMORY
        name = self._routine.owner if type_.name == "Self" else type_.name
        alias = self._crate.alias(name, self._routine.file)
        struct = self._crate.struct_of(alias or RustType(name), self._routine.file)
        return struct.name if struct is not None else ""
