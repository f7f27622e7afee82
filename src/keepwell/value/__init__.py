"""What is each customer worth over their lifetime, how sure is that, and what changed it since an earlier moment?

| file          | question it answers                                                            |
|---------------|--------------------------------------------------------------------------------|
| `settings`    | what does the company say of valuing: discount, horizon, margin?               |
| `moments`     | on which days are customers valued?                                            |
| `fit`         | what does a fit say: parameters, how sure each is?                             |
| `histories`   | what is known of each customer's purchases?                                    |
| `asked`       | are a discount, a margin, a horizon such as can be meant?                      |
| `given`       | which columns has a table that was given?                                      |
| `summary`     | how are a fit's figures read, by people and by libraries?                      |
| `order_log`   | which history has each customer of a log of orders, without a project?         |
| `order_files` | … and which files or rows are its orders?                                      |
| `order_sort`  | … in a third of the time, where customers are numbers                          |
| `order_model` | what can be asked of any model of customers who order?                         |
| `bg_nbd`      | … who may leave after each repeat purchase                                     |
| `mbg_nbd`     | … who may leave after any purchase, the first one too                          |
| `pareto_nbd`  | … who may leave at any moment                                                  |
| `gamma_gamma` | how much does a customer spend at a purchase?                                  |
| `order_intervals` | between which amounts will what a customer buys lie?                       |
| `order_calibration` | … and did what was expected of a log's customers come?                   |
| `maximise`    | which parameters make what was seen likeliest, and is there such a point?      |
| `choose`      | which model values a segment's customers?                                      |
| `models`      | … the step that fits and chooses them, at every moment                         |
| `parts`       | what is each customer's value made of?                                         |
| `contract_parts`, `order_parts` | … of who is under contract, of who orders                    |
| `contract_kind`, `order_kind` | how are customers told to the models, and which are these?     |
| `contract_hazard` | … after what is known of each: the hazard as a model of renewal           |
| `contract_moments` | … and what was known of contracts at each moment?                        |
| `equity`      | what are all customers together worth, and how sure is that?                   |
| `calibration` | did what was foretold a year ago come?                                         |
| `discounting` | what is later money worth on the day of valuing?                               |
| `contract_worth` | how many years of a contract are expected, and how sure is that?            |
| `renewals`    | how do renewals run, when each customer has a chance of their own to leave?    |
| `shifted_beta_geometric` | … a chance that never changes                                       |
| `beta_discrete_weibull`  | … a chance that changes from renewal to renewal                     |
| `person_periods` | who could leave in each period, and who did?                                |
| `hazard`      | how likely is each to leave in a period, given what was known before?          |
| `leakage`     | was that known before, or written down when they left?                         |
| `risk_covariates` | what is known of a customer that may tell whether they leave?              |
| `risk_baseline` | … what is the hazard made of before anything is known of a customer?          |
| `risk_model`  | who leaves, and after what? fitted on the company's own months                 |
| `risk_fits`   | … the steps that fit it, and say it in words                                   |
| `customer_risks` | how likely is each to leave, by when, and what speaks for it?               |
| `risk_calibration` | did as many leave as was foretold?                                        |
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from keepwell.value.settings import VALUE_TABLES, settings_tables

if TYPE_CHECKING:
    from keepwell.engine import Node
    from keepwell.value.beta_discrete_weibull import BetaDiscreteWeibull
    from keepwell.value.bg_nbd import BetaGeo
    from keepwell.value.gamma_gamma import GammaGamma
    from keepwell.value.hazard import fit_hazard
    from keepwell.value.mbg_nbd import ModifiedBetaGeo
    from keepwell.value.order_log import read_histories
    from keepwell.value.pareto_nbd import ParetoNbd
    from keepwell.value.shifted_beta_geometric import ShiftedBetaGeometric

__all__ = [
    "VALUE_TABLES", "BetaDiscreteWeibull", "BetaGeo", "GammaGamma", "ModifiedBetaGeo", "ParetoNbd", "ShiftedBetaGeometric",
    "fit_hazard", "nodes", "read_histories", "settings_tables",
]  # fmt: skip

# the models as a library: each is read from its file when it is first asked for, so that importing the package costs nothing
LIBRARY = {
    "BetaGeo": "bg_nbd", "ModifiedBetaGeo": "mbg_nbd", "ParetoNbd": "pareto_nbd", "GammaGamma": "gamma_gamma",
    "ShiftedBetaGeometric": "shifted_beta_geometric", "BetaDiscreteWeibull": "beta_discrete_weibull",
    "fit_hazard": "hazard", "read_histories": "order_log",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """A model or function of the library, by its name."""
    if name in LIBRARY:
        return getattr(import_module(f"keepwell.value.{LIBRARY[name]}"), name)
    raise AttributeError(f"keepwell.value has no {name}")


def nodes() -> list[Node]:
    """The nodes of the graph that value customers."""
    # imported here, so that who fits a model to a file of their own waits for none of it
    from keepwell.engine import load_models
    from keepwell.value import (
        calibration,
        customer_risks,
        equity,
        models,
        moments,
        parts,
        risk_calibration,
        risk_fits,
    )

    steps = [
        moments.STEP, models.STEP, parts.STEP, equity.STEP, calibration.STEP, risk_fits.LEAK_STEP, risk_fits.FIT_STEP,
        risk_fits.SAY_STEP,
        customer_risks.RISK_STEP, customer_risks.DRIVER_STEP, risk_calibration.STEP,
    ]  # fmt: skip
    return [*load_models("keepwell.value"), *steps]
