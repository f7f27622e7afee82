"""What have people decided that pay must know? The tables that the books give to a run, beside what was settled."""

from __future__ import annotations

from keepwell.core.tables import Column, Table

ACCEPTANCES = Table(
    "acceptances",
    (
        Column("person_id", "text", "who signed the plan", key=True),
        Column("plan", "text", "which plan", key=True),
        Column("version", "text", "its version: the day from which it is in force", key=True),
        Column("accepted_on", "date", "the day of the signature"),
    ),
    "a plan that a person has accepted",
)
ADJUSTMENTS = Table(
    "adjustments",
    (
        Column("adjustment_id", "text", "its name", key=True),
        Column("person_id", "text", "who is paid more, or less"),
        Column("belongs_to", "integer", "first month of the settlement period in which it is booked"),
        Column("on_day", "date", "the day it is given for"),
        Column("currency", "text", "of the amount"),
        Column("amount", "money", "below zero: paid less"),
        Column("reason", "text", "why, in words"),
        Column("decided_by", "text", "who decided it"),
        Column("known_at", "timestamp", "when it was decided, UTC"),
    ),
    "an amount that somebody decided, beside all plans",
)
DECIDED: tuple[Table, ...] = (ACCEPTANCES, ADJUSTMENTS)
