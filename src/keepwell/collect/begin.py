"""How does a company's project begin: which files are written, and what works from then on?

Nothing that exists is ever overwritten. Exports that lie elsewhere are copied into the project's `exports/`, under names
that hold no surprise; file names are data here, never paths to follow.
"""

from __future__ import annotations

import filecmp
import re
import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from zipfile import ZipFile

from keepwell.collect.read import KNOWN
from keepwell.collect.recognise import Match
from keepwell.collect.source import read_sources
from keepwell.collect.source_text import FileEntry, draft_text, flow, quoted, source_text
from keepwell.core.errors import KeepwellError
from keepwell.core.tables import Table
from keepwell.project.config import FILE
from keepwell.record.tables import TABLES

EXPORTS = "exports"
_BELIEVED = ("hris", "salesforce", "hubspot", "stripe", "zendesk", "servicenow", "intercom", "jira")
_NEEDED = ("customers", "people")
_WIDTH = 116


@dataclass(frozen=True)
class Placed:
    """A recognised file and where it lies inside the project."""

    match: Match
    path: str


def write_project(folder: Path, matches: Sequence[Match] = (), *, company: str = "", currency: str = "EUR",
                  time_zone: str = "UTC", measures: Mapping[str, Iterable[str]] | None = None,
                  dry_run: bool = False) -> list[str]:  # fmt: skip
    """Write keepwell.yaml, the sources and examples; returns what was written and what now works, line by line.

    `measures`: each measure's tables, so that it can be said which are available; a tool above knows them.
    """
    writer = _Writer(folder, dry_run)
    writer.make_folders()
    placed = [writer.place(match) for match in matches if _is_useful(match, matches)]
    writer.say_copies()
    entries = _entries(placed)
    for preset, found in entries.items():
        writer.write(f"sources/{preset}.yaml", source_text(_source_name(preset), found))
    for one in placed:
        if one.match.kind is None:
            stem = safe_name(Path(one.path).name.partition(".")[0])
            match = one.match
            text = draft_text(one.path, match.columns, match.guess, match.headless, match.lacks)
            writer.write(f"sources/{stem}.yaml.draft", text)
    known = (folder / FILE).exists()
    writer.write(FILE, _configuration(company or folder.resolve().name, currency, time_zone, list(entries)))
    if known and entries:
        writer.said.append(
            f"in {FILE}, say where the new ones stand: sources: [" + ", ".join(map(_source_name, entries)) + "]"
        )
    for name, template in (
        ("sources/example.yaml.example", "source.yaml"),
        ("plans/example.yaml.example", "plan.yaml"),
    ):
        writer.write(name, template_text(template))
    tables = _tables(entries)
    for name, columns in _tables_known(folder).items():
        tables.setdefault(name, set()).update(columns)
    seen = [*_seen(matches), ""] if matches else []
    return [*seen, *writer.said, "", *what_works(tables, measures or {}), "", *_next(tables)]


def exports_in(folder: Path) -> list[Path]:
    """The exports that lie in a folder and in its exports/; none where it is a project that reads its sources already."""
    if any((folder / "sources").glob("*.yaml")):
        return []
    ends = (*KNOWN, *(f"{end}.gz" for end in KNOWN), ".zip")
    return [path for place in (folder, folder / EXPORTS) if place.is_dir() for path in sorted(place.iterdir())
            if path.is_file() and path.name.lower().endswith(ends) and not path.name.startswith(".")]  # fmt: skip


def _is_useful(match: Match, matches: Sequence[Match]) -> bool:
    """Is something made of the file, or a draft written for it? One that is like nothing gets a draft only by itself."""
    if match.problem is not None:
        return False
    return bool(match.tables) or match.guess is not None or match.headless or (match.kind is None and len(matches) == 1)


def template_text(name: str) -> str:
    """The text of an example file that ships with Keepwell."""
    return (resources.files("keepwell.collect") / "templates" / name).read_text(encoding="utf-8")


def safe_name(name: str) -> str:
    """A file name of letters, digits, dots and dashes that stays where it is put.

    >>> safe_name("../Q3 über,alles.csv"), safe_name("-rf"), safe_name("..")
    ('Q3-über-alles.csv', 'rf', 'export')
    """
    normal = unicodedata.normalize("NFC", name)
    text = re.sub(r"[^\w.]+", "-", normal).strip("-._")
    return re.sub(r"-*\.[-.]*", ".", text)[-120:].strip("-._") or "export"


