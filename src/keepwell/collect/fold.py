"""How do several rows of one key become one: kept, combined, told apart as duplicates, merged over kinds of files?

Out comes one table per source and canonical table, one row per key. A row that breaks a rule gets a *verdict* (code,
column, value); it stays where it is, so that whatever depends on it can be judged too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from keepwell.collect.expressions import literal
from keepwell.collect.loading import Loaded
from keepwell.collect.map import Mapped
from keepwell.collect.source import TableMap
from keepwell.collect.stage import Stage
from keepwell.core.tables import SQL_TYPES, Column, Table

GROUP_MESSAGE = "another row of the same key breaks a rule"
_PLACE = "__id, __file, __row, __line"


@dataclass
class Target:
    """One source's rows of one canonical table: `name` is the table in the stage, one row per key.

    `parts` are the mapped tables it was made of and what each became; `merged` says whether there are several.
    `read`, `retried`, `mapped`, `duplicates`, `ended`: counts of rows for the report.
    """

    number: int
    source: str
    table: Table
    parts: list[tuple[Mapped, str]] = field(default_factory=list)
    loaded: list[Loaded] = field(default_factory=list)
    duplicates: int = 0
    read: int = 0
    retried: int = 0
    mapped: int = 0
    ended: int = 0

    @property
    def name(self) -> str:
        """The table of its rows in the stage."""
        return f"target_{self.number}"

    @property
    def members(self) -> str:
        """The table that says which row of a part went into which row here."""
        return f"members_{self.number}"

    @property
    def merged(self) -> bool:
        """Is it made from several kinds of files?"""
        return len(self.parts) > 1

    @property
    def given(self) -> frozenset[str]:
        """The columns that its sources give: all others are empty in every row."""
        return frozenset(name for one, _ in self.parts for name in one.map.values)

    @property
    def good(self) -> str:
        """SQL of the rows without a verdict."""
        return (
            f"(SELECT * FROM {self.name} AS g WHERE NOT EXISTS "
            f"(SELECT 1 FROM verdicts AS v WHERE v.target = {self.number} AND v.id = g.__id))"
        )


def make_verdicts(stage: Stage) -> None:
    """The table of what is wrong with which row of which target; the first reason stands."""
    stage.con.execute(
        "CREATE TABLE verdicts (target INTEGER, id BIGINT, code VARCHAR, column_name VARCHAR, value VARCHAR, "
        "message VARCHAR)"
    )


@dataclass(frozen=True)
class Case:
    """A way to be wrong: an SQL condition on a row, the code and column, what is shown as found, and the message."""

    condition: str
    code: str
    column: str | None
    value: str
    message: str


def add_verdicts(stage: Stage, target: Target, code: str, message: str, rows: str) -> int:
    """Judge the rows that a query gives (`id`, `column_name`, `value`), unless they are judged already; how many?"""
    return stage.count(
        f"INSERT INTO verdicts SELECT {target.number}, r.id, {literal(code)}, r.column_name, r.value, {literal(message)} "
        f"FROM (SELECT id, any_value(column_name) AS column_name, any_value(value) AS value FROM ({rows}) AS a "
        f"GROUP BY id) AS r WHERE NOT EXISTS "
        f"(SELECT 1 FROM verdicts AS v WHERE v.target = {target.number} AND v.id = r.id)"
    )


def judge_rows(stage: Stage, target: Target, rows: str, cases: Sequence[Case]) -> int:
    """Judge each row of a table by the first case that fits it, unless it is judged already; how many were wrong?"""
    if not cases:
        return 0
    first = " ".join(f"WHEN {case.condition} THEN {n}" for n, case in enumerate(cases))
    code = " ".join(f"WHEN {n} THEN {literal(case.code)}" for n, case in enumerate(cases))
    column = " ".join(f"WHEN {n} THEN {literal(case.column)}" for n, case in enumerate(cases))
    value = " ".join(f"WHEN {n} THEN {case.value}" for n, case in enumerate(cases))
    message = " ".join(f"WHEN {n} THEN {literal(case.message)}" for n, case in enumerate(cases))
    return stage.count(
        f"INSERT INTO verdicts SELECT {target.number}, __id, CASE __case {code} END, CASE __case {column} END, "
        f"CASE __case {value} END, CASE __case {message} END FROM (SELECT *, CASE {first} END AS __case FROM {rows}) AS r "
        f"WHERE __case IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM verdicts AS v WHERE v.target = {target.number} AND v.id = r.__id)"
    )


def fold(stage: Stage, target: Target, mapped: Sequence[Mapped]) -> None:
    """Make the target's table from its mapped rows, and the verdicts that follow from single rows and keys."""
    for number, one in enumerate(mapped):
        name = f"part_{target.number}_{number}"
        if one.map.folds:
            _fold_key(stage, one, name)
        else:
            _keep_first(stage, target, one, name)
        target.parts.append((one, name))
        _judge_part(stage, target, one, name)
    _merge(stage, target)
    _count(stage, target)


