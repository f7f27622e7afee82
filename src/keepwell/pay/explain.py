"""Why is a line what it is? The whole way from the source row to the cent, each step with its numbers.

Everything is read from a run's kept tables and the plan; each number can be computed again by hand from those before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.core.errors import MissingError, nearest
from keepwell.core.periods import Period
from keepwell.measure.catalogue import CATALOGUE
from keepwell.pay import say, say_lifts, say_steps
from keepwell.pay.chosen import Row, rows_where
from keepwell.pay.goals import goal_figure, goals_of
from keepwell.pay.measures import PAYABLE
from keepwell.pay.pieces import pay_at
from keepwell.pay.plan import AlsoPays, Matrix, Part, Plan, Shape, Step
from keepwell.pay.statement import Names, Teller, adjustments_of

Figures = list[tuple[str, str]]
SHORTEST = 4
_PER = {"window": "for each fact", "period": "in a period", "year": "in a year"}


@dataclass(frozen=True)
class ExplanationStep:
    """A step on the way from a source row to a cent: its question, its answer, and its figures."""

    title: str
    says: str
    figures: tuple[tuple[str, str], ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Explanation:
    """The whole way of one line."""

    line_id: str
    sentence: str
    amount: Decimal
    currency: str
    steps: tuple[ExplanationStep, ...]


def find_line(lines: pa.Table, line_id: str) -> Row:
    """The line of `pay_lines` whose id begins so. Raises `MissingError` (`line-unknown`, `line-ambiguous`)."""
    wanted = line_id.strip().lower()
    fitting = lines.filter(pc.starts_with(pc.field("line_id"), wanted)).to_pylist() if len(wanted) >= SHORTEST else []
    names = sorted({row["line_id"] for row in fitting})
    if len(names) == 1:
        found: Row = fitting[0]
        return found
    if names:
        raise MissingError("line-ambiguous", f"{line_id} may be " + " or ".join(names[:5]), hint="write more of it")
    near = nearest(wanted, [str(known) for known in lines["line_id"].slice(0, 10_000).to_pylist()])
    raise MissingError("line-unknown", f"there is no line {line_id} in this run",
                       hint=f"did you mean {near}?" if near else "a statement prints the id of each line")  # fmt: skip


def explain(tables: Mapping[str, pa.Table], plans: Sequence[Plan], line_id: str, period_of_month: Callable[[int], Period],
            customer: Names = str, person: Names = str) -> Explanation:  # fmt: skip
    """The way of one line. `tables` are a run's `pay_lines`, `pay_trace`, `amount_facts` and, where there are, `book_credit`
    and `adjustments`.

    `period_of_month` gives the settlement period that begins in a month, `customer` and `person` names by id.
    """
    row = find_line(tables["pay_lines"], line_id)
    known = {(plan.name, plan.version): plan for plan in plans}
    adjustments = adjustments_of(tables)
    teller = Teller(known, customer, period_of_month(row["period"]), adjustments)
    plan = known.get((row["plan"], row["version"]))
    told = _Way(row, plan, tables, customer, person, teller)
    steps = told.adjustment(adjustments) if row["movement"] == "adjusted" else told.recovery() if not row["part"] else [
        *told.fact(), *told.credit(), *told.window(), *told.shape(), *told.adjusted(), *told.pay(), *told.fact_share(), *told.fate(),
        *told.settled(teller.name(row["belongs_to"])),
    ]  # fmt: skip
    return Explanation(row["line_id"], teller.sentence(row), row["amount"], row["currency"], tuple(steps))


class _Way:
    """The steps of one line, each a list of none or one."""

    def __init__(self, row: Row, plan: Plan | None, tables: Mapping[str, pa.Table], customer: Names,
                 person: Names, teller: Teller) -> None:  # fmt: skip
        self.row = row
        self.teller = teller
        self.plan = plan
        self.currency: str = row["currency"]
        self.customer = customer
        self.person = person
        self.traces = self._traces(tables["pay_trace"]) if row["part"] else []
        self.sources = tables["amount_facts"]
        self.tables = tables

    def fact(self) -> list[ExplanationStep]:
        """The source rows."""
        if self._is_scored() or not self.traces:
            return []
        if self.row["fact_id"]:
            trace = self.traces[0]
            source = self._source(trace)
            whose = f" of {self.customer(trace['customer_id'])}" if trace["customer_id"] else ""
            figures = [("Day", say.day(trace["on_day"])), ("Amount", say.money(trace["amount"], trace["currency"]))]
            return [
                ExplanationStep(
                    "The fact", f"{_capital(say.measure(trace['measure']))}{whose}.", tuple(figures), source
                )
            ]
        counted = [trace for trace in self.traces if trace["use"] != "base"]
        figures = [(self._named(trace), say.money(trace["counted"], self.currency)) for trace in counted[:10]]
        if len(counted) > len(figures):
            rest = sum((trace["counted"] or Decimal(0) for trace in counted[10:]), Decimal(0))
            figures.append((f"{len(counted) - 10} more", say.money(rest, self.currency)))
        says = f"{len(counted)} {'fact counts' if len(counted) == 1 else 'facts count'} in this window."
        return [ExplanationStep("The facts", says, tuple(figures), self._source(counted[0]) if counted else "")]

    def credit(self) -> list[ExplanationStep]:
        """Whose the fact is."""
        if not (self.row["fact_id"] and self.traces):
            return []
        trace = self.traces[0]
        part = trace["high"] - trace["low"]
        figures = [*self._held(trace), ("Your share", say.share(part))]
        if trace["rate"] is not None:
            whence = "as the plan states it" if self.plan and trace["currency"] in self.plan.rates else "on that day"
            figures.append((f"Rate {trace['currency']} to {self.currency} {whence}", say.number(trace["rate"], 9)))
        figures.append(("Counts for you", say.money(trace["counted"], self.currency)))
        figures += [(f"Weighs × {say.share(factor, 4)}", say.money(trace["counted"] * factor, self.currency))
                    for factor in self._kicker(trace)]  # fmt: skip
        row = f" (credit: {trace['credit_row']})" if trace["credit_row"] != trace["who"] else ""
        return [ExplanationStep("Whose", f"{self._whose()} {say.how_credited(trace['who'])}{row}.", tuple(figures))]

    def _kicker(self, trace: Row) -> list[Decimal]:
        """By what the fact's kickers multiply it in pay."""
        table = self.tables.get("fact_kickers")
        names = ("scenario", "plan", "version", "part", "measure", "fact_id")
        return [row["factor"] for row in rows_where(table, **{name: trace[name] for name in names})] if table else []

    def _whose(self) -> str:
        part = self._part()
        unit = part.unit if isinstance(part, Part) else "own"
        return {"team": "It is your team's", "roll_up": "It is of the people below you (or yours)",
                "company": "It is the company's"}.get(unit, "It is yours")  # fmt: skip

    def window(self) -> list[ExplanationStep]:
        """What was reached in the window, or what the measure says."""
        row, part = self.row, self._part()
        if row["measure"] == "objectives" and isinstance(part, Part):
            return [self._objectives()]
        if self._is_scored() and isinstance(part, Part):
            return [ExplanationStep("The measure", _measured_words(row, part), tuple(_measured_figures(row)))]
        if pools := say_steps.pool(row["steps"]):
            says = [_capital(say_steps.pooled(step, self.currency)) + "." for step in pools]
            return [ExplanationStep("What was reached", " ".join(says))]
        if row["window_counted"] is None:
            return []
        figures = [("Counted in the window so far", say.money(row["window_counted"], self.currency))]
        if row["base"] is not None:
            against = say.words(part.against) if isinstance(part, Part) else "base"
            figures += [
                (_capital(against), say.money(row["base"], self.currency)),
                ("Attainment", say.share(row["attainment"], 4)),
            ]
        return [ExplanationStep("What was reached", "All that counts for you in this part's window.", tuple(figures))]

    def shape(self) -> list[ExplanationStep]:
        """What the plan says, and the slices of its rates."""
        part = self._part()
        if part is None or self.plan is None:
            return []
        says = part.says or f"The plan pays by {part.shape.kind}."
        figures = _shape_figures(part.shape, self._key(part), self.currency, weighted=self._weighted())
        if isinstance(part, Part) and part.matrix is not None:
            figures = _cells(part.matrix, part.shape, self.currency)
        if isinstance(part, Part) and part.despite:
            says = f"{says} All the same, because: {part.despite}"
        if isinstance(part, Part) and part.over == "each":
            figures += [(f"The {word} {_PER[limit.per]}", say.money(limit.number, self.currency)) for word, limits in
                        (("most", (part.at_most, *part.most)), ("least", (part.at_least,)))
                        for limit in limits if limit is not None]  # fmt: skip
        return [ExplanationStep("What the plan says", says, tuple(figures), f"{self.plan.file}:{part.line}")]

    def adjusted(self) -> list[ExplanationStep]:
        """What conditions, multipliers and limits leave of what the shape gives."""
        row = self.row
        steps = say_steps.told(row["steps"])
        if not steps:
            return []
        shape = say_steps.given(row["steps"])
        given = [("What the shape gives", say.money(Decimal(shape), self.currency))] if shape is not None else []
        figures = (*given, *say_steps.figures(row["steps"], self.currency))
        return [ExplanationStep("What else decides", "In the plan's order, nothing rounded in between.", figures)]

    def pay(self) -> list[ExplanationStep]:
        """What the part pays for the window."""
        row = self.row
        if row["part_pay"] is None:
            return []
        figures: Figures = []
        part = self._part()
        if row["target"] is not None and isinstance(part, Part) and part.weight is not None and part.pool is None:
            figures += [
                ("Your target for this part", say.money(row["target"], self.currency)),
                ("It pays", say.share(row["pays"], 6)),
            ]
        figures.append(("Pay of the part so far, rounded once", say.money(row["part_pay"], self.currency)))
        return [ExplanationStep("What the part pays", "For the whole window, as now known.", tuple(figures))]

    def fact_share(self) -> list[ExplanationStep]:
        """The fact's share of it."""
        row = self.row
        if row["share"] is None or row["window_counted"] is None:
            return []
        part = Fraction(row["counted"]) / Fraction(row["window_counted"]) if row["window_counted"] else None
        title, weighed = "This fact's part of what counted", say_steps.weighed(row["steps"])
        if weighed:
            title = "This fact's part of what weighs"
            part = Fraction(row["counted"]) * Fraction(next(iter(self._kicker(self.traces[0])), 1)) / weighed
        figures = (
            (title, say.share(part, 4)),
            ("Its share of the pay", say.money(row["share"], self.currency)),
        )
        says = "Pay is divided among the facts in proportion to what each counted; cents are given out in the order of days."
        return [ExplanationStep("This fact's share", says, figures)]

    def fate(self) -> list[ExplanationStep]:
        """What was released or taken back of it, by the plan's schedule."""
        row, part = self.row, self._part()
        if not isinstance(part, Part) or row["fraction"] is None:
            return []
        hold = row["movement"] in ("held", "released", "lapsed")
        schedule = part.hold.schedule if hold and part.hold else part.take_back.schedule if part.take_back else ()
        says = _schedule_words(schedule, "released" if hold else "taken back")
        if not hold and part.take_back and part.take_back.says:
            says = f"{part.take_back.says} {says}"
        figures: Figures = []
        if row["days"] is not None:
            figures += [
                ("Signed", say.day(row["fact_on"])),
                ("Happened", say.day(row["on_day"])),
                ("Days between", str(row["days"])),
            ]
        figures += [
            (
                _capital(say.words(row["movement"])),
                f"{say.share(row['fraction'])}: {say.money(row['amount'], self.currency)}",
            )
        ]
        return [ExplanationStep("What became of it", says, tuple(figures))]

    def settled(self, belongs_to: str) -> list[ExplanationStep]:
        """What had been settled of it."""
        row = self.row
        if not row["settled"] and row["period"] == row["belongs_to"]:
            return [ExplanationStep("On the statement", "", (("This line", say.money(row["amount"], self.currency)),))]
        now = row["settled"] + row["amount"]
        figures = (("As now known", say.money(now, self.currency)), ("Settled before", say.money(row["settled"], self.currency)),
                   ("This line: the difference", say.money(row["amount"], self.currency)))  # fmt: skip
        says = (
            f"It belongs to {belongs_to}, which is closed; a closed period does not change, so the difference is here."
        )
        source = f"corrects line {row['corrects']}" if row["corrects"] else ""
        return [ExplanationStep("Less what was settled", says, figures, source)]

    def adjustment(self, adjustments: Mapping[str, Row]) -> list[ExplanationStep]:
        """Who decided it, when, and for which day."""
        row, decided = self.row, adjustments.get(self.row["fact_id"])
        figures: Figures = []
        if decided:
            figures += [("Decided by", decided["decided_by"]), ("Decided on", say.day(decided["known_at"].date())),
                        ("For", say.day(decided["on_day"]))]  # fmt: skip
        figures.append(("This line", say.money(row["amount"], self.currency)))
        says = decided["reason"] if decided else "It is no longer known to this run why."
        return [ExplanationStep("The decision", says, tuple(figures), f"the books, adjustment {row['fact_id']}")]

    def recovery(self) -> list[ExplanationStep]:
        """Why a payout is smaller or larger than its lines."""
        most = self.plan.parts if self.plan else ()
        at_most = min((part.take_back.recovered_at_most for part in most if part.take_back), default=Fraction(1))
        if self.plan and self.plan.lifts.draw:
            at_most = min(at_most, self.plan.lifts.draw.at_most)
        if self.row["movement"] in say_lifts.MOVEMENTS:
            return self.lift()
        says = {"recovered": f"At most {say.share(at_most)} of each payout is recovered, until all that you owe is.",
                "put_off": "What a payout lacks to zero is recovered from later ones."}[self.row["movement"]]  # fmt: skip
        return [ExplanationStep("The payout", says, (("This line", say.money(self.row["amount"], self.currency)),))]

    def lift(self) -> list[ExplanationStep]:
        """What the period pays, and what that is lifted to."""
        row = self.row
        name = say_lifts.TITLES[row["movement"]]
        figures = [("The period pays, before it is lifted", say.money(row["counted"], self.currency))]
        if row["part_pay"] is not None:
            figures.append((name if row["movement"] != "transition" else "The plan before would have paid",
                            say.money(row["part_pay"], self.currency)))  # fmt: skip
        if row["balance"] is not None:
            figures.append(("Of the draw owed and not due, after the period", say.money(row["balance"], self.currency)))
        says = "A period pays what its parts earn or advance and do not hold, and what is released in it; not what is taken back."
        return [ExplanationStep(name, says, tuple(figures)), *self.settled(self.teller.name(row["belongs_to"]))]

    def _part(self) -> Part | AlsoPays | None:
        if self.plan is None:
            return None
        parts: dict[str, Part | AlsoPays] = {part.name: part for part in self.plan.parts}
        return (parts | {also.role: also for also in self.plan.also_pays}).get(self.row["part"])

    def _weighted(self) -> bool:
        part = self._part()
        return isinstance(part, Part) and part.weight is not None

    def _is_scored(self) -> bool:
        return self.row["measure"] in CATALOGUE or self.row["measure"] == "objectives"

    def _objectives(self) -> ExplanationStep:
        """Each objective that ended in the window, with its weight, score, and who scored it when."""
        key = {**self.row, "period": self.row["plan_period"]}
        goals = goals_of(self.tables["objectives_counted"], key) if "objectives_counted" in self.tables else []
        figures = [goal_figure(goal, self.person) for goal in goals]
        figures.append(("Weighted mean, to four decimals", say.share(self.row["value"])))
        first = goals[0] if goals else {"source_file": None}
        source = f"{first['source']}: {first['source_file']}, row {first['source_row']}" if first["source_file"] else ""
        return ExplanationStep("The objectives", "All whose last day lies in this window.", tuple(figures), source)

    def _key(self, part: Part | AlsoPays) -> Fraction | None:
        """Where on the shape the window (or the fact) stands."""
        row = self.row
        if row["value"] is not None:
            return Fraction(row["value"])
        if row["window_counted"] is None:
            return Fraction(row["counted"] or 0)
        if part.shape.percent_keys:
            return Fraction(row["window_counted"]) / Fraction(row["base"]) if row["base"] else None
        return Fraction(row["window_counted"])

    def _traces(self, table: pa.Table) -> list[Row]:
        row = self.row
        wanted = {name: row[name] for name in ("scenario", "plan", "version", "part", "person_id")}
        more = ("fact_id", "credit_row") if row["fact_id"] else ("window_month",)
        rows = rows_where(table, **wanted, **{name: row[name] for name in more})
        return sorted(rows, key=lambda one: (one["use"] == "base", one["on_day"], one["fact_id"]))

    def _held(self, trace: Row) -> Figures:
        """When the customer was held, where the plan goes by books."""
        books = self.tables.get("book_credit")
        if not trace["who"].startswith("book:") or books is None:
            return []
        names = ("scenario", "plan", "version", "measure", "fact_id", "who", "person_id")
        (held, *_) = rows_where(books, **{name: trace[name] for name in names})
        if held["held_since"] is None:
            return [("By exception", f"{held['because']} (approved by {held['approved_by']})")]
        return [("Held on", say.day(held["held_on"])), ("Held since", say.day(held["held_since"]))]

    def _named(self, trace: Row) -> str:
        name = self.customer(trace["customer_id"]) if trace["customer_id"] else trace["fact_id"]
        return f"{say.day(trace['on_day'])}, {name}"

    def _source(self, trace: Row) -> str:
        found = rows_where(self.sources, fact_id=trace["fact_id"], measure=trace["measure"])
        if not found or not found[0]["source_file"]:
            return f"{trace['fact_id']}"
        return f"{found[0]['source']}: {found[0]['source_file']}, row {found[0]['source_row']} ({trace['fact_id']})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _measured_words(row: Row, part: Part) -> str:
    whose = {"own": "Your own answers", "team": "Your team's answers", "company": "The whole company's answers"}
    if row["stands_for"] in whose:
        fell = "" if row["stands_for"] == part.unit else " There were too few nearer to you."
        return f"{whose[row['stands_for']]}.{fell}"
    needed = part.evidence.at_least if part.evidence else 1
    return f"Too few answers ({needed} are needed); the plan then says: {row['stands_for']}."


