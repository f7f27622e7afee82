"""What a table is: columns with types, a key, and words that say what they mean.

The types are the few that mean the same on every engine:

| type      | holds                                     | DuckDB         |
|-----------|-------------------------------------------|----------------|
| text      | any text                                  | VARCHAR        |
| integer   | whole numbers                             | BIGINT         |
| boolean   | true or false                             | BOOLEAN        |
| date      | a day in the company's time zone          | DATE           |
| timestamp | a moment, UTC, microseconds               | TIMESTAMP      |
| money     | an amount in a stated currency            | DECIMAL(18, 4) |
| share     | a part of one, a rate, a weight           | DECIMAL(18, 9) |
| number    | an exact number that is neither           | DECIMAL(18, 6) |
| exact     | an exact intermediate result              | DECIMAL(38, 12)|
| real      | a statistic: never money                  | DOUBLE         |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pyarrow as pa

ColumnType = Literal["text", "integer", "boolean", "date", "timestamp", "money", "share", "number", "exact", "real"]

SQL_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "money": "DECIMAL(18, 4)",
    "share": "DECIMAL(18, 9)",
    "number": "DECIMAL(18, 6)",
    "exact": "DECIMAL(38, 12)",
    "real": "DOUBLE",
}

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "money": pa.decimal128(18, 4),
    "share": pa.decimal128(18, 9),
    "number": pa.decimal128(18, 6),
    "exact": pa.decimal128(38, 12),
    "real": pa.float64(),
}


@dataclass(frozen=True)
class Column:
    """One column: its name, type, and what it says.

    `key`: part of the table's key. `references`: the table whose key it names. `personal`: a name, address or free
    text that must be erasable. `allowed`: the only words it may hold. `required`: may not be null (keys never may).
    """

    name: str
    type: ColumnType
    says: str = ""
    key: bool = False
    references: str | None = None
    personal: bool = False
    allowed: tuple[str, ...] = ()
    required: bool = False

    @property
    def sql(self) -> str:
        """The column as DuckDB's CREATE TABLE writes it."""
        return f'"{self.name}" {SQL_TYPES[self.type]}'


@dataclass(frozen=True)
class Table:
    """A named list of columns. `says`: what one row is. `gives`: what a company can know once it has this table."""

    name: str
    columns: tuple[Column, ...]
    says: str = ""
    gives: str = ""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The names of the key's columns, in order."""
        return tuple(column.name for column in self.columns if column.key)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All column names, in order."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def arrow(self) -> pa.Schema:
        """The table's schema in Arrow."""
        return pa.schema([pa.field(column.name, ARROW_TYPES[column.type]) for column in self.columns])

    def plus(self, columns: Iterable[Column]) -> Table:
        """The same table with more columns behind."""
        return Table(self.name, (*self.columns, *columns), self.says, self.gives)
