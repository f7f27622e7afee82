"""Who decided what, and when? One list that only grows, each decision holding the hash of the one before.

A decision that is changed, left out or moved breaks the chain from there on. A chain that was written anew as a whole
is unbroken inside; its *head* (the number and the hash of the last decision) then differs from the one that was printed
on what left the house: `head_of` and `is_head`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from keepwell.books.store import DECISIONS, add_rows
from keepwell.core.identifiers import digest

Kind = Literal["calculated", "approved", "closed", "accepted", "adjusted"]
KINDS: tuple[Kind, ...] = ("calculated", "approved", "closed", "accepted", "adjusted")


@dataclass(frozen=True)
class Decision:
    """A decision: its number, when (UTC) and by whom, of what kind, and what. `content` is what its JSON says."""

    place: int
    at: datetime
    by: str
    kind: str
    content: Mapping[str, Any]
    before: str
    hash: str


def decide(connection: sqlite3.Connection, kind: Kind, by: str, at: datetime, content: Mapping[str, Any]) -> Decision:
    """Write a decision behind the last one, within the transaction that `connection` is in."""
    last = connection.execute("SELECT place, hash FROM decisions ORDER BY place DESC LIMIT 1").fetchone() or (0, "")
    row = {"place": last[0] + 1, "decided_at": at.isoformat(), "decided_by": by, "kind": kind,
           "content": _json(content), "before": last[1]}  # fmt: skip
    row["hash"] = _hash(row)
    add_rows(connection, DECISIONS, [row])
    return _decision(row)


def decisions(connection: sqlite3.Connection | None, *kinds: Kind) -> list[Decision]:
    """All decisions in their order, or those of these kinds."""
    return [_decision(row) for row in _rows(connection) if not kinds or row["kind"] in kinds]


def sound_decisions(connection: sqlite3.Connection | None) -> list[Decision]:
    """The decisions that say what their own hash says: those that can be read even in books that somebody changed."""
    return [_decision(row) for row in _rows(connection) if row["hash"] == _hash(row)]


def broken_links(connection: sqlite3.Connection | None) -> list[str]:
    """What is wrong with the chain, in words; empty where it is unbroken."""
    found = []
    before, place = "", 0
    for row in _rows(connection):
        place += 1
        if row["place"] != place:
            found.append(f"decision {place} is missing")
            place = row["place"]
        if row["hash"] != _hash(row):
            found.append(f"decision {place} was changed")
        if row["before"] != before:
            found.append(f"decision {place} does not follow from the one before")
        before = row["hash"]
    return found


def head_of(made: Sequence[Decision]) -> str:
    """What to print on what leaves the house: the last decision's number and the beginning of its hash; '' none."""
    return f"{made[-1].place}-{made[-1].hash[:16]}" if made else ""


def last_head(connection: sqlite3.Connection | None) -> str:
    """The head of the chain as it stands."""
    row = connection and connection.execute("SELECT place, hash FROM decisions ORDER BY place DESC LIMIT 1").fetchone()
    return f"{row[0]}-{row[1][:16]}" if row else ""


def is_head(made: Sequence[Decision], head: str) -> bool:
    """Was this ever the head of the chain?"""
    return any(head == head_of(made[: place + 1]) for place in range(len(made)))


def _rows(connection: sqlite3.Connection | None) -> Iterable[dict[str, Any]]:
    if connection is None:
        return []
    names = ", ".join(DECISIONS.names)
    cursor = connection.execute(f"SELECT {names} FROM decisions ORDER BY place")  # noqa: S608 - own names
    return [dict(zip(DECISIONS.names, row, strict=True)) for row in cursor]


def _decision(row: Mapping[str, Any]) -> Decision:
    return Decision(row["place"], datetime.fromisoformat(row["decided_at"]), row["decided_by"], row["kind"],
                    json.loads(row["content"]), row["before"], row["hash"])  # fmt: skip


def _hash(row: Mapping[str, Any]) -> str:
    return digest(*(str(row[name]) for name in DECISIONS.names if name != "hash"))


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, default=_plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value.isoformat())
