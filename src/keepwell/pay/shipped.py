"""Which plans ship with Keepwell, to begin with? Files in `templates/`, complete and commented, with worked examples."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from keepwell.core.errors import MissingError, nearest

# in the order in which they are offered; what each is for
SHIPPED = {
    "account-executive": "sells; seven tenths for what is signed, the rest for what becomes of those customers",
    "customer-success": "looks after customers; half for what they renew",
    "retention": "saves customers; a save counts only if the customer stays and is content",
    "service": "solves cases; quick, liked, solved for good",
    "delivery": "brings customers live; in time, and easy for them",
    "marketing": "brings customers; paid when they are live, and would choose the same again",
    "manager": "leads sellers; the sum of everybody below, and what becomes of it",
    "operations-chief": "runs the company; promises, time to value, who stays; nothing for sales",
    "small-company": "everybody in a company under 20 people, by one result",
}


@dataclass(frozen=True)
class ShippedPlan:
    """A plan that ships: its name, one line, its text."""

    name: str
    says: str
    text: str


def shipped_plan(name: str) -> ShippedPlan:
    """The plan of this name. Raises `MissingError` with the nearest name."""
    if name not in SHIPPED:
        near = nearest(name, SHIPPED)
        raise MissingError("plan-template-missing", f"no plan {name} ships with Keepwell",
                           hint=f"did you mean {near}?" if near else "one of " + ", ".join(SHIPPED))  # fmt: skip
    file = resources.files("keepwell.pay") / "templates" / f"{name}.yaml"
    return ShippedPlan(name, SHIPPED[name], file.read_text(encoding="utf-8"))
