"""What was known of customers under contract at each moment of valuing, and by which hazard, notices and outlook?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keepwell.value.contract_hazard import HAZARD, HazardModel, Sight
from keepwell.value.contract_kind import ContractRows, ContractsSeen, outlook_of, survival_of
from keepwell.value.contract_worth import Outlook, Survival
from keepwell.value.customer_risks import Lost
from keepwell.value.fit import Fit
from keepwell.value.models import days, moments_of
from keepwell.value.risk_fits import fit_on, look_day

INPUTS = ("value_moments", "contract_histories", "risk_looks", "hazard_fits", "notice_fates", "value_settings")


@dataclass(frozen=True)
class Known:
    """What is known at one moment: of customers `rows` and `sight`; of the company the outlook and, if any, a hazard."""

    rows: ContractRows
    sight: Sight
    outlook: Outlook
    hazard: HazardModel | None

    def survivals(self, model: str, under: Known) -> Callable[[Fit], Survival]:
        """What a model with the company's knowledge of another moment says of the customers of this one."""
        if model != HAZARD:
            return partial(survival_of, model, under.rows.period)
        assert under.hazard is not None, "who is valued by a hazard has one"  # noqa: S101
        return under.hazard.ahead(self.sight, self.outlook.months)


class ContractMoments:
    """The moments at which contracts are known, and what is known at each."""

    def __init__(self, inputs: Mapping[str, pa.Table]) -> None:
        self._inputs = inputs
        self._fates = {row["at_on"]: (row["stayed"], row["gone"]) for row in inputs["notice_fates"].to_pylist()}
        self._settings: dict[str, Any] = inputs["value_settings"].to_pylist()[0]
        self.moments = moments_of(inputs["value_moments"], inputs["contract_histories"])
        self.at = cache(self._at)
        self.seen = cache(self._seen)

    def _at(self, at: date) -> Known:
        rows = ContractRows.read(self._inputs["contract_histories"].filter(pc.field("at_on") == at), days(at),
                                 days(self.moments[at]))  # fmt: skip
        fits, looks = self._inputs["hazard_fits"], self._inputs["risk_looks"]
        risk, stayed_gone = fit_on(fits, at), self._fates.get(at, (0, 0))
        sight = rows.sight(looks.filter(pc.field("at_on") == look_day(fits, at)))
        hazard = None if risk is None else HazardModel(risk, Lost.of(*stayed_gone))
        return Known(rows, sight, outlook_of(self._settings, stayed_gone), hazard)

    def _seen(self, at: date, segment: str) -> ContractsSeen:
        """What the models of renewal are fitted to: customers of a segment (`*`: all), as known at a moment."""
        known = self.at(at)
        return ContractsSeen(
            known.rows.histories(segment), known.rows, segment, known.outlook, known.sight, known.hazard
        )
