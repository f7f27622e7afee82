"""Does memory stay bounded, however large the files are? And does order, or how rows lie in files, change anything?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from collect.trial import Company, make_company
from keepwell.collect import delimited

SOURCE = """
files:
  - reads: exports/customers.csv
    becomes: {customers: {customer_id: id}}
  - reads: exports/calls.csv
    becomes:
      touches:
        touch_id: id
        customer_id: customer
        at: at
        kind: {from: kind, as: {Phone: call, Mail: email}}
        text: words
"""
MEGABYTES = 200


def write_calls(company: Company, rows: int) -> None:
    words = "what was said, and what was promised " * 12
    with (company.root / "exports/calls.csv").open("w") as out:
        out.write("id,customer,at,kind,words\n")
        for n in range(rows):
            out.write(f'{n},{n % 1000},2024-01-{n % 28 + 1:02d} 10:00:00,{"Phone" if n % 2 else "Mail"},"{words}{n}"\n')


@pytest.mark.slow
def test_memory_stays_bounded(company):
    """A file of 200 MB under a limit of 200 MB: the libraries, the limit and the writer's buffers, not the file twice."""
    company.file("keepwell.yaml", "company: A\ncurrency: EUR\nmemory: 200MB\n")
    company.source(SOURCE)
    company.file("exports/customers.csv", "id\n" + "".join(f"{n}\n" for n in range(1000)))
    write_calls(company, 420_000)
    assert (company.root / "exports/calls.csv").stat().st_size > MEGABYTES * 1_000_000
    child = Path(__file__).with_name("bounded_child.py")
    done = subprocess.run([sys.executable, str(child), str(company.root)], capture_output=True, text=True, timeout=600,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows, most = map(int, done.stdout.split())
    assert rows == 421_000
    assert most < 700, f"{most} MB"


ORDERED = """
files:
  - reads: exports/log-*.csv
    becomes:
      tickets:
        keep: last by step
        ticket_id: id
        opened_at: {from: at, combine: min}
        reopens: {from: again, combine: max}
        met_service_level: {from: met, combine: all}
        priority: level
      ticket_steps: {ticket_id: id, at: at, seq: step, person_id: who}
      people: {each: who, person_id: who}
  - reads: exports/bills-*.csv
    becomes:
      orders: {order_id: id, ordered_at: {from: at, combine: min}, amount: {from: amount, combine: sum}}
"""
LOG_ROW = st.fixed_dictionaries({
    "id": st.integers(1, 4), "at": st.integers(1, 28), "again": st.sampled_from(["0", "1", "2", "x"]),
    "met": st.sampled_from(["true", "true", "false", "?"]), "level": st.sampled_from(["low", "high", ""]),
    "who": st.sampled_from(["ann", "bob", ""]),
})  # fmt: skip
BILL = st.fixed_dictionaries({
    "id": st.integers(1, 3), "at": st.integers(1, 28), "amount": st.sampled_from(["0.1", "0.2", "-3.333", "1e3", "none"]),
})  # fmt: skip


@settings(deadline=None, max_examples=12, phases=[Phase.generate])  # shrinking would take minutes
@given(log=st.lists(LOG_ROW, min_size=1, max_size=12), bills=st.lists(BILL, min_size=1, max_size=8), data=st.data())
def test_order_and_batches_change_nothing(tmp_path_factory, log, bills, data):
    """The same rows in another order, cut into other files and other chunks, make the same record and quarantine."""
    steps = [{**row, "step": step} for step, row in enumerate(log)]
    before, first = delimited.CHUNK, _outcome(tmp_path_factory, [steps], [bills])
    try:
        delimited.CHUNK = data.draw(st.sampled_from([40, 200]))
        second = _outcome(tmp_path_factory, _dealt(data, steps), _dealt(data, bills))
    finally:
        delimited.CHUNK = before
    assert second == first


def _dealt(data, rows):
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    return [part for part in (shuffled[:cut], shuffled[cut:]) if part]


def _cell(name, value):
    return f"2024-01-{value:02d}" if name == "at" else str(value)


def _outcome(tmp_path_factory, logs, bills):
    company = make_company(tmp_path_factory.mktemp("order") / "company")
    company.source(ORDERED)
    for kind, files in (("log", logs), ("bills", bills)):
        for number, rows in enumerate(files):
            names = sorted(rows[0])
            lines = [",".join(_cell(name, row[name]) for name in names) for row in rows]
            company.file(f"exports/{kind}-{number}.csv", "\n".join([",".join(names), *lines]) + "\n")
    company.collect()
    found = {
        "tickets": company.rows("tickets", "ticket_id, opened_at, reopens, met_service_level, priority"),
        "steps": company.rows("ticket_steps", 'ticket_id, "at", seq, person_id'),
        "people": company.rows("people", "person_id"),
        "orders": company.rows("orders", "order_id, ordered_at, amount, currency"),
    }
    waiting = sorted((row.table, tuple(row.cells.items()), row.code) for row in company.waiting())
    return found, [(table, cells) for table, cells, _ in waiting]
