"""How does a worked example become a small company? What is `given` in a plan file, as rows of the record.

Each example has its own people and customers (`e1:you`, `e1:Aster`), so that all examples are paid in one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keepwell.core.periods import MONTHS_IN, Period, PeriodKind, add_months, month_index, parse_period, period_of
from keepwell.measure.catalogue import CATALOGUE
from keepwell.pay.plan import MILESTONES, Example, Part, Plan
from keepwell.pay.words import Words, number_of, percent_of
from keepwell.project.yaml import Node

GIVEN = ("period", "as_of", "months_in_role", "quota", "team", "contracts", "orders", "invoices", "renewals",
         "covered_since", "you_left", "you_accepted", "objectives")  # fmt: skip
MEMBER = ("name", "since", "quota", "contracts", "orders")
CONTRACT = ("id", "signed", "annual_value", "amount", "share", "live", "left", "reason", "kind", "product", "customer", "segment", "currency",
            "paid", *MILESTONES)  # fmt: skip
SOLD = ("id", "day", "amount", "currency", "paid")
OBJECTIVE = ("name", "weight", "score")
Row = dict[str, Any]


@dataclass
class Small:
    """Rows by table and the measures given; from when to when the person is under the plan, and as seen on which day.

    `last_period` is the plan's last period that the example tells of: what whole windows pay after it is not its matter.
    `covered_since`: from when on the person covers the customers. `is_final`: all is decided on that day, so that a later one would show the same.
    `seller` is whose facts are being added, `others` are those of the team who are under the plan, too.
    """

    prefix: str
    first: date
    last: date
    today: date
    last_period: int
    year_starts: int = 1
    is_final: bool = True
    covered_since: date = date(1990, 1, 1)
    accepted_on: date | None = None
    rows: dict[str, list[Row]] = field(default_factory=dict)
    measures: list[Row] = field(default_factory=list)
    seller: str = ""
    others: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seller = self.seller or self.you

    @property
    def you(self) -> str:
        """Who is paid under the plan."""
        return f"{self.prefix}:you"

    def person(self, role: str) -> str:
        """Who has another role for the same customers."""
        return f"{self.prefix}:{role}"

    def add(self, table: str, **values: Any) -> None:
        """A row of the record."""
        self.rows.setdefault(table, []).append(values)


def example_record(plan: Plan, example: Example, prefix: str, words: Words, year_starts: int = 1) -> Small:
    """The small company of an example; what cannot be read is kept in `words`."""
    what = f"example {example.name}"
    block = words.block(example.given, what, (*GIVEN, *CATALOGUE))
    small = _frame(plan, block, prefix, words, year_starts)
    months = words.count(block["months_in_role"], "months_in_role") if "months_in_role" in block else 1
    _people(plan, small, months, words.day(block.get("you_left"), "you_left", example.given))
    small.accepted_on = words.day(block.get("you_accepted"), "you_accepted", example.given)
    if "covered_since" in block:
        small.covered_since = (
            words.day(block["covered_since"], "covered_since", block["covered_since"]) or small.covered_since
        )
    if "quota" in block:
        _quotas(plan, small, block["quota"], words)
    _sold(plan, small, block, words)
    for number, node in enumerate(block["team"].items if "team" in block else (), 1):
        _member(plan, small, node, number, words)
    if "renewals" in block:
        _renewals(plan, small, block["renewals"], words)
    for number, node in enumerate(block["objectives"].items if "objectives" in block else (), 1):
        _objective(plan, small, node, number, words)
    for name in (name for name in block if name in CATALOGUE):
        _measure(small, name, block[name], words)
    return small


def _sold(plan: Plan, small: Small, block: Mapping[str, Node], words: Words) -> None:
    """The contracts, orders and invoices of whoever's turn it is."""
    for number, node in enumerate(block["contracts"].items if "contracts" in block else (), 1):
        _contract(plan, small, node, number, words)
    for table, word in (("orders", "orders"), ("invoices", "invoices")):
        for number, node in enumerate(block[word].items if word in block else (), 1):
            _sale(plan, small, table, node, number, words)


