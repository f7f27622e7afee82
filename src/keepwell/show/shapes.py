"""What must be known of a statement and of an explanation so that they can be shown? What `pay` makes of a run."""

from __future__ import annotations

from keepwell.pay.explain import Explanation, ExplanationStep
from keepwell.pay.statement import Statement, StatementHold, StatementLine, StatementPart

__all__ = ["Explanation", "ExplanationStep", "Statement", "StatementHold", "StatementLine", "StatementPart"]
