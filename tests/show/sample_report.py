"""The sample company's report, made as the command line makes it."""

from datetime import date

from keepwell.show.company_report import Company, make_report
from keepwell.show.names import Names
from keepwell.show.report import Quarantined, Report
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
)
WHOSE = Company("Acme Instruments", "EUR", date(2026, 10, 1), "3f9c2a71d0e4")


def made_report(whose: Company = WHOSE, **tables) -> Report:
    """The report; tables given by name take the place of the sample's, None takes one away."""
    given = {name: table for name, table in {**company.tables(), **tables}.items() if table is not None}
    return make_report(
        whose, given, NAMES, company.PLANS,
        quarantined=(Quarantined("servicedesk", "reference missing", 41),),
        empty=("usage", "costs"), explain={"8f3a04": sample.EXPLANATION}.get,
    )  # fmt: skip
