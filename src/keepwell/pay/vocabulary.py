"""Which words may stand where in a plan file, and what may each say?

One block of the file is one dictionary: word → what it takes, as a fragment of JSON Schema with a sentence for people.
The reader knows no other words than these (`words.block(node, what, PART)`), and `schema` makes of them the JSON Schema
that editors use. A new word is a new line here and what reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from keepwell.core.periods import MONTHS_IN
from keepwell.pay.measures import BLEND, PAYABLE
from keepwell.pay.plan import FALLBACKS, MILESTONES, REWARDS, TESTS

Takes = Mapping[str, Any]
Block = Mapping[str, Takes]

PERCENT_PATTERN = r"^\s*[+-]?\d+(\.\d+)?\s*%\s*$"
NUMBER_PATTERN = r"^\s*[+-]?\d+(_?\d+)*(\.\d+)?\s*$"
EITHER_PATTERN = f"{PERCENT_PATTERN}|{NUMBER_PATTERN}"

ANY: Takes = {}
TEXT: Takes = {"type": ["string", "number", "boolean"]}
BOOLEAN: Takes = {"type": "boolean"}
PERCENT: Takes = {"type": "string", "pattern": PERCENT_PATTERN}
NUMBER: Takes = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER_PATTERN}]}
EITHER: Takes = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": EITHER_PATTERN}]}
DAY: Takes = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DAYS: Takes = {"type": "string", "pattern": r"^\s*\d+\s+days?\s*$"}
COUNT: Takes = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\s*\d+(\s+[a-z_ ]+)?\s*$"}]}
SPAN: Takes = {"type": "string", "pattern": r"^\s*[1-9]\d*\s+(month|quarter|year)s?\s*$"}


def one_of(*words: str) -> Takes:
    """One of these words."""
    return {"enum": list(words)}


def any_of(*kinds: Takes) -> Takes:
    """What fits one of these kinds."""
    return {"anyOf": [dict(kind) for kind in kinds]}


def some(kind: Takes) -> Takes:
    """One such thing, or a list of them."""
    return any_of(kind, {"type": "array", "items": dict(kind)})


def block(words: Block, *needs: str) -> Takes:
    """A block with these words and no others; `needs` must be said."""
    made: dict[str, Any] = {"type": "object", "properties": {key: dict(takes) for key, takes in words.items()},
                            "additionalProperties": False}  # fmt: skip
    return made | {"required": list(needs)} if needs else made


def named(kind: Takes, keys: str | None = None) -> Takes:
    """A block whose words are names of one's own (or fit the pattern `keys`), each with such a thing."""
    made: dict[str, Any] = {"type": "object", "minProperties": 1, "additionalProperties": dict(kind)}
    return made | {"propertyNames": {"pattern": keys}} if keys else made


def said(sentence: str, *kinds: Takes) -> Takes:
    """A word: what it means, for people, and what it takes."""
    return {"description": sentence, **(kinds[0] if len(kinds) == 1 else any_of(*kinds))}


def words_of(kind: Takes) -> Iterable[str]:
    """Which words are allowed, where only some are?"""
    return tuple(kind.get("enum", ()))


SHARE_BY_MONTHS = named(PERCENT, r"^\s*(\d+\s+months?|later)\s*$")
SHARE_BY_DAYS = named(PERCENT, r"^\s*(\d+\s+days?|later)\s*$")

