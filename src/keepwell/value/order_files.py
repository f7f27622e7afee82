"""Where do the orders lie that were given: in a file, in a folder of files, in a table in memory? All of them, or in words why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from keepwell.core.errors import MissingError, UsageError
from keepwell.core.quoting import literal

_READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".gz": "read_csv", ".tsv": "read_csv"}


def open_orders(con: duckdb.DuckDBPyConnection, orders: Any) -> None:
    """Let `orders_given` be the rows of what was given, read where they lie.

    Raises `UsageError` (`value-file`, `value-orders`) for what is no file or table of orders, and for a folder of which only
    a part would be read; `MissingError` (`value-file`) where there is no such file.
    """
    if isinstance(orders, (str, Path)):
        path = Path(orders)
        reader, places = _of_folder(path) if path.is_dir() else _of_path(path)
        found = ", ".join(literal(str(place)) for place in places)
        try:
            con.execute(f"CREATE TEMP VIEW orders_given AS SELECT * FROM {reader}([{found}])")
        except duckdb.Error as error:
            raise UsageError("value-file", f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error
    elif isinstance(orders, (pa.Table, pa.RecordBatch)) or hasattr(orders, "columns"):
        con.register("orders_given", pa.Table.from_batches([orders]) if isinstance(orders, pa.RecordBatch) else orders)
    else:
        raise UsageError(
            "value-orders", f"orders are a data frame, an Arrow table or a path; found {type(orders).__name__}"
        )


def refuse_ids_alike(orders: Any, customer: str) -> None:
    """A column of Python objects may hold a number and a text that read alike, and would be taken for one customer.

    Raises `UsageError` (`value-orders`) where one does.
    """
    if isinstance(orders, (str, Path)) or str(getattr(orders[customer], "dtype", "")) != "object":
        return
    ids = [one for one in orders[customer].unique() if one is not None]
    if len({isinstance(one, str) for one in ids}) < 2:
        return
    texts = {one for one in ids if isinstance(one, str)}
    twice = [one for one in ids if not isinstance(one, str) and str(one) in texts]
    if twice:
        message = f"{customer} holds {twice[0]} as a number and as a text: one customer or two?"
        raise UsageError("value-orders", message, hint=f'make all of them text: orders["{customer}"].astype(str)')


def _of_path(path: Path) -> tuple[str, list[Path]]:
    reader = _READERS.get(path.suffix.lower(), "read_parquet" if "*" in path.name else None)
    if reader is None:
        raise UsageError("value-file", f"{path.name} is neither a Parquet nor a CSV file")
    if "*" not in str(path) and not path.exists():
        raise MissingError("value-file", f"no file {path}")
    return reader, [path]


def _of_folder(folder: Path) -> tuple[str, list[Path]]:
    """All files of a folder, which are of one kind. Names that begin with . or _ are marks of who wrote them, and no orders."""
    found = sorted(file for file in folder.rglob("*") if file.suffix.lower() in _READERS and file.is_file())
    found = [file for file in found if not any(part[0] in "._" for part in file.relative_to(folder).parts)]
    if not found:
        raise MissingError("value-file", f"no Parquet or CSV file in {folder}")
    deeper = [file for file in found if file.parent != folder]
    if deeper:
        raise UsageError("value-file", f"{folder.name} has folders of its own, with {deeper[0].relative_to(folder)}",
                         hint=f"say which are meant: {folder / '*.parquet'}, or {folder / '**' / '*.parquet'}")  # fmt: skip
    first = {_READERS[file.suffix.lower()]: file.name for file in reversed(found)}
    if len(first) > 1:
        raise UsageError("value-file", f"{folder.name} has files of two kinds, {' and '.join(sorted(first.values()))}",
                         hint=f"say which are meant: {folder / '*.parquet'}")  # fmt: skip
    return next(iter(first)), found
