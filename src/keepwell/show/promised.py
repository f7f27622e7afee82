"""Which promises are we about to break, or have broken and still owe, and to whom do they matter most?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped
from keepwell.show.ask import Row, ask
from keepwell.show.names import Names
from keepwell.show.worth import Tables, ask_worth, sums, sums_line, to_do_lines

WITHIN, BEHIND = 30, 180  # days ahead and back
UNITS = ("customer", "department", "stage", "kind")
_SAID = 4


def promises_owed(tables: Tables, today: date, within: int, behind: int, owner: str | None = None) -> list[Row]:
    """Customers who are owed something, the most at stake first.

    `owed`: what is due within so many days or was due so many days `behind` us, and was not done; `older`: how many more of
    theirs were due before that.
    """
    rows = ask_worth(
        "SELECT worth.customer_id, worth.owner_id, worth.segment, worth.value, worth.at_stake, p.ref_table, p.ref_id, "
        "p.person_id, p.department, p.stage, p.kind, p.made_on, p.due_on, p.status, p.days_late, "
        "coalesce(date_diff('day', p.due_on, $2::DATE) > $4, FALSE) AS is_older FROM p "
        "JOIN worth ON worth.customer_id = p.customer_id "
        "WHERE p.status = 'broken' OR (p.status = 'open' AND date_diff('day', $2::DATE, p.due_on) <= $3) "
        "ORDER BY worth.place, p.due_on, p.ref_table, p.ref_id",
        tables, owner, today, within, behind, p=tables["promise_ledger"],
    )  # fmt: skip
    found: dict[str, Row] = {}
    for row in rows:
        own = {name: row.pop(name) for name in ("customer_id", "owner_id", "segment", "value", "at_stake")}
        one = found.setdefault(own["customer_id"], {**own, "owed": [], "older": 0})
        if row.pop("is_older"):
            one["older"] += 1
        else:
            one["owed"].append(row)
    return list(found.values())


def promises_by(tables: Tables, unit: str, today: date) -> list[Row]:
    """What became of promises whose day has come, by department, stage or kind; and how many have not come due."""
    return ask(
        "WITH told AS (SELECT CASE $1 WHEN 'department' THEN department WHEN 'stage' THEN stage ELSE kind END AS unit, "
        "CASE WHEN status IN ('kept', 'late', 'broken') AND coalesce(due_on, done_on, made_on) > $2::DATE THEN 'open' "
        "ELSE status END AS status FROM p) "
        "SELECT unit, count(*) FILTER (status = 'kept') AS kept, count(*) FILTER (status = 'late') AS late, "
        "count(*) FILTER (status = 'broken') AS broken, count(*) FILTER (status = 'open') AS open, "
        "count(*) FILTER (status = 'kept') / nullif(count(*) FILTER (status IN ('kept', 'late', 'broken')), 0) AS share "
        "FROM told GROUP BY unit ORDER BY broken DESC, late DESC, unit",
        unit, today, p=tables["promise_ledger"],
    )  # fmt: skip


def promise_lines(rows: Sequence[Row], kept: str, names: Names, currency: str, within: int, most: int,
                  width: int = WIDTH) -> list[str]:  # fmt: skip
    """The list, below what was kept of all."""
    owed, older = [row for row in rows if row["owed"]], sum(row["older"] for row in rows)
    lines = wrapped(kept, width)
    if owed:
        said = [owed_words(row["owed"], names) for row in (owed if most <= 0 else owed[:most])]
        last = sums_line(sums(owed), f"owed something, or due it within {written.days(within)}", currency)
        lines += ["", *to_do_lines(owed, said, names, currency, most, width), "", *wrapped(last, width)]
    else:
        lines += [f"Nothing is owed, and nothing is due within {written.days(within)}."]
    if older:
        said_older = written.count(older, "older promise was", "older promises were")
        lines += wrapped(f"{said_older} broken and never done, as far as is recorded: --behind 3650 shows them.", width)
    return lines


def unit_lines(rows: Sequence[Row], unit: str, width: int = WIDTH) -> list[str]:
    """What became of promises, by unit."""
    columns = [Column(written.words(unit), shrinks=True), *(Column(name, right=True) for name in
               ("Kept in time", "Late", "Broken", "Not due yet", "Share kept"))]  # fmt: skip
    cells = [(written.words(row["unit"]) or "none", *(f"{row[name]:,}" for name in ("kept", "late", "broken", "open")),
              written.share(row["share"])) for row in rows]  # fmt: skip
    return aligned(columns, cells, width)


def owed_words(owed: Sequence[Row], names: Names) -> list[str]:
    """What one customer is owed, the longest due first."""
    said = [_said(one, names) for one in owed[:_SAID]]
    return [*said, *([f"and {len(owed) - _SAID} more"] if len(owed) > _SAID else [])]


def _said(row: Row, names: Names) -> str:
    who = names.person(row["person_id"]) or written.words(row["department"])
    by = f", {who}" if who else ""
    when = f"due {written.day(row['due_on'])}" if row["due_on"] else "no day was said"
    late = (
        f", {written.days(row['days_late'])} ago"
        if row["days_late"]
        else ", broken"
        if row["status"] == "broken"
        else ""
    )
    return f"{_what(row)}: {when}{late}{by}"


def _what(row: Row) -> str:
    """What was promised: of a milestone its name, of a ticket its id."""
    last: Any = written.clean(str(row["ref_id"]).rpartition("|")[2])
    if row["ref_table"] == "milestones":
        return written.words(last)
    if row["ref_table"] in {"tickets", "orders"}:
        return f"{written.words(row['ref_table'][:-1])} {last.rpartition(':')[2]}"
    return f"{written.words(row['kind'])} promised"
