"""What does a part pay whose conditions, multipliers or further limits decide beside its shape?

A Python step, because the pay stays one exact fraction: target × shape × condition × multipliers is a product of so
many fractions that no decimal of a database holds it. Few rows come here (person × adjusted part × evaluation), and
none where no plan says such words. What comes out is rounded once, and tells its steps, so that a line can be computed
again by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pyarrow as pa

from keepwell.core.money import Tie, round_money
from keepwell.core.periods import first_day, fiscal_year
from keepwell.core.tables import Column, Table
from keepwell.engine import Step, needs
from keepwell.pay.compare import Entrant, Place, blended, cell_at, places
from keepwell.pay.limits import Ceiling, Left, Look, limited
from keepwell.pay.plan_tables import EVALUATION
from keepwell.pay.pool import Pool
from keepwell.pay.seen import Evaluations, Key, Row, Seen, base_of, seen_of, steps_text, target_of

HEAD = ("scenario", "plan", "version")

PART_ADJUSTED = Table(
    "part_adjusted",
    (
        *EVALUATION,
        Column("uncapped", "money", "what it pays before limits, rounded; null where facts are paid one by one"),
        Column("pay", "money", "what it pays; null where facts are paid one by one"),
        Column(
            "factor",
            "share",
            "of facts paid one by one: what conditions and multipliers leave of each, to six decimals",
        ),
        Column("weighed", "money", "what the window's facts weigh with kickers; null without"),
        Column("missing", "text", "'' or what is missing: quota, measure, target, objectives"),
        Column("attainment", "share", "of a blend: the average of its attainments"),
        Column("pays", "share", "what is given of the target, where the shape's own model cannot say it"),
        Column("steps", "text", "how that came about, each step with its numbers: a list in JSON"),
    ),
    says="what conditions, multipliers and limits make of a part's pay, for a person and an evaluation of its window",
)


@dataclass(frozen=True)
class Given:
    """What a part's shape gives, or what is `missing`; `attainment` and `share` of the target where nothing else says them."""

    pay: Fraction = Fraction(0)
    missing: str = ""
    steps: list[Row] = field(default_factory=list)
    attainment: Fraction | None = None
    share: Fraction | None = None


@dataclass
class Said:
    """What the plans say of each part: the rows of the plan tables, by scenario, plan, version and part; decimals as fractions."""

    rows: dict[str, dict[Key, list[Row]]] = field(default_factory=dict)

    @classmethod
    def of(cls, inputs: Mapping[str, pa.Table], names: Iterable[str]) -> Said:
        """The rows of these tables, each by its part."""
        found = cls()
        for name in names:
            by_part: dict[Key, list[Row]] = defaultdict(list)
            for row in inputs[name].to_pylist():
                exact = {key: Fraction(value) if isinstance(value, Decimal) else value for key, value in row.items()}
                by_part[(*(row[column] for column in HEAD), row["part"])].append(exact)
            found.rows[name] = by_part
        return found

    def __call__(self, table: str, part: Key) -> list[Row]:
        """What a table says of a part."""
        return self.rows[table].get(part, [])


_SAID = ("plan_pieces", "plan_gates", "plan_multipliers", "plan_limits", "plan_blends", "plan_cells", "plan_ranks",
         "plan_pools", "pool_members", "pool_facts")  # fmt: skip
Places = Mapping[tuple[Key, str, tuple[int, int]], Place]


def _adjust(inputs: Mapping[str, pa.Table]) -> pa.Table:
    """Each evaluation of an adjusted part, with what it pays."""
    rows = inputs["adjusted_windows"].to_pylist()
    out: list[Row] = []
    if rows:
        said, clock = Said.of(inputs, _SAID), _Clock.of(inputs)
        ranked = _ranked(said, rows)
        pools: dict[Key, dict[str, Evaluations]] = defaultdict(dict)
        for (part, person), evaluations in sorted(_by_part(rows).items()):
            if said("plan_pools", part):
                pools[part][person] = evaluations
            else:
                out += _Paid(said, part, clock, ranked).rows(person, evaluations)
        for part, people in pools.items():
            how = said("plan_pools", part)[0]["shared"]
            pool = Pool(how, said("pool_members", part), said("pool_facts", part), people)
            out += pool.paid(_Paid(said, part, clock, ranked).rows)
    return pa.Table.from_pylist(out, schema=PART_ADJUSTED.arrow)


