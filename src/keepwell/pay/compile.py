"""How does a plan become rows? `Plan` values in, the plan tables out; a what-if is the same under another scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import product
from math import lcm
from typing import Any

import pyarrow as pa

from keepwell.core.money import round_money
from keepwell.core.periods import MONTHS_IN, Period, PeriodKind, add_months, month_index, period_of
from keepwell.pay.compile_lifts import floor_rows, old_plans, scenario_of
from keepwell.pay.measures import IN_BOOKS, PAYABLE, Payable
from keepwell.pay.pieces import pieces_of
from keepwell.pay.plan import AlsoPays, Book, CreditRow, Limit, Part, Plan, RampStep, Reading, Shape, Share, Step
from keepwell.pay.plan_tables import ACTUAL, PLAN_TABLES

FOREVER = date(9999, 12, 31)
_FINEST = 100_000
_SPAN_KINDS: dict[str, PeriodKind] = {"quarter": "quarter", "year": "year"}
_CLAIMS = ("role", "segment", "region", "team", "department", "person")
Row = dict[str, Any]


@dataclass(frozen=True)
class Calendar:
    """Up to which day is evaluated, when the fiscal year starts, and at which period pay is settled."""

    today: date
    year_starts: int = 1
    closes: PeriodKind = "quarter"


@dataclass
class _Rows:
    """The rows of each table, as they gather."""

    of: dict[str, list[Row]] = field(default_factory=lambda: {table.name: [] for table in PLAN_TABLES})

    def add(self, table: str, head: Row, rows: Iterable[Row]) -> None:
        self.of[table].extend({**head, **row} for row in rows)


def compile_plans(plans: Iterable[Plan], calendar: Calendar, scenario: str = ACTUAL,
                  measures: Mapping[str, Payable] = PAYABLE, among: Iterable[Plan] | None = None) -> dict[str, pa.Table]:  # fmt: skip
    """The plan tables, by name, each sorted by its key. The plans before (`transition`) are found `among` these, or others."""
    rows, plans = _Rows(), list(plans)
    for plan in plans:
        own = scenario_of(plan, scenario)
        _compile(plan if own == scenario else replace(plan, acceptance=False), calendar, own, measures, rows)
        first = min((one for one in plans if one.name == plan.name and one.lifts.transition), key=lambda one: one.from_on,
                    default=plan)  # fmt: skip
        head = {"scenario": own, "plan": plan.name, "version": plan.version}
        rows.add("plan_floors", head, floor_rows(plan, first, own))
    for plan, other in old_plans(plans, scenario, plans if among is None else list(among)):
        _compile(plan, calendar, other, measures, rows)
        rows.add(
            "plan_floors",
            {"scenario": other, "plan": plan.name, "version": plan.version},
            floor_rows(plan, plan, other),
        )
    return {
        table.name: pa.Table.from_pylist(
            sorted(rows.of[table.name], key=lambda row, key=table.key: tuple(row[name] for name in key)),  # type: ignore[misc]
            schema=table.arrow,
        )
        for table in PLAN_TABLES
    }


def _compile(plan: Plan, calendar: Calendar, scenario: str, measures: Mapping[str, Payable], rows: _Rows) -> None:
    head = {"scenario": scenario, "plan": plan.name, "version": plan.version}
    unit = reduce(lcm, (part.weight.denominator for part in plan.parts if part.weight is not None), 1)
    rows.add("plan_versions", head, [_version(plan, unit)])
    rows.add("plan_claims", head, _claims(plan))
    for place, part in enumerate(plan.parts):
        rows.add("plan_parts", head, [_part(plan, part, place, unit, measures[part.measure])])
        _shape_rows(rows, head, part.name, part.shape)
        rows.add("plan_credit", head, _part_credit(plan, part, measures[part.measure], part.spiff))
        _condition_rows(rows, head, plan, part, place, unit, measures)
        if part.hold is not None:
            rows.add("plan_schedules", head, _schedule(part.name, "hold", part.hold.schedule))
        if part.take_back is not None:
            rows.add("plan_schedules", head, _schedule(part.name, "take_back", part.take_back.schedule))
    for place, also in enumerate(plan.also_pays, len(plan.parts)):
        rows.add("plan_parts", head, [_also_part(plan, also, place)])
        _shape_rows(rows, head, also.role, also.shape)
        rows.add("plan_credit", head, _also_credit(plan, also))
    if plan.saved is not None:
        saved = plan.saved
        rows.add("plan_saves", head, [{"rescue_within": saved.rescue_within, "still_after": saved.still_after,
                                       "content": saved.content or "",
                                       "satisfied_from": _decimal(saved.satisfied_from, 9)}])  # fmt: skip
    rows.add("plan_rates", head, [{"currency": name, "rate": _decimal(rate, 9)} for name, rate in plan.rates.items()])
    if plan.book is not None:
        rows.add("plan_books", head, _book_periods(plan, plan.book, calendar))
        rows.add("plan_book_exceptions", head, _book_exceptions(plan, plan.book))
    for kind, steps in plan.ramp.items():
        rows.add("plan_ramps", head, _ramp(kind, steps))
    _window_rows(rows, head, plan, calendar)


def _version(plan: Plan, unit: int) -> Row:
    weights = [part.weight for part in plan.parts if part.weight is not None and not part.on_top]
    at_most = [part.take_back.recovered_at_most for part in plan.parts if part.take_back is not None]
    at_most += [plan.lifts.draw.at_most] if plan.lifts.draw else []
    return {
        "title": plan.title, "currency": plan.currency, "period_months": MONTHS_IN[plan.period],
        "from_on": plan.from_on, "to_on": plan.to_on or FOREVER, "target_pay": _decimal(plan.target_pay, 4),
        "rounding_to": _decimal(plan.rounding.to, 4), "half_up": plan.rounding.tie == "half_up",
        "weight_total": int(sum(weights, Fraction(0)) * unit) or 1,
        "recover_at_most": _decimal(min(at_most, default=Fraction(1)), 9), "acceptance": plan.acceptance,
    }  # fmt: skip


def _claims(plan: Plan) -> Iterable[Row]:
    lists = [plan.applies_to.get(word) or ("",) for word in _CLAIMS]
    for number, values in enumerate(product(*lists)):
        yield {"claim": number, **dict(zip(_CLAIMS, values, strict=True))}


def is_adjusted(part: Part, unit: int) -> bool:
    """Is a part paid by the step that knows all fractions? For what it says, or for numbers too fine for a database.

    Weights are counted in `unit` parts of one. A weight of 33.33% on a curve with 66.67% makes fractions of more
    digits than a decimal has, where target and quota are prorated too.
    """
    whole = [number for piece in pieces_of(part.shape) for number in piece.whole]
    finest = max((abs(number) for number in whole), default=1) * (unit if part.weight is not None else 1)
    return part.is_adjusted or (part.over != "each" and finest > _FINEST)


def _part(plan: Plan, part: Part, place: int, unit: int, measure: Payable) -> Row:
    evidence, hold, back = part.evidence, part.hold, part.take_back
    lost = part.on_leaving == "lost" or (not part.on_leaving and plan.on_leaving.holds_lost)
    attained = part.against != "nothing" and (
        part.shape.percent_keys or (part.shape.kind == "rate" and bool(part.weight))
    )
    return {
        "part": part.name, "place": place, "also_role": "",
        "weight_units": 0 if part.weight is None else int(part.weight * unit), "on_top": part.on_top,
        "rewards": part.rewards, "says": part.says, "measure": part.measure, "unit": part.unit,
        "scored": measure.kind not in ("amount", "blend"),
        **_base(part),
        "span": part.over if part.over == "each" else part.span,
        # a place goes by attainment wherever there is one
        "key_is": "attainment" if attained or (part.among and part.against != "nothing") else "amount",
        "multiplies": _multiplies(part, attained=attained), "shape": part.shape.kind,
        "at_least_n": evidence.at_least if evidence else 0, "looking_back": evidence.looking_back if evidence else 0,
        "credible": measure.kind == "score" and (evidence is None or evidence.credible),
        "otherwise": ",".join(evidence.otherwise) if evidence else "nothing",
        "hold_share": _decimal(hold.share if hold else Fraction(0), 9), "hold_until": hold.until if hold else "",
        "hold_until_on": hold.until_on if hold else None, "holds_lost": bool(hold and lost),
        "advances_earned": bool(back and plan.on_leaving.advances_earned),
        "hold_certain": hold.is_certain and not lost if hold else True, "takes_back": back is not None,
        "take_back_ends": _ends(back.schedule) if back else 0,
        "take_back_not_for": f",{','.join(back.not_for)}," if back and back.not_for else "",
        **_limit("at_most", _paid_in(plan, part, part.at_most)), **_limit("at_least", _paid_in(plan, part, part.at_least)),
        "for_part": "", "adjusted": is_adjusted(part, unit),
    }  # fmt: skip


def _also_part(plan: Plan, also: AlsoPays, place: int) -> Row:
    return {
        "part": also.role, "place": place, "also_role": also.role, "weight_units": 0, "on_top": True,
        "rewards": also.rewards, "says": also.says, "measure": ", ".join(_also_measures(plan, also)), "unit": "own",
        "scored": False, "base": "nothing", "base_measure": "", "to_date": False, "span": "each", "key_is": "amount",
        "multiplies": "money", "shape": also.shape.kind, "at_least_n": 0, "looking_back": 0, "credible": False,
        "otherwise": "nothing", "hold_share": Decimal(0), "hold_until": "", "hold_until_on": None, "holds_lost": False, "advances_earned": False,
        "hold_certain": True, "takes_back": False,
        "take_back_ends": 0, "take_back_not_for": "", **_limit("at_most", None), **_limit("at_least", None),
        "for_part": "", "adjusted": False,
    }  # fmt: skip


def _condition_rows(
    rows: _Rows, head: Row, plan: Plan, part: Part, place: int, unit: int, measures: Mapping[str, Payable]
) -> None:
    """What else a part looks at, each as a part that pays nothing; its conditions, multipliers and limits."""
    for reading in part.readings:
        rows.add("plan_parts", head, [_reading(part, reading, place, measures[reading.measure])])
        overlays = reading != part.pooled
        rows.add(
            "plan_credit", head, _part_credit(plan, reading, measures[reading.measure], part.spiff, overlays=overlays)
        )
    rows.add("plan_gates", head, [
        {"part": part.name, "place": number, "reading": gate.reading.name, "test": gate.test,
         "bound": _decimal(gate.bound, 6), "otherwise": _decimal(gate.otherwise, 9), "unknown_pays": gate.unknown_pays}
        for number, gate in enumerate(part.gates, 1)
    ])  # fmt: skip
    rows.add("plan_kickers", head, [
        {"part": part.name, "place": number, "word": word, "value": value, "words": len(kicker.fits),
         "factor": _decimal(kicker.factor, 6)}
        for number, kicker in enumerate(part.kickers, 1) for word, values in kicker.fits for value in values
    ])  # fmt: skip
    for number, (reading, weight) in enumerate(part.blend.of if part.blend else (), 1):
        rows.add("plan_blends", head, [{"part": part.name, "place": number, "reading": reading.name,
                                        "weight": _decimal(weight, 9),
                                        "each_at_least": _decimal(part.blend.each_at_least if part.blend else None, 9)}])  # fmt: skip
    if part.matrix is not None:
        rows.add("plan_cells", head, [
            {"part": part.name, "outer_key": _decimal(cell.outer, 6), "inner_key": _decimal(cell.inner, 6),
             "reading": part.matrix.by.name, "value": _decimal(cell.value.number, 6)} for cell in part.matrix.cells
        ])  # fmt: skip
    if part.among is not None:
        rows.add("plan_ranks", head, [
            {"part": part.name, "place": int(point.key), "value": _decimal(point.value.number, 6), "among": part.among}
            for point in part.shape.points
        ])  # fmt: skip
    if part.pool is not None:
        own = part.pooled.name if part.pooled else ""
        rows.add("plan_pools", head, [{"part": part.name, "shared": part.pool, "reading": own}])
    for number, one in enumerate(part.times, 1):
        rows.add("plan_multipliers", head, [{"part": part.name, "place": number, "reading": one.reading.name}])
        _shape_rows(rows, head, one.reading.name, one.curve)
    if is_adjusted(part, unit):
        limits = [(kind, limit) for kind, plain, more in (("at_most", part.at_most, part.most),
                                                        ("at_least", part.at_least, part.least))
                  for one in (plain, *more) if (limit := _paid_in(plan, part, one)) is not None
                  and (limit.per != "window" or part.over != "each")]  # fmt: skip
        rows.add("plan_limits", head, [
            {"part": part.name, "per": limit.per, "kind": kind, "amount": _decimal(limit.number, 6), "percent": limit.percent,
             "carried": part.carried and kind == "at_most" and limit.per != "year"}
            for kind, limit in limits
        ])  # fmt: skip


def _reading(part: Part, reading: Reading, place: int, measure: Payable) -> Row:
    attained = reading.against != "nothing"
    return {
        "part": reading.name, "place": place, "also_role": "", "weight_units": 0, "on_top": True, "rewards": "", "says": "",
        "measure": reading.measure, "unit": reading.unit, "scored": measure.kind != "amount", **_base(reading),
        "span": part.span, "key_is": "attainment" if attained else "amount",
        "multiplies": "money", "shape": "", "at_least_n": reading.answers, "looking_back": 0, "credible": False,
        "otherwise": "nothing", "hold_share": Decimal(0), "hold_until": "", "hold_until_on": None, "holds_lost": False,
        "advances_earned": False, "hold_certain": True, "takes_back": False,
        "take_back_ends": 0, "take_back_not_for": "", **_limit("at_most", None), **_limit("at_least", None),
        "for_part": part.name, "adjusted": False,
    }  # fmt: skip


def _base(one: Part | Reading) -> Row:
    if isinstance(one, Part) and one.blend is not None:
        return {"base": "nothing", "base_measure": "", "to_date": one.to_date}
    measured = one.against not in ("quota", "nothing")
    return {"base": "measure" if measured else one.against, "base_measure": one.against if measured else "",
            "to_date": one.to_date}  # fmt: skip


def _also_measures(plan: Plan, also: AlsoPays) -> list[str]:
    """The measures whose facts a credit row stands behind; a save is a measure of its own."""
    if also.row == "saved" and plan.saved is not None:
        return ["saved"]
    return sorted({part.measure for part in plan.parts if also.row in part.credit})


def _multiplies(part: Part, *, attained: bool) -> str:
    """What the shape's value is taken of: with a weight the target; without, by the kind of shape and value."""
    if part.weight is not None:
        per_base = part.shape.kind in ("steps", "level") and not attained
        return "target_per_base" if per_base else "target"
    if part.shape.kind in ("curve", "amount") and part.shape.percent_values:
        return "amount"
    return "base" if attained and part.shape.kind not in ("curve", "amount") else "money"


