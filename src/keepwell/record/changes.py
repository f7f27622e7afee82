"""Which rows of a source are new, changed, unchanged or gone? SQL that compares staged rows with the known ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keepwell.core.tables import SQL_TYPES, Column
from keepwell.record.known import parquet
from keepwell.record.layout import Part
from keepwell.record.storage import names, quoted
from keepwell.record.store import Counts


@dataclass(frozen=True)
class Comparison:
    """What a comparison found, and the Parquet file that holds the rows to write."""

    counts: Counts
    changes: str


def staged_sql(part: Part, files: Sequence[str], present: Sequence[str], spared: str | None = None) -> str:
    """The staged rows with all columns of a part, typed; what the source does not have is null.

    `spared`: a condition that leaves out rows which name somebody forgotten.
    """
    columns = [_typed(column, present) for column in part.table.columns]
    columns.append(_origin("source_file", "VARCHAR", present))
    columns.append(_origin("source_row", "BIGINT", present))
    columns.append(f"{'coalesce(CAST(gone AS BOOLEAN), false)' if 'gone' in present else 'false'} AS gone")
    rows = parquet(files) if files else "(SELECT 1) AS nothing WHERE 1 = 0"
    sql = f"SELECT {', '.join(columns)} FROM {rows}"
    return sql if spared is None else f"SELECT * FROM ({sql}) AS staged WHERE {spared}"


def compare_sql(part: Part, staged: str, known: str, source: str, target: Path, *, all_rows: bool = False) -> str:
    """Write the rows that differ to `target`, each with its `change` and the `old_known_at` of what it replaces.

    With `all_rows` those are written too that do not differ, as changed. Of an erasable part only rows that say
    something, or that empty what was said, are written.
    """
    key = part.table.key
    same = " AND ".join(f'n."{column}" = s."{column}"' for column in key)
    differs = " OR ".join(f's."{column}" IS DISTINCT FROM n."{column}"' for column in part.values) or "false"
    wanted = ["change <> 'unchanged'"]
    erasable = [column.name for column in part.table.columns if column.personal]
    if erasable:
        said = " OR ".join(f'"{column}" IS NOT NULL' for column in erasable)
        wanted.append(f"NOT gone AND (old_known_at IS NOT NULL OR {said})")
    return f"""
        COPY (
            SELECT * FROM (
                SELECT s.*, n.known_at AS old_known_at,
                    CASE
                        WHEN s.gone AND (n.known_at IS NULL OR n.gone) THEN 'unchanged'
                        WHEN s.gone THEN 'gone'
                        WHEN n.known_at IS NULL THEN 'new'
                        WHEN n.gone OR {all_rows} OR {differs} THEN 'changed'
                        ELSE 'unchanged'
                    END AS change
                FROM ({staged}) AS s
                LEFT JOIN (SELECT * FROM ({known}) AS k WHERE source = {quoted(source)}) AS n ON {same}
            ) AS compared
            WHERE {" AND ".join(wanted)}
        ) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 20480)"""


def gone_sql(part: Part, staged: str, known: str, source: str, target: Path) -> str:
    """Write the known rows of a source whose keys are not among the staged ones to `target`, marked gone."""
    same = " AND ".join(f's."{column}" = n."{column}"' for column in part.table.key)
    return f"""
        COPY (
            SELECT {names(part.table.names, "n")}, n.source_file, n.source_row, true AS gone,
                n.known_at AS old_known_at, 'gone' AS change
            FROM ({known}) AS n
            WHERE NOT n.gone AND n.source = {quoted(source)}
                AND NOT EXISTS (SELECT 1 FROM ({staged}) AS s WHERE {same})
        ) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 20480)"""


def _typed(column: Column, present: Sequence[str]) -> str:
    if column.name not in present:
        value = "''" if column.key else f"CAST(NULL AS {SQL_TYPES[column.type]})"
    else:
        value = f'CAST("{column.name}" AS {SQL_TYPES[column.type]})'
        if column.key and not column.required:
            value = f"coalesce({value}, '')"
    return f'{value} AS "{column.name}"'


def _origin(name: str, kind: str, present: Sequence[str]) -> str:
    return f"CAST({name if name in present else 'NULL'} AS {kind}) AS {name}"
