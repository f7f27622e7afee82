"""What went wrong, in words a person can act on.

    KeepwellError                 exit status
    ├── UsageError                2   a call that cannot be meant
    ├── ConfigurationError        2   files of the company's project are wrong (carries Problems)
    ├── MissingError              2   a table, file, run or person that is needed is not there
    ├── RefusedError              3   understood, but state or right forbids it
    └── BrokenError               4   the machine failed: disk full, a damaged file, an engine that died

Wrong *input* is not raised one by one: each finding is a `Problem` value; they are collected, shown together, and
raised once as a `ConfigurationError` where nothing can go on without them being mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar, Literal

Severity = Literal["error", "warning"]


class LineOf(int):
    """A line of another file than the one that is being read: of the plan that this one is like."""

    file: str

    @classmethod
    def at(cls, line: int, file: str) -> LineOf:
        """The line `line` of `file`."""
        made = cls(line)
        made.file = file
        return made


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what was expected instead?

    `code` is stable and hyphenated (`plan-unknown-word`); `file` is as the user wrote it, `line` counts from 1. A line
    that is a `LineOf` brings its own file.
    """

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    found: str | None = None
    expected: str | None = None
    nearest: str | None = None
    severity: Severity = "error"

    def __post_init__(self) -> None:
        if isinstance(self.line, LineOf):
            object.__setattr__(self, "file", self.line.file)
            object.__setattr__(self, "line", int(self.line))

    @property
    def where(self) -> str:
        """`plans/ae.yaml:12`, or as much of it as is known."""
        if self.file is None:
            return ""
        return self.file if self.line is None else f"{self.file}:{self.line}"

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.message}" if self.where else self.message]
        if self.found is not None:
            parts.append(f"found {self.found}")
        if self.expected is not None:
            parts.append(f"expected {self.expected}")
        text = "; ".join(parts)
        if self.nearest is not None:
            text += f" — did you mean {self.nearest}?"
        return f"{text} [{self.code}]"

    def as_json(self) -> dict[str, Any]:
        """The same, for `--json`: only what is known."""
        return {name: value for name, value in vars(self).items() if value is not None}


class KeepwellError(Exception):
    """The root of all errors that Keepwell raises on purpose."""

    exit_status: ClassVar[int] = 1

    def __init__(self, code: str, message: str, *, hint: str | None = None, where: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.where = where


class UsageError(KeepwellError):
    """A call that cannot be meant: an unknown measure, a period that is none."""

    exit_status = 2


class ConfigurationError(KeepwellError):
    """The company's files are wrong; `problems` says each thing that is."""

    exit_status = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.severity == "error"]
        first = errors[0] if errors else self.problems[0]
        more = len(errors) - 1
        message = str(first) if more < 1 else f"{first} (and {more} more)"
        super().__init__(first.code, message, where=first.where or None)


class MissingError(KeepwellError):
    """Something needed is not there; the hint says how to get it."""

    exit_status = 2


class RefusedError(KeepwellError):
    """Understood and well formed, but the state of things or a right forbids it."""

    exit_status = 3


class BrokenError(KeepwellError):
    """The machine failed under us; what was there before is still there."""

    exit_status = 4


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Which of the `known` words did the writer most likely mean? None when nothing is near.

    >>> nearest("weigth", ["weight", "rewards"])
    'weight'
    >>> nearest("zebra", ["weight", "rewards"])
    """
    by_folded = {name.casefold(): name for name in sorted(known)}
    match = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[match[0]] if match else None


def raise_problems(problems: Iterable[Problem]) -> None:
    """Raise one `ConfigurationError` with all `problems` if any of them is an error; warnings alone pass."""
    found = tuple(problems)
    if any(problem.severity == "error" for problem in found):
        raise ConfigurationError(found)
