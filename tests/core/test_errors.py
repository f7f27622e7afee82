"""A problem says where, what was found, what was expected and what was likely meant."""

import pytest

from keepwell.core.errors import ConfigurationError, MissingError, Problem, nearest, raise_problems
from keepwell.core.identifiers import bare, content_hash, find_id, with_namespace


def test_a_problem_reads_as_one_line():
    problem = Problem(
        "plan-unknown-word", "a part has no word weigth", "plans/ae.yaml", 12, "weigth", "weight", "weight"
    )
    assert str(problem) == (
        "plans/ae.yaml:12: a part has no word weigth; found weigth; expected weight — did you mean weight? "
        "[plan-unknown-word]"
    )
    assert "severity" in problem.as_json()
    assert str(Problem("x", "wrong")) == "wrong [x]"


def test_problems_are_raised_together_and_warnings_pass():
    warning = Problem("w", "mind", severity="warning")
    raise_problems([warning])
    with pytest.raises(ConfigurationError) as error:
        raise_problems([warning, Problem("a", "first"), Problem("b", "second")])
    assert error.value.code == "a"
    assert len(error.value.problems) == 3
    assert "(and 1 more)" in error.value.message


def test_the_nearest_word_ignores_case_and_leaves_strangers_alone():
    assert nearest("CUSTOMER_ID", ["customer_id", "person_id"]) == "customer_id"
    assert nearest("zzz", ["customer_id"]) is None


def test_ids_carry_their_namespace_and_may_be_named_without_it():
    known = [with_namespace("crm", "7"), with_namespace("desk", "7"), with_namespace("crm", "8")]
    assert bare("crm:7") == "7"
    assert find_id("8", known, "customer") == "crm:8"
    assert find_id("desk:7", known, "customer") == "desk:7"
    with pytest.raises(MissingError, match="may be crm:7 or desk:7"):
        find_id("7", known, "customer")
    with pytest.raises(MissingError) as error:
        find_id("crm:9", known, "customer")
    assert error.value.code == "id-unknown"


def test_a_content_hash_tells_where_parts_end():
    assert content_hash("ab", "c") != content_hash("a", "bc")
    assert content_hash("ab", "c") == content_hash("ab", b"c")
