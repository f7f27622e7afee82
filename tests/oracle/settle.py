"""What does a close write down, and what is payable afterwards? A ledger, period after period."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from .holds import ACCOUNTS, NOTHING, Amounts, Line
from .plans import Plan

Booked = tuple[Line, int]
Due = tuple[str, str, int]


@dataclass
class Ledger:
    """What was settled: of each line, and what is still to be recovered of whom, by currency."""

    closes: int
    last_closed: int | None = None
    settled: dict[Line, Amounts] = field(default_factory=dict)
    owed: dict[tuple[str, str], Fraction] = field(default_factory=dict)

    def open_lines(self, now: dict[Line, Amounts]) -> dict[Booked, Amounts]:
        """What differs from what was settled: in its own period, or in the first open one."""
        found = {}
        for line in {**now, **self.settled}:
            known, before = now.get(line, NOTHING), self.settled.get(line, NOTHING)
            differs = {account: known[account] - before[account] for account in ACCOUNTS}
            if any(differs.values()):
                found[line, self._books(line[-1])] = differs
        return found

    def _books(self, belongs_to: int) -> int:
        if self.last_closed is None or belongs_to > self.last_closed:
            return belongs_to
        return self.last_closed + self.closes

    def recoveries(self, lines: dict[Booked, Amounts], plans: list[Plan]) -> dict[Due, tuple[Fraction, Fraction]]:
        """What each payout recovers, and what it puts off: by person, currency and period."""
        version = {(plan.name, plan.version): plan for plan in plans}
        payouts: dict[Due, list[tuple[Plan, Amounts]]] = {}
        for (line, period), amounts in lines.items():
            plan = version[line[1], line[2]]
            payouts.setdefault((line[0], plan.currency, period), []).append((plan, amounts))
        owed, found = dict(self.owed), {}
        for (person, currency, period), rows in sorted(payouts.items(), key=lambda item: item[0]):
            payout = sum((amounts["payable"] for _, amounts in rows), Fraction(0))
            taken = sum((amounts["recoverable"] for _, amounts in rows), Fraction(0))
            put_off = max(-payout, Fraction(0))
            at_most = min(plan.recovered_at_most for plan, _ in rows)
            room = max(payout, Fraction(0)) * at_most * 100 // 1 * Fraction(1, 100)
            due = owed.get((person, currency), Fraction(0)) + taken + put_off
            recovered = min(room, due)
            owed[person, currency] = due - recovered
            if recovered or put_off:
                found[person, currency, period] = (recovered, put_off)
        return found

    def close(self, now: dict[Line, Amounts], plans: list[Plan], period: int) -> None:
        """Settle a period, and all before it."""
        lines = self.open_lines(now)
        version = {(plan.name, plan.version): plan for plan in plans}
        recovered = self.recoveries(lines, plans)
        for (line, booked), amounts in lines.items():
            if booked <= period:
                so_far = self.settled.setdefault(line, dict(NOTHING))
                for account in ACCOUNTS:
                    so_far[account] += amounts[account]
                self._owe(line[0], version[line[1], line[2]].currency, amounts["recoverable"])
        for (person, currency, booked), (taken, put_off) in recovered.items():
            if booked <= period:
                self._owe(person, currency, put_off - taken)
        self.last_closed = period

    def _owe(self, person: str, currency: str, amount: Fraction) -> None:
        self.owed[person, currency] = self.owed.get((person, currency), Fraction(0)) + amount
