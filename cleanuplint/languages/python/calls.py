"""Calls, attributes and subscripts of one function."""

from tree_sitter import Node

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Argument, CallForm, Temp
from cleanuplint.languages.python.body import Member
from cleanuplint.languages.python.conditions import Conditions
from cleanuplint.languages.python.nodes import (
    arguments_of,
    bare,
    base_of,
    inside,
    member_name,
    parts,
    string_value,
    subscripts,
)
from cleanuplint.languages.syntax import span_of, text_of

MEMBERS = frozenset({"attribute", "subscript"})


class Calls(Conditions):
    """Lowers calls, attributes and subscripts."""

    def _member(self, node: Node) -> Temp:
        module = self._imported_module(node)
        if module is not None:
            return module
        return self._load_from(node, self.expression(base_of(node)))

    def _imported_module(self, node: Node) -> Temp | None:
        """`a.b` where the file says `import a.b`: the module, not what `a` happens to be."""
        text = text_of(node)
        if text not in self.file.modules:
            return None
        return self.load(self.file.modules[text], span_of(node))

    def _load_from(self, node: Node, base: Temp) -> Temp:
        """The attribute or element `node` of an already lowered object."""
        out = self.blocks.temp()
        name = member_name(node)
        if name is not None:
            self.blocks.emit(graph.LoadMember(span_of(node), out, base, name))
            self.members[out] = Member(base, name)
        else:
            self.blocks.emit(graph.LoadElement(span_of(node), out, base, self.index_of(node)))
        return out

    def index_of(self, node: Node) -> Temp:
        """The value between the brackets of a subscript."""
        given = subscripts(node)
        values = [self.expression(one) for one in given]
        return values[0] if len(values) == 1 else self.compute(node, values)

    def _slice(self, node: Node) -> Temp:
        return self.compute(node, [self.expression(child) for child in parts(node)])

    def _call(self, node: Node) -> Temp:
        callee = node.child_by_field_name("function")
        if callee is None:
            return self.unknown(node)
        callee = bare(callee)
        if text_of(callee) == "getattr":
            return self._getattr(node)
        if text_of(callee) == "setattr" and len(arguments_of(node)) == 3:
            return self._setattr(node)
        if callee.type == "call" and text_of(callee.child_by_field_name("function") or callee) == (
            "getattr"
        ):
            return self._call_by_name(node, callee)
        base = base_of(callee) if callee.type in MEMBERS else None
        if base is None or self._is_super(base):
            return self._call_without_receiver(node, callee)
        module = self._imported_module(base)
        receiver = module if module is not None else self.expression(base)
        name = member_name(callee)
        if name is not None:
            return self.emit_call(node, receiver=receiver, method=name)
        return self.emit_call(node, callee=self._load_from(callee, receiver), receiver=receiver)

    def _is_super(self, node: Node) -> bool:
        callee = node.child_by_field_name("function") if node.type == "call" else None
        return callee is not None and text_of(callee) == "super"

    def _call_without_receiver(self, node: Node, callee: Node) -> Temp:
        """A call of a function value, or of a method of the superclass."""
        bound = self.bound_member(callee)
        if bound is not None:
            return self.emit_call(node, receiver=bound.base, method=bound.name)
        if callee.type not in MEMBERS:
            return self.emit_call(node, callee=self.expression(callee))
        name = member_name(callee)
        if name in ("__init__", "__new__", "__init_subclass__"):
            return self.emit_call(node, form=CallForm.SUPER)
        receiver = self.load(self.this_variable(), span_of(callee))
        return self.emit_call(node, receiver=receiver, method=f"super {name}")

    def bound_member(self, node: Node) -> Member | None:
        """`x.clear` for the variable of `clear = x.clear`."""
        if node.type != "identifier":
            return None
        return self.bound_members.get(self.variable(node))

    def _getattr(self, node: Node) -> Temp:
        """`getattr(x, "name", default)` is `x.name`; any other name, an element of `x`."""
        given = arguments_of(node)
        if len(given) < 2:
            return self.emit_call(
                node, callee=self.expression(node.child_by_field_name("function"))
            )
        name = string_value(given[1])
        out = self.blocks.temp()
        base, *others = (self.expression(one) for one in given)
        if name is None:
            self.blocks.emit(graph.LoadElement(span_of(node), out, base, others[0]))
            return out
        self.blocks.emit(graph.LoadMember(span_of(node), out, base, name))
        self.members[out] = Member(base, name, may_be_absent=len(given) > 2)
        return out

    def _setattr(self, node: Node) -> Temp:
        """`setattr(x, "name", value)` is `x.name = value`; any other name, an element of `x`."""
        given = arguments_of(node)
        base, key, value = map(self.expression, given)
        name = string_value(given[1])
        if name is not None:
            self.blocks.emit(graph.StoreMember(span_of(node), base, name, value))
        else:
            self.blocks.emit(graph.StoreElement(span_of(node), base, key, value))
        return self.compute(node, [])

    def _call_by_name(self, node: Node, callee: Node) -> Temp:
        """`getattr(x, "name")(a)` is `x.name(a)`."""
        given = arguments_of(callee)
        name = string_value(given[1]) if len(given) > 1 else None
        if name is None:
            return self.emit_call(node, callee=self.expression(callee))
        return self.emit_call(node, receiver=self.expression(given[0]), method=name)

    def emit_call(
        self,
        node: Node,
        callee: Temp | None = None,
        receiver: Temp | None = None,
        method: str | None = None,
        form: CallForm = CallForm.CALL_OR_NEW,
    ) -> Temp:
        arguments = tuple(self.argument(child) for child in arguments_of(node))
        out = self.blocks.temp()
        self.blocks.emit(graph.Call(span_of(node), out, form, arguments, callee, receiver, method))
        return out

    def argument(self, node: Node) -> Argument:
        if node.type in ("list_splat", "dictionary_splat"):
            return Argument(self.expression(inside(node)), spread=True)
        if node.type == "keyword_argument":
            name = node.child_by_field_name("name")
            value = self.expression(node.child_by_field_name("value"))
            return Argument(value, name=text_of(name) if name is not None else None)
        return Argument(self.expression(node))