APPLIES_TO: Block = {
    word: said(f"{word} of a position, one or a list", some(TEXT))
    for word in ("role", "segment", "region", "team", "department", "person")
}
EFFECTIVE: Block = {
    "from": said("the first day", DAY),
    "to": said("the first day after; without it the plan goes on", DAY),
}
ROUNDING: Block = {
    "to": said("the step to which pay is rounded", NUMBER),
    "tie": said("where a tie goes", one_of("half_even", "half_up")),
}
SAVED: Block = {
    "after": said("what must come before", one_of("notice")),
    "rescue_logged_within": said("how soon after the notice a rescue is logged", DAYS),
    "still_customer_after": said("how long after the notice the customer must be there", DAYS),
    "and": said("what the customer must say, too",
                block({name: one_of("satisfied") for name in ("csat", "nps", "ces", "choose_again")})),
    "satisfied_from": said("from which point of the survey's scale on; the company's unless said", PERCENT),
}  # fmt: skip
SAID_AND: Block = SAVED["and"]["properties"]
GRACE: Block = {
    "unmanaged_for": said("for how long nobody covered the customer before", DAYS),
    "spares": said("what is left out", one_of("losses")),
    "for": said("the period of the takeover, or that and so many after it",
                {"type": "string", "pattern": r"^\s*(period|[1-9]\d*\s+periods)\s*$"}),
}  # fmt: skip
BOOK_EXCEPTION: Block = {
    "customer": said("which customer", TEXT),
    "person": said("for whom it counts: a person, or nobody", TEXT),
    "spares": GRACE["spares"],
    "from": said("the first day whose facts it is for", DAY),
    "to": said("the first day after", DAY),
    "because": said("why; it stands on the statement", TEXT),
    "approved_by": said("who approved it", TEXT),
}
BOOK: Block = {
    "held_on": said("the day of the plan's period that decides", one_of("first day", "last day but one", "last day")),
    "held_at_least": said("how long before, without a break", DAYS, SPAN),
    "grace": said("what is spared who takes over a customer whom nobody had", block(GRACE, "unmanaged_for")),
    "exceptions": said("what was approved otherwise", some(block(BOOK_EXCEPTION, "customer", "from", "to", "because",
                                                                 "approved_by"))),
}  # fmt: skip
CREDIT_ROW: Takes = {
    **named(PERCENT),
    "properties": {"overlay": said("beside the others: need not add to 100%", BOOLEAN)},
}

FEE: Block = {
    "rate": said("a percentage", PERCENT),
    "per_unit": said("money per unit", NUMBER),
    "plus": said("a fee paid once on entering the level", NUMBER),
}
_POINTS = named(EITHER, EITHER_PATTERN)
_FEES = named(any_of(EITHER, block(FEE)), EITHER_PATTERN)
_JUMPS = named(any_of(EITHER, {"type": "array", "items": dict(EITHER), "minItems": 2, "maxItems": 2}), EITHER_PATTERN)
SHAPES: Block = {
    "curve": said("straight lines between points, flat outside; a pair [below, from it on] is a jump", _JUMPS),
    "steps": said("each slice at its own rate", _FEES),
    "level": said("all of it at the rate of the highest level reached", _FEES),
    "rate": said("a percentage of everything", PERCENT),
    "per_unit": said("money per unit", NUMBER),
    "amount": said("a fixed amount by the level reached", EITHER, _POINTS),
}
_ROWS = named(named(EITHER, EITHER_PATTERN), EITHER_PATTERN)
_BY: Block = dict.fromkeys(("measure", "of", "credit", "against", "answers"), ANY)
MATRIX: Block = {
    "by": said("the second measure", block(_BY, "measure")),
    "levels": said("what is paid from each level of the part's measure on, by the level of the second", _ROWS),
}
PAYS: Block = {
    **SHAPES,
    "matrix": said("the cell of the highest level reached in both measures", block(MATRIX, "by", "levels")),
    "rank": said("an amount by place", named(EITHER, r"^\s*[1-9]\d*\s*$")),
    "ties": said("where a value on a boundary belongs", one_of("upper", "lower")),
}

