"""Companies: people whose positions change, customers, deals, contracts, renewals, and what was learned late.

`@` in a text stands for the company, so that many of them can be paid in one run and never meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from .books_made import goes_by_books
from .dice import Dice
from .lifts_made import add_transition
from .plans_made import Words, plan

Row = dict[str, Any]
FIRST, LAST = date(2026, 1, 1), date(2027, 3, 31)
ROLES = ("@seller", "@seller", "@engineer")
STAGES = 3


@dataclass
class Known:
    """A row, and how it was known at each of the stages: None, not at all."""

    table: str
    versions: list[Row | None]


@dataclass
class Made:
    """One company: its plans' files, its rows as they became known, and measures that are given."""

    plans: list[str] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    given: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)

    def rows(self, stage: int) -> Iterator[tuple[str, Row]]:
        """What is known at a stage."""
        for one in self.known:
            row = one.versions[stage]
            if row is not None:
                yield one.table, row


def named(value: Any, name: str) -> Any:
    """The same with the company's name for `@`."""
    if isinstance(value, str):
        return value.replace("@", name)
    if isinstance(value, dict):
        return {named(key, name): named(child, name) for key, child in value.items()}
    return [named(child, name) for child in value] if isinstance(value, list) else value


def companies() -> st.SearchStrategy[Made]:
    """Any company."""
    return st.randoms(use_true_random=True).map(lambda source: _Maker(Dice(source)).made)


