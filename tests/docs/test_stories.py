"""What the README and the tutorial show is what the commands print, from the first to the last."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from shown import ROOT, Demo, Shown, Story

PAGES = ["README.md", "docs/tutorial.md", "docs/recipes/close-a-month.md", "docs/recipes/export-pay.md"]
AGAIN = f"changed on purpose? python tests/shown.py {' '.join(PAGES)}"


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_print_what_the_page_shows(page: str, demo: Demo, tmp_path: Path) -> None:
    story = Story(tmp_path, demo)
    differing = []
    for _, shown, printed in story.tell((ROOT / page).read_text(encoding="utf-8")):
        if not shown.holds(printed):
            lines = unified_diff(shown.lines, shown.filled(printed), "shown", "printed", lineterm="")
            differing.append("\n".join([f"$ {shown.command}", *lines]))
    assert not differing, "\n\n".join([*differing, AGAIN])


def test_dots_stand_for_what_is_left_out() -> None:
    shown = Shown("x", ("first", "…", "third … 3"))
    assert shown.holds(["first", "third of 3"])
    assert shown.holds(["first", "second", "…", "third of 3"])
    assert not shown.holds(["first", "second"])
    assert shown.filled(["FIRST", "second", "THIRD"]) == ["FIRST", "…", "THIRD"]
