"""How does a value of a source file become SQL over text columns, without a word of the user's ever being SQL?

The source's columns are `__c0`, `__c1`, … here; what a user wrote enters as an escaped literal only. Each value has a
*text* (what the source says, folded and looked up) and a *typed* expression, which is NULL where the text is wrong: so
wrong dates and numbers are found by comparing the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from keepwell.collect.source import Reading
from keepwell.collect.values import ColumnOf, Constant, FirstOf, Formula, Joined, RowNumber, Shift, Value, When
from keepwell.core.tables import SQL_TYPES, Column

_LOCAL = r"\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?)?"
_ZONED = r"\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)? ?(Z|z|UTC|[+-]\d{2}(:?\d{2})?)"
_TRUE = "'true', 't', 'yes', 'y', '1'"
_FALSE = "'false', 'f', 'no', 'n', '0'"
WIDE = "DECIMAL(38, 12)"


def literal(text: str | None) -> str:
    """A text as an SQL literal; nothing as a NULL of its type."""
    return "CAST(NULL AS VARCHAR)" if text is None else "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Scope:
    """What an expression may use: the places of the source's columns, its dates, and the zones in force."""

    places: Mapping[str, str]
    reading: Reading
    company_zone: str
    formula: Callable[[str], str]

    def place(self, column: str) -> str:
        """The staged column that holds a column of the source; NULL for one that an optional file lacks."""
        return self.places.get(column, "CAST(NULL AS VARCHAR)")

    def zone_of(self, value: Value) -> str:
        """The zone of times that state none."""
        return value.zone or self.reading.zone or self.company_zone

    def dates_of(self, value: Value) -> tuple[str, ...]:
        """The formats of dates besides ISO."""
        return value.dates or self.reading.dates


# -- text -------------------------------------------------------------------------------------------------------


def text_sql(value: Value, scope: Scope) -> str:
    """What the source says, as text: the origin, folded, then looked up."""
    text = _folded(_origin_sql(value, scope), value)
    if value.pairs is None:
        return text
    cases = "".join(f" WHEN {literal(theirs)} THEN {literal(ours)}" for theirs, ours in value.pairs.items() if theirs)
    nothing = literal(value.pairs[""]) if "" in value.pairs else None
    otherwise = text if value.otherwise is None else text_sql(value.otherwise, scope)
    if value.otherwise is None and nothing is None:
        return f"CASE {text}{cases} ELSE {otherwise} END" if cases else otherwise
    empty = f"WHEN {text} IS NULL THEN {nothing} " if nothing is not None else ""
    inner = f"CASE {text}{cases} ELSE {otherwise} END" if cases else otherwise
    return f"CASE {empty}ELSE {inner} END" if empty else inner


def unknown_word_sql(value: Value, scope: Scope) -> str | None:
    """True where a look-up without `otherwise` does not know the word; None where that cannot be."""
    if value.pairs is None or value.otherwise is not None:
        return None
    words = ", ".join(literal(theirs) for theirs in value.pairs) or "''"
    return f"{_folded(_origin_sql(value, scope), value)} NOT IN ({words})"


def looked_up_sql(value: Value, scope: Scope) -> str:
    """The word that is looked up: what quarantine shows where the look-up does not know it."""
    return _folded(_origin_sql(value, scope), value)


def _folded(text: str, value: Value) -> str:
    match value.fold:
        case None:
            return text
        case "title":
            words = f"string_split(lower({text}), ' ')"
            return f"array_to_string(list_transform({words}, lambda w: upper(w[1]) || w[2:]), ' ')"
        case case:
            return f"{case}({text})"


def _origin_sql(value: Value, scope: Scope) -> str:
    match value.origin:
        case ColumnOf(name):
            return scope.place(name)
        case Constant(text):
            return literal(text)
        case Joined(parts, between):
            inside = ", ".join(text_sql(part, scope) for part in parts)
            said = [text_sql(part, scope) for part in parts if not isinstance(part.origin, Constant)]
            joined = f"concat_ws({literal(between)}, {inside})"
            return f"CASE WHEN coalesce({', '.join(said)}) IS NOT NULL THEN {joined} END" if said else joined
        case FirstOf(parts):
            return "coalesce(" + ", ".join(text_sql(part, scope) for part in parts) + ")"
        case When(column, words, negate):
            listed = ", ".join(literal(word) for word in words) or "NULL"
            found = f"coalesce({scope.place(column)} IN ({listed}), false)"
            return f"CASE WHEN {found} THEN {literal(str(not negate).lower())} ELSE {literal(str(negate).lower())} END"
        case Formula(text):
            return f"CAST({scope.formula(text)} AS VARCHAR)"
        case RowNumber():
            return "CAST(__row AS VARCHAR)"


# -- types ------------------------------------------------------------------------------------------------------


def typed_sql(column: Column, value: Value, text: str, scope: Scope) -> str:
    """The value in its column's type, from its text (an expression); NULL where the text is wrong."""
    match column.type:
        case "text":
            return text
        case "boolean":
            return f"CASE WHEN lower({text}) IN ({_TRUE}) THEN true WHEN lower({text}) IN ({_FALSE}) THEN false END"
        case "date":
            return _date_sql(value, text, scope)
        case "timestamp":
            return _timestamp_sql(value, text, scope)
        case "integer":
            exact = _number_sql(value, text, "DECIMAL(38, 6)")
            return f"CASE WHEN floor({exact}) = {exact} THEN TRY_CAST({exact} AS BIGINT) END"
        case _:
            kind = WIDE if value.combine == "sum" else SQL_TYPES[column.type]
            return _number_sql(value, text, kind)


