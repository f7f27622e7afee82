"""Who may leave, in order of what is at stake, and what speaks for it, in words? For the terminal.

At stake is the chance to leave within twelve months, times what would come after the running term if the customer stayed
(`customer_stakes`); where no model of renewal could be fitted it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, with_notes, wrapped
from keepwell.show.ask import Row, ask
from keepwell.show.names import Names

Tables = Mapping[str, pa.Table]
HORIZON = 12
_SAID = 3
ASSOCIATION = "What is said of a customer is what others had who left more often: association, not cause unless a pilot showed it."


def at_risk(tables: Tables, owner: str | None = None, customer: str | None = None) -> list[Row]:
    """Customers under contract, the most at stake first; those of one `owner` ('' nobody), or one `customer`. Drivers in `because`."""
    rows = ask(
        "SELECT r.customer_id, coalesce(v.owner_id, '') AS owner_id, coalesce(v.segment, h.segment, '') AS segment, "
        "r.chance, r.low, r.high, s.chance AS chance_soon, s.low AS low_soon, s.high AS high_soon, r.monthly_hazard, "
        "r.under_notice, r.model, "
        "h.renews_on, h.annual_value, v.value, k.value_after, k.at_stake "
        "FROM r JOIN k ON k.customer_id = r.customer_id JOIN r AS s ON s.customer_id = r.customer_id AND s.horizon_months = 3 "
        "LEFT JOIN v ON v.customer_id = r.customer_id AND v.at_on = r.at_on "
        "LEFT JOIN h ON h.customer_id = r.customer_id AND h.at_on = r.at_on "
        "WHERE r.horizon_months = $1 AND ($2 IS NULL OR coalesce(v.owner_id, '') = $2) AND ($3 IS NULL OR r.customer_id = $3) "
        "ORDER BY k.at_stake DESC NULLS LAST, r.chance DESC, r.customer_id",
        HORIZON, owner, customer, r=tables["customer_risks"], v=tables["customer_values"], h=tables["contract_histories"],
        k=tables["customer_stakes"],
    )  # fmt: skip
    because = _because(tables, customer)
    return [{**row, "because": because.get(row["customer_id"], [])} for row in rows]


def _because(tables: Tables, customer: str | None) -> dict[str, list[Row]]:
    """What speaks for leaving (and against it), by customer, the heaviest first."""
    rows = ask("SELECT customer_id, driver, kind, effect, says, evidence FROM drivers WHERE $1 IS NULL OR customer_id = $1 "
               "ORDER BY customer_id, effect DESC, driver", customer, drivers=tables["risk_drivers"])  # fmt: skip
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.pop("customer_id"), []).append(row)
    return found


def by_unit(rows: Sequence[Row], unit: str) -> list[dict[str, Any]]:
    """The same summed by owner or segment: how many customers, how many are to leave, what is at stake."""
    column = {"owner": "owner_id", "segment": "segment"}[unit]
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(row[column], {"unit": row[column], "customers": 0, "leave": Decimal(0), "under_notice": 0,
                                             "at_stake": Decimal(0)})  # fmt: skip
        one["customers"] += 1
        one["leave"] += row["chance"]
        one["under_notice"] += row["under_notice"]
        one["at_stake"] += row["at_stake"] or 0
    return sorted(found.values(), key=lambda one: (-one["at_stake"], one["unit"]))


def risk_lines(rows: Sequence[Row], names: Names, currency: str, most: int, width: int = WIDTH) -> list[str]:
    """The list, each customer with what speaks for leaving below."""
    if not rows:
        return ["Nobody under contract is at risk here: needs contracts (keepwell record)."]
    shown = rows if most <= 0 else rows[:most]
    columns = [Column("Customer", shrinks=True), Column("Owner", shrinks=True), Column("Renews"),
               Column("Leaves in a year", right=True), Column("If they stay", right=True),
               Column("At stake", right=True)]  # fmt: skip
    cells = [(names.customer(row["customer_id"]), names.person(row["owner_id"]) or "nobody", _day(row["renews_on"]),
              _chance(row, "chance", "low", "high"), _money(row["value_after"], currency),
              _money(row["at_stake"], currency))
             for row in shown]  # fmt: skip
    lines = with_notes(aligned(columns, cells, width), [_why(row, width) for row in shown])
    more = [f"… and {len(rows) - len(shown):,} more: --most 0 shows all"] if len(rows) > len(shown) else []
    return [*lines, *more, "", *wrapped(_sum(rows, currency), width), *wrapped(ASSOCIATION, width)]


def unit_lines(rows: Sequence[Row], unit: str, names: Names, currency: str, width: int = WIDTH) -> list[str]:
    """The same by owner or segment."""
    cells = [((names.person(one["unit"]) or "nobody") if unit == "owner" else written.clean(one["unit"]) or "none",
              f"{one['customers']:,}", f"{one['under_notice']:,}", written.plain(one["leave"]),
              _money(one["at_stake"], currency)) for one in by_unit(rows, unit)]  # fmt: skip
    columns = [Column(written.words(unit), shrinks=True), Column("Customers", right=True), Column("Gave notice", right=True),
               Column("Leave in a year", right=True), Column("At stake", right=True)]  # fmt: skip
    return [*aligned(columns, cells, width), "", *wrapped(_sum(rows, currency), width)]


def customer_lines(row: Row, names: Names, currency: str, model: Sequence[Row], width: int = WIDTH) -> list[str]:
    """One customer: the chances, and everything that moves them."""
    lines = [
        names.customer(row["customer_id"]),
        "",
        f"Leaves within three months: {_chance(row, 'chance_soon', 'low_soon', 'high_soon')}",
        f"Leaves within a year:       {_chance(row, 'chance', 'low', 'high')}",
        *wrapped(_stake(row, currency), width),
        "",
    ]
    cells = [(one["says"], _effect(one["effect"])) for one in row["because"]]
    if cells:
        lines += aligned(
            [Column("What speaks for it", shrinks=True), Column("Moves the chance by", right=True)], cells, width
        )
        lines += ["", *wrapped(ASSOCIATION, width)]
    else:
        lines += wrapped("Nothing that is known of this customer moves the chance by a point or more.", width)
    return [*lines, *wrapped(_rests_on(row, model), width)]


def _stake(row: Row, currency: str) -> str:
    """What is at stake, and of what it is made."""
    if row["at_stake"] is None:
        return "At stake: not known, since no model of renewal values this customer."
    return (f"At stake: {_money(row['at_stake'], currency)}, the chance to leave within a year × "
            f"{_money(row['value_after'], currency)} that would come after the running term if they stayed.")  # fmt: skip


def calibration_lines(rows: Sequence[Row], width: int = WIDTH) -> list[str]:
    """What was foretold a year ago, beside what came."""
    if not rows:
        return ["Too short a history: nothing was foretold a year ago."]
    most = max(row["part"] for row in rows)
    cells = [("all" if not row["part"] else _part(row["part"], most), f"{row['customers']:,}", written.share(row["foretold"]),
              written.share(row["came"]), f"{written.share(row['low'])} – {written.share(row['high'])}")
             for row in rows]  # fmt: skip
    columns = [Column("Customers, by what was foretold"), Column("How many", right=True), Column("Foretold", right=True),
               Column("Came", right=True), Column("95% interval", right=True)]  # fmt: skip
    whole = rows[0]
    slope = (
        "The slope cannot be told: too few left, or all had one chance."
        if whole["slope"] is None
        else f"Slope {whole['slope']:.2f} (90%: {whole['slope_low']:.2f} to {whole['slope_high']:.2f}); 1 means that "
        "differences between customers were as large as foretold."
    )
    return [f"Foretold on {written.day(whole['from_on'])} for the year after it: gives notice, or leaves without", "",
            *aligned(columns, cells, width), "", *wrapped(slope, width),
            *(line for words in missed_words(rows) for line in wrapped(f"{words}.", width))]  # fmt: skip


def missed_words(rows: Sequence[Row]) -> list[str]:
    """Where what was foretold a year ago lies outside the interval of what came: a sentence; otherwise none."""
    whole = next((row for row in rows if not row["part"]), None)
    if whole is None or whole["low"] <= whole["foretold"] <= whole["high"]:
        return []
    way = "more" if whole["foretold"] > whole["high"] else "fewer"
    ends = f"{written.share(whole['low'])} to {written.share(whole['high'])}"
    return [(f"On {written.day(whole['from_on'])} it was foretold that {written.share(whole['foretold'])} of "
            f"{written.count(whole['customers'], 'customer')} would give notice or leave within a year, {way} than the "
            f"{written.share(whole['came'])} who did (95%: {ends}): the chances are to be read with that in mind")]  # fmt: skip


def leak_words(tables: Tables) -> list[str]:
    """Which covariates of the company's own are left out because only who left has them, in sentences."""
    return [f"{row['name']} is no predictor of leaving: {row['why']}" for row in tables["covariate_leaks"].to_pylist()]