def _by_part(rows: Iterable[Row]) -> dict[tuple[Key, str], Evaluations]:
    """Per part and person, and then per evaluation: the part's own row ('' where facts are paid alone) and its readings'."""
    found: dict[tuple[Key, str], Evaluations] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        part = (*(row[column] for column in HEAD), row["for_part"] or row["part"])
        found[part, row["person_id"]][row["period"], row["window_month"]][
            "" if not row["for_part"] else row["part"]
        ] = row
    return found


@dataclass(frozen=True)
class _Clock:
    """Fiscal years, and which of them are not over for a plan version."""

    today: date
    year_starts: int
    versions: Mapping[Key, tuple[int, date]]

    @classmethod
    def of(cls, inputs: Mapping[str, pa.Table]) -> _Clock:
        """The clock of a run."""
        now = inputs["run_settings"].to_pylist()[0]
        versions = {tuple(row[column] for column in HEAD): (int(row["period_months"]), row["to_on"])
                    for row in inputs["plan_versions"].to_pylist()}  # fmt: skip
        return cls(now["today"], int(now["year_starts"]), versions)

    def year(self, period: int) -> int:
        """The fiscal year of a period."""
        return fiscal_year(period, self.year_starts)[0]

    def unfinished(self, version: Key, last: int) -> int | None:
        """The fiscal year of the last period that was evaluated, where it may have more of them."""
        months, to_on = self.versions[version]
        after = last + months
        runs = self.today < first_day(after) and first_day(after) < to_on
        return self.year(last) if runs and self.year(after) == self.year(last) else None


