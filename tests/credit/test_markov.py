"""Reach on customers' ways, against its closed form's published numbers and against taking the stage out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from keepwell.core.errors import UsageError
from keepwell.credit.markov import LOST, START, WON, reach, reach_of_steps

WAYS = [(["C1", "C2", "C3"], True), (["C1"], False), (["C2", "C3"], False)]


def test_the_published_ways() -> None:
    found = reach(WAYS)
    assert found.chance == pytest.approx(1 / 3)
    assert dict(found.reach) == pytest.approx({"C1": 0.5, "C2": 1.0, "C3": 1.0})
    assert found.share == pytest.approx({"C1": 0.2, "C2": 0.4, "C3": 0.4})


def test_a_stage_that_all_pass_has_one_whatever_it_does() -> None:
    assert reach([(["door", "x"], True), (["door", "y"], True), (["door"], False)]).reach["door"] == pytest.approx(1)


ways = st.lists(st.tuples(st.lists(st.sampled_from("abcd"), max_size=5), st.booleans()), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(ways)
def test_reach_is_what_is_lost_where_a_stage_leads_nowhere(found: list[tuple[list[str], bool]]) -> None:
    assume(any(won for _, won in found))
    whole = reach(found)
    steps: dict[tuple[str, str], int] = {}
    for stages, won in found:
        line = [START, *stages, WON if won else LOST]
        for step in pairwise(line):
            steps[step] = steps.get(step, 0) + 1
    for stage, one in whole.reach.items():
        without = dict(steps)
        for (source, to), many in steps.items():
            if source == stage:
                without[source, to] = 0
                without[source, LOST] = without.get((source, LOST), 0) + many
        try:
            still = reach_of_steps(without).chance
        except UsageError:  # all that is won passes there
            still = 0.0
        assert one == pytest.approx(1 - still / whole.chance, abs=1e-9)


@pytest.mark.parametrize("name", [START, WON, LOST])
def test_a_stage_named_as_a_beginning_or_an_end_is_refused(name: str) -> None:
    for won in (True, False):
        with pytest.raises(UsageError, match="no stage") as refused:
            reach([([name], won), (["a"], True)])
        assert (refused.value.code, name in refused.value.message) == ("reach-stage", True)


def test_where_nothing_is_won_nothing_was_reached() -> None:
    with pytest.raises(UsageError, match="no way was won"):
        reach([(["a"], False)])
    assert reach([([], True)]).share == {}
