"""What the formats make of a verification and of a soak, from reports written by hand."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest

from cleanuplint.output.verify import concise, full, html, junit
from cleanuplint.output.verify import json as as_json
from cleanuplint.output.verify.growth import sparkline
from cleanuplint.output.verify.verdict import soak_verdict, verdict
from cleanuplint.version import VERSION
from wasm_verify.model import Fault, NotVerified, Report, Result, Verdict
from wasm_verify.overhead import Cost, Overhead
from wasm_verify.soaking import Endurance, Snapshot


def result(method: str, fault: Fault, verdict: Verdict, **changes: object) -> Result:
    given: dict[str, object] = {
        "class_name": "Encoder",
        "guard": "clear",
        "points": 4,
        "reached": 4,
        "count": 4,
        "baseline": 0,
        "residue_bytes": 0 if verdict == Verdict.CLEARED else None,
        "probe": "getBufferSize",
        **changes,
    }
    guard = given["guard"]
    repro = f"{given['class_name']}.{method}:{fault}:1:0:{guard}"
    return Result(method=method, fault=fault, verdict=verdict, repro=repro, **given)  # type: ignore[arg-type]


MALFORMED, THROWING, FUEL = Fault.MALFORMED_INPUT, Fault.THROWING_INPUT, Fault.OUT_OF_FUEL
MIXED = Report(
    module="my pkg",
    engine="wasmtime 1, quickjs-ng 2",
    seed=7,
    results=(
        result("encode", MALFORMED, Verdict.RESIDUE, guard="none", residue_bytes=2019),
        result("encode", MALFORMED, Verdict.CLEARED),
        result("encode", THROWING, Verdict.POISONED, guard="none", count=3, detail="a\0b <i>"),
        result("encode", THROWING, Verdict.CLEARED, guard="none", count=1),
        result("encode", THROWING, Verdict.POISONED, count=3, detail="a\0b <i>"),
        result("encode", THROWING, Verdict.CLEARED, count=1),
        result("encode", FUEL, Verdict.POISONED, guard="none"),
        result("encode", FUEL, Verdict.POISONED),
        result("decode", MALFORMED, Verdict.NOT_REACHED, guard="none", reached=0),
        result("decode", MALFORMED, Verdict.NOT_REACHED, reached=0),
        result(
            "parse", MALFORMED, Verdict.CLEARED, class_name="", guard="none", probe="live bytes"
        ),
    ),
    not_verified=(
        NotVerified("Encoder.decode by getBufferSize", "vacuous: never above 0"),
        NotVerified("Encoder.open", "no generated input was taken"),
    ),
    seconds=1.26,
)
CLEAN = replace(
    MIXED, results=tuple(one for one in MIXED.results if one.fault != THROWING), not_verified=()
)

FULL = """\
my pkg: 3 methods, 36 faults injected, 28 fired
wasmtime 1, quickjs-ng 2, seed 7, 1.3 s

FAULTS THAT GATE (users meet them, code can survive them)

Encoder: getBufferSize() == 0?
                         malformed-input  throwing-input
  encode [none]          no 0/4/4         no 1/4/4
                         2,019 B left     3 poisoned
  encode [clear]         yes 4/4/4        no 1/4/4
                                          3 poisoned
  decode° [none, clear]  – 0/0/4

functions: are the live bytes back?
                         malformed-input  throwing-input
  parse [none]           yes 4/4/4

OTHER FAULTS (what a trap would cost; they decide nothing)

Encoder: getBufferSize() == 0?
                         out-of-fuel
  encode [none, clear]   no 0/4/4
                         4 poisoned
