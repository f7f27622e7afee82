"""How does pay do with ten million facts, a thousand plans, and one fact that comes late? One command, one table.

    .venv/bin/python benchmarks/pay_scale.py                    10,000,000 facts, 5,000 payees, 40 plans, 24 months
    .venv/bin/python benchmarks/pay_scale.py --facts 500000 --payees 500

Keepwell knows forty plans of one rule each, and finds whom they claim, who is credited and what was settled; the script
that was written by hand knows the one rule. Both write the same lines, totals, trace and journal, which are compared. Ratios are
of seconds of processor, for a busy machine makes those on the clock worthless.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from agree import differing_rows
from children import HERE, Took, machine, run_child

GB = 1e9


def main() -> int:
    """Measure, and print each line when it is known. 0: what is compared agrees; 1: some rows differ."""
    asked = _asked()
    print(f"Machine   {machine()}\nLoad      {os.getloadavg()[0]:.1f} when it began")
    print(f"Command   python benchmarks/pay_scale.py {' '.join(sys.argv[1:])}")
    print(f"When      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="keepwell-pay-", dir=asked.folder) as scratch:
        differing = _measure(Path(scratch), asked)
    print(f"\nLoad      {os.getloadavg()[0]:.1f} when it ended")
    return 1 if differing else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Time pay at scale beside a script written for one plan.")
    parser.add_argument("--facts", type=int, default=10_000_000)
    parser.add_argument("--payees", type=int, default=5_000)
    parser.add_argument("--kind", choices=("curve", "rate"), default="curve", help="the plans' rule")
    parser.add_argument("--limit", type=float, default=1200.0, help="seconds after which a contender is stopped")
    parser.add_argument("--folder", type=Path, default=None, help="where to put what is measured (default: /tmp)")
    return parser.parse_args()


def _measure(scratch: Path, asked: argparse.Namespace) -> int:
    facts, full, hand = scratch / "facts", scratch / "full", scratch / "hand"
    run_child([str(HERE / "pay_facts.py"), str(facts), str(asked.facts), str(asked.payees)])

    def ours(out: Path, plans: int, *more: str) -> Took:
        return run_child(
            [str(HERE / "pay_by_keepwell.py"), str(facts), str(out), str(plans), asked.kind, *more], asked.limit
        )

    of_forty = ours(full, 40)
    _say("Keepwell, 40 plans, everything with its trace", of_forty)
    by_hand = run_child([str(HERE / "pay_by_hand.py"), str(facts), str(hand), "40", asked.kind], asked.limit)
    _say("one plan by hand: the same lines, totals, trace and journal", by_hand)
    rows = differing_rows(full / "tables", hand)
    print(f"{'rows that differ in ' + ', '.join(rows):<60} {sum(rows.values())}", flush=True)
    again = ours(scratch / "again", 40, "late", str(full))
    _say("Keepwell again, after one late fact", again)
    few, many = ours(scratch / "few", 10), ours(scratch / "many", 1000)
    _say("Keepwell, 10 plans", few)
    _say("Keepwell, 1,000 plans", many)
    print()
    _ratio("40 plans ÷ one by hand", of_forty, by_hand, 2.0)
    _ratio("after one late fact ÷ everything", again, of_forty, 0.25)
    _ratio("1,000 plans ÷ 10", many, few, 1.25)
    print(f"{'peak memory':<60} {of_forty.peak / GB:.2f} GB   < 6 GB   {_met(of_forty.peak < 6 * GB)}")
    return sum(rows.values())


def _say(what: str, took: Took) -> None:
    ended = "stopped after " if took.stopped else ""
    print(f"{what:<60} {ended}{took.wall:.0f} s ({took.cpu:.0f} s CPU), {took.peak / GB:.2f} GB", flush=True)


def _ratio(what: str, one: Took, other: Took, most: float) -> None:
    found = one.cpu / other.cpu
    print(
        f"{what:<60} {found:.2f} CPU ({one.wall / other.wall:.2f} clock)   ≤ {most}   {_met(found <= most)}", flush=True
    )


def _met(yes: bool) -> str:
    return "met" if yes else "NOT MET"


if __name__ == "__main__":
    raise SystemExit(main())
