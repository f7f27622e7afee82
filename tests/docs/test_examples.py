"""Every example in the documents is one: YAML is read by its parser, Python runs, commands exist."""

from __future__ import annotations

import inspect
import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from keepwell.cli.commands import COMMANDS
from keepwell.collect import source, values
from keepwell.collect.source import parse_source
from keepwell.pay.examples import run_examples
from keepwell.pay.parse import read_plan
from keepwell.project.config import read_project
from shown import ROOT, Block, blocks_of

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
EVERYWHERE = {"-C", "--json", "--quiet", "--debug", "--help", "--version"}
GIVEN_BY_OTHERS = {"plan-language.md", "benchmarks.md"}  # proved by tests of their own


def blocks(*kinds: str) -> list[tuple[str, Block]]:
    return [
        (f"{page.relative_to(ROOT)}:{page.read_text(encoding='utf-8')[: block.start].count(chr(10))}", block)
        for page in PAGES
        if page.name not in GIVEN_BY_OTHERS and page.name != "index.md"
        for block in blocks_of(page.read_text(encoding="utf-8"))
        if block.kind in kinds
    ]


def parametrized(*kinds: str) -> pytest.MarkDecorator:
    found = blocks(*kinds)
    return pytest.mark.parametrize("block", [block for _, block in found], ids=[where for where, _ in found])


@parametrized("yaml")
def test_yaml_is_read_by_its_parser(block: Block, tmp_path: Path) -> None:
    if re.search(r"^plan:", block.text, re.MULTILINE):
        plan = read_plan(block.text)
        results, problems = run_examples([plan], year_starts=1, closes="quarter")
        assert not problems
        assert not [problem for result in results for problem in result.problems()]
    elif re.search(r"^company:", block.text, re.MULTILINE):
        (tmp_path / "keepwell.yaml").write_text(block.text, encoding="utf-8")
        assert read_project(tmp_path).company
    elif "recognised_by" in block.text:
        pytest.skip("a preset: tests/collect prove those that ship")
    else:
        assert parse_source(block.text, "example").readings


def test_each_word_of_a_source_file_stands_in_an_example() -> None:
    text = "\n".join(block.text for where, block in blocks("yaml") if "reference/sources" in where)
    words = {*source._SOURCE_WORDS, *source._TABLE_WORDS, *values.ORIGINS, *values.CHANGES, "with", "in", "not_in", "not",
             "environment", "query", "database", "column"}  # fmt: skip
    missing = {word for word in words if not re.search(rf"(?<!\w){word}:", text)}
    assert not missing


def test_each_choice_of_a_source_file_is_named() -> None:
    text = (ROOT / "docs/reference/sources.md").read_text(encoding="utf-8")
    missing = {word for word in (*values.FOLDS, *values.EPOCHS, *values.COMBINES) if f"`{word}`" not in text}
    assert not missing


def test_each_value_in_the_tables_is_one() -> None:
    text = (ROOT / "docs/reference/sources.md").read_text(encoding="utf-8")
    said = re.findall(r"^\|.*\| `(\{.+\})` \|$", text, re.MULTILINE)
    assert len(said) > 15
    for value in said:
        assert parse_source(f"reads: x.csv\nbecomes: {{customers: {{customer_id: {value}}}}}", "example").readings


@parametrized("python")
@pytest.mark.usefixtures("acme")
def test_python_runs(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block.text, "example", "exec"), {"__name__": "example"})  # noqa: S102
    printed = capsys.readouterr().out
    assert printed or "print(" not in block.text


@parametrized("sh", "console")
def test_commands_and_their_options_exist(block: Block) -> None:
    lines = [line.removeprefix("$ ") for line in block.text.splitlines()
             if block.kind == "sh" or line.startswith("$ ")]  # fmt: skip
    for line in lines:
        words = shlex.split(line, comments=True)
        if words[:1] != ["keepwell"] or words[1:] in (["--help"], ["--version"]):
            continue
        rest = words[3:] if words[1] == "-C" else words[1:]
        command = COMMANDS.get(" ".join(rest[:2])) or COMMANDS[rest[0]]
        module, _, name = command.function.partition(":")
        known = inspect.signature(getattr(import_module(f"keepwell.cli.{module}"), name)).parameters
        options = {word.partition("=")[0] for word in rest if word.startswith("--")} - EVERYWHERE
        assert options <= {"--" + parameter.replace("_", "-") for parameter in known}, line


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    anchors = {path: set(_anchors(path)) for path in PAGES}
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), link
        assert not anchor or path not in anchors or anchor in anchors[path], link


def _anchors(page: Path) -> list[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings]


def test_every_page_is_in_the_navigation() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = {ROOT / "docs" / name for name in re.findall(r": ([\w/-]+\.md)$", text, re.MULTILINE)}
    there = {page for page in PAGES if page.is_relative_to(ROOT / "docs") and "pictures" not in page.parts}
    assert listed == there