EVIDENCE: Block = {
    "at_least": said("how many answers or cases it needs", COUNT),
    "looking_back": said("over how long before the period's end", SPAN),
    "value": said("credible weighs one's own result by its evidence", one_of("credible", "observed")),
    "otherwise": said("what is paid where there is less, in this order", some(one_of(*FALLBACKS))),
}
HOLDS: Block = {
    "share": said("how much waits", PERCENT),
    "until": said(
        "for which milestone, until the first invoice is paid, or until a day", one_of(*MILESTONES, "paid"), DAY
    ),
    "counting_from": said("from when days are counted", one_of("contract signed")),
    "releases": said("what is released by the day the milestone is reached", SHARE_BY_DAYS),
}
RECOVERED: Block = {
    "from": said("what it is taken from", one_of("future variable pay")),
    "at_most": said(
        "the most that one payout gives", {"type": "string", "pattern": r"^\s*\S+%(\s+of each payout)?\s*$"}
    ),
}
TAKES_BACK: Block = {
    "says": said("the sentence on statement and letter", TEXT),
    "when": said("what must happen", one_of("customer left")),
    "counting_from": said("from when days are counted", one_of("contract signed")),
    "share": said("what is taken back by the day it happens", SHARE_BY_DAYS),
    "not_for": said("reasons for which nothing is taken back", some(TEXT)),
    "recovered": said("from what, and how fast", block(RECOVERED)),
}
MEASURED = tuple(sorted({*PAYABLE} - {BLEND}))
BLENDED: Block = {
    "blend": said("amounts with their weights, each against its own quota; attainments are averaged", named(PERCENT)),
    "each_at_least": said("an attainment below this counts 0%", PERCENT),
}
SHARED = ("equal", "coverage", "target_pay", "shapley")
UNITS = ("own", "team", "roll_up", "company")
RAMP: Block = {
    "quota": said("what share of the quota holds, by the last month in the role", SHARE_BY_MONTHS),
    "guarantee": said("what share of target pay the period's pay is lifted to", SHARE_BY_MONTHS),
}
READING: Block = {
    "measure": said("what is measured, over the part's window", one_of(*MEASURED)),
    "of": said("whose result", one_of(*UNITS)),
    "credit": said("the row or rows of credit", some(TEXT)),
    "against": said("what an amount is set against", one_of("quota", "quota_to_date", "annual_value_due", "nothing")),
    "answers": said("how many answers a score needs to be known", COUNT),
}
ONLY_IF: Block = {
    **READING,
    **{test: said(f"it holds where the measure is {test.replace('_', ' ')} this", EITHER) for test in TESTS},
    "otherwise": said("the share that is paid where it does not hold", PERCENT),
    "unknown": said("whether it holds where nothing can be measured", one_of("pays", "fails")),
}
KICKED: Block = {
    **{
        word: said(f"{word} of the fact, one or a list", some(TEXT))
        for word in ("product", "segment", "customer", "kind")
    },
    "first_deal": said("true: the first deal that the customer made", BOOLEAN),
}
TIMES: Block = {
    **READING,
    "curve": said("by what pay is multiplied, by the measure", named(PERCENT, EITHER_PATTERN)),
    "for": said(
        "which facts count more: those that have one of the values of each word", {**block(KICKED), "minProperties": 1}
    ),
    "kicker": said("by what they are multiplied in pay, not in attainment", PERCENT),
}
SPIFF: Block = {"from": said("the first day whose facts count", DAY), "to": said("the first day after", DAY)}
LIMITS: Block = {
    "fact": said("of each fact, where over: each", EITHER),
    "period": said("in each period of the plan", EITHER),
    "year": said("in each fiscal year", EITHER),
}
_OF_EACH_PAYOUT: Takes = RECOVERED["at_most"]
_PERIODS: Takes = {"type": "string", "pattern": r"^\s*[1-9]\d*\s+periods?\s*$"}
DRAW_RECOVERS: Block = {
    "from": said("the person's period from which on", {"type": "string", "pattern": r"^\s*period\s+[1-9]\d*\s*$"}),
    "share": said("how much of what is above the draw", PERCENT),
    "at_most": _OF_EACH_PAYOUT,
}
DRAW: Block = {
    "amount": said("money per period, or a share of the target pay", EITHER),
    "recoverable": said("false: it is never recovered", BOOLEAN),
    "for": said("for how many periods of the person", _PERIODS),
    "recovers": said("how it is recovered", block(DRAW_RECOVERS)),
}
GUARANTEE: Block = {"amount": DRAW["amount"], "for": DRAW["for"]}
TRANSITION: Block = {
    "not_below": said("the plan before, of which pay does not fall short", TEXT),
    "for": said("how long from the plan's first day on", SPAN),
}
ON_LEAVING: Block = {
    "holds": said("what is still held", one_of("kept", "lost")),
    "advances": said("what may still be taken back", one_of("kept", "earned")),
    "draw": said("what is not recovered of a draw", one_of("owed", "forgiven")),
}
POOL: Block = {"shared": said("how the unit's amount is shared among its members", one_of(*SHARED))}
PART: Block = {
    "weight": said("share of the target; the weights add to 100%", PERCENT),
    "on_top": said("true: beside the target, left out of the 100%", BOOLEAN),
    "rewards": said("what this pays for", one_of(*REWARDS)),
    "says": said("the sentence on statement and letter", TEXT),
    "measure": said("what is measured", one_of(*MEASURED), block(BLENDED, "blend")),
    "of": said("whose result", one_of(*UNITS)),
    "pool": said("one amount for the team or company, shared among its members", block(POOL, "shared")),
    "credit": said("the row or rows of credit", some(TEXT)),
    "against": said("what an amount is set against", one_of("quota", "quota_to_date", "annual_value_due", "nothing")),
    "spiff": said("an offer of its own days, in one window", block(SPIFF, "from", "to")),
    "over": said("the window", one_of("each", "period", "quarter to date", "year to date", "plan to date")),
    "pays": said("the shape of pay", block(PAYS)),
    "among": said("whose places a rank gives", one_of("plan", "team", "company")),
    "evidence": said("what a score needs before it pays", block(EVIDENCE)),
    "holds": said("what waits, and for what", block(HOLDS)),
    "takes_back": said("what may be asked back", block(TAKES_BACK)),
    "on_leaving": said("what becomes of its holds when the person leaves", ON_LEAVING["holds"]),
    "only_if": said("what must hold for it to pay in full", some(block(ONLY_IF, "measure"))),
    "times": said("by what its pay is multiplied", some(block(TIMES))),
    "at_most": said("the most that the part pays over its window, or per fact, period, year", EITHER, block(LIMITS)),
    "at_least": said("the least", EITHER, block(LIMITS)),
    "excess": said("what becomes of what a limit cuts", one_of("lost", "carried")),
    "despite": said("why it is done although plan check would refuse it", TEXT),
}
PART_LATER = ("draw", "guarantee")  # fmt: skip
ALSO_SHAPES: Block = {"rate": SHAPES["rate"], "per_unit": SHAPES["per_unit"], "amount": said("money per fact", NUMBER)}
ALSO_PAYS: Block = {
    "for": said("the row of credit", TEXT),
    **ALSO_SHAPES,
    "rewards": PART["rewards"],
    "says": PART["says"],
}
EXAMPLE: Block = {
    "name": said("what the example shows", TEXT),
    "given": said("what happened", ANY),
    "expect": said("what each part must come to", {"type": "object", "additionalProperties": dict(some(NUMBER))}),
}
AMENDMENT: Block = {
    "from": said("from which day it holds", DAY),
    "says": said("why, for people", TEXT),
    "changes": said("what is said otherwise from then on", ANY),
}
NOT_AMENDED = ("plan", "like", "effective", "amendments")
PLAN: Block = {
    "plan": said("the plan's name in files and on lines", TEXT),
    "like": said("another plan, of which this one says only the changes", TEXT),
    "title": said("its name for people", TEXT),
    "applies_to": said("whom it claims, by day, from their positions", {**block(APPLIES_TO), "minProperties": 1}),
    "effective": said("from the first day to the first day after", block(EFFECTIVE, "from")),
    "period": said("the plan's own rhythm", one_of(*MONTHS_IN)),
    "currency": said("of target and pay", {"type": "string", "pattern": "^[A-Z]{3}$"}),
    "rates": said(
        "what one unit of another currency is worth in the plan's, whatever the day", named(NUMBER, "^[A-Z]{3}$")
    ),
    "target_pay": said("variable pay at target, per person and full period", NUMBER),
    "rounding": said("the one rounding of pay", block(ROUNDING)),
    "ramp": said("what holds in the first months in a role", block(RAMP)),
    "credit": said("who stands behind an outcome", named(CREDIT_ROW)),
    "book": said("renewals and invoices count for who holds the customer in the period", block(BOOK, "held_on")),
    "saved": said("what counts as a save", block(SAVED, "rescue_logged_within", "still_customer_after")),
    "parts": said("the reasons for pay", named(block(PART, "measure", "pays"))),
    "draw": said("what a period's pay is lifted to, to be recovered later", block(DRAW, "amount")),
    "guarantee": said("what a period's pay is lifted to for good", block(GUARANTEE, "amount")),
    "transition": said(
        "the plan before, below which pay does not fall at first", block(TRANSITION, "not_below", "for")
    ),
    "on_leaving": said("what becomes of holds, advances and a draw when the person leaves", block(ON_LEAVING)),
    "acceptance": said("it counts for a person from their signed acceptance on", one_of("required")),
    "shadow": said("true: it is computed and shown, and pays nothing", BOOLEAN),
    "also_pays": said("what other roles get for a row of credit", named(block(ALSO_PAYS, "for"))),
    "examples": said("worked examples", some(block(EXAMPLE, "given", "expect"))),
    "amendments": said("changes from a day on", some(block(AMENDMENT, "from", "changes"))),
}
PLAN_NEEDS = ("plan", "applies_to", "effective", "period", "parts")
PLAN_LATER = ("leavers",)
