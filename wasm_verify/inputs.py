"""Inputs for methods, written as JavaScript: an expression per value.

Expressions may use `api`, the namespace of the module, `fault.own(object)`, which has the object
released after the trial, `nest(inner, wrap)`, which wraps 20,000
times, and `fault.raise()`, which throws and is noticed. Every expression follows from the type, a
number and the seed, so that a run can be repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from wasm_verify.module import Module
from wasm_verify.target import Target
from wasm_verify.types import Field, Kind, Signature, Type

DEPTH = 3
"""How deep values of types nest."""
CANDIDATES = 24
WORDS = ("amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "jade")

TYPED_ARRAYS = (
    "Int8Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "Float32Array",
    "Float64Array",
)
BIG_ARRAYS = ("BigInt64Array", "BigUint64Array")
ALL_TYPED_ARRAYS = TYPED_ARRAYS + BIG_ARRAYS


class Inputs:
    """Makes expressions for the types of one module."""

    def __init__(
        self, module: Module, seed: int, samples: dict[str, list[int]] | None = None
    ) -> None:
        """`samples`: for each name of which the user gave samples, their lengths."""
        self._module = module
        self._aliases = dict(module.declarations.aliases)
        self._seed = seed
        self._samples = samples or {}

    def arguments(self, target: Target) -> Iterator[tuple[str, ...]]:
        """Argument lists to try until the module takes one: the user's, else likely ones."""
        given = list(self._sampled(target.name, len(target.signature.parameters)))
        if given:
            yield from given
        else:
            yield from self._candidates(target.signature.parameters)

    def _sampled(self, name: str, parameters: int) -> Iterator[tuple[str, ...]]:
        for number, length in enumerate(self._samples.get(name, [])):
            known = length if length >= 0 else parameters
            yield tuple(f'sample(api, "{name}", {number})[{at}]' for at in range(known))

    def _candidates(self, parameters: tuple[Field, ...]) -> Iterator[tuple[str, ...]]:
        seen = set()
        for number in range(CANDIDATES):
            arguments = tuple(
                self.value(one.type, number if number < 12 else number + 5 * at)
                for at, one in enumerate(parameters)
            )
            if arguments not in seen:
                seen.add(arguments)
                yield arguments

    def maker(self, name: str, number: int = 0, depth: int = 0) -> str | None:
        """An expression for a new object of a class: its constructor, else one of its factories."""
        # Those that ask for the least first.
        ways = sorted(self._ways(name, depth), key=lambda way: len(way[1].parameters))
        if not ways or depth > DEPTH:
            return None
        factory, signature = ways[number % len(ways)]
        arguments = self._given(name, signature, number // len(ways), depth)
        return f"{factory}({', '.join(arguments)})"

    def _given(self, name: str, signature: Signature, number: int, depth: int) -> tuple[str, ...]:
        sampled = list(self._sampled(name, len(signature.parameters)))
        if sampled and signature.name == "constructor":
            return sampled[number % len(sampled)]
        return tuple(self.value(one.type, number, depth + 1) for one in signature.parameters)

    def _ways(self, name: str, depth: int) -> Iterator[tuple[str, Signature]]:
        """What makes an object of a class, to be called with arguments."""
        own = self._module.class_named(name)
        if own is None:
            return
        if own.constructor:
            yield f"new api.{name}", own.constructor
            return
        for owner in (own, *self._module.classes):
            for signature in owner.statics:
                if signature.returns.name == name:
                    yield f"api.{owner.name}.{signature.name}", signature
        for signature in self._module.functions:
            if signature.returns.name == name:
                yield f"api.{signature.name}", signature
        yield from self._methods_that_make(name, depth)

    def _methods_that_make(self, name: str, depth: int) -> Iterator[tuple[str, Signature]]:
        for owner in self._module.classes:
            for signature in owner.methods if owner.name != name else ():
                if signature.returns.name == name and (
                    made := self.maker(owner.name, 0, depth + 1)
                ):
                    yield f"fault.own({made}).{signature.name}", signature

    def value(self, type_: Type, number: int, depth: int = 0) -> str:
        """The `number`-th value of a type."""
        match type_.kind:
            case Kind.NAMED:
                return self._named(type_, number, depth)
            case Kind.UNION:
                # The last first: `T | undefined` is more than undefined.
                real = [one for one in type_.parts if one.kind != Kind.NOTHING] or [*type_.parts]
                return self.value(real[number % len(real)], number // len(real), depth)
            case Kind.ARRAY:
                return self._array(type_.parts[0], number, depth)
            case Kind.TUPLE:
                return f"[{', '.join(self.value(one, number, depth) for one in type_.parts)}]"
            case Kind.RECORD:
                return self._record(type_.fields, number, depth)
            case Kind.LITERAL:
                return type_.name
        return self._simple(type_.kind, number)

    def _simple(self, kind: Kind, number: int) -> str:
        match kind:
            case Kind.STRING:
                return _quoted(_pick(self._strings(), number))
            case Kind.NUMBER:
                return _pick(("3", "1", "0", "16", "0.5", "255"), number)
            case Kind.BIGINT:
                return _pick(("3n", "1n", "0n"), number)
            case Kind.BOOLEAN:
                return _pick(("true", "false"), number)
            case Kind.SYMBOL:
                return "Symbol('s')"
            case Kind.CALLBACK:
                return _pick(("(...given) => given[0]", "() => undefined", "() => true"), number)
            case Kind.NOTHING:
                return "undefined"
        return self._anything(number)

    def _anything(self, number: int) -> str:
        message = self._message()
        text = _quoted(self._strings()[1])
        return _pick(
            (message, text, "7", f"[{message}, 1, {text}]", "new Uint8Array(16)", "true"), number
        )

    def _message(self) -> str:
        random = Random(self._seed)
        words = [random.choice(WORDS) for _ in range(24)]
        return (
            f'{{ id: {random.randrange(1, 1000)}, name: "{" ".join(words)}", '
            f'list: [1, "{words[0]}", null, true, 2.5], '
            f"nested: {{ a: {{ b: {random.randrange(100)} }} }} }}"
        )

    def _strings(self) -> tuple[str, ...]:
        random = Random(self._seed + 1)
        words = [random.choice(WORDS) for _ in range(6)]
        listed = ", ".join(f'"{word}"' for word in words)
        return (
            f'{{"id": {random.randrange(1, 1000)}, "list": [{listed}], "nested": {{"a": null}}}}',
            f"{words[0]}.{words[1]}",
            " ".join(words),
            "1",
            '<svg xmlns="http://www.w3.org/2000/svg"><rect width="8" height="8"/></svg>',
            "https://example.org/a/b?c=d",
            "let x = 1;\n",
            f"from {words[0]}\nselect {{{words[1]}}}\n",
            "#336699",
            "2020-02-29T12:00:00Z",
            f"<p>{words[2]}</p>",
            "a",
        )

    def _array(self, of: Type, number: int, depth: int) -> str:
        if depth > DEPTH:
            return "[]"
        # Of several values, but of texts first of one kind.
        first = self.value(of, number, depth + 1)
        second = self.value(of, number if of.kind == Kind.STRING else number + 1, depth + 1)
        return f"[{first}, {second}]"

    def _record(self, fields: tuple[Field, ...], number: int, depth: int) -> str:
        wanted = [one for one in fields if not one.optional or (number % 2 and depth < 2)]
        if depth > DEPTH:
            wanted = []
        inner = (f"{one.name}: {self.value(one.type, number, depth + 1)}" for one in wanted)
        return f"{{ {', '.join(inner)} }}"

    def _named(self, type_: Type, number: int, depth: int) -> str:
        name = type_.name
        if name in self._aliases and depth <= DEPTH:
            return self.value(self._aliases[name], number, depth + 1)
        if made := self.maker(name, number, depth):
            return f"fault.own({made})"
        if name in TYPED_ARRAYS:
            return _pick(
                (f"new {name}([1, 2, 3, 250])", f"new {name}(32)", f"new {name}(16)"), number
            )
        if name in BIG_ARRAYS:
            return f"new {name}([1n, 2n])"
        if name in ("Promise", "Partial", "Readonly", "Required") and type_.parts:
            inner = self.value(type_.parts[0], number, depth + 1)
            return f"Promise.resolve({inner})" if name == "Promise" else inner
        if name in _OF_THE_LANGUAGE:
            return _OF_THE_LANGUAGE[name]
        return self._anything(number)


_OF_THE_LANGUAGE = {
    "Date": "new Date(0)",
    "Map": 'new Map([["a", 1]])',
    "Set": "new Set([1])",
    "RegExp": "/a/",
    "Function": "(...given) => given[0]",
    "ArrayBuffer": "new ArrayBuffer(16)",
    "DataView": "new DataView(new ArrayBuffer(16))",
    "Error": 'new Error("e")',
    "Record": "{ a: 1 }",
    "String": '"text"',
    "Number": "3",
    "Boolean": "true",
}


def _pick(values: tuple[str, ...], number: int) -> str:
    return values[number % len(values)]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


# ---- inputs that are meant to fail ----


@dataclass(frozen=True, slots=True)
class Bad:
    """An input that is meant to fail, by its name in repro strings."""

    name: str
    source: str
    scalar: bool = False
    """No object: it may stand for a text or a number too."""


MALFORMED = (
    Bad("undefined", "undefined", True),
    Bad("null", "null", True),
    Bad("nan", "NaN", True),
    Bad("infinity", "Infinity", True),
    Bad("negative", "-1", True),
    Bad("fraction", "1.5", True),
    Bad("huge-number", "2 ** 53", True),
    Bad("bigint", "2n ** 70n", True),
    Bad("symbol", "Symbol('s')", True),
    Bad("function", "() => 1"),
    Bad("lone-surrogate", "'\\ud800'", True),
    Bad("lone-surrogate-inside", "{ a: 'x\\udfff' }"),
    Bad("empty-text", "''", True),
    Bad("half-json", "'{\"a\": [1, '", True),
    Bad("two-lines", "'a\\nb'", True),
    Bad("open-bracket", "'(['", True),
    Bad("zero-byte", "'a\\0b'", True),
    Bad("empty-object", "{}"),
    Bad("object-of-oddities", "{ a: 1, b: Symbol('s'), c: () => 1, d: 2n ** 70n }"),
    Bad("array-of-oddities", "[1, undefined, Symbol('s'), () => 1]"),
    Bad("sparse-array", "[, 1, , 2]"),
    Bad("map", "new Map([[{}, 1]])"),
    Bad("date", "new Date(NaN)"),
    Bad("bytes", "new Uint8Array([255, 254, 0])"),
    Bad(
        "revoked-proxy",
        "(() => { const r = Proxy.revocable({}, {}); r.revoke(); return r.proxy; })()",
    ),
)

THROWING = (
    Bad("getter", "{ get a() { fault.raise(); } }"),
    Bad("late-getter", "{ a: 'x'.repeat(200), b: [1, 2], get c() { fault.raise(); } }"),
    Bad("nested-getter", "{ a: [{ get b() { fault.raise(); } }] }"),
    Bad("element-getter", "[1, { get a() { fault.raise(); } }]"),
    Bad("own-keys", "new Proxy({ a: 1 }, { ownKeys() { fault.raise(); } })"),
    Bad("proxy-get", "new Proxy({ a: 1 }, { get() { fault.raise(); } })"),
    Bad("proxy-array", "new Proxy([1, 2], { get() { fault.raise(); } })"),
    Bad("to-json", "{ a: 1, toJSON() { fault.raise(); } }"),
    Bad("to-primitive", "{ [Symbol.toPrimitive]() { fault.raise(); } }"),
    Bad("to-string", "{ toString() { fault.raise(); }, valueOf() { fault.raise(); } }"),
    Bad("iterator", "{ [Symbol.iterator]() { fault.raise(); } }"),
    Bad("length", "{ get length() { fault.raise(); } }"),
    Bad("callback", "() => fault.raise()"),
    Bad("promise", "{ then() { fault.raise(); } }"),
)

DEEP = (
    Bad("cycle", "((o) => (o.self = o))({ a: 1 })"),
    Bad("array-cycle", "((a) => (a.push(a), a))([1])"),
    Bad("deep-array", "nest([], (a) => [a])"),
    Bad("deep-object", "nest({}, (o) => ({ o }))"),
    Bad("deep-json", "'['.repeat(20000) + ']'.repeat(20000)", True),
    Bad("deep-groups", "'('.repeat(20000) + ')'.repeat(20000)", True),
)


def large(type_: Type, name: str, size: int) -> tuple[Bad, ...]:
    """Values of about `size` bytes of a type. None of a type whose values are all small."""
    # The first letter is no ASCII: glue looks at letters one by one until it meets one like it.
    text = f"'é' + 'x'.repeat({size})"
    match type_.kind:
        case Kind.STRING:
            return (Bad(f"{name}-json", f"'[\"' + {text} + '\"]'"),)
        case Kind.ANY | Kind.RECORD:
            return (Bad(f"{name}-field", f"{{ a: {text} }}"),)
        case Kind.ARRAY:
            return tuple(
                Bad(f"list-of-{one.name}", f"[{one.source}]")
                for one in large(type_.parts[0], name, size)
            )
        case Kind.NAMED if type_.name in TYPED_ARRAYS:
            return (Bad(f"{name}-bytes", f"new {type_.name}({size})"),)
        case Kind.UNION:
            return next((found for one in type_.parts if (found := large(one, name, size))), ())
    return ()
