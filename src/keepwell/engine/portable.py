"""Does a model mean the same on every engine? Only what was tried on all of them may be used.

SQLGlot translates names, not meanings: it is silently wrong for days of the week, for casts of fractions to whole
numbers, for `trunc`. So a model may use only the kinds of expression listed here, each of which
`tests/engine/test_portable.py` runs on every engine and compares; and some of them only in one way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from keepwell.core.errors import Problem, nearest
from keepwell.core.tables import SQL_TYPES, Table
from keepwell.engine.model import Model

FUNCTIONS: dict[str, type[exp.Expr]] = {
    "abs": exp.Abs, "bool_and": exp.LogicalAnd, "bool_or": exp.LogicalOr, "ceil": exp.Ceil, "coalesce": exp.Coalesce,
    "concat": exp.Concat, "concat_ws": exp.ConcatWs, "count": exp.Count, "date_diff": exp.DateDiff, "day": exp.Day,
    "dense_rank": exp.DenseRank, "first_value": exp.FirstValue, "floor": exp.Floor,
    "greatest": exp.Greatest, "grouping": exp.Grouping, "lag": exp.Lag, "last_value": exp.LastValue, "lead": exp.Lead,
    "least": exp.Least, "length": exp.Length, "lower": exp.Lower, "make_date": exp.DateFromParts, "max": exp.Max,
    "md5": exp.MD5, "min": exp.Min, "month": exp.Month, "nullif": exp.Nullif, "quarter": exp.Quarter,
    "rank": exp.Rank, "replace": exp.Replace, "round": exp.Round, "row_number": exp.RowNumber, "sqrt": exp.Sqrt,
    "starts_with": exp.StartsWith, "strpos": exp.StrPosition, "substring": exp.Substring, "sum": exp.Sum,
    "trim": exp.Trim, "upper": exp.Upper, "year": exp.Year,
}  # fmt: skip
OWN_FUNCTIONS = {"epoch_us": "BIGINT", "quotient": "DECIMAL(38, 12)", "round_even": "DECIMAL(38, 12)"}

SYNTAX: frozenset[type[exp.Expr]] = frozenset({
    exp.Add, exp.Alias, exp.And, exp.Between, exp.Boolean, exp.CTE, exp.Case, exp.Cast, exp.Column, exp.Cube,
    exp.DPipe, exp.DataType, exp.DataTypeParam, exp.Distinct, exp.Div, exp.EQ, exp.Except, exp.Exists, exp.Filter,
    exp.From, exp.GT, exp.GTE, exp.Group, exp.GroupingSets, exp.Having, exp.Identifier, exp.If, exp.IgnoreNulls, exp.In,
    exp.IntDiv, exp.Intersect, exp.Is, exp.Join, exp.LT, exp.LTE, exp.Like, exp.Literal, exp.Mod, exp.Mul, exp.NEQ,
    exp.Neg, exp.Not, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Order, exp.Ordered, exp.Paren,
    exp.Qualify, exp.Rollup, exp.Select, exp.Star, exp.Sub, exp.Subquery, exp.Table, exp.TableAlias, exp.Tuple,
    exp.Union, exp.Values, exp.Var, exp.Where, exp.Window, exp.WindowSpec, exp.With,
})  # fmt: skip
TYPES = ("BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "INT", "TEXT", "TIMESTAMP", "TIMESTAMPNTZ", "VARCHAR")

_ALLOWED = SYNTAX | set(FUNCTIONS.values())
_NEEDS_ORDER = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue)
_INTEGERS = exp.DataType.INTEGER_TYPES
_FRACTIONS = {*exp.DataType.REAL_TYPES, exp.DType.DECIMAL}
_REALS = {exp.DType.DOUBLE, exp.DType.FLOAT}


def check_portable(model: Model, tables: Mapping[str, Table]) -> list[Problem]:
    """What in this model may mean something else on another engine? `tables` are those that it reads.

    Problems are `model-not-portable`, each with its line.
    """
    found = [_problem(model, node, *reason) for node in model.tree.walk() for reason in _by_form(node)]
    typed = _typed(model, tables)
    if typed is not None:
        found += [
            _problem(model, node, reason, expected) for node in typed.walk() for reason, expected in _by_type(node)
        ]
    return sorted(found, key=lambda problem: problem.line or 0)


def _by_form(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    """What is wrong with the node whatever the types."""
    if isinstance(node, exp.Anonymous):
        if node.name.lower() not in OWN_FUNCTIONS:
            yield _unknown_function(node.name.lower())
    elif type(node) not in _ALLOWED:
        yield (
            _unknown_function(_written(node))
            if isinstance(node, exp.Func)
            else (f"no {_written(node)} in models", None)
        )
    rule = _RULES.get(type(node))
    if rule is not None:
        yield from rule(node)


def _unknown_function(name: str) -> tuple[str, str | None]:
    near = nearest(name, [*FUNCTIONS, *OWN_FUNCTIONS])
    return (
        f"{name} is not known to mean the same on every engine",
        f"one of the portable functions, such as {near}" if (near) else "one of the portable functions",
    )


def _written(node: exp.Expr) -> str:
    return node.sql_name().lower() if isinstance(node, exp.Func) else type(node).__name__.lower()


def _date_diff(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    unit = node.args.get("unit")
    if unit is None or unit.name.lower() not in ("day", "days"):
        yield "date_diff counts other units by different rules", "date_diff('day', a, b), or year(d) * 12 + month(d)"


def _own(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    if node.name.lower() == "round_even":
        places = node.expressions[1:]
        if not (len(places) == 1 and isinstance(places[0], exp.Literal) and places[0].name.isdigit()):
            yield "round_even takes a literal number of places", "round_even(x, 2)"


def _round(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    places = node.args.get("decimals")
    if not (isinstance(places, exp.Literal) and places.name.isdigit()):
        yield "round takes a literal number of places", "round(x, 2)"


def _data_type(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    name = node.this.name if isinstance(node.this, exp.DType) else str(node.this)
    if name not in TYPES:
        yield (
            f"{name} is not a type of every engine",
            "BIGINT, BOOLEAN, DATE, DECIMAL, DOUBLE, INTEGER, TIMESTAMP, VARCHAR",
        )


def _star(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    if any(node.args.get(word) for word in ("except_", "except", "replace", "rename")):
        yield "* may not leave out or replace columns", "the columns' names"


def _in(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    if node.args.get("query") is not None:
        yield "of a null, IN (SELECT …) is unknown here and false there", "EXISTS (SELECT …)"


def _join(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    if node.args.get("method"):
        yield f"no {node.args['method']} joins", "a join with ON or USING"


def _window(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    function = node.this.this if isinstance(node.this, exp.IgnoreNulls) else node.this
    if isinstance(function, _NEEDS_ORDER) and not node.args.get("order"):
        yield f"{_written(function)} has no order, so any row may come first", "ORDER BY the full key"
    spec = node.args.get("spec")
    if spec is not None and spec.args.get("kind") not in (None, "ROWS"):
        yield f"{spec.args['kind']} frames differ between engines", "ROWS BETWEEN …"


def _with(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    if node.args.get("recursive"):
        yield "no recursion in models", "a Python step"


def _cte(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    if any(table.name == node.alias for table in node.this.find_all(exp.Table)):
        yield f"{node.alias} reads a table of its own name", "another name"


def _trim(node: exp.Expr) -> Iterator[tuple[str, str | None]]:
    if node.expression is not None:
        yield "trim takes away spaces only", "trim(text)"


_RULES: dict[type[exp.Expr], Callable[[exp.Expr], Iterator[tuple[str, str | None]]]] = {
    exp.Anonymous: _own,
    exp.CTE: _cte,
    exp.DataType: _data_type,
    exp.DateDiff: _date_diff,
    exp.In: _in,
    exp.Join: _join,
    exp.Round: _round,
    exp.Star: _star,
    exp.Trim: _trim,
    exp.Window: _window,
    exp.With: _with,
}


def _by_type(node: exp.Expr) -> Iterator[tuple[str, str]]:
    """What is wrong with the node because of what it works on."""
    if isinstance(node, exp.Cast) and not node.meta.get("own"):
        yield from _cast(node)
    elif isinstance(node, exp.Div) and not (_is(node.this, _REALS) or _is(node.expression, _REALS)):
        yield "/ gives another type on every engine", "quotient(a, b), or a cast of one side to DOUBLE"
    elif isinstance(node, (exp.IntDiv, exp.Mod)) and (_is(node.this, _FRACTIONS) or _is(node.expression, _FRACTIONS)):
        yield "division with remainder is for whole numbers", "whole numbers on both sides"
    elif (
        isinstance(node, exp.Sub)
        and _is(node.this, exp.DataType.TEMPORAL_TYPES)
        and (_is(node.expression, exp.DataType.TEMPORAL_TYPES))
    ):
        yield "a difference of dates is a number here and an interval there", "date_diff('day', from, to)"
    elif isinstance(node, exp.Round) and _is(node.this, _REALS):
        yield "a round of a DOUBLE differs in the last place", "a cast to DECIMAL first"
    elif isinstance(node, exp.Sum) and _is(node.this, _REALS):
        yield "a sum of DOUBLE depends on the order of rows", "a sum of decimals or whole numbers"


def _cast(node: exp.Cast) -> Iterator[tuple[str, str]]:
    if _is(node, _INTEGERS) and _is(node.this, _FRACTIONS) and not _is_whole(node.this):
        yield "a cast of a fraction to a whole number rounds here and cuts there", "floor, ceil or round_even first"
    if _is(node, exp.DataType.TEXT_TYPES) and _is(node.this, {*_REALS, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ}):
        yield "this is written differently as text on each engine", "a date, a decimal or a whole number"


def _is_whole(node: exp.Expr) -> bool:
    while isinstance(node, exp.Paren) or node.meta.get("own"):
        node = node.this
    if isinstance(node, exp.Anonymous) and node.name.lower() == "round_even":
        return bool(node.expressions[1].name == "0")
    places = node.args.get("decimals") if isinstance(node, exp.Round) else None
    return isinstance(node, (exp.Floor, exp.Ceil)) or (places is not None and places.name == "0")


def _is(node: exp.Expr, types: AbstractSet[exp.DType]) -> bool:
    return isinstance(node.type, exp.DataType) and node.type.this in types


def _typed(model: Model, tables: Mapping[str, Table]) -> exp.Expr | None:
    """The model's tree with a type at each node where SQLGlot finds one; None where a name leads nowhere."""
    schema: dict[str, object] = {
        name: {column.name: SQL_TYPES[column.type] for column in table.columns} for name, table in tables.items()
    }
    tree = model.tree.copy().transform(_with_type)
    try:
        known = qualify(tree, schema=schema, dialect="duckdb", validate_qualify_columns=False, quote_identifiers=False)
        return annotate_types(known, schema=schema, dialect="duckdb")
    except SqlglotError:
        return None


