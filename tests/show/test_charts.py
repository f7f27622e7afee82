"""Charts put values where they belong, and say in words what they show."""

import re

import pytest

from keepwell.record.tables import STAGES
from keepwell.show.figures import CurvePoint, curve_figure, trend_figure
from keepwell.show.format import share
from keepwell.show.journey_map import JourneyMap, draw_map, journey_map
from keepwell.show.readings import trend
from keepwell.show.strips import stacked_strip, steps_of, waterfall_strips
from keepwell.show.svg import Scale, tag, ticks
from show import sample_company as company


def numbers(markup, name):
    return [float(found.rstrip("%")) for found in re.findall(rf'\b{name}="(-?[\d.]+%?)"', str(markup))]


def test_text_in_a_drawing_is_escaped_and_so_are_attributes():
    assert str(tag("text", '<&"', title='"><script>')) == '<text title="&#34;&gt;&lt;script&gt;">&lt;&amp;&#34;</text>'


def test_a_scale_puts_what_lies_outside_on_its_edge():
    scale = Scale(0, 10)
    assert [scale.at(value) for value in (-5, 0, 5, 10, 99)] == [0, 0, 50, 100, 100]


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-37, 12), (0, 0), (5, 5), (0.001, 0.0011), (0, 9_876_543)])
def test_ticks_are_few_and_enclose(low, high):
    found = ticks(low, high)
    assert 2 <= len(found) <= 8
    assert found[0] <= low
    assert found[-1] >= high


def test_the_parts_of_a_whole_fill_it():
    strip = stacked_strip([(1, "after"), (3, "at-sale"), (0, "at-other")])
    assert numbers(strip, "x") == [0, 25]
    assert sum(numbers(strip, "width")[1:]) == 100


def test_each_step_begins_where_the_one_before_ended():
    steps = steps_of([("a", 60.0), ("b", 40.0), ("c", -50.0)], "all")
    strips = waterfall_strips(steps)
    places = [(numbers(one, "x")[0], numbers(one, "width")[1]) for one in strips]
    assert places == [(0, 60), (60, 40), (50, 50), (0, 50)]
    assert "bar minus" in strips[2]


def test_a_sum_below_nought_is_drawn_from_nought():
    strips = waterfall_strips(steps_of([("a", 10.0), ("b", -30.0)], "all"))
    assert numbers(strips[-1], "x") == [0]


def test_a_trend_of_one_period_is_not_drawn():
    found = trend(company.measures(), "nps")
    assert 'role="img"' in trend_figure(found)
    assert trend_figure(type(found)(found.words, found.readings[:1])) == ""


def test_the_curve_says_what_is_reached_and_what_that_pays():
    points = [CurvePoint(0.5, 0, 0), CurvePoint(1.0, 1.0, 0.8), CurvePoint(1.5, 2.0, 2.0)]
    assert "Reached: 75%, which pays 40%" in curve_figure(points, share, 0.75)
    assert "Reached: 100%, which pays 100%" in curve_figure(points, share, 1.0)
    assert "Reached: 300%, which pays 200%" in curve_figure(points, share, 3.0)
    assert "Reached" not in curve_figure(points, share)


@pytest.mark.parametrize("upright", [False, True])
def test_the_map_draws_every_stage_and_a_way_to_each(upright):
    found = journey_map(company.transitions(), company.stages(), STAGES)
    drawn = draw_map(found, upright=upright)
    assert drawn.count("node-name") == len(found.stages) == 11
    reached = {way.to_stage for way in found.drawn}
    assert reached == {way.to_stage for way in found.ways}
    assert 'class="edge away"' in drawn
    assert min(numbers(drawn, "y")) >= 0


def test_nothing_to_draw_gives_nothing():
    assert draw_map(JourneyMap((), ())) == ""
