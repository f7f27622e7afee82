"""What do a matrix and a rank pay, as tables? They have no curve: two measures, or other people, decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from keepwell.measure.catalogue import CATALOGUE
from keepwell.pay import say
from keepwell.pay.picture import target_of
from keepwell.pay.plan import Matrix, Part, Plan, Value
from keepwell.pay.said import inside, title_of

_AMONG = {
    "team": "your team",
    "plan": "everybody under this plan",
    "company": "everybody in the company who has such a part",
}


@dataclass(frozen=True)
class Grid:
    """A table of what is paid: what it is of, its headings, its rows; the first cell of a row names it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def grid_of(plan: Plan, part: Part, target: Decimal | None = None) -> Grid | None:
    """The table of a matrix or a rank; None for a part that has a curve."""
    whole = target_of(plan, part, target)
    if part.matrix is not None:
        return _matrix(plan, part, part.matrix, whole)
    if part.shape.kind == "rank":
        rows = tuple((say.number(point.key), _value(plan, part, point.value, whole)) for point in part.shape.points)
        title = f"places by {inside(title_of(part.measure))} among {_AMONG[part.among or 'plan']}; who tie share their places"
        return Grid(title, ("Place", "Pay"), rows)
    return None


def _matrix(plan: Plan, part: Part, matrix: Matrix, whole: Fraction | None) -> Grid:
    """Rows: the levels of the part's own measure; columns: those of the other one; the highest reached in both counts."""
    outers = list(dict.fromkeys(cell.outer for cell in matrix.cells))
    inners = sorted({cell.inner for cell in matrix.cells})
    values = {(cell.outer, cell.inner): cell.value for cell in matrix.cells}
    own, other = (
        _level(plan, part.measure, percent=part.shape.percent_keys),
        _level(plan, matrix.by.measure, percent=False),
    )
    rows = tuple((f"from {own(outer)}", *(_value(plan, part, values[outer, inner], whole) if (outer, inner) in values else ""
                                          for inner in inners)) for outer in outers)  # fmt: skip
    names = inside(title_of(part.measure)), inside(title_of(matrix.by.measure))
    against = "" if part.against == "nothing" else f" against {say.measure(part.against)}"
    head = ("", *(f"from {other(inner)}" for inner in inners))
    return Grid(f"{names[0]}{against} (rows) by {names[1]} (columns)", head, rows)


def _level(plan: Plan, measure: str, *, percent: bool) -> Callable[[Fraction], str]:
    if percent or (measure in CATALOGUE and CATALOGUE[measure].unit == "share"):
        return say.share
    if measure in CATALOGUE:
        return say.number
    return lambda level: say.amount_of(Decimal(round(level * 100)) / 100, plan.currency)


def _value(plan: Plan, part: Part, value: Value, whole: Fraction | None) -> str:
    if part.weight is not None and whole is not None and value.percent:
        return say.money(value.number * whole, plan.currency)
    return say.share(value.number) if value.percent else say.money(value.number, plan.currency)