def _with_type(node: exp.Expr) -> exp.Expr:
    """Our own functions stand in a cast that says their type, which SQLGlot does not know."""
    kind = OWN_FUNCTIONS.get(node.name.lower()) if isinstance(node, exp.Anonymous) else None
    if kind is None:
        return node
    typed = exp.cast(node.copy(), kind)
    typed.this.set("expressions", [part.transform(_with_type) for part in node.expressions])
    typed.meta["own"] = True
    for part in typed.args["to"].walk():
        part.meta.clear()  # its line is not the model's
    return typed


def _as_written(node: exp.Expr) -> exp.Expr:
    return node.this if node.meta.get("own") else node


def _problem(model: Model, node: exp.Expr, reason: str, expected: str | None) -> Problem:
    text = node.copy().transform(_as_written).sql("duckdb", comments=False, normalize_functions=False)
    shown = text if len(text) <= 60 else text[:57] + "…"
    return Problem("model-not-portable", f"{model.name}: {reason}", model.file, _line(node), shown, expected)


def _line(node: exp.Expr) -> int | None:
    """The first line of the node's words; of what stands around it where it has none."""
    lines = [part.meta["line"] for part in node.walk() if "line" in part.meta]
    return min(lines) if lines else (_line(node.parent) if node.parent is not None else None)
