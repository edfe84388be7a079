"""How fast the verifier is: a default run from a cold start, faults per second, every fuel point.

python bench/verify.py [PACKAGE] [--every-fuel-point METHOD]
"""

import argparse
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from wasm_verify import Fault, Options, Session, Trial
from wasm_verify.baseline import measure
from wasm_verify.faults import points_of

EXAMPLE = Path(__file__).parents[1] / "examples" / "swarm-clean" / "engine" / "pkg"
EVERYTHING = 1 << 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("package", nargs="?", default=str(EXAMPLE))
    parser.add_argument("--every-fuel-point", metavar="CLASS.METHOD")
    given = parser.parse_args()
    if given.every_fuel_point:
        sweep(given.package, given.every_fuel_point)
    else:
        cold(given.package)
        rates(given.package)


def cold(package: str) -> None:
    code = f"from wasm_verify import verify; verify({package!r})"
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    print(f"a default run from a cold start: {time.perf_counter() - began:.1f} s")


def rates(package: str) -> None:
    """By kind of fault and by method. One child, so that rates are of one core. What it takes to
    load and measure is left out."""
    options = Options(jobs=1)
    count: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    with Session(package, options) as session:
        for target in session.targets:
            baseline = measure(session.observe, target, session.inputs, growth=True)
            for fault in Fault:
                points = points_of(target, baseline.measured, fault, options.points)
                began = time.perf_counter()
                for point in points:
                    session.run(Trial(target, baseline.make, point, "none", 0))
                for name in (fault.value, target.name):
                    seconds[name] += time.perf_counter() - began
                    count[name] += len(points)
    for title, names in (("fault", Fault), ("method", [one.name for one in session.targets])):
        print(f"\nby {title}")
        for name in filter(count.get, names):
            rate = count[name] / seconds[name]
            print(f"{name:<36} {count[name]:>5} faults, {rate:5.0f} a second")


def sweep(package: str, name: str) -> None:
    """Fuel runs out at each unit of work of one call."""
    with Session(package, Options(jobs=1)) as session:
        target = next(one for one in session.targets if one.name == name)
        baseline = measure(session.observe, target, session.inputs)
        points = points_of(target, baseline.measured, Fault.OUT_OF_FUEL, EVERYTHING)
        began = time.perf_counter()
        poisoned: Counter[bool] = Counter()
        for point in points:
            seen = session.run(Trial(target, baseline.make, point, "none", 0))
            poisoned[seen.poisoned] += 1
        seconds = time.perf_counter() - began
    print(f"{len(points)} points in {seconds:.1f} s, {len(points) / seconds:.0f} a second")
    print(f"poisoned {poisoned[True]}, not {poisoned[False]}")


if __name__ == "__main__":
    main()
