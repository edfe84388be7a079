"""Many operations on one instance."""

from pathlib import Path

from tests.verify.modules import AFTER, box, write_package
from wasm_verify import Options, Session, Soak


def test_the_cleaned_engine_does_not_grow_and_is_never_replaced() -> None:
    with Session(AFTER, Options()) as session:
        soak = Soak(session)
        first, second = soak.run(0, 300), soak.run(300, 300)
    assert (first.operations, second.operations) == (300, 600)
    assert second.faults > first.faults > 0
    assert (second.poisoned, second.instances, second.buffer_bytes) == (0, 1, 0)
    assert second.memory_bytes - first.memory_bytes < 1 << 20
    assert second.live_bytes is not None


def test_operations_follow_from_their_number_alone(tmp_path: Path) -> None:
    """So that a soak can be taken up again where it stopped."""
    with Session(AFTER, Options()) as session:
        soak = Soak(session)
        assert soak.operation(17) == Soak(session).operation(17)
        assert len({str(soak.operation(number)) for number in range(50)}) > 10


def test_growth_is_seen(tmp_path: Path) -> None:
    grows = '(func (export "box_fill") (param i32) i32.const 1 memory.grow drop)'
    methods = "fill() { wasm.box_fill(this.__wbg_ptr); }"
    package = write_package(tmp_path / "pkg", box(grows), methods, "fill(): void;")
    with Session(package, Options()) as session:
        snapshot = Soak(session).run(0, 50)
    assert snapshot.memory_bytes == 51 * 65536
