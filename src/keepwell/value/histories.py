"""What is known of each customer's purchases: how often they came again, when last, for how long they have been known?

Time is kept as codes into few levels (the days of a history, in the unit chosen), since a million customers share a few
hundred days: what depends on a day alone is then computed once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from keepwell.core.errors import UsageError
from keepwell.value.fit import Ints, Reals
from keepwell.value.given import column_names

DAYS_OF = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
Ids: TypeAlias = "pa.ChunkedArray[Any]"
_CHUNK = 1 << 17
_MOST_OFTEN = 1_000_000  # tables are as long as the highest frequency


@dataclass(frozen=True)
class Coded:
    """Numbers as codes into their levels: `levels[codes]` are the numbers."""

    levels: Reals
    codes: Ints

    @property
    def numbers(self) -> Reals:
        """The numbers themselves."""
        taken: Reals = self.levels[self.codes]
        return taken

    def take(self, rows: slice | Ints) -> Coded:
        """The numbers of these rows."""
        return Coded(self.levels, self.codes[rows])


@dataclass(frozen=True)
class Histories:
    """One row per customer, or per group of customers with the same history; all columns are of one length.

    frequency: days with a purchase after the first; recency: from the first to the last purchase, age: from the first to
    the end of what is known, both in `unit`s; customers: how many share the row (None: one each); monetary: mean
    amount of a repeat purchase (0 where there is none); later: purchases within `later_span` units after the end.
    """

    frequency: Ints
    recency: Coded
    age: Coded
    unit: str = "week"
    customers: Ints | None = None
    monetary: Reals | None = None
    customer_id: Ids | None = None
    later: Ints | None = None
    later_monetary: Reals | None = None
    later_span: float = 0.0
    left_out: Mapping[str, int] | None = None

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def count(self) -> int:
        """How many customers are there?"""
        return len(self) if self.customers is None else int(self.customers.sum())

    @property
    def weights(self) -> Reals:
        """How many customers stand behind each row, as numbers to multiply by?"""
        return np.ones(len(self)) if self.customers is None else self.customers.astype(np.float64)

    def rows(self, taken: slice | Ints) -> Histories:
        """The histories of these rows alone."""
        there: dict[str, Any] = {
            name: None if column is None else column[taken] for name, column in self._optional().items()
        }
        ids = self.customer_id
        if ids is not None:
            ids = ids[taken] if isinstance(taken, slice) else ids.take(_by_buffer(taken))
        return replace(self, frequency=self.frequency[taken], recency=self.recency.take(taken),
                       age=self.age.take(taken), customer_id=ids, **there)  # fmt: skip

    def chunks(self) -> Iterator[tuple[slice, Histories]]:
        """The histories in pieces, so that what is computed of them never needs much memory at once."""
        for start in range(0, len(self), _CHUNK):
            piece = slice(start, min(start + _CHUNK, len(self)))
            yield piece, self.rows(piece)

    def grouped(self) -> Histories:
        """The same customers, one row for all who share frequency, recency and age; what else is known is left out."""
        keys, back = self._keys()
        if self.customers is None:
            found, counts = np.unique(keys, return_counts=True)
        else:
            found, inverse = np.unique(keys, return_inverse=True)
            counts = np.bincount(inverse, weights=self.customers).astype(np.int64)
        frequency, recency, age = back(found)
        return Histories(frequency, Coded(self.recency.levels, recency), Coded(self.age.levels, age), self.unit,
                         customers=counts, later_span=self.later_span)  # fmt: skip

    def alike(self) -> tuple[Histories, Ints]:
        """The distinct histories (of frequency, recency, age), and for each row which of them it has."""
        keys, back = self._keys()
        found, inverse = np.unique(keys, return_inverse=True)
        frequency, recency, age = back(found)
        return Histories(
            frequency, Coded(self.recency.levels, recency), Coded(self.age.levels, age), self.unit
        ), inverse

    def _optional(self) -> dict[str, Any]:
        return {"customers": self.customers, "monetary": self.monetary, "later": self.later,
                "later_monetary": self.later_monetary}  # fmt: skip

    def _keys(self) -> tuple[Ints, Any]:
        """One whole number per row that says frequency, recency and age, and the way back from it."""
        recencies, ages = len(self.recency.levels), len(self.age.levels)

        def back(keys: Ints) -> tuple[Ints, Ints, Ints]:
            rest, age = np.divmod(keys, ages)
            frequency, recency = np.divmod(rest, recencies)
            return frequency, recency, age

        keys = self.frequency.astype(np.int64) * recencies
        keys += self.recency.codes
        keys *= ages
        keys += self.age.codes
        return keys, back


def histories_of(given: Any, unit: str = "week") -> Histories:
    """Which histories are in this table?

    `given`: histories (as they are), a pandas DataFrame, an Arrow table or a mapping of columns: `frequency` (repeat
    purchases), `recency` and `T` (or `age`; in `unit`s: day, week, month or year), and where they are known `monetary` (or
    `monetary_value`: mean of a repeat purchase), `customers` (how many share the row), `customer_id`. Raises `UsageError` (`value-histories`) with
    what is wrong in the first column that cannot be meant.
    """
    if isinstance(given, Histories):
        return given
    if unit not in DAYS_OF:
        raise UsageError("value-unit", f"time is counted in {', '.join(DAYS_OF)}; found {unit}")
    columns = _columns(given)
    frequency = _numbers(columns, "frequency")
    recency, age = _numbers(columns, "recency"), _numbers(columns, "T", "age")
    others = {name: _numbers(columns, name) if name in columns else None for name in ("customers", "later")}
    optional = {"monetary": _monetary(columns), **others}
    known = {"frequency": frequency, "recency": recency, "T": age, **optional}
    lengths = {name: len(column) for name, column in known.items() if column is not None}
    if len(set(lengths.values())) > 1:
        raise _wrong(
            f"columns are of different lengths: {', '.join(f'{name} {rows}' for name, rows in lengths.items())}"
        )
    _refuse_impossible(frequency, recency, age, optional["monetary"], optional["customers"])
    customers, later = optional["customers"], optional["later"]
    ids = columns.get("customer_id")
    return Histories(
        frequency.astype(np.int64), _coded(recency), _coded(age), unit,
        customers=None if customers is None else customers.astype(np.int64),
        monetary=None if optional["monetary"] is None else np.where(frequency > 0, optional["monetary"], 0.0),
        customer_id=None if ids is None else _ids(ids),
        later=None if later is None else later.astype(np.int64),
    )  # fmt: skip


def histories_by_day(
    frequency: Ints, recency_days: Ints, age_days: Ints, unit: str, repeat_amount: Reals | None = None, ids: Any = None
) -> Histories:
    """The histories whose times are given in whole days, as `order_histories` has them, counted in `unit`s."""
    mean = None if repeat_amount is None else repeat_amount / np.maximum(frequency, 1)
    levels = np.arange(int(age_days.max(initial=0)) + 1) / DAYS_OF[unit]
    return Histories(frequency, Coded(levels, recency_days), Coded(levels, age_days), unit, monetary=mean,
                     customer_id=None if ids is None else _ids(ids))  # fmt: skip


def _ids(column: Any) -> Ids:
    if isinstance(column, np.ndarray) and column.dtype == np.int64:
        column = _by_buffer(column)
    if isinstance(column, pa.ChunkedArray):
        return column
    try:
        return pa.chunked_array([pa.array(column)])
    except (pa.ArrowException, OverflowError) as error:
        raise _wrong(
            "customer_id holds ids of different kinds, such as numbers and texts: make all of them text"
        ) from error


def _by_buffer(numbers: Ints) -> Any:
    """Whole numbers as Arrow: `pa.array` of a NumPy array brings pandas in, where it is installed, which takes long."""
    held: Any = pa.py_buffer(np.ascontiguousarray(numbers, dtype=np.int64).data)
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, held])


def _columns(given: Any) -> dict[str, Any]:
    return {str(name): given[name] for name in column_names(given, "histories", "value-histories")}


def _monetary(columns: Mapping[str, Any]) -> Reals | None:
    """The mean amounts, under either of the names in use; two columns that differ are refused."""
    found = [_numbers(columns, name) for name in ("monetary", "monetary_value") if name in columns]
    if len(found) > 1 and not np.array_equal(found[0], found[1]):
        raise _wrong("monetary and monetary_value are two names of one column, and these differ: leave one of them out")
    return found[0] if found else None


def _numbers(columns: Mapping[str, Any], *names: str) -> Reals:
    """The column of the first of these names that is there."""
    for name in names:
        if name in columns:
            column = columns[name]
            try:
                numbers = np.asarray(column, dtype=np.float64)
            except (TypeError, ValueError):
                raise _wrong(f"{name} holds something that is no number") from None
            if numbers.ndim != 1:
                raise _wrong(f"{name} is no column of numbers")
            if not np.isfinite(numbers).all():
                raise _wrong(f"{name} is empty or not finite in {int((~np.isfinite(numbers)).sum())} rows")
            return numbers
    raise _wrong(f"there is no column {' or '.join(names)}; found {', '.join(columns)}")


def _refuse_impossible(
    frequency: Reals, recency: Reals, age: Reals, monetary: Reals | None, customers: Reals | None
) -> None:
    if not len(frequency) or (customers is not None and not customers.any()):
        raise _wrong("there are no customers")
    repeated = frequency > 0
    slack = 1e-9 * (1 + age)
    rules: list[tuple[npt.NDArray[np.bool_], str]] = [
        ((frequency < 0) | (frequency != np.floor(frequency)), "frequency is no whole number from 0 on"),
        (frequency > _MOST_OFTEN, f"frequency is above {_MOST_OFTEN:,}"),
        (age < 0, "T is below 0"),
        (recency < 0, "recency is below 0"),
        (recency > age + slack, "recency is beyond T: the last purchase is after the end"),
        (~repeated & (recency > 0), "recency is above 0 without a repeat purchase"),
        (repeated & (recency <= 0), "recency is 0 although there is a repeat purchase: purchases of one day are one"),
    ]
    if monetary is not None:
        rules.append((repeated & (monetary <= 0), "monetary is not above 0 although there is a repeat purchase"))
    if customers is not None:
        rules.append(((customers < 0) | (customers != np.floor(customers)), "customers is no whole number from 0 on"))
    for broken, says in rules:
        if broken.any():
            raise _wrong(
                f"{says}, in {int(broken.sum())} of {len(frequency)} rows (the first: row {int(broken.argmax())})"
            )


def _coded(numbers: Reals) -> Coded:
    levels, codes = np.unique(numbers, return_inverse=True)
    return Coded(levels, codes)


def _wrong(what: str) -> UsageError:
    return UsageError("value-histories", f"these are no purchase histories: {what}")