def _member(plan: Plan, small: Small, node: Node, number: int, words: Words) -> None:
    """Somebody of the person's team, who reports to them: their quota (as ramped), and what they sold.

    A pool is shared with them: then they are under the plan, too, from their first day (`since`) on.
    """
    block = words.block(node, f"team {number}", MEMBER)
    small.seller = small.person(words.text(block.get("name"), f"member {number}"))
    small.add("people", person_id=small.seller)
    since = words.day(block.get("since"), f"team {number}: since", node) or small.first
    if any(part.pool for part in plan.parts):
        small.others.append(small.seller)
    small.add("positions", person_id=small.seller, from_on=since, to_on=small.last, role=f"of {small.prefix}",
              manager_id=small.you, team_id=f"{small.prefix}:team", currency=plan.currency)  # fmt: skip
    if "quota" in block:
        _quotas(plan, small, block["quota"], words)
    _sold(plan, small, block, words)
    small.seller = small.you


def _frame(plan: Plan, block: Mapping[str, Node], prefix: str, words: Words, year_starts: int) -> Small:
    """The person is under the plan for all windows that the example's days touch; it is looked at when all is decided."""
    days = _days(list(block.values()))
    if "period" in block:
        days.append(parse_period(words.text(block["period"]), year_starts).from_on)
    first, last = min(days, default=plan.from_on), max(days, default=plan.from_on)
    kinds = {_kind(part.over, plan) for part in plan.parts} | {plan.period}
    longest = max(kinds, key=lambda kind: MONTHS_IN[kind])
    ends = period_of(month_index(last), longest, year_starts).to_on
    steps = [
        step.until or 0 for part in plan.parts for one in (part.hold, part.take_back) if one for step in one.schedule
    ]
    as_of = words.day(block.get("as_of"), "as_of", block["as_of"]) if "as_of" in block else None
    return Small(prefix, period_of(month_index(first), longest, year_starts).from_on, ends,
                 as_of or ends + timedelta(days=max(steps, default=0) + 1),
                 period_of(month_index(last), plan.period, year_starts).first_month, year_starts, as_of is None)  # fmt: skip


def _kind(over: str, plan: Plan) -> PeriodKind:
    """How long a part's window is; a window as long as the plan counts as a year here."""
    lengths: dict[str, PeriodKind] = {"quarter": "quarter", "year": "year", "plan": "year"}
    kind = lengths.get(over, plan.period)
    return kind if MONTHS_IN[kind] > MONTHS_IN[plan.period] else plan.period


def _days(nodes: list[Node]) -> list[date]:
    """Every day on which something was signed or sold in what is given."""
    found: list[date] = []
    for node in nodes:
        for item in node.items if isinstance(node.value, list) else ():
            on = item.block.get("signed") or item.block.get("day")
            found += [on.value] if on is not None and isinstance(on.value, date) else []
    return found


def _people(plan: Plan, small: Small, months_in_role: int, left_on: date | None) -> None:
    """The person, who at the first day is in their first month in the role (or so many), and the others' roles."""
    applies = {word: values[0] for word, values in plan.applies_to.items()}
    small.add("people", person_id=small.you, left_on=left_on)
    since = add_months(small.first, 1 - months_in_role)
    small.add("positions", person_id=small.you, from_on=since, to_on=small.last, role=applies.get("role", "you"),
              segment=applies.get("segment"), region=applies.get("region"), currency=plan.currency,
              target_pay=None, team_id=f"{small.prefix}:team")  # fmt: skip
    small.add("teams", team_id=f"{small.prefix}:team", name="team", department=applies.get("department", "sales"))
    for role in sorted(_other_roles(plan)):
        small.add("people", person_id=small.person(role))


def _other_roles(plan: Plan) -> set[str]:
    roles = {share.who for row in plan.credit for share in row.shares} | {also.role for also in plan.also_pays}
    return roles - {"deal_shares", "owner", *plan.applies_to.get("role", ())}


def _customer(plan: Plan, small: Small, name: str, segment: str | None = None) -> str:
    """A customer whom everybody in the example covers, each in their role."""
    customer_id = f"{small.prefix}:{name}"
    if customer_id in [row["customer_id"] for row in small.rows.get("customers", ())]:
        return customer_id
    small.add("customers", customer_id=customer_id, segment=segment)
    own = plan.applies_to.get("role", ("you",))[0]
    for role, person in [(own, small.seller), *((role, small.person(role)) for role in sorted(_other_roles(plan)))]:
        small.add("coverage", customer_id=customer_id, person_id=person, role=role,
                  from_on=small.covered_since if person == small.you else date(1990, 1, 1))  # fmt: skip
    return customer_id


