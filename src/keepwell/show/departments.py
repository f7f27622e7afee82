"""What does each department cost, beside what the customers that it worked for gained and lost? The account as a page tells it.

Costs and changes of equity are those of the run's table `department_accounts`, over the spans of a time; both add up to the
company's. The command and the report say the same, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa

from keepwell.credit.accounts import Half, Saving, savings_that_cost
from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped
from keepwell.show.ask import ask
from keepwell.show.unvalued import Unvalued, unvalued

Tables = Mapping[str, pa.Table]
Span = tuple[date, date]
ZERO = Decimal(0)
LATE = timedelta(31)  # costs are booked month by month
NET = ("Net: what was gained, less what was lost, less cost. Gained and lost: of the lifetime value of the customers that a department "
       "worked for, by its credit (gained: won, grown; lost: left, shrank). Cost: its own, and its part of the shared.")  # fmt: skip
APART = ("Apart from net, since neither is anybody's gain or loss. Kept: customers who stayed at the same spending; a renewal or an "
         "order raises their value, and what they paid meanwhile is no longer to come. Anew: the same customers, estimated by what "
         "was learnt since.")  # fmt: skip
_KEYS = {
    "headcount": "by headcount",
    "revenue": "by what their people signed and sold",
    "equal": "in equal parts",
    "stated": "by stated shares",
    "equal_without_headcount": "in equal parts, since none of them has people",
    "equal_without_revenue": "in equal parts, since none of them has revenue",
}


@dataclass(frozen=True)
class Account:
    """A department's cost (its own and its part of the shared), and what became of its customers' value by its credit.

    `gained − lost − cost` is the net, with `lost` as a negative amount; `kept` and `anew` stand apart.
    """

    department: str
    own: Decimal
    shared: Decimal
    gained: Decimal
    lost: Decimal
    kept: Decimal
    anew: Decimal
    customers: int = 0

    @property
    def cost(self) -> Decimal:
        """What it cost, with its part of the shared."""
        return self.own + self.shared

    @property
    def net(self) -> Decimal:
        """What it gained and lost, less what it cost."""
        return self.gained + self.lost - self.cost


@dataclass(frozen=True)
class Accounts:
    """All departments' accounts of a time, the whole of them, what all customers were and are worth, and what is to be said."""

    span: Span
    rows: tuple[Account, ...]
    start: Decimal
    end: Decimal
    notes: tuple[str, ...] = ()
    savings: tuple[Saving, ...] = ()
    halves: tuple[Span, Span] | None = None
    unvalued: tuple[Unvalued, ...] = ()

    @property
    def whole(self) -> Account:
        """All departments together."""
        rows = self.rows
        own, shared, gained, lost, kept, anew = (
            sum((getattr(row, name) for row in rows), ZERO)
            for name in ("own", "shared", "gained", "lost", "kept", "anew")
        )
        return Account("all", own, shared, gained, lost, kept, anew)

    @property
    def unit(self) -> int:
        """In which unit the amounts are shown: 1, or 1000."""
        rows = (*self.rows, self.whole)
        return written.thousands(amount for row in rows for amount in (row.cost, row.gained, row.lost, row.anew))

    def scale(self, currency: str) -> str:
        """That unit, in words."""
        return f"in {'thousands of ' if self.unit > 1 else ''}{currency}"

    @property
    def proof(self) -> list[tuple[str, Decimal]]:
        """From what all customers were worth to what they are worth: it adds up."""
        whole, (first, last) = self.whole, (self._all_on(day) for day in self.span)
        return [(first, self.start), ("gained", whole.gained), ("lost", whole.lost), ("kept", whole.kept),
                ("estimated anew", whole.anew), (last, self.end)]  # fmt: skip

    def _all_on(self, day: date) -> str:
        """Who is in the sum of a day: all customers, less those whose orders could not be valued."""
        without = "".join(f", without the orders of {one.customers:,}" for one in self.unvalued if one.at_on == day)
        return f"All customers on {written.day(day)}{without}"

    @property
    def words(self) -> list[str]:
        """What net is, what stands apart, and what is in no amount."""
        return [NET, APART, *self.notes]

    def saving_words(self, currency: str) -> list[str]:
        """Where a department saved expense and the company lost equity; or that none did."""
        if self.halves is None:
            return []
        if self.savings:
            return [_saving_words(one, *self.halves, currency) for one in self.savings]
        before, later = map(_span, self.halves)
        none = f"No department that spent at least 5% less from {later} than from {before} lost the company more equity than it saved."
        return [none]


