"""Objects whose constructor hands them to somebody: unnamed, such an object is not lost.

class Widget:
    def __init__(self, element):
        self.proxy = create_proxy(self)   # whoever has the proxy has the widget
        element.widget = self.proxy
"""

from cleanuplint.flow import graph
from cleanuplint.flow.graph import FunctionId
from cleanuplint.flow.scope import Scope


def hands_itself_on(scope: Scope, function: FunctionId, call: graph.Call) -> bool:
    """The call constructs an object of the file that gives itself to a call or another object."""
    for cls in scope.evidence.constructed(function, call):
        item = scope.program.classes[cls]
        for method in (item.initializer, item.methods.get("constructor")):
            if method is not None and _gives_this(scope.program.functions[method]):
                return True
    return False


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
