"""What does a person see of a period? Every line with its reason in a sentence, and the parts that add up to it.

Read from a run's kept tables alone (`pay_lines`, `part_totals`) and the plans that it was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from keepwell.core.errors import MissingError
from keepwell.core.periods import Period, period_of
from keepwell.measure.catalogue import CATALOGUE
from keepwell.pay import say, say_lifts, say_steps
from keepwell.pay.book_notes import book_notes
from keepwell.pay.chosen import Row, rows_where
from keepwell.pay.goals import goal_words, goals_of
from keepwell.pay.measures import BLEND, unit_of
from keepwell.pay.plan import DAY_HOLD, Part, Plan
from keepwell.pay.plan_tables import ACTUAL

Names = Callable[[str], str]
ZERO = Decimal(0)
_PAYS = ("earned", "advanced", "held")
_VERBS = {"signed_annual_value": "signed", "signed_amount": "signed", "order_amount": "ordered", "saved": "was saved",
          "renewed_annual_value": "renewed", "invoiced_amount": "was invoiced", "paid_amount": "paid"}  # fmt: skip


@dataclass(frozen=True)
class StatementPart:
    """A part of the plan in this period: what it rewards, what was reached, and what that pays.

    `weight` is a share of the target, `target` money. `value` of `measure` is in `unit` (share, points, days, money);
    `attainment` is a share of what was asked (`against` words). `n`, `low`, `high` where the value is a statistic.
    """

    part: str
    title: str
    says: str
    rewards: str
    amount: Decimal
    weight: Decimal | None = None
    target: Decimal | None = None
    measure: str = ""
    unit: str = "number"
    value: Decimal | None = None
    against: Decimal | None = None
    attainment: Decimal | None = None
    n: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    evidence: str = ""


@dataclass(frozen=True)
class StatementLine:
    """A movement of money, with its reason in a sentence. `belongs_to` is the period whose pay it corrects.

    `payable` is what it adds to this payout: what is put on hold, or lapses, or falls due moves without being paid.
    """

    line_id: str
    on: date
    customer_id: str
    part: str
    movement: str
    amount: Decimal
    sentence: str
    belongs_to: str
    payable: Decimal = ZERO


@dataclass(frozen=True)
class StatementHold:
    """An amount that waits, for what, and until when."""

    customer_id: str
    part: str
    amount: Decimal
    sentence: str
    until: date | None = None


@dataclass(frozen=True)
class Statement:
    """One person's pay in one period, in the plan's currency. `taken_back` is what is recovered from this payout.

    `lifted` is what is paid on top of the parts: guarantee, transition, draw.
    `status` is how far the period is, by whom and when (UTC) where that is known.
    """

    person_id: str
    period: str
    currency: str
    plan: str
    plan_title: str
    status: Literal["open", "calculated", "approved", "closed"]
    payable: Decimal
    earned: Decimal
    held: Decimal
    released: Decimal
    taken_back: Decimal
    parts: tuple[StatementPart, ...]
    lines: tuple[StatementLine, ...]
    holds: tuple[StatementHold, ...] = ()
    notes: tuple[str, ...] = ()
    as_of: date | None = None
    lifted: Decimal = ZERO
    status_by: str = ""
    status_at: datetime | None = None


def statement(tables: Mapping[str, pa.Table], plans: Sequence[Plan], person_id: str, period: Period, *,
              as_of: date | None = None, customer: Names = str, person: Names = str,
              scenario: str = ACTUAL) -> Statement:  # fmt: skip
    """The statement of a person for a settlement period; of what is paid, or of another `scenario` computed beside it.

    `tables` are a run's `pay_lines`, `part_totals` and `adjustments`; `customer` and `person` give names by id.
    Raises `MissingError` (`statement-missing`) where nothing of the person's pay is in the run.
    """
    every = rows_where(tables["pay_lines"], person_id=person_id, scenario=scenario)
    totals = rows_where(tables["part_totals"], person_id=person_id, scenario=scenario, settles=period.first_month)
    lines = [row for row in every if row["period"] == period.first_month]
    known = {(plan.name, plan.version): plan for plan in plans}
    mine = [known[key] for key in sorted({(row["plan"], row["version"]) for row in (*totals, *lines)}) if key in known]
    if not mine and not lines:
        raise MissingError("statement-missing", f"there is no pay of {person_id} in {period}",
                           hint="keepwell pay lists who is paid, and when")  # fmt: skip
    own = [row for row in lines if row["belongs_to"] == row["period"]]
    parts = (*(part for plan in mine for part in _parts(plan, totals, own)), *_adjusted(lines))
    teller = Teller(known, customer, period, adjustments_of(tables))
    told = sorted((row for row in lines if not _is_silent(row)), key=_order)
    again = _same_window_again(told)
    main = next((plan for plan in mine if any(row["plan"] == plan.name for row in totals)), mine[0] if mine else None)
    return Statement(
        person_id=person_id, period=period.name, currency=main.currency if main else lines[0]["currency"],
        plan=main.name if main else "", plan_title=main.title if main else "",
        status="closed" if lines and all(row["status"] == "settled" for row in lines) else "open",
        payable=_sum(lines, "payable"), earned=sum((part.amount for part in parts), ZERO),
        held=_sum([row for row in own if row["movement"] == "held"]),
        released=_sum([row for row in own if row["movement"] == "released"]),
        taken_back=-_sum([row for row in own if row["movement"] in ("recovered", "put_off")], "payable"),
        parts=parts,
        lines=tuple(teller.line(row, briefly=row["line_id"] in again) for row in told),
        holds=tuple(teller.holds([row for row in every if row["period"] <= period.first_month])),
        notes=(*_notes(every, lines, period), *_books(tables, person_id, period, customer),
               *_goals(tables, totals, person)), as_of=as_of,
        lifted=_sum([row for row in own if row["movement"] in say_lifts.LIFTED], "payable"),
    )  # fmt: skip


def _books(tables: Mapping[str, pa.Table], person_id: str, period: Period, customer: Names) -> list[str]:
    """What is said of the person's book of customers, where the run has one."""
    credit = tables.get("book_credit")
    return [] if credit is None else book_notes(credit, person_id, period, customer)


