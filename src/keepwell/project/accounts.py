"""How does the company share the costs of departments that work for the others? The block `accounts` of keepwell.yaml.

```yaml
accounts:
  shared:
    it: headcount
    finance: equal
    other: revenue
    product: {sales: 30%, success: 50%, support: 20%}
```
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args

from keepwell.core.departments import DEPARTMENTS
from keepwell.core.errors import Problem
from keepwell.project.yaml import Node, unknown_keys

Key = Literal["headcount", "revenue", "equal", "stated"]
KEYS = tuple(key for key in get_args(Key) if key != "stated")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,4})?) ?%")


@dataclass(frozen=True)
class Shared:
    """By which key one department's costs are shared among the others; `shares` by department where they are stated."""

    key: Key
    shares: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Accounts:
    """The company's rules for department accounts: `shared`, the departments whose costs the others bear."""

    shared: Mapping[str, Shared] = field(default_factory=dict)


def read_accounts(block: Mapping[str, Node], file: str, problems: list[Problem]) -> Accounts:
    """Read `accounts` of keepwell.yaml, noting what is wrong with it."""
    if "accounts" not in block:
        return Accounts()
    node = block["accounts"]
    if not isinstance(node.value, dict):
        problems.append(
            node.problem("accounts-block", "accounts is a block", expected="accounts: {shared: {it: headcount}}")
        )
        return Accounts()
    problems += unknown_keys(node, ("shared",), f"accounts in {file}", "accounts-unknown-word")
    if "shared" not in node.block:
        return Accounts()
    shared = node.block["shared"]
    if not isinstance(shared.value, dict):
        problems.append(shared.problem("accounts-block", "shared is a block", expected="shared: {it: headcount}"))
        return Accounts()
    problems += unknown_keys(shared, DEPARTMENTS, f"shared in {file}", "accounts-department")
    read = {
        name: _shared(name, one, shared.block, problems) for name, one in shared.block.items() if name in DEPARTMENTS
    }
    if len(read) == len(DEPARTMENTS):
        problems.append(shared.problem("accounts-all", "every department is shared, so that none is left to bear it"))
    return Accounts({name: one for name, one in read.items() if one is not None})


def _shared(name: str, node: Node, all_shared: Mapping[str, Node], problems: list[Problem]) -> Shared | None:
    if not isinstance(node.value, dict):
        for key in get_args(Key):
            if node.raw == key and key in KEYS:
                return Shared(key)
        expected = " or ".join(KEYS) + ", or shares such as {sales: 60%, support: 40%}"
        problems.append(
            node.problem("accounts-key", "not a key by which costs are shared", known=iter(KEYS), expected=expected)
        )
        return None
    problems += unknown_keys(node, DEPARTMENTS, "what is shared", "accounts-department")
    for other in node.block:
        if other in all_shared:
            problems.append(
                node.block[other].problem("accounts-shared", f"{other} is shared itself and bears nothing of {name}")
            )
    shares = {other: _share(one, problems) for other, one in node.block.items() if other in DEPARTMENTS}
    total = sum(shares.values(), Decimal(0))
    if total != 1:
        message = f"the shares of {name} add up to {(total * 100).normalize():f}%"
        problems.append(node.problem("accounts-sum", message, expected="100%"))
        return None
    return Shared("stated", shares)


def _share(node: Node, problems: list[Problem]) -> Decimal:
    found = _SHARE.fullmatch(node.raw.strip()) if not isinstance(node.value, dict | list) else None
    if found is None:
        problems.append(node.problem("accounts-share", "not a share", expected="such as 30%"))
        return Decimal(0)
    return Decimal(found[1]) / 100
