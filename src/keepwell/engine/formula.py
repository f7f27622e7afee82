"""What does a formula that a company wrote say, in SQL that cannot do anything else?

The text is parsed by SQLGlot and then forgotten: an own small writer goes through the tree, knows a few kinds of
node, and writes each itself. What it does not know, it refuses; no part of the text reaches a database as it was.

A formula has numbers, columns, `+ - * /`, comparisons, `and or not`, `in`, `between`, `case when … end`, `if`,
`coalesce`, `least`, `greatest`, `abs`, `floor`, `ceil` and `round_even(x, places)`. It reckons with exact decimals:
`/` is the exact `quotient`, and each step is kept to twelve decimal places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, NoReturn

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from keepwell.core.errors import ConfigurationError, Problem, nearest
from keepwell.core.tables import ColumnType

MOST_LETTERS = 1000
MOST_NESTED = 20
MOST_PARTS = 200
MOST_DIGITS = 18
MOST_PLACES = 9
MOST_DIVISIONS = 3  # one within the other: each is a long text in SQL, and longer still on Spark
PLACES = 12

Kind = Literal["number", "text", "boolean", "date", "nothing"]
_KINDS: dict[ColumnType, tuple[Kind, int]] = {
    "text": ("text", 0), "integer": ("number", 0), "boolean": ("boolean", 0), "date": ("date", 0),
    "money": ("number", 4), "share": ("number", 9), "number": ("number", 6), "exact": ("number", 12),
}  # fmt: skip
_NUMBER = re.compile(r"(\d{0,18})(?:\.(\d{0,9}))?")


class SafeFormula(NamedTuple):
    """A formula as SQL: the text, the columns it uses in order of appearance, and what kind of value it gives."""

    sql: str
    columns: tuple[str, ...]
    kind: Kind = "number"


@dataclass(frozen=True)
class _Part:
    """A written part: its SQL, its kind, and for a number how many decimal places it has at most."""

    sql: str
    kind: Kind
    places: int = 0

    def to(self, places: int) -> str:
        """The number with so many places, as wide as numbers get, so that the next step does not overflow early."""
        return f"CAST({self.sql} AS DECIMAL(38, {places}))"


def formula_sql(text: str, columns: Mapping[str, ColumnType] | Collection[str]) -> SafeFormula:
    """Which SQL is this formula over these columns? Without their types, all are `number`.

    A number is given as DECIMAL(38, 12). Raises `ConfigurationError` with one problem: `formula-syntax`,
    `formula-too-long`, `formula-number`, `formula-column`, `formula-word` or `formula-kind`.

    >>> formula_sql("price * (1 - discount)", {"price": "money", "discount": "share"}).columns
    ('price', 'discount')
    """
    types: Mapping[str, ColumnType] = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "number")
    writer = _Writer(types)
    try:
        part = writer.write(_parse(text))
    except RecursionError as error:
        message = "the formula is nested too deep"
        raise ConfigurationError([Problem("formula-too-long", message, expected=f"{MOST_NESTED} levels")]) from error
    sql = part.to(PLACES) if part.kind == "number" else part.sql
    return SafeFormula(sql, tuple(writer.used), part.kind)


def check_formula(
    text: str, columns: Mapping[str, ColumnType] | Collection[str], file: str | None = None, line: int | None = None
) -> list[Problem]:
    """What is wrong with this formula, where it stands? Nothing, or one problem."""
    try:
        formula_sql(text, columns)
    except ConfigurationError as error:
        first = error.problems[0]
        return [Problem(first.code, first.message, file, line, first.found, first.expected, first.nearest)]
    return []


def _refuse(code: str, message: str, found: str | None = None, expected: str | None = None,
            *, near: str | None = None) -> NoReturn:  # fmt: skip
    raise ConfigurationError([Problem(code, message, found=found, expected=expected, nearest=near)])


def _parse(text: str) -> exp.Expr:
    if len(text) > MOST_LETTERS:
        _refuse("formula-too-long", "the formula is too long", f"{len(text)} letters", f"at most {MOST_LETTERS}")
    if not all(letter.isprintable() or letter.isspace() for letter in text):
        _refuse("formula-syntax", "a formula holds letters that cannot be seen", repr(text))
    if _deepest(text) > MOST_NESTED:
        _refuse("formula-too-long", "the formula is nested too deep", expected=f"at most {MOST_NESTED} levels")
    try:
        tokens = sqlglot.tokenize(text, read="duckdb")
        if any(token.comments for token in tokens):
            _refuse("formula-syntax", "a formula has no comments; two minus signs begin one", text, "a - (-b)")
        if not tokens or len(tokens) > MOST_PARTS:
            _refuse("formula-too-long", "the formula has no parts, or too many", f"{len(tokens)}", f"1 to {MOST_PARTS}")
        # In brackets it can only be an expression: no statement begins with one.
        statements = sqlglot.parse(f"({text}\n)", read="duckdb")
    except (SqlglotError, ValueError) as error:
        hint = 'columns and numbers with + - * /; a name with spaces in "double quotes"'
        raise ConfigurationError([Problem("formula-syntax", "not a formula", found=text, expected=hint)]) from error
    if len(statements) != 1 or statements[0] is None:
        _refuse("formula-syntax", "a formula is one expression", text)
    return statements[0]


def _deepest(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    return deepest


class _Writer:
    """Writes a tree as SQL, node by node; `used` gathers the columns."""

    def __init__(self, columns: Mapping[str, ColumnType]) -> None:
        self.columns = columns
        self.used: dict[str, None] = {}
        self.divisions = 0

    def write(self, node: exp.Expr | None) -> _Part:
        """The node as SQL. Refuses a kind of node, or a part of one, that is not known here."""
        if node is None:
            _refuse("formula-syntax", "something is missing")
        writes = _WRITES.get(type(node))
        if writes is None:
            _refuse(
                "formula-word", "a formula cannot say this", _shown(node), "+ - * /, comparisons, case, if, " + _WORDS
            )
        write, known = writes
        more = sorted(name for name, value in node.args.items() if name not in known and _is_said(value))
        if more:
            _refuse("formula-word", f"a formula cannot say this ({', '.join(more)})", _shown(node))
        return write(self, node)

    def number(self, node: exp.Expr | None) -> _Part:
        """A node below this one, which must be a number."""
        part = self.write(node)
        if part.kind not in ("number", "nothing"):
            _refuse("formula-kind", f"a number is needed, this is {part.kind}", _shown(node))
        return part

    def truth(self, node: exp.Expr | None) -> str:
        """A node below this one, which must be true or false."""
        part = self.write(node)
        if part.kind not in ("boolean", "nothing"):
            _refuse("formula-kind", f"true or false is needed, this is {part.kind}", _shown(node))
        return part.sql

    # Leaves.

    def column(self, node: exp.Expr) -> _Part:
        identifier = node.this
        if not isinstance(identifier, exp.Identifier):
            _refuse("formula-word", "a formula cannot say this", _shown(node))
        name = self._known(str(identifier.this))
        kind = _KINDS.get(self.columns[name])
        if kind is None:
            _refuse("formula-kind", f"{name} is a {self.columns[name]}, which formulas do not take", name)
        self.used[name] = None
        return _Part('"' + name.replace('"', '""') + '"', *kind)

    def _known(self, name: str) -> str:
        alike = [known for known in self.columns if known.casefold() == name.casefold()]
        if name in self.columns or len(alike) == 1:
            return name if name in self.columns else alike[0]
        _refuse("formula-column", f"no column {name}", name, near=nearest(name, self.columns))

    def literal(self, node: exp.Expr) -> _Part:
        text = str(node.this)
        if node.args.get("is_string"):
            return _Part("'" + text.replace("'", "''") + "'", "text")
        match = _NUMBER.fullmatch(text)
        if match is None or not (match[1] or match[2]) or len(match[1] or "") + len(match[2] or "") > MOST_DIGITS:
            _refuse("formula-number", "not a number that formulas take", text,
                    f"at most {MOST_DIGITS} digits, {MOST_PLACES} of them decimals")  # fmt: skip
        whole, decimals = match[1] or "0", match[2] or ""
        return _Part(f"{whole}.{decimals}" if decimals else whole, "number", len(decimals))

    def boolean(self, node: exp.Expr) -> _Part:
        return _Part("TRUE" if node.this else "FALSE", "boolean")

    def null(self, _: exp.Expr) -> _Part:
        return _Part("NULL", "nothing")

    # Arithmetic.

    def paren(self, node: exp.Expr) -> _Part:
        part = self.write(node.this)
        return _Part(f"({part.sql})", part.kind, part.places)

    def negative(self, node: exp.Expr) -> _Part:
        part = self.number(node.this)
        return _Part(f"(-{part.to(part.places)})", "number", part.places)

    def add(self, node: exp.Expr) -> _Part:
        left, right = self.number(node.this), self.number(node.args["expression"])
        places = max(left.places, right.places)
        sign = "+" if isinstance(node, exp.Add) else "-"
        return _Part(f"({left.to(places)} {sign} {right.to(places)})", "number", places)

    def multiply(self, node: exp.Expr) -> _Part:
        left, right = self.number(node.this), self.number(node.args["expression"])
        product = _Part(f"({left.to(left.places)} * {right.to(right.places)})", "number", left.places + right.places)
        return product if product.places <= PLACES else _Part(product.to(PLACES), "number", PLACES)

    def divide(self, node: exp.Expr) -> _Part:
        self.divisions += 1
        if self.divisions > MOST_DIVISIONS:
            _refuse("formula-too-long", "too many divisions within each other", expected=f"at most {MOST_DIVISIONS}")
        left, right = self.number(node.this), self.number(node.args["expression"])
        self.divisions -= 1
        return _Part(f"quotient({left.to(left.places)}, {right.to(right.places)})", "number", PLACES)

    def absolute(self, node: exp.Expr) -> _Part:
        part = self.number(node.this)
        return _Part(f"abs({part.to(part.places)})", "number", part.places)

    def whole(self, node: exp.Expr) -> _Part:
        word = "floor" if isinstance(node, exp.Floor) else "ceil"
        part = self.number(node.this)
        return _Part(f"{word}({part.to(part.places)})", "number", 0)

    def own_function(self, node: exp.Expr) -> _Part:
        if node.name.lower() != "round_even" or len(node.expressions) != 2:
            _refuse("formula-word", f"no function {node.name} of {len(node.expressions)}", _shown(node), _WORDS,
                    near=nearest(node.name, _WORDS.split(", ")))  # fmt: skip
        part = self.number(node.expressions[0])
        places = node.expressions[1]
        if not (isinstance(places, exp.Literal) and not places.args["is_string"] and str(places.this) in "0123456789"):
            _refuse("formula-number", "round_even takes a number of places from 0 to 9", _shown(places))
        count = int(str(places.this))
        return _Part(f"round_even({part.to(max(part.places, count))}, {count})", "number", count)

    # Choices.

    def coalesce(self, node: exp.Expr) -> _Part:
        word = type(node).__name__.lower()
        parts = [self.write(part) for part in (node.this, *node.expressions)]
        return self._alike(parts, lambda written: f"{word}({', '.join(written)})", node)

    def nullif(self, node: exp.Expr) -> _Part:
        parts = [self.write(node.this), self.write(node.args["expression"])]
        return self._alike(parts, lambda written: f"nullif({', '.join(written)})", node)

    def case(self, node: exp.Expr) -> _Part:
        tests = [self.truth(one.this) for one in node.args["ifs"]]
        parts = [self.write(one.args["true"]) for one in node.args["ifs"]]
        if node.args.get("default") is not None:
            parts.append(self.write(node.args["default"]))
        return self._alike(parts, lambda written: _case(tests, written), node)

    def if_else(self, node: exp.Expr) -> _Part:
        test = self.truth(node.this)
        parts = [self.write(node.args["true"])]
        if node.args.get("false") is not None:
            parts.append(self.write(node.args["false"]))
        return self._alike(parts, lambda written: _case([test], written), node)

    def _alike(self, parts: Sequence[_Part], write: Callable[[list[str]], str], node: exp.Expr | None) -> _Part:
        """Parts of one kind, brought to as many places; dates and texts as they are."""
        kinds = {part.kind for part in parts} - {"nothing"}
        if len(kinds) > 1:
            _refuse("formula-kind", f"{' and '.join(sorted(kinds))} do not go together", _shown(node))
        kind: Kind = next(iter(kinds), "nothing")
        if kind != "number":
            return _Part(write([part.sql for part in parts]), kind)
        places = max(part.places for part in parts)
        return _Part(write([part.to(places) for part in parts]), kind, places)

    # Comparisons.

    def compare(self, node: exp.Expr) -> _Part:
        parts = self._comparable(node.this, node.args["expression"])
        sign = f" {_SIGNS[type(node)]} "
        return _Part(self._alike(parts, lambda written: f"({sign.join(written)})", node).sql, "boolean")

    def _comparable(self, first: exp.Expr, *others: exp.Expr) -> list[_Part]:
        """The parts; a text beside a date is read as a date."""
        parts = [self.write(node) for node in (first, *others)]
        if not any(part.kind == "date" for part in parts):
            return parts
        return [_as_date(part) if part.kind == "text" else part for part in parts]

    def between(self, node: exp.Expr) -> _Part:
        value, low, high = self._comparable(node.this, node.args["low"], node.args["high"])
        return _Part(
            self._alike([value, low, high], lambda w: f"({w[0]} BETWEEN {w[1]} AND {w[2]})", node).sql, "boolean"
        )

    def one_of(self, node: exp.Expr) -> _Part:
        if not node.expressions:
            _refuse("formula-word", "in takes a list of values", _shown(node), "x in (1, 2)")
        parts = self._comparable(node.this, *node.expressions)
        return _Part(self._alike(parts, lambda w: f"({w[0]} IN ({', '.join(w[1:])}))", node).sql, "boolean")

    def is_null(self, node: exp.Expr) -> _Part:
        if not isinstance(node.args["expression"], exp.Null):
            _refuse("formula-word", "a formula cannot say this", _shown(node), "x is null")
        return _Part(f"({self.write(node.this).sql} IS NULL)", "boolean")

    def both(self, node: exp.Expr) -> _Part:
        word = "AND" if isinstance(node, exp.And) else "OR"
        return _Part(f"({self.truth(node.this)} {word} {self.truth(node.args['expression'])})", "boolean")

    def negated(self, node: exp.Expr) -> _Part:
        return _Part(f"(NOT {self.truth(node.this)})", "boolean")


def _case(tests: Sequence[str], written: Sequence[str]) -> str:
    whens = " ".join(f"WHEN {test} THEN {then}" for test, then in zip(tests, written, strict=False))
    otherwise = f" ELSE {written[-1]}" if len(written) > len(tests) else ""
    return f"(CASE {whens}{otherwise} END)"


def _as_date(part: _Part) -> _Part:
    try:
        day = date.fromisoformat(part.sql.strip("'"))
    except ValueError:
        _refuse("formula-kind", "not a date", part.sql, "'2026-01-31'")
    return _Part(f"DATE '{day.isoformat()}'", "date")


def _is_said(value: object) -> bool:
    return value not in (None, False, [], "")


def _shown(node: exp.Expr | None) -> str:
    text = node.sql("duckdb", comments=False) if node is not None else ""
    return text if len(text) <= 60 else text[:57] + "…"


_WORDS = "abs, ceil, coalesce, floor, greatest, if, least, nullif, round_even"
_SIGNS: dict[type[exp.Expr], str] = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<="}
_TWO = frozenset({"this", "expression"})
_WRITES: dict[type[exp.Expr], tuple[Callable[[_Writer, exp.Expr], _Part], frozenset[str]]] = {
    exp.Column: (_Writer.column, frozenset({"this"})),
    exp.Literal: (_Writer.literal, frozenset({"this", "is_string"})),
    exp.Boolean: (_Writer.boolean, frozenset({"this"})),
    exp.Null: (_Writer.null, frozenset()),
    exp.Paren: (_Writer.paren, frozenset({"this"})),
    exp.Neg: (_Writer.negative, frozenset({"this"})),
    exp.Add: (_Writer.add, _TWO),
    exp.Sub: (_Writer.add, _TWO),
    exp.Mul: (_Writer.multiply, _TWO),
    exp.Div: (_Writer.divide, _TWO | {"typed", "safe"}),
    exp.Abs: (_Writer.absolute, frozenset({"this"})),
    exp.Floor: (_Writer.whole, frozenset({"this"})),
    exp.Ceil: (_Writer.whole, frozenset({"this"})),
    exp.Anonymous: (_Writer.own_function, frozenset({"this", "expressions"})),
    exp.Coalesce: (_Writer.coalesce, frozenset({"this", "expressions"})),
    exp.Least: (_Writer.coalesce, frozenset({"this", "expressions", "ignore_nulls"})),
    exp.Greatest: (_Writer.coalesce, frozenset({"this", "expressions", "ignore_nulls"})),
    exp.Nullif: (_Writer.nullif, _TWO),
    exp.Case: (_Writer.case, frozenset({"ifs", "default"})),
    exp.If: (_Writer.if_else, frozenset({"this", "true", "false"})),
    **dict.fromkeys(_SIGNS, (_Writer.compare, _TWO)),
    exp.Between: (_Writer.between, frozenset({"this", "low", "high"})),
    exp.In: (_Writer.one_of, frozenset({"this", "expressions"})),
    exp.Is: (_Writer.is_null, _TWO),
    exp.And: (_Writer.both, _TWO),
    exp.Or: (_Writer.both, _TWO),
    exp.Not: (_Writer.negated, frozenset({"this"})),
}
