"""What does a plan say, in sentences? For people who look at it or sign it; nothing here is computed for pay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from keepwell.measure.catalogue import CATALOGUE
from keepwell.pay import say
from keepwell.pay.measures import BLEND
from keepwell.pay.plan import Amount, CreditRow, Evidence, Hold, Limit, Part, Plan, Reading, Step, TakeBack

AMOUNTS_MEAN = {
    "signed_annual_value": "the yearly value of deals won, new ones and expansions, on the day they are signed",
    "signed_amount": "the amount of deals won, of any kind, on the day they are signed",
    "order_amount": "the amount of orders, on the day they are placed",
    "annual_value_due": "the yearly value of contracts whose term ends, on the term's last day",
    "renewed_annual_value": "the yearly value of contracts that renew another, on the last day of the old term",
    "saved": "the yearly value of customers who gave notice and stayed after a rescue",
    "invoiced_amount": "the amount of invoices, on the day they are sent",
    "paid_amount": "the amount of invoices, on the day they are paid",
}
SHARED_BY = {
    "equal": "equally, by days under the plan",
    "target_pay": "by target pay",
    "coverage": "by what each member was credited for; equally by days where that is nothing",
    "shapley": "by what each member stands behind: of each outcome, equal parts to all who were credited for it (Shapley value)",
}  # fmt: skip
_WINDOWS = {"each": "each by itself", "quarter": "over the quarter to date", "year": "over the fiscal year to date",
            "plan": "over the whole plan to date"}  # fmt: skip
_UNITS = {"own": "your own", "team": "your team's", "roll_up": "yours and that of everybody below you",
          "company": "the whole company's"}  # fmt: skip
_TESTS = {"at_least": "at least", "more_than": "more than", "at_most": "at most", "less_than": "less than"}
_PER = {"window": "over its window", "period": "in each period", "year": "in each fiscal year"}
_MILESTONES = {
    "delivered": "has the delivery", "installed": "has the installation", "went_live": "is live",
    "first_value": "has had first value", "trained": "is trained", "adopted": "has adopted it",
    "handed_over": "is handed over",
}  # fmt: skip
_INSTEAD = {
    "team": "your team's value decides",
    "company": "the whole company's value decides",
    "target": "it pays as at target",
    "reweight": "its weight counts in the other parts",
    "nothing": "it pays nothing",
}
_WHO = {"deal_shares": "whoever has a share of the deal, by that share", "owner": "the deal's owner"}


@dataclass(frozen=True)
class Said:
    """One thing that a plan says: what it is about, and the sentence."""

    about: str
    sentence: str


def title_of(name: str) -> str:
    """What a measure is called: `csat` is Satisfaction."""
    if name in CATALOGUE:
        return CATALOGUE[name].title
    text = "attainment of several amounts" if name == BLEND else say.measure(name)
    return text[:1].upper() + text[1:]


def inside(title: str) -> str:
    """The title inside a sentence: its first letter small, unless it is a word of capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def who(plan: Plan) -> str:
    """Whom does the plan pay?"""
    claims = [f"{word} {' or '.join(map(say.words, values))}" for word, values in plan.applies_to.items()]
    return ", ".join(claims)


def in_force(plan: Plan) -> str:
    """From when to when?"""
    until = f" until {say.day(plan.to_on)}, that day not included" if plan.to_on else " on"
    return f"from {say.day(plan.from_on)}{until}"


def of_target(plan: Plan, part: Part, target: Decimal | None) -> str:
    """What is the part's place in the target pay?"""
    if part.weight is None:
        return "beside the target pay"
    share = f"{say.share(part.weight)} of target pay{' on top' if part.on_top else ''}"
    whole = target if target is not None else plan.target_pay
    if whole is None:
        return share
    return f"{share}: {say.money(Fraction(whole) * part.weight, plan.currency)} per {plan.period}"


def part_says(plan: Plan, part: Part) -> list[Said]:
    """Everything that a part says beside its sentence and its picture."""
    return [*_measured(plan, part), *_blended(part), *_pooled(part), *_credited(plan, part), *_evidence(part.evidence), *_special(part), *_conditions(part),
            *_limits(plan, part), *_held(part.hold), *_taken_back(part.take_back), *_despite(part)]  # fmt: skip


def _measured(plan: Plan, part: Part) -> Iterator[Said]:
    what = inside(title_of(part.measure))
    unit = _UNITS[part.unit] if part.measure in CATALOGUE or part.unit != "own" else ""
    over = _WINDOWS.get(part.over, f"over each {plan.period}")
    if part.evidence is not None and part.evidence.looking_back:
        over = f"over the last {_months(part.evidence.looking_back)}"
    against = {"nothing": "", "quota": ", set against quota"}.get(
        part.against, f", set against {say.measure(part.against)}"
    )
    if part.to_date:
        against = ", set against quota up to the period's end"
    yield Said("Measured", " ".join(f"{unit} {what} {over}{against}.".split()))


