"""Which words of a column are not in its catalogue? They are said with their count and first place; no row is dropped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from keepwell.collect.loading import Loaded
from keepwell.collect.read import find_files, open_file
from keepwell.collect.rows import FileProblem
from keepwell.collect.source import Catalogue, Format
from keepwell.collect.stage import Stage
from keepwell.core.errors import Problem, nearest

_MOST_SAID = 20


def unlisted_words(stage: Stage, root: Path, loaded: Loaded) -> list[Problem]:
    """Warnings (`value-not-in-catalogue`) for the rows just read; an error where the catalogue cannot be read."""
    problems: list[Problem] = []
    for table_map in loaded.reading.becomes:
        for catalogue in table_map.known:
            try:
                listed = set(catalogue.words) or _listed(root, loaded, catalogue)
            except FileProblem as error:
                problems.append(error.problem)
                continue
            problems += _unlisted(stage, loaded, catalogue, listed)
    return problems


def _listed(root: Path, loaded: Loaded, catalogue: Catalogue) -> set[str]:
    """The words in the catalogue's file."""
    words: set[str] = set()
    asked = replace(loaded.reading, reads=(catalogue.reads,), line=catalogue.line)
    for file in find_files(asked, root):
        with open_file(file, Format()) as rows:
            if catalogue.listed not in rows.header:
                raise FileProblem(Problem(
                    "source-unknown-column", f"{file.name} has no column {catalogue.listed}", loaded.reading.file,
                    catalogue.line, catalogue.listed, "one of " + ", ".join(rows.header),
                    nearest(catalogue.listed, rows.header),
                ))  # fmt: skip
            for batch in rows.batches([catalogue.listed]):
                words.update(str(word).strip() for word in batch.rows.column(0).to_pylist() if word is not None)
    return words


def _unlisted(stage: Stage, loaded: Loaded, catalogue: Catalogue, listed: set[str]) -> list[Problem]:
    place = loaded.raw.places[catalogue.column]
    stage.con.register("__listed", pa.table({"word": pa.array(sorted(listed), pa.string())}))
    found = stage.con.execute(
        f"SELECT {place}, count(*) AS rows, arg_min(__file, __id), arg_min(__line, __id), count(*) OVER (), "
        f"sum(count(*)) OVER () FROM {loaded.raw.name} WHERE {place} IS NOT NULL AND __entry IS NULL AND NOT EXISTS "
        f"(SELECT 1 FROM __listed WHERE word = {place}) GROUP BY {place} ORDER BY rows DESC, {place} LIMIT {_MOST_SAID}"
    ).fetchall()
    stage.con.unregister("__listed")
    problems = [
        _said(catalogue, word, count, stage.files[file].name, line, listed) for word, count, file, line, _, _ in found
    ]
    if found and found[0][4] > _MOST_SAID:
        words, rows = found[0][4] - _MOST_SAID, found[0][5] - sum(row[1] for row in found)
        problems.append(Problem("value-not-in-catalogue", f"{words:,} more words of {catalogue.column} are not in "
                                f"{catalogue.where}; {rows:,} rows name them and are kept", loaded.reading.file,
                                catalogue.line, severity="warning"))  # fmt: skip
    return problems


def _said(catalogue: Catalogue, word: str, count: int, file: str, line: int, listed: set[str]) -> Problem:
    rows = "1 row names it and is kept" if count == 1 else f"{count:,} rows name it and are kept"
    return Problem("value-not-in-catalogue", f"{catalogue.column} {word} is not in {catalogue.where}; {rows}", file, line,
                   word, nearest=nearest(word, listed), severity="warning")  # fmt: skip
