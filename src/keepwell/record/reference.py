"""The reference of the record's tables in Markdown, made from their schema so that it never says anything else."""

from __future__ import annotations

from collections.abc import Iterator

from keepwell.core.tables import Column, Table
from keepwell.record.tables import STAMPS, TABLES

_INTRODUCTION = """\
# The record: its tables

Every source is mapped to these tables. All are optional except `customers` and `people`. Keys are in **bold**;
"→ table" is a reference to that table's key. *Personal* columns hold names, addresses and free text: they lie apart
from the facts, are never part of a run, and are erased by `keepwell forget`.

| type | holds |
|---|---|
| text | any text; ids carry their source's name: `crm:0011` |
| integer | whole numbers |
| boolean | true or false |
| date | a day in the company's time zone; of an interval, `to_on` is the first day after it |
| timestamp | a moment, UTC |
| money | an amount with four decimals, in the currency of its row |
| share | a part of one, a rate or a weight, with nine decimals |
| number | an exact number with six decimals |
"""


def tables_markdown() -> str:
    """All canonical tables with their columns, as a page of the reference."""
    stamps = "\n".join(_lines(STAMPS))
    tables = "\n".join(_table_markdown(table) for table in TABLES.values())
    return (
        f"{_INTRODUCTION}\n{tables}\n## Of every row\n\nThe record adds these itself; no source writes them.\n\n"
        f"| column | type | what it says |\n|---|---|---|\n{stamps}\n"
    )


def _table_markdown(table: Table) -> str:
    lines = "\n".join(_lines(table.columns))
    return (
        f"## {table.name}\n\nOne row is {table.says}. It gives: {table.gives}.\n\n"
        f"| column | type | what it says |\n|---|---|---|\n{lines}\n"
    )


def _lines(columns: tuple[Column, ...]) -> Iterator[str]:
    for column in columns:
        name = f"**{column.name}**" if column.key else column.name
        yield f"| {name} | {column.type} | {'; '.join(_says(column))} |"


def _says(column: Column) -> Iterator[str]:
    if column.says:
        yield column.says.replace("|", "\\|")
    if column.references:
        yield f"→ {column.references}"
    if column.allowed:
        yield "one of: " + ", ".join(f"`{word}`" for word in column.allowed)
    if column.required and not column.key:
        yield "required"
    if column.personal:
        yield "*personal*"
