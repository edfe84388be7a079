"""Which argument of a call is for which parameter of a function of the file."""

from collections.abc import Iterator

from cleanuplint.flow import graph
from cleanuplint.flow.graph import Argument, FunctionId, Program, VariableId


def gathered(
    program: Program, function: FunctionId, call: graph.Call
) -> Iterator[tuple[VariableId, str, Argument]]:
    """What `function f(...rest)` collects: the parameter, the key in it, the argument."""
    item = program.functions[function]
    if item.rest is None:
        return
    plain = [argument for argument in call.arguments if argument.name is None]
    first = len(item.parameters) if item.positional is None else item.positional
    for number, argument in enumerate(plain):
        if argument.spread:
            return
        if number >= first:
            yield item.rest, str(number - first), argument


def bound(
    program: Program, function: FunctionId, call: graph.Call
) -> Iterator[tuple[VariableId, Argument]]:
    """The parameters that the call gives a value, in the order of the arguments.

    What comes behind a spread argument may be for any parameter, so it is for none.
    """
    item = program.functions[function]
    places = list(item.parameters[: item.positional])
    for argument in call.arguments:
        if argument.spread:
            places.clear()
        elif argument.name is not None:
            named = (p for p in item.parameters if program.variables[p].name == argument.name)
            yield from ((parameter, argument) for parameter in named)
        elif places:
            yield places.pop(0), argument
