"""The company's hazard: found again from months that were made by it, plain where few left, and the same when read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from keepwell.value.customer_risks import Looked, Lost, drivers_of
from keepwell.value.risk_calibration import calibration, slope_of
from keepwell.value.risk_fits import FIT_STEP, LEAK_STEP, LEAKS, SAY_STEP, fit_of
from keepwell.value.risk_model import Known, fit_risk

THEN, NOW = date(2025, 7, 1), date(2026, 7, 10)
NONE = ("no_value", "broken_later", "kept", "unseen", "unowned", "unsolved", "answer")
TRUE = {"weeks late going live": 0.1, "early promises broken": 0.5, "signed in a rush": 0.3, "segment b": -0.4}


def cells(months: int, seed: int = 3, level: float = -4.2, effects: Mapping[str, float] | None = None) -> pa.Table:
    """Months of customers with the effects that are known, and a sign that counts double."""
    dice = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        "segment": dice.choice(["a", "b"], months, p=[0.6, 0.4]), "step": dice.integers(0, 6, months),
        "term": dice.choice([0, 1, 2], months, p=[0.7, 0.1, 0.2]),
        "weeks_late": np.minimum(dice.poisson(1.0, months), 12), "broken_early": np.minimum(dice.poisson(0.3, months), 4),
        "rushed": dice.integers(0, 2, months), "severe_early": np.minimum(dice.poisson(0.2, months), 5),
        "severe_lately": np.minimum(dice.poisson(0.1, months), 3), "use_fell": dice.choice([0, 1, 2], months, p=[0.8, 0.15, 0.05]),
        **{name: np.zeros(months, dtype=int) for name in NONE},
    }  # fmt: skip
    found = TRUE if effects is None else effects
    at = (
        level + found.get("weeks late going live", 0) * columns["weeks_late"]
        + found.get("early promises broken", 0) * columns["broken_early"]
        + found.get("signed in a rush", 0) * columns["rushed"]
        + found.get("segment b", 0) * (columns["segment"] == "b")
        + (0.7 * columns["severe_lately"] if effects is None else 0)
    )  # fmt: skip
    columns["months"] = np.ones(months, dtype=int)
    columns["left_in"] = (dice.random(months) < -np.expm1(-np.exp(at))).astype(int)
    columns["known_on"] = np.where(dice.random(months) < 0.5, THEN, NOW).tolist()
    return pa.table(columns)


def looks(count: int, **columns: Any) -> pa.Table:
    """Customers to be looked at: nothing is known of them but what is said."""
    names = ("weeks_late", "broken_early", "rushed", "severe_early", "severe_lately", "use_fell", "days_late", "answer_months",
             "decides_in_year", *NONE)  # fmt: skip
    known = {**dict.fromkeys(names, 0), "tenure": 8, "ends_in": -1, "term_months": 12, "judges": False, "is_live": True,
             "under_notice": False, "segment": "a", **columns}  # fmt: skip
    rows: dict[str, Any] = {
        name: value if isinstance(value, list) else [value] * count for name, value in known.items()
    }
    rows["customer_id"] = [f"c:{number}" for number in range(count)]
    rows["notice_on"] = pa.nulls(count, pa.date32())
    return pa.table(rows)


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return cells(60_000)


def test_the_effects_are_found_again(table: pa.Table) -> None:
    model = fit_risk(table)
    hazard = model.lasts.hazard
    for name, truth in TRUE.items():
        place = hazard.names.index(name) + len(hazard.baseline_names)
        assert abs(hazard.parameters[place] - truth) < 3 * hazard.standard_errors[place], name
    assert 0.9 < model.lasts.factor <= 1
    assert model.signs is not None
    value = dict(zip(model.signs.hazard.names, model.signs.hazard.coefficients, strict=True))
    assert value["severe tickets lately"] == pytest.approx(0.7, abs=0.2)
    assert "early severe tickets" in hazard.names  # asked, and next to nothing
    assert not {"no first value", "nobody named"} & set(hazard.names)  # nobody has it: not asked


def test_what_is_only_noise_is_not_believed() -> None:
    """Of 60 who left for no reason: chance alone shows differences once in twenty times, here at most twice in twelve."""
    models = [fit_risk(cells(4000, seed, effects={})) for seed in range(12)]
    assert sum(not model.lasts.hazard.names for model in models) >= 10


@pytest.mark.parametrize(("months", "words"), [(600, "only"), (0, "nobody")])
def test_where_few_left_there_is_the_plain_rate_and_it_says_so(months: int, words: str) -> None:
    few = cells(1500, level=-5.0, effects={}) if months else cells(1500, level=-30.0, effects={})
    model = fit_risk(few)
    assert model.is_plain
    assert model.why.startswith(words)
    assert model.why.endswith("the company's plain rate")
    events = int(np.sum(few["left_in"].to_numpy()))
    assert events < 20
    known = Known.read(looks(2, broken_early=[0, 4]))
    monthly = model.monthly(known)
    assert monthly[0] == monthly[1] == pytest.approx((events + 0.5) / 1501)


def test_a_model_read_back_says_the_same(table: pa.Table) -> None:
    days = pa.table({"at_no": [1, 2], "at_on": [THEN, NOW], "is_now": [False, True], "judges": [True, False],
                     "is_looked": [True, True]})  # fmt: skip
    rows = FIT_STEP.run({"risk_cells": table, "risk_days": days, "covariate_leaks": LEAKS.arrow.empty_table()})
    model, again = fit_risk(table), fit_of(rows, judges=False)
    assert again is not None
    known = Known.read(
        looks(4, weeks_late=[0, 3, 0, 1], severe_lately=[0, 0, 2, 1], segment=["a", "b", "b", "c"], ends_in=2)
    )
    assert again.monthly(known).tolist() == model.monthly(known).tolist()
    for one, other in zip(_chances(again, known), _chances(model, known), strict=True):
        assert one.tolist() == other.tolist()
    earlier = fit_of(rows, judges=True)
    assert earlier is not None
    assert earlier.lasts.hazard.periods == table["known_on"].to_pylist().count(THEN)
    said = SAY_STEP.run({"hazard_fits": rows}).to_pylist()
    [broken] = [row for row in said if row["name"] == "early promises broken" and not row["judges"]]
    assert broken["low"] < broken["factor"] < broken["high"]
    assert float(broken["factor"]) == pytest.approx(np.exp(0.5), rel=0.15)


def with_columns(table: pa.Table, **columns: Any) -> pa.Table:
    """The same table with these columns, added or in the place of what was there."""
    for name, values in columns.items():
        made = pa.array(values)
        there = table.schema.get_field_index(name)
        table = table.append_column(name, made) if there < 0 else table.set_column(there, name, made)
    return table


def test_what_is_capped_or_silent_is_read_back_too() -> None:
    table = cells(30_000, level=-3.2, effects={})
    left, fell, term = table["left_in"].to_numpy().copy(), np.zeros(30_000, dtype=int), np.array(table["term"])
    left[term == 0] = 0
    fell[::7] = 1
    fell[np.flatnonzero((left == 0) & (term == 1))[:12]] = 4
    left[fell == 4] = 1
    table = with_columns(table, left_in=left, use_fell=fell)
    days = pa.table({"at_no": [1, 2], "at_on": [THEN, NOW], "is_now": [False, True], "judges": [True, False],
                     "is_looked": [True, True]})  # fmt: skip
    rows = FIT_STEP.run({"risk_cells": table, "risk_days": days, "covariate_leaks": LEAKS.arrow.empty_table()})
    model, again = fit_risk(table), fit_of(rows, judges=False)
    assert again is not None
    assert model.signs is not None
    assert model.signs.most[0] < np.inf
    assert "nobody left where no term ends within three months" in again.why
    known = Known.read(looks(3, use_fell=[4, 0, 1], ends_in=[1, 0, 8]))
    for one, other in zip(_chances(again, known), _chances(model, known), strict=True):
        assert one.tolist() == other.tolist()


def test_a_column_of_the_companys_own_counts_and_one_that_only_leavers_have_does_not() -> None:
    """Of the south twice as many leave; what is written down as they leave is refused in words."""
    table = cells(40_000, effects={})
    dice = np.random.default_rng(8)
    south = dice.random(40_000) < 0.4
    left = np.array(table["left_in"]) | (south & (dice.random(40_000) < 0.015))
    table = with_columns(table, left_in=left.astype(int), region=np.where(south, "south", "north"),
                         industry=np.where(left == 1, "lost", ""))  # fmt: skip
    values = pa.table({"name": ["industry", "industry", "region", "region", "region", "region"],
                       "value": ["lost", "", "south", "north", "south", "north"],
                       "has_left": [True, False, True, True, False, False],
                       "customers": [80, 900, 50, 30, 400, 500]})  # fmt: skip
    [leak] = LEAK_STEP.run({"covariate_values": values}).to_pylist()
    assert leak == {"name": "industry", "why": "it is recorded for leavers only: 80 of 80 of them, and nobody else"}
    model = fit_risk(table, {leak["name"]: leak["why"]})
    assert [name for name in model.lasts.hazard.names if name.startswith(("industry", "region"))] == ["region south"]
    assert model.why.endswith(f"left out: industry ({leak['why']})")
    noise = fit_risk(with_columns(table, industry=dice.choice(["mining", "retail", "tourism"], 40_000)))
    assert noise.why.endswith("left out: industry tells no more than chance would")
    assert noise.lasts.hazard.names == model.lasts.hazard.names
    monthly = model.monthly(Known.read(with_columns(looks(2), region=["south", "north"])))
    assert monthly[0] == pytest.approx(2 * monthly[1], rel=0.2)


def test_whoever_leaves_at_ends_of_terms_only_is_told_so() -> None:
    """Nobody leaves in other months: they have a level of their own, next to nothing, and the ends keep theirs."""
    table = cells(40_000, level=-3.0, effects={"early promises broken": 0.5})
    at_end = np.array(table["term"]) == 1
    left = np.where(at_end, table["left_in"], 0)
    model = fit_risk(table.set_column(table.schema.get_field_index("left_in"), "left_in", pa.array(left)))
    assert not model.is_plain
    assert "nobody left where no term ends within three months" in model.why
    known = Known.read(looks(3, ends_in=[0, 6, 2], tenure=20, broken_early=0))
    monthly = model.monthly(known)
    assert monthly[0] == pytest.approx(-np.expm1(-np.exp(-3.0)), rel=0.2)
    assert monthly[1:].max() < 0.001
    chance, low, high = _chances(model, known)
    assert chance == pytest.approx(monthly[0], rel=0.1)  # each has one end of a term in the year
    assert (low < chance).all()
    assert (chance < high).all()


def test_ends_of_terms_count_where_hardly_anybody_leaves_in_other_months() -> None:
    """Three in 28,000 other months: too few for a covariate, but not for what is so far from chance."""
    table = cells(40_000, level=-3.0, effects={})
    others = np.flatnonzero((np.array(table["term"]) != 1) & (np.array(table["left_in"]) == 1))
    left = table["left_in"].to_numpy().copy()
    left[others[3:]] = 0
    model = fit_risk(table.set_column(table.schema.get_field_index("left_in"), "left_in", pa.array(left)))
    monthly = model.monthly(Known.read(looks(2, ends_in=[0, 6], tenure=20)))
    assert monthly[0] > 50 * monthly[1] > 0


def test_a_covariate_that_follows_from_others_is_left_out_and_said(table: pa.Table) -> None:
    """Two that are the same: the later one goes, the others keep what they say."""
    same = table.set_column(table.schema.get_field_index("severe_early"), "severe_early", table["broken_early"])
    model, alone = fit_risk(same), fit_risk(table)
    assert "early severe tickets" not in model.lasts.hazard.names
    words = "left out: early severe tickets follows from what is there before it, most from early promises broken"
    assert model.why.endswith(words)
    broken = [dict(zip(one.lasts.hazard.names, one.lasts.hazard.coefficients, strict=True))["early promises broken"]
              for one in (model, alone)]  # fmt: skip
    assert broken[0] == pytest.approx(broken[1], abs=0.02)


def test_signs_are_no_surer_than_the_number_who_left_with_them() -> None:
    """All ten whose use fell have left at once: of the next such customer, no more is said than ten of ten allow."""
    table = cells(8000, effects={})
    left, fell = table["left_in"].to_numpy().copy(), np.zeros(8000, dtype=int)
    fell[::5] = 1
    fell[np.flatnonzero(left == 0)[:10]] = 4
    left[fell == 4] = 1
    for name, column in (("left_in", left), ("use_fell", fell)):
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(column))
    model = fit_risk(table)
    chance, low, _ = _chances(model, Known.read(looks(2, use_fell=[4, 0])))
    assert model.signs is not None
    assert chance[0] == pytest.approx(10.5 / 11, abs=0.03)
    assert low[0] < 0.87
    assert chance[1] < 0.3
    # what the sign moves is what the chance would lose without it, capped or not
    rows = looks(2, use_fell=[4, 0])
    seen = Looked(rows, Known.read(rows), model, Lost.of(0, 0))
    [fell_says] = [one for one in drivers_of(seen) if one.covariate == "use fell"]
    assert (fell_says.rows.tolist(), fell_says.words) == ([0], ("use fell by 40% in the last month",))
    assert fell_says.effect[0] == pytest.approx(chance[0] - chance[1])


def test_signs_weigh_on_three_months_and_what_lasts_on_all(table: pa.Table) -> None:
    model = fit_risk(table)
    known = Known.read(looks(3, severe_lately=[0, 2, 0], broken_early=[0, 0, 2]))
    soon, year = (model.lasts.hazard.cumulative(model.lasts.centred(known), model.cells_ahead(known, months),
                                                model.signs_of(known))[0] for months in (3, 12))  # fmt: skip
    later = year - soon
    assert later[1] == pytest.approx(later[0])
    assert soon[1] > 2.5 * soon[0]
    assert later[2] > 2 * later[0]


def test_terms_ahead_come_round() -> None:
    model = fit_risk(cells(60_000))
    cell = model.cells_ahead(Known.read(looks(3, ends_in=[2, -1, 0], term_months=[12, 1, 6])), 12) % 3
    assert cell[0].tolist() == [2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert cell[1].tolist() == [0] * 12
    assert cell[2].tolist() == [1, 0, 0, 2, 2, 2, 1, 0, 0, 2, 2, 2]


def test_drivers_are_said_in_words_with_what_they_move(table: pa.Table) -> None:
    rows = looks(4, broken_early=[2, 0, 1, 0], weeks_late=[5, 0, 0, 0], days_late=[40, 0, 0, 0], rushed=[0, 0, 1, 0],
                 under_notice=[False, False, False, True])  # fmt: skip
    days = pa.array([None, None, None, 20_270], pa.int32()).cast(pa.date32())
    rows = rows.set_column(rows.schema.get_field_index("notice_on"), "notice_on", days)
    seen = Looked(rows, Known.read(rows), fit_risk(table), Lost.of(10, 30))
    chance, low, high = seen.chances(12)
    assert (low < chance).all()
    assert (chance < high).all()
    assert chance[3] == pytest.approx(30.5 / 41)
    said: dict[int, dict[str, float]] = {}
    for one in drivers_of(seen):
        for row, effect, code in zip(one.rows, one.effect, one.codes, strict=True):
            said.setdefault(int(row), {})[one.words[code]] = float(effect)
    assert set(said[0]) == {"2 promises of the first 90 days not kept in time", "went live 40 days late"}
    assert set(said[2]) == {"a promise of the first 90 days not kept in time", "signed in the last days of a quarter"}
    assert said[3] == {"gave notice on 1 Jul 2025": pytest.approx(30.5 / 41)}
    assert 1 not in said
    # the effect is what the chance would lose if that one thing were as usual
    usual = looks(1, weeks_late=[5], days_late=[40])
    without = Looked(usual, Known.read(usual), seen.model, seen.lost).chances(12)[0][0]
    assert said[0]["2 promises of the first 90 days not kept in time"] == pytest.approx(chance[0] - without)


def test_calibration_tells_when_differences_are_foretold_too_large() -> None:
    dice = np.random.default_rng(2)
    hazard = np.exp(-2 + 0.8 * dice.standard_normal(8000))
    came = dice.random(8000) < -np.expm1(-hazard)
    rows = calibration(hazard, came, pa.scalar(0, pa.int32()).cast(pa.date32())).to_pylist()
    assert [row["part"] for row in rows] == list(range(11))
    assert sum(row["customers"] for row in rows[1:]) == rows[0]["customers"] == 8000
    assert sum(row["low"] <= row["foretold"] <= row["high"] for row in rows) >= 9
    assert rows[0]["slope_low"] < 1 < rows[0]["slope_high"]
    too_large = np.exp(-2 + 2 * (np.log(hazard) + 2))
    slope, _, high = slope_of(too_large, came)
    assert (slope, high < 1) == (pytest.approx(0.5, abs=0.06), True)
    assert np.isnan(slope_of(np.full(50, 0.1), np.zeros(50, dtype=bool))[0])


def _chances(model: Any, known: Known) -> Any:
    return model.lasts.hazard.chances(model.lasts.centred(known), model.cells_ahead(known, 12), model.signs_of(known))