class _Writer:
    """Writes below one folder, never over a file that is there, and remembers what it did."""

    def __init__(self, folder: Path, dry_run: bool) -> None:
        self._folder = folder
        self._dry_run = dry_run
        self._copied: list[str] = []
        self.said: list[str] = []

    def say_copies(self) -> None:
        """How many files were copied, and which of them under another name."""
        if self._copied:
            files = "1 file" if len(self._copied) == 1 else f"{len(self._copied)} files"
            self.said.append(f"{'would copy' if self._dry_run else 'copied'} {files} to {EXPORTS}/")
            self.said += [f"  {renamed}" for renamed in self._copied if renamed]

    def make_folders(self) -> None:
        if not self._dry_run:
            for name in ("sources", "plans", EXPORTS):
                (self._folder / name).mkdir(parents=True, exist_ok=True)

    def write(self, name: str, text: str) -> None:
        path = self._folder / name
        if path.exists() or path.is_symlink():
            self.said.append(f"left as it is: {name}")
            return
        self.said.append(f"{'would write' if self._dry_run else 'written'}: {name}")
        if not self._dry_run:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)

    def place(self, match: Match) -> Placed:
        """Where the file lies in the project; copied there first where it lies elsewhere or in a zip of several."""
        source, root = match.file.path.resolve(), self._folder.resolve()
        alone = match.file.member is None or _only_member(match.file.path)
        if alone and source.is_relative_to(root) and not match.file.path.is_symlink():
            return Placed(match, source.relative_to(root).as_posix())
        name = safe_name(match.file.path.name if alone else Path(match.file.member or "").name)
        target = self._free(name, source)
        if target.exists():
            return Placed(match, f"{EXPORTS}/{target.name}")
        self._copied.append("" if target.name == match.file.name else f"{match.file.name} as {EXPORTS}/{target.name}")
        if not self._dry_run:
            _copy(match, target, whole=alone)
        return Placed(match, f"{EXPORTS}/{target.name}")

    def _free(self, name: str, source: Path) -> Path:
        """A path in exports/ that is free, or already holds these bytes."""
        path, number = self._folder / EXPORTS / name, 1
        stem, dot, ending = name.partition(".")
        while path.is_symlink() or (path.exists() and not _same(path, source)):
            number += 1
            path = self._folder / EXPORTS / f"{stem}-{number}{dot}{ending}"
        return path


def _same(one: Path, other: Path) -> bool:
    return filecmp.cmp(one, other, shallow=False)


def _only_member(path: Path) -> bool:
    with ZipFile(path) as archive:
        return sum(not info.is_dir() and not info.filename.startswith("__MACOSX/") for info in archive.infolist()) == 1


def _copy(match: Match, target: Path, whole: bool) -> None:
    with target.open("xb") as file:
        if whole:
            with match.file.path.open("rb") as stream:
                shutil.copyfileobj(stream, file)
        else:
            with ZipFile(match.file.path) as archive, archive.open(match.file.member or "") as member:
                shutil.copyfileobj(member, file)


def _source_name(preset: str) -> str:
    return {"hris": "hr"}.get(preset, preset)


def _entries(placed: Sequence[Placed]) -> dict[str, list[FileEntry]]:
    """The entries of each preset's source file, in the order in which presets are believed and know their kinds."""
    found: dict[str, list[FileEntry]] = {}
    usable = [one for one in placed if one.match.kind is not None and one.match.tables]
    order = {preset: place for place, preset in enumerate(_BELIEVED)}
    for one in sorted(usable, key=lambda one: order.get(one.match.kind.preset if one.match.kind else "", len(order))):
        kind, fitted = one.match.kind, one.match.fitted
        if kind is None or fitted is None:
            continue
        entries = found.setdefault(kind.preset, [])
        for place, entry in enumerate(entries):
            if entry.kind.name == kind.name and flow(entry.fitted.becomes) == flow(fitted.becomes):
                entries[place] = replace(entry, reads=(*entry.reads, one.path))
                break
        else:
            entries.append(FileEntry(kind, fitted, one.match.columns, (one.path,)))
    return found


def _tables(entries: Mapping[str, Sequence[FileEntry]]) -> dict[str, set[str]]:
    """The canonical tables that get rows, each with the columns that are filled."""
    tables: dict[str, set[str]] = {}
    for found in entries.values():
        for entry in found:
            for name, node in entry.fitted.becomes.block.items():
                tables.setdefault(name, set()).update(node.block)
    return tables


def _tables_known(folder: Path) -> dict[str, set[str]]:
    """The canonical tables that the project's own sources fill already, each with the columns that are filled."""
    tables: dict[str, set[str]] = {}
    try:
        sources = read_sources(folder)
    except KeepwellError:  # none yet, or wrong ones: `keepwell check` says what is wrong with them
        return {}
    for one in (table for source in sources for reading in source.readings for table in reading.becomes):
        tables.setdefault(one.table.name, set()).update(one.values)
    return tables


