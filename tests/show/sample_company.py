"""The tables of a small company's run, drawn by seed: enough of each for every section of the report."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa

from keepwell.pay.plan import Part, Plan, Point, Rounding, Shape, Step, TakeBack, Value
from keepwell.show.summary import words_of

TODAY = date(2026, 9, 30)
QUARTERS = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
SELLERS = tuple(f"hr:s{i}" for i in range(8))


def plan_of(name, parts):
    """A plan with the parts that are said: name, what it rewards, and whether it is taken back."""
    shape = Shape("rate", (Point(Fraction(0), Value(Fraction(1, 10), percent=True)),), percent_keys=False)
    taken = TakeBack("Taken back.", (Step(180, Fraction(3, 5)), Step(None, Fraction(0))), (), Fraction(1, 4))
    return Plan(
        name=name, title=name, applies_to={}, from_on=date(2026, 1, 1), to_on=None, period="quarter", currency="EUR",
        target_pay=None, rounding=Rounding(Decimal("0.01"), "half_even"), credit=(), saved=None, also_pays=(), examples=(),
        file=f"plans/{name}.yaml",
        parts=tuple(
            Part(name=part, weight=None, on_top=False, rewards=rewards, says=f"You are paid for {part}.", measure="x", unit="own",
                 credit=(), against="nothing", to_date=False, over="period", shape=shape, evidence=None, hold=None,
                 take_back=taken if back else None, at_most=None, at_least=None, line=1)
            for part, rewards, back in parts
        ),
    )  # fmt: skip


PLANS = tuple(
    plan_of(name, parts)
    for name, parts in {
        "ae-2026": (("new_business", "sale", True), ("go_live", "customer_outcome", False)),
        "csm-2026": (("kept_revenue", "customer_outcome", False), ("expansion", "sale", False)),
        "rep-2026": (("csat", "customer_outcome", False), ("service_level", "speed", False)),
        "mkt-2026": (("leads", "sale", False),),
    }.items()
)
PARTS = words_of(PLANS)
MONTHS = tuple(2025 * 12 + 9 + 3 * quarter for quarter in range(4))


def _table(rows, **schema):
    return pa.Table.from_pylist(rows, pa.schema([pa.field(k, v) for k, v in schema.items()]) if schema else None)


def pay_totals():
    dice = np.random.default_rng(1)
    plans = {"ae-2026": SELLERS, "csm-2026": tuple(f"hr:c{i}" for i in range(4)),
             "rep-2026": tuple(f"hr:r{i}" for i in range(6)), "mkt-2026": ("hr:m1", "hr:m2")}  # fmt: skip
    level = {"new_business": 9000, "go_live": 1200, "kept_revenue": 3200, "expansion": 900, "csat": 900,
             "service_level": 600, "leads": 1500}  # fmt: skip
    return _table([
        {"scenario": "actual", "person_id": who, "plan": plan, "version": "2026-01-01", "part": part, "period": month,
         "currency": "EUR", "payable": Decimal(str(round(level[part] * (0.5 + dice.random()), 2))),
         "held": Decimal("10.00"), "taken_back": Decimal("10.00")}
        for plan, people in plans.items() for who in people for month in MONTHS
        for of, part in PARTS if of == plan
    ])  # fmt: skip


def positions_and_teams():
    teams = [{"team_id": f"t:{name}", "name": name.title(), "department": name}
             for name in ("sales", "success", "support", "marketing")]  # fmt: skip
    positions = [
        {"person_id": who, "from_on": date(2025, 1, 1), "team_id": f"t:{name}"} for who, name in in_department().items()
    ]
    return _table(positions), _table(teams)


def in_department():
    return {
        **dict.fromkeys(SELLERS, "sales"), **{f"hr:c{i}": "success" for i in range(4)},
        **{f"hr:r{i}": "support" for i in range(6)}, "hr:m1": "marketing", "hr:m2": "marketing",
    }  # fmt: skip


def measures():
    dice = np.random.default_rng(2)
    rows = []

    def add(measure, kind, unit, period, value, n, half, period_kind="quarter"):
        rows.append({"measure": measure, "unit_kind": kind, "unit": unit, "period_kind": period_kind, "period": period,
                     "value": value, "n": n, "low": value - half, "high": value + half, "se": half / 1.96,
                     "credible": value, "z": 0.6, "collective": value})  # fmt: skip

    for index, quarter in enumerate(QUARTERS):
        add("promises_kept", "company", "company", quarter, 0.78 - 0.03 * index, 412 + index, 0.04)
        add("nps", "company", "company", quarter, 31.0 - 3.4 * index, 180 + 9 * index, 8.8 - index * 0.5)
        add("time_to_value", "company", "company", quarter, 41 + 3.0 * index, 60, 6.0)
        add("csat", "company", "company", quarter, 0.81 + 0.01 * index, 640, 0.03)
        add("grr", "company", "company", quarter, 0.91 - 0.01 * index, 97, 0.03)
        for team in ("Mid-market north", "Mid-market south", "Enterprise", "Support desk"):
            for measure, middle, spread, half in (("promises_kept", 0.7, 0.1, 0.07), ("nps", 22, 14, 12),
                                                  ("csat", 0.8, 0.06, 0.05), ("time_to_value", 45, 9, 8),
                                                  ("grr", 0.88, 0.03, 0.05)):  # fmt: skip
                n = 3 if (team, measure) == ("Enterprise", "nps") else 60
                add(measure, "team", team, quarter, middle + spread * (dice.random() - 0.5), n, half)
    for seller, kept, nps in zip(SELLERS, (0.88, 0.52, 0.7, 0.75, 0.72, 0.69, 0.8, 0.74),
                                 (44, 3, 20, 25, 22, 18, 30, 27), strict=True):  # fmt: skip
        add("promises_kept", "person", seller, "all", kept, 118, 0.07, "all")
        add("nps", "person", seller, "all", float(nps), 52, 16.0, "all")
    return pa.Table.from_pylist(rows)


def deals_and_contracts():
    """Two sellers sign alike; of the second one's customers fewer stay."""
    dice = np.random.default_rng(3)
    stay = dict(zip(SELLERS, (0.97, 0.5, 0.85, 0.8, 0.82, 0.8, 0.84, 0.8), strict=True))
    deals, contracts = [], []
    for index, seller in enumerate(SELLERS):
        for number in range(40):
            of_story = (index, number) == (1, 0)
            signed = date(2026, 3, 30) if of_story else date(2025, 1, 10) + timedelta(days=int(dice.integers(0, 480)))
            value = Decimal(84000 if of_story else int(dice.integers(20, 60)) * 1000 + index * 9000 * (index > 1))
            key = f"crm:{seller[-2:]}-{number}"
            left = dice.random() > stay[seller] or of_story
            deals.append({"deal_id": f"{key}d", "customer_id": key, "owner_id": seller, "kind": "new", "opened_on": signed - timedelta(days=60), "closed_on": signed,
                          "outcome": "won", "amount": value, "annual_value": value, "currency": "EUR",
                          "discount": Decimal("0.1")})  # fmt: skip
            contracts.append({"contract_id": f"{key}c", "customer_id": key, "deal_id": f"{key}d", "starts_on": signed,
                              "notice_on": signed + timedelta(days=141) if left else None,
                              "ended_on": signed + timedelta(days=171) if left else None,
                              "end_reason": "never_went_live" if left else None, "annual_value": value})  # fmt: skip
    return pa.Table.from_pylist(deals), pa.Table.from_pylist(contracts)


