"""A plan that says the words which make more of a part's pay than its shape, and a company paid by it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pay_company import Company, plan

SALE = "measure: signed_annual_value, against: quota, pays: {curve: {0%: 0%, 100%: 100%, 200%: 300%}}"
CSAT = "measure: csat, of: own"
WORDY = plan(
    f"""
holds: {{weight: 10%, {SALE}, only_if: {{{CSAT}, at_least: 70%}}}}
fails: {{weight: 10%, {SALE}, only_if: {{{CSAT}, more_than: 80%, otherwise: 50%}}}}
unknown: {{weight: 10%, {SALE}, only_if: {{measure: nps, at_least: 40}}}}
unknown_fails: {{weight: 10%, {SALE}, only_if: {{measure: nps, at_least: 40, unknown: fails}}}}
too_few: {{weight: 10%, {SALE}, only_if: {{{CSAT}, answers: 41, at_least: 99%, unknown: fails, otherwise: 25%}}}}
both: {{weight: 10%, {SALE}, only_if: [{{{CSAT}, at_most: 80%}}, {{measure: order_amount, at_least: 1000}}]}}
times: {{weight: 10%, {SALE}, times: {{{CSAT}, curve: {{60%: 80%, 90%: 120%}}}}}}
twice: {{weight: 10%, {SALE}, times: [{{{CSAT}, curve: {{60%: 80%, 90%: 120%}}}},
  {{measure: order_amount, curve: {{0: 50%, 1000: 100%}}}}], at_most: 70}}
own: {{weight: 10%, {SALE}, only_if: {{measure: signed_annual_value, against: quota, at_least: 100%}}}}
rest: {{weight: 10%, {SALE}}}
each: {{measure: order_amount, over: each, pays: {{rate: 10%}}, times: {{{CSAT}, curve: {{60%: 80%, 90%: 120%}}}},
  at_most: {{fact: 40, period: 70, year: 100}}}}
""",
    target_pay=1000,
)


def wordy_company() -> Company:
    """120% of quota, which pays 140% of the target; 80% are satisfied; orders of 900, and two of 500 in the next quarter."""
    small = Company(
        today=date(2026, 6, 30), given=[{"person_id": "x:1", "measure": "csat", "n": 40, "value": Decimal("0.8")}]
    )
    small.person().quota(1000, to_on=date(2026, 4, 1)).fact(1200)
    for place, (amount, day) in enumerate([(300, 2), (300, 3), (300, 4), (500, 100), (500, 101)]):
        small.fact(amount, date.fromordinal(date(2026, 1, 1).toordinal() + day), f"x:order {place}", "order_amount")
    return small


MANAGER = plan(
    """
team: {measure: order_amount, of: team, against: quota, pays: {rate: 1%}}
roll_up: {measure: order_amount, of: roll_up, against: quota, pays: {rate: 1%}}
company: {measure: order_amount, of: company, against: quota, pays: {rate: 1%}}
""",
    applies_to="{role: manager}",
).replace("plan: p", "plan: m")


def managed_company() -> Company:
    """x:9 manages x:1 (until March) and x:2, who manages x:3; x:7 is nobody's. A deal is shared by two, with an overlay."""
    small = Company(today=date(2026, 3, 31)).person("x:9", role="manager", to_on=None, team_id="x:t")
    march = date(2026, 3, 1)
    for person, to_on, more in (("x:1", march, {"manager_id": "x:9", "team_id": "x:t"}), ("x:2", None, {"manager_id": "x:9"}),
                                ("x:3", None, {"manager_id": "x:2"}), ("x:7", None, {})):  # fmt: skip
        small.person(person, to_on=to_on, **more)
    small.rows["positions"][2]["to_on"] = march
    small.rows["positions"][2]["team_id"] = "x:t"
    small.person("x:2", from_on=march, to_on=None, manager_id="x:9")
    small.add("teams", team_id="x:t", name="team")
    for person, quota in (("x:1", 900), ("x:2", 600), ("x:3", 300)):
        small.quota(quota, to_on=date(2026, 4, 1), person=person, measure="order_amount")
    small.add("quotas", person_id="", team_id="x:t", measure="order_amount", from_on=date(2026, 1, 1), to_on=date(2026, 4, 1),
              target=Decimal(5000), currency="EUR")  # fmt: skip
    for person, share, overlay in (("x:1", "0.6", False), ("x:2", "0.4", False), ("x:3", "0.2", True)):
        small.add("deal_shares", deal_id="x:d", person_id=person, role="own", share=Decimal(share), overlay=overlay)
    order = {"measure": "order_amount"}
    small.fact(1000, date(2026, 2, 1), "x:shared", deal_id="x:d", **order)
    small.fact(300, date(2026, 2, 2), owner_id="x:1", **order)
    small.fact(8000, date(2026, 3, 2), owner_id="x:1", **order)
    small.fact(70, date(2026, 3, 5), owner_id="x:2", **order)
    small.fact(40, date(2026, 1, 5), owner_id="x:3", **order)
    return small.fact(5, date(2026, 1, 5), owner_id="x:7", **order)


