"""What does a command take: seconds on the clock, seconds of processor, memory at its peak? Each runs as a child process."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

HERE = Path(__file__).parent


class FailedError(Exception):
    """A contender ended with an error."""


@dataclass(frozen=True)
class Took:
    """Seconds on the clock (`wall`) and of processor (`cpu`), and the most memory held, in bytes."""

    wall: float
    cpu: float
    peak: int
    stopped: bool = False


def run_child(
    arguments: Sequence[str], limit: float = 3600.0, folder: Path | None = None, python: str = sys.executable
) -> Took:
    """Run this Python with these arguments to its end, or stop it after `limit` seconds. Raises `FailedError`."""
    # compiled modules are kept, as they are on everybody's machine
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = perf_counter()
    child = subprocess.Popen([python, *arguments], cwd=folder, env=kept, stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)  # fmt: skip
    signal.signal(signal.SIGALRM, lambda *_: child.kill())
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        said = child.stderr.read() if child.stderr else b""
        _, status, used = os.wait4(child.pid, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    took = Took(perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
    stopped = os.WIFSIGNALED(status) and took.wall >= limit
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode and not stopped:
        raise FailedError(f"{' '.join(arguments)}: {said.decode(errors='replace')[-2000:]}")
    return Took(took.wall, took.cpu, took.peak, stopped)


def middle(all_of: Sequence[Took]) -> Took:
    """The median of each number; the most memory."""
    return Took(median(one.wall for one in all_of), median(one.cpu for one in all_of),
                max(one.peak for one in all_of), any(one.stopped for one in all_of))  # fmt: skip


def machine() -> str:
    """The machine in one line."""
    import duckdb
    import pandas as pd

    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.is_file()
        else []
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (f"{names[0] if names else platform.machine()}, {cores} cores, {memory:.0f} GB; {platform.system()}; "
            f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, pandas {pd.__version__}")  # fmt: skip
