"""How fast is Keepwell, and beside what? One command that measures all of it in one run, and prints one table.

    .venv/bin/python benchmarks/run.py                      everything, about half an hour on two cores
    .venv/bin/python benchmarks/run.py --events 200000 --parts size

Every contender is a process of its own; rivals take turns (A B A B), and medians are shown. Where a target stands beside
a figure, the last column says whether it was met. A busy machine makes seconds on the clock worthless: the table states
seconds of processor too, and ratios are of those.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from agree import differing_rows, disagreeing_payees, payee_count
from children import HERE, Took, machine, middle, run_child

PARTS = ("commands", "demo", "collect", "size", "scale")
GB = 1e9


@dataclass(frozen=True)
class Row:
    """A line of the table; `met` is None where there is no target."""

    what: str
    found: str
    target: str = ""
    met: bool | None = None


def main() -> int:
    """Measure what was asked for. 0: every target that was measured is met; 1: some are not."""
    asked = _asked()
    print(f"Machine   {machine()}")
    print(f"Load      {os.getloadavg()[0]:.1f} when it began")
    print(f"Command   python benchmarks/run.py {' '.join(sys.argv[1:])}")
    print(f"When      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n", flush=True)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="keepwell-bench-", dir=asked.folder) as scratch:
        for part in asked.parts:
            for row in _PARTS[part](Path(scratch), asked):
                rows.append(row)
                print(f"{row.what:<66} {row.found:>26}   {row.target:<12} {_said(row.met)}", flush=True)
    print(f"\nLoad      {os.getloadavg()[0]:.1f} when it ended")
    return 0 if all(row.met is not False for row in rows) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time Keepwell beside a hand-written script and pandas.")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--payees", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3, help="how often rivals take turns")
    parser.add_argument("--scales", type=int, nargs="+", default=[1_000_000, 5_000_000, 20_000_000])
    parser.add_argument("--csv-rows", type=int, default=5_000_000)
    parser.add_argument("--limit", type=float, default=1200.0, help="seconds after which a contender is stopped")
    parser.add_argument("--folder", type=Path, default=None, help="where to put what is measured (default: /tmp)")
    return parser.parse_args()


def _commands(_scratch: Path, asked: argparse.Namespace) -> Iterator[Row]:
    for word, most in (("--version", 0.1), ("--help", 0.4)):
        run_child(["-m", "keepwell", word])
        took = middle([run_child(["-m", "keepwell", word]) for _ in range(max(asked.rounds, 5))])
        yield Row(f"keepwell {word}", f"{took.cpu * 1000:.0f} ms CPU", f"< {most * 1000:.0f} ms", took.cpu < most)


def _demo(scratch: Path, _asked: argparse.Namespace) -> Iterator[Row]:
    took = run_child(["-m", "keepwell", "demo", str(scratch / "acme")], folder=scratch)
    yield Row(
        "demo of 500 customers, from nothing to the report",
        f"{took.wall:.1f} s ({took.cpu:.1f} s CPU)",
        "< 20 s",
        took.wall < 20,
    )


def _collect(scratch: Path, asked: argparse.Namespace) -> Iterator[Row]:
    project = scratch / "large"
    _make("large_file.py", project, asked.csv_rows)
    size = (project / "exports" / "activities.csv").stat().st_size
    took = run_child(["-m", "keepwell", "collect"], asked.limit, project)
    what = f"collect of one CSV, {asked.csv_rows:,} rows, {size / GB:.2f} GB"
    yield Row(f"{what}: peak memory", f"{took.peak / GB:.2f} GB", "< 2 GB", took.peak < 2 * GB)
    yield Row(f"{what}: time", f"{took.wall:.0f} s ({took.cpu:.0f} s CPU)")
    shutil.rmtree(project)


def _size(scratch: Path, asked: argparse.Namespace) -> Iterator[Row]:
    data = scratch / "snapshot"
    _make("snapshot.py", data, asked.events, asked.payees)
    rivals = {"Keepwell": ("by_keepwell.py", "same"), "by hand": ("by_hand.py",)}
    turns: dict[str, list[Took]] = {name: [] for name in rivals}
    for _ in range(asked.rounds):
        for name, (script, *words) in rivals.items():
            turns[name].append(_compute(script, data, scratch / name, asked.limit, *words))
    same, hand = middle(turns["Keepwell"]), middle(turns["by hand"])
    ours = _compute("by_keepwell.py", data, scratch / "whole", asked.limit)
    pandas = _compute("by_pandas.py", data, scratch / "pandas", asked.limit)
    print(f"\n{asked.events:,} events, {asked.payees:,} payees:")
    contenders = {"Keepwell: journey, measures, pay, all tables": ours, "Keepwell: the tables that both write": same,
                  "by hand in SQL: the same tables": hand, "pandas: all tables": pandas}  # fmt: skip
    for name, took in contenders.items():
        ended = "stopped after " if took.stopped else ""
        yield Row(name, f"{ended}{took.wall:.1f} s ({took.cpu:.1f} s CPU), {took.peak / GB:.1f} GB")
    yield _ratio("Keepwell ÷ by hand, the same tables", same, hand, "≤ 1.5", met=same.cpu <= 1.5 * hand.cpu)
    yield _ratio("Keepwell with all its tables ÷ by hand", ours, hand)
    yield _ratio("pandas ÷ Keepwell, all tables", pandas, ours, "≥ 10", met=pandas.cpu >= 10 * ours.cpu)
    yield Row("pandas' peak memory ÷ Keepwell's", f"{pandas.peak / ours.peak:.2f}")
    yield Row("Keepwell's peak memory", f"{ours.peak / GB:.2f} GB", "< 4 GB", ours.peak < 4 * GB)
    yield from _agreement(scratch)


def _ratio(what: str, one: Took, other: Took, target: str = "", *, met: bool | None = None) -> Row:
    return Row(what, f"{one.cpu / other.cpu:.2f} CPU ({one.wall / other.wall:.2f} clock)", target, met)


def _agreement(scratch: Path) -> Iterator[Row]:
    one, other = scratch / "Keepwell", scratch / "by hand"
    wrong = disagreeing_payees(one, other)
    people, payable = payee_count(one)
    yield Row(f"payouts of {people:,} people, {payable} EUR: cents that differ", str(len(wrong)), "0", not wrong)
    for name, here, there in (
        ("Keepwell and by hand", one, other),
        ("Keepwell and pandas", scratch / "whole", scratch / "pandas"),
    ):
        rows = differing_rows(here, there)
        yield Row(
            f"rows that differ in {len(rows)} tables: {name}", str(sum(rows.values())), "0", not any(rows.values())
        )
    for folder in (one, other, scratch / "whole", scratch / "pandas"):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(scratch / "snapshot")


def _scale(scratch: Path, asked: argparse.Namespace) -> Iterator[Row]:
    costs: list[tuple[int, Took]] = []
    for events in asked.scales:
        data = scratch / f"events-{events}"
        _make("snapshot.py", data, events, asked.payees)
        took = _compute("by_keepwell.py", data, scratch / "scaled", asked.limit * 3)
        costs.append((events, took))
        yield Row(f"{events:,} events", f"{took.wall:.0f} s ({took.cpu:.0f} s CPU), {took.peak / GB:.1f} GB")
        shutil.rmtree(data)
    (few, first), (many, last) = costs[0], costs[-1]
    grown = (last.cpu / many) / (first.cpu / few)
    yield Row(f"CPU per event at {many:,} ÷ at {few:,}", f"{grown:.2f}", "≤ 1", grown <= 1)


def _compute(script: str, data: Path, out: Path, limit: float, *words: str) -> Took:
    shutil.rmtree(out, ignore_errors=True)
    return run_child([str(HERE / script), str(data), str(out), *words], limit)


def _make(script: str, folder: Path, *sizes: int) -> None:
    """Make data in a process of its own: a child's peak memory counts what its parent held when it was started."""
    run_child([str(HERE / script), str(folder), *map(str, sizes)])


def _said(met: bool | None) -> str:
    return "" if met is None else "met" if met else "NOT MET"


_PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[Row]]] = {
    "commands": _commands, "demo": _demo, "collect": _collect, "size": _size, "scale": _scale,
}  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
