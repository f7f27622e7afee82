"""`quotient` gives on every engine what its Python twin gives, and rounds to odd."""

from __future__ import annotations

import random
from decimal import Context, Decimal
from fractions import Fraction

import pyarrow as pa

from keepwell.core.money import round_money
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


def random_pairs(count: int, most_a: int, most_b: int) -> list[tuple[Decimal, Decimal]]:
    """Numbers of every size, both signs, down to the twelfth place; the same each time."""
    dice = random.Random(11)  # noqa: S311

    def number(most: int) -> Decimal:
        return Decimal(dice.choice((-1, 1)) * dice.randrange(1, 10 ** dice.randrange(1, most))).scaleb(
            -12, Context(prec=60)
        )

    drawn = ((number(most_a), number(most_b)) for _ in range(count))
    return [(a, b) for a, b in drawn if abs(a / b) < Decimal(10) ** 20]


def test_quotient_is_exact_and_symmetric_on_every_engine(engine: Engine) -> None:
    pairs = [(a and Decimal(a), b and Decimal(b)) for a, b in PAIRS]
    pairs += random_pairs(5000, 38, 32) if engine.name == "duckdb" else random_pairs(500, 27, 25)
    kind = pa.decimal128(38, 12)
    rows = {
        "i": list(range(len(pairs))),
        "a": pa.array([a for a, _ in pairs], kind),
        "b": pa.array([b for _, b in pairs], kind),
    }
    engine.add_arrow("pairs", pa.table(rows))
    engine.build(read_model(HEADER + "SELECT i, quotient(a, b) AS q FROM pairs", "quotients"))
    assert engine.fetch("quotients")["q"].to_pylist() == [quotient(a, b) for a, b in pairs]


def test_rounding_once_after_the_quotient_is_rounding_the_true_result(engine: Engine) -> None:
    pairs = [*((a, b) for a, b in random_pairs(500, 27, 25) if abs(a / b) < Decimal(10) ** 18), (Decimal(1), Decimal(8)), (Decimal(-1), Decimal(8)), (Decimal(3), Decimal(8)),
             (Decimal("0.125000000001"), Decimal(1)), (Decimal("0.375"), Decimal(3))]  # fmt: skip
    kind = pa.decimal128(38, 12)
    rows = {"i": list(range(len(pairs))), "a": pa.array([a for a, _ in pairs], kind),
            "b": pa.array([b for _, b in pairs], kind)}  # fmt: skip
    engine.add_arrow("pairs", pa.table(rows))
    sql = "SELECT i, CAST(round_even(quotient(a, b), 2) AS DECIMAL(38, 12)) AS q FROM pairs"
    engine.build(read_model(HEADER + sql, "rounded"))
    expected = [round_money(Fraction(a) / Fraction(b)) for a, b in pairs]
    assert engine.fetch("rounded")["q"].to_pylist() == expected
