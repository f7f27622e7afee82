"""Between whom do customers change hands, whose open cases are passed around, and for whom is nobody named?"""

from __future__ import annotations

from collections.abc import Sequence

from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, Column, aligned, wrapped
from keepwell.show.ask import Row, ask
from keepwell.show.names import Names
from keepwell.show.worth import Tables, ask_worth, sums, sums_line, to_do_lines

PAIRS = 8


def between(tables: Tables) -> list[Row]:
    """How often customers' journeys went from one department's hands to another's, the most often first; over all stages."""
    return ask(
        "SELECT from_department, to_department, sum(count)::BIGINT AS count, "
        "sum(mean_hours * count) / sum(count) AS mean_hours FROM h WHERE from_department <> to_department "
        "GROUP BY ALL ORDER BY count DESC, from_department, to_department",
        h=tables["handovers"],
    )


def passed_on(tables: Tables, owner: str | None = None) -> list[Row]:
    """Customers with open cases that came to other hands, or for whom nobody is named, the most at stake first."""
    return ask_worth(
        ", moved AS (SELECT t.customer_id, count(DISTINCT h.ticket_id) AS cases, count(*) AS moves, "
        "count(*) FILTER (h.is_return) AS returns FROM h JOIN t ON t.ticket_id = h.ticket_id "
        "WHERE h.of = 'person' AND t.solved_at IS NULL AND t.closed_at IS NULL GROUP BY ALL) "
        "SELECT worth.customer_id, worth.owner_id, worth.segment, worth.stage, worth.value, worth.at_stake, "
        "coalesce(moved.cases, 0) AS cases, coalesce(moved.moves, 0) AS moves, coalesce(moved.returns, 0) AS returns "
        "FROM worth LEFT JOIN moved ON moved.customer_id = worth.customer_id "
        "WHERE moved.moves > 1 OR worth.owner_id = '' ORDER BY worth.place",
        tables, owner, h=tables["handoffs"], t=tables["tickets"],
    )  # fmt: skip


def handoff_lines(pairs: Sequence[Row], rows: Sequence[Row], names: Names, currency: str, most: int,
                  width: int = WIDTH) -> list[str]:  # fmt: skip
    """The pairs of departments, and the list."""
    cells = [(written.words(row["from_department"]), written.words(row["to_department"]), f"{row['count']:,}",
              written.hours(row["mean_hours"])) for row in pairs[:PAIRS]]  # fmt: skip
    columns = [Column("From", shrinks=True), Column("To", shrinks=True), Column("Times", right=True),
               Column("Between, on average", right=True)]  # fmt: skip
    table = [*aligned(columns, cells, width), ""] if pairs else []
    if not rows:
        return [*table, "No open case has gone from hand to hand, and somebody is named for every customer."]
    said = [_said(row) for row in (rows if most <= 0 else rows[:most])]
    last = sums_line(sums(rows), "passed from hand to hand, or without anybody named", currency)
    return [*table, *to_do_lines(rows, said, names, currency, most, width), "", *wrapped(last, width)]


def _said(row: Row) -> list[str]:
    said = [] if row["owner_id"] else [f"nobody is named for them ({written.words(row['stage']).lower()})"]
    if row["moves"] > 1:
        back = f", {written.count(row['returns'], 'time', 'times')} back to whom it came from" if row["returns"] else ""
        said.append(f"{written.count(row['cases'], 'open case')} in other hands {row['moves']} times{back}")
    return said