def story_tables():
    """One customer's rows in the tables that tell of it, and its pay lines."""
    who, at = "crm:s1-0", datetime
    promise_ledger = _table([
        {"customer_id": who, "ref_table": "promises", "person_id": "hr:s1", "made_on": date(2026, 3, 26), "kind": kind,
         "status": status, "due_on": due}
        for kind, status, due in (("date", "late", date(2026, 5, 15)), ("feature", "broken", date(2026, 7, 1)),
                                  ("service_level", "kept", date(2026, 8, 1)))
    ])  # fmt: skip
    coverage = _table([
        {"customer_id": who, "person_id": person, "role": role, "from_on": on}
        for person, role, on in (("hr:s1", "account_executive", date(2026, 3, 30)), ("hr:d1", "delivery_lead", date(2026, 4, 2)),
                                 ("hr:d2", "customer_success_manager", date(2026, 6, 20)))
    ])  # fmt: skip
    milestones = _table([{"customer_id": who, "kind": "went_live", "due_on": date(2026, 5, 15),
                          "reached_at": at(2026, 6, 25, 9)}])  # fmt: skip
    handoffs = _table([
        {"ticket_id": "h:1", "of": "person", "customer_id": who, "at": at(2026, 7, day, 9), "is_return": day > 4}
        for day in (3, 4, 5, 6)
    ])  # fmt: skip
    tickets = _table([
        {"customer_id": who, "opened_at": at(2026, 7, day, 9), "met_service_level": met}
        for day, met in ((3, False), (9, False), (17, True))
    ])  # fmt: skip
    surveys = _table([{"customer_id": who, "kind": "nps", "answered_at": at(2026, 7, 20, 9), "score": Decimal(3),
                       "scale_max": Decimal(10)}])  # fmt: skip
    touches = _table([{"customer_id": who, "kind": "save_attempt", "person_id": "hr:d2", "at": at(2026, 8, 20, 9)}])
    lines = _table([
        {"scenario": "actual", "line_id": line, "person_id": "hr:s1", "plan": "ae-2026", "part": "new_business",
         "customer_id": who, "period": period, "movement": movement, "reason": reason, "currency": "EUR",
         "fact_on": date(2026, 3, 30), "on_day": on, "amount": Decimal(amount)}
        for line, period, movement, reason, on, amount in (
            ("7c01", MONTHS[1], "advanced", "new", date(2026, 3, 30), "7250.00"),
            ("8f3a04", MONTHS[3], "taken_back", "taken back", date(2026, 9, 17), "-4350.00"),
        )
    ])  # fmt: skip
    return {"promise_ledger": promise_ledger, "coverage": coverage, "milestones": milestones, "handoffs": handoffs,
            "tickets": tickets, "surveys": surveys, "touches": touches, "pay_lines": lines}  # fmt: skip


