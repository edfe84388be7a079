"""A contract that is written is the contract that is read back."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleanuplint.contracts.loading import load
from cleanuplint.contracts.model import Contract, ResourceClass, Returned
from cleanuplint.contracts.spelling import both_spellings
from cleanuplint.contracts.writing import toml_of

NAME = "written-by-a-test"
CLASSES = ("Picture", "Layer", "ns.Deep", "a.3d.Point", "$Odd_1")
ANY = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=12
)
IDENTIFIERS = st.from_regex(r"[A-Za-z_$][A-Za-z0-9_$]{0,8}", fullmatch=True)
METHODS = st.one_of(IDENTIFIERS, st.just("[Symbol.dispose]"), ANY)


def settled(names: frozenset[str]) -> frozenset[str]:
    """The names with all their spellings, which the loader has nothing to add to."""
    again = both_spellings(names)
    return names if again == names else settled(again)


SPELLED = st.frozensets(METHODS, max_size=4).map(settled)
SETS = st.frozensets(METHODS, max_size=4)
LISTS = st.lists(ANY, max_size=3).map(tuple)


def results(classes: tuple[str, ...]) -> st.SearchStrategy[dict[str, Returned]]:
    result = st.builds(Returned, st.sampled_from(classes), st.booleans(), st.booleans())
    return st.dictionaries(METHODS, result, max_size=3)


def indices(lowest: int) -> st.SearchStrategy[dict[str, tuple[int, ...]]]:
    positions = st.lists(st.integers(lowest, 5), max_size=3).map(tuple)
    return st.dictionaries(METHODS, positions, max_size=3)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    names = tuple(draw(st.lists(st.sampled_from(CLASSES), min_size=1, unique=True)))
    quiet = draw(LISTS)
    classes = {
        name: ResourceClass(
            name=name,
            contract=NAME,
            constructor=draw(st.booleans()),
            finalized=draw(st.booleans()),
            releases=draw(SPELLED),
            released_by=draw(LISTS),
            clears=draw(SPELLED),
            fills=draw(SPELLED),
            methods=(methods := draw(results((*names, "module")))),
            getters=frozenset(sorted(methods)[:1]),
            consumes=draw(indices(-1)),
            adopts=draw(indices(0)),
            frees=draw(st.frozensets(st.sampled_from(names))),
            quiet=(*draw(LISTS), *quiet),
            distinctive=draw(SETS),
            receivers=draw(LISTS),
            members=draw(SETS),
        )
        for name in names
    }
    functions = draw(results((*names, "module")))
    return Contract(
        name=NAME,
        source="",
        modules=draw(LISTS),
        globals=draw(LISTS),
        default=draw(st.none() | st.sampled_from((*names, *functions))),
        classes=classes,
        functions=functions,
        consumes=draw(indices(0)),
        quiet=quiet,
    )


def read_back(text: str) -> Contract:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "kept.toml"
        path.write_text(text, encoding="utf-8")
        return load([path]).contracts[-1]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(contracts())
def test_what_is_written_is_read_back(contract: Contract) -> None:
    found = read_back(toml_of(contract))
    for field in Contract.__slots__:
        if field != "source":
            assert getattr(found, field) == getattr(contract, field), field


@pytest.mark.parametrize("contract", load().contracts, ids=lambda contract: contract.name)
def test_shipped_contracts_too(contract: Contract) -> None:
    text = toml_of(contract).replace(f'name = "{contract.name}"', f'name = "{NAME}"', 1)
    found = read_back(text)
    assert found.functions == contract.functions
    assert found.consumes == contract.consumes
    assert found.classes.keys() == contract.classes.keys()
    for name, cls in contract.classes.items():
        again = found.classes[name]
        assert (again.releases, again.fills, again.methods, again.quiet) == (
            cls.releases,
            cls.fills,
            cls.methods,
            cls.quiet,
        )