def _configuration(company: str, currency: str, time_zone: str, presets: Sequence[str]) -> str:
    sources = "[" + ", ".join(quoted(_source_name(preset)) for preset in presets) + "]"
    text = template_text("keepwell.yaml")
    for word, value in (("COMPANY", quoted(company)), ("CURRENCY", quoted(currency)), ("TIME_ZONE", quoted(time_zone)),
                        ("SOURCES", sources)):  # fmt: skip
        text = text.replace(f"<{word}>", value)
    return text


def _seen(matches: Sequence[Match]) -> list[str]:
    """What each file is: one line for each that is of use, one for all that are not."""
    lines: list[str] = []
    unused: list[str] = []
    unknown: list[str] = []
    for match in matches:
        name = match.file.name
        if match.problem is not None:
            lines.append(f"{name}: not read. {match.problem}")
        elif match.kind is not None and match.tables:
            lines.append(f"{name}: {match.kind.preset} {match.kind.name} → {', '.join(match.tables)}")
        elif match.kind is not None:
            unused.append(f"{name} ({match.kind.preset} {match.kind.name})")
        elif match.headless:
            lines.append(f"{name}: not recognised; its first row looks like data, so say `header:` in its draft")
        elif match.guess is not None:
            why = f"; to be said: {'; '.join(match.lacks)}" if match.lacks else ""
            lines.append(f"{name}: not recognised; it looks like {match.guess.table.name}, see its draft{why}")
        else:
            unknown.append(name)
    more = "" if len(matches) == 1 else " (name one alone to get a draft)"
    return [
        *lines,
        *_listed("known, and nothing in the record is made of them: ", unused),
        *_listed(f"not recognised, and like nothing in the record{more}: ", unknown),
    ]


def _listed(head: str, names: Sequence[str]) -> list[str]:
    return textwrap.wrap(head + ", ".join(names), _WIDTH, subsequent_indent="  ") if names else []


def what_works(tables: Mapping[str, set[str]], measures: Mapping[str, Iterable[str]]) -> list[str]:
    """What do these tables give, what do they still lack, and which table would give what else?"""
    others = [table for table in TABLES.values() if table.name not in tables and table.name != "identities"]
    if not tables:
        first = [TABLES[name] for name in (*_NEEDED, "tickets", "surveys", "deals", "contracts")]
        return ["No table of the record is filled yet.", *_would_give(first, {})]
    lines = ["What works now:"] + [f"  {name}: {TABLES[name].gives}" for name in TABLES if name in tables]
    ready = [name for name, needs in measures.items() if set(needs) <= set(tables)]
    if ready:
        lines += textwrap.wrap("measures: " + ", ".join(sorted(ready)), _WIDTH, initial_indent="  ",
                               subsequent_indent="    ")  # fmt: skip
    lines += _dangling(tables)
    waiting: dict[str, list[str]] = {}
    for name, needs in sorted(measures.items()):
        lacking = set(needs) - set(tables)
        if len(lacking) == 1:
            waiting.setdefault(lacking.pop(), []).append(name)
    return lines + _would_give(others, waiting)


def _would_give(tables: Sequence[Table], measures: Mapping[str, Sequence[str]]) -> list[str]:
    """What each table would give, with the measures that lack nothing else."""
    lines = ["What else a table would give:"] if tables else []
    for table in tables:
        more = f" (measures {', '.join(measures[table.name])})" if table.name in measures else ""
        lines += textwrap.wrap(
            f"{table.name}: {table.gives}{more}", _WIDTH, initial_indent="  ", subsequent_indent="    "
        )
    return lines


def _dangling(tables: Mapping[str, set[str]]) -> list[str]:
    """Which references have nothing to refer to: their rows would wait in quarantine."""
    lines = []
    for target in TABLES:
        users = [
            name for name, columns in tables.items()
            for column in TABLES[name].columns
            if column.references == target and column.name in columns
        ]  # fmt: skip
        if users and target not in tables:
            named = ", ".join(dict.fromkeys(users))
            lines.append(
                f"  needed: {target}. Rows of {named} that name one wait in quarantine until a source gives them."
            )
    return lines


def _next(tables: Mapping[str, set[str]]) -> list[str]:
    if not tables:
        return ["Next: put exports into exports/, and name them: keepwell init DIR exports/*.csv"]
    return ["Next: read the files in sources/, then: keepwell check, keepwell collect, keepwell run"]
