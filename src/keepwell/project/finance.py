"""How does the company's finance department want pay in its books? Account and pay codes, and what is capitalised.

```yaml
ledger: {accounts: {earned: "6400", payable: "2310"}}
payroll: {codes: {new_business: "2010", account-executive.go_live: "2011", recovery: "2080"}}
capitalisation: {benefit: contract, plans: {account-executive: 4 years}, without_end: 3 years, one_year_or_less: expensed}
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from keepwell.core.errors import Problem
from keepwell.project.yaml import Node, unknown_keys

ACCOUNTS = ("earned", "held", "advanced", "payable", "draw", "recoverable", "paid",
            "capitalised", "deferred", "amortised", "written_off")  # fmt: skip
CONTRACT = "contract"
_MONTHS = {"month": 1, "months": 1, "year": 12, "years": 12}
_SPAN = re.compile(r"([1-9]\d{0,2}) (months?|years?)")


@dataclass(frozen=True)
class Capitalisation:
    """What is capitalised of the cost of obtaining contracts, and over how long.

    `benefit`: months over which a contract's cost is written down, None for the contract's own term; `plans`: the same by
    plan. `without_end`: months for a contract that has no end, None where nothing is said. `short`: what becomes of costs
    that would be written down within a year (the practical expedient). `leaves_out`: parts that obtain no contract.
    """

    benefit: int | None = None
    plans: Mapping[str, int | None] = field(default_factory=dict)
    without_end: int | None = None
    short: Literal["expensed", "capitalised"] = "expensed"
    leaves_out: tuple[str, ...] = ()

    def months(self, plan: str) -> int | None:
        """Over how many months a contract of this plan is written down; None: over its own term."""
        return self.plans.get(plan, self.benefit)


@dataclass(frozen=True)
class Finance:
    """The company's words for accounts and pay items, and its policy of capitalising."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    capitalisation: Capitalisation = field(default_factory=Capitalisation)


def read_finance(block: Mapping[str, Node], file: str, problems: list[Problem]) -> Finance:
    """Read `ledger`, `payroll` and `capitalisation` of keepwell.yaml, noting what is wrong with them."""
    ledger = _inside(block, "ledger", ("accounts",), file, problems)
    payroll = _inside(block, "payroll", ("codes",), file, problems)
    if "accounts" in ledger:
        problems += unknown_keys(ledger["accounts"], ACCOUNTS, file, "finance-account-unknown")
    return Finance(_texts(ledger, "accounts"), _texts(payroll, "codes"), _capitalisation(block, file, problems))


def _capitalisation(block: Mapping[str, Node], file: str, problems: list[Problem]) -> Capitalisation:
    words = ("benefit", "plans", "without_end", "one_year_or_less", "leaves_out")
    said = _inside(block, "capitalisation", words, file, problems)
    short = str(said["one_year_or_less"].value) if "one_year_or_less" in said else "expensed"
    if short not in ("expensed", "capitalised"):
        problems.append(said["one_year_or_less"].problem("finance-short", "not what becomes of it",
                                                         expected="expensed or capitalised"))  # fmt: skip
    plans = said["plans"].block if "plans" in said else {}
    return Capitalisation(
        benefit=_span(said["benefit"], problems) if "benefit" in said else None,
        plans={plan: _span(node, problems) for plan, node in plans.items()},
        without_end=_span(said["without_end"], problems, contract=False) if "without_end" in said else None,
        short="capitalised" if short == "capitalised" else "expensed",
        leaves_out=tuple(str(item.value) for item in said["leaves_out"].items) if "leaves_out" in said else (),
    )


def _span(node: Node, problems: list[Problem], *, contract: bool = True) -> int | None:
    """`contract` is None; `4 years` and `30 months` are months."""
    text = str(node.value)
    if contract and text == CONTRACT:
        return None
    match = _SPAN.fullmatch(text)
    if match is None:
        expected = "such as 4 years or 30 months" + (", or contract" if contract else "")
        problems.append(node.problem("finance-span", "not a time over which a cost is written down", expected=expected))
        return None
    return int(match[1]) * _MONTHS[match[2]]


def _inside(block: Mapping[str, Node], word: str, known: tuple[str, ...], file: str,
            problems: list[Problem]) -> Mapping[str, Node]:  # fmt: skip
    if word not in block:
        return {}
    if not isinstance(block[word].value, dict):
        problems.append(
            block[word].problem("finance-block", f"{word} is a block", expected=f"{word}: {{{known[0]}: …}}")
        )
        return {}
    problems += unknown_keys(block[word], known, file, "finance-unknown-word")
    return block[word].block


def _texts(block: Mapping[str, Node], word: str) -> dict[str, str]:
    return {key: node.raw for key, node in block[word].block.items()} if word in block else {}
