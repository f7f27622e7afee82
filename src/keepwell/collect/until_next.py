"""When does a row end that the source gives no end? On the day on which the next one begins.

Exports of personnel systems often say only from when a position holds, or the same last day on all rows of somebody who
left. With `until_next: to_on` a row lasts until the next row of the same holder (`LASTING`: the person; the customer and
role; …) begins, or until its own end where that is earlier. The next row may stand in these files or in the record: a
promotion in next month's file ends the position that is known, as a new version of that row.
"""

from __future__ import annotations

from typing import Protocol

from keepwell.collect.expressions import literal
from keepwell.collect.fold import Target, keyed, same_key
from keepwell.collect.stage import FileCount, Stage
from keepwell.record.tables import ENDS, LASTING


class Known(Protocol):
    """What is asked of the record."""

    def relation_sql(self, table: str) -> str:
        """DuckDB SQL of a table's rows as known, with their stamps."""
        ...


def end_rows(stage: Stage, known: Known, target: Target, complete: bool) -> None:
    """Give the target's rows their ends, and add the known rows that end earlier now: their `__id` is below zero.

    A `complete` file says all there is, so what is known beside it plays no part.
    """
    if not any(one.map.until_next for one, _ in target.parts):
        return
    before = f"endless_{target.number}"
    kind = "TABLE" if target.merged else "VIEW"
    stage.con.execute(f"ALTER {kind} {target.name} RENAME TO {before}")
    lasting = _bring_known(stage, known, target, before, complete)
    stage.con.execute(f"CREATE TABLE {target.name} AS {_ended_sql(target, before, lasting)}")


def ended_count(stage: Stage, target: Target) -> int:
    """How many known rows end because a new one begins?"""
    return stage.count(f"SELECT count(*) FROM {target.good} AS e WHERE __id < 0")


def _bring_known(stage: Stage, known: Known, target: Target, before: str, complete: bool) -> str:
    """The table of what the record knows of the same holders, placed as rows of the target are."""
    name = f"lasting_{target.number}"
    holder = LASTING[target.table.name]
    mine = "false" if complete else f"NOT gone AND source = {literal(target.source)}"
    stage.bring(f"known_{name}", f"SELECT * FROM ({known.relation_sql(target.table.name)}) AS k WHERE {mine}",
                f"SELECT b.* FROM __brought AS b SEMI JOIN {before} AS t ON {_same(holder, 'b', 't')}")  # fmt: skip
    found = stage.con.execute(f"SELECT DISTINCT coalesce(source_file, '') FROM known_{name} ORDER BY ALL").fetchall()
    first = len(stage.files)
    stage.files.extend(FileCount(file) for (file,) in found)
    columns = ", ".join(f'k."{column}"' for column in target.table.names)
    stage.con.execute(
        f"CREATE TABLE {name} AS SELECT -row_number() OVER () AS __id, {first} - 1 + dense_rank() OVER "
        f"(ORDER BY coalesce(source_file, '')) AS __file, source_row AS __row, source_row AS __line, {columns} "
        f"FROM known_{name} AS k"
    )
    return name


def _ended_sql(target: Target, before: str, lasting: str) -> str:
    """The target's rows, ended; then the known rows that the next one ends earlier than before."""
    holder = LASTING[target.table.name]
    columns = ", ".join(f'"{name}"' for name in holder)
    whole = ", ".join(("__id", "__file", "__row", "__line", *(f'"{name}"' for name in target.table.names)))
    begins = (
        f"SELECT {columns}, from_on FROM {lasting} AS k "
        f"UNION SELECT {columns}, from_on FROM {before} AS n WHERE {keyed(target.table)}"
    )
    nexts = (
        f"SELECT {columns}, from_on, lead(from_on) OVER (PARTITION BY {columns} ORDER BY from_on) AS next_on "
        f"FROM ({begins}) AS b"
    )
    same = (*holder, "from_on")
    return (
        f"WITH nexts AS ({nexts}) "
        f"SELECT {whole} FROM (SELECT n.* REPLACE (least(n.{ENDS}, x.next_on) AS {ENDS}) FROM {before} AS n "
        f"LEFT JOIN nexts AS x ON {_same(same, 'x', 'n')}) AS ended "
        f"UNION ALL SELECT {whole} FROM (SELECT k.* REPLACE (x.next_on AS {ENDS}) FROM {lasting} AS k "
        f"JOIN nexts AS x ON {_same(same, 'x', 'k')} WHERE x.next_on < coalesce(k.{ENDS}, DATE '9999-12-31') "
        f"AND NOT EXISTS (SELECT 1 FROM {before} AS n WHERE {same_key(target.table, 'n', 'k')})) AS known_ended"
    )


def _same(columns: tuple[str, ...], left: str, right: str) -> str:
    return " AND ".join(f'{left}."{name}" = {right}."{name}"' for name in columns)
