"""Derived contracts beside written ones and beside the sources."""

from dataclasses import replace

from cleanuplint.contracts.combining import combined, with_buffers_of, with_sources
from cleanuplint.contracts.model import Contract, ResourceClass, Returned
from cleanuplint.contracts.registry import Registry

MEMBERS = frozenset({"free", "clearBuffer", "encode", "twin", "peek"})
DERIVED = Contract(
    "pkg/e.d.ts",
    "pkg/e.d.ts",
    modules=("./pkg/e.js",),
    classes={
        "Encoder": ResourceClass(
            "Encoder",
            "pkg/e.d.ts",
            releases=frozenset({"free", "[Symbol.dispose]"}),
            methods={"twin": Returned("Encoder"), "peek": Returned("Encoder")},
            consumes={"encode": (0,)},
            adopts={"twin": (0,)},
            members=MEMBERS,
            origin="pkg/e.d.ts",
        )
    },
    is_derived=True,
)
WRITTEN = Contract(
    "encoders",
    "contracts/encoders.toml",
    modules=("*/e.js",),
    classes={
        "Encoder": ResourceClass(
            "Encoder",
            "encoders",
            releases=frozenset({"free"}),
            clears=frozenset({"clearBuffer", "cleanup"}),
            fills=frozenset({"encode", "encodeAll"}),
            methods={"peek": Returned("Encoder", owned=False)},
            consumes={"twin": (0,)},
            quiet=("peek",),
        ),
        "Extra": ResourceClass("Extra", "encoders", releases=frozenset({"free"})),
    },
    functions={"make": Returned("Extra")},
)


def test_written_knowledge_wins_and_derived_fills_its_gaps() -> None:
    contract = combined(DERIVED, [WRITTEN])
    encoder = contract.classes["Encoder"]
    assert encoder.methods == {"twin": Returned("Encoder"), "peek": Returned("Encoder", False)}
    assert encoder.consumes == {"encode": (0,), "twin": (0,)}
    assert encoder.adopts == {}
    assert encoder.quiet == ("peek",)
    assert encoder.releases == {"free", "[Symbol.dispose]"}
    assert encoder.origin == encoder.contract == "pkg/e.d.ts"
    assert contract.classes["Extra"].contract == "pkg/e.d.ts"
    assert contract.functions == {"make": Returned("Extra")}


def test_what_the_module_does_not_export_neither_fills_nor_clears() -> None:
    encoder = combined(DERIVED, [WRITTEN]).classes["Encoder"]
    assert encoder.fills == {"encode"}
    assert encoder.clears == {"clearBuffer"}


def test_sources_know_exactly_what_fills() -> None:
    source = ResourceClass(
        "Encoder", "crate", clears=frozenset({"clearBuffer"}), fills=frozenset({"twin"})
    )
    contract = with_sources(DERIVED, Contract("crate", "crate", classes={"Encoder": source}))
    assert combined(contract, [WRITTEN]).classes["Encoder"].fills == {"twin"}
    known = WRITTEN.classes["Encoder"]
    assert with_buffers_of(contract, [known]).classes["Encoder"].fills == {"twin"}


def test_fills_of_classes_alike_speak_where_nothing_else_does() -> None:
    encoder = with_buffers_of(DERIVED, WRITTEN.classes.values()).classes["Encoder"]
    assert encoder.fills == {"encode"}
    assert encoder.clears == {"clearBuffer"}
    silent = replace(WRITTEN.classes["Encoder"], clears=frozenset({"wipe"}))
    assert not with_buffers_of(DERIVED, [silent]).classes["Encoder"].fills


def test_an_import_of_bindings_has_one_contract() -> None:
    registry = Registry([WRITTEN, DERIVED])
    [contract] = registry.by_module("./pkg/e.js")
    assert contract.name == DERIVED.name
    assert contract.classes["Encoder"].quiet == ("peek",)
    assert registry.by_module("./other/e.js") == (WRITTEN,)