"""


def test_full_shows_the_matrix_at_a_glance() -> None:
    text = full.report(MIXED)
    shown = text.replace("  encode [none, clear] ", "  encode [none, clear]   ")
    assert [line.split() for line in shown.splitlines()[: FULL.count("\n")]] == [
        line.split() for line in FULL.splitlines()
    ]


def test_full_ends_with_the_worst_case_what_was_not_verified_and_the_verdict() -> None:
    tail = full.report(MIXED).split("WORST CASES\n")[1].splitlines()
    assert tail == [
        "poisoned: Encoder.encode, throwing-input, guard clear: 3 of 4: a�b <i>",
        "    cleanuplint verify 'my pkg' --repro Encoder.encode:throwing-input:1:0:clear",
        "",
        "NOT VERIFIED",
        "Encoder.decode by getBufferSize: vacuous: never above 0",
        "Encoder.open: no generated input was taken",
        "",
        "FAIL: 1 method does not come back from faults that users can meet (3 poisoned)",
    ]


def test_columns_of_the_matrix_are_aligned() -> None:
    lines = full.report(MIXED).splitlines()
    head = next(line for line in lines if "throwing-input" in line)
    bare = next(line for line in lines if "[none]" in line and "encode" in line)
    assert head.index("throwing-input") == bare.rindex("no 1/4/4")
    assert head.index("malformed-input") == bare.index("no 0/4/4")


def test_color_is_only_added() -> None:
    colored = full.report(MIXED, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == full.report(MIXED)


def test_concise_has_one_line_for_a_failure_and_one_for_the_verdict() -> None:
    assert concise.report(MIXED).splitlines() == [
        "my pkg: poisoned: Encoder.encode, throwing-input, guard clear: 3 of 4: a�b <i> "
        "(--repro Encoder.encode:throwing-input:1:0:clear)",
        "my pkg: FAIL: 1 method does not come back from faults that users can meet (3 poisoned)",
    ]


def test_json_is_the_object_that_is_documented() -> None:
    text = as_json.report(MIXED)
    assert text.isascii()
    said = json.loads(text)
    assert list(said) == ["version", "module", "engine", "seed", "results", "not_verified"]
    assert said["version"] == VERSION
    assert said["results"][0] == {
        "class": "Encoder",
        "method": "encode",
        "fault": "malformed-input",
        "guard": "none",
        "points": 4,
        "reached": 4,
        "verdict": "residue",
        "count": 4,
        "baseline": 0,
        "residue_bytes": 2019,
        "repro": "Encoder.encode:malformed-input:1:0:none",
    }
    assert said["not_verified"][1] == {
        "what": "Encoder.open",
        "reason": "no generated input was taken",
    }


def test_junit_fails_what_gates_and_skips_what_proves_nothing() -> None:
    root = fromstring(junit.report(MIXED))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("7", "1", "4")
    cases = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert cases == {
        "encode malformed-input (guard clear)": [],
        "encode throwing-input (guard clear)": ["failure"],
        "encode out-of-fuel (guard clear)": ["skipped"],
        "decode malformed-input (guard clear)": ["skipped"],
        "parse malformed-input (guard none)": [],
        "Encoder.decode by getBufferSize": ["skipped"],
        "Encoder.open": ["skipped"],
    }
    failure = next(root.iter("failure"))
    assert failure.get("message", "").endswith("a�b <i>")
    assert "--repro Encoder.encode:throwing-input:1:0:clear" in (failure.text or "")


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (CLEAN, "PASS: every gating fault that was reached came back, 8 of 8"),
        (
            replace(CLEAN, results=CLEAN.results[4:6]),
            "PASS, but nothing was proved: no gating fault was reached",
        ),
        (replace(CLEAN, results=()), "NOTHING VERIFIED: see above for the reasons"),
        (
            replace(MIXED, gate=frozenset({FUEL})),
            "FAIL: 1 method does not come back from faults that users can meet (4 poisoned)",
        ),
    ],
)
def test_the_last_line_is_the_verdict(report: Report, line: str) -> None:
    assert verdict(report) == line
    assert full.report(report).splitlines()[-1] == line


# ---- the page ----

VOID = ("meta", "line", "circle", "rect", "polyline", "br")


class Page(HTMLParser):
    """Checks that what is opened is closed, in order, and remembers what the page asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.words = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in VOID or self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_stands_alone() -> None:
    page = Page(html.report(MIXED))
    assert not page.fetched and "script" not in page.tags and "link" not in page.tags
    assert page.tags.count("table") == 3 and "svg" in page.tags
    assert "getBufferSize() == 0?" in page.words
    assert "FAIL: 1 method does not come back" in page.words
    assert "2,019 B left" in page.words


def test_what_a_module_says_is_only_text_on_the_page() -> None:
    evil = result("<script>alert(1)</script>", MALFORMED, Verdict.RESIDUE, detail="<img src=x>")
    page = Page(html.report(replace(MIXED, module="<b>", results=(evil,))))
    assert "script" not in page.tags and "img" not in page.tags
    assert "<script>alert(1)</script>" in page.words


# ---- a soak ----


