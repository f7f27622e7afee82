"""How are the steps from a shape's pay to what a part pays said in words, with their numbers?

`steps` is what `adjust` wrote on a line: each condition, multiplier and limit, what it looked at, and what it left.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keepwell.pay import say
from keepwell.pay.measures import PAYABLE

Told = dict[str, Any]
_WHOSE = {"own": "your", "team": "your team's", "roll_up": "your people's", "company": "the company's"}
_TESTS = {"at_least": ("at least", "below"), "more_than": ("more than", "not more than"), "at_most": ("at most", "above"),
          "less_than": ("below", "not below")}  # fmt: skip
_PER = {"window": "in its window", "period": "in a period", "year": "in a year"}


def told(steps: str) -> list[Told]:
    """The steps that a line tells; none where it tells none."""
    found: list[Told] = json.loads(steps) if steps else []
    return found


def weighed(steps: str) -> Fraction | None:
    """What the window's facts weigh with their kickers; None where there are none."""
    return next((Fraction(step["weighed"]) for step in told(steps) if step["step"] == "kicker"), None)


def figures(steps: str, currency: str) -> list[tuple[str, str]]:
    """Each step after the shape, and what it leaves of the pay."""
    return [
        (_capital(_words(step, currency)), _left(step, currency)) for step in told(steps) if step["step"] != "shape"
    ]


def given(steps: str) -> str | None:
    """What the shape gives, before anything else decides; None where facts are paid one by one."""
    return next((step["pay"] for step in told(steps) if step["step"] == "shape"), None)


def sentence(steps: str, currency: str) -> str:
    """The steps that changed something, in one sentence each; '' where none did."""
    changed = [
        step for step in told(steps) if step["step"] != "shape" and (step.get("factor") != "1" or "limit" in step)
    ]
    return " ".join(f"{_capital(_words(step, currency))}{_leaves(step, currency)}." for step in changed)


def _leaves(step: Told, currency: str) -> str:
    return f": {_left(step, currency)}" if step.get("pay") is not None else ""


def _words(step: Told, currency: str) -> str:
    match step["step"]:
        case "only_if":
            return _condition(step)
        case "times":
            if step["value"] is None:
                return f"{_whose(step)} {say.measure(step['measure'])} is not known, × 100%"
            return f"× {_share(step['factor'])} for {_reached(step)}"
        case "kicker":
            return (f"× {_share(step['factor'])} for kickers: {say.number(Decimal(step['counted']), 2)} weighs "
                    f"{say.number(Decimal(step['weighed']), 2)}")  # fmt: skip
        case "blend":
            return _part_of_blend(step)
        case "matrix":
            return _cell(step, currency)
        case "rank":
            return _place(step, currency)
        case "pool":
            return f"{pooled(step, currency)}; {_shared_by(step, currency)}"
        case "at_most" | "at_least":
            most = "most" if step["step"] == "at_most" else "least"
            later = f", {say.money(Decimal(step['later']), currency)} more may be paid later" \
                if step["later"] not in (None, "0") else ""  # fmt: skip
            return (
                f"the {most} that it pays {_PER[step['per']]} is {say.money(Decimal(step['limit']), currency)}{later}"
            )
    return say.words(step["step"])


def _condition(step: Told) -> str:
    if step["value"] is None:
        return f"{_whose(step)} {say.measure(step['measure'])} is not known, so the condition {_outcome(step)}"
    test = _TESTS[step["test"]][0 if step["holds"] else 1]
    return f"{_reached(step)} is {test} {_value(step, step['bound'])}, so the condition {_outcome(step)}"


def _part_of_blend(step: Told) -> str:
    counts = "" if step["counts"] == step["value"] else f", below {_share(step['least'])}, so it counts 0%"
    return f"{_reached(step)}{counts}, by {_share(step['weight'])}"


