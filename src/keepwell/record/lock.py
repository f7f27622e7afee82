"""Who may write to the record now? One process at a time; the lock dies with the process that holds it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from keepwell.core.errors import BrokenError, RefusedError

AT_WORK = ".at-work"  # held in the folder of a collect that is at work, so that `forget` leaves it alone
_PAUSE = 0.02


class WriteLock:
    """The one right to write to a record's folder.

    An operating-system lock on a file, so that a killed writer leaves nothing behind that a person must clear away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self, wait_seconds: float) -> None:
        """Take the right, waiting at most `wait_seconds`. Raises `RefusedError` (`record-busy`)."""
        until = time.monotonic() + wait_seconds
        handle = _open(self._path)
        while not _try_lock(handle):
            if time.monotonic() >= until:
                os.close(handle)
                raise RefusedError(
                    "record-busy",
                    f"another process has been writing to the record for {wait_seconds:.0f} s",
                    hint="wait for the other collect to end, then try again",
                    where=str(self._path.parent),
                )
            time.sleep(_PAUSE)
        self._handle = handle

    def release(self) -> None:
        """Give the right back; without effect where it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise BrokenError("record-not-written", f"cannot write to {path.parent}: {error}") from error


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
