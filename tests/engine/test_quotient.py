"""`quotient` gives on every engine what its Python twin gives, and rounds to odd."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa

from keepwell.engine import Engine, quotient, read_model

HEADER = """-- one row per pair of numbers
-- key: i
-- gives:
--   i integer
--   q exact
"""

PAIRS = [
    ("2", "3"), ("-2", "3"), ("2", "-3"), ("-2", "-3"), ("1", "4"), ("0", "7"), ("5", "0"), (None, "1"), ("1", None),
    ("0.0001", "9999999999.9999"), ("99999999999999.9999", "0.0001"), ("1", "3"), ("-1", "3"), ("1", "6"),
    ("781000", "684762.32"), ("-0.0001", "3"),
    ("99999999999999999999", "99999999999999999999"), ("-250806119000000", "7000000000"), ("0.000000000001", "1"),
    ("-0.000000000001", "3"), ("12345678901234567890.123456789012", "98765432109876.543210987654"),
]  # fmt: skip


def test_quotient_is_exact_and_symmetric_on_every_engine(engine: Engine) -> None:
    pairs = [(a and Decimal(a), b and Decimal(b)) for a, b in PAIRS]
    kind = pa.decimal128(38, 12)
    rows = {
        "i": list(range(len(pairs))),
        "a": pa.array([a for a, _ in pairs], kind),
        "b": pa.array([b for _, b in pairs], kind),
    }
    engine.add_arrow("pairs", pa.table(rows))
    engine.build(read_model(HEADER + "SELECT i, quotient(a, b) AS q FROM pairs", "quotients"))
    assert engine.fetch("quotients")["q"].to_pylist() == [quotient(a, b) for a, b in pairs]
