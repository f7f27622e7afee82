"""What does a plan say, in sentences? For people who look at it or sign it; nothing here is computed for pay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from keepwell.measure.catalogue import CATALOGUE
from keepwell.pay import say
from keepwell.pay.plan import CreditRow, Evidence, Hold, Limit, Part, Plan, Step, TakeBack

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
_WINDOWS = {"each": "each by itself", "quarter": "over the quarter to date", "year": "over the fiscal year to date",
            "plan": "over the whole plan to date"}  # fmt: skip
_UNITS = {"own": "your own", "team": "your team's", "company": "the whole company's"}
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
    text = say.measure(name)
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
    return [*_measured(plan, part), *_credited(plan, part), *_evidence(part.evidence), *_held(part.hold),
            *_limits(plan, part), *_taken_back(part.take_back), *_despite(part)]  # fmt: skip


def _measured(plan: Plan, part: Part) -> Iterator[Said]:
    what = inside(title_of(part.measure))
    unit = _UNITS[part.unit] if part.measure in CATALOGUE else ""
    over = _WINDOWS.get(part.over, f"over each {plan.period}")
    if part.evidence is not None and part.evidence.looking_back:
        over = f"over the last {_months(part.evidence.looking_back)}"
    against = {"nothing": "", "quota": ", set against quota"}.get(
        part.against, f", set against {say.measure(part.against)}"
    )
    if part.to_date:
        against = ", set against quota up to the period's end"
    yield Said("Measured", " ".join(f"{unit} {what} {over}{against}.".split()))


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


def _held(hold: Hold | None) -> Iterator[Said]:
    if hold is None:
        return
    until = {"went_live": "is live"}.get(hold.until, f"has {say.words(hold.until)}")
    yield Said("Held", f"{say.share(hold.share)} of the pay of each deal waits until the customer {until}. "
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
    tie = "to the nearest even step" if plan.rounding.tie == "half_even" else "away from zero"
    found.append(Said("Rounding", f"Pay is computed exactly and rounded once, to {say.money(plan.rounding.to, plan.currency)}; "
                      f"a tie goes {tie}."))  # fmt: skip
    found.append(Said("Days", "Target pay and quota are those of the days under the plan. What is learnt after a period "
                      "is closed is settled in the next one, with its reason."))  # fmt: skip
    return found


def on_leaving(plan: Plan) -> list[str]:
    """What becomes of pay when somebody leaves?"""
    said = ["Target pay and quota are those of the days until you leave. What was signed before stays under this plan."]
    if any(part.hold is not None for part in plan.parts):
        said.append("What waits goes on waiting as if you had stayed, and is released by the same schedule.")
    if any(part.take_back is not None for part in plan.parts):
        said.append("An advance is earned, or taken back, by the same days. What is still to be recovered when no payout "
                    "follows stays open between you and the company; the plan takes it from nothing else.")  # fmt: skip
    return said


def definitions(plan: Plan) -> list[Said]:
    """What does each measure of the plan mean? By its title, each once."""
    names = [name for part in plan.parts for name in (part.measure, part.against)]
    return [Said(title_of(name), text) for name in dict.fromkeys(names) if (text := definition(name))]


def definition(name: str) -> str:
    """What a measure means, in a sentence."""
    if name in CATALOGUE:
        one = CATALOGUE[name]
        return f"{one.question} That is {one.gives}. It counts in the period of the day: {one.day}."
    if name in AMOUNTS_MEAN:
        text = AMOUNTS_MEAN[name]
        return f"{text[:1].upper()}{text[1:]}."
    return {"quota": "The amount agreed with a person or team for a period, by its days under the plan."}.get(name, "")


def _months(months: int) -> str:
    for length, word in ((12, "year"), (3, "quarter"), (1, "month")):
        if months % length == 0:
            number = months // length
            return f"{number} {word}s" if number > 1 else word
    return f"{months} months"


def sentences(found: Iterable[Said]) -> list[str]:
    """One line each: what it is about, and the sentence."""
    return [f"{one.about}: {one.sentence}" for one in found]
