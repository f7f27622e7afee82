"""How does a command run: words in, one answer out, errors in words, an exit status?

A command is a function that returns an `Answer` and prints nothing itself; one that takes a `shell` is given ours. Results go to stdout,
everything else (progress, warnings, errors) to stderr. With `--json` stdout holds one object
`{ok, data, warnings, error: {code, message, hint, where, problems}}`, in which `error` is null where `ok` is true and only there.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keepwell.cli.commands import COMMANDS, Command
from keepwell.core.errors import BrokenError, ConfigurationError, KeepwellError, Problem, UsageError, nearest

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from keepwell.core.progress import Progress
    from keepwell.project.config import Project


_ALOUD = 500


def check_word(option: str, word: str, known: Sequence[str]) -> None:
    """Is it one of the words that an option takes? Raises `UsageError` with the nearest."""
    if word not in known:
        near = nearest(word, known)
        raise UsageError("usage", f"{option} {word} is none of " + ", ".join(known),
                         hint=f"did you mean {near}?" if near else None)  # fmt: skip


def refuse_options(why: str, *said: tuple[str, object]) -> None:
    """Options that would be ignored are refused in words. Raises `UsageError`."""
    for option, value in said:
        if value is not None and value is not False:
            raise UsageError("usage", f"{option} says nothing here: {why}")


def check_count(option: str, number: int) -> None:
    """Is it a number of things, from none on? Raises `UsageError`."""
    if number < 0:
        raise UsageError("usage", f"{option} {number} is no number from 0 on", hint=f"{option} 30, for example")


def day_said(option: str, text: str) -> date:
    """The day that an option says. Raises `UsageError`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("usage", f"{option} {text} is no day", hint="write it as 2026-01-01") from None


@dataclass(frozen=True)
class Answer:
    """What a command found: `data` for machines, `shown` for people, `ok` false where the answer is no.

    A no has a stable `code`, and says `why` in a sentence (otherwise what is shown says it), with `problems` where files are
    wrong.
    """

    data: Any
    shown: Callable[[], Sequence[RenderableType | str]]
    ok: bool = True
    warnings: Sequence[str] = ()
    code: str = "nothing-found"
    why: str = ""
    problems: Sequence[Problem] = ()