def _goals(tables: Mapping[str, pa.Table], totals: Sequence[Row], person: Names) -> list[str]:
    """How the person's objectives were scored, by whom and when."""
    if "objectives_counted" not in tables:
        return []
    told = [goal_words(goals_of(tables["objectives_counted"], row), person) for row in totals]
    return [f"Objectives: {words}" for words in dict.fromkeys(told) if words]


def adjustments_of(tables: Mapping[str, pa.Table]) -> dict[str, Row]:
    """What was decided by hand, by its id, as the run was told it."""
    rows = tables["adjustments"].to_pylist() if "adjustments" in tables else []
    return {row["adjustment_id"]: row for row in rows}


def _sum(rows: Sequence[Row], column: str = "amount") -> Decimal:
    return sum((row[column] for row in rows), ZERO)


def _order(row: Row) -> tuple[date, str, str]:
    return row["on_day"] or date.max, row["part"], row["line_id"]


def _same_window_again(lines: Sequence[Row]) -> set[str]:
    """The lines of new facts in a window whose result an earlier line has told: it need not be told on each."""
    seen: set[tuple[Any, ...]] = set()
    again = set()
    for row in lines:
        if row["fact_id"] and row["window_counted"] is not None:
            window = tuple(
                row[name] for name in ("plan", "version", "part", "belongs_to", "window_counted", "base", "pays")
            )
            if window in seen:
                again.add(row["line_id"])
            seen.add(window)
    return again


def _is_silent(row: Row) -> bool:
    """Lines that move no money of the person's are told in the notes: what was advanced is now earned for good."""
    return bool(row["reason"] == "kept")


def _parts(plan: Plan, totals: Sequence[Row], lines: Sequence[Row]) -> list[StatementPart]:
    found = []
    for part in plan.parts:
        same = [
            row for row in totals if (row["plan"], row["version"], row["part"]) == (plan.name, plan.version, part.name)
        ]
        paid = _of_part(lines, plan, part.name)
        if same or any(not _is_silent(row) for row in paid):
            found.append(_part(part, max(same, key=lambda row: row["period"], default=None), paid))
    for also in plan.also_pays:
        paid = _of_part(lines, plan, also.role)
        if paid:
            says = also.says or f"Your share of what was {say.words(also.row)}, beside any plan of your own."
            found.append(StatementPart(also.role, say.title(also.row), says, also.rewards, _new(paid), measure=say.measure(also.row),
                                       unit="money", value=_sum([row for row in paid if row["counted"]], "counted")))  # fmt: skip
    return found


def _adjusted(lines: Sequence[Row]) -> list[StatementPart]:
    rows = [row for row in lines if row["movement"] == "adjusted"]
    says = "Decided by hand, beside your plan."
    return [StatementPart("adjustment", say.title("adjustment"), says, "", _sum(rows))] if rows else []