def _count(stage: Stage, target: Target) -> None:
    for loaded in target.loaded:
        target.read += stage.count(f"SELECT count(*) FROM {loaded.raw.name} WHERE __entry IS NULL")
        retried = f"SELECT count(*) FROM {loaded.raw.name} WHERE __entry = {literal(target.table.name)}"
        target.retried += stage.count(retried) if loaded.retried else 0
    target.mapped = sum(stage.count(f"SELECT count(*) FROM {one.name}") for one, _ in target.parts)


# -- several rows of one key in one kind of file ----------------------------------------------------------------


def keyed(table: Table, prefix: str = "") -> str:
    """True where every part of the key is there."""
    dot = f"{prefix}." if prefix else ""
    return " AND ".join(f'{dot}"{name}" IS NOT NULL' for name in table.key)


def same_key(table: Table, left: str, right: str) -> str:
    """True where two rows have the same key."""
    return " AND ".join(f'{left}."{name}" = {right}."{name}"' for name in table.key)


def key_names(table: Table, prefix: str = "") -> str:
    """The key's columns as SQL lists them."""
    dot = f"{prefix}." if prefix else ""
    return ", ".join(f'{dot}"{name}"' for name in table.key)


def _fold_key(stage: Stage, one: Mapped, name: str) -> None:
    """One row per key: the one that `keep` names (else the first), with the values that `combine` makes of all."""
    table = one.map.table
    group = f"PARTITION BY {key_names(table)}"
    columns = ", ".join(_folded_column(one.map, column, group) for column in table.columns)
    stage.con.execute(
        f"CREATE TABLE {name} AS SELECT {_PLACE}, {_names(table)}, __bad, __bad_value, __others_bad FROM ("
        f"SELECT {_PLACE}, {columns}, __bad, __bad_value, bool_or(__bad_all) OVER ({group}) AS __others_bad, "
        f"row_number() OVER ({group} ORDER BY {_keep_order(one.map)}) AS __place "
        f"FROM {one.name} WHERE {keyed(table)}) AS f WHERE __place = 1 "
        f"UNION ALL SELECT {_PLACE}, {_cast_names(table)}, __bad, __bad_value, false FROM {one.name} "
        f"WHERE NOT ({keyed(table)})"
    )


def _names(table: Table) -> str:
    return ", ".join(f'"{name}"' for name in table.names)


def _cast_names(table: Table) -> str:
    return ", ".join(f'TRY_CAST("{c.name}" AS {SQL_TYPES[c.type]}) AS "{c.name}"' for c in table.columns)


def _keep_order(table_map: TableMap) -> str:
    """Which row of a key stands first: by `keep`; where that says nothing, the first in the files."""
    keep = table_map.keep
    if keep is None:
        return "__file, __row, __id"
    way = "DESC NULLS LAST" if keep.end == "last" else "ASC NULLS LAST"
    last = "DESC" if keep.end == "last" else "ASC"
    sorts = [f"{how} {way}" for n, _ in enumerate(keep.columns) for how in sort_ways(f"__k{n}")]
    return ", ".join([*sorts, f"__file {last}", f"__row {last}", f"__id {last}"])


def sort_ways(place: str) -> tuple[str, ...]:
    """How a column of text is sorted as its values mean: as numbers, else as moments (see `map`), else as text."""
    return (f"TRY_CAST({place} AS DECIMAL(38, 9))", f"{place}_at", place)


def _folded_column(table_map: TableMap, column: Column, group: str) -> str:
    value = table_map.values.get(column.name)
    own = f'"{column.name}"'
    if value is None or value.combine is None:
        return f"TRY_CAST({own} AS {SQL_TYPES[column.type]}) AS {own}"
    calls = {"all": "bool_and", "any": "bool_or", "min": "min", "max": "max", "sum": "sum"}
    if value.combine in calls:
        made = f"{calls[value.combine]}({own}) OVER ({group})"
    else:
        ascending = value.combine == "first"
        order = _time_order(table_map, ascending)
        made = (
            f"first_value({own} IGNORE NULLS) OVER ({group} ORDER BY {order} "
            "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
        )
    return f"TRY_CAST({made} AS {SQL_TYPES[column.type]}) AS {own}"


def _time_order(table_map: TableMap, ascending: bool) -> str:
    """The rows of a key in time: by `keep`'s columns where stated, then as they stand in the files."""
    way = "ASC" if ascending else "DESC"
    keep = table_map.keep
    sorts = [how for n, _ in enumerate(keep.columns) for how in sort_ways(f"__k{n}")] if keep is not None else []
    return ", ".join(f"{sort} {way} NULLS LAST" for sort in [*sorts, "__file", "__row", "__id"])


# -- a key that should stand once -------------------------------------------------------------------------------


