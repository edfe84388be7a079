"""One line for each failure, with its repro; last the verdict."""

from cleanuplint.output.verify.verdict import case, overhead_verdict, soak_verdict, verdict, worst
from wasm_verify.model import Report
from wasm_verify.overhead import Overhead
from wasm_verify.soaking import Endurance


def report(found: Report, color: bool = False) -> str:
    lines = [f"{one.verdict}: {case(one)} (--repro {one.repro})" for one in worst(found)]
    return "".join(f"{found.module}: {line}\n" for line in (*lines, verdict(found)))


def soak(found: Endurance, color: bool = False) -> str:
    rate = f"{found.operations:,} operations at {found.rate:,.0f} a second"
    return f"{found.module}: {soak_verdict(found)} ({rate})\n"


def overhead(found: Overhead, color: bool = False) -> str:
    return f"{found.module}: {overhead_verdict(found)} ({found.engine}, guard {found.guard})\n"
