"""YAML keeps its lines, and its traps are refused."""

from datetime import date
from decimal import Decimal

import pytest

from keepwell.core.errors import ConfigurationError
from keepwell.project.yaml import parse_yaml, read_yaml, unknown_keys


def codes(text):
    with pytest.raises(ConfigurationError) as error:
        parse_yaml(text, "f.yaml")
    return [(problem.code, problem.line) for problem in error.value.problems]


def test_values_keep_their_lines_and_exact_numbers():
    node = parse_yaml("a: 1.10\nb:\n  c: 2026-01-31\n  d: [x, '07']\n", "f.yaml")
    assert node.block["a"].value == Decimal("1.10")
    assert node.block["b"].block["c"].value == date(2026, 1, 31)
    assert node.block["b"].block["c"].line == 3
    assert node.plain() == {"a": Decimal("1.10"), "b": {"c": date(2026, 1, 31), "d": ["x", "07"]}}


def test_duplicate_keys_and_words_that_mean_true_are_refused_together():
    assert codes("a: 1\na: 2\non: x\nb: yes\n") == [("yaml-duplicate-key", 2), ("yaml-trap", 3), ("yaml-trap", 4)]


def test_quoted_words_are_words():
    assert parse_yaml("'on': 'yes'\n").plain() == {"on": "yes"}


@pytest.mark.parametrize("text", ["a: [1\n", "a: b: c\n", "\ta: 1\n"])
def test_what_is_no_yaml_says_so(text):
    assert codes(text)[0][0] == "yaml-syntax"


def test_a_tag_makes_no_object():
    assert parse_yaml("a: !!python/object/apply:os.system [x]\n").plain() == {"a": ["x"]}


def test_base_60_and_hexadecimal_are_text():
    assert parse_yaml("a: 1:30\nb: 0x1F\nc: 1_000\n").plain() == {"a": "1:30", "b": "0x1F", "c": 1000}


def test_a_bomb_of_aliases_is_refused():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 8))
    assert codes(bomb)[0][0] == "yaml-too-deep"


def test_a_missing_file_and_one_that_is_not_utf8(tmp_path):
    with pytest.raises(ConfigurationError, match="no such file"):
        read_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("name: Zoë".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="UTF-8"):
        read_yaml(tmp_path / "latin.yaml")


def test_unknown_words_name_the_nearest():
    node = parse_yaml("weigth: 1\nmeasure: nps\n", "p.yaml")
    (problem,) = unknown_keys(node, ("weight", "measure"), "a part")
    assert (problem.line, problem.nearest) == (1, "weight")
