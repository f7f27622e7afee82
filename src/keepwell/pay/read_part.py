"""How is one part of a plan read: its measure, base, window, shape, evidence, hold and take-back?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import cast

from keepwell.pay.measures import BATCH, BLEND, FROM_ANSWERS, Payable
from keepwell.pay.plan import (
    DAY_HOLD,
    FALLBACKS,
    MILESTONES,
    REWARDS,
    AlsoPays,
    Among,
    Evidence,
    Fallback,
    Hold,
    Matrix,
    Over,
    Part,
    Shape,
    Step,
    TakeBack,
    Unit,
)
from keepwell.pay.read_compared import check_blend, check_rank, read_blend, read_matrix, read_rank
from keepwell.pay.read_conditions import (
    Around,
    check_facts,
    read_gates,
    read_kickers,
    read_limits,
    read_spiff,
    read_times,
)
from keepwell.pay.read_pool import check_pool, read_pool
from keepwell.pay.read_shape import read_shape
from keepwell.pay.vocabulary import (
    ALSO_SHAPES,
    EVIDENCE,
    HOLDS,
    PART,
    PART_LATER,
    PAYS,
    RECOVERED,
    TAKES_BACK,
    words_of,
)
from keepwell.pay.words import Words, days_of, percent_of
from keepwell.project.yaml import Node

_OVER: dict[str, Over] = {"each": "each", "period": "period", "quarter to date": "quarter", "year to date": "year",
                          "plan to date": "plan"}  # fmt: skip
UNTIL = (*MILESTONES, "paid")
_AT_MOST = re.compile(r"(\S+%)\s+of each payout")


def read_part(words: Words, name: str, node: Node, line: int, rows: tuple[str, ...],
              measures: Mapping[str, Payable]) -> Part | None:  # fmt: skip
    """The part that a block says; None where its measure or shape cannot be read (the problems are in `words`)."""
    what, before = f"part {name}", len(words.problems)
    block = words.block(node, what, PART, PART_LATER)
    misspelt = {problem.nearest for problem in words.problems[before:]}
    for word in ("measure", "pays"):
        if word not in block and word not in misspelt and isinstance(node.value, dict):
            words.say(node, "plan-word-missing", f"{what} does not say its {word}", expected=f"{word}: …", line=line)
    measure = _measure(words, block.get("measure"), what, measures)
    credit = tuple(words.choice(item, f"{what}: credit", rows, "") for item in block["credit"].items) \
        if "credit" in block else ()  # fmt: skip
    against = words.choice(block.get("against"), f"{what}: against", words_of(PART["against"]), "nothing")  # fmt: skip
    over = _OVER[words.choice(block.get("over"), f"{what}: over", _OVER, "period")]
    around = Around(name, credit, rows, measures)
    shape, matrix = _pays(words, block["pays"], around) if "pays" in block else (None, None)
    unit = cast("Unit", words.choice(block.get("of"), f"{what}: of", words_of(PART["of"]), "own"))
    is_ranked = shape is not None and shape.kind == "rank"
    among = words.choice(block.get("among"), f"{what}: among", words_of(PART["among"]), "plan" if is_ranked else "")
    most, least = (read_limits(words, block.get(word), f"{what}: {word}", each=over == "each")
                   for word in ("at_most", "at_least"))  # fmt: skip
    part = Part(
        name=name,
        weight=words.percent(block["weight"], f"{what}: weight") if "weight" in block else None,
        on_top=words.boolean(block.get("on_top"), f"{what}: on_top"),
        rewards=words.choice(block.get("rewards"), f"{what}: rewards", REWARDS, "sale"),
        says=words.text(block.get("says")),
        measure=measure or "",
        unit=unit,
        credit=credit,
        against="quota" if against == "quota_to_date" else against,
        to_date=against == "quota_to_date",
        over=over,
        shape=shape or Shape("rate", (), percent_keys=False),
        evidence=_evidence(words, block["evidence"], what, BATCH if measure in FROM_ANSWERS else 1)
        if "evidence" in block else None,
        hold=_hold(words, block["holds"], what) if "holds" in block else None,
        take_back=_take_back(words, block["takes_back"], what) if "takes_back" in block else None,
        at_most=most.plain,
        at_least=least.plain,
        line=line,
        gates=read_gates(words, block.get("only_if"), around),
        times=read_times(words, block.get("times"), around),
        despite=words.text(block.get("despite")),
        most=most.more,
        least=least.more,
        carried=words.choice(block.get("excess"), f"{what}: excess", words_of(PART["excess"]), "lost") == "carried",
        blend=read_blend(words, block.get("measure"), around, unit, against),
        matrix=matrix,
        kickers=read_kickers(words, block.get("times"), around),
        spiff=read_spiff(words, block.get("spiff"), what),
        among=cast("Among", among) if among else None,
        pool=read_pool(words, block.get("pool"), what),
        on_leaving=words.choice(block.get("on_leaving"), f"{what}: on_leaving", words_of(PART["on_leaving"]), ""),
    )  # fmt: skip
    if measure is None or shape is None:
        return None
    if len(words.problems) == before:  # what could not be read is said already; what follows from it is no news
        _check_fit(words, node, part, measures[measure])
    return part


def read_shape_of_also(words: Words, role: str, row: str, node: Node, block: Mapping[str, Node],
                       line: int) -> AlsoPays | None:  # fmt: skip
    """What `also_pays` gives to one role: a rate, an amount per unit or per fact."""
    shapes = {key: child for key, child in block.items() if key in ALSO_SHAPES}
    shape = read_shape(words, Node(shapes, node.file, node.line, node.key_lines), f"also_pays {role}")
    rewards = words.choice(block.get("rewards"), f"also_pays {role}: rewards", REWARDS, "customer_outcome")
    return AlsoPays(role, row, shape, rewards, words.text(block.get("says")), line) if shape and row else None


def _pays(words: Words, node: Node, around: Around) -> tuple[Shape | None, Matrix | None]:
    """The part's shape of pay, and its matrix where that is the shape."""
    what = f"{around.what}: pays"
    said = {"matrix", "rank"} & set(node.block)
    if not said:
        return read_shape(words, node, what), None
    words.block(node, what, PAYS)
    if len(node.block) > 1:
        words.say(node, "plan-shape", f"{what} must have one shape of pay", expected="one of " + ", ".join(PAYS))
        return None, None
    if "rank" in said:
        return read_rank(words, node.block["rank"], f"{what}: rank"), None
    found = read_matrix(words, node.block["matrix"], around)
    return found or (None, None)


