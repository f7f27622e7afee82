"""Who is `crm:0011`? Names are erasable and no part of a run, so they are given to whoever shows one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keepwell.core.identifiers import bare
from keepwell.show.format import clean, words


@dataclass(frozen=True)
class Names:
    """The names of people, customers and teams by id; whoever has none is called by the id as its source has it."""

    people: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)

    def person(self, person_id: str | None) -> str:
        """A person's name."""
        return _called(self.people, person_id)

    def customer(self, customer_id: str | None) -> str:
        """A customer's name."""
        return _called(self.customers, customer_id)

    def team(self, team_id: str | None) -> str:
        """A team's name."""
        return _called(self.teams, team_id)

    def unit(self, kind: str, unit: str) -> str:
        """The name of a unit of a measure: of a person, customer or team; a segment or region as the company writes it."""
        if kind == "company":
            return "The company"
        called = {
            "person": self.person,
            "customer": self.customer,
            "team": self.team,
            "segment": clean,
            "region": clean,
        }
        return called.get(kind, words)(unit)


def _called(names: Mapping[str, str], full_id: str | None) -> str:
    if not full_id:
        return ""
    return clean(names.get(full_id) or "") or clean(bare(full_id))
