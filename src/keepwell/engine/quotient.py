"""How is one exact number divided by another, alike on every engine?

Division of decimals is a DOUBLE on DuckDB and a decimal of some scale on others, so models never write `/` on money.
They write `quotient(a, b)`: a / b as DECIMAL(38, 12), in whole trillionths. Where the true result has more places, the
last digit is made odd ("rounded to odd"), so that it never looks like a tie or like an exact value: a later rounding to
ten places or fewer then gives what rounding the true result would have given. Nothing where b is zero or either is
null; an error, never a wrong number, where |a| ≥ 10^26, |b| ≥ 10^20, or the result does not fit (10^26 on DuckDB, 10^20
on Spark), or where a or b has more than twelve decimal places that matter.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

PLACES = 12

# A macro puts its arguments' text wherever they are named. A list of one, transformed by a lambda, computes them once
# instead: a quotient in a quotient would double in length otherwise. The arguments stand outside of every lambda, so that
# no column's name is taken for a lambda's.
#
# Long division, six digits at a time. Each digit group is guessed in DOUBLE and made exact by what is then left over in
# whole numbers (`r`), which is at most half the divisor, so that the next guess is right to within one. HUGEINT's own //
# would do, and takes 4 µs a row where this takes 2.
_DUCKDB = """
CREATE OR REPLACE MACRO in_trillionths(x) AS
    list_transform(list_transform([x], lambda v: {'x': v, 'w': CAST(v AS DECIMAL(38, 12))}), lambda s:
        CASE WHEN s.w <> s.x THEN error('quotient: more than 12 decimal places')
        WHEN s.w BETWEEN -10000000000000 AND 10000000000000
        THEN CAST(s.w * CAST(1000000000000 AS DECIMAL(13, 0)) AS HUGEINT)
        ELSE CAST(trunc(s.w) AS HUGEINT) * 1000000000000
            + CAST((s.w - trunc(s.w)) * CAST(1000000000000 AS DECIMAL(13, 0)) AS HUGEINT) END)[1];

CREATE OR REPLACE MACRO about(n, d) AS CAST(CAST(n AS DOUBLE) / CAST(d AS DOUBLE) AS HUGEINT);

CREATE OR REPLACE MACRO quotient(a, b) AS
    list_transform(list_transform(list_transform(list_transform(list_transform(list_transform(list_transform(list_transform(
    [{'n': in_trillionths(a), 'd': in_trillionths(b)}],
    lambda s: {'n': s.n, 'd': CASE WHEN s.d <> 0 THEN s.d END}),
    lambda s: {'q': about(s.n, s.d), 'n': s.n, 'd': s.d}),
    lambda s: {'q': s.q + about(s.n - s.q * s.d, s.d), 'n': s.n, 'd': s.d}),
    lambda s: {'q': s.q, 'r': (s.n - s.q * s.d) * 1000000, 'd': s.d}),
    lambda s: {'q': s.q, 'p': about(s.r, s.d), 'r': s.r, 'd': s.d}),
    lambda s: {'q': s.q * 1000000 + s.p, 'r': (s.r - s.p * s.d) * 1000000, 'd': s.d}),
    lambda s: {'q': s.q, 'p': about(s.r, s.d), 'r': s.r, 'd': s.d}),
    lambda s: CAST(s.q * 1000000 + s.p + CASE
            WHEN s.r = s.p * s.d OR CAST(s.p AS BIGINT) % 2 <> 0 THEN 0
            WHEN (s.r < s.p * s.d) = (s.d < 0) THEN 1
            ELSE -1 END AS DECIMAL(38, 0)) * CAST(0.000000000001 AS DECIMAL(13, 12)))[1];
"""

# The same long division in Spark's words, whole numbers being DECIMAL(38, 0): a fold over three factors, which bring
# down no digit, six, and six more. Its `/` goes without remainder, since its scale differs from engine to engine.
_SPARK_WHOLE = """CASE WHEN CAST({x} AS DECIMAL(38, 12)) <> {x}
    THEN CAST(RAISE_ERROR('quotient: more than 12 decimal places') AS DECIMAL(38, 0))
    ELSE CAST(CAST({x} AS DECIMAL(38, 12)) - CAST({x} AS DECIMAL(38, 12)) % 1 AS DECIMAL(38, 0)) * 1000000000000
        + CAST(CAST({x} AS DECIMAL(38, 12)) % 1 * 1000000000000 AS DECIMAL(38, 0)) END"""

# No field is ever null, since Sail's optimiser and its planner disagree about fields that may be.
_SPARK = """CASE WHEN {a} IS NOT NULL AND {b} <> 0 THEN AGGREGATE(
    ARRAY(CAST(1 AS DECIMAL(7, 0)), CAST(1000000 AS DECIMAL(7, 0)), CAST(1000000 AS DECIMAL(7, 0))),
    NAMED_STRUCT('q', CAST(0 AS DECIMAL(38, 0)), 'r', COALESCE(CAST({n} AS DECIMAL(38, 0)), 0),
        'd', COALESCE(NULLIF(CAST({d} AS DECIMAL(38, 0)), 0), 1)),
    (s, i) -> NAMED_STRUCT(
        'q', COALESCE(CAST(s.q * i + CAST((s.r * i - s.r * i % s.d) / s.d AS DECIMAL(38, 0)) AS DECIMAL(38, 0)), 0),
        'r', COALESCE(CAST(s.r * i % s.d AS DECIMAL(38, 0)), 0), 'd', s.d),
    s -> CAST(CAST(s.q + CASE
        WHEN s.r = 0 OR s.q % 2 <> 0 THEN 0
        WHEN (s.r < 0) = (s.d < 0) THEN 1
        ELSE -1 END AS DECIMAL(38, 0)) * CAST(0.000000000001 AS DECIMAL(13, 12)) AS DECIMAL(38, 12))) END"""


def duckdb_macros() -> str:
    """The statements that teach a DuckDB connection `quotient`; an auditor may run them in their own."""
    return _DUCKDB


def spark_quotient(a: str, b: str) -> str:
    """The expression that is `quotient(a, b)` in Spark's dialect, the arguments being expressions of it too."""
    a, b = f"({a})", f"({b})"
    return _SPARK.format(a=a, b=b, n=_SPARK_WHOLE.format(x=a), d=_SPARK_WHOLE.format(x=b))


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
