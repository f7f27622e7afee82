"""A telephone company's leavers: what was recorded when they left is found and refused, and the rest foretells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keepwell.core.errors import RefusedError
from keepwell.value.hazard import fit_hazard
from keepwell.value.leakage import leaks, refuse_leaks
from keepwell.value.person_periods import PersonPeriods

WHEN_THEY_LEFT = {"Satisfaction Score", "Churn Score", "Churn Category", "Churn Reason"}


@pytest.fixture(scope="module")
def customers(data: Path) -> pa.Table:
    folder = data / "telco"
    status = pq.read_table(folder / "status.parquet").drop_columns(["Count", "Quarter"])
    return status.join(pq.read_table(folder / "services.parquet"), "Customer ID").sort_by("Customer ID")


def left(customers: pa.Table) -> np.ndarray:
    return np.asarray(customers["Churn Value"].to_numpy() == 1)


def asked(customers: pa.Table) -> pa.Table:
    """All that could be taken for a predictor; not who left, said in other columns."""
    return customers.drop_columns(["Customer ID", "Churn Value", "Churn Label", "Customer Status"])


def test_what_was_recorded_when_they_left_is_found_and_nothing_else(customers: pa.Table) -> None:
    found = {leak.name: leak.why for leak in leaks(asked(customers), left(customers))}
    assert set(found) == WHEN_THEY_LEFT
    assert found["Satisfaction Score"] == (
        "of the 1440 with 1, 2, 1440 left, as many as 77% of all who did: it was recorded when they left"
    )
    assert found["Churn Reason"] == "it is recorded for leavers only: 1869 of 1869 of them, and nobody else"


def test_with_them_there_is_a_plain_refusal(customers: pa.Table) -> None:
    with pytest.raises(RefusedError, match="Satisfaction Score: of the 1440 with 1, 2") as refused:
        refuse_leaks(asked(customers), left(customers))
    assert refused.value.code == "hazard-leak"


def test_without_them_the_hazard_foretells_customers_that_it_has_not_seen(customers: pa.Table) -> None:
    """Fitted on every other customer; of the others, the tenth most at risk leave as often as foretold."""
    refuse_leaks(covariates(customers), left(customers))
    seen = np.arange(len(customers)) % 2 == 0
    months, gone = np.maximum(customers["Tenure in Months"].to_numpy(), 1), left(customers)
    lives = PersonPeriods.of_lives(covariates(customers).filter(pa.array(seen)), months[seen], gone[seen],
                                   steps=[0, 1, 3, 6, 12, 24, 48])  # fmt: skip
    model = fit_hazard(lives)
    factor = dict(zip(model.names, np.exp(model.coefficients), strict=True))
    assert factor["two years"] < factor["one year"] < 1  # the longer the contract, the fewer leave
    # cumulative hazard over the months in which each was seen, against who left: as many as foretold, the more the surer
    others = ~seen
    step = np.searchsorted([1, 3, 6, 12, 24, 48], np.arange(72), side="right")
    cells = np.tile(step, (others.sum(), 1))
    within = np.arange(72)[None, :] < months[others][:, None]
    height = model.baseline @ model.parameters[: len(model.baseline_names)]
    part = model.predictor(covariates(customers).filter(pa.array(others)))
    foretold = (np.exp(height[cells]) * within).sum(axis=1) * np.exp(part)
    assert gone[others].sum() == pytest.approx(foretold.sum(), rel=0.08)
    most = np.argsort(-part)[: others.sum() // 10]
    assert gone[others][most].sum() == pytest.approx(foretold[most].sum(), rel=0.15)
    assert gone[others][most].mean() > 1.9 * gone[others].mean()


def covariates(customers: pa.Table) -> pa.Table:
    """What was known while they were customers."""
    contract = np.array(customers["Contract"].to_pylist())
    columns: dict[str, Any] = {"one year": contract == "One Year", "two years": contract == "Two Year",
                               "fibre": np.array(customers["Internet Type"].to_pylist()) == "Fiber Optic",
                               "referred": np.array(customers["Referred a Friend"].to_pylist()) == "Yes",
                               "security": np.array(customers["Online Security"].to_pylist()) == "Yes"}  # fmt: skip
    return pa.table({name: column.astype(float) for name, column in columns.items()})