class _Maker:
    """Makes a company, table after table."""

    def __init__(self, dice: Dice) -> None:
        self.dice, self.made = dice, Made()
        # many people of one role under one plan: only these are teams of which a plan speaks
        self.leaning = dice.pick(["", "", "units", "books"])
        self.crowded = self.leaning == "units"
        self.people = [
            f"@:p{number}" for number in range(1, (dice.whole(3, 5) if self.crowded else dice.whole(1, 4)) + 1)
        ]
        self.customers = [f"@:c{number}" for number in range(1, dice.whole(1, 4) + 1)]
        self.plans()
        self.positions()
        self.coverage()
        self.quotas()
        for number in range(dice.whole(4, 9) if self.crowded else dice.whole(1, 7)):
            self.deal(number)
        for number in range(dice.whole(5, 12) if self.leaning == "books" else dice.whole(0, 3)):
            self.renewal(number)
        for number in range(dice.whole(0, 4)):
            self.order(number)
        for number in range(dice.whole(0, 4)):
            self.invoice(number)
        self.objectives()
        for person in self.people:
            for measure in ("nps", "csat"):
                self.answers(person, measure)
                if dice.one_in(4):
                    value = Decimal(dice.whole(-50, 90)) if measure == "nps" else Decimal(dice.whole(40, 100)) / 100
                    self.made.given.append({"person_id": person, "measure": measure, "n": dice.pick([5, 30, 80]),
                                            "value": value + Decimal(dice.pick(["0", "0.0033"]))})  # fmt: skip

    def add(self, table: str, row: Row, *, late: bool = False, wrong: Row | None = None) -> None:
        """A row; where it may be late, it is known from some stage on, or known wrongly before."""
        versions: list[Row | None] = [row] * STAGES
        if late and self.dice.one_in(4):
            since = self.dice.whole(1, STAGES - 1)
            before = {**row, **wrong} if wrong and self.dice.one_in(2) else None
            versions = [before] * since + [row] * (STAGES - since)
            if self.dice.one_in(8):
                versions = [*versions[:-1], None]
        self.made.known.append(Known(table, versions))

    def plans(self) -> None:
        dice = self.dice
        applies = {"role": "@seller"} if self.leaning else self._applies("@seller")
        words = plan(dice, "a", applies, leaning=self.leaning)
        if dice.one_in(2):
            other = plan(dice, "b", {"role": "@engineer"} if not dice.one_in(6) else {"role": "@seller"})
            if dice.one_in(2):
                add_transition(dice, words, other)
            self._versions(other)
        self._versions(words)

    def _applies(self, role: str) -> Words:
        more: list[Words] = [{}, {}, {"segment": ["small", "large"]}, {"team": "@:t1"}, {"region": "north"},
                             {"department": "sales"}, {"person": "@:p1"}]  # fmt: skip
        return {"role": role, **self.dice.pick(more)}

    def _versions(self, words: Words) -> None:
        dice = self.dice
        starts = dice.pick([FIRST, FIRST, date(2026, 2, 15), date(2025, 11, 1)])
        ends = dice.pick([date(2027, 1, 1), date(2027, 1, 1), date(2026, 11, 20), None])
        changes = dice.pick([date(2026, 7, 1), date(2026, 5, 10)]) if dice.one_in(3) else None
        self._write(words, starts, changes or ends)
        if changes:
            later = deepcopy(words)
            later["parts"] = plan(dice, "x", {}, leaning=self.leaning)["parts"] if dice.one_in(2) else later["parts"]
            if "saved" not in later:
                later = _without_saves(later)
            if "target_pay" in later:
                later["target_pay"] = "15000"
            self._write(later, changes, ends)

    def _write(self, words: Words, starts: date, ends: date | None) -> None:
        effective = {"from": starts.isoformat()} | ({"to": ends.isoformat()} if ends else {})
        if not goes_by_books(words):
            words = {word: said for word, said in words.items() if word != "book"}
        parts = words["parts"] if ends else {name: _ending(part) for name, part in words["parts"].items()}
        self.made.plans.append(_flow({**words, "effective": effective, "parts": parts}))

    def positions(self) -> None:
        dice = self.dice
        for number in (1, 2):
            self.add(
                "teams",
                {"team_id": f"@:t{number}", "name": f"@ team {number}", "department": dice.pick(["sales", "success"])},
            )
        for person in self.people:
            left = dice.day(FIRST, LAST) if dice.one_in(5) else None
            self.add("people", {"person_id": person, "left_on": left, "is_system": True if dice.one_in(20) else None})
            cuts = sorted({dice.day(FIRST, LAST) for _ in range(dice.whole(0, 3))})
            starts = [dice.pick([date(2025, 6, 1), FIRST, date(2026, 1, 20)])]
            starts += [day for day in cuts if day > starts[0]]
            for start, end in zip(starts, [*starts[1:], None], strict=True):
                overlap = timedelta(days=3) if end and dice.one_in(12) else timedelta(0)
                self.add("positions", {
                    "person_id": person, "from_on": start, "to_on": end + overlap if end else None,
                    "role": ROLES[0] if self.leaning and not dice.one_in(8) else dice.pick(ROLES),
                    "manager_id": dice.pick([None, *self.people]), "team_id": dice.pick([None, "@:t1", "@:t2", "@:t1"]), "segment": dice.pick([None, "small", "large"]),
                    "region": dice.pick(["north", "south"]), "currency": dice.pick([None, "EUR", "USD"]),
                    "fte": dice.pick([None, Decimal(1), Decimal("0.5"), Decimal(0), Decimal("0.8"), Decimal("0.3333")]),
                    "target_pay": dice.pick([Decimal(50000), Decimal("48000.5"), Decimal(50000), None]),
                }, late=dice.one_in(3), wrong={"fte": Decimal(1)})  # fmt: skip

    def coverage(self) -> None:
        dice = self.dice
        for customer in self.customers:
            self.add("customers", {"customer_id": customer, "segment": dice.pick(["small", "large", None])}, late=dice.one_in(3),
                     wrong={"segment": "large"})  # fmt: skip
            alone = self.leaning == "books" and dice.one_in(2)
            for role in ("@seller", "@engineer", "@service_rep")[: 1 if alone else 3]:
                sharing = dice.pick([[None], [None], [Decimal("0.5")] * 2, [Decimal("0.333333333")] * 3, []])
                for place, share in enumerate(sharing):
                    ends = dice.day(FIRST, LAST) if dice.one_in(2 if self.leaning == "books" else 4) else None
                    person = self.people[(place + dice.whole(0, len(self.people) - 1)) % len(self.people)]
                    starts = date(2024, 1, 1) + timedelta(days=place)
                    if dice.one_in(3 if self.leaning == "books" else 6):
                        starts = (
                            dice.day(FIRST, LAST) if ends is None else ends - timedelta(days=dice.pick([1, 31, 200]))
                        )
                    self.add("coverage", {"customer_id": customer, "person_id": person, "role": role,
                                          "from_on": starts, "to_on": ends, "share": share}, late=True)  # fmt: skip
                    if ends:
                        follows = ends + timedelta(
                            days=dice.pick([0, 30, 90, 91] if self.leaning == "books" else [0, 0, 0, 30, 90])
                        )
                        self.add("coverage", {"customer_id": customer, "person_id": dice.pick([person, *self.people]), "role": role,
                                              "from_on": follows, "to_on": None, "share": share})  # fmt: skip

    def quotas(self) -> None:
        dice = self.dice
        for person, team in [
            *((person, "") for person in self.people),
            *(("", f"@:t{number}") for number in (1, 2) if dice.one_in(2)),
        ]:
            for measure in (
                "signed_annual_value",
                "order_amount",
                "invoiced_amount",
                "renewed_annual_value",
                "signed_amount",
            ):
                kind = dice.pick(["year", "quarters", "odd", "none", "year", *(["year"] * 5 if self.crowded else [])])
                spans = {"year": [(FIRST, date(2027, 1, 1)), (date(2027, 1, 1), date(2028, 1, 1))],
                         "quarters": [(date(2026, month, 1), date(2026 + month // 10, (month + 2) % 12 + 1, 1))
                                      for month in (1, 4, 7, 10)],
                         "odd": [(date(2025, 12, 10), date(2026, 5, 17)), (date(2026, 5, 17), date(2027, 2, 2))],
                         "none": []}[kind]  # fmt: skip
                for start, end in spans:
                    target = dice.pick(
                        [Decimal(100000), Decimal(60000), Decimal("33333.33"), Decimal(0), Decimal(100000)]
                    )
                    self.add("quotas", {"person_id": person, "team_id": team, "measure": measure, "from_on": start, "to_on": end,
                                        "target": target, "currency": dice.pick([None, "EUR", "EUR", "USD"])},
                             late=dice.one_in(4), wrong={"target": Decimal(80000)})  # fmt: skip

    def deal(self, number: int) -> None:
        dice = self.dice
        deal, customer = f"@:d{number}", dice.pick([*self.customers, *self.customers, None])
        closed = dice.day(FIRST, LAST)
        row = {"deal_id": deal, "customer_id": customer, "owner_id": dice.pick([*self.people, *self.people, None]),
               "kind": dice.pick(["new", "new", "expansion", None, "renewal"]), "closed_on": closed,
               "product": dice.pick(["Care", "Help", "Other", None]),
               "outcome": dice.pick(["won", "won", "won", "won", "lost"]), "amount": dice.pick([dice.amount(), None]),
               "annual_value": dice.pick([dice.amount(), dice.amount(), None]), "currency": self.currency()}  # fmt: skip
        self.add("deals", row, late=True, wrong={"annual_value": dice.amount(), "owner_id": dice.pick(self.people)})
        sharing = dice.pick([[], [], ["1"], ["0.5", "0.5"], ["0.333333333"] * 3, ["0.7", "0.2"]])
        for place, share in enumerate(sharing):
            self.add("deal_shares", {"deal_id": deal, "person_id": self.people[place % len(self.people)], "role": f"r{place}",
                                     "share": Decimal(share), "overlay": None}, late=dice.one_in(3))  # fmt: skip
        if dice.one_in(5):
            self.add("deal_shares", {"deal_id": deal, "person_id": dice.pick(self.people), "role": "se", "share": dice.share(),
                                     "overlay": True})  # fmt: skip
        if customer is not None and not dice.one_in(4):
            self.contract(f"@:k{number}", customer, deal, closed)

    def contract(self, name: str, customer: str, deal: str, starts: date) -> None:
        dice = self.dice
        left = starts + timedelta(days=dice.pick([0, 30, 31, 89, 90, 91, 200])) if dice.one_in(3) else None
        row = {"contract_id": name, "customer_id": customer, "deal_id": deal, "starts_on": starts, "ended_on": left,
               "annual_value": dice.amount(), "currency": self.currency(),
               "end_reason": dice.pick(["price", "force_majeure", None]) if left else None}  # fmt: skip
        self.add("contracts", row, late=True, wrong={"ended_on": None, "end_reason": None})
        for kind in ("went_live", "delivered"):
            if dice.one_in(2):
                days = dice.pick([0, 10, 30, 31, 90, 91, 120, 180, 181, 300])
                moment = datetime(starts.year, starts.month, starts.day, dice.pick([0, 12, 23]), 30) + timedelta(
                    days=days
                )
                self.add("milestones", {"customer_id": customer, "contract_id": dice.pick([name, name, ""]), "kind": kind,
                                        "reached_at": moment, "@": name}, late=True)  # fmt: skip

    def answers(self, person: str, measure: str) -> None:
        """In some months of the year before and of this one, mostly in one team."""
        dice = self.dice
        for month in range(2025 * 12 + 9, 2027 * 12, dice.pick([1, 2, 3, 5])):
            n = dice.pick([0, 2, 4, 9, 16, 25])
            good = dice.whole(0, n)
            bad = dice.whole(0, n - good) if measure == "nps" else 0
            self.made.answers.append({"person_id": person, "team_id": dice.pick(["@:t1", "@:t1", "@:t2", ""]), "measure": measure,
                                      "month": month, "n": n, "a": good, "b": bad})  # fmt: skip

    def objectives(self) -> None:
        dice = self.dice
        for person in self.people:
            weighed = dice.one_in(2)
            for number in range(dice.whole(0, 6)):
                ends = dice.pick(
                    [date(2026, 4, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 5, 15), date(2027, 1, 1)]
                )
                weight = dice.share() if weighed and not dice.one_in(12) else None
                self.add("objectives", {"person_id": person, "objective": f"goal {number}", "from_on": date(2026, 1, 1), "to_on": ends,
                                        "weight": weight, "score": dice.pick([Decimal("0.8"), Decimal(1), Decimal("0.333333333")])},
                         late=True, wrong={"score": None})  # fmt: skip

    def renewal(self, number: int) -> None:
        dice = self.dice
        customer, ends = dice.pick(self.customers), dice.day(FIRST, LAST)
        old, new = f"@:old{number}", f"@:new{number}"
        notice = ends - timedelta(days=dice.pick([60, 30])) if dice.one_in(2) else None
        lost = dice.one_in(4)
        self.add("contracts", {"contract_id": old, "customer_id": customer, "deal_id": None, "starts_on": ends - timedelta(days=365),
                               "ends_on": None if notice and dice.one_in(4) else ends, "annual_value": dice.amount(),
                               "currency": self.currency(), "notice_on": notice, "ended_on": ends if lost else None,
                               "end_reason": None}, late=True)  # fmt: skip
        if not lost:
            left = ends + timedelta(days=dice.pick([0, 20, 30, 60, 100])) if dice.one_in(3) else None
            self.add("contracts", {"contract_id": new, "customer_id": customer, "deal_id": None, "starts_on": ends, "renews_id": old,
                                   "annual_value": dice.amount(), "currency": self.currency(), "ended_on": left,
                                   "end_reason": None}, late=True, wrong={"ended_on": None})  # fmt: skip
        if notice and not dice.one_in(4):
            tried = datetime(notice.year, notice.month, notice.day, 12) + timedelta(
                days=dice.pick([0, 4, 5, 6, 14, 15])
            )
            self.add("touches", {"touch_id": f"@:t{number}", "customer_id": customer, "kind": "save_attempt", "at": tried,
                                 "person_id": dice.pick(self.people)}, late=True)  # fmt: skip
            for place in range(dice.whole(0, 2)):
                self.add("surveys", {"invitation_id": f"@:s{number}-{place}", "customer_id": customer, "kind": "csat",
                                     "answered_at": tried + timedelta(days=dice.pick([1, 40, 100])), "score": Decimal(dice.pick([5, 4, 2])),
                                     "scale_min": Decimal(1), "scale_max": Decimal(5)}, late=True)  # fmt: skip

    def order(self, number: int) -> None:
        dice = self.dice
        day = dice.day(FIRST, LAST)
        self.add("orders", {"order_id": f"@:o{number}", "customer_id": dice.pick([*self.customers, None]),
                            "person_id": dice.pick([*self.people, None]), "amount": dice.amount(50000, negative=True),
                            "ordered_at": datetime(day.year, day.month, day.day, dice.pick([0, 12, 23]), 30),
                            "currency": self.currency()}, late=True, wrong={"amount": Decimal(100)})  # fmt: skip

    def invoice(self, number: int) -> None:
        dice = self.dice
        day = dice.day(FIRST, LAST)
        self.add("invoices", {"invoice_id": f"@:i{number}", "customer_id": dice.pick([None, *self.customers]),
                              "contract_id": dice.pick([None, "@:k0", "@:k1"]), "order_id": dice.pick([None, "@:o0"]),
                              "issued_on": day, "paid_on": day + timedelta(days=dice.whole(0, 60)) if dice.one_in(2) else None,
                              "amount": dice.amount(50000, negative=True), "currency": self.currency()}, late=True)  # fmt: skip

    def currency(self) -> str | None:
        """Mostly the company's own; CHF is known only from the middle of the year on, JPY never."""
        return self.dice.pick(["EUR", "EUR", None, "EUR", "USD", "GBP", "CHF", "JPY"])


def _without_saves(words: Words) -> Words:
    """Parts of a plan that does not say what a save is."""
    for part in words["parts"].values():
        if "credit" in part and "saved" in (part["credit"] if isinstance(part["credit"], list) else [part["credit"]]):
            part["credit"] = "renewed"
    return words


def _ending(part: Words) -> Words:
    """A part of a plan without an end, the whole of which has neither quota nor target."""
    return {**part, "over": "year to date"} if part.get("over") == "plan to date" else part


def _flow(value: Any) -> str:
    """A plan file in one line; every scalar as it is written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(child) for child in value) + "]"
    text = str(value)
    return f'"{text}"' if "@" in text else text


def _key(text: str) -> str:
    return f'"{text}"' if "@" in text else text


def rates() -> list[Row]:
    """Exchange rates that all companies share."""
    said = [("USD", "2025-11-01", "0.9"), ("USD", "2026-02-01", "0.85"), ("USD", "2026-05-10", "0.913457123"),
            ("USD", "2026-09-01", "0.88"), ("GBP", "2025-01-01", "1.173456"), ("GBP", "2026-06-30", "1.15"),
            ("CHF", "2026-07-01", "1.05"), ("CHF", "2026-03-01", "0")]  # fmt: skip
    return [{"currency": currency, "on": date.fromisoformat(on), "rate": Decimal(rate)} for currency, on, rate in said]