def department_accounts(tables: Tables, span: Span) -> Accounts:
    """The accounts of a time that begins and ends at moments at which customers were valued."""
    rows = ask(
        "WITH sums AS (SELECT department, sum(direct_cost) AS own, sum(shared_cost) AS shared, sum(gained) AS gained, "
        "sum(lost) AS lost, sum(kept) AS kept, sum(re_estimated) AS anew FROM accounts WHERE from_on >= $1 AND to_on <= $2 "
        "GROUP BY department), counts AS (SELECT department, count(DISTINCT customer_no) AS customers FROM ledger "
        "WHERE from_on >= $1 AND to_on <= $2 AND cause <> 're_estimated' GROUP BY department) "
        "SELECT sums.*, coalesce(customers, 0) AS customers FROM sums LEFT JOIN counts USING (department) "
        "ORDER BY department = 'nobody', department",
        *span, accounts=tables["department_accounts"], ledger=tables["credit_ledger"],
    )  # fmt: skip
    shown = tuple(one for one in (Account(**row) for row in rows) if _says_something(one))
    halves = _halves(tables, span)
    late = _late(tables, span)
    savings = [] if halves is None or late else savings_that_cost(*(_half(tables, half) for half in halves))
    notes = [*_shared_words(tables, span), *_unrated_words(tables, span), *late]
    start, end = (_worth(tables, at_on) for at_on in span)
    return Accounts(span, shown, start, end, tuple(notes), tuple(savings), None if late else halves,
                    tuple(unvalued(tables, span)))  # fmt: skip


def account_lines(accounts: Accounts, currency: str, width: int = WIDTH) -> list[str]:
    """The accounts as a table, that they add up, and what is to be said."""
    whole = accounts.whole
    unit = accounts.unit

    def cells(row: Account) -> list[str]:
        amounts = (row.own, row.shared, row.gained, row.lost, row.net, row.kept, row.anew)
        return [written.in_thousands(amount, unit, sign=place > 0) for place, amount in enumerate(amounts)]

    columns = [Column("Department", shrinks=True), *[Column(title, right=True) for title in
               ("Customers", "Own cost", "Shared", "Gained", "Lost", "Net", "Kept", "Anew")]]  # fmt: skip
    table = [
        (written.words(row.department), f"{row.customers:,}" if row.customers else "", *cells(row))
        for row in accounts.rows
    ]
    table.append(("All", "", *cells(whole)))
    lines = [
        f"Department accounts, {_span(accounts.span)}, {accounts.scale(currency)}",
        "",
        *aligned(columns, table, width),
        "",
    ]
    for words in accounts.saving_words(currency):
        lines += [*wrapped(words, width), ""]
    for words in accounts.words:
        lines += wrapped(words, width)
    proof = [(title, written.money(amount, currency, sign=0 < place < len(accounts.proof) - 1))
             for place, (title, amount) in enumerate(accounts.proof)]  # fmt: skip
    return [*lines, "", "It adds up to what keepwell equity says:", "",
            *aligned([Column(), Column(right=True)], proof, width, "  ")]  # fmt: skip


def _saving_words(one: Saving, before: Span, later: Span, currency: str) -> str:
    spent_before, spent, lost_before, lost = (
        written.money(amount, currency, cents=False)
        for amount in (one.spent_before, one.spent, one.lost_before, one.lost)
    )
    same = _days(before) == _days(later)
    return (f"{written.words(one.department)} spent {written.share(one.saved / one.spent_before, 0)} less from {_span(later)} than "
            f"from {_span(before)}{'' if same else ', counted for as many days'}: {spent} instead of {spent_before}. Equity lost of "
            f"the customers that it worked for rose from {lost_before} to {lost}, by its credit. One came with the other; whether "
            "the saving was the cause is not known.")  # fmt: skip