def _blended(part: Part) -> Iterator[Said]:
    if part.blend is None:
        return
    shares = ", ".join(f"{say.share(share)} {say.measure(one.measure)}" for one, share in part.blend.of)
    least = f"; one below {say.share(part.blend.each_at_least)} counts nothing" if part.blend.each_at_least else ""
    yield Said("Averaged", f"{shares}, each against its own quota{least}.")


def _pooled(part: Part) -> Iterator[Said]:
    if part.pool is not None:
        unit = "your team" if part.unit == "team" else "the whole company"
        target = ", on the sum of everybody's target," if part.weight is not None else ""
        yield Said("A pool", f"One amount is paid for {unit}{target} and shared {SHARED_BY[part.pool]}.")


def _credited(plan: Plan, part: Part) -> Iterator[Said]:
    rows = [row for row in plan.credit if row.name in part.credit]
    if rows:
        yield Said("Credited", "; ".join(_row(row, alone=len(rows) == 1) for row in rows) + ".")


def _row(row: CreditRow, *, alone: bool) -> str:
    shares = ", ".join(f"{say.share(share.share)} to {_WHO.get(share.who, f'the {say.words(share.who)} who covers the customer that day')}"
                       for share in row.shares)  # fmt: skip
    beside = ", beside the others" if row.overlay else ""
    return f"{shares}{beside}" if alone else f"{say.words(row.name)}: {shares}{beside}"


def _evidence(evidence: Evidence | None) -> Iterator[Said]:
    if evidence is None:
        return
    credible = "the credible value: one's own result weighted by how many answers there are, the rest from everybody's"
    believed = f"What counts is {credible if evidence.credible else 'the value as observed'}."
    few = "; if that has too few, ".join(_INSTEAD[one] for one in evidence.otherwise)
    least = f" With fewer than {evidence.at_least} answers or cases, {few}." if few and evidence.at_least > 1 else ""
    yield Said("Evidence", believed + least)


def _conditions(part: Part) -> Iterator[Said]:
    for gate in part.gates:
        bound = say.share(gate.bound) if gate.percent else say.number(gate.bound)
        instead = "nothing" if not gate.otherwise else say.share(gate.otherwise)
        unknown = "" if gate.unknown_pays else "; also where it is not known"
        yield Said(
            "Only if", f"{_reading(gate.reading)} is {_TESTS[gate.test]} {bound}; otherwise {instead} is paid{unknown}."
        )
    for times in part.times:
        percent = times.curve.percent_keys
        points = ", ".join(f"{say.share(point.value.number)} at {say.share(point.key) if percent else say.number(point.key)}"
                           for point in times.curve.points)  # fmt: skip
        yield Said("Multiplied", f"by {points}, where {_reading(times.reading)} is that.")


def _special(part: Part) -> Iterator[Said]:
    if part.spiff is not None:
        yield Said("Special offer", f"only what falls from {say.day(part.spiff[0])} until {say.day(part.spiff[1])} counts, that "
                   "day not included.")  # fmt: skip
    for kicker in part.kickers:
        fits = ", ".join(f"{say.words(word)} {' or '.join(values)}" for word, values in kicker.fits)
        yield Said("Kicker", f"what fits {fits} counts {say.share(kicker.factor)} in pay.")


def _reading(reading: Reading) -> str:
    """Something else that a part looks at: your team's satisfaction (from 20 answers on)."""
    against = "" if reading.against == "nothing" else f" against {say.measure(reading.against)}"
    few = f" (from {reading.answers} answers on)" if reading.answers > 1 else ""
    return f"{_UNITS[reading.unit]} {inside(title_of(reading.measure))}{against}{few}"


def _held(hold: Hold | None) -> Iterator[Said]:
    if hold is None:
        return
    until = f"the customer {_MILESTONES[hold.until]}" if hold.until in _MILESTONES else \
        f"{say.day(hold.until_on)}" if hold.until_on else "the first invoice of the contract is paid"  # fmt: skip
    yield Said("Held", f"{say.share(hold.share)} of the pay of each deal waits until {until}. "
               + _schedule("Released", hold.schedule, "after signing"))  # fmt: skip


