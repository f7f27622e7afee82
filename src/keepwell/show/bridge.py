"""How did what the customers are worth change, by cause: the whole, or each segment, owner, stage or cohort of them?

A customer counts throughout as what they were when they were last valued, so that each row adds up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.aligned import GAP, WIDTH, Column, aligned, wrapped
from keepwell.show.ask import ask
from keepwell.show.names import Names
from keepwell.show.strips import Step
from keepwell.show.unvalued import unvalued

CAUSES = ("won", "kept", "grown", "shrunk", "lost", "re_estimated")
CAUSE_SAYS = {
    "won": "no customer then",
    "kept": "renewals made, time passed",
    "grown": "spend more",
    "shrunk": "spend less",
    "lost": "left, or gave notice",
    "re_estimated": "by what was learnt since",
}
CAUSE_WORDS = {cause: "Estimated anew" if cause == "re_estimated" else written.words(cause) for cause in CAUSES}
UNITS = {"segment": "segment", "owner": "owner_id", "stage": "stage", "cohort": "cohort"}
NOT_KNOWN = "not known"
BAR, FEWEST = 26, 12  # cells of a bar, and how few show anything
ZERO = Decimal("0.0000")
Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Bridge:
    """From what some customers were worth to what they are worth: amounts by cause add up to the difference.

    `low` and `high` are the 90% interval of the end; `customers` how many are valued at the end; `unvalued` of how many
    the orders could not be valued at the start.
    """

    unit: str
    start: Decimal
    changes: Mapping[str, Decimal]
    end: Decimal
    low: Decimal
    high: Decimal
    customers: int
    unvalued: int = 0

    @property
    def start_known(self) -> bool:
        """Was anybody valued at the start, or nobody there to be?"""
        return bool(self.start or not self.unvalued)

    @property
    def change(self) -> Decimal:
        """By how much it changed."""
        return self.end - self.start


def moments_since(tables: Tables, since: date | None) -> tuple[date, date] | None:
    """From which moment to which a bridge goes: from `since`, or the earliest that is kept, to the last; None: nowhere."""
    [row] = ask("SELECT min(at_on) AS first_on, max(at_on) AS last_on FROM moments", moments=tables["value_moments"])
    first, last = row["first_on"], row["last_on"]
    return None if first is None else ((since or first), last)


def bridges(tables: Tables, from_on: date, to_on: date, by: str = "company") -> tuple[Bridge, ...]:
    """The bridge of each unit of a kind, the largest first."""
    column = UNITS.get(by)
    unit = "'company'" if column is None else f"arg_max({column}, at_on)"
    unit_of = (
        f"WITH unit_of AS (SELECT customer_id, {unit} AS unit FROM customer_values WHERE at_on BETWEEN $1 AND $2 "  # noqa: S608
        "GROUP BY customer_id)"
    )
    rows = ask(
        f"{unit_of}, sums AS (SELECT unit, 'start' AS cause, sum(value) AS amount FROM customer_values JOIN unit_of USING (customer_id) "  # noqa: S608
        "WHERE at_on = $1 GROUP BY unit UNION ALL "
        "SELECT unit, 'end', sum(value) FROM customer_values JOIN unit_of USING (customer_id) WHERE at_on = $2 GROUP BY unit "
        "UNION ALL SELECT unit, cause, sum(amount) FROM equity_changes JOIN unit_of USING (customer_id) "
        "WHERE from_on >= $1 AND to_on <= $2 GROUP BY unit, cause) SELECT unit, cause, amount FROM sums",
        from_on, to_on, customer_values=tables["customer_values"], equity_changes=tables["equity_changes"],
    )  # fmt: skip
    sure = {row["unit"]: row for row in ask("SELECT unit, customers, low, high FROM equity WHERE at_on = $1 AND unit_kind = $2",
                                            to_on, by, equity=tables["equity"])}  # fmt: skip
    units: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        units.setdefault(row["unit"], {})[row["cause"]] = row["amount"]
    missing = _unvalued_by(tables, from_on, to_on, unit_of)
    found = [_bridge(unit, amounts, sure.get(unit, {}), missing.get(unit, 0)) for unit, amounts in units.items()]
    return tuple(sorted(found, key=lambda bridge: (-bridge.end, bridge.unit)))


def _unvalued_by(tables: Tables, from_on: date, to_on: date, unit_of: str) -> dict[str, int]:
    """Of how many customers of each unit the orders could not be valued at the start."""
    missing = unvalued(tables, (from_on, from_on))
    if not missing:
        return {}
    rows = ask(f"{unit_of} SELECT unit, count(*) AS n FROM seen JOIN unit_of USING (customer_id) WHERE seen.at_on = $1 "  # noqa: S608
               "AND list_contains($3, seen.segment) GROUP BY unit", from_on, to_on, list(missing[0].segments),
               seen=tables["order_histories"], customer_values=tables["customer_values"])  # fmt: skip
    return {row["unit"]: row["n"] for row in rows}


def _bridge(unit: str, amounts: Mapping[str, Decimal], sure: Mapping[str, object], missing: int) -> Bridge:
    changes = {cause: amounts[cause] for cause in CAUSES if amounts.get(cause)}
    end = amounts.get("end", ZERO)
    ends = [Decimal(str(sure.get(name, end))) for name in ("low", "high")]
    customers = int(str(sure.get("customers", 0)))
    return Bridge(unit, amounts.get("start", ZERO), changes, end, ends[0], ends[1], customers, missing)


def bridge_steps(bridge: Bridge, from_on: date, to_on: date) -> list[Step]:
    """The bridge as steps of a sum, both ends standing on the ground."""
    steps, reached = [Step(written.day(from_on), 0.0, float(bridge.start), total=True)], float(bridge.start)
    for cause, amount in bridge.changes.items():
        steps.append(Step(CAUSE_WORDS[cause], reached, reached + float(amount)))
        reached += float(amount)
    return [*steps, Step(written.day(to_on), 0.0, float(bridge.end), total=True)]


def bridge_lines(found: Sequence[Bridge], from_on: date, to_on: date, by: str, names: Names, currency: str,
                 width: int = WIDTH) -> list[str]:  # fmt: skip
    """The bridge as a picture in text, or a table where there are several units."""
    if not found:
        return ["No customer is valued yet: needs contracts or orders."]
    return (
        _picture(found[0], from_on, to_on, currency, width)
        if by == "company"
        else _table(found, from_on, to_on, by, names, currency, width)
    )


def _picture(bridge: Bridge, from_on: date, to_on: date, currency: str, width: int) -> list[str]:
    """A step each, with its bar and what it means; where the screen is too narrow for both, that stands below."""
    steps = bridge_steps(bridge, from_on, to_on)
    amounts = [bridge.start, *bridge.changes.values(), bridge.end]
    figures = [written.money(amount, currency, cents=False, sign=not step.total)
               for step, amount in zip(steps, amounts, strict=True)]  # fmt: skip
    figures[0] = figures[0] if bridge.start_known else NOT_KNOWN
    says = ["", *(CAUSE_SAYS[cause] for cause in bridge.changes), ""]
    used = sum(max(map(len, texts)) + len(GAP) for texts in ([step.label for step in steps], figures))
    room = width - used - max(map(len, says)) - len(GAP)
    beside = room >= FEWEST
    bars = text_bars(steps, min(BAR, room if beside else width - used))
    rows = [(step.label, bar, figure, said if beside else "")
            for step, bar, figure, said in zip(steps, bars, figures, says, strict=True)]  # fmt: skip
    told = (
        []
        if beside
        else wrapped(". ".join(f"{CAUSE_WORDS[cause]}: {CAUSE_SAYS[cause]}" for cause in bridge.changes) + ".", width)
    )
    title = f"What customers are worth: their lifetime value, in {currency}"
    sure = f"Worth {written.money(bridge.end, currency, cents=False)} on {written.day(to_on)}; 90% interval {_range(bridge, currency)}."
    return [*wrapped(title, width), "", *aligned([Column(), Column(), Column(right=True), Column()], rows, width), "",
            *wrapped(sure, width), *told]  # fmt: skip


def text_bars(steps: Sequence[Step], cells: int) -> list[str]:
    """A bar of text for each step: solid where it stands on the ground, light where it goes up, dark where it goes down.

    >>> text_bars([Step("", 0.0, 4.0, total=True), Step("", 4.0, 2.0), Step("", 0.0, 2.0, total=True)], 4)
    ['████', '  ▓▓', '██']
    """
    ends = [end for step in steps for end in (step.start, step.end)]
    low, high = min([*ends, 0.0]), max([*ends, 0.0]) or 1.0
    bars = []
    for step in steps:
        first, last = sorted(round((end - low) / (high - low) * cells) for end in (step.start, step.end))
        first = min(first, cells - 1)
        fill = "█" if step.total else "▓" if step.end < step.start else "░"
        bars.append(" " * first + fill * max(last - first, 1))
    return bars


def _table(
    found: Sequence[Bridge], from_on: date, to_on: date, by: str, names: Names, currency: str, width: int
) -> list[str]:
    """A row for each unit, in thousands where millions would make it too wide."""
    unit = written.thousands(amount for bridge in found for amount in (bridge.start, bridge.end))

    def amount(value: Decimal | None, *, sign: bool = True) -> str:
        return written.in_thousands(value, unit, sign=sign)

    causes = [cause for cause in CAUSES if any(cause in bridge.changes for bridge in found)]
    rows = [(unit_name(by, bridge.unit, names), amount(bridge.start, sign=False) if bridge.start_known else NOT_KNOWN,
             *(amount(bridge.changes.get(cause)) for cause in causes), amount(bridge.end, sign=False) or "0",
             written.joined(bridge.low, amount(bridge.low, sign=False) or "0", amount(bridge.high, sign=False) or "0")) for bridge in found]  # fmt: skip
    columns = [Column(written.words(by), shrinks=True), Column("Then", right=True),
               *(Column(CAUSE_WORDS[cause].removeprefix("Estimated ").capitalize(), right=True) for cause in causes),
               Column("Now", right=True), Column("90% interval", right=True)]  # fmt: skip
    scale = (f"Lifetime value in {'thousands of ' if unit > 1 else ''}{currency}. Then: {written.day(from_on)}; now: "
             f"{written.day(to_on)}. Anew: estimated anew, by what was learnt since.")  # fmt: skip
    return [*aligned(columns, rows, width), "", *wrapped(scale, width)]


def unit_name(by: str, unit: str, names: Names) -> str:
    """What a unit is called."""
    if by == "owner":
        return names.person(unit) or "nobody"
    if by == "cohort":
        return written.period(unit) if unit else "not known"
    return (written.words(unit) if by == "stage" else written.clean(unit)) or "none"


def _range(bridge: Bridge, currency: str) -> str:
    return written.between(bridge.low, bridge.high, currency)
