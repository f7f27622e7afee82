"""Who is in their first 90 days, how do they stand, how did those end who stood so, and what comes next?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from keepwell.show import format as written
from keepwell.show.aligned import WIDTH, wrapped
from keepwell.show.ask import Row
from keepwell.show.names import Names
from keepwell.show.worth import Tables, ask_worth, sums, sums_line, to_do_lines

FEWEST = 5  # who stood so, for their end to be told


def onboarding(tables: Tables, today: date, owner: str | None = None) -> list[Row]:
    """Customers in their first 90 days, the most at stake first.

    `stood_so`: earlier customers who on that day of theirs were as far (live or not, first value or not), `ended_well` of
    them. `next_kind`, `next_on`: the next milestone or promise that is due, or overdue.
    """
    return ask_worth(
        ", ended AS (SELECT date_diff('day', from_on, coalesce(live_on, to_on)) AS live_day, "
        "date_diff('day', from_on, coalesce(value_on, to_on)) AS value_day, count(*) AS customers, "
        "count(*) FILTER (is_good) AS good FROM f WHERE is_over GROUP BY ALL), "
        "standing AS (SELECT f.*, date_diff('day', f.from_on, $2::DATE) AS day FROM f WHERE NOT f.is_over), "
        "stood AS (SELECT s.day, s.is_live, s.has_value, sum(e.customers) AS customers, sum(e.good) AS good "
        "FROM (SELECT DISTINCT day, is_live, has_value FROM standing) AS s JOIN ended AS e "
        "ON (s.is_live IS NULL OR s.is_live = (e.live_day <= s.day)) "
        "AND (s.has_value IS NULL OR s.has_value = (e.value_day <= s.day)) GROUP BY ALL), "
        "next AS (SELECT customer_id, due_on, CASE WHEN ref_table = 'milestones' THEN split_part(ref_id, '|', -1) ELSE kind END "
        "AS kind FROM p WHERE status IN ('open', 'broken') AND ref_table <> 'tickets' AND due_on IS NOT NULL "
        "QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY due_on, ref_table, ref_id) = 1) "
        "SELECT worth.customer_id, worth.owner_id, worth.segment, worth.value, worth.at_stake, s.from_on, s.to_on, s.day, "
        "s.is_live, s.has_value, s.broken_promises, s.open_severe, next.kind AS next_kind, next.due_on AS next_on, "
        "coalesce(stood.customers, 0)::BIGINT AS stood_so, coalesce(stood.good, 0)::BIGINT AS ended_well "
        "FROM standing AS s JOIN worth ON worth.customer_id = s.customer_id "
        "LEFT JOIN stood ON stood.day = s.day AND stood.is_live IS NOT DISTINCT FROM s.is_live "
        "AND stood.has_value IS NOT DISTINCT FROM s.has_value LEFT JOIN next ON next.customer_id = s.customer_id "
        "ORDER BY worth.place",
        tables, owner, today, f=tables["first_days"], p=tables["promise_ledger"],
    )  # fmt: skip


def onboarding_lines(rows: Sequence[Row], ended: str, today: date, names: Names, currency: str, most: int,
                     width: int = WIDTH) -> list[str]:  # fmt: skip
    """The list, below how the first 90 days of all ended."""
    if not rows:
        return [*wrapped(ended, width), "Nobody is in their first 90 days."]
    said = [onboarding_words(row, today) for row in (rows if most <= 0 else rows[:most])]
    last = sums_line(sums(rows), "in their first 90 days", currency)
    nobody = sum(not row["owner_id"] for row in rows)
    alone = f" Nobody is named for {nobody:,} of them." if nobody else ""
    return [*wrapped(ended, width), "", *to_do_lines(rows, said, names, currency, most, width), "",
            *wrapped(last + alone, width)]  # fmt: skip


def onboarding_words(row: Row, today: date) -> list[str]:
    """How one customer stands, and what is due next."""
    return [_stands(row), *_next(row, today)]


def _stands(row: Row) -> str:
    steps = [word if done else f"not {word}" for word, done in
             (("live", row["is_live"]), ("at first value", row["has_value"])) if done is not None]  # fmt: skip
    if row["broken_promises"]:
        steps.append(written.count(row["broken_promises"], "promise broken", "promises broken"))
    if row["open_severe"]:
        steps.append(f"{row['open_severe']} severe ticket{'s' if row['open_severe'] > 1 else ''} unsolved")
    forecast = (
        f". Of {row['stood_so']:,} who stood so on that day, {written.share(row['ended_well'] / row['stood_so'], 0)} ended well"
        if row["stood_so"] >= FEWEST
        else ""
    )
    return f"Day {row['day']} of 90: {', '.join(steps) or 'nothing is recorded'}{forecast}"


def _next(row: Row, today: date) -> list[str]:
    if row["next_on"] is None:
        return []
    late = (today - row["next_on"]).days
    when = f"{written.days(late)} overdue" if late > 0 else f"due {written.day(row['next_on'])}"
    return [f"Next: {written.words(row['next_kind']).lower()}, {when}"]