def _schedule(verb: str, steps: Sequence[Step], counted: str) -> str:
    """A schedule in words: within 90 days 100%, within 180 days 50%, later nothing."""
    if len(steps) == 1:
        return f"{verb}: {say.share(steps[0].share)}, whenever that is."
    said = [f"{say.share(step.share)} within {step.until} days" if step.until is not None
            else f"{'nothing' if not step.share else say.share(step.share)} later" for step in steps]  # fmt: skip
    return f"{verb}: {', '.join(said)} (days {counted}; the last day is within)."


def _limits(plan: Plan, part: Part) -> Iterator[Said]:
    for about, limit in (("At most", part.at_most), ("At least", part.at_least)):
        if limit is not None:
            yield Said(about, f"{limit_text(plan, limit)} {_limit_over(plan, part)}.")
    for about, limits in (("At most", part.most), ("At least", part.least)):
        for limit in limits:
            yield Said(about, f"{limit_text(plan, limit)} {_PER[limit.per]}.")
    if part.carried:
        yield Said("What a limit cuts", "is carried: paid in the next periods as far as their limits allow.")


def _despite(part: Part) -> Iterator[Said]:
    if part.despite:
        yield Said("All the same", part.despite)


def limit_text(plan: Plan, limit: Limit) -> str:
    """A limit in words: 200% of its target pay, or an amount."""
    return (
        f"{say.share(limit.number)} of the part's target pay"
        if limit.percent
        else say.money(limit.number, plan.currency)
    )


def _limit_over(plan: Plan, part: Part) -> str:
    return {"each": "for each", "period": f"in a {plan.period}"}.get(part.over, _WINDOWS.get(part.over, ""))


def _taken_back(back: TakeBack | None) -> Iterator[Said]:
    if back is None:
        return
    ends = max((step.until for step in back.schedule if step.until is not None and step.share), default=0)
    kept = f" Not for: {', '.join(map(say.words, back.not_for))}." if back.not_for else ""
    most = "" if back.recovered_at_most == 1 else f", at most {say.share(back.recovered_at_most)} of each payout"
    yield Said("Taken back", f"{back.says.rstrip()} What is paid is an advance for {ends} days after signing. "
               + _schedule("Taken back when the customer leaves", back.schedule, "after signing")
               + f"{kept} It is recovered from later variable pay{most}; no payout goes below zero.")  # fmt: skip


def plan_says(plan: Plan) -> list[Said]:
    """What the plan says as a whole, beside its parts."""
    found = []
    if plan.saved is not None:
        content = f" and says so ({title_of(plan.saved.content)})" if plan.saved.content else ""
        found.append(Said("A save", f"A customer who gave notice, whose rescue was logged within {plan.saved.rescue_within} "
                          f"days, and who is still a customer {plan.saved.still_after} days after the notice{content}."))  # fmt: skip
    found += [Said("Also paid", f"The {say.words(also.role)} is paid for their own share of {say.words(also.row)}, beside "
                   "any plan of their own.") for also in plan.also_pays]  # fmt: skip
    found += [*_ramp(plan), *_lifts(plan), *_books(plan)]
    if plan.rates:
        rates = ", ".join(f"1 {code} = {rate} {plan.currency}" for code, rate in plan.rates.items())
        found.append(Said("Exchange rates", f"{rates}, whatever the day."))
    if plan.acceptance:
        found.append(Said("Acceptance", "The plan is in force for a person from the day on which they have signed it."))
    if plan.shadow:
        found.append(Said("Shadow", "The plan is computed and shown beside the current one, and pays nothing."))
    tie = "to the nearest even step" if plan.rounding.tie == "half_even" else "away from zero"
    found.append(Said("Rounding", f"Pay is computed exactly and rounded once, to {say.money(plan.rounding.to, plan.currency)}; "
                      f"a tie goes {tie}."))  # fmt: skip
    found.append(Said("Days", "Target pay and quota are those of the days under the plan. What is learnt after a period "
                      "is closed is settled in the next one, with its reason."))  # fmt: skip
    return found


def _amount(plan: Plan, amount: Amount) -> str:
    return f"{say.share(amount.number)} of target pay" if amount.percent else say.money(amount.number, plan.currency)


def _lifts(plan: Plan) -> Iterator[Said]:
    lifts, each = plan.lifts, f"each {plan.period}'s pay is lifted to"
    if lifts.draw is not None:
        draw = lifts.draw
        much = "" if draw.share == 1 else f"{say.share(draw.share)} of "
        most = "" if draw.at_most == 1 else f", at most {say.share(draw.at_most)} of each payout"
        back = f"It is owed, and recovered from {plan.period} {draw.recovers_from} on, from {much}what is above the draw{most}." \
            if draw.recoverable else "It is not recovered."  # fmt: skip
        yield Said("Draw", f"{each} {_amount(plan, draw.amount)}{_periods(plan, draw.periods)}. {back}")
    if lifts.guarantee is not None:
        yield Said("Guarantee", f"{each} {_amount(plan, lifts.guarantee.amount)}{_periods(plan, lifts.guarantee.periods)}; "
                   "it is never recovered.")  # fmt: skip
    if lifts.transition is not None:
        yield Said("Transition", f"for {_months(lifts.transition.months)} pay is not below what the plan "
                   f"{lifts.transition.not_below} would have paid.")  # fmt: skip


