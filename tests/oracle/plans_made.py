"""Plans of every kind: shapes, bases, windows, credit, limits, holds, take-backs. `@` stands for the company."""

from __future__ import annotations

from typing import Any

from .books_made import add_book
from .compared_made import add_compared
from .conditions import listed
from .conditions_made import add_conditions
from .dice import Dice
from .lifts_made import add_lifts, add_on_leaving, add_ramp
from .offers_made import add_kickers, add_spiff, plan_rates
from .plans import AMOUNTS

Words = dict[str, Any]
MEASURES = ("signed_annual_value", "signed_annual_value", "order_amount", "invoiced_amount", "renewed_annual_value",
            "signed_amount", "paid_amount", "saved", "annual_value_due")  # fmt: skip
KEPT = ("renewed_annual_value", "renewed_annual_value", "annual_value_due", "saved", "invoiced_amount")
WEIGHTS = (
    ("100%",),
    ("70%", "30%"),
    ("50%", "30%", "20%"),
    ("33.33%", "33.33%", "33.34%"),
    ("33.3333%", "33.3333%", "33.3334%"),
    ("62.5%", "37.5%"),
)
CREDIT: Words = {
    "signed": {"deal_shares": "100%"},
    "owned": {"owner": "100%"},
    "covered": {"@seller": "100%"},
    "together": {"@seller": "60%", "@engineer": "40%"},
    "thirds": {"@seller": "33.33%", "deal_shares": "33.33%", "@engineer": "33.34%"},
    "beside": {"@engineer": "25%", "overlay": "true"},
    "renewed": {"@seller": "100%"},
    "saved": {"@seller": "60%", "@service_rep": "40%"},
}
SAVED = (
    {"after": "notice", "rescue_logged_within": "14 days", "still_customer_after": "90 days"},
    {
        "after": "notice",
        "rescue_logged_within": "14 days",
        "still_customer_after": "90 days",
        "and": {"csat": "satisfied"},
    },
    {"after": "notice", "rescue_logged_within": "5 days", "still_customer_after": "120 days"},
)


def plan(dice: Dice, name: str, applies_to: Words, *, leaning: str = "") -> Words:
    """The words of a plan, without its days. `leaning`: to `units`, or to `books` of customers."""
    words: Words = {"plan": f"@-{name}", "applies_to": applies_to, "period": dice.pick(["quarter", "month", "quarter", "year"]),
                    "currency": dice.pick(["EUR", "EUR", "EUR", "USD"])}  # fmt: skip
    if not dice.one_in(3):
        words["target_pay"] = dice.pick(["12000", "10000", "9999.99", "1234.56"])
    if dice.one_in(4):
        words["rounding"] = {
            "to": dice.pick(["0.01", "1", "0.05", "100", "0.0001"]),
            "tie": dice.pick(["half_up", "half_even"]),
        }
    words["credit"] = dict(CREDIT)
    if dice.one_in(2):
        words["saved"] = dice.pick(SAVED)
    else:
        del words["credit"]["saved"]
    words["parts"] = parts(dice, words, leaning=leaning)
    if leaning == "books" or dice.one_in(4):
        add_book(dice, words)
    if dice.one_in(6):
        words |= plan_rates(dice, words["currency"])
    if dice.one_in(3):
        add_lifts(dice, words)
    if dice.one_in(4):
        add_ramp(dice, words)
    if dice.one_in(3):
        add_on_leaving(dice, words)
    if "saved" in words and dice.one_in(2):
        words["also_pays"] = {"@service_rep": {"for": "saved", dice.pick(["rate", "per_unit", "amount"]): "2"}}
        shape = words["also_pays"]["@service_rep"]
        if "rate" in shape:
            shape["rate"] = "2%"
    return words


def parts(dice: Dice, words: Words, *, leaning: str = "") -> Words:
    """One to four parts: some share the target, some pay money."""
    found: Words = {}
    weights = dice.pick(WEIGHTS) if not dice.one_in(4) else ()
    for place, weight in enumerate(weights):
        found[f"part{place}"] = part(dice, words, weight, leaning=leaning)
    for place in range(dice.whole(0 if weights else 1, 2)):
        found[f"money{place}"] = part(dice, words, None, leaning=leaning)
    if dice.one_in(4):
        offer = add_spiff(dice, part(dice, words, None, leaning=leaning))
        if (
            not isinstance(offer["measure"], dict)
            and offer["measure"] in AMOUNTS
            and not any(key.endswith("%") for key in _keys(offer["pays"]))
        ):
            found["offer"] = offer
    if weights and dice.one_in(4):
        found["extra"] = _on_top(part(dice, words, "10%", leaning=leaning))
    # a contest of the whole company is of all that a run knows, and so of those who have a part of this name
    return {f"@{name}" if one.get("among") == "company" else name: one for name, one in found.items()}


