"""What the configuration names and nobody in the record has is said, with the nearest name; without a record, nothing."""

import pytest

from keepwell.project.named import named_values, unknown_values

PLAN = """\
applies_to:
  role: [account_executive, "account exec"]
  segment: smal
parts:
  sale:
    times:
      - {for: {segment: [enterprise, huge]}, kicker: 120%}
examples:
  - customers: {a: {segment: made up}}
    for: {segment: made up too}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "keepwell.yaml").write_text(
        "value:\n  margin:\n    enterprize: 70%\n    small: 60%\n    otherwise: 65%\n"
    )
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "ae.yaml").write_text(PLAN)
    (tmp_path / "plans" / "wrong.yaml").write_text("{")
    return tmp_path


def test_each_text_that_nobody_has_is_said_with_its_place_and_the_nearest(folder):
    known = {
        ("customers", "segment"): {"enterprise", "small"},
        ("positions", "segment"): {"small"},
        ("positions", "role"): {"account_executive"},
    }
    found = unknown_values(named_values(folder), known)
    assert [(one.code, one.where, one.found, one.nearest, one.severity) for one in found] == [
        ("segment-unheard", "keepwell.yaml:3", "enterprize", "enterprise", "warning"),
        ("segment-unheard", "plans/ae.yaml:3", "smal", "small", "warning"),
        ("role-unheard", "plans/ae.yaml:2", "account exec", "account_executive", "warning"),
        ("segment-unheard", "plans/ae.yaml:7", "huge", None, "warning"),
    ]
    assert found[0].expected == "one of enterprise, small"


def test_where_nothing_is_known_nothing_is_said(folder):
    assert unknown_values(named_values(folder), {}) == []
    [one, two] = [
        one for one in unknown_values(named_values(folder), {("customers", "segment"): set()}) if one.line < 5
    ]
    assert (one.expected, one.nearest) == (None, None)
    assert one.message == two.message == "no customer is in this segment: the record knows no segment of customers"