def _of_part(lines: Sequence[Row], plan: Plan, part: str) -> list[Row]:
    return [row for row in lines if (row["plan"], row["version"], row["part"]) == (plan.name, plan.version, part)]


def _new(lines: Sequence[Row]) -> Decimal:
    """What a part pays in the period: earned, advanced or put on hold, before anything is released or taken back."""
    return _sum([row for row in lines if row["movement"] in _PAYS and row["reason"] != "kept"])


def _part(part: Part, total: Row | None, paid: Sequence[Row]) -> StatementPart:
    scored = part.measure in CATALOGUE or part.measure == "objectives"
    alone = [row for row in paid if row["movement"] in _PAYS and part.over == "each" and row["reason"] != "kept"]
    words = StatementPart(
        part=part.name, title=say.title(part.name), says=part.says, rewards=part.rewards, amount=_new(paid),
        weight=None if part.weight is None else _decimal(part.weight), measure=_capital(say.measure(part.measure)),
        unit=unit_of(part.measure), value=_sum(alone, "counted") if alone else None,
    )  # fmt: skip
    if total is None:
        return words
    if part.pool and not scored and (pools := [step for row in paid for step in say_steps.pool(row["steps"])]):
        total = total | {"counted": Decimal(pools[-1]["counted"]),
                         "base": Decimal(pools[-1]["base"]) if "base" in pools[-1] else None}  # fmt: skip
    return StatementPart(**{
        **vars(words), "target": total["target"], "value": total["value"] if scored else total["counted"],
        "against": total["base"], "attainment": total["attainment"], "n": total["n"] if part.measure in CATALOGUE else None,
        "low": total["low"], "high": total["high"], "evidence": evidence_words(part, total),
    })  # fmt: skip


def _decimal(share: Any) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def evidence_words(part: Part, total: Row) -> str:
    """On what a scored part was paid, or what was missing, in a sentence; '' where there is nothing to say."""
    if total["missing"]:
        return {
            "quota": "No quota is recorded, so nothing can be paid yet.",
            "target": "No target pay is recorded, so nothing can be paid yet.",
            "objectives": "Not all objectives are scored, so nothing can be paid yet.",
        }.get(total["missing"], "Nothing was due that this could be set against.")
    stands, n = total["stands_for"], "Fewer than 5" if total["n"] is None else total["n"]
    if not stands or part.evidence is None:
        return ""
    if stands in ("target", "reweight", "nothing"):
        paid = {"target": "the target is paid", "reweight": "its weight counts in the other parts",
                "nothing": "nothing is paid"}[stands]  # fmt: skip
        return f"{n} answers, and {part.evidence.at_least} are needed: {paid}."
    whose = {"own": "your own", "team": "your team's", "company": "the whole company's"}[stands]
    fell = "" if stands == part.unit else f"Too few answers of {_unit(part)} ({part.evidence.at_least} are needed): "
    if total["z"] is None:
        return f"{fell}{whose} value." if fell else ""
    own, rest = (_scored(part.measure, total[column]) for column in ("observed", "collective"))
    peers = {"own": "people", "team": "teams"}[stands]
    if not total["z"]:
        return (f"{fell}{_capital(peers)} differ by no more than chance would make them, so the value of all "
                f"{peers} compared counts, {rest}, and not {whose} {own}.")  # fmt: skip
    weight, left = say.share(total["z"], 0), say.share(1 - total["z"], 0)
    return f"{fell}{_capital(whose)} {own} counts {weight}, the {rest} of all {peers} compared {left}."


def _scored(measure: str, value: Decimal) -> str:
    """A measure's value in its unit."""
    known = CATALOGUE.get(measure)
    return say.share(value, 1) if known is not None and known.unit == "share" else say.number(value, 2)


def _unit(part: Part) -> str:
    return {"own": "your own", "team": "your team", "roll_up": "your people", "company": "the company"}[part.unit]


def _notes(every: Sequence[Row], lines: Sequence[Row], period: Period) -> list[str]:
    notes = []
    kept = _sum([row for row in lines if row["reason"] == "kept"])
    currency = next((row["currency"] for row in lines), "")
    if kept:
        notes.append(f"{say.money(kept, currency)} that was advanced earlier is now yours for good.")
    left = _sum([row for row in every if row["period"] <= period.first_month], "recoverable")
    if left:
        notes.append(f"{say.money(left, currency)} is still to be recovered from later payouts.")
    drawn = _sum([row for row in every if row["period"] <= period.first_month], "draw")
    if drawn:
        notes.append(f"{say.money(drawn, currency)} of the draw is owed and not yet due.")
    late = [row for row in lines if row["belongs_to"] != row["period"]]
    if late:
        notes.append(f"{len(late)} {'line corrects' if len(late) == 1 else 'lines correct'} periods that are closed: "
                     f"{say.money(_sum(late, 'payable'), currency)} in all.")  # fmt: skip
    return notes


