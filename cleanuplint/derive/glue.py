"""What the JavaScript that wasm-bindgen writes does with pointers.

    class Tree {
        clone() {
            const ret = wasm.tree_clone(this.__wbg_ptr);
            return Tree.__wrap(ret);                       a new pointer: the caller owns it
        }
        merge(other) {
            _assertClass(other, Tree);
            var ptr0 = other.__destroy_into_raw();         `other` is consumed; it was
                                                           `other.ptr = 0` in old glue
            wasm.tree_merge(this.__wbg_ptr, ptr0);
        }
    }

Every generation and target writes this, as does code that bundlers made of it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from tree_sitter import Node, Query, QueryCursor

from cleanuplint.languages.javascript.nodes import key_of
from cleanuplint.languages.javascript.parsing import language, parse_plain
from cleanuplint.languages.syntax import text_of

WRAPPING = frozenset({"__wrap", "__construct"})
TAKING = "__destroy_into_raw"
UNWRAPPING = "__unwrap"
POINTERS = frozenset({"ptr", "__wbg_ptr"})
OWN = frozenset({"free", TAKING, UNWRAPPING, *WRAPPING})
"""Methods that the glue needs for itself."""

_FUNCTIONS = """
(class_declaration name: (identifier) @class_name) @class
(variable_declarator name: (identifier) @class_name value: (class) @class)
(assignment_expression left: (identifier) @class_name right: (class) @class)
(assignment_expression
  left: (member_expression property: (property_identifier) @function_name)
  right: [(function_expression) (arrow_function)] @named)
(method_definition) @function
(function_declaration) @function
(function_expression) @function
(arrow_function) @function
"""
_POINTERS = """
(call_expression function: (member_expression property: (property_identifier) @called)) @call
(assignment_expression
  left: (member_expression property: (property_identifier) @set) right: (number)) @assignment