def _paid_in(plan: Plan, part: Part, limit: Limit | None) -> Limit | None:
    """The limit; of facts paid one by one in the plan's steps of money.

    Rounding keeps order: what a limit leaves, rounded once, is the rounded pay within the rounded limit.
    """
    if limit is None or part.over != "each":
        return limit
    return replace(limit, number=Fraction(round_money(limit.number, plan.rounding.to, plan.rounding.tie)))


def _limit(name: str, limit: Limit | None) -> Row:
    return {name: _decimal(limit.number, 6) if limit else None, f"{name}_percent": bool(limit and limit.percent)}


def _ends(schedule: Sequence[Step]) -> int:
    return max((step.until for step in schedule if step.until is not None and step.share), default=0)


def _shape_rows(rows: _Rows, head: Row, part: str, shape: Shape) -> None:
    pieces = pieces_of(shape)
    for place, piece in enumerate(pieces):
        after = pieces[place + 1] if place + 1 < len(pieces) else None
        a, b, c = piece.whole
        exact = a == 0 and (Fraction(b, c) * 10**9).denominator == 1
        rows.add("plan_pieces", head, [{
            "part": part, "piece": place, "low": _decimal(piece.low, 6), "low_open": piece.low_open,
            "high": _decimal(after.low, 6) if after else None, "high_open": not (after and after.low_open),
            "a": a, "b": b, "c": c, "fee": _decimal(piece.fee, 4),
            "rate": _decimal(Fraction(b, c), 9) if exact else None,
        }])  # fmt: skip
    for place, point in enumerate(shape.points):
        rows.add("plan_points", head, [{
            "part": part, "place": place, "boundary": _decimal(point.key, 6), "percent_boundary": shape.percent_keys,
            "value": _decimal(point.value.number, 6), "percent_value": point.value.percent,
            "below": _decimal(point.below.number, 6) if point.below else None, "fee": _decimal(point.value.fee, 4),
        }])  # fmt: skip


