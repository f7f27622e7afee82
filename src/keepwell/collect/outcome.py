"""Which source rows wait because of the verdicts, and which rows go into the record?

A row that broke a rule waits with all the source rows that belong to it (those summed into it, those merged with it), so
that trying them again gives the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from keepwell.collect.expressions import literal
from keepwell.collect.fold import Target, same_key
from keepwell.collect.map import Mapped
from keepwell.collect.quarantine import QuarantinedRow
from keepwell.collect.stage import RawTable, Stage
from keepwell.core.errors import nearest

_FETCH = 5_000
_BATCH = 30_720


def collect_waiting(stage: Stage, target: Target) -> int:
    """Make the table `waiting_N` of the source rows that wait because of a target's verdicts; returns how many."""
    parts = " UNION ALL ".join(
        _waiting_of(target, number, one, name) for number, (one, name) in enumerate(target.parts)
    )
    stage.con.execute(
        f"CREATE TABLE waiting_{target.number} AS SELECT id, any_value(part) AS part, "
        f"arg_min(code, place) AS code, arg_min(column_name, place) AS column_name, arg_min(value, place) AS value, "
        f"arg_min(message, place) AS message FROM ({parts}) AS w GROUP BY id"
    )
    return stage.count(f"SELECT count(*) FROM waiting_{target.number}")


def _waiting_of(target: Target, number: int, one: Mapped, name: str) -> str:
    """The rows of one kind of file that wait: each with its own verdict, else with that of the row it went into."""
    reasons = "v.code, v.column_name, v.value, v.message"
    verdicts = f"SELECT * FROM verdicts WHERE target = {target.number}"
    of = f"SELECT {number} AS part, v.id, 0 AS place, {reasons} FROM ({verdicts}) AS v SEMI JOIN {one.name} AS m ON m.__id = v.id"
    selects = [of]
    if target.merged:
        selects.append(
            f"SELECT {number} AS part, b.member AS id, 2 AS place, {reasons} FROM {target.members} AS b "
            f"JOIN ({verdicts}) AS v ON v.id = b.id SEMI JOIN {name} AS p ON p.__id = b.member"
        )
    if one.map.combines:
        selects.append(_group_of(target, number, one, name, verdicts, reasons))
    return " UNION ALL ".join(selects)


def _group_of(target: Target, number: int, one: Mapped, name: str, verdicts: str, reasons: str) -> str:
    """All rows that were combined into one that waits; those that broke a rule themselves say which."""
    link = f"JOIN {target.members} AS b ON b.id = v.id JOIN {name} AS p ON p.__id = b.member" if target.merged else (
        f"JOIN {name} AS p ON p.__id = v.id"
    )  # fmt: skip
    rules = " ".join(f"WHEN {n} THEN {literal(rule.code)}" for n, rule in enumerate(one.rules))
    columns = " ".join(f"WHEN {n} THEN {literal(rule.column)}" for n, rule in enumerate(one.rules))
    said = " ".join(f"WHEN {n} THEN {literal(rule.message)}" for n, rule in enumerate(one.rules))
    own = (
        f"CASE WHEN m.__bad_all THEN 1 ELSE 3 END AS place, "
        f"CASE WHEN m.__bad_all THEN CASE m.__bad {rules} END ELSE v.code END AS code, "
        f"CASE WHEN m.__bad_all THEN CASE m.__bad {columns} END ELSE v.column_name END AS column_name, "
        f"CASE WHEN m.__bad_all THEN m.__bad_value ELSE v.value END AS value, "
        f"CASE WHEN m.__bad_all THEN CASE m.__bad {said} END ELSE v.message END AS message"
    ) if one.rules else f"3 AS place, {reasons}"  # fmt: skip
    return (
        f"SELECT {number} AS part, m.__id AS id, {own} FROM ({verdicts}) AS v {link} "
        f"JOIN {one.name} AS m ON {same_key(target.table, 'm', 'p')}"
    )


def waiting_rows(stage: Stage, target: Target, raws: list[tuple[str, RawTable]],
                 since: Mapping[tuple[str, str, int], str], now: str) -> Iterator[QuarantinedRow]:  # fmt: skip
    """The rows of `waiting_N` as quarantine keeps them, in the order of files and rows.

    `raws`: for each part the reading's name and its raw table. `since`: the moment from which rows waited before.
    """
    table = target.table.name
    for number, (reading, raw) in enumerate(raws):
        cells = "".join(f", {place}" for place in raw.places.values())
        known = {(rule.code, rule.column): rule.words for one, _ in target.parts for rule in one.rules}
        cursor = stage.con.cursor()
        cursor.execute(
            f"SELECT r.__file, r.__row, r.__line, w.code, w.column_name, w.value, w.message{cells} "
            f"FROM waiting_{target.number} AS w JOIN {raw.name} AS r ON r.__id = w.id WHERE w.part = {number} "
            f"ORDER BY r.__file, r.__row, r.__id"
        )
        while rows := cursor.fetchmany(_FETCH):
            for file, row, line, code, column, value, message, *texts in rows:
                name = stage.files[file].name
                words = known.get((code, column), ())
                yield QuarantinedRow(
                    source=target.source, reading=reading, table=table, file=name, row=row, line=line, code=code,
                    column=column, value=value, message=message, cells=dict(zip(raw.places, texts, strict=True)),
                    nearest=nearest(value, words) if words and value else None,
                    since=since.get((table, name, row), now),
                )  # fmt: skip
        cursor.close()


def good_rows(stage: Stage, target: Target, currency: str, spared: str | None = None) -> pa.RecordBatchReader:
    """The rows without a verdict, ready for the record, as a stream.

    An amount without a currency is in the company's. `spared`: a staged table of rows of the record that are to stand as
    they are, put beside them (of a complete file whose own rows for these keys wait).
    """
    columns = ", ".join(_written(target, name, currency) for name in target.table.names)
    names = ", ".join(f"({place}, {literal(file.name)})" for place, file in enumerate(stage.files))
    good = (
        f"SELECT {columns}, f.name AS source_file, g.__row AS source_row FROM {target.good} AS g "
        f"JOIN (VALUES {names}) AS f(place, name) ON f.place = g.__file"
    )
    whole = good if spared is None else f"{good} UNION ALL SELECT * FROM {spared}"
    reader: pa.RecordBatchReader = stage.con.sql(whole).to_arrow_reader(_BATCH)
    return reader


def write_down(stage: Stage, rows: pa.RecordBatchReader) -> Path:
    """A stream of rows as a Parquet file in the stage's folder, batch by batch."""
    path = stage.folder / "rows.parquet"
    with pq.ParquetWriter(path, rows.schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)
    return path


def _written(target: Target, name: str, currency: str) -> str:
    money = [column.name for column in target.table.columns if column.type == "money"]
    if name != "currency" or not target.given.intersection(money):
        return f'g."{name}"'
    there = " OR ".join(f'g."{column}" IS NOT NULL' for column in money)
    return f'CASE WHEN {there} THEN coalesce(g."currency", {literal(currency)}) ELSE g."currency" END AS "currency"'
