"""Which company is this: its currency, calendar, time zone, sources and where its record lies?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from keepwell.core.errors import MissingError, Problem, raise_problems
from keepwell.core.periods import PeriodKind
from keepwell.project.accounts import Accounts, read_accounts
from keepwell.project.finance import Finance, read_finance
from keepwell.project.valuation import Valuation, read_valuation
from keepwell.project.windows import read_windows
from keepwell.project.yaml import Node, read_yaml, unknown_keys

FILE = "keepwell.yaml"
_WORDS = ("company", "currency", "time_zone", "year_starts", "closes", "engine", "memory", "books", "sources",
          "windows", "persons", "approval", "satisfied_from", "ledger", "payroll", "capitalisation",
          "value", "accounts")  # fmt: skip
_TEXTS = ("company", "currency", "time_zone", "year_starts", "closes", "engine", "memory", "books", "persons", "approval",
          "satisfied_from")  # fmt: skip


@dataclass(frozen=True)
class Project:
    """A company's project folder, read and checked.

    `sources` are the names of sources in the order in which they are believed. `year_starts` is the first month of
    the fiscal year (1–12); `closes` the period at which pay is settled. `memory` bounds the engine (`4GB`).
    `persons`: whether single persons are measured. `windows`: waiting times in days, by name. `approval`: who may approve
    a period: `anybody`, or `another` than who calculated it. `satisfied_from`: the share of a survey's scale from which on
    an answer is satisfied; None: what the measures say. `finance`:
    account and pay codes, and what is capitalised. `valuation`: how customers are valued.
    `accounts`: whose costs the other departments bear.
    """

    root: Path
    company: str
    currency: str
    time_zone: str = "UTC"
    year_starts: int = 1
    closes: PeriodKind = "quarter"
    engine: str = "duckdb"
    memory: str = "2GB"
    books: str = ""
    sources: tuple[str, ...] = ()
    persons: bool = True
    windows: Mapping[str, int] = field(default_factory=dict)
    approval: str = "anybody"
    satisfied_from: Decimal | None = None
    finance: Finance = field(default_factory=Finance)
    valuation: Valuation = field(default_factory=Valuation)
    accounts: Accounts = field(default_factory=Accounts)

    @property
    def state(self) -> Path:
        """`.keepwell/`: the record, the runs and the books. Never edited by hand."""
        return self.root / ".keepwell"

    @property
    def record(self) -> Path:
        """Where the record's Delta tables lie."""
        return self.state / "record"

    @property
    def runs(self) -> Path:
        """Where the runs lie, one folder each."""
        return self.state / "runs"

    @property
    def quarantine(self) -> Path:
        """Where rows that broke a rule lie."""
        return self.state / "quarantine"

    @property
    def spill(self) -> Path:
        """Where the engine may write what does not fit in memory."""
        return self.state / "tmp"


