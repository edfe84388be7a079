"""Objects whose constructor hands them to somebody: who makes one need not release it.

class Widget:
    def __init__(self, element):
        self.proxy = create_proxy(self)   # whoever has the proxy has the widget
        element.widget = self.proxy
"""

from cleanuplint.flow import graph
from cleanuplint.flow.graph import ClassId, Program


def hands_itself_on(program: Program, cls: ClassId) -> bool:
    """The construction of an object gives it to a call, or to another object."""
    item = program.classes[cls]
    methods = (item.initializer, item.methods.get("constructor"))
    return any(method is not None and _gives_this(program.functions[method]) for method in methods)


def _gives_this(function: graph.Function) -> bool:
    own: set[graph.Temp] = set()
    for block in function.blocks:
        for operation in block.operations:
            match operation:
                case graph.LoadVariable(out=out, variable=variable) if variable == function.this:
                    own.add(out)
                case graph.Call(arguments=arguments):
                    if any(argument.value in own for argument in arguments):
                        return True
                case graph.StoreMember(base=base, value=value):
                    if value in own and base not in own:
                        return True
    return False
