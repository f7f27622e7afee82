"""How many days does the company wait for what may still come? The block `windows` of keepwell.yaml.

```yaml
windows: {lapse: 30, rescue: 14, saved: 90}
```
"""

from __future__ import annotations

from collections.abc import Mapping

from keepwell.core.errors import Problem
from keepwell.project.yaml import Node, unknown_keys

# what each is, for people; the SQL that waits knows what is meant where nothing is said
WINDOWS: Mapping[str, str] = {
    "credit": "days before an outcome whose work stands behind it",
    "lapse": "days after its end within which a contract may be renewed",
    "rescue": "days after a notice within which an attempt to keep the customer is logged",
    "saved": "days that a customer stays after that, to count as saved",
    "first_contact": "days within which a case that comes back was not solved at first contact",
    "quarter_end": "days at the end of a quarter that are looked at",
}
MOST = 3660  # ten years


def read_windows(block: Mapping[str, Node], file: str, problems: list[Problem]) -> dict[str, int]:
    """Read `windows` of keepwell.yaml, noting what is wrong with it: days by name."""
    if "windows" not in block:
        return {}
    node = block["windows"]
    if not isinstance(node.value, dict):
        problems.append(node.problem("windows-block", "windows is a block", expected="windows: {lapse: 30, …}"))
        return {}
    problems += unknown_keys(node, tuple(WINDOWS), f"windows in {file}", "windows-unknown-word")
    return {name: _days(name, one, problems) for name, one in node.block.items() if name in WINDOWS}


def _days(name: str, node: Node, problems: list[Problem]) -> int:
    days = node.value
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST:
        problems.append(node.problem("windows-days", f"{name} is not a number of days",
                                     expected=f"a whole number from 1 to {MOST}, such as 30"))  # fmt: skip
        return 1
    return days