def _measure(words: Words, node: Node | None, what: str, measures: Mapping[str, Payable]) -> str | None:
    if node is None:
        return None
    if isinstance(node.value, dict):
        return BLEND
    name = words.text(node)
    if name not in measures or name == BLEND:
        words.say(node, "plan-unknown-measure", f"{what}: there is no such measure",
                  expected="one of " + ", ".join(sorted(measures)), known=measures)  # fmt: skip
        return None
    return name


def _check_fit(words: Words, node: Node, part: Part, measure: Payable) -> None:
    """Do measure, base, shape and weight of the part fit together?"""
    what, shape, pays = f"part {part.name}", part.shape, node.block["pays"]
    is_amount = measure.kind == "amount"
    check_facts(words, node, part, is_amount=is_amount)
    check_pool(words, node, part, is_amount=is_amount)
    check_rank(words, node, part, part.among, scored=measure.kind == "score")
    if part.weight is None and shape.kind in ("matrix", "rank") and shape.percent_values:
        words.say(pays, "plan-values", f"{what}: without a weight, a {shape.kind} pays money", expected="plain numbers",
                  line=node.key_lines["pays"])  # fmt: skip
    if part.blend is not None:
        check_blend(words, node, part)
        _check_limits(words, node, part)
        return
    if not is_amount and shape.kind in ("steps", "level", "rate", "per_unit"):
        words.say(pays, "plan-shape-on-score", f"{what}: {shape.kind} multiplies an amount, and {part.measure} is a "
                  "score", expected="curve or amount", line=node.key_lines["pays"])  # fmt: skip
    if not is_amount and (part.against != "nothing" or part.over != "period" or part.credit):
        words.say(node, "plan-score-words", f"{what}: against, over and credit are for amounts, and {part.measure} is "
                  "a score", line=node.key_lines["measure"])  # fmt: skip
    if not is_amount and (part.hold or part.take_back):
        words.say(node, "plan-score-words", f"{what}: a score has no facts to hold or take back",
                  line=node.key_lines["measure"])  # fmt: skip
    if not is_amount and part.unit == "roll_up":
        words.say(node.block["of"], "plan-unit", f"{what}: a roll-up is of amounts, and {part.measure} is a score",
                  expected="of: team, or of: company")  # fmt: skip
    if is_amount and part.evidence:
        words.say(node.block["evidence"], "plan-evidence", f"{what}: an amount has no sampling error, so evidence says "
                  "nothing of it")  # fmt: skip
    if measure.kind == "goals" and (part.evidence or part.unit != "own"):
        words.say(node, "plan-objectives", f"{what}: objectives are a person's own, and scored: there is neither a team's nor "
                  "evidence", line=node.key_lines["of" if part.unit != "own" else "evidence"])  # fmt: skip
    if measure.kind == "score" and part.evidence is None:
        words.say(node, "plan-evidence", f"{what}: what is paid where {part.measure} has too few answers?",
                  expected="evidence: {at_least: 30 answers, otherwise: [team, target]}",
                  line=node.key_lines["measure"])  # fmt: skip
    _check_values(words, node, part, measure)


