"""Which models give nothing, because what they read has no rows?

Most companies use few of the words of a plan and few tables of the record. A model over tables without rows need not be
planned: what it gives is known from its SELECT. Only what is certain counts: an answer that is not known is "may give".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product

from sqlglot import exp

Sets = frozenset[frozenset[str]]

NEVER: Sets = frozenset()
_MOST = 64
_OUTER = {"LEFT": (True, False), "RIGHT": (False, True)}


def nothing_without(query: exp.Query) -> Sets:
    """Without which tables does a SELECT give no row? Without all the tables of any one of these sets; no set: may give.

    >>> from keepwell.engine.model import parse_select
    >>> sets = nothing_without(parse_select("SELECT a.x FROM a JOIN b USING (x) LEFT JOIN c USING (x)", "m.sql"))
    >>> sorted(sorted(tables) for tables in sets)
    [['a'], ['b']]
    """
    return _of_query(query, {})


def needs(*tables: str) -> Sets:
    """What a step says that gives no row without any one of these tables."""
    return frozenset(frozenset({table}) for table in tables)


def gives_nothing(sets: Sets, is_empty: Callable[[str], bool]) -> bool:
    """Is there a set of which every table has no rows?"""
    return any(all(is_empty(name) for name in tables) for tables in sets)


def _of_query(query: exp.Expr | None, named: Mapping[str, Sets]) -> Sets:
    if not isinstance(query, exp.Query):
        return NEVER
    named = dict(named)
    for cte in query.ctes:
        if query.args["with_"].recursive:  # before the first round it has no rows
            named[cte.alias] = frozenset({frozenset[str]()})
        named[cte.alias] = _of_query(cte.this, named)
    if isinstance(query, exp.Subquery):
        return _of_query(query.this, named)
    if isinstance(query, exp.Union):
        return _all([_of_query(query.left, named), _of_query(query.right, named)])
    if isinstance(query, exp.Intersect):
        return _any([_of_query(query.left, named), _of_query(query.right, named)])
    if isinstance(query, exp.Except):
        return _of_query(query.left, named)
    return _of_select(query, named) if isinstance(query, exp.Select) else NEVER


def _of_select(select: exp.Select, named: Mapping[str, Sets]) -> Sets:
    found = select.args.get("from_")
    if found is None or _is_one_row(select):
        return NEVER
    sets = _of_source(found.this, named)
    for join in select.args.get("joins") or ():
        left, right = _OUTER.get(join.side, (True, True))
        joined = _of_source(join.this, named)
        if join.kind == "ANTI":
            right = False
        both = _all if join.side == "FULL" else _any
        sets = both([side for side, counts in ((sets, left), (joined, right)) if counts])
    return sets


def _is_one_row(select: exp.Select) -> bool:
    """Does it sum all rows up to one, which is there even of none? Sums in a window or a SELECT inside do not."""
    group = select.args.get("group")
    if group is not None:
        return group.find(exp.Rollup, exp.Cube, exp.GroupingSets) is not None
    sums = (one for column in select.expressions for one in column.find_all(exp.AggFunc))
    return any(one.find_ancestor(exp.Window, exp.Select) is select for one in sums)


def _of_source(source: exp.Expr, named: Mapping[str, Sets]) -> Sets:
    if isinstance(source, exp.Subquery):
        return _of_query(source, named)
    if isinstance(source, exp.Table) and source.name:
        return named[source.name] if source.name in named else frozenset({frozenset({source.name})})
    return NEVER


def _any(parts: Iterable[Sets]) -> Sets:
    return _shortest(frozenset().union(*parts))


def _all(parts: Iterable[Sets]) -> Sets:
    return _shortest(frozenset(frozenset().union(*sets) for sets in product(*parts)))


def _shortest(sets: Sets) -> Sets:
    """Without those that hold another of them; of very many the shortest, since fewer sets only know less."""
    least = sorted(
        (one for one in sets if not any(other < one for other in sets)), key=lambda one: (len(one), sorted(one))
    )
    return frozenset(least[:_MOST])
