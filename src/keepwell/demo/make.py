"""Make a company to try: its raw exports, the source files and plans of its project, and the truth behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from keepwell.demo.bad_rows import add_bad_rows
from keepwell.demo.company import Company, draw_company
from keepwell.demo.export_ids import account_id, worker_id
from keepwell.demo.exports_crm import write_crm
from keepwell.demo.exports_delivery import write_billing, write_onboarding, write_usage
from keepwell.demo.exports_office import write_finance, write_identities, write_personnel, write_targets
from keepwell.demo.exports_service import write_helpdesk, write_surveys
from keepwell.demo.later import write_later
from keepwell.demo.settings import NOBODY, Ints, Settings
from keepwell.demo.truth import write_truth
from keepwell.demo.write_project import write_project

TODAY = date(2026, 9, 30)
Progress = Callable[[str, int, int], None]

_WRITERS: dict[str, Callable[[Company, Path], dict[str, int]]] = {
    "hr": write_personnel,
    "crm": write_crm,
    "onboarding": write_onboarding,
    "billing": write_billing,
    "helpdesk": write_helpdesk,
    "surveys": write_surveys,
    "product": write_usage,
    "finance": write_finance,
    "targets": write_targets,
    "identities": write_identities,
}


@dataclass(frozen=True)
class WorthALook:
    """Someone or something to look at first: what it is, the id as its source has it, the name."""

    what: str
    id: str
    name: str


@dataclass(frozen=True)
class Made:
    """What was made: rows by file (from the project's folder), and who is worth a look first.

    `bad_rows`: how many rows are wrong on purpose. `today` is the last day of the data: the day to run as of.
    """

    folder: Path
    rows: dict[str, int]
    bad_rows: int
    worth_a_look: tuple[WorthALook, ...]
    today: date

    @property
    def files(self) -> int:
        """How many files of data there are."""
        return len(self.rows)

    @property
    def row_count(self) -> int:
        """How many rows they have together."""
        return sum(self.rows.values())


def make_company(
    folder: Path, customers: int = 500, months: int = 24, seed: int = 7, today: date = TODAY,
    progress: Progress | None = None,
) -> Made:  # fmt: skip
    """What would it be like with a company's data? Writes one into `folder`; the same words give the same bytes.

    `customers` is how many ever bought, `months` the length of the story, `today` its last day. `progress` is told
    what is being done, how many steps are done, and how many there are. Raises `UsageError` (`demo-customers`,
    `demo-months`).
    """
    settings = Settings(customers, months, seed, today)
    steps = len(_WRITERS) + 2
    tell = progress or (lambda _what, _done, _of: None)
    tell("a company", 0, steps)
    company = draw_company(settings)
    rows: dict[str, int] = {}
    for done, (name, write) in enumerate(_WRITERS.items(), start=1):
        tell(name, done, steps)
        written = write(company, folder / "exports" / name)
        rows |= {f"exports/{name}/{file}": count for file, count in written.items()}
    tell("truth and plans", steps - 1, steps)
    bad = add_bad_rows(folder / "exports")
    for row, _ in bad:
        rows[f"exports/{row.file}"] += 1
    rows |= {f"later/{file}": count for file, count in write_later(company, folder / "later").items()}
    write_truth(company, folder / "truth", bad)
    write_project(folder, settings)
    tell("done", steps, steps)
    return Made(folder, rows, len(bad), _worth_a_look(company), today)


def _worth_a_look(company: Company) -> tuple[WorthALook, ...]:
    careful, careless = company.seller_of_story
    people = [("sells with care", careful), ("sells and moves on", careless)]
    looks = [
        WorthALook(what, worker_id(_one(number))[0].as_py(), company.person_names[number].as_py())
        for what, number in people
    ]
    if company.featured != NOBODY:
        name = company.account_names[company.featured].as_py()
        looks.append(WorthALook("signed, went live late, left", account_id(_one(company.featured))[0].as_py(), name))
    return tuple(looks)


def _one(number: int) -> Ints:
    return np.array([number], dtype=np.int64)
