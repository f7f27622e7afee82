"""A plain list of orders is recognised by what stands in it, whatever its columns are called; what is not sure is asked."""

import gzip
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.cli import main
from keepwell.collect.begin import write_project
from keepwell.collect.collect import collect
from keepwell.collect.plain_orders import date_formats
from keepwell.collect.recognise import recognise
from keepwell.project.config import read_project
from keepwell.record import Record, Snapshot

ROWS = [("a", "2026-01-05", "10.00"), ("b", "2026-01-31", "20.50"), ("a", "2026-02-20", "5.25")]
WANTED = [("a", date(2026, 1, 5), "10.0000"), ("a", date(2026, 2, 20), "5.2500"), ("b", date(2026, 1, 31), "20.5000")]


def written(folder, name, header, rows, separator=","):
    path = folder / name
    text = "\n".join(separator.join(row) for row in [header, *rows]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def collected(folder):
    """The orders that come into the record from what `init` wrote, without a hand's touch."""
    assert not list((folder / "sources").glob("*.draft"))
    collect(read_project(folder))
    rows = Snapshot(Record(read_project(folder).record)).fetch("orders").to_pylist()
    return sorted((row["customer_id"].partition(":")[2], row["ordered_at"].date(), str(row["amount"])) for row in rows)


@pytest.mark.parametrize(
    ("name", "header", "dates", "separator"),
    [
        ("bought.csv", ["customer_id", "day", "amount"], "%Y-%m-%d", ","),
        ("o.csv", ["Customer", "Order Date", "Total"], "%d.%m.%Y", ";"),
        ("o.tsv", ["client_id", "purchase_date", "price"], "%m/%d/%Y", "\t"),
        ("s.csv", ["CustomerID", "OrderDate", "spend", "gender", "vendor"], "%Y/%m/%d", ","),
        ("log.txt.gz", [" customer_id", "date", "dollar_value"], "%Y%m%d", "  "),
    ],
)
def test_the_names_of_its_columns_and_its_days_may_be_many(tmp_path, name, header, dates, separator):
    more = ["x"] * (len(header) - 3)
    rows = [(customer, date.fromisoformat(day).strftime(dates), amount, *more) for customer, day, amount in ROWS]
    written(tmp_path, name, header, rows, separator)
    assert main(["init", str(tmp_path), "--quiet"]) == 0
    assert collected(tmp_path) == WANTED


def test_a_parquet_file_has_types_of_its_own(tmp_path):
    days = [date.fromisoformat(day) for _, day, _ in ROWS]
    table = pa.table({"order_id": [1, 2, 3], "customer": [row[0] for row in ROWS], "date": days,
                      "total": [float(row[2]) for row in ROWS], "currency": ["eur"] * 3})  # fmt: skip
    pq.write_table(table, tmp_path / "shop.parquet")
    assert main(["init", str(tmp_path), "--quiet"]) == 0
    assert collected(tmp_path) == WANTED


def test_rows_of_one_order_are_added_up_and_prices_multiplied(tmp_path):
    header = ["order_no", "buyer", "date", "unit_price", "qty"]
    written(tmp_path, "lines.csv", header, [("7", "a", "2026-01-05", "2.50", "4"), ("7", "a", "2026-01-05", "1", "3")])
    assert main(["init", str(tmp_path), "--quiet"]) == 0
    assert collected(tmp_path) == [("a", date(2026, 1, 5), "13.0000")]


def test_a_total_that_stands_in_each_row_of_an_order_is_not_added_up(tmp_path):
    header = ["order_id", "customer_id", "order_date", "order_total", "item"]
    rows = [
        ("7", "a", "2026-01-05", "13", "x"),
        ("7", "a", "2026-01-05", "13", "y"),
        ("8", "b", "2026-01-06", "5", "x"),
    ]
    written(tmp_path, "lines.csv", header, rows)
    assert main(["init", str(tmp_path), "--quiet"]) == 0
    assert collected(tmp_path) == [("a", date(2026, 1, 5), "13.0000"), ("b", date(2026, 1, 6), "5.0000")]


@pytest.mark.parametrize(
    ("row", "asked"),
    [
        (("a", "01/02/2026", "10"), 'fit dates: "%d/%m/%Y" or "%m/%d/%Y"'),
        (("a", "last spring", "10"), "how days are written in day, such as last spring"),
        (("a", "2026-01-05", "1.250,00 EUR"), "amount holds no plain numbers (such as 1250.00), but 1.250,00 EUR"),
    ],
)
def test_what_is_not_sure_is_a_draft_that_says_what_to_fill_in(tmp_path, row, asked):
    said = write_project(
        tmp_path, recognise([written(tmp_path, "o.csv", ["customer_id", "day", "amount"], [row], ";")])
    )
    assert asked in " ".join(said)
    draft = (tmp_path / "sources" / "o.yaml.draft").read_text()
    assert asked in " ".join(draft.replace("#", " ").split())
    assert "ordered_at: day" in draft


@pytest.mark.parametrize(
    "header",
    [["invoice_id", "customer_id", "date", "amount"], ["customer_id", "deal_stage", "date", "amount"], ["customer_id", "day", "score"],
     ["customer_id", "starts_on", "date", "amount"], ["CustomerId", "InvoiceNo", "Date", "Total"]],
)  # fmt: skip
def test_what_tells_of_something_else_is_not_taken_for_orders(tmp_path, header):
    path = written(tmp_path, "x.csv", header, [("a", "b", "2026-01-05", "10")[: len(header)]])
    [match] = recognise([path])
    assert match.kind is None


def test_days_that_fit_several_ways_are_told_apart_by_later_ones():
    assert date_formats(["01/02/2026", "13/02/2026"]) == ("%d/%m/%Y",)
    assert date_formats(["1767571200"]) == ("seconds",)
    assert date_formats(["", " "]) == ()


def test_from_a_file_to_values_in_four_commands(tmp_path, monkeypatch, capsys):
    first, rows = date(2024, 1, 1), []
    for number in range(120):
        every = (7, 15, 40, 90, 200)[number % 5]
        stops = (60, 200, 420, 700)[number % 4]
        rows += [
            (f"c{number}", str(first + timedelta(days=number % 30 + day)), f"{10 + number % 7}.00")
            for day in range(0, stops, every)
        ]
    written(tmp_path, "orders.csv", ["customer_id", "day", "amount"], rows)
    monkeypatch.chdir(tmp_path)
    for words in (["init"], ["collect", "--known-at", "2025-12-31"], ["run"], ["value"]):
        assert main(words) == 0
    assert "120 customers are worth €" in capsys.readouterr().out