CONTEST = plan(
    """
race: {on_top: true, measure: order_amount, pays: {rank: {1: 500, 2: 300, 3: 100.01}}}
in_team: {on_top: true, measure: order_amount, among: team, pays: {rank: {1: 90, 2: 30}}}
everywhere: {on_top: true, measure: order_amount, among: company, pays: {rank: {1: 1000, 2: 400, 3: 200}}}
by_share: {weight: 20%, measure: order_amount, pays: {rank: {1: 200%, 2: 50%}}, only_if: {measure: order_amount, at_least: 60}}
by_luck: {weight: 20%, measure: csat, pays: {rank: {1: 150%, 2: 50%}}, evidence: {otherwise: nothing}, despite: We like it.}
blend:
  weight: 30%
  measure: {blend: {signed_annual_value: 75%, order_amount: 25%}, each_at_least: 80%}
  against: quota
  pays: {rate: 100%}
crossed:
  weight: 30%
  measure: order_amount
  pays: {matrix: {by: {measure: csat, answers: 30}, levels: {50: {0%: 10%, 70%: 50%}, 100: {0%: 20%, 70%: 150%}}}}
""",
    target_pay=1000,
)


def contest_company() -> Company:
    """Five sellers in two teams: orders of 100, 80, 80, 50, none; x:1 and x:4 have quotas, x:1 to x:3 answers."""
    small = Company(today=date(2026, 3, 31))
    for number, (amount, team) in enumerate([(100, "a"), (80, "a"), (80, "b"), (50, "b"), (0, "b")], 1):
        small.person(f"x:{number}", to_on=None, team_id=f"x:{team}")
        if amount:
            small.fact(amount, owner_id=f"x:{number}", measure="order_amount")
    small.person("x:9", role="other", to_on=None).fact(90, owner_id="x:9", measure="order_amount")
    for person, sold in (("x:1", 88), ("x:4", 160)):
        small.quota(100, to_on=date(2026, 4, 1), person=person).fact(sold, owner_id=person)
        small.quota(80, to_on=date(2026, 4, 1), person=person, measure="order_amount")
    for person, n, value in (("x:1", 40, "0.5"), ("x:2", 40, "0.9"), ("x:3", 29, "0.9")):
        small.given.append({"person_id": person, "measure": "csat", "n": n, "value": Decimal(value)})
    return small


OTHERS = plan(
    "everywhere: {measure: order_amount, among: company, pays: {rank: {1: 70, 2: 50}}}", applies_to="{role: other}"
).replace("plan: p", "plan: q")


OFFERS = plan(
    """
sold:
  weight: 100%
  measure: signed_annual_value
  against: quota
  pays: {curve: {0%: 0%, 100%: 100%, 200%: 300%}}
  times: [{for: {product: [Care, Help], segment: large}, kicker: 150%}, {for: {first_deal: true}, kicker: 110%}]
  holds: {until: went_live}
each: {measure: signed_annual_value, over: each, pays: {rate: 1%}, times: {for: {customer: Birch}, kicker: 133.33%}}
june:
  on_top: true
  measure: order_amount
  spiff: {from: 2026-06-15, to: 2026-07-15}
  pays: {level: {0: 0, 3: {per_unit: 250}}}
team_june: {on_top: true, measure: order_amount, of: company, spiff: {from: 2026-06-15, to: 2026-07-15}, pays: {rate: 10%}}
""",
    target_pay=1000,
)