def _keys(shape: Words) -> list[str]:
    points = shape["matrix"]["levels"] if "matrix" in shape else next(iter(shape.values()))
    return list(points) if isinstance(points, dict) else []


def _on_top(words: Words) -> Words:
    if "evidence" in words:
        words["evidence"]["otherwise"] = ["target"]
    return {**words, "on_top": "true"}


def part(dice: Dice, plan_words: Words, weight: str | None, *, leaning: str = "") -> Words:
    """One part and its words."""
    score = dice.one_in(5)
    found: Words = {"weight": weight} if weight else {}
    if score:
        found |= _score(dice, weighted=weight is not None)
        if dice.one_in(4):
            add_conditions(dice, found)
        return _pooled(dice, found) if found["of"] != "own" and dice.one_in(2) else found
    found["measure"] = dice.pick(KEPT if leaning == "books" else MEASURES)
    if dice.one_in(3) or (leaning == "units" and not dice.one_in(4)):
        found["of"] = dice.pick(["team", "team", "roll_up", "company"])
    if leaning == "books" or not dice.one_in(3):
        found["credit"] = _credit(dice, plan_words, found["measure"])
    over = dice.pick(["period", "period", "quarter to date", "year to date", "plan to date", "each"])
    if over == "each" and weight is None:
        found |= {"over": over, "pays": _money_shape(dice, percent_keys=False)}
    else:
        if over not in ("period", "each"):
            found["over"] = over
        _base_and_shape(dice, found, weighted=weight is not None)
        if leaning == "books" and found.get("against", "").startswith("quota"):
            found["against"] = "annual_value_due"
    for word in ("at_most", "at_least"):
        if dice.one_in(5):
            share = {"at_most": ["150%", "87.5%"], "at_least": ["10%"]}[word] if weight else []
            found[word] = dice.pick([*share, {"at_most": "5000", "at_least": "25.5"}[word]])
    if dice.one_in(4):
        add_conditions(dice, found)
    if dice.one_in(6):
        add_compared(dice, found)
    if isinstance(found["measure"], dict):
        return found
    if dice.one_in(5) and "rank" not in found["pays"]:
        add_kickers(dice, found)
    is_unit = found.get("of") in ("team", "company") and found.get("over") != "each"
    if is_unit and "rank" not in found["pays"] and dice.one_in(2):
        return _pooled(dice, found)
    if "excess" in found:
        # what is paid in a later period is of no fact, so that it cannot be held
        return found
    if dice.one_in(3):
        found["holds"] = _hold(dice)
    if dice.one_in(3):
        found["takes_back"] = _take_back(dice)
    return found


def _pooled(dice: Dice, found: Words) -> Words:
    """One amount for the unit, which what its conditions look at is of, too."""
    for word in ("only_if", "times"):
        for one in (one for one in listed(found, word) if "measure" in one):
            one["of"] = dice.pick(["team", "company"])
    if "matrix" in found["pays"]:
        found["pays"]["matrix"]["by"]["of"] = dice.pick(["team", "company"])
    ways = ["equal"] + (["target_pay"] if "weight" in found else [])
    ways += ["coverage", "shapley"] if found["measure"] in AMOUNTS else []
    return {**found, "pool": {"shared": dice.pick(ways)}}


def _credit(dice: Dice, words: Words, measure: str) -> Any:
    if measure in ("renewed_annual_value", "annual_value_due", "saved"):
        rows = [["renewed"], ["covered"], ["together"]] + ([["renewed", "saved"], ["saved"], ["saved", "renewed"]]
                                                           if "saved" in words else [])  # fmt: skip
        found = dice.pick(rows)
    else:
        found = dice.pick(
            [["signed"], ["owned"], ["covered"], ["together"], ["thirds"], ["signed", "beside"], ["covered", "owned"]]
        )
    return found[0] if len(found) == 1 else found


def _base_and_shape(dice: Dice, found: Words, *, weighted: bool) -> None:
    against = dice.pick(["quota", "quota", "quota_to_date", "annual_value_due", "nothing"])
    if against != "nothing" or dice.one_in(4):
        found["against"] = against
    compared = against != "nothing"
    if not weighted:
        found["pays"] = _money_shape(dice, percent_keys=compared and not dice.one_in(3))
    elif not compared:
        kind = dice.pick(["curve", "amount"])
        found["pays"] = _points(dice, kind, percent_keys=False, values="percent")
    else:
        kind = dice.pick(["curve", "curve", "steps", "level", "rate", "amount"])
        if kind == "rate":
            found["pays"] = {"rate": dice.pick(["100%", "87.5%"])}
        else:
            found["pays"] = _points(dice, kind, percent_keys=not dice.one_in(4), values="percent")