@dataclass(frozen=True)
class _Paid:
    """Pays one part of one person."""

    said: Said
    part: Key
    clock: _Clock
    places: Places

    def rows(self, person: str, evaluations: Evaluations) -> list[Row]:
        """What the part pays at each evaluation, in the order of time."""
        looks, told, lost = [], [], []
        unfinished = self.clock.unfinished(self.part[:3], max(period for period, _ in evaluations))
        for (period, window), rows in sorted(evaluations.items()):
            head = dict(zip((*HEAD, "part", "person_id", "window_month", "period"),
                            (*self.part, person, window, period), strict=True))  # fmt: skip
            own = rows.get("")
            steps: list[Row] = []
            factor = self._factor(rows, steps)
            if own is None:
                told.append(head | {"factor": Decimal(round(factor * 10**6)).scaleb(-6), "steps": steps_text(steps)})
                continue
            given = self._given(person, (period, window), own, rows)
            if given.missing:
                lost.append(head | {"missing": given.missing, "steps": steps_text(given.steps)})
                continue
            _finish(steps, given.pay)
            year = self.clock.year(period)
            looks.append(Look(window, period, year, given.pay * factor, target_of(own), goes_on=year == unfinished))
            told.append(head | {"row": own, "steps": [*given.steps, *steps], "missing": "", "attainment": given.attainment,
                                "pays": given.share})  # fmt: skip
        ceilings = [Ceiling(row["per"], row["kind"] == "at_most", row["amount"], row["percent"], row["carried"])
                    for row in self.said("plan_limits", self.part)]  # fmt: skip
        pays = limited(looks, ceilings)
        paid = [_row(one, look, pay) for one, look, pay in zip(told, looks, pays, strict=True)] if looks else told
        return [*paid, *lost]

    def _factor(self, rows: Mapping[str, Row], steps: list[Row]) -> Fraction:
        """What conditions and multipliers leave of the pay, each said in `steps`."""
        factor = Fraction(1)
        for gate in self.said("plan_gates", self.part):
            seen = seen_of(rows.get(gate["reading"]))
            holds = gate["unknown_pays"] if seen.value is None else _holds(seen.value, gate["test"], gate["bound"])
            leaves = Fraction(1) if holds else gate["otherwise"]
            steps.append(
                _told("only_if", seen, leaves) | {"test": gate["test"], "bound": gate["bound"], "holds": holds}
            )
            factor *= leaves
        own = rows.get("")
        if own is not None and own["weighed"] is not None and own["counted"]:
            by = Fraction(own["weighed"]) / Fraction(own["counted"])
            steps.append({"step": "kicker", "counted": own["counted"], "weighed": own["weighed"], "factor": by})
            factor *= by
        for one in self.said("plan_multipliers", self.part):
            seen = seen_of(rows.get(one["reading"]))
            pieces = self.said("plan_pieces", (*self.part[:3], one["reading"]))
            by = Fraction(1) if seen.value is None else value_at(pieces, seen.value)[0]
            steps.append(_told("times", seen, by))
            factor *= by
        return factor

    def _given(self, person: str, moment: tuple[int, int], row: Row, rows: Mapping[str, Row]) -> Given:
        """What the part's shape gives, exactly, by whatever decides it; or what is missing."""
        target, base = target_of(row), base_of(row)
        if row["weight_units"] and target is None:
            return Given(missing="target")
        if row["stands_for"] == "unscored":
            return Given(missing="objectives")
        blends = self.said("plan_blends", self.part)
        key, steps = self._key(row, rows, blends)
        if (blends and key is None) or (row["base_kind"] != "nothing" and (base is None or base <= 0)):
            return Given(missing=row["base_kind"] if not blends else "quota", steps=steps)
        attainment = key if blends else None
        if key is None:
            return Given(target or Fraction(0) if row["stands_for"] == "target" else Fraction(0), steps=steps)
        if self.said("plan_cells", self.part) or self.said("plan_ranks", self.part):
            value = (
                self._cell(key, row, rows, steps)
                if self.said("plan_cells", self.part)
                else self._place(person, moment, row, steps)
            )
            pay = value * (target or 0) if row["weight_units"] else value
            return Given(pay, steps=steps, attainment=attainment, share=value if row["weight_units"] else None)
        value, fee = value_at(self.said("plan_pieces", self.part), key)
        pay = pay_of(row["multiplies"], value, target, base, Fraction(row["counted"])) + fee
        share = value / base if row["multiplies"] == "target_per_base" and base else value
        return Given(pay, steps=steps, attainment=attainment, share=share if row["weight_units"] else None)

    def _key(self, row: Row, rows: Mapping[str, Row], blends: Sequence[Row]) -> tuple[Fraction | None, list[Row]]:
        """What was reached: of the part's own measure, or the blend of several."""
        if not blends:
            return seen_of(row).value, []
        seen = {one["reading"]: seen_of(rows.get(one["reading"])) for one in blends}
        key, steps = blended(blends, {name: one.value for name, one in seen.items()})
        return key, [_told("blend", seen[step.pop("reading")], step["weight"]) | step for step in steps]

    def _cell(self, key: Fraction, row: Row, rows: Mapping[str, Row], steps: list[Row]) -> Fraction:
        """The value of the matrix where both measures meet."""
        cells = self.said("plan_cells", self.part)
        seen = seen_of(rows.get(cells[0]["reading"]))
        cell = cell_at(cells, key, seen.value)
        told = {
            "reached": key,
            "own": row["measure"],
            "attained": row["key_is"] == "attainment",
            "weighted": bool(row["weight_units"]),
        } | ({"outer": cell["outer_key"], "inner": cell["inner_key"]} if cell else {})
        value = cell["value"] if cell else Fraction(0)
        steps.append(_told("matrix", seen, value) | told)
        return value

    def _place(self, person: str, moment: tuple[int, int], row: Row, steps: list[Row]) -> Fraction:
        """What the person's place gives."""
        place = self.places.get((self.part, person, moment))
        if place is None:
            steps.append({"step": "rank", "place": 0})
            return Fraction(0)
        among = self.said("plan_ranks", self.part)[0]["among"]
        steps.append({"step": "rank", "place": place.place, "shared_by": place.shared_by, "of": place.of, "among": among,
                      "value": place.value, "weighted": bool(row["weight_units"])})  # fmt: skip
        return place.value