def _check_values(words: Words, node: Node, part: Part, measure: Payable) -> None:
    what, shape, pays = f"part {part.name}", part.shape, node.block["pays"]
    compared = part.against != "nothing"
    if shape.percent_keys and measure.kind == "amount" and not compared:
        words.say(pays, "plan-against", f"{what}: percentages of what? the part is against nothing",
                  expected="against: quota", line=node.key_lines["pays"])  # fmt: skip
    if shape.percent_keys and measure.kind != "amount" and not measure.is_share:
        words.say(pays, "plan-keys", f"{what}: {part.measure} is not a share, so its boundaries are plain numbers",
                  line=node.key_lines["pays"])  # fmt: skip
    if part.weight is not None and not shape.percent_values and any(point.value.number for point in shape.points):
        words.say(pays, "plan-values", f"{what}: with a weight, what it pays are shares of the target",
                  expected="percentages, or no weight", line=node.key_lines["pays"])  # fmt: skip
    if part.weight is not None and shape.kind in ("steps", "level", "rate") and not compared:
        words.say(pays, "plan-against", f"{what}: attainment of what? with a weight, {shape.kind} needs against",
                  expected="against: quota", line=node.key_lines["pays"])  # fmt: skip
    if part.weight is None and measure.kind != "amount" and shape.percent_values:
        words.say(pays, "plan-values", f"{what}: without a weight, a score pays money", expected="plain numbers",
                  line=node.key_lines["pays"])  # fmt: skip
    unweighed = {"target", "reweight"} & set(part.evidence.otherwise) if part.evidence and part.weight is None else ()
    if unweighed:
        words.say(node.block["evidence"], "plan-evidence", f"{what}: without a weight there is no target to pay instead",
                  expected="otherwise: [team, company, nothing]")  # fmt: skip
    if part.on_top and part.evidence and "reweight" in part.evidence.otherwise:
        words.say(node.block["evidence"], "plan-evidence", f"{what}: what is paid on top has no weight to spread over "
                  "the other parts", expected="otherwise: [team, company, target]")  # fmt: skip
    if part.over == "each" and compared:
        words.say(node, "plan-over", f"{what}: a single fact is not set against a {part.against}",
                  expected="against: nothing, or over: period", line=node.key_lines["over"])  # fmt: skip
    if part.over == "each" and part.weight is not None:
        words.say(node, "plan-over", f"{what}: a single fact has no share of a target", expected="no weight",
                  line=node.key_lines["over"])  # fmt: skip
    _check_limits(words, node, part)


