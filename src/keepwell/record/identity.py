"""Which ids mean the same customer, person or team? Statements in `identities`, followed to their end.

A statement is a fact like any other: it is known from a moment on, superseded by a later one, and undone by one that
says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from keepwell.core.tables import Column, Table

KINDS = ("customers", "people", "teams")
IDENTITY_MAP = Table(
    "identity_map",
    (
        Column("kind", "text", "customers, people or teams", key=True),
        Column("id", "text", "the id that is replaced", key=True),
        Column("same_id", "text", "the id that stands for it in the end", required=True),
    ),
    "one row per id that another id stands for",
)


def resolve_identities(statements: Iterable[tuple[str, str, str | None]]) -> dict[str, dict[str, str]]:
    """Which id stands for which in the end? Statements (kind, id, same_id) in; by kind, id → last id of its chain.

    Each (kind, id) is stated at most once; an empty same_id states nothing. In a ring the smallest id stands for all.

    >>> resolve_identities([("people", "a", "b"), ("people", "b", "c"), ("people", "d", "")])
    {'people': {'a': 'c', 'b': 'c'}}
    """
    stated: dict[str, dict[str, str]] = {}
    for kind, own, same in statements:
        if same and same != own:
            stated.setdefault(kind, {})[own] = same
    return {kind: _ends(links) for kind, links in sorted(stated.items())}


def identity_table(resolved: Mapping[str, Mapping[str, str]]) -> pa.Table:
    """The same as a table to join with."""
    rows = [(kind, own, same) for kind, links in sorted(resolved.items()) for own, same in sorted(links.items())]
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=IDENTITY_MAP.arrow)


def _ends(links: Mapping[str, str]) -> dict[str, str]:
    ends: dict[str, str] = {}
    for start in sorted(links):
        path = _path(start, links, ends)
        last = path[-1]
        end = ends.get(last, last)
        if last in links and last not in ends:  # a ring: the path came back to an id that is on it
            end = min(path[path.index(last) :])
        for one in path:
            ends[one] = end
    return {own: end for own, end in sorted(ends.items()) if own != end and own in links}


def _path(start: str, links: Mapping[str, str], ends: Mapping[str, str]) -> list[str]:
    """From an id along its links, until one that is settled, or without a link, or met before (then it ends the path)."""
    path, met = [start], {start}
    while (one := path[-1]) in links and one not in ends:
        following = links[one]
        path.append(following)
        if following in met:
            break
        met.add(following)
    return path
