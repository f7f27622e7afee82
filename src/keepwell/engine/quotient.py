"""How is one exact number divided by another, alike on every engine?

Division of decimals is a DOUBLE on DuckDB and a decimal of some scale on others, so models never write `/` on money.
They write `quotient(a, b)`: a / b as DECIMAL(38, 12), in whole trillionths. Where the true result has more places, the
last digit is made odd ("rounded to odd"), so that it never looks like a tie or like an exact value: a later rounding to
ten places or fewer then gives what rounding the true result would have given. Nothing where b is zero or either is
null; an error, never a wrong number, where |a| ≥ 10^26, |b| ≥ 10^20, or the result does not fit, or where a or b has
more than twelve decimal places that matter.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

PLACES = 12

# A macro puts its arguments' text wherever they are named. A lambda over a list of one computes them once instead:
# without it one quotient of a plain column took 14 µs, with it 4. HUGEINT's // and % cut toward zero, so
# that the remainder has the sign of the numerator, and negative numbers mirror positive ones.
_DUCKDB = """
CREATE OR REPLACE MACRO in_trillionths(x) AS list_transform([CAST(x AS DECIMAL(38, 12))], lambda w:
    list_transform([trunc(w)], lambda i:
        CASE WHEN w <> x THEN error('quotient: more than 12 decimal places')
        ELSE CAST(i AS HUGEINT) * 1000000000000
            + CAST((w - i) * CAST(1000000000000 AS DECIMAL(13, 0)) AS HUGEINT) END)[1])[1];

CREATE OR REPLACE MACRO quotient(a, b) AS
    list_transform([{'n': in_trillionths(a), 'd': nullif(in_trillionths(b), 0)}], lambda p:
    list_transform([{'q': p.n // p.d, 'r': p.n % p.d, 'd': p.d}], lambda s:
    list_transform([{'q': s.q * 1000000 + s.r * 1000000 // s.d, 'r': s.r * 1000000 % s.d, 'd': s.d}], lambda s:
    list_transform([{'q': s.q * 1000000 + s.r * 1000000 // s.d, 'r': s.r * 1000000 % s.d, 'd': s.d}], lambda s:
        CAST(s.q + CASE
            WHEN s.r = 0 OR s.q % 2 <> 0 THEN 0
            WHEN (s.r < 0) = (s.d < 0) THEN 1
            ELSE -1 END AS DECIMAL(38, 0)) * CAST(0.000000000001 AS DECIMAL(13, 12))
    )[1])[1])[1])[1];
"""


def duckdb_macros() -> str:
    """The statements that teach a DuckDB connection `quotient`; an auditor may run them in their own."""
    return _DUCKDB


def quotient(a: Decimal | int | None, b: Decimal | int | None) -> Decimal | None:
    """What `quotient(a, b)` is, said in Python: what the engines' results are tested against.

    >>> quotient(Decimal(2), Decimal(3)), quotient(Decimal(-1), Decimal(3)), quotient(Decimal(1), Decimal(4))
    (Decimal('0.666666666667'), Decimal('-0.333333333333'), Decimal('0.250000000000'))
    """
    if a is None or b is None or b == 0:
        return None
    exact = Fraction(a) / Fraction(b) * 10**PLACES
    size, rest = divmod(abs(exact.numerator), exact.denominator)
    odd = size + 1 if rest and size % 2 == 0 else size
    return Decimal(odd if exact >= 0 else -odd).scaleb(-PLACES)
