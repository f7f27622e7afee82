"""Which lines does a run propose to settle, and are they the ones that were approved? Rows by their hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.identifiers import digest
from keepwell.core.periods import Period
from keepwell.pay.evidence_levels import SETTLED_EVIDENCE
from keepwell.pay.plan_tables import ACTUAL

KEY = ("scenario", "person_id", "period", "line_id")
Totals = dict[str, dict[str, Decimal]]


def rows_hash(rows: pa.Table, key: Sequence[str] = (), leave_out: Sequence[str] = ()) -> str:
    """A hash of what rows say, in the order of their key; without one, in their own.

    A column that says nothing at all adds nothing: a column that Keepwell got later does not change earlier hashes.
    """
    rows = rows.sort_by([(name, "ascending") for name in key]) if key else rows
    parts: list[bytes | str] = [str(rows.num_rows)]
    for name in sorted(set(rows.column_names) - set(leave_out)):
        if rows[name].null_count < rows.num_rows:
            text: Any = rows[name].cast(pa.large_string())
            lengths: Any = pc.fill_null(pc.binary_length(text), -1)
            parts += [name, lengths.to_numpy().astype("<i8").tobytes(), "".join(pc.fill_null(text, "").to_pylist())]
    return digest(*parts)


@dataclass(frozen=True)
class Proposal:
    """What a run would settle of a period: its open lines up to it. `today` is the run's day, `settled` the lines of
    closed periods that the run knew, `decided` the other tables from the books that it was told, by name, `evidence` what
    its scores rest on and the books do not have yet.
    """

    period: Period
    run_id: str
    today: date
    lines: pa.Table
    settled: pa.Table
    decided: Mapping[str, pa.Table]
    evidence: pa.Table

    @cached_property
    def hash(self) -> str:
        """The hash of the lines, settled or not."""
        return rows_hash(self.lines, KEY, leave_out=("status",))

    @cached_property
    def people(self) -> Totals:
        """What is payable to whom: person, currency, amount."""
        return totals_of(self.lines)

    @property
    def payable(self) -> dict[str, Decimal]:
        """What is payable in all, by currency."""
        found: dict[str, Decimal] = {}
        for by_currency in self.people.values():
            for currency, amount in by_currency.items():
                found[currency] = found.get(currency, Decimal(0)) + amount
        return dict(sorted(found.items()))


def proposal(period: Period, run_id: str, today: date, pay_lines: pa.Table,
             decided: Mapping[str, pa.Table] | None = None, evidence: pa.Table | None = None) -> Proposal:  # fmt: skip
    """What the run with these `pay_lines` proposes to settle of `period`, and of any before it that is open.

    `evidence` is the run's `evidence_to_settle`.
    """
    actual = pc.field("scenario") == pc.scalar(ACTUAL)
    due = (pc.field("status") == pc.scalar("open")) & (pc.field("period") <= pc.scalar(period.first_month))
    settled = pay_lines.filter(pc.field("status") == pc.scalar("settled"))
    return Proposal(period, run_id, today, pay_lines.filter(actual & due), settled, decided or {},
                    _evidence(period, evidence))  # fmt: skip


def _evidence(period: Period, evidence: pa.Table | None) -> pa.Table:
    """The rows of windows that are closed with the period, as the books keep them."""
    if evidence is None:
        return SETTLED_EVIDENCE.arrow.empty_table()
    own = evidence.filter(pc.field("settles") <= pc.scalar(period.first_month))
    settled_in = pa.array([period.first_month] * own.num_rows, pa.int64())
    return own.append_column("settled_in", settled_in).select(SETTLED_EVIDENCE.names).cast(SETTLED_EVIDENCE.arrow)


def totals_of(lines: pa.Table) -> Totals:
    """What lines make payable: person, currency, amount."""
    sums = lines.group_by(["person_id", "currency"]).aggregate([("payable", "sum")])
    found: Totals = {}
    for row in sums.sort_by([("person_id", "ascending"), ("currency", "ascending")]).to_pylist():
        found.setdefault(row["person_id"], {})[row["currency"]] = row["payable_sum"]
    return found


def read_totals(content: Any) -> Totals:
    """Totals as a decision holds them."""
    return {person: {currency: Decimal(amount) for currency, amount in amounts.items()}
            for person, amounts in content.items()}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A person whose payable amount differs: `before` as approved, `now` as the run says."""

    person_id: str
    currency: str
    before: Decimal
    now: Decimal


def changes(before: Totals, now: Totals) -> list[Change]:
    """Who is payable something else than before."""
    keys = sorted({(person, currency) for totals in (before, now) for person in totals for currency in totals[person]})
    found = [Change(*key, _of(before, *key), _of(now, *key)) for key in keys]
    return [one for one in found if one.before != one.now]


def _of(totals: Totals, person: str, currency: str) -> Decimal:
    return totals.get(person, {}).get(currency, Decimal(0))