def _measured_figures(row: Row) -> Figures:
    figures = [("Answers", "fewer than 5" if row["n"] is None else str(row["n"]))]
    for title, name in (("Observed", "observed"), ("95% interval from", "low"), ("to", "high")):
        if row[name] is not None:
            figures.append((title, say.number(row[name])))
    if row["z"] is not None:
        figures += [
            ("Weight of the own value (Z)", say.number(row["z"], 6)),
            ("Everybody's value", say.number(row["collective"])),
        ]
    if row["value"] is not None:
        figures.append(("Value that pay uses", say.number(row["value"])))
    return figures


def _shape_figures(shape: Shape, key: Fraction | None, currency: str, *, weighted: bool) -> Figures:
    """The points of the shape; for steps, what each slice gives up to `key`."""
    if shape.kind == "steps" and key is not None:
        return _slices(shape, key, currency, weighted=weighted)
    figures = [(f"From {_boundary(point.key, shape)}" if len(shape.points) > 1 else "Pays", _value(point.value.number, shape, currency))
               for point in shape.points]  # fmt: skip
    if key is not None and len(shape.points) > 1:
        reached, fee = pay_at(shape, key)
        if shape.kind in ("curve", "amount"):
            figures.append((f"At {_boundary(key, shape)}", _value(reached, shape, currency)))
        elif fee:
            figures.append(("Fee of the level", say.money(fee, currency)))
    return figures


