"""What makes `keepwell` a command in this shell, given how it was started just now?

The folder of the script is put on the path where there is a script; without one (`python -m keepwell` from a copy of the
code) an alias stands for it. `uv run` puts the folder on the path of its child only, so what we see there is not what the
person who called has.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import keepwell

COMMAND = "keepwell"
UV_RUN = "UV_RUN_RECURSION_DEPTH"


@dataclass(frozen=True)
class Started:
    """How a process was started: the interpreter, the folders of its scripts and packages, ours, and its environment."""

    python: Path
    scripts: Path
    packages: Path
    ours: Path
    environment: Mapping[str, str]

    @classmethod
    def here(cls) -> Started:
        """This process."""
        return cls(Path(sys.executable), Path(sysconfig.get_path("scripts")), Path(sysconfig.get_path("purelib")),
                   Path(keepwell.__file__).resolve().parents[1], os.environ)  # fmt: skip


def make_it_a_command(started: Started) -> str:
    """The line to type once in a POSIX shell; empty where `keepwell` already is this installation's command."""
    found = shutil.which(COMMAND, path=started.environment.get("PATH", ""))
    script = started.scripts / COMMAND
    ours = found is not None and (Path(found).parent == started.scripts or Path(found).resolve() == script.resolve())
    if ours and UV_RUN not in started.environment:
        return ""
    if script.is_file():
        return f"export PATH={shlex.quote(str(started.scripts))}:$PATH"
    code = "" if started.ours == started.packages.resolve() else f"PYTHONPATH={shlex.quote(str(started.ours))} "
    return f"alias {COMMAND}={shlex.quote(f'{code}{shlex.quote(str(started.python))} -m {COMMAND}')}"
