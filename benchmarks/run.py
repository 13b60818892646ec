"""Run the benchmarks and write their timings.

Usage: python -m benchmarks.run [NAME...] [--out FILE] [--compare FILE]

With --compare, a median above 150 % of the one in FILE (taken on the same machine) ends with exit
code 1. A missed target is shown, and is no failure: machines differ.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path

from benchmarks.timing import Benchmark, machine, measure

SLOWER_THAN = 1.5
HERE = Path(__file__).resolve().parent


def collect() -> list[Benchmark]:
    """Every Benchmark in the BENCHMARKS of the files bench_*.py."""
    found: list[Benchmark] = []
    for path in sorted(HERE.glob("bench_*.py")):
        found += importlib.import_module(f"benchmarks.{path.stem}").BENCHMARKS
    return found


def slower(
    results: dict[str, dict[str, object]], before: dict[str, dict[str, object]]
) -> list[str]:
    """The benchmarks that became clearly slower."""
    return [
        f"{name}: {results[name]['median_s']} s, was {before[name]['median_s']} s"
        for name in sorted(results.keys() & before.keys())
        if float(str(results[name]["median_s"]))
        > SLOWER_THAN * float(str(before[name]["median_s"]))
    ]


def main() -> None:
    """Measure, print a table, write the file, compare."""
    parser = argparse.ArgumentParser(description="Time the stages.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=Path, default=Path("build/bench/results.json"))
    parser.add_argument("--compare", type=Path)
    options = parser.parse_args()

    results: dict[str, dict[str, object]] = {}
    for benchmark in collect():
        if options.names and not any(name in benchmark.name for name in options.names):
            continue
        result = measure(benchmark)
        results[benchmark.name] = result
        target = f"target {benchmark.target_s} s" if benchmark.target_s else ""
        print(f"{benchmark.name:<44} {result['median_s']:>9} s   {target}", flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    document = {"machine": machine(), "results": results}
    options.out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"written: {options.out}")
    if options.compare:
        before = json.loads(options.compare.read_text(encoding="utf-8"))["results"]
        if worse := slower(results, before):
            sys.exit("slower than before:\n  " + "\n  ".join(worse))


if __name__ == "__main__":
    main()
