"""What is each fact paid where facts are paid one by one?"""

from __future__ import annotations

from fractions import Fraction

from .conditions import limit
from .credit import Credited
from .days import block, month_of
from .facts import Row
from .offers import PERCENT_OF_FOUR
from .plans import number, round_to
from .shapes import Shape, exact_pay
from .windows import Company, conditions_leave


def each_pays(company: Company, facts: list[Credited], words: Row) -> list[Fraction]:
    """The pay of each of a person's facts in a part that pays them one by one, in the order of days."""
    pays = [_each_pay(company, one, words) for one in facts]
    periods = [block(month_of(one.fact.on_day), one.plan.months, company.year_starts) for one in facts]
    for of, spans in (("period", periods), ("year", [block(month, 12, company.year_starts) for month in periods])):
        most = limit(words, of).most
        if most is not None and facts:
            pays = _until(facts[0].plan.rounded(number(most)), pays, spans)
    return pays


def _until(most: Fraction, pays: list[Fraction], spans: list[int]) -> list[Fraction]:
    """Facts are paid until all in a period or year have come to the most."""
    found, so_far = [], dict.fromkeys(spans, Fraction(0))
    for pay, span in zip(pays, spans, strict=True):
        before, so_far[span] = so_far[span], so_far[span] + pay
        found.append(min(so_far[span], most) - min(before, most))
    return found


def _each_pay(company: Company, one: Credited, words: Row) -> Fraction:
    """The pay of one fact by itself."""
    exact = exact_pay(Shape(words.get("pays", words)), one.counted or Fraction(0), None, None)
    if one.part in one.plan.also_pays:
        return one.plan.rounded(exact)
    period = block(month_of(one.fact.on_day), one.plan.months, company.year_starts)
    # one percentage of four decimals
    left = round_to(conditions_leave(company, one.plan, one.part, one.person, period, period), PERCENT_OF_FOUR)
    left = round_to(left * one.factor, PERCENT_OF_FOUR)
    return one.plan.rounded(limit(words, "fact").cut(exact * left, None))
