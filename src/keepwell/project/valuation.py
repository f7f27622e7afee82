"""How does the company value its customers: what is later money worth today, how far does it look, what is left of revenue?

```yaml
value: {discount: 10%, horizon: 5 years, margin: 70%}
value: {discount: 8%, horizon: perpetuity, margin: {enterprise: 75%, small: 60%, otherwise: 70%}}
value: {margin: from costs, orders_from: 2020-01-01}
value: {covariates: [industry, region]}
```

`discount` is per year and compounds: what comes in u years is worth (1 + discount)^−u of itself. A year is 365.25 days, a
month a twelfth of that. `perpetuity` is a hundred years.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from keepwell.core.errors import Problem
from keepwell.project.yaml import Node, unknown_keys

WORDS = ("discount", "horizon", "margin", "orders_from", "covariates")
COVARIATES = ("industry", "region")
OTHERWISE, PERPETUITY = "otherwise", "perpetuity"
PERPETUITY_MONTHS = 1200
MarginFrom = Literal["revenue", "rate", "costs", "all_costs"]
_FROM: dict[str, MarginFrom] = {"from costs": "costs", "from all costs": "all_costs"}
_MONTHS = {"month": 1, "months": 1, "year": 12, "years": 12}
_SPAN = re.compile(r"([1-9]\d{0,3}) (months?|years?)")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%")


@dataclass(frozen=True)
class Valuation:
    """The company's rules of valuing.

    `discount`: a share per year; `months`: the horizon. `margin_from`: what a margin is: the whole `revenue` where nothing
    is said, a `rate`, or found from a customer's own `costs` or from `all_costs`. `margins`: rates by segment; '' is that
    of all others. `orders_from`: orders before this day are no part of the history.
    `covariates`: columns of customers by which the hazard of leaving may differ.
    """

    discount: Decimal = Decimal("0.1")
    months: int = 60
    margin_from: MarginFrom = "revenue"
    margins: Mapping[str, Decimal] = field(default_factory=dict)
    orders_from: date | None = None
    covariates: tuple[str, ...] = ()


def read_valuation(block: Mapping[str, Node], file: str, problems: list[Problem]) -> Valuation:
    """Read `value` of keepwell.yaml, noting what is wrong with it."""
    if "value" not in block:
        return Valuation()
    node = block["value"]
    if not isinstance(node.value, dict):
        problems.append(node.problem("value-block", "value is a block", expected="value: {discount: 10%, …}"))
        return Valuation()
    problems += unknown_keys(node, WORDS, f"value in {file}", "value-unknown-word")
    said = node.block
    discount = _share(said["discount"], "value-discount", problems) if "discount" in said else None
    margin_from, margins = _margins(said.get("margin"), problems)
    return Valuation(
        discount=Valuation.discount if discount is None else discount,
        months=_horizon(said["horizon"], problems) if "horizon" in said else Valuation.months,
        margin_from=margin_from,
        margins=margins,
        orders_from=_day(said["orders_from"], problems) if "orders_from" in said else None,
        covariates=_covariates(said["covariates"], problems) if "covariates" in said else (),
    )


def _margins(node: Node | None, problems: list[Problem]) -> tuple[MarginFrom, dict[str, Decimal]]:
    if node is None:
        return "revenue", {}
    if isinstance(node.value, dict):
        if OTHERWISE not in node.block:
            problems.append(node.problem("value-margin", "the margin of the other segments is not said",
                                         expected=f"{OTHERWISE}: 70%"))  # fmt: skip
        rates = {segment: _share(rate, "value-margin", problems) for segment, rate in node.block.items()}
        return "rate", {"" if name == OTHERWISE else name: rate for name, rate in rates.items() if rate is not None}
    if node.raw in _FROM:
        return _FROM[node.raw], {}
    expected = "such as 70%, a rate for each segment, from costs, or from all costs"
    rate = _share(node, "value-margin", problems, expected)
    return "rate", {} if rate is None else {"": rate}


def _share(node: Node, code: str, problems: list[Problem], expected: str = "such as 10%") -> Decimal | None:
    found = _SHARE.fullmatch(node.raw.strip()) if not isinstance(node.value, dict | list) else None
    if found is None or Decimal(found[1]) > 100:
        problems.append(node.problem(code, "not a share from 0% to 100%", expected=expected))
        return None
    return Decimal(found[1]) / 100


def _horizon(node: Node, problems: list[Problem]) -> int:
    if node.raw == PERPETUITY:
        return PERPETUITY_MONTHS
    found = _SPAN.fullmatch(node.raw.strip()) if not isinstance(node.value, dict | list) else None
    months = int(found[1]) * _MONTHS[found[2]] if found else 0
    if not 0 < months <= PERPETUITY_MONTHS:
        problems.append(node.problem("value-horizon", "not how far to look ahead",
                                     expected="such as 5 years, 30 months or perpetuity"))  # fmt: skip
        return Valuation.months
    return months


def _covariates(node: Node, problems: list[Problem]) -> tuple[str, ...]:
    names = []
    for item in node.items:
        if item.raw in COVARIATES and item.raw not in names:
            names.append(item.raw)
            continue
        said = (
            "segment counts without being asked for" if item.raw == "segment" else "no column that may foretell leaving"
        )
        said = "twice the same" if item.raw in names else said
        problems.append(item.problem("value-covariate", said, expected="one of " + ", ".join(COVARIATES),
                                     known=iter(COVARIATES)))  # fmt: skip
    return tuple(names)


def _day(node: Node, problems: list[Problem]) -> date | None:
    if isinstance(node.value, date):
        return node.value
    problems.append(node.problem("value-orders-from", "not a day", expected="such as 2020-01-01"))
    return None