def _part_credit(plan: Plan, part: Part | Reading, measure: Payable, spiff: tuple[date, date] | None, *,
                 overlays: bool = True) -> Iterable[Row]:  # fmt: skip
    """Whose facts count: the person's own, by the rows of credit; of a unit, those of all who belong to it."""
    from_on, to_on = spiff or (plan.from_on, plan.to_on or FOREVER)
    # an overlay stands beside a fact, which is counted for a unit by its shares already
    for row in _own_credit(plan, part, measure, overlays=overlays and part.unit == "own"):
        yield row | {
            "finds": "dated" if spiff and part.unit == "own" else part.unit,
            "from_on": from_on,
            "to_on": to_on,
        }


def _own_credit(plan: Plan, part: Part | Reading, measure: Payable, *, overlays: bool) -> Iterable[Row]:
    """Of several rows the last that fits applies, once; an overlay applies beside it."""
    if measure.kind != "amount":
        return
    by_name = {row.name: row for row in plan.credit}
    said = [by_name[name] for name in part.credit] or [_whoever_the_record_says()]
    if part.unit == "company":
        said = [CreditRow(row.name, (Share("company", Fraction(1)),)) for row in said]
    own = [row for row in said if not row.overlay]
    ordinary = [row for row in own if row.name != "saved" or plan.saved is None][-1:]
    saves = own[-1:] if plan.saved is not None and any(row.name == "saved" for row in own) else ordinary
    for row in (row for row in said if row.overlay and overlays):
        yield from _credit_rows(plan, part.name, "counted", part.measure, row, "any")
    for row in ordinary:
        yield from _credit_rows(plan, part.name, "counted", part.measure, row, "any" if saves == ordinary else "other")
        if part.against not in ("quota", "nothing"):
            yield from _credit_rows(plan, part.name, "base", part.against, row, "any")
    if saves != ordinary:
        yield from _credit_rows(plan, part.name, "counted", part.measure, saves[0], "saved")


