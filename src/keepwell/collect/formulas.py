"""How do formulas of a source file meet columns of text? Each column that one uses stands beside the text as a number.

What cannot be reckoned in a row is that row's fault (its text is no number, a sum overflows), never the collect's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from keepwell.collect.expressions import literal, quoted_name
from keepwell.engine.formula import SafeFormula, formula_sql

_CHOOSES = re.compile(r"\b(case|if|nullif)\b", re.IGNORECASE)


def number_sql(place: str) -> str:
    """A staged text as the number that formulas take; NULL where it is none."""
    return f"CASE WHEN NOT contains({place}, '_') THEN TRY_CAST({place} AS DECIMAL(18, 6)) END"


class FormulaColumns:
    """The source's columns as numbers: each formula's columns get a place in the innermost query."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places
        self.used: dict[str, str] = {}

    def sql(self, text: str) -> str:
        """A formula as SQL over the number columns; nothing where it cannot be reckoned (see `fault`)."""
        return f"TRY({self._read(text).sql})"

    def fault(self, text: str) -> tuple[str, str]:
        """When a formula is wrong in a row, and what is shown then: a column's text is no number, or it gives nothing.

        A formula that chooses (`case`, `if`, `nullif`) may give nothing on purpose.
        """
        formula = self._read(text)
        places = [(column, self._places[column]) for column in formula.columns]
        wrong = [f"({place} IS NOT NULL AND {number_sql(place)} IS NULL)" for _, place in places]
        if not _CHOOSES.search(text):
            there = " AND ".join(f"{place} IS NOT NULL" for _, place in places) or "true"
            wrong.append(f"({there} AND TRY({formula.sql}) IS NULL)")
        shown = ", ".join(f"{literal(column + ' ')} || coalesce({place}, '')" for column, place in places) or "''"
        return " OR ".join(wrong), f"concat_ws(', ', {shown})"

    def columns(self) -> str:
        """What the innermost query adds."""
        return "".join(f", {number_sql(place)} AS {quoted_name(column)}" for column, place in self.used.items())

    def _read(self, text: str) -> SafeFormula:
        """The formula; its problems were found when its file was opened."""
        formula = formula_sql(text, tuple(self._places))
        self.used.update({column: self._places[column] for column in formula.columns})
        return formula