def _part(part: int, most: int) -> str:
    """Which part of the customers: those of whom least was foretold first."""
    return f"part {part}" + (", least at risk" if part == 1 else ", most at risk" if part == most else "")


def _why(row: Row, width: int) -> list[str]:
    for_it = [one["says"] for one in row["because"] if one["effect"] > 0][:_SAID]
    return wrapped("; ".join(for_it), width, "  ") if for_it else []


def _sum(rows: Sequence[Row], currency: str) -> str:
    leave, stake = (sum((row[name] or Decimal(0) for row in rows), Decimal(0)) for name in ("chance", "at_stake"))
    notice, unknown = sum(row["under_notice"] for row in rows), sum(row["at_stake"] is None for row in rows)
    beside = f"; of {unknown:,} it is not known what is" if unknown else ""
    return (f"Of {written.count(len(rows), 'customer')}, {written.plain(leave)} are expected to leave within a year, or to give "
            f"notice and not be kept ({notice:,} gave notice); {_money(stake, currency)} at stake{beside}.")  # fmt: skip


def _rests_on(row: Row, model: Sequence[Row]) -> str:
    says = {"notice": "The chance is the share of notices that ended in leaving.",
            "plain rate": "The chance is the company's plain rate."}.get(row["model"], "")  # fmt: skip
    why = f"The model rests on this: {model[0]['why']}." if model else ""
    return " ".join(part for part in (says, why) if part)


def _chance(row: Row, value: str, low: str, high: str) -> str:
    return f"{written.share(row[value], 0)} ({written.share(row[low], 0)}–{written.share(row[high], 0)})"


def _effect(effect: Decimal) -> str:
    return f"{'+' if effect > 0 else written.MINUS}{abs(effect) * 100:.0f} points"


def _day(on: Any) -> str:
    return written.day(on) if on is not None else written.NONE


def _money(amount: Decimal | None, currency: str) -> str:
    return written.money(amount, currency, cents=False)