def _whoever_the_record_says() -> CreditRow:
    return CreditRow("deal_shares", (Share("deal_shares", Fraction(1)),))


def _also_credit(plan: Plan, also: AlsoPays) -> Iterable[Row]:
    row = next(row for row in plan.credit if row.name == also.row)
    for measure in _also_measures(plan, also):
        for one in _credit_rows(plan, also.role, "also", measure, row, "saved" if measure == "saved" else "any"):
            yield one | {"finds": "own", "from_on": plan.from_on, "to_on": plan.to_on or FOREVER}


def _credit_rows(plan: Plan, part: str, use: str, measure: str, row: CreditRow, fits: str) -> Iterable[Row]:
    """Where the plan goes by books, a role is who holds the customer; what also_pays gives goes by the day all the same."""
    as_before = ("deal_shares", "owner", "company", part if use == "also" else "")
    by_book = plan.book is not None and measure in IN_BOOKS
    low = Fraction(0)
    for share in row.shares:
        yield {"part": part, "use": use, "measure": measure, "credit_row": row.name, "fits": fits,
               "who": f"book:{share.who}" if by_book and share.who not in as_before else share.who,
               "low": _decimal(low, 9), "high": _decimal(low + share.share, 9)}  # fmt: skip
        low += share.share


def _book_periods(plan: Plan, book: Book, calendar: Calendar) -> Iterable[Row]:
    """Every period of the plan that has begun, and the days on which a customer must be held in it."""
    period = period_of(month_index(plan.from_on), plan.period, calendar.year_starts)
    while period.from_on <= calendar.today and (plan.to_on is None or period.from_on < plan.to_on):
        from_on, to_on = max(period.from_on, plan.from_on), min(period.to_on, plan.to_on or FOREVER)
        held_on = max(from_on, {"first day": from_on, "last day": to_on - timedelta(days=1)}.get(
            book.held_on, to_on - timedelta(days=2)))  # fmt: skip
        yield {
            "period": period.first_month, "from_on": from_on, "to_on": to_on, "held_on": held_on,
            "since_on": add_months(held_on - timedelta(days=book.held_days), -book.held_months),
            "grace_from": period.shift(1 - book.grace.periods).from_on if book.grace else None,
            "unmanaged_days": book.grace.unmanaged_days if book.grace else 0,
        }  # fmt: skip
        period = period.shift(1)


