"""Collect a project and print the most memory that the process ever held, in MB: run by `test_bounded.py`."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from keepwell.collect import collect
from keepwell.project.config import read_project

if __name__ == "__main__":
    report = collect(read_project(Path(sys.argv[1])))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    new = sum(table.new for table in report.tables)
    sys.stdout.write(f"{new} {most // (1024 if sys.platform == 'linux' else 1024**2)}\n")