def _keep_first(stage: Stage, target: Target, one: Mapped, name: str) -> None:
    """Leave rows as they are; where a key stands twice, the latest file counts, and in it the first row.

    The rest of that file's rows of the key say the same again (duplicates) or contradict it (verdict `key-duplicate`).
    """
    table, drop = one.map.table, f"drop_{name}"
    rows = f"SELECT {_PLACE}, {_names(table)}, __bad, __bad_value, false AS __others_bad FROM {one.name} AS m"
    twice = f"SELECT {key_names(table)} FROM {one.name} WHERE {keyed(table)} GROUP BY ALL HAVING count(*) > 1"
    if not stage.count(f"SELECT count(*) FROM ({twice}) AS t"):
        stage.con.execute(f"CREATE VIEW {name} AS {rows}")
        return
    again = (
        f"SELECT m.*, max(__file) OVER (PARTITION BY {key_names(table, 'm')}) AS __latest, "
        f"row_number() OVER (PARTITION BY {key_names(table, 'm')}, __file ORDER BY __row, __id) AS __nth "
        f"FROM {one.name} AS m SEMI JOIN ({twice}) AS t ON {same_key(table, 'm', 't')}"
    )
    stage.con.execute(f"CREATE TABLE again_{name} AS {again}")
    equal = " AND ".join(f'a."{c}" IS NOT DISTINCT FROM k."{c}"' for c in table.names)
    stage.con.execute(
        f"CREATE TABLE {drop} AS SELECT a.__id AS id, a.__file < a.__latest AS older, "
        f"coalesce({equal} AND a.__bad IS NOT DISTINCT FROM k.__bad "
        f"AND a.__bad_value IS NOT DISTINCT FROM k.__bad_value, false) AS same "
        f"FROM again_{name} AS a JOIN again_{name} AS k ON {same_key(table, 'a', 'k')} "
        f"AND k.__file = k.__latest AND k.__nth = 1 WHERE a.__id <> k.__id"
    )
    target.duplicates += stage.count(f"SELECT count(*) FROM {drop} WHERE same AND NOT older")
    stage.con.execute(f"CREATE VIEW {name} AS {rows} WHERE NOT EXISTS (SELECT 1 FROM {drop} AS d WHERE d.id = m.__id)")
    add_verdicts(stage, target, "key-duplicate", "an earlier row of the file has the same key and says otherwise",
                 f"SELECT d.id, {literal(table.key[0])} AS column_name, {_key_text(table, 'a')} AS value "
                 f"FROM {drop} AS d JOIN again_{name} AS a ON a.__id = d.id WHERE NOT same AND NOT older")  # fmt: skip


def _key_text(table: Table, prefix: str) -> str:
    return "concat_ws(' ', " + ", ".join(f'CAST({prefix}."{name}" AS VARCHAR)' for name in table.key) + ")"


# -- verdicts of single rows, merging ---------------------------------------------------------------------------


def _judge_part(stage: Stage, target: Target, one: Mapped, name: str) -> None:
    cases = [
        Case(f"__bad = {number}", rule.code, rule.column, "__bad_value", rule.message)
        for number, rule in enumerate(one.rules)
    ]
    if one.map.combines:
        nothing = "CAST(NULL AS VARCHAR)"
        cases.append(Case("__others_bad", "group-has-bad-row", None, nothing, GROUP_MESSAGE))
    judge_rows(stage, target, name, cases)


def _merge(stage: Stage, target: Target) -> None:
    """One row per key over the kinds of files: column by column, the first that says something."""
    columns = f"{_PLACE}, {_names(target.table)}"
    if not target.merged:
        stage.con.execute(f"CREATE VIEW {target.name} AS SELECT {columns} FROM {target.parts[0][1]}")
        return
    table = target.table
    union = " UNION ALL ".join(
        f"SELECT {n} AS __part, {columns} FROM {name}" for n, (_, name) in enumerate(target.parts)
    )
    stage.con.execute(f"CREATE TABLE all_{target.number} AS {union}")
    firsts = ", ".join(
        f'first("{c}" ORDER BY __part, __id) FILTER ("{c}" IS NOT NULL) AS "{c}"'
        for c in table.names
        if c not in table.key
    )
    places = ", ".join(f"first({c} ORDER BY __part, __id) AS {c}" for c in ("__id", "__file", "__row", "__line"))
    stage.con.execute(
        f"CREATE TABLE {target.name} AS SELECT {columns} FROM (SELECT {key_names(table)}, {places}"
        f"{', ' + firsts if firsts else ''} FROM all_{target.number} WHERE {keyed(table)} GROUP BY ALL) AS m "
        f"UNION ALL SELECT {columns} FROM all_{target.number} WHERE NOT ({keyed(table)})"
    )
    stage.con.execute(
        f"CREATE TABLE {target.members} AS SELECT a.__id AS member, t.__id AS id FROM all_{target.number} AS a "
        f"JOIN {target.name} AS t ON {same_key(table, 'a', 't')}"
    )


def spread_verdicts(stage: Stage, target: Target) -> int:
    """In a merged table, a row of which one part is wrong is wrong as a whole: half a row would be a silent gap."""
    if not target.merged:
        return 0
    return add_verdicts(
        stage, target, "group-has-bad-row", GROUP_MESSAGE,
        f"SELECT m.id, CAST(NULL AS VARCHAR) AS column_name, CAST(NULL AS VARCHAR) AS value FROM {target.members} AS m "
        f"JOIN verdicts AS v ON v.target = {target.number} AND v.id = m.member",
    )  # fmt: skip
