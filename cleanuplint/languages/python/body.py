"""What the lowering of one Python function keeps track of, besides what every language needs."""

from abc import abstractmethod
from dataclasses import dataclass, field

from tree_sitter import Node

from cleanuplint.findings import Span
from cleanuplint.flow import graph
from cleanuplint.flow.graph import ClassId, FunctionId, Temp, VariableId
from cleanuplint.languages.body import Body, File
from cleanuplint.languages.names import Scope


class PythonFile(File):
    """What the functions of one file share while they are lowered."""

    def __init__(self, exported: frozenset[str]) -> None:
        super().__init__(exported)
        self.modules: dict[str, VariableId] = {}
        """The modules that `import a.b` names, by their dotted names."""


@dataclass(frozen=True, slots=True)
class Member:
    """`base.name`, as it was read."""

    base: Temp
    name: str
    may_be_absent: bool = False
    """`getattr(base, "name", None)`"""


@dataclass(slots=True)
class ClassBody:
    """The class whose body is being lowered."""

    id: ClassId
    value: Temp
    around: Scope
    """What its methods see: the names around the class, not those in it."""
    methods: dict[str, FunctionId] = field(default_factory=dict)
    getters: set[str] = field(default_factory=set)
    fields: list[graph.Field] = field(default_factory=list)
    made_late: list[Node] = field(default_factory=list)
    """Values of dataclass fields that each object gets anew."""


class PythonBody(Body):
    """One function under construction."""

    file: PythonFile

    def __init__(
        self, file: PythonFile, outer: "PythonBody | None", cls: ClassId | None, binds_this: bool
    ) -> None:
        super().__init__(file, outer, cls, binds_this)
        self.bound_once: set[VariableId] = set()
        """Variables of this function that one statement alone binds."""
        self.class_body: ClassBody | None = None
        self.is_fixture = False
        self.is_context = False
        self.members: dict[Temp, Member] = {}
        """What is read from which object under which name."""
        self.bound_members: dict[VariableId, Member] = {}
        """Variables that hold such a thing and nothing else: `clear = x.clear`."""

    @abstractmethod
    def comprehension(self, node: Node) -> Temp:
        """Lower a comprehension; the temp is the collection."""

    def call(
        self,
        span: Span,
        receiver: Temp,
        method: str,
        arguments: tuple[graph.Argument, ...] = (),
    ) -> Temp:
        """A call that the language makes by itself."""
        out = self.blocks.temp()
        form = graph.CallForm.CALL
        self.blocks.emit(graph.Call(span, out, form, arguments, None, receiver, method))
        return out
