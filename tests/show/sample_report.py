"""The sample company's report, made as the command line makes it."""

from keepwell.record.tables import STAGES
from keepwell.show.aftermath import find_aftermath
from keepwell.show.customer_line import choose_customer, customer_line
from keepwell.show.journey_map import journey_map
from keepwell.show.names import Names
from keepwell.show.readings import readings, trend
from keepwell.show.report import MeasureTable, Missing, Ownership, Quarantined, Report
from keepwell.show.summary import changes, pay_by_part, pay_split
from show import sample
from show import sample_company as company

PEOPLE = (
    "Ines Carvalho",
    "Rolf Meinhardt",
    "Ayo Balogun",
    "Lin Zhao",
    "Petra Novak",
    "Sam Ortiz",
    "Noor Haddad",
    "Jo Lund",
)
NAMES = Names(
    people={**dict(zip(company.SELLERS, PEOPLE, strict=True)), "hr:d1": "Ana Weiss", "hr:d2": "Kofi Mensah"},
    customers={"crm:s1-0": "Dune Energy"},
)  # fmt: skip


def make_report() -> Report:
    deals, contracts = company.deals_and_contracts()
    measures, totals, story = company.measures(), company.pay_totals(), company.story_tables()
    shown = ("promises_kept", "nps", "csat", "time_to_value", "grr")
    return Report(
        company="Acme Instruments", currency="EUR", as_of=company.TODAY, run="3f9c2a71d0e4",
        pay_from="All plans, October 2025 to September 2026",
        split=pay_split(totals, company.PARTS, company.in_department()),
        headline=(trend(measures, "promises_kept"), trend(measures, "nps")),
        aftermath=find_aftermath(deals, contracts, None, measures, company.TODAY),
        customer=customer_line(choose_customer(story) or "", story, NAMES, "EUR"),
        measures=tuple(MeasureTable(trend(measures, m), "team", readings(measures, m, "team", "quarter")) for m in shown),
        journey=journey_map(company.transitions(), company.stages(), STAGES),
        promises=readings(measures, "promises_kept", "person", "all"), promises_by="person",
        ownership=(Ownership("buy", 0.98, 2), Ownership("install", 0.83, 21), Ownership("use", 0.64, 88)),
        period="2026-Q3", parts=pay_by_part(totals, company.PARTS, "2026-Q3"),
        changes=changes(story["pay_lines"], "2026-Q3"),
        quarantined=(Quarantined("servicedesk", "customer is not in the record", 41),),
        missing=(Missing("usage", "adoption, use before leaving"), Missing("costs", "department accounts, margin")),
        explanations={"8f3a04": sample.EXPLANATION},
    )  # fmt: skip
