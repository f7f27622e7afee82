"""The company that the documents look at: made once, however many processes test."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest

from shown import Demo, Story

COMMAND = "keepwell demo acme"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Demo:
    """The demo company of `make demo`, and what was printed when it was made."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "documented"
    shared.mkdir(exist_ok=True)
    printed = shared / "printed.json"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not printed.exists():
            lines = Story(shared).printed(COMMAND)
            printed.write_text(json.dumps(lines), encoding="utf-8")
    return Demo(COMMAND, shared / "acme", tuple(json.loads(printed.read_text(encoding="utf-8"))))


@pytest.fixture
def acme(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Inside the demo company; for looking only."""
    monkeypatch.chdir(demo.folder)
    return demo.folder