def _quotas(plan: Plan, small: Small, node: Node, words: Words) -> None:
    """The quota of each window of what is set against it: the seller's, or their team's where the team's result counts."""
    spans = {measure: (_kind(part.over, plan), unit) for part in plan.parts
             for measure, unit, against in _against(part) if against == "quota"}  # fmt: skip
    said = words.block(node, "quota", spans) if isinstance(node.value, dict) else dict.fromkeys(spans, node)
    for measure, child in said.items():
        kind, unit = spans[measure]
        whose = {"person_id": small.seller, "team_id": ""}
        if unit == "team" and small.seller == small.you:
            whose = {"person_id": "", "team_id": f"{small.prefix}:team"}
        window = period_of(month_index(small.first), kind, small.year_starts)
        while window.from_on < small.last:
            small.add("quotas", **whose, measure=measure, from_on=window.from_on, to_on=window.to_on,
                      target=words.money(child, "quota"), currency=plan.currency)  # fmt: skip
            window = window.shift(1)


def _against(part: Part) -> list[tuple[str, str, str]]:
    """What the part and everything that it looks at measures, of whom, and against what."""
    return [(part.measure, part.unit, part.against), *((one.measure, one.unit, one.against) for one in part.readings)]


def _contract(plan: Plan, small: Small, node: Node, number: int, words: Words) -> None:
    block = words.block(node, f"contract {number}", CONTRACT)
    name = words.text(block.get("id"), f"contract {number}")
    signed = words.day(block.get("signed"), f"contract {name}: signed", node) or small.first
    value = words.money(block["annual_value"], "annual_value") if "annual_value" in block else None
    amount = words.money(block["amount"], "amount") if "amount" in block else value
    currency = words.text(block.get("currency"), plan.currency)
    customer_id = _customer(
        plan, small, words.text(block.get("customer"), name), words.text(block.get("segment")) or None
    )
    contract_id = f"{small.prefix}:{name}"
    deal_id = f"{small.prefix}:deal {name}"
    small.add("deals", deal_id=deal_id, customer_id=customer_id, owner_id=small.seller, outcome="won", closed_on=signed,
              kind=words.text(block.get("kind"), "new"), product=words.text(block.get("product")) or None, annual_value=value, amount=amount, currency=currency)  # fmt: skip
    _shared(small, deal_id, block, words)
    left = words.day(block.get("left"), f"contract {name}: left", node)
    small.add("contracts", contract_id=contract_id, customer_id=customer_id, deal_id=deal_id, starts_on=signed,
              annual_value=value, currency=currency, ended_on=left, end_reason=words.text(block.get("reason")) or None)  # fmt: skip
    paid = words.day(block.get("paid"), f"contract {name}: paid", node)
    if paid is not None:
        small.add("invoices", invoice_id=f"{small.prefix}:first {name}", customer_id=customer_id, contract_id=contract_id,
                  issued_on=signed, paid_on=paid, amount=amount or value or Decimal(1), currency=currency)  # fmt: skip
    for kind in MILESTONES:
        at = block.get("live") if kind == "went_live" and "live" in block else block.get(kind)
        reached = words.day(at, f"contract {name}: {kind}", node)
        if reached is not None:
            small.add("milestones", customer_id=customer_id, contract_id=contract_id, kind=kind,
                      reached_at=datetime(reached.year, reached.month, reached.day))  # fmt: skip # noqa: DTZ001


def _shared(small: Small, deal_id: str, block: Mapping[str, Node], words: Words) -> None:
    if "share" in block:
        share = words.percent(block["share"], "share")
        part = Decimal(share.numerator) / Decimal(share.denominator)
        small.add("deal_shares", deal_id=deal_id, person_id=small.you, role="own", share=part, overlay=False)
        small.add("deal_shares", deal_id=deal_id, person_id=f"{small.prefix}:other", role="own", share=1 - part,
                  overlay=False)  # fmt: skip


def _sale(plan: Plan, small: Small, table: str, node: Node, number: int, words: Words) -> None:
    """An order or invoice: a number is its amount, on the period's days one after the other."""
    block = words.block(node, f"{table} {number}", SOLD) if isinstance(node.value, dict) else {"amount": node}
    if "amount" not in block:
        words.say(node, "plan-word-missing", f"{table} {number} has no amount", expected="amount: 500")
        return
    if number_of(block["amount"].raw) is None:
        words.say(block["amount"], "plan-amount", f"{table} {number}: the amount is no number")
        return
    amount = Decimal(block["amount"].raw.replace("_", ""))
    name = words.text(block.get("id"), f"{table} {number}")
    on_day = words.day(block.get("day"), f"{name}: day", node) or small.first + timedelta(days=number - 1)
    currency = words.text(block.get("currency"), plan.currency)
    customer_id, own_id = _customer(plan, small, name), f"{small.prefix}:{name}"
    if table == "orders":
        small.add("orders", order_id=own_id, customer_id=customer_id, person_id=small.seller, amount=amount,
                  ordered_at=datetime(on_day.year, on_day.month, on_day.day), currency=currency)  # fmt: skip # noqa: DTZ001
    else:
        paid = words.day(block.get("paid"), f"{name}: paid", node)
        small.add("invoices", invoice_id=own_id, customer_id=customer_id, issued_on=on_day, paid_on=paid, amount=amount,
                  currency=currency)  # fmt: skip