def find_project(start: Path) -> Path:
    """The nearest folder upward from `start` that holds a keepwell.yaml. Raises `MissingError` (`project-missing`)."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE).is_file():
            return folder
    raise MissingError(
        "project-missing", f"no {FILE} in {start} or above it",
        hint="go to a project, name one with -C DIR, or make one: keepwell init DIR",
    )  # fmt: skip


def read_project(root: Path) -> Project:
    """Read `root/keepwell.yaml`. Raises `ConfigurationError` with every problem and its line."""
    node = read_yaml(root / FILE, FILE)
    if not isinstance(node.value, dict):
        raise_problems(
            [node.problem("project-block", f"{FILE} is a block of words", expected="company: …, currency: …")]
        )
    problems = unknown_keys(node, _WORDS, FILE, "project-unknown-word")
    block = node.block
    for word in ("company", "currency"):
        if word not in block:
            problems.append(Problem("project-word-missing", f"{word} is not said", FILE, 1, expected=f"{word}: …"))
    blocks = [word for word in _TEXTS if word in block and isinstance(block[word].value, dict | list)]
    if blocks:
        raise_problems([*problems, *(block[word].problem("project-text", f"{word} is one word or number, not a block or a list",
                                                         expected=f"{word}: …") for word in blocks)])  # fmt: skip
    zone = _text(block, "time_zone", "UTC")
    if not is_time_zone(zone):
        problems.append(block["time_zone"].problem("project-time-zone", f"no time zone {zone}",
                                                   expected="an IANA name such as Europe/Paris"))  # fmt: skip
    currency = _text(block, "currency", "EUR")
    if not is_currency(currency):
        problems.append(block["currency"].problem("project-currency", "not a currency code", expected="such as EUR"))
    starts = block["year_starts"].value if "year_starts" in block else 1
    if isinstance(starts, bool) or not isinstance(starts, int) or not 1 <= starts <= 12:
        problems.append(block["year_starts"].problem("project-year", "not a month", expected="1 to 12"))
        starts = 1
    closes: PeriodKind = (
        "month" if _one_of(block, "closes", ("month", "quarter"), "quarter", problems) == "month" else "quarter"
    )
    engine = _one_of(block, "engine", ("duckdb", "spark"), "duckdb", problems)
    approval = _one_of(block, "approval", ("anybody", "another"), "anybody", problems)
    satisfied = _satisfied_from(block.get("satisfied_from"), problems)
    finance = read_finance(block, FILE, problems)
    valuation = read_valuation(block, FILE, problems)
    accounts = read_accounts(block, FILE, problems)
    windows = read_windows(block, FILE, problems)
    persons = _persons(block, problems)
    memory = _memory(block, problems)
    raise_problems(problems)
    return Project(
        root=root,
        company=_text(block, "company", ""),
        currency=currency,
        time_zone=zone,
        year_starts=starts,
        closes=closes,
        engine=engine,
        memory=memory,
        books=_text(block, "books", ""),
        sources=tuple(str(item.value) for item in block["sources"].items) if "sources" in block else (),
        persons=persons,
        approval=approval,
        finance=finance,
        valuation=valuation,
        accounts=accounts,
        windows=windows,
        satisfied_from=satisfied,
    )


def is_currency(text: str) -> bool:
    """Is it written as a currency code is? (Which codes there are changes; amounts of an unknown one have no rate.)"""
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


def is_time_zone(text: str) -> bool:
    """Is there a time zone of this name?"""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _satisfied_from(node: Node | None, problems: list[Problem]) -> Decimal | None:
    if node is None:
        return None
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?) ?%", node.raw.strip())
    if found is None or not 0 < Decimal(found[1]) <= 100:
        problems.append(node.problem("project-satisfied", "not a point of a survey's scale", expected="such as 75%"))
        return None
    return Decimal(found[1]) / 100


def _persons(block: Mapping[str, Node], problems: list[Problem]) -> bool:
    said = block["persons"].value if "persons" in block else True
    if not isinstance(said, bool):
        problems.append(block["persons"].problem("project-persons", "neither yes nor no", expected="true or false"))
        return True
    return said


def _memory(block: Mapping[str, Node], problems: list[Problem]) -> str:
    text = _text(block, "memory", "2GB")
    if re.fullmatch(r"[1-9]\d{0,5} ?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)", text, re.IGNORECASE) is None:
        problems.append(
            block["memory"].problem("project-memory", "not an amount of memory", expected="such as 2GB or 500MB")
        )
    return text


def _text(block: Mapping[str, Node], word: str, otherwise: str) -> str:
    return str(block[word].value) if word in block and block[word].value is not None else otherwise


def _one_of(block: Mapping[str, Node], word: str, allowed: tuple[str, ...], otherwise: str,
            problems: list[Problem]) -> str:  # fmt: skip
    text = _text(block, word, otherwise)
    if text not in allowed:
        problems.append(block[word].problem(f"project-{word}", f"{word} is none of the known", known=iter(allowed),
                                            expected=" or ".join(allowed)))  # fmt: skip
        return otherwise
    return text