def _cell(step: Told, currency: str) -> str:
    own = f"{say.measure(step['own'])} {_share(step['reached']) if _is_share(step, 'own') else say.number(Decimal(step['reached']), 4)}"
    other = _reached(step) if step["value"] is not None else f"{_whose(step)} {say.measure(step['measure'])} not known"
    return f"{own} and {other} give {_gives(step, step['factor'], currency)}"


def _place(step: Told, currency: str) -> str:
    if not step["place"]:
        return "no place in the ranking"
    among = {"plan": "in the plan", "team": "in your team", "company": "in the company"}[step["among"]]
    shared = f", shared by {step['shared_by']}," if step["shared_by"] > 1 else ""
    return f"place {step['place']} of {step['of']} {among}{shared} gives {_gives(step, step['value'], currency)}"


def pool(steps: str) -> list[Told]:
    """What each pool that a line shares in reached and paid, and how it was shared; none where it is of no pool."""
    return [step for step in told(steps) if step["step"] == "pool"]


def pooled(step: Told, currency: str) -> str:
    """What the unit's result pays for all its members."""
    whose = {"team": "your team's", "company": "the whole company's"}[step["of"]]
    amount = say.money(Decimal(step["all"]), currency)
    if step["value"] is None:
        reached = f"{whose} {say.measure(step['measure'])} has too few answers, and so it"
    else:
        reached = f"{whose} result ({_figure(step)})"
    of = f" of {say.money(Decimal(step['target']), currency)} of target pay" if step["target"] is not None else ""
    return f"{reached} pays {amount}{of} for {step['members']} {'people' if step['members'] > 1 else 'person'}"


def _figure(step: Told) -> str:
    figure = f"{say.measure(step['measure'])} {_value(step, step['value'])}"
    if "n" in step:
        return f"{figure} from {step['n']} answers"
    if "base" in step:
        return f"{figure}, {say.number(Decimal(step['counted']), 2)} of {say.number(Decimal(step['base']), 2)}"
    return figure


def _shared_by(step: Told, currency: str) -> str:
    mine, total = Decimal(step["mine"]), Decimal(step["total"])
    if step["shared"] == "equal":
        return f"shared equally by days, {say.number(mine)} of {say.number(total)} days"
    by, of = {"target_pay": ("target pay", ""), "coverage": ("what each was credited for", ""),
              "shapley": ("Shapley value", " (each outcome in equal parts to all who were behind it)")}[step["shared"]]  # fmt: skip
    return f"shared by {by}, {say.money(mine, currency)} of {say.money(total, currency)}{of}"


def _gives(step: Told, value: str, currency: str) -> str:
    return f"{_share(value)} of target" if step["weighted"] else say.money(Decimal(value), currency)


def _outcome(step: Told) -> str:
    return "holds" if step["holds"] else f"does not hold and {_share(step['factor'])} is paid"


def _reached(step: Told) -> str:
    """What was measured: a value with its answers, an attainment with its amounts, or an amount."""
    value = f"{_whose(step)} {say.measure(step['measure'])} {_value(step, step['value'])}"
    if "n" in step:
        return f"{value} from {step['n']} answers"
    if "base" in step:
        return f"{value} ({say.number(Decimal(step['counted']), 2)} of {say.number(Decimal(step['base']), 2)})"
    return value


def _value(step: Told, number: str) -> str:
    return _share(number) if _is_share(step, "measure") else say.number(Decimal(number), 4)


def _is_share(step: Told, of: str) -> bool:
    known = PAYABLE.get(step[of])
    return (step.get("attained", False) if of == "own" else "base" in step) or (known is not None and known.is_share)


def _left(step: Told, currency: str) -> str:
    if step.get("pay") is not None:
        return say.money(Decimal(step["pay"]), currency)
    if step["step"] == "blend":
        return f"+ {_share(str(Decimal(step['weight']) * Decimal(step['counts'])))}"
    return "" if step["step"] in ("matrix", "rank") else _share(step["factor"])


def _share(number: str) -> str:
    return say.share(Decimal(number), 4)


def _whose(step: Told) -> str:
    return _WHOSE.get(step["of"], "the")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