def shot(operations: int, memory: int, life: int = 0) -> Snapshot:
    return Snapshot(operations, operations / 100, memory, memory // 2, 0, 90 << 20, life)


STABLE = Endurance(
    module="pkg",
    engine="wasmtime 1",
    fingerprint="f",
    seed=0,
    guard="clear",
    max_growth=5 << 20,
    operations=10_000,
    seconds=100.0,
    faults=1_000,
    lives=1,
    snapshots=tuple(shot(n * 1000, 2 << 20) for n in range(11)),
    methods=("Encoder.encode",),
)
GROWING = replace(
    STABLE,
    lives=2,
    deaths=("after 5,000: no more",),
    snapshots=tuple(shot(n * 1000, (2 + n) << 20, life=n // 6) for n in range(11)),
)


def test_a_stable_soak_passes() -> None:
    text = full.soak(STABLE)
    assert text.splitlines()[-1] == "PASS: memory stable, it grew by 0.00 MB (at most 5.00 MB may)"
    assert "throughput   100 operations a second" in text
    assert "linear memory  ███████████ 2.00 MB → 2.00 MB" in text
    assert as_json.soak(STABLE).count('"operations"') == 12


def test_growth_and_deaths_fail() -> None:
    assert soak_verdict(GROWING) == (
        "FAIL: the module died once; its memory grew by 9.00 MB, more than 5.00 MB"
    )
    failure = next(fromstring(junit.soak(GROWING)).iter("failure"))
    assert failure.get("message") == soak_verdict(GROWING)
    assert concise.soak(GROWING).startswith("pkg: FAIL: ")


def test_the_chart_breaks_where_an_instance_died() -> None:
    text = html.soak(GROWING)
    page = Page(text)
    assert not page.fetched
    assert text.count('<polyline class="memory"') == 2
    assert 'class="life"' in text and 'class="limit"' in text
    assert "after 5,000: no more" in page.words


def test_a_soak_without_snapshots_is_told_too() -> None:
    nothing = replace(STABLE, snapshots=(), operations=0, interrupted=True)
    for told in (full.soak(nothing), Page(html.soak(nothing)).words, concise.soak(nothing)):
        assert "NOTHING MEASURED; stopped after 0 operations" in told


@pytest.mark.parametrize(
    ("values", "line"),
    [((), ""), ((0, 0), "▁▁"), ((5, 5), "██"), ((0, 7, 14, 21, 28), "▁▃▅▆█")],
)
def test_sparkline(values: tuple[int, ...], line: str) -> None:
    assert sparkline(values) == line


def test_a_long_soak_fits_the_terminal() -> None:
    assert len(sparkline(range(5000), width=60)) == 60


# ---- an overhead ----

COSTS = Overhead(
    module="my pkg",
    engine="node 20",
    guard="clear",
    costs=(
        Cost("Encoder.encode", 100, 4e-6, 5e-6, (1.0, 1.2, 1.25, 1.3, 1.5)),
        Cost("Encoder.<b>", 100, 1e-6, 1e-6, (0.9, 0.95, 1.0, 1.05, 1.1)),
    ),
    not_verified=(NotVerified("Encoder.open", "it can't be called again and again"),),
    seconds=1.5,
)


def test_the_page_shows_the_cost_of_each_method() -> None:
    text = html.overhead(COSTS)
    page = Page(text)
    assert not page.fetched and "b" not in page.tags
    assert text.count('<rect class="spread"') == text.count('<circle class="middle"') == 2
    for told in ("the guard costs +7.5% of a call", "4.00 µs", "+25.0%", "Encoder.<b>", "0%"):
        assert told in page.words
    assert "Encoder.open: it can't be called again and again" in page.words


def test_a_middle_lies_within_its_half_on_the_chart() -> None:
    text = html.overhead(COSTS)
    spans = re.findall(r'class="spread" x="([\d.]+)" y="\d+" width="([\d.]+)"', text)
    middles = re.findall(r'class="middle" cx="([\d.]+)"', text)
    for (left, width), middle in zip(spans, middles, strict=True):
        assert float(left) < float(middle) < float(left) + float(width)


def test_a_cost_is_no_failure_for_a_build_server() -> None:
    root = fromstring(junit.overhead(COSTS))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("3", "0", "1")
    first = next(root.iter("testcase"))
    assert first.get("name") == "Encoder.encode"
    assert first.findtext("system-out") == (
        "+25.0%, half of all pairs from +10.0% to +40.0%; 4.00 µs bare, 5.00 µs guarded"
    )


def test_nothing_measured_is_told_in_every_format() -> None:
    nothing = replace(COSTS, costs=())
    assert "NOTHING MEASURED" in Page(html.overhead(nothing)).words
    assert "NOTHING MEASURED" in full.overhead(nothing)
    root = fromstring(junit.overhead(nothing))
    assert (root.get("tests"), root.get("skipped")) == ("1", "1")
