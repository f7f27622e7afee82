"""A small company's results as they would come from a run: for tests of what people see, and to look at."""

from datetime import date
from decimal import Decimal

from keepwell.pay.explain import Explanation, ExplanationStep
from keepwell.pay.statement import Statement, StatementHold, StatementLine, StatementPart
from keepwell.show.names import Names

NAMES = Names(
    people={"hr:7": "Devon Bianchi", "hr:8": "Mira Okafor", "hr:9": "Tomás Varga"},
    customers={"crm:1": "Aster Robotics", "crm:2": "Birch Logistics", "crm:3": "Cedar Foods", "crm:4": "Dune Energy"},
    teams={"hr:t1": "Mid-market north"},
)

STATEMENT = Statement(
    person_id="hr:7",
    period="2026-Q3",
    currency="EUR",
    plan="mid-market-ae-2026",
    plan_title="Mid-market account executive, 2026",
    status="open",
    as_of=date(2026, 9, 30),
    payable=Decimal("10386.00"),
    earned=Decimal("15366.00"),
    held=Decimal("980.00"),
    released=Decimal("350.00"),
    taken_back=Decimal("4350.00"),
    parts=(
        StatementPart(
            "new_business", "New business", "You are paid for the yearly value you sign, from half of quota up; twice "
            "target is the most.", "sale", Decimal("11760.00"), Decimal("0.7"), Decimal(8400), "Signed yearly value", "money",
            Decimal(360000), Decimal(300000), Decimal("1.2"),
        ),
        StatementPart(
            "go_live", "Go-live", "A tenth counts on signature and is earned when the customer is live.",
            "customer_outcome", Decimal("1330.00"), Decimal("0.1"), Decimal(1200), "Signed yearly value", "money", Decimal(360000),
            Decimal(300000), Decimal("1.2"),
        ),
        StatementPart(
            "relationship_nps", "Relationship NPS", "How your team's customers answer a survey that none of you sends "
            "or chooses.", "customer_outcome", Decimal("1380.00"), Decimal("0.1"), Decimal(1200), "NPS", "points", Decimal(46), None, None,
            34, Decimal("22.4"), Decimal("63.8"), "Credible value: 61% your team's own, the rest the company's",
        ),
        StatementPart(
            "kept_revenue", "Kept revenue", "The yearly value that your customers renew. A save is shared with the "
            "service rep who made it.", "customer_outcome", Decimal("896.00"), Decimal("0.1"), Decimal(1200), "Renewed", "money",
            Decimal(456000), Decimal(500000), Decimal("0.912"),
        ),
    ),
    lines=(
        StatementLine("8f3a01", date(2026, 7, 12), "crm:1", "new_business", "new", Decimal("6860.00"),
                      "Aster Robotics signed €210,000 a year; your share is all of it.", "2026-Q3", Decimal("6860.00")),
        StatementLine("8f3a02", date(2026, 8, 15), "crm:2", "new_business", "new", Decimal("4900.00"),
                      "Birch Logistics signed €150,000 a year; your share is all of it.", "2026-Q3", Decimal("4900.00")),
        StatementLine("8f3a07", date(2026, 9, 1), "crm:1", "go_live", "new", Decimal("350.00"),
                      "Aster Robotics went live 51 days after signing: its tenth is earned.", "2026-Q3", Decimal("350.00")),
        StatementLine("8f3a03", date(2026, 9, 2), "crm:3", "go_live", "released", Decimal("350.00"),
                      "Cedar Foods went live 117 days after signing: half is released.", "2026-Q2", Decimal("350.00")),
        StatementLine("8f3a04", date(2026, 9, 20), "crm:4", "new_business", "taken back", Decimal("-4350.00"),
                      "Dune Energy left 171 days after signing: 60% of what its contract earned is taken back.",
                      "2026-Q1", Decimal("-4350.00")),
        StatementLine("8f3a05", date(2026, 9, 30), "", "relationship_nps", "new", Decimal("1380.00"),
                      "34 customers of your team answered: NPS 46 pays 115% of target.", "2026-Q3", Decimal("1380.00")),
        StatementLine("8f3a06", date(2026, 9, 30), "", "kept_revenue", "new", Decimal("896.00"),
                      "€456,000 of €500,000 due was renewed: 91.2% pays 74.7% of target.", "2026-Q3", Decimal("896.00")),
    ),
    holds=(
        StatementHold("crm:2", "go_live", Decimal("980.00"), "waits for go-live; half is lost after 13 Nov 2026",
                      date(2026, 11, 13)),
    ),
    notes=("Satisfaction after cases is not yet in your plan: it has 12 answers, and needs 30.",),
)  # fmt: skip

EXPLANATION = Explanation(
    "8f3a04",
    "Dune Energy left 171 days after signing: 60% of what its contract earned is taken back.",
    Decimal("-4350.00"),
    "EUR",
    (
        ExplanationStep("The fact", "Dune Energy's contract ended on 20 Sep 2026, because the product was not in use.",
                        (("Signed", "2 Apr 2026"), ("Ended", "20 Sep 2026"), ("Days between", "171")),
                        "crm: exports/contracts.csv, row 118"),
        ExplanationStep("Whose", "You signed it alone.", (("Share of the deal", "100%"),),
                        "crm: exports/deal_shares.csv, row 311"),
        ExplanationStep("What it had earned", "Part new business, first quarter of 2026.",
                        (("Pay of the part", "€18,125.00"), ("This contract's part of it", "40%"),
                         ("Earned by it", "€7,250.00"))),
        ExplanationStep("What the plan says", "Within 180 days 60% is taken back.",
                        (("60% of €7,250.00", "€4,350.00"),), "plans/mid-market-ae.yaml:31"),
        ExplanationStep("Rounded once", "To the cent, ties to even.", (("Taken back", "−€4,350.00"),)),
    ),
)  # fmt: skip
