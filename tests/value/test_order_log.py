"""From a log of orders to histories: the rules of days and returns, each way in, and what is refused with which word."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.core.errors import MissingError, UsageError
from keepwell.value.histories import histories_of
from keepwell.value.order_log import read_histories

LOG = [
    ("ann", date(2026, 1, 1), "10.00"), ("ann", date(2026, 1, 1), "5.00"), ("ann", date(2026, 1, 15), "20.00"),
    ("ann", date(2026, 2, 5), "30.00"), ("bob", date(2026, 1, 8), "7.00"), ("cid", date(2026, 2, 26), "9.00"),
]  # fmt: skip


def _table(rows: list[tuple[str, date, str]]) -> pa.Table:
    who, when, much = zip(*rows, strict=True)
    return pa.table({"customer_id": who, "day": when, "amount": pa.array(map(Decimal, much), pa.decimal128(12, 2))})


def _rows(rows: list[tuple[str, date, str]], **said: object) -> list[tuple[object, ...]]:
    seen = read_histories(_table(rows), unit="day", **said)
    return list(zip(seen.customer_id.to_pylist(), seen.frequency.tolist(), seen.recency.numbers.tolist(),
                    seen.age.numbers.tolist(), seen.monetary.tolist(), strict=True))  # fmt: skip


def test_purchases_of_one_day_are_one_and_the_first_makes_a_customer() -> None:
    assert _rows(LOG) == [("ann", 2, 35, 56, 25), ("bob", 0, 0, 49, 0), ("cid", 0, 0, 0, 0)]


def test_until_ends_the_history_and_later_counts_what_came() -> None:
    assert _rows(LOG, until=date(2026, 1, 31)) == [("ann", 1, 14, 30, 20), ("bob", 0, 0, 23, 0)]
    seen = read_histories(_table(LOG), until=date(2026, 1, 31), later=date(2026, 2, 28))
    assert (seen.later.tolist(), seen.later_monetary.tolist(), seen.later_span) == ([1, 0], [30, 0], 4)
    assert seen.left_out["purchases after the end"] == 2
    assert seen.recency.numbers.tolist() == [2, 0]  # weeks


def test_a_moment_is_the_day_it_is_of() -> None:
    assert _rows(LOG, until=datetime(2026, 1, 31, 17, 30)) == _rows(LOG, until="2026-01-31")
    assert _rows(LOG, until=pd.Timestamp("2026-01-31")) == _rows(LOG, until=date(2026, 1, 31))


def test_returns_are_taken_off_their_day_or_the_purchase_before() -> None:
    same_day = [*LOG, ("ann", date(2026, 1, 15), "-20.00")]
    assert _rows(same_day)[0] == ("ann", 1, 35, 56, 30)
    later = [*LOG, ("ann", date(2026, 2, 9), "-12.50"), ("bob", date(2026, 1, 2), "-3.00")]
    assert _rows(later)[:2] == [("ann", 2, 35, 56, 18.75), ("bob", 0, 0, 49, 0)]
    assert read_histories(_table(later)).left_out == {
        "purchases after the end": 0, "returns, netted": 2, "days returned unbought": 1, "orders of 0": 0
    }  # fmt: skip


def test_an_order_of_nothing_is_a_purchase_only_when_that_is_said() -> None:
    rows = [*LOG, ("bob", date(2026, 1, 20), "0.00")]
    assert _rows(rows)[1] == ("bob", 0, 0, 49, 0)
    assert _rows(rows, free=True)[1] == ("bob", 1, 12, 49, 0)
    returned = [*rows, ("ann", date(2026, 2, 9), "-1.00")]
    assert _rows(returned, free=True)[1] == ("bob", 1, 12, 49, 0)


def test_every_way_in_gives_the_same(tmp_path: Path) -> None:
    table = _table(LOG)
    pq.write_table(table, tmp_path / "log.parquet")
    (tmp_path / "log.csv").write_text("customer_id,day,amount\n" + "".join(f"{w},{d},{a}\n" for w, d, a in LOG))
    frame = pd.DataFrame({"customer_id": [w for w, _, _ in LOG], "amount": [float(a) for _, _, a in LOG],
                          "day": [datetime(d.year, d.month, d.day, 17, 30) for _, d, _ in LOG]})  # fmt: skip
    for given in (
        table,
        frame,
        tmp_path / "log.parquet",
        str(tmp_path / "log.csv"),
        tmp_path / "*.parquet",
        table.to_batches()[0],
    ):
        seen = read_histories(given, unit="day")
        assert seen.customer_id.to_pylist() == ["ann", "bob", "cid"]
        assert (seen.frequency.tolist(), seen.monetary.tolist()) == ([2, 0, 0], [25, 0, 0])
    days_alone = read_histories(table, amount=None)
    assert days_alone.monetary is None


def test_amounts_of_any_size_are_kept() -> None:
    frame = pd.DataFrame(
        {"customer_id": [1, 1, 1], "day": ["2026-01-01", "2026-01-02", "2026-01-05"], "amount": [1e-9, 3e-9, 5e-9]}
    )
    assert read_histories(frame).monetary[0] == pytest.approx(4e-9, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "said", "says"),
    [
        (_table([("", date(2026, 1, 1), "5.00"), ("ann", date(2026, 1, 1), "5.00")]), {}, "1 of 2 orders have no customer_id"),
        (_table([("ann", date(1, 1, 1), "5.00"), ("ann", date(2026, 1, 1), "5.00")]), {}, "from 0001-01-01 to 2026-01-01"),
        (_table(LOG), {"until": 2026}, "until is a day such as"),
        (_table(LOG), {"memory": "much"}, "memory is a size such as 2GB"),
        (_table(LOG).slice(0, 0), {}, "no orders"),
        (_table(LOG), {"until": date(2025, 1, 1)}, "nothing was bought by 2025-01-01: the first purchase is of 2026-01-01"),
        (_table(LOG), {"until": date(2026, 2, 1), "later": date(2026, 2, 1)}, "not after the end"),
        (_table(LOG), {"unit": "fortnight"}, "fortnight"),
        (_table([("ann", date(2026, 1, 1), "-5.00")]), {}, "nothing was bought and kept"),
        (pd.DataFrame({"customer_id": [1, 2], "day": ["2026-01-01", "soon"], "amount": [1, 2]}), {}, "1 of 2 orders have no day"),
        (pd.DataFrame({"customer_id": [1, None], "day": ["2026-01-01"] * 2, "amount": [1, 2]}), {}, "no customer_id"),
        (pd.DataFrame({"customer_id": [1, 2], "day": ["2026-01-01"] * 2, "amount": [1, float("nan")]}), {}, "no amount"),
        (7, {}, "found int"),
        ("orders.txt", {}, "neither a Parquet nor a CSV"),
    ],
)  # fmt: skip
def test_logs_that_cannot_be_meant_are_refused(given: object, said: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_histories(given, **said)


def test_a_folder_is_read_whole_or_refused_in_words(tmp_path: Path) -> None:
    table = _table(LOG)
    for name, rows in (("a.parquet", table.slice(0, 3)), ("B.PARQUET", table.slice(3)), ("_mark.parquet", table)):
        pq.write_table(rows, tmp_path / name)
    assert read_histories(tmp_path, unit="day").frequency.tolist() == [2, 0, 0]
    (tmp_path / "c.csv").write_text("customer_id,day,amount\nzoe,2026-01-01,5\n")
    with pytest.raises(UsageError, match=r"two kinds, B\.PARQUET and c\.csv"):
        read_histories(tmp_path)
    csv = tmp_path / "csv"
    csv.mkdir()
    with pytest.raises(MissingError, match="no Parquet or CSV file in"):
        read_histories(csv)
    (csv / "a.csv").write_text("customer_id,day,amount\nann,2026-01-01,5\n")
    (csv / "b.CSV").write_text("day,amount,customer_id\n2026-01-02,7,ann\n")
    assert read_histories(csv, unit="day").frequency.tolist() == [1]
    (tmp_path / "c.csv").unlink()
    with pytest.raises(UsageError, match=r"has folders of its own, with csv/a\.csv"):
        read_histories(tmp_path)


def test_a_number_and_a_text_that_read_alike_are_not_taken_for_one_customer() -> None:
    days = ["2026-01-01", "2026-01-02", "2026-01-05"]
    frame = pd.DataFrame({"customer_id": pd.Series([1, "1", 1], dtype=object), "day": days, "amount": [1.0, 2.0, 3.0]})
    with pytest.raises(UsageError, match="customer_id holds 1 as a number and as a text") as refused:
        read_histories(frame)
    assert refused.value.hint == 'make all of them text: orders["customer_id"].astype(str)'
    frame["customer_id"] = pd.Series([1, "a", 1], dtype=object)
    assert read_histories(frame).frequency.tolist() == [1, 0]
    with pytest.raises(UsageError, match="ids of different kinds"):
        histories_of({"frequency": [0, 0], "recency": [0, 0], "T": [9, 9], "customer_id": [1, "1"]})


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no file"):
        read_histories(tmp_path / "none.parquet")
    with pytest.raises(MissingError, match="no column date") as missing:
        read_histories(_table(LOG), day="date")
    assert missing.value.hint == "it has customer_id, day, amount"
    with pytest.raises(MissingError) as near:
        read_histories(_table(LOG), customer="customer")
    assert near.value.hint == "did you mean customer_id?"
    (tmp_path / "bad.parquet").write_text("no parquet")
    with pytest.raises(UsageError, match="cannot be read"):
        read_histories(tmp_path / "bad.parquet")


@pytest.mark.parametrize("said", [{}, {"free": True}, {"until": date(2026, 3, 1)}, {"amount": None}])
@pytest.mark.parametrize("kind", [pa.decimal128(21, 2), pa.float64(), pa.int64()])
def test_numbered_customers_are_sorted_to_what_the_models_give(said: dict[str, object], kind: pa.DataType) -> None:
    draw = np.random.default_rng(5)
    who = draw.integers(-3, 60, 900)
    days = [date(2026, 1, 1) + timedelta(int(day)) for day in draw.integers(0, 90, 900)]
    amounts = pa.array(draw.integers(0, 4, 900)).cast(kind)
    numbered = pa.table({"customer_id": who, "day": days, "amount": amounts})
    named = numbered.set_column(0, "customer_id", pa.array([f"{number + 100:04}" for number in who]))
    sorted_, modelled = read_histories(numbered, unit="day", **said), read_histories(named, unit="day", **said)
    assert [int(name) - 100 for name in modelled.customer_id.to_pylist()] == sorted_.customer_id.to_pylist()
    for column in ("frequency", "recency", "age"):
        one, other = (getattr(seen, column) for seen in (sorted_, modelled))
        assert list(getattr(one, "numbers", one)) == list(getattr(other, "numbers", other))
    assert sorted_.left_out == modelled.left_out
    if "amount" not in said:
        assert sorted_.monetary == pytest.approx(modelled.monetary, rel=1e-12)


def test_many_customers_over_many_days_are_told_apart() -> None:
    """Customers and days whose pairs are more than a number of 32 bits holds."""
    days = [date(2010, 1, 1), date(2026, 1, 1), date(2025, 1, 1), date(2026, 1, 1), date(2026, 1, 1)]
    log = pa.table({"customer_id": [1, 1, 900_000, 900_000, 900_001], "day": days, "amount": [1.0, 2.0, 3.0, 4.0, 5.0]})
    seen = read_histories(log, unit="day")
    assert seen.customer_id.to_pylist() == [1, 900_000, 900_001]
    assert (seen.frequency.tolist(), seen.monetary.tolist()) == ([1, 1, 0], [2, 4, 0])
    assert (seen.recency.numbers.tolist(), seen.age.numbers.tolist()) == ([5844, 365, 0], [5844, 365, 0])


def test_numbers_far_apart_are_customers_too() -> None:
    far = pa.table(
        {
            "customer_id": [1, 2**60, 1],
            "day": [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 4)],
            "amount": [1, 2, 3],
        }
    )
    assert read_histories(far).frequency.tolist() == [1, 0]


def test_a_day_may_be_said_as_text_and_a_wrong_one_is_refused() -> None:
    assert _rows(LOG, until="2026-01-31") == _rows(LOG, until=date(2026, 1, 31))
    with pytest.raises(UsageError, match="until is a day such as 2026-09-30; found 31/01/2026"):
        _rows(LOG, until="31/01/2026")


def test_a_file_whose_amounts_are_no_numbers_is_refused_in_words(tmp_path: Path) -> None:
    rows = [f"c{number},2026-01-{number % 28 + 1:02},{number}.50" for number in range(30_000)] + ["d1,2026-02-01,abc"]
    (tmp_path / "orders.csv").write_text("\n".join(["customer_id,day,amount", *rows]))
    with pytest.raises(UsageError) as error:
        read_histories(tmp_path / "orders.csv")
    assert error.value.code == "value-orders"
