"""From a log of orders to what every customer is worth, beside `lifetimes` and `pymc-marketing`. One command, one table.

    .venv/bin/python benchmarks/value_orders.py                               1,000,000 customers, 4.2 million orders
    .venv/bin/python benchmarks/value_orders.py --many 10000000               … and Keepwell alone with ten times as many
    .venv/bin/python benchmarks/value_orders.py --customers 20000 --peers /path/to/python

All read the same Parquet file, fit BG/NBD and gamma-gamma, and value twelve months at 10% a year; each is a process of its own,
imports included. What they find is compared. Ratios are of seconds of processor, for a busy machine makes those on the clock
worthless. The peers' packages may stand in an environment of their own (`--peers`: its Python). Targets: twelve times as
fast as each; the BG/NBD fit of a million customers under .6 s; ten million under 60 s and 4 GB. A missed target ends with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from children import HERE, Took, machine, run_child

GB = 1e9
TIMES = 12.0
FIT_SECONDS = 0.6
MANY_SECONDS, MANY_GB = 60.0, 4.0


def main() -> int:
    """Measure, and print each line when it is known. 0: every target is met, and all agree."""
    asked = _asked()
    print(f"Machine   {machine()}\nLoad      {os.getloadavg()[0]:.1f} when it began")
    print(f"Command   python benchmarks/value_orders.py {' '.join(sys.argv[1:])}")
    print(f"When      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="keepwell-value-", dir=asked.folder) as scratch:
        met = [*_beside_peers(Path(scratch), asked), *(_many(Path(scratch), asked) if asked.many else [])]
    print(f"\nLoad      {os.getloadavg()[0]:.1f} when it ended")
    return 0 if all(met) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time lifetime value from a log of orders beside its peers.")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--many", type=int, default=0, help="so many customers for Keepwell alone")
    parser.add_argument("--contenders", nargs="*", default=["lifetimes", "pymc"], choices=("lifetimes", "pymc"))
    parser.add_argument("--peers", default=sys.executable, help="the Python that has the peers' packages")
    parser.add_argument("--limit", type=float, default=1800.0, help="seconds after which a contender is stopped")
    parser.add_argument("--folder", type=Path, default=None, help="where to put what is measured (default: /tmp)")
    return parser.parse_args()


def _beside_peers(scratch: Path, asked: argparse.Namespace) -> list[bool]:
    log = scratch / "orders.parquet"
    run_child([str(HERE / "value_data.py"), str(asked.customers), str(log)])
    _, told = _contend(scratch, log, "keepwell", sys.executable, asked.limit)
    met = [_say("BG/NBD fit once loaded, seconds of processor", told["steps"]["BG/NBD"][1], FIT_SECONDS)]
    for name in asked.contenders:
        _, found = _contend(scratch, log, name, asked.peers, asked.limit)
        if not found:
            continue
        met.append(_say(f"{name} ÷ keepwell, CPU", _seconds(found, 1) / _seconds(told, 1), TIMES, least=True))
        print(f"{f'{name} ÷ keepwell, on the clock':<60} {_seconds(found, 0) / _seconds(told, 0):.3g}", flush=True)
        apart = max(abs(one / two - 1) for one, two in zip(found["parameters"], told["parameters"], strict=True))
        met.append(_say(f"{name}: parameters differ by at most", apart, 0.01))
        met.append(_say(f"{name}: worth of 360 days differs by", abs(found["compared"] / told["compared"] - 1), 0.001))
    return met


def _many(scratch: Path, asked: argparse.Namespace) -> list[bool]:
    log = scratch / "many.parquet"
    run_child([str(HERE / "value_data.py"), str(asked.many), str(log)])
    took, _ = _contend(scratch, log, "keepwell", sys.executable, asked.limit)
    return [
        _say(f"{asked.many:,} customers, seconds of processor ({took.wall:.0f} on the clock)", took.cpu, MANY_SECONDS),
        _say(f"{asked.many:,} customers, GB at the peak", took.peak / GB, MANY_GB),
    ]


def _contend(scratch: Path, log: Path, name: str, python: str, limit: float) -> tuple[Took, dict[str, Any]]:
    """What a contender took, and what it told; nothing where it was stopped."""
    out = scratch / f"{name}.json"
    took = run_child([str(HERE / "value_by.py"), name, str(log), str(out)], limit, python=python)
    ended = (
        f"stopped after {limit:.0f} s"
        if took.stopped
        else f"{took.wall:.1f} s ({took.cpu:.1f} s CPU), {took.peak / GB:.2f} GB"
    )
    print(f"{name:<60} {ended}", flush=True)
    if took.stopped:
        return took, {}
    told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    for step, (clock, processor) in told["steps"].items():
        print(f"  {step:<58} {clock:.2f} s ({processor:.2f} s CPU)", flush=True)
    return took, told


def _seconds(told: dict[str, Any], which: int) -> float:
    """From import to value, on the clock (0) or of processor (1), without what is done to compare."""
    return float(sum(step[which] for step in told["steps"].values()))


def _say(what: str, found: float, bound: float, *, least: bool = False) -> bool:
    met = found >= bound if least else found <= bound
    print(f"{what:<60} {found:.4g}   {'≥' if least else '≤'} {bound:g}   {'met' if met else 'NOT MET'}", flush=True)
    return met


if __name__ == "__main__":
    raise SystemExit(main())