def _check_limits(words: Words, node: Node, part: Part) -> None:
    what = f"part {part.name}"
    for word, limits in (("at_most", (part.at_most, *part.most)), ("at_least", (part.at_least, *part.least))):
        if part.weight is None and any(limit is not None and limit.percent for limit in limits):
            words.say(node.block[word], "plan-limit", f"{what}: {word} is a share of what? the part has no weight",
                      expected="an amount")  # fmt: skip
    for low in (part.at_least, *part.least):
        for high in (part.at_most, *part.most):
            if low and high and (low.per, low.percent) == (high.per, high.percent) and low.number > high.number:
                words.say(node.block["at_least"], "plan-limit", f"{what}: at_least is above at_most", expected="less")
    if part.over == "each" and part.least:
        words.say(node.block["at_least"], "plan-limit", f"{what}: which of the facts would be paid more? each is paid by "
                  "itself", expected="over: period, or at_least of each fact")  # fmt: skip
    for limit in (*part.most, *part.least):
        if limit.percent and (part.over == "plan" or (limit.per == "period" and part.over != "period")):
            words.say(node.block["at_most" if limit in part.most else "at_least"], "plan-limit", f"{what}: the window is not "
                      f"one {limit.per}, so it has no target of one", expected="an amount")  # fmt: skip
    if part.carried and not any(limit.per != "year" for limit in (part.at_most, *part.most) if limit is not None):
        words.say(node.block["excess"], "plan-excess", f"{what}: what is carried? no limit of a window or period cuts it",
                  expected="at_most: 5000, or at_most: {period: 5000}")  # fmt: skip
    if part.carried and part.over == "each":
        words.say(node.block["excess"], "plan-excess", f"{what}: what is cut from facts paid one by one is lost",
                  expected="excess: lost, or over: period")  # fmt: skip
    if part.carried and (part.hold or part.take_back):
        words.say(node.block["excess"], "plan-excess", f"{what}: what is paid in a later period is of no fact, so it cannot "
                  "be held or taken back with one", expected="excess: lost")  # fmt: skip


def _evidence(words: Words, node: Node, what: str, fewest: int) -> Evidence:
    block = words.block(node, f"{what}: evidence", EVIDENCE)
    if "otherwise" not in block:
        words.say(node, "plan-evidence", f"{what}: what is paid where there are too few answers?",
                  expected="otherwise: [team, target]")  # fmt: skip
    otherwise = [
        words.choice(item, f"{what}: otherwise", FALLBACKS, "nothing")
        for item in (block["otherwise"].items if "otherwise" in block else ())
    ]
    before = len(words.problems)
    at_least = words.count(block["at_least"], f"{what}: at_least") if "at_least" in block else fewest
    if at_least < fewest and len(words.problems) == before:
        words.say(block["at_least"], "plan-evidence", f"{what}: fewer than {fewest} answers would tell what one customer "
                  "said", expected=f"{fewest} answers or more")  # fmt: skip
    return Evidence(
        at_least=at_least,
        looking_back=words.months(block["looking_back"], f"{what}: looking_back") if "looking_back" in block else 0,
        credible=words.choice(block.get("value"), f"{what}: value", words_of(EVIDENCE["value"]), "credible")
        == "credible",
        otherwise=tuple(cast("Fallback", word) for word in otherwise),
    )