def _number_sql(value: Value, text: str, kind: str) -> str:
    # DuckDB reads 1_000 as a thousand; a source that writes it means something else.
    plain = f"CASE WHEN contains({text}, '_') THEN NULL ELSE {text} END"
    if value.divide_by is not None:
        return divided_sql(f"TRY_CAST({plain} AS DECIMAL(24, 6))", value.divide_by, kind)
    # What is summed must leave room for the sum: an overflow there would end the collect, not the row.
    return f"TRY_CAST({plain} AS {kind})" if kind != WIDE else f"CAST(TRY_CAST({plain} AS DECIMAL(26, 12)) AS {WIDE})"


def divided_sql(number: str, divisor: Decimal, kind: str) -> str:
    """A DECIMAL(24, 6) divided exactly by a constant and rounded half up, in whole numbers: no engine's division."""
    scale = int(kind.rstrip(")").rpartition(",")[2])
    part = Fraction(10**scale, 10**6) / Fraction(divisor)
    whole = f"(CAST(CAST(abs({number}) AS DECIMAL(38, 6)) * 1000000 AS HUGEINT) * {2 * abs(part.numerator)} + {part.denominator})"
    rounded = f"sign({number}) * {1 if part > 0 else -1} * ({whole} // {2 * part.denominator})"
    unit = format(Decimal(1).scaleb(-scale), "f")
    return (
        f"TRY_CAST(TRY_CAST({rounded} AS DECIMAL(25, 0)) * CAST('{unit}' AS DECIMAL({scale + 1}, {scale})) AS {kind})"
    )


def _moved(moment: str, shifts: tuple[Shift, ...]) -> str:
    for shift in shifts:
        moment = f"({moment} + to_{shift.unit}s({shift.count}))"
    return moment


def local_sql(text: str, formats: tuple[str, ...]) -> str:
    """A moment as the source's clock shows it: its formats in order, then ISO."""
    plain = tuple(form for form in formats if "%z" not in form)
    iso = f"CASE WHEN regexp_full_match({text}, {literal(_LOCAL)}) THEN TRY_CAST(replace({text}, ',', '.') AS TIMESTAMP) END"
    if not plain:
        return iso
    listed = ", ".join(literal(form) for form in plain)
    # DuckDB reads the words epoch and infinity as moments, whatever the format.
    stated = (
        f"CASE WHEN lower({text}) NOT IN ('epoch', 'infinity', '-infinity') THEN try_strptime({text}, [{listed}]) END"
    )
    return f"coalesce({stated}, {iso})"


def _instant_sql(text: str, formats: tuple[str, ...]) -> str:
    """A moment that states its own zone, in UTC; NULL where it states none."""
    tidy = f"replace(replace({text}, ' UTC', 'Z'), 'UTC', 'Z')"
    iso = f"CASE WHEN regexp_full_match({text}, {literal(_ZONED)}) THEN TRY_CAST({tidy} AS TIMESTAMPTZ) END"
    zoned = [f"try_strptime({text}, {literal(form)})" for form in formats if "%z" in form]
    return f"timezone('UTC', coalesce({', '.join([*zoned, iso])}))"


def _epoch_sql(value: Value, text: str) -> str:
    micros = 1_000_000 if value.epoch == "seconds" else 1_000
    count = f"TRY_CAST(TRY_CAST({text} AS DECIMAL(28, 6)) * {micros} AS BIGINT)"
    return f"CASE WHEN abs({count}) < 250000000000000000 THEN make_timestamp({count}) END"


def _timestamp_sql(value: Value, text: str, scope: Scope) -> str:
    if value.epoch is not None:
        return _likely(_moved(_epoch_sql(value, text), value.shift))
    local = _likely(_moved(local_sql(text, scope.dates_of(value)), value.shift))
    zone = scope.zone_of(value)
    in_utc = local if zone == "UTC" else f"timezone('UTC', timezone({literal(zone)}, {local}))"
    return f"coalesce({in_utc}, {_likely(_moved(_instant_sql(text, scope.dates_of(value)), value.shift))})"


def _date_sql(value: Value, text: str, scope: Scope) -> str:
    """A day in the company's zone. A time of midnight means the day itself, whatever the zone."""
    company = literal(scope.company_zone)
    if value.epoch is not None:
        instant = _moved(_epoch_sql(value, text), value.shift)
        here = f"timezone({company}, timezone('UTC', {instant}))"
        return f"CAST({_likely(here)} AS DATE)"
    local = _likely(_moved(local_sql(text, scope.dates_of(value)), value.shift))
    zone = scope.zone_of(value)
    if zone != scope.company_zone:
        there = f"timezone({company}, timezone({literal(zone)}, {local}))"
        local = f"CASE WHEN CAST({local} AS TIME) = TIME '00:00:00' THEN {local} ELSE {there} END"
    instant = _moved(_instant_sql(text, scope.dates_of(value)), value.shift)
    here = f"timezone({company}, timezone('UTC', {_likely(instant)}))"
    return f"coalesce(CAST({local} AS DATE), CAST({here} AS DATE))"


def _likely(moment: str) -> str:
    """No year before 1000: `%Y` reads 16 as the year 16, which nobody means."""
    return f"CASE WHEN year({moment}) BETWEEN 1000 AND 9999 THEN {moment} END"