def _money_shape(dice: Dice, *, percent_keys: bool) -> Words:
    kind = dice.pick(["rate", "per_unit", "steps", "steps", "level", "amount", "curve"])
    if kind == "rate":
        return {"rate": dice.pick(["2%", "0.5%", "12.345%"])}
    if kind == "per_unit":
        return {"per_unit": dice.pick(["0.05", "1", "0.333"])}
    if kind == "amount" and dice.one_in(5):
        return {"amount": dice.pick(["50", "12.345"])}
    return _points(dice, kind, percent_keys=percent_keys, values=dice.pick(["percent", "money"]))


def _points(dice: Dice, kind: str, *, percent_keys: bool, values: str) -> Words:
    """A shape with two to four boundaries, jumps in curves, fees in steps and levels."""
    keys = (
        ["0", "50", "66.6667", "75", "100", "120", "150"]
        if percent_keys
        else ["0", "1000", "5000", "20000", "60000.5", "100000"]
    )
    chosen = dice.some(keys, 2)[:4]
    sliced = kind in ("steps", "level")
    points: Words = {}
    for key in chosen:
        value: Any = _value(dice, values, sliced=sliced)
        if sliced and dice.one_in(4):
            unit = "rate" if values == "percent" else "per_unit"
            value = {unit: value, "plus": dice.pick(["3", "300", "12.345"])}
        if kind == "curve" and dice.one_in(5):
            value = [value, _value(dice, values, sliced=False)]
        points[key + ("%" if percent_keys else "")] = value
    shape: Words = {kind: points}
    if kind != "curve" and dice.one_in(4):
        shape["ties"] = "lower"
    return shape


def _value(dice: Dice, values: str, *, sliced: bool) -> str:
    if values == "percent":
        return dice.pick(
            ["0%", "1%", "2.5%", "3.33%"] if sliced and dice.one_in(2) else ["0%", "50%", "100%", "133.33%", "200%"]
        )
    return dice.pick(["0", "1", "0.05", "0.3333"] if sliced else ["0", "100", "250.55", "1000"])


def _score(dice: Dice, *, weighted: bool) -> Words:
    """A measure with chance in it; its value is given."""
    measure = dice.pick(["nps", "csat", "objectives"])
    if measure == "objectives":
        keys = dice.some(["0%", "50%", "66.6667%", "80%", "100%"], 2)
        values = [_value(dice, "percent" if weighted else "money", sliced=False) for _ in keys]
        return {
            "measure": measure,
            "of": "own",
            "pays": {dice.pick(["curve", "amount"]): dict(zip(keys, values, strict=True))},
        }
    keys = [f"{key}%" for key in (50, 70, 90)] if measure == "csat" else ["20", "40", "60"]
    values = [_value(dice, "percent" if weighted else "money", sliced=False) for _ in keys]
    fallbacks = dice.some(["team", "company"], 0) + dice.pick(
        [["target"], ["reweight", "target"], ["reweight", "nothing"], ["nothing"]] if weighted else [["nothing"]]
    )
    evidence: Words = {"at_least": f"{dice.pick([5, 30, 30, 60])} answers", "value": "observed", "otherwise": fallbacks}
    if dice.one_in(3):
        evidence["looking_back"] = dice.pick(["2 quarters", "4 months", "1 year"])
    return {
        "measure": measure, "of": dice.pick(["own", "team", "company"]), "evidence": evidence, "despite": "it was agreed so",
        "pays": {dice.pick(["curve", "amount"]): dict(zip(keys, values, strict=True))},
    }  # fmt: skip


def _schedule(dice: Dice, *, ends: bool) -> Words:
    keys = dice.some(["0 days", "30 days", "90 days", "180 days", "365 days"])[:3]
    found = {key: dice.pick(["100%", "50%", "60%", "33.33%", "0%"]) for key in keys}
    return {**found, "later": "0%" if ends else dice.pick(["0%", "25%", "100%"])}


def _hold(dice: Dice) -> Words:
    found: Words = {"until": dice.pick(["went_live", "delivered"])}
    if dice.one_in(3):
        found["share"] = dice.pick(["50%", "33.33%"])
    if not dice.one_in(3):
        found["releases"] = _schedule(dice, ends=False)
    return found


def _take_back(dice: Dice) -> Words:
    found: Words = {"when": "customer left", "share": _schedule(dice, ends=True)}
    if dice.one_in(3):
        found["not_for"] = ["force_majeure"]
    if dice.one_in(2):
        found["recovered"] = {"from": "future variable pay", "at_most": "25% of each payout"}
    return found
