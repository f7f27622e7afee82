"""A small company to whose customers everything happens, so that every model of a run has rows."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from record_rows import Rows


def busy_company() -> Rows:
    """A few customers to whom everything happens, so that every model has rows."""
    dice = random.Random(11)  # noqa: S311 the same company each time
    rows = Rows(today=date(2026, 7, 1), time_zone="Europe/Paris", year_starts=4, windows={"first_contact": 7})
    for number in range(6):
        department = ("sales", "success", "support")[number % 3]
        rows.person(f"p:{number}", f"t:{department}", department, is_system=number == 5)
    rows.add("positions", person_id="p:0", from_on=date(2026, 2, 1), role="lead", team_id="t:success")
    rows.add("exchange_rates", currency="USD", on=date(2024, 1, 1), rate="0.9")
    for number in range(12):
        _live(rows, number, dice)
    return rows


def _live(rows: Rows, number: int, dice: random.Random) -> None:
    customer, start = f"c:{number:02d}", date(2025, 1, 10) + timedelta(days=17 * number)

    def day(most: int) -> date:
        return start + timedelta(days=dice.randrange(most))

    def moment(most: int) -> datetime:
        return datetime.combine(day(most), datetime.min.time()) + timedelta(minutes=dice.randrange(1440))

    rows.add("customers", customer_id=customer, segment=dice.choice(["small", "large"]), region="north",
             customer_since_on=start)  # fmt: skip
    rows.add("deals", deal_id=f"d:{number}", customer_id=customer, owner_id="p:0", kind="new", outcome="won",
             opened_on=start - timedelta(days=30), closed_on=start, annual_value=1000 + number, amount=2000, currency="EUR")  # fmt: skip
    first, second, running = (f"k:{number}{letter}" for letter in "abc")
    rows.add("contracts", contract_id=first, customer_id=customer, deal_id=f"d:{number}", starts_on=start,
             ends_on=start + timedelta(days=365), annual_value=1000, currency="EUR",
             notice_on=start + timedelta(days=300) if number % 3 == 0 else None,
             ended_on=start + timedelta(days=365) if number % 4 == 1 else None)  # fmt: skip
    rows.add("touches", touch_id=f"x:{number}s", customer_id=customer, person_id="p:2", kind="save_attempt",
             at=datetime.combine(start + timedelta(days=305), datetime.min.time()))  # fmt: skip
    if number % 4 != 1:
        rows.add("contracts", contract_id=second, customer_id=customer, starts_on=start + timedelta(days=370),
                 annual_value=1100, currency="USD", renews_id=first)  # fmt: skip
    if number == 3:
        rows.add("contracts", contract_id=running, customer_id=customer, starts_on=start, annual_value=50)
    rows.add("coverage", customer_id=customer, person_id=f"p:{number % 5}", role="manager", from_on=start)
    rows.add("coverage", customer_id=customer, person_id="p:1", role="second", from_on=start, to_on=day(300))
    rows.add("orders", order_id=f"o:{number}", customer_id=customer, person_id="p:0", ordered_at=moment(300), amount=70,
             promised_on=day(400), shipped_at=moment(400), delivered_at=moment(420))  # fmt: skip
    rows.add("invoices", invoice_id=f"i:{number}", customer_id=customer, contract_id=first, issued_on=day(100),
             paid_on=day(200), amount=500, currency="EUR")  # fmt: skip
    rows.add("promises", promise_id=f"m:{number}", customer_id=customer, person_id="p:0", made_on=start, kind="date",
             due_on=day(80), kept_at=moment(120) if number % 2 else None, weight=1 + number % 3)  # fmt: skip
    rows.add("needs", need_id=f"n:{number}", customer_id=customer, stated_on=start, reviewed_on=day(50), met_on=day(90))
    for kind in ("went_live", "first_value"):
        rows.add("milestones", customer_id=customer, contract_id=first, kind=kind, due_on=day(60), person_id="p:1",
                 reached_at=moment(120) if number % 5 else None)  # fmt: skip
    rows.add("usage", customer_id=customer, day=day(300), feature="all", active_users=3, events=9, seats=10)
    rows.add("costs", cost_id=f"e:{number}", customer_id=customer, on=day(300), department="support", amount=20)
    for step in range(4):
        ticket, opened = f"t:{number}{step}", moment(400)
        rows.add("tickets", ticket_id=ticket, customer_id=customer, assignee_id=f"p:{dice.randrange(6)}", opened_at=opened,
                 first_reply_at=opened + timedelta(minutes=dice.randrange(500)), topic=dice.choice("ab"),
                 solved_at=opened + timedelta(hours=dice.randrange(90)) if dice.random() < 0.8 else None,
                 due_at=opened + timedelta(hours=40), reopens=dice.randrange(2), priority=dice.choice(["low", "urgent"]))  # fmt: skip
        for seq in range(3):
            rows.add("ticket_steps", ticket_id=ticket, at=opened + timedelta(hours=seq), seq=seq,
                     person_id=f"p:{dice.randrange(6)}")  # fmt: skip
        kind = ("nps", "csat", "ces", "choose_again")[step]
        rows.add("surveys", invitation_id=f"s:{number}{step}", customer_id=customer, kind=kind, invited_at=moment(300),
                 answered_at=moment(330) if dice.random() < 0.7 else None, score=dice.randrange(1, 6),
                 about=ticket if step % 2 else None)  # fmt: skip