def _slices(shape: Shape, key: Fraction, currency: str, *, weighted: bool) -> Figures:
    figures: Figures = []
    ends = [point.key for point in shape.points[1:]] + [None]
    for point, end in zip(shape.points, ends, strict=True):
        if key < point.key or (key == point.key and point is not shape.points[0]):
            break
        upper = key if end is None else min(key, end)
        part, rate = upper - point.key, point.value.number
        gives = _boundary(part * rate, shape) if shape.percent_keys or weighted else say.money(part * rate, currency)
        fee = f" + {say.money(point.value.fee, currency)}" if point.value.fee else ""
        figures.append(
            (
                f"{_boundary(part, shape)} from {_boundary(point.key, shape)} at {_value(rate, shape, currency)}",
                f"{gives}{fee}",
            )
        )
    return figures


def _cells(matrix: Matrix, shape: Shape, currency: str) -> Figures:
    by, figures = matrix.by, []
    in_percent = by.against != "nothing" or PAYABLE[by.measure].is_share
    for cell in matrix.cells:
        inner = say.share(cell.inner) if in_percent else say.number(cell.inner)
        title = f"From {_boundary(cell.outer, shape)}, {say.measure(by.measure)} from {inner}"
        figures.append((title, _value(cell.value.number, shape, currency)))
    return figures


def _boundary(key: Fraction, shape: Shape) -> str:
    return say.share(key) if shape.percent_keys else say.number(key)


def _value(value: Fraction, shape: Shape, currency: str) -> str:
    return say.share(value) if shape.percent_values else say.money(value, currency)


def _schedule_words(schedule: Sequence[Step], verb: str) -> str:
    """`Within 90 days 100% is released, until day 180 50%, later 0%.`"""
    said = [f"within {step.until} days {say.share(step.share)}" for step in schedule[:1] if step.until is not None]
    said += [f"until day {after.until} {say.share(after.share)}" if after.until is not None else f"later {say.share(after.share)}"
             for _, after in pairwise(schedule)]  # fmt: skip
    if not said and schedule:
        return f"Whenever it happens, {say.share(schedule[0].share)} is {verb}."
    return f"{_capital(', '.join(said))} is {verb}." if said else ""