def _book_exceptions(plan: Plan, book: Book) -> Iterable[Row]:
    """Each for the roles in which the plan's own people cover customers; for all that it credits, where it names none."""
    roles = {share.who for row in plan.credit for share in row.shares} - {"deal_shares", "owner"}
    for number, one in enumerate(book.exceptions):
        for role in sorted(roles & set(plan.applies_to.get("role", ())) or roles):
            yield {"exception": number, "who": f"book:{role}", **vars(one)}


def _schedule(part: str, kind: str, steps: Sequence[Step]) -> Iterable[Row]:
    from_day = 0
    for step in steps:
        yield {"part": part, "kind": kind, "from_day": from_day, "to_day": step.until,
               "share": _decimal(step.share, 9)}  # fmt: skip
        from_day = (step.until or 0) + 1


def _ramp(kind: str, steps: Sequence[RampStep]) -> Iterable[Row]:
    from_month = 0
    for step in steps:
        yield {"kind": kind, "from_month": from_month, "to_month": step.until, "share": _decimal(step.share, 9)}
        from_month = step.until or 0


def _window_rows(rows: _Rows, head: Row, plan: Plan, calendar: Calendar) -> None:
    """Every window that has begun by today, at the end of each of its periods that has begun."""
    spans = sorted({(part.span, to_date) for part in plan.parts
                    for to_date in (part.to_date, *(one.to_date for one in part.readings))})  # fmt: skip
    # what people have in a period goes by whole periods, and an offer's window is of its own days
    if (plan.also_pays or any(part.spiff for part in plan.parts)) and ("period", False) not in spans:
        spans.append(("period", False))
    last = min(plan.to_on or FOREVER, calendar.today + timedelta(days=1)) - timedelta(days=1)
    for span, to_date in spans:
        first_on, end_on = next(
            (part.spiff for part in plan.parts if part.spiff and part.span == span), (date.min, FOREVER)
        )
        for window in _windows(plan, span, last, calendar):
            for period in (one for one in window if one.from_on <= last):
                key = {
                    "span": span,
                    "to_date": to_date,
                    "window_month": window[0].first_month,
                    "period": period.first_month,
                }
                rows.add("plan_windows", head, [{
                    **key, "from_on": max(window[0].from_on, first_on), "to_on": min(period.to_on, end_on),
                    "first_month": window[0].first_month,
                    "last_month": period.last_month,
                    "settles": period_of(period.last_month, calendar.closes, calendar.year_starts).first_month,
                }])  # fmt: skip
                rows.add("plan_window_periods", {**head, **key}, [
                    {"within": one.first_month, "from_on": max(one.from_on, first_on), "to_on": min(one.to_on, end_on),
                     "days": (one.to_on - one.from_on).days, "counts": one <= period,
                     "aims": one <= period or not to_date}
                    for one in window
                ])  # fmt: skip


