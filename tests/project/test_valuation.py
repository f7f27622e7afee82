"""How customers are valued is read from keepwell.yaml, and each mistake is said with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keepwell.core.errors import ConfigurationError
from keepwell.project.config import read_project
from keepwell.project.valuation import Valuation


def read(folder, block):
    (folder / "keepwell.yaml").write_text(f"company: Acme\ncurrency: EUR\nvalue: {block}\n")
    return read_project(folder).valuation


def test_what_is_said_is_read(tmp_path):
    (tmp_path / "keepwell.yaml").write_text("company: Acme\ncurrency: EUR\n")
    assert read_project(tmp_path).valuation == Valuation(Decimal("0.1"), 60, "revenue", {}, None)
    assert read(tmp_path, "{discount: 8.5%, horizon: 30 months, margin: 70%}") == Valuation(
        Decimal("0.085"), 30, "rate", {"": Decimal("0.7")}
    )
    assert read(tmp_path, "{horizon: perpetuity, margin: from costs, orders_from: 2020-01-01}") == Valuation(
        months=1200, margin_from="costs", orders_from=date(2020, 1, 1)
    )
    assert read(tmp_path, "{covariates: [region, industry]}").covariates == ("region", "industry")
    margins = read(tmp_path, "{margin: {enterprise: 75%, otherwise: 60%}}").margins
    assert margins == {"enterprise": Decimal("0.75"), "": Decimal("0.6")}


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("10%", "value-block"),
        ("{discont: 10%}", "value-unknown-word"),
        ("{discount: 0.1}", "value-discount"),
        ("{discount: 101%}", "value-discount"),
        ("{horizon: 5}", "value-horizon"),
        ("{horizon: 101 years}", "value-horizon"),
        ("{margin: most}", "value-margin"),
        ("{margin: {small: 60%}}", "value-margin"),
        ("{orders_from: spring}", "value-orders-from"),
        ("{covariates: [regoin]}", "value-covariate"),
        ("{covariates: [segment]}", "value-covariate"),
        ("{covariates: [region, region]}", "value-covariate"),
    ],
)
def test_a_mistake_is_said_with_its_line(tmp_path, block, code):
    with pytest.raises(ConfigurationError) as error:
        read(tmp_path, block)
    assert [(problem.code, problem.line) for problem in error.value.problems] == [(code, 3)]