def _ranked(said: Said, rows: Iterable[Row]) -> Places:
    """Everybody's place in each contest: of their plan, their team in it, or of all plans with the same part."""
    entrants, values, money = [], {}, {}
    for row in rows:
        part = (*(row[column] for column in HEAD), row["part"])
        ranks = said("plan_ranks", part)
        if not ranks or (ranks[0]["among"] == "team" and not row["team_id"]):
            continue
        scenario, plan, _, name = part
        contest = {"plan": (scenario, plan, name), "team": (scenario, plan, name, row["team_id"]),
                   "company": (scenario, name, row["measure"])}[ranks[0]["among"]]  # fmt: skip
        values[part] = {one["place"]: one["value"] for one in ranks}
        money[part] = not row["weight_units"]
        reached = seen_of(row).value
        if reached is not None and reached <= 0 and not row["scored"]:
            reached = None
        entrants.append(
            Entrant(part, row["person_id"], (row["period"], row["window_month"]), contest, reached, row["rounding_to"])
        )
    return places(entrants, values, money)


def pay_of(
    multiplies: str, value: Fraction, target: Fraction | None, base: Fraction | None, counted: Fraction
) -> Fraction:
    """What a shape's value is in money: of the target, of the amount, of the base, or as it is."""
    of = {"target": target, "target_per_base": target, "amount": counted, "base": base, "money": Fraction(1)}[
        multiplies
    ]
    pay = value * (of or 0)
    return pay / base if multiplies == "target_per_base" and base else pay


def value_at(pieces: Sequence[Row], key: Fraction) -> tuple[Fraction, Fraction]:
    """What a shape gives at `key`, and its fee: on the piece in which the key lies."""
    for piece in pieces:
        low, high = piece["low"], piece["high"]
        above = low is None or key > low or (key == low and not piece["low_open"])
        below = high is None or key < high or (key == high and not piece["high_open"])
        if above and below:
            return (piece["a"] + piece["b"] * key) / piece["c"], piece["fee"]
    return Fraction(0), Fraction(0)


def _holds(value: Fraction, test: str, bound: Fraction) -> bool:
    return {
        "at_least": value >= bound,
        "more_than": value > bound,
        "at_most": value <= bound,
        "less_than": value < bound,
    }[test]


def _told(step: str, seen: Seen, factor: Fraction) -> Row:
    row = seen.row
    told = {"step": step, "measure": row.get("measure", ""), "of": row.get("unit", ""), "factor": factor, "value": seen.value}  # fmt: skip
    if row.get("scored"):
        return told | {"n": row["n"] or 0}
    base = base_of(row) if row else None
    return told | ({"counted": row["counted"]} if row else {}) | ({"base": base} if base is not None else {})


def _finish(steps: list[Row], pay: Fraction) -> None:
    """What comes after the shape says what it leaves."""
    steps.insert(0, {"step": "shape", "pay": pay})
    for before, step in pairwise(steps):
        step["pay"] = before["pay"] * step["factor"]


def _row(told: Row, look: Look, pay: Left) -> Row:
    own, steps = told.pop("row"), told["steps"]
    tie: Tie = "half_up" if own["half_up"] else "half_even"
    to = own["rounding_to"]
    steps += [{"step": cut.kind, "per": cut.per, "limit": cut.limit, "pay": cut.pay, "later": cut.later}
              for cut in pay.cuts]  # fmt: skip
    told["weighed"] = own["weighed"]
    told |= {name: _nine(told[name]) for name in ("attainment", "pays")}
    return told | {
        "uncapped": round_money(look.pay, to, tie),
        "pay": round_money(pay.pay, to, tie),
        "steps": steps_text(steps),
    }


def _nine(number: Fraction | None) -> Decimal | None:
    return None if number is None else Decimal(round(number * 10**9)).scaleb(-9)


STEP = Step("part_adjusted", ("adjusted_windows", "run_settings", "plan_versions", *_SAID), PART_ADJUSTED, _adjust,
            nothing_without=needs("adjusted_windows"))  # fmt: skip