def _windows(plan: Plan, span: str, last: date, calendar: Calendar) -> list[list[Period]]:
    """The windows of a span that have begun by `last`: the plan's periods in each, those still to come too."""
    spiff = next((part.spiff for part in plan.parts if part.spiff and part.span == span), None)
    if spiff is not None:
        return _spiff_window(plan, spiff, last, calendar)
    until = period_of(month_index(max(last, plan.from_on)), "year", calendar.year_starts).last_month
    if span == "plan" and plan.to_on is not None:
        until = month_index(plan.to_on - timedelta(days=1))
    one = period_of(month_index(plan.from_on), plan.period, calendar.year_starts)
    windows: dict[int, list[Period]] = {}
    while one.first_month <= until:
        windows.setdefault(_window_key(one, span, plan, calendar.year_starts), []).append(one)
        one = one.shift(1)
    return [window for window in windows.values() if window[0].from_on <= last]


def _spiff_window(plan: Plan, spiff: tuple[date, date], last: date, calendar: Calendar) -> list[list[Period]]:
    """The one window of a spiff: the plan's periods that its days under the plan touch."""
    begins, ends = max(spiff[0], plan.from_on), min(spiff[1], plan.to_on or FOREVER)
    one = period_of(month_index(begins), plan.period, calendar.year_starts)
    window = []
    while begins < ends and one.from_on < ends:
        window.append(one)
        one = one.shift(1)
    return [window] if window and window[0].from_on <= last else []


def _window_key(period: Period, span: str, plan: Plan, starts: int) -> int:
    if span == "plan":
        return period_of(month_index(plan.from_on), plan.period, starts).first_month
    if span in _SPAN_KINDS and MONTHS_IN[_SPAN_KINDS[span]] > MONTHS_IN[period.kind]:
        return period_of(period.first_month, _SPAN_KINDS[span], starts).first_month
    return period.first_month


def _decimal(number: Decimal | Fraction | None, places: int) -> Decimal | None:
    """A fraction as a decimal of so many places; what does not fit is rounded half to even."""
    return None if number is None else Decimal(round(Fraction(number) * 10**places)).scaleb(-places)