def _hold(words: Words, node: Node, what: str) -> Hold:
    block = words.block(node, f"{what}: holds", HOLDS)
    words.choice(block.get("counting_from"), f"{what}: counting_from", ("contract signed",), "contract signed")
    if "until" not in block:
        words.say(node, "plan-word-missing", f"{what}: holds does not say until when", expected="until: went_live")
    until_on = block["until"].value if "until" in block else None
    if not isinstance(until_on, date):
        until_on = None
    until = DAY_HOLD if until_on else words.choice(block.get("until"), f"{what}: holds until", UNTIL, "went_live")
    share = words.percent(block["share"], f"{what}: holds: share") if "share" in block else Fraction(1)
    schedule = _schedule(words, block["releases"], f"{what}: releases") if "releases" in block \
        else (Step(None, Fraction(1)),)  # fmt: skip
    if until_on and "releases" in block:
        words.say(block["releases"], "plan-schedule", f"{what}: on a day all is released, however many days have passed",
                  expected="no releases", line=node.key_lines["releases"])  # fmt: skip
    return Hold(share, until, schedule, until_on)


def _take_back(words: Words, node: Node, what: str) -> TakeBack:
    block = words.block(node, f"{what}: takes_back", TAKES_BACK)
    words.choice(block.get("when"), f"{what}: takes_back when", ("customer left",), "customer left")
    words.choice(block.get("counting_from"), f"{what}: counting_from", ("contract signed",), "contract signed")
    if "share" not in block:
        words.say(node, "plan-word-missing", f"{what}: takes_back does not say its share by days",
                  expected="share: {90 days: 100%, 365 days: 30%, later: 0%}")  # fmt: skip
    schedule = _schedule(words, block["share"], f"{what}: takes_back") if "share" in block else ()
    if schedule and schedule[-1].until is None and schedule[-1].share != 0:
        words.say(block["share"], "plan-schedule", f"{what}: takes_back must end", expected="later: 0%")
    at_most = _recovered(words, block["recovered"], what) if "recovered" in block else Fraction(1)
    return TakeBack(words.text(block.get("says")), schedule, words.names(block.get("not_for")), at_most)


def _recovered(words: Words, node: Node, what: str) -> Fraction:
    block = words.block(node, f"{what}: recovered", RECOVERED)
    words.choice(block.get("from"), f"{what}: recovered from", ("future variable pay",), "future variable pay")
    if "at_most" not in block:
        return Fraction(1)
    return read_at_most_of_payout(words, block["at_most"], what)


def read_at_most_of_payout(words: Words, node: Node, what: str) -> Fraction:
    """The share of a payout that may be recovered: `25% of each payout`."""
    match = _AT_MOST.fullmatch(node.raw.strip())
    found = percent_of(match[1] if match else node.raw)
    if found is None or not 0 < found <= 1:
        words.say(node, "plan-recovered", f"{what}: at_most must be a share of each payout",
                  expected="25% of each payout")  # fmt: skip
        return Fraction(1)
    return found


def _schedule(words: Words, node: Node, what: str) -> tuple[Step, ...]:
    """Shares by day: keys are the last day inside, ascending; `later` starts the next day and must be said."""
    steps: list[Step] = []
    before = len(words.problems)
    for text, child in node.block.items():
        line = node.key_lines[text]
        until = None if text == "later" else days_of(text)
        if until is None and text != "later":
            words.say(
                node, "plan-days", f"{what}: {text} is no number of days", expected="90 days, or later", line=line
            )
            continue
        if steps and (steps[-1].until is None or (until is not None and until <= steps[-1].until)):
            words.say(node, "plan-schedule", f"{what}: days must ascend, with later at the end", line=line)
        steps.append(Step(until, words.percent(child, what)))
    if len(words.problems) == before and (not steps or steps[-1].until is not None):
        words.say(node, "plan-schedule", f"{what} does not say what holds later", expected="later: 0%")
    return tuple(steps)