def _says_something(row: Account) -> bool:
    return any((row.own, row.shared, row.gained, row.lost, row.kept, row.anew))


def _halves(tables: Tables, span: Span) -> tuple[Span, Span] | None:
    """The time cut at the moment that is nearest to its middle; or the span before it, and it; None: neither is there."""
    first, last = span
    moments: list[date] = sorted(filter(None, tables["value_moments"]["at_on"].to_pylist()))
    inside = [day for day in moments if first < day < last]
    if inside:
        middle = min(inside, key=lambda day: (abs((day - first) - (last - day)), day))
        return (first, middle), (middle, last)
    earlier = [day for day in moments if day < first]
    return ((earlier[-1], first), span) if earlier else None


def _half(tables: Tables, half: Span) -> Half:
    rows = ask("SELECT department, sum(direct_cost) AS spent, -sum(lost) AS lost, sum(unrated) AS unrated FROM accounts "
               "WHERE from_on >= $1 AND to_on <= $2 GROUP BY department", *half, accounts=tables["department_accounts"])  # fmt: skip
    spent = {row["department"]: row["spent"] for row in rows if not row["unrated"]}
    return Half(_days(half), _worth(tables, half[0]), spent, {row["department"]: row["lost"] for row in rows})


def _worth(tables: Tables, at_on: date) -> Decimal:
    [row] = ask(
        "SELECT coalesce(sum(value), 0) AS value FROM worth WHERE at_on = $1", at_on, worth=tables["customer_values"]
    )
    return Decimal(row["value"])


def _shared_words(tables: Tables, span: Span) -> list[str]:
    rows = ask("SELECT DISTINCT department, shared_by FROM accounts WHERE from_on >= $1 AND to_on <= $2 AND shared_by <> '' "
               "ORDER BY ALL", *span, accounts=tables["department_accounts"])  # fmt: skip
    if not rows:
        return []
    told = "; ".join(f"{written.words(row['department'])} {_KEYS[row['shared_by']]}" for row in rows)
    return [f"Shared: the others bear the costs of departments that work for them (keepwell.yaml). {told}."]


def _unrated_words(tables: Tables, span: Span) -> list[str]:
    [row] = ask("SELECT coalesce(sum(unrated), 0) AS costs, coalesce(sum(unrated_revenue), 0) AS sold, "
                "coalesce(bool_or(shared_by LIKE '%revenue'), FALSE) AS by_revenue FROM accounts WHERE from_on >= $1 AND to_on <= $2",
                *span, accounts=tables["department_accounts"])  # fmt: skip
    words = []
    if row["costs"]:
        words.append(
            f"{written.count(row['costs'], 'cost is', 'costs are')} in a currency without a rate on their day: in no amount."
        )
    if row["sold"] and row["by_revenue"]:
        words.append(f"{written.count(row['sold'], 'deal or order is', 'deals and orders are')} in a currency without a rate on their "
                     "day: left out of the revenue by which costs are shared.")  # fmt: skip
    return words


def _late(tables: Tables, span: Span) -> list[str]:
    """Where costs are not booked to the end: what is missing is no saving."""
    booked = [day for day in tables["costs"]["on"].to_pylist() if day is not None] if "costs" in tables else []
    if not booked:
        return ["No costs are recorded: net is equity alone."]
    if span[1] - max(booked) <= LATE:
        return []
    words = (f"The last cost was booked on {written.day(max(booked))}: later ones are in no amount, and no department is compared with "
             "the time before.")  # fmt: skip
    return [words]


def _days(span: Span) -> int:
    return (span[1] - span[0]).days


def _span(span: Iterable[date]) -> str:
    return " to ".join(map(written.day, span))
