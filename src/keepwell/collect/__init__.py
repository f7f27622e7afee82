"""Sources into the record: read files and queries, map them, check them, and keep what breaks a rule in quarantine."""

from keepwell.collect.collect import collect
from keepwell.collect.quarantine import QuarantinedRow, read_quarantine
from keepwell.collect.report import CollectReport, FileReport, QuarantineReport, TableReport

__all__ = [
    "CollectReport",
    "FileReport",
    "QuarantineReport",
    "QuarantinedRow",
    "TableReport",
    "collect",
    "read_quarantine",
]
