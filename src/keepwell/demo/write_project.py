"""Write the company's project: keepwell.yaml, the source files that read its exports, and its pay plans."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from keepwell.demo.settings import Settings


def write_project(folder: Path, settings: Settings) -> list[str]:
    """Copy the templates that ship with Keepwell, the first day of the story filled in; gives the files written."""
    first = settings.from_on
    year = first.year + (first.month > 1)  # the first year that is whole under the plans: that of their examples
    words = {"first_day": first.isoformat(), "today": settings.today.isoformat(), "year": str(year)}
    written: list[str] = []
    _copy(files("keepwell.demo") / "project", folder, words, written)
    return sorted(written)


def _copy(template: Traversable, folder: Path, words: dict[str, str], written: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for item in sorted(template.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            _copy(item, folder / item.name, words, written)
        elif item.name.endswith((".yaml", ".md")):
            text = Template(item.read_text(encoding="utf-8")).substitute(words)
            (folder / item.name).write_text(text, encoding="utf-8")
            written.append(item.name)
