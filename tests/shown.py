"""What do the documents show, and is it so? Fenced blocks of a Markdown page, told as one story in a folder.

| block                            | means                                                                        |
|----------------------------------|------------------------------------------------------------------------------|
| ```` ```console ````             | `$ command`, then what it prints; `…` alone on a line: any lines, in a line: any text |
| ```` ```yaml title="a/b.yaml" `` | the file a/b.yaml is written so                                              |
| ```` ```diff title="a/b.yaml" `` | in a/b.yaml, the lines with `-` become those with `+`                        |

`python tests/shown.py README.md docs/tutorial.md` runs the stories and writes what was really printed where it differs.
"""

from __future__ import annotations

import contextlib
import glob
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
_FENCE = re.compile(
    r"^(?P<in> *)```(?P<kind>\w+)(?P<rest>[^\n`]*)\n(?P<text>.*?)^(?P=in)```$", re.MULTILINE | re.DOTALL
)
_TITLE = re.compile(r'title="([^"]+)"')
ANY = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title (a file's name, or empty), its text, and where the text stands."""

    kind: str
    title: str
    text: str
    start: int

    @property
    def commands(self) -> list[Shown]:
        """The commands of a console block, each with what is shown of its output."""
        found: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
        return [Shown(command, tuple(_trimmed(lines))) for command, lines in found]


@dataclass(frozen=True)
class Shown:
    """A command, and the lines that the document shows of its output."""

    command: str
    lines: tuple[str, ...]

    def holds(self, printed: Sequence[str]) -> bool:
        """Is what is shown what was printed?"""
        pattern = "".join(r"(?:.*\n)*?" if line == ANY else _line_pattern(line) + r"\n" for line in self.lines)
        return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None

    def filled(self, printed: Sequence[str]) -> list[str]:
        """What should be shown: as many lines before, between and behind each `…` as there are now."""
        if ANY not in self.lines:
            return list(printed)
        chunks: list[list[str]] = [[]]
        for line in self.lines:
            chunks.append([]) if line == ANY else chunks[-1].append(line)
        shown, after = list(printed[: len(chunks[0])]), len(chunks[0])
        for chunk in chunks[1:-1]:
            at = _nearest(chunk, printed, after)
            shown += [ANY, *printed[at : at + len(chunk)]]
            after = at + len(chunk)
        last = len(chunks[-1])
        return [*shown, ANY, *(printed[-last:] if last else [])]


def _line_pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split(ANY))


def _nearest(chunk: Sequence[str], printed: Sequence[str], after: int) -> int:
    """Where in `printed` the lines are that look most like the chunk."""
    from difflib import SequenceMatcher

    places = range(after, max(after + 1, len(printed) - len(chunk) + 1))
    text = "\n".join(chunk)
    return max(places, key=lambda at: SequenceMatcher(None, text, "\n".join(printed[at : at + len(chunk)])).ratio())


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Lines without spaces at their ends and without empty lines around them."""
    return "\n".join(line.rstrip() for line in lines).strip("\n").splitlines()


def blocks_of(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [
        Block(found["kind"], (_TITLE.findall(found["rest"]) or [""])[0], dedent(found["text"]), found.start("text"))
        for found in _FENCE.finditer(text)
    ]


@dataclass(frozen=True)
class Demo:
    """The company that `command` makes, made before: it is copied, because it takes long to make."""

    command: str
    folder: Path
    printed: tuple[str, ...]


class Story:
    """A folder in which the blocks of a page are done, one after the other."""

    def __init__(self, folder: Path, demo: Demo | None = None) -> None:
        self.top = folder
        self.here = folder
        self._demo = demo
        if not (folder / "docs").exists():
            (folder / "docs").symlink_to(ROOT / "docs")

    def printed(self, command: str) -> list[str]:
        """Do a command; the result is what it printed, stderr behind stdout."""
        words = shlex.split(command)
        if self._demo is not None and command == self._demo.command:
            shutil.copytree(self._demo.folder, self.here / self._demo.folder.name)
            return _trimmed(self._demo.printed)
        if words[0] == "cd":
            self.here = (self.here / words[1]).resolve()
            return []
        if words[0] != "keepwell" or "|" in words:
            done = subprocess.run(command, shell=True, cwd=self.here, capture_output=True, text=True, check=False)  # noqa: S602
            return _trimmed((done.stdout + done.stderr).splitlines())
        return _trimmed(self._keepwell(words[1:]).splitlines())

    def _keepwell(self, words: Sequence[str]) -> str:
        from keepwell.cli import main

        out, aside = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.here),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(aside),
            patch.dict(os.environ, COLUMNS="100"),
        ):
            given = [file for word in words for file in (sorted(glob.glob(word)) if "*" in word else [word])]  # noqa: PTH207
            main(given)
        return out.getvalue() + aside.getvalue()

    def put(self, block: Block) -> None:
        """Write, or change, the file that a block with a title shows."""
        path = self.top / block.title
        if block.kind != "diff":
            path.write_text(block.text, encoding="utf-8")
            return
        before = "".join(line[1:] for line in block.text.splitlines(keepends=True) if not line.startswith("+"))
        after = "".join(line[1:] for line in block.text.splitlines(keepends=True) if not line.startswith("-"))
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{block.title} does not have, once, what is to be changed:\n{before}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def tell(self, page: str) -> Iterator[tuple[Block, Shown, list[str]]]:
        """Do all blocks of a page; for each command what is shown and what was printed."""
        for block in blocks_of(page):
            if block.kind == "console":
                for shown in block.commands:
                    yield block, shown, self.printed(shown.command)
            elif block.title:
                self.put(block)


def rewrite(path: Path, story: Story) -> list[str]:
    """Write into the page what was really printed. The result names the commands that had changed."""
    page = path.read_text(encoding="utf-8")
    texts: dict[int, list[str]] = {}
    changed = []
    for block, shown, printed in story.tell(page):
        lines = list(shown.lines)
        if not shown.holds(printed):
            lines = shown.filled(printed)
            changed.append(shown.command)
        texts.setdefault(block.start, []).append("\n".join([f"$ {shown.command}", *lines]))
    for block in reversed(blocks_of(page)):
        if block.start in texts:
            text = (
                "".join(one + ("\n\n" if "\n" in one else "\n") for one in texts[block.start])[:-1].rstrip("\n") + "\n"
            )
            page = page[: block.start] + text + page[block.start + len(block.text) :]
    path.write_text(page, encoding="utf-8")
    return changed


def main() -> None:
    """Run the pages' stories, each in a new folder, and write what they print."""
    for name in sys.argv[1:]:
        folder = Path(tempfile.mkdtemp())
        changed = rewrite(Path(name), Story(folder))
        shutil.rmtree(folder)
        sys.stdout.write(f"{name}: {', '.join(changed) or 'as it was'}\n")


if __name__ == "__main__":
    main()