(member_expression object: (identifier) @wasm property: (property_identifier)) @used
"""


@dataclass(frozen=True, slots=True)
class Routine:
    """A method, accessor or function."""

    name: str
    wraps: frozenset[str] = frozenset()
    """The classes of new pointers that it gives."""
    takes: tuple[int, ...] = ()
    """The arguments it consumes; -1 is the object itself."""
    is_static: bool = False


@dataclass(frozen=True, slots=True)
class GlueClass:
    """A class that holds a pointer."""

    name: str
    routines: Mapping[str, Routine]
    base: str = ""
    unwraps: bool = False
    """Elements of arrays that are handed over are consumed."""

    @property
    def is_resource(self) -> bool:
        return "free" in self.routines


@dataclass(frozen=True, slots=True)
class Glue:
    """One file of glue, or several that belong together."""

    classes: Mapping[str, GlueClass] = field(default_factory=dict)
    functions: Mapping[str, Routine] = field(default_factory=dict)
    handed: frozenset[str] = frozenset()
    """Classes whose objects the module makes by itself: for arrays, promises and callbacks."""
    used: frozenset[str] = frozenset()
    """Exports of the WebAssembly module that it calls."""

    def __or__(self, other: "Glue") -> "Glue":
        return Glue(
            {**other.classes, **self.classes},
            {**other.functions, **self.functions},
            self.handed | other.handed,
            self.used | other.used,
        )

    def lineage(self, name: str) -> Iterator[GlueClass]:
        """A class and what it extends."""
        seen: set[str] = set()
        while name in self.classes and name not in seen:
            seen.add(name)
            yield self.classes[name]
            name = self.classes[name].base


@lru_cache(maxsize=64)
def read_glue(source: bytes) -> Glue:
    """The classes and functions of a file of glue; empty for any other JavaScript."""
    return _Reader(parse_plain(source)).glue()


@cache
def _query(text: str) -> Query:
    return Query(language("javascript"), text)


class _Reader:
    """Finds the functions, and files each use of a pointer under the innermost one."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._classes: dict[int, tuple[str, Node]] = {}
        self._aliases: dict[str, str] = {}
        """Names of class expressions -> the variable: `var Tree = class _Tree {…}`."""
        self._named: dict[int, tuple[str, Node]] = {}
        self._spans: list[tuple[int, int, Node]] = []
        self._wraps: dict[int, set[str]] = defaultdict(set)
        self._takes: dict[int, set[int]] = defaultdict(set)
        self._used: set[str] = set()
        self._find_functions()
        self._find_pointers()

    def glue(self) -> Glue:
        classes = [self._class(name, node) for name, node in self._classes.values()]
        routines = [self._routine(name, node) for name, node in self._named.values()]
        methods = {n.id for _, _, n in self._spans if n.type == "method_definition"}
        unnamed = (it for id_, it in self._wraps.items() if id_ not in methods | set(self._named))
        imports = (routine.wraps for routine in routines if routine.name.startswith("__"))
        return Glue(
            {cls.name: cls for cls in classes if cls.is_resource},
            {routine.name: routine for routine in routines if not routine.name.startswith("__")},
            frozenset(cls for found in (*unnamed, *imports) for cls in found),
            frozenset(self._used),
        )

    def _find_functions(self) -> None:
        found = QueryCursor(_query(_FUNCTIONS)).matches(self._root)
        for _, captured in found:
            for node in captured.get("function", ()):
                self._spans.append((node.start_byte, node.end_byte, node))
                if node.type == "function_declaration":
                    self._named[node.id] = key_of(node.child_by_field_name("name")) or "", node
            for node in captured.get("named", ()):
                self._named[node.id] = text_of(captured["function_name"][0]), node
            for node, name in zip(
                captured.get("class", ()), captured.get("class_name", ()), strict=True
            ):
                self._classes[node.id] = text_of(name), node
                own = node.child_by_field_name("name")
                if own is not None and text_of(own) != text_of(name):
                    self._aliases[text_of(own)] = text_of(name)
        self._spans.sort(key=lambda span: (span[0], -span[1]))
        self._starts = [start for start, _, _ in self._spans]

    def _find_pointers(self) -> None:
        for _, captured in QueryCursor(_query(_POINTERS)).matches(self._root):
            if "call" in captured:
                self._call(captured["call"][0], text_of(captured["called"][0]))
            elif "assignment" in captured and text_of(captured["set"][0]) in POINTERS:
                target = captured["assignment"][0].child_by_field_name("left")
                if target is not None:
                    self._take(target)
            elif "used" in captured and text_of(captured["wasm"][0]) == "wasm":
                self._used.add(text_of(captured["used"][0]).rpartition(".")[2])

    def _call(self, call: Node, called: str) -> None:
        callee = call.child_by_field_name("function")
        if callee is None:
            return
        if called == TAKING:
            self._take(callee)
        elif called in WRAPPING:
            maker, function = callee.child_by_field_name("object"), self._around(call)
            if maker is not None and function is not None:
                name = text_of(maker)
                self._wraps[function.id].add(self._aliases.get(name, name))

    def _take(self, member: Node) -> None:
        """A pointer is read and cleared: the object, a parameter or `this`, is consumed."""
        taken, function = member.child_by_field_name("object"), self._around(member)
        if taken is None or function is None:
            return
        if taken.type == "this":
            self._takes[function.id].add(-1)
            return
        names = [text_of(name) for name in _parameters(function)]
        if text_of(taken) in names:
            self._takes[function.id].add(names.index(text_of(taken)))

    def _around(self, node: Node) -> Node | None:
        """The innermost function that contains a node."""
        index = bisect_right(self._starts, node.start_byte) - 1
        while index >= 0:
            start, end, function = self._spans[index]
            if start <= node.start_byte and node.end_byte <= end:
                return function
            index -= 1
        return None

    def _class(self, name: str, node: Node) -> GlueClass:
        body = node.child_by_field_name("body")
        methods = [c for c in body.named_children if c.type == "method_definition"] if body else []
        routines: dict[str, Routine] = {}
        for method in methods:
            routine = self._routine(key_of(method.child_by_field_name("name")) or "", method)
            known = routines.get(routine.name)
            if known is None or len(routine.wraps) > len(known.wraps):  # a getter, not its setter
                routines[routine.name] = routine
        heritage = next((c for c in node.named_children if c.type == "class_heritage"), None)
        base = text_of(heritage.named_children[0]) if heritage is not None else ""
        base = self._aliases.get(base, base)
        unwraps = UNWRAPPING in routines
        return GlueClass(name, routines, base, unwraps)

    def _routine(self, name: str, node: Node) -> Routine:
        return Routine(
            name,
            frozenset(self._wraps.get(node.id, ())),
            tuple(sorted(self._takes.get(node.id, ()))),
            is_static=any(child.type == "static" for child in node.children),
        )


def _parameters(function: Node) -> Iterator[Node]:
    parameters = function.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else ():
        yield child.child_by_field_name("left") or child