def tables():
    """All tables of the company, as a run and the record would give them."""
    deals, contracts = deals_and_contracts()
    positions, teams = positions_and_teams()
    return {
        **story_tables(), "deals": deals, "contracts": contracts, "positions": positions, "teams": teams,
        "pay_totals": pay_totals(), "measures": measures(), "transitions": transitions(), "stages": stages(),
        "ownership": ownership(),
    }  # fmt: skip


def ownership():
    return _table([
        {"stage": stage, "days": 1000, "owned_days": owned, "is_now": True, "has_owner": index > 2}
        for stage, owned in (("evaluate", 980), ("install", 830), ("use", 640)) for index in range(9)
    ])  # fmt: skip


def transitions():
    ways = (("aware", "evaluate", 640, 21), ("evaluate", "buy", 410, 34), ("buy", "deliver", 380, 6),
            ("deliver", "install", 371, 12), ("install", "adopt", 333, 23), ("adopt", "use", 290, 90),
            ("use", "support", 240, 18), ("support", "use", 226, 4), ("use", "renew", 188, 190), ("renew", "use", 170, 2),
            ("install", "support", 96, 5), ("support", "install", 80, 6), ("adopt", "leave", 31, 60), ("use", "leave", 44, 120),
            ("use", "advocate", 52, 75), ("advocate", "use", 50, 3), ("evaluate", "leave", 9, 40))  # fmt: skip
    return pa.Table.from_pylist(
        [{"from_stage": a, "to_stage": b, "count": n, "median_hours": days * 24.0} for a, b, n, days in ways]
    )


def stages():
    sizes = {"aware": 700, "evaluate": 640, "buy": 410, "deliver": 380, "install": 371, "adopt": 333, "use": 290,
             "support": 262, "renew": 188, "advocate": 52, "leave": 75}  # fmt: skip
    return pa.Table.from_pylist(
        [{"stage": stage, "customers": size, "now": size // 4, "median_hours": 240.0} for stage, size in sizes.items()]
    )
