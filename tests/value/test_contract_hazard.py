"""Customers valued by the hazard of leaving: where it tells them apart, who had promises broken early is worth less."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from keepwell.measure.columns import Coded
from keepwell.project.valuation import Valuation
from keepwell.value.choose import read, rounded, written
from keepwell.value.contract_hazard import HAZARD, SHARE, HazardModel, Sight
from keepwell.value.contract_worth import Contracts
from keepwell.value.customer_risks import Looked, Lost
from keepwell.value.parts import DIRECTIONS, along, with_values
from keepwell.value.risk_model import Known, fit_risk
from record_rows import Rows
from value.test_customer_values import add_terms
from value.test_risk_model import cells, looks

TODAY, SINCE = date(2026, 7, 1), date(2026, 5, 10)
TABLES = ("value_moments", "value_models", "customer_values", "valued_parts", "equity_changes", "value_calibration")


def company(*, matters: bool) -> Rows:
    """From January 2024 on sixteen a month, half of whom a promise of the first days is broken; terms of a year.

    Where it `matters`, five of eight of those give notice in their first year and leave, and one of eight of the others;
    or else three of eight of both.
    """
    rows = Rows(today=TODAY, since_on=SINCE, valuation=Valuation(Decimal("0.1"), 60))
    for number in range(18 * 16):
        month, place = divmod(number, 16)
        first, broken = date(2024 + month // 12, month % 12 + 1, 5), place % 2 == 1
        leaves = place // 2 < ((5 if broken else 1) if matters else 3)
        terms = 1 if leaves or first >= date(2025, 6, 1) else 2
        name = f"c:{number:03}{'-broken' if broken else ''}"
        end = first.replace(year=first.year + 1)
        notice = (
            {"notice_on": end - timedelta(days=20 + 50 * (number % 5))} if leaves and end < date(2026, 7, 5) else {}
        )
        add_terms(rows, name, first, [1000.0] * (terms + (terms == 2 and first < date(2024, 6, 1))), **notice)
        if broken:
            rows.add("promises", promise_id=f"p:{number}", customer_id=name, made_on=first, status="broken",
                     due_on=first + timedelta(days=40))  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def valued() -> dict[str, list[dict[str, Any]]]:
    return company(matters=True).run(*TABLES)


def test_the_hazard_foretold_best_who_stayed_and_who_left(valued: dict[str, list[dict[str, Any]]]) -> None:
    judged = {row["model"]: row for row in valued["value_models"] if row["later_log_likelihood"] is not None}
    assert judged[HAZARD]["later_log_likelihood"] > judged["constant_churn"]["later_log_likelihood"] + 5
    chosen = [row for row in valued["value_models"] if row["chosen"]]
    assert {row["at_on"] for row in chosen} == {row["at_on"] for row in valued["value_moments"]} >= {SINCE}
    assert {(row["model"], row["fitted_on"]) for row in chosen} == {(HAZARD, "*")}
    assert "who stayed and who left of those under contract on 2025-07-01" in chosen[0]["because"]


def test_who_had_promises_broken_early_is_worth_less(valued: dict[str, list[dict[str, Any]]]) -> None:
    given = {row["customer_id"] for row in valued["valued_parts"] if row["notice"]}
    now = {row["customer_id"]: row for row in valued["customer_values"]
           if row["at_on"] == TODAY and row["customer_id"] not in given}  # fmt: skip
    beside = [(row, now.get(f"c:{int(name[2:]) + 1:03}-broken")) for name, row in now.items() if "broken" not in name]
    pairs = [(kept, broken) for kept, broken in beside if broken is not None]
    assert len(pairs) > 15
    for kept, broken in pairs:  # both came on one day, and pay the same
        assert broken["value"] < kept["value"] * Decimal("0.9")
        assert broken["low"] <= broken["value"] <= broken["high"]


def test_changes_add_up_to_the_cent(valued: dict[str, list[dict[str, Any]]]) -> None:
    values = {(row["at_on"], row["customer_id"]): row["value"] for row in valued["customer_values"]}
    told: dict[Any, Decimal] = {}
    for row in valued["equity_changes"]:
        key = row["from_on"], row["to_on"], row["customer_id"]
        told[key] = told.get(key, Decimal(0)) + row["amount"]
    for from_on, to_on in pairwise(row["at_on"] for row in valued["value_moments"]):
        for name in {name for _, name in values}:
            change = values.get((to_on, name), Decimal(0)) - values.get((from_on, name), Decimal(0))
            assert told.get((from_on, to_on, name), Decimal(0)) == change
    assert any(row["cause"] == "re_estimated" for row in valued["equity_changes"])


def test_of_whom_more_was_foretold_more_stayed(valued: dict[str, list[dict[str, Any]]]) -> None:
    told = {row["part"]: row for row in valued["value_calibration"] if row["segment"] == "*"}
    for what in ("foretold", "came"):
        least, most = (told[part][what] / told[part]["customers"] for part in (1, 5))
        assert least + Decimal("0.2") < most


def test_where_nothing_tells_customers_apart_it_is_not_chosen_and_says_so() -> None:
    models = company(matters=False).table("value_models")
    assert HAZARD not in {row["model"] for row in models if row["chosen"]}
    [tried] = [row for row in models if row["model"] == HAZARD]
    assert "nothing tells who leaves from who stays" in tried["because"]


@pytest.fixture(scope="module")
def model() -> HazardModel:
    return HazardModel(fit_risk(cells(20_000)), Lost.of(10, 30))


def seen_and_contracts(model: HazardModel) -> tuple[Looked, Sight, Contracts]:
    """Three customers with a term of a year, the last of them without a look."""
    rows = looks(2, broken_early=[0, 2], severe_lately=[0, 1], ends_in=[2, 7], tenure=[8, 40])
    ends, term = np.array([2, 7, 2]), np.array([12, 12, 12])
    sight = Sight.read(rows, Coded(np.array([0, 1, 2]), ("c:0", "c:1", "c:9")), np.array([8, 8, 8]), ends, term)
    contracts = Contracts(np.zeros(3, np.int64), (ends + 0.5) / 12, np.ones(3), np.zeros(3, bool), np.arange(3))
    return Looked(rows, Known.read(rows), model.risk, model.lost), sight, contracts


def test_a_renewal_is_made_by_who_has_not_left_by_the_end_of_the_term(model: HazardModel) -> None:
    looked, sight, contracts = seen_and_contracts(model)
    stays = model.ahead(sight, 60)(model.fit)(contracts, 3)
    for row, ends in ((0, 2), (1, 7)):
        there, before = 1.0, 0.0
        for renewal in range(3):
            hazard = looked.cumulative(ends + 1 + 12 * renewal)[0][row]
            # of those who decide to in a term, the share leaves
            there *= 1 - model.lost.share * -np.expm1(before - hazard)
            before = hazard
            assert stays[row, renewal] == pytest.approx(there, rel=1e-6)
    # the first renewal is as likely as `keepwell risk` says
    assert 1 - stays[0, 0] == pytest.approx(looked.chances(3)[0][0], rel=1e-6)
    lasts = model.risk.lasts.hazard
    height = np.exp(lasts.baseline @ lasts.parameters[: len(lasts.baseline_names)])
    middle = height[model.risk.cells_ahead(looked.known, 3)[0]].sum()  # of who is not known, the company's middle
    assert stays[2, 0] == pytest.approx(1 - model.lost.share * -np.expm1(-middle), rel=1e-6)


def test_a_fit_that_was_written_says_the_same(model: HazardModel) -> None:
    fit = rounded(model.fit)
    assert fit.names[-1] == SHARE
    assert read(written(fit)).values == fit.values
    _, sight, contracts = seen_and_contracts(model)
    ahead = model.ahead(sight, 60)
    assert ahead(fit)(contracts, 2) == pytest.approx(ahead(model.fit)(contracts, 2), rel=1e-6)
    drawn = np.array([ahead(with_values(fit, row))(contracts, 1)[1, 0] for row in fit.draws(40)])
    assert 0 < drawn.std() < 0.2


def test_of_many_directions_those_are_told_that_move_the_whole(model: HazardModel) -> None:
    _, sight, contracts = seen_and_contracts(model)
    ahead, fit = model.ahead(sight, 60), model.fit
    assert len(fit.names) > DIRECTIONS

    def stays(moved: Any) -> Any:
        return ahead(moved)(contracts, 1)[:, 0]

    told = along(fit, stays)
    slopes = np.stack([(stays(with_values(fit, np.array(fit.values) * np.exp(step)))
                        - stays(with_values(fit, np.array(fit.values) * np.exp(-step)))) / 2e-4
                       for step in np.eye(len(fit.names)) * 1e-4], axis=1)  # fmt: skip
    whole = slopes.sum(axis=0) @ np.array(fit.covariance) @ slopes.sum(axis=0)
    assert (told.sum(axis=0) ** 2).sum() == pytest.approx(whole, rel=0.02)