def _renewals(plan: Plan, small: Small, node: Node, words: Words) -> None:
    """`due` comes up for renewal in the middle of the example's last period; `renewed` of it is, and `saved` after a notice."""
    block = words.block(node, "renewals", ("due", "renewed", "saved", "content"))
    content = words.percent(block["content"], "renewals: content") if "content" in block else Fraction(1)
    due, renewed, saved = (words.money(block[word], word) if word in block else Decimal(0)
                           for word in ("due", "renewed", "saved"))  # fmt: skip
    period = period_of(small.last_period, plan.period, small.year_starts)
    ends = period.from_on + (period.to_on - period.from_on) / 2
    kept_before = min(renewed, due - saved)
    for name, before, after in (("renewed", kept_before, renewed), ("saved", saved, saved),
                                ("lost", due - saved - kept_before, Decimal(0))):  # fmt: skip
        if before or after:
            _renewal(plan, small, name, ends, before, after, content)


def _renewal(plan: Plan, small: Small, name: str, ends: date, before: Decimal, after: Decimal,
             content: Fraction) -> None:  # fmt: skip
    customer_id, old = _customer(plan, small, name), f"{small.prefix}:old {name}"
    notice = ends - timedelta(days=60) if name == "saved" else None
    small.add("contracts", contract_id=old, customer_id=customer_id, starts_on=ends - timedelta(days=365), ends_on=ends,
              annual_value=before, currency=plan.currency, notice_on=notice,
              ended_on=ends if name == "lost" else None)  # fmt: skip
    if after:
        small.add("contracts", contract_id=f"{small.prefix}:{name}", customer_id=customer_id, starts_on=ends,
                  annual_value=after, currency=plan.currency, renews_id=old)  # fmt: skip
    if notice is not None:
        asked = datetime(notice.year, notice.month, notice.day) + timedelta(days=1)  # noqa: DTZ001
        small.add("touches", touch_id=f"{small.prefix}:rescue", customer_id=customer_id, kind="save_attempt", at=asked)
        for kind in ("csat", "nps", "ces", "choose_again"):
            small.add("surveys", invitation_id=f"{small.prefix}:{kind}", customer_id=customer_id, kind=kind,
                      answered_at=asked + timedelta(days=30), score=_exact(content * 10), scale_min=Decimal(0),
                      scale_max=Decimal(10))  # fmt: skip


def _objective(plan: Plan, small: Small, node: Node, number: int, words: Words) -> None:
    """A goal that ends with the period the example tells of; without a score it is not scored yet."""
    block = words.block(node, f"objective {number}", OBJECTIVE)
    period = Period(small.last_period, plan.period, small.year_starts)
    said = {
        word: words.percent(block[word], f"objective {number}: {word}") for word in ("weight", "score") if word in block
    }
    small.add("objectives", person_id=small.you, objective=words.text(block.get("name"), f"objective {number}"),
              from_on=period.from_on, to_on=period.to_on, **{word: _exact(value) for word, value in said.items()})  # fmt: skip


def _measure(small: Small, name: str, node: Node, words: Words) -> None:
    """A score as pay uses it: `{answers: 34, value: 46}`, or the value alone."""
    block = words.block(node, name, ("answers", "value")) if isinstance(node.value, dict) else {"value": node}
    if "value" not in block:
        words.say(node, "plan-word-missing", f"{name} has no value", expected="{answers: 34, value: 46}")
        return
    raw = block["value"].raw
    value = percent_of(raw) if percent_of(raw) is not None else number_of(raw)
    if value is None:
        words.say(block["value"], "plan-value", f"{name}: the value is no number")
        return
    answers = words.count(block["answers"], f"{name}: answers") if "answers" in block else 1_000_000
    for person in (small.you, *small.others):
        small.measures.append({"person_id": person, "measure": name, "n": answers, "value": _exact(value)})


def _exact(value: Fraction) -> Decimal:
    """A number of the record: six decimals."""
    return Decimal(round(value * 10**6)).scaleb(-6)