def offering_company() -> Company:
    """Three deals of the second quarter: 600 of Care with a large customer, whose first it is; 300 (their first) and 300 more."""
    small = Company(today=date(2026, 9, 30)).person(to_on=None).quota(1200, date(2026, 4, 1), date(2026, 7, 1))
    small.add("customers", customer_id="x:Aster", segment="large").add(
        "customers", customer_id="x:Birch", segment="small"
    )
    for number, (customer, amount, product) in enumerate(
        [("Aster", 600, "Care"), ("Birch", 300, "Care"), ("Birch", 300, None)]
    ):
        day = date(2026, 4, 1 + number)
        small.add("deals", deal_id=f"x:d{number}", customer_id=f"x:{customer}", outcome="won", closed_on=day, product=product,
                  kind="new", owner_id="x:1")  # fmt: skip
        small.fact(
            amount, day, f"x:d{number}", deal_id=f"x:d{number}", customer_id=f"x:{customer}", contract_id=f"x:c{number}"
        )
    for day, amount, owner in ((date(2026, 6, 14), 9, "x:1"), (date(2026, 6, 30), 2, "x:1"), (date(2026, 7, 14), 2, "x:1"),
                               (date(2026, 7, 15), 9, "x:1"), (date(2026, 7, 1), 40, "x:2")):  # fmt: skip
        small.fact(amount, day, measure="order_amount", owner_id=owner)
    return small


POOLED = plan(
    """
equal: {weight: 40%, measure: order_amount, of: team, against: quota, pays: {curve: {50%: 0%, 100%: 100%, 200%: 200%}},
  pool: {shared: equal}}
by_target: {weight: 60%, measure: order_amount, of: team, pays: {amount: {0: 0%, 100: 50%}}, pool: {shared: target_pay},
  at_most: 10%}
coverage: {measure: order_amount, of: team, pays: {rate: 10%}, pool: {shared: coverage}}
shapley: {measure: order_amount, of: team, pays: {rate: 10%}, pool: {shared: shapley}}
everybody: {measure: order_amount, of: company, against: quota, pays: {amount: {0%: 0, 40%: 100}}, pool: {shared: equal}}
liked: {measure: csat, of: team, pays: {amount: {0%: 0, 50%: 90}}, evidence: {otherwise: nothing}, pool: {shared: equal},
  only_if: {measure: order_amount, of: team, at_least: 800}}
""",
    target_pay=1000,
)


def pooled_company() -> Company:
    """A team of three, x:3 for the last 30 of 90 days, and x:4 in another: an order of 600 by x:1 and x:2, and others."""
    small = Company(today=date(2026, 3, 31)).add("teams", team_id="x:t", name="t").add("teams", team_id="x:u", name="u")
    small.person("x:1", to_on=None, team_id="x:t").person("x:2", to_on=None, team_id="x:t")
    small.person("x:3", date(2026, 3, 2), None, team_id="x:t").person("x:4", to_on=None, team_id="x:u")
    for team, quota in (("x:t", 1000), ("x:u", 500)):
        small.add("quotas", person_id="", team_id=team, measure="order_amount", from_on=date(2026, 1, 1),
                  to_on=date(2026, 4, 1), target=Decimal(quota), currency="EUR")  # fmt: skip
    for person, quota in (("x:1", 1200), ("x:2", 1300)):
        small.quota(quota, to_on=date(2026, 4, 1), person=person, measure="order_amount")
    for person, share, overlay in (("x:1", "0.5", False), ("x:2", "0.5", False), ("x:3", "0.2", True)):
        small.add("deal_shares", deal_id="x:d", person_id=person, role="own", share=Decimal(share), overlay=overlay)
    small.fact(600, date(2026, 1, 20), "x:both", "order_amount", deal_id="x:d").fact(
        100, date(2026, 3, 5), "x:late", "order_amount", owner_id="x:3"
    )
    small.fact(100, date(2026, 2, 1), "x:alone", "order_amount", owner_id="x:1")
    small.fact(250, date(2026, 2, 1), "x:other", "order_amount", owner_id="x:4")
    for person in ("x:1", "x:2", "x:3"):
        small.given.append({"person_id": person, "measure": "csat", "n": 50, "value": Decimal("0.8")})
    return small
