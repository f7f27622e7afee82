"""What is left of a part's pay by its conditions, multipliers and limits, in the order in which the words say it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .answers import FEWEST
from .plans import AMOUNTS, Plan, is_percent, number, round_to
from .shapes import Shape

Words = dict[str, Any]
BOUNDS = ("at_least", "more_than", "at_most", "less_than")
NOTHING = Fraction(0)


def listed(words: Words, word: str) -> list[Words]:
    """What a part says under a word that takes one or a list."""
    said = words.get(word, [])
    return said if isinstance(said, list) else [said]


def looked_at(plan: Plan) -> Iterator[tuple[str, Words]]:
    """The amounts at which conditions look, each under a name of its own; credited as the part is unless they say."""
    for part, words in plan.parts.items():
        for word in ("only_if", "times"):
            for place, one in enumerate(listed(words, word)):
                if one.get("measure") in AMOUNTS:
                    own = {name: words[name] for name in ("credit", "spiff") if name in words}
                    yield f"{part}?{word}{place}", {**own, **one}
        by = words["pays"].get("matrix", {}).get("by", {})
        for name, one in [("by", by), *((measure, blend_of(words, measure)) for measure in words.get("blend", ()))]:
            if one.get("measure") in AMOUNTS:
                own = {name: words[name] for name in ("credit", "spiff") if name in words}
                yield f"{part}?{name}", {**own, **one}
        if words.get("pool", {}).get("shared") in ("coverage", "shapley"):
            yield f"{part}?pool", {name: words[name] for name in ("measure", "credit", "spiff") if name in words}


def blend_of(words: Words, measure: str) -> Words:
    """What a blend looks at of one of its measures."""
    return {"measure": measure} | {word: words[word] for word in ("of", "against") if word in words}


def holds(words: Words, value: Fraction | None) -> Fraction:
    """The share that a condition leaves."""
    bound = next(name for name in BOUNDS if name in words)
    if value is None:
        kept = words.get("unknown", "pays") == "pays"
    else:
        limit = number(words[bound])
        kept = {"at_least": value >= limit, "more_than": value > limit, "at_most": value <= limit,
                "less_than": value < limit}[bound]  # fmt: skip
    return Fraction(1) if kept else number(words.get("otherwise", "0%"))


def times(words: Words, value: Fraction | None) -> Fraction:
    """By what a multiplier multiplies."""
    return Fraction(1) if value is None else Shape({"curve": words["curve"]}).gives(value)


def observed(given: tuple[int, Fraction] | None, words: Words) -> Fraction | None:
    """A score as it is observed, where there are enough answers."""
    if given is None or given[0] < max(int(words.get("answers", "1")), FEWEST):
        return None
    return round_to(given[1], Fraction(1, 10**4))


@dataclass(frozen=True)
class Limit:
    """The least and the most that a part pays of something; a share is of its target."""

    least: str | None
    most: str | None

    def cut(self, amount: Fraction, target: Fraction | None) -> Fraction:
        """What is left within the limits; the most holds where it is below the least."""
        if self.least is not None:
            amount = max(amount, _worth(self.least, target))
        return amount if self.most is None else min(amount, _worth(self.most, target))

    def room(self, target: Fraction | None) -> Fraction:
        """The most, in money."""
        return _worth(self.most or "0", target)


def _worth(text: str, target: Fraction | None) -> Fraction:
    return number(text) * (target or 0) if is_percent(text) else number(text)


def limit(words: Words, of: str) -> Limit:
    """The limits of a part's `window`, `fact`, `period` or `year`."""
    found = []
    for word in ("at_least", "at_most"):
        said = words.get(word)
        if isinstance(said, dict):
            found.append(said.get(of))
        else:
            plain = "fact" if words.get("over") == "each" else "window"
            found.append(said if of == plain else None)
    return Limit(*found)


@dataclass(frozen=True)
class Look:
    """What a window has come to at the end of one of its periods, within the window's own limits."""

    window: int
    year: int
    ends_year: bool
    pay: Fraction
    target: Fraction | None


def limited(words: Words, looks: Sequence[Look]) -> list[Fraction]:
    """What each window has come to by then, within the limits of periods and years."""
    carried = words.get("excess") == "carried"
    period, whole, year = (limit(words, of) for of in ("period", "window", "year"))
    has_period = period.most is not None or period.least is not None
    within = [_cut(whole, look, carried=carried) for look in looks]
    if carried and whole.most is not None:
        within = _carried_windows(whole, within, looks)
    moved = [pay - (within[place - 1] if place and looks[place - 1].window == look.window else 0)
             for place, (look, pay) in enumerate(zip(looks, within, strict=True))]  # fmt: skip
    if has_period:
        moved = _carried(period, moved, looks) if carried else [
            period.cut(one, look.target) for one, look in zip(moved, looks, strict=True)]  # fmt: skip
    moved = _of_years(year, moved, looks)
    found: list[Fraction] = []
    for place, (look, one) in enumerate(zip(looks, moved, strict=True)):
        found.append(one + (found[-1] if place and looks[place - 1].window == look.window else 0))
    return found


def _cut(whole: Limit, look: Look, *, carried: bool) -> Fraction:
    # what the most cuts off is carried further below, and not lost here
    return Limit(whole.least, None if carried else whole.most).cut(look.pay, look.target)


def _carried_windows(whole: Limit, within: Sequence[Fraction], looks: Sequence[Look]) -> list[Fraction]:
    """The same from window to window: how much each has come to at its looks."""
    waits, found = NOTHING, []
    for place, (pay, look) in enumerate(zip(within, looks, strict=True)):
        found.append(min(pay + waits, whole.room(look.target)))
        if place + 1 == len(looks) or looks[place + 1].window != look.window:
            waits += pay - found[-1]
    return found


def _carried(narrow: Limit, moved: list[Fraction], looks: Sequence[Look]) -> list[Fraction]:
    """What was cut waits; in each period as much of it is paid as there is room."""
    waits, found = NOTHING, []
    for one, look in zip(moved, looks, strict=True):
        # the least is of what the period itself brings; what waits comes beside it
        due = Limit(narrow.least, None).cut(one, look.target) + waits
        paid = due if narrow.most is None else min(due, narrow.room(look.target))
        waits = due - paid
        found.append(paid)
    return found


def _of_years(year: Limit, moved: list[Fraction], looks: Sequence[Look]) -> list[Fraction]:
    """All in the fiscal year so far is within the year's most; its least is paid at the year's last period."""
    if year.least is None and year.most is None:
        return moved
    found, before, so_far, target, now = [], NOTHING, NOTHING, NOTHING, None
    for one, look in zip(moved, looks, strict=True):
        if look.year != now:
            now, before, so_far, target = look.year, NOTHING, NOTHING, NOTHING
        so_far, target = so_far + one, target + (look.target or 0)
        paid = Limit(year.least if look.ends_year else None, year.most).cut(so_far, target)
        found.append(paid - before)
        before = paid
    return found
