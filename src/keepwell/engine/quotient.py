"""How is one exact number divided by another, alike on every engine?

Division of decimals is a DOUBLE on DuckDB and a decimal of some scale on others, so models never write `/` on money.
They write `quotient(a, b)`: a / b as DECIMAL(38, 12), in whole trillionths. Where the true result has more places, the
last digit is made odd ("rounded to odd"), so that it never looks like a tie or like an exact value: a later rounding to
ten places or fewer then gives what rounding the true result would have given. Nothing where b is zero or either is
null. An error, never a wrong number, where |a| ≥ 10^26, |b| ≥ 10^20 or the result ≥ 10^26 (on Spark 10^20, or 10^(20-n)
where it is rounded to n places), or where a or b has more than twelve decimal places that matter.
"""

from __future__ import annotations

from decimal import Context, Decimal
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


def duckdb_macros() -> str:
    """The statements that teach a DuckDB connection `quotient`; an auditor may run them in their own."""
    return _DUCKDB


def spark_quotient(a: str, b: str) -> str:
    """The expression that is `quotient(a, b)` in Spark's dialect, the arguments being expressions of it too.

    The same long division, whole numbers being DECIMAL(38, 0); `/` is only used where it goes without remainder, since
    its scale differs from engine to engine. It is one long plain expression: Spark computes a part once however often
    it stands there, and Sail loses its way in lambdas that stand below a filter.
    """
    n, d = _spark_whole(a), f"NULLIF({_spark_whole(b)}, 0)"
    left = n
    groups: list[str] = []
    for _ in range(3):
        rest = f"CAST({left} % {d} AS DECIMAL(38, 0))"
        groups.append(f"CAST(({left} - {rest}) / {d} AS DECIMAL(38, 0))")
        left = f"({rest} * 1000000)"
    odd = f"CASE WHEN {rest} = 0 OR {groups[2]} % 2 <> 0 THEN 0 WHEN ({a} < 0) = ({b} < 0) THEN 1 ELSE -1 END"
    trillionths = f"CAST({groups[0]} * 1000000000000 + {groups[1]} * 1000000 + {groups[2]} + {odd} AS DECIMAL(38, 0))"
    return _spark_checked(a, b, trillionths, PLACES)


def spark_rounded_quotient(a: str, b: str, places: int) -> str:
    """The expression that is `round_even(quotient(a, b), places)`: by the remainder, a quarter as long."""
    n, d = _spark_whole(a), f"NULLIF({_spark_whole(b)}, 0)"
    left = f"({n} * {10**places})"
    rest = f"CAST({left} % {d} AS DECIMAL(38, 0))"
    cut = f"CAST(({left} - {rest}) / {d} AS DECIMAL(38, 0))"
    away = f"ABS({rest}) * 2 > ABS({d}) OR (ABS({rest}) * 2 = ABS({d}) AND {cut} % 2 <> 0)"
    more = f"CASE WHEN NOT ({away}) THEN 0 WHEN ({a} < 0) = ({b} < 0) THEN 1 ELSE -1 END"
    return _spark_checked(a, b, f"CAST({cut} + {more} AS DECIMAL(38, 0))", places)


def _spark_checked(a: str, b: str, units: str, places: int) -> str:
    """So many units of the last place, unless what is divided is finer than `quotient` takes."""
    too_fine = f"CAST({a} AS DECIMAL(38, 12)) <> {a} OR CAST({b} AS DECIMAL(38, 12)) <> {b}"
    unit = f"CAST({10**-places:.{places}f} AS DECIMAL({places + 1}, {places}))"
    return f"""CASE WHEN {too_fine}
        THEN CAST(RAISE_ERROR('quotient: more than 12 decimal places') AS DECIMAL(38, {places}))
        ELSE CAST({units} * {unit} AS DECIMAL(38, {places})) END"""


def _spark_whole(x: str) -> str:
    """Trillionths: a DECIMAL(38, 12) is written with all of its places, whose point is then left out.

    A product with 10^12 would overflow from 10^14 on, which a sum of microseconds reaches.
    """
    return f"CAST(REPLACE(CAST(CAST({x} AS DECIMAL(38, 12)) AS STRING), '.', '') AS DECIMAL(38, 0))"


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
    return Decimal(odd if exact >= 0 else -odd).scaleb(-PLACES, Context(prec=60))  # the usual 28 digits would round