class Teller:
    """Tells lines and holds in sentences."""

    def __init__(self, plans: Mapping[tuple[str, str], Plan], customer: Names, period: Period,
                 adjustments: Mapping[str, Row]) -> None:  # fmt: skip
        self.plans = plans
        self.adjustments = adjustments
        self.customer = customer
        self.period = period

    def line(self, row: Row, *, briefly: bool = False) -> StatementLine:
        """A line with its sentence; `briefly` without what its window came to."""
        on = row["on_day"] or self.period.to_on - timedelta(days=1)
        return StatementLine(
            row["line_id"], on, row["customer_id"], row["part"] or say_lifts.TITLES.get(row["movement"], ""), row["reason"],
            row["amount"], self.sentence(row, briefly=briefly),
            self.name(row["belongs_to"]), row["payable"],
        )  # fmt: skip

    def name(self, month: int) -> str:
        """The settlement period that begins in this month."""
        return period_of(month, self.period.kind, self.period.year_starts).name

    def sentence(self, row: Row, *, briefly: bool = False) -> str:
        """Why a line is there."""
        said = self._what(row, briefly=briefly)
        if row["reason"] == "corrected":
            was = say.money(row["settled"], row["currency"])
            said += f" {was} was settled; {say.money(row['settled'] + row['amount'], row['currency'])} is right as now known."
        elif row["reason"] == "plan amended":
            was, now = (
                say.money(amount, row["currency"]) for amount in (row["settled"], row["settled"] + row["amount"])
            )
            said += f" The plan was amended after {self.name(row['belongs_to'])} was closed: {was} was settled, now it is {now}."
        elif row["reason"] == "late fact":
            said += f" Known only after {self.name(row['belongs_to'])} was closed."
        return said

    def _what(self, row: Row, *, briefly: bool) -> str:
        if row["movement"] in say_lifts.MOVEMENTS:
            return say_lifts.sentence(row, self.plans.get((row["plan"], row["version"])))
        who, money = self._customer(row), say.money(abs(row["amount"]), row["currency"])
        match row["movement"]:
            case "held":
                return f"{self._counted(row)} {money} is held until {self._awaited(row)}."
            case "released":
                part = "all" if row["fraction"] == 1 else say.share(row["fraction"])
                if self._until(row) == DAY_HOLD:
                    return f"{say.day(row['on_day'])} has come, so all of the hold for {who} is released: {money}."
                return f"{who} {self._reached(row)} on day {row['days']}, so {part} of the hold is released: {money}."
            case "lapsed":
                return f"{money} of the hold for {who} is not released: {self._lapse(row)}."
            case "taken_back":
                return (f"{who} left {row['days']} days after signing: {say.share(row['fraction'])} of what its contract "
                        f"earned is taken back.")  # fmt: skip
            case "adjusted":
                decided = self.adjustments.get(row["fact_id"])
                return f"{decided['reason']} (decided by {decided['decided_by']})." if decided else "Decided by hand."
            case "recovered":
                return f"{money} of what you owe is recovered from this payout."
            case "put_off":
                return f"A payout does not go below zero: {money} is put off to later ones."
        if row["reason"] == "kept":
            return f"The time in which {money} for {who} could be taken back is over."
        paid = "" if briefly or say_steps.pool(row["steps"]) else self._paid(row)
        said = (self._counted(row), paid, say_steps.sentence(row["steps"], row["currency"]))
        return " ".join(words for words in said if words)

    def _customer(self, row: Row) -> str:
        return self.customer(row["customer_id"]) if row["customer_id"] else "the customer"

    def _counted(self, row: Row) -> str:
        """What the fact is, and how much of it counts."""
        if not row["fact_id"]:
            return ""
        amount = say.amount_of(row["counted"], row["currency"])
        name = self.customer(row["customer_id"]) if row["customer_id"] else f"Fact {row['fact_id']}"
        yearly = " a year" if row["measure"] in ("signed_annual_value", "renewed_annual_value", "saved") else ""
        return f"{name} {_VERBS.get(row['measure'], 'was counted')}: {amount}{yearly} counts for you."

    def _paid(self, row: Row) -> str:
        """What was reached in the window, and what that pays."""
        if row["fact_id"] and row["window_counted"] is None:
            return f"It pays {say.money(row['amount'], row['currency'])}."
        measure = _capital(say.measure(row["measure"]))
        if row["stands_for"] in ("target", "reweight", "nothing"):
            return f"{measure} has too few answers; the plan pays the target instead."
        if row["value"] is not None:
            value = say.number(row["value"], 2)
            if unit_of(row["measure"]) == "share":
                value = say.share(row["value"])
            told = "objectives" if row["measure"] == "objectives" else "answers"
            reached = f"{measure} {value} from {row['n']} {told}"
        elif row["measure"] == BLEND:
            reached = f"The blend is {say.share(row['attainment'])}"
        elif row["attainment"] is not None:
            reached = (f"{say.amount_of(row['window_counted'], row['currency'])} of "
                       f"{say.amount_of(row['base'], row['currency'])} is {say.share(row['attainment'])}")  # fmt: skip
        else:
            reached = f"{measure} of {say.amount_of(row['window_counted'], row['currency'])}"
        pays = f"pays {say.share(row['pays'])} of target" if row["pays"] is not None else \
            f"pays {say.money(row['part_pay'], row['currency'])}"  # fmt: skip
        if say_steps.sentence(row["steps"], row["currency"]):
            gives = say_steps.given(row["steps"])
            pays = pays.replace("pays", "gives") if row["pays"] is not None else \
                f"gives {say.money(Decimal(gives or 0), row['currency'])}"  # fmt: skip
        return f"{reached} and {pays}."

    def _part(self, row: Row) -> Part | None:
        plan = self.plans.get((row["plan"], row["version"]))
        return next((part for part in plan.parts if part.name == row["part"]), None) if plan else None

    def _awaited(self, row: Row) -> str:
        part = self._part(row)
        if part and part.hold and part.hold.until_on:
            return say.day(part.hold.until_on)
        return {"went_live": "the customer is live", "first_value": "the customer has first value",
                "paid": "the first invoice is paid"}.get(
            part.hold.until, f"it is {say.words(part.hold.until)}") if part and part.hold else "its condition holds"  # fmt: skip

    def _reached(self, row: Row) -> str:
        until = self._until(row)
        return {"went_live": "went live", "first_value": "had first value", "paid": "paid the first invoice"}.get(
            until, f"was {say.words(until)}")  # fmt: skip

    def _until(self, row: Row) -> str:
        part = self._part(row)
        return part.hold.until if part and part.hold else ""

    def _lapse(self, row: Row) -> str:
        if row["days"] is None:
            return "its time is over"
        part = self._part(row)
        steps = part.hold.schedule if part and part.hold else ()
        if any(step.share for step in steps if step.until is None or row["days"] <= step.until):
            plan = self.plans[row["plan"], row["version"]]
            lost = part is not None and (
                part.on_leaving == "lost" or (not part.on_leaving and plan.on_leaving.holds_lost)
            )
            return f"{'you or the customer' if lost else 'the customer'} left first"
        return f"on day {row['days']} the plan releases {say.share(row['fraction'])}"

    def holds(self, rows: Sequence[Row]) -> list[StatementHold]:
        """What waits at the period's end, by customer."""
        sums: dict[tuple[str, ...], Decimal] = {}
        first: dict[tuple[str, ...], Row] = {}
        for row in rows:
            if row["held"]:
                key = (row["plan"], row["version"], row["part"], row["measure"], row["fact_id"], row["credit_row"])
                sums[key] = sums.get(key, ZERO) + row["held"]
                first.setdefault(key, row)
        return [self._hold(first[key], amount) for key, amount in sorted(sums.items()) if amount]

    def _hold(self, row: Row, amount: Decimal) -> StatementHold:
        part = self._part(row)
        until, after = None, ""
        if part and part.hold and row["fact_on"]:
            age = ((self.period.to_on - timedelta(days=1)) - row["fact_on"]).days
            steps = [step for step in part.hold.schedule if step.until is None or step.until >= age]
            if len(steps) > 1 and steps[0].until is not None:
                until = row["fact_on"] + timedelta(days=steps[0].until)
                lost = say.share(1 - steps[1].share / steps[0].share) if steps[0].share else "all"
                after = f"; {'all' if lost == '100%' else lost} of it is lost after {say.day(until)}"
        return StatementHold(row["customer_id"], row["part"], amount, f"waits until {self._awaited(row)}{after}", until)
