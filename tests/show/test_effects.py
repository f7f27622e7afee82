"""Effects on a terminal: the shrunk one with its interval, in words of whom it can be told, and nothing of whom it cannot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from keepwell.measure.credibility import NO_RANKING, TOO_FEW
from keepwell.show.effects import effect_lines
from keepwell.show.names import Names

NAMES = Names(people={f"p:{number}": name for number, name in enumerate(("Ann", "Bo", "Cy", "Di", "Ed", "Flo", "Gus"))})
SPAN = (date(2026, 1, 1), date(2026, 7, 1))


def row(
    unit: str, department: str, effect: str = "0", words: str = "", outcome: str = "kept", half: str = "0.03"
) -> dict[str, object]:
    told = Decimal(effect)
    low, high = (None, None) if words else (told - Decimal(half), told + Decimal(half))
    return {"outcome": outcome, "unit_kind": "person", "unit": unit, "department": department, "customers": 9,
            "difference": Decimal("0.15"), "effect": told, "low": low, "high": high, "words": words}  # fmt: skip


ROWS = [
    row("p:0", "sales", "-0.02"), row("p:1", "sales", "0.04"), row("p:2", "sales", "-0.05"),
    row("p:3", "support", words=NO_RANKING), row("p:4", "delivery", words=NO_RANKING), row("p:5", "it", words=TOO_FEW),
    row("p:6", "success", "0.01"), row("p:6", "success", "900", outcome="value", half="100"),
]  # fmt: skip


def test_the_shrunk_effect_stands_with_its_interval_and_what_was_seen_does_not() -> None:
    lines = effect_lines(ROWS, NAMES, "EUR", SPAN, 100)
    assert lines[0].endswith(", 1 Jan 2026 to 1 Jul 2026")
    table = [line for line in lines if " Sales " in line]
    assert [line.split() for line in table] == [
        ["Bo", "Sales", "9", "+4", "[+1", "to", "+7]"], ["Ann", "Sales", "9", "−2", "[−5", "to", "+1]"],
        ["Cy", "Sales", "9", "−5", "[−8", "to", "−2]"]]  # fmt: skip
    assert not any("+15" in line or line.startswith(("Di", "Ed", "Flo")) for line in lines)
    assert any(line.split()[:4] == ["Gus", "Success", "9", "+900"] for line in lines)


def test_a_sentence_says_of_whom_it_can_be_told() -> None:
    said = " ".join(effect_lines(ROWS, NAMES, "EUR", SPAN, 100))
    assert "Delivery and Support: no one differs from the average of the department by more than chance." in said
    assert "Success: of Gus it cannot be told: the interval holds nought." in said
    twice = [row("p:0", "success", "0.01"), row("p:1", "success", "0.02")]
    assert "Success: they differ, but of no one can it be told" in " ".join(effect_lines(twice, NAMES, "EUR", SPAN))
    assert "IT: too few people or customers to tell differences from chance." in said
    assert ("Sales: above the average by more than chance: Bo; below the average by more than chance: Cy; of Ann it cannot be "
            "told.") in said  # fmt: skip
    assert "An association" in said


def test_what_was_seen_is_shown_where_it_is_asked_for() -> None:
    lines = effect_lines(ROWS, NAMES, "EUR", SPAN, 100, raw=True)
    assert next(line.split() for line in lines if line.startswith("Di ")) == ["Di", "Support", "9", "+15", "–"]
    assert any("Unshrunk" in line for line in lines)
    assert effect_lines((), NAMES, "EUR", SPAN)[0].startswith("No effects are known")