@dataclass
class Shell:
    """What every command is given: where the project is, and how to speak to the person who called."""

    start: Path = field(default_factory=Path.cwd)
    json: bool = False
    quiet: bool = False
    debug: bool = False

    def project(self) -> Project:
        """The company's project, found upward from where we are."""
        from keepwell.project.config import find_project, read_project

        return read_project(find_project(self.start))

    @property
    def width(self) -> int:
        """How many columns a table may take: the terminal's, within reason; 100 where there is none."""
        from shutil import get_terminal_size

        return max(40, min(get_terminal_size((100, 24)).columns, 160))

    @property
    def aside(self) -> Console:
        """Where progress and warnings go: stderr."""
        from rich.console import Console

        return Console(stderr=True, quiet=self.quiet, highlight=False)

    @contextmanager
    def progress(self, title: str) -> Iterator[Progress]:
        """A line of progress on stderr for long work; silent where nobody watches."""
        if self.quiet or self.json or not sys.stderr.isatty():
            yield lambda _what, _done, _total: None
            return
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                   TimeElapsedColumn())  # fmt: skip
        with Progress(*columns, console=self.aside, transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda what, done, total: bar.update(
                task, description=f"{title}: {what}", completed=done, total=total
            )


def run_command(words: Sequence[str]) -> int:
    """Run the command that the words name. Returns the exit status; raises nothing but on `--debug`."""
    shell = Shell()
    try:
        status = _run(list(words), shell)
        sys.stdout.flush()
    except OSError as error:
        if shell.debug and not isinstance(error, BrokenPipeError):
            raise
        # Nothing may be left to be written when Python ends; whoever reads may have read enough (`| head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0
        sys.stderr.write(f"error: the answer could not be written: {error.strerror} [output-failed]\n")
        return BrokenError.exit_status
    return status


def _run(words: list[str], shell: Shell) -> int:
    try:
        command, arguments = _find_command(_take_globals(words, shell))
        answer = _call(command, arguments, shell)
        if answer is None:
            return 0
        told = [_as_object(answer)] if shell.json else answer.shown()
    except KeepwellError as error:
        if shell.debug:
            raise
        return _say_error(shell, error)
    except KeyboardInterrupt:
        return _say_stopped(shell)
    except OSError as error:
        if shell.debug:
            raise
        return _say_error(shell, _of_the_machine(error))
    except Exception as error:
        if shell.debug:
            raise
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        hint = "this is a defect of Keepwell, not of your data; the same command with --debug shows where"
        return _say_error(shell, BrokenError("defect", said, hint=hint))
    _say_answer(shell, answer, told)
    return 0 if answer.ok else 1


def _of_the_machine(error: OSError) -> BrokenError:
    """A file that cannot be read or written, in words: the machine, or a right on it, and no defect."""
    what = f"{error.strerror or type(error).__name__}: {error.filename}" if error.filename else str(error)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return BrokenError(
            "file-forbidden", what, hint="the folder or file belongs to somebody else, or may not be changed"
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BrokenError("disk-full", what, hint="make room; what was there before is still there")
    return BrokenError("file-failed", what)


def _say_stopped(shell: Shell) -> int:
    said = "stopped; what was there before is unchanged"
    if shell.json:
        sys.stdout.write(as_json({"ok": False, "data": None, "warnings": [], "error": _error("stopped", said)}))
    else:
        sys.stderr.write(f"\n{said}\n")
    return 130


def _take_globals(words: list[str], shell: Shell) -> list[str]:
    """Take -C, --json, --quiet and --debug out of the words, wherever they stand."""
    rest: list[str] = []
    waiting = iter(words)
    for word in waiting:
        if word == "--":
            rest += [word, *waiting]
        elif word in ("-C", "--project"):
            folder = next(waiting, None)
            if folder is None:
                raise UsageError("usage", "-C names no folder", hint="keepwell -C DIR COMMAND")
            shell.start = Path(folder)
        elif word in ("--json", "--quiet", "--debug"):
            setattr(shell, word[2:], True)
        else:
            rest.append(word)
    return rest


def _find_command(words: list[str]) -> tuple[Command, list[str]]:
    """The command that the first word or two name, and what follows."""
    for count in (2, 1):
        command = COMMANDS.get(" ".join(words[:count])) if len(words) >= count else None
        if command is not None:
            return command, words[count:]
    if not words:
        raise UsageError("command-missing", "no command is named", hint="keepwell --help lists them")
    said = words[0]
    near = nearest(" ".join(words[:2]), COMMANDS) or nearest(said, COMMANDS)
    families = [name for name in COMMANDS if name.startswith(f"{said} ")]
    hint = "one of " + ", ".join(families) if families else f"did you mean {near}?" if near else "see keepwell --help"
    raise UsageError("command-unknown", f"there is no command {said}", hint=hint)


def _call(command: Command, arguments: list[str], shell: Shell) -> Answer | None:
    """Parse the arguments, and call the command's function with them; or print its help."""
    from keepwell.cli.words import parse

    module, _, name = command.function.partition(":")
    function = getattr(import_module(f"keepwell.cli.{module}"), name)
    called, bound, ignored = parse(command.name, function, arguments)
    if called is not function:
        called(*bound.args, **bound.kwargs)
        return None
    if "shell" in ignored:
        bound.arguments["shell"] = shell
    answer = called(*bound.args, **bound.kwargs)
    assert isinstance(answer, Answer), "a command answers with an Answer"  # noqa: S101
    return answer


def _as_object(answer: Answer) -> str:
    """The answer for machines."""
    error = None if answer.ok else _error(answer.code, answer.why or _read_aloud(answer), problems=answer.problems)
    return as_json({"ok": answer.ok, "data": answer.data, "warnings": list(answer.warnings), "error": error})


def _say_answer(shell: Shell, answer: Answer, told: Sequence[RenderableType | str]) -> None:
    if shell.json:
        sys.stdout.writelines(str(piece) for piece in told)
        return
    _print(told, shell.width)
    for warning in answer.warnings:
        shell.aside.print(f"note: {warning}", markup=False, style="yellow")


def _print(pieces: Sequence[RenderableType | str], width: int) -> None:
    """Print what is for people. A pipe or a file gets lines as they are, so that they can be searched, and no blanks at ends."""
    from rich.console import Console

    if sys.stdout.isatty():
        out = Console(highlight=False)
        for piece in pieces:
            out.print(piece, markup=False)
        return
    out = Console(highlight=False, width=width, no_color=True)
    for piece in pieces:
        with out.capture() as captured:
            out.print(piece, markup=False, soft_wrap=isinstance(piece, str))
        sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def _read_aloud(answer: Answer) -> str:
    """What is shown to people, in one line."""
    text = " ".join(word for piece in answer.shown() if isinstance(piece, str) for word in piece.split())
    return text if len(text) <= _ALOUD else f"{text[: _ALOUD - 1]}…"


def _say_error(shell: Shell, error: KeepwellError) -> int:
    problems = error.problems if isinstance(error, ConfigurationError) else ()
    if shell.json:
        told = _error(error.code, error.message, error.hint, error.where, problems)
        sys.stdout.write(as_json({"ok": False, "data": None, "warnings": [], "error": told}))
    elif problems:
        for problem in problems:
            sys.stderr.write(f"{problem.severity}: {problem}\n")
    else:
        where = f"{error.where}: " if error.where else ""
        sys.stderr.write(f"error: {where}{error.message} [{error.code}]\n")
    if error.hint and not shell.json:
        sys.stderr.write(f"  {error.hint}\n")
    return error.exit_status


def _error(code: str, message: str, hint: str | None = None, where: str | None = None,
           problems: Sequence[Problem] = ()) -> dict[str, Any]:  # fmt: skip
    """The object under `error`."""
    return {"code": code, "message": message, "hint": hint, "where": where,
            "problems": [problem.as_json() for problem in problems]}  # fmt: skip


def as_json(value: Any) -> str:
    """One JSON object and a newline; decimals as text, so that no cent is lost in a float."""
    return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    raise TypeError(f"{type(value).__name__} has no JSON form")