def _periods(plan: Plan, periods: int) -> str:
    return f", for your first {periods} {plan.period}{'s' if periods > 1 else ''}" if periods else ""


def _ramp(plan: Plan) -> Iterator[Said]:
    for word, steps in plan.ramp.items():
        said = ", ".join(f"{say.share(step.share)} up to month {step.until}" if step.until is not None
                         else f"{say.share(step.share)} later" for step in steps)  # fmt: skip
        what = "of quota counts" if word == "quota" else "of target pay is guaranteed"
        yield Said("Ramp", f"In your first months in the role so much {what}: {said}.")


def _books(plan: Plan) -> Iterator[Said]:
    if plan.book is None:
        return
    book = plan.book
    least = " and ".join(text for text in (f"{book.held_months} months" if book.held_months else "",
                                           f"{book.held_days} days" if book.held_days else "") if text)  # fmt: skip
    yield Said("Book of customers", f"Renewals and invoices count for who holds the customer on the {book.held_on} of the "
               f"{plan.period}{f', for {least} at least' if least else ''}.")  # fmt: skip
    if book.grace is not None:
        yield Said("Grace", f"Of a customer whom nobody covered for {book.grace.unmanaged_days} days before you took over, losses are "
                   f"left out for {book.grace.periods} {plan.period}{'s' if book.grace.periods > 1 else ''}.")  # fmt: skip
    for one in book.exceptions:
        yield Said("Exception", f"{one.customer}, {say.day(one.from_on)} to {say.day(one.to_on)}: {one.because} (approved by "
                   f"{one.approved_by}).")  # fmt: skip


def on_leaving(plan: Plan) -> list[str]:
    """What becomes of pay when somebody leaves?"""
    said = ["Target pay and quota are those of the days until you leave. What was signed before stays under this plan."]
    held = [part for part in plan.parts if part.hold is not None]
    lost = [part for part in held if (part.on_leaving or ("lost" if plan.on_leaving.holds_lost else "kept")) == "lost"]
    if len(lost) < len(held):
        said.append("What waits goes on waiting as if you had stayed, and is released by the same schedule.")
    if lost:
        names = ", ".join(say.words(part.name) for part in lost)
        said.append(f"What still waits on the day you leave is lost in: {names}.")
    if any(part.take_back is not None for part in plan.parts):
        said.append("Advances are earned for good on the day you leave." if plan.on_leaving.advances_earned else
                    "An advance is earned, or taken back, by the same days as if you had stayed.")  # fmt: skip
    if plan.lifts.draw is not None and plan.lifts.draw.recoverable:
        said.append(f"What is not recovered of a draw is {'forgiven' if plan.on_leaving.draw_forgiven else 'owed'}.")
    return said


def definitions(plan: Plan) -> list[Said]:
    """What does each measure of the plan mean? By its title, each once."""
    names = [name for part in plan.parts
             for name in (part.measure, part.against, *(one.measure for one in part.readings))]  # fmt: skip
    return [Said(title_of(name), text) for name in dict.fromkeys(names) if (text := definition(name))]


def definition(name: str) -> str:
    """What a measure means, in a sentence."""
    if name in CATALOGUE:
        one = CATALOGUE[name]
        return f"{one.question} That is {one.gives}. It counts in the period of the day: {one.day}."
    if name in AMOUNTS_MEAN:
        text = AMOUNTS_MEAN[name]
        return f"{text[:1].upper()}{text[1:]}."
    if name == "objectives":
        return "How far your own objectives that end in the period were reached, by their weights, once all are scored."
    return {
        BLEND: "Each amount as a share of its own quota, averaged by weight.",
        "quota": "The amount agreed with a person or team for a period, by its days under the plan.",
    }.get(name, "")


def _months(months: int) -> str:
    for length, word in ((12, "year"), (3, "quarter"), (1, "month")):
        if months % length == 0:
            number = months // length
            return f"{number} {word}s" if number > 1 else word
    return f"{months} months"


def sentences(found: Iterable[Said]) -> list[str]:
    """One line each: what it is about, and the sentence."""
    return [f"{one.about}: {one.sentence}" for one in found]
